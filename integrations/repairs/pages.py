"""A ticket's progress as the resident sees it."""

from sqlmodel import col, select

from bot.contract import Page, Staff, View, Visit, page
from integrations.repairs.models import CATEGORY_WORDS, OPEN, STATE_WORDS, WAITS, Payer, Ticket, TicketCost, TicketNote, yuan
from integrations.repairs.steps import reason_of

#: What happened that is the staff's own: notes, of which those that were told stand there by their words, reminders, numbers of neighbours.
INNER = (
    "repair.noted", "repair.climbed", "repair.merged", "repair.joined", "repair.planned", "repair.passed_on", "repair.offered",
)  # fmt: skip


@page("GET", "/tickets/{number}")
def show(visit: Visit) -> View:
    """Show where the repair stands."""
    ticket = visit.session.exec(select(Ticket).where(Ticket.number == visit.params["number"])).first()
    if ticket is None:
        raise LookupError(visit.params["number"])
    kept = select(TicketNote).where(TicketNote.ticket_id == ticket.id, col(TicketNote.text) != "")
    told = visit.session.exec(kept.where(col(TicketNote.told).is_(True))).all()
    public = [step for step in visit.timeline(ticket.subject) if step.kind not in INNER]
    steps = [(step.at, step.words) for step in public]
    steps += [(note.at, f"物业：{note.text}") for note in told]
    carrier = (visit.session.get(Ticket, ticket.merged_into_id) if ticket.merged_into_id is not None else None) or ticket
    member = visit.session.get(Staff, carrier.assignee_id) if carrier.assignee_id else None
    state = STATE_WORDS[carrier.state] if carrier is ticket else f"{STATE_WORDS[carrier.state]}（和同一处的报修一起修）"
    theirs = select(TicketCost).where(TicketCost.ticket_id == ticket.id, TicketCost.payer == Payer.RESIDENT)
    costs = visit.session.exec(theirs.order_by(col(TicketCost.id))).all()
    return View(
        "repairs/progress.html",
        {
            "ticket": ticket, "carrier": carrier, "state": state, "category": CATEGORY_WORDS.get(ticket.category, ""),
            "is_open": carrier.state in OPEN, "steps": sorted(steps, key=lambda step: step[0]), "member": member, "community": visit.community,
            "costs": costs, "total": yuan(sum(one.total for one in costs)), "yuan": yuan, "reason": reason_of(ticket),
            "waits_for": WAITS.get(carrier.state, {}).get(carrier.pause_reason, ""),
        },
    )  # fmt: skip


ROUTES: tuple[Page, ...] = (show,)
