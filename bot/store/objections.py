"""Whom a household does not want: accounts of which it said, or staff for it, that they are not known there."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, Session, col, select

from bot.model import moment
from bot.store.scope import Scoped


class Objection(Scoped, table=True):
    """A household that said of an account: we do not know them. Only staff let that account in again."""

    openid: str = Field(primary_key=True)
    household_id: int = Field(primary_key=True, foreign_key="household.id", index=True)
    at: datetime = moment()


def object_to(session: Session, openid: str, household_id: int, now: datetime) -> None:
    """Note that a household does not know an account."""
    if not is_objected(session, openid, household_id):
        session.add(Objection(openid=openid, household_id=household_id, at=now))
        session.flush()


def is_objected(session: Session, openid: str, household_id: int) -> bool:
    """Tell whether a household said that it does not know an account."""
    mine = select(Objection.openid).where(Objection.openid == openid, Objection.household_id == household_id)
    return session.exec(mine).first() is not None


def flats_against(session: Session, openid: str) -> set[int]:
    """Return the ids of the flats that do not know an account."""
    return set(session.exec(select(Objection.household_id).where(Objection.openid == openid)).all())


def objected(session: Session, household_id: int) -> list[Objection]:
    """Return the accounts that a household does not know, the latest first."""
    theirs = select(Objection).where(Objection.household_id == household_id)
    return list(session.exec(theirs.order_by(col(Objection.at).desc(), col(Objection.openid))).all())


def forgive(session: Session, openid: str, household_id: int) -> None:
    """Let an account be bound to a household again that had objected."""
    session.execute(delete(Objection).where(col(Objection.openid) == openid, col(Objection.household_id) == household_id))


def forget(session: Session, openid: str, until: datetime) -> None:
    """Forget who objected to an account until then; of all communities, outside a scope."""
    session.execute(delete(Objection).where(col(Objection.openid) == openid, col(Objection.at) <= until))
