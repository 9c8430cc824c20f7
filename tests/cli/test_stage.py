"""--demo: commands work on the demo that was served from this folder, without any setting."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from sqlmodel import Session

from bot import app, config
from bot.cli import stage
from bot.cli.serving import demo_settings
from bot.store import scope, unmatched
from tests.cli.conftest import HOME, run


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("LINLI_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def demo(seeded: Path) -> None:
    """A demo that was served at port 18123."""
    serve(seeded, 18123)


def serve(seeded: Path, port: int) -> None:
    shutil.copytree(seeded, stage.var())
    stage.remember(demo_settings(host="127.0.0.1", port=port, var=stage.var()))


@pytest.mark.usefixtures("demo")
def test_notice_of_the_handbook_goes_to_the_demo() -> None:
    sent = run("notice", "send", "--demo", "--community", HOME, "--to", "3栋", "--title", "明天停水", "--body", "请提前储水。")
    listed = run("notice", "list", "--demo", "--community", HOME)

    assert "goes out in 10 s" in sent.text
    assert "--demo` undoes it" in sent.text
    assert "明天停水" in listed.text


@pytest.mark.usefixtures("demo")
def test_link_leads_to_where_the_demo_serves() -> None:
    assert "http://127.0.0.1:18123/console/in/" in run("user", "link", "admin", "--demo").text
    assert "http://127.0.0.1:18123/console/in/" in run("user", "add", "new", "--demo", "--community", HOME).text
    assert "new" in run("user", "list", "--demo").text


@pytest.mark.usefixtures("demo")
def test_doctor_looks_at_the_demo() -> None:
    said = run("doctor", "--demo").text

    assert "✓ settings: safe mode, appid wx_demo_heyuan_8f2c" in said
    assert "✓ database: sqlite, up to date" in said
    assert "✓ public address: http://127.0.0.1:18123" in said


def _note(session: Session, text: str) -> None:
    scope.enter(session, 1)
    unmatched.note(session, text, app.clock())


@pytest.mark.usefixtures("demo")
def test_what_the_demo_did_not_understand_is_shown_and_ignored() -> None:
    database = app.reach_database(stage.settings(demo=True))
    database.submit(_note, "帮我遛狗").result()
    database.close()

    shown, ignored, after = (run("unmatched", *more, "--demo").text for more in ([], ["--ignore", "帮我遛狗"], []))

    assert "1  帮我遛狗" in shown
    assert ignored == "not shown again: 帮我遛狗\n"
    assert "nothing is waiting" in after


def test_settings_say_where_the_demo_lives_and_commands_find_it(
    monkeypatch: pytest.MonkeyPatch, seeded: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("LINLI_VAR", str(tmp_path / "elsewhere"))
    serve(seeded, 18124)

    assert "http://127.0.0.1:18124/console/in/" in run("user", "link", "admin", "--demo").text
    assert (tmp_path / "elsewhere/demo/linli.db").exists()
    assert not Path("var").exists()


@pytest.mark.parametrize(("setting", "value"), [("LINLI_PORT", "1"), ("LINLI_HOST", "0.0.0.0")])
def test_settings_say_where_the_demo_serves(monkeypatch: pytest.MonkeyPatch, setting: str, value: str) -> None:
    monkeypatch.setenv(setting, value)
    if setting == "LINLI_PORT":
        monkeypatch.setenv("LINLI_HOST", "192.0.2.1")  # no address of this machine, so that nothing is served
    said = run("demo", *(["--i-know"] if setting == "LINLI_PORT" else [])).error

    assert (
        "LINLI_HOST 0.0.0.0 is reached by others" if setting == "LINLI_HOST" else "LINLI_HOST 192.0.2.1 is no address"
    ) in said


# ------------------------------------------------------------------ the demo's own intent files


@pytest.fixture
def shipped() -> Path:
    """A small folder of shipped files."""
    folder = Path("shipped")
    for name, text in {"faq/pool.yaml": "a", "faq/gym.yaml": "b", "_menu.yaml": "c"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def own(name: str) -> Path:
    return stage.var() / "intents" / name


def test_demo_begins_with_the_shipped_files_and_works_on_its_own() -> None:
    settings = stage.with_own_intents(demo_settings(host="127.0.0.1", port=1, var=stage.var()))

    assert settings.intents_folder == own("")
    assert own("faq/hours.yaml").read_text() == (config.shipped("intents") / "faq/hours.yaml").read_text()


def test_what_was_edited_stays_and_the_rest_follows_the_shipped_files(shipped: Path) -> None:
    stage.copy_intents(stage.var(), shipped)
    own("faq/pool.yaml").write_text("edited")
    for name in ("faq/pool.yaml", "_menu.yaml", "faq/new.yaml"):
        (shipped / name).write_text("renewed")
    (shipped / "faq/gym.yaml").unlink()

    stage.copy_intents(stage.var(), shipped)
    stage.copy_intents(stage.var(), shipped)

    found = {path.name: path.read_text() for path in own("").rglob("*.yaml")}
    assert found == {"pool.yaml": "edited", "_menu.yaml": "renewed", "new.yaml": "renewed"}


def test_a_file_that_is_as_shipped_is_not_written_again_under_a_demo_that_reads_it(shipped: Path) -> None:
    stage.copy_intents(stage.var(), shipped)
    before = {path: path.stat().st_ino for path in own("").rglob("*.yaml")}
    (shipped / "_menu.yaml").write_text("renewed")

    stage.copy_intents(stage.var(), shipped)

    renewed = {path.name for path in own("").rglob("*.yaml") if path.stat().st_ino != before[path]}
    assert renewed == {"_menu.yaml"}
    assert not list(own("").rglob("*.part"))


def test_intent_files_that_a_setting_names_are_used_as_they_are(monkeypatch: pytest.MonkeyPatch, shipped: Path) -> None:
    monkeypatch.setenv("LINLI_INTENTS", str(shipped))

    assert stage.with_own_intents(demo_settings(host="127.0.0.1", port=1, var=stage.var())).intents_folder == shipped


def test_folder_without_a_demo_is_told_how_to_begin_one() -> None:
    said = run("notice", "list", "--demo")

    assert "run `linli demo` in this folder first" in said.error
    assert not Path("var").exists()
