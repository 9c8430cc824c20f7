"""Rounds begun when their windows open, visits noted, and judged when windows close: each once, also after restarts and on several replicas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import Photo, Refusal, Staff, Work, job, tasks, tr, withheld
from integrations.patrols import questions, windows
from integrations.patrols.models import Doubt, PatrolPoint, PatrolRound, PatrolRoute, PatrolVisit, RoundState, VisitKind
from integrations.patrols.settings import Settings

#: Rounds that one run begins or closes of a community.
BATCH = 50

#: How often it is written down up to when a route was looked at, where nothing began.
WRITTEN = timedelta(hours=6)

#: How long before its window whoever scans a point is told that it is too early.
EARLY = timedelta(hours=1)

#: The same scan again within this time is the same visit.
SAME = timedelta(minutes=3)

#: Share of a window after which whoever walks is reminded of what is missing.
REMINDS = 0.75

#: The kind of task for what was missed.
MISSED = "patrol.missed"

#: What somebody may walk by.
WALK, VIEW, EDIT = "patrol.walk", "patrol.view", "patrol.edit"


# ------------------------------------------------------------------ windows open and close


@job(every=timedelta(minutes=1))
def turn(work: Work) -> None:
    """Begin the rounds whose windows have opened, remind of what is missing, and judge those whose windows are over."""
    _begin_all(work)
    _remind_all(work)
    _close_all(work)


def _begin_all(work: Work) -> None:
    lagging = select(PatrolRoute).where(
        col(PatrolRoute.removed_at).is_(None), col(PatrolRoute.begun_to) < work.now
    )  # fmt: skip
    for route in work.session.exec(lagging.limit(BATCH).with_for_update(skip_locked=True)).all():
        opened = [*windows.between(route.weekdays, route.opens, route.closes, route.begun_to, work.now)]
        for starts, ends in opened if route.points else ():
            _begin(work, route, starts, ends)
        if opened or route.begun_to < work.now - WRITTEN:  # a row that is written each minute would be written for nothing
            route.begun_to = work.now
            work.session.add(route)


def _begin(work: Work, route: PatrolRoute, starts: datetime, ends: datetime) -> None:
    is_past = ends <= work.now
    one = PatrolRound(
        route_id=route.id or 0, walker_id=route.walker_id, points=[*route.points], planned=len(_points(work, route.points)), starts_at=starts, ends_at=ends,
        state=RoundState.VOID if is_past else RoundState.OPEN,
    )  # fmt: skip
    work.session.add(one)
    work.session.flush()
    work.record("patrol.voided" if is_past else "patrol.begun", one.subject)
    walker = _active(work, route.walker_id)
    if walker is not None and not is_past:
        first = _points(work, one.points)
        work.tell(
            walker.openid, "patrol.begins", route=route.name, until=work.words("{t}", t=ends), count=len(one.points), first=first[0].where if first else ""
        )  # fmt: skip


def _remind_all(work: Work) -> None:
    waiting = select(PatrolRound).where(
        PatrolRound.state == RoundState.OPEN, col(PatrolRound.reminded_at).is_(None), col(PatrolRound.starts_at) <= work.now
    )
    for one in work.session.exec(waiting.with_for_update(skip_locked=True)).all():
        if work.now < one.starts_at + (one.ends_at - one.starts_at) * REMINDS:
            continue
        one.reminded_at = work.now
        work.session.add(one)
        walker, left = _active(work, one.walker_id), missing(work, one)
        if walker is not None and left:
            route = work.session.get_one(PatrolRoute, one.route_id)
            work.tell(
                walker.openid, "patrol.hurry", route=route.name, until=work.words("{t}", t=one.ends_at), count=len(left),
                left="、".join(point.name for point in left[:5]),
            )  # fmt: skip


def _close_all(work: Work) -> None:
    over = select(PatrolRound).where(PatrolRound.state == RoundState.OPEN, col(PatrolRound.ends_at) <= work.now)
    for one in work.session.exec(over.order_by(col(PatrolRound.id)).limit(BATCH).with_for_update(skip_locked=True)).all():
        left = missing(work, one)
        if not left:  # its points were taken away meanwhile
            _keep(work, one)
            continue
        one.state = RoundState.MISSED
        work.session.add(one)
        work.record("patrol.missed", one.subject, points=len(left))
        route = work.session.get_one(PatrolRoute, one.route_id)
        if len(left) == len(_points(work, one.points)):
            title = tr("巡检没人走：{route}（{n} 个点）", route=route.name, n=len(left))
            work.assign(MISSED, VIEW, title, subject=one.subject)
            continue
        for point in left:
            title = tr("巡检漏了：{route}，{point}", route=route.name, point=point.where)
            work.assign(MISSED, VIEW, title, subject=one.missing(point))


def missing(work: Work, one: PatrolRound) -> list[PatrolPoint]:
    """Return the points of a round where nobody was, in their order; those that hang no more are not missed."""
    seen = set(work.session.exec(select(PatrolVisit.point_id).where(PatrolVisit.round_id == one.id)).all())
    return [point for point in _points(work, one.points) if point.id not in seen]


def _points(work: Work, ids: Sequence[int]) -> list[PatrolPoint]:
    hanging = select(PatrolPoint).where(col(PatrolPoint.id).in_(ids), col(PatrolPoint.removed_at).is_(None))
    found = {one.id: one for one in work.session.exec(hanging).all()}
    return [found[key] for key in ids if key in found]


def _keep(work: Work, one: PatrolRound) -> None:
    one.state = RoundState.KEPT
    work.session.add(one)
    work.record("patrol.kept", one.subject)


def _active(work: Work, staff_id: int | None) -> Staff | None:
    member = work.session.get(Staff, staff_id) if staff_id else None
    return member if member is not None and member.disabled_at is None else None


# ------------------------------------------------------------------ somebody is at a point


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What came of a scan."""

    visit: PatrolVisit
    point: PatrolPoint
    route: PatrolRoute | None
    round: PatrolRound | None
    seen: int = 0  # points of the round where somebody was by now
    of: int = 0
    following: PatrolPoint | None = None
    opens_at: datetime | None = None  # of a scan that came too early
    planned: Staff | None = None  # who was to walk it, where that is somebody else
    is_again: bool = False


