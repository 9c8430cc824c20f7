"""What was done to several rows at once, kept so that it can be taken back: how they were, and how they were left."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Field, Session, col, select

from bot.model import maybe_moment, moment, public_id
from bot.sealed import sealed_map
from bot.store.scope import Scoped

#: How long a step can be taken back: whoever notices later has moved on, and so have colleagues.
OPEN = timedelta(minutes=30)

#: How long it is kept at most.
KEPT = timedelta(days=1)


class UndoStep(Scoped, table=True):
    """One act on several rows."""

    __tablename__ = "undo_step"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    list: str  # the name of the listing
    act: str
    staff_id: int = Field(foreign_key="staff.id")  # who did it, and alone may take it back
    at: datetime = moment(index=True)
    undone_at: datetime | None = maybe_moment()
    personal_changes: dict[str, Any] = sealed_map("undo_step.personal_changes")  # rows: id, before, after, tasks


def leave_out(session: Session, listing: str, keys: Collection[int], now: datetime) -> None:
    """Let what was done to these rows not be taken back any more: whom they are about has gone."""
    can_be = (UndoStep.list == listing, col(UndoStep.undone_at).is_(None), col(UndoStep.at) > now - OPEN)
    for step in session.exec(select(UndoStep).where(*can_be).with_for_update()).all():
        kept = [one for one in step.personal_changes["rows"] if one["id"] not in keys]
        if len(kept) < len(step.personal_changes["rows"]):
            step.personal_changes = {"rows": kept}
            session.add(step)


def are_open(session: Session, now: datetime) -> set[str]:
    """Return the names of the lists of which something can still be taken back."""
    return set(session.exec(select(UndoStep.list).where(col(UndoStep.undone_at).is_(None), col(UndoStep.at) > now - OPEN)).all())


def latest(session: Session, listing: str, staff_id: int, now: datetime) -> UndoStep | None:
    """Return the last that somebody did to several rows of a list, while it can be taken back; None where that was taken back already."""
    mine = select(UndoStep).where(UndoStep.list == listing, UndoStep.staff_id == staff_id, col(UndoStep.at) > now - OPEN)
    step = session.exec(mine.order_by(col(UndoStep.at).desc(), col(UndoStep.id).desc()).limit(1)).first()
    return step if step is not None and step.undone_at is None else None


def find(session: Session, public_id: str, staff_id: int, now: datetime) -> UndoStep | None:
    """Return somebody's own step that can still be taken back."""
    step = session.exec(select(UndoStep).where(UndoStep.public_id == public_id, UndoStep.staff_id == staff_id)).first()
    return step if step is not None and step.undone_at is None and now - step.at < OPEN else None
