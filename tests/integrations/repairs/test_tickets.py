"""Tickets as staff deal with them: opened for who phones, given to who can do it, called off for a reason, costed, several at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select

from bot.console import lists
from bot.contract import Redirect, Refusal, Turn, View, leaving
from bot.contract.listpage import Shown
from bot.store import scope
from bot.store.events import Event
from bot.store.people import Household
from bot.store.staff import Role, Staff
from bot.store.undos import UndoStep
from integrations.repairs import actions, console, costs, opening, pages
from integrations.repairs.models import OPEN, PUBLIC, Ticket, TicketCost, TicketState
from integrations.repairs.suggesting import fitting
from integrations.repairs.tickets import LIST

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN, LI = "oChen", "oLi"
FIELDS = {"category": "water", "location": "厨房", "level": "normal"}

[SHOW, *_] = lists.pages_of(LIST)
BULK = lists.pages_of(LIST)[-1]


def reported(town: Town, openid: str = CHEN, **slots: Any) -> Ticket:
    town.asks(openid, actions.report, **{"category": "water", "location": "厨房", **slots})
    return town.all(Ticket)[-1]


def listed(town: Town, role: Role = Role.STAFF, **query: str) -> Shown:
    view = town.opens(role, SHOW, query=query)
    assert isinstance(view, View)
    return view.values["list"]


def numbers(shown: Shown) -> list[str]:
    return [line.key for line in shown.lines]


def does(town: Town, act: str, *tickets: Ticket, **answers: str) -> Any:
    ticked = {f"row.{one.number}": "1" for one in tickets}
    return town.opens(Role.STAFF, BULK, act=act, **ticked, **{f"{act}.{name}": said for name, said in answers.items()})


def undo(town: Town, role: Role = Role.STAFF) -> Any:
    step = town.all(UndoStep)[-1]
    page = next(one for one in lists.pages(town.services) if one.path == "/undo/{undo_step}")
    return town.opens(role, page, params={"undo_step": step.public_id})


def again(town: Town, ticket: Ticket) -> Ticket:
    return next(one for one in town.all(Ticket) if one.id == ticket.id)


def person(town: Town, room: str) -> str:
    home = next(one for one in town.all(Household) if one.room == room)
    shown = town.opens(Role.STAFF, opening.look, q=f"3-2-{room}").values["flats"]
    assert [flat.id for flat, _, _ in shown] == [home.id]
    return f"{home.id}:{shown[0][1][0].public_id}"


# ------------------------------------------------------------------ found


def test_usual_list_is_what_is_not_done_the_most_urgent_first_and_all_are_there_when_asked_for(town: Town) -> None:
    calm, urgent, gone = reported(town), reported(town, urgent=True), reported(town)
    town.opens(Role.STAFF, console.cancel, params={"number": gone.number}, reason="duplicate")

    assert numbers(listed(town)) == [urgent.number, calm.number]
    assert set(numbers(listed(town, state="all"))) == {calm.number, urgent.number, gone.number}
    assert numbers(listed(town, state="cancelled")) == [gone.number]
    assert listed(town, state="all").found.total == 3


@pytest.mark.parametrize("said", ["501", "3-2-501", "陈建国", "cjg", "厨房", "水管漏水", "{number}", "陈 厨房", "滴个不停"])
def test_a_ticket_is_found_by_what_staff_would_type(town: Town, said: str) -> None:
    def speak(session: Session) -> None:
        ticket = session.exec(select(Ticket)).one()
        ticket.words = "龙头滴个不停"

    ticket = reported(town)
    town.database.submit(speak).result()
    reported(town, LI, category="lift", location="大堂")

    assert numbers(listed(town, q=said.format(number=ticket.number.lower()))) == [ticket.number]


def test_nothing_is_found_by_words_of_two_different_tickets(town: Town) -> None:
    reported(town)
    reported(town, LI, category="lift", location="大堂")

    assert listed(town, q="陈建国 大堂").found.total == 0


def test_pages_are_true_to_the_total_and_show_each_ticket_once(town: Town) -> None:
    for _ in range(20):
        reported(town)
    for _ in range(7):
        reported(town, LI)

    first, second, beyond = listed(town), listed(town, page="2"), listed(town, page="99")

    assert (first.found.total, first.found.pages, len(first.lines), len(second.lines)) == (27, 2, 16, 11)
    assert len({*numbers(first), *numbers(second)}) == 27
    assert numbers(beyond) == numbers(second)


def test_file_holds_every_ticket_that_fits_and_none_is_run_as_a_formula(town: Town) -> None:
    reported(town, location="=1+1")
    reported(town, LI)
    file = next(one for one in lists.pages_of(LIST) if one.path == "/tickets/export.csv")

    told = town.opens(Role.MANAGER, file).body.decode()

    assert len(told.strip().splitlines()) == 3
    assert "'=1+1水管漏水" in told
    with pytest.raises(Refusal, match="经理"):
        town.opens(Role.STAFF, file)


def test_days_that_are_none_are_refused_with_how_to_write_them(town: Town) -> None:
    with pytest.raises(Refusal, match="2026-03-11"):
        listed(town, opened_from="昨天")


def test_day_of_a_filter_is_one_of_shanghai_and_its_last_one_counts(town: Town) -> None:
    ticket = reported(town)

    assert numbers(listed(town, opened_from="2026-03-11", opened_to="2026-03-11")) == [ticket.number]
    assert numbers(listed(town, opened_to="2026-03-10")) == []


# ------------------------------------------------------------------ opened by staff


def test_ticket_for_who_phones_is_theirs_and_they_are_told_its_number(town: Town) -> None:
    answer = town.opens(Role.STAFF, opening.add, who=person(town, "501"), words="龙头滴水", **FIELDS)

    assert isinstance(answer, Redirect)
    [ticket] = town.all(Ticket)
    assert (ticket.words, ticket.state, ticket.said_flat) == ("龙头滴水", TicketState.SUBMITTED, "")
    assert ticket.number in answer.note
    [told] = town.told(CHEN)
    assert f"“厨房水管漏水”已登记，报修号 {ticket.number}" in told
    shown = town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values
    assert shown["timeline"][0]["words"] == "物业代登记：住户报修"


def test_who_has_no_wechat_is_told_on_the_phone(town: Town) -> None:
    answer = town.opens(Role.STAFF, opening.add, who=person(town, "503"), **FIELDS)

    assert "请在电话里把工单号告诉他" in answer.note


def test_what_belongs_to_everybody_needs_no_flat(town: Town) -> None:
    town.opens(Role.STAFF, opening.add, who="public", **{**FIELDS, "location": "3栋电梯", "category": "lift"})

    [ticket] = town.all(Ticket)
    assert (ticket.household_id, ticket.place_of(None)) == (None, PUBLIC)


def test_urgent_one_calls_those_on_duty_as_one_from_the_chat_does(town: Town) -> None:
    town.opens(Role.STAFF, opening.add, who=person(town, "501"), **{**FIELDS, "level": "urgent"})

    assert [(task.kind, task.title) for task in town.tasks()] == [("repair.urgent", "紧急报修：3栋2单元501 厨房水管漏水")]


@pytest.mark.parametrize(("wrong", "said"), [
    ({"who": ""}, "请先找到是哪一户"), ({"category": "x"}, "什么坏了"), ({"location": " "}, "什么位置"), ({"at": "2026-03-01T09:00"}, "已经过了"),
    ({"who": "99999:"}, "请先找到是哪一户"),
])  # fmt: skip
def test_what_is_missing_is_said_on_the_form_which_keeps_what_was_typed(town: Town, wrong: dict[str, str], said: str) -> None:
    form = {"who": person(town, "501"), **FIELDS, "words": "龙头滴水", **wrong}

    view = town.opens(Role.STAFF, opening.add, **form)

    assert isinstance(view, View)
    assert (view.status, said in view.values["fault"], view.values["form"]["words"]) == (422, True, "龙头滴水")
    assert town.all(Ticket) == []


def test_form_shows_what_the_flat_has_reported_already(town: Town) -> None:
    ticket = reported(town)

    [(_, _, waiting)] = town.opens(Role.STAFF, opening.look, q="501").values["flats"]

    assert [one.number for one in waiting] == [ticket.number]


# ------------------------------------------------------------------ given to somebody


@pytest.mark.parametrize(("skills", "category", "skill"), [
    (["水电"], "water", "水电"), (["木工", "水电"], "electric", "水电"), (["电梯维保"], "lift", "电梯维保"), (["保洁"], "water", ""), ([], "door", ""),
])  # fmt: skip
def test_skill_fits_a_fault_by_the_words_it_is_written_in(skills: list[str], category: str, skill: str) -> None:
    assert fitting(skills, category) == skill


def test_suggested_is_who_can_do_it_and_has_least_in_hand_with_the_reason(town: Town) -> None:
    def learn(session: Session) -> None:
        scope.enter(session, town.community.key)
        for login in ("able", "busy"):
            session.add(Staff(login=login, name=login, role=Role.MANAGER, created_at=town.now, skills=["水电"]))

    town.database.submit(learn).result()
    busy = next(one for one in town.all(Staff) if one.login == "busy")
    held = reported(town)
    town.opens(Role.STAFF, console.assign, params={"number": held.number}, staff=str(busy.id))

    hands = town.opens(Role.STAFF, console.show, params={"number": reported(town, LI).number}).values["hands"]

    assert [(one.member.login, one.reason) for one in hands[:2]] == [
        ("able", "会水电，手上没有活"),
        ("busy", "会水电，手上 1 件"),
    ]
    assert {one.member.role for one in hands}.isdisjoint({Role.GUARD, Role.CITY})


def test_visit_at_another_time_moves_the_term_and_is_told(town: Town) -> None:
    ticket = reported(town)

    town.opens(Role.STAFF, console.reschedule, params={"number": ticket.number}, at="2026-03-13T14:00")

    moved = again(town, ticket)
    assert moved.appointment_at is not None
    assert (f"{moved.appointment_at:%m-%d %H:%M}", moved.due_at > moved.appointment_at) == ("03-13 14:00", True)
    assert "上门时间改为" in town.told(CHEN)[-1]


def test_time_that_has_passed_is_refused_on_the_page(town: Town) -> None:
    ticket = reported(town)

    view = town.opens(Role.STAFF, console.reschedule, params={"number": ticket.number}, at="2026-03-01T14:00")

    assert (view.status, "已经过了" in view.values["fault"]) == (422, True)


def test_ticket_that_becomes_urgent_is_due_in_two_hours_and_calls_once(town: Town) -> None:
    ticket = reported(town)
    for level in ("urgent", "high", "urgent"):
        town.opens(Role.STAFF, console.prioritise, params={"number": ticket.number}, level=level)

    assert again(town, ticket).due_at == town.now + timedelta(hours=2)
    assert [task.kind for task in town.tasks()] == ["repair.urgent"]


def test_resident_reads_why_a_ticket_was_called_off(town: Town) -> None:
    ticket = reported(town)

    town.opens(Role.STAFF, console.cancel, params={"number": ticket.number}, reason="elsewhere", why="请找自来水公司")

    assert f"您的报修 {ticket.number} 已由物业取消：不归物业管，请找自来水公司。" in town.told(CHEN)[-1]
    assert town.visits(pages.show, number=ticket.number).values["reason"] == "不归物业管，请找自来水公司"


@pytest.mark.parametrize(("form", "said"), [({}, "原因"), ({"reason": "x"}, "原因"), ({"reason": "other"}, "写一句")])
def test_nothing_is_called_off_without_a_reason(town: Town, form: dict[str, str], said: str) -> None:
    ticket = reported(town)

    view = town.opens(Role.STAFF, console.cancel, params={"number": ticket.number}, **form)

    assert (view.status, said in view.values["fault"], again(town, ticket).state) == (422, True, TicketState.SUBMITTED)


# ------------------------------------------------------------------ costs


@pytest.mark.parametrize(("said", "fen"), [("35", 3500), ("12.5", 1250), ("12.50 元", 1250), ("0.07", 7), (" 8 ", 800)])
def test_amount_in_yuan_is_kept_in_fen(said: str, fen: int) -> None:
    assert console.fen_of(said) == fen


@pytest.mark.parametrize("said", ["", "abc", "-5", "1.234", "1e3", "12..5", ".5", "９9", "99999999"])
def test_what_is_no_amount_is_refused(said: str) -> None:
    with pytest.raises(Refusal, match="请写元"):
        console.fen_of(said)


def test_resident_sees_what_they_pay_and_not_what_the_office_pays(town: Town) -> None:
    ticket = reported(town)
    line = {"params": {"number": ticket.number}}
    town.opens(Role.STAFF, console.add_cost, **line, what="水龙头", pieces="2", price="35.50", payer="resident")
    town.opens(Role.STAFF, console.add_cost, **line, what="上门工时", pieces="1", price="60", payer="community")

    theirs = town.visits(pages.show, number=ticket.number).values
    shown = town.opens(Role.STAFF, console.show, **line).values

    assert ([one.what for one in theirs["costs"]], theirs["total"]) == (["水龙头"], "71.00 元")
    assert (shown["total"], shown["theirs"]) == (13100, 7100)


def test_line_of_costs_is_taken_away_only_from_its_own_ticket(town: Town) -> None:
    ticket, other = reported(town), reported(town, LI)
    town.opens(
        Role.STAFF, console.add_cost, params={"number": ticket.number}, what="阀门", pieces="1", price="9", payer="community"
    )
    [cost] = town.all(TicketCost)

    with pytest.raises(LookupError):
        town.opens(Role.STAFF, console.remove_cost, params={"number": other.number, "repair_cost": str(cost.id)})
    town.opens(Role.STAFF, console.remove_cost, params={"number": ticket.number, "repair_cost": str(cost.id)})

    assert town.all(TicketCost) == []


# ------------------------------------------------------------------ several at once, and back


def test_several_are_given_to_somebody_and_taken_back_as_one_step(town: Town) -> None:
    tickets = [reported(town), reported(town, LI)]
    manager = next(one for one in town.all(Staff) if one.role is Role.MANAGER)

    does(town, "assign", *tickets, staff=str(manager.id))
    given = {(one.assignee_id, one.state) for one in town.all(Ticket)}
    undo(town)

    assert given == {(manager.id, TicketState.ACCEPTED)}
    assert {(one.assignee_id, one.state) for one in town.all(Ticket)} == {(None, TicketState.SUBMITTED)}
    for openid in (CHEN, LI):
        assert "现在还是“待受理”" in town.told(openid)[-1]


def test_what_a_colleague_changed_since_is_left_alone_and_said(town: Town) -> None:
    first, second = reported(town), reported(town, LI)
    does(town, "cancel", first, second, reason="duplicate")
    does_back = town.all(UndoStep)[-1]

    def change(session: Session) -> None:
        session.get_one(Ticket, first.id).ended_note = "同事补了一句"

    town.database.submit(change).result()
    answer = undo(town)

    assert does_back.list == "tickets"
    assert "有 1 件同事后来改过" in answer.note
    assert (again(town, first).state, again(town, second).state) == (TicketState.CANCELLED, TicketState.SUBMITTED)


def test_tasks_that_ended_with_a_ticket_are_open_again_when_that_is_taken_back(town: Town) -> None:
    ticket = reported(town)
    town.asks(CHEN, actions.urge)

    does(town, "cancel", ticket, reason="settled")
    ended = [task.is_open for task in town.tasks()]
    undo(town)

    assert (ended, [task.is_open for task in town.tasks()]) == ([False], [True])
    assert "task.put_back" in {event.kind for event in town.all(Event)}


def test_those_that_cannot_be_changed_so_are_named_and_the_others_are_changed(town: Town) -> None:
    done, fresh = reported(town), reported(town, LI)
    town.opens(Role.STAFF, console.move, params={"number": done.number}, state="done")

    answer = does(town, "done", done, fresh)

    assert "标为已修好：1 件" in answer.note
    assert f"{done.number}：工单已经是“待评价”了" in answer.note
    assert again(town, fresh).state is TicketState.DONE


@pytest.mark.parametrize(("act", "answers", "said"), [
    ("cancel", {}, "原因"), ("assign", {"staff": "999999"}, "请重新选择"), ("close", {"note": ""}, "为什么关闭"), ("nonsense", {}, "要做什么"),
])  # fmt: skip
def test_act_without_its_answer_changes_nothing_and_what_was_ticked_stays_ticked(
    town: Town, act: str, answers: dict[str, str], said: str
) -> None:
    ticket = reported(town)

    view = does(town, act, ticket, **answers)

    assert isinstance(view, View)
    assert (view.status, said in view.values["list"].refused) == (422, True)
    assert view.values["list"].ticked == {ticket.number}
    assert town.all(UndoStep) == []


def test_step_is_taken_back_only_by_who_did_it_only_once_and_not_an_hour_later(town: Town) -> None:
    does(town, "cancel", reported(town), reason="settled")

    with pytest.raises(LookupError):
        undo(town, Role.MANAGER)
    town.now += timedelta(minutes=31)
    with pytest.raises(LookupError):
        undo(town)
    town.now -= timedelta(minutes=31)
    undo(town)
    with pytest.raises(LookupError):
        undo(town)


# ------------------------------------------------------------------ kept views


def keep(town: Town, role: Role, name: str, query: str, **more: str) -> Any:
    page = next(one for one in lists.pages_of(LIST) if one.path == "/tickets/views")
    return town.opens(role, page, name=name, **{"from": query}, **more)


def test_view_is_ones_own_until_it_is_shared(town: Town) -> None:
    keep(town, Role.STAFF, "超时的", "state=late&sort=due")
    keep(town, Role.STAFF, "3栋", "building=3", shared="1")

    assert [tab.words for tab in listed(town).tabs] == ["超时的", "3栋"]
    assert [(tab.words, tab.forget) for tab in listed(town, Role.MANAGER).tabs] == [("3栋", "")]


def test_view_leads_to_what_was_kept_and_says_that_one_is_there(town: Town) -> None:
    keep(town, Role.STAFF, "超时的", "state=late&sort=due&page=3&undo=x&nonsense=1")

    [tab] = listed(town, state="late", sort="due").tabs

    assert (tab.address, tab.is_current) == ("/console/tickets?state=late&sort=due", True)
    assert not listed(town).tabs[0].is_current


def test_view_is_taken_away_by_its_owner_alone(town: Town) -> None:
    keep(town, Role.STAFF, "3栋", "building=3", shared="1")
    forget = next(one for one in lists.pages(town.services) if one.path == "/views/{saved_view}/forget")
    key = listed(town).tabs[0].forget.split("/")[3]

    with pytest.raises(LookupError):
        town.opens(Role.MANAGER, forget, params={"saved_view": key})
    town.opens(Role.STAFF, forget, params={"saved_view": key})

    assert listed(town, Role.MANAGER).tabs == []


@pytest.mark.parametrize("name", ["", "   ", "一二三四五六七八九十一二三"])
def test_view_needs_a_short_name(town: Town, name: str) -> None:
    with pytest.raises(Refusal, match="起个名字"):
        keep(town, Role.STAFF, name, "")


@pytest.mark.parametrize("act", ["cancel", "done"])
def test_nothing_is_taken_back_of_somebody_who_was_erased_meanwhile(town: Town, act: str) -> None:
    gone, stays = reported(town), reported(town, LI)
    does(town, act, gone, stays, reason="duplicate")
    turn = lambda session: Turn(session=session, now=town.now, context=town.context, openid=CHEN)  # noqa: E731  one line
    town.database.submit(lambda session: leaving.leave(turn(session), "deleted")).result()

    said = undo(town)

    assert "撤销了 1 件" in said.note
    assert [again(town, one).state in OPEN for one in (gone, stays)] == [False, True]
    assert [change["id"] for change in town.all(UndoStep)[-1].personal_changes["rows"]] == [stays.id]


# ------------------------------------------------------------------ the board


def drop(town: Town, ticket: Ticket, act: str) -> Any:
    return town.opens(Role.STAFF, console.move_card, number=ticket.number, act=act)


def card_states(town: Town) -> dict[str, str]:
    view = town.opens(Role.STAFF, console.board)
    return {row.ticket.number: state for state, _, _, rows in view.values["columns"] for row, _ in rows}


def test_a_card_goes_on_by_its_button_and_comes_back_by_one_step(town: Town) -> None:
    ticket = reported(town)
    assert [act for act, _ in console.MOVES[ticket.state]] == ["accept", "begin", "done"]

    drop(town, ticket, "accept")
    taken = again(town, ticket)
    assert (taken.state, taken.assignee_id is not None) == (TicketState.ACCEPTED, True)
    drop(town, ticket, "begin")
    assert card_states(town) == {ticket.number: "working"}

    undo(town)
    assert again(town, ticket).state is TicketState.ACCEPTED
    assert "更正" in town.told(CHEN)[-1]


def test_what_waits_goes_on_from_its_card_and_its_clock_with_it(town: Town) -> None:
    ticket = reported(town)
    drop(town, ticket, "accept")
    town.opens(Role.STAFF, console.wait, params={"number": ticket.number}, waits="parts:ordered", remark="")
    assert card_states(town) == {ticket.number: "paused"}

    town.now += timedelta(hours=5)
    drop(town, ticket, "begin")
    assert (again(town, ticket).state, again(town, ticket).paused_at) == (TicketState.WORKING, None)


@pytest.mark.parametrize(
    ("act", "said"), [("begin", "不能这样改"), ("accept", "不能改成"), ("cancel", "请选择要做什么"), ("", "请选择要做什么")]
)
def test_what_a_card_cannot_do_is_said_on_the_board(town: Town, act: str, said: str) -> None:
    ticket = reported(town)
    drop(town, ticket, "done")

    shown = drop(town, ticket, act)
    assert isinstance(shown, View)
    assert (shown.status, again(town, ticket).state) == (422, TicketState.DONE)
    assert said in shown.values["refused"]


def test_several_are_taken_on_at_once(town: Town) -> None:
    tickets = [reported(town), reported(town, LI)]
    does(town, "accept", *tickets)

    assert {again(town, one).state for one in tickets} == {TicketState.ACCEPTED}


# ------------------------------------------------------------------ all costs


def spend(town: Town, ticket: Ticket, what: str, price: str, payer: str = "community", pieces: str = "1") -> None:
    form = {"what": what, "price": price, "payer": payer, "pieces": pieces}
    town.opens(Role.STAFF, console.add_cost, params={"number": ticket.number}, **form)


def costs_listed(town: Town, **query: str) -> Any:
    [page, *_] = lists.pages_of(costs.LIST)
    return town.opens(Role.STAFF, page, query=query).values


def test_all_costs_are_a_list_that_is_found_narrowed_and_added_up(town: Town) -> None:
    first, second = reported(town), reported(town, LI, category="door", location="家门")
    spend(town, first, "水龙头", "68", pieces="2")
    spend(town, second, "锁芯", "120.50", payer="resident")

    everything = costs_listed(town)
    assert [line.row.cost.what for line in everything["list"].lines] == ["锁芯", "水龙头"]
    assert str(everything["total"]) == "256.50 元"
    for query in ({"payer": "resident"}, {"q": "锁芯"}, {"q": second.number}, {"category": "door"}):
        assert [line.row.cost.what for line in costs_listed(town, **query)["list"].lines] == ["锁芯"], query


def test_what_was_used_before_is_offered_with_its_last_price(town: Town) -> None:
    ticket = reported(town)
    for what, price in (("水龙头", "68"), ("角阀", "25.50"), ("水龙头", "72")):
        spend(town, ticket, what, price)

    shown = town.opens(Role.STAFF, console.show, params={"number": ticket.number})
    assert shown.values["used"] == [("水龙头", "72"), ("角阀", "25.50")]
