"""What became of what residents asked for: how it was understood, how it ended, how long the talk took.

A line for each message that matters, with the day and the intent, and nothing of who spoke or what was said: every figure of
understanding is counted anew from these.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, case, delete, func, select
from sqlmodel import Field, Session, SQLModel, col

from bot.store import scope
from bot.store.prepared import writing
from bot.store.scope import Scoped

#: How long the lines are kept: long enough to hold a year against the one before.
KEPT = timedelta(days=800)


class Understood(StrEnum):
    """How a message that wished for something was understood."""

    NOT_ASKED = ""  # it wished for nothing new: an answer to a question of the bot
    AT_ONCE = "at_once"
    ASKED_BACK = "asked_back"  # the bot asked which of several was meant
    MISSED = "missed"


class Ended(StrEnum):
    """How a wish ended with a message."""

    NOT_YET = ""
    SERVED = "served"  # done or answered, by the bot alone
    HANDED_OVER = "handed_over"  # given to a person


class Outcome(Scoped, table=True):
    """What one message came to."""

    __table_args__ = (Index("outcome_day", "community_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    day: date  # in Asia/Shanghai
    intent: str = ""  # the one that was most likely meant; empty where none was
    understood: str = Understood.NOT_ASKED
    ended: str = Ended.NOT_YET
    seconds: int = 0  # from the first message about it to this one, where it ended


_WRITE = writing(SQLModel.metadata.tables["outcome"])


def note(
    session: Session, now: datetime, intent: str, understood: Understood, ended: Ended = Ended.NOT_YET, took: timedelta = timedelta()
) -> None:  # fmt: skip
    """Write down what a message came to, in the community of the scope."""
    _WRITE.run(
        session, community_id=scope.of(session), day=now.date(), intent=intent, understood=str(understood), ended=str(ended),
        seconds=max(int(took.total_seconds()), 0),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many messages of one day and intent came to the same, and the seconds that they took together: each one at least so many."""

    day: date
    intent: str
    understood: str
    ended: str
    number: int
    seconds: int


def tallies(session: Session, begins: date, ends: date, at_least: int = 0) -> Sequence[Tally]:
    """Return what messages came to from one day until before another; each took `at_least` so many seconds."""
    alike = (col(Outcome.day), col(Outcome.intent), col(Outcome.understood), col(Outcome.ended))
    seconds = case((col(Outcome.seconds) < at_least, at_least), else_=col(Outcome.seconds))
    query: Any = (
        select(*alike, func.count(), func.sum(seconds))
        .where(col(Outcome.day) >= begins, col(Outcome.day) < ends)
        .group_by(*alike)
    )
    return [
        Tally(day=day, intent=intent, understood=understood, ended=ended, number=number, seconds=int(seconds or 0))
        for day, intent, understood, ended, number, seconds in session.execute(query)
    ]


def prune(session: Session, now: datetime) -> None:
    """Forget what is older than KEPT; for the core, without a scope."""
    session.execute(delete(Outcome).where(col(Outcome.day) < (now - KEPT).date()))
