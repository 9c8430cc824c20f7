"""Where talks stand: begun once, queued in turn, taken over and handed back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from bot.store import conversations
from bot.store.communities import Community
from bot.store.conversations import Conversation
from bot.store.database import Database
from bot.store.staff import Staff

T = TypeVar("T")
O1, O2, O3 = "o1", "o2", "o3"


@pytest.fixture
def talks(database: Database, now: datetime) -> Database:
    """Three conversations and one colleague, number 1."""

    def begin(session: Session) -> None:
        community = Community(appid="wx", name="和苑小区")
        session.add(community)
        session.flush()
        session.add(Staff(community_id=community.id or 0, login="wang", name="王", role="staff", created_at=now))
        for openid in (O1, O2, O3):
            conversations.open_with(session, openid, community.id or 0, now)

    database.submit(begin).result()
    return database


def change(database: Database, openid: str, fn: Callable[[Session, Conversation], T]) -> T:
    return database.submit(lambda session: fn(session, session.get_one(Conversation, openid))).result()


def is_taken(database: Database) -> bool:
    return change(database, O1, lambda _, conversation: conversations.is_taken(conversation))


def left_alone(database: Database, since: datetime) -> list[str]:
    return database.submit(lambda session: [one.openid for one in conversations.left_alone(session, since)]).result()


def test_a_conversation_is_begun_once(talks: Database, now: datetime) -> None:
    def again(session: Session) -> tuple[str, datetime]:
        conversation = conversations.open_with(session, O1, 1, now + timedelta(days=1))
        return conversation.public_id, conversation.updated_at

    assert talks.submit(again).result() == talks.submit(again).result()
    assert talks.submit(again).result()[1] == now


def test_a_conversation_without_a_community_is_an_error_and_no_endless_search(talks: Database, now: datetime) -> None:
    with pytest.raises(IntegrityError):
        Database.submit(talks, lambda session: conversations.open_with(session, "oNobody", 999, now)).result()


@pytest.mark.parametrize("database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_conversation_is_one_turns_alone_until_its_end(talks: Database, now: datetime) -> None:
    with Session(talks.engine) as holding, Session(talks.engine) as waiting:
        conversations.open_with(holding, O1, 1, now)
        waiting.connection().exec_driver_sql("SET lock_timeout = '100ms'")

        with pytest.raises(OperationalError):
            conversations.open_with(waiting, O1, 1, now)


def test_the_last_lines_are_shown_oldest_first(talks: Database, now: datetime) -> None:
    def talk(session: Session) -> list[str]:
        for number in range(5):
            conversations.say(session, O1, "resident", f"第{number}句", now)
        conversations.say(session, O2, "resident", "别人的", now)
        return [line.text for line in conversations.lines(session, O1, 3)]

    assert talks.submit(talk).result() == ["第2句", "第3句", "第4句"]


def test_a_turns_lines_are_written_in_their_order(talks: Database, now: datetime) -> None:
    def talk(session: Session) -> list[tuple[str, str]]:
        conversations.write_down(session, O1, [("resident", "谢谢", None), ("bot", "不客气", None)], now)
        conversations.write_down(session, O1, [], now)
        return [(line.speaker, line.text) for line in conversations.lines(session, O1)]

    assert talks.submit(talk).result() == [("resident", "谢谢"), ("bot", "不客气")]


def test_who_waits_longest_comes_first_and_who_is_served_last(talks: Database, now: datetime) -> None:
    def queue(session: Session) -> list[str]:
        for minutes, openid in enumerate((O2, O3, O1)):
            conversation = session.get_one(Conversation, openid)
            conversations.ask_for_person(conversation, "投诉", now + timedelta(minutes=minutes))
        conversations.take_over(session.get_one(Conversation, O2), 1, now)
        session.flush()
        return [conversation.openid for conversation in conversations.waiting(session)]

    assert talks.submit(queue).result() == [O3, O1, O2]


def test_asking_again_changes_the_topic_and_keeps_the_place(talks: Database, now: datetime) -> None:
    def ask_twice(session: Session, conversation: Conversation) -> tuple[str, datetime | None]:
        conversations.ask_for_person(conversation, "噪音", now)
        conversations.ask_for_person(conversation, "漏水", now + timedelta(minutes=5))
        return conversation.topic, conversation.waiting_since

    assert change(talks, O1, ask_twice) == ("漏水", now)


def test_nobody_has_taken_over_what_only_waits(talks: Database, now: datetime) -> None:
    change(talks, O1, lambda _, conversation: conversations.ask_for_person(conversation, "噪音", now))

    assert not is_taken(talks)


def test_a_take_over_stands_until_somebody_gives_it_back(talks: Database, now: datetime) -> None:
    change(talks, O1, lambda _, conversation: conversations.take_over(conversation, 1, now))

    assert is_taken(talks)


def test_a_talk_is_left_alone_from_the_last_word_of_the_staff_on(talks: Database, now: datetime) -> None:
    change(talks, O1, lambda _, conversation: conversations.take_over(conversation, 1, now))
    change(talks, O1, lambda _, conversation: conversations.take_over(conversation, 1, now + timedelta(minutes=10)))
    change(talks, O2, lambda _, conversation: conversations.ask_for_person(conversation, "噪音", now))

    assert left_alone(talks, now + timedelta(minutes=9, seconds=59)) == []
    assert left_alone(talks, now + timedelta(minutes=10)) == [O1]


def test_handing_back_empties_the_place_in_the_queue(talks: Database, now: datetime) -> None:
    def serve(session: Session, conversation: Conversation) -> list[str]:
        conversations.take_over(conversation, 1, now)
        conversations.hand_back(conversation)
        session.flush()
        return [item.openid for item in conversations.waiting(session)]

    assert change(talks, O1, serve) == []
