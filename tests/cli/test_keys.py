"""`linli keys`: changing the keys loses nothing, may be cut short, and says what cannot be read."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlmodel import Session

from bot import app, config, keyfile
from bot.cli import sealing as commands
from bot.cli import stage
from bot.cli.serving import demo_settings
from bot.keyring import Keyring
from bot.store import scope, sealing
from bot.store.database import Database
from bot.store.events import Event
from bot.store.people import Resident
from tests.cli.conftest import run


@pytest.fixture
def settings(demo_var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> config.Settings:
    """The demo of this folder."""
    for name in os.environ:
        if name.startswith("LINLI_"):
            monkeypatch.delenv(name)
    here = tmp_path / "here"
    shutil.copytree(demo_var, here / "var/demo")
    monkeypatch.chdir(here)
    settings = demo_settings(host="127.0.0.1", port=18123, var=stage.var())
    stage.remember(settings)
    return settings


def ask(settings: config.Settings, fn: Callable[[Session], Any]) -> Any:
    database = app.reach_database(settings)

    def run_here(session: Session) -> Any:
        scope.enter(session, 1)
        return fn(session)

    try:
        return database.submit(run_here).result()
    finally:
        database.close()


def phones(settings: config.Settings) -> list[str]:
    return ask(settings, lambda session: list(session.execute(select(Resident.phone).order_by(Resident.id)).scalars()))


def keys_of(settings: config.Settings) -> list[str]:
    file = keyfile.read(settings)
    assert file is not None
    return [key.id for key in file.keys]


def under(settings: config.Settings) -> set[str]:
    database = app.reach_database(settings)
    try:
        return {count.key for count in sealing.counts(database.engine)}
    finally:
        database.close()


def test_after_a_rotation_everything_is_under_the_new_key_and_reads_as_before(settings: config.Settings) -> None:
    before, [first] = phones(settings), keys_of(settings)

    said = run("keys", "rotate", "--alone", "--demo")

    assert said.code == 0, said.error
    _, second = keys_of(settings)
    assert under(settings) == {second}
    assert phones(settings) == before != [""] * len(before)
    assert f"retired: {first}" in said.text
    assert "resident.phone" in said.text


def test_a_rotation_that_was_cut_short_goes_on_under_the_same_new_key(settings: config.Settings) -> None:
    before, [first] = phones(settings), keys_of(settings)
    file = keyfile.read(settings)
    assert file is not None
    database = app.reach_database(settings)
    second = commands._begin(settings, database)

    def die(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE staff"):
            raise KeyboardInterrupt

    event.listen(database.engine, "before_cursor_execute", die)
    with pytest.raises(KeyboardInterrupt):
        sealing.rotate(database.engine, lambda *_: None)
    database.close()
    assert under(settings) == {first, second}
    assert phones(settings) == before

    said = run("keys", "rotate", "--alone", "--demo")

    assert f"going on with key {second}" in said.text
    assert keys_of(settings) == [first, second]
    assert under(settings) == {second}
    assert phones(settings) == before


def test_a_key_that_was_made_and_not_used_when_the_command_died_is_used_by_the_next(settings: config.Settings) -> None:
    file = keyfile.read(settings)
    assert file is not None
    made = file.with_key(file.keys[0].make("2026-03-12"))
    keyfile.write(settings, made)

    run("keys", "rotate", "--alone", "--demo")

    assert keys_of(settings) == [key.id for key in made.keys]
    assert under(settings) == {made.keys[-1].id}


def test_a_running_process_goes_on_under_the_new_key(settings: config.Settings) -> None:
    server = app.reach_database(settings)
    run("keys", "rotate", "--alone", "--demo")

    server.submit(sealing.follow).result()
    ring = server.engine.dialect.keyring  # type: ignore[attr-defined]
    server.close()

    assert ring.current == keys_of(settings)[-1]


def test_status_counts_the_values_of_each_key(settings: config.Settings) -> None:
    run("keys", "rotate", "--alone", "--demo")

    old, new = [json.loads(line) for line in run("keys", "status", "--json", "--demo").text.splitlines()]

    assert old["values"] == 0
    assert old["state"].startswith("retired 2")
    assert new["state"] == "in use"
    assert new["columns"]["resident.phone"] == sum(map(bool, ask_all(settings)))


def ask_all(settings: config.Settings) -> list[str]:
    database = app.reach_database(settings)
    try:
        return database.submit(lambda session: list(session.execute(select(Resident.phone)).scalars())).result()
    finally:
        database.close()


def test_a_retired_key_is_deleted_only_when_told_and_one_in_use_never(settings: config.Settings) -> None:
    run("keys", "rotate", "--alone", "--demo")
    old, new = keys_of(settings)

    assert "is not retired" in run("keys", "forget", new, "--demo").error
    assert "is not in" in run("keys", "forget", "none", "--demo").error
    assert run("keys", "forget", old, "--yes", "--demo").code == 0

    assert keys_of(settings) == [new]
    assert any(phones(settings))


def spoil(session: Session) -> None:
    session.execute(text("UPDATE staff SET phone = (SELECT phone FROM resident WHERE phone <> '' LIMIT 1) WHERE id = 1"))


def test_a_value_that_cannot_be_read_is_named_and_keeps_the_old_key_in_force(settings: config.Settings) -> None:
    ask(settings, spoil)
    [first] = keys_of(settings)

    rotated = run("keys", "rotate", "--alone", "--demo")
    status = run("keys", "status", "--demo")
    doctor = run("doctor", "--demo").text

    for said in (rotated.error, status.text, doctor):
        assert f"staff.phone, row 1: sealed under key {first}" in said
    assert (rotated.code, status.code) == (1, 1)
    file = keyfile.read(settings)
    assert file is not None
    assert [key.retired for key in file.keys] == ["", ""]


def test_doctor_tells_that_others_may_read_the_key_file(settings: config.Settings) -> None:
    assert "✓ keys: " in run("doctor", "--demo").text
    keyfile.path(settings).chmod(0o640)

    assert "others may read" in run("doctor", "--demo").text


def test_a_lost_key_file_is_told_and_not_made_anew(settings: config.Settings) -> None:
    keyfile.path(settings).unlink()

    said = run("user", "list", "--demo")

    assert "bring it back from the backup" in said.error
    assert not keyfile.path(settings).exists()


def test_after_the_secret_was_changed_the_keys_are_taken_over_with_the_former_one(settings: config.Settings) -> None:
    before = phones(settings)
    former = (settings.var / "secret").read_text()
    (settings.var / "secret").write_text("n" * 40)

    assert "linli keys rewrap" in run("user", "list", "--demo").error
    assert "does not open" in run("keys", "rewrap", "--demo", keys="w" * 40 + "\n").error
    assert run("keys", "rewrap", "--demo", keys=former + "\n").code == 0

    assert phones(settings) == before


def test_another_installations_key_file_is_refused(settings: config.Settings, tmp_path: Path) -> None:
    other = settings.model_copy(update={"var": tmp_path / "other"})
    (tmp_path / "other").mkdir()
    shutil.copy(settings.var / "secret", tmp_path / "other/secret")
    keyfile.make(other, "2026-03-11")
    shutil.copy(keyfile.path(other), keyfile.path(settings))

    assert "which the key file does not hold" in run("user", "list", "--demo").error


def test_a_database_opened_with_other_keys_writes_nothing_that_cannot_be_read(settings: config.Settings) -> None:
    stranger = Database(settings.database, keyring=Keyring.make())

    with pytest.raises(Exception, match="which the key file does not hold"):
        sealing.agree(stranger.engine, app.clock())
    stranger.close()


def done_to_keys(settings: config.Settings) -> list[tuple[str, str, str]]:
    kinds = select(Event.kind, Event.actor, Event.subject).where(Event.kind.startswith("sealing_key.")).order_by(Event.id)
    return [tuple(row) for row in ask(settings, lambda session: session.execute(kinds).all())]


def test_what_is_done_to_the_keys_stands_in_the_log_as_done_at_the_command_line(settings: config.Settings) -> None:
    run("keys", "rotate", "--alone", "--demo")
    old, new = keys_of(settings)
    run("keys", "forget", old, "--yes", "--demo")

    assert done_to_keys(settings) == [
        ("sealing_key.rotated", "command line", f"sealing_key:{new}"), ("sealing_key.forgotten", "command line", f"sealing_key:{old}"),
    ]  # fmt: skip


def test_key_is_not_deleted_where_nobody_can_be_asked(settings: config.Settings) -> None:
    run("keys", "rotate", "--alone", "--demo")
    old, new = keys_of(settings)

    said = run("keys", "forget", old, "--demo", keys=f"{old}\n")

    assert "--yes" in said.error
    assert keys_of(settings) == [old, new]
    assert [kind for kind, _, _ in done_to_keys(settings)] == ["sealing_key.rotated"]


@pytest.mark.parametrize(("typed", "is_kept"), [("yes", True), ("{old}", False)])
def test_at_a_terminal_a_key_goes_only_when_its_name_is_typed_again(settings: config.Settings, typed: str, is_kept: bool) -> None:
    run("keys", "rotate", "--alone", "--demo")
    old, new = keys_of(settings)
    ours, theirs = pty.openpty()

    with os.fdopen(ours, "w") as keyboard:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "keys", "forget", old, "--demo"], stdin=theirs, stdout=subprocess.DEVNULL
        )
        os.close(theirs)
        keyboard.write(typed.format(old=old) + "\n")
        keyboard.flush()
        code = process.wait()

    assert (code != 0) is is_kept
    assert keys_of(settings) == ([old, new] if is_kept else [new])
