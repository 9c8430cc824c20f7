"""What is said in passing: answered as a kind person would, never where something must be done."""

from datetime import datetime

import pytest

from bot.dialogue.understanding import judge
from bot.language.files import Intent
from bot.model import SHANGHAI
from tests.language.test_intents import UNDERSTANDING

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
SMALL = [intent for intent in UNDERSTANDING.catalogue.intents.values() if intent.small_talk]


@pytest.mark.parametrize(("text", "intent"), [
    ("家里人走了", "grief"), ("我妈昨天没了", "grief"), ("没人陪我说话", "lonely"), ("一个人真冷清", "lonely"), ("什么破物业", "anger"),
    ("你们太差劲了", "anger"), ("你是猪吗", "scold"), ("物业真不错", "praise"), ("你是真人吗", "about"), ("今天会下雨吗", "weather"),
    ("讲个笑话", "chat"), ("谁发明的电灯", "trivia"), ("早啊小邻", "greet"), ("good morning", "greet"), ("侬好呀", "greet"),
    ("谢谢师傅辛苦了哈", "thanks"), ("好嘞麻烦了啊", "thanks"), ("拜拜啦先忙", "bye"),
])  # fmt: skip
def test_small_talk_is_heard(text: str, intent: str) -> None:
    heard = judge(UNDERSTANDING, text, NOW)

    assert (heard.intent, heard.decision) == (f"smalltalk.{intent}", "accept")


@pytest.mark.parametrize(
    "text", ["我妈快不行了", "不想活了", "老伴走了，我也不想活了", "一个人活着没意思", "气死我了，他要打我", "我爸没气了"]
)
def test_danger_is_never_taken_for_grief_loneliness_or_anger(text: str) -> None:
    assert judge(UNDERSTANDING, text, NOW).intent == "emergency.sos"


@pytest.mark.parametrize(
    "text",
    [
        "什么破物业 收老子三千块 单元门都刷不开",
        "hi 新搬来的 7栋1单元1102",
        "谢谢，不过水管还在漏",
        "什么破物业，电梯又坏了",
        "你好，厨房漏水了",
        "再见，我要报修",
        "今天会停水吗",
        "我要投诉",
    ],
)
def test_what_wants_something_done_is_more_than_small_talk(text: str) -> None:
    assert not judge(UNDERSTANDING, text, NOW).intent.startswith("smalltalk.")


@pytest.mark.parametrize("intent", SMALL, ids=lambda intent: intent.id)
def test_answers_are_short_and_show_no_menu(intent: Intent) -> None:
    for said in (intent.reply, *intent.variants):
        assert len(said) <= 70, said
        assert "\n" not in said
        assert "回复数字" not in said
