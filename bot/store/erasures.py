"""Deleting what is known of somebody who left or asked for it, as law and WeChat oblige their operators.

Counts still add up afterwards: rows that others need stay, without openid and words. What protects others from an account, the
objection of a household and how often it tried today, stays under a keyed hash until its own term is over: else unfollowing would undo
it. The roster is the property office's own record and stays.
Source: developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html (unsubscribe)
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, null, update
from sqlalchemy import select as sql_select
from sqlmodel import Field, Session, col, select

from bot.model import maybe_moment, moment
from bot.sealed import is_unreadable, sealed_list
from bot.store import claims, effects, events, followers, handoffs, inbox, objections, scope, tasks
from bot.store.conversations import Conversation, Line
from bot.store.followers import Follower
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Binding
from bot.store.photos import Photo
from bot.store.receipts import NoticeReply
from bot.store.scope import Scoped
from bot.store.sentpictures import SentPicture
from bot.store.staff import Staff
from bot.store.tasks import Task
from bot.translation import tr


class Erasure(Scoped, table=True):
    """Somebody who left and whose words and photos are to be deleted; gone when that is done."""

    openid: str = Field(primary_key=True)
    asked_at: datetime = moment()
    cleared_at: datetime | None = maybe_moment()  # set: all is deleted but what staff were told, which is being looked through
    marks: list[Any] = sealed_list("erasure.marks")  # by what that is known: `_Mark.pack`
    account: str = ""  # of the staff, whose messages and lines are looked through now; in the order of accounts
    after_delivery: int = 0  # up to which of them it is done
    after_line: int = 0


@dataclass(frozen=True, kw_only=True)
class _Mark:
    """A task whose words staff were told: by its id and its title their messages are known."""

    community_id: int
    public_id: str
    title: str
    since: datetime

    @classmethod
    def of(cls, task: Task) -> "_Mark":
        return cls(community_id=task.community_id, public_id=task.public_id, title=task.title, since=task.opened_at)

    @classmethod
    def unpack(cls, kept: Sequence[Any]) -> "_Mark":
        community_id, public_id, title, since = kept
        return cls(community_id=community_id, public_id=public_id, title=title, since=datetime.fromisoformat(since))

    def pack(self) -> list[Any]:
        return [self.community_id, self.public_id, self.title, self.since.isoformat()]


#: Messages, and lines, that are opened in one transaction: some tens of milliseconds.
BATCH = 500

#: Stands for the last line where an account is looked through.
DONE = -1


#: What stands in place of a title that named somebody.
ERASED = tr("居民已离开，内容已删除")


def asked_at(session: Session, openid: str) -> datetime | None:
    """Return when it was asked that what is known of somebody be deleted; None where nothing of it is left to do."""
    return session.exec(select(Erasure.asked_at).where(Erasure.openid == openid)).first()


def ask(session: Session, openid: str, now: datetime) -> None:
    """Have everything deleted that was said until `now`; nothing queued is sent any more, whichever community it came from."""
    session.flush()
    here = scope.of(session)
    with scope.everywhere(session):
        erasure = session.get(Erasure, openid) or Erasure(openid=openid, asked_at=now)
        erasure.community_id, erasure.asked_at, erasure.cleared_at = here, now, None
        session.add(erasure)
        session.execute(
            update(Delivery)
            .where(col(Delivery.openid) == openid, col(Delivery.state).in_([DeliveryState.QUEUED, DeliveryState.ARMED]))
            .values(state=DeliveryState.CANCELLED, reason=tr("居民已离开"), updated_at=now)
        )
        session.flush()


def asked(session: Session, limit: int = 20) -> Sequence[Erasure]:
    """Return what is still to be begun, the oldest first."""
    new = select(Erasure).where(col(Erasure.cleared_at).is_(None)).order_by(col(Erasure.asked_at)).limit(limit)
    return session.exec(new.with_for_update(skip_locked=True)).all()


def look_through(session: Session) -> bool:
    """Look through a part of what staff were told of somebody who left; False once there is nothing left to look through.

    A community's staff are told much, and all of it is sealed: opened in one transaction it would hold up everybody's messages.
    What a process that dies has done stays done.
    """
    begun = select(Erasure).where(col(Erasure.cleared_at).is_not(None)).order_by(col(Erasure.cleared_at)).limit(1)
    with scope.everywhere(session):
        erasure = session.exec(begun.with_for_update(skip_locked=True)).first()
        if erasure is None:
            return False
        _look_on(session, erasure)
        session.flush()
    return True


def carry_out(session: Session, erasure: Erasure, now: datetime, blank: str, ended: Collection[str] = ()) -> list[str]:
    """Delete it all; returns the names of photo files that nobody needs any more. `blank` is an answer that says nothing, `ended`
    are the kinds of tasks of which nothing is left to do.

    Where staff were told more than one batch, `look_through` does the rest. Who has come back meanwhile keeps what is new. Somebody who moved is known in several communities: all of them forget.
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
    session.execute(delete(SentPicture).where(col(SentPicture.openid) == openid, col(SentPicture.at) <= until))
    session.execute(delete(NoticeReply).where(col(NoticeReply.openid) == openid, col(NoticeReply.at) <= until))
    for photo in photos:
        session.delete(photo)
    _clear_deliveries(session, openid)
    erasure.marks = [*erasure.marks, *(mark.pack() for mark in _clear_tasks(session, openid, now, {handoffs.KIND, *ended}))]
    inbox.forget(session, openid, blank)
    follower = session.get(Follower, openid, with_for_update=True)
    claims.forget(session, openid, until)
    objections.forget(session, openid, until)
    if follower is None or follower.left_at is not None:
        followers.forget_allowances(session, openid)
        session.execute(delete(Conversation).where(col(Conversation.openid) == openid))
        if follower is not None:
            session.delete(follower)
    else:  # they stay, or came back: a talk that was not begun anew since says nothing any more
        silent = (col(Conversation.openid) == openid, col(Conversation.updated_at) <= until)
        session.execute(
            update(Conversation)
            .where(*silent)
            .values(standing=null(), topic="", waiting_since=None, staff_id=None, assigned_id=None)
        )
    session.execute(delete(Binding).where(col(Binding.openid) == openid, col(Binding.ended_at).is_not(None)))
    erasure.cleared_at, erasure.account, erasure.after_delivery, erasure.after_line = now, "", 0, 0
    session.add(erasure)
    _look_on(session, erasure)
    return [photo.sha256 for photo in photos]


