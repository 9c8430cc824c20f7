"""Seals over the event log: whoever removes, alters, swaps or slips in a line of it is found out.

A seal covers a stretch of lines and the seal before it with keyed hashes, whose key lies outside the database. Seals are made behind
the writers, of lines that no open transaction can precede any more; writing an event costs nothing for it (docs/decisions.md).
"""

import hmac
import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Column, Engine, LargeBinary, delete, func, text
from sqlmodel import Field, Session, SQLModel, col, select

from bot.keys import Keys
from bot.model import UTC, maybe_moment, moment
from bot.store import scope
from bot.store.events import Event
from bot.store.upserts import insert

#: Lines of one seal at most; a first seal of an old log is followed by others at once.
LONGEST = 1000

#: A head as it is noted elsewhere.
HEAD = re.compile(r"\d+-\d+-[0-9a-f]{64}")

#: What an assessment needs its records for (PIPL 56): younger lines are not pruned.
KEPT = timedelta(days=3 * 366)

#: How long a stretch that was found whole is taken to be so, by pages; `linli audit verify` believes nothing.
LATELY = timedelta(minutes=1)

#: Macs of stretches that were found whole, and when, by the database in which they lie.
_SEEN: WeakKeyDictionary[Engine, dict[str, datetime]] = WeakKeyDictionary()

#: A line in a seal: its id and its tag.
_LINE = struct.Struct(">q16s")


class Seal(SQLModel, table=True):
    """A stretch of the log: the lines after `after_id` up to `last_id`, and what proves that they are those that were sealed."""

    __tablename__ = "event_seal"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # 1, 2, 3 …: of two sealers one wins
    after_id: int
    last_id: int
    count: int
    first_at: datetime = moment()
    last_at: datetime = moment()
    sealed_at: datetime = moment()
    lines: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # id and tag of each; empty once they are pruned
    digest: str  # of `lines`
    before: str  # the mac of the seal before; empty for the first
    mac: str  # over all of this but what follows
    pruned_at: datetime | None = maybe_moment()
    pruned: str = ""  # proves that the lines were pruned by us

    @property
    def head(self) -> str:
        """What is kept elsewhere to tell later that no seal was cut off: 12-3456-9f0c…"""
        return f"{self.number}-{self.last_id}-{self.mac}"


def key_of(keys: Keys) -> bytes:
    """Return the key of the seals."""
    return keys.derive("event-seal-1")


# ------------------------------------------------------------------ sealing


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place in the log, and the transactions that were writing to it and may still put a line before that place."""

    last_id: int
    writers: frozenset[str] = frozenset()


def mark(session: Session) -> Mark:
    """Return the newest line that is seen, and who writes meanwhile."""
    last = session.execute(select(func.max(Event.id))).scalar()
    return Mark(last_id=last or 0, writers=_writers(session))


def is_settled(session: Session, place: Mark) -> bool:
    """Tell whether no line can come before a place any more: all who wrote when it was marked have ended."""
    return not (place.writers and place.writers & _writers(session))


def _writers(session: Session) -> frozenset[str]:
    """Return the transactions that hold the lock under which lines are written; SQLite's ids come in the order of commits.

    PostgreSQL takes the lock before it counts the id and lets go of it after the commit is seen
    (postgresql.org/docs/current/explicit-locking.html), so that who holds none has nothing to come.
    """
    if session.connection().dialect.name != "postgresql":
        return frozenset()
    held = text(
        "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND relation = 'event'::regclass"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND mode = 'RowExclusiveLock'"
    )
    return frozenset(session.execute(held).scalars())


def latest(session: Session) -> Seal | None:
    """Return the newest seal."""
    return session.exec(select(Seal).order_by(col(Seal.number).desc()).limit(1)).first()


def at(session: Session, number: int) -> Seal | None:
    """Return one seal."""
    return session.get(Seal, number)


def make(session: Session, key: bytes, before: Seal | None, until: int, now: datetime) -> Seal | None:
    """Return the seal that follows, of lines up to `until`; None where there is none to be sealed."""
    after = before.last_id if before else 0
    rows = list(_rows(session, after, until, LONGEST))
    if not rows:
        return None
    lines = b"".join(_LINE.pack(row.id, row.tag(key)) for row in rows)
    seal = Seal(
        number=before.number + 1 if before else 1, after_id=after, last_id=rows[-1].id, count=len(rows),
        first_at=min(row.at for row in rows), last_at=max(row.at for row in rows), sealed_at=now,
        lines=lines, digest=sha256(lines).hexdigest(), before=before.mac if before else "", mac="",
    )  # fmt: skip
    seal.mac = _mac(key, seal)
    return seal


def put(session: Session, seal: Seal) -> bool:
    """Keep a seal; False when another process has sealed meanwhile."""
    table = SQLModel.metadata.tables["event_seal"]
    kept = insert(session, table).values(**seal.model_dump()).on_conflict_do_nothing().returning(table.c.number)
    return session.execute(kept).first() is not None


def prune(session: Session, key: bytes, before: datetime, now: datetime) -> int | None:
    """Delete the lines of the oldest stretch that ended before a moment and keep its seal, which says so; None where there is none.

    Raises ValueError for a moment within KEPT.
    """
    if before > now - KEPT:
        raise ValueError(f"lines are kept for {KEPT.days} days")
    open_ones = select(Seal).where(col(Seal.pruned_at).is_(None)).order_by(col(Seal.number)).limit(1)
    seal = session.exec(open_ones.with_for_update()).first()
    if seal is None or seal.last_at >= before or next(_compare(session, key, seal), None) is not None:
        return None
    if mark(session).last_id <= seal.last_id:  # SQLite would give the ids of the newest lines anew
        return None
    session.execute(delete(Event).where(col(Event.id) > seal.after_id, col(Event.id) <= seal.last_id))
    seal.lines, seal.pruned_at = b"", now
    seal.pruned = _pruning(key, seal)
    session.add(seal)
    session.flush()
    return seal.count


# ------------------------------------------------------------------ looking whether it is whole


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that is not as it was sealed: a line by its id, or a stretch."""

    what: str
    line: int | None = None
    seal: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line is not None else f"seal {self.seal}: " if self.seal is not None else ""
        return where + self.what


