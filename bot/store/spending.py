"""What the language model was asked each day, one count for all replicas. Days are those of Asia/Shanghai."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col

from bot.model import SHANGHAI


class ModelDay(SQLModel, table=True):
    """One day: how often the model was asked, and the tokens that it said it took."""

    __tablename__ = "model_day"

    day: date = Field(primary_key=True)
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What an endpoint bills for: what it was sent and what it wrote."""

    sent: int = 0
    written: int = 0


def take(session: Session, budget: int, now: datetime) -> bool:
    """Count one more call; False when the day's budget is spent, and nothing is counted."""
    day = _day(now)
    row = ModelDay.__table__  # type: ignore[attr-defined]  # SQLModel's own
    within = update(row).where(row.c.day == day, row.c.calls < budget).values(calls=row.c.calls + 1)
    if session.execute(within).rowcount:  # type: ignore[attr-defined]  # an update's result has it
        return True
    if budget < 1 or session.get(ModelDay, day) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(ModelDay(day=day, calls=1))
    except IntegrityError:  # another replica has just begun the day
        return take(session, budget, now)
    return True


def book(session: Session, tokens: Tokens, now: datetime) -> None:
    """Add what a call took to its day."""
    more = {"tokens_in": ModelDay.tokens_in + tokens.sent, "tokens_out": ModelDay.tokens_out + tokens.written}
    session.execute(update(ModelDay).where(col(ModelDay.day) == _day(now)).values(more))


def spent(session: Session, now: datetime) -> tuple[int, Tokens]:
    """Return today's calls and tokens."""
    row = session.get(ModelDay, _day(now))
    return (0, Tokens()) if row is None else (row.calls, Tokens(sent=row.tokens_in, written=row.tokens_out))


def _day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
