"""Several people doing something at the same moment: threads with a session each on PostgreSQL, the one writer on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

from sqlmodel import Session

from bot.contract import Refusal
from bot.store import scope

if TYPE_CHECKING:
    from tests.integrations.conftest import Town


def race(town: Town, runs: Sequence[Callable[[Session], object]]) -> list[str]:
    """Run all at once; returns for each what it was refused with, empty where it was done."""
    ready = Barrier(len(runs))

    def alone(run: Callable[[Session], object]) -> str:
        ready.wait()
        try:
            if town.database.is_sqlite:
                town.database.submit(run).result()
                return ""
            with Session(town.database.engine) as session:
                scope.enter(session, 1)
                run(session)
                session.commit()
        except Refusal as refusal:
            return str(refusal)
        return ""

    with ThreadPoolExecutor(len(runs)) as pool:
        return list(pool.map(alone, runs))
