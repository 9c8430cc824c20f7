"""Binding as it is talked about: what is said there stays where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot import config
from bot.cli.talk import DATABASE, Room, found
from bot.dialogue.understanding import Understanding
from bot.model import SHANGHAI
from bot.services import load_services, understand
from bot.store.conversations import Conversation
from bot.store.tasks import Task
from bot.store.unmatched import Unmatched

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)

#: Of 3栋2单元502.
DIGITS = "2160"


@pytest.fixture(scope="module")
def shipped() -> Understanding:
    """What the product understands as it ships."""
    return understand(config.shipped("intents"), load_services(config.load_local()))


@pytest.fixture
def room(shipped: Understanding, tmp_path: Path) -> Iterator[Room]:
    """A resident whom nobody knows yet."""
    found(tmp_path / DATABASE, NOW)
    made = Room.open(tmp_path, NOW, shipped)
    made.seat(bound=False)
    yield made
    made.database.close()


def kept(room: Room) -> str:
    """Return all that is kept of what was said, the lines of the talk aside."""

    def look(session: Session) -> str:
        tasks = [(one.title, one.data) for one in session.exec(select(Task)).all()]
        talks = [(one.standing, one.topic) for one in session.exec(select(Conversation)).all()]
        return f"{tasks} {talks} {[one.text for one in session.exec(select(Unmatched)).all()]}"

    return room.database.submit(look).result()


@pytest.mark.parametrize(
    "said",
    [
        ("我住3栋2单元502", DIGITS, "转人工"),
        ("我住3栋2单元502", DIGITS, "呵呵哒", "哼哼哈", "人工"),
        ("我住3栋2单元502", "1111", "9999", "转人工"),
        ("我住3栋2单元502，尾号2160", "转人工"),
        ("我住3栋2单元502", "我登记的是2160那个号吗", "帮我问一下"),
        ("我住3栋2单元502", "为什么2160不行啊", "找物业的人"),
    ],
)
def test_digits_told_as_a_proof_reach_no_task_and_no_list(room: Room, said: tuple[str, ...]) -> None:
    for words in said:
        room.say(words)

    on_record = kept(room)
    assert "3栋2单元502" in on_record
    assert [digits for digits in (DIGITS, "1111", "9999") if digits in on_record] == []
