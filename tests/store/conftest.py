"""A database without a single table, for what makes them."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.keyring import Keyring
from bot.store.database import connect


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def blank(request: pytest.FixtureRequest, tmp_path: Path, ring: Keyring) -> Iterator[Engine]:
    """An empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path / 'new.db'}", ring)
    else:
        name = f"linli_{uuid.uuid4().hex[:12]}"
        server = connect(request.getfixturevalue("postgres_url")).execution_options(isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        server.dispose()
        engine = connect(str(server.url.set(database=name).render_as_string(hide_password=False)), ring)
    yield engine
    engine.dispose()
