"""The demo's patrols: points and routes, and sixty days in which most were walked in time, some not, and a few were not walked at all."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlmodel import select

from bot.contract import Episode, Past, Role, Staff, Task, Then, Work
from integrations.patrols import drawing, questions, rounds, windows
from integrations.patrols.models import Doubt, PatrolPoint, PatrolRound, PatrolRoute, PatrolVisit, RoundState, VisitKind

#: Points: name, how to find it, what is asked there.
POINTS = (
    ("消防水泵房", "地下一层东侧", "压力表读数 0.3–0.6 MPa\n水泵有没有异响"), ("配电房", "地下一层西侧", "室温 5–35 ℃\n门锁好了没有"),
    ("3栋楼顶水箱", "3栋2单元顶楼", "水位 60–100 %"), ("电梯机房", "5栋顶楼", ""), ("地下车库B1", "入口坡道", "灭火器在不在"),
    ("南门", "岗亭", ""), ("北门", "快递柜旁", ""), ("中心花园", "儿童滑梯旁", "滑梯螺丝牢不牢"),
)  # fmt: skip

#: Routes: name, points by their place above, weekdays, from, to, whether in order, seconds between two.
ROUTES = (
    ("早班设备巡检", (0, 1, 2, 3), "0123456", "08:00", "10:00", False, 60), ("夜间巡逻", (5, 4, 6, 7), "0123456", "22:00", "02:00", True, 40),
    ("周一花园检查", (7, 4), "0", "15:00", "17:00", False, 30),
)  # fmt: skip

#: What was found broken at which point, in the last round that came by; what was found before is long mended.
FOUND, LATELY = (4, "灭火器压力不足，指针在红区"), timedelta(hours=26)


def fill(work: Work) -> None:
    """Give the demo its points and routes, with codes on the walls."""
    points = []
    for name, place, asked in POINTS:
        kept = [one.kept for one in questions.read(asked)]
        point = PatrolPoint(name=name, place=place, questions=kept, made_at=work.now)
        work.session.add(point)
        points.append(point)
    work.session.flush()
    for point in points:
        work.hang(
            drawing.scene(point), "repair", point.name
        )  # on the sheet the address of its page stands, which any camera opens
    guard = work.session.exec(select(Staff).where(Staff.role == Role.GUARD)).first()
    for name, places, weekdays, opens, closes, is_ordered, gap in ROUTES:
        begins, ends = windows.read(opens, closes) or (0, 0)
        work.session.add(
            PatrolRoute(
                name=name, points=[points[place].id or 0 for place in places], weekdays=weekdays, opens=begins, closes=ends, is_ordered=is_ordered, gap=gap,
                walker_id=guard.id if guard is not None and is_ordered else None, begun_to=work.now,
            )
        )  # fmt: skip


def tell(past: Past) -> Iterator[Episode]:
    """Give the rounds of the last weeks and what became of each."""
    dice = Random(f"patrols {past.begins}")  # noqa: S311  its own, so that what others tell stays as it was
    is_found = False
    crew = [one for one in past.staff if one.role in (Role.GUARD, Role.STAFF)]
    for index, (_, _, weekdays, opens, closes, _, _) in enumerate(ROUTES):
        begins, ends = windows.read(opens, closes) or (0, 0)
        for starts, until in windows.between(weekdays, begins, ends, past.begins, past.now):
            if not crew:
                continue
            walker = dice.choice(crew)
            state: dict[str, PatrolRound | None] = {"round": None}
            yield starts, partial(_begin, state=state, index=index, starts=starts, until=until)
            places, at = ROUTES[index][1], starts + timedelta(minutes=dice.uniform(3, 40))
            skipped = set(places) if dice.random() < 0.02 else {place for place in places if dice.random() < 0.05}
            for place in places:
                at += timedelta(minutes=dice.uniform(2, 9))
                if place in skipped:
                    continue
                is_quick = dice.random() < 0.02
                seen = at if not is_quick else at - timedelta(minutes=2)
                is_last = place == FOUND[0] and past.now - LATELY < seen < past.now
                found = FOUND[1] if is_last and not is_found else ""
                is_found = is_found or bool(found)
                reads = dice.uniform(0, 1)
                yield (
                    min(seen, until - timedelta(seconds=1)),
                    partial(_see, state=state, place=place, walker=walker, is_quick=is_quick, words=found, reads=reads),
                )
            yield until, partial(_close, state=state, walker=walker, until=until)


def _begin(work: Then, *, state: dict[str, PatrolRound | None], index: int, starts: datetime, until: datetime) -> None:
    route = work.session.exec(select(PatrolRoute).where(PatrolRoute.name == ROUTES[index][0])).first()
    if route is None:
        return
    one = PatrolRound(
        route_id=route.id or 0,
        walker_id=route.walker_id,
        points=[*route.points],
        planned=len(route.points),
        starts_at=starts,
        ends_at=until,
    )
    work.session.add(one)
    work.flush()
    state["round"] = one
    work.record("patrol.begun", one.subject)


def _see(
    work: Then, *, state: dict[str, PatrolRound | None], place: int, walker: Staff, is_quick: bool, words: str, reads: float
) -> None:
    one = state["round"]
    point = work.session.exec(select(PatrolPoint).where(PatrolPoint.name == POINTS[place][0])).first()
    if one is None or point is None:
        return
    visit = PatrolVisit(
        point_id=point.id or 0,
        round_id=one.id,
        staff_id=walker.id or 0,
        at=work.now,
        kind=VisitKind.KEPT,
        doubt=Doubt.QUICK if is_quick else Doubt.NONE,
    )
    for asked in questions.of(point.questions):
        value: float | bool = True
        if asked.low is not None and asked.high is not None:
            width = asked.high - asked.low
            value = round(asked.low + width * (reads * 0.9 + 0.05) if reads < 0.985 else asked.high + width * 0.2, 2)
        visit.answers = {**visit.answers, asked.title: value}
        visit.is_off = visit.is_off or asked.is_off(value)
    work.session.add(visit)
    one.in_time += 1
    work.session.add(one)
    work.flush()
    work.record_by(
        f"staff:{walker.login}",
        "patrol.visited",
        visit.subject,
        how=VisitKind.KEPT,
        **({"doubt": visit.doubt} if visit.doubt else {}),
    )
    if words:
        rounds.find_fault(work, visit, words)


def _close(work: Then, *, state: dict[str, PatrolRound | None], walker: Staff, until: datetime) -> None:
    one = state["round"]
    if one is None:
        return
    left = rounds.missing(work, one)
    one.state = RoundState.MISSED if left else RoundState.KEPT
    work.session.add(one)
    if not left:
        work.record("patrol.kept", one.subject)
        return
    work.record("patrol.missed", one.subject, points=len(left))
    for point in left:
        task = Task(
            kind=rounds.MISSED, need=rounds.VIEW, title=f"巡检漏了：{point.where}", subject=one.missing(point), opened_at=until
        )
        work.ask(task)
        work.answer(task, walker, "补走了")
