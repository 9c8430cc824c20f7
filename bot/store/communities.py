"""Housing communities, and the WeChat accounts that serve them: an account may serve several."""

from collections.abc import Sequence

from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from bot.errors import Misconfigured
from bot.model import json_column


class Community(SQLModel, table=True):
    """A housing community."""

    __table_args__ = (UniqueConstraint("appid", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    appid: str  # of the account that serves it
    name: str
    phone: str = ""  # the property office's, told to residents
    address: str = ""
    office_hours: str = ""  # 08:30-18:00; empty: as the settings say
    office_days: str = ""  # 12345
    earlier_names: list[str] = json_column(list)  # commands and rosters that still say them mean this one

    @property
    def key(self) -> int:
        """The id of one that is on disk."""
        if self.id is None:
            raise ValueError(f"community {self.name!r} is not stored yet")
        return self.id

    def is_called(self, name: str) -> bool:
        """Tell whether that is its name, or was."""
        return name in (self.name, *self.earlier_names)


def listed(session: Session, appid: str = "") -> Sequence[Community]:
    """Return the communities, of one account if it is named; the first one of an account takes who belongs to none yet."""
    query = select(Community).order_by(col(Community.id))
    return session.exec(query.where(Community.appid == appid) if appid else query).all()


def by_name(session: Session, appid: str, name: str) -> Community | None:
    """Return an account's community of that name, else the one that had it before."""
    return next((one for one in sorted(listed(session, appid), key=lambda one: one.name != name) if one.is_called(name)), None)


def pick(session: Session, appid: str, name: str = "") -> Community:
    """Return the community an operator means; raises Misconfigured where it must be named, or is unknown."""
    found = listed(session, appid)
    if not found:
        raise Misconfigured("there is no community yet; run `linli init` first")
    now = [community for community in found if not name or community.name == name]
    chosen = now or [community for community in found if community.is_called(name)]
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(community.name for community in found)
    if name:
        raise Misconfigured(f"--community {name!r} is unknown; known: {names}")
    raise Misconfigured(f"there are several communities; name one with --community: {names}")
