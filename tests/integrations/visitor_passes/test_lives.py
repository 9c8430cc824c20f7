"""Whatever residents, staff, guards and the clock do to passes, in any order: as many come in as were announced, and only in time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlmodel import Session

from bot.contract import Refusal, Turn, Work
from bot.store.staff import Role
from integrations.visitor_passes import actions, console, gate, phoned
from integrations.visitor_passes.models import Pass, Passage, PassState

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN = "oChen"
GRACE = timedelta(minutes=30)

_WHICH = st.integers(0, 5)


def checked(town: Town, code: str) -> gate.Verdict:
    return town.database.submit(
        lambda session: gate.check(Work(session=session, now=town.now, context=town.context), code)
    ).result()


def lives(town: Town) -> type[RuleBasedStateMachine]:
    """Return the machine for one community; each life in it begins with no pass of its own."""

    class Lives(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.mine: list[str] = []
            self.last: int | None = None  # the check that the guard may take back

        def passes(self) -> list[Pass]:
            return [one for one in town.all(Pass) if one.public_id in self.mine]

        def one(self, which: int) -> Pass:
            found = self.passes()
            return found[which % len(found)]

        def keep_new(self, before: set[str]) -> None:
            self.mine += [one.public_id for one in town.all(Pass) if one.public_id not in before]

        def change(self, made: Pass, **slots: Any) -> None:
            def run(session: Session) -> None:
                actions.change(Turn(session=session, now=town.now, context=town.context, openid=CHEN), made.subject, slots)

            town.database.submit(run).result()

        @rule(hours=st.integers(0, 30), stay=st.integers(1, 40), people=st.integers(1, 4))
        def is_invited(self, hours: int, stay: int, people: int) -> None:
            before = {one.public_id for one in town.all(Pass)}
            starts_at = town.now + timedelta(hours=hours)
            town.asks(
                CHEN,
                actions.invite,
                visitor_name="张敏",
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=stay),
                people=people,
            )
            self.keep_new(before)

        @rule(hours=st.integers(0, 30), people=st.integers(1, 4))
        def staff_make_one(self, hours: int, people: int) -> None:
            before = {one.public_id for one in town.all(Pass)}
            starts = f"{town.now + timedelta(hours=hours):%Y-%m-%dT%H:%M}"
            town.opens(Role.STAFF, phoned.make, flat="3-2-501", visitor="李强", starts=starts, people=str(people))
            self.keep_new(before)

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH, people=st.integers(1, 5))
        def more_or_fewer_come(self, which: int, people: int) -> None:
            self.change(self.one(which), people=people)

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH, hours=st.integers(1, 50))
        def they_come_later(self, which: int, hours: int) -> None:
            self.change(self.one(which), starts_at=town.now + timedelta(hours=hours))

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH)
        def it_is_called_off(self, which: int) -> None:
            made = self.one(which)
            is_open = made.fault_at(town.now, GRACE) in ("", "early")
            town.asks(CHEN, actions.cancel, pass_id=made.public_id, sure="yes")
            if is_open:
                assert self.one(which).state is PassState.CANCELLED

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH)
        def staff_revoke_it(self, which: int) -> None:
            with suppress(Refusal):
                town.opens(Role.STAFF, console.cancel, params={"id": self.one(which).public_id}, why="mistake")

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH)
        def its_code_is_checked(self, which: int) -> None:
            made = self.one(which)
            in_time = made.starts_at - GRACE <= town.now < made.ends_at + GRACE
            wanted = made.state is PassState.ACTIVE and in_time and made.entries_left > 0
            assert checked(town, made.code).admitted is wanted

        @precondition(lambda self: self.mine)
        @rule(which=_WHICH, people=st.integers(1, 3))
        def some_are_let_in_from_the_list(self, which: int, people: int) -> None:
            made = self.one(which)
            to = town.opens(Role.GUARD, console.admit, params={"id": made.public_id}, people=str(people)).to
            self.last = int(to.partition("=")[2])

        @precondition(lambda self: self.last is not None)
        @rule()
        def the_slip_is_taken_back(self) -> None:
            with suppress(Refusal, LookupError):
                town.opens(Role.GUARD, console.undo, params={"id": str(self.last)})

        @rule(minutes=st.sampled_from([1, 20, 45, 200, 900, 3000]))
        def time_goes_by(self, minutes: int) -> None:
            town.now += timedelta(minutes=minutes)

        @invariant()
        def each_pass_counts_who_came_in(self) -> None:
            came = [one for one in town.all(Passage) if one.admitted and one.undone_at is None]
            for made in self.passes():
                inside = sum(one.people for one in came if one.pass_id == made.id)
                assert made.entries_left == made.people - inside >= 0
                assert made.state is not PassState.ACTIVE or made.entries_left > 0
                assert made.state is not PassState.USED or made.entries_left == 0

    return Lives


def test_as_many_come_in_as_were_announced_whatever_happens(town: Town) -> None:
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        lives(town), settings=settings(max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=checks)
    )  # fmt: skip


def test_gates_that_race_a_thousand_times_let_in_exactly_as_many_as_were_announced(town: Town) -> None:
    town.asks(CHEN, actions.invite, visitor_name="张敏", starts_at=town.now, people=30)
    [made] = town.all(Pass)

    with ThreadPoolExecutor(8) as gates:
        admitted = list(gates.map(lambda _: checked(town, made.code).admitted, range(1_000)))

    assert sum(admitted) == 30
    assert (town.all(Pass)[0].entries_left, town.all(Pass)[0].state) == (0, PassState.USED)
