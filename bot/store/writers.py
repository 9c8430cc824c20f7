"""Who of the staff writes on an answer in which talk: a row for a minute, so that colleagues see it whichever process serves them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, delete
from sqlmodel import Field, Session, col, select

from bot.model import moment
from bot.store import events, scope
from bot.store.database import announce
from bot.store.scope import Scoped
from bot.store.staff import Staff
from bot.store.upserts import insert

#: How long a row is kept: longer than the clocks of two processes differ. A page forgets who writes by itself, after ten seconds without a word.
KEPT = timedelta(minutes=1)


class Writer(Scoped, table=True):
    """That somebody wrote on an answer at a moment; no more than that."""

    __table_args__ = (Index("writer_at", "at"),)

    talk: str = Field(primary_key=True)  # a conversation's public id
    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    at: datetime = moment()


@dataclass(frozen=True, kw_only=True)
class Writes:
    """Who writes where, as colleagues are told."""

    community: int
    talk: str
    staff_id: int
    name: str
    at: datetime


def note(session: Session, talk: str, staff_id: int, now: datetime) -> None:
    """Write down that somebody writes now, and forget of whom that is long ago."""
    session.execute(delete(Writer).where(col(Writer.at) < now - KEPT))
    row = insert(session, Writer).values(community_id=scope.of(session), talk=talk, staff_id=staff_id, at=now)
    session.execute(row.on_conflict_do_update(index_elements=["talk", "staff_id"], set_={"at": now}))
    announce(session, events.ANNOUNCED)  # this process looks at once


def lately(session: Session, now: datetime) -> Sequence[Writes]:
    """Return who writes, or did so within the last minute, in all communities."""
    query = select(Writer, Staff.name).join(Staff, col(Staff.id) == col(Writer.staff_id)).where(col(Writer.at) > now - KEPT)
    return [
        Writes(community=one.community_id, talk=one.talk, staff_id=one.staff_id, name=name, at=one.at)
        for one, name in session.exec(query).all()
    ]
