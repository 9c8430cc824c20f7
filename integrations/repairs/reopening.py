"""A repair that was done and is not: within some days the same ticket goes on, after that a new one that names it."""

from datetime import timedelta

from sqlmodel import select

from bot.contract import Work
from integrations.repairs import clock
from integrations.repairs.models import Ticket, TicketState

#: How long a finished repair may be rated, and "still broken" reopens the same ticket.
REOPENS = timedelta(days=15)

#: How long ago it may have been done to be named by a new one.
NAMED = timedelta(days=365)


def is_fresh(work: Work, ticket: Ticket) -> bool:
    """Tell whether a finished ticket may still be opened again."""
    return ticket.done_at is None or work.now - ticket.done_at < REOPENS


def reopen(work: Work, ticket: Ticket) -> None:
    """Let the same ticket go on, before others that are not urgent; its clock begins anew."""
    ticket.state = TicketState.WORKING
    ticket.reopened += 1
    ticket.priority = max(ticket.priority, 1)
    ticket.done_at, ticket.rating, ticket.appointment_at = None, None, None
    ticket.ended, ticket.ended_note = "", ""
    for one in work.session.exec(select(Ticket).where(Ticket.merged_into_id == ticket.id)).all():
        one.rating = None  # who goes with it may rate it once it is done again
        work.session.add(one)
    clock.start(work, ticket)
    work.record("repair.reopened", ticket.subject, times=ticket.reopened)


def anew(work: Work, old: Ticket, said: str = "", *, by_staff: bool = False) -> Ticket:
    """Open a new ticket for the same fault, which names the old one, before others that are not urgent."""
    ticket = Ticket(
        resident_id=old.resident_id, household_id=old.household_id, openid=old.openid, said_flat=old.said_flat, category=old.category,
        location=old.location, phone=old.phone, priority=1, opened_at=work.now, follows_number=old.number,
    )  # fmt: skip
    clock.start(work, ticket)
    ticket.add_words(said or old.words)
    work.session.add(ticket)
    work.session.flush()
    work.record(
        "repair.opened", ticket.subject, category=ticket.category, urgent=False, **({"by_staff": True} if by_staff else {})
    )
    work.record("repair.follows", ticket.subject, old=old.number)
    return ticket
