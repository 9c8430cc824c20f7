"""Whom a household does not want: accounts of which it said, or staff for it, that they are not known there."""

from datetime import datetime

from sqlalchemy import bindparam, delete, update
from sqlmodel import Field, Session, col, select

from bot.model import moment
from bot.store import sealing
from bot.store.lookup import Lookup
from bot.store.scope import Scoped

#: What the hashes of accounts that households do not know are for.
PURPOSE = "objection"


class Objection(Scoped, table=True):
    """A household that said of an account: we do not know them. Only staff let that account in again.

    It protects the household from the account, and outlives the account's erasure: `openid` is its keyed hash from then on.
    """

    openid: str = Field(primary_key=True)
    household_id: int = Field(primary_key=True, foreign_key="household.id", index=True)
    at: datetime = moment()


_AGAINST = Lookup(select(Objection.household_id).where(col(Objection.openid).in_((bindparam("openid"), bindparam("erased")))))


def object_to(session: Session, openid: str, household_id: int, now: datetime) -> None:
    """Note that a household does not know an account."""
    if not is_objected(session, openid, household_id):
        session.add(Objection(openid=openid, household_id=household_id, at=now))
        session.flush()


def is_objected(session: Session, openid: str, household_id: int) -> bool:
    """Tell whether a household said that it does not know an account."""
    mine = select(Objection.openid).where(
        col(Objection.openid).in_(known_as(session, openid)), Objection.household_id == household_id
    )
    return session.exec(mine).first() is not None


def flats_against(session: Session, openid: str) -> set[int]:
    """Return the ids of the flats that do not know an account."""
    known, erased = known_as(session, openid)
    return set(_AGAINST.all(session, openid=known, erased=erased))


def objected(session: Session, household_id: int) -> list[Objection]:
    """Return the accounts that a household does not know, the latest first."""
    theirs = select(Objection).where(Objection.household_id == household_id)
    return list(session.exec(theirs.order_by(col(Objection.at).desc(), col(Objection.openid))).all())


def forgive(session: Session, openid: str, household_id: int) -> None:
    """Let an account be bound to a household again that had objected."""
    theirs = (col(Objection.openid).in_(known_as(session, openid)), col(Objection.household_id) == household_id)
    session.execute(delete(Objection).where(*theirs))


def forget(session: Session, openid: str, until: datetime) -> None:
    """Forget of which account households said until then that they do not know it; of all communities, outside a scope."""
    hashed = sealing.digest(session, openid, PURPOSE)
    before = select(Objection.household_id).where(Objection.openid == hashed)
    session.execute(delete(Objection).where(col(Objection.openid) == openid, col(Objection.household_id).in_(before)))
    named = (col(Objection.openid) == openid, col(Objection.at) <= until)
    session.execute(update(Objection).where(*named).values(openid=hashed))


def known_as(session: Session, openid: str) -> tuple[str, str]:
    """Return how objections name an account: as it is, and as it was named when it was erased."""
    return (openid, sealing.digest(session, openid, PURPOSE))
