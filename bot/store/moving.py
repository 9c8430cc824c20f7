"""Which community somebody who talks with the account belongs to, and taking their talk along when it turns out to be another."""

from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from bot.store.conversations import Conversation, Line
from bot.store.followers import Follower
from bot.store.outbox import Delivery
from bot.store.photos import Photo
from bot.store.tasks import Task

#: What goes along. What a community did for them (tickets, passes) stays where it was done.
_TAKEN_ALONG: tuple[Any, ...] = (Conversation, Line, Follower, Photo, Delivery, Task)


def is_placed(session: Session, openid: str) -> bool:
    """Tell whether a flat, a code that was scanned or their own word says which community somebody belongs to."""
    return bool(session.execute(select(col(Follower.is_placed)).where(col(Follower.openid) == openid)).scalar())


def place(session: Session, openid: str, community_id: int) -> None:
    """Note that somebody belongs to this community."""
    mine = update(Follower).where(col(Follower.openid) == openid, col(Follower.community_id) == community_id)
    session.execute(mine.values(is_placed=True).execution_options(synchronize_session=False))


def move(session: Session, openid: str, community_id: int) -> None:
    """Let the talk of an openid belong to another community. The session's objects of the old one are written before."""
    before = dict(session.info)
    session.info.clear()  # the rows lie in the old community and are wanted in the new one
    for kind in _TAKEN_ALONG:
        session.execute(
            update(kind)
            .where(kind.openid == openid)
            .values(community_id=community_id)
            .execution_options(synchronize_session=False)
        )
    session.info.update(before)
    session.expire_all()
