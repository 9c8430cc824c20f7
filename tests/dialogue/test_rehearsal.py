"""The tests in the intent files are tried before a change is made; no file swallows the others' tests."""

from __future__ import annotations

from bot import config
from bot.dialogue.rehearsal import compare, regressions, rehearse
from bot.dialogue.understanding import Understanding

WATER = """intent: water.leak
title: 漏水
examples: |
  - 厨房水管漏水
  - 水龙头滴水
  - 卫生间漏水了
slots:
  starts_at: {type: start}
tests:
  - {text: 水管漏水了, accept: true}
  - {text: 明天下午三点来修漏水, slots: {starts_at: 2026-03-12 15:00}}
  - {not: true, text: 今天天气不错}
"""
SWALLOWER = """intent: chat.all
title: 闲聊
examples: |
  - 水管漏水了
  - 水管漏水了吗
  - 漏水了
tests:
  - {text: 水管漏水了}
"""


def understanding(**texts: str) -> Understanding:
    shipped = Understanding.load(config.shipped("intents"), config.shipped("data"))
    messages = (config.shipped("intents") / "_messages.yaml").read_text("utf-8")
    return shipped.with_files({"_messages.yaml": messages} | {f"{name}.yaml": text for name, text in texts.items()})


def test_tests_that_hold_are_not_told() -> None:
    assert rehearse(understanding(water=WATER)) == []


def test_test_that_does_not_hold_says_where_it_stands_and_what_was_understood() -> None:
    wrong = WATER.replace("2026-03-12 15:00", "2026-03-13 15:00").replace("今天天气不错", "水龙头滴水")

    time, unwanted = rehearse(understanding(water=wrong))

    assert (time.file, time.line) == ("water.yaml", 11)
    assert "读成 2026-03-12 15:00" in time.got
    assert unwanted.got == "当成了“漏水”（water.leak）"


def test_change_that_swallows_another_files_test_is_a_regression_of_that_file() -> None:
    before, after = understanding(water=WATER), understanding(water=WATER, chat=SWALLOWER)

    lost = {miss.text: miss.got for miss in regressions(before, after) if miss.intent == "water.leak"}

    assert lost["水管漏水了"] == "当成了“闲聊”（chat.all）"


def test_what_failed_before_is_no_regression() -> None:
    wrong = WATER.replace("2026-03-12 15:00", "2026-03-13 15:00")

    assert regressions(understanding(water=wrong), understanding(water=wrong)) == []


def test_words_that_are_only_said_change_no_test_and_what_failed_before_is_told_at_its_new_place() -> None:
    wrong = WATER.replace("今天天气不错", "水龙头滴水")
    before, after = understanding(water=wrong), understanding(water=wrong.replace("title: 漏水", "# 改了\ntitle: 水漏了"))

    found = compare(before, after)

    assert (found.lost, found.mended, found.unheld) == ([], [], [])
    [miss] = rehearse(after)
    assert (miss.text, miss.line) == ("水龙头滴水", 13)


def test_new_test_is_tried_even_where_nothing_is_heard_otherwise() -> None:
    found = compare(understanding(water=WATER), understanding(water=WATER + "  - {text: 今天晚饭吃什么, accept: true}\n"))

    assert [miss.text for miss in found.unheld] == ["今天晚饭吃什么"]
    assert found.lost == []


def test_line_that_a_change_lets_be_understood_is_told() -> None:
    more = WATER.replace("  - 水龙头滴水\n", "  - 水龙头滴水\n  - 阿拉屋里落大雨\n")

    found = compare(understanding(water=WATER), understanding(water=more), ["阿拉屋里落大雨", "厨房水管漏水"])

    assert [(one.text, one.before, one.after) for one in found.moved] == [("阿拉屋里落大雨", "none", "water.leak")]