def find(work: Work, code: str) -> PatrolPoint | None:
    """Return the point that a code hangs at."""
    return work.session.exec(select(PatrolPoint).where(PatrolPoint.code == code, col(PatrolPoint.removed_at).is_(None))).first()


def note(work: Work, point: PatrolPoint, member: Staff) -> Noted:
    """Note that somebody is at a point; the same scan again within minutes changes nothing."""
    work.session.refresh(point, with_for_update=True)  # two scans at once are one after the other
    if (known := _just_noted(work, point, member)) is not None:
        return told(work, known, point, is_again=True)
    one, kind = _fitting(work, point)
    before = _last_of(work, member)
    visit = PatrolVisit(
        point_id=point.id or 0, round_id=one.id if one is not None else None, staff_id=member.id or 0, at=work.now, kind=kind,
        doubt=_doubt(work, one, point, member, before),
    )  # fmt: skip
    work.session.add(visit)
    work.session.flush()
    work.record("patrol.visited", visit.subject, how=kind, **({"doubt": visit.doubt} if visit.doubt else {}))
    if one is not None:
        _settle(work, one, point, kind)
    return told(work, visit, point)


def _just_noted(work: Work, point: PatrolPoint, member: Staff) -> PatrolVisit | None:
    theirs = select(PatrolVisit).where(
        PatrolVisit.point_id == point.id, PatrolVisit.staff_id == member.id, col(PatrolVisit.at) > work.now - SAME
    )
    return work.session.exec(theirs.order_by(col(PatrolVisit.id).desc())).first()


def _fitting(work: Work, point: PatrolPoint) -> tuple[PatrolRound | None, VisitKind]:
    """Return the round that a visit belongs to now, and how it stands to it: in time, after the window, before it, or out of any."""
    late = work.settings(Settings).late
    lately = select(PatrolRound).where(
        col(PatrolRound.ends_at) > work.now - late, col(PatrolRound.starts_at) <= work.now,
        col(PatrolRound.state).in_((RoundState.OPEN, RoundState.MISSED)),
    )  # fmt: skip
    rounds = work.session.exec(lately.order_by(col(PatrolRound.ends_at), col(PatrolRound.id))).all()
    waiting = [one for one in rounds if point.id in {left.id for left in missing(work, one)}]
    for one in waiting:
        if one.ends_at > work.now:
            return one, VisitKind.KEPT
    if opens_at(work, point) is not None:
        return None, VisitKind.EARLY
    return (waiting[-1], VisitKind.LATE) if waiting else (None, VisitKind.EXTRA)


def opens_at(work: Work, point: PatrolPoint) -> datetime | None:
    """Return when the next window of a point opens, where that is soon."""
    routes = work.session.exec(select(PatrolRoute).where(col(PatrolRoute.removed_at).is_(None))).all()
    coming = [
        starts for route in routes if point.id in route.points
        for starts, _ in windows.between(route.weekdays, route.opens, route.closes, work.now, work.now + EARLY)
    ]  # fmt: skip
    return min(coming, default=None)


def _last_of(work: Work, member: Staff) -> PatrolVisit | None:
    theirs = (
        select(PatrolVisit)
        .where(PatrolVisit.staff_id == member.id)
        .order_by(col(PatrolVisit.at).desc(), col(PatrolVisit.id).desc())
    )
    return work.session.exec(theirs).first()


