"""Whoever repairs works from their own chat: each act read back, told to the resident, and refused where it is not theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from bot.contract import Work, tasks
from bot.store import scope
from bot.store.events import Event
from bot.store.outbox import Delivery
from bot.store.photos import Photo
from bot.store.staff import Role, Staff
from bot.store.tasks import Task
from bot.wechat import messages
from integrations.repairs.crewmodels import Stage, TicketPicture, TicketQuestion
from integrations.repairs.models import Payer, Ticket, TicketCost, TicketState

if TYPE_CHECKING:
    from sqlmodel import Session

    from tests.integrations.conftest import Chat

WORKER, OTHER = "oWorker", "oOther"


class Crew:
    """Two workers, a manager and a resident in one chat."""

    def __init__(self, chat: Chat) -> None:
        self.chat, self.room, self.resident = chat, chat.room, chat.room.openid
        self.hire("王强", WORKER, Role.STAFF)
        self.hire("王伟", OTHER, Role.STAFF)

    def hire(self, name: str, openid: str | None, role: Role) -> None:
        def run(session: Session) -> None:
            scope.enter(session, self.room.house.context.community.key)
            session.add(Staff(login=name, name=name, role=role, openid=openid, created_at=self.room.now))

        self.room.database.submit(run).result()

    def say(self, *texts: str, by: str = WORKER) -> str:
        self.room.openid = by
        try:
            return self.chat.say(*texts)
        finally:
            self.room.openid = self.resident

    def shoot(self, by: str = WORKER) -> str:
        return self.say("[图片]", by=by)

    def report(self, *texts: str) -> Ticket:
        before = {one.number for one in self.chat.all(Ticket)}
        self.chat.say(*texts)
        [ticket] = [one for one in self.chat.all(Ticket) if one.number not in before]
        return ticket

    def ticket(self, number: str) -> Ticket:
        return next(one for one in self.chat.all(Ticket) if one.number == number)

    def told(self, openid: str) -> list[str]:
        return [str(one.payload["text"]) for one in self.chat.all(Delivery) if one.openid == openid]


@pytest.fixture
def crew(chat: Chat) -> Crew:
    return Crew(chat)


def leak(crew: Crew) -> Ticket:
    return crew.report("厨房水管漏水了，底下柜子都湿了")


def lamp(crew: Crew) -> Ticket:
    return crew.report("我家客厅的灯不亮了")


def test_a_repair_goes_from_the_list_to_done_by_words_alone(crew: Crew) -> None:
    ticket = leak(crew)

    listed = crew.say("有什么活")
    taken = crew.say("接 1")
    begun = crew.say("开始修")
    wanted = crew.say("修好了")
    still = crew.ticket(ticket.number).state
    done = crew.shoot()

    assert ticket.number in listed
    assert "3栋2单元501" in listed
    assert "“厨房水管漏水了，底下柜子都湿了”" in listed
    for said in (taken, begun, wanted, done):
        assert ticket.number in said
        assert "3栋2单元501" in said
        assert "底下柜子都湿了" in said
    assert "要一张修好后的照片" in wanted
    assert still is TicketState.WORKING
    assert crew.ticket(ticket.number).state is TicketState.DONE
    assert [(one.stage, one.ticket_id) for one in crew.chat.all(TicketPicture)] == [(Stage.AFTER, ticket.id)]
    heard = "\n".join(crew.told(crew.resident))
    assert all(word in heard for word in ("已受理", "正在处理", "已完成"))


def test_a_kind_that_wants_no_photo_is_done_at_once_and_one_may_say_that_none_can_be_taken(crew: Crew) -> None:
    dark, wet = lamp(crew), leak(crew)

    crew.say(f"接 {dark.number}", f"修好了 {dark.number}")
    crew.say(f"接 {wet.number}", f"{wet.number} 修好了", "没法拍")

    assert crew.ticket(dark.number).state is TicketState.DONE
    assert crew.ticket(wet.number).state is TicketState.DONE
    assert crew.chat.all(TicketPicture) == []


def test_undo_puts_the_ticket_back_for_ten_minutes_and_tells_the_resident(crew: Crew) -> None:
    ticket = lamp(crew)
    crew.say(f"接 {ticket.number}", "开始修", "完工")
    crew.room.wait(timedelta(minutes=9))

    undone = crew.say("撤销")
    again = crew.say("撤销")
    after = crew.ticket(ticket.number)

    assert "撤销了" in undone
    assert "处理中" in undone
    assert (after.state, after.done_at) == (TicketState.WORKING, None)
    assert "更正" in crew.told(crew.resident)[-1]
    assert "撤销了" not in again

    crew.say("完工")
    crew.room.wait(timedelta(minutes=11))
    assert "撤不回去了" in crew.say("撤销")
    assert crew.ticket(ticket.number).state is TicketState.DONE


def test_what_somebody_changed_since_is_not_taken_back(crew: Crew) -> None:
    ticket = lamp(crew)
    crew.say(f"接 {ticket.number}", "完工")
    crew.chat.say("5分")

    assert "撤不回去了" in crew.say("撤销")
    assert crew.ticket(ticket.number).state is TicketState.CLOSED


def test_wrong_numbers_others_tickets_and_closed_ones_say_what_to_do_next(crew: Crew) -> None:
    ticket, other = leak(crew), lamp(crew)
    crew.say(f"接 {other.number}", by=OTHER)

    assert "没有工单 R999999" in crew.say("接 R999999")
    assert "回“我的单”" in crew.say("接 R999999")
    assert "清单里没有第 7 单" in crew.say("我的单", "接 7")
    assert "在王伟手上" in crew.say(f"接 {other.number}")
    assert "还没有人接" in crew.say(f"开始 {ticket.number}")
    crew.say(f"{other.number} 修好了", by=OTHER)
    assert "现在是“待评价”" in crew.say(f"{other.number} 修好了", by=OTHER)
    assert crew.ticket(other.number).state is TicketState.DONE


def test_two_who_take_the_same_leave_it_with_the_first(crew: Crew) -> None:
    ticket = leak(crew)
    crew.say("有什么活")
    crew.say("有什么活", by=OTHER)

    crew.say("接 1")
    late = crew.say("接 1", by=OTHER)

    assert "在王强手上" in late
    assert [one.kind for one in crew.chat.all(Event) if one.subject == ticket.subject].count("repair.accepted") == 1


def test_who_has_no_right_gets_nothing(crew: Crew) -> None:
    ticket = leak(crew)
    crew.hire("赵门岗", "oGuard", Role.GUARD)

    for by in ("oGuard", "oStranger"):
        said = crew.say("我的单", f"接 {ticket.number}", by=by)
        assert "501" not in said
        assert "没人接的" not in crew.say("有什么活", by=by)
    assert crew.ticket(ticket.number).state is TicketState.SUBMITTED


def test_a_ticket_is_handed_on_by_a_name_as_people_say_it(crew: Crew) -> None:
    ticket = leak(crew)
    crew.hire("李师傅", None, Role.STAFF)
    crew.say(f"接 {ticket.number}")

    unknown = crew.say("转给老欧阳")
    passed = crew.say("转给老王")

    assert "没有叫“老欧阳”的同事" in unknown
    assert "转给王伟了" in passed
    assert ticket.number in passed
    given = crew.told(OTHER)[-1]
    assert "派给您" in given
    assert f"接 {ticket.number}" in given
    assert "接了" in crew.say("收到", by=OTHER)
    assert "王伟" in crew.told(crew.resident)[-1] or "已派给王伟" in "\n".join(crew.told(crew.resident))
    assert "没有绑定微信" in crew.say(f"{ticket.number} 转给李师傅", by=OTHER)


def test_a_question_reaches_the_resident_and_the_answer_comes_back_to_ticket_and_worker(crew: Crew) -> None:
    ticket = leak(crew)
    crew.say(f"接 {ticket.number}")

    asked = crew.say("问业主: 几点在家？")
    question = crew.told(crew.resident)[-1]
    answered = crew.chat.say("下午三点以后都在")

    assert "几点在家？" in asked
    assert "王强问您" in question
    assert "几点在家？" in question
    assert "已经告诉王强了" in answered
    assert "下午三点以后都在" in crew.told(WORKER)[-1]
    assert [(one.text, one.answer) for one in crew.chat.all(TicketQuestion)] == [("几点在家？", "下午三点以后都在")]
    assert "已经告诉王强了" not in crew.chat.say("谢谢")


def test_what_plainly_means_something_else_is_no_answer(crew: Crew) -> None:
    ticket = leak(crew)
    crew.say(f"接 {ticket.number}", "问业主: 几点在家？")

    said = crew.chat.say("明天下午我朋友张三来，开车浙A12345")

    assert "已经告诉王强了" not in said
    assert [one.answer for one in crew.chat.all(TicketQuestion)] == [""]
    assert "已经告诉王强了" in crew.chat.say("算了", "告诉师傅三点以后在家")


def test_waiting_pauses_the_clock_and_says_for_what(crew: Crew) -> None:
    ticket = leak(crew)
    crew.say(f"接 {ticket.number}", "开始修")

    parts = crew.say("要等配件 周四到货")
    waits = crew.ticket(ticket.number)
    on = crew.say("接着修")
    owner = crew.say("业主不在家")

    assert "待配件" in parts
    assert "配件已经订了；周四到货" in parts
    assert (waits.state, waits.paused_at is not None) == (TicketState.PARTS, True)
    assert "开始修" in on
    assert "上门时家里没人" in owner
    assert "周四到货" in "\n".join(crew.told(crew.resident))


@pytest.mark.parametrize(
    ("said", "fen", "payer"),
    [
        ("写费用 配件 35元", 3500, Payer.COMMUNITY),
        ("费用 水龙头 2个 68元 业主出", 13600, Payer.RESIDENT),
        ("费用：角阀12.5 物业出", 1250, Payer.COMMUNITY),
    ],
)
def test_costs_are_written_by_words_and_taken_back(crew: Crew, said: str, fen: int, payer: Payer) -> None:
    ticket = leak(crew)
    crew.say(f"接 {ticket.number}")

    paid = crew.say(said)

    assert [(one.total, one.payer) for one in crew.chat.all(TicketCost)] == [(fen, payer)]
    assert f"{fen / 100:.2f} 元" in paid
    assert "那笔费用去掉了" in crew.say("撤销")
    assert crew.chat.all(TicketCost) == []


def test_an_amount_that_is_none_is_asked_for_with_an_example(crew: Crew) -> None:
    crew.say(f"接 {leak(crew).number}")

    assert "例如" in crew.say("费用 一点点") or "这样写" in crew.say("费用 一点点")
    assert crew.chat.all(TicketCost) == []


def test_a_photo_belongs_to_the_ticket_in_hand_and_is_asked_about_where_there_are_several(crew: Crew) -> None:
    wet, dark = leak(crew), lamp(crew)
    crew.say(f"接 {wet.number}")
    first = crew.shoot()
    crew.say(f"接 {dark.number}")
    asked = crew.shoot()
    asked_again = crew.shoot()
    picked = crew.say(dark.number)
    put_right = crew.say("修后")

    assert f"记在 {wet.number}" in first
    assert "修前" in first
    assert "照片是哪一单的" in asked
    assert "照片是哪一单的" in asked_again
    assert f"2 张照片记在 {dark.number}" in picked
    assert "改成修后照片了" in put_right
    kept = {photo.public_id: photo.subject for photo in crew.chat.all(Photo)}
    assert sorted(kept.values()) == sorted([wet.subject, dark.subject, dark.subject])


def test_a_photo_of_who_has_nothing_in_hand_is_a_residents(crew: Crew) -> None:
    assert "记在" not in crew.shoot()
    assert [one.subject for one in crew.chat.all(Photo)] == [""]


def test_the_same_push_again_does_nothing_twice(crew: Crew) -> None:
    ticket = leak(crew)
    crew.say(f"接 {ticket.number}")
    room = crew.room
    push = messages.Text(openid=WORKER, account="wx_chat", key="once", created_at=room.now, text="费用 配件 35元")

    answers = [room._take(push) for _ in range(3)]

    assert len({one.texts for one in answers}) == 1
    assert len(crew.chat.all(TicketCost)) == 1


def test_an_urgent_call_that_is_taken_in_the_chat_takes_its_ticket_and_ends_its_ladder(crew: Crew) -> None:
    ticket = crew.report("厨房水管爆了水止不住，很急")
    [task] = [one for one in crew.chat.all(Task) if one.kind == "repair.urgent"]

    crew.say(f"接 {ticket.number}")

    [task] = [one for one in crew.chat.all(Task) if one.kind == "repair.urgent"]
    assert task.claimed_by is not None
    assert task.rung_at is None


def test_an_urgent_call_that_is_given_back_calls_others_again(crew: Crew) -> None:
    ticket = crew.report("厨房水管爆了水止不住，很急")
    crew.say("接单")
    taken = crew.ticket(ticket.number)

    crew.say("撤销")

    [task] = [one for one in crew.chat.all(Task) if one.kind == "repair.urgent"]
    assert taken.state is TicketState.ACCEPTED
    assert crew.ticket(ticket.number).state is TicketState.SUBMITTED
    assert (task.claimed_by, task.rung_at is not None) == (None, True)


def test_who_takes_the_call_by_its_own_words_has_the_ticket(crew: Crew) -> None:
    """我来 is said to the call; the ticket stayed 待受理, and climbed as if nobody went there."""
    ticket = crew.report("厨房水管爆了水止不住，很急")

    def claim(session: Session) -> None:
        scope.enter(session, crew.room.house.context.community.key)
        work = Work(session=session, now=crew.room.now, context=crew.room.house.context)
        member = session.exec(select(Staff).where(Staff.openid == WORKER)).one()
        [task] = [one for one in session.exec(select(Task)).all() if one.kind == "repair.urgent"]
        tasks.claim(work, task, member)

    crew.room.database.submit(claim).result()

    now = crew.ticket(ticket.number)
    assert (now.state, now.assignee_id is not None) == (TicketState.ACCEPTED, True)


def test_managers_and_staff_ask_how_the_day_stands(crew: Crew) -> None:
    ticket = leak(crew)
    lamp(crew)
    today, calm = crew.say("今天多少单？"), crew.say("哪些超时了")
    crew.room.wait(timedelta(days=4))
    late = crew.say("哪些超时了")

    assert "今天报修 2 件" in today
    assert "没人接 2" in today
    assert "没有超时" in calm
    assert ticket.number in late
    assert "还没人接" in late


def test_what_takes_twice_its_time_reaches_the_manager_and_whoever_has_it(crew: Crew) -> None:
    crew.hire("周经理", "oManager", Role.MANAGER)
    ticket = leak(crew)
    crew.say(f"接 {ticket.number}")
    for _ in range(6):
        crew.room.wait(timedelta(days=1))

    for openid in ("oManager", WORKER):
        assert [one for one in crew.told(openid) if "督办" in one and ticket.number in one]
    assert "转给王伟了" in crew.say(f"{ticket.number} 转给王伟", by="oManager")


def test_a_cost_without_an_amount_is_told_how_to_write_it(crew: Crew) -> None:
    ticket = leak(crew)
    crew.say(f"接 {ticket.number}")

    assert "请这样写：费用 水龙头 2个 68元 业主出" in crew.say("费用")


def test_all_that_one_has_in_hand_is_counted_though_not_all_is_listed(crew: Crew) -> None:
    first = leak(crew)
    crew.say(f"接 {first.number}")
    mine = {
        "category": "water",
        "location": "厨房",
        "state": TicketState.ACCEPTED,
        "assignee_id": crew.ticket(first.number).assignee_id,
    }

    def more(session: Session) -> None:
        scope.enter(session, crew.room.house.context.community.key)
        times = {"opened_at": crew.room.now, "due_at": crew.room.now + timedelta(days=1)}
        session.add_all(Ticket(household_id=first.household_id, **mine, **times) for _ in range(5))

    crew.room.database.submit(more).result()

    said = crew.say("我的单")
    assert "您手上 6 件" in said
    assert "还有 1 件没列出来" in said


def test_words_of_a_resident_who_repairs_nothing_go_on_as_before(crew: Crew) -> None:
    for said in ("我来", "修好了", "到了", "1", "收到", "我的单", "撤销"):
        crew.chat.say(said)

    assert not [one for one in crew.chat.all(Event) if one.kind.startswith("repair.")]
