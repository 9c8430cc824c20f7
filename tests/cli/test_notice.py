"""`linli notice`: who is told, what is refused before anything is said, and the demo's own notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from bot.store.notices import Notice

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

WATER = ("--title", "停水", "--body", "明天九点到十二点")


def notices(desk: Desk) -> list[Notice]:
    return desk.ask(lambda session: list(session.exec(select(Notice)).all()))


async def test_empty_list_says_how_to_send_one(desk: Desk) -> None:
    assert "no notices yet; `linli notice send" in (await desk.run("notice", "list")).text


async def test_notice_is_counted_sent_listed_and_recalled(desk: Desk) -> None:
    counted = await desk.run("notice", "send", "--to", "3栋", *WATER, "--dry-run")
    assert notices(desk) == []

    sent = await desk.run("notice", "send", "--to", "3栋", *WATER)
    [notice] = notices(desk)
    listed = await desk.run("notice", "list")
    recalled = await desk.run("notice", "recall", notice.public_id)

    assert sent.text.startswith(counted.text)
    assert f"{notice.public_id}: goes out in 10 s; `linli notice recall {notice.public_id}` undoes it" in sent.text
    assert f"{notice.public_id}" in listed.text
    assert recalled.text.startswith(f"{notice.public_id}: recalled")


#: Words after `linli notice send`, and what is said to them.
BAD = [
    (("--to", "3栋", "--title", " ", "--body", "明天"), "title and body must both say something"),
    (("--to", "3栋", "--title", "停" * 63, "--body", "明天"), "--title has 63 characters, and a notice takes 60; leave out 3"),
    (("--to", "", *WATER), "nobody is named; write 全体"), (("--to", "99栋、3栋", *WATER), "nobody belongs to 99栋; check --to"),
    (("--to", " ".join(f"{n}栋" for n in range(101)), *WATER), "101 parts are named, and a notice takes 100"),
    (("--to", "3栋", *WATER, "--at", "tomorrow"), "'tomorrow' is no time"),
    (("--to", "3栋", *WATER, "--at", "2020-01-01T10:00"), "the time to send is over"),
    (("--to", "3栋", *WATER, "--at", "2099-01-01T10:00"), "2099-01-01 is too far ahead"),
    (("--to", "3栋", *WATER, "--at", "9999-12-31T23:00-12:00"), "outside the years 2000 to 2100"),
    (("--to", "3栋", *WATER, "--cron", "0 9 * *"), "has 4 fields"), (("--to", "3栋", *WATER, "--cron", "0 9 * * 1"), "write mon tue wed"),
    (("--to", "3栋", *WATER, "--cron", "99 9 * * mon"), "cannot be read"),
]  # fmt: skip


async def test_bad_notice_is_refused_in_english_before_anybody_is_counted(desk: Desk) -> None:
    for words, told in BAD:
        said = await desk.run("notice", "send", *words)
        assert told in said.error
        assert (said.text, said.code) == ("", 1)

    assert notices(desk) == []
