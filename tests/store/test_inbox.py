"""The inbox: what was answered stays answered."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from bot.store import inbox
from bot.store.database import Database
from bot.store.inbox import InboxMessage, Kept


async def test_a_stored_answer_is_found_by_its_key(database: Database, now: datetime) -> None:
    await database.write(inbox.remember, "k1", "wx1", "o1", "answer", now)

    assert await database.read(inbox.find, "k1") == Kept("answer", False)
    assert await database.read(inbox.find, "k2") is None


async def test_a_silent_answer_is_an_answer(database: Database, now: datetime) -> None:
    await database.write(inbox.remember, "k1", "wx1", "o1", "", now)

    assert await database.read(inbox.find, "k1") == Kept("", False)


async def test_the_slower_of_two_replicas_is_undone_whole(database: Database, now: datetime) -> None:
    def answer_twice(session: Session) -> None:
        inbox.remember(session, "k2", "wx1", "o1", "mine", now)
        inbox.remember(session, "k1", "wx1", "o1", "mine", now)

    await database.write(inbox.remember, "k1", "wx1", "o1", "theirs", now)

    with pytest.raises(IntegrityError):
        await database.write(answer_twice)
    assert await database.read(inbox.find, "k1") == Kept("theirs", False)
    assert await database.read(inbox.find, "k2") is None


async def test_recorded_message_is_taken_up_by_one_replica_once_its_lease_is_over(database: Database, now: datetime) -> None:
    await database.write(inbox.record, "k1", "wx1", "o1", "<xml/>", now)

    assert await database.write(inbox.take_up, now + inbox.LEASE - timedelta(seconds=1)) == []
    [taken] = await database.write(inbox.take_up, now + inbox.LEASE)
    assert (taken.push, taken.received_at, taken.attempts) == ("<xml/>", now, 1)
    assert await database.write(inbox.take_up, now + inbox.LEASE) == []


async def test_no_more_is_taken_up_at_once_than_was_asked_for(database: Database, now: datetime) -> None:
    def arrive(session: Session) -> None:
        for number in range(300):
            inbox.record(session, f"k{number}", "wx1", "o1", "<xml/>", now)

    await database.write(arrive)

    assert len(await database.write(inbox.take_up, now + inbox.LEASE, 20)) == 20


async def test_finished_message_is_taken_up_no_more_and_its_words_are_gone(database: Database, now: datetime) -> None:
    await database.write(inbox.record, "k1", "wx1", "o1", "<xml/>", now)
    await database.write(inbox.finish, "k1", "answer")

    assert await database.write(inbox.take_up, now + inbox.KEPT) == []
    assert await database.read(inbox.find, "k1") == Kept("answer", True)
    assert await database.read(lambda session: session.exec(select(InboxMessage.push)).all()) == [""]


async def test_signature_of_a_message_is_used_for_it_alone(database: Database, now: datetime) -> None:
    await database.write(inbox.remember, "k1", "wx1", "o1", "a", now, "signed")

    assert await database.read(inbox.used_for, "signed") == "k1"
    assert await database.write(inbox.use, "signed", "k1", "wx1", now)
    assert not await database.write(inbox.use, "signed", "check:1", "wx1", now)
    with pytest.raises(IntegrityError):
        await database.write(inbox.remember, "k2", "wx1", "o1", "a", now, "signed")


async def test_signature_of_what_is_no_message_is_used_for_it_alone(database: Database, now: datetime) -> None:
    assert await database.read(inbox.used_for, "signed") is None
    assert [await database.write(inbox.use, "signed", "check:1", "wx1", now) for _ in range(2)] == [True, True]

    assert await database.read(inbox.used_for, "signed") == "check:1"
    assert not await database.write(inbox.use, "signed", "check:2", "wx1", now)
    with pytest.raises(IntegrityError):
        await database.write(inbox.remember, "k1", "wx1", "o1", "a", now, "signed")
    assert await database.write(inbox.take_up, now + inbox.LEASE) == []


async def test_message_may_have_come_with_several_signatures(database: Database, now: datetime) -> None:
    await database.write(inbox.remember, "k1", "wx1", "o1", "a", now, "first")

    assert await database.write(inbox.use, "second", "k1", "wx1", now)
    assert await database.read(inbox.used_for, "second") == "k1"
    assert await database.read(inbox.find, "k1") == Kept("a", False)


async def test_looking_for_unfinished_messages_reads_no_finished_one(database: Database, now: datetime) -> None:
    def plan(session: Session) -> str:
        query = text("EXPLAIN {} SELECT key FROM inbox WHERE answer IS NULL AND lease_until <= '2026-01-01' ORDER BY lease_until"
                     .format("QUERY PLAN" if database.is_sqlite else ""))  # fmt: skip
        if not database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        return str(session.execute(query).all())

    assert "inbox_unfinished" in await database.read(plan)
