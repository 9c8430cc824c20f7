"""A fault that was told twice: one ticket goes with another, whose later steps both residents hear of, until it is parted again."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from bot.contract import Desk, Household, Refusal, Work, tr
from integrations.repairs import clock, steps
from integrations.repairs.models import OPEN, STATE_WORDS, Ticket, TicketState

#: Tickets opened so close together may tell of the same fault.
NEAR = timedelta(hours=72)

#: Of these so many are offered.
OFFERED = 5


def alike(desk: Desk, ticket: Ticket) -> Sequence[Ticket]:
    """Return the open tickets that may tell of the same fault: of its kind, from its building or nobody's, opened about then."""
    flat = desk.session.get(Household, ticket.household_id) if ticket.household_id else None
    wanted = select(Ticket).where(
        Ticket.category == ticket.category, Ticket.id != ticket.id, col(Ticket.state).in_(OPEN),
        col(Ticket.opened_at).between(ticket.opened_at - NEAR, ticket.opened_at + NEAR),
    )  # fmt: skip
    if flat is not None:
        homes = select(Household.id).where(Household.building == flat.building)
        wanted = wanted.where(col(Ticket.household_id).in_(homes) | col(Ticket.household_id).is_(None))
    return desk.session.exec(wanted.order_by(col(Ticket.opened_at)).limit(OFFERED)).all()


def merge(desk: Desk, ticket: Ticket, number: str) -> Ticket:
    """Let a ticket go with the one of that number, and tell its resident; raises Refusal that says why it cannot."""
    into = desk.session.exec(select(Ticket).where(Ticket.number == number.strip().upper())).first()
    if into is None:
        raise Refusal(tr("没有这张工单，请看看工单号。"), field="number")
    if into.id == ticket.id:
        raise Refusal(tr("不能并入它自己。"), field="number")
    if ticket.state not in OPEN:
        raise Refusal(tr("只有没修好的工单可以合并。"), field="number")
    if into.state not in OPEN:
        raise Refusal(tr("那一单现在是“{STATE_WORDS}”，并不进去。", STATE_WORDS=STATE_WORDS[into.state]), field="number")
    if steps.merged_into(desk, ticket):
        raise Refusal(tr("这一单下面已经并了别的单，请反过来并，或先分出来。"), field="number")
    attach(desk, ticket, into)
    url = desk.link(f"/tickets/{ticket.number}")
    desk.tell(steps.reporter(desk, ticket), "repair.merged", number=ticket.number, url=url)
    return into


def attach(work: Work, ticket: Ticket, into: Ticket) -> None:
    """Let a ticket go with another from now on: it falls due no more, and hears what becomes of that one."""
    clock.resume(work, ticket)
    ticket.merged_from, ticket.state = ticket.state.value, TicketState.MERGED
    ticket.merged_into_id, ticket.rung_at = into.id, None
    work.session.add(ticket)
    work.record("repair.merged", ticket.subject, into=into.number)
    work.record("repair.joined", into.subject, other=ticket.number)
    work.finish(ticket.subject, tr("并入 {number}", number=into.number))


def part(work: Work, ticket: Ticket) -> None:
    """Let a merged ticket be one of its own again, as it was, and tell its resident."""
    separate(work, ticket)
    url = work.link(f"/tickets/{ticket.number}")
    work.tell(steps.reporter(work, ticket), "repair.put_back", number=ticket.number, state=STATE_WORDS[ticket.state], url=url)


def separate(work: Work, ticket: Ticket) -> None:
    """Let it be one of its own again, without a word."""
    if ticket.state is not TicketState.MERGED:
        raise Refusal(tr("这一单没有并入别的单。"))
    was = TicketState(ticket.merged_from)
    ticket.state = was if was not in (TicketState.PARTS, TicketState.OWNER) else TicketState.WORKING
    ticket.merged_into_id, ticket.merged_from = None, ""
    ticket.rung_at = clock.rung_at(clock.term_of(ticket), ticket)
    work.session.add(ticket)
    work.record("repair.parted", ticket.subject)


def part_all(work: Work, ticket: Ticket) -> None:
    """Part all that was merged into a ticket which its own resident wants no more: the others still wait."""
    for one in steps.merged_into(work, ticket):
        part(work, one)
