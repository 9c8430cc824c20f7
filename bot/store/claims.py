"""What somebody says of where they live until it is proven, and whom a household does not want."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Field, Session, col, select

from bot.model import maybe_word, moment
from bot.store import scope, sealing
from bot.store.people import Evidence, Household
from bot.store.scope import Scoped

#: What the hashes of accounts that households do not know are for.
PURPOSE = "objection"


class Claim(Scoped, table=True):
    """The flat that an account says it lives in, nobody having proven it: enough to report a fault there, for nothing else."""

    openid: str = Field(primary_key=True)
    building: str
    unit: str = ""
    room: str
    household_id: int | None = Field(default=None, foreign_key="household.id")  # None: the roster has no such flat
    evidence: Evidence | None = maybe_word(Evidence)  # what they have shown; who they are is still to be found out
    at: datetime = moment()

    @property
    def parts(self) -> tuple[str, str, str]:
        """Building, unit and room."""
        return (self.building, self.unit, self.room)

    @property
    def label(self) -> str:
        """The flat as it was said: 3栋2单元501."""
        return Household(building=self.building, unit=self.unit, room=self.room).label


class Objection(Scoped, table=True):
    """A household that said of an account: we do not know them. Only staff let that account in again.

    It protects the household from the account, and outlives the account's erasure: `openid` is its keyed hash from then on.
    """

    openid: str = Field(primary_key=True)
    household_id: int = Field(primary_key=True, foreign_key="household.id")
    at: datetime = moment()


def claim(session: Session, openid: str, flat: tuple[str, str, str], household: Household | None, now: datetime) -> Claim:
    """Note where an account says it lives, as it says it; what it said before of another flat is replaced, with what it had shown.

    An account lives in one community: what it said in another one goes, too, for the key leaves the community out.
    """
    here = scope.of(session)
    with scope.everywhere(session):
        session.execute(delete(Claim).where(col(Claim.openid) == openid, col(Claim.community_id) != here))
    found = session.get(Claim, openid) or Claim(openid=openid, building="", room="", at=now)
    if household is None or found.household_id != household.key:
        found.evidence = None
    found.building, found.unit, found.room = flat
    found.household_id, found.at = household.key if household else None, now
    session.add(found)
    session.flush()
    return found


def of(session: Session, openid: str) -> Claim | None:
    """Return where an account says it lives; None where it said nothing, or it was proven since."""
    return session.exec(select(Claim).where(Claim.openid == openid)).first()


def drop(session: Session, openid: str) -> None:
    """Forget what an account said of where it lives."""
    session.execute(delete(Claim).where(col(Claim.openid) == openid))


def forget(session: Session, openid: str, until: datetime) -> None:
    """Forget what an account said of where it lives until then, and of which account households said that they do not know it.

    Of all communities, outside a scope.
    """
    session.execute(delete(Claim).where(col(Claim.openid) == openid, col(Claim.at) <= until))
    hashed = sealing.digest(session, openid, PURPOSE)
    before = select(Objection.household_id).where(Objection.openid == hashed)
    session.execute(delete(Objection).where(col(Objection.openid) == openid, col(Objection.household_id).in_(before)))
    named = (col(Objection.openid) == openid, col(Objection.at) <= until)
    session.execute(update(Objection).where(*named).values(openid=hashed))


def known_as(session: Session, openid: str) -> tuple[str, str]:
    """Return how objections name an account: as it is, and as it was named when it was erased."""
    return (openid, sealing.digest(session, openid, PURPOSE))


def object_to(session: Session, openid: str, household: Household, now: datetime) -> None:
    """Note that a household does not know an account."""
    if not is_objected(session, openid, household):
        session.add(Objection(openid=openid, household_id=household.key, at=now))
        session.flush()


def is_objected(session: Session, openid: str, household: Household) -> bool:
    """Tell whether a household said that it does not know an account."""
    mine = select(Objection.openid).where(
        col(Objection.openid).in_(known_as(session, openid)), Objection.household_id == household.id
    )
    return session.exec(mine).first() is not None


def objected(session: Session, household: Household) -> list[Objection]:
    """Return the accounts that a household does not know, the latest first."""
    theirs = select(Objection).where(Objection.household_id == household.id)
    return list(session.exec(theirs.order_by(col(Objection.at).desc(), col(Objection.openid))).all())


def forgive(session: Session, openid: str, household: Household) -> None:
    """Let an account be bound to a household again that had objected."""
    theirs = (col(Objection.openid).in_(known_as(session, openid)), col(Objection.household_id) == household.id)
    session.execute(delete(Objection).where(*theirs))
