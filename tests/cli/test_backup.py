"""`linli backup` and `linli restore` as an operator runs them: each slip is named with its way out, and the drill ends with a server that is well."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot import config
from bot.cli import stage
from bot.cli.serving import demo_settings
from tests.cli.conftest import run


@pytest.fixture
def home(demo_var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which a demo served, and the settings of an installation beside it."""
    for name in list(os.environ):
        if name.startswith("LINLI_"):
            monkeypatch.delenv(name)
    here = tmp_path / "here"
    shutil.copytree(demo_var, here / "var/demo")
    monkeypatch.chdir(here)
    settings = demo_settings(host="127.0.0.1", port=18125, var=stage.var())
    stage.remember(settings)
    for name in ("wechat_token", "wechat_aes_key"):
        monkeypatch.setenv(f"LINLI_{name.upper()}", getattr(settings, name).get_secret_value())
    monkeypatch.setenv("LINLI_WECHAT_APPID", settings.wechat_appid)
    return here


def test_drill_from_backup_to_a_server_that_is_well(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipient = run("backup", "identity", "id").text.splitlines()[0].removeprefix("LINLI_BACKUP_RECIPIENTS=")
    made = run("backup", "--demo", "--to", "kept", "--recipient", recipient)
    assert (made.code, made.error) == (0, "")
    assert run("backup", "keys", "keys.age", "--demo", "--recipient", recipient).code == 0
    [backup] = (home / "kept").glob("*.age")
    assert backup.name in run("backup", "list", "kept", "--demo").text
    assert "is whole" in run("backup", "verify", str(backup), "--identity", "id").text

    monkeypatch.setenv("LINLI_VAR", "new")
    back = run("restore", str(backup), "--identity", "id", "--keys", "keys.age")

    assert "Its keys open it" in back.text
    doctor = {found["name"]: found["ok"] for found in map(json.loads, run("doctor", "--json").text.splitlines())}
    assert doctor["database"] is doctor["keys"] is doctor["private files"] is True


@pytest.mark.parametrize(("words", "told"), [
    (("backup", "--demo"), "set LINLI_BACKUP_FOLDER, or name one"), (("backup", "verify", "nope.tar.gz"), "there is no backup nope.tar.gz"),
    (("backup", "--demo", "--to", "kept", "--recipient", "age1nobody"), "'age1nobody' is no recipient"),
    (("backup", "keys", "keys", "--demo", "--recipient", "age1nobody"), "name it keys.age"), (("backup", "list", "--demo"), "set LINLI_BACKUP_FOLDER"),
    (("restore", "nope.tar.gz"), "name with --keys"), (("restore", "nope.tar.gz", "--keys", "nope"), "nope cannot be read"),
])  # fmt: skip
def test_slips_are_named_with_the_way_out(home: Path, words: tuple[str, ...], told: str) -> None:
    said = run(*words)

    assert said.code == 1
    assert told in said.error


def test_doctor_tells_of_a_backup_that_is_missing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> dict[str, object]:
        return {found["name"]: found for found in map(json.loads, run("doctor", "--json").text.splitlines())}["backups"]

    monkeypatch.setenv("LINLI_VAR", "var/demo")
    assert told()["remedy"]
    monkeypatch.setenv("LINLI_BACKUP_FOLDER", "kept")
    assert told()["ok"] is False
    assert run("backup").code == 0
    found = told()
    assert found["ok"] is True
    assert "on the disk of LINLI_VAR" in str(found["remedy"])


@pytest.mark.parametrize("words", [("user", "list"), ("migrate",), ("migrate", "--status"), ("doctor", "--json")])
def test_database_of_a_newer_version_is_refused_in_words(
    home: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("LINLI_VAR", "var/demo")
    with closing(sqlite3.connect(config.load().var / "linli.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'bot_9999' WHERE version_num LIKE 'bot_%'")
        database.commit()

    said = run(*words)

    assert said.code == 1
    assert "bot_9999, which this version does not know" in said.error + said.text
    assert "install the newer version" in said.error + said.text
