"""The event log: audit, live console and figures read from this one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, select

from bot.model import json_column, moment
from bot.store import scope
from bot.store.database import announce
from bot.store.prepared import writing
from bot.store.scope import Scoped

#: Who acts where an operator types a command: whoever may log in to the machine, who has no account here.
COMMAND_LINE = "command line"

#: Whose events an index of their own finds: the staff's are few, and an index of everybody's would double what a line costs.
OF_STAFF = "actor LIKE 'staff:%'"


#: Said, after the commit, of new events and new lines of talks.
ANNOUNCED = "news"


class Event(Scoped, table=True):
    """What happened: append-only, written in the transaction of what it tells."""

    __table_args__ = (
        Index("event_staff", "actor", "id", sqlite_where=text(OF_STAFF), postgresql_where=text(OF_STAFF)),
        Index("event_listed", "community_id", "at", "id", "actor"),  # grows at its end, as the table does
        Index("event_kind", "community_id", "kind", "at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = moment()
    kind: str  # such as repair.opened
    subject: str = Field(default="", index=True)  # such as ticket:K3M9…
    actor: str = ""  # resident:…, staff:…, system or COMMAND_LINE
    data: dict[str, Any] = json_column(dict)


@dataclass(frozen=True, kw_only=True)
class Happening:
    """An event that has just been recorded: `data` has the declared fields, those with `?` only when they were given."""

    kind: str
    subject: str
    actor: str
    data: Mapping[str, Any]


_WRITE = writing(SQLModel.metadata.tables["event"])


_LISTENER = "event listener"


def record(session: Session, now: datetime, kind: str, *, subject: str = "", actor: str = "system", **data: Any) -> None:
    """Write down what happened in the community of the scope; in the log it stands only if the transaction does."""
    _WRITE.run(session, at=now, kind=kind, subject=subject, actor=actor, data=data, community_id=scope.of(session))
    announce(session, ANNOUNCED)
    listener = session.info.get(_LISTENER)
    if listener is not None:
        listener(Happening(kind=kind, subject=subject, actor=actor, data=data))


def is_recent(session: Session, kind: str, subject: str, actor: str, since: datetime) -> bool:
    """Tell whether somebody did this to a subject since then."""
    mine = select(Event.id).where(Event.kind == kind, Event.subject == subject, Event.actor == actor, Event.at > since)
    return session.exec(mine.limit(1)).first() is not None


def listen(session: Session, listener: Callable[[Happening], None] | None) -> None:
    """Let `listener` hear of each event that is recorded in this session from now on."""
    session.info[_LISTENER] = listener
