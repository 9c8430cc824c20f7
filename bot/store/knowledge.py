"""What a community's office answers to common questions: entries that residents are told, and templates still to be filled in.

An entry is told while it is live: filled in, not removed, and valid on the day. What is removed stays, so that it can be taken back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint, func
from sqlmodel import Field, Session, col, or_, select

from bot.model import PUBLIC_ALPHABET, SHANGHAI, json_column, maybe_moment, moment, public_id, word
from bot.store.database import announce
from bot.store.scope import Scoped

#: What a template begins each place with that an office must fill in.
TO_FILL = "【请填写"

#: What is announced when an entry changes.
ANNOUNCED = "knowledge"

#: What tells one state of a community's knowledge from another: entries, changes made to them, whose they are.
Stamp = tuple[int, int, str]


class Audience(StrEnum):
    """Whom an entry is for."""

    EVERYONE = "everyone"
    BOUND = "bound"  # who has bound a flat


class Entry(Scoped, table=True):
    """A question and its answer. Days are those of Asia/Shanghai; both ends belong to the validity."""

    __tablename__ = "knowledge_entry"
    __table_args__ = (UniqueConstraint("community_id", "public_id"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, index=True)
    question: str
    others: list[str] = json_column(list)  # other ways to ask
    answer: str
    valid_from: date | None = None
    valid_until: date | None = None
    audience: Audience = word(Audience, Audience.EVERYONE)
    is_template: bool = False  # still to be filled in, or kept for later: never told
    updated_at: datetime = moment()
    updated_by: str = ""  # login; empty for what shipped
    revision: int = 1  # how often it was written
    removed_at: datetime | None = maybe_moment()

    @property
    def about(self) -> str:
        """What events call it."""
        return f"knowledge:{self.public_id}"

    @property
    def is_ready(self) -> bool:
        """Tell whether it may be told on some day: filled in and not removed."""
        return self.removed_at is None and not self.is_template and TO_FILL not in self.answer

    def is_live(self, day: date) -> bool:
        """Tell whether it is told on a day."""
        return self.is_ready and not self.is_early(day) and not self.is_expired(day)

    def is_early(self, day: date) -> bool:
        """Tell whether its time has not come yet."""
        return self.valid_from is not None and day < self.valid_from

    def is_expired(self, day: date) -> bool:
        """Tell whether its time is over."""
        return self.valid_until is not None and day > self.valid_until


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An entry as somebody wrote it."""

    question: str
    answer: str
    others: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    audience: Audience = Audience.EVERYONE
    is_template: bool = False

    @classmethod
    def of(cls, entry: Entry) -> "Draft":
        """Return an entry as it would be written."""
        return cls(**{name: getattr(entry, name) for name in _WRITTEN if name != "others"}, others=tuple(entry.others))

    def overlaps(self, other: "Draft") -> bool:
        """Tell whether there is a day on which both are valid."""
        begins = max(self.valid_from or date.min, other.valid_from or date.min)
        return begins <= min(self.valid_until or date.max, other.valid_until or date.max)

    @property
    def columns(self) -> Mapping[str, Any]:
        """What a row keeps of it."""
        return {name: getattr(self, name) for name in _WRITTEN if name != "others"} | {"others": list(self.others)}


