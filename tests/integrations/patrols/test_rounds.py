"""Rounds begin, are walked and are judged once, whatever time goes by and whoever scans what; on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import select

from bot.contract import SHANGHAI, Work
from bot.store.staff import Staff
from bot.store.tasks import Task
from integrations.patrols import board, rounds, windows
from integrations.patrols.models import Doubt, PatrolPoint, PatrolRound, PatrolRoute, PatrolVisit, RoundState, VisitKind

if TYPE_CHECKING:
    from sqlmodel import Session

    from tests.integrations.conftest import Town

#: Wednesday, half an hour before the window of the tests opens.
BEFORE = datetime(2026, 3, 11, 7, 30, tzinfo=SHANGHAI)


def lay(
    town: Town,
    *,
    opens: str = "08:00",
    closes: str = "10:00",
    weekdays: str = "0123456",
    gap: int = 20,
    ordered: bool = False,
    walker: str = "",
) -> list[str]:
    """Make three points and a route over them; returns the codes of the points."""

    def run(session: Session) -> list[str]:
        Work(session=session, now=town.now, context=town.context)
        points = [PatrolPoint(name=name, made_at=town.now) for name in ("泵房", "配电房", "车库")]
        session.add_all(points)
        session.flush()
        begins, ends = windows.read(opens, closes) or (0, 0)
        member = session.exec(select(Staff).where(Staff.login == walker)).first() if walker else None
        session.add(
            PatrolRoute(
                name="早班", points=[one.id or 0 for one in points], weekdays=weekdays, opens=begins, closes=ends, gap=gap, is_ordered=ordered,
                walker_id=member.id if member else None, begun_to=town.now,
            )
        )  # fmt: skip
        return [one.code for one in points]

    return town.database.submit(run).result()


def scan(town: Town, code: str, login: str = "guard") -> PatrolVisit:
    def run(session: Session) -> PatrolVisit:
        work = Work(session=session, now=town.now, context=town.context)
        member = session.exec(select(Staff).where(Staff.login == login)).one()
        point = rounds.find(work, code)
        assert point is not None
        return rounds.note(work, point, member).visit

    return town.database.submit(run).result()


def tick(town: Town, *, to: datetime | None = None, by: timedelta = timedelta()) -> None:
    town.now = to or town.now + by
    town.runs(rounds.turn.run)


def at(hour: int, minute: int = 0, day: int = 11) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def missed(town: Town) -> list[Task]:
    return [one for one in town.tasks() if one.kind == rounds.MISSED]


def test_a_round_that_is_walked_in_time_is_kept_and_asks_nobody(town: Town) -> None:
    town.now = BEFORE
    codes = lay(town)
    tick(town, to=at(8, 1))
    tick(town)
    for code in codes:
        town.now += timedelta(minutes=3)
        scan(town, code)
    tick(town, to=at(10, 1))

    [one] = town.all(PatrolRound)
    assert (one.state, one.planned, one.in_time) == (RoundState.KEPT, 3, 3)
    assert missed(town) == []


def test_a_missed_point_is_one_task_with_a_ladder_that_a_later_visit_ends(town: Town) -> None:
    town.now = BEFORE
    codes = lay(town)
    tick(town, to=at(8, 1))
    scan(town, codes[0])
    town.now += timedelta(minutes=5)
    scan(town, codes[1])
    for minute in (0, 1, 2):
        tick(town, to=at(10, minute))

    [task] = missed(town)
    assert "车库" in task.title
    assert task.rung_at is not None
    town.now = at(11)
    late = scan(town, codes[2])
    assert late.kind is VisitKind.LATE
    [task] = missed(town)
    assert task.closed_at is not None
    [one] = town.all(PatrolRound)
    assert (one.state, one.in_time) == (RoundState.MISSED, 2)


def test_a_round_that_nobody_walked_is_one_task_and_not_one_for_each_point(town: Town) -> None:
    town.now = BEFORE
    codes = lay(town)
    tick(town, to=at(8, 1))
    tick(town, to=at(10, 1))

    [task] = missed(town)
    assert "没人走" in task.title
    for code in codes:
        town.now += timedelta(minutes=2)
        scan(town, code)
    assert [one.closed_at is not None for one in missed(town)] == [True]


def test_too_early_counts_for_nothing_and_says_when(town: Town) -> None:
    town.now = BEFORE
    codes = lay(town)

    early = scan(town, codes[0])
    tick(town, to=at(8, 1))
    kept = scan(town, codes[0])

    assert (early.kind, early.round_id) == (VisitKind.EARLY, None)
    assert kept.kind is VisitKind.KEPT


def test_points_minutes_apart_that_are_walked_in_seconds_are_doubtful(town: Town) -> None:
    town.now = BEFORE
    codes = lay(town, gap=60)
    tick(town, to=at(8, 1))

    first = scan(town, codes[0])
    town.now += timedelta(seconds=5)
    second = scan(town, codes[1])
    town.now += timedelta(seconds=90)
    third = scan(town, codes[2])

    assert [one.doubt for one in (first, second, third)] == [Doubt.NONE, Doubt.QUICK, Doubt.NONE]


def test_another_order_and_another_walker_are_told(town: Town) -> None:
    town.now = BEFORE
    codes = lay(town, ordered=True, walker="staff")
    tick(town, to=at(8, 1))

    assert scan(town, codes[2], "staff").doubt == Doubt.ORDER
    town.now += timedelta(minutes=2)
    assert scan(town, codes[0], "guard").doubt == Doubt.ELSE


def test_a_window_past_midnight_is_one_round_of_the_day_it_began(town: Town) -> None:
    town.now = at(21, 30)
    codes = lay(town, opens="22:00", closes="02:00")
    tick(town, to=at(22, 5))
    scan(town, codes[0])
    tick(town, to=at(0, 5, 12))
    scan(town, codes[1])
    tick(town, to=at(1, 59, 12))
    scan(town, codes[2])
    tick(town, to=at(2, 1, 12))

    [one] = town.all(PatrolRound)
    assert (one.starts_at, one.ends_at, one.state) == (at(22), at(2, 0, 12), RoundState.KEPT)


def test_the_end_of_a_window_is_no_part_of_it(town: Town) -> None:
    town.now = BEFORE
    codes = lay(town)
    tick(town, to=at(8))
    town.now = at(10)

    assert scan(town, codes[0]).kind is VisitKind.LATE


def test_weekdays_are_those_of_shanghai(town: Town) -> None:
    town.now = at(7, 0, 8)  # a Sunday
    lay(town, weekdays="0", opens="00:30", closes="01:30")
    for day in range(8, 17):
        for hour in (0, 1, 2, 12):
            tick(town, to=at(hour, 45, day))

    assert [one.starts_at for one in town.all(PatrolRound)] == [at(0, 30, 9), at(0, 30, 16)]


def test_a_window_that_passed_while_nothing_ran_says_nothing_of_anybody(town: Town) -> None:
    town.now = BEFORE
    lay(town)
    tick(town, to=at(12, 0, 13))

    states = Counter(one.state for one in town.all(PatrolRound))
    assert states == {RoundState.VOID: 3}
    assert missed(town) == []


def test_the_same_scan_again_is_the_same_visit(town: Town) -> None:
    town.now = BEFORE
    codes = lay(town)
    tick(town, to=at(8, 1))

    first = scan(town, codes[0])
    again = scan(town, codes[0])

    assert first.id == again.id
    assert len(town.all(PatrolVisit)) == 1


def test_a_point_that_hangs_no_more_is_not_missed(town: Town) -> None:
    town.now = BEFORE
    codes = lay(town)
    tick(town, to=at(8, 1))
    for code in codes[:2]:
        town.now += timedelta(minutes=2)
        scan(town, code)

    def remove(session: Session) -> None:
        Work(session=session, now=town.now, context=town.context)
        point = session.exec(select(PatrolPoint).where(PatrolPoint.code == codes[2])).one()
        point.removed_at = town.now
        session.add(point)

    town.database.submit(remove).result()
    tick(town, to=at(10, 1))

    assert [one.state for one in town.all(PatrolRound)] == [RoundState.KEPT]
    assert missed(town) == []


def lives(town: Town) -> type[RuleBasedStateMachine]:
    """Return the machine for one community."""

    class Lives(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.codes = lay(town, opens="08:00", closes="10:00", gap=30)
            self.night = lay(town, opens="22:00", closes="02:00", gap=30)
            self.since = town.now

        @rule(minutes=st.sampled_from([1, 7, 40, 95, 300, 700]), twice=st.booleans())
        def time_goes_by(self, minutes: int, twice: bool) -> None:
            tick(town, by=timedelta(minutes=minutes))
            if twice:  # another replica, or one that was started anew
                tick(town)

        @rule(which=st.integers(0, 5), login=st.sampled_from(["guard", "staff"]), seconds=st.sampled_from([1, 45, 600]))
        def somebody_scans(self, which: int, login: str, seconds: int) -> None:
            town.now += timedelta(seconds=seconds)
            scan(town, [*self.codes, *self.night][which], login)

        @invariant()
        def each_window_is_one_round(self) -> None:
            begun = Counter((one.route_id, one.starts_at) for one in town.all(PatrolRound))
            assert set(begun.values()) <= {1}

        @invariant()
        def a_round_is_kept_just_when_all_its_points_were_walked_in_time(self) -> None:
            visits = town.all(PatrolVisit)
            for one in town.all(PatrolRound):
                inside = {visit.point_id for visit in visits if visit.round_id == one.id and visit.kind is VisitKind.KEPT}
                assert one.in_time == len(inside)
                assert (one.state is RoundState.KEPT) == (len(inside) == len(one.points))
                for visit in visits:
                    if visit.round_id == one.id and visit.kind is VisitKind.KEPT:
                        assert one.starts_at <= visit.at < one.ends_at

        @invariant()
        def what_is_still_missing_of_a_round_that_is_over_is_asked_for_once(self) -> None:
            asked = Counter(task.subject for task in missed(town))
            assert set(asked.values()) <= {1}
            waiting = {task.subject for task in missed(town) if task.closed_at is None}

            def left(session: Session) -> dict[str, set[str]]:
                work = Work(session=session, now=town.now, context=town.context)
                return {
                    one.public_id: {one.missing(point) for point in rounds.missing(work, one)}
                    for one in session.exec(select(PatrolRound).where(PatrolRound.state == RoundState.MISSED)).all()
                }

            for key, subjects in town.database.submit(left).result().items():
                whole = f"round:{key}"
                assert (whole in waiting) == (whole in asked and bool(subjects))
                if whole not in asked:
                    assert {one for one in waiting if one.startswith(f"{whole}.")} == subjects

        @invariant()
        def figures_and_page_agree(self) -> None:
            def count(session: Session) -> tuple[int, int]:
                work = Work(session=session, now=town.now, context=town.context)
                routes, points = board.kept(work)
                return sum(one.in_time for one in routes.values()), sum(one.in_time for one in points.values())

            by_route, by_point = town.database.submit(count).result()
            assert by_route == by_point

    return Lives


def test_whatever_happens_windows_are_judged_once_and_rightly(town: Town) -> None:
    town.now = BEFORE
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lives(town),
        settings=settings(max_examples=6, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)),
    )
