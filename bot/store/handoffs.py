"""What was handed to a person: tasks with a number that residents can say, their words, and how long answers take."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from bot.errors import Refusal
from bot.model import PUBLIC_ALPHABET, shortened
from bot.store import events, tasks
from bot.store.conversations import Conversation
from bot.store.lookup import Lookup
from bot.store.tasks import Task

#: The kind of task that a hand-off is.
KIND = "handoff"

#: Who may see them: the core's own permission, for they are there without any service.
NEED = "task.view"

#: Characters of a resident's words that one keeps; of more the first and the last ones stay. The talk itself has them all.
LONGEST = 2000

#: How far back waits are looked at, and how many there must be before something is promised from them.
LOOKED_AT, ENOUGH = timedelta(days=30), 10

#: Waits and open hand-offs that are read at most.
_MOST = 200


def number() -> str:
    """Return H and six random signs: short enough to say on the phone."""
    return "H" + "".join(secrets.choice(PUBLIC_ALPHABET) for _ in range(6))


def words(task: Task) -> str:
    """Return all that the resident has said to it, one message a line."""
    return str(task.data.get("text", ""))


def intent(task: Task) -> str:
    """Return the intent that it came from."""
    return str(task.data.get("intent", ""))


def is_question(task: Task) -> bool:
    """Tell whether the resident wanted to know something."""
    return bool(task.data.get("question"))


def waits(task: Task) -> bool:
    """Tell whether the resident still waits for a word: nothing was answered since they last spoke of it."""
    return task.is_open and bool(task.data.get("waits"))


_OPEN_OF = Lookup(
    select(Task)
    .where(Task.openid == bindparam("openid"), Task.kind == KIND, col(Task.closed_at).is_(None))
    .order_by(col(Task.id).desc())
    .limit(_MOST)
)


def open_of(session: Session, openid: str) -> Sequence[Task]:
    """Return somebody's open hand-offs, the newest first."""
    return _OPEN_OF.all(session, openid=openid)


def open_among(session: Session, openids: Sequence[str]) -> Sequence[Task]:
    """Return the open hand-offs of several, the oldest first."""
    theirs = select(Task).where(col(Task.openid).in_(openids), Task.kind == KIND, col(Task.closed_at).is_(None))
    return session.exec(theirs.order_by(col(Task.id)).limit(_MOST)).all()


def closed_of(session: Session, openid: str, since: datetime) -> Sequence[Task]:
    """Return somebody's hand-offs that were closed lately, the last one first."""
    mine = select(Task).where(Task.openid == openid, Task.kind == KIND, col(Task.closed_at) > since)
    return session.exec(mine.order_by(col(Task.closed_at).desc()).limit(_MOST)).all()


def left_open(session: Session, before: datetime) -> Sequence[Task]:
    """Return the open hand-offs answered before then that nobody waits for, in talks that nobody of the staff has the word in."""
    taken = select(Conversation.openid).where(col(Conversation.staff_id).is_not(None))
    silent = select(Task).where(
        Task.kind == KIND, col(Task.closed_at).is_(None), col(Task.answered_at) <= before, col(Task.openid).not_in(taken)
    )
    return [task for task in session.exec(silent.order_by(col(Task.id).desc()).limit(_MOST)).all() if not waits(task)]


def by_number(session: Session, openid: str, number: str) -> Task | None:
    """Return somebody's hand-off by its number, open or closed; those of others are not theirs to know."""
    return session.exec(select(Task).where(Task.number == number, Task.openid == openid)).first()


def add(session: Session, task: Task, said: str) -> None:
    """Add what the resident says to it, who waits for a word from now on."""
    known = words(task)
    text = "\n".join(filter(None, (known, said.strip()))) if said.strip() not in known.split("\n") else known
    task.data = {**task.data, "text": shortened(text, LONGEST), "waits": True}
    session.add(task)


def answered(session: Session, task: Task, staff_id: int, now: datetime, actor: str) -> None:
    """Note that somebody of the staff has answered; who answers first sees to it."""
    if task.claimed_by is None:
        try:
            tasks.claim(session, task, staff_id, now, actor)
        except Refusal:  # a colleague has taken or closed it in this moment
            return
    if task.answered_at is None:
        task.answered_at = now
        events.record(session, now, "task.answered", subject=task.about, actor=actor, task=task.kind)
    task.data = {**task.data, "waits": False}
    session.add(task)


def usual_wait(session: Session, now: datetime) -> timedelta | None:
    """Return the median time from a hand-off to the first word of the staff, lately; None while there are too few."""
    lately = select(Task.opened_at, Task.answered_at).where(
        Task.kind == KIND, col(Task.answered_at).is_not(None), col(Task.opened_at) > now - LOOKED_AT
    )
    found = session.exec(lately.order_by(col(Task.opened_at).desc()).limit(_MOST)).all()
    waited = sorted(first - opened for opened, first in found if first is not None)
    return waited[len(waited) // 2] if len(waited) >= ENOUGH else None
