"""Codes that let somebody join a flat: one on paper for each household, and those that residents give to their own."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Field, Session, col, select

from bot.model import index_where_known, maybe_moment, moment, public_id, word
from bot.store.people import Household, Resident, ResidentRole
from bot.store.scope import Scoped

#: The kind of code (_scenes.yaml) that a household has on paper.
PAPER = "home"


class Invitation(Scoped, table=True):
    """A code that proves that its bearer belongs to a flat. On paper: until it is renewed. From a resident: once, for a while."""

    __table_args__ = (index_where_known("invitation", "inviter_id"),)

    code: str = Field(default_factory=public_id, primary_key=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    inviter_id: int | None = Field(default=None, foreign_key="resident.id")  # None: the office's own code, on paper
    called: str = ""  # whom it is for, as the inviter calls them: 我妈, 王芳
    role: ResidentRole = word(ResidentRole, ResidentRole.FAMILY)
    url: str = ""  # what the QR code on paper holds, once WeChat has made one
    made_at: datetime = moment()
    expires_at: datetime | None = maybe_moment()
    ended_at: datetime | None = maybe_moment()  # used, renewed or taken back

    @property
    def is_paper(self) -> bool:
        """It is the household's own code."""
        return self.inviter_id is None

    def is_open(self, now: datetime) -> bool:
        """Tell whether it still lets somebody in."""
        return self.ended_at is None and (self.expires_at is None or now < self.expires_at)


def invite(
    session: Session, inviter: Resident, household: Household, called: str, now: datetime, expires_at: datetime,
    role: ResidentRole = ResidentRole.FAMILY,
) -> Invitation:  # fmt: skip
    """Make a code for somebody who lives with the inviter, as what; what they made before for a person of that name ends."""
    mine = (col(Invitation.inviter_id) == inviter.id, col(Invitation.called) == called, col(Invitation.ended_at).is_(None))
    session.execute(update(Invitation).where(*mine).values(ended_at=now))
    made = Invitation(
        household_id=household.key, inviter_id=inviter.key, called=called, role=role, made_at=now, expires_at=expires_at
    )
    session.add(made)
    session.flush()
    return made


def paper(session: Session, household: Household) -> Invitation | None:
    """Return the household's code on paper that is good now; None where none was made."""
    theirs = select(Invitation).where(
        Invitation.household_id == household.id, col(Invitation.inviter_id).is_(None), col(Invitation.ended_at).is_(None)
    )
    return session.exec(theirs).first()


def paper_of(session: Session, household: Household, now: datetime, *, renew: bool = False) -> Invitation:
    """Return the household's code on paper, a new one if there is none; `renew` ends the old one."""
    found = paper(session, household)
    if found is not None and renew:
        end(session, found, now)
        found = None
    if found is None:
        found = Invitation(household_id=household.key, made_at=now)
        session.add(found)
        session.flush()
    return found


def find(session: Session, code: str) -> Invitation | None:
    """Return the invitation of a code, of whatever community it is; None if it is none of ours. Locks it: it may be used once."""
    if not code:
        return None
    before = dict(session.info)
    session.info.clear()
    try:
        return session.exec(select(Invitation).where(Invitation.code == code.upper()).with_for_update()).first()
    finally:
        session.info.update(before)


def inviter_of(session: Session, invitation: Invitation) -> Resident | None:
    """Return who gave a code to one of their own; None for the office's code on paper."""
    return session.get(Resident, invitation.inviter_id) if invitation.inviter_id is not None else None


def end_all_of(session: Session, inviter: Resident, now: datetime, household_id: int | None = None) -> None:
    """Let the codes that somebody gave to their own open nothing any more: those of one flat, or all of them."""
    theirs = [col(Invitation.inviter_id) == inviter.id, col(Invitation.ended_at).is_(None)]
    if household_id is not None:
        theirs.append(col(Invitation.household_id) == household_id)
    session.execute(update(Invitation).where(*theirs).values(ended_at=now))


def forget(session: Session, inviter: Resident) -> None:
    """Delete the codes that somebody gave to their own, and what they called them."""
    session.execute(delete(Invitation).where(col(Invitation.inviter_id) == inviter.id))


def of(session: Session, inviter: Resident) -> Sequence[Invitation]:
    """Return the codes that somebody gave to their own, oldest first."""
    mine = select(Invitation).where(Invitation.inviter_id == inviter.id)
    return session.exec(mine.order_by(col(Invitation.made_at))).all()


def open_to(session: Session, household: Household, now: datetime) -> Sequence[Invitation]:
    """Return what residents gave to their own and still lets somebody into a flat, oldest first."""
    given = (Invitation.household_id == household.id, col(Invitation.inviter_id).is_not(None))
    good = (col(Invitation.ended_at).is_(None), col(Invitation.expires_at) > now)
    return session.exec(select(Invitation).where(*given, *good).order_by(col(Invitation.made_at), col(Invitation.code))).all()


def end(session: Session, invitation: Invitation, now: datetime) -> None:
    """Let a code open nothing any more."""
    invitation.ended_at = now
    session.add(invitation)
    session.flush()
