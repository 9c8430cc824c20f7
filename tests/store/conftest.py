"""A database without a single table, for what makes them."""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.keyring import Keyring
from bot.store.database import connect


def make_blank(kind: str, request: pytest.FixtureRequest, folder: Path, ring: Keyring, template: str = "") -> Engine:
    """Return a way to a database made for it: an empty one, or a copy of the one that `template` names, a file or a database."""
    if kind == "sqlite":
        if template:
            shutil.copy(template, folder / "new.db")
        return connect(f"sqlite:///{folder / 'new.db'}", ring)
    name = f"linli_{uuid.uuid4().hex[:12]}"
    server = connect(request.getfixturevalue("postgres_url")).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else "")))
    server.dispose()
    return connect(str(server.url.set(database=name).render_as_string(hide_password=False)), ring)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def blank(request: pytest.FixtureRequest, tmp_path: Path, ring: Keyring) -> Iterator[Engine]:
    """An empty database: the test runs once on SQLite and once on PostgreSQL."""
    engine = make_blank(request.param, request, tmp_path, ring)
    yield engine
    engine.dispose()
