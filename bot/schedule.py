"""What happens by itself: APScheduler as a ticker, due times in our own tables.

Every replica ticks; conditional writes and unique keys decide who does the work, so there is no leader.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlmodel import Session

from bot.dialogue.backlog import Backlog
from bot.eraser import Eraser
from bot.model import SHANGHAI
from bot.photos import Photographer
from bot.plugin import Context, Job, Work
from bot.sender import Sender
from bot.store import inbox, masses, notices, once
from bot.store.database import Database

#: Seconds between looks for notices that fall due, photos to fetch, unfinished messages, people who left, and old
#: messages, reports and forms to forget.
NOTICES, PHOTOS, BACKLOG, ERASURES, PRUNING = 1, 2, 1, 5, 3600

log = structlog.get_logger(__name__)


class Schedule:
    """The ticks of one process."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], jobs: Sequence[Job], context: Callable[[], Context],
        photographer: Photographer, sender: Sender, backlog: Backlog, eraser: Eraser,
    ) -> None:  # fmt: skip
        self._database, self._clock, self._context = database, clock, context
        self._photographer, self._sender = photographer, sender
        self._scheduler = AsyncIOScheduler(
            timezone=SHANGHAI, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._every("notices", NOTICES, self._publish)
        self._every("photos", PHOTOS, photographer.step)
        self._every("backlog", BACKLOG, backlog.step)
        self._every("erasures", ERASURES, eraser.step)
        self._every("pruning", PRUNING, self._prune)
        self._every("sweeping", PRUNING, eraser.sweep)
        for job in jobs:
            self._every(job.name, job.every.total_seconds(), self._running(job))

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Tick no more."""
        self._scheduler.shutdown(wait=False)

    def _every(self, name: str, seconds: float, tick: Callable[[], Awaitable[object]]) -> None:
        async def guarded() -> None:
            try:
                await tick()
            except Exception:  # one tick that fails must not stop the next
                log.exception("tick failed", tick=name)

        self._scheduler.add_job(guarded, "interval", seconds=seconds, id=name)

    async def _publish(self) -> None:
        if await self._database.write(notices.publish_due, self._clock()):
            self._sender.poke()

    async def _prune(self) -> None:
        now = self._clock()
        for forget in (inbox.prune, masses.prune_reports, once.prune):
            await self._database.write(forget, now)

    def _running(self, job: Job) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            now, context = self._clock(), self._context()

            def work(session: Session) -> None:
                job.run(Work(session=session, now=now, context=context))

            await self._database.write(work)

        return run
