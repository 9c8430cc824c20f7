"""Carries out the erasures of people who left: rows in one transaction each, then the files."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from bot.contract import Context, Work, leaving
from bot.store import erasures, scope
from bot.store.database import Database
from bot.store.erasures import Erasure
from bot.store.people import Resident

#: A file younger than this may belong to a row that is just being written.
SETTLED = timedelta(hours=1)


class Eraser:
    """Deletes what the bot and its integrations know of somebody, and their photos in a folder."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], context: Callable[[int], Context], folder: Path, blank: str
    ) -> None:
        self._database, self._clock, self._context = database, clock, context
        self._folder, self._blank = folder, blank
        self._is_logged = True  # the write-ahead log may hold what was erased, perhaps by a process that died

    async def step(self) -> int:
        """Carry out what was asked for; returns how many photo files went."""
        found, names = await self._database.write(self._erase)
        while await self._database.write(erasures.look_through):
            found = True  # each a transaction of its own, between which others have theirs
        deleted = await self._delete(names)
        if found or self._is_logged:
            self._is_logged = not await self._database.empty_log()
        return deleted

    async def sweep(self) -> int:
        """Delete photo files that belong to nobody, such as a process leaves that dies between rows and files."""
        names = await asyncio.to_thread(self._old_names)
        orphans = await self._database.read(lambda session: [name for name in names if not erasures.is_needed(session, name)])
        return await self._delete(orphans)

    async def _delete(self, names: Sequence[str]) -> int:
        for name in names:
            await asyncio.to_thread((self._folder / f"{name}.jpg").unlink, missing_ok=True)
        return len(names)

    def _old_names(self) -> list[str]:
        before = (self._clock() - SETTLED).timestamp()
        return [path.stem for path in self._folder.glob("*.jpg") if path.stat().st_mtime < before]

    def _erase(self, session: Session) -> tuple[bool, list[str]]:
        """Return whether anything was asked for, and the names of files that nobody needs any more."""
        now, names, asked = self._clock(), [], erasures.asked(session)
        for erasure in asked:
            for resident in leaving.everybody(session, erasure.openid):
                self._erase_in_services(session, resident, now)
            self._erase_account(session, erasure, now)
            with scope.within(session, erasure.community_id):
                services = self._context(erasure.community_id).services
                ended = {one.kind for service in services.integrations for one in service.tasks if one.ends_with_account}
                names += erasures.carry_out(session, erasure, now, self._blank, ended)
        return bool(asked), names

    def _erase_account(self, session: Session, erasure: Erasure, now: datetime) -> None:
        context = self._context(erasure.community_id)
        for place in leaving.places(context):
            with scope.within(session, place.key):
                leaving.erase_account(Work(session=session, now=now, context=context.of(place)), erasure.openid, erasure.asked_at)

    def _erase_in_services(self, session: Session, resident: Resident, now: datetime) -> None:
        with scope.within(session, resident.community_id):
            leaving.erase(Work(session=session, now=now, context=self._context(resident.community_id)), resident)
