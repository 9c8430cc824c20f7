"""Effects: acts that need the network, written in the transaction that wants them and carried out afterwards.

A worker *claims* due rows under a lease and *settles* what became of them; the attempt is counted when it is claimed, so that
a row that kills its worker still dies. What was tried in vain too often is `dead`: admins see it and can run it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, delete, func, select, text, update
from sqlmodel import Field, Session, col

from bot.model import moment, public_id, word
from bot.sealed import sealed_map
from bot.store.database import announce
from bot.store.prepared import chosen_once
from bot.store.scope import Scoped

#: How long a claimed row is its worker's; longer than any effect may take.
LEASE = timedelta(minutes=2)

#: How long what was done is remembered, so that the same key does nothing again.
REMEMBERED = timedelta(days=7)


class EffectState(StrEnum):
    """An effect's life."""

    QUEUED = "queued"
    RUNNING = "running"  # leased by a worker until due_at
    DONE = "done"
    DEAD = "dead"  # given up; waits for somebody to look at it


_DUE = text("state IN ('queued', 'running')")


class Effect(Scoped, table=True):
    """One act to be carried out. `due_at` is schedule, retry time and end of the lease in one."""

    __table_args__ = (
        UniqueConstraint("community_id", "kind", "key"),
        Index("effect_due", "kind", "due_at", "id", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("effect_state", "community_id", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    kind: str  # which function carries it out, such as robot.send
    key: str  # the same act has the same key, however often it is asked for
    subject: str = ""  # what it is about, such as task:K3M9…
    payload: dict[str, Any] = sealed_map("effect.payload")
    state: EffectState = word(EffectState, EffectState.QUEUED)
    attempts: int = 0
    due_at: datetime = moment()
    created_at: datetime = moment()
    updated_at: datetime = moment()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row that is ours until its lease ends."""

    id: int
    community_id: int
    kind: str
    key: str
    subject: str
    payload: Mapping[str, Any]
    attempts: int


#: Written out, not bound: only so does the partial index effect_due serve it.
_CLAIMABLE = text("effect.state IN ('queued', 'running')")


def queue(session: Session, kind: str, key: str, payload: Mapping[str, Any], now: datetime, subject: str = "") -> bool:
    """Queue an act, due at once; returns False for one that was asked for before under the same key."""
    if session.execute(select(col(Effect.id)).where(col(Effect.kind) == kind, col(Effect.key) == key)).first() is not None:
        return False
    session.add(Effect(kind=kind, key=key, payload=dict(payload), subject=subject, due_at=now, created_at=now, updated_at=now))
    session.flush()
    announce(session, about(kind))
    return True


def about(kind: str) -> str:
    """Return what announcements and tasks call a kind."""
    return f"effect:{kind}"


def is_due(session: Session, kind: str, now: datetime) -> bool:
    """Tell whether there is anything to claim."""
    due = select(col(Effect.id)).where(_CLAIMABLE, col(Effect.kind) == kind, col(Effect.due_at) <= now)
    return session.execute(due.limit(1)).first() is not None


def claim(session: Session, kind: str, now: datetime, limit: int) -> list[Claim]:
    """Take up to `limit` due rows of a kind for LEASE, the longest due first."""
    due = select(col(Effect.id)).where(_CLAIMABLE, col(Effect.kind) == kind, col(Effect.due_at) <= now)
    due = due.order_by(col(Effect.due_at), col(Effect.id)).limit(limit).with_for_update(skip_locked=True)
    rows = session.execute(
        update(Effect)
        .where(col(Effect.id).in_(chosen_once(due)))
        .values(state=EffectState.RUNNING, attempts=Effect.attempts + 1, due_at=now + LEASE, updated_at=now)
        .returning(*(col(getattr(Effect, name)) for name in Claim.__dataclass_fields__))
        .execution_options(synchronize_session=False)
    ).all()
    return [Claim(**row._mapping) for row in sorted(rows)]


def settle(
    session: Session, claim: Claim, state: EffectState, now: datetime, *, reason: str = "", again_at: datetime | None = None,
    counts: bool = True,
) -> bool:  # fmt: skip
    """Write down what became of a claim; returns False when another worker has taken it over meanwhile.

    Without `counts` the try is none of those after which it is given up.
    """
    values: dict[str, Any] = {"state": state, "reason": reason[:200], "updated_at": now}
    if again_at is not None:
        values["due_at"] = again_at
    if not counts:
        values["attempts"] = claim.attempts - 1
    mine = (col(Effect.id) == claim.id, col(Effect.attempts) == claim.attempts, col(Effect.state) == EffectState.RUNNING)
    written = session.execute(update(Effect).where(*mine).values(**values).execution_options(synchronize_session=False))
    return bool(getattr(written, "rowcount", 0))


def dead_of(session: Session, kind: str) -> Sequence[Effect]:
    """Return all of a kind that were given up, the newest first."""
    return (
        session.execute(
            select(Effect).where(col(Effect.state) == EffectState.DEAD, col(Effect.kind) == kind).order_by(col(Effect.id).desc())
        )
        .scalars()
        .all()
    )


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What of one kind is still to be carried out; late is what has failed at least once, or fell due a while ago."""

    kind: str
    waiting: int
    late: int


def backlogs(session: Session, now: datetime, patience: timedelta = timedelta(minutes=1)) -> list[Backlog]:
    """Return what is still to be carried out, by kind."""
    is_late = (col(Effect.attempts) > 0) & (col(Effect.state) == EffectState.QUEUED) | (col(Effect.due_at) < now - patience)
    counted = select(col(Effect.kind), func.count(), func.count().filter(is_late)).where(_CLAIMABLE)
    rows = session.execute(counted.group_by(col(Effect.kind)).order_by(col(Effect.kind))).all()
    return [Backlog(kind=kind, waiting=waiting, late=late) for kind, waiting, late in rows]


def run_again(session: Session, effect: Effect, now: datetime) -> None:
    """Let something that was given up be tried anew."""
    effect.state, effect.attempts, effect.due_at, effect.updated_at, effect.reason = EffectState.QUEUED, 0, now, now, ""
    session.add(effect)
    announce(session, about(effect.kind))


def discard(session: Session, effect: Effect, now: datetime) -> None:
    """Let something that was given up go for good; its key stays used."""
    effect.state, effect.updated_at = EffectState.DONE, now
    session.add(effect)


def forget(session: Session, subject: str) -> None:
    """Take the words out of what was done about a subject, and let go what was given up; its keys stay used."""
    mine = (col(Effect.subject) == subject, col(Effect.state).in_([EffectState.DONE, EffectState.DEAD]))
    session.execute(update(Effect).where(*mine).values(state=EffectState.DONE, payload={}))


def prune(session: Session, now: datetime) -> int:
    """Forget what was done long ago; returns how many. What was given up stays until somebody has looked at it."""
    done = (col(Effect.state) == EffectState.DONE, col(Effect.updated_at) < now - REMEMBERED)
    return int(getattr(session.execute(delete(Effect).where(*done)), "rowcount", 0))
