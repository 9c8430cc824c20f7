"""`linli notice mass`: four a month, asked before, never twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot import app
from bot.simulator.cast import CAST
from bot.store import channels, masses
from bot.store.masses import MassSend

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

SENDALL = "message/mass/sendall"
TOO_SOON = {"errcode": 45066, "errmsg": "same clientmsgid retry too fast"}


def sends(desk: Desk) -> list[MassSend]:
    return desk.ask(lambda session: list(session.exec(select(MassSend).order_by(MassSend.id)).all()))


async def test_text_reaches_all_followers_once_and_is_counted(desk: Desk) -> None:
    said = await desk.run("notice", "mass", "明天停水", "--to", "all", "--yes")

    assert said.code == 0, said.error
    assert said.text.startswith("本月已用 0/4\n")
    assert [line.text for line in desk.wechat.chat(CAST[0].openid)] == ["明天停水"]
    [mass] = sends(desk)
    [asked] = desk.made(SENDALL)
    assert asked["clientmsgid"] == mass.clientmsgid
    assert mass.msgid
    assert desk.ask(lambda session: channels.figures(session, desk.settings.wechat_appid, app.clock())) == {"mass": 1}


async def test_tag_is_named_by_its_number(desk: Desk) -> None:
    desk.answers[SENDALL] = [{"errcode": 0, "msg_id": 7}]

    await desk.run("notice", "mass", "停水", "--to", "101", "--yes")

    assert desk.made(SENDALL)[0]["filter"] == {"is_to_all": False, "tag_id": 101}


async def test_nothing_is_sent_before_it_is_confirmed(desk: Desk) -> None:
    said = await desk.run("notice", "mass", "停水", "--to", "all", keys="n\n")
    dry = await desk.run("notice", "mass", "停水", "--to", "all", "--dry-run")

    assert said.code == 1
    assert "all followers" in said.text
    assert dry.text == "本月已用 0/4\n"
    assert (sends(desk), desk.calls) == ([], [])


async def test_fifth_is_refused_before_anything_is_asked(desk: Desk) -> None:
    def use_all(session: Session) -> None:
        for number in range(masses.MONTHLY):
            masses.begin(session, f"第{number}条", None, app.clock())

    desk.ask(use_all)

    said = await desk.run("notice", "mass", "停水", "--to", "all", "--yes")

    assert said.code == 1
    assert "本月已用 4/4" in said.error
    assert f"{masses.next_month(app.clock()):%Y-%m-%d}" in said.error
    assert desk.calls == []


async def test_who_had_four_by_a_tag_is_told_before_a_send_to_all(desk: Desk) -> None:
    def use_up(session: Session) -> None:
        for number, tag_id in enumerate((101, 101, 101, 101, 7, 8)):
            masses.begin(session, f"第{number}条", tag_id, app.clock())

    desk.ask(use_up)

    told, refused = [await desk.run("notice", "mass", "停水", "--to", to, "--dry-run") for to in ("all", "101")]

    assert told.text == "本月已用 0/4\nWeChat leaves out who has tag 101: they had 4 this month\n"
    assert "本月已用 4/4: tag 101 had all of this month" in refused.error


async def test_send_whose_fate_is_unknown_is_resumed_with_the_same_id(desk: Desk) -> None:
    desk.answers[SENDALL] = [TOO_SOON, {"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": 34182}]

    stopped = await desk.run("notice", "mass", "停水", "--to", "all", "--yes")
    again = await desk.run("notice", "mass", "停水", "--to", "all", "--yes")
    resumed = await desk.run("notice", "mass", "--resume", "1")
    once_more = await desk.run("notice", "mass", "--resume", "1")

    assert "`linli notice mass --resume 1`" in stopped.error
    assert "`linli notice mass --resume 1`" in again.error
    assert "WeChat took it" in resumed.text
    assert "went out" in once_more.text
    first, second = desk.made(SENDALL)
    assert first == second
    assert [mass.msgid for mass in sends(desk)] == ["34182"]


async def test_crash_right_after_the_row_was_written_is_resumed(desk: Desk) -> None:
    mass = desk.ask(lambda session: masses.begin(session, "停水", None, app.clock()))

    resumed = await desk.run("notice", "mass", "--resume", str(mass.id))

    assert resumed.code == 0, resumed.error
    assert desk.made(SENDALL)[0]["clientmsgid"] == mass.clientmsgid
    assert [line.text for line in desk.wechat.chat(CAST[0].openid)] == ["停水"]


async def test_refused_send_is_not_counted_and_not_resumed(desk: Desk) -> None:
    desk.answers[SENDALL] = [{"errcode": 48001, "errmsg": "api unauthorized"}]

    said = await desk.run("notice", "mass", "停水", "--to", "all", "--yes")

    assert "48001" in said.error
    assert "certified" in said.error
    assert desk.ask(lambda session: masses.ledger(session, app.clock())).to_all == 0
    assert "send it anew" in (await desk.run("notice", "mass", "--resume", "1")).error


async def test_refusal_of_a_resumed_send_leaves_it_counted(desk: Desk) -> None:
    mass = desk.ask(lambda session: masses.begin(session, "停水", None, app.clock()))
    desk.answers[SENDALL] = [{"errcode": 45028, "errmsg": "has no masssend quota"}]

    await desk.run("notice", "mass", "--resume", str(mass.id))

    assert desk.ask(lambda session: masses.ledger(session, app.clock())).to_all == 1


async def test_send_older_than_a_day_is_not_resumed(desk: Desk) -> None:
    mass = desk.ask(lambda session: masses.begin(session, "停水", None, app.clock() - timedelta(hours=24)))

    said = await desk.run("notice", "mass", "--resume", str(mass.id))

    assert "群发记录" in said.error
    assert desk.calls == []


@pytest.mark.parametrize(("words", "named"), [
    (["停水"], "--to"), (["停水", "--to", "3栋"], "3栋"), (["", "--to", "all"], "the text is missing"), (["水" * 683, "--to", "all"], "2049 bytes"),
    (["--resume", "9"], "no mass send 9"),
])  # fmt: skip
async def test_what_cannot_be_sent_is_told(desk: Desk, words: list[str], named: str) -> None:
    said = await desk.run("notice", "mass", *words)

    assert said.code == 1
    assert named in said.error
    assert desk.calls == []


async def test_missing_secret_leaves_no_send_begun(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_WECHAT_SECRET", "")

    assert "LINLI_WECHAT_SECRET" in (await desk.run("notice", "mass", "停水", "--to", "all", "--yes")).error
    assert sends(desk) == []


async def test_all_that_a_mass_send_lacks_is_named_at_once(desk: Desk) -> None:
    said = await desk.run("notice", "mass")

    assert said.error.startswith("the text and --to all, or --to with the number of a tag are missing")
