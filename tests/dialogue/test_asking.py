"""Forms in a conversation: early facts, corrections, leaving, coming back."""

from datetime import timedelta
from typing import Any

import pytest

from bot.store import conversations

#: The answer to 好的 when nothing was asked: nothing is done.
HEARD = ("好的，有事随时说。",)

ALL = "我想寄个包裹给王芳，明天下午三点，大箱子"
DONE = "已预约，明天（3月12日 周四）15:00来取给王芳的包裹。"


def test_a_form_is_finished_in_one_message_and_a_yes(chat: Any) -> None:
    asked = chat.say(ALL)

    assert (asked.outcome.kind, asked.outcome.intent, asked.outcome.slot) == ("confirms", "parcel.send", None)
    assert asked.texts == ("请核对：寄给王芳，明天（3月12日 周四）15:00取，大箱子。对吗？",)
    assert asked.values == {"recipient": "王芳", "starts_at": "2026-03-12 15:00", "box": "big"}
    done = chat.say("好的，谢谢")
    assert (done.outcome.kind, done.texts) == ("done", (DONE,))
    assert len(chat.events("parcel.sent")) == 1


def test_what_is_given_early_is_never_asked_again(chat: Any) -> None:
    slots = [chat.say(text).outcome.slot for text in ("寄快递给王芳", "明天下午三点", "2", "无")]

    assert slots == ["starts_at", "box", "note", None]
    assert chat.say("确认").texts == (DONE,)


def test_two_corrections_at_the_confirmation_are_read_back_and_kept(chat: Any) -> None:
    chat.say(ALL)

    assert "16:00" in chat.say("时间改成四点").texts[0]
    again = chat.say("不对，是后天")
    assert again.outcome.kind == "confirms"
    assert "后天（3月13日 周五）16:00" in again.texts[0]
    assert chat.say("嗯").texts == ("已预约，后天（3月13日 周五）16:00来取给王芳的包裹。",)


def test_a_correction_in_the_middle_is_repeated_to_the_resident(chat: Any) -> None:
    chat.talk("我要寄包裹", "王芳")

    changed = chat.say("不是王芳是李雷")
    assert changed.texts[0].startswith("好的，改成李雷。")
    assert (changed.outcome.slot, changed.values) == ("starts_at", {"recipient": "李雷"})


def test_what_was_said_for_later_is_acknowledged(chat: Any) -> None:
    chat.say("我要寄包裹")

    kept = chat.say("两个人，大箱子")
    assert kept.texts == ("记下了：箱子 大箱子，人数 2。\n寄给谁？",)
    assert kept.values == {"people": 2, "box": "big"}


def test_naming_what_shall_change_asks_for_it(chat: Any) -> None:
    chat.say(ALL)

    assert chat.say("不对").outcome.kind == "asks"
    assert chat.say("时间").outcome.slot == "starts_at"
    assert chat.say("1").outcome.kind == "confirms"


@pytest.mark.parametrize("between", ["不对", "谢谢", "物业几点上班", "着火了", "天气真好啊"])
def test_a_yes_counts_only_for_what_was_just_read_back(chat: Any, between: str) -> None:
    chat.say(ALL)
    shown = chat.say(between)
    if between == "着火了":  # what is said amid an alarm is said of it
        shown = chat.say("没事了")
    agreed = chat.say("好的")

    was_read_back = "请核对" in shown.texts[-1]
    assert (agreed.outcome.kind == "done") == was_read_back
    if not was_read_back:
        assert (agreed.outcome.kind, len(chat.events("parcel.sent"))) == ("confirms", 0)
        assert chat.say("对").outcome.kind == "done"


def test_a_yes_without_any_question_does_nothing(chat: Any) -> None:
    assert chat.say("好的").texts == HEARD


@pytest.mark.parametrize("said", ["取消", "算了", "不用了", "包裹不寄了"])
@pytest.mark.parametrize("before", [("我要寄包裹",), ("我要寄包裹", "王芳"), (ALL,)])
def test_a_form_can_be_left_from_any_question(chat: Any, before: tuple[str, ...], said: str) -> None:
    chat.talk(*before)

    assert (chat.say(said).outcome.kind, chat.say("好的").texts) == ("cancelled", HEARD)
    assert chat.events("parcel.sent") == []


@pytest.mark.parametrize("said", ["转人工", "人工", "我要找你们经理投诉"])
@pytest.mark.parametrize("before", [("我要寄包裹",), (ALL,)])
def test_a_person_can_be_asked_for_from_any_question(chat: Any, before: tuple[str, ...], said: str) -> None:
    chat.talk(*before)

    assert chat.say(said).outcome.kind == "handed_off"
    assert (chat.say("好的").texts, chat.events("parcel.sent")) == (HEARD, [])


def test_a_useless_answer_gets_help_then_a_person(chat: Any) -> None:
    chat.say("我要寄包裹")

    first, second = chat.say("天气真好啊哈哈哈"), chat.say("太阳好大好大")
    assert first.texts == ("请告诉我收件人的姓名。",)
    assert (second.outcome.kind, second.outcome.slot) == ("asks", "recipient")
    assert "人工" in second.texts[0]
    assert chat.say("好").outcome.kind == "handed_off"


def test_a_form_goes_on_after_two_useless_answers(chat: Any) -> None:
    chat.talk("我要寄包裹", "天气真好啊哈哈哈", "太阳好大好大")

    assert chat.say("王芳").outcome.slot == "starts_at"


