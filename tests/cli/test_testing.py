"""`linli test`: the shipped files hold their tests and scenarios; what does not hold is named with its place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot import config
from tests.cli.conftest import run

INTENTS = config.shipped("intents")


def test_shipped_intents_and_scenarios_hold() -> None:
    said = run("test")

    assert said.code == 0, said
    assert "0 failures" in said.text


def test_conversation_that_goes_another_way_is_named_with_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(
        "scenario: 错的\nturns:\n  - {say: 你好, kind: done}\n  - {say: 报修进度, reply: 没有这句话, intent: repair.urge}\n",
        "utf-8",
    )

    said = run("test", "--scenario", str(path), "--json")

    assert said.code == 1
    faults = [fault for line in said.text.splitlines() if (fault := json.loads(line))["place"].startswith("wrong.yaml")]
    assert [fault["place"] for fault in faults] == ["wrong.yaml:2", "wrong.yaml:2"]
    assert "应是 repair.urge" in faults[0]["fault"]


def test_scenario_that_is_none_says_what_one_is(tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    for text, fault in (
        ("- a\n", "list of `turns:`"),
        ("turns:\n  - {sya: 你好}\n", "lacks `say:`"),
        ("turns:\n  - {say: x, knd: y}\n", "knd"),
    ):
        path.write_text(text, "utf-8")
        said = run("test", "--scenario", str(path))
        assert said.code == 1
        assert fault in said.error


def test_inline_test_that_does_not_hold_is_named_with_its_line(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(INTENTS, tmp_path / "intents"))
    path = folder / "faq/hours.yaml"
    path.write_text(path.read_text("utf-8") + "  - {text: 帮我遛狗好不好}\n", "utf-8")

    said = run("test", str(folder))

    assert said.code == 1
    assert "faq/hours.yaml:" in said.text
    assert "帮我遛狗好不好" in said.text


@pytest.mark.parametrize("command", [["test"], ["try", "你好"]])
def test_a_file_with_a_fault_is_named_and_nothing_is_said_to_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    (tmp_path / "pool.yaml").write_text("intent: faq.pool\nreply: [\n", encoding="utf-8")
    monkeypatch.setenv("LINLI_INTENTS", str(tmp_path))

    said = run(*command)

    assert said.code == 1
    assert "pool.yaml:" in said.error
    assert "0 failures" not in said.text
