"""A notice sent from the chat by who of the staff may: read back with its count, sent by a word, taken back by another."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from bot.contract.notices import NoticeKind, NoticeState
from bot.store import policies, scope
from bot.store.notices import Notice
from bot.store.outbox import Delivery, DeliveryState
from bot.store.staff import Role, Staff
from bot.store.tasks import Task

if TYPE_CHECKING:
    from sqlmodel import Session

    from tests.integrations.conftest import Chat

WATER = "发通知 3栋：明天停水\n9点到12点检修水管，请提前储水。"


def staff(chat: Chat, role: Role = Role.MANAGER) -> None:
    """Let whoever talks be a member of the staff, too."""

    def run(session: Session) -> None:
        scope.enter(session, chat.room.house.context.community.key)
        member = session.exec(select(Staff).where(Staff.role == role)).first()
        assert member is not None
        member.openid = chat.room.openid
        session.add(member)

    chat.room.database.submit(run).result()


def told(chat: Chat) -> set[str]:
    return {row.state.value for row in chat.all(Delivery) if row.notice_id and row.openid}


def test_notice_is_read_back_with_its_count_sent_by_a_word_and_taken_back(chat: Chat) -> None:
    staff(chat)

    shown = chat.say(WATER)
    assert chat.all(Delivery) == [] or not told(chat)
    sent = chat.say("发")
    armed = told(chat)
    undone = chat.say("撤回")

    assert "发给3栋，" in shown
    assert "人收到模板消息" in shown
    assert "【明天停水】\n9点到12点检修水管，请提前储水。" in shown
    assert "10秒内还没有发出" in sent
    assert (armed, told(chat)) == ({"armed"}, {"cancelled"})
    assert "《明天停水》撤回了" in undone
    [notice] = chat.all(Notice)
    assert notice.state is NoticeState.RECALLED


@pytest.mark.parametrize("no", ["不发", "取消", "算了"])
def test_notice_that_is_not_wanted_after_all_reaches_nobody(chat: Chat, no: str) -> None:
    staff(chat)
    chat.say(WATER)

    assert "作废了" in chat.say(no)
    assert chat.all(Notice) == []


def test_what_is_said_anew_takes_the_place_of_what_was_read_back(chat: Chat) -> None:
    staff(chat)
    chat.say(WATER, "发通知 3栋：后天停水\n改到后天。", "确认")

    assert [one.title for one in chat.all(Notice)] == ["后天停水"]


def test_yes_long_after_sends_nothing(chat: Chat) -> None:
    staff(chat)
    chat.say(WATER)
    chat.room.wait(timedelta(minutes=11))
    chat.say("发")

    assert [one.state for one in chat.all(Notice)] == [NoticeState.DRAFT]


def test_residents_and_who_may_not_order_nothing(chat: Chat) -> None:
    chat.say(WATER, "发")
    assert chat.all(Notice) == []

    staff(chat, Role.GUARD)
    chat.say(WATER, "发")
    assert chat.all(Notice) == []


def test_who_may_only_write_leaves_a_draft_for_who_may_send(chat: Chat) -> None:
    staff(chat, Role.STAFF)
    chat.say(WATER)

    assert "存成草稿了" in chat.say("发")
    assert [one.state for one in chat.all(Notice)] == [NoticeState.DRAFT]


def test_emergency_is_no_alarm_of_the_staff_and_wants_an_end(chat: Chat) -> None:
    staff(chat)
    text = "发紧急通知 3栋：3栋1单元着火\n请走楼梯撤到花园，不要坐电梯。"

    endless = chat.say(text)
    shown = chat.say(f"{text}\n到今晚十点为止")
    chat.say("发")

    assert "到什么时候为止" in endless
    assert "有效到 3月11日（周三）22:00" in shown
    assert [(one.kind, one.state) for one in chat.all(Notice)] == [(NoticeKind.EMERGENCY, NoticeState.PUBLISHED)]
    assert not [one for one in chat.all(Task) if one.kind.startswith("emergency.")]


def test_time_of_its_own_line_is_when_it_goes_out(chat: Chat) -> None:
    staff(chat)
    shown = chat.say(f"{WATER}\n定时：明天早上八点")
    chat.say("发")

    [notice] = chat.all(Notice)
    assert "定在 3月12日（周四）08:00 发" in shown
    assert (notice.state, notice.body) == (NoticeState.SCHEDULED, "9点到12点检修水管，请提前储水。")


def test_many_people_want_a_second_yes_from_the_chat_too(chat: Chat) -> None:
    staff(chat)

    def run(session: Session) -> None:
        scope.enter(session, chat.room.house.context.community.key)
        policies.settle(session, quiet_from="21:00", quiet_until="08:00", approve_above="1", big_above="200")

    chat.room.database.submit(run).result()
    shown = chat.say(WATER)
    said = chat.say("发")

    assert "还要另一位同事同意" in shown
    assert "要另一位同事同意才发" in said
    assert [one.state for one in chat.all(Notice)] == [NoticeState.WAITING]
    assert not told(chat) & {DeliveryState.ARMED.value}


@pytest.mark.parametrize(("said", "answer"), [
    ("发通知", "这样发通知"), ("发通知 99栋：停水\n明天", "没有人属于“99栋”"), ("发通知 3栋：{姓名}您好，停水", "没有这个变量"),
])  # fmt: skip
def test_odd_order_is_answered_with_how_it_is_written(chat: Chat, said: str, answer: str) -> None:
    staff(chat)

    assert answer in chat.say(said)
    assert chat.all(Notice) == []


@pytest.mark.parametrize("said", ["发通知了吗", "物业发通知没有", "通知什么时候发"])
def test_words_about_notices_are_no_order(chat: Chat, said: str) -> None:
    staff(chat)

    assert "【" not in chat.say(said)
    assert chat.all(Notice) == []
