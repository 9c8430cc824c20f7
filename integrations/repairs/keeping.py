"""What becomes of visits by themselves: both sides are reminded, what nobody came to is put before the office, what is over frees its hour."""

from datetime import timedelta

from sqlmodel import col, select

from bot.contract import Happening, Household, Staff, Work, job, on, tr
from integrations.repairs import dispatching, steps, visits
from integrations.repairs.models import OPEN, Ticket, TicketState
from integrations.repairs.visits import Visit, VisitState

#: How long before a visit both sides are reminded, and how long after its end nobody has come.
AHEAD, GRACE = timedelta(hours=2), timedelta(minutes=30)

#: Visits looked at in one run.
BATCH = 100

#: States in which somebody has been there.
BEGUN = (TicketState.WORKING, TicketState.PARTS, TicketState.DONE, TicketState.CLOSED)


@job(every=timedelta(minutes=1))
def remind(work: Work) -> None:
    """Remind resident and worker of a visit, each once; who agreed within that time knows."""
    due = select(Visit, Ticket).join(Ticket, col(Ticket.id) == col(Visit.ticket_id)).where(
        Visit.state == VisitState.AGREED, col(Visit.reminded_at).is_(None), Visit.begins_at > work.now, Visit.begins_at <= work.now + AHEAD,
    )  # fmt: skip
    for visit, ticket in work.session.exec(due.limit(BATCH).with_for_update(skip_locked=True, of=Visit)).all():
        visit.reminded_at = work.now
        work.session.add(visit)
        if visit.agreed_at >= visit.begins_at - AHEAD:
            continue
        member = work.session.get(Staff, visit.staff_id)
        flat = work.session.get(Household, ticket.household_id) if ticket.household_id else None
        when = visits.in_words(work, visit)
        steps.tell(work, ticket, "repair.visit_soon", when=when)
        work.tell(
            member.openid if member else None,
            "repair.visit_yours",
            number=ticket.number,
            place=ticket.place_of(flat),
            what=ticket.what,
            when=when,
        )


@job(every=timedelta(minutes=1))
def miss(work: Work) -> None:
    """Put before the office the visits that nobody came to, and own up to them."""
    over = (
        select(Visit, Ticket)
        .join(Ticket, col(Ticket.id) == col(Visit.ticket_id))
        .where(Visit.state == VisitState.AGREED, Visit.ends_at <= work.now - GRACE)
    )
    for visit, ticket in work.session.exec(over.limit(BATCH).with_for_update(skip_locked=True, of=Visit)).all():
        if ticket.state in BEGUN:
            visits.release(work, ticket, VisitState.KEPT)
            continue
        if ticket.state not in OPEN:
            visits.release(work, ticket, VisitState.OFF)
            continue
        visits.release(work, ticket, VisitState.MISSED)
        ticket.appointment_at = None
        member = work.session.get(Staff, visit.staff_id)
        work.record(
            "repair.missed", ticket.subject, at=visit.begins_at.isoformat(), **({"staff": member.login} if member else {})
        )
        who = member.name if member else tr("师傅")
        flat = work.session.get(Household, ticket.household_id) if ticket.household_id else None
        title = tr(
            "约好的时间没人上门：{number} {place} {what}（{who}），请联系住户重新约",
            number=ticket.number,
            place=ticket.place_of(flat),
            what=ticket.what,
            who=who,
        )
        work.assign(visits.MISSED, "ticket.view", title, urgent=True, subject=ticket.subject)
        steps.tell(work, ticket, "repair.visit_missed", when=visits.in_words(work, visit))


def _ticket(work: Work, happening: Happening) -> Ticket | None:
    return work.session.exec(select(Ticket).where(Ticket.number == happening.subject.partition(":")[2])).first()


def _free(work: Work, happening: Happening, state: VisitState) -> None:
    ticket = _ticket(work, happening)
    if ticket is not None:
        dispatching.leave_plan(ticket)
        visits.release(work, ticket, state)


@on("repair.cancelled")
def called_off(work: Work, happening: Happening) -> None:
    """Free the hour of what is called off."""
    _free(work, happening, VisitState.OFF)


@on("repair.merged")
def merged(work: Work, happening: Happening) -> None:
    """Free the hour of what goes with another one."""
    _free(work, happening, VisitState.OFF)


@on("repair.done")
def kept(work: Work, happening: Happening) -> None:
    """Free what is left of the hour of what is done."""
    _free(work, happening, VisitState.KEPT)


@on("repair.assigned")
def handed_on(work: Work, happening: Happening) -> None:
    """Let who has the ticket now keep the hour that was agreed, where they are free then; else it is agreed upon anew."""
    ticket = _ticket(work, happening)
    if ticket is None:
        return
    visit = visits.current(work, ticket)
    if visit is None:
        _promise(work, ticket)
    if visit is None or visit.staff_id == ticket.assignee_id:
        return
    when, agreed_at = visits.in_words(work, visit), ticket.agreed_at
    visits.release(work, ticket, VisitState.OFF)
    work.session.flush()
    member = work.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    if (
        member is not None and visits.hold(work, ticket, member, visit.begins_at, visit.ends_at) is not None
    ):  # the hour stays as it was agreed
        ticket.agreed_at = agreed_at
        work.session.add(ticket)
        return
    title = tr("换了师傅，约好的{when}要重新确认：{number} {what}", when=when, number=ticket.number, what=ticket.what)
    visits.ask_again(work, ticket, title)


@on("repair.accepted")
def accepted(work: Work, happening: Happening) -> None:
    """Let who takes a ticket keep what was agreed before anybody had it."""
    ticket = _ticket(work, happening)
    if ticket is not None and visits.current(work, ticket) is None:
        _promise(work, ticket)


def _promise(work: Work, ticket: Ticket) -> None:
    """Hold the time that the office agreed on while nobody had the ticket, of whoever has it now; where they cannot it is agreed upon anew."""
    at, member = ticket.appointment_at, work.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    if member is None or at is None or ticket.agreed_at is None or at <= work.now or ticket.state not in OPEN:
        return
    if visits.hold(work, ticket, member, at.astimezone(work.now.tzinfo)) is not None:
        return
    ticket.agreed_at = None
    work.session.add(ticket)
    when = work.words("{t}", t=at)
    title = tr(
        "{name}那时候约了别家，{when}要重新约：{number} {what}",
        name=member.name,
        when=when,
        number=ticket.number,
        what=ticket.what,
    )
    visits.ask_again(work, ticket, title)


@on("repair.put_back")
def put_back(work: Work, happening: Happening) -> None:
    """Promise the hour again that was freed by what is taken back, where it is still free; else it is agreed upon anew."""
    ticket = _ticket(work, happening)
    visit = visits.last(work, ticket) if ticket is not None else None
    if (
        ticket is None
        or visit is None
        or ticket.state not in OPEN
        or visit.state not in (VisitState.OFF, VisitState.KEPT)
        or visit.begins_at <= work.now
    ):
        return
    member = work.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    if member is not None and visits.hold(work, ticket, member, visit.begins_at, visit.ends_at) is not None:
        ticket.appointment_at, ticket.agreed_at = visit.begins_at, work.now
        work.session.add(ticket)
        return
    title = tr(
        "撤销以后约好的{when}要重新确认：{number} {what}",
        when=visits.in_words(work, visit),
        number=ticket.number,
        what=ticket.what,
    )
    visits.ask_again(work, ticket, title)


JOBS = (remind, miss)
REACTIONS = (called_off, merged, kept, handed_on, accepted, put_back)
