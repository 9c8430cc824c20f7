"""A sentence added to an intent file changes one line of it; remarks, quotes and order stay as they were written."""

import difflib

import pytest

from bot import config
from bot.language import files
from bot.language.additions import Unfit, with_example, with_test

BLOCK = """# 泳池
intent: pool.hours
examples: |
  - 泳池几点开
  # 夏天的说法
  - 现在能游泳吗

keywords: ["泳池"]   # 留着
reply: 早上九点
tests:
  - {text: 泳池几点关, not: pool.price}
  # 下面的不要动
  - text: 泳池开吗
    accept: true

# 完
"""

LISTED = 'intent: a.b\nexamples: ["你好", 早]\ntests: [{text: 你好}]\n'

DASHED = "intent: a.b\nexamples:\n- 你好\n- 早\n\nreply: 好\n"


def new_lines(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.split("\n"), after.split("\n")) if line[0] in "+-"]


@pytest.mark.parametrize("text", [BLOCK, LISTED, DASHED])
@pytest.mark.parametrize("said", ["水: 冷不冷 # 真的", '"引号" 和 {括号}', "- 横线", "两行\n并成一行"])
def test_example_is_read_as_it_was_said_and_is_the_last_one(text: str, said: str) -> None:
    before = files.load({"a/b.yaml": text}).intents
    after = files.load({"a/b.yaml": with_example(text, said)}).intents

    [(one, other)] = zip(before.values(), after.values(), strict=True)
    assert other.examples == (*one.examples, " ".join(said.split()))
    assert other.tests == tuple(test if test.line == new.line else new for test, new in zip(one.tests, other.tests, strict=True))


def test_one_line_comes_to_a_block_and_nothing_else_changes() -> None:
    assert new_lines(BLOCK, with_example(BLOCK, "泳池冷吗")) == ["+   - 泳池冷吗"]
    assert new_lines(DASHED, with_example(DASHED, "嗨")) == ['+ - "嗨"']


def test_example_that_stands_there_already_changes_nothing() -> None:
    assert with_example(BLOCK, "现在能游泳吗") == BLOCK


@pytest.mark.parametrize("text", [BLOCK, LISTED, DASHED])
def test_test_is_read_with_its_values_and_is_the_last_one(text: str) -> None:
    added = with_test(with_test(text, "两个人游", {"people": 2, "at": "2026-03-12 09:00"}), "买菜", unwanted="pool.hours")

    [intent] = files.load({"a/b.yaml": added}).intents.values()
    first, second = intent.tests[-2:]
    assert (first.text, first.slots, first.unwanted) == ("两个人游", {"people": 2, "at": "2026-03-12 09:00"}, False)
    assert (second.text, second.unwanted) == ("买菜", True)


def test_remarks_around_tests_stay_where_they_were() -> None:
    assert new_lines(BLOCK, with_test(BLOCK, "泳池远吗")) == ['+   - {text: "泳池远吗"}']
    assert with_test(BLOCK, "泳池远吗").endswith("# 完\n")


@pytest.mark.parametrize("text", ["intent: [", "intent: a.b\n", "- 一\n"])
def test_file_that_nothing_fits_into_is_told_and_not_spoilt(text: str) -> None:
    with pytest.raises(Unfit):
        with_example(text, "你好")


def test_every_shipped_file_takes_an_example_and_a_test() -> None:
    for path in sorted(config.shipped("intents").rglob("[a-z]*.yaml")):
        text = path.read_text(encoding="utf-8")
        if "intent:" in text:
            assert len(new_lines(text, with_example(text, "全新的一句"))) == 1, path
            assert len(new_lines(text, with_test(text, "全新的一句"))) <= 2, path
