"""--demo: commands work on the demo that was served from this folder, without any setting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlmodel import Session

from bot import app
from bot.cli import stage
from bot.cli.serving import demo_settings, seed
from bot.store import scope, unmatched
from bot.store.database import Database
from tests.cli.conftest import run


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("LINLI_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def demo() -> None:
    """A demo that was served at port 18123."""
    settings = demo_settings(host="127.0.0.1", port=18123, var=stage.VAR)
    seed(settings)
    stage.remember(settings)


@pytest.mark.usefixtures("demo")
def test_notice_of_the_handbook_goes_to_the_demo() -> None:
    sent = run("notice", "send", "--demo", "--to", "3栋", "--title", "明天停水", "--body", "请提前储水。")
    listed = run("notice", "list", "--demo")

    assert "goes out in 10 s" in sent.text
    assert "--demo` undoes it" in sent.text
    assert "明天停水" in listed.text


@pytest.mark.usefixtures("demo")
def test_link_leads_to_where_the_demo_serves() -> None:
    assert "http://127.0.0.1:18123/console/in/" in run("user", "link", "admin", "--demo").text
    assert "http://127.0.0.1:18123/console/in/" in run("user", "add", "new", "--demo").text
    assert "new" in run("user", "list", "--demo").text


@pytest.mark.usefixtures("demo")
def test_doctor_looks_at_the_demo() -> None:
    said = run("doctor", "--demo").text

    assert "✓ settings: safe mode, appid wx_demo_heyuan_8f2c" in said
    assert "✓ database: sqlite, up to date" in said
    assert "✓ public address: http://127.0.0.1:18123" in said


@pytest.mark.usefixtures("demo")
def _note(session: Session, text: str) -> None:
    scope.enter(session, 1)
    unmatched.note(session, text, app.clock())


def test_what_the_demo_did_not_understand_is_shown_and_ignored() -> None:
    database = Database(f"sqlite:///{stage.VAR / 'linli.db'}")
    database.submit(_note, "帮我遛狗").result()
    database.close()

    shown, ignored, after = (run("unmatched", *more, "--demo").text for more in ([], ["--ignore", "帮我遛狗"], []))

    assert "1  帮我遛狗" in shown
    assert ignored == "not shown again: 帮我遛狗\n"
    assert "nothing is waiting" in after


def test_folder_without_a_demo_is_told_how_to_begin_one() -> None:
    said = run("notice", "list", "--demo")

    assert "run `linli demo` in this folder first" in said.error
    assert not Path("var").exists()
