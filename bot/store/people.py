"""Who lives where: flats, the people of the roster, and the WeChat accounts bound to them."""

from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from bot.model import json_column, maybe_moment, moment, public_id
from bot.store.prepared import Prepared
from bot.store.scope import Scoped


class Household(Scoped, table=True):
    """One flat: what notices are addressed to and residents bind to."""

    __table_args__ = (UniqueConstraint("community_id", "building", "unit", "room"),)

    id: int | None = Field(default=None, primary_key=True)
    building: str  # "3"
    unit: str = ""  # "2"; empty where buildings have no units
    room: str  # "501"

    @property
    def label(self) -> str:
        """The flat as residents write it: 3栋2单元501."""
        unit = f"{self.unit}单元" if self.unit else ""
        return f"{self.building}栋{unit}{self.room}"


class Resident(Scoped, table=True):
    """A person of a household, from the roster or bound in the chat. Bound means: `openid` is known."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    name: str = ""  # empty for somebody who bound without being on the roster
    phone: str = ""
    role: str = "family"  # owner, tenant or family
    tags: list[str] = json_column(list)  # such as 独居老人
    openid: str | None = Field(default=None, unique=True)
    bound_at: datetime | None = maybe_moment()

    @property
    def about(self) -> str:
        """What events call them."""
        return f"resident:{self.public_id}"


class Binding(Scoped, table=True):
    """An openid that is, or was, bound to somebody: what they said under it is theirs to the end."""

    id: int | None = Field(default=None, primary_key=True)
    openid: str = Field(index=True)
    resident_id: int = Field(foreign_key="resident.id", index=True)
    bound_at: datetime = moment()
    ended_at: datetime | None = maybe_moment()


_BOUND = select(Resident).where(Resident.openid == bindparam("sought"))
_RESIDENT = SQLModel.metadata.tables["resident"]
_IS_BOUND = Prepared(select(_RESIDENT.c.id).where(_RESIDENT.c.openid == bindparam("sought")))


def bound(session: Session, openid: str) -> Resident | None:
    """Return who is bound to an openid, None if nobody is."""
    return session.scalars(_BOUND, {"sought": openid}).first()


def is_bound(session: Session, openid: str) -> bool:
    """Tell whether somebody is bound to an openid, without fetching them."""
    return _IS_BOUND.first(session, sought=openid) is not None


def of_household(session: Session, household: Household) -> list[Resident]:
    """Return who is on the roster of a flat, in its order."""
    return list(session.exec(select(Resident).where(Resident.household_id == household.id).order_by(col(Resident.id))).all())


def bind(session: Session, resident: Resident, openid: str, now: datetime) -> None:
    """Let an openid belong to a resident from now on."""
    resident.openid, resident.bound_at = openid, now
    session.add(resident)
    session.flush()
    session.add(Binding(openid=openid, resident_id=resident.id or 0, bound_at=now))


def unbind(session: Session, resident: Resident, now: datetime) -> None:
    """Let a resident's openid go; that it was theirs stays known until it is erased."""
    mine = (col(Binding.resident_id) == resident.id, col(Binding.ended_at).is_(None))
    session.execute(update(Binding).where(*mine).values(ended_at=now))
    resident.openid, resident.bound_at = None, None
    session.add(resident)


def ever_bound(session: Session, openid: str) -> list[Resident]:
    """Return everybody an openid is or was bound to, in the order of binding."""
    theirs = select(Binding.resident_id).where(Binding.openid == openid)
    return list(session.exec(select(Resident).where(col(Resident.id).in_(theirs)).order_by(col(Resident.id))).all())
