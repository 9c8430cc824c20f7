"""What codes that residents gave do when something happens elsewhere."""

from bot.contract import Happening, Work, on, roster


def end_invitations(work: Work, happening: Happening) -> None:
    """Let the codes of whoever was let go open nothing any more; of who left one flat, those of that flat."""
    resident = roster.by_public_id(work.session, happening.subject.partition(":")[2])
    if resident is not None:
        roster.end_invitations_of(work.session, resident, work.now, happening.data.get("household"))


ALL = tuple(
    on(kind, *fields)(end_invitations)
    for kind, *fields in (("resident.unbound",), ("resident.moved_out", "household"), ("resident.let_go", "household"))
)
