"""Repairs: from what is broken to what was fixed, with the resident told at each step."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.contract import Ask, Refusal, Reply, Turn, Work, leaving, personal
from bot.store.photos import Photo
from bot.store.staff import Role
from integrations.repairs import actions, clock, console, ladder, own, pages
from integrations.repairs.models import FOLLOWS, PAUSED, WAITS, Ticket, TicketNote, TicketState

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

CHEN = "oChen"


def reported(town: Town, **slots: Any) -> Ticket:
    town.asks(CHEN, actions.report, **{"category": "water", "location": "厨房", **slots})
    return town.all(Ticket)[-1]


def move(town: Town, ticket: Ticket, state: TicketState) -> Ticket:
    if state is TicketState.CANCELLED:
        town.opens(Role.STAFF, console.cancel, params={"number": ticket.number}, reason="settled")
    elif state in PAUSED:
        town.opens(Role.STAFF, console.wait, params={"number": ticket.number}, waits=f"{state}:{next(iter(WAITS[state]))}")
    else:
        town.opens(Role.STAFF, console.move, params={"number": ticket.number}, state=state.value)
    return next(found for found in town.all(Ticket) if found.number == ticket.number)


def test_report_opens_a_ticket_and_says_number_and_promise(town: Town) -> None:
    said = town.says(CHEN, actions.report, category="water", location="厨房")

    [ticket] = town.all(Ticket)
    assert ticket.number in said
    assert "最晚明天（3月12日 周四）10:00前处理" in said


def test_photos_sent_just_before_belong_to_the_ticket(town: Town) -> None:
    def send(session: Any) -> None:
        session.add(Photo(openid=CHEN, media_id="m", taken_at=town.now - timedelta(minutes=5)))
        session.add(Photo(openid=CHEN, media_id="old", taken_at=town.now - timedelta(hours=5)))

    town.database.submit(send).result()

    ticket = reported(town)

    assert {photo.media_id: photo.subject for photo in town.all(Photo)} == {"m": ticket.subject, "old": ""}


def test_urgent_repair_becomes_a_task_at_once(town: Town) -> None:
    reported(town, urgent=True)

    [task] = town.tasks()
    assert (task.kind, task.urgent, task.title) == ("repair.urgent", True, "紧急报修：3栋2单元501 厨房水管漏水")


def test_resident_who_is_told_of_progress_gets_its_link(town: Town) -> None:
    ticket = reported(town)
    manager = town.opens(Role.MANAGER, console.show, params={"number": ticket.number}).values["hands"][0].member

    move(town, ticket, TicketState.ACCEPTED)
    town.opens(Role.MANAGER, console.assign, params={"number": ticket.number}, staff=str(manager.id), why_other="knows")

    for text in town.told(CHEN):
        assert f'<a href="https://linli.example/p/tickets/{ticket.number}?k=' in text


def test_resident_is_told_each_step_and_sees_it_on_the_page(town: Town) -> None:
    ticket = reported(town)

    move(town, ticket, TicketState.WORKING)
    move(town, ticket, TicketState.DONE)

    assert [text.partition("。")[0] for text in town.told(CHEN)] == [
        f"staff同事正在处理您的报修 {ticket.number}",
        f"您的报修 {ticket.number} 已完成",
    ]
    view = town.visits(pages.show, number=ticket.number)
    assert [words for _, words in view.values["steps"]] == ["住户报修", "开始处理", "已完成"]


def test_ticket_tells_what_happened_and_who_did_it_in_words(town: Town) -> None:
    ticket = move(town, reported(town), TicketState.WORKING)

    timeline = town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values["timeline"]

    assert [(row["words"], row["actor"]) for row in timeline] == [
        ("住户报修", "3栋2单元501 陈建国（居民）"), ("开始处理", "staff同事（员工）"),
    ]  # fmt: skip


def test_assigning_accepts_the_ticket(town: Town) -> None:
    ticket = reported(town)
    staff_id = town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values["hands"][0].member.id

    town.opens(Role.MANAGER, console.assign, params={"number": ticket.number}, staff=str(staff_id))

    [found] = town.all(Ticket)
    assert (found.state, found.assignee_id) == (TicketState.ACCEPTED, staff_id)


@pytest.mark.parametrize("begin", list(TicketState))
@pytest.mark.parametrize("end", [state for state in TicketState if state not in (TicketState.CANCELLED, *PAUSED)])
def test_only_states_of_the_table_follow(town: Town, begin: TicketState, end: TicketState) -> None:
    ticket = reported(town)

    def put(session: Any) -> None:
        session.get_one(Ticket, ticket.id).state = begin

    town.database.submit(put).result()

    if end in FOLLOWS[begin]:
        assert move(town, ticket, end).state is end
    else:
        with pytest.raises(Refusal, match="不能这样改"):
            move(town, ticket, end)


def test_urging_makes_a_task_and_not_again_within_half_an_hour(town: Town) -> None:
    reported(town)

    first, again = town.asks(CHEN, actions.urge), town.asks(CHEN, actions.urge)
    town.now += own.URGE_AGAIN
    third = town.asks(CHEN, actions.urge)

    assert [reply.name for reply in (first, again, third)] == ["done", "again", "done"]
    assert [(task.title[:10], task.urgent) for task in town.tasks()] == [
        ("住户催办（第1次）：", False),
        ("住户催办（第2次）：", True),
    ]


def test_still_broken_opens_the_same_ticket_again(town: Town) -> None:
    ticket = move(town, reported(town), TicketState.DONE)
    town.now += timedelta(days=14)

    town.asks(CHEN, actions.urge)

    [found] = town.all(Ticket)
    assert (found.number, found.state, found.reopened) == (ticket.number, TicketState.WORKING, 1)


def test_of_several_tickets_one_is_asked_for(town: Town) -> None:
    first = reported(town)
    reported(town, category="lighting", location="楼道")

    asked = town.asks(CHEN, actions.cancel)
    picked = town.asks(CHEN, actions.cancel, ticket=first.number, sure="yes")

    assert isinstance(asked, Ask)
    assert [label.split("（")[0] for label in asked.options.values()] == ["楼道灯不亮", "厨房水管漏水"]
    assert isinstance(picked, Reply)
    assert picked.values["number"] == first.number


def test_unfixed_repair_is_meant_before_one_that_is_still_waited_for(town: Town) -> None:
    finished = move(town, reported(town), TicketState.DONE)
    reported(town, category="lighting", location="楼道")

    asked = town.asks(CHEN, actions.urge, unfixed=True)
    picked = town.asks(CHEN, actions.urge, unfixed=True, ticket=finished.number)

    assert isinstance(asked, Ask)
    assert [label.split("（")[0] for label in asked.options.values()] == ["厨房水管漏水", "楼道灯不亮"]
    assert isinstance(picked, Reply)
    assert {ticket.number: ticket.state for ticket in town.all(Ticket)}[finished.number] is TicketState.WORKING


@pytest.mark.parametrize("said", ["没修好", "还没修好呢", "师傅来过了没修好", "修了还是漏"])
def test_who_says_it_is_not_fixed_cancels_nothing(chat: Chat, said: str) -> None:
    chat.say("厨房水管漏水了，明天上午来修")

    assert "已催办" in chat.say(said)
    assert [ticket.state for ticket in chat.all(Ticket)] == [TicketState.SUBMITTED]


@pytest.mark.parametrize(("answer", "state", "said"), [
    ("确认", TicketState.CANCELLED, "已取消"), ("1", TicketState.CANCELLED, "已取消"), ("好的", TicketState.CANCELLED, "已取消"),
    ("确认取消", TicketState.CANCELLED, "已取消"), ("先不取消", TicketState.SUBMITTED, "没有取消"), ("不", TicketState.SUBMITTED, "没有取消"),
    ("取消", TicketState.CANCELLED, "已取消"), ("取消吧", TicketState.CANCELLED, "已取消"),
    ("算了", TicketState.SUBMITTED, "没有取消，照常处理。要是想取消它，请再说“取消报修”，再回复数字 1"), ("没修好", TicketState.SUBMITTED, "已催办"),
])  # fmt: skip
def test_cancelling_is_read_back_and_needs_a_yes(chat: Chat, answer: str, state: TicketState, said: str) -> None:
    chat.say("厨房水管漏水了，明天上午来修")

    asked = chat.say("取消报修")
    assert [ticket.state for ticket in chat.all(Ticket)] == [TicketState.SUBMITTED]
    assert "（厨房水管漏水，您说的“厨房水管漏水了，明天上午来修”）吗？" in asked
    assert said in chat.say(answer)
    assert [ticket.state for ticket in chat.all(Ticket)] == [state]


def test_way_to_cancel_that_who_lets_it_be_is_told_works(chat: Chat) -> None:
    chat.say("厨房水管漏水了，明天上午来修", "取消报修", "算了")

    assert "已取消" in chat.say("取消报修", "1")


def test_bare_cancel_to_which_of_several_cancels_none_and_says_so(chat: Chat) -> None:
    chat.say("厨房水管漏水了，明天上午来修", "楼道灯不亮，明天上午来修", "取消报修")

    assert "没有取消任何报修，都照常处理" in chat.say("取消")
    assert {ticket.state for ticket in chat.all(Ticket)} == {TicketState.SUBMITTED}


@pytest.mark.parametrize(("state", "reply"), [
    (TicketState.WORKING, "done"), (TicketState.DONE, "finished"), (TicketState.CANCELLED, "over"),
])  # fmt: skip
def test_status_offers_what_fits_the_state(town: Town, state: TicketState, reply: str) -> None:
    move(town, reported(town), state)

    said = town.says(CHEN, actions.status)

    assert town.asks(CHEN, actions.status).name == reply
    assert ("催一下" in said) is (state is TicketState.WORKING)


def test_rating_with_nothing_to_rate_says_so_before_asking_for_a_number(town: Town) -> None:
    assert "没有待评价的维修" in town.says(CHEN, actions.rate)


def test_rating_names_the_ticket_and_asks_for_a_number(town: Town) -> None:
    ticket = move(town, reported(town), TicketState.DONE)

    asked = town.asks(CHEN, actions.rate)

    assert isinstance(asked, Ask)
    assert asked.values["number"] == ticket.number


def test_opening_a_finished_ticket_again_is_said(town: Town) -> None:
    move(town, reported(town), TicketState.DONE)

    assert "已重新打开" in town.says(CHEN, actions.urge, unfixed=True)


@pytest.mark.parametrize(("said_at", "category", "due"), [
    ("18:04", "electric", "12 09:00"), ("08:04", "electric", "11 21:00"), ("10:04", "water", "12 11:00"), ("02:00", "lift", "11 09:00"),
])  # fmt: skip
def test_repairs_fall_due_at_full_hours_of_the_day(town: Town, said_at: str, category: str, due: str) -> None:
    hour, minute = map(int, said_at.split(":"))
    now = town.now.replace(hour=hour, minute=minute)

    assert f"{clock.due_at(category, False, None, now):%d %H:%M}" == due


def test_urgent_repair_is_due_to_the_minute(town: Town) -> None:
    now = town.now.replace(hour=23, minute=4)

    assert clock.due_at("water", True, None, now) == now + clock.URGENT


def test_ticket_closed_by_staff_is_opened_again_when_it_is_not_fixed(town: Town) -> None:
    ticket = reported(town)
    move(town, ticket, TicketState.DONE)
    move(town, ticket, TicketState.CLOSED)

    town.says(CHEN, actions.urge, unfixed=True)

    assert [row.state for row in town.all(Ticket)] == [TicketState.WORKING]


def test_low_rating_is_followed_up_and_a_good_one_is_not(town: Town) -> None:
    move(town, reported(town), TicketState.DONE)
    good = town.asks(CHEN, actions.rate, score="5")
    move(town, reported(town), TicketState.DONE)
    low = town.asks(CHEN, actions.rate, score="2")

    assert (good.name, low.name) == ("done", "low")
    assert [task.kind for task in town.tasks()] == ["repair.callback"]


def test_nothing_unfinished_is_rated(town: Town) -> None:
    reported(town)

    assert town.asks(CHEN, actions.rate, score="5").name == "none"


def test_overdue_ticket_raises_one_task_even_if_nobody_accepted_it(town: Town) -> None:
    reported(town)
    town.now += timedelta(hours=25)

    town.runs(ladder.climb.run)
    town.runs(ladder.climb.run)

    assert [task.kind for task in town.tasks()] == ["repair.overdue"]


def test_finished_ticket_nobody_rates_is_closed_after_a_week(town: Town) -> None:
    move(town, reported(town), TicketState.DONE)
    town.now += ladder.SILENCE + timedelta(minutes=1)

    town.runs(ladder.close_silent.run)

    assert [ticket.state for ticket in town.all(Ticket)] == [TicketState.CLOSED]


def test_appointment_moves_what_is_promised(town: Town) -> None:
    later = town.now + timedelta(days=5)

    assert reported(town, appointment_at=later).due_at == later + clock.URGENT


def test_note_reaches_the_resident_only_if_it_is_meant_to(town: Town) -> None:
    ticket = reported(town)

    town.opens(Role.STAFF, console.note, params={"number": ticket.number}, text="内部：水压不足")
    town.opens(Role.STAFF, console.note, params={"number": ticket.number}, text="明早九点来", tell="on")

    assert town.told(CHEN) == [f"关于报修 {ticket.number}，物业回复：明早九点来"]


def test_what_staff_wrote_to_a_ticket_is_exported_and_goes_with_the_residents_words(town: Town) -> None:
    number = reported(town).number
    town.opens(Role.STAFF, console.note, params={"number": number}, text="陈师傅周三上门", tell="1")
    town.opens(Role.STAFF, console.note, params={"number": number}, text="老陈说他儿子在家")
    export = lambda session: personal.everything(Work(session=session, now=town.now, context=town.context), CHEN)  # noqa: E731
    [person] = town.database.submit(export).result()["住户"]

    assert (person["报修"][0]["物业的话"], person["报修"][0]["物业的内部备注"]) == (["陈师傅周三上门"], ["老陈说他儿子在家"])

    turn = lambda session: Turn(session=session, now=town.now, context=town.context, openid=CHEN)  # noqa: E731
    town.database.submit(lambda session: leaving.leave(turn(session), "deleted")).result()
    assert [one.text for one in town.all(TicketNote)] == ["", ""]


def test_neighbours_do_not_see_each_others_tickets(town: Town) -> None:
    reported(town)

    assert town.asks("oLi", actions.status).name == "none"
