"""What is handed to a person keeps every word, and how long answers take is measured; on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.store import handoffs, tasks
from bot.store.database import Database
from bot.store.events import Event
from bot.store.staff import Staff
from bot.store.tasks import Task

WANG = 1
WHO = "oWho"


@pytest.fixture
def office(database: Database, community: Any, now: datetime) -> Database:
    """A property office with one colleague."""
    database.submit(lambda session: session.add(Staff(login="wang", name="王", created_at=now))).result()
    return database


def opened(office: Database, at: datetime, openid: str = WHO) -> int:
    """Open a hand-off and return its row's id."""

    def run(session: Session) -> int:
        task = tasks.open(
            session, at, kind=handoffs.KIND, need="task.view", title="问费用", openid=openid, number=handoffs.number(), data={"text": "欠多少"}
        )  # fmt: skip
        return task.id or 0

    return office.submit(run).result()


def on(office: Database, key: int, fn: Callable[..., Any], *args: Any) -> Task:
    """Do something with a hand-off and return its row."""

    def act(session: Session) -> Task:
        task = session.get_one(Task, key)
        fn(session, task, *args)
        session.flush()
        return task

    return office.submit(act).result()


def answer(office: Database, key: int, at: datetime) -> Task:
    return on(office, key, handoffs.answered, WANG, at, "staff:wang")


def usual(office: Database, now: datetime) -> timedelta | None:
    return office.submit(handoffs.usual_wait, now).result()


def test_what_is_said_while_waiting_joins_line_by_line_and_nothing_twice(office: Database, now: datetime) -> None:
    key = opened(office, now)
    for said in ("3栋的", "3栋的", "急", " "):
        task = on(office, key, handoffs.add, said)

    assert handoffs.words(task) == "欠多少\n3栋的\n急"
    assert handoffs.waits(task)


def test_of_very_many_words_the_first_and_the_last_stay(office: Database, now: datetime) -> None:
    key = opened(office, now)
    for number in range(200):
        task = on(office, key, handoffs.add, f"第{number}句话说得很长很长")

    assert len(handoffs.words(task)) <= handoffs.LONGEST
    assert handoffs.words(task).startswith("欠多少\n第0句")
    assert handoffs.words(task).endswith("第199句话说得很长很长")


def test_who_answers_sees_to_it_and_only_the_first_answer_is_measured(office: Database, now: datetime) -> None:
    key = opened(office, now)
    answer(office, key, now + timedelta(minutes=4))
    on(office, key, handoffs.add, "还有一句")
    task = answer(office, key, now + timedelta(hours=4))

    assert (task.claimed_by, task.answered_at) == (WANG, now + timedelta(minutes=4))
    assert not handoffs.waits(task)
    events = office.submit(lambda session: list(session.exec(select(Event.kind).order_by(Event.id)).all())).result()  # type: ignore[arg-type]
    assert events == ["task.opened", "task.claimed", "task.answered"]


def test_usual_wait_is_the_median_of_the_last_thirty_days_once_there_are_ten(office: Database, now: datetime) -> None:
    for minutes in (1, 2, 3, 4, 15, 16, 17, 18, 900):
        answer(office, opened(office, now - timedelta(days=2)), now - timedelta(days=2) + timedelta(minutes=minutes))
    opened(office, now - timedelta(hours=1))
    answer(office, opened(office, now - timedelta(days=31)), now - timedelta(days=30))

    assert usual(office, now) is None, "nine, one that waits, and one that is too old"

    answer(office, opened(office, now - timedelta(days=1)), now - timedelta(days=1) + timedelta(minutes=15))

    assert usual(office, now) == timedelta(minutes=15)


def test_a_number_shows_only_ones_own(office: Database, now: datetime) -> None:
    task = on(office, opened(office, now), lambda *_: None)

    def sought(openid: str) -> bool:
        return office.submit(lambda session: handoffs.by_number(session, openid, task.number or "") is not None).result()

    assert sought(WHO)
    assert not sought("oOther")
    assert task.number is not None
    assert (task.number[0], len(task.number)) == ("H", 7)


def test_open_ones_come_newest_first_and_closed_ones_not(office: Database, now: datetime) -> None:
    first, second, third = (opened(office, now + timedelta(minutes=minute)) for minute in range(3))
    on(office, second, tasks.close, now, "办好了")

    assert [task.id for task in office.submit(handoffs.open_of, WHO).result()] == [third, first]
    assert [task.id for task in office.submit(handoffs.open_among, [WHO, "oOther"]).result()] == [first, third]
    assert [task.id for task in office.submit(handoffs.closed_of, WHO, now - timedelta(days=1)).result()] == [second]
