"""What goes wrong at a terminal is told in one English line: the culprit, its fault and the way out; never a traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import run

ACCOUNT = {"WECHAT_TOKEN": "token", "WECHAT_APPID": "wx0123456789abcdef", "WECHAT_MODE": "plain"}

ROSTER = {
    "community.csv": "name,phone,address\n和苑小区,1,1\n", "households.csv": "building,unit,room\n3,2,501\n",
    "residents.csv": "building,unit,room,name,phone,role,tags\n", "staff.csv": "login,name,role,phone\nadmin,周,admin,1\n",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of an account in an empty folder, which holds a file where a folder is wanted."""
    for name in os.environ:
        if name.startswith("LINLI_"):
            monkeypatch.delenv(name)
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(f"LINLI_{name}", value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that somebody else serves at."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """The files of a small office."""
    folder = tmp_path / "roster"
    folder.mkdir()
    for name, text in ROSTER.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_port_that_is_taken_is_named_on_one_line(busy: int) -> None:
    there = {**os.environ, "LINLI_PORT": f"{busy}", "LINLI_WECHAT_SECRET": "secret"}
    done = subprocess.run([sys.executable, "-m", "bot", "serve"], env=there, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == f"linli: LINLI_PORT {busy} on 127.0.0.1 cannot be used (Address already in use); try {busy + 1}\n"


@pytest.mark.parametrize("host", ["no.such.invalid", "203.0.113.9", "." * 70])
def test_address_that_is_not_this_machines_is_named(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("LINLI_HOST", host)

    assert f"LINLI_HOST {host} is no address of this machine" in run("serve").error


def test_demo_on_a_port_that_is_none_or_taken_is_told(busy: int) -> None:
    assert "--port 99999 is no port" in run("demo", "--port", "99999").error
    assert f"--port {busy} on 127.0.0.1 cannot be used" in run("demo", "--port", f"{busy}").error


@pytest.mark.parametrize("command", [["serve"], ["init", "roster"], ["user", "list"]])
@pytest.mark.usefixtures("roster")
def test_folder_that_cannot_be_written_to_is_named(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setenv("LINLI_PORT", "0")
    monkeypatch.setenv("LINLI_VAR", "file/var")

    said = run(*command)

    assert (said.error.count("\n"), said.code) == (0, 1)
    assert said.error.startswith("LINLI_VAR: nothing can be written to file/var (Not a directory); name a folder")


@pytest.mark.parametrize(("url", "told"), [
    ("mysql://x/y", "'mysql' is no database"), ("garbage", "this is no database"), ("postgresql://u:hidden@h:port/d", "cannot be read"),
    ("postgresql://nobody@127.0.0.1:1/nodb", "the database does not answer"), ("sqlite:////proc/x/y.db", "does not answer"),
])  # fmt: skip
def test_database_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch, url: str, told: str) -> None:
    monkeypatch.setenv("LINLI_DATABASE_URL", url)

    for command in (["migrate"], ["user", "list"]):
        said = run(*command)
        assert said.error.startswith("LINLI_DATABASE_URL")
        assert told in said.error
        assert "; " in said.error
        assert (said.error.count("\n"), said.code) == (0, 1)
        assert "hidden" not in said.error


def test_file_that_is_no_database_is_named() -> None:
    Path("var").mkdir()
    Path("var/linli.db").write_text("not a database " * 100)

    assert "LINLI_VAR: var/linli.db: the database does not answer" in run("user", "list").error


@pytest.mark.parametrize(("setting", "value", "named"), [
    ("VAR", "file/var", "LINLI_VAR: nothing can be written to file/var (Not a directory)"),
    ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nodb", "LINLI_DATABASE_URL: the database does not answer"),
    ("INTENTS", "nowhere", "LINLI_INTENTS: nowhere is not a folder"),
])  # fmt: skip
def test_doctor_names_the_setting_at_fault(monkeypatch: pytest.MonkeyPatch, setting: str, value: str, named: str) -> None:
    monkeypatch.setenv(f"LINLI_{setting}", value)

    said = run("doctor")

    assert said.code == 1
    assert named in said.text


def test_doctor_tells_what_a_misspelt_setting_may_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINLI_WECHAT_TOKEN")
    monkeypatch.setenv("LINLI_WECHAT_TOKN", "token")

    said = run("doctor").text

    assert "! settings: LINLI_WECHAT_TOKN is no setting and has no effect" in said
    assert "→ write LINLI_WECHAT_TOKEN if that is meant" in said
    assert "✗ settings: LINLI_WECHAT_TOKEN is missing" in said


def test_doctor_shows_the_settings_of_a_service() -> None:
    assert "✓ settings of visitor_passes: LINLI_VISITOR_PASSES_GRACE_MINUTES = 30" in run("doctor").text


@pytest.mark.parametrize("value", ["soon", "-1"])
def test_doctor_names_the_setting_of_a_service_at_fault(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LINLI_VISITOR_PASSES_GRACE_MINUTES", value)

    said = run("doctor")

    assert said.code == 1
    assert "✗ settings of visitor_passes: LINLI_VISITOR_PASSES_GRACE_MINUTES: " in said.text
    assert "(minutes that visitors may come early and leave late)" in said.text


def test_doctor_tells_of_a_service_s_setting_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_VISITOR_PASSES_GRACE_MINUTE", "5")
    monkeypatch.setenv("LINLI_VISITOR_PASSES_GRACE_MINUTES", "5")

    said = run("doctor").text

    assert "LINLI_VISITOR_PASSES_GRACE_MINUTE is no setting" in said
    assert "→ write LINLI_VISITOR_PASSES_GRACE_MINUTES if that is meant" in said
    assert "LINLI_VISITOR_PASSES_GRACE_MINUTES is no setting" not in said


# ------------------------------------------------------------------ init, user


def test_folder_in_place_of_a_file_of_the_roster_is_named(roster: Path) -> None:
    (roster / "staff.csv").unlink()
    (roster / "staff.csv").mkdir()

    assert "staff.csv cannot be read (Is a directory); put a CSV file of that name there" in run("init", str(roster)).error


def test_other_files_beside_the_roster_are_left_alone(roster: Path) -> None:
    (roster / "old.csv").mkdir()
    (roster / "~$staff.csv").write_bytes(b"\xff\xfe")

    assert run("init", str(roster)).code == 0


def test_password_is_the_first_line_of_standard_input(roster: Path) -> None:
    run("init", str(roster))

    nothing, short, good = (run("user", "passwd", "admin", keys=keys) for keys in ("", "short\n", "a good long one\n"))

    assert "no password came from standard input" in nothing.error
    assert short.error == "the password has 5 characters; it needs 10 or more"
    assert good.text == "admin: password changed, signed out everywhere\n"


@pytest.mark.parametrize("login", ["a/b", "..", "x y/z?", "x" * 41])
def test_login_that_no_address_can_hold_is_refused_in_english(roster: Path, login: str) -> None:
    run("init", str(roster))

    assert run("user", "add", login).error.startswith(f"login '{login[:40]}' cannot be used; take 1 to 40 letters")
    assert run("user", "add", "chen.li").code == 0
