"""Lays out the deliveries of large notices, part by part: each is a transaction, between which others have their turn."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlmodel import Session

from bot.contract import Context, Work, notices
from bot.store import parts
from bot.store.database import Database

#: Seconds between looks while nobody says that there is something, as for what was left by a process that died.
IDLE = 1.0

log = structlog.get_logger(__name__)


class Publisher:
    """Lays out until cancelled. Several may run, in one process or many: a part is laid out once."""

    def __init__(self, database: Database, clock: Callable[[], datetime], context_of: Callable[[int], Context]) -> None:
        self._database, self._clock, self._context_of = database, clock, context_of
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Lay out whatever waits."""
        while True:
            self._woken.clear()  # before the look: what is split up during it is looked for again
            try:
                await self.step()
            except Exception:  # a database that is away for a while
                log.exception("publisher failed, going on in a moment")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE):
                    await self._woken.wait()

    def poke(self) -> None:
        """Look now instead of soon."""
        self._woken.set()

    async def step(self) -> int:
        """Lay out all that waits; returns how many parts. One that fails keeps no other from it, and is tried again."""
        laid = 0
        for number, community_id in await self._database.read(parts.waiting):
            try:
                context = self._context_of(community_id)
            except LookupError:  # founded while this process runs; it will learn of it, or another one has
                continue
            try:
                laid += await self._database.write(self._lay_out, number, context)
            except Exception:
                log.exception("part of a notice could not be laid out", part=number)
        return laid

    def _lay_out(self, session: Session, number: int, context: Context) -> bool:
        return notices.lay_out(Work(session=session, now=self._clock(), context=context), number)
