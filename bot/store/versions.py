"""What intent files held, and who changed them: a row for each state that the console found or made, the newest KEPT of each file.

The files belong to the installation, and so do these rows: they are of no community.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, delete, func, select

from bot.model import moment, word

#: Versions kept of each file; one of 20 kB is an intent with hundreds of examples.
KEPT = 50


class Became(StrEnum):
    """How a file came to hold what it held."""

    FOUND = "found"  # lay in the folder already, or was changed there by other means than the console
    SAVED = "saved"
    RESTORED = "restored"  # brought back to an earlier version
    DELETED = "deleted"  # is no more: the text is empty


class IntentVersion(SQLModel, table=True):
    """One state of one file."""

    __tablename__ = "intent_version"
    __table_args__ = (Index("intent_version_path", "path", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    path: str
    text: str
    at: datetime = moment()
    actor: str = ""  # staff:…; empty for what was found
    became: Became = word(Became, Became.SAVED)


def keep(session: Session, path: str, text: str, became: Became, actor: str, now: datetime) -> IntentVersion:
    """Write down a state of a file, and let go of those older than the newest KEPT."""
    version = IntentVersion(path=path, text=text, became=became, actor=actor, at=now)
    session.add(version)
    session.flush()
    oldest = session.exec(
        select(IntentVersion.id)
        .where(IntentVersion.path == path)
        .order_by(col(IntentVersion.id).desc())
        .offset(KEPT - 1)
        .limit(1)
    ).first()
    if oldest is not None:
        session.exec(delete(IntentVersion).where(col(IntentVersion.path) == path, col(IntentVersion.id) < oldest))
    return version


def keep_found(session: Session, path: str, text: str, now: datetime) -> None:
    """Write down what a file holds before it is changed, unless the newest version says the same."""
    last = newest(session, path)
    if last is None or last.became is Became.DELETED or last.text != text:
        keep(session, path, text, Became.FOUND, "", now)


def newest(session: Session, path: str) -> IntentVersion | None:
    """Return the latest state of a file that is known."""
    mine = select(IntentVersion).where(IntentVersion.path == path)
    return session.exec(mine.order_by(col(IntentVersion.id).desc()).limit(1)).first()


def listed(session: Session, path: str) -> Sequence[IntentVersion]:
    """Return all states of a file that are kept, the latest first."""
    mine = select(IntentVersion).where(IntentVersion.path == path)
    return session.exec(mine.order_by(col(IntentVersion.id).desc())).all()


def find(session: Session, path: str, key: int) -> IntentVersion | None:
    """Return one state of a file by its id."""
    found = session.get(IntentVersion, key)
    return found if found is not None and found.path == path else None


def deleted(session: Session) -> Sequence[IntentVersion]:
    """Return the deletions that nothing followed, the latest first: what can still be brought back."""
    last = select(func.max(IntentVersion.id)).group_by(col(IntentVersion.path))
    gone = select(IntentVersion).where(col(IntentVersion.id).in_(last), IntentVersion.became == Became.DELETED)
    return session.exec(gone.order_by(col(IntentVersion.id).desc())).all()
