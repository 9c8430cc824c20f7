"""What must not be lost while the database is away: an append-only file beside it, sealed, each line on the disk before it counts."""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from bot.errors import Unreadable
from bot.keyring import Keyring

#: What lines are sealed for.
_PLACE = "spool.line"

#: Where lines are added, where they lie while they are worked off, and where those go that nobody can read.
_PENDING, _TAKEN, _BROKEN = "pending", "taken", "broken"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Spooled:
    """A push of WeChat that was answered without the database: the XML, to which account it came, and when."""

    appid: str
    push: str
    at: datetime


class Spool:
    """Keeps pushes in the order in which they came. Several processes on one machine may share it."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder, self._keyring = folder, keyring

    def put(self, one: Spooled) -> None:
        """Add one; it is on the disk when this returns. Raises OSError where that cannot be."""
        line = json.dumps({"appid": one.appid, "push": one.push, "at": one.at.isoformat()}, ensure_ascii=False)
        content = f"{self._keyring.seal(line, _PLACE)}\n".encode()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked():
            is_new = not (self._folder / _PENDING).exists()
            file = os.open(self._folder / _PENDING, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600)
            try:
                _end_cut_line(file)
                os.write(file, content)
                os.fsync(file)
            finally:
                os.close(file)
            if is_new:
                self._keep_names()

    def take(self) -> Sequence[Spooled]:
        """Return what there is, the oldest first; it stays until `done`, also should the process die meanwhile."""
        if not self._folder.is_dir():
            return ()
        with self._locked():
            taken, pending = self._folder / _TAKEN, self._folder / _PENDING
            if not taken.exists() and pending.exists():
                pending.rename(taken)
                self._keep_names()
            lines = taken.read_text(encoding="utf-8").splitlines() if taken.exists() else []
        return [one for line in lines if (one := self._read(line)) is not None]

    def done(self) -> None:
        """Forget what was taken; all of it is in the database."""
        with self._locked():
            (self._folder / _TAKEN).unlink(missing_ok=True)
            self._keep_names()

    def _read(self, line: str) -> Spooled | None:
        try:
            held = json.loads(self._keyring.open(line, _PLACE))
            return Spooled(appid=held["appid"], push=held["push"], at=datetime.fromisoformat(held["at"]))
        except (Unreadable, ValueError, KeyError):  # cut short when the machine stopped: it was never answered for
            log.error("spool: a line cannot be read; it is kept in spool/broken")
            with (self._folder / _BROKEN).open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
            return None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = os.open(self._folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _keep_names(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def waiting_in(folder: Path) -> int:
    """Return how many pushes wait in a folder; whoever asks needs no keys."""
    files = (folder / _TAKEN, folder / _PENDING)
    return sum(file.read_bytes().count(b"\n") for file in files if file.exists())


def _end_cut_line(file: int) -> None:
    """Let a line that was cut short end here, so that the next begins anew."""
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        os.write(file, b"\n")
