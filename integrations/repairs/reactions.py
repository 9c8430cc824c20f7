"""What repairs do when something happens elsewhere."""

from sqlmodel import select

from bot.contract import Happening, Work, on, roster
from integrations.repairs.models import Ticket


@on("resident.bound")
def take_over(work: Work, happening: Happening) -> None:
    """Let what an account reported before it was proven be the resident's, and the flat's where it is one of theirs."""
    resident = roster.by_public_id(work.session, happening.subject.partition(":")[2])
    if resident is None or not resident.openid:
        return
    flats = {flat.label: flat for flat in roster.homes(work.session, resident)}
    for ticket in work.session.exec(select(Ticket).where(Ticket.openid == resident.openid)).all():
        flat = flats.get(ticket.said_flat)
        if flat is None:
            continue
        ticket.resident_id, ticket.household_id, ticket.openid, ticket.said_flat = resident.id, flat.id, None, ""
        work.session.add(ticket)


ALL = (take_over,)
