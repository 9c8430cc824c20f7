"""What a community changed about who may do what; the defaults are the services' own (bot/contract/access.py)."""

from collections.abc import Mapping

from sqlmodel import Field, Session, UniqueConstraint, select

from bot.model import word
from bot.store.lookup import Lookup
from bot.store.scope import Scoped
from bot.store.staff import Role


class Grant(Scoped, table=True):
    """One cell of the table of permissions that is not as the service proposed."""

    __tablename__ = "permission_grant"
    __table_args__ = (UniqueConstraint("community_id", "role", "permission"),)

    id: int | None = Field(default=None, primary_key=True)
    role: Role = word(Role, Role.STAFF)
    permission: str
    allowed: bool


_ALL: Lookup[Grant] = Lookup(select(Grant))


def changed(session: Session) -> Mapping[tuple[Role, str], bool]:
    """Return what is not as proposed: (role, permission) -> allowed."""
    return {(Role(row.role), row.permission): row.allowed for row in _ALL.all(session)}


def change(session: Session, role: Role, permission: str, allowed: bool, default: bool) -> None:
    """Allow or forbid something; what is as proposed again leaves no row."""
    row = session.exec(select(Grant).where(Grant.role == role, Grant.permission == permission)).first()
    if allowed == default:
        if row is not None:
            session.delete(row)
        return
    row = row or Grant(role=role, permission=permission, allowed=allowed)
    row.allowed = allowed
    session.add(row)
