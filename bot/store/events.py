"""The event log: audit, live console and figures read from this one table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from bot.model import Event
from bot.store.prepared import writing

_WRITE = writing(SQLModel.metadata.tables["event"])


def record(session: Session, now: datetime, kind: str, *, subject: str = "", actor: str = "system", **data: Any) -> None:
    """Write down what happened; in the log it stands only if the transaction does."""
    _WRITE.run(session, at=now, kind=kind, subject=subject, actor=actor, data=data)


def since(session: Session, last_id: int, limit: int = 200) -> Sequence[Event]:
    """Return the events after `last_id`, oldest first."""
    return session.exec(select(Event).where(col(Event.id) > last_id).order_by(col(Event.id)).limit(limit)).all()


def last_id(session: Session) -> int:
    """Return the newest event's id, 0 when there is none."""
    return session.exec(select(Event.id).order_by(col(Event.id).desc()).limit(1)).first() or 0


def about(session: Session, subject: str) -> Sequence[Event]:
    """Return what happened to `subject`, oldest first."""
    return session.exec(select(Event).where(Event.subject == subject).order_by(col(Event.id))).all()
