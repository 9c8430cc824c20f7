"""What somebody says of where they live until it is proven."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, Session, col, select

from bot.language.addresses import label_of
from bot.model import index_where_known, moment
from bot.store import scope
from bot.store.people import Household
from bot.store.scope import Scoped


class Claim(Scoped, table=True):
    """The flat that an account says it lives in, nobody having proven it: enough to report a fault there, for nothing else."""

    __table_args__ = (index_where_known("claim", "household_id"),)

    openid: str = Field(primary_key=True)
    building: str
    unit: str = ""
    room: str
    household_id: int | None = Field(default=None, foreign_key="household.id")  # None: the roster has no such flat
    at: datetime = moment()

    @property
    def parts(self) -> tuple[str, str, str]:
        """Building, unit and room."""
        return (self.building, self.unit, self.room)

    @property
    def label(self) -> str:
        """The flat as it was said: 3栋2单元501."""
        return label_of(*self.parts)


def claim(session: Session, openid: str, flat: tuple[str, str, str], household: Household | None, now: datetime) -> Claim:
    """Note where an account says it lives, as it says it; what it said before is replaced.

    An account lives in one community: what it said in another one goes, too, for the key leaves the community out.
    """
    here = scope.of(session)
    with scope.everywhere(session):
        session.execute(delete(Claim).where(col(Claim.openid) == openid, col(Claim.community_id) != here))
    found = session.get(Claim, openid) or Claim(openid=openid, building="", room="", at=now)
    found.building, found.unit, found.room = flat
    found.household_id, found.at = household.key if household else None, now
    session.add(found)
    session.flush()
    return found


def of(session: Session, openid: str) -> Claim | None:
    """Return where an account says it lives; None where it said nothing, or it was proven since."""
    return session.exec(select(Claim).where(Claim.openid == openid)).first()


def among(session: Session, openids: Collection[str]) -> Mapping[str, Claim]:
    """Return what these accounts say of where they live, by openid; those who say nothing are left out."""
    return {one.openid: one for one in session.exec(select(Claim).where(col(Claim.openid).in_(openids))).all()}


def drop(session: Session, openid: str) -> None:
    """Forget what an account said of where it lives."""
    session.execute(delete(Claim).where(col(Claim.openid) == openid))


def forget(session: Session, openid: str, until: datetime) -> None:
    """Forget what an account said of where it lives until then; of all communities, outside a scope."""
    session.execute(delete(Claim).where(col(Claim.openid) == openid, col(Claim.at) <= until))
