"""Intent files: each fault is told with its place and a way out, and takes no other file with it."""

import re

import pytest

from bot.language import files
from bot.language.reader import Problem

GOOD = "intent: a.b\nexamples: |\n  - 你好吗\n  - 天气真好\n"


def problems(text: str, **others: str) -> list[Problem]:
    return [problem for problem in files.load({"x.yaml": text, **others}).problems if problem.severity == "error"]


@pytest.mark.parametrize(("text", "code", "line", "column", "hint"), [
    ("", "E103", 1, 1, "删除此文件"),
    ("intent: a\nexamples:\n  - a: {b\n", "E107", 3, 8, "占位符"),
    ("intent: a\nexamples: |\n  - x\nintent: b\n", "E104", 4, 1, ""),
    ("- a\n- b\n", "E201", 1, 1, ""),
    ("intent: a\nsentance: |\n  - x\nexamples: |\n  - x\n", "E203", 2, 1, "sentences"),
    ("intent: a\nexamples: 一句话\n", "E204", 2, 11, "examples: |"),
    ("examples: |\n  - x\n", "E207", 1, 1, ""),
    ("intent: a\nexamples: |\n\n", "E208", 2, 1, ""),
    ("intent: a\nexamples: |\n  - x\nslots:\n  t: {type: temprature}\n", "E209", 5, 13, "temperature"),
    ("intent: a\nexamples: |\n  - x\nslots:\n  t: {type: choice}\n", "E210", 5, 6, "options"),
    ("intent: a\nexamples: |\n  - x\nslots:\n  t: {type: text, required: true}\n", "E211", 5, 6, "要问居民的话"),
    ("intent: a\nemergency: true\nexamples: |\n  - x\nreplies:\n  gass: 快跑\n", "E217", 6, 3, "是否想写 “gas”"),
    ("intent: a\nemergency: true\nexamples: |\n  - x\nreplies: {done: 快跑}\n", "E217", 5, 11, "可用：self_harm、"),
    ("intent: a\nbaseline: {minutes: 6}\nexamples: |\n  - x\n", "E222", 2, 11, "怎么来的"),
    ("intent: a\nbaseline: {minutes: 6, source: ' '}\nexamples: |\n  - x\n", "E222", 2, 11, "怎么来的"),
    ("intent: a\nbaseline: {minutes: 一会儿, source: 记过}\nexamples: |\n  - x\n", "E221", 2, 11, "minutes: 8"),
    ("intent: a\nbaseline: {minutes: 481, source: 记过}\nexamples: |\n  - x\n", "E221", 2, 11, "minutes: 8"),
    ("intent: a\nexamples: |\n  - x\nsentences: |\n  - 给{nme}办证\n", "E301", 5, 4, ""),
    ("intent: a\nexamples: |\n  - x\nsentences: |\n  - (报修|维修\n", "E303", 5, 3, ""),
    ("intent: a\nexamples: |\n  - x\nconfirm: 好 {wen}\nslots: {when: {type: start}}\n", "E302", 4, 10, "{when}"),
    ("intent: a\nmatch: wohle\nexamples: |\n  - x\n", "E202", 2, 8, ""),
    ("intent: a\nexamples: |\n  - x\nslots:\n  1a: {type: text}\n", "E215", 5, 7, "visitor_name"),
    ("intent: a\nexamples: |\n  - x\nslots:\n  a-b: {type: text}\n", "E215", 5, 8, "下划线"),
    ("intent: a\nexamples: |\n  - x\ntests:\n  - {text: x, slots: {a: 2026-13-45}}\n", "E216", 5, 22, "加引号"),
    ("intent: a\nexamples: |\n  - x\ntests:\n  - {text: x, slots: {a: !!int abc}}\n", "E216", 5, 22, ""),
    ("intent: a\nexamples: |\n  - x\ntests:\n  - {text: x, slots: {[a]: 1}}\n", "E216", 5, 22, ""),
    ("intent: a\nexamples: |\n  - x\ntests:\n  - {text: x, slots: !!python/object:os.system {}}\n", "E216", 5, 22, ""),
    ("intent: a\nexamples: |\n  - x\nsentences: |\n  - (a;b;c;d;e)\n", "E305", 5, 3, "分成几行"),
    ("intent: a\ncancels: a.bc\nexamples: |\n  - x\n", "E220", 2, 10, ""),
    ("intent: a\nneeds: flat\nexamples: |\n  - x\n", "E219", 2, 8, "provides: flat"),
    ("intent: a\nprovides: door\nexamples: |\n  - x\n", "E202", 2, 11, ""),
    ("intent: a\nhands_over: maybe\nexamples: |\n  - x\n", "E202", 2, 13, ""),
    ("intent: a\nexamples: |\n  - x\nsentences: |\n  - " + "(" * 2000 + "\n", "E199", 1, 1, ""),
])  # fmt: skip
def test_fault_is_told_with_line_column_and_hint(text: str, code: str, line: int, column: int, hint: str) -> None:
    [problem] = problems(text)

    assert (problem.code, problem.line, problem.column) == (code, line, column)
    assert hint in problem.hint