_WRITTEN = ("question", "answer", "others", "valid_from", "valid_until", "audience", "is_template")


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What a community may tell, as it stood when the stamp was read; values, for no session belongs to them."""

    stamp: Stamp
    entries: tuple[Entry, ...]


def find(session: Session, key: str) -> Entry | None:
    """Return an entry by its public id, a removed one too."""
    return session.exec(select(Entry).where(Entry.public_id == key)).first()


def listed(session: Session, *, removed: bool = False) -> Sequence[Entry]:
    """Return all entries, those still to be filled in last; or those that were removed, the latest first."""
    if removed:
        gone = select(Entry).where(col(Entry.removed_at).is_not(None))
        return session.exec(gone.order_by(col(Entry.removed_at).desc(), col(Entry.id))).all()
    here = select(Entry).where(col(Entry.removed_at).is_(None))
    return session.exec(here.order_by(col(Entry.is_template), col(Entry.id))).all()


def count_expired(session: Session, day: date) -> int:
    """Return how many entries were told until a day before `day`, and wait to be brought up to date."""
    lapsed = select(func.count()).where(
        col(Entry.valid_until) < day, col(Entry.removed_at).is_(None), col(Entry.is_template).is_(False)
    )
    return session.exec(lapsed.select_from(Entry)).one()


def save(session: Session, draft: Draft, now: datetime, by: str, entry: Entry | None = None) -> Entry:
    """Write a new entry, or `entry` anew."""
    if entry is None:
        entry = Entry(**draft.columns, updated_at=now, updated_by=by)
    else:
        entry.sqlmodel_update({**draft.columns, "updated_at": now, "updated_by": by, "revision": entry.revision + 1})
    return _keep(session, entry)


def plant(session: Session, community_id: int, drafts: Sequence[Draft], now: datetime) -> int:
    """Add entries that ship, for each question that has none; returns how many. Their ids follow from community and question."""
    known = set(session.exec(select(Entry.question).where(Entry.community_id == community_id)).all())
    new = [draft for draft in drafts if draft.question not in known]
    for draft in new:
        key = _shipped_id(community_id, draft.question)
        _keep(session, Entry(**draft.columns, public_id=key, community_id=community_id, updated_at=now))
    return len(new)


def remove(session: Session, entry: Entry, now: datetime) -> None:
    """Take an entry out; `restore` brings it back."""
    entry.sqlmodel_update({"removed_at": now, "revision": entry.revision + 1})
    _keep(session, entry)


def restore(session: Session, entry: Entry) -> None:
    """Bring a removed entry back as it was."""
    entry.sqlmodel_update({"removed_at": None, "revision": entry.revision + 1})
    _keep(session, entry)


def live_on(session: Session, day: date) -> Sequence[Entry]:
    """Return what is told on a day."""
    begun = or_(col(Entry.valid_from).is_(None), col(Entry.valid_from) <= day)
    lasting = or_(col(Entry.valid_until).is_(None), col(Entry.valid_until) >= day)
    found = session.exec(select(Entry).where(begun, lasting).order_by(col(Entry.id))).all()
    return [entry for entry in found if entry.is_live(day)]


def stamps(session: Session) -> dict[int, Stamp]:
    """Return the stamp of each community that has entries; whoever has read one knows by it whether anything changed since."""
    query = select(Entry.community_id, func.count(), func.sum(Entry.revision), func.min(Entry.public_id))
    rows = session.exec(query.group_by(col(Entry.community_id))).all()
    return {community: (count, int(changes), first) for community, count, changes, first in rows}


def changed(session: Session, seen: Mapping[int, Stamp]) -> dict[int, Shelf]:
    """Return the knowledge of each community whose stamp is not the one seen; what may be told on some day, not this one only."""
    now = stamps(session)
    stale = {community for community, stamp in now.items() if seen.get(community) != stamp}
    found = {community: Shelf(stamp=now[community], entries=_ready(session, community)) for community in stale}
    return found | {gone: Shelf(stamp=(0, 0, ""), entries=()) for gone in seen.keys() - now.keys()}


def day_of(now: datetime) -> date:
    """Return the day of the community."""
    return now.astimezone(SHANGHAI).date()


def _ready(session: Session, community_id: int) -> tuple[Entry, ...]:
    found = session.exec(select(Entry).where(Entry.community_id == community_id).order_by(col(Entry.id))).all()
    for entry in found:
        session.expunge(entry)
    return tuple(entry for entry in found if entry.is_ready)


def _keep(session: Session, entry: Entry) -> Entry:
    session.add(entry)
    session.flush()
    announce(session, ANNOUNCED)
    return entry


def _shipped_id(community_id: int, question: str) -> str:
    number = int.from_bytes(hashlib.sha256(f"{community_id} {question}".encode()).digest()[:7])
    return "".join(PUBLIC_ALPHABET[number >> 5 * place & 31] for place in range(10))
