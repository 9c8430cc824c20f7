"""`linli try` and `linli chat`: the documented JSON, the clock, and services of one's own."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import integrations
from bot import config
from tests.cli.conftest import run

LADDER = '''
from dataclasses import dataclass
from pathlib import Path
from bot.contract import Integration, Reply, Turn, action

@dataclass(frozen=True, kw_only=True)
class Nothing:
    """No slots."""

@action("tool.ladder", Nothing, replies={"done": "flat"})
def lend(turn, slots):
    return Reply("done", flat=turn.flat.label)

integration = Integration(name="ladders", title="借梯子", folder=Path(__file__).parent, actions=(lend,))
'''

LADDER_YAML = """
intent: tool.ladder
title: 借梯子
needs: flat
examples: |
  - 借梯子
  - 我想借梯子
  - 梯子借我用用
action: true
replies: {done: "梯子送到{flat}。"}
"""


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("LINLI_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def chat(*lines: str) -> list[dict[str, Any]]:
    said = run("chat", "--json", "--now", "2026-03-11T10:00", keys="\n".join(lines) + "\n")
    return [json.loads(line) for line in said.text.splitlines()]


def test_try_explains_in_the_documented_shape() -> None:
    [told] = [json.loads(line) for line in run("try", "--json", "--now", "2026-03-11T10:00", "厨房水管漏水了").text.splitlines()]

    assert list(told) == ["text", "intent", "confidence", "decision", "candidates", "slots"]
    assert (told["text"], told["intent"]) == ("厨房水管漏水了", "repair.report")
    assert all(list(candidate) == ["intent", "confidence", "why"] for candidate in told["candidates"])
    assert told["candidates"]
    assert isinstance(told["slots"], dict)


def test_chat_answers_in_the_documented_shape_whatever_the_outcome() -> None:
    answers = chat("你好", "报修", "邀请访客", "我要报修和健康打卡", "asdf")

    for answer in answers:
        assert list(answer) == ["reply", "outcome", "values"]
        assert list(answer["outcome"]) == ["kind", "intent", "slot", "options"]
        assert isinstance(answer["outcome"]["options"], list)
    assert answers[0]["outcome"]["options"] == []


def test_clock_command_without_a_time_says_how() -> None:
    nothing, far, good = chat("/at", "/at 9999-12-31T23:59", "/at 2026-03-12T10:00", "你好")

    assert nothing == {"error": "/at needs a time, such as /at 2026-03-11T10:00"}
    assert "outside the years 2000 to 2100" in far["error"]
    assert good["outcome"]["kind"] == "done"


def test_staff_answer_in_the_chat_and_give_the_word_back() -> None:
    nobody, _, told, silent, back = chat("/staff 您好", "转人工", "/staff 师傅在路上了", "好", "/back")

    assert "nobody has said anything yet" in nobody["error"]
    assert "师傅在路上了" in told["reply"][0]
    assert silent["reply"] == []
    assert back["reply"] != []


def test_time_passes_in_the_chat_and_the_menu_is_touched() -> None:
    begun, far, placed, late = chat("/tap repair.report", "/wait soon", "/place 3栋北侧", "/wait 3h")

    assert begun["outcome"]["intent"] == placed["outcome"]["intent"] == "repair.report"
    assert "'soon' is no time to wait" in far["error"]
    assert late["outcome"]["kind"] == "silent"


@pytest.mark.parametrize("now", ["1999-12-31T23:59", "9999-12-31T23:59", "0001-01-01"])
@pytest.mark.parametrize("command", [["try", "明天下午报修"], ["chat"]])
def test_clock_outside_two_centuries_is_refused(command: list[str], now: str) -> None:
    assert "outside the years 2000 to 2100" in run(*command, "--now", now).error


def test_chat_has_the_services_that_the_settings_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    intents = Path(shutil.copytree(config.shipped("intents"), tmp_path / "intents"))
    (intents / "tool").mkdir()
    (intents / "tool/ladder.yaml").write_text(LADDER_YAML, encoding="utf-8")
    (tmp_path / "services/ladders").mkdir(parents=True)
    (tmp_path / "services/ladders/__init__.py").write_text(LADDER, encoding="utf-8")
    monkeypatch.setattr(integrations, "__path__", [*integrations.__path__, str(tmp_path / "services")])
    Path(".env").write_text(
        "LINLI_INTENTS=intents\nLINLI_INTEGRATIONS=community,visitor_passes,repairs,health,ladders\n", encoding="utf-8"
    )

    [answer] = chat("我想借梯子")

    assert answer["reply"] == ["梯子送到3栋2单元501。"]


def test_chat_shows_a_link_with_its_address(tmp_path: Path) -> None:
    intents = Path(shutil.copytree(config.shipped("intents"), tmp_path / "intents"))
    lending = LADDER_YAML.replace("action: true", "").replace("needs: flat", "")
    (intents / "ladder.yaml").write_text(
        lending[: lending.index("replies")] + """reply: '梯子在<a href="https://linli.example/map">这里</a>。'\n""",
        encoding="utf-8",
    )
    Path(".env").write_text("LINLI_INTENTS=intents\n", encoding="utf-8")

    assert run("chat", keys="我想借梯子\n").text.strip() == "梯子在这里（https://linli.example/map）。"
    assert chat("我想借梯子")[0]["reply"] == ['梯子在<a href="https://linli.example/map">这里</a>。']


def test_check_looks_at_the_folder_that_the_settings_name(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/broken.yaml").write_text("intent: [", encoding="utf-8")
    Path(".env").write_text("LINLI_INTENTS=own\n", encoding="utf-8")

    assert "broken.yaml:2" in run("check").text


def test_check_holds_the_words_to_what_the_services_say(tmp_path: Path) -> None:
    own = Path(shutil.copytree(config.shipped("intents"), tmp_path / "own"))
    cancel = own / "repair/cancel.yaml"
    cancel.write_text(cancel.read_text("utf-8").replace("报修 {number}（{what}）已取消", "报修 {numer}（{what}）已取消"), "utf-8")

    said = run("check", "own")

    assert said.code == 1
    assert "E302 回复 done 用到不存在的 {numer} 是否想写 “{number}”？" in said.text
    assert " intents, 1 errors" in said.text


def test_unknown_service_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_INTEGRATIONS", "community,tols")

    assert "LINLI_INTEGRATIONS names 'tols'" in run("chat").error
