"""The shipped intent files: no faults, every inline test holds, files and actions name each other."""

from datetime import datetime

import pytest

from bot import config, services
from bot.dialogue.understanding import Understanding, judge
from bot.language import phrases
from bot.language.files import Intent, IntentTest
from bot.model import SHANGHAI

#: What inline tests call now.
NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)

UNDERSTANDING = Understanding.load(config.shipped("intents"), config.shipped("data"))
INTENTS = UNDERSTANDING.catalogue.intents
TESTS = [(intent, test) for intent in INTENTS.values() for test in intent.tests]
ACTIONS = {
    action.intent: action
    for integration in services.load_integrations(config.Settings.model_fields["integrations"].get_default())
    for action in integration.actions
}


def test_no_file_has_a_fault() -> None:
    assert [problem for problem in UNDERSTANDING.catalogue.problems if problem.severity == "error"] == []


@pytest.mark.parametrize(("intent", "test"), TESTS, ids=[f"{intent.id}: {test.text}" for intent, test in TESTS])
def test_sentence_is_understood_as_its_file_says(intent: Intent, test: IntentTest) -> None:
    judgement = judge(UNDERSTANDING, test.text, NOW)
    top = judgement.candidates[0].intent if judgement.candidates else "none"

    if test.unwanted:
        assert judgement.decision != "accept" or top != intent.id
        return
    assert top == intent.id
    for name, expected in test.slots.items():
        value = judgement.slots.get(name)
        assert (f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value) == expected


def test_every_action_has_its_intent_and_the_reverse() -> None:
    assert {intent.id for intent in INTENTS.values() if intent.action} == set(ACTIONS)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_action_asks_only_for_slots_its_file_has(name: str) -> None:
    from dataclasses import fields

    assert {field.name for field in fields(ACTIONS[name].slots)} <= {slot.name for slot in INTENTS[name].slots}


@pytest.mark.parametrize("name", sorted(INTENTS))
def test_confirmation_reads_back_only_slots(name: str) -> None:
    intent = INTENTS[name]

    assert phrases.placeholders(intent.confirm) <= {slot.name for slot in intent.slots}


@pytest.mark.parametrize("text", ["今天股票涨了吗", "附近有好吃的吗", "🙂🙂", "小区有游泳池吗"])
def test_what_is_none_of_our_business_is_refused(text: str) -> None:
    assert judge(UNDERSTANDING, text, NOW).decision == "reject"


@pytest.mark.parametrize("text", ["明田有朋友来访怎么凳记", "廚房漏水了", "麻烦您，我想报修一下，谢谢啦"])
def test_misspelt_traditional_and_polite_messages_are_understood(text: str) -> None:
    assert judge(UNDERSTANDING, text, NOW).intent in {"visitor.invite", "repair.report"}


def test_two_thousand_characters_are_judged_like_any_other() -> None:
    assert judge(UNDERSTANDING, "水" * 2000, NOW).decision in {"accept", "clarify", "reject"}


@pytest.mark.parametrize("text", ["张伟", "电梯", "时间", "不开", "门口"])
def test_one_word_that_says_no_wish_is_asked_back_at_most(text: str) -> None:
    assert judge(UNDERSTANDING, text, NOW).decision != "accept"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("报修", "repair.report"), ("打卡", "health.checkin"), ("访客", "visitor.invite"), ("公告", "notice.list")],
)
def test_keyword_alone_is_a_wish(text: str, intent: str) -> None:
    judgement = judge(UNDERSTANDING, text, NOW)

    assert (judgement.decision, judgement.intent) == ("accept", intent)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("进来了 多谢", "smalltalk.thanks"), ("有人看了吗", "matter.list"), ("问得怎么样了", "matter.list"),
        ("星期天早八点货拉拉进来拉柜子，司机加两个搬运一共3个人", "visitor.invite"), ("好的都可以", "none"),
    ],
)  # fmt: skip
def test_short_answers_and_removals_are_taken_for_what_they_are(text: str, intent: str) -> None:
    assert judge(UNDERSTANDING, text, NOW).intent == intent
