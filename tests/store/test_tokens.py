"""The token is fetched by one for all, whoever asks and whoever dies; on both databases."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.errors import Temporary
from bot.store.database import Database
from bot.store.tokens import FETCHING, MARGIN, TokenShelf, _look


class WeChat:
    """Gives out tokens and counts."""

    def __init__(self, *, fails: int = 0) -> None:
        self.fetches, self.fails = 0, fails

    async def fetch(self) -> tuple[str, float]:
        self.fetches += 1
        await asyncio.sleep(0)  # let the others ask meanwhile
        if self.fetches <= self.fails:
            raise Temporary(-1, "busy")
        return f"token-{self.fetches}", 7200.0


async def test_two_replicas_that_ask_at_once_fetch_one_token(database: Database, now: datetime) -> None:
    wechat = WeChat()
    replicas = [TokenShelf(database, "wx1", lambda: now) for _ in range(2)]

    got = await asyncio.gather(*(replica.take("access", "", wechat.fetch) for replica in replicas for _ in range(10)))

    assert {token for token, _ in got} == {"token-1"}
    assert wechat.fetches == 1


async def test_ticket_for_pages_is_shared_beside_the_token(database: Database, now: datetime) -> None:
    wechat = WeChat()
    replicas = [TokenShelf(database, "wx1", lambda: now) for _ in range(2)]

    token = await replicas[0].take("access", "", wechat.fetch)
    tickets = await asyncio.gather(*(replica.take("jsapi", "", wechat.fetch) for replica in replicas))

    assert (token[0], {ticket for ticket, _ in tickets}, wechat.fetches) == ("token-1", {"token-2"}, 2)


async def test_token_is_kept_over_a_restart_until_its_end(database: Database, now: datetime) -> None:
    wechat = WeChat()
    await TokenShelf(database, "wx1", lambda: now).take("access", "", wechat.fetch)

    later = TokenShelf(database, "wx1", lambda: now + timedelta(hours=1))
    assert await later.take("access", "", wechat.fetch) == ("token-1", 3600)
    ended = TokenShelf(database, "wx1", lambda: now + timedelta(hours=2) - MARGIN)
    assert await ended.take("access", "", wechat.fetch) == ("token-2", 7200)


async def test_only_the_token_that_was_refused_is_dropped(database: Database, now: datetime) -> None:
    wechat, shelf = WeChat(), TokenShelf(database, "wx1", lambda: now)
    first, _ = await shelf.take("access", "", wechat.fetch)
    second, _ = await shelf.take("access", first, wechat.fetch)

    assert await shelf.take("access", first, wechat.fetch) == (second, 7200)
    assert wechat.fetches == 2


async def test_after_a_failed_fetch_the_next_tries_at_once(database: Database, now: datetime) -> None:
    wechat, shelf = WeChat(fails=1), TokenShelf(database, "wx1", lambda: now)

    with pytest.raises(Temporary):
        await shelf.take("access", "", wechat.fetch)

    assert (await shelf.take("access", "", wechat.fetch))[0] == "token-2"


async def test_replica_that_died_while_fetching_is_replaced_when_its_time_is_over(database: Database, now: datetime) -> None:
    wechat = WeChat()
    assert await database.write(_look, "wx1", "access", "", now) is True  # and then it is killed

    assert await database.write(_look, "wx1", "access", "", now) is False
    survivor = TokenShelf(database, "wx1", lambda: now + FETCHING)
    assert (await survivor.take("access", "", wechat.fetch))[0] == "token-1"
