"""The tables in the database are those in the code, made by the migrations alone; on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import inspect

from bot import config, services
from bot.store import revisions, schema
from bot.store.database import connect

FOLDERS = [i.folder for i in services.load_integrations(config.Settings.model_fields["integrations"].get_default())]


def url_of(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    from sqlalchemy import text

    server = connect(request.getfixturevalue("postgres_url")).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS linli_migrated"))
        connection.execute(text("CREATE DATABASE linli_migrated"))
    server.dispose()
    return str(server.url.set(database="linli_migrated").render_as_string(hide_password=False))


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_migrations_make_exactly_the_tables_of_the_code(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    engine = connect(url_of(kind, request, tmp_path))

    before = schema.pending(engine, FOLDERS)
    schema.upgrade(engine, FOLDERS)
    schema.upgrade(engine, FOLDERS)

    assert before
    assert schema.pending(engine, FOLDERS) == []
    assert revisions.differences(engine) == []
    assert "repair_ticket" in inspect(engine).get_table_names()
    engine.dispose()
