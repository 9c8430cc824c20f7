"""Repairs for which somebody has to be let into a flat, for whoever makes passes; none of them is known here."""

from collections.abc import Sequence

from sqlmodel import col, select

from bot.contract import Errand, Household, Work, tr
from integrations.repairs.models import OPEN, Ticket


def under_way(work: Work, household: Household | None, subject: str) -> Sequence[Errand]:
    """Return the open tickets of a flat, or the one of a subject, the newest first."""
    kind, _, number = subject.partition(":")
    if household is None and kind != "ticket":
        return ()
    wanted = (Ticket.household_id == household.id) if household else (Ticket.number == number)
    found = work.session.exec(
        select(Ticket, Household)
        .join(Household, col(Household.id) == col(Ticket.household_id))
        .where(wanted, col(Ticket.state).in_(OPEN))
        .order_by(col(Ticket.id).desc())
    ).all()
    return [
        Errand(subject=one.subject, words=tr("报修 {number} {what}", number=one.number, what=one.what), household=flat)
        for one, flat in found
    ]
