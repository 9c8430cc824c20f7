"""When somebody comes: wished for, proposed, agreed to by the office, declined, moved, reminded of, kept or missed; nobody twice at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.contract import Access, Desk, Refusal, Turn
from bot.contract.duty import Shift
from bot.model import SHANGHAI
from bot.store import grants
from bot.store.staff import Role, Staff
from integrations.repairs import actions, console, keeping, pages, profiles, steps, visits, windows
from integrations.repairs.models import Ticket, TicketState
from integrations.repairs.visits import Visit, VisitState
from tests.integrations.repairs.racing import race
from tests.integrations.repairs.test_dispatching import again, hire

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

CHEN, LI = "oChen", "oLi"
NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
THURSDAY_2PM = datetime(2026, 3, 12, 14, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("said", "stretches"), [
    ("明天下午", ["03-12 14:00~03-12 18:00"]),
    ("周末都行", ["03-14 08:00~03-14 21:00", "03-15 08:00~03-15 21:00"]),
    ("晚上7点以后", [f"03-{day} 19:00~03-{day} 21:00" for day in range(11, 16)]),
    ("工作日下班后", [f"03-{day} 18:00~03-{day} 21:00" for day in (11, 12, 13, 16, 17)]),
    ("工作日晚上", [f"03-{day} 19:00~03-{day} 21:00" for day in (11, 12, 13, 16, 17)]),
    ("明天上午九点到十一点", ["03-12 09:00~03-12 11:00"]),
    ("明天早上10点前", ["03-12 08:00~03-12 10:00"]),
    ("后天下午3点", ["03-13 15:00~03-13 17:00"]),
    ("明天下午不在家，后天都行", ["03-13 08:00~03-13 21:00"]),
    ("周日下午或者周一上午", ["03-15 14:00~03-15 18:00", "03-16 09:00~03-16 12:00"]),
    ("今晚", ["03-11 19:00~03-11 21:00"]),
    ("厨房水管漏水", []),
    ("昨天晚上坏的", []),
])  # fmt: skip
def test_when_somebody_may_come_is_read_as_it_is_said(said: str, stretches: list[str]) -> None:
    found = windows.wanted(said, NOW)

    assert [f"{begins:%m-%d %H:%M}~{ends:%m-%d %H:%M}" for begins, ends in found] == stretches
    assert windows.from_json(windows.to_json(found), NOW) == found


def reported(town: Town, said: str = "厨房水管漏水，明天下午来修", openid: str = CHEN, **slots: Any) -> Ticket:
    def run(session: Session) -> None:
        turn = Turn(session=session, now=town.now, context=town.context, openid=openid, said=said)
        actions.report(turn, {"category": "water", "location": "厨房", "appointment_at": THURSDAY_2PM, **slots})

    town.database.submit(run).result()
    return town.all(Ticket)[-1]


def slots(town: Town, ticket: Ticket) -> list[str]:
    return [one.key for one, _ in town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values["slots"]]


def agreed(town: Town, ticket: Ticket, slot: str) -> Any:
    return town.opens(Role.STAFF, console.agree, params={"number": ticket.number}, slot=slot)


def hears(town: Town, text: str, openid: str = CHEN) -> Any:
    def run(session: Session) -> Any:
        return actions.hear(Turn(session=session, now=town.now, context=town.context, openid=openid, said=text), text)

    return town.database.submit(run).result()


def states(town: Town) -> list[VisitState]:
    return [one.state for one in town.all(Visit)]


def test_what_the_resident_wishes_is_promised_by_nobody(town: Town) -> None:
    hire(town, "ann", "水电")
    ticket = reported(town)

    assert (ticket.appointment_at, ticket.agreed_at, states(town)) == (THURSDAY_2PM, None, [])
    assert "您希望明天（3月12日 周四）14:00上门，等师傅确认" in town.says(CHEN, actions.status)
    assert town.told(CHEN) == []


def test_hours_within_the_wish_are_proposed_and_one_tap_agrees(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)
    assert slots(town, ticket) == [f"{ann}@2026-03-12T{hour}:00" for hour in (14, 15, 16, 17)]

    agreed(town, ticket, f"{ann}@2026-03-12T15:00")

    found = again(town, ticket)
    assert (found.assignee_id, found.state, found.appointment_at, found.agreed_at) == (
        ann,
        TicketState.ACCEPTED,
        THURSDAY_2PM + timedelta(hours=1),
        town.now,
    )
    [said] = town.told(CHEN)
    assert said.startswith(f"约好了：ann明天（3月12日 周四）15:00到16:00上门，修您的报修 {found.number}")
    assert "约好了上门时间：明天（3月12日 周四）15:00到16:00" in str(town.visits(pages.show, number=found.number).values["steps"])
    assert "约的明天（3月12日 周四）15:00到16:00上门" in town.says(CHEN, actions.status)


def test_proposals_fit_the_roster_and_what_is_promised_already(town: Town) -> None:
    ann, bob = hire(town, "ann", "水电"), hire(town, "bob", "水电")

    def roster(session: Session) -> None:
        session.add(Shift(staff_id=ann, covers="repair", weekday=3, begins=14 * 60, ends=16 * 60))
        session.add(Shift(staff_id=bob, covers="repair", weekday=3, begins=17 * 60, ends=21 * 60))

    town.database.submit(roster).result()
    first, second = reported(town), reported(town, openid=LI)
    assert slots(town, first) == [f"{ann}@2026-03-12T14:00", f"{ann}@2026-03-12T15:00", f"{bob}@2026-03-12T17:00"]

    agreed(town, first, f"{ann}@2026-03-12T14:00")

    assert slots(town, second) == [f"{ann}@2026-03-12T15:00", f"{bob}@2026-03-12T17:00"]
    refused = agreed(town, second, f"{ann}@2026-03-12T14:00")
    assert "刚约给了别家" in refused.values["fault"]
    assert (again(town, second).assignee_id, states(town)) == (None, [VisitState.AGREED])


def test_whoever_has_the_ticket_is_proposed_where_they_can_come(town: Town) -> None:
    hire(town, "ann", "水电")
    bob = hire(town, "bob", "水电")
    ticket = reported(town)
    town.opens(Role.STAFF, console.assign, params={"number": ticket.number}, staff=str(bob))

    assert {key.partition("@")[0] for key in slots(town, ticket)} == {str(bob)}


def test_resident_lets_the_hour_go_and_it_is_free_at_once(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket, other = reported(town), reported(town, openid=LI)
    agreed(town, ticket, f"{ann}@2026-03-12T14:00")

    said = hears(town, "不好意思，那个时间我不在家，换个时间")

    assert said.startswith("好的，明天（3月12日 周四）14:00到15:00不来了")
    found = again(town, ticket)
    assert (found.appointment_at, found.agreed_at, found.state) == (None, None, TicketState.ACCEPTED)
    assert [task.kind for task in town.tasks() if task.is_open] == ["repair.visit"]
    agreed(town, other, f"{ann}@2026-03-12T14:00")
    assert states(town) == [VisitState.DECLINED, VisitState.AGREED]
    agreed(town, ticket, f"{ann}@2026-03-12T16:00")
    assert not [task for task in town.tasks() if task.is_open]


def test_resident_lets_the_hour_go_on_the_page_and_names_another(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)
    at = {"number": ticket.number}
    with pytest.raises(Refusal, match="没有约好"):
        town.sends(pages.act, at, do="decline")
    agreed(town, ticket, f"{ann}@2026-03-12T14:00")
    assert town.visits(pages.show, **at).values["agreed"] == "明天（3月12日 周四）14:00到15:00"
    with pytest.raises(Refusal, match="没看懂“哈哈”"):
        town.sends(pages.act, at, do="decline", text="哈哈")
    assert states(town) == [VisitState.AGREED]

    shown = town.sends(pages.act, at, do="decline", text="周六上午").values

    found = again(town, ticket)
    assert "那个时间师傅不来了" in shown["done"]
    assert (shown["agreed"], states(town), found.agreed_at) == ("", [VisitState.DECLINED], None)
    assert f"{found.appointment_at:%m-%d %H:%M}" == "03-14 09:00"
    assert found.words.splitlines()[-2:] == ["约的时间不行", "周六上午"]
    [task] = [task for task in town.tasks() if task.is_open]
    assert task.kind == "repair.visit"
    assert "住户可以" in task.title


def test_another_wish_takes_the_promise_back_and_asks_the_office(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)
    agreed(town, ticket, f"{ann}@2026-03-12T14:00")
    friday = THURSDAY_2PM + timedelta(days=1)

    def run(session: Session) -> Any:
        turn = Turn(session=session, now=town.now, context=town.context, openid=CHEN, said="改成后天下午吧", about=ticket.subject)
        return actions.change(turn, ticket.subject, {"appointment_at": friday})

    reply = town.database.submit(run).result()

    assert (reply.name, bool(reply.values["wished"]), reply.values["when"]) == ("changed", True, "")
    assert (again(town, ticket).agreed_at, states(town)) == (None, [VisitState.MOVED])
    assert slots(town, ticket)[0] == f"{ann}@2026-03-13T14:00"
    [task] = [task for task in town.tasks() if task.is_open]
    assert "住户想改到" in task.title


@pytest.mark.parametrize(("said", "first", "number"), [
    ("周日上午", "03-15 09:00", 1), ("那就晚上7点以后吧", "03-11 19:00", 5), ("周末都行", "03-14 08:00", 2), ("随时都行", "03-11 10:00", 4),
])  # fmt: skip
def test_bare_time_after_one_that_was_declined_is_the_next_wish(town: Town, said: str, first: str, number: int) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)
    agreed(town, ticket, f"{ann}@2026-03-12T14:00")
    assert hears(town, said) == ""
    hears(town, "那个时间不行")

    answer = hears(town, said)

    assert answer.startswith("记下了：您希望")
    found = again(town, ticket)
    assert (f"{found.appointment_at:%m-%d %H:%M}", len(found.wishes), found.agreed_at) == (first, number, None)
    assert found.words.splitlines()[-2:] == ["那个时间不行", said]


def test_act_on_several_that_is_taken_back_gives_the_hour_back(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)
    agreed(town, ticket, f"{ann}@2026-03-12T14:00")
    town.opens(Role.STAFF, console.move_card, act="begin", number=ticket.number)
    town.opens(Role.STAFF, console.move_card, act="done", number=ticket.number)
    assert states(town) == [VisitState.KEPT]

    def back(session: Session) -> None:
        member = session.get_one(Staff, 1)
        desk = Desk(session=session, now=town.now, context=town.context, staff=member)
        found = session.get_one(Ticket, ticket.id)
        found.state, found.done_at = TicketState.ACCEPTED, None
        steps.put_back(desk, found)

    town.database.submit(back).result()

    assert states(town) == [VisitState.KEPT, VisitState.AGREED]
    assert again(town, ticket).agreed_at == town.now


def test_words_that_decline_nothing_agreed_are_nobodys(town: Town) -> None:
    reported(town)

    assert hears(town, "那个时间不行") == ""
    assert hears(town, "时间不行", LI) == ""


def test_both_are_reminded_once_and_who_agreed_just_now_is_not(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)
    agreed(town, ticket, f"{ann}@2026-03-12T14:00")
    before = len(town.told(CHEN))

    for hours in (23, 26, 26.5, 27):
        town.now = NOW + timedelta(hours=hours)
        town.runs(keeping.remind.run)

    assert [text.partition("（")[0] for text in town.told(CHEN)[before:]] == ["提醒您：ann今天"]
    assert [text.partition("（")[0] for text in town.told("oann") if "提醒" in text] == ["提醒：今天"]
    agreed(town, reported(town, openid=LI), f"{ann}@2026-03-12T15:00")
    town.runs(keeping.remind.run)
    assert not [text for text in town.told(LI) if "提醒" in text]


def test_missed_visit_is_owned_up_to_and_put_before_the_office_once(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)
    agreed(town, ticket, f"{ann}@2026-03-12T14:00")

    for minutes in (0, 29, 30, 40):
        town.now = THURSDAY_2PM + timedelta(hours=1, minutes=minutes)
        town.runs(keeping.miss.run)
        town.runs(keeping.miss.run)
        assert len([task for task in town.tasks() if task.kind == "repair.missed"]) == (minutes >= 30)

    assert "对不起，约好今天（3月12日 周四）14:00到15:00上门" in town.told(CHEN)[-1]
    assert (again(town, ticket).agreed_at, states(town)) == (None, [VisitState.MISSED])


@pytest.mark.parametrize("state", ["working", "done"])
def test_visit_that_somebody_came_to_is_not_missed(town: Town, state: str) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)
    agreed(town, ticket, f"{ann}@2026-03-12T14:00")
    town.now = THURSDAY_2PM
    town.opens(Role.STAFF, console.move, params={"number": ticket.number}, state=state)

    town.now += timedelta(hours=3)
    town.runs(keeping.miss.run)

    assert states(town) == [VisitState.KEPT]
    assert not [task for task in town.tasks() if task.kind == "repair.missed"]


def test_what_is_called_off_frees_its_hour_and_another_worker_keeps_it(town: Town) -> None:
    ann, bob = hire(town, "ann", "水电"), hire(town, "bob", "水电")
    ticket = reported(town)
    agreed(town, ticket, f"{ann}@2026-03-12T14:00")

    town.opens(Role.STAFF, console.assign, params={"number": ticket.number}, staff=str(bob), why_other="busy")
    assert [(one.staff_id, one.state) for one in town.all(Visit)] == [(ann, VisitState.OFF), (bob, VisitState.AGREED)]
    town.opens(Role.STAFF, console.cancel, params={"number": ticket.number}, reason="settled")

    assert states(town) == [VisitState.OFF, VisitState.OFF]


def test_worker_who_is_promised_elsewhere_keeps_no_hour_of_another(town: Town) -> None:
    ann, bob = hire(town, "ann", "水电"), hire(town, "bob", "水电")
    ticket, other = reported(town), reported(town, openid=LI)
    agreed(town, ticket, f"{ann}@2026-03-12T14:00")
    agreed(town, other, f"{bob}@2026-03-12T14:00")

    town.opens(Role.STAFF, console.assign, params={"number": ticket.number}, staff=str(bob), why_other="busy")

    assert again(town, ticket).agreed_at is None
    assert [task.kind for task in town.tasks() if task.is_open] == ["repair.visit"]


def test_office_puts_a_visit_at_an_hour_that_is_promised_to_nobody_else(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket, other = reported(town), reported(town, openid=LI)
    agreed(town, ticket, f"{ann}@2026-03-12T14:00")
    town.opens(Role.STAFF, console.assign, params={"number": other.number}, staff=str(ann))

    refused = town.opens(Role.STAFF, console.reschedule, params={"number": other.number}, at="2026-03-12T14:30")
    town.opens(Role.STAFF, console.reschedule, params={"number": other.number}, at="2026-03-12T15:30")

    assert "刚约给了别家" in refused.values["fault"]
    assert (again(town, other).appointment_at, states(town)) == (THURSDAY_2PM + timedelta(minutes=90), [VisitState.AGREED] * 2)


def agreeing(town: Town, ticket: Ticket, member_id: int, at: datetime) -> Any:
    def run(session: Session) -> None:
        member = session.get_one(Staff, 1)
        access = Access(permissions=town.services.permissions, changed=grants.changed(session))
        desk = Desk(session=session, now=town.now, context=town.context, staff=member, access=access)
        visits.agree(desk, session.get_one(Ticket, ticket.id), session.get_one(Staff, member_id), at)

    return run


def test_one_hour_of_one_worker_is_promised_once_whoever_asks_at_once(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    tickets = [reported(town, openid=openid) for openid in (CHEN, LI) * 3]

    for hour in range(6):
        at = THURSDAY_2PM + timedelta(hours=hour % 4, days=hour // 4)
        said = race(town, [agreeing(town, ticket, ann, at) for ticket in tickets])

        assert said.count("") == 1, said
        assert {one for one in said if one} == {"ann这个时间刚约给了别家，请另选一个。"}
        held = [one for one in town.all(Visit) if one.state is VisitState.AGREED]
        assert len({(one.staff_id, one.begins_at) for one in held}) == len(held)


def test_one_ticket_has_one_visit_whoever_agrees_at_once(town: Town) -> None:
    ann, bob = hire(town, "ann", "水电"), hire(town, "bob", "水电")
    ticket = reported(town)

    race(
        town, [agreeing(town, ticket, member, THURSDAY_2PM + timedelta(hours=hour)) for hour in range(3) for member in (ann, bob)]
    )

    assert states(town).count(VisitState.AGREED) == 1
    [held] = [one for one in town.all(Visit) if one.state is VisitState.AGREED]
    assert (again(town, ticket).assignee_id, again(town, ticket).appointment_at) == (held.staff_id, held.begins_at)


def test_resident_agrees_declines_and_names_another_time_in_one_talk(chat: Chat) -> None:
    said = chat.say("厨房水管漏水，周末都行")

    assert "上门时间等师傅确认" in said
    [ticket] = chat.all(Ticket)
    assert [begins[:10] for begins, _ in ticket.wishes] == ["2026-03-14", "2026-03-15"]
    chat.say("改成晚上7点以后")
    assert {begins[11:16] for begins, _ in chat.all(Ticket)[0].wishes} == {"19:00"}


def of_kind(town: Town, category: str, openid: str = CHEN) -> Ticket:
    return reported(town, "坏了，明天下午来修", openid, category=category)


@pytest.mark.parametrize(("category", "skill", "times"), [
    ("lighting", "水电", ["14:00~14:30", "14:30~15:00", "15:00~15:30", "15:30~16:00", "16:00~16:30", "16:30~17:00"]),
    ("water", "水电", ["14:00~15:00", "15:00~16:00", "16:00~17:00", "17:00~18:00"]),
    ("appliance", "家电", ["14:00~15:30", "14:30~16:00", "15:00~16:30", "15:30~17:00", "16:00~17:30", "16:30~18:00"]),
    ("wall", "瓦工", ["14:00~16:00", "15:00~17:00", "16:00~18:00"]),
])  # fmt: skip
def test_visit_is_as_long_as_its_kind_of_fault_takes(town: Town, category: str, skill: str, times: list[str]) -> None:
    ann = hire(town, "ann", skill)
    ticket = of_kind(town, category)
    proposed = town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values["slots"]
    assert [f"{one.begins_at:%H:%M}~{one.ends_at:%H:%M}" for one, _ in proposed] == times

    agreed(town, ticket, f"{ann}@2026-03-12T{times[1][:5]}")

    [visit] = town.all(Visit)
    begins, _, ends = times[1].partition("~")
    assert f"{visit.begins_at:%H:%M}~{visit.ends_at:%H:%M}" == times[1]
    assert f"{begins}到{ends}上门" in town.told(CHEN)[-1]
    assert f"{begins}到{ends}上门" in town.says(CHEN, actions.status)
    steps_ = str(town.visits(pages.show, number=ticket.number).values["steps"])
    assert f"约好了上门时间：明天（3月12日 周四）{begins}到{ends}" in steps_


def test_own_file_says_how_long_a_visit_takes_and_the_others_stay_as_they_ship() -> None:
    shipped = profiles.load()
    own = profiles.read("water: {minutes: 60, source: x, visit: 45}\nwall: {days: 2, source: x}", "own", shipped)

    assert [own[key].visit for key in ("water", "wall")] == [45, 120]
    assert profiles.of_visit({**shipped, **own}, "water") == timedelta(minutes=45)
    for visit in (0, 14, 481, "30", True):
        with pytest.raises(profiles.Miswritten, match="visit is"):
            profiles.read(f"water: {{minutes: 60, source: x, visit: {visit!r}}}", "own")


def test_who_is_in_a_long_visit_is_free_for_no_other_that_begins_meanwhile(town: Town) -> None:
    ann = hire(town, "ann", "水电", "瓦工")
    wall, lamp, tap = (of_kind(town, kind) for kind in ("wall", "lighting", "water"))
    agreed(town, wall, f"{ann}@2026-03-12T14:00")

    assert slots(town, lamp)[0] == f"{ann}@2026-03-12T16:00"
    assert "刚约给了别家" in agreed(town, tap, f"{ann}@2026-03-12T15:00").values["fault"]
    agreed(town, lamp, f"{ann}@2026-03-12T16:00")
    assert slots(town, tap) == [f"{ann}@2026-03-12T17:00"]


def test_visits_that_overlap_are_promised_once_whoever_asks_at_once(town: Town) -> None:
    ann = hire(town, "ann", "水电", "瓦工", "家电")
    kinds = ("wall", "water", "lighting", "appliance")
    tickets = [of_kind(town, kind, openid) for kind, openid in zip(kinds * 2, (CHEN, LI) * 4, strict=True)]

    for day in range(3):
        at = THURSDAY_2PM + timedelta(days=day)
        race(town, [
            agreeing(town, ticket, ann, at + timedelta(minutes=15 * number)) for number, ticket in enumerate(tickets)
        ])  # fmt: skip

        held = sorted((one.begins_at, one.ends_at) for one in town.all(Visit) if one.state is VisitState.AGREED)
        assert held
        assert all(ends <= begins for (_, ends), (begins, _) in pairwise(held))


def test_office_promises_the_minute_it_says(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)
    town.opens(Role.STAFF, console.assign, params={"number": ticket.number}, staff=str(ann))

    town.opens(Role.STAFF, console.reschedule, params={"number": ticket.number}, at="2026-03-12T14:30")

    [visit] = town.all(Visit)
    assert f"{visit.begins_at:%H:%M}~{visit.ends_at:%H:%M}" == "14:30~15:30"
    assert "14:30到15:30" in town.told(CHEN)[-1]


@pytest.mark.parametrize("is_busy", [False, True])
def test_time_agreed_before_anybody_had_the_ticket_is_held_by_whoever_gets_it(town: Town, *, is_busy: bool) -> None:
    ann = hire(town, "ann", "水电")
    ticket, other = reported(town), reported(town, openid=LI)
    town.opens(Role.STAFF, console.reschedule, params={"number": ticket.number}, at="2026-03-12T14:00")
    if is_busy:
        agreed(town, other, f"{ann}@2026-03-12T14:00")

    town.opens(Role.STAFF, console.assign, params={"number": ticket.number}, staff=str(ann))

    assert len([one for one in town.all(Visit) if one.ticket_id == ticket.id]) == (not is_busy)
    assert (again(town, ticket).agreed_at is None) == is_busy
    assert [task.title.partition("，")[0] for task in town.tasks() if task.is_open] == ["ann那时候约了别家"] * is_busy


def test_worker_reads_a_wish_as_a_wish_and_what_is_agreed_as_agreed(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)

    town.opens(Role.STAFF, console.assign, params={"number": ticket.number}, staff=str(ann))
    agreed(town, ticket, f"{ann}@2026-03-12T15:00")
    bob = hire(town, "bob", "水电")
    town.opens(Role.STAFF, console.assign, params={"number": ticket.number}, staff=str(bob), why_other="busy")

    assert "住户希望明天（3月12日 周四）14:00上门（还没约）" in town.told("oann")[0]
    assert "约的明天（3月12日 周四）15:00到16:00" in next(text for text in town.told("obob") if "派给您" in text)


def test_history_says_what_each_step_was_about(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)
    at = {"number": ticket.number}
    town.opens(Role.STAFF, console.assign, params=at, staff=str(ann))
    agreed(town, ticket, f"{ann}@2026-03-12T14:00")
    town.opens(Role.STAFF, console.add_cost, params=at, what="龙头", pieces="2", price="12.5", payer="resident")
    town.sends(pages.act, at, do="decline", text="周六上午")
    town.opens(Role.STAFF, console.reschedule, params=at, at="2026-03-14T09:30")

    shown = [row["words"] for row in town.opens(Role.STAFF, console.show, params=at).values["timeline"]]

    assert [str(one) for one in shown[1:]] == [
        "已派给ann", "约好了上门时间：明天（3月12日 周四）14:00到15:00", "记了一笔费用 25.00 元（住户承担）", "住户说约的时间不行：明天（3月12日 周四）14:00",
        "住户希望3月14日（周六）09:00上门", "约好了上门时间：3月14日（周六）09:30到10:30", "改了上门时间：3月14日（周六）09:30",
    ]  # fmt: skip
