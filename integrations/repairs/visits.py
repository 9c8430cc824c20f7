"""Visits that were agreed to: proposed within what the resident said, by who works then and is free, confirmed by the office, kept or missed.

How long one is stands in the profile of its kind of fault (data/clocks.yaml). The time of somebody's is promised once: their row is locked while it is
looked whether a visit begins before another one of theirs is over, and of the rows that are agreed the database takes one for a person and a beginning.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, col, select

from bot.contract import Household, Refusal, Scoped, Staff, Task, Work, maybe_moment, moment, tasks, tr, tr_all, word
from integrations.repairs import clock, dispatching, hands, profiles, spots, windows
from integrations.repairs.models import OPEN, STATE_WORDS, Ticket, TicketState
from integrations.repairs.settings import Settings

#: The hours between which one is proposed, and how far apart their beginnings are: half an hour where one takes no full hours.
OPENS, CLOSES, HOUR, HALF = 8, 21, timedelta(hours=1), timedelta(minutes=30)

#: Nobody is promised to come sooner than this.
SOONEST = timedelta(minutes=30)

#: Visits that somebody makes on one day, and proposals that are shown.
MOST_A_DAY, SHOWN = 8, 6

#: The kind of task by which the office learns that a time is to be agreed upon anew, and that one was missed.
AGAIN, MISSED = "repair.visit", "repair.missed"


class VisitState(StrEnum):
    """What became of a visit."""

    AGREED = "agreed"  # it holds the time
    DECLINED = "declined"  # by the resident
    MOVED = "moved"  # another one stands in its place
    KEPT = "kept"
    MISSED = "missed"
    OFF = "off"  # nobody need come


class Visit(Scoped, table=True):
    """A time in which somebody comes, as the office agreed to it."""

    __tablename__ = "repair_visit"
    __table_args__ = (
        Index("repair_visit_due", "community_id", "state", "begins_at"),
        Index(
            "repair_visit_once", "community_id", "staff_id", "begins_at", unique=True, sqlite_where=text("state = 'agreed'"), postgresql_where=text("state = 'agreed'"),
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="repair_ticket.id", index=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    begins_at: datetime = moment()
    ends_at: datetime = moment()
    state: VisitState = word(VisitState, VisitState.AGREED)
    agreed_at: datetime = moment()
    reminded_at: datetime | None = maybe_moment()


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A time at which somebody could come, and why them."""

    member: Staff
    begins_at: datetime
    ends_at: datetime
    why: str

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.member.id}@{self.begins_at:%Y-%m-%dT%H:%M}"


def propose(work: Work, ticket: Ticket) -> list[Proposal]:
    """Return times at which somebody who can mend it works and is free: those that the resident named first, else the next ones."""
    named = windows.from_json(ticket.wishes, work.now)
    until = max((ends for _, ends in named), default=work.now + timedelta(days=3))
    people = [one for one in hands.load(work, until) if hands.can_mend(one, ticket.category)]
    if ticket.assignee_id is not None:
        people = [one for one in people if one.key == ticket.assignee_id] or people
    if not people:
        return []
    flat = work.session.get(Household, ticket.household_id) if ticket.household_id else None
    where, building = spots.load(work), flat.building if flat is not None else ""
    busy, days = _busy(work, until, ticket)
    stay = length_of(work, ticket)
    rostered = {one.key for one in people if one.turns} | set(hands.rostered(work))
    found: list[Proposal] = []
    for begins in _beginnings(work, named or [(work.now, until)], stay):
        ends = begins + stay
        free = [
            one for one in people
            if not any(start < ends and begins < end for start, end in busy[one.key]) and days[one.key, begins.date()] < MOST_A_DAY
            and _works(work, one, begins, ends, one.key in rostered)
        ]  # fmt: skip
        if free:
            best = min(
                free,
                key=lambda one: (days[one.key, begins.date()], one.held, spots.metres(where, one.building, building), one.key),
            )
            why = _why(best, ticket, days[best.key, begins.date()])
            found.append(Proposal(member=best.member, begins_at=begins, ends_at=ends, why=why))
        if len(found) == SHOWN:
            break
    return found


def _why(hand: hands.Hand, ticket: Ticket, that_day: int) -> str:
    skill = hands.can_mend(hand, ticket.category)
    load = tr("当天已约 {number} 家", number=that_day) if that_day else tr("当天还没约别家")
    return tr_all("，", filter(None, (tr("会{skill}", skill=skill) if skill else "", load)))


