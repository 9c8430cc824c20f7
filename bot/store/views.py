"""Lists that staff look at again and again: filters, search and order kept under a name, for oneself or for all."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, Session, col, or_, select

from bot.errors import Refusal
from bot.model import moment, public_id
from bot.sealed import sealed
from bot.store.scope import Scoped
from bot.translation import tr

#: Views of one list that somebody may see beside each other, and letters of a name.
MOST, LONGEST = 12, 12


class SavedView(Scoped, table=True):
    """A list as it was filtered and sorted."""

    __tablename__ = "saved_view"
    __table_args__ = (Index("saved_view_list", "community_id", "list"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    list: str  # the name of the listing
    staff_id: int = Field(foreign_key="staff.id")  # who made it
    is_shared: bool = False  # all who may see the list see the view
    name: str = sealed("saved_view.name")
    query: str = sealed("saved_view.query")  # what stands behind the ? of the address; words that were searched may name somebody
    created_at: datetime = moment()


def of(session: Session, listing: str, staff_id: int) -> Sequence[SavedView]:
    """Return the views of a list that somebody sees, the oldest first."""
    seen = or_(col(SavedView.is_shared).is_(True), SavedView.staff_id == staff_id)
    return session.exec(select(SavedView).where(SavedView.list == listing, seen).order_by(col(SavedView.id))).all()


def find(session: Session, public_id: str, staff_id: int) -> SavedView | None:
    """Return a view that somebody sees."""
    seen = or_(col(SavedView.is_shared).is_(True), SavedView.staff_id == staff_id)
    return session.exec(select(SavedView).where(SavedView.public_id == public_id, seen)).first()


def keep(session: Session, listing: str, staff_id: int, name: str, query: str, now: datetime, *, is_shared: bool) -> SavedView:
    """Keep a view; one of the same name by the same person is replaced. Raises Refusal where there are MOST already."""
    seen = of(session, listing, staff_id)
    view = next((one for one in seen if one.name == name and one.staff_id == staff_id), None)
    if view is None and len(seen) >= MOST:
        raise Refusal(tr("这个列表已经有 {MOST} 个视图了，请先删掉一个不用的。", MOST=MOST), field="name")
    view = view or SavedView(list=listing, staff_id=staff_id, name=name, created_at=now)
    view.query, view.is_shared = query, is_shared
    session.add(view)
    session.flush()
    return view
