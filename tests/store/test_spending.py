"""The model's calls are counted for all replicas together, a day of Shanghai at a time; on both databases."""

import asyncio
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.store import spending
from bot.store.database import Database
from bot.store.spending import Tokens


async def test_a_budget_is_never_overdrawn_however_many_ask_at_once(database: Database, now: datetime) -> None:
    taken = await asyncio.gather(*(database.write(spending.take, 5, now) for _ in range(12)))

    assert sum(taken) == 5
    assert await database.read(spending.spent, now) == (5, Tokens())


async def test_a_new_day_begins_at_midnight_in_shanghai(database: Database, now: datetime) -> None:
    last = now.replace(hour=23, minute=59)

    assert await database.write(spending.take, 1, last)
    assert not await database.write(spending.take, 1, last)
    assert await database.write(spending.take, 1, last + timedelta(minutes=1))


async def test_no_budget_means_never(database: Database, now: datetime) -> None:
    assert not await database.write(spending.take, 0, now)
    assert await database.read(spending.spent, now) == (0, Tokens())


async def test_tokens_are_added_up(database: Database, now: datetime) -> None:
    def call(session: Session, tokens: Tokens) -> None:
        spending.take(session, 9, now)
        spending.book(session, tokens, now)

    await database.write(call, Tokens(sent=900, written=30))
    await database.write(call, Tokens(sent=100, written=12))

    assert await database.read(spending.spent, now) == (2, Tokens(sent=1000, written=42))
