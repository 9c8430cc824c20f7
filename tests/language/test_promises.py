"""Words in the files are held to what the code says and supplies, with the place of each fault and the nearest that was meant."""

import pytest

from bot.language import files
from bot.language.promises import Promise, Promises, broken
from bot.language.reader import Problem

LEND = Promise(
    replies={"done": frozenset({"number"}), "which": frozenset(), "none": frozenset()},
    takes=frozenset({"tool", "day"}), needs=frozenset({"tool"}),
)  # fmt: skip

TOLD = {"tool.ready": frozenset({"number", "url"}), "unknown": frozenset()}

INTENT = """\
intent: tool.lend
examples: |
  - 借梯子
slots:
  tool: {type: text, required: true, ask: "借什么？{community.phone}"}
  day: {type: text}
action: true
replies:
  done: |-
    {tool}留好了，
    {day?，{day}来取}，单号 {number}。
  which: 哪一把？
  none: 没有了，请问 {community.name}。
"""

MESSAGES = """\
messages:
  tool.ready: 好了 {number} {url}
  unknown: 没听懂，请打 {community.phone}
"""


def faults(intent: str = INTENT, messages: str = MESSAGES, promise: Promise | None = LEND) -> list[Problem]:
    catalogue = files.load({"tool/lend.yaml": intent, "_messages.yaml": messages})
    return broken(catalogue, Promises(actions={"tool.lend": promise} if promise else {}, messages=TOLD))


def test_files_that_keep_to_what_the_code_says_are_left_alone() -> None:
    assert faults() == []


@pytest.mark.parametrize(("old", "new", "place", "code", "words"), [
    ("单号 {number}", "单号 {numbr}", (11, 23), "E302", "回复 done 用到不存在的 {numbr} 是否想写 “{number}”？"),
    ("{day?，{day}来取}", "{dya?，来取}", (11, 5), "E302", "{dya} 是否想写 “{day}”？"),
    ("没有了", "没有{tool}，{number}", (13, 18), "E302", "回复 none 用到不存在的 {number}"),
    ("{community.name}", "{community.phon}", (13, 16), "E302", "是否想写 “{community.phone}”？"),
    ("{community.phone}\"", "{colour}\"", (5, 48), "E302", "tool 的 ask 用到不存在的 {colour} 这里可以用：{day}、{tool}"),
    ("  which: 哪一把？\n", "", (8, 1), "E306", "缺少回复 which，办事时会用到 请写上要对居民说的话"),
    ("  which:", "  witch:", (12, 3), "W407", "回复 witch 用不上 是否想写 “which”？"),
    ("  which:", "  witch:", (8, 1), "E306", "缺少回复 which，办事时会用到 是否想写 “which” 而不是 “witch”？"),
    ("  day: {type", "  dey: {type", (4, 1), "E307", "办这件事要用槽位 day，这里没有 是否想写 “day” 而不是 “dey”？"),
    ("required: true, ", "", (4, 1), "E307", "离不开槽位 tool，这里可以不填 请写 required: true"),
    ("action: true\n", "", (8, 3), "W407", "回复 done 用不上：这个意图没有 action: true"),
])  # fmt: skip
def test_fault_in_an_intent_is_told_with_its_place(old: str, new: str, place: tuple[int, int], code: str, words: str) -> None:
    assert old in INTENT
    told = {(p.line, p.column, p.code): f"{p.message} {p.hint}" for p in faults(INTENT.replace(old, new, 1))}

    assert words in told.get((*place, code), "")


def test_placeholder_in_the_help_for_a_slot_would_be_said_as_it_stands() -> None:
    [fault] = faults(INTENT.replace("day: {type: text}", 'day: {type: text, error: "请打 {community.phone}"}'))

    assert (fault.line, fault.column, fault.code) == (6, 32, "E302")
    assert fault.hint == "这里没有可用的占位符"


def test_action_that_no_service_has_is_doubtful() -> None:
    [fault] = faults(promise=None)

    assert (fault.line, fault.code, fault.severity) == (7, "W408", "warning")
    assert "没有哪项服务会办 tool.lend" in fault.message


@pytest.mark.parametrize(("old", "new", "place", "code", "words"), [
    ("{url}", "{link}", (2, 27), "E302", "tool.ready 用到不存在的 {link} 这里可以用：{number}、{url}"),
    ("tool.ready:", "tool.redy:", (2, 3), "W407", "没有哪项服务会发 tool.redy 是否想写 “tool.ready”？"),
    ("tool.ready:", "tool.redy:", (1, 1), "E212", "缺少话语 tool.ready"),
    ("messages:", "messages:\n  tool.reader: 好", (2, 3), "W407", "没有哪项服务会发 tool.reader 请检查 LINLI_INTEGRATIONS，或删去"),
])  # fmt: skip
def test_fault_in_the_messages_is_told_with_its_place(old: str, new: str, place: tuple[int, int], code: str, words: str) -> None:
    told = {(p.line, p.column, p.code): f"{p.message} {p.hint}" for p in faults(messages=MESSAGES.replace(old, new))}

    assert words in told[*place, code]


def test_shipped_messages_of_services_that_are_not_loaded_are_left_alone() -> None:
    texts = {f"{files.SHIPPED}_messages.yaml": MESSAGES.replace("messages:", "messages:\n  pool.open: 泳池开了")}

    assert broken(files.load(texts), Promises(messages=TOLD)) == []


FIRE = (
    "intent: fire\nemergency: true\nexamples: |\n  - 着火了\nreply: 快跑！{duty}{community.phone}\nreplies:\n  gas: 开窗 {duty}\n"
)


def told_of(text: str) -> list[tuple[int, int, str, str]]:
    return [(p.line, p.column, p.code, p.message) for p in broken(files.load({"fire.yaml": text}), Promises())]


def test_an_alarms_words_may_say_who_is_called_and_must_be_there() -> None:
    assert told_of(FIRE) == []
    assert told_of(FIRE.replace("开窗 {duty}", "开窗 {duti}")) == [(7, 11, "E302", "回复 gas 用到不存在的 {duti}")]
    assert told_of(FIRE.replace("reply: 快跑！{duty}{community.phone}\n", "")) == [(2, 1, "E306", "紧急情况缺少 reply")]


def test_each_wording_of_a_reply_is_held_to_what_may_be_said() -> None:
    intent = "intent: tool.lend\nexamples: |\n  - 借\nreply:\n  - 您好\n  - 您好，{nmae}\n"

    [fault] = faults(intent, promise=None)

    assert (fault.line, fault.code) == (6, "E302")
