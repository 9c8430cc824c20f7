"""What people have consented to, purpose by purpose, in which words, and when they took it back.

A consent is a row of its own, so that rows of sensitive data can point at it and the database refuses those that do not. What was
refused stands apart: nothing can point at a refusal. Neither holds an openid; the words are ours.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, case, delete, func, or_, text
from sqlalchemy import select as sql_select
from sqlmodel import Field, Session, col, select

from bot.model import maybe_moment, moment, word
from bot.store import people
from bot.store.people import Resident
from bot.store.scope import Scoped

#: How long it can be shown that a consent was given, after it was taken back: three years, as for records of impact assessments.
#: Source: 个人信息保护法 art. 56
KEPT = timedelta(days=3 * 365)


class Given(StrEnum):
    """How somebody consented."""

    CHAT = "chat"  # asked in the talk, and said yes
    SAID = "said"  # said so by themselves, having refused or withdrawn before
    BEFORE = "before"  # kept at their wish before anybody was asked: version 0


_IN_FORCE = text("withdrawn_at IS NULL")


class Consent(Scoped, table=True):
    """That somebody consented to a purpose; while `withdrawn_at` is None it holds."""

    __table_args__ = (
        Index("consent_in_force", "resident_id", "purpose", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
    )

    id: int | None = Field(default=None, primary_key=True)
    resident_id: int = Field(foreign_key="resident.id", index=True)  # who gave it
    purpose: str
    version: int  # of the words
    as_guardian: bool = False  # not for themselves but for children under 14 whose guardian they say they are
    how: Given = word(Given, Given.CHAT)
    words: str = ""  # as they were shown
    given_at: datetime = moment()
    withdrawn_at: datetime | None = maybe_moment()
    is_over: bool = False  # they have gone: whoever comes back is asked anew

    @property
    def key(self) -> int:
        """The id of one that is on disk."""
        if self.id is None:
            raise ValueError("this consent is not stored yet")
        return self.id


class ConsentRefusal(Scoped, table=True):
    """That somebody was asked in a version of the words and said no: they are not asked in it again."""

    __tablename__ = "consent_refusal"

    resident_id: int = Field(primary_key=True, foreign_key="resident.id")
    purpose: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    at: datetime = moment()


def in_force(session: Session, resident: Resident, purpose: str) -> Consent | None:
    """Return somebody's consent to a purpose, None where there is none or it was taken back."""
    return next(iter(holding(session, resident, purpose)), None)


def holding(session: Session, resident: Resident, purpose: str) -> Sequence[Consent]:
    """Return every consent of somebody's to a purpose that holds, that to the newest words first.

    There are several where two rows of one person were made one and both had consented: the one who goes keeps theirs.
    """
    mine = (
        col(Consent.resident_id).in_(_all_of(session, resident)),
        Consent.purpose == purpose,
        col(Consent.withdrawn_at).is_(None),
    )
    return session.exec(select(Consent).where(*mine).order_by(col(Consent.version).desc(), col(Consent.id))).all()


def _all_of(session: Session, resident: Resident) -> list[int]:
    """Return the ids of all rows that are this person: their own and those that were merged into it."""
    return [resident.key, *(one.key for one in people.also_known(session, [resident]))]


def last_withdrawn(session: Session, resident: Resident) -> datetime | None:
    """Return when somebody last took a consent back."""
    mine = (col(Consent.resident_id).in_(_all_of(session, resident)), col(Consent.withdrawn_at).is_not(None))
    newest = select(Consent).where(*mine).order_by(col(Consent.withdrawn_at).desc()).limit(1)
    found = session.exec(newest).first()
    return found.withdrawn_at if found is not None else None


def counted(session: Session, purpose: str, moments: Sequence[datetime], where: Sequence[Any] = ()) -> Sequence[int]:
    """Return how many people's consent to a purpose held at each of these moments."""
    if not moments:
        return ()
    held = [
        func.count(
            case(
                ((col(Consent.given_at) < at) & or_(col(Consent.withdrawn_at).is_(None), col(Consent.withdrawn_at) >= at), col(Consent.resident_id))
            ).distinct()
        )
        for at in moments
    ]  # fmt: skip
    return list(session.execute(sql_select(*held).where(col(Consent.purpose) == purpose, *where)).one())