@dataclass(kw_only=True)
class Check:
    """Goes through the whole log, a stretch at a time; its figures are complete when `run` has ended."""

    key: bytes
    seals: int = 0
    lines: int = 0
    pruned: int = 0
    unsealed: int = 0
    unsealed_since: datetime | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    last: Seal | None = field(default=None, repr=False)

    def run(self, session: Session, heads: Mapping[str, str]) -> Iterator[Fault | None]:
        """Give what is wrong, and None after each stretch. `heads`: what was kept elsewhere, by where."""
        wanted = {head: where for where, head in heads.items()}
        yield from _before_all(session)
        while (seal := _after(session, self.last)) is not None:
            yield from _chain(session, self.key, self.last, seal)
            if seal.pruned_at is None:
                yield from _compare(session, self.key, seal)
                self.lines += seal.count
                self.first_at = min(self.first_at or seal.first_at, seal.first_at)
                self.last_at = max(self.last_at or seal.last_at, seal.last_at)
            else:
                yield from _compare_pruned(session, self.key, seal)
                self.pruned += seal.count
            self.seals, self.last = self.seals + 1, seal
            wanted.pop(seal.head, None)
            session.expunge_all()
            session.rollback()  # no snapshot is held for as long as the whole takes
            yield None
        for head, where in wanted.items():
            yield Fault(
                what=f"the head kept in {where} ({head[:24]}…) is not in the log: seals and lines at its end are gone or changed"
            )
        after = self.last.last_id if self.last else 0
        waiting = select(func.count(), func.min(Event.at)).select_from(Event).where(col(Event.id) > after)
        self.unsealed, self.unsealed_since = session.execute(waiting).one()


def whole_lately(session: Session, key: bytes, now: datetime, seals: int = 5) -> bool:
    """Tell whether the last stretches are as they were sealed: quick enough for a page.

    A stretch that was found so less than LATELY ago is not read again, nor is its list of lines: what is remembered of it, in this
    process, is its mac.
    """
    engine = session.get_bind().engine
    seen = _SEEN.setdefault(engine, {})
    with scope.everywhere(session):
        heads = session.execute(select(Seal.number, Seal.mac).order_by(col(Seal.number).desc()).limit(seals)).all()
        for number, mac in heads:
            at = seen.get(mac)
            if at is not None and at <= now < at + LATELY:
                continue
            seal, before = session.get_one(Seal, number), session.get(Seal, number - 1)
            if next(_faults(session, key, before, seal), None) is not None:
                return False
            seen[mac] = now
    _SEEN[engine] = {mac: at for mac, at in seen.items() if now < at + LATELY}
    return True


def _faults(session: Session, key: bytes, before: Seal | None, seal: Seal) -> Iterator[Fault]:
    yield from _chain(session, key, before, seal)
    yield from (_compare if seal.pruned_at is None else _compare_pruned)(session, key, seal)


def _before_all(session: Session) -> Iterator[Fault]:
    """Give each line that stands before the first, where no seal looks: neither database gives such an id by itself."""
    found = session.execute(select(Event.id).where(col(Event.id) <= 0).order_by(col(Event.id))).scalars()
    yield from (Fault(line=number, what="was slipped in before the first line") for number in found)


def _after(session: Session, before: Seal | None) -> Seal | None:
    number = before.number if before else 0
    return session.exec(select(Seal).where(col(Seal.number) > number).order_by(col(Seal.number)).limit(1)).first()


