"""What messages come to, as it is kept for the figures: how they were understood and how they ended, without a word of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.cli.talk import Room
from bot.store.outcomes import Outcome

Kept = list[tuple[str, str, str]]


@pytest.fixture
def room(demo_folder: Path, now: datetime) -> Iterator[Room]:
    room = Room.open(demo_folder, now)
    yield room
    room.database.close()


def rows(room: Room) -> list[Outcome]:
    return room.database.submit(lambda session: list(session.exec(select(Outcome).order_by(Outcome.id)).all())).result()  # type: ignore[arg-type]


def kept(room: Room) -> Kept:
    return [(row.intent, row.understood, row.ended) for row in rows(room)]


def test_a_question_that_the_file_answers_is_served_at_once(room: Room) -> None:
    room.say("物业几点上班")

    assert kept(room) == [("faq.hours", "at_once", "served")]


def test_a_form_is_understood_with_its_first_message_and_served_with_its_last(room: Room) -> None:
    room.say("我要邀请访客")
    room.wait(timedelta(minutes=3))
    room.say("王芳明天下午三点来")
    while kept(room)[-1][2] != "served":
        assert room.say("对").outcome.intent == "visitor.invite"

    assert kept(room) == [("visitor.invite", "at_once", ""), ("visitor.invite", "", "served")]
    assert rows(room)[-1].seconds == 180  # from the first message on


def test_what_is_not_understood_has_no_intent(room: Room) -> None:
    room.say("就上回那个啥弄好没有")

    assert ("", "missed", "") in kept(room)


def test_what_is_given_to_a_person_is_no_service_of_the_bot(room: Room) -> None:
    room.say("转人工")

    assert [row[2] for row in kept(room)] == ["handed_over"]


def test_greetings_count_as_nothing(room: Room) -> None:
    for text in ("你好", "谢谢", "再见"):
        room.say(text)

    assert kept(room) == []


def test_what_comes_to_nothing_is_not_served(room: Room) -> None:
    room.say("我的报修怎么样了")  # there is none

    assert all(ended == "" for _, _, ended in kept(room))


def test_no_word_and_nobody_stands_in_what_is_kept(room: Room) -> None:
    room.say("我叫陈建国，物业几点上班")

    assert set(Outcome.model_fields) == {"id", "community_id", "day", "intent", "understood", "ended", "seconds"}
    assert all("陈" not in f"{row}" for row in rows(room))
