"""What passes do when something happens elsewhere."""

from sqlmodel import select

from bot.contract import Happening, Work, on, roster
from integrations.visitor_passes.models import Pass, PassState


def call_off(work: Work, happening: Happening) -> None:
    """Cancel what is still open of whoever was let go: the gate would let their visitors in for somebody else's."""
    resident = roster.by_public_id(work.session, happening.subject.partition(":")[2])
    if resident is None:
        return
    theirs = select(Pass).where(Pass.resident_id == resident.id, Pass.state == PassState.ACTIVE)
    if happening.kind in ("resident.moved_out", "resident.let_go"):  # what other flats gave them stays
        theirs = theirs.where(Pass.household_id == happening.data["household"])
    for found in work.session.exec(theirs).all():
        found.state = PassState.CANCELLED
        work.session.add(found)
        work.record("visitor.cancelled", f"pass:{found.public_id}", why="left")


ALL = tuple(
    on(kind, *fields)(call_off)
    for kind, *fields in (("resident.unbound",), ("resident.moved_out", "household"), ("resident.let_go", "household"))
)
