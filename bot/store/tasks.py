"""What a person of the staff must look at."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.model import Task
from bot.store import events

#: Characters of a task's words; of more the last ones are kept.
LONGEST = 600


def open(session: Session, now: datetime, *, community_id: int, kind: str, need: str, title: str, urgent: bool = False,
         openid: str | None = None, data: Mapping[str, Any] | None = None, actor: str = "system") -> Task:  # fmt: skip
    """Open a task for whoever of the staff has the permission `need`."""
    task = Task(
        community_id=community_id, kind=kind, need=need, title=title, urgent=urgent, openid=openid, data=dict(data or {}),
        opened_at=now,
    )  # fmt: skip
    session.add(task)
    session.flush()
    events.record(session, now, "task.opened", subject=f"task:{task.public_id}", actor=actor, task=kind, urgent=urgent)
    return task


def unanswered(session: Session) -> Sequence[Task]:
    """Return the alarms that nobody has answered yet, the longest waiting first: urgent tasks that are open."""
    ringing = select(Task).where(col(Task.urgent).is_(True), col(Task.closed_at).is_(None))
    return session.exec(ringing.order_by(col(Task.opened_at), col(Task.id))).all()


def add_words(session: Session, public_id: str, text: str) -> None:
    """Add what was said later to a task's words; one that is gone takes none."""
    task = session.exec(select(Task).where(Task.public_id == public_id)).first()
    if task is None:
        return
    task.data = {**task.data, "text": f"{task.data.get('text', '')} / {text}"[-LONGEST:]}
    session.add(task)
