"""How the tables change: Alembic, with one line of revisions per integration beside the bot's own.

Its import costs 11 MB and a third of a second: `schema` calls it only when there is something to change.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlmodel import SQLModel

import bot.store.tables  # noqa: F401  every table is compared

_HOME = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, folders: Sequence[Path]) -> list[str]:
    """Bring the database to the newest shape; returns the revisions it stands at.

    `folders` are those of the integrations; each may hold migrations/. One replica at a time: on PostgreSQL others wait.
    """
    with _making_anew(engine) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5141)")  # any number, ours for this purpose
        command.upgrade(_config(connection, folders), "heads")
        if engine.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
            raise RuntimeError(
                f"table {lost[0]}: row {lost[1]} would refer to a row of {lost[2]} that is gone; nothing was changed"
            )
        return list(MigrationContext.configure(connection).get_current_heads())


@contextmanager
def _making_anew(engine: Engine) -> Iterator[Connection]:
    """Give a connection on which SQLite lets a table that others refer to be dropped and made anew; it asks for that before BEGIN.

    Source: sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes"
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            return
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def pending(engine: Engine, folders: Sequence[Path]) -> list[str]:
    """Return the revisions the database still lacks; empty when it is up to date."""
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(_config(connection, folders))
        current = MigrationContext.configure(connection).get_current_heads()
        reached = {revision.revision for revision in script.get_all_current(current)} if current else set()
        return sorted(set(script.get_heads()) - reached)


def differences(engine: Engine) -> list[str]:
    """Return where the database differs from the tables in the code, one line each."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [repr(difference) for difference in compare_metadata(context, SQLModel.metadata)]


def revise(engine: Engine, folders: Sequence[Path], branch: str, message: str) -> Path:
    """Write a new revision for `branch`, "bot" or an integration's folder name, from what differs; returns its file.

    The database must be at the newest shape before.
    """
    home = _HOME / "versions" if branch == "bot" else next(f for f in folders if f.name == branch) / "migrations"
    first = not any(home.glob("*.py"))
    home.mkdir(exist_ok=True)
    with engine.begin() as connection:
        config = _config(connection, folders)
        config.attributes["tables"] = _tables_of(branch)
        number = len(list(home.glob("*.py"))) + 1
        made = command.revision(
            config, message, autogenerate=True, version_path=str(home), head="base" if first else f"{branch}@head",
            branch_label=branch if first else None, depends_on="bot@head" if first and branch != "bot" else None,
            rev_id=f"{branch}_{number}",
        )  # fmt: skip
    assert isinstance(made, Script)  # noqa: S101  one revision was asked for
    return Path(made.path)


def _tables_of(branch: str) -> set[str]:
    package = "bot." if branch == "bot" else f"integrations.{branch}."
    return {
        mapper.local_table.name  # type: ignore[attr-defined]  # all of ours are tables
        for mapper in SQLModel._sa_registry.mappers
        if mapper.class_.__module__.startswith(package)
    }


def _config(connection: Connection, folders: Sequence[Path]) -> Config:
    config = Config()
    homes = [_HOME / "versions", *(folder / "migrations" for folder in folders)]
    config.set_main_option("script_location", str(_HOME))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(home) for home in homes if home.is_dir()))
    config.attributes["connection"] = connection
    return config
