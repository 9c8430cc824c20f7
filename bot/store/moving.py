"""Which community somebody who talks with the account belongs to, and taking their talk along when it turns out to be another."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from bot.store import claims, scope
from bot.store.conversations import Conversation, Line
from bot.store.followers import Follower
from bot.store.photos import Photo
from bot.store.sentpictures import SentPicture
from bot.store.tasks import Task
from bot.translation import tr

#: What goes along whole. What a community did for them (tickets, passes), and what it sent, stays where it was done.
#: The flat they said they live in is no flat of the new one, and goes.
_TAKEN_ALONG: tuple[Any, ...] = (Conversation, Line, Follower, SentPicture)

#: What a task's title says of somebody who may live in any community of the account, and once that is known.
UNPLACED, UNBOUND, UNPROVEN = tr("小区未确认"), tr("住址未绑定"), tr("自己说的，未核实")


def is_placed(session: Session, openid: str) -> bool:
    """Tell whether a flat, a code that was scanned or their own word says which community somebody belongs to."""
    return bool(session.execute(select(col(Follower.is_placed)).where(col(Follower.openid) == openid)).scalar())


def place(session: Session, openid: str, community_id: int) -> None:
    """Note that somebody belongs to this community."""
    mine = update(Follower).where(col(Follower.openid) == openid, col(Follower.community_id) == community_id)
    session.execute(mine.values(is_placed=True).execution_options(synchronize_session=False))
    for task in tasks_along(session, openid):
        task.title = task.title.replace(UNPLACED, UNBOUND)
        session.add(task)


def tasks_along(session: Session, openid: str) -> Sequence[Task]:
    """Return the open tasks that go where somebody goes: those about nothing and no flat of this community."""
    mine = (col(Task.openid) == openid, col(Task.closed_at).is_(None), col(Task.household_id).is_(None), col(Task.subject) == "")
    return session.execute(select(Task).where(*mine).order_by(col(Task.id))).scalars().all()


def move(session: Session, openid: str, community_id: int) -> None:
    """Let the talk of an openid belong to another community. The session's objects of the old one are written before."""
    session.flush()
    claims.drop(session, openid)
    tasks = tasks_along(session, openid)
    mine = (col(Photo.openid) == openid, col(Photo.subject).in_(["", *(task.about for task in tasks)]))
    photos = select(col(Photo.id)).where(*mine)
    moved = [
        *((kind, col(kind.openid) == openid) for kind in _TAKEN_ALONG),
        (Photo, col(Photo.id).in_(session.execute(photos).scalars().all())),
        (Task, col(Task.id).in_([task.id for task in tasks])),
    ]
    with scope.everywhere(session):  # the rows lie in the old community and are wanted in the new one
        for kind, theirs in moved:
            session.execute(
                update(kind).where(theirs).values(community_id=community_id).execution_options(synchronize_session=False)
            )
    session.expire_all()
