"""The database of a backup: copied while others write, counted, and found whole."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.errors import Misconfigured

#: Seconds to wait for whoever writes just then.
_PATIENCE = 30.0


def copy(source: Path, to: Path) -> None:
    """Copy a SQLite database as it is at one moment, while others read and write it; one file comes of it, without a log beside it.

    Raises Misconfigured where it cannot be read whole, or there is no room.
    """
    try:
        with (
            closing(sqlite3.connect(f"file:{source.absolute()}?mode=ro", uri=True, timeout=_PATIENCE)) as live,
            closing(sqlite3.connect(to)) as copied,
        ):
            live.backup(copied)  # all pages in one step: what is written meanwhile is not in it, and nobody waits
            copied.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise Misconfigured(
            f"{source} could not be copied to {to.parent} ({error}); look at both disks, then run it again"
        ) from error


def examine(path: Path) -> tuple[dict[str, int], list[str]]:
    """Return how many rows each table of a copy has, and the revisions it stands at; raises Misconfigured for one that is damaged."""
    with closing(sqlite3.connect(f"file:{path.absolute()}?mode=ro", uri=True)) as database:
        try:
            found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise Misconfigured(f"{path}: the database is damaged ({found}); take an older backup")
            names = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
            rows = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608  # its own
            heads = [row[0] for row in database.execute("SELECT version_num FROM alembic_version ORDER BY 1")]
        except sqlite3.DatabaseError as error:
            raise Misconfigured(f"{path}: the database is damaged ({error}); take an older backup") from error
    return rows, heads
