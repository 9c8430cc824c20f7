"""Forms that were acted upon, so that a second click finds what the first one did."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col

from bot.model import moment

#: How long a form that was sent is remembered: nobody reloads yesterday's page and means today.
KEPT = timedelta(days=1)


class Act(SQLModel, table=True):
    """One form that was acted upon, and where its answer led."""

    mark: str = Field(primary_key=True)  # hash of the form's key, of who sent it and of all it holds
    at: datetime = moment(index=True)
    to: str = ""  # empty: the answer was a page, which is not kept
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Done:
    """What the first of two equal forms came to."""

    to: str
    note: str


def begin(session: Session, mark: str, now: datetime) -> Done | None:
    """Take a form as ours to act upon; returns what came of it when that was done before.

    Of two that come at once the second waits for the first one's transaction, or finds nothing if that is undone.
    """
    try:
        with session.begin_nested():
            session.add(Act(mark=mark, at=now))
    except IntegrityError:
        found = session.get(Act, mark)
        if found is None:  # something else is wrong
            raise
        return Done(to=found.to, note=found.note)
    return None


def finish(session: Session, mark: str, to: str, note: str) -> None:
    """Keep where the answer led."""
    session.execute(update(Act).where(col(Act.mark) == mark).values(to=to, note=note))


def forget(session: Session, mark: str) -> None:
    """Let the form be sent again, for nothing was done."""
    session.execute(delete(Act).where(col(Act.mark) == mark))


def prune(session: Session, now: datetime) -> None:
    """Forget what is older than a day."""
    session.execute(delete(Act).where(col(Act.at) < now - KEPT))
