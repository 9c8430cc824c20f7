"""Climbs the ladders of tasks that nobody has taken: every second, in every process.

Rows are locked as they are looked at, so that of several replicas one tells a rung; what a process that died had written, another
one goes on with.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bot.contract import Context, Work
from bot.contract.telling import look
from bot.sender import Sender
from bot.store import scope, tasks
from bot.store.database import Database
from bot.store.tasks import Task

#: A task whose telling failed is looked at again after this, behind the others.
AFTER_FAILURE = timedelta(seconds=10)

log = structlog.get_logger(__name__)


class Climber:
    """Looks at what is due; several may, in one process or many."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], context_of: Callable[[int], Context], senders: Sequence[Sender]
    ) -> None:
        self._database, self._clock, self._context_of, self._senders = database, clock, context_of, senders

    async def step(self) -> int:
        """Look at the tasks that are due; returns how many there were."""
        looked = await self._database.write(climb, self._clock(), self._context_of)
        if looked:
            for sender in self._senders:
                sender.poke()
        return looked


def climb(session: Session, now: datetime, context_of: Callable[[int], Context]) -> int:
    """Tell what is due of all communities, a savepoint each: one that fails holds up no other. Returns how many were due."""
    due = tasks.climbing(session, now)
    for task in due:
        _look(session, task, now, context_of)
    return len(due)


def _look(session: Session, task: Task, now: datetime, context_of: Callable[[int], Context]) -> None:
    name, community_id, due_at = task.public_id, task.community_id, task.rung_at
    try:
        with scope.within(session, community_id), session.begin_nested():
            look(Work(session=session, now=now, context=context_of(community_id)), task)
    except OperationalError:
        raise
    except Exception:
        log.exception("a rung was not told", task=name, due_at=due_at)
        task.rung_at = now + AFTER_FAILURE
        session.add(task)
