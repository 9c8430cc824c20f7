"""What is private on disk is private to one account, and the doctor says where it is not."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.store.database import Database
from tests.cli.conftest import run

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

ROSTER = {
    "community.csv": "name,phone,address\n和苑东区,0571-2,东路2号\n", "households.csv": "building,unit,room\n3,2,501\n",
    "residents.csv": "building,unit,room,name,phone,role,tags\n3,2,501,周华,13900000009,owner,\n",
    "staff.csv": "login,name,role,phone\nwang,王东,admin,13900000008\n",
}  # fmt: skip


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_a_command_makes_is_for_its_account_alone_whatever_the_shell_allows(tmp_path: Path) -> None:
    for name, words in ROSTER.items():
        (tmp_path / name).write_text(words, encoding="utf-8")
    settings = {"LINLI_WECHAT_TOKEN": "token", "LINLI_WECHAT_APPID": "wx0123456789abcdef", "LINLI_WECHAT_MODE": "plain"}
    command = [sys.executable, "-c", "import os; os.umask(0); from bot.cli import main; main()", "init", str(tmp_path)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
    subprocess.run(command, cwd=tmp_path, env={**clean, **settings, "LINLI_VAR": "var"}, check=True, capture_output=True)

    var = tmp_path / "var"
    assert rights(var) == 0o700
    assert {path.name for path in var.iterdir()} >= {"linli.db"}
    assert {rights(path) for path in var.iterdir()} == {0o600}


async def test_doctor_names_what_others_may_read_and_what_to_type(desk: Desk, tmp_path: Path) -> None:
    var = desk.settings.var
    (var / "photos").mkdir(exist_ok=True)
    var.chmod(0o755)
    (var / "photos").chmod(0o755)
    (var / "linli.db").chmod(0o644)
    (tmp_path / ".env").write_text("# LINLI_SECRET\n")
    (tmp_path / ".env").chmod(0o640)

    said = (await desk.run("doctor")).text
    assert "✗ private files: others on this machine may read" in said
    [told] = [line for line in said.splitlines() if "→ chmod" in line]
    typed = await asyncio.create_subprocess_shell(told.partition("→")[2], cwd=tmp_path)
    assert await typed.wait() == 0

    assert "✓ private files" in (await desk.run("doctor")).text
    assert rights(var) == 0o700
    assert rights(tmp_path / ".env") == 0o600


@pytest.mark.usefixtures("desk")
def test_the_demo_is_not_looked_at() -> None:
    assert "private files" not in run("doctor", "--demo").text


def test_what_is_deleted_is_not_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    database = Database(f"sqlite:///{path}")
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE said (words TEXT)"))
        connection.execute(text("INSERT INTO said VALUES ('sugar-in-the-blood')"))
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM said"))
    database.close()

    assert b"sugar-in-the-blood" not in path.read_bytes()