def is_needed(session: Session, name: str) -> bool:
    """Tell whether a photo file still belongs to somebody, wherever they live."""
    with scope.everywhere(session):
        return session.exec(select(Photo.id).where(Photo.sha256 == name).limit(1)).first() is not None


def _clear_deliveries(session: Session, openid: str) -> None:
    mine = (col(Delivery.openid) == openid, col(Delivery.state).not_in([DeliveryState.QUEUED, DeliveryState.SENDING]))
    session.execute(update(Delivery).where(*mine, col(Delivery.notice_id).is_(None)).values(payload={"text": ""}))
    session.execute(update(Delivery).where(*mine).values(openid=None))


def _clear_tasks(session: Session, openid: str, now: datetime, ended: Collection[str]) -> list[_Mark]:
    """Take openid and words out of tasks; what is still to be done keeps its title, which staff need. Returns what tells their messages."""
    marks = []
    for task in session.exec(select(Task).where(Task.openid == openid)).all():
        marks.append(_Mark.of(task))
        effects.forget(session, task.about)
        if task.kind in ended and task.is_open:  # nobody is left to answer, or to confirm
            with scope.within(session, task.community_id):
                tasks.close(session, task, now, tr("居民已离开"))
        task.openid, task.data = None, {}
        if task.closed_at is not None:
            task.title = ERASED
        if task.kind == handoffs.KIND:  # how it ended may repeat what was asked
            task.outcome = task.outcome.partition("：")[0]
        session.add(task)
    return marks


def _look_on(session: Session, erasure: Erasure) -> None:
    """Take the words out of a batch of what staff were told of these tasks: on their phones' way, in their own talk; the last one ends it."""
    marks = [_Mark.unpack(one) for one in erasure.marks]
    account = _account(session, erasure, marks)
    if account is None:
        session.delete(erasure)
        return
    if account != erasure.account:
        erasure.account, erasure.after_delivery, erasure.after_line = account, 0, 0
    delivered = _clear_deliveries_of(session, erasure, marks)
    said = _clear_lines_of(session, erasure, marks)
    if delivered < BATCH and said < BATCH:  # the next account begins anew
        erasure.after_line = DONE
        if _account(session, erasure, marks) is None:
            session.delete(erasure)
            return
    session.add(erasure)


def _account(session: Session, erasure: Erasure, marks: Sequence[_Mark]) -> str | None:
    """Return the account of the staff that is looked through next: the one under way, or the one behind it."""
    where = {mark.community_id for mark in marks}
    is_next = col(Staff.openid) > erasure.account if erasure.after_line == DONE else col(Staff.openid) >= erasure.account
    theirs = select(Staff.openid).where(col(Staff.community_id).in_(where), is_next)
    return session.exec(theirs.order_by(col(Staff.openid)).limit(1)).first()


def _clear_deliveries_of(session: Session, erasure: Erasure, marks: Sequence[_Mark]) -> int:
    """Empty those of a batch that tell of the tasks; returns how many there were."""
    sent = sql_select(col(Delivery.id), col(Delivery.payload), col(Delivery.community_id), col(Delivery.updated_at)).where(
        col(Delivery.openid) == erasure.account, col(Delivery.id) > erasure.after_delivery, col(Delivery.notice_id).is_(None),
        col(Delivery.updated_at) >= min(mark.since for mark in marks), col(Delivery.state).not_in([DeliveryState.QUEUED, DeliveryState.SENDING]),
    )  # fmt: skip
    rows = session.execute(sent.order_by(col(Delivery.id)).limit(BATCH)).all()
    telling = [
        number for number, payload, community_id, at in rows
        if not is_unreadable(payload) and any(
            mark.community_id == community_id and mark.since <= at and (mark.public_id in str(value) or mark.title in str(value))
            for mark in marks for value in payload.values()
        )
    ]  # fmt: skip
    if telling:
        session.execute(update(Delivery).where(col(Delivery.id).in_(telling)).values(payload={"text": ""}))
    erasure.after_delivery = rows[-1].id if rows else erasure.after_delivery
    return len(rows)


def _clear_lines_of(session: Session, erasure: Erasure, marks: Sequence[_Mark]) -> int:
    """Delete those of a batch that tell of the tasks; returns how many there were."""
    since = min(mark.since for mark in marks)
    said = sql_select(col(Line.id), col(Line.text), col(Line.at)).where(
        col(Line.openid) == erasure.account, col(Line.id) > erasure.after_line, col(Line.at) >= since
    )
    rows = session.execute(said.order_by(col(Line.id)).limit(BATCH)).all()
    telling = [
        number for number, text, at in rows
        if not is_unreadable(text) and any(mark.since <= at and mark.public_id in text for mark in marks)
    ]  # fmt: skip
    if telling:
        session.execute(delete(Line).where(col(Line.id).in_(telling)))
    erasure.after_line = rows[-1].id if rows else erasure.after_line
    return len(rows)
