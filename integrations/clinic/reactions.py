"""What appointments do when something happens elsewhere."""

from sqlmodel import col, select

from bot.contract import Happening, Work, on, roster
from integrations.clinic import places
from integrations.clinic.models import OPEN, Booking, State


def call_off(work: Work, happening: Happening) -> None:
    """Give back the places of whoever was let go: they would keep others waiting."""
    resident = roster.by_public_id(work.session, happening.subject.partition(":")[2])
    if resident is None:
        return
    theirs = select(Booking).where(Booking.resident_id == resident.id, col(Booking.state).in_(OPEN))
    if happening.kind != "resident.unbound":  # what other flats gave them stays
        theirs = theirs.where(Booking.household_id == happening.data["household"])
    for found in work.session.exec(theirs).all():
        places.end(work, found, State.CANCELLED)
        work.record("clinic.cancelled", found.subject, why="left")


ALL = tuple(
    on(kind, *fields)(call_off)
    for kind, *fields in (("resident.unbound",), ("resident.moved_out", "household"), ("resident.let_go", "household"))
)
