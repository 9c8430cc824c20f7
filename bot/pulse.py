"""Whether what is written is kept: proven by a write every few seconds, the file it goes to, and the room that is left for it."""

import asyncio
import os
import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import DBAPIError

from bot import metrics
from bot.store import operators, pulses
from bot.store.database import Database
from bot.translation import tr

#: Seconds a write may take, and after which no write counts as proof any more.
WITHIN, STALE = 4.0, 20.0

#: Bytes free on the disk: below the first admins are told, below the second the installation is not ready.
LOW, NONE = 500 << 20, 20 << 20

#: What the task is about that tells admins of it.
SUBJECT, KIND = "disk", "disk.low"

#: What SQLite says, and what an operator calls it.
_WORDS = (
    ("disk is full", "the disk is full"), ("readonly", "the file may not be written to"), ("unable to open", "the file cannot be opened"),
    ("disk I/O", "the disk fails"), ("malformed", "the file is damaged"), ("locked", "another process holds the file"),
)  # fmt: skip

log = structlog.get_logger(__name__)


class Pulse:
    """Feels the pulse of the database; `faults` are what it found, empty where all is well."""

    def __init__(self, database: Database, clock: Callable[[], datetime], var: Path, appid: str) -> None:
        self._database, self._clock, self._var, self._appid = database, clock, var, appid
        self._file = _File.of(database)
        self._proven_at: float | None = None
        self._found: tuple[str, ...] = ()
        self._is_low = False

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong now, in words for an operator; nobody having looked for STALE seconds is a fault, too."""
        if self._proven_at is None or time.monotonic() - self._proven_at > STALE:
            return self._found or ("database: no write was proven of late",)
        return self._found

    @property
    def has_looked(self) -> bool:
        """Tell whether it has looked at all."""
        return self._proven_at is not None or bool(self._found)

    @property
    def is_lost(self) -> bool:
        """Tell whether the file of the database was deleted or replaced: what is written now nobody will ever read."""
        return self._file is not None and not self._file.is_there

    async def step(self) -> tuple[str, ...]:
        """Look; returns the faults."""
        found = [fault for fault in (self._lost(), await self._unwritten(), await self._crowded()) if fault]
        if tuple(found) != self._found:
            for fault in found:
                log.error("not well", fault=fault)
            if not found:
                log.warning("well again", before=list(self._found))
        self._found = tuple(found)
        metrics.FAULTS.set(len(found))
        return self._found

    def _lost(self) -> str:
        if not self.is_lost:
            return ""
        return "database: its file was deleted or replaced; stop Linli, bring the file back (linli restore), start again"

    async def _unwritten(self) -> str:
        try:
            async with asyncio.timeout(WITHIN):
                await self._database.write_first(pulses.beat, self._clock())
        except TimeoutError:
            return f"database: a write took longer than {WITHIN:g} seconds"
        except DBAPIError as error:
            return f"database: {named(error)}"
        self._proven_at = time.monotonic()
        return ""

    async def _crowded(self) -> str:
        try:
            free = shutil.disk_usage(self._var).free
        except OSError as error:
            return f"disk: LINLI_VAR cannot be looked at ({error.strerror})"
        metrics.DISK_FREE.set(free)
        if (free < LOW) != self._is_low:
            await self._tell(free)
        return f"disk: {free >> 20} MB are free where LINLI_VAR lies; make room" if free < NONE else ""

    async def _tell(self, free: int) -> None:
        """Tell the admins while it can still be written down, and when there is room again; what cannot be told now is told at the next look."""
        now, is_low = self._clock(), free < LOW
        title = tr("服务器磁盘快满了，只剩 {megabytes} MB，请清理或扩容", megabytes=free >> 20)
        try:
            async with asyncio.timeout(WITHIN):
                if is_low:
                    await self._database.write(
                        operators.tell, self._appid, now, kind=KIND, title=title, subject=SUBJECT, urgent=True
                    )
                else:
                    outcome = tr("磁盘又有空间了")
                    await self._database.write(operators.settle, self._appid, now, subject=SUBJECT, outcome=outcome)
        except (DBAPIError, TimeoutError):
            return
        self._is_low = is_low


class _File:
    """The file of a SQLite database as it was when it was opened."""

    def __init__(self, path: Path) -> None:
        found = path.stat()
        self._path, self._mark = path, (found.st_dev, found.st_ino)

    @classmethod
    def of(cls, database: Database) -> "_File | None":
        """Return it; None on PostgreSQL."""
        path = Path(database.engine.url.database or "")
        return cls(path) if database.is_sqlite and path.is_file() else None

    @property
    def is_there(self) -> bool:
        """Tell whether it is yet where it was."""
        try:
            found = os.stat(self._path)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._mark


def named(error: DBAPIError) -> str:
    """Return what a database's error means, without anything of a row in it."""
    said = str(error.orig)
    return next((words for sign, words in _WORDS if sign in said), type(error.orig).__name__)
