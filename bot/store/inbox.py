"""Messages from WeChat and their answers, so that a repeat has no second effect and gets the same answer."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select
from sqlmodel import Session, SQLModel, col

from bot.model import InboxMessage

#: WeChat repeats within 15 seconds; the rest is for replicas and for people who look into a fault.
KEPT = timedelta(days=3)

_INBOX = SQLModel.metadata.tables["inbox"]
_ANSWER = select(_INBOX.c.answer).where(_INBOX.c.key == bindparam("sought"))
_REMEMBER = insert(_INBOX)


def find(session: Session, key: str) -> str | None:
    """Return the answer stored for a message, None if it is new."""
    return session.connection().execute(_ANSWER, {"sought": key}).scalar()


def remember(session: Session, key: str, openid: str, answer: str, now: datetime) -> None:
    """Store the answer; raises IntegrityError when another replica was quicker, which undoes this turn."""
    row = {"key": key, "openid": openid, "received_at": now, "answer": answer}
    session.connection().execute(_REMEMBER, row)


def prune(session: Session, now: datetime) -> int:
    """Forget messages older than KEPT; returns how many."""
    found = session.execute(delete(InboxMessage).where(col(InboxMessage.received_at) < now - KEPT))
    return int(getattr(found, "rowcount", 0))
