"""What repairs do when something happens elsewhere."""

from sqlmodel import col, select

from bot.contract import Happening, Household, Work, on, roster
from integrations.repairs.models import OPEN, Ticket

#: Why an account is let go of which nobody knows any more that it is the resident's.
STOPPED = ("objected", "blocked", "unknown_there")


@on("resident.bound")
def take_over(work: Work, happening: Happening) -> None:
    """Let what an account reported before it was proven be the resident's, and the flat's where it is one of theirs."""
    _take_over(work, happening)


@on("resident.moved_in")
def take_over_one_more(work: Work, happening: Happening) -> None:
    """Do the same where somebody who is bound has one flat more."""
    _take_over(work, happening)


def _take_over(work: Work, happening: Happening) -> None:
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


@on("resident.unbound", "reason")
def give_back(work: Work, happening: Happening) -> None:
    """Let what is still open of an account that a flat does not know be a stranger's again, of whom it is not proven where they live."""
    resident = roster.by_public_id(work.session, happening.subject.partition(":")[2])
    if resident is None or happening.data.get("reason") not in STOPPED:
        return
    ended = roster.binding_that_ended(work.session, resident, work.now)
    if ended is None:
        return
    theirs = select(Ticket).where(
        Ticket.resident_id == resident.id, col(Ticket.state).in_(OPEN), col(Ticket.household_id).is_not(None)
    )
    if roster.was_anothers(work.session, resident, ended.openid):  # what another account reported is not this one's
        theirs = theirs.where(Ticket.opened_at >= ended.bound_at)
    for ticket in work.session.exec(theirs).all():
        flat = work.session.get_one(Household, ticket.household_id)
        ticket.resident_id, ticket.household_id, ticket.openid, ticket.said_flat = None, None, ended.openid, flat.label
        work.session.add(ticket)


ALL = (take_over, take_over_one_more, give_back)
