"""Which of the staff was told of a task, by which message: the rows that prove what a resident is told of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, UniqueConstraint, col, select

from bot.model import moment
from bot.store.outbox import Delivery, DeliveryState
from bot.store.scope import Scoped
from bot.store.staff import Staff
from bot.store.tasks import Task

#: States of a delivery that WeChat has taken.
ARRIVED = (DeliveryState.SENT, DeliveryState.DELIVERED)


class Alert(Scoped, table=True):
    """One person told of one task at one rung of its ladder. Without a delivery they could not be told."""

    __table_args__ = (UniqueConstraint("task_id", "staff_id", "rung"),)

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id")
    staff_id: int = Field(foreign_key="staff.id", index=True)
    rung: int
    at: datetime = moment()
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")


def of_task(session: Session, task_id: int) -> Sequence[tuple[Alert, Staff, DeliveryState | None]]:
    """Return who was told of a task, and how far the message has come, the first first."""
    rows = session.exec(
        select(Alert, Staff, Delivery.state)
        .join(Staff, col(Staff.id) == col(Alert.staff_id))
        .join(Delivery, col(Delivery.id) == col(Alert.delivery_id), isouter=True)
        .where(Alert.task_id == task_id)
        .order_by(col(Alert.id))
    ).all()
    return [(alert, staff, DeliveryState(state) if state else None) for alert, staff, state in rows]


def told(session: Session, task_id: int, staff_id: int, rung: int, now: datetime, delivery_id: int | None) -> Alert:
    """Note that somebody was told of a task at a rung; the unique key lets no two replicas do so."""
    alert = Alert(task_id=task_id, staff_id=staff_id, rung=rung, at=now, delivery_id=delivery_id)
    session.add(alert)
    session.flush()
    return alert


def newest(session: Session, staff_ids: Sequence[int], since: datetime, *, untaken: bool) -> Task | None:
    """Return the newest task of which one of these was told by a message after `since`; with `untaken` the newest that is to be taken."""
    query = (
        select(Task)
        .join(Alert, col(Alert.task_id) == col(Task.id))
        .where(
            col(Alert.staff_id).in_(staff_ids), col(Alert.delivery_id).is_not(None), col(Alert.at) >= since,
        )
        .order_by(col(Alert.id).desc())
    )  # fmt: skip
    if untaken:
        query = query.where(col(Task.closed_at).is_(None), col(Task.claimed_at).is_(None))
    return session.exec(query).first()


def held(session: Session, staff_ids: Sequence[int], since: datetime) -> Task | None:
    """Return the open task that one of these took last, after `since`, of those that are told to people by a ladder."""
    told = select(Alert.task_id).where(col(Alert.task_id) == col(Task.id))
    query = select(Task).where(
        col(Task.claimed_by).in_(staff_ids), col(Task.claimed_at) >= since, col(Task.closed_at).is_(None), told.exists(),
    )  # fmt: skip
    return session.exec(query.order_by(col(Task.claimed_at).desc(), col(Task.id).desc())).first()


def everybody(session: Session, task_id: int) -> Sequence[Staff]:
    """Return each person who still works here and to whom a message about a task went, the first first."""
    told = [staff for alert, staff, _ in of_task(session, task_id) if alert.delivery_id is not None]
    found = {staff.id: staff for staff in told if staff.disabled_at is None}
    return list(found.values())