def _doubt(work: Work, one: PatrolRound | None, point: PatrolPoint, member: Staff, before: PatrolVisit | None) -> Doubt:
    """Return why it may be that nobody was there: nobody walks so fast; or what else is out of the plan."""
    if one is None:
        return Doubt.NONE
    route = work.session.get_one(PatrolRoute, one.route_id)
    if before is not None and before.point_id != point.id and work.now - before.at < timedelta(seconds=route.gap):
        return Doubt.QUICK
    left = missing(work, one)
    if route.is_ordered and left and left[0].id != point.id:
        return Doubt.ORDER
    return Doubt.ELSE if one.walker_id not in (None, member.id) else Doubt.NONE


def _settle(work: Work, one: PatrolRound, point: PatrolPoint, kind: VisitKind) -> None:
    """Keep a round that is complete in time; of one that is made up for, end the tasks."""
    left = missing(work, one)
    if kind is VisitKind.LATE:
        work.finish(one.missing(point), tr("补走了"))
        if not left:
            work.finish(one.subject, tr("补走完了"))
        return
    one.in_time += 1
    work.session.add(one)
    if not left:
        _keep(work, one)


def told(work: Work, visit: PatrolVisit, point: PatrolPoint, *, is_again: bool = False) -> Noted:
    """Return what came of a visit: the round that it counts for, how far that is, and what comes next."""
    one = work.session.get(PatrolRound, visit.round_id) if visit.round_id is not None else None
    if one is None:
        soon = opens_at(work, point) if visit.kind is VisitKind.EARLY else None
        return Noted(visit=visit, point=point, route=None, round=None, opens_at=soon, is_again=is_again)
    left, points = missing(work, one), _points(work, one.points)
    return Noted(
        visit=visit, point=point, route=work.session.get(PatrolRoute, one.route_id), round=one, seen=len(points) - len(left), of=len(points),
        following=left[0] if left else None, planned=work.session.get(Staff, one.walker_id) if visit.doubt == Doubt.ELSE and one.walker_id else None,
        is_again=is_again,
    )  # fmt: skip


# ------------------------------------------------------------------ what is found there


def open_questions(work: Work, visit: PatrolVisit) -> list[questions.Question]:
    """Return the questions of a visit that are not answered yet."""
    point = work.session.get_one(PatrolPoint, visit.point_id)
    return [one for one in questions.of(point.questions) if one.title not in visit.answers]


def answer(work: Work, visit: PatrolVisit, question: questions.Question, value: float | bool) -> bool:
    """Keep an answer; returns whether it lies beyond its limits, of which the managers get to know once."""
    visit.answers = {**visit.answers, question.title: value}
    is_off = question.is_off(value)
    if is_off:
        visit.is_off = True
        work.record("patrol.off", visit.subject)
        point = work.session.get_one(PatrolPoint, visit.point_id)
        title = tr(
            "巡检读数不正常：{point}，{question} {value}", point=point.name, question=question.title, value=question.say(value)
        )
        if not any(one.kind == "patrol.off" for one in tasks.about(work.session, visit.subject)):
            work.assign("patrol.off", VIEW, title, subject=visit.subject)
    work.session.add(visit)
    return is_off


def report(work: Work, point: PatrolPoint, words: str, photos: Sequence[Photo] = (), *, phone: str = "") -> str:
    """Hand a fault that was found at a point to the repairs; returns what events call the ticket. Raises Refusal where there are none."""
    text = withheld(" ".join(words.split()))
    if not text:
        raise Refusal(tr("请写一句哪里坏了，例如：阀门渗水。"), field="words")
    ticket = work.ask_for("repair.open", place=point.name, words=text, photos=photos, phone=phone)
    if not ticket:
        raise Refusal(tr("这里没有开通报修，请打物业电话。"))
    return ticket


def find_fault(work: Work, visit: PatrolVisit, words: str, photos: Sequence[Photo] = ()) -> str:
    """Let a fault found at a visit become a repair, whose state comes back to it."""
    point = work.session.get_one(PatrolPoint, visit.point_id)
    visit.ticket = report(work, point, words, photos)
    visit.fault, visit.ticket_state = withheld(" ".join(words.split()))[:200], "opened"
    work.session.add(visit)
    work.record("patrol.fault", visit.subject)
    work.finish(visit.subject, tr("已报修"))
    return visit.ticket


def last_visit(work: Work, member: Staff, within: timedelta) -> PatrolVisit | None:
    """Return where somebody was last, if that is not long ago."""
    last = _last_of(work, member)
    return last if last is not None and last.at > work.now - within else None


def ticket_number(ticket: str) -> str:
    """Return the number of a repair by what events call it."""
    return ticket.partition(":")[2]


def answers_of(visit: PatrolVisit, point: PatrolPoint) -> Mapping[str, tuple[str, bool]]:
    """Return what was answered at a visit: the question, the words, whether that lies beyond the limits."""
    known = {one.title: one for one in questions.of(point.questions)}
    return {
        title: (known[title].say(value), known[title].is_off(value)) if title in known else (str(value), False)
        for title, value in visit.answers.items()
    }
