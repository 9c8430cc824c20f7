"""What was not understood is counted, grouped by likeness, and not shown again once somebody said so; on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot import config
from bot.contract import keeping
from bot.dialogue.understanding import Understanding
from bot.store import unmatched
from bot.store.database import Database

SHIPPED = Understanding.load(config.shipped("intents"), config.shipped("data"))

pytestmark = pytest.mark.usefixtures("community")


async def texts(database: Database) -> list[tuple[int, list[str]]]:
    return await database.read(
        lambda session: [
            (group.count, [row.text for row in group.rows]) for group in unmatched.groups(session, SHIPPED.are_alike)
        ]
    )


async def note(database: Database, now: datetime, *said: str) -> None:
    def write(session: Session) -> None:
        for number, text in enumerate(said):
            unmatched.note(session, text, now + timedelta(seconds=number))

    await database.write(write)


async def test_like_messages_stand_in_one_group_and_the_most_frequent_comes_first(database: Database, now: datetime) -> None:
    await note(database, now, "帮我遛狗", "能帮我遛狗吗", "今天股票涨了吗", "今天股票涨了吗", "今天股票涨没涨", "今天股票涨了吗")

    assert await texts(database) == [(4, ["今天股票涨了吗", "今天股票涨没涨"]), (2, ["能帮我遛狗吗", "帮我遛狗"])]


async def test_ignored_message_is_never_shown_again_however_often_it_comes(database: Database, now: datetime) -> None:
    await note(database, now, "帮我遛狗")

    assert await database.write(unmatched.ignore, "帮我遛狗", now)
    assert not await database.write(unmatched.ignore, "没有这句", now)
    await note(database, now, "帮我遛狗")

    assert await texts(database) == []


async def test_empty_messages_are_no_messages_and_long_ones_are_cut(database: Database, now: datetime) -> None:
    await note(database, now, "  ", "啊" * 500)

    [(count, [text])] = await texts(database)
    assert (count, len(text)) == (1, unmatched.LONGEST)


async def test_ignored_message_outlives_the_time_that_others_are_kept(database: Database, now: datetime) -> None:
    """Else it would be shown again half a year later, as if nobody had said anything."""
    await note(database, now - timedelta(days=400), "帮我遛狗", "帮我买菜")
    await database.write(unmatched.ignore, "帮我遛狗", now - timedelta(days=399))
    [rule] = [one for one in keeping.RETAIN if one.what == "没听懂的句子"]

    def gone(session: Session) -> list[str]:
        conditions = rule.rows[0].older(now - timedelta(days=180))
        return [row.text for row in session.exec(select(unmatched.Unmatched).where(*conditions)).all()]

    assert await database.read(gone) == ["帮我买菜"]


async def test_dealt_with_message_is_counted_anew_when_it_comes_again(database: Database, now: datetime) -> None:
    await note(database, now, "帮我遛狗", "帮我遛狗")
    await database.write(lambda session: unmatched.settle(session, unmatched.listed(session)))
    before = await texts(database)
    await note(database, now, "帮我遛狗")

    assert (before, await texts(database)) == ([], [(1, ["帮我遛狗"])])
