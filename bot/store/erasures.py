"""Deleting what is known of somebody who left or asked for it, as law and WeChat oblige their operators.

Counts still add up afterwards: rows that others need stay, without openid and words. What protects others from an account, the
objection of a household and how often it tried today, stays under a keyed hash until its own term is over: else unfollowing would undo
it. The roster is the property office's own record and stays.
Source: developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html (unsubscribe)
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, null, update
from sqlmodel import Field, Session, col, select

from bot.model import moment
from bot.store import claims, effects, events, followers, handoffs, inbox, scope, tasks
from bot.store.conversations import Conversation, Line
from bot.store.followers import Follower
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Binding
from bot.store.photos import Photo
from bot.store.scope import Scoped
from bot.store.staff import Staff
from bot.store.tasks import Task


class Erasure(Scoped, table=True):
    """Somebody who left and whose words and photos are to be deleted; gone when that is done."""

    openid: str = Field(primary_key=True)
    asked_at: datetime = moment()


#: What stands in place of a title that named somebody.
ERASED = "居民已离开，内容已删除"


def ask(session: Session, openid: str, now: datetime) -> None:
    """Have everything deleted that was said until `now`; nothing queued is sent any more, whichever community it came from."""
    session.flush()
    here = scope.of(session)
    with scope.everywhere(session):
        erasure = session.get(Erasure, openid) or Erasure(openid=openid, asked_at=now)
        erasure.community_id, erasure.asked_at = here, now
        session.add(erasure)
        session.execute(
            update(Delivery)
            .where(col(Delivery.openid) == openid, col(Delivery.state).in_([DeliveryState.QUEUED, DeliveryState.ARMED]))
            .values(state=DeliveryState.CANCELLED, reason="居民已离开", updated_at=now)
        )
        session.flush()


def asked(session: Session, limit: int = 20) -> Sequence[Erasure]:
    """Return what is still to be done, the oldest first."""
    return session.exec(select(Erasure).order_by(col(Erasure.asked_at)).limit(limit).with_for_update(skip_locked=True)).all()


def carry_out(session: Session, erasure: Erasure, now: datetime, blank: str, ended: Collection[str] = ()) -> list[str]:
    """Delete it all; returns the names of photo files that nobody needs any more. `blank` is an answer that says nothing, `ended`
    are the kinds of tasks of which nothing is left to do.

    Who has come back meanwhile keeps what is new. Somebody who moved is known in several communities: all of them forget.
    """
    session.flush()
    with scope.everywhere(session):
        if _is_sending(session, erasure.openid):  # its words would be written down after us: the next look is soon
            return []
        names = _forget(session, erasure, now, blank, ended)
        session.flush()
    events.record(session, now, "privacy.erased", photos=len(names))
    return [name for name in set(filter(None, names)) if not is_needed(session, name)]


def _is_sending(session: Session, openid: str) -> bool:
    mine = select(Delivery.id).where(Delivery.openid == openid, Delivery.state == DeliveryState.SENDING)
    return session.exec(mine.limit(1)).first() is not None


def _forget(session: Session, erasure: Erasure, now: datetime, blank: str, ended: Collection[str]) -> list[str]:
    """Delete the rows; returns the file's name of each photo."""
    openid, until = erasure.openid, erasure.asked_at
    photos = session.exec(select(Photo).where(Photo.openid == openid, col(Photo.taken_at) <= until)).all()
    session.execute(delete(Line).where(col(Line.openid) == openid, col(Line.at) <= until))
    for photo in photos:
        session.delete(photo)
    _clear_deliveries(session, openid)
    _clear_tasks(session, openid, now, {handoffs.KIND, *ended})
    inbox.forget(session, openid, blank)
    follower = session.get(Follower, openid, with_for_update=True)
    claims.forget(session, openid, until)
    if follower is None or follower.left_at is not None:
        followers.forget_allowances(session, openid)
        session.execute(delete(Conversation).where(col(Conversation.openid) == openid))
        if follower is not None:
            session.delete(follower)
    else:  # they stay, or came back: a talk that was not begun anew since says nothing any more
        silent = (col(Conversation.openid) == openid, col(Conversation.updated_at) <= until)
        session.execute(update(Conversation).where(*silent).values(standing=null(), topic="", waiting_since=None, staff_id=None))
    session.execute(delete(Binding).where(col(Binding.openid) == openid, col(Binding.ended_at).is_not(None)))
    session.delete(erasure)
    return [photo.sha256 for photo in photos]


def is_needed(session: Session, name: str) -> bool:
    """Tell whether a photo file still belongs to somebody, wherever they live."""
    with scope.everywhere(session):
        return session.exec(select(Photo.id).where(Photo.sha256 == name).limit(1)).first() is not None


def _clear_deliveries(session: Session, openid: str) -> None:
    mine = (col(Delivery.openid) == openid, col(Delivery.state).not_in([DeliveryState.QUEUED, DeliveryState.SENDING]))
    session.execute(update(Delivery).where(*mine, col(Delivery.notice_id).is_(None)).values(payload={"text": ""}))
    session.execute(update(Delivery).where(*mine).values(openid=None))


def _clear_tasks(session: Session, openid: str, now: datetime, ended: Collection[str]) -> None:
    """Take openid and words out of tasks; what is still to be done keeps its title, which staff need."""
    for task in session.exec(select(Task).where(Task.openid == openid)).all():
        _clear_messages(session, task)
        if task.kind in ended and task.is_open:  # nobody is left to answer, or to confirm
            with scope.within(session, task.community_id):
                tasks.close(session, task, now, "居民已离开")
        task.openid, task.data = None, {}
        if task.closed_at is not None:
            task.title = ERASED
        if task.kind == handoffs.KIND:  # how it ended may repeat what was asked
            task.outcome = task.outcome.partition("：")[0]
        session.add(task)


def _clear_messages(session: Session, task: Task) -> None:
    """Take the words out of what staff were told of a task: on their phones' way, in their own talk, in group chats."""
    theirs = select(col(Staff.openid)).where(Staff.community_id == task.community_id, col(Staff.openid).is_not(None))
    sent = select(Delivery).where(
        Delivery.community_id == task.community_id, col(Delivery.openid).in_(theirs), col(Delivery.updated_at) >= task.opened_at,
        col(Delivery.state).not_in([DeliveryState.QUEUED, DeliveryState.SENDING]), col(Delivery.notice_id).is_(None),
    )  # fmt: skip
    for delivery in session.exec(sent).all():
        if any(mark in str(value) for value in delivery.payload.values() for mark in (task.public_id, task.title)):
            delivery.payload = {"text": ""}
            session.add(delivery)
    for line in session.exec(select(Line).where(col(Line.openid).in_(theirs), col(Line.at) >= task.opened_at)).all():
        if task.public_id in line.text:  # sealed: the database cannot look for it
            session.delete(line)
    effects.forget(session, task.about)
