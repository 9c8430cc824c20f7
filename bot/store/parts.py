"""A large notice is laid out in parts: its people are split up when it is published, deliveries follow part by part.

The people, as ids, are on disk with the notice itself: who they are is settled then. Each part becomes deliveries in a transaction of
its own, which takes the part's row away: killed in between, it is laid out by whoever looks next, once. So a notice to a whole town
keeps nobody's message waiting for longer than a part takes.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, UniqueConstraint, cast, exists, func, select, update
from sqlmodel import Field, Session, col

from bot.model import json_column, moment
from bot.store import audiences
from bot.store.audience import Audience
from bot.store.audiences import Offered
from bot.store.database import announce
from bot.store.outbox import Delivery
from bot.store.people import Resident
from bot.store.scope import Scoped


class NoticePart(Scoped, table=True):
    """Some of a notice's people who have no delivery yet."""

    __tablename__ = "notice_part"
    __table_args__ = (UniqueConstraint("notice_id", "occurrence", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id")
    occurrence: datetime = moment()
    number: int
    people: list[int] = json_column(list)
    size: int
    due_at: datetime = moment()  # of the deliveries
    reason: str = ""  # why they wait
    is_stopped: bool = False  # the notice was recalled: they are laid out as such
    split_at: datetime = moment()


#: People of a part: some thirty milliseconds of writing.
PART = 1_000

#: Announced where parts wait to be laid out.
WAITING = "notice.part"


@dataclass(frozen=True, kw_only=True)
class Split:
    """Whose deliveries are to be laid out: parts of ids, each in order."""

    parts: Sequence[Sequence[int]]

    @property
    def people(self) -> int:
        """How many."""
        return sum(map(len, self.parts))


def split(session: Session, notice_id: int, occurrence: datetime, audience: Audience, offered: Offered) -> Split:
    """Return the people of an audience who have no delivery of this occurrence; nobody while parts of it wait to be laid out."""
    if _waits(session, notice_id, occurrence):
        return Split(parts=())
    people = audiences.ids_of(session, audience, offered)
    mine = (col(Delivery.notice_id) == notice_id, col(Delivery.occurrence) == occurrence)
    if session.execute(select(col(Delivery.id)).where(*mine).limit(1)).first():
        people = people.where(~exists().where(*mine, col(Delivery.resident_id) == col(Resident.id)))
    each = people.subquery()
    listed = (
        func.json_group_array if session.get_bind().dialect.name == "sqlite" else func.json_agg
    )  # one row: a third of the time
    ids = sorted(json.loads(session.execute(select(cast(listed(each.c.id), Text))).scalar() or "[]"))
    return Split(parts=[ids[begin : begin + PART] for begin in range(0, len(ids), PART)])


def keep(
    session: Session, notice_id: int, occurrence: datetime, found: Split, due_at: datetime, now: datetime, *, reason: str
) -> None:
    """Write down whose deliveries are to be laid out, and call for who does it."""
    for number, ids in enumerate(found.parts):
        session.add(
            NoticePart(
                notice_id=notice_id, occurrence=occurrence, number=number, people=list(ids), size=len(ids), due_at=due_at, reason=reason,
                split_at=now,
            )
        )  # fmt: skip
    session.flush()
    announce(session, WAITING)


def waiting(session: Session) -> Sequence[tuple[int, int]]:
    """Return what waits to be laid out, by id, and in which community; what is due first before all else."""
    query = select(col(NoticePart.id), col(NoticePart.community_id)).order_by(col(NoticePart.due_at), col(NoticePart.id))
    return [(number, community) for number, community in session.execute(query)]


def take(session: Session, identity: int) -> NoticePart | None:
    """Return a part for this transaction to lay out; None where somebody else has it or has done it."""
    mine = select(NoticePart).where(col(NoticePart.id) == identity).with_for_update(skip_locked=True)
    return session.execute(mine).scalars().first()


def stop(session: Session, notice_id: int) -> int:
    """Let what waits of a notice be laid out as recalled; returns for how many people. One that is being laid out is waited for."""
    mine = (col(NoticePart.notice_id) == notice_id, col(NoticePart.is_stopped).is_(False))
    stopped = update(NoticePart).where(*mine).values(is_stopped=True).returning(col(NoticePart.size))
    return sum(int(people) for people in session.execute(stopped.execution_options(synchronize_session=False)).scalars())


def unlaid(session: Session, notice_id: int, at: datetime | None = None) -> tuple[int, int]:
    """Return for how many people of a notice deliveries are still to be laid out: to be sent, and recalled; of one time, or of all."""
    sizes = [(stopped, people) for _, one, stopped, people in sizes_of(session, (notice_id,)) if at in (None, one)]
    return sum(people for stopped, people in sizes if not stopped), sum(people for stopped, people in sizes if stopped)


def sizes_of(session: Session, notice_ids: Collection[int]) -> list[tuple[int, datetime, bool, int]]:
    """Return what is still to be laid out of several notices: which notice, of which time, whether it was recalled, for how many people."""
    what = (col(NoticePart.notice_id), col(NoticePart.occurrence), col(NoticePart.is_stopped))
    rows = session.execute(select(*what, func.sum(col(NoticePart.size))).where(what[0].in_(notice_ids)).group_by(*what))
    return [(notice_id, at, stopped, int(people)) for notice_id, at, stopped, people in rows]


def gone(session: Session, people: Collection[int], found: Collection[int]) -> list[tuple[int, str | None]]:
    """Return the people of a part who are not among the found any more, with their accounts; not those nobody knows any more."""
    lost = sorted(set(people) - set(found))
    rows: Any = session.execute(select(col(Resident.id), col(Resident.openid)).where(col(Resident.id).in_(lost))) if lost else ()
    return [(number, openid) for number, openid in rows]


def _waits(session: Session, notice_id: int, occurrence: datetime) -> bool:
    mine = (col(NoticePart.notice_id) == notice_id, col(NoticePart.occurrence) == occurrence)
    return session.execute(select(col(NoticePart.id)).where(*mine).limit(1)).first() is not None
