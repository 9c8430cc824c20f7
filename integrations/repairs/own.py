"""What a resident does to their own ticket, in the chat or on its page: presses for it, calls it off, rates it."""

from datetime import timedelta

from bot.contract import Household, Work
from integrations.repairs import merging, reopening, steps
from integrations.repairs.models import OPEN, Ticket, TicketState

#: Urging again within this time changes nothing.
URGE_AGAIN = timedelta(minutes=30)

#: Ratings from here down are followed up by a call.
LOW = 2


def carrier_of(work: Work, ticket: Ticket) -> Ticket:
    """Return the ticket on which it stands what becomes of one: the one that it was merged into, else itself."""
    into = work.session.get(Ticket, ticket.merged_into_id) if ticket.merged_into_id is not None else None
    return into or ticket


def was_pressed_lately(work: Work, ticket: Ticket) -> bool:
    """Tell whether it was pressed for a moment ago, and is not done yet."""
    is_open = carrier_of(work, ticket).state in OPEN
    return is_open and ticket.urged_at is not None and work.now - ticket.urged_at < URGE_AGAIN


def press(work: Work, ticket: Ticket, said: str = "") -> bool:
    """Put it before the staff that a resident waits; returns whether that opened a finished ticket again."""
    carrier = carrier_of(work, ticket)
    reopens = carrier.state not in OPEN
    if reopens:
        reopening.reopen(work, carrier)
    ticket.urged_at, ticket.urged = work.now, ticket.urged + 1
    ticket.add_words(said)
    work.session.add(ticket)
    flat = work.session.get(Household, ticket.household_id) if ticket.household_id is not None else None
    title = f"住户催办（第{ticket.urged}次）：{ticket.place_of(flat)} {ticket.what}"
    work.assign("repair.urged", "ticket.view", title, urgent=ticket.urged > 1, subject=carrier.subject)
    work.record("repair.urged", carrier.subject, times=ticket.urged)
    return reopens


def call_off(work: Work, ticket: Ticket) -> None:
    """Cancel it for the resident; what was merged into it goes on by itself."""
    ticket.state, ticket.ended = TicketState.CANCELLED, "resident"
    ticket.merged_into_id = None  # what it went with goes on
    work.session.add(ticket)
    work.record("repair.cancelled", ticket.subject, reason=ticket.ended)
    merging.part_all(work, ticket)
    work.finish(ticket.subject, "住户取消了报修")


def rate(work: Work, ticket: Ticket, score: int) -> None:
    """Close it with the resident's rating; who is not content is called back."""
    ticket.rating = score
    if ticket.state is not TicketState.MERGED:  # one that goes with another is rated beside it
        ticket.state = TicketState.CLOSED
    work.session.add(ticket)
    work.record("repair.rated", ticket.subject, rating=score)
    if score <= LOW:
        person = steps.reporter(work, ticket)
        openid = person if isinstance(person, str) or person is None else person.openid
        title = f"低分回访：{ticket.number} {ticket.what}（{score}分）"
        work.assign("repair.callback", "ticket.view", title, openid=openid, subject=ticket.subject)


def may_rate(work: Work, ticket: Ticket) -> bool:
    """Tell whether it is done, and was not rated yet."""
    carrier = carrier_of(work, ticket)
    is_done = carrier.state in (TicketState.DONE, TicketState.CLOSED) and carrier.done_at is not None
    return is_done and ticket.rating is None and reopening.is_fresh(work, carrier)
