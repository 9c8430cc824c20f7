"""How often signing in failed, counted in rows: for all processes together, and over a restart.

Kept for an hour, and so many of each kind: where there is no room, the one that failed longest ago makes it. Nothing is written
for whoever has to wait, so that no flood keeps the database busy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Index, func
from sqlmodel import Field, Session, SQLModel, col, delete, select

from bot.model import moment
from bot.store.upserts import insert

#: The wait after the last free failure; it doubles with each further one, up to the longest. Failures are forgotten in time.
FIRST_WAIT, LONGEST_WAIT, FORGOTTEN = timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1)

#: Keys that are counted of each kind.
ROOM = 10_000

NONE = timedelta(0)


class Kind(StrEnum):
    """What failures count for. Rows are locked in this order, so that two tries never wait for each other."""

    ACCOUNT = "account"
    ADDRESS = "address"
    DEVICE = "device"


class FailedAttempt(SQLModel, table=True):
    """How often one account, address or device has failed lately."""

    __tablename__ = "failed_attempt"
    __table_args__ = (Index("failed_attempt_last", "kind", "last"),)

    kind: str = Field(primary_key=True)
    mark: str = Field(primary_key=True)  # a hash: a login may be as long as a form
    times: int = 0
    last: datetime = moment()


@dataclass(frozen=True)
class Counted:
    """One thing that a try counts for, and how many failures cost it no wait."""

    kind: Kind
    key: str
    free: int

    @property
    def mark(self) -> str:
        """What its row is found by."""
        return sha256(self.key.encode(errors="surrogateescape")).hexdigest()[:32]


def wait(session: Session, counted: Sequence[Counted], now: datetime) -> timedelta:
    """Return how long to wait before the next try."""
    return max((_wait(session.get(FailedAttempt, (one.kind, one.mark)), one.free, now) for one in counted), default=NONE)


def begin(session: Session, counted: Sequence[Counted], now: datetime, room: int = ROOM) -> timedelta:
    """Count a failure before it is known for one, or return how long to wait: of a thousand tries at once few are looked at."""
    rows = [(one, _locked(session, one, now, room)) for one in sorted(counted, key=lambda one: one.kind)]
    waits = max(_wait(row, one.free, now) for one, row in rows)
    if not waits:
        for _, row in rows:
            row.times, row.last = (row.times if now - row.last < FORGOTTEN else 0) + 1, now
            session.add(row)
    return waits


def take_back(session: Session, counted: Sequence[Counted]) -> None:
    """Let one failure not have been; earlier ones stay, or who has an account could clear their address between two guesses."""
    for one in sorted(counted, key=lambda one: one.kind):
        row = session.get(FailedAttempt, (one.kind, one.mark), with_for_update=True)
        if row is not None and row.times > 1:
            row.times -= 1
            session.add(row)
        elif row is not None:
            session.delete(row)


def prune(session: Session, now: datetime) -> None:
    """Forget what failed long ago."""
    session.exec(delete(FailedAttempt).where(col(FailedAttempt.last) < now - FORGOTTEN))


def _wait(row: FailedAttempt | None, free: int, now: datetime) -> timedelta:
    if row is None or row.times < free:
        return NONE
    doublings = min(row.times - free, 10)
    return max(min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT) - (now - row.last), NONE)


def _locked(session: Session, one: Counted, now: datetime, room: int) -> FailedAttempt:
    """Return the row of one thing, ours alone until the end of the transaction; a new one makes room for itself."""
    row = insert(session, FailedAttempt).values(kind=one.kind, mark=one.mark, times=0, last=now).on_conflict_do_nothing()
    if session.connection().execute(row.returning(col(FailedAttempt.mark))).first() is not None:
        _make_room(session, one, room)
    return session.get_one(FailedAttempt, (one.kind, one.mark), with_for_update=True, populate_existing=True)


def _make_room(session: Session, one: Counted, room: int) -> None:
    ours = (col(FailedAttempt.kind) == one.kind, col(FailedAttempt.mark) != one.mark)
    oldest = select(FailedAttempt.last).where(*ours).order_by(col(FailedAttempt.last).desc()).offset(room - 1).limit(1)
    last = session.exec(oldest).first()
    if last is not None:
        session.exec(delete(FailedAttempt).where(*ours, col(FailedAttempt.last) <= last))


def count(session: Session) -> int:
    """Return how many are counted."""
    return session.exec(select(func.count()).select_from(FailedAttempt)).one()
