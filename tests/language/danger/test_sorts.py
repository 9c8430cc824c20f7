"""What danger is told of decides the words: which number to call first, and what to do at once."""

import re
from collections.abc import Mapping
from datetime import datetime

import pytest

from bot import config
from bot.dialogue.understanding import Understanding
from bot.language.danger.sorts import ANSWERED, Danger
from bot.language.phrases import placeholders
from bot.language.reading import Reading

UNDERSTANDING = Understanding.load(config.shipped("intents"), config.shipped("data"))
NOW = datetime.fromisoformat("2026-03-11T10:00:00+08:00")

#: The number that is said first.
FIRST: Mapping[Danger, str] = {
    Danger.FIRE: "119", Danger.SMOKE: "119", Danger.GAS: "119", Danger.ELECTRIC: "120", Danger.WATER: "119", Danger.LIFT: "119", Danger.COLLAPSE: "119",
    Danger.CRIME: "110", Danger.CHILD: "120", Danger.ANIMAL: "120", Danger.TRAPPED: "119", Danger.FALL: "120", Danger.MISSING: "110", Danger.MEDICAL: "120",
    Danger.SELF_HARM: "12356", Danger.SELF_HARM_OTHER: "110",
}  # fmt: skip

TOLD = (config.shipped("data") / "danger" / "told.tsv").read_text("utf-8").splitlines()
CASES = [(Danger(kind), text) for kind, text in (row.split("\t") for row in TOLD if row[0] != "#")]
NUMBER = re.compile("12356|119|120|110")
EMERGENCIES = [intent for intent in UNDERSTANDING.catalogue.intents.values() if intent.emergency]
WORDS = [(intent.id, name, words) for intent in EMERGENCIES for name, words in [("reply", intent.reply), *intent.replies.items()]]


@pytest.mark.parametrize(("danger", "text"), CASES)
def test_what_is_said_tells_the_kind_and_so_the_number_to_call_first(danger: Danger, text: str) -> None:
    match = UNDERSTANDING.hear_text(text, NOW).match
    intent = UNDERSTANDING.catalogue.intents[match.candidates[0].intent]

    assert (match.emergency, match.danger) == (True, danger)
    assert NUMBER.findall(intent.replies[danger])[0] == FIRST[danger]


@pytest.mark.parametrize(("text", "danger"), [
    ("救命啊，我家着火了", Danger.FIRE), ("煤气中毒了，叫不醒", Danger.GAS), ("燃气灶爆炸着火了", Danger.FIRE), ("被困电梯里，我妈晕倒了", Danger.LIFT),
    ("房子塌了，有人被压住腿流血", Danger.COLLAPSE), ("进贼了，我老公被砍伤流血", Danger.CRIME), ("有人放火", Danger.FIRE), ("孩子锁在车里了，快来帮忙砸窗", Danger.TRAPPED),
])  # fmt: skip
def test_of_several_dangers_the_one_with_the_most_urgent_advice_is_answered(text: str, danger: Danger) -> None:
    assert UNDERSTANDING.hear_text(text, NOW).match.danger is danger


@pytest.mark.parametrize(("own", "other"), [
    ("我不想活了", "我女儿不想活了"), ("我想跳楼", "他想跳楼"), ("他不要我了，我不想活了", "我老公说他不想活了，在写遗书"), ("分手了，不想活了", "楼顶有个女的要跳下去"), ("想结束自己的生命", "我女儿把自己反锁在房间，说活着没意思"),
])  # fmt: skip
def test_who_is_tired_of_life_is_spoken_to_otherwise_than_who_sees_it(own: str, other: str) -> None:
    assert tuple(UNDERSTANDING.judge.sort(Reading.of(text, NOW)) for text in (own, other)) == (
        Danger.SELF_HARM,
        Danger.SELF_HARM_OTHER,
    )


@pytest.mark.parametrize("text", ["救命啊", "快来人啊", "出事了"])
def test_a_call_that_names_nothing_gets_the_general_words(text: str) -> None:
    match = UNDERSTANDING.hear_text(text, NOW).match

    assert (match.emergency, match.danger) == (True, Danger.UNKNOWN)


def test_every_kind_has_words_of_its_own_in_the_file_that_answers_it() -> None:
    assert {name for _, name, _ in WORDS} == {"reply", *ANSWERED}


@pytest.mark.parametrize(("intent", "name", "words"), WORDS)
def test_words_in_danger_begin_with_a_number_fit_the_screen_and_claim_nothing(intent: str, name: str, words: str) -> None:
    first, *_, last = words.splitlines()

    assert len(words) <= 200
    assert NUMBER.search(first) or (name == "self_harm" and NUMBER.search(words))
    assert "不能代替" in last
    assert placeholders(words) == {"duty", "community.phone"}
    assert "已通知" not in words
    assert "已紧急通知" not in words


def test_whoever_is_tired_of_life_is_spoken_to_calmly() -> None:
    [words] = [words for _, name, words in WORDS if name == "self_harm"]

    assert "！" not in words
    assert "119" not in words
    assert all(said in words for said in ("12356", "120", "110", "我们的人会联系您", "您先不要一个人待着"))


def test_a_gas_leak_is_never_told_to_phone_indoors() -> None:
    [words] = [words for _, name, words in WORDS if name == "gas"]

    assert words.index("到室外") < words.index("119")
    assert "不要开关灯" in words
