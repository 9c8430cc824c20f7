"""The tables' shape: whether the database has the newest one, and bringing it there."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from bot.errors import Misconfigured
from bot.store import sealing

_HOME = Path(__file__).parent / "migrations/versions"
_REVISION = re.compile(r"^(down_)?revision = ['\"](\w+)['\"]", re.MULTILINE)


def upgrade(engine: Engine, folders: Sequence[Path]) -> list[str]:
    """Bring the database to the newest shape; returns the revisions it stands at.

    `folders` are those of the integrations; each may hold migrations/. What was written in clear before a column was sealed is
    sealed then; should that be cut short, it goes on the next time. Raises Misconfigured for a database of a newer version.
    """
    newest = sorted(_newest(folders))
    if (reached := _reached(engine)) != set(newest):
        _require_known(reached, folders)
        from bot.store import revisions

        newest = revisions.upgrade(engine, folders)
    sealing.seal_all(engine)
    return newest


def pending(engine: Engine, folders: Sequence[Path]) -> list[str]:
    """Return the revisions the database still lacks, and the columns not sealed yet; empty when it is up to date.

    Raises Misconfigured for a database of a newer version.
    """
    if (reached := _reached(engine)) == _newest(folders):
        return [f"the sealing of {place}" for place in sealing.unsealed(engine)]
    _require_known(reached, folders)
    from bot.store import revisions

    return revisions.pending(engine, folders)


def known(folders: Sequence[Path]) -> set[str]:
    """Return all revisions there are, as the files say."""
    return _read(folders)[0]


def _newest(folders: Sequence[Path]) -> set[str]:
    """Return the last revision of each line, as the files say."""
    own, before = _read(folders)
    return own - before


def _read(folders: Sequence[Path]) -> tuple[set[str], set[str]]:
    """Return all revisions, and those that another one follows."""
    own: set[str] = set()
    before: set[str] = set()
    for file in _files(folders):
        for is_before, revision in _REVISION.findall(file.read_text(encoding="utf-8")):
            (before if is_before else own).add(revision)
    return own, before


def _require_known(reached: set[str], folders: Sequence[Path]) -> None:
    """Raise Misconfigured where the database was brought further than this version knows: it would read and write it wrongly."""
    if unknown := sorted(reached - known(folders)):
        raise Misconfigured(
            f"the database stands at {', '.join(unknown)}, which this version does not know; install the newer version that upgraded it, "
            "load the service that it is of (LINLI_INTEGRATIONS), or restore the backup from before the upgrade"
        )


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for home in (_HOME, *(folder / "migrations" for folder in folders)):
        yield from home.glob("*.py")


def _reached(engine: Engine) -> set[str]:
    if not inspect(engine).has_table("alembic_version"):
        return set()
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
