"""When a ticket is due, and what happens when nobody has looked after it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import Household, Work, job, tr
from integrations.repairs.models import CATEGORY_WORDS, OPEN, Ticket, TicketState

#: 急修不过夜, 小修三日内 (建设部 1998, 城市住宅小区物业管理服务规范化标准, as quoted in trade literature).
URGENT, DEFAULT = timedelta(hours=2), timedelta(days=3)

#: Faults one does not live with for three days.
DUE: Mapping[str, timedelta] = {
    "water": timedelta(hours=24), "drain": timedelta(hours=24), "electric": timedelta(hours=12),
    "lift": timedelta(hours=4), "door": timedelta(hours=24),
}  # fmt: skip

#: Hours of the day between which non-urgent repairs fall due.
OPENS, CLOSES = 9, 21

#: A finished ticket that nobody rates is closed after this; it can still be reopened.
SILENCE = timedelta(days=7)

#: Tickets looked at in one run; the rest has its turn a minute later.
BATCH = 100


def due_at(category: str, urgent: bool, appointment_at: datetime | None, now: datetime) -> datetime:
    """Return until when the ticket should be done; an appointment moves it, for nobody comes before it.

    What is not urgent is due at a full hour of the day: nobody is promised 06:04.
    """
    moment = now + (URGENT if urgent else DUE.get(category, DEFAULT))
    if appointment_at:
        moment = max(moment, appointment_at + URGENT)
    return moment if urgent else _by_day(moment)


def _by_day(moment: datetime) -> datetime:
    """Return the next full hour at which somebody works."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    hour += timedelta(hours=hour < moment)
    if hour.hour < OPENS:
        return hour.replace(hour=OPENS)
    return (hour + timedelta(days=1)).replace(hour=OPENS) if hour.hour > CLOSES else hour


@job(every=timedelta(minutes=1))
def remind(work: Work) -> None:
    """Open a task for each ticket that is overdue, once; one that nobody accepted counts, too."""
    overdue = work.session.exec(
        select(Ticket, Household)
        .join(Household, col(Household.id) == col(Ticket.household_id), isouter=True)
        .where(col(Ticket.state).in_(OPEN), col(Ticket.due_at) < work.now, col(Ticket.reminded_at).is_(None))
        .order_by(col(Ticket.due_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Ticket)
    ).all()
    for ticket, flat in overdue:
        ticket.reminded_at = work.now
        work.session.add(ticket)
        title = tr(
            "报修超时：{number} {place_of} {category}",
            number=ticket.number,
            place_of=ticket.place_of(flat),
            category=CATEGORY_WORDS.get(ticket.category, ""),
        )
        work.assign("repair.overdue", "ticket.view", title, urgent=ticket.urgent, subject=ticket.subject)


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
