"""One message, one answer, one transaction: repeats, kinds of messages, menus, binding, people, emergencies."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from bot.contract import Work, talks
from bot.dialogue.said import Heard
from bot.dialogue.turn import Answer, take
from bot.language.matching.matcher import Candidate, Match
from bot.language.reading import Reading
from bot.store import conversations, masses, outbox
from bot.store.conversations import Conversation, Line
from bot.store.events import Event
from bot.store.followers import Follower
from bot.store.inbox import InboxMessage
from bot.store.masses import MassSend
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Resident
from bot.store.photos import Photo
from bot.store.staff import Staff
from bot.store.tasks import Task
from bot.store.unmatched import Unmatched
from bot.wechat import messages

ALL = "我想寄个包裹给王芳，明天下午三点，大箱子"


def rows(chat: Any, table: Any) -> list[Any]:
    return chat.ask(lambda session: list(session.exec(select(table)).all()))


# -- repeats and failures


def test_a_redelivered_message_gets_the_same_answer_and_has_no_second_effect(chat_on_both: Any) -> None:
    chat = chat_on_both
    chat.say(ALL)
    first = chat.say("确认", key="same")
    lines = len(rows(chat, Line))

    assert chat.say("确认", key="same") == first
    assert len(chat.events("parcel.sent")) == 1
    assert len(rows(chat, Line)) == lines


def test_a_message_redelivered_while_it_is_answered_is_answered_once(chat_on_both: Any) -> None:
    chat = chat_on_both
    chat.say(ALL)
    message = messages.Text(openid=chat.openid, account="a", created_at=chat.now, key="same", text="确认")
    heard = chat.house.understanding.hear(message, chat.now)

    waiting = [chat.database.submit(take, message, heard, chat.now, chat.house) for _ in range(6)]
    assert {future.result().outcome.kind for future in waiting} == {"done"}
    assert len({future.result().texts for future in waiting}) == 1
    assert len(chat.events("parcel.sent")) == 1


def test_the_first_messages_of_one_person_may_come_at_the_same_moment(chat_on_both: Any) -> None:
    chat = chat_on_both
    pushes = [
        messages.Text(openid=chat.openid, account="a", created_at=chat.now, key=f"first-{number}", text="物业几点上班")
        for number in range(6)
    ]
    heard = chat.house.understanding.hear(pushes[0], chat.now)

    waiting = [chat.database.submit(take, push, heard, chat.now, chat.house) for push in pushes]
    assert [future.result().outcome.kind for future in waiting] == ["done"] * 6
    assert (len(rows(chat, Conversation)), len(rows(chat, Follower))) == (1, 1)


def test_a_broken_action_leaves_no_trace_of_its_turn(chat: Any) -> None:
    chat.say("我想寄个包裹给孙悟空，明天下午三点，大箱子")
    lines = len(rows(chat, Line))

    with pytest.raises(RuntimeError, match="broken"):
        chat.say("确认", key="failing")
    assert (len(rows(chat, Line)), chat.events("parcel.sent")) == (lines, [])
    assert "failing" not in {row.key for row in rows(chat, InboxMessage)}
    assert chat.say("取消").outcome.kind == "cancelled"


def test_an_intent_that_went_meanwhile_is_not_understood_instead_of_failing(chat: Any) -> None:
    gone = Heard(
        reading=Reading.of("旧的那件事", chat.now),
        match=Match(text="旧的那件事", candidates=(Candidate("old", 1.0, ""),), decision="accept"),
    )
    message = messages.Text(openid=chat.openid, account="a", created_at=chat.now, key="k", text="旧的那件事")

    assert chat.database.submit(take, message, gone, chat.now, chat.house).result().outcome.kind == "unknown"


def test_what_was_said_is_kept_in_order(chat: Any) -> None:
    chat.talk("物业几点上班", "谢谢")

    assert [(line.speaker, line.text) for line in rows(chat, Line)] == [
        ("resident", "物业几点上班"), ("bot", "每天 8:30 到 17:30。"), ("resident", "谢谢"), ("bot", "不客气。"),
    ]  # fmt: skip


def test_report_on_a_mass_send_is_noted_and_not_answered(chat: Any) -> None:
    mass = chat.ask(lambda session: masses.begin(session, "停水", None, chat.now))
    chat.ask(lambda session: masses.take(session, mass.id, "34182", chat.now))

    answer = chat.push(messages.MassReport, msgid="34182", status="send success", total=80, filtered=80, sent=75, failed=5)

    assert answer.outcome.kind == "silent"
    [noted] = rows(chat, MassSend)
    assert (noted.status, noted.sent, noted.failed) == ("send success", 75, 5)


# -- following, and what may be sent


def test_following_is_welcomed_and_opens_a_minute(chat: Any) -> None:
    answer = chat.push(messages.Follow, scene="")

    assert "和苑小区" in answer.texts[0]
    assert "0571-88001200" in answer.texts[0]
    [follower] = rows(chat, Follower)
    assert (follower.tap_left, follower.tap_until) == (3, chat.now + timedelta(minutes=1))


def test_whoever_has_a_flat_already_is_not_told_to_bind_again(chat: Any) -> None:
    chat.bind()

    assert "我住3栋" not in chat.push(messages.Scan, scene="gate").texts[0]
    assert "我住3栋" in chat.house.understanding.catalogue.messages["welcome"]


def test_a_message_opens_the_window_of_48_hours(chat: Any) -> None:
    chat.say("谢谢")

    [follower] = rows(chat, Follower)
    assert (follower.window_left, follower.window_until) == (5, chat.now + timedelta(hours=48))


def test_leaving_unbinds_and_stops_what_was_queued(chat: Any) -> None:
    chat.bind()
    chat.say("寄快递给王芳")
    chat.ask(lambda session: outbox.queue(session, chat.openid, "通知", chat.now))

    assert chat.push(messages.Unfollow).outcome.kind == "silent"
    [follower], [resident], [delivery] = rows(chat, Follower), rows(chat, Resident), rows(chat, Delivery)
    assert (follower.left_at, follower.window_left) == (chat.now, 0)
    assert (resident.openid, resident.bound_at) == (None, None)
    assert delivery.state == DeliveryState.CANCELLED
    assert chat.push(messages.Follow, scene="").outcome.kind == "done"
    assert chat.say("明天下午三点").outcome.kind == "unknown"


def test_wechats_report_settles_the_delivery_and_is_no_message_of_the_resident(chat: Any) -> None:
    def sent(session: Session) -> None:
        session.add(Delivery(openid=chat.openid, state=DeliveryState.SENT, msgid="77", due_at=chat.now, updated_at=chat.now))

    chat.ask(sent)
    answer = chat.push(messages.Report, results=(("77", "success"),))

    assert (answer.texts, answer.outcome.kind) == ((), "silent")
    assert [delivery.state for delivery in rows(chat, Delivery)] == [DeliveryState.DELIVERED]
    assert rows(chat, Follower) == []


def test_a_report_does_not_keep_a_form_open(chat: Any) -> None:
    chat.say("寄快递给王芳")
    chat.push(messages.Report, after=timedelta(minutes=10), results=(("1", "success"),))

    assert chat.say("第二个", after=timedelta(minutes=10)).outcome.kind == "cancelled"


def test_unknown_kinds_of_messages_are_passed_over(chat: Any) -> None:
    assert chat.push(messages.Other, kind="shortvideo").texts == ()


def test_speech_that_was_not_recognised_is_asked_for_in_writing(chat: Any) -> None:
    answer = chat.push(messages.Voice, media_id="v", text="")

    assert "打字" in answer.texts[0]
    assert chat.push(messages.Voice, media_id="v", text="物业几点上班").texts == ("每天 8:30 到 17:30。",)


def test_a_menu_entry_may_name_an_intent_or_stand_for_words(chat: Any) -> None:
    assert chat.push(messages.Click, event_key="lamp.report").outcome.slot == "place"
    assert chat.push(messages.Click, event_key="lamp.report").outcome.slot == "place"
    assert chat.push(messages.Click, event_key="物业几点上班").outcome.intent == "faq.hours"
    assert next(line.text for line in rows(chat, Line) if line.speaker == "resident") == "[菜单] 报灯坏"


# -- not sure, not understood


def doubt(chat: Any, text: str, **likely: float) -> Answer:
    """Say something that may mean several things, each as likely as told; `_` stands for the dot of an intent."""
    candidates = tuple(Candidate(intent.replace("_", "."), confidence, "") for intent, confidence in likely.items())
    heard = Heard(reading=Reading.of(text, chat.now), match=Match(text=text, candidates=candidates, decision="clarify"))
    chat.now += timedelta(seconds=10)
    message = messages.Text(openid=chat.openid, account="a", created_at=chat.now, key=f"doubt{chat.now}", text=text)
    return chat.database.submit(take, message, heard, chat.now, chat.house).result()


def close(chat: Any, text: str = "帮忙看看灯和包裹") -> Answer:
    """Say what may as well mean the one as the other."""
    return doubt(chat, text, parcel_send=0.5, lamp_report=0.45, faq_hours=0.1)


def test_two_wishes_that_are_close_are_asked_back_as_sentences(chat: Any) -> None:
    answer = close(chat)

    assert answer.texts == ("您想办哪一件？回复数字就行：\n1. 寄包裹\n2. 报灯坏\n3. 都不是，转人工",)
    assert answer.outcome.options == ("parcel.send", "lamp.report")
    assert chat.say("1").outcome.intent == "parcel.send"


def test_a_plausible_wish_is_begun_and_the_way_elsewhere_told(chat: Any) -> None:
    chat.bind()
    begun = doubt(chat, "有个东西给王芳", parcel_send=0.5, lamp_report=0.2, handoff_human=0.2)

    assert (begun.outcome.kind, begun.outcome.intent) == ("asks", "parcel.send")
    assert begun.texts[0].startswith("好，帮您寄包裹：“有个东西给王芳”。不是这件事？回复 0。")
    other = chat.say("0")
    assert (other.outcome.kind, other.outcome.options) == ("clarifies", ("lamp.report",))
    assert chat.talk("1", "楼道").texts == ("已记下楼道的灯。",)


def test_a_plausible_wish_that_would_be_done_at_once_is_read_back(chat: Any) -> None:
    read_back = doubt(chat, "楼道黑", lamp_report=0.5)

    assert read_back.outcome.kind == "confirms"
    assert chat.events("lamp.reported") == []
    assert chat.say("对").texts == ("已记下楼道的灯。",)


def test_a_wish_that_is_hardly_likely_is_asked_for_with_yes_or_no(chat: Any) -> None:
    asked = doubt(chat, "楼道里看不见", lamp_report=0.3)

    assert asked.texts == ("您说的“楼道里看不见”，是想报灯坏吗？回复“是”，或再说一次。",)
    assert chat.say("是").texts == ("已记下楼道的灯。",)


def test_a_person_is_no_wish_among_others(chat: Any) -> None:
    answer = doubt(chat, "灯和人", handoff_human=0.4, lamp_report=0.4)

    assert answer.outcome.intent == "lamp.report"


def test_none_of_the_menu_leads_to_a_person_who_reads_what_was_said(chat: Any) -> None:
    close(chat)

    assert chat.say("3").outcome.kind == "handed_off"
    [task] = rows(chat, Task)
    assert task.data["text"] == "帮忙看看灯和包裹"


def test_what_the_doubtful_message_said_is_kept_after_the_choice(chat: Any) -> None:
    close(chat, "帮忙看看楼道灯和包裹")

    assert chat.say("2").texts == ("已记下楼道的灯。",)


def test_a_number_long_after_its_menu_means_nothing(chat: Any) -> None:
    close(chat)

    assert chat.say("1", after=timedelta(hours=1)).outcome.kind == "unknown"


def test_a_new_request_instead_of_a_choice_is_served(chat: Any) -> None:
    close(chat)

    assert chat.say("物业几点上班").outcome.intent == "faq.hours"
    assert chat.say("1").outcome.kind == "unknown"


def test_the_second_message_in_a_row_that_is_not_understood_offers_a_person(chat: Any) -> None:
    first, second = chat.talk("今天股票涨了"), chat.say("宇宙有多大")

    assert (first.outcome.kind, second.outcome.kind) == ("unknown", "unknown")
    assert first.texts != second.texts
    assert chat.say("好的").outcome.kind == "handed_off"
    assert len(chat.events("message.unmatched")) == 2


def test_an_understood_message_between_two_others_starts_the_count_again(chat: Any) -> None:
    first = chat.say("今天股票涨了")

    assert chat.talk("谢谢", "宇宙有多大").texts == first.texts


def test_no_text_of_a_message_reaches_the_event_log(chat: Any) -> None:
    chat.talk("今天股票涨了", "着火了，我在3栋", ALL, "确认", "转人工")

    written = chat.ask(lambda session: "".join(f"{e.kind}{e.subject}{e.actor}{e.data}" for e in _events(session)))
    assert "股票" not in written
    assert "3栋" not in written
    assert chat.openid not in written


def _events(session: Session) -> Any:
    return session.exec(select(Event)).all()


# -- a flat first


def test_whoever_has_no_flat_binds_first_and_loses_nothing(chat: Any) -> None:
    asked = chat.say("登记人口，三个人")

    assert (asked.outcome.intent, asked.outcome.slot) == ("meter.read", "building")
    assert "登记人口" in asked.texts[0]
    done = chat.say("3栋2单元501")
    assert done.texts == ("登记好了：3栋2单元501。", "3栋2单元501登记了3个人。")
    assert (done.outcome.kind, done.outcome.intent) == ("done", "meter.read")


def test_the_flat_may_be_said_in_the_first_message(chat: Any) -> None:
    assert chat.say("登记人口，3栋2单元501，三个人").texts[-1] == "3栋2单元501登记了3个人。"


def test_a_bound_resident_is_not_asked_for_a_flat(chat: Any) -> None:
    chat.bind()

    assert chat.say("登记人口").outcome.slot == "people"


def test_a_flat_that_is_not_on_the_roster_ends_without_the_deed(chat: Any) -> None:
    chat.say("登记人口，三个人")

    answer = chat.say("9栋2单元999")
    assert (answer.outcome.kind, answer.outcome.intent) == ("done", "identity.bind")
    assert "物业核对" in answer.texts[0]


def test_calling_the_binding_off_calls_all_off(chat: Any) -> None:
    chat.say("登记人口，三个人")

    assert (chat.say("算了").outcome.kind, chat.say("三个人").outcome.kind) == ("cancelled", "unknown")


def test_more_about_the_request_that_waits_is_kept_and_the_flat_asked_with_help(chat: Any) -> None:
    chat.say("登记人口")
    more = chat.say("登记家里人口，三个人")

    assert (more.outcome.slot, more.texts) == ("building", ("记下了：登记人口，3。\n您住哪一户？",))
    assert chat.say("3栋2单元501").texts[-1] == "3栋2单元501登记了3个人。"


def test_letting_go_of_a_flat_needs_no_flat(chat: Any) -> None:
    assert "不用解除" in chat.say("解除绑定").texts[0]


def test_another_request_that_needs_a_flat_asks_for_it_only_once(chat: Any) -> None:
    chat.say("路灯坏了")
    chat.say("登记人口")

    bound = chat.say("3栋2单元501")
    assert (bound.outcome.intent, bound.outcome.slot) == ("meter.read", "people")
    assert chat.say("三个").outcome.intent == "lamp.report"


def test_a_question_in_place_of_any_words_is_answered_and_a_place_is_kept(chat: Any) -> None:
    chat.say("路灯坏了")

    asked = chat.say("你们物业几点上班")
    assert (asked.outcome.intent, asked.outcome.slot) == ("faq.hours", "place")
    assert "上班的门口" in chat.say("物业上班的门口").texts[0]


# -- photos and places


def test_a_photo_sent_in_a_form_belongs_to_what_is_opened(chat: Any) -> None:
    chat.say("路灯坏了")
    answer = chat.photo()

    assert (answer.outcome.kind, answer.outcome.slot) == ("asks", "place")
    assert "照片收到了" in answer.texts[0]
    chat.say("楼道")
    assert [(photo.subject, photo.state) for photo in rows(chat, Photo)] == [("lamp:7", "waiting")]


def test_a_photo_sent_soon_after_belongs_to_it_also_after_a_thank_you(chat: Any) -> None:
    chat.talk("楼道的灯不亮", "谢谢")

    assert chat.photo(after=timedelta(minutes=14)).outcome.kind == "done"
    assert [photo.subject for photo in rows(chat, Photo)] == ["lamp:7"]


def test_a_photo_sent_out_of_the_blue_is_asked_about(chat: Any) -> None:
    chat.say("楼道的灯不亮")
    answer = chat.photo(after=timedelta(minutes=16))

    assert (answer.outcome.kind, answer.outcome.options) == ("clarifies", ())
    assert chat.say("楼道的灯不亮").outcome.kind == "done"
    assert [photo.subject for photo in rows(chat, Photo)] == ["lamp:7"]


def test_a_photo_that_no_question_wants_changes_nothing(chat: Any) -> None:
    chat.say(ALL)

    assert chat.photo().outcome.kind == "confirms"
    assert chat.say("确认").outcome.kind == "done"


def test_a_place_answers_the_question_for_a_place(chat: Any) -> None:
    place = {"latitude": 30.27, "longitude": 120.15, "label": "3栋北侧"}
    chat.say("路灯坏了")

    assert chat.push(messages.Location, **place).texts == ("已记下3栋北侧的灯。",)


def test_a_place_sent_out_of_the_blue_is_asked_about_and_kept(chat: Any) -> None:
    asked = chat.push(messages.Location, latitude=30.27, longitude=120.15, label="3栋北侧")

    assert (asked.outcome.kind, asked.outcome.options) == ("clarifies", ())
    assert chat.say("路灯坏了").texts == ("已记下3栋北侧的灯。",)


# -- emergencies and people


@pytest.mark.parametrize("before", [(), ("寄快递给王芳",), (ALL,), ("帮忙看看灯和包裹",), ("转人工",), ("登记人口",)])
def test_an_emergency_cuts_through_everything(chat: Any, before: tuple[str, ...]) -> None:
    for text in before:
        chat.say(text)
    answer = chat.say("厨房着火了！！")

    assert (answer.outcome.kind, answer.outcome.intent) == ("emergency", "emergency.fire")
    assert answer.texts == ("请马上离开！火警打 119。",)
    [task] = [task for task in rows(chat, Task) if task.urgent]
    assert (task.need, task.openid, task.kind) == ("task.view", chat.openid, "emergency.fire")
    assert [event.data["urgent"] for event in chat.events("task.opened")].count(True) == 1
    assert {event.actor for event in (*chat.events("task.opened"), *chat.events("task.told"))} == {"system"}, (
        "the resident did neither"
    )


def test_the_form_waits_while_an_emergency_is_told(chat: Any) -> None:
    chat.talk("寄快递给王芳", "着火了")

    assert chat.say("二楼也有人").outcome.kind == "emergency"
    chat.say("没事了")
    assert chat.say("明天下午三点").outcome.slot == "box"


def staff(chat: Any) -> int:
    def hire(session: Session) -> int:
        person = Staff(community_id=1, login="wang", name="王管家", role="staff", created_at=chat.now)
        session.add(person)
        session.flush()
        return person.id or 0

    return chat.ask(hire)


def take_over(chat: Any, staff_id: int) -> None:
    chat.ask(lambda session: conversations.take_over(session.get_one(Conversation, chat.openid), staff_id, chat.now))


def answer_as(chat: Any, staff_id: int) -> None:
    chat.ask(lambda session: conversations.say(session, chat.openid, "staff", "您好", chat.now, staff_id=staff_id))


def test_the_bot_goes_on_answering_until_a_person_has_taken_over(chat: Any) -> None:
    staff_id = staff(chat)
    chat.say("转人工")

    assert chat.say("物业几点上班").outcome.kind == "done"
    take_over(chat, staff_id)
    assert chat.say("物业几点上班").outcome.kind == "silent"
    assert chat.photo().outcome.kind == "silent"
    assert [line.text for line in rows(chat, Line)][-2:] == ["物业几点上班", "[图片]"]


def test_a_yes_said_to_a_colleague_who_gave_the_word_back_is_none_to_what_was_read_back_before(chat: Any) -> None:
    staff_id = staff(chat)
    assert chat.say(ALL).outcome.kind == "confirms"
    chat.now += timedelta(minutes=1)
    take_over(chat, staff_id)
    answer_as(chat, staff_id)
    chat.ask(lambda session: conversations.hand_back(session.get_one(Conversation, chat.openid)))

    assert chat.say("好的").outcome.kind == "confirms"
    assert chat.events("parcel.sent") == []
    assert chat.say("好的").outcome.kind == "done"


def test_a_damaged_talk_in_the_database_shuts_nobody_out(chat: Any) -> None:
    chat.say(ALL)
    damaged = {"version": 1, "form": {"intent": "parcel.send"}, "subjects": 7}
    chat.ask(lambda session: setattr(session.get_one(Conversation, chat.openid), "standing", damaged))

    assert chat.say("物业几点上班").outcome.kind == "done"


def test_an_emergency_is_answered_while_a_person_has_the_word(chat: Any) -> None:
    staff_id = staff(chat)
    chat.say("转人工")
    take_over(chat, staff_id)

    assert chat.say("着火了").outcome.kind == "emergency"


def look_for_silence(chat: Any) -> None:
    """Let the job run that takes back what staff have left alone."""
    chat.ask(lambda session: talks.return_left_alone.run(Work(session=session, now=chat.now, context=chat.house.context)))


def test_the_bot_comes_back_half_an_hour_after_the_last_word_of_the_staff(chat: Any) -> None:
    staff_id = staff(chat)
    chat.say("转人工")
    take_over(chat, staff_id)
    chat.now += timedelta(minutes=20)
    answer_as(chat, staff_id)

    assert chat.say("物业几点上班", after=timedelta(minutes=29)).outcome.kind == "silent"
    chat.now += timedelta(minutes=1)
    look_for_silence(chat)
    assert chat.say("物业几点上班").outcome.kind == "done"
    [conversation] = rows(chat, Conversation)
    assert (conversation.staff_id, conversation.waiting_since) == (None, None)


def test_a_resident_who_keeps_writing_to_a_silent_colleague_gets_the_bot_back(chat: Any) -> None:
    staff_id = staff(chat)
    chat.say("转人工")
    take_over(chat, staff_id)

    kinds = []
    for _ in range(3):
        chat.now += timedelta(minutes=11)
        look_for_silence(chat)
        kinds.append(chat.say("物业几点上班").outcome.kind)
    assert kinds == ["silent", "silent", "done"]


def test_a_take_over_lasts_although_the_colleague_last_wrote_yesterday(chat: Any) -> None:
    staff_id = staff(chat)
    chat.say("谢谢")
    answer_as(chat, staff_id)
    chat.now += timedelta(days=1)
    chat.say("转人工")
    chat.now += timedelta(minutes=40)
    take_over(chat, staff_id)

    assert chat.say("物业几点上班").outcome.kind == "silent"


def test_a_yes_to_the_staff_confirms_nothing_afterwards(chat: Any) -> None:
    staff_id = staff(chat)
    chat.say(ALL)
    take_over(chat, staff_id)
    chat.say("好的")
    chat.ask(lambda session: conversations.hand_back(session.get_one(Conversation, chat.openid)))

    assert chat.say("好的").outcome.kind == "confirms"
    assert chat.events("parcel.sent") == []


def test_a_topic_without_a_service_waits_for_a_person(chat: Any) -> None:
    answer = chat.say("楼上太吵了")

    assert (answer.outcome.kind, answer.outcome.intent) == ("handed_off", "noise.report")
    [conversation] = chat.ask(conversations.waiting)
    assert (conversation.topic, conversation.waiting_since) == ("噪音扰民：楼上太吵了", chat.now)


def test_what_is_added_while_waiting_is_passed_on_and_not_called_unclear(chat: Any) -> None:
    chat.say("着火了")
    more = chat.say("就在最里面那间，黑乎乎的")

    assert more.outcome.kind == "emergency"
    assert "值班人员能看到" in more.texts[0]
    [task] = rows(chat, Task)
    assert task.data["text"] == "着火了 / 就在最里面那间，黑乎乎的"
    later = chat.say("宇宙有多大", after=timedelta(hours=1))  # they still wait for a person
    assert later.outcome.kind == "handed_off"


def test_where_one_is_goes_to_those_who_come(chat: Any) -> None:
    chat.say("着火了")
    chat.push(messages.Location, latitude=30.2, longitude=120.1, label="东门")

    [task] = rows(chat, Task)
    assert task.data["text"] == "着火了 / [位置] 东门"


@pytest.mark.parametrize("said", ["没事了", "误报", "取消", "搞错了，不用来了"])
def test_who_says_that_nothing_is_wrong_is_heard_and_staff_read_it(chat: Any, said: str) -> None:
    chat.say("着火了")
    over = chat.say(said)

    [task] = rows(chat, Task)
    assert "已记下您说没事了" in over.texts[0]
    assert task.closed_at is None, "whoever comes decides"
    assert task.data["text"] == f"着火了 / {said}"
    assert chat.say("宇宙有多大").outcome.kind == "handed_off", "the alarm is over, the talk still waits for a person"


@pytest.mark.parametrize("said", ["120", "119！", "一二零"])
def test_a_number_that_one_calls_is_told_what_it_is(chat: Any, said: str) -> None:
    answer = chat.say(said)

    assert answer.outcome.kind == "clarifies"
    assert "直接拨 120" in answer.texts[0]
    assert chat.say("1").outcome.kind == "emergency"


def test_a_number_that_one_calls_is_told_what_it_is_inside_a_form(chat: Any) -> None:
    chat.say("寄快递给王芳")

    assert "直接拨 120" in chat.say("120").texts[0]


def test_a_number_that_one_calls_is_no_place(chat: Any) -> None:
    chat.say("路灯坏了")

    assert "直接拨 120" in chat.say("120").texts[0]
    assert chat.events("lamp.reported") == []


def test_words_for_those_who_come_fill_no_form(chat: Any) -> None:
    chat.talk("路灯坏了", "着火了")

    assert chat.say("我好怕").outcome.kind == "emergency"
    assert chat.events("lamp.reported") == []
    [task] = rows(chat, Task)
    assert task.data["text"] == "着火了 / 我好怕"
    assert chat.say("楼道门口").texts == ("已记下楼道的灯。",)


@pytest.mark.parametrize("said", ["嗯…", "对了，时间"])
def test_what_is_no_yes_yet_sends_nothing(chat: Any, said: str) -> None:
    chat.talk(ALL, said)

    assert chat.events("parcel.sent") == []


def test_what_is_said_beside_asking_for_the_office_is_passed_on(chat: Any) -> None:
    chat.talk("小区有几个游泳池？", "帮我问下物业，还想知道水深")

    [task] = rows(chat, Task)
    assert task.data["text"] == "小区有几个游泳池？\n帮我问下物业，还想知道水深"


def test_asking_again_keeps_the_place_in_the_queue(chat: Any) -> None:
    since = _wait(chat, "转人工")

    assert _wait(chat, "楼上太吵了") == since


def _wait(chat: Any, text: str) -> datetime:
    chat.say(text)
    return chat.ask(lambda session: session.exec(select(col(Conversation.waiting_since))).one())


SAYINGS = (
    "我要寄包裹", "寄快递给王芳", ALL, "明天下午三点", "昨天", "大箱子", "2", "99", "第一个", "好的", "不对", "时间", "改成四点", "取消", "算了",
    "无", "路灯坏了", "楼道", "登记人口，三个人", "3栋2单元501", "9栋999", "解除绑定", "取消寄件", "给李雷的", "帮忙看看灯和包裹", "转人工", "着火了",
    "谢谢", "挪车", "沪A12345", "楼上太吵了", "", " ", "？？？", "🙂", "a" * 3000, "{recipient}", "0", "３", "\x00", "不是王芳是李雷", "物业几点上班",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_no_order_of_sayings_breaks_the_talk(chat: Any, seed: int) -> None:
    choice = random.Random(seed)
    others = (
        lambda: chat.photo(),
        lambda: chat.push(messages.Click, event_key=choice.choice(["lamp.report", "没有这个", ""])),
        lambda: chat.push(messages.Location, latitude=30.0, longitude=120.0, label=""),
        lambda: chat.push(messages.Voice, media_id="v", text=""),
        lambda: chat.push(messages.Scan, scene=""),
        lambda: chat.push(messages.Unfollow),
    )
    for _ in range(150):
        after = timedelta(seconds=choice.choice([1, 5, 60, 1000]))
        answer = choice.choice(others)() if choice.random() < 0.1 else chat.say(choice.choice(SAYINGS), after=after)

        assert all(text.strip() for text in answer.texts)
        assert bool(answer.texts) != (answer.outcome.kind == "silent")
        assert not any("{" in text.replace("{recipient}", "") for text in answer.texts)


def test_film_or_link_is_declined_with_what_to_send_instead(chat: Any) -> None:
    assert "发照片" in chat.push(messages.Video, media_id="m").texts[0]
    assert "直接说" in chat.push(messages.Link, title="新闻", url="http://p").texts[0]


def test_film_in_a_form_is_declined_and_the_question_comes_again(chat: Any) -> None:
    chat.bind()
    asked = chat.say("我要寄包裹")

    answer = chat.push(messages.Video, media_id="m")

    assert answer.outcome == asked.outcome
    assert answer.texts[0].endswith(asked.texts[0])


def test_code_read_by_a_menu_entry_is_answered_only_when_an_answer_is_waited_for(chat: Any) -> None:
    assert chat.push(messages.CodeRead, event_key="k", result="x", waits=False).texts == ()
    assert "不认识" in chat.push(messages.CodeRead, event_key="k", result="x", waits=True).texts[0]


def test_wechats_own_desk_leaves_a_trace(chat: Any) -> None:
    assert chat.push(messages.StaffTalk, state="opened").texts == ()
    assert len(chat.events("conversation.wechat_desk_opened")) == 1


def test_message_that_is_not_understood_is_kept_without_phone_plate_or_flat(chat: Any) -> None:
    chat.say("股票涨了没打13800138000住3栋2单元501车牌粤B12345")
    chat.say("股票涨了没打13900139000住3栋2单元502车牌粤B54321")

    [row] = rows(chat, Unmatched)
    assert (row.text, row.count) == ("股票涨了没打[电话]住[住址]车牌[车牌]", 2)
