"""The staff of the property office, and where they may be reached."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam
from sqlmodel import Field, Session, UniqueConstraint, col, select

from bot.errors import Refusal
from bot.model import json_column, maybe_moment, moment, public_id, word
from bot.sealed import sealed
from bot.store import scope
from bot.store.communities import Community
from bot.store.lookup import Lookup
from bot.store.scope import Scoped
from bot.translation import tr

#: What a login may be: it stands in addresses and on command lines.
LOGIN = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class Role(StrEnum):
    """What a staff member may do; the permissions of each are declared by the services (bot/contract/access.py)."""

    GUARD = "guard"
    STAFF = "staff"
    MANAGER = "manager"
    ADMIN = "admin"
    CITY = "city"  # looks at all communities, changes none


#: What people call the roles.
ROLE_WORDS: Mapping[Role, str] = {
    Role.GUARD: tr("门岗"), Role.STAFF: tr("员工"), Role.MANAGER: tr("经理"), Role.ADMIN: tr("管理员"), Role.CITY: tr("城市"),
}  # fmt: skip


class Staff(Scoped, table=True):
    """Somebody of the property office, in one community. Who works in several has a row in each: the same `person`."""

    __table_args__ = (UniqueConstraint("community_id", "login"),)

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(default_factory=public_id, index=True)
    login: str
    name: str
    role: Role = word(Role, Role.STAFF)
    phone: str = sealed("staff.phone")
    skills: list[str] = json_column(list)  # what they can do, in the office's own words
    openid: str | None = Field(default=None, index=True)  # their own WeChat, where alarms reach them
    created_at: datetime = moment()
    disabled_at: datetime | None = maybe_moment()
    language: str = Field(default="", sa_column_kwargs={"server_default": ""})  # of the console; empty: as the browser prefers


def by_login(session: Session, login: str) -> Staff | None:
    """Return the staff member of that login, disabled ones too; without a scope the first of all communities."""
    return session.exec(select(Staff).where(Staff.login == login).order_by(col(Staff.id))).first()


def by_logins(session: Session, logins: Collection[str]) -> dict[str, Staff]:
    """Return the staff of several logins, disabled ones too."""
    found = session.exec(select(Staff).where(col(Staff.login).in_(logins)).order_by(col(Staff.id).desc())).all()
    return {one.login: one for one in found}


def active(session: Session) -> Sequence[Staff]:
    """Return who may sign in, by name."""
    return session.exec(select(Staff).where(col(Staff.disabled_at).is_(None)).order_by(Staff.name)).all()


_SAME: Lookup[Staff] = Lookup(
    select(Staff).where(Staff.person == bindparam("person"), col(Staff.disabled_at).is_(None)).order_by(col(Staff.id))
)


def same_person(session: Session, member: Staff) -> Sequence[Staff]:
    """Return the rows of one person in all communities, their own among them; the session must have no scope."""
    return _SAME.all(session, person=member.person)


def speak(session: Session, member: Staff, language: str) -> None:
    """Keep which language a person reads the console in, wherever they work; the session must have no scope."""
    for one in same_person(session, member):
        one.language = language
        session.add(one)


def is_admin(session: Session, member: Staff) -> bool:
    """Tell whether a person is an admin in any community, whichever they look at."""
    with scope.everywhere(session):
        return any(one.role is Role.ADMIN for one in same_person(session, member))


def places_beyond(session: Session, member: Staff, admin: Staff) -> list[int]:
    """Return the communities where a person works, too, and `admin` is no admin: a sign-in link for them leads there as well."""
    with scope.everywhere(session):
        own = {one.community_id for one in same_person(session, admin) if one.role is Role.ADMIN}
        return [one.community_id for one in same_person(session, member) if one.community_id not in own]


def working_places(session: Session, people: Collection[str]) -> Mapping[str, list[str]]:
    """Return the names of the communities where each of several people works, by person."""
    found: dict[str, list[str]] = {}
    with scope.everywhere(session):
        rows = session.exec(
            select(Staff.person, Community.name).join(Community, col(Staff.community_id) == col(Community.id))
            .where(col(Staff.person).in_(people), col(Staff.disabled_at).is_(None)).order_by(col(Community.id))
        ).all()  # fmt: skip
    for person, name in rows:
        found.setdefault(person, []).append(name)
    return found


def check_login(login: str) -> None:
    """Raise Refusal for a login that no address and no command line could hold."""
    if not LOGIN.fullmatch(login) or set(login) <= {"."}:
        raise Refusal(
            tr("登录名“{login}”不能用：用 1 到 40 个字母、数字、点、横线或下划线，例如 chen.li。", login=login[:40]),
            english=f"login {login[:40]!r} cannot be used; take 1 to 40 letters, digits, dots, dashes or underscores",
            field="login",
        )