def length_of(work: Work, ticket: Ticket) -> timedelta:
    """Return how long a visit to what is broken takes."""
    return profiles.of_visit(profiles.load(work.settings(Settings).clocks), ticket.category)


def _beginnings(work: Work, named: Sequence[windows.Window], stay: timedelta) -> list[datetime]:
    """Return when a visit may begin that lies in the stretches whole, the next first."""
    found: set[datetime] = set()
    step = HALF if stay % HOUR else HOUR
    for begins, ends in named:
        at = begins.replace(minute=0, second=0, microsecond=0)
        while at < begins:
            at += step
        while at + stay <= ends:
            if at.hour >= OPENS and at + stay <= at.replace(hour=CLOSES, minute=0) and at >= work.now + SOONEST:
                found.add(at)
            at += step
    return sorted(found)


def _works(work: Work, hand: hands.Hand, begins: datetime, ends: datetime, is_rostered: bool) -> bool:
    """Tell whether somebody is on duty for all of a time; who stands on no roster works while the office is open."""
    if is_rostered:
        return any(start <= begins and ends <= end for start, end in hand.turns)
    return work.context.office.is_open(begins) and work.context.office.is_open(ends - timedelta(minutes=1))


def _busy(
    work: Work, until: datetime, but: Ticket
) -> tuple[Mapping[int, list[tuple[datetime, datetime]]], Counter[tuple[int, object]]]:
    """Return from when to when each is promised, and how many visits each has on a day."""
    agreed = work.session.exec(
        select(Visit).where(Visit.state == VisitState.AGREED, Visit.ends_at > work.now, Visit.begins_at < until, Visit.ticket_id != but.id)
    ).all()  # fmt: skip
    times: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for one in agreed:
        times[one.staff_id].append((one.begins_at, one.ends_at))
    return times, Counter((one.staff_id, one.begins_at.astimezone(work.now.tzinfo).date()) for one in agreed)


def current(work: Work, ticket: Ticket) -> Visit | None:
    """Return the visit that is agreed for a ticket."""
    return work.session.exec(
        select(Visit).where(Visit.ticket_id == ticket.id, Visit.state == VisitState.AGREED).order_by(col(Visit.id).desc())
    ).first()


def last(work: Work, ticket: Ticket) -> Visit | None:
    """Return the visit that was spoken of last for a ticket, whatever became of it."""
    return work.session.exec(select(Visit).where(Visit.ticket_id == ticket.id).order_by(col(Visit.id).desc())).first()


def agree(desk: Work, ticket: Ticket, member: Staff, begins: datetime) -> Visit:
    """Promise a time of somebody's for a ticket, which is theirs from then on; raises Refusal where it cannot be or is just gone."""
    dispatching.lock(desk, ticket)
    if ticket.state not in OPEN:
        raise Refusal(tr("工单{STATE_WORDS}，不用再约时间了。", STATE_WORDS=STATE_WORDS[ticket.state]))
    begins = begins.replace(second=0, microsecond=0)
    if begins + length_of(desk, ticket) <= desk.now:
        raise Refusal(tr("这个时间已经过了，请选今后的时间。"))
    before = current(desk, ticket)
    if before is not None and (before.staff_id, before.begins_at) == (member.id, begins):
        return before
    if before is not None:
        before.state = VisitState.MOVED
        desk.session.add(before)
        desk.session.flush()
    visit = hold(desk, ticket, member, begins)
    if visit is None:
        raise Refusal(tr("{name}这个时间刚约给了别家，请另选一个。", name=member.name))
    if ticket.assignee_id != member.id:
        ticket.assignee_id, ticket.taken_at = member.id, desk.now
    dispatching.leave_plan(ticket)
    if ticket.state is TicketState.OWNER:  # the time is what was waited for
        clock.resume(desk, ticket)
        ticket.state = TicketState.ACCEPTED
    elif ticket.state is TicketState.SUBMITTED:
        ticket.state = TicketState.ACCEPTED
    ticket.appointment_at, ticket.agreed_at = begins, desk.now
    clock.start(desk, ticket, ticket.opened_at if ticket.reopened == 0 else None)
    desk.session.add(ticket)
    until = f"{visit.ends_at.astimezone(desk.now.tzinfo):%H:%M}"
    desk.record("repair.agreed", ticket.subject, staff=member.login, at=begins.isoformat(), until=until)
    for task in _open(desk, ticket, AGAIN, MISSED):
        desk.call_off(task, tr("约好了新的时间"))
    return visit