@pytest.mark.parametrize("text", [
    "a: b: c", "a:\n  - x\n b: 1", "a: [1, 2", "a: {x: 1", "\ta: 1", "a: 'x", 'a: "\\q"', "- a\nb: 1", "a: *x", "a: &x 1\nb: &x 2", "a: @x",
    "a: 1\n---\nb: 2", "a: |x\n b", "a: !x!y 1", "a: - b", "a: ]", "a: '你好' 朋友", "a：b\nc: 1", "%YAML 9", "a: \x01",
])  # fmt: skip
def test_what_is_no_yaml_is_told_in_chinese(text: str) -> None:
    [problem] = problems(text)

    assert not re.search(r"[A-Za-z]{2}", re.sub("YAML|Tab", "", problem.message)), problem.message
    assert problem.hint


def test_sign_that_nobody_sees_is_told_with_its_place() -> None:
    [problem] = problems("intent: 你好\ntitle: 天\x01气\n")

    assert (problem.code, problem.line, problem.column) == ("E102", 2, 9)


def test_only_one_intent_may_give_the_flat() -> None:
    flat = "provides: flat\nexamples: |\n  - x\n"

    catalogue = files.load({"a.yaml": f"intent: a\n{flat}", "b.yaml": f"intent: b\ntitle: B\n{flat}"})

    [problem] = catalogue.problems
    assert (problem.file, problem.line, problem.column, problem.code) == ("b.yaml", 3, 11, "E218")
    assert "a.yaml" in problem.message
    assert catalogue.binding == catalogue.intents["a"]


def test_what_is_called_off_may_be_one_intent_or_several() -> None:
    send = "examples: |\n  - x\n"

    catalogue = files.load({
        "a.yaml": f"intent: a\n{send}", "b.yaml": f"intent: b\n{send}", "c.yaml": f"intent: c\ncancels: [a, b]\n{send}",
    })  # fmt: skip

    assert (catalogue.problems, catalogue.intents["c"].cancels) == ((), ("a", "b"))


def test_one_broken_file_leaves_the_others_live() -> None:
    catalogue = files.load({"bad.yaml": "intent: [", "good.yaml": GOOD})

    assert list(catalogue.intents) == ["a.b"]


def test_file_that_breaks_keeps_its_last_good_version() -> None:
    before = files.load({"x.yaml": GOOD})

    after = files.reload(before, {"x.yaml": "intent: ["})
    mended = files.reload(after, {"x.yaml": GOOD.replace("a.b", "c.d")})

    assert list(after.intents) == ["a.b"]
    assert [problem.file for problem in after.problems if problem.severity == "error"] == ["x.yaml"]
    assert list(mended.intents) == ["c.d"]


def test_same_intent_in_two_files_names_both() -> None:
    [problem] = problems(GOOD, **{"y.yaml": GOOD.replace("天气真好", "再说")})

    assert problem.file == "y.yaml"
    assert "x.yaml" in problem.message


def test_placeholder_in_an_answer_may_stand_in_a_block() -> None:
    catalogue = files.load({"x.yaml": GOOD + "replies:\n  done: |-\n    好了 {code}\n"})

    assert catalogue.intents["a.b"].replies == {"done": "好了 {code}"}


def test_needed_phrase_that_is_missing_is_told_and_its_file_keeps_its_last_good_version() -> None:
    good = {"_messages.yaml": "messages: {unknown: 没听懂}", "x.yaml": GOOD}
    before = files.load(good, ["unknown"])
    after = files.reload(before, {**good, "_messages.yaml": "messages: {}"}, ["unknown"])

    assert [(problem.file, problem.code) for problem in after.problems if problem.severity == "error"] == [
        ("_messages.yaml", "E212")
    ]
    assert after.messages == {"unknown": "没听懂"}
    assert [problem for problem in before.problems if problem.severity == "error"] == []


@pytest.mark.parametrize("bomb", ["a: " + "[" * 50_000, "a: " + "[" * 50_000 + "]" * 50_000, "- " * 50_000, "{a: " * 50_000])
def test_what_stands_too_deep_in_itself_is_a_fault_and_not_the_end(bomb: str) -> None:
    problems = files.load({"x.yaml": f"intent: x\n{bomb}"}).problems

    assert [(problem.file, problem.severity) for problem in problems] == [("x.yaml", "error")]


