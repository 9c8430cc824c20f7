"""Whatever residents, staff and the clock do to tickets, in any order: states follow the table, rungs are climbed once, nobody waits unseen."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.contract import Refusal, Turn
from bot.store.events import Event
from bot.store.staff import Role
from integrations.repairs import actions, clock, console, dispatching, keeping, ladder
from integrations.repairs.models import FOLLOWS, OPEN, PAUSED, WAITS, Ticket, TicketState
from integrations.repairs.visits import Visit, VisitState
from tests.integrations.repairs.test_dispatching import hire

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN, LI = "oChen", "oLi"

_WHICH = st.integers(0, 5)
_PAUSES = st.sampled_from([f"{state}:{reason}" for state in PAUSED for reason in WAITS[state]])


def lives(town: Town) -> type[RuleBasedStateMachine]:
    """Return the machine for one community; each life in it begins with no ticket of its own."""

    crew = [hire(town, "ann", "水电"), hire(town, "bob", "水电", "电工")]

    class Lives(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.mine: list[str] = []
            self.states: dict[str, TicketState] = {}
            town.now = (town.now + timedelta(days=5)).replace(
                hour=10, minute=0
            )  # what the life before reported is not told again

        def tickets(self) -> list[Ticket]:
            return [one for one in town.all(Ticket) if one.number in self.mine]

        def one(self, which: int) -> Ticket:
            found = self.tickets()
            return found[which % len(found)]

        def staff(self, page: Any, ticket: Ticket, **form: str) -> None:
            with suppress(Refusal):
                town.opens(Role.STAFF, page, params={"number": ticket.number}, **form)

        @rule(
            openid=st.sampled_from([CHEN, LI]),
            category=st.sampled_from(["water", "wall", "network", "lighting"]),
            urgent=st.booleans(),
        )
        def is_reported(self, openid: str, category: str, urgent: bool) -> None:
            before = {one.number for one in town.all(Ticket)}
            try:
                town.asks(openid, actions.report, category=category, location="厨房", urgent=urgent)
            except Refusal:  # too many of a day
                return
            self.mine += [one.number for one in town.all(Ticket) if one.number not in before]

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH, state=st.sampled_from(list(TicketState)))
        def staff_move_it(self, which: int, state: TicketState) -> None:
            self.staff(console.move, self.one(which), state=state.value)

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH, why=_PAUSES)
        def staff_let_it_wait(self, which: int, why: str) -> None:
            self.staff(console.wait, self.one(which), waits=why)

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH, into=_WHICH)
        def staff_merge_it(self, which: int, into: int) -> None:
            self.staff(console.merge, self.one(which), number=self.one(into).number)

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH)
        def staff_part_it(self, which: int) -> None:
            self.staff(console.part, self.one(which))

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH, level=st.sampled_from(["urgent", "high", "normal"]))
        def staff_say_how_soon(self, which: int, level: str) -> None:
            self.staff(console.prioritise, self.one(which), level=level)

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH, hours=st.integers(1, 200))
        def staff_put_it_at_another_time(self, which: int, hours: int) -> None:
            at = town.now + timedelta(hours=hours)
            self.staff(console.reschedule, self.one(which), at=f"{at:%Y-%m-%dT%H:%M}")

        @precondition(lambda self: self.mine)
        @rule(openid=st.sampled_from([CHEN, LI]), unfixed=st.booleans())
        def resident_presses(self, openid: str, unfixed: bool) -> None:
            before = {one.number for one in town.all(Ticket)}
            town.asks(openid, actions.urge, unfixed=unfixed)
            self.mine += [one.number for one in town.all(Ticket) if one.number not in before]

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH, openid=st.sampled_from([CHEN, LI]))
        def resident_calls_it_off(self, which: int, openid: str) -> None:
            town.asks(openid, actions.cancel, ticket=self.one(which).number, sure="yes")

        @rule(openid=st.sampled_from([CHEN, LI]), said=st.sampled_from(["👍", "还行", "2分", "差评"]))
        def resident_rates(self, openid: str, said: str) -> None:
            town.database.submit(
                lambda session: actions.hear_score(
                    Turn(session=session, now=town.now, context=town.context, openid=openid, said=said), said
                )
            ).result()

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH, choice=st.integers(0, 5))
        def staff_agree_to_a_visit(self, which: int, choice: int) -> None:
            ticket = self.one(which)
            slots = town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values["slots"]
            if slots:
                self.staff(console.agree, ticket, slot=slots[choice % len(slots)][0].key)

        @rule(openid=st.sampled_from([CHEN, LI]))
        def resident_cannot_then(self, openid: str) -> None:
            said = "那个时间不行"
            town.database.submit(
                lambda session: actions.hear(
                    Turn(session=session, now=town.now, context=town.context, openid=openid, said=said), said
                )
            ).result()

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH, openid=st.sampled_from([CHEN, LI]), days=st.integers(1, 9))
        def resident_names_another_time(self, which: int, openid: str, days: int) -> None:
            ticket, at = self.one(which), town.now.replace(hour=14, minute=0) + timedelta(days=days)

            def run(session: Any) -> None:
                turn = Turn(
                    session=session,
                    now=town.now,
                    context=town.context,
                    openid=openid,
                    said=f"改成{days}天后下午",
                    about=ticket.subject,
                )
                actions.change(turn, ticket.subject, {"appointment_at": at})

            town.database.submit(run).result()

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH, who=st.sampled_from(crew), why=st.sampled_from(["", "busy"]))
        def staff_give_it_to_somebody(self, which: int, who: int, why: str) -> None:
            self.staff(console.assign, self.one(which), staff=str(who), why_other=why)

        @rule(openid=st.sampled_from([CHEN, LI]), same=st.sampled_from([None, "yes", "no"]))
        def the_lamp_of_the_stairs_is_reported(self, openid: str, same: str | None) -> None:
            before = {one.number for one in town.all(Ticket)}
            with suppress(Refusal):
                town.asks(openid, actions.report, category="lighting", location="楼道", **({"same": same} if same else {}))
            self.mine += [one.number for one in town.all(Ticket) if one.number not in before]

        @rule(minutes=st.sampled_from([1, 6, 31, 90]))
        def a_little_time_goes_by(self, minutes: int) -> None:
            town.now += timedelta(minutes=minutes)
            self.jobs()

        def jobs(self) -> None:
            for one in (dispatching.dispatch, keeping.remind, keeping.miss) * 2:
                town.runs(one.run)

        @rule(hours=st.sampled_from([1, 5, 13, 30, 100, 400]))
        def time_goes_by(self, hours: int) -> None:
            town.now += timedelta(hours=hours)
            self.jobs()
            town.runs(ladder.climb.run)
            town.runs(ladder.climb.run)
            town.runs(ladder.close_silent.run)

        @invariant()
        def only_what_the_table_allows_followed(self) -> None:
            for one in self.tickets():
                before = self.states.get(one.number)
                if before is not None and before is not one.state and TicketState.MERGED not in (before, one.state):
                    assert _leads(before, one.state), (before, one.state)
                self.states[one.number] = one.state

        @invariant()
        def clocks_stand_still_just_where_something_is_waited_for(self) -> None:
            for one in self.tickets():
                if one.state in PAUSED:
                    assert one.paused_at is not None
                    assert one.pause_reason in WAITS[one.state]
                elif one.state in OPEN:
                    assert one.paused_at is None

        @invariant()
        def no_open_ticket_is_forgotten_by_the_ladder(self) -> None:
            for one in self.tickets():
                if one.state in OPEN and one.state not in PAUSED:
                    assert (one.rung_at is None) == (one.rung == len(clock.RUNGS))
                if one.state is TicketState.MERGED:
                    assert one.merged_into_id is not None

        @invariant()
        def an_hour_of_one_worker_is_promised_once_and_only_for_open_tickets(self) -> None:
            held = [one for one in town.all(Visit) if one.state is VisitState.AGREED]
            assert len({(one.staff_id, one.begins_at) for one in held}) == len(held)
            tickets = {one.id: one for one in town.all(Ticket)}
            assert len({one.ticket_id for one in held}) == len(held)
            for visit in held:
                ticket = tickets[visit.ticket_id]
                assert ticket.state in OPEN, ticket.state
                assert ticket.assignee_id == visit.staff_id
                assert ticket.agreed_at is not None

        @invariant()
        def nobody_is_planned_for_what_somebody_has(self) -> None:
            for one in self.tickets():
                if one.planned_id is not None:
                    assert (one.state, one.assignee_id) == (TicketState.SUBMITTED, None)
                    assert one.plan_until is not None
                    assert dispatching.reason(one.plan)

        @invariant()
        def what_goes_with_another_goes_with_one_that_stands_by_itself(self) -> None:
            tickets = {one.id: one for one in town.all(Ticket)}
            for one in tickets.values():
                assert (one.merged_into_id is not None) == (one.state is TicketState.MERGED)
                if one.merged_into_id is not None:
                    assert tickets[one.merged_into_id].state is not TicketState.MERGED

        @invariant()
        def each_rung_of_a_term_is_climbed_once(self) -> None:
            for one in self.tickets():
                shares: Counter[int] = Counter()
                for event in town.all(Event):
                    if event.subject == one.subject and event.kind in (
                        "repair.reopened",
                        "repair.rescheduled",
                        "repair.prioritised",
                        "repair.agreed",
                        "repair.declined",
                        "repair.changed",
                    ):
                        shares.clear()
                    elif event.subject == one.subject and event.kind == "repair.climbed":
                        shares[event.data["share"]] += 1
                assert all(times == 1 for times in shares.values()), shares

    return Lives


def _leads(before: TicketState, after: TicketState) -> bool:
    """Tell whether a few steps of the table lead from one state to another: one act may take more than one."""
    reached = {before}
    for _ in FOLLOWS:
        reached |= {following for state in reached for following in FOLLOWS[state]}
    return after in reached or (before is TicketState.OWNER and after is TicketState.ACCEPTED)


def test_whatever_happens_to_tickets_they_keep_to_the_table_and_the_ladder(town: Town) -> None:
    run_state_machine_as_test(
        lives(town),
        settings=settings(max_examples=12, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck)),
    )