def of(session: Session, resident: Resident) -> Sequence[Consent]:
    """Return all that somebody ever consented to, oldest first."""
    return session.exec(select(Consent).where(Consent.resident_id == resident.id).order_by(col(Consent.id))).all()


def refusals(session: Session, resident: Resident) -> Sequence[ConsentRefusal]:
    """Return what somebody said no to, oldest first."""
    mine = select(ConsentRefusal).where(ConsentRefusal.resident_id == resident.id)
    return session.exec(mine.order_by(col(ConsentRefusal.at))).all()


def was_asked(session: Session, resident: Resident, purpose: str, version: int) -> bool:
    """Tell whether somebody has answered these words before: said no, or said yes and took it back."""
    those = _all_of(session, resident)
    refused = (
        col(ConsentRefusal.resident_id).in_(those),
        ConsentRefusal.purpose == purpose,
        ConsentRefusal.version == version,
    )
    if session.exec(select(ConsentRefusal).where(*refused).limit(1)).first() is not None:
        return True
    mine = (
        col(Consent.resident_id).in_(those),
        Consent.purpose == purpose,
        Consent.version == version,
        col(Consent.is_over).is_(False),
    )
    return session.exec(select(Consent.id).where(*mine).limit(1)).first() is not None


def give(
    session: Session, resident: Resident, purpose: str, version: int, words: str, now: datetime, *,
    how: Given = Given.CHAT, as_guardian: bool = False,
) -> Consent:  # fmt: skip
    """Note a consent; one in these words that holds already stays, one in older words is replaced."""
    before = holding(session, resident, purpose)
    if found := next((one for one in before if one.version == version), None):
        return found
    made = Consent(
        resident_id=resident.key, purpose=purpose, version=version, words=words, how=how, as_guardian=as_guardian, given_at=now
    )
    for older in before:
        end(session, older, now)
    drop_refusal(session, resident, purpose)
    session.add(made)
    session.flush()
    return made


def refuse(session: Session, resident: Resident, purpose: str, version: int, now: datetime) -> None:
    """Note a no."""
    if session.get(ConsentRefusal, (resident.key, purpose, version)) is None:
        session.add(ConsentRefusal(resident_id=resident.key, purpose=purpose, version=version, at=now))
        session.flush()


def end(session: Session, consent: Consent, now: datetime) -> None:
    """Note that a consent was taken back."""
    consent.withdrawn_at = now
    session.add(consent)
    session.flush()


def end_all(session: Session, resident: Resident, now: datetime) -> None:
    """Take back all that somebody who has gone consented to; whoever comes back is asked anew."""
    for consent in of(session, resident):
        consent.withdrawn_at, consent.is_over = consent.withdrawn_at or now, True
        session.add(consent)
    session.flush()
    session.execute(delete(ConsentRefusal).where(col(ConsentRefusal.resident_id) == resident.id))


def unwilling(purpose: str) -> Any:
    """Return the select of the ids of those who said no to a purpose, or took their yes back and gave none since."""
    held = sql_select(col(Consent.resident_id)).where(col(Consent.purpose) == purpose, col(Consent.withdrawn_at).is_(None))
    asked = sql_select(col(ConsentRefusal.resident_id)).where(col(ConsentRefusal.purpose) == purpose)
    ended = sql_select(col(Consent.resident_id)).where(
        col(Consent.purpose) == purpose, col(Consent.withdrawn_at).is_not(None), col(Consent.is_over).is_(False)
    )
    those = asked.union(ended).subquery().c[0]
    return sql_select(those).where(those.not_in(held))


def drop_refusal(session: Session, resident: Resident, purpose: str) -> None:
    """Forget that somebody said no."""
    mine = (col(ConsentRefusal.resident_id).in_(_all_of(session, resident)), col(ConsentRefusal.purpose) == purpose)
    session.execute(delete(ConsentRefusal).where(*mine))
