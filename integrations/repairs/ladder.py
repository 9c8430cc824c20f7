"""What happens by itself while nobody finishes a ticket: at 50, 80, 100 and 200 % of its time somebody more is told, of each once.

A rung, its task and its messages are written in one transaction with the ticket's row locked: what a process that died had not
committed, another one does, and of several replicas one. Where several rungs fall due at once, as after an outage, only the highest is
put before people. A ticket that nobody has accepted climbs like all others.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlmodel import col, select

from bot.contract import Household, Role, Staff, Work, job, tasks, telling, tr
from integrations.repairs import clock, steps
from integrations.repairs.models import CATEGORY_WORDS, OPEN, PAUSED, STATE_WORDS, Ticket, TicketState

#: A finished ticket that nobody rates is closed after this; it can still be reopened.
SILENCE = timedelta(days=7)

#: Tickets looked at in one run; the rest has its turn a minute later.
BATCH = 100

#: Kinds of tasks by rung; a higher one takes the place of those below.
KINDS = ("repair.halfway", "repair.nearly", "repair.overdue", "repair.twice")

#: The kind of task by which somebody looks after a ticket that has waited long.
WAITING = "repair.waiting"


@job(every=timedelta(minutes=1))
def climb(work: Work) -> None:
    """Let each ticket whose time has come climb."""
    due = work.session.exec(
        select(Ticket, Household)
        .join(Household, col(Household.id) == col(Ticket.household_id), isouter=True)
        .where(col(Ticket.state).in_(OPEN), col(Ticket.rung_at) <= work.now)
        .order_by(col(Ticket.rung_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Ticket)
    ).all()
    for ticket, flat in due:
        if ticket.state in PAUSED:
            _review(work, ticket, flat)
        else:
            _climb(work, ticket, flat)


def _climb(work: Work, ticket: Ticket, flat: Household | None) -> None:
    term, before = clock.term_of(ticket), ticket.rung
    while (at := clock.rung_at(term, ticket)) is not None and at <= work.now:
        work.record("repair.climbed", ticket.subject, share=round(clock.RUNGS[ticket.rung] * 100))
        ticket.rung += 1
        if ticket.rung > clock.BREACH and ticket.reminded_at is None:
            ticket.reminded_at = work.now
    ticket.rung_at = at
    work.session.add(ticket)
    if ticket.rung > before:
        _put_before(work, ticket, flat)


def _put_before(work: Work, ticket: Ticket, flat: Household | None) -> None:
    """Put the rung that was reached before those whom it concerns, in place of the one below."""
    for task in tasks.about(work.session, ticket.subject):
        if task.kind in KINDS:
            work.call_off(task, tr("转到下一级提醒"))
    reached = ticket.rung - 1
    _RUNGS[reached](work, ticket, ticket.place_of(flat))


def _assign(work: Work, ticket: Ticket, title: str) -> tasks.Task:
    return work.assign(KINDS[ticket.rung - 1], "ticket.view", title, urgent=ticket.urgent, subject=ticket.subject)


def _halfway(work: Work, ticket: Ticket, place: str) -> None:
    """Remind whoever has it; what nobody has is put before everybody."""
    if member := _assignee(work, ticket):
        task = _assign(work, ticket, tr("时间过半：{number} {place} {what}", number=ticket.number, place=place, what=ticket.what))
        tasks.claim(work, task, member)
        _remind(work, ticket, place, [member])
    else:
        title = tr("时间过半还没人接：{number} {place} {what}", number=ticket.number, place=place, what=ticket.what)
        _assign(work, ticket, title)


def _nearly(work: Work, ticket: Ticket, place: str) -> None:
    """Remind whoever has it, and the managers."""
    member = _assignee(work, ticket)
    who = member.name if member else tr("还没人接")
    title = tr("快超时了：{number} {place} {what}（{who}）", number=ticket.number, place=place, what=ticket.what, who=who)
    _assign(work, ticket, title)
    _remind(work, ticket, place, [*([member] if member else []), *_managers(work)])


def _overdue(work: Work, ticket: Ticket, place: str) -> None:
    """Put it before the managers, and tell the resident until when it is promised now: when that has gone by, it climbs once more."""
    category = CATEGORY_WORDS.get(ticket.category, "")
    title = tr("报修超时：{number} {place_of} {category}", number=ticket.number, place_of=place, category=category)
    _assign(work, ticket, title)
    _remind(work, ticket, place, _managers(work))
    ticket.promised_at = ticket.rung_at
    steps.tell(
        work, ticket, "repair.late", due=work.words("{t}", t=ticket.due_at), promise=work.words("{t}", t=ticket.promised_at)
    )


def _twice(work: Work, ticket: Ticket, place: str) -> None:
    """Put it on the list of what owners' committee and neighbourhood office look at, and say so to the resident."""
    title = tr("拖了两倍时间：{number} {place} {what}，已列入督办", number=ticket.number, place=place, what=ticket.what)
    _assign(work, ticket, title)
    member = _assignee(work, ticket)
    who = str(tr("{name}负责", name=member.name)) if member else str(tr("还没人接"))
    for manager in {one.id: one for one in (*([member] if member else []), *_managers(work))}.values():
        work.tell(manager.openid, "repair.supervised", number=ticket.number, place=place, what=ticket.what, who=who)
    steps.tell(work, ticket, "repair.very_late")


_RUNGS: Sequence[Callable[[Work, Ticket, str], None]] = (_halfway, _nearly, _overdue, _twice)


def _review(work: Work, ticket: Ticket, flat: Household | None) -> None:
    """Ask once whether a ticket that has waited long still has to."""
    ticket.rung_at = None
    work.session.add(ticket)
    state, place = STATE_WORDS[ticket.state], ticket.place_of(flat)
    title = tr(
        "{state}已经 {days} 天：{number} {place} {what}，请看看能不能接着修",
        state=state,
        days=clock.REVIEW.days,
        number=ticket.number,
        place=place,
        what=ticket.what,
    )
    work.assign(WAITING, "ticket.view", title, subject=ticket.subject)


def _assignee(work: Work, ticket: Ticket) -> Staff | None:
    member = work.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    return member if member is not None and member.disabled_at is None else None


def _managers(work: Work) -> list[Staff]:
    return [one for one in telling.may_see(work, "ticket.edit") if one.role is Role.MANAGER]


def _remind(work: Work, ticket: Ticket, place: str, members: Sequence[Staff]) -> None:
    """Tell members of the staff in WeChat, each once; who has not bound an account sees the task."""
    for member in {one.id: one for one in members}.values():
        when = work.words("{t}", t=ticket.due_at)
        late = "1" if ticket.rung > clock.BREACH else ""
        work.tell(member.openid, "repair.remind", number=ticket.number, place=place, what=ticket.what, when=when, late=late)


@job(every=timedelta(minutes=10))
def close_silent(work: Work) -> None:
    """Close what was finished and not rated for SILENCE."""
    silent = work.session.exec(
        select(Ticket)
        .where(Ticket.state == TicketState.DONE, col(Ticket.done_at) < work.now - SILENCE)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for ticket in silent:
        ticket.state = TicketState.CLOSED
        work.session.add(ticket)
        work.record("repair.closed", ticket.subject, reason="silence")
