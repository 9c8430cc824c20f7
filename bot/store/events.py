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


def about(session: Session, subject: str) -> Sequence[Event]:
    """Return what happened to `subject`, oldest first."""
    return session.exec(select(Event).where(Event.subject == subject).order_by(col(Event.id))).all()
