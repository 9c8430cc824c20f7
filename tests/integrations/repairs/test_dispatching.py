"""Who is to take a ticket: planned with its reason, told, passed on when nobody accepts, overridden with a reason, and taken once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from bot.contract import Access, Desk, Refusal
from bot.contract.duty import Shift
from bot.store import grants
from bot.store.events import Event
from bot.store.people import Household
from bot.store.staff import Role, Staff
from integrations.repairs import actions, assignment, console, deck, dispatching, hands, pages, profiles, spots
from integrations.repairs.dispatching import Case
from integrations.repairs.hands import Hand
from integrations.repairs.models import CATEGORY_WORDS, Ticket, TicketState
from integrations.repairs.modes import Mode, Way
from tests.integrations.repairs.racing import race

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN, LI = "oChen", "oLi"


def hire(town: Town, name: str, *skills: str) -> int:
    """Take somebody on who can do these things; returns their id."""

    def run(session: Session) -> int:
        member = Staff(login=name, name=name, role=Role.ADMIN, skills=list(skills), openid=f"o{name}", created_at=town.now)
        session.add(member)
        session.flush()
        return member.id or 0

    return town.database.submit(run).result()


def settle(town: Town, building: str) -> int:
    def run(session: Session) -> int:
        home = Household(building=building, unit="1", room="101")
        session.add(home)
        session.flush()
        return home.id or 0

    return town.database.submit(run).result()


def ticket_in(town: Town, household_id: int | None, category: str = "water", **values: Any) -> str:
    def run(session: Session) -> str:
        ticket = Ticket(**{
            "household_id": household_id, "said_flat": "", "category": category, "location": "厨房", "opened_at": town.now, "due_at": town.now + timedelta(hours=20), **values,
        })  # fmt: skip
        session.add(ticket)
        session.flush()
        return ticket.number

    return town.database.submit(run).result()


def reported(town: Town, openid: str = CHEN, **slots: Any) -> Ticket:
    town.asks(openid, actions.report, **{"category": "water", "location": "厨房", **slots})
    return town.all(Ticket)[-1]


def again(town: Town, ticket: Ticket | str) -> Ticket:
    number = ticket if isinstance(ticket, str) else ticket.number
    return next(one for one in town.all(Ticket) if one.number == number)


def plans(town: Town) -> None:
    town.runs(dispatching.dispatch.run)


def chosen(town: Town, category: str, way: Way, **values: int) -> None:
    town.database.submit(lambda session: session.add(Mode(category=category, way=way, **values))).result()


def accepting(town: Town, number: str, member_id: int) -> Callable[[Session], None]:
    """Return what it is that somebody presses the button to accept a ticket."""

    def run(session: Session) -> None:
        member = session.get_one(Staff, member_id)
        access = Access(permissions=town.services.permissions, changed=grants.changed(session))
        console.move.run(Desk(
            session=session, now=town.now, context=town.context, staff=member, access=access, params={"number": number}, form={"state": "accepted"},
        ))  # fmt: skip

    return run


def accepts(town: Town, number: str, member_id: int) -> None:
    town.database.submit(accepting(town, number, member_id)).result()


def test_who_can_and_is_nearest_is_planned_and_told_why_and_the_resident_nothing(town: Town) -> None:
    far, near = hire(town, "far", "水电"), hire(town, "near", "水电")
    hire(town, "other", "电梯")
    ticket_in(town, settle(town, "9"), state=TicketState.WORKING, assignee_id=far, taken_at=town.now)
    ticket_in(town, settle(town, "4"), state=TicketState.WORKING, assignee_id=near, taken_at=town.now)
    ticket = reported(town)

    plans(town)

    found = again(town, ticket)
    assert (found.planned_id, found.assignee_id, found.state) == (near, None, TicketState.SUBMITTED)
    why = "会水电，在班，手上 1 件，离得约 60 米，期限还剩 24 小时"
    assert dispatching.reason(found.plan) == why
    assert town.told("onear") == [
        f"有一单请您接：3栋2单元501 厨房水管漏水（{found.number}）。{why}。请在 30 分钟内接单，不接就派给别人。"
    ]
    assert town.told(CHEN) == town.told("ofar") == []
    assert why in str(town.opens(Role.STAFF, console.show, params={"number": found.number}).values["plan"])
    assert "打算" not in str(town.visits(pages.show, number=found.number).values["steps"])


def test_who_is_done_sooner_is_planned_though_both_have_one_in_hand(town: Town) -> None:
    slow, quick = hire(town, "slow", "水电", "瓦工"), hire(town, "quick", "水电", "瓦工")
    home = settle(town, "4")
    ticket_in(town, home, "wall", state=TicketState.WORKING, assignee_id=slow, taken_at=town.now)
    ticket_in(town, home, "lighting", state=TicketState.WORKING, assignee_id=quick, taken_at=town.now)
    ticket = reported(town)

    plans(town)

    assert again(town, ticket).planned_id == quick


def test_what_takes_long_and_is_due_soon_goes_to_who_is_free_for_it(town: Town) -> None:
    hire(town, "ann", "水电", "瓦工")
    bob = hire(town, "bob", "水电", "瓦工")
    ticket_in(town, settle(town, "4"), "lighting", state=TicketState.WORKING, assignee_id=bob - 1, taken_at=town.now)
    wall = ticket_in(town, settle(town, "3"), "wall", due_at=town.now + timedelta(minutes=130))

    plans(town)

    assert again(town, wall).planned_id == bob


def test_where_buildings_stand_goes_before_their_numbers(town: Town) -> None:
    one, other = hire(town, "one", "水电"), hire(town, "other", "水电")
    ticket_in(town, settle(town, "4"), state=TicketState.WORKING, assignee_id=one, taken_at=town.now)
    ticket_in(town, settle(town, "9"), state=TicketState.WORKING, assignee_id=other, taken_at=town.now)
    town.opens(Role.MANAGER, deck.place, east_3="0", north_3="0", east_4="400", north_4="0", east_9="30", north_9="40")
    ticket = reported(town)

    plans(town)

    assert (again(town, ticket).planned_id, again(town, ticket).plan["metres"]) == (other, 50)
    with pytest.raises(Refusal, match="整数米"):
        town.opens(Role.MANAGER, deck.place, east_3="far", north_3="")


def test_what_has_least_time_left_is_planned_first_where_one_person_is_there(town: Town) -> None:
    hire(town, "only", "水电")
    chosen(town, "water", Way.ASSIGN, most=1)
    calm = ticket_in(town, settle(town, "5"), due_at=town.now + timedelta(hours=30))
    soon = ticket_in(town, settle(town, "6"), due_at=town.now + timedelta(hours=2))

    plans(town)

    assert again(town, soon).planned_id is not None
    assert again(town, calm).planned_id is None


def test_who_does_not_accept_in_the_time_of_the_profile_is_passed_over_and_the_office_learns_it_at_last(town: Town) -> None:
    first, second = hire(town, "ann", "水电"), hire(town, "bob", "水电")
    ticket = reported(town)
    plans(town)
    assert again(town, ticket).planned_id == first

    town.now += timedelta(minutes=29)
    plans(town)
    assert again(town, ticket).planned_id == first
    town.now += timedelta(minutes=1)
    plans(town)

    assert (again(town, ticket).planned_id, again(town, ticket).passed) == (second, [first])
    assert not [task for task in town.tasks() if task.kind == "repair.nobody"]
    for _ in range(3):
        town.now += timedelta(minutes=30)
        plans(town)
        plans(town)
    assert [task.kind for task in town.tasks() if task.is_open] == ["repair.nobody"]
    assert again(town, ticket).planned_id is not None, "and goes on asking"


def test_who_accepts_has_it_and_the_resident_is_told_once(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)
    plans(town)

    accepts(town, ticket.number, ann)
    plans(town)

    found = again(town, ticket)
    assert (found.assignee_id, found.planned_id, found.plan, found.taken_at, found.state) == (
        ann,
        None,
        {},
        town.now,
        TicketState.ACCEPTED,
    )
    assert [text.partition("。")[0] for text in town.told(CHEN)] == [f"您的报修 {found.number} 已受理"]


def test_office_may_choose_otherwise_with_a_reason_that_stays_on_the_ticket(town: Town) -> None:
    hire(town, "ann", "水电")
    zoe = hire(town, "zoe", "水电")
    ticket = reported(town)
    plans(town)

    refused = town.opens(Role.STAFF, deck.give, number=ticket.number, staff=str(zoe))
    assert (refused.status, again(town, ticket).assignee_id) == (422, None)
    town.opens(Role.STAFF, deck.give, number=ticket.number, staff=str(zoe), why="asked")

    [event] = [event for event in town.all(Event) if event.kind == "repair.assigned"]
    assert event.data == {"staff": "zoe", "why": "asked"}
    assert "换人：住户点名要的" in str(town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values["timeline"])
    assert again(town, ticket).assignee_id == zoe


def test_as_it_was_planned_it_is_given_without_a_reason(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    ticket = reported(town)
    plans(town)

    town.opens(Role.STAFF, deck.give, number=ticket.number, staff_id=str(ann))

    assert [event.data for event in town.all(Event) if event.kind == "repair.assigned"] == [{"staff": "ann"}]


def test_by_turns_whoever_had_none_for_longest_is_next(town: Town) -> None:
    people = [hire(town, name, "水电") for name in ("ann", "bob", "cat")]
    chosen(town, "water", Way.TURNS, most=9, fair=9)
    got = []
    for _ in range(6):
        number = ticket_in(town, settle(town, f"{len(got) + 10}"))
        plans(town)
        got.append(again(town, number).planned_id or 0)
        accepts(town, number, got[-1])
        town.now += timedelta(minutes=5)

    assert got == people * 2
    number = ticket_in(town, settle(town, "30"))
    plans(town)
    assert dispatching.reason(again(town, number).plan).startswith("轮到他了（今天接过 2 件），会水电")


def test_first_come_first_served_tells_all_whom_it_fits_and_falls_back_to_a_plan(town: Town) -> None:
    hire(town, "ann", "水电")
    hire(town, "bob", "水暖")
    hire(town, "lift", "电梯")
    chosen(town, "water", Way.GRAB)
    ticket = reported(town)

    plans(town)
    plans(town)

    assert [len(town.told(f"o{name}")) for name in ("ann", "bob", "lift")] == [1, 1, 0]
    assert "谁先接归谁" in town.told("oann")[0]
    assert again(town, ticket).planned_id is None
    town.now += timedelta(minutes=30)
    plans(town)
    assert again(town, ticket).planned_id is not None


def test_by_hand_nothing_is_planned(town: Town) -> None:
    hire(town, "ann", "水电")
    chosen(town, "water", Way.HAND)
    ticket = reported(town)

    plans(town)

    assert again(town, ticket).plan == {}
    assert town.told("oann") == []


def test_nobody_has_more_than_may_be_in_hand_or_a_day_ahead_of_the_others(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    chosen(town, "water", Way.ASSIGN, most=6, fair=2)
    home = settle(town, "3")
    for _ in range(2):
        ticket_in(town, home, state=TicketState.DONE, assignee_id=ann, taken_at=town.now)
    hire(town, "bob", "水电")
    far = ticket_in(town, settle(town, "20"), state=TicketState.WORKING, assignee_id=hire(town, "x", "电梯"))
    assert far
    numbers = [ticket_in(town, home) for _ in range(2)]

    plans(town)

    assert {again(town, number).planned_id for number in numbers} == {ann + 1}


@pytest.mark.parametrize("how", ["merged", "cancelled"])
def test_what_nobody_need_take_any_more_is_planned_for_nobody(town: Town, how: str) -> None:
    hire(town, "ann", "水电")
    ticket, other = reported(town), reported(town, LI)
    plans(town)
    assert again(town, ticket).planned_id is not None

    if how == "merged":
        town.opens(Role.STAFF, console.merge, params={"number": ticket.number}, number=other.number)
    else:
        town.asks(CHEN, actions.cancel, ticket=ticket.number, sure="yes")

    assert (again(town, ticket).planned_id, again(town, ticket).plan) == (None, {})


def test_at_night_nobody_is_planned_and_nobody_is_blamed(town: Town) -> None:
    hire(town, "ann", "水电")
    town.now = town.now.replace(hour=23)
    ticket = reported(town)

    plans(town)

    assert again(town, ticket).planned_id is None
    assert not [task for task in town.tasks() if task.kind == "repair.nobody"]


def test_who_stands_on_the_roster_works_by_it(town: Town) -> None:
    ann, bob = hire(town, "ann", "水电"), hire(town, "bob", "水电")
    night = Shift(staff_id=ann, covers="repair", weekday=town.now.weekday(), begins=18 * 60, ends=32 * 60)
    town.database.submit(lambda session: session.add(night)).result()
    ticket = reported(town)

    plans(town)
    assert again(town, ticket).planned_id == bob
    town.now = town.now.replace(hour=22)
    plans(town)

    assert again(town, ticket).planned_id == ann


def test_of_many_who_take_it_at_once_one_has_it_and_the_others_read_who(town: Town) -> None:
    people = [hire(town, f"w{number}", "水电") for number in range(6)]
    chosen(town, "water", Way.GRAB)
    for _ in range(8):
        number = ticket_in(town, None, said_flat="公共区域")

        said = race(town, [accepting(town, number, member) for member in people])

        assert said.count("") == 1
        winner = again(town, number).assignee_id
        assert winner == people[said.index("")]
        assert {one for one in said if one} == {f"w{people.index(winner)}先接了这一单。"}


def test_modes_are_chosen_on_the_page_and_refused_where_they_are_none(town: Town) -> None:
    form = {
        f"{name}_{category}": value
        for category in CATEGORY_WORDS
        for name, value in (("way", "turns"), ("most", "4"), ("fair", "2"))
    }
    town.opens(Role.MANAGER, deck.choose, **form)
    town.opens(Role.MANAGER, deck.choose, **{**form, "way_water": "grab"})

    found = {one.category: (one.way, one.most, one.fair) for one in town.all(Mode)}
    assert (found["water"], found["lift"]) == ((Way.GRAB, 4, 2), (Way.TURNS, 4, 2))
    with pytest.raises(Refusal, match="1 到 30"):
        town.opens(Role.MANAGER, deck.choose, **{**form, "most_water": "0"})


def test_page_shows_who_has_what_and_what_is_planned(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    held = ticket_in(town, settle(town, "4"), state=TicketState.WORKING, assignee_id=ann, taken_at=town.now)
    ticket = reported(town)
    plans(town)

    values = town.opens(Role.STAFF, deck.desk_of_dispatch).values

    [row], [lane] = values["rows"], values["lanes"]
    assert row["planned"] == "打算派给ann，30 分钟内等他接单"
    assert ([one.number for one, _ in lane.held], [one.number for one, _ in lane.planned]) == ([held], [ticket.number])


def test_a_building_with_two_staircases_is_placed_once_and_kept(town: Town) -> None:
    for unit in ("7", "8"):
        town.database.submit(lambda session, unit=unit: session.add(Household(building="9", unit=unit, room="101"))).result()

    shown = [building for building, _, _ in town.opens(Role.MANAGER, deck.desk_of_dispatch).values["buildings"]]

    assert len(shown) == len(set(shown))
    assert "9" in shown


def test_what_is_planned_for_nobody_says_what_it_waits_for(town: Town) -> None:
    ann = hire(town, "ann", "水电")
    chosen(town, "lift", Way.HAND)
    for category in ("water", "lift", "network"):
        ticket_in(town, settle(town, f"4{category}"), category)
    town.now = town.now.replace(hour=23)

    rows = town.opens(Role.STAFF, deck.desk_of_dispatch).values["rows"]

    assert {row["ticket"].category: row["waits"] for row in rows} == {
        "water": "还没派，等会修的人上班：ann", "lift": "这一类手动派，等办公室派", "network": "没有人登记过会修这个，请手动派",
    }  # fmt: skip
    shift = Shift(staff_id=ann, covers="repair", weekday=town.now.weekday(), begins=18 * 60, ends=32 * 60)
    town.database.submit(lambda session: session.add(shift)).result()
    rows = town.opens(Role.STAFF, deck.desk_of_dispatch).values["rows"]
    assert next(row["waits"] for row in rows if row["ticket"].category == "water").startswith("还没派，一分钟内再安排")


def test_row_of_a_profile_says_how_long_accepting_may_take() -> None:
    rows = profiles.read(
        "water: {minutes: 60, accept: 7, source: x}\nurgent: {minutes: 60, source: x}\nlift: {days: 1, source: x}", "own"
    )

    assert [rows[key].accept for key in ("water", "urgent", "lift")] == [7, 5, 30]
    with pytest.raises(profiles.Miswritten, match="accept is 0"):
        profiles.read("water: {minutes: 60, accept: 0, source: x}", "own")


# ------------------------------------------------------------------ against all ways there are


@st.composite
def settings_of(draw: st.DrawFn) -> tuple[list[Case], list[Hand]]:
    """A handful of people and of tickets, in buildings of a street."""
    skills = st.sampled_from([["水电"], ["电梯"], ["水电", "电梯"]])
    people = [
        Hand(
            member=Staff(id=number + 1, login=f"w{number}", name=f"w{number}", skills=draw(skills)), is_on=draw(st.booleans()), held=draw(st.integers(0, 3)),
            minutes=draw(st.integers(0, 300)),
            building=draw(st.sampled_from(["", "1", "4", "9"])), today=draw(st.integers(0, 3)),
        )
        for number in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    cases = []
    for number in range(draw(st.integers(1, 4))):
        category = draw(st.sampled_from(["water", "lift"]))
        ticket = Ticket(
            category=category, location="x", urgent=draw(st.booleans()), passed=draw(st.sampled_from([[], [1]])), id=number
        )
        flat = Household(building=draw(st.sampled_from(["1", "5", "9"])), unit="1", room="1")
        mode = Mode(
            category=category,
            way=draw(st.sampled_from([Way.ASSIGN, Way.TURNS])),
            most=draw(st.integers(1, 4)),
            fair=draw(st.integers(1, 4)),
        )
        cases.append(
            Case(ticket=ticket, flat=flat, slack=draw(st.integers(-60, 3_000)), mode=mode, takes=draw(st.integers(15, 180)))
        )
    return cases, people


@given(settings_of())
def test_plan_is_the_best_of_all_ways_to_share_out(drawn: tuple[list[Case], list[Hand]]) -> None:
    cases, people = drawn
    found = dispatching.share_out(cases, people, {}, {})

    def priced(plans_: list[dispatching.Plan | None]) -> int:
        return sum(
            dispatching.waits(case) if plan is None else dispatching.cost(case, plan, people)
            for case, plan in zip(cases, plans_, strict=True)
        )

    ways = []
    seats = [None, *((one, nth) for one in people for nth in range(dispatching.AT_ONCE))]
    for way in product(seats, repeat=len(cases)):
        taken = [seat for seat in way if seat is not None]
        if len({(one.key, nth) for one, nth in taken}) < len(taken):
            continue
        alone = [dispatching.plan_for(case, *seat, people) if seat else None for case, seat in zip(cases, way, strict=True)]
        if all(plan is not None or seat is None for plan, seat in zip(alone, way, strict=True)):
            ways.append(priced(alone))

    assert priced([plan for _, plan in found]) == min(ways)
    for case, plan in found:
        if plan is not None:
            assert plan.hand.is_on
            assert hands.can_mend(plan.hand, case.ticket.category)
            assert plan.hand.held + plan.nth < case.mode.most
    assert assignment.NEVER > dispatching.WAITS
    assert spots.metres({}, "1", "9") == 480
