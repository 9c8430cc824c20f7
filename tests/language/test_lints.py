"""What is doubtful in intent files is told with its place and a way out, and nothing is refused for it."""

from __future__ import annotations

from datetime import datetime

from bot import config
from bot.dialogue.understanding import read_model
from bot.language import files, lints
from bot.language.matching.matcher import Matcher
from bot.language.normalise import Tables
from bot.language.reader import Problem
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
DATA = config.shipped("data")
TABLES = Tables.parse((DATA / "simplified.txt").read_text("utf-8"), (DATA / "pinyin.txt").read_text("utf-8"))

WATER = ["厨房水管漏水", "水龙头滴水", "水管爆了", "卫生间漏水了", "马桶一直流水", "热水器漏水", "阀门关不紧漏水", "墙里水管漏"]
GUESTS = ["有朋友来访", "给客人登记", "我妹妹要来", "邀请访客", "同学来玩要放行", "亲戚明天到", "客人来了放一下", "办个访客证"]
TESTS = "tests: [{text: a}, {text: b}, {not: true, text: c}]"


def intent(name: str, examples: list[str], more: str = TESTS) -> str:
    return f"intent: {name}\nexamples: |\n" + "".join(f"  - {example}\n" for example in examples) + more


def doubts(**texts: str) -> list[Problem]:
    catalogue = files.load({f"{name}.yaml": text for name, text in texts.items()})
    assert [problem for problem in catalogue.problems if problem.severity == "error"] == []
    return lints.doubts(Matcher(catalogue, TABLES), NOW)


def codes(problems: list[Problem]) -> set[str]:
    return {problem.code for problem in problems}


def test_files_without_doubts_are_left_alone() -> None:
    assert doubts(water=intent("water.leak", WATER), guests=intent("guest.invite", GUESTS)) == []


def test_same_and_nearly_same_wordings_of_two_intents_are_told_with_both_places() -> None:
    found = doubts(
        water=intent("water.leak", [*WATER, "停水到几点恢复正常供应"]),
        guests=intent("guest.invite", [*GUESTS, "水管爆了", "停电到几点恢复正常供应"]),
    )

    same, near = [problem for problem in found if problem.code in {"W401", "W403"}]
    assert (same.code, same.file, same.line) == ("W401", "water.yaml", 5)
    assert "guests.yaml:11" in same.message
    assert near.code == "W403"
    assert "停水到几点" in near.message
    assert "停电到几点" in near.message


def test_few_examples_and_missing_tests_are_told() -> None:
    found = doubts(water=intent("water.leak", WATER[:3], ""), guests=intent("guest.invite", GUESTS))

    assert codes(found) == {"W402", "W406"}
    assert {problem.severity for problem in found} == {"warning"}


def test_example_that_its_own_exclude_shuts_out_is_told() -> None:
    [problem] = doubts(water=intent("water.leak", WATER, f"exclude: [马桶]\n{TESTS}"), guests=intent("guest.invite", GUESTS))

    assert (problem.code, problem.line) == ("W405", 7)
    assert "马桶" in problem.message


def test_examples_that_another_intent_would_win_are_told_together() -> None:
    strays = ["我弟弟要来", "我姐姐要来", "给朋友登记一下", "办个客人证"]
    found = doubts(
        water=intent("water.leak", [*WATER, *strays]), guests=intent("guest.invite", [*GUESTS, "我哥哥要来", "给亲戚登记"])
    )

    problem = next(problem for problem in found if problem.code == "W404" and problem.file == "water.yaml")
    assert "guest.invite" in problem.message
    assert problem.line > 1 + len(WATER)


def test_example_that_its_own_tests_hold_is_meant_as_it_stands() -> None:
    held = "tests: [{text: 马桶一直流水}, {text: b}, {not: true, text: c}]"
    found = doubts(water=intent("water.leak", WATER, f"exclude: [马桶]\n{held}"), guests=intent("guest.invite", GUESTS))

    assert found == []


def test_shipped_files_leave_no_doubt() -> None:
    folder = config.shipped("intents")
    catalogue = files.load({str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*.yaml")})
    background = [line for line in (DATA / "background.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]

    assert lints.doubts(Matcher(catalogue, TABLES, background, read_model(config.shipped("data"))), NOW) == []
