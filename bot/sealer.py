"""Seals the event log behind the writers, and keeps beside the database how far it went."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog
from sqlmodel import Session

from bot.store import seals
from bot.store.database import Database
from bot.store.seals import Mark, Seal

#: Where the newest seal's head is kept, in the folder of LINLI_VAR.
HEAD = "audit-head"

#: Looks at a stop whether other replicas' transactions have ended, and seconds between two.
STOPPING, PAUSE = 20, 0.05

log = structlog.get_logger(__name__)


class Sealer:
    """Seals what is settled; several of them do no harm to each other."""

    def __init__(self, database: Database, key: bytes, clock: Callable[[], datetime], folder: Path) -> None:
        self._database, self._key, self._clock = database, key, clock
        self._head = folder / HEAD
        self._place: Mark | None = None  # waits for transactions that were open when it was marked
        self._is_cut = False

    async def step(self) -> int:
        """Seal all that is settled; returns how many lines."""
        sealed = 0
        while (seal := await self._database.read(self._next)) is not None:
            is_ours = await self._database.write(seals.put, seal)
            if is_ours:
                sealed += seal.count
                await self._database.read(self._keep, seal)
        return sealed

    async def finish(self) -> None:
        """Seal what there is before the process stops; what hinders it hinders no stop, for the next start goes on with it."""
        try:
            for _ in range(STOPPING):
                await self.step()
                if self._place is None:
                    return
                await asyncio.sleep(PAUSE)
        except Exception:
            log.warning("audit: not all was sealed before the stop; the next start does it", exc_info=True)

    def _next(self, session: Session) -> Seal | None:
        place = self._place or seals.mark(session)
        if not seals.is_settled(session, place):
            self._place = place
            return None
        self._place = None
        return seals.make(session, self._key, seals.latest(session), place.last_id, self._clock())

    def _keep(self, session: Session, seal: Seal) -> None:
        """Keep the head in a file, unless the file names a seal that the log has lost: then it is the proof, and stays."""
        kept = read_head(self._head)
        number = int(kept.partition("-")[0]) if kept.partition("-")[0].isdigit() else 0
        known = seals.at(session, number) if number else None
        if kept and (known is None or known.head != kept):
            if not self._is_cut:
                log.error("audit: the log has lost lines that were sealed; run `linli audit verify`", head=kept[:24])
            self._is_cut = True
            return
        write_head(self._head, seal.head)


def read_head(path: Path) -> str:
    """Return what is kept in the file; empty where there is none."""
    return path.read_text(encoding="ascii", errors="replace").strip() if path.is_file() else ""


def write_head(path: Path, head: str) -> None:
    """Keep a head; a process that dies meanwhile leaves the old one or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{HEAD}.")  # readable by its owner only
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{head}\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
