"""The tables' shape: whether the database has the newest one, and bringing it there."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from bot.store import sealing

_HOME = Path(__file__).parent / "migrations/versions"
_REVISION = re.compile(r"^(down_)?revision = ['\"](\w+)['\"]", re.MULTILINE)


def upgrade(engine: Engine, folders: Sequence[Path]) -> list[str]:
    """Bring the database to the newest shape; returns the revisions it stands at.

    `folders` are those of the integrations; each may hold migrations/. What was written in clear before a column was sealed is
    sealed then; should that be cut short, it goes on the next time.
    """
    newest = sorted(_newest(folders))
    if _reached(engine) != set(newest):
        from bot.store import revisions

        newest = revisions.upgrade(engine, folders)
    sealing.seal_all(engine)
    return newest


def pending(engine: Engine, folders: Sequence[Path]) -> list[str]:
    """Return the revisions the database still lacks, and the columns not sealed yet; empty when it is up to date."""
    if _reached(engine) == _newest(folders):
        return [f"the sealing of {place}" for place in sealing.unsealed(engine)]
    from bot.store import revisions

    return revisions.pending(engine, folders)


def _newest(folders: Sequence[Path]) -> set[str]:
    """Return the last revision of each line, as the files say."""
    own: set[str] = set()
    before: set[str] = set()
    for file in _files(folders):
        for is_before, revision in _REVISION.findall(file.read_text(encoding="utf-8")):
            (before if is_before else own).add(revision)
    return own - before


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for home in (_HOME, *(folder / "migrations" for folder in folders)):
        yield from home.glob("*.py")


def _reached(engine: Engine) -> set[str]:
    if not inspect(engine).has_table("alembic_version"):
        return set()
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
