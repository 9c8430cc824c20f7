"""What was done to several rows at once, kept so that it can be taken back: how they were, and how they were left."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Field, Session, select

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


def find(session: Session, public_id: str, staff_id: int, now: datetime) -> UndoStep | None:
    """Return somebody's own step that can still be taken back."""
    step = session.exec(select(UndoStep).where(UndoStep.public_id == public_id, UndoStep.staff_id == staff_id)).first()
    return step if step is not None and step.undone_at is None and now - step.at < OPEN else None
