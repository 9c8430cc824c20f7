"""A process that cannot keep what is written says so, by name, and says when it is well again."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from bot import pulse
from bot.pulse import Pulse
from bot.store import scope
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.pulses import Pulse as Beat
from bot.store.tasks import Task

MB = 1 << 20


@pytest.fixture
def felt(database: Database, community: Community, now: datetime, tmp_path: Path) -> Pulse:
    assert community.appid
    return Pulse(database, lambda: now, tmp_path, community.appid)


async def test_a_write_proves_that_what_is_written_is_kept(felt: Pulse, database: Database, now: datetime) -> None:
    assert felt.faults, "nobody has looked"

    assert await felt.step() == await felt.step() == ()

    assert felt.faults == ()
    assert [row.at for row in await database.read(lambda session: session.exec(select(Beat)).all())] == [now]


@pytest.mark.parametrize(("free", "faults", "is_told"), [(800 * MB, 0, False), (400 * MB, 0, True), (10 * MB, 1, True)])
async def test_disk_that_fills_is_told_to_admins_before_nothing_can_be_written(
    felt: Pulse, database: Database, monkeypatch: pytest.MonkeyPatch, free: int, faults: int, is_told: bool
) -> None:
    def told(session: Session) -> list[bool]:
        scope.enter(session, 1)
        return [task.closed_at is None for task in session.exec(select(Task).where(Task.kind == pulse.KIND))]

    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12 - free, free))
    found = await felt.step()
    assert len(found) == faults
    assert all("free" in fault for fault in found)
    await felt.step()
    assert await database.read(told) == [True] * is_told

    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 0, 10**12))
    assert await felt.step() == ()
    await felt.step()
    assert await database.read(told) == [False] * is_told


@pytest.fixture
def own(tmp_path: Path, now: datetime) -> Iterator[tuple[Pulse, Path]]:
    """An installation on a SQLite file of its own, that is felt."""
    path = tmp_path / "linli.db"
    database = Database(f"sqlite:///{path}")
    database.submit(lambda session: Beat.__table__.create(session.connection())).result()  # type: ignore[attr-defined]
    yield Pulse(database, lambda: now, tmp_path, "wx1"), path
    database.close()


@pytest.mark.parametrize("replaced", [False, True])
async def test_file_that_was_deleted_or_replaced_under_a_running_server_is_missed(
    own: tuple[Pulse, Path], replaced: bool
) -> None:
    felt, path = own
    assert await felt.step() == ()
    assert not felt.is_lost

    path.unlink()
    if replaced:
        path.write_bytes(b"")

    assert felt.is_lost
    [fault, *_] = await felt.step()
    assert "deleted or replaced" in fault
    assert "linli restore" in fault


async def test_file_that_another_process_holds_is_named_and_the_end_of_it(own: tuple[Pulse, Path], monkeypatch: Any) -> None:
    felt, path = own
    monkeypatch.setattr(pulse, "WITHIN", 0.3)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        [fault] = await felt.step()
        assert fault.startswith("database: ")
        holder.execute("ROLLBACK")

    monkeypatch.setattr(pulse, "WITHIN", 30)
    assert await felt.step() == ()


@pytest.mark.parametrize(("said", "named"), [
    ("database or disk is full", "the disk is full"), ("attempt to write a readonly database", "the file may not be written to"),
    ("unable to open database file", "the file cannot be opened"), ("database disk image is malformed", "the file is damaged"),
    ("connection refused: oSECRET", "OperationalError"),
])  # fmt: skip
def test_errors_of_the_database_are_called_what_operators_call_them(said: str, named: str) -> None:
    assert pulse.named(OperationalError("UPDATE", None, sqlite3.OperationalError(said))) == named