def test_a_simple_question_in_the_middle_is_answered_and_the_open_one_repeated(chat: Any) -> None:
    chat.say("寄快递给王芳")
    answer = chat.say("物业几点上班")

    assert (answer.outcome.kind, answer.outcome.intent, answer.outcome.slot) == ("done", "faq.hours", "starts_at")
    assert answer.texts[0] == "每天 8:30 到 17:30。"
    assert "什么时候来取？" in answer.texts[1]
    assert chat.say("1").outcome.slot == "box"


def test_a_request_with_a_form_of_its_own_puts_the_first_aside(chat: Any) -> None:
    chat.say("寄快递给王芳")

    assert chat.say("路灯坏了").outcome.slot == "place"
    back = chat.say("楼道")
    assert back.texts[0] == "已记下楼道的灯。"
    assert (back.outcome.intent, back.outcome.slot, back.values) == ("parcel.send", "starts_at", {"recipient": "王芳"})


def test_leaving_the_second_form_comes_back_to_the_first(chat: Any) -> None:
    chat.talk("寄快递给王芳", "路灯坏了")

    back = chat.say("取消")
    assert (back.outcome.intent, back.outcome.slot) == ("parcel.send", "starts_at")
    assert chat.say("取消").outcome.kind == "cancelled"


def test_three_forms_are_worked_off_in_turn(chat: Any) -> None:
    chat.talk("寄快递给王芳", "路灯坏了", "挪车")

    lamp = chat.say("沪A12345")
    assert (lamp.outcome.intent, lamp.outcome.slot) == ("lamp.report", "place")
    assert chat.say("楼道").outcome.intent == "parcel.send"


def test_asking_for_the_same_thing_again_repeats_the_question(chat: Any) -> None:
    chat.say("寄快递给王芳")

    assert chat.say("我要寄包裹").outcome.slot == "starts_at"


def test_an_answer_to_the_open_question_is_not_taken_for_a_request(chat: Any) -> None:
    chat.say("路灯坏了")

    assert chat.say("车库").outcome.kind == "done"


def test_a_form_waits_fifteen_minutes_and_is_then_put_away_with_a_word(chat: Any) -> None:
    chat.say("寄快递给王芳")
    assert chat.say("明天下午三点", after=timedelta(minutes=15)).outcome.slot == "box"

    late = chat.say("第二个", after=timedelta(minutes=15, seconds=1))
    assert (late.outcome.kind, late.outcome.intent) == ("cancelled", "parcel.send")
    assert "寄包裹" in late.texts[0]
    assert chat.say("第二个").outcome.kind == "unknown"


def test_a_new_request_after_the_form_has_run_out_is_simply_served(chat: Any) -> None:
    chat.say("寄快递给王芳")

    assert chat.say("物业几点上班", after=timedelta(hours=1)).texts == ("每天 8:30 到 17:30。",)


def test_a_late_yes_confirms_nothing(chat: Any) -> None:
    chat.say(ALL)

    assert chat.say("确认", after=timedelta(minutes=16)).outcome.kind == "cancelled"
    assert chat.events("parcel.sent") == []


@pytest.mark.parametrize("said", ["我想寄个包裹给王芳，昨天下午三点，大箱子", "我想寄个包裹给王芳，今天早上八点，大箱子"])
def test_a_time_that_is_over_is_asked_for_again(chat: Any, said: str) -> None:
    answer = chat.say(said)

    assert (answer.outcome.kind, answer.outcome.slot) == ("asks", "starts_at")
    assert "已经过去了" in answer.texts[0]
    assert chat.say("明天下午三点").outcome.kind == "confirms"


def test_a_time_that_is_over_is_asked_for_before_all_else(chat: Any) -> None:
    assert chat.say("我要寄包裹，昨天下午三点").outcome.slot == "starts_at"


def test_an_action_may_ask_which_and_is_then_called_again(chat: Any) -> None:
    asked = chat.say("取消寄件")

    assert (asked.outcome.kind, asked.outcome.slot) == ("asks", "parcel")
    assert asked.outcome.options == ("给王芳的", "给李雷的")
    assert "要取消哪一个？" in chat.say("天气真好啊哈哈哈").texts[0]
    assert chat.say("给李雷的").texts == ("已取消包裹 p8。",)
    assert len(chat.events("parcel.cancelled")) == 1


def test_a_refusal_is_said_and_leaves_nothing_behind(chat: Any) -> None:
    chat.say("我想寄个包裹给黄飞鸿，明天下午三点，大箱子")

    assert chat.say("确认").texts == ("这位收件人已经搬走了。",)
    assert chat.events("parcel.sent") == []


def test_a_refused_second_form_still_comes_back_to_the_first(chat: Any) -> None:
    chat.talk("路灯坏了", "我想寄个包裹给黄飞鸿，明天下午三点，大箱子")

    back = chat.say("确认")
    assert (back.outcome.intent, back.outcome.slot) == ("lamp.report", "place")


def test_an_intent_without_words_or_deed_goes_to_a_person_with_its_topic(chat: Any) -> None:

    chat.talk("挪车")
    answer = chat.say("沪A12345")

    assert (answer.outcome.kind, answer.outcome.intent) == ("handed_off", "car.move")
    [waiting] = chat.ask(conversations.waiting)
    assert waiting.topic == "挪车：沪A12345"


def test_a_question_nobody_knows_waits_for_the_office_and_answers_nothing_that_was_read_back(chat: Any) -> None:
    chat.say(ALL)
    asked = chat.say("小区能养鸡吗？")

    assert "好吗" not in asked.texts[0], "a yes would be taken for what is read back below"
    told = chat.say("帮我问一下")
    assert "小区能养鸡吗" in told.texts[0]
    assert (told.outcome.slot, chat.events("parcel.sent")) == (None, [])
    assert chat.say("确认").outcome.kind == "done"