def test_reply_may_have_several_wordings_of_which_one_message_always_gets_the_same() -> None:
    intent = files.load({"x.yaml": GOOD + "reply: [您好！, 您好呀！, 在呢。]\n"}).intents["a.b"]

    said = {key: intent.reply_to(key) for key in map(str, range(50))}

    assert set(said.values()) == {"您好！", "您好呀！", "在呢。"}
    assert all(intent.reply_to(key) == wording for key, wording in said.items())


def test_reply_of_one_wording_is_that_for_everybody() -> None:
    intent = files.load({"x.yaml": GOOD + "reply: 您好！\n"}).intents["a.b"]

    assert {intent.reply, intent.reply_to("a"), intent.reply_to("b")} == {"您好！"}


def test_file_that_did_not_change_is_read_once_and_one_whose_rules_changed_anew() -> None:
    texts = {
        "_common.yaml": "rules:\n  door: (大门|单元门)\n",
        "x.yaml": "intent: a.b\nexamples: |\n  - 开门\nsentences: |\n  - 开<door>\n",
        "y.yaml": "intent: c\nexamples: |\n  - 好\n",
    }

    before = files.load(texts)
    beside = files.load({**texts, "y.yaml": "intent: c\nexamples: |\n  - 不好\n"})
    ruled = files.load({**texts, "_common.yaml": "rules:\n  door: 车库门\n"})

    assert beside.intents["a.b"] is before.intents["a.b"]
    assert beside.intents["c"].examples == ("不好",)
    [sentence] = ruled.intents["a.b"].sentences
    assert (sentence.match("开车库门"), sentence.match("开大门")) == ({}, None)


def test_fault_of_a_file_that_did_not_change_is_told_each_time() -> None:
    assert [[problem.code for problem in problems("intent: [", **{"y.yaml": GOOD * n})] for n in (1, 2)] == [
        ["E101"],
        ["E101", "E104"],
    ]


WHOLE = """# 名字
intent: pool.hours
title: 泳池开放时间
# 居民会怎么说
examples: |
  - 泳池开放时间
  - 泳池几点开门
keywords: [泳池, 游泳]
# 答
reply: 泳池每天开放。
tests:
  - {text: 泳池开放时间}
  - {text: 转人工, not: pool.hours}
"""


@pytest.mark.parametrize(("right", "slip", "line", "column", "said"), [
    ("title: 泳", "title 泳", 3, 1, "这一行少了冒号"),
    ("title: 泳", "title:泳", 3, 6, "冒号后面少了空格"),
    ("title: 泳", "title：泳", 3, 6, "冒号是中文的“：”"),
    ("examples: |", "examples：|", 5, 9, "冒号是中文的“：”"),
    ("keywords: [", "keywords：[", 8, 9, "冒号是中文的“：”"),
    ("tests:", "tests：", 11, 6, "冒号是中文的“：”"),
    ("{text: 泳", "{text：泳", 12, 6, "冒号要用英文的“:”"),
    ("[泳池, 游泳]", "【泳池, 游泳】", 8, 11, "方括号要用英文的"),
    ("游泳]", "游泳", 8, 11, "方括号没有写完"),
    ("泳池开放时间}", "泳池开放时间", 12, 5, "花括号没有写完"),
    ("转人工, not", "转人工，not", 13, 5, "中文的“，”不算"),
    ("title: 泳", 'title: "泳', 3, 8, "引号没有配上对"),
    ("  - {text: 泳", "\t- {text: 泳", 12, 1, "这一行用 Tab 缩进"),
    ("  - 泳池几", "\t- 泳池几", 7, 1, "这一行用 Tab 缩进"),
    ("# 答", "＃ 答", 9, 1, "“＃”是中文的，不算注释"),
    ("not: pool", "not pool", 13, 17, "写成 “not: pool.hours”"),
    ("泳池, 游泳", "泳池，游泳", 8, 12, "中文的逗号、顿号分不开"),
    ("  - 泳池几点开门", "  - 泳池开放时间", 7, 3, "和第 6 行一样"),
])  # fmt: skip
def test_slips_of_who_types_chinese_are_told_where_they_are_to_be_mended(
    right: str, slip: str, line: int, column: int, said: str
) -> None:
    assert [one for one in files.load({"x.yaml": WHOLE}).problems if one.severity == "error"] == []
    assert right in WHOLE
    found = [one for one in files.load({"x.yaml": WHOLE.replace(right, slip, 1)}).problems if one.code not in ("W402", "W406")]

    assert (found[0].line, found[0].column) == (line, column)
    assert said in f"{found[0].message}。{found[0].hint}"


def test_a_wide_dash_begins_an_example_as_a_narrow_one_does() -> None:
    [intent] = files.load({"x.yaml": WHOLE.replace("  - 泳池几", "  － 泳池几")}).intents.values()

    assert intent.examples == ("泳池开放时间", "泳池几点开门")
