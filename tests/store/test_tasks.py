"""What staff must look at: claimed by one, closed with what it was about, opened again for everybody; on both databases."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select, update

from bot.errors import Refusal
from bot.sealed import keyring_of
from bot.store import scope, tasks
from bot.store.database import Database
from bot.store.events import Event
from bot.store.staff import Staff
from bot.store.tasks import Task

WANG, CHEN = 1, 2


@pytest.fixture
def office(database: Database, community: Any, now: datetime) -> Database:
    """Two colleagues, numbers 1 and 2."""
    database.submit(
        lambda session: session.add_all([Staff(login=login, name=login, created_at=now) for login in ("wang", "chen")])
    ).result()
    return database


def opened(office: Database, now: datetime, **said: Any) -> str:
    """Open a task and return the id people see."""
    said = {"kind": "emergency.fire", "need": "task.view", "title": "火警：3栋", **said}
    return office.submit(lambda session: tasks.open(session, now, **said).public_id).result()


def on(office: Database, key: str, fn: Callable[..., Any], *args: Any, **more: Any) -> Task:
    """Do something with a task and return its row."""

    def act(session: Session) -> Task:
        task = session.exec(select(Task).where(Task.public_id == key)).one()
        fn(session, task, *args, **more)
        session.flush()
        return task

    return office.submit(act).result()


async def test_of_two_who_claim_at_once_one_has_it_and_the_other_is_told(office: Database, now: datetime) -> None:
    key = opened(office, now)
    other = Database(str(office.engine.url.render_as_string(hide_password=False)), keyring=keyring_of(office.engine.dialect))

    def claim(session: Session, staff: int) -> None:
        scope.enter(session, 1)
        tasks.claim(session, session.exec(select(Task).where(Task.public_id == key)).one(), staff, now, "staff:x")

    tries = [where.submit(claim, staff) for where, staff in ((office, WANG), (other, CHEN))]
    faults = await asyncio.to_thread(lambda: [each.exception() for each in tries])
    other.close()

    [refused] = [fault for fault in faults if fault is not None]
    assert isinstance(refused, Refusal)
    assert "同事已经接手了" in str(refused)
    task = on(office, key, lambda *_: None)
    assert task.claimed_by == (WANG if faults[0] is None else CHEN)


def test_who_claims_twice_has_it_since_the_first_time(office: Database, now: datetime) -> None:
    key = opened(office, now, climbs=True)
    on(office, key, tasks.claim, WANG, now, "staff:wang")

    task = on(office, key, tasks.claim, WANG, now + timedelta(minutes=5), "staff:wang")

    assert (task.claimed_at, task.rung_at) == (now, None), "and nobody else is told"
    assert _kinds(office) == ["task.opened", "task.claimed"]


def test_closed_task_is_neither_claimed_nor_handed_on(office: Database, now: datetime) -> None:
    key = opened(office, now)
    on(office, key, tasks.close, now, "误报，现场没事", staff_id=WANG)

    for act in (tasks.claim, tasks.hand_on):
        with pytest.raises(Refusal, match="已经办结了：误报，现场没事"):
            on(office, key, act, CHEN, now, "staff:chen")


def test_task_that_was_handed_on_is_the_others(office: Database, now: datetime) -> None:
    key = opened(office, now)
    on(office, key, tasks.claim, WANG, now, "staff:wang")
    on(office, key, tasks.hand_on, CHEN, now, "staff:wang")

    with pytest.raises(Refusal, match="同事已经接手了"):
        on(office, key, tasks.claim, WANG, now, "staff:wang")


def test_closing_a_second_time_changes_nothing(office: Database, now: datetime) -> None:
    key = opened(office, now)
    on(office, key, tasks.close, now, "已处理好", staff_id=WANG)

    task = on(office, key, tasks.close, now + timedelta(hours=1), "演练", staff_id=CHEN)

    assert (task.outcome, task.closed_by, task.closed_at) == ("已处理好", WANG, now)


def test_what_is_settled_closes_all_tasks_about_it_and_no_other(office: Database, now: datetime) -> None:
    for subject in ("ticket:K3", "ticket:K3", "ticket:K4"):
        opened(office, now, subject=subject)

    def settle(session: Session) -> list[str]:
        for task in tasks.about(session, "ticket:K3"):
            tasks.close(session, task, now, "修好了")
        return [task.subject for task in tasks.listed(session)]

    assert office.submit(settle).result() == ["ticket:K4"]
    assert office.submit(tasks.about, "ticket:K3").result() == []


def test_task_that_is_opened_again_is_nobodys_and_climbs_from_the_first_rung(office: Database, now: datetime) -> None:
    key, later = opened(office, now, urgent=True, climbs=True), now + timedelta(hours=2)
    on(office, key, tasks.claim, WANG, now, "staff:wang")
    on(office, key, tasks.close, now, "已处理好", staff_id=WANG)

    task = on(office, key, tasks.reopen, later, "staff:wang", climbs=True)

    assert (task.is_open, task.claimed_by, task.outcome, task.rung, task.rung_at) == (True, None, "", 0, later)
    assert [found.public_id for found in office.submit(tasks.unanswered).result()] == [key]
    assert [found.public_id for found in office.submit(tasks.climbing, later).result()] == [key]


def test_urgent_ones_stand_first_then_the_longest_waiting(office: Database, now: datetime) -> None:
    for minute, urgent, title in ((0, False, "早"), (1, True, "急"), (2, False, "晚"), (3, True, "更急")):
        opened(office, now + timedelta(minutes=minute), kind="repair.urgent", title=title, urgent=urgent)

    assert [task.title for task in office.submit(tasks.listed).result()] == ["急", "更急", "早", "晚"]


def test_danger_to_life_stands_before_all_that_is_urgent_and_older(office: Database, now: datetime) -> None:
    told = (
        ("identity.objected", "有人不认识"),
        ("repair.urgent", "厨房漏水"),
        ("emergency.fire", "燃气泄漏"),
        ("emergency.sos", "电梯困人"),
    )
    for minute, (kind, title) in enumerate(told):
        opened(office, now + timedelta(minutes=minute), kind=kind, title=title, urgent=True)

    for look in (tasks.listed, tasks.unanswered, lambda session: tasks.pressing(session, ["task.view"], limit=4)):
        assert [task.title for task in office.submit(look).result()] == ["燃气泄漏", "电梯困人", "有人不认识", "厨房漏水"]


def _kinds(office: Database) -> list[str]:
    return list(office.submit(lambda session: session.exec(select(Event.kind).order_by(Event.id)).all()).result())


def test_what_a_colleague_closed_at_this_moment_is_neither_closed_again_nor_handed_on(office: Database, now: datetime) -> None:
    """The row is read anew under its lock: what was seen before another transaction changed it counts for nothing."""
    key = opened(office, now)

    def both(session: Session) -> None:
        task = session.exec(select(Task).where(Task.public_id == key)).one()
        meanwhile = update(Task).where(col(Task.public_id) == key).values(closed_at=now, outcome="误报")
        session.execute(meanwhile.execution_options(synchronize_session=False))
        with pytest.raises(Refusal):
            tasks.hand_on(session, task, CHEN, now, "staff:wang")
        tasks.close(session, task, now, "已处理好", staff_id=WANG)

    office.submit(both).result()

    [task] = office.submit(lambda session: session.exec(select(Task)).all()).result()
    assert (task.outcome, task.claimed_by) == ("误报", None)
