"""An installation comes back from its backup as it was: nothing is lost, nothing lives beside it, and what hinders it is named."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from sqlmodel import Session, select

from bot import app, config
from bot.backups import archive, keeping, keys, making, restoring
from bot.backups.keeper import KIND, Keeper
from bot.cli.serving import demo_settings
from bot.errors import Misconfigured
from bot.services import load_services
from bot.store import schema, scope
from bot.store.people import Resident
from bot.store.tasks import Task

NOW = datetime(2026, 3, 11, 3, 30, tzinfo=UTC)


@pytest.fixture
def lived(demo_var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> config.Settings:
    """A seeded installation with two photos, intent files of its own and the head of its event log."""
    for name in list(os.environ):
        if name.startswith("LINLI_"):
            monkeypatch.delenv(name)
    var = demo_var
    for name in ("a" * 64, "b" * 64):
        (var / "photos").mkdir(exist_ok=True)
        (var / "photos" / f"{name}.jpg").write_bytes(name.encode() * 500)
    (var / "audit-head").write_text("3-abc")
    shutil.copytree(config.shipped("intents") / "faq", tmp_path / "intents/faq")
    return demo_settings(host="127.0.0.1", port=18124, var=var, intents=tmp_path / "intents")


def elsewhere(settings: config.Settings, folder: Path) -> config.Settings:
    return settings.model_copy(update={"var": folder / "var", "intents": folder / "intents"})


def content(path: Path) -> dict[str, list[Any]]:
    """All rows of all tables of a database."""
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: database.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall() for name in tables}


def files_under(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): archive.digest(path) for path in folder.rglob("*") if path.is_file()}


def everything(settings: config.Settings) -> set[str]:
    """All revisions there are."""
    return schema.known([integration.folder for integration in load_services(settings).integrations])


@pytest.mark.parametrize("is_sealed", [False, True])
def test_restored_installation_is_the_same_by_hashes_and_rows_and_its_keys_open_it(
    lived: config.Settings, tmp_path: Path, is_sealed: bool
) -> None:
    made_by, identity = pyrage.x25519.Identity.generate(), tmp_path / "identity"
    identity.write_text(str(made_by))
    recipients = [str(made_by.to_public())] if is_sealed else []
    made = making.make(lived, tmp_path / "backups", NOW, recipients)
    kept = tmp_path / ("keys.age" if is_sealed else "keys.json")
    keys.write(lived, kept, recipients)
    there = elsewhere(lived, tmp_path / "new")

    keys.read(there, kept, identity=identity)
    restoring.restore(there, made.path, everything(lived), identity=identity)

    assert content(there.var / "linli.db") == content(lived.var / "linli.db")
    assert files_under(there.var / "photos") == files_under(lived.var / "photos")
    assert lived.intents is not None
    assert there.intents is not None
    assert files_under(there.intents) == files_under(lived.intents)
    assert (there.var / "audit-head").read_text() == "3-abc"
    assert (there.var / "linli.db").stat().st_mode & 0o077 == 0
    assert names(there) == names(lived)
    assert files_under(there.var).keys() <= files_under(lived.var).keys() | {"secret"}, "nothing is left lying about"


def names(settings: config.Settings) -> list[str]:
    """What is sealed, opened."""

    def read(session: Session) -> list[str]:
        scope.enter(session, 1)
        return [f"{one.name} {one.phone}" for one in session.exec(select(Resident).order_by(Resident.id))]

    database = app.reach_database(settings)
    try:
        found = database.submit(read).result()
    finally:
        database.close()
    assert any("138" in name for name in found)
    return found


def test_backup_holds_neither_keys_nor_secrets(lived: config.Settings, tmp_path: Path) -> None:
    made = making.make(lived, tmp_path / "backups", NOW)
    (tmp_path / "out").mkdir()
    manifest = archive.unpack(made.path, tmp_path / "out")

    held = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    for secret in (
        config.read_secret(lived),
        lived.wechat_secret.get_secret_value().encode(),
        lived.wechat_token.get_secret_value().encode(),
    ):
        assert secret not in held
    assert not [
        name for name in manifest.settings if "SECRET" in name or "TOKEN" in name or "KEY" in name.removesuffix("KEYS_FILE")
    ]
    assert manifest.settings["LINLI_WECHAT_APPID"] == lived.wechat_appid


@pytest.fixture
def writing(lived: config.Settings) -> Iterator[list[int]]:
    """Somebody who writes all the while, pairs of rows in one transaction each; counts them."""
    pairs: list[int] = []
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(lived.var / "linli.db", isolation_level=None, timeout=30)) as database:
            while not stop.is_set():
                database.execute("BEGIN IMMEDIATE")
                for half in "ab":
                    database.execute("INSERT INTO pairs VALUES (?, ?)", (len(pairs), half))
                database.execute("COMMIT")
                pairs.append(len(pairs))

    with closing(sqlite3.connect(lived.var / "linli.db")) as database:
        database.execute("CREATE TABLE pairs (number INTEGER, half TEXT)")
        database.commit()
    writer = threading.Thread(target=write)
    writer.start()
    yield pairs
    stop.set()
    writer.join()


def test_backup_beside_a_writer_is_of_one_moment_and_has_all_that_was_committed_before(
    lived: config.Settings, tmp_path: Path, writing: list[int]
) -> None:
    for number in range(5):
        while len(writing) < 20 * (number + 1):
            pass
        before = len(writing)
        made = making.make(lived, tmp_path / "backups", NOW + timedelta(minutes=number))
        folder = tmp_path / f"out{number}"
        folder.mkdir()
        archive.unpack(made.path, folder)

        with closing(sqlite3.connect(folder / "linli.db")) as copied:
            halves = copied.execute("SELECT number, count(*) FROM pairs GROUP BY number ORDER BY number").fetchall()
        assert halves == [(pair, 2) for pair in range(len(halves))]
        assert len(halves) >= before


def test_place_where_somebody_lives_is_left_as_it_is(lived: config.Settings, tmp_path: Path) -> None:
    made = making.make(lived, tmp_path / "backups", NOW)
    before = files_under(lived.var)

    with pytest.raises(Misconfigured, match="is there already"):
        restoring.restore(lived, made.path, everything(lived))

    assert files_under(lived.var) == before


def test_backup_of_a_newer_version_is_refused_by_name_and_leaves_the_place_empty(lived: config.Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(lived.var / "linli.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'bot_9999' WHERE version_num LIKE 'bot_%'")
        database.commit()
    made = making.make(lived, tmp_path / "backups", NOW)
    there = elsewhere(lived, tmp_path / "new")

    with pytest.raises(Misconfigured, match=r"newer Linli \(.*bot_9999\); install that version first"):
        restoring.restore(there, made.path, everything(lived))

    assert list(there.var.iterdir()) == []


def test_damaged_database_is_never_called_a_backup(lived: config.Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(lived.var / "linli.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = lived.var / "linli.db"
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2 : len(damaged) // 2 + 8192] = os.urandom(8192)
    file.write_bytes(damaged)

    with pytest.raises(Misconfigured, match="damaged"):
        making.make(lived, tmp_path / "backups", NOW)

    assert keeping.listed(tmp_path / "backups") == []


def test_disk_without_room_is_named_before_anything_is_written(
    lived: config.Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 1000, 1000))

    with pytest.raises(Misconfigured, match=r"disk is too full.*0\.0 MB are free"):
        making.make(lived, tmp_path / "backups", NOW)

    assert [path.name for path in (tmp_path / "backups").iterdir()] == [".linli-lock"]


def test_second_backup_at_once_is_told_to_wait(lived: config.Settings, tmp_path: Path) -> None:
    def again(step: str) -> None:
        if step.startswith("opening"):
            with pytest.raises(Misconfigured, match="another backup is being made"):
                making.make(lived, tmp_path / "backups", NOW)

    making.make(lived, tmp_path / "backups", NOW, tell=again)

    assert len(keeping.listed(tmp_path / "backups")) == 1


def test_one_that_was_killed_half_way_leaves_no_backup_and_its_rest_goes_with_the_next(
    lived: config.Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    script = (
        "import os, signal, sys\n"
        "from datetime import datetime, UTC\n"
        "from pathlib import Path\n"
        "from bot.backups import making\n"
        "from bot.cli.serving import demo_settings\n"
        "settings = demo_settings(host='127.0.0.1', port=18124, var=Path(sys.argv[1]))\n"
        "making.make(settings, Path(sys.argv[2]), datetime.now(UTC), tell=lambda step: step.startswith('opening') and os.kill(os.getpid(), signal.SIGKILL))\n"
    )
    died = subprocess.run([sys.executable, "-c", script, lived.var, folder], check=False)
    assert died.returncode == -signal.SIGKILL
    assert keeping.listed(folder) == []
    assert [path for path in folder.iterdir() if path.is_dir()]

    making.make(lived, folder, NOW)

    assert not [path for path in folder.iterdir() if path.is_dir()]
    assert len(keeping.listed(folder)) == 1


async def test_night_makes_one_backup_lets_old_ones_go_and_tells_admins_while_it_fails(
    lived: config.Settings, tmp_path: Path
) -> None:
    folder, now = tmp_path / "backups", NOW
    settings = lived.model_copy(update={"backup_folder": folder, "backup_keep": "2,0,0"})
    database = app.reach_database(settings)
    keeper = Keeper(settings, database, lambda: now)

    def told(session: Session) -> list[bool]:
        scope.enter(session, 1)
        return [task.closed_at is None for task in session.exec(select(Task).where(Task.kind == KIND))]

    try:
        made = [await keeper.step() for _ in range(3)]
        assert [path is not None for path in made] == [True, False, False]
        for _ in range(4):
            now += timedelta(days=1)
            assert await keeper.step()
        assert len(keeping.listed(folder)) == 2

        kept = folder.rename(tmp_path / "gone")
        folder.touch()  # no folder can be made there
        for hours in (24, 0, 0.5, 0.5):
            now += timedelta(hours=hours)
            assert await keeper.step() is None
        assert await database.read(told) == [True]

        folder.unlink()
        kept.rename(folder)
        now += timedelta(hours=1)
        assert await keeper.step()
        assert await database.read(told) == [False]
    finally:
        database.close()


async def test_of_two_servers_on_one_folder_one_makes_the_backup_and_the_other_tells_of_no_failure(
    lived: config.Settings, tmp_path: Path
) -> None:
    settings = lived.model_copy(update={"backup_folder": tmp_path / "backups"})
    database = app.reach_database(settings)
    keepers = [Keeper(settings, database, lambda: NOW) for _ in range(2)]

    def told(session: Session) -> int:
        scope.enter(session, 1)
        return len(session.exec(select(Task).where(Task.kind == KIND)).all())

    try:
        made = await asyncio.gather(*(keeper.step() for keeper in keepers))
        made += [await keeper.step() for keeper in keepers]
        assert len(keeping.listed(tmp_path / "backups")) == 1
        assert sum(path is not None for path in made) == 1
        assert await database.read(told) == 0
    finally:
        database.close()


def test_keys_are_never_written_over(lived: config.Settings, tmp_path: Path) -> None:
    keys.write(lived, tmp_path / "keys.json")
    with pytest.raises(Misconfigured, match="never written over"):
        keys.write(lived, tmp_path / "keys.json")

    there = elsewhere(lived, tmp_path / "new")
    config.make_var(there.var)
    (there.var / "keys").write_text("others")
    with pytest.raises(Misconfigured, match="is another one"):
        keys.read(there, tmp_path / "keys.json")
    assert (there.var / "keys").read_text() == "others"
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
