"""Making a backup of an installation while it runs: the database as it is at one moment, then photos, intent files and settings."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.engine import make_url

from bot import __version__, config
from bot.backups import archive, database, keeping
from bot.backups.archive import Manifest
from bot.errors import Misconfigured

#: What the database and the head of the event log are called in a backup; photos and intent files lie in folders.
DATABASE, HEAD, PHOTOS, INTENTS = "linli.db", "audit-head", "photos", "intents"

#: Files that are being made: a process that died may have left them.
_PART = ".linli-part-"

#: Space left free on the disk beside what a backup takes while it is made: the copy, the archive and the sealed archive.
_COPIES, _SPARE = 3, 64 << 20


class UnderWay(Misconfigured):
    """Another process makes a backup in the same folder."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A backup that was made and opened again."""

    path: Path
    size: int
    seconds: float
    manifest: Manifest


def make(
    settings: config.Settings, folder: Path, now: datetime, recipients: Sequence[str] = (), tell: Callable[[str], object] = str
) -> Made:
    """Make a backup in a folder, open it again and compare; `tell` hears of each step. Only then it gets its name.

    Raises Misconfigured with the way out: another one is being made, the disk is full, or the database is no SQLite file.
    """
    began = time.perf_counter()
    for recipient in recipients:
        archive.recipient_of(recipient)
    source = file_of(settings)
    with _part(folder) as part:
        files = files_of(settings)
        _require_room(folder, [source, *files.values()])
        tell(f"copying the database ({megabytes(source.stat().st_size)})")
        database.copy(source, part / DATABASE)
        rows, heads = database.examine(part / DATABASE)
        tell(f"packing {len(files)} files beside it")
        about = Manifest(made_at=now, linli=__version__, heads=heads, rows=rows, settings=said(settings))
        plain = part / "plain.tar.gz"
        manifest = archive.pack({DATABASE: part / DATABASE, **files}, about, plain)
        (part / DATABASE).unlink()
        tell("opening it again")
        verify(plain, part)
        name = keeping.name_of(now, is_sealed=bool(recipients))
        if recipients:
            tell("sealing it")
            archive.seal(plain, part / name, recipients)
        else:
            plain.rename(part / name)
        _settle(part / name, folder / name)
    size = (folder / name).stat().st_size
    return Made(path=folder / name, size=size, seconds=time.perf_counter() - began, manifest=manifest)


def verify(backup: Path, scratch: Path) -> Manifest:
    """Open a backup in a folder of its own under `scratch`, and compare what it holds; raises Misconfigured where it is not whole."""
    with tempfile.TemporaryDirectory(dir=scratch) as opened:
        manifest = archive.unpack(backup, Path(opened))
        compare(backup, Path(opened), manifest)
    return manifest


def compare(backup: Path, opened: Path, manifest: Manifest) -> None:
    """Raise Misconfigured where the database that was unpacked is damaged, or is not the one that the manifest tells of."""
    if database.examine(opened / DATABASE) != (manifest.rows, manifest.heads):
        raise Misconfigured(f"{backup}: its database has other rows than its manifest says; take another one")


def goal_of(settings: config.Settings) -> Path:
    """Return where the SQLite file lies or is to lie; raises Misconfigured for PostgreSQL, which has better means of its own."""
    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite":
        raise Misconfigured(
            "LINLI_DATABASE_URL: PostgreSQL is backed up by pg_dump or by its own archiving, docs/operations.md tells how; `linli backup` is for SQLite"
        )
    return Path(url.database or "")


def file_of(settings: config.Settings) -> Path:
    """Return the SQLite file; raises Misconfigured where there is none."""
    path = goal_of(settings)
    if not path.is_file():
        raise Misconfigured(f"there is no database {path}; check LINLI_VAR and LINLI_DATABASE_URL")
    return path


def files_of(settings: config.Settings) -> dict[str, Path]:
    """Return what is backed up beside the database, by its name in the backup. Keys and secret are not: they lie apart from what they open."""
    found = {f"{PHOTOS}/{path.name}": path for path in sorted((settings.var / PHOTOS).glob("*.jpg"))}
    if settings.intents is not None:
        found |= {
            f"{INTENTS}/{path.relative_to(settings.intents).as_posix()}": path
            for path in sorted(settings.intents.rglob("*.yaml"))
        }
    if (settings.var / HEAD).is_file():
        found[HEAD] = settings.var / HEAD
    return found


def said(settings: config.Settings) -> dict[str, str]:
    """Return the settings that were made, without secrets and without what may hold one."""
    return {
        f"LINLI_{name.upper()}": str(value)
        for name in sorted(settings.model_fields_set)
        if (value := getattr(settings, name)) and not isinstance(value, SecretStr) and name != "database_url"
    }


def megabytes(size: int) -> str:
    """Return a size as people read it."""
    return f"{size / 1e6:.1f} MB"


@contextmanager
def _part(folder: Path) -> Iterator[Path]:
    """Give a folder to work in that goes with the work; raises Misconfigured where nothing can be written, or somebody is at it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / ".linli-lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise Misconfigured(
            f"{folder}: nothing can be written there ({error.strerror}); name a folder that is writable"
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnderWay(f"{folder}: another backup is being made there; wait for its end") from None
        for left in folder.glob(f"{_PART}*"):
            shutil.rmtree(left, ignore_errors=True)
        try:
            with tempfile.TemporaryDirectory(prefix=_PART, dir=folder) as part:
                yield Path(part)
        except OSError as error:
            raise Misconfigured(f"{folder}: {error.strerror or error}; make room there, or name another folder") from error
    finally:
        os.close(lock)


def _require_room(folder: Path, files: Sequence[Path]) -> None:
    needed = sum(path.stat().st_size for path in files if path.exists()) * _COPIES + _SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Misconfigured(
            f"{folder}: the disk is too full for a backup, {megabytes(free)} are free and {megabytes(needed)} are needed; make room, or name another folder"
        )


def _settle(part: Path, to: Path) -> None:
    """Put a file in its place once the disk has all of it."""
    part.chmod(0o600)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(to)
    directory = os.open(to.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
