"""The tables' shape and how it changes: Alembic, with one line of revisions per integration beside the bot's own."""

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlmodel import SQLModel

_HOME = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, folders: Sequence[Path]) -> list[str]:
    """Bring the database to the newest shape; returns the revisions it stands at.

    `folders` are those of the integrations; each may hold migrations/. One replica at a time: on PostgreSQL others wait.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5141)")  # any number, ours for this purpose
        command.upgrade(_config(connection, folders), "heads")
        return list(MigrationContext.configure(connection).get_current_heads())


def pending(engine: Engine, folders: Sequence[Path]) -> list[str]:
    """Return the revisions the database still lacks; empty when it is up to date."""
    with engine.connect() as connection:
        heads = set(ScriptDirectory.from_config(_config(connection, folders)).get_heads())
        return sorted(heads - set(MigrationContext.configure(connection).get_current_heads()))


def differences(engine: Engine) -> list[str]:
    """Return where the database differs from the tables in the code, one line each."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [repr(difference) for difference in compare_metadata(context, SQLModel.metadata)]


def revise(engine: Engine, folders: Sequence[Path], message: str, branch: str) -> None:
    """Write a new revision from what differs; for developers, by `linli migrate --revise`."""
    home = _HOME / "versions" if branch == "bot" else next(f for f in folders if f.name == branch) / "migrations"
    home.mkdir(exist_ok=True)
    with engine.begin() as connection:
        config = _config(connection, folders)
        begun = any(home.glob("*.py"))
        command.revision(
            config, message, autogenerate=True, version_path=str(home), head=f"{branch}@head" if begun else "base",
            branch_label=None if begun else branch, splice=not begun,
        )  # fmt: skip


def _config(connection: Connection, folders: Sequence[Path]) -> Config:
    config = Config()
    homes = [_HOME / "versions", *(folder / "migrations" for folder in folders)]
    config.set_main_option("script_location", str(_HOME))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(home) for home in homes if home.is_dir()))
    config.attributes["connection"] = connection
    return config
