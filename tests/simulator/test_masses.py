"""A follower gets four mass messages a month; WeChat leaves out the rest and counts them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.simulator.cast import CAST
from bot.simulator.time_machine import TimeMachine

if TYPE_CHECKING:
    from tests.simulator.conftest import Bot, Town

CHEN, LI, WANG, ZHAO = (actor.openid for actor in CAST[:4])


def _to_all(text: str, **more: object) -> dict[str, object]:
    return {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": text}, **more}


def _to(*openids: str) -> dict[str, object]:
    return {"touser": list(openids), "msgtype": "text", "text": {"content": "停水"}}


async def test_fifth_message_of_the_month_reaches_nobody_and_the_first_of_the_next_does(town: Town, clock: TimeMachine) -> None:
    for number in range(5):
        assert (await town.call("message/mass/sendall", _to_all(f"第 {number + 1} 条")))["errcode"] == 0
    assert [line.text for line in town.chat()] == ["第 1 条", "第 2 条", "第 3 条", "第 4 条"]

    clock.move(timedelta(days=20, hours=14) - timedelta(seconds=1))
    await town.call("message/mass/sendall", _to_all("三月最后一秒"))
    clock.move(timedelta(seconds=1))
    await town.call("message/mass/sendall", _to_all("四月一日零点"))

    assert [line.text for line in town.chat()][4:] == ["四月一日零点"]


async def test_end_is_told_with_its_counts(town: Town, bot: Bot) -> None:
    for number in range(4):
        await town.call("message/mass/send", {**_to(CHEN, LI), "clientmsgid": f"n{number}"})
    await town.does(WANG, kind="unfollow")

    msg_id = (await town.call("message/mass/send", _to(CHEN, WANG, ZHAO, "oUnknown")))["msg_id"]

    xml = await bot.heard(f"<MsgID>{msg_id}</MsgID>")
    for count in ("TotalCount>4<", "FilterCount>2<", "SentCount>1<", "ErrorCount>1<", "[send success]"):
        assert count in xml


async def test_same_clientmsgid_is_too_soon_then_known_then_forgotten(town: Town, clock: TimeMachine) -> None:
    first = await town.call("message/mass/sendall", _to_all("停水", clientmsgid="n1"))

    assert (await town.call("message/mass/sendall", _to_all("停水", clientmsgid="n1")))["errcode"] == 45066
    clock.move(timedelta(minutes=1))
    known = await town.call("message/mass/sendall", _to_all("停水", clientmsgid="n1"))
    assert (known["errcode"], known["msg_id"]) == (45065, first["msg_id"])
    clock.move(timedelta(hours=24))
    assert (await town.call("message/mass/sendall", _to_all("停水", clientmsgid="n1")))["errcode"] == 0
    assert len(town.chat()) == 2


async def test_without_an_id_the_same_words_to_the_same_people_are_a_repeat(town: Town) -> None:
    await town.call("message/mass/send", _to(CHEN, LI))

    assert (await town.call("message/mass/send", _to(CHEN, LI)))["errcode"] == 45066
    assert (await town.call("message/mass/send", _to(CHEN, WANG)))["errcode"] == 0


async def test_preview_is_shown_to_one_and_not_counted(town: Town) -> None:
    for _ in range(5):
        await town.call("message/mass/preview", {"touser": CHEN, "msgtype": "text", "text": {"content": "预览"}})

    assert len(town.chat()) == 5
    assert (await town.call("message/mass/send", _to(CHEN, LI)))["errcode"] == 0
    assert len(town.chat()) == 6


@pytest.mark.parametrize(("path", "body", "errcode"), [
    ("send", _to(CHEN), 40130),
    ("send", {}, 40130),
    ("sendall", {"filter": {"group_id": 102}, "msgtype": "text", "text": {"content": "x"}}, 45159),
    ("sendall", {"filter": {"tag_id": 999}, "msgtype": "text", "text": {"content": "x"}}, 45159),
    ("sendall", _to_all(""), 44004),
    ("sendall", _to_all("长" * 683), 45002),
    ("sendall", _to_all("x", clientmsgid="n" * 65), 45067),
    ("sendall", _to_all("x", msgtype="mpnews"), 40008),
    ("preview", {**_to(), "touser": "oUnknown"}, 40003),
    ("get", {"msg_id": 1}, 40056),
])  # fmt: skip
async def test_what_cannot_be_sent_is_refused(town: Town, path: str, body: object, errcode: int) -> None:
    assert (await town.call(f"message/mass/{path}", body))["errcode"] == errcode
    assert town.chat() == []
