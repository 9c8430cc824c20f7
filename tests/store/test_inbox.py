"""The inbox: what was answered stays answered."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.store import inbox
from bot.store.database import Database


async def test_a_stored_answer_is_found_by_its_key(database: Database, now: datetime) -> None:
    await database.write(inbox.remember, "k1", "o1", "answer", now)

    assert await database.read(inbox.find, "k1") == "answer"
    assert await database.read(inbox.find, "k2") is None


async def test_a_silent_answer_is_an_answer(database: Database, now: datetime) -> None:
    await database.write(inbox.remember, "k1", "o1", "", now)

    assert await database.read(inbox.find, "k1") == ""


async def test_the_slower_of_two_replicas_is_undone_whole(database: Database, now: datetime) -> None:
    def answer_twice(session: Session) -> None:
        inbox.remember(session, "k2", "o1", "mine", now)
        inbox.remember(session, "k1", "o1", "mine", now)

    await database.write(inbox.remember, "k1", "o1", "theirs", now)

    with pytest.raises(IntegrityError):
        await database.write(answer_twice)
    assert await database.read(inbox.find, "k1") == "theirs"
    assert await database.read(inbox.find, "k2") is None


async def test_only_messages_older_than_three_days_are_forgotten(database: Database, now: datetime) -> None:
    await database.write(inbox.remember, "old", "o1", "a", now - inbox.KEPT - timedelta(seconds=1))
    await database.write(inbox.remember, "young", "o1", "a", now - inbox.KEPT)

    assert await database.write(inbox.prune, now) == 1
    assert await database.read(inbox.find, "old") is None
    assert await database.read(inbox.find, "young") == "a"
