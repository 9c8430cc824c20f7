"""What happens by itself: APScheduler as a ticker, due times in our own tables.

Every replica ticks; conditional writes and unique keys decide who does the work, so there is no leader.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.backups.keeper import Keeper
from bot.contract import Context, Job, Work, notices
from bot.dialogue.backlog import Backlog
from bot.eraser import Eraser
from bot.ladder import Climber
from bot.model import SHANGHAI
from bot.photos import Photographer
from bot.pulse import Pulse
from bot.sealer import Sealer
from bot.sender import Sender
from bot.store import attempts, effects, imports, masses, once, outcomes, sessions
from bot.store.database import Database, survey

#: Seconds between looks for notices that fall due, tasks nobody has taken, photos to fetch, unfinished messages, people of a large roster
#: who cannot be searched for yet, people who left, and old messages, reports, forms and sessions to forget.
NOTICES, LADDER, PHOTOS, BACKLOG, INDEX, ERASURES, PRUNING = 1, 1, 2, 1, 2, 5, 3600

#: Seconds between seals over the event log: as long as a line may be changed unseen.
SEALING = 5

#: Seconds between proofs that what is written is kept.
PULSE = 3

#: Seconds between looks whether a backup is due.
BACKUP = 30

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Schedule:
    """The ticks of one process."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], contexts: Callable[[], Sequence[Context]],
        jobs: Sequence[Job], photographers: Sequence[Photographer], senders: Sequence[Sender], backlog: Backlog, eraser: Eraser,
        climber: Climber, sealer: Sealer, keeper: Keeper, pulse: Pulse,
    ) -> None:  # fmt: skip
        self._database, self._clock, self._contexts = database, clock, contexts
        self._senders = senders
        self._scheduler = AsyncIOScheduler(
            timezone=SHANGHAI, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._every("notices", NOTICES, self._publish)
        for number, photographer in enumerate(photographers):
            self._every(f"photos {number}", PHOTOS, photographer.step)
        self._every("ladder", LADDER, climber.step)
        self._every("backlog", BACKLOG, backlog.step)
        self._every("index", INDEX, self._index)
        self._every("erasures", ERASURES, eraser.step)
        self._every("sealing", SEALING, sealer.step)
        self._every("pulse", PULSE, pulse.step)
        self._every("backup", BACKUP, keeper.step)
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
        published = [await self._work(context, notices.publish_due) for context in self._contexts()]
        if any(published):
            for sender in self._senders:
                sender.poke()

    async def _index(self) -> None:
        """Write the words of a large roster in parts, so that messages are answered between them."""
        if await self._database.read(imports.awaiting_index):
            while await self._database.write(imports.index_more):
                pass

    async def _prune(self) -> None:
        now = self._clock()
        for forget in (
            masses.prune_reports,
            once.prune,
            effects.prune,
            sessions.prune,
            attempts.prune,
            imports.prune,
            outcomes.prune,
        ):
            await self._database.write(forget, now)
        await self._database.write(survey)

    def _running(self, job: Job) -> Callable[[], Awaitable[None]]:
        """Return what runs a job for each community, in a transaction each: where it fails the others go on."""

        async def run() -> None:
            for context in self._contexts():
                try:
                    await self._work(context, job.run)
                except Exception:
                    log.exception("job failed", job=job.name, community=context.community.id)

        return run

    async def _work(self, context: Context, run: Callable[[Work], T]) -> T:
        now = self._clock()
        return await self._database.write(lambda session: run(Work(session=session, now=now, context=context)))