def hold(work: Work, ticket: Ticket, member: Staff, begins: datetime, ends: datetime | None = None) -> Visit | None:
    """Take a time of somebody's for a ticket, to its kind's length where no end is said; None where another ticket has some of it."""
    ends = ends or begins + length_of(work, ticket)
    # Two who agree at once do so one after the other; rows that only name the person wait for nobody.
    work.session.refresh(member, with_for_update={"key_share": True})
    theirs = Visit.staff_id == member.id, Visit.begins_at < ends, Visit.ends_at > begins, Visit.state == VisitState.AGREED
    if work.session.exec(select(Visit.id).where(*theirs)).first() is not None:
        return None
    visit = Visit(ticket_id=ticket.id or 0, staff_id=member.id or 0, begins_at=begins, ends_at=ends, agreed_at=work.now)
    try:
        with work.session.begin_nested():
            work.session.add(visit)
            work.session.flush()
    except IntegrityError:
        return None
    return visit


def release(work: Work, ticket: Ticket, state: VisitState) -> Visit | None:
    """Let the time that was agreed for a ticket be free again, and nothing be promised; returns what was agreed."""
    visit = current(work, ticket)
    if visit is not None:
        visit.state = state
        work.session.add(visit)
    ticket.agreed_at = None
    work.session.add(ticket)
    return visit


def ahead(work: Work, ticket: Ticket) -> Visit | None:
    """Return the visit that is agreed for a ticket and not over yet."""
    visit = current(work, ticket)
    return visit if visit is not None and visit.ends_at > work.now else None


def decline(work: Work, ticket: Ticket, visit: Visit, said: str) -> str:
    """Let the visit that was agreed go, as the resident says, and ask the office for another time; returns when it would have been."""
    when = in_words(work, visit)
    release(work, ticket, VisitState.DECLINED)
    ticket.appointment_at, ticket.wishes = None, []
    ticket.add_words(said)
    clock.start(work, ticket, ticket.opened_at)
    work.record("repair.declined", ticket.subject, at=visit.begins_at.isoformat())
    flat = work.session.get(Household, ticket.household_id) if ticket.household_id is not None else None
    title = tr(
        "住户说{when}不行，请重新约：{place} {what}（{number}）",
        when=when,
        place=ticket.place_of(flat),
        what=ticket.what,
        number=ticket.number,
    )
    ask_again(work, ticket, title)
    return when


def wish(work: Work, ticket: Ticket, named: Sequence[windows.Window], said: str) -> str:
    """Write down when the resident can, and ask the office to agree on it; returns the first stretch in words."""
    ticket.add_words(said)
    ticket.wishes, ticket.appointment_at = windows.to_json(named), named[0][0]
    clock.start(work, ticket, ticket.opened_at)
    work.record("repair.changed", ticket.subject, at=named[0][0].isoformat())
    when = work.words("{t}到{until}", t=named[0][0], until=f"{named[0][1]:%H:%M}")
    ask_again(work, ticket, tr("住户可以{when}，请约：{number} {what}", when=when, number=ticket.number, what=ticket.what))
    return when


def ask_again(work: Work, ticket: Ticket, title: str) -> None:
    """Put it before the office that a time is to be agreed upon anew; one such task at a time, which says what was said last."""
    if not (open_ := _open(work, ticket, AGAIN)):
        work.assign(AGAIN, "ticket.view", title, subject=ticket.subject)
    for task in open_:
        task.title = title
        work.session.add(task)


def _open(work: Work, ticket: Ticket, *kinds: str) -> list[Task]:
    return [task for task in tasks.about(work.session, ticket.subject) if task.kind in kinds]


def in_words(work: Work, one: Visit | Proposal) -> str:
    """Return a time as people say it: 明天（3月12日 周四）14:00到15:00."""
    return work.words(tr("{t}到{until}"), t=one.begins_at, until=f"{one.ends_at.astimezone(work.now.tzinfo):%H:%M}")


def of_days(work: Work, since: datetime, until: datetime) -> Mapping[int, list[tuple[Visit, Ticket]]]:
    """Return the visits that are agreed between two moments, by who makes them, the earliest first."""
    rows = work.session.exec(
        select(Visit, Ticket).join(Ticket, col(Ticket.id) == col(Visit.ticket_id))
        .where(Visit.state == VisitState.AGREED, Visit.begins_at >= since, Visit.begins_at < until).order_by(col(Visit.begins_at))
    ).all()  # fmt: skip
    found: dict[int, list[tuple[Visit, Ticket]]] = {}
    for visit, ticket in rows:
        found.setdefault(visit.staff_id, []).append((visit, ticket))
    return found
