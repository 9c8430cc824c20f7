"""README tells the truth: its settings, examples, links and commands are those of the code."""

import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
import typer
import yaml
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from bot import config
from bot.cli import app, auditing, backups, keys, menu, notices, privacy, qr, rosters, users
from bot.cli import app as linli
from bot.config import Settings
from bot.dialogue.understanding import Understanding, judge
from bot.model import SHANGHAI
from tests.cli.conftest import run

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def block(language: str) -> str:
    """Return the first example in a language."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found, f"README has no example in {language}"
    return found[1]


def default_of(name: str, model: type[BaseModel] = Settings) -> str:
    """Return a setting's default as the tables write it."""
    value = model.model_fields[name].get_default()
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, list):
        value = ",".join(value)
    said = value.get_secret_value() if hasattr(value, "get_secret_value") else "" if value is None else str(value)
    return f"`{said}`" if said else "empty"


def test_settings_table_is_that_of_the_code_and_names_all_that_are_required() -> None:
    told = dict(re.findall(r"^\| `(LINLI_\w+)` \| (\S+) \|", README, re.MULTILINE))
    known = {f"LINLI_{name.upper()}": default_of(name) for name in Settings.model_fields}

    assert told.items() <= known.items()
    assert {name for name, default in known.items() if default == "required"} <= told.keys()


@pytest.fixture
def with_example(tmp_path: Path) -> Path:
    """The shipped intents, and the example saved among them."""
    folder = Path(shutil.copytree(config.shipped("intents"), tmp_path / "intents"))
    name = yaml.safe_load(block("yaml"))["intent"].replace(".", "/")
    assert not (folder / f"{name}.yaml").exists()
    (folder / f"{name}.yaml").write_text(block("yaml"), encoding="utf-8")
    return folder


def test_intent_example_beside_the_shipped_ones_leaves_no_fault_and_no_doubt(with_example: Path) -> None:
    checked, tested = run("check", "--strict", str(with_example)), run("test", str(with_example))

    assert (checked.code, "0 errors, 0 warnings" in checked.text) == (0, True), checked.text
    assert (tested.code, "0 failures" in tested.text) == (0, True), tested.text


def test_sentences_of_the_intent_example_are_understood_as_it(with_example: Path) -> None:
    understanding = Understanding.load(with_example, config.shipped("data"))
    example = understanding.catalogue.intents[yaml.safe_load(block("yaml"))["intent"]]

    for text in [*example.examples, *(test.text for test in example.tests if not test.unwanted)]:
        judged = judge(understanding, text, datetime(2026, 3, 11, 10, tzinfo=SHANGHAI))
        assert (judged.intent, judged.decision) == (example.id, "accept"), text


def test_sample_service_is_tried_as_its_tutorial_says() -> None:
    tutorial = (ROOT / "docs" / "adding-a-service.md").read_text(encoding="utf-8")
    told = re.search(r"^    (cp -r .*)\n    (LINLI_INTEGRATIONS_FOLDER=.*)$", README, re.MULTILINE)

    assert told
    assert all(f"    {line}\n" in tutorial for line in told.groups())


def test_readme_is_read_in_one_sitting() -> None:
    assert len(README.splitlines()) <= 150


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_what_exists(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_named_are_commands(page: Path) -> None:
    groups = {
        "notice": notices.app,
        "user": users,
        "menu": menu.app,
        "qr": qr.app,
        "audit": auditing.app,
        "roster": rosters.app,
        "keys": keys.app,
        "privacy": privacy.app,
        "backup": backups.app,
    }
    known = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands} | set(groups)
    text = page.read_text(encoding="utf-8")
    told = set(re.findall(r"[`/]linli (\w+)", text)) | set(re.findall(r"^    (?:.*/)?linli (\w+)", text, re.MULTILINE))

    assert told <= known
    for group, commands in groups.items():
        members = {c.name or getattr(c.callback, "__name__", "") for c in commands.registered_commands}
        assert set(re.findall(rf"linli {group} (\w[\w-]*)", text)) <= members


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_named_are_targets(page: Path) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"(?:`|^    )make (\w+)", page.read_text(encoding="utf-8"), re.MULTILINE)) <= targets


def test_the_chinese_page_tells_of_all_that_is_in_the_menu_for_residents_and_stays_short() -> None:
    page = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")

    told = ("居民", "住户", "重复的人", "核对住址", "住户码", "邀请家人", "名册", "信息保存期限")
    assert [words for words in told if f"**{words}" not in page and f"、{words}**" not in page] == []
    assert len(page.splitlines()) <= 200


def test_all_commands_that_work_on_the_demo_are_named() -> None:
    told = set(re.findall(r"`(?:linli )?(\w+)`", re.search(r"is `.venv/bin/linli`;(.*?)take `--demo`", README, re.DOTALL)[1]))  # type: ignore[index]

    groups = typer.main.get_command(linli)
    takes = {
        name for name, command in groups.commands.items()  # type: ignore[attr-defined]
        if any("--demo" in option.opts for one in (command, *getattr(command, "commands", {}).values()) for option in one.params)
    }  # fmt: skip
    assert told == takes
