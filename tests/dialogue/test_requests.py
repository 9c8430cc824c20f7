"""Several requests in one message are served one after the other; what belongs together is not torn apart."""

from __future__ import annotations

from typing import Any

import pytest


def test_two_requests_in_one_message_are_both_served(chat: Any) -> None:
    chat.bind()

    answer = chat.say("楼道的灯不亮，还有我想寄个包裹给王芳")

    assert [event.subject for event in chat.events("lamp.reported")] == ["lamp:7"]
    assert answer.outcome.intent == "parcel.send"
    assert answer.texts[-1].startswith("接着办“寄包裹”。")
    assert answer.values["recipient"] == "王芳"


def test_question_after_a_request_is_answered_at_once(chat: Any) -> None:
    chat.bind()

    answer = chat.say("楼道的灯不亮。你们几点上班？")

    assert len(chat.events("lamp.reported")) == 1
    assert len(answer.texts) == 2
    assert answer.outcome.intent == "faq.hours"


def test_second_request_waits_for_the_form_of_the_first(chat: Any) -> None:
    chat.bind()
    asked = chat.say("我想寄个包裹给王芳，另外楼道的灯不亮")

    assert asked.texts[0].startswith("听到两件：寄包裹、报灯坏，一件一件来。")
    assert asked.outcome.intent == "parcel.send"
    assert chat.events("lamp.reported") == []
    chat.talk("明天下午三点", "大箱子")
    chat.say("没有")
    chat.say("确认")

    assert len(chat.events("parcel.sent")) == 1
    assert len(chat.events("lamp.reported")) == 1


@pytest.mark.parametrize("text", [
    "我想寄个包裹给王芳，明天下午三点，大箱子", "我想寄个包裹。给王芳。明天下午三点。", "我想寄个包裹给王芳。谢谢！", "我想寄个包裹给王芳，还有李雷",
])  # fmt: skip
def test_one_request_in_several_sentences_stays_one(chat: Any, text: str) -> None:
    chat.bind()

    assert chat.house.understanding.hear_text(text, chat.now).more == ()
    assert chat.say(text).outcome.intent == "parcel.send"


def test_danger_comes_first_whatever_else_is_said(chat: Any) -> None:
    answer = chat.say("我想寄个包裹给王芳，对了，着火了")

    assert answer.outcome.kind == "emergency"


def test_waiting_for_a_person_can_be_called_off_before_anybody_answers(chat: Any) -> None:
    chat.say("转人工")

    assert chat.say("好了不用了").outcome.kind == "cancelled"
    assert len(chat.events("conversation.called_off")) == 1
    assert "没有正在办的事" in chat.say("算了").texts[0]
