"""Messages that were not understood, for whoever writes intents: counted, grouped by likeness, ignored for ever once told so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Field, Session, col, select

from bot.model import maybe_moment, moment
from bot.sealed import Search, digest_of, keyring_of, sealed
from bot.store.lookup import Lookup
from bot.store.scope import Scoped


class Unmatched(Scoped, table=True):
    """A message that was not understood, its values masked and nobody's name with it; kept for whoever writes intents."""

    id: int | None = Field(default=None, primary_key=True)
    text: str = sealed("unmatched.text")  # what cannot be read may tell of anybody's health
    text_digest: str = digest_of("text", Search.WORDS)
    count: int = 1
    first_at: datetime = moment()
    last_at: datetime = moment(index=True)
    ignored_at: datetime | None = maybe_moment()  # set: not to be shown again, however often it comes


#: Longer ones are stories; their beginning says enough.
LONGEST = 100

#: Messages looked at for the groups, the most frequent first.
LOOKED_AT = 500


@dataclass(frozen=True, kw_only=True)
class Group:
    """Messages that are alike, the most frequent first, and how often they came together."""

    rows: Sequence[Unmatched]

    @property
    def last_at(self) -> datetime:
        """When any of them came last."""
        return max(row.last_at for row in self.rows)

    @property
    def count(self) -> int:
        """How often all of them came."""
        return sum(row.count for row in self.rows)


_LOCKED = Lookup(select(Unmatched).where(Unmatched.text_digest == bindparam("digest")).with_for_update())


def note(session: Session, text: str, now: datetime) -> None:
    """Count a message; its values must be masked already."""
    said = text.strip()[:LONGEST]
    if not said:
        return
    row = _LOCKED.first(session, digest=_digest(session, said))
    if row is None:
        row = Unmatched(text=said, count=0, first_at=now, last_at=now)
    row.count, row.last_at = row.count + 1, now
    session.add(row)


def _same(session: Session, text: str) -> Any:
    return select(Unmatched).where(Unmatched.text_digest == _digest(session, text))


def _digest(session: Session, text: str) -> str:
    return keyring_of(session.get_bind().dialect).digest(Search.WORDS.of(text), Search.WORDS)


def groups(session: Session, are_alike: Callable[[str, str], bool]) -> Sequence[Group]:
    """Return what is not ignored, the largest group first; `are_alike` tells which messages stand in one."""
    return grouped(listed(session), are_alike)


def grouped(rows: Sequence[Unmatched], are_alike: Callable[[str, str], bool]) -> Sequence[Group]:
    """Return messages by likeness, the largest group first."""
    found: list[list[Unmatched]] = []
    for row in rows:  # each joins the first group whose head it resembles
        near = next((group for group in found if are_alike(group[0].text, row.text)), None)
        near.append(row) if near is not None else found.append([row])
    return sorted((Group(rows=tuple(group)) for group in found), key=lambda group: -group.count)


def listed(session: Session, *, ignored: bool = False) -> Sequence[Unmatched]:
    """Return what waits, the most frequent first; or what is ignored, the latest first. At most LOOKED_AT."""
    if ignored:
        query = select(Unmatched).where(col(Unmatched.ignored_at).is_not(None)).order_by(col(Unmatched.ignored_at).desc())
    else:
        query = (
            select(Unmatched)
            .where(col(Unmatched.ignored_at).is_(None))
            .order_by(col(Unmatched.count).desc(), col(Unmatched.last_at).desc())
        )
    return session.exec(query.limit(LOOKED_AT)).all()


def of_ids(session: Session, ids: Sequence[int]) -> Sequence[Unmatched]:
    """Return those of the messages that are there, of this community."""
    return session.exec(select(Unmatched).where(col(Unmatched.id).in_(ids)).order_by(col(Unmatched.id))).all()


def settle(session: Session, rows: Sequence[Unmatched]) -> None:
    """Let messages go that were dealt with: whoever says one again and is not understood is counted anew."""
    for row in rows:
        session.delete(row)


def set_aside(session: Session, rows: Sequence[Unmatched], now: datetime | None) -> None:
    """Let messages not be shown again, however often they come; None takes that back."""
    for row in rows:
        row.ignored_at = now
        session.add(row)


def ignore(session: Session, text: str, now: datetime) -> bool:
    """Let a message not be shown again; tells whether there was one."""
    row = session.exec(_same(session, text)).first()
    if row is None:
        return False
    row.ignored_at = now
    session.add(row)
    return True
