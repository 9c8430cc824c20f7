"""A notice sent from the chat by who of the staff may: read back with its count, sent by a word, taken back by another."""

from __future__ import annotations

import re
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
    assert "1人收到聊天消息，130人收不到（未绑定微信）" in shown
    assert re.search(r'<a href="[^"]*/p/notices/look/\w+\?k=[^"]+">看居民点开的样子</a>', shown)
    assert "回“发”就发出，回“不发”作废。" in shown
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
    shown = chat.say(WATER)

    assert "您不能直接发：回“发”存成草稿，由经理、管理员发出" in shown
    assert "就发出" not in shown
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


def settle_all(chat: Chat, state: DeliveryState = DeliveryState.SENT) -> None:
    """WeChat takes all that waits."""

    def run(session: Session) -> None:
        scope.enter(session, chat.room.house.context.community.key)
        for row in session.exec(select(Delivery).where(Delivery.state == DeliveryState.ARMED)).all():
            row.state, row.sent_at = state, chat.room.now
            session.add(row)

    chat.room.database.submit(run).result()


LIFT = "发通知 3-2-501、3栋1单元302：电梯年检\n周五上午停运。"


@pytest.mark.parametrize("said", ["通知列表", "我发的通知", "发过哪些通知", "看看通知列表", "最近发的通知"])
def test_list_says_what_became_of_each_notice(chat: Chat, said: str) -> None:
    staff(chat)
    nothing = chat.say(said)
    chat.say(LIFT, "发")
    settle_all(chat)

    listed = chat.say(said)

    assert "最近 30 天没有发过通知" in nothing
    assert "· 《电梯年检》" in listed
    assert "已发布，发给3栋2单元501、3栋1单元302，收到 1 / 4 人，3 人没收到" in listed


@pytest.mark.parametrize("said", [
    "撤回 通知 电梯年检", "撤回电梯年检", "撤回《电梯年检》", "撤回 电梯年检的通知", "电梯年检 撤回", "把电梯年检的通知撤回来", "请把《电梯年检》撤回一下", "撤销电梯年检通知",
    "撤回电梯", "撤回通知：电梯年检", "撤回通知", "撤回", "撤回刚才的通知", "撤回这条通知", "快撤回",
])  # fmt: skip
def test_notice_is_taken_back_by_its_title_or_as_the_last_one(chat: Chat, said: str) -> None:
    staff(chat)
    chat.say(LIFT, "发")

    assert chat.say(said) == "《电梯年检》撤回了，4人没有收到。"
    assert [one.state for one in chat.all(Notice)] == [NoticeState.RECALLED]
    assert chat.say("撤回 电梯年检") == "《电梯年检》已经撤回了。"


@pytest.mark.parametrize("said", [
    "电梯年检多少人收到", "电梯年检多少人收到了？", "电梯年检的通知发了多少人", "《电梯年检》有几个人看了", "多少人收到了", "谁还没收到", "电梯年检的通知情况怎么样", "通知发给多少人", "多少人确认了",
])  # fmt: skip
def test_how_many_have_a_notice_is_told(chat: Chat, said: str) -> None:
    staff(chat)
    chat.say(LIFT, "发")
    settle_all(chat)

    assert chat.say(said) == "《电梯年检》发给3栋2单元501、3栋1单元302：收到 1 / 4 人，3 人没收到；已打开 0 人。"


@pytest.mark.parametrize("said", ["好", "好的", "可以", "嗯", "没问题"])
def test_yes_that_is_no_order_to_send_asks_for_one(chat: Chat, said: str) -> None:
    staff(chat)
    chat.say(LIFT)

    assert "还没有发。要发，请回“发”" in chat.say(said)
    assert [one.state for one in chat.all(Notice)] == [NoticeState.DRAFT]


def test_of_several_notices_it_is_asked_which(chat: Chat) -> None:
    staff(chat)
    chat.say("发通知 3栋：明天停水\n九点。", "发", "发通知 3栋：后天停水\n十点。", "发")

    which = chat.say("撤回停水的通知")
    unknown = chat.say("撤回通知 大扫除")
    one = chat.say("撤回 后天停水")

    assert "最近的有《后天停水》《明天停水》" in which
    assert "没有找到“大扫除”这条通知。" in unknown
    assert one.startswith("《后天停水》撤回了")
    assert {row.title: row.state for row in chat.all(Notice)} == {
        "明天停水": NoticeState.PUBLISHED,
        "后天停水": NoticeState.RECALLED,
    }


def test_what_has_come_to_all_long_ago_is_not_taken_back(chat: Chat) -> None:
    staff(chat)
    chat.say(LIFT, "发")
    settle_all(chat)
    chat.room.wait(timedelta(minutes=20))

    assert "已经发完了，1人收到了，撤不回来" in chat.say("撤回 电梯年检")
    assert "请写上标题" in chat.say("撤回通知")
    assert [one.state for one in chat.all(Notice)] == [NoticeState.PUBLISHED]


def test_residents_and_what_is_no_notice_are_left_to_the_bot(chat: Chat) -> None:
    resident = chat.say("撤回 电梯年检", "多少人收到了", "通知列表")
    staff(chat)
    chat.say(LIFT, "发")

    assert "撤回 标题" not in resident
    assert "电梯" not in chat.say("撤回健康同意")
    assert [one.state for one in chat.all(Notice)] == [NoticeState.PUBLISHED]


def test_who_may_only_write_takes_nothing_back(chat: Chat) -> None:
    staff(chat)
    chat.say(LIFT, "发")
    staff_member = Role.STAFF

    def run(session: Session) -> None:
        scope.enter(session, chat.room.house.context.community.key)
        member = session.exec(select(Staff).where(Staff.openid == chat.room.openid)).one()
        member.role = staff_member
        session.add(member)

    chat.room.database.submit(run).result()

    assert "您不能撤回通知，请" in chat.say("撤回 电梯年检")
    assert [one.state for one in chat.all(Notice)] == [NoticeState.PUBLISHED]
