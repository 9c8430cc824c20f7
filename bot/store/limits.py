"""How often something was done today: what a stranger may try, and nobody may flood, is counted here before it is done.

Counts protect others from whoever is counted: they lie under a keyed hash of the account or flat, say nothing of either, and outlive
the account's erasure until their day is over.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Field, Session, col, select

from bot.store import scope, sealing
from bot.store.scope import Scoped
from bot.store.upserts import Upsert

#: Days for which counts are kept: nobody asks for older ones than today's.
KEPT = timedelta(days=1)

#: Wrong numbers and codes of one account in a day, of whatever kind, and how they are counted. Of ten thousand endings of a number three
#: guesses find one in three thousand days.
GUESSES, GUESS = 3, "bind.try"

#: What the hashes of their keys are for.
PURPOSE = "count"


class Tally(Scoped, table=True):
    """How often one thing was done by or for one key on one day of Asia/Shanghai. `key` is the keyed hash of an openid, a flat or what else."""

    community_id: int = Field(default=None, primary_key=True, foreign_key="community.id", nullable=False)
    kind: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    count: int = 0


_MORE = Upsert(
    Tally,
    lambda row: row.on_conflict_do_update(
        index_elements=["community_id", "kind", "key", "day"],
        set_={"count": col(Tally.count) + 1},
        where=col(Tally.count) < bindparam("most"),
    ).returning(col(Tally.count)),
)


def key_of(session: Session, what: str) -> str:
    """Return under which key something is counted."""
    return sealing.digest(session, what, PURPOSE)


def take(session: Session, kind: str, key: str, most: int, now: datetime) -> bool:
    """Count one more of today; False, and nothing counted, where there were `most` already. Two at once never both take the last."""
    if most <= 0:
        return False
    counted = _MORE.first(
        session, community_id=scope.of(session), kind=kind, key=key_of(session, key), day=now.date(), count=1, most=most
    )
    return counted is not None


def give_back(session: Session, kind: str, key: str, now: datetime) -> None:
    """Take back one that was counted today and, as it turned out, was none."""
    mine = (col(Tally.kind) == kind, col(Tally.key) == key_of(session, key), col(Tally.day) == now.date(), col(Tally.count) > 0)
    session.execute(update(Tally).where(*mine).values(count=col(Tally.count) - 1))


def used(session: Session, kind: str, key: str, now: datetime) -> int:
    """Return how often it was done today."""
    mine = select(Tally.count).where(Tally.kind == kind, Tally.key == key_of(session, key), Tally.day == now.date())
    return session.exec(mine).first() or 0
