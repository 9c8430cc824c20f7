"""Entries of the knowledge base: kept, changed, taken out and brought back, each community's own; on both databases."""

from datetime import date, datetime

import pytest
from sqlmodel import Session

from bot.store import knowledge, scope
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.knowledge import Audience, Draft, Entry

pytestmark = pytest.mark.usefixtures("community")

CARD = Draft(question="门禁卡怎么补办", others=("门卡掉了",), answer="20 元一张。", audience=Audience.BOUND)


def stamp(database: Database) -> knowledge.Stamp:
    return database.submit(lambda session: knowledge.stamps(session)[1]).result()


def test_an_entry_is_kept_as_it_was_written(database: Database, now: datetime) -> None:
    saved = database.submit(knowledge.save, CARD, now, "chen").result()

    found = database.submit(knowledge.find, saved.public_id).result()
    assert found is not None
    assert (Draft.of(found), found.updated_by, found.updated_at) == (CARD, "chen", now)


def test_every_change_is_seen_by_the_stamp_even_within_one_moment(database: Database, now: datetime) -> None:
    stamps = []
    entry = database.submit(knowledge.save, CARD, now, "chen").result()
    stamps.append(stamp(database))
    for change in (
        lambda session, one: knowledge.save(session, CARD, now, "chen", one), lambda session, one: knowledge.remove(session, one, now),
        knowledge.restore,
    ):  # fmt: skip
        database.submit(lambda session, change=change: change(session, knowledge.find(session, entry.public_id))).result()
        stamps.append(stamp(database))

    assert len(set(stamps)) == 4


def test_only_what_changed_is_read_again(database: Database, now: datetime) -> None:
    database.submit(knowledge.save, CARD, now, "chen").result()
    seen = {1: stamp(database)}

    assert database.submit(knowledge.changed, seen).result() == {}
    database.submit(knowledge.save, Draft(question="遛狗", answer="牵绳。"), now, "chen").result()
    [(community, shelf)] = database.submit(knowledge.changed, seen).result().items()
    assert (community, [entry.question for entry in shelf.entries]) == (1, ["门禁卡怎么补办", "遛狗"])


def test_what_is_taken_out_is_not_told_and_comes_back_as_it_was(database: Database, now: datetime) -> None:
    entry = database.submit(knowledge.save, CARD, now, "chen").result()

    def remove(session: Session) -> None:
        knowledge.remove(session, session.get_one(Entry, entry.id), now)

    database.submit(remove).result()
    assert database.submit(knowledge.live_on, now.date()).result() == []
    assert [one.question for one in database.submit(lambda session: knowledge.listed(session, removed=True)).result()] == [
        CARD.question
    ]

    database.submit(lambda session: knowledge.restore(session, session.get_one(Entry, entry.id))).result()
    [back] = database.submit(knowledge.live_on, now.date()).result()
    assert Draft.of(back) == CARD


def test_an_entry_is_told_from_its_first_day_to_its_last(database: Database, now: datetime) -> None:
    database.submit(
        knowledge.save,
        Draft(question="泳池", answer="开。", valid_from=date(2026, 6, 1), valid_until=date(2026, 9, 30)),
        now,
        "chen",
    ).result()

    days = {date(2026, 5, 31): 0, date(2026, 6, 1): 1, date(2026, 9, 30): 1, date(2026, 10, 1): 0}
    assert {day: len(database.submit(knowledge.live_on, day).result()) for day in days} == days
    assert {day: database.submit(knowledge.count_expired, day).result() for day in days} == {
        date(2026, 5, 31): 0, date(2026, 6, 1): 0, date(2026, 9, 30): 0, date(2026, 10, 1): 1,
    }  # fmt: skip


def test_what_is_still_to_be_filled_in_is_never_told(database: Database, now: datetime) -> None:
    database.submit(knowledge.save, Draft(question="电话", answer="【请填写：电话】"), now, "chen").result()
    database.submit(knowledge.save, Draft(question="地址", answer="3 栋。", is_template=True), now, "chen").result()

    assert database.submit(knowledge.live_on, now.date()).result() == []
    assert [shelf.entries for shelf in database.submit(knowledge.changed, {}).result().values()] == [()]


def test_templates_are_given_once_to_each_community_and_change_nothing_that_is_there(database: Database, now: datetime) -> None:
    def plant(session: Session) -> tuple[int, int, int]:
        session.info.clear()
        other = Community(appid="wx1", name="和苑东区")
        session.add(other)
        session.flush()
        drafts = [CARD, Draft(question="遛狗", answer="【请填写：规定】", is_template=True)]
        return tuple(knowledge.plant(session, key, drafts, now) for key in (1, 1, other.key))  # type: ignore[return-value]

    database.submit(knowledge.save, Draft(question=CARD.question, answer="30 元。"), now, "chen").result()

    assert database.submit(plant).result() == (1, 0, 2)
    assert {entry.answer for entry in database.submit(knowledge.listed).result()} == {"30 元。", "【请填写：规定】"}


def test_a_community_does_not_see_the_entries_of_another(database: Database, now: datetime) -> None:
    entry = database.submit(knowledge.save, CARD, now, "chen").result()

    def look(session: Session) -> Entry | None:
        session.info.clear()
        other = Community(appid="wx1", name="和苑东区")
        session.add(other)
        session.flush()
        scope.enter(session, other.key)
        return knowledge.find(session, entry.public_id)

    assert database.submit(look).result() is None
