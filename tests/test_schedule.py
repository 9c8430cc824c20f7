"""What happens by itself."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlmodel import select

from bot.schedule import Schedule
from bot.store import masses
from bot.store.database import Database
from bot.store.outbox import MessageReport


async def test_old_reports_are_forgotten_at_the_hourly_tick(database: Database, now: datetime) -> None:
    long_ago = now - timedelta(days=4)
    await database.write(masses.receive, "9", "send success", 1, 0, long_ago)
    others: Any = SimpleNamespace(step=None, sweep=None)
    schedule = Schedule(database, lambda: now, list, [], [], [], others, others, others, others, others, others)

    await schedule._prune()

    assert await database.read(lambda session: [*session.exec(select(MessageReport))]) == []
