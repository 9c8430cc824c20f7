"""What is settled elsewhere while a talk asks for it: the staff or the family say who lives there, and the talk goes on from that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot.cli.talk import Room
from bot.contract import Evidence, Work
from bot.dialogue.understanding import Understanding
from bot.model import SHANGHAI
from bot.store.people import Household, Resident
from bot.store.tasks import Task
from integrations.identity import requests
from integrations.visitor_passes.models import Pass

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)

WAITS = ("我住3栋2单元502", "没有")


@pytest.fixture
def room(shipped: Understanding, demo_folder: Path) -> Iterator[Room]:
    """A resident whom nobody knows yet."""
    made = Room.open(demo_folder, NOW, shipped)
    made.seat(bound=False)
    yield made
    made.database.close()


def said(room: Room, *words: str) -> str:
    """Say things one after the other; returns the last answer."""
    return ["\n".join(room.say(one).texts) for one in words][-1]


def settled(room: Room, how: Callable[[Work, Task], object]) -> None:
    """Let somebody else settle the request, a minute later."""
    room.frozen = room.now + timedelta(minutes=1)

    def run(session: Session) -> None:
        work = Work(session=session, now=room.now, context=room.house.context)
        task = session.exec(select(Task).where(Task.kind == requests.KIND)).one()
        how(work, task)
        work.finish(task.about, "办好了")

    room.database.submit(run).result()
    room.frozen = room.now + timedelta(minutes=1)


def approve(work: Work, task: Task) -> None:
    flat = work.session.exec(
        select(Household).where(Household.building == "3", Household.unit == "2", Household.room == "502")
    ).one()
    requests.approve(work, task, flat, None, Evidence.STAFF, name="王平")


def passes(room: Room) -> list[str]:
    return room.database.submit(lambda session: [one.visitor_name for one in session.exec(select(Pass)).all()]).result()


def test_whoever_was_approved_meanwhile_is_not_asked_for_the_number_any_more(room: Room) -> None:
    assert "还在请物业核对" in said(room, *WAITS, "明天上午十点我朋友小杨来")

    settled(room, approve)

    reply = said(room, "谢谢")
    assert "核对" not in reply
    assert "后四位" not in reply


def test_what_waited_for_the_flat_is_done_with_the_next_words(room: Room) -> None:
    said(room, *WAITS, "明天上午十点我朋友小杨来")

    settled(room, approve)

    assert "小杨" in said(room, "不是说核对好了吗")
    assert passes(room) == ["小杨"]


def test_what_waited_and_is_asked_something_goes_on_by_the_next_words(room: Room) -> None:
    said(room, *WAITS, "我朋友小杨要来")

    settled(room, approve)

    assert "小杨" in said(room, "明天上午十点")
    assert passes(room) == ["小杨"]


def test_whoever_was_asked_for_the_number_and_approved_at_the_counter_is_served(room: Room) -> None:
    said(room, *WAITS, "我住3栋2单元502")

    settled(room, approve)

    assert "3栋2单元502" in said(room, "我绑的是哪户")
    assert "后四位" not in said(room, "厨房水管漏水了")


def test_another_flat_that_is_asked_for_stays_asked_for(room: Room) -> None:
    said(room, *WAITS, "对了，我住5栋1单元1203")

    settled(room, approve)

    assert (
        room.database.submit(lambda session: len(session.exec(select(Resident).where(Resident.name == "王平")).all())).result()
        == 1
    )


def test_whoever_was_refused_meanwhile_is_not_told_that_it_waits(room: Room) -> None:
    said(room, *WAITS, "明天上午十点我朋友小杨来")

    settled(room, requests.refuse)

    assert "还在请物业核对" not in said(room, "怎么办")
