"""What a person of the staff must look at: opened, claimed, handed on, closed. One that nobody claims climbs a ladder."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Index, bindparam, case, func, text
from sqlalchemy import select as sql_select
from sqlmodel import Field, Session, col, or_, select

from bot.errors import Refusal
from bot.model import index_where_known, maybe_moment, moment, public_id, shortened
from bot.sealed import sealed, sealed_map
from bot.store import events, scope
from bot.store.communities import Community
from bot.store.lookup import Lookup
from bot.store.scope import Scoped
from bot.translation import tr

#: What claiming, handing on and closing change, and taking that back puts back.
KEEPS = ("claimed_at", "claimed_by", "rung_at", "closed_at", "closed_by", "outcome")

#: Characters of a task's words; of more the first and the last ones are kept.
LONGEST = 600

#: What the kinds of tasks begin with that tell of danger to somebody's life.
ALARM = "emergency."

_CLOSED = text("closed_at IS NOT NULL")
_CLIMBS = text("rung_at IS NOT NULL")
_ANSWERED = text("answered_at IS NOT NULL")


class Known(StrEnum):
    """What the ladder has found out, and the resident was told, about a task."""

    NOTHING = ""
    REACHED = "reached"  # somebody's WeChat has taken the message
    UNREACHED = "unreached"  # nobody's has
    EXHAUSTED = "exhausted"  # all rungs were told, and nobody took it


class Task(Scoped, table=True):
    """Something a person of the staff must look at: a wish to talk, a flat to confirm, a fever, an emergency."""

    __table_args__ = (
        Index("task_open", "community_id", "urgent", "opened_at", sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
        Index("task_closed", "community_id", "closed_at", "need", sqlite_where=_CLOSED, postgresql_where=_CLOSED),
        # All that the list is narrowed and searched by, so that whatever is asked reads these few bytes of each and no row.
        Index(
            "task_listed", "community_id", "urgent", "opened_at", "need", "closed_at", "kind", "household_id", "openid", "claimed_by", "closed_by", "number", "public_id",
        ),
        Index("task_climbs", "rung_at", sqlite_where=_CLIMBS, postgresql_where=_CLIMBS),
        Index("task_subject", "subject"),
        Index("task_openid", "openid"),
        Index("task_number", "number", unique=True),
        Index("task_kind", "community_id", "kind", "opened_at"),
        Index("task_answered", "community_id", "kind", "opened_at", sqlite_where=_ANSWERED, postgresql_where=_ANSWERED),
        index_where_known("task", "household_id"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    number: str | None = None  # what residents call it, H8K2M3X; None = they are not told of it
    kind: str  # such as identity.confirm, health.abnormal, emergency.fire
    need: str  # the permission that may see it
    title: str = sealed("task.title")
    urgent: bool = False
    openid: str | None = None
    household_id: int | None = Field(default=None, foreign_key="household.id")
    subject: str = ""  # what it is about, such as ticket:K3M9…; closing that closes the task
    data: dict[str, Any] = sealed_map("task.data")
    opened_at: datetime = moment()
    claimed_at: datetime | None = maybe_moment()
    claimed_by: int | None = Field(default=None, foreign_key="staff.id")  # set: they see to it
    rung: int = 0  # rungs of the ladder that were told
    rung_at: datetime | None = maybe_moment()  # when the ladder looks at it again; None = it climbs no further
    rungs_before: int = 0  # rungs told before it was opened again
    known: str = Known.NOTHING
    answered_at: datetime | None = maybe_moment()  # when the resident first had a word of the staff about it
    closed_at: datetime | None = maybe_moment(index=True)
    is_forgotten: bool = False  # closed so long ago that its words are gone
    closed_by: int | None = Field(default=None, foreign_key="staff.id")
    outcome: str = sealed("task.outcome")

    @property
    def about(self) -> str:
        """What events call the task."""
        return f"task:{self.public_id}"

    @property
    def is_open(self) -> bool:
        """Tell whether something is still to be done."""
        return self.closed_at is None

    @property
    def is_alarm(self) -> bool:
        """Tell whether somebody called for help: it goes before all else, however long that has waited."""
        return self.kind.startswith(ALARM)


#: In which order hands are needed: alarms, then what else is urgent, then all others; among equals the longest waiting.
FIRST: tuple[Any, ...] = (
    col(Task.urgent).desc(), case((col(Task.kind).startswith(ALARM), 1), else_=0).desc(), col(Task.opened_at),
)  # fmt: skip


def open(
    session: Session, now: datetime, *, kind: str, need: str, title: str, urgent: bool = False, openid: str | None = None,
    household_id: int | None = None, subject: str = "", data: Mapping[str, Any] | None = None, climbs: bool = False,
    actor: str = "system", number: str | None = None,
) -> Task:  # fmt: skip
    """Open a task for whoever of the staff has the permission `need`; one that `climbs` is told to those on duty."""
    task = Task(
        kind=kind, need=need, title=title, urgent=urgent, openid=openid, household_id=household_id, subject=subject,
        data=dict(data or {}), opened_at=now, rung_at=now if climbs else None, number=number,
    )  # fmt: skip
    session.add(task)
    session.flush()
    events.record(session, now, "task.opened", subject=task.about, actor=actor, task=kind, urgent=urgent)
    return task


def find(session: Session, public_id: str) -> Task | None:
    """Return a task by the id people see."""
    return session.exec(select(Task).where(Task.public_id == public_id)).first()


def listed(session: Session) -> Sequence[Task]:
    """Return the open tasks: alarms, then what else is urgent, then all others; among equals the longest waiting first."""
    return session.exec(select(Task).where(col(Task.closed_at).is_(None)).order_by(*FIRST)).all()


def pressing(
    session: Session, needs: Collection[str], *conditions: ColumnElement[bool], limit: int | None = None
) -> Sequence[Task]:
    """Return the open tasks that these permissions may see and that fit, in the order of `listed`; all others stay sealed."""
    query = select(Task).where(col(Task.closed_at).is_(None), col(Task.need).in_(needs), *conditions)
    return session.exec(query.order_by(*FIRST).limit(limit)).all()


def count_pressing(session: Session, needs: Collection[str], *conditions: ColumnElement[bool]) -> int:
    """Return how many there are; none of them is opened."""
    query = select(func.count()).select_from(Task).where(col(Task.closed_at).is_(None), col(Task.need).in_(needs), *conditions)
    return session.exec(query).one()


def count_by_holder(session: Session, needs: Collection[str], *conditions: ColumnElement[bool]) -> Mapping[int, int]:
    """Return how many open tasks that these permissions may see and that fit each of the staff has taken; none of them is opened."""
    open_ones = (col(Task.closed_at).is_(None), col(Task.claimed_by).is_not(None), col(Task.need).in_(needs), *conditions)
    query = sql_select(col(Task.claimed_by), func.count()).where(*open_ones).group_by(col(Task.claimed_by))
    return {holder: number for holder, number in session.execute(query)}


def open_of(session: Session, openids: Collection[str], household_id: int | None = None) -> Sequence[Task]:
    """Return the open tasks of these accounts, or of a flat, in the order of `listed`; all others stay sealed."""
    theirs: ColumnElement[bool] = col(Task.openid).in_(openids)
    if household_id is not None:
        theirs = or_(theirs, col(Task.household_id) == household_id)
    query = select(Task).where(theirs, col(Task.closed_at).is_(None))
    return session.exec(query.order_by(*FIRST)).all()


def count_by_need(session: Session) -> Mapping[str, int]:
    """Return how many tasks are open, by the permission that may see them; none of them is opened."""
    counted = sql_select(col(Task.need), func.count()).where(col(Task.closed_at).is_(None)).group_by(col(Task.need))
    return {need: number for need, number in session.execute(counted)}


def closed(session: Session, limit: int = 20) -> Sequence[Task]:
    """Return the tasks closed last."""
    query = select(Task).where(col(Task.closed_at).is_not(None)).order_by(col(Task.closed_at).desc())
    return session.exec(query.limit(limit)).all()


def unanswered(session: Session) -> Sequence[Task]:
    """Return the urgent tasks that nobody has taken: what every open console page rings for, in the order of `listed`."""
    open_ones = select(Task).where(col(Task.closed_at).is_(None), col(Task.urgent).is_(True), col(Task.claimed_at).is_(None))
    return session.exec(open_ones.order_by(*FIRST)).all()


def about(session: Session, subject: str) -> Sequence[Task]:
    """Return the open tasks about a subject, such as ticket:K3M9."""
    return session.exec(select(Task).where(Task.subject == subject, col(Task.closed_at).is_(None))).all()


_OPEN_FROM = Lookup(
    select(Task)
    .where(Task.openid == bindparam("openid"), col(Task.closed_at).is_(None))
    .order_by(col(Task.opened_at).desc(), col(Task.id).desc())
)
_OPEN_AT = Lookup(select(Task).where(Task.household_id == bindparam("flat"), col(Task.closed_at).is_(None)))


def open_of_kinds(session: Session, kinds: Collection[str], household_id: int) -> Sequence[Task]:
    """Return the open tasks of these kinds about a flat."""
    return [one for one in _OPEN_AT.all(session, flat=household_id) if one.kind in kinds]


def open_from(session: Session, openid: str, kinds: Collection[str]) -> Sequence[Task]:
    """Return the open tasks of these kinds that came from an account, the newest first."""
    return [one for one in _OPEN_FROM.all(session, openid=openid) if one.kind in kinds]


def open_once(session: Session, now: datetime, *, kind: str, need: str, title: str, subject: str, urgent: bool = False) -> None:
    """Open a task unless one about its subject is open, or is being opened by another transaction, which is waited for."""
    session.execute(select(col(Community.id)).where(col(Community.id) == scope.of(session)).with_for_update())
    if not about(session, subject):
        open(session, now, kind=kind, need=need, title=title, subject=subject, urgent=urgent)


def claim(session: Session, task: Task, staff_id: int, now: datetime, actor: str) -> None:
    """Let somebody see to a task; raises Refusal when a colleague was quicker. It climbs no further."""
    session.refresh(task, with_for_update=True)
    if task.closed_at is not None:
        raise Refusal(tr("这件事已经办结了：{outcome}。", outcome=task.outcome or tr("已处理")))
    if task.claimed_by is not None and task.claimed_by != staff_id:
        raise Refusal(tr("同事已经接手了，不用再去。"))
    if task.claimed_by == staff_id:
        return
    task.claimed_at, task.claimed_by, task.rung_at = now, staff_id, None
    session.add(task)
    events.record(session, now, "task.claimed", subject=task.about, actor=actor, task=task.kind, urgent=task.urgent)


def hand_on(session: Session, task: Task, staff_id: int, now: datetime, actor: str) -> None:
    """Give an open task to somebody else; raises Refusal for one that was closed meanwhile."""
    session.refresh(task, with_for_update=True)
    if task.closed_at is not None:
        raise Refusal(tr("这件事已经办结了：{outcome}。", outcome=task.outcome or tr("已处理")))
    task.claimed_at, task.claimed_by, task.rung_at = now, staff_id, None
    session.add(task)
    events.record(session, now, "task.handed_on", subject=task.about, actor=actor, task=task.kind)


def close(
    session: Session, task: Task, now: datetime, outcome: str, *, staff_id: int | None = None, actor: str = "system"
) -> None:
    """Close a task and say how it ended; one that is closed, also by a colleague at this moment, stays as it was."""
    session.refresh(task, with_for_update=True)
    if task.closed_at is not None:
        return
    task.closed_at, task.closed_by, task.outcome, task.rung_at = now, staff_id, outcome[:200] or "已处理", None
    session.add(task)
    events.record(session, now, "task.closed", subject=task.about, actor=actor, task=task.kind, urgent=task.urgent)


def reopen(session: Session, task: Task, now: datetime, actor: str, *, climbs: bool = False) -> None:
    """Open a closed task again, for nobody in particular; one that `climbs` begins its ladder anew."""
    task.opened_at, task.closed_at, task.closed_by, task.outcome = now, None, None, ""
    task.claimed_at, task.claimed_by, task.rung_at, task.known = None, None, now if climbs else None, Known.NOTHING
    task.rungs_before, task.rung = task.rungs_before + task.rung, 0
    session.add(task)
    events.record(session, now, "task.opened", subject=task.about, actor=actor, task=task.kind, urgent=task.urgent)


def put_back(session: Session, task: Task, now: datetime, actor: str) -> None:
    """Record that a task is again as it was before it was claimed, handed on or closed."""
    session.add(task)
    events.record(session, now, "task.put_back", subject=task.about, actor=actor, task=task.kind, urgent=task.urgent)


def add_words(session: Session, task: Task, text: str) -> None:
    """Add what was said later to a task's words; the first ones stay, however much comes after."""
    words = shortened(f"{task.data.get('text', '')} / {text}", LONGEST)
    task.data = {**task.data, "text": words}
    session.add(task)


def holds(task: Task, text: str) -> bool:
    """Tell whether a task holds these words."""
    return text in str(task.data.get("text", "")).split(" / ")


def alarms(session: Session, openid: str, household_id: int | None) -> Sequence[Task]:
    """Return the open alarms of somebody or of their household, the newest first."""
    mine = col(Task.openid) == openid
    if household_id is not None:
        mine = or_(mine, col(Task.household_id) == household_id)
    found = select(Task).where(mine, col(Task.kind).startswith(ALARM), col(Task.closed_at).is_(None))
    return session.exec(found.order_by(col(Task.id).desc())).all()


def climbing(session: Session, now: datetime, limit: int = 20) -> Sequence[Task]:
    """Return the tasks that the ladder is to look at, locked so that of several replicas one tells it; for the core, without a scope."""
    due = select(Task).where(col(Task.rung_at) <= now).order_by(col(Task.rung_at)).limit(limit)
    return session.exec(due.with_for_update(skip_locked=True)).all()