def _chain(session: Session, key: bytes, before: Seal | None, seal: Seal) -> Iterator[Fault]:
    """Give what is wrong with a seal itself and with how it follows the one before."""
    if not hmac.compare_digest(seal.mac, _mac(key, seal)):
        yield Fault(seal=seal.number, what=f"was altered; it covers lines {seal.after_id + 1} to {seal.last_id}")
    after, number = (before.last_id, before.number) if before else (0, 0)
    if seal.number != number + 1:
        missing = f"seal {number + 1}" if seal.number == number + 2 else f"seals {number + 1} to {seal.number - 1}"
        yield Fault(
            seal=seal.number, what=f"{missing} before it are gone: nothing vouches for lines {after + 1} to {seal.after_id}"
        )
    elif seal.before != (before.mac if before else "") or seal.after_id != after:
        yield Fault(seal=seal.number, what=f"does not follow seal {number}")


def _compare(session: Session, key: bytes, seal: Seal) -> Iterator[Fault]:
    """Give each line that is not as the seal has it, by its id; both sides come in the order of their ids."""
    if sha256(seal.lines).hexdigest() != seal.digest or len(seal.lines) != seal.count * _LINE.size:
        yield Fault(seal=seal.number, what="its list of lines was altered")
        return
    sealed = dict(_LINE.iter_unpack(seal.lines))
    whose = {tag: number for number, tag in sealed.items()}
    missing = set(sealed)
    for row in _rows(session, seal.after_id, seal.last_id):
        missing.discard(row.id)
        tag, known = row.tag(key), sealed.get(row.id)
        if known is None:
            yield Fault(line=row.id, what="was slipped in after it was sealed that there is none")
        elif tag != known and tag in whose:
            yield Fault(line=row.id, what=f"stands in another place: it was sealed as line {whose[tag]}")
        elif tag != known:
            yield Fault(line=row.id, what="was altered")
    yield from (Fault(line=number, what="was removed") for number in sorted(missing))


def _compare_pruned(session: Session, key: bytes, seal: Seal) -> Iterator[Fault]:
    if not hmac.compare_digest(seal.pruned, _pruning(key, seal)):
        yield Fault(
            seal=seal.number, what=f"lines {seal.after_id + 1} to {seal.last_id} were removed, and not by `linli audit prune`"
        )
    for row in _rows(session, seal.after_id, seal.last_id):
        yield Fault(line=row.id, what="was slipped in where lines were pruned")


# ------------------------------------------------------------------ what is hashed


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    at: datetime
    said: bytes

    def tag(self, key: bytes) -> bytes:
        """Return 16 bytes that nobody makes without the key; the id stands beside them, so that a line that was moved is known."""
        return hmac.digest(key, self.said, sha256)[:16]


_COLUMNS = (Event.id, Event.community_id, Event.at, Event.kind, Event.subject, Event.actor, Event.data)


def _rows(session: Session, after: int, until: int, limit: int | None = None) -> Iterator[_Row]:
    """Give lines in their order, a thousand at a time."""
    given = 0
    while limit is None or given < limit:
        query = select(*_COLUMNS).where(col(Event.id) > after, col(Event.id) <= until).order_by(col(Event.id))  # type: ignore[call-overload]
        rows = _read(session, query.limit(min(LONGEST, limit - given) if limit is not None else LONGEST))
        yield from rows
        if len(rows) < LONGEST:
            return
        given, after = given + len(rows), rows[-1].id


def _read(session: Session, query: Any) -> list[_Row]:
    """Read lines; one that holds what no line of ours could, such as a word for its time, is read as a line that says nothing."""
    try:
        return [_row(*row) for row in session.execute(query).all()]
    except ValueError:
        numbers = session.execute(query.with_only_columns(Event.id)).scalars().all()
    if len(numbers) == 1:
        return [_Row(numbers[0], datetime.min.replace(tzinfo=UTC), b"")]
    return [row for number in numbers for row in _read(session, select(*_COLUMNS).where(col(Event.id) == number))]  # type: ignore[call-overload]


def _row(number: int, community_id: int, at: datetime, kind: str, subject: str, actor: str, data: Any) -> _Row:
    said = json.dumps(
        [community_id, _said(at), kind, subject, actor, data], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return _Row(number, at, said.encode())


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _mac(key: bytes, seal: Seal) -> str:
    said = [
        seal.number, seal.after_id, seal.last_id, seal.count, _said(seal.first_at), _said(seal.last_at), _said(seal.sealed_at),
        seal.digest, seal.before,
    ]  # fmt: skip
    return hmac.new(key, b"seal" + json.dumps(said).encode(), sha256).hexdigest()


def _pruning(key: bytes, seal: Seal) -> str:
    said = f"pruned {seal.mac} {_said(seal.pruned_at) if seal.pruned_at else ''}"
    return hmac.new(key, said.encode(), sha256).hexdigest()
