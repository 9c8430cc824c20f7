"""Two replicas on one database: the same message at the same moment, and one that dies with messages under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text as sql

from bot.store import inbox
from bot.store.database import connect
from tests.faults.conftest import text_push

if TYPE_CHECKING:
    from tests.faults.conftest import Town

#: Messages that both replicas get at once.
MESSAGES = 40

SAID = "厨房水管漏水了"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def town(request: pytest.FixtureRequest, found_town: Callable[[str], Any]) -> Town:
    url = "" if request.param == "sqlite" else request.getfixturevalue("new_postgres")()
    found: Town = await found_town(url)
    return found


async def test_same_message_to_two_replicas_at_once_is_done_once_and_both_give_the_same_answer(town: Town) -> None:
    first, second = await town.replica(), await town.replica()
    speakers = town.people[:MESSAGES]

    async def both(number: int, openid: str) -> set[str | None]:
        xml = text_push(openid, SAID, number, town.wechat.clock())
        return set(await asyncio.gather(*(town.deliver(url, xml) for url in (first.url, second.url, first.url))))

    answers = await asyncio.gather(*(both(number, openid) for number, openid in enumerate(speakers, 1)))

    assert [len({content(answer) for answer in each}) for each in answers] == [1] * MESSAGES
    assert town.tickets() == dict.fromkeys(speakers, 1)


@pytest.mark.postgres
async def test_messages_of_a_replica_that_dies_are_answered_by_the_other(
    found_town: Callable[[str], Any], new_postgres: Callable[[], str]
) -> None:
    town: Town = await found_town(new_postgres())
    dying = await town.replica()
    speakers = town.people[:5]
    lock = connect(town.settings.database).connect()
    lock.execute(sql("LOCK TABLE repair_ticket IN EXCLUSIVE MODE"))  # the turns under way wait for this

    fates = await asyncio.gather(*(town.push(openid, SAID) for openid in speakers))
    assert {fate.answer for fate in fates} == {"success"}, "each was recorded before WeChat's patience ended"
    dying.kill()
    lock.rollback()
    lock.close()
    lock.engine.dispose()
    assert town.tickets() == {}
    await town.replica()
    await town.until(town.is_drained, within=inbox.LEASE.total_seconds() + 20, what="the other replica has answered")

    assert town.tickets() == dict.fromkeys(speakers, 1)
    assert town.chats() == dict.fromkeys(speakers, 1)


def content(answer: str | None) -> str:
    """Return the words of a reply; two replies differ in their time."""
    assert answer is not None
    return answer.partition("<Content>")[2]
