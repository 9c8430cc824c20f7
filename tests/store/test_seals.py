"""Whoever changes the event log behind our back is found out, on both databases; what was sealed honestly stays whole."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, select

from bot.keys import Keys
from bot.sealer import HEAD, Sealer
from bot.store import events, seals
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.events import Event
from bot.store.seals import Check, Seal

KEY = seals.key_of(Keys(b"s" * 32))


@pytest.fixture
def sealer(database: Database, community: Community, now: datetime, tmp_path: Path) -> Sealer:
    return Sealer(database, KEY, lambda: now, tmp_path)


def happen(session: Session, now: datetime, count: int = 1) -> None:
    for number in range(count):
        events.record(session, now + timedelta(seconds=number), "task.opened", subject=f"task:{number}", task="x", urgent=True)


def change(database: Database, sql: str) -> None:
    """Do what somebody does who has the database in hand, and not our key."""
    with database.engine.begin() as connection:
        connection.execute(text(sql))


def look(database: Database, *heads: str) -> list[str]:
    with Session(database.engine) as session:
        found = Check(key=KEY).run(session, {f"paper {number}": head for number, head in enumerate(heads)})
        return [str(fault) for fault in found if fault is not None]


async def test_what_was_there_before_and_what_came_later_is_sealed_and_whole(
    database: Database, sealer: Sealer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "LONGEST", 4)
    await database.write(happen, now, 10)
    assert await sealer.step() == 10
    await database.write(happen, now, 1)
    assert await sealer.step() == 1
    assert await sealer.step() == 0

    check = Check(key=KEY)
    with Session(database.engine) as session:
        assert list(filter(None, check.run(session, {}))) == []
    assert (check.lines, check.seals, check.unsealed) == (11, 4, 0)
    assert (check.first_at, check.last_at) == (now, now + timedelta(seconds=9))


@pytest.mark.parametrize(("sql", "told"), [
    ("DELETE FROM event WHERE id = 3", ["line 3: was removed"]),
    ("DELETE FROM event WHERE id IN (9, 10)", ["line 9: was removed", "line 10: was removed"]),
    ("UPDATE event SET actor = 'staff:somebody' WHERE id = 7", ["line 7: was altered"]),
    ("UPDATE event SET data = '{\"urgent\": false}' WHERE id = 7", ["line 7: was altered"]),
    ("UPDATE event SET id = 99999 WHERE id = 2; UPDATE event SET id = 2 WHERE id = 3; UPDATE event SET id = 3 WHERE id = 99999",
     ["line 2: stands in another place: it was sealed as line 3", "line 3: stands in another place: it was sealed as line 2"]),
    ("UPDATE event_seal SET last_id = 3, count = 3 WHERE number = 1",
     ["seal 1: was altered; it covers lines 1 to 3", "seal 1: its list of lines was altered", "seal 2: does not follow seal 1"]),
    ("DELETE FROM event_seal WHERE number = 2",
     ["seal 3: seal 2 before it are gone: nothing vouches for lines 5 to 8"]),
    ("UPDATE event_seal SET pruned_at = sealed_at, pruned = 'done' WHERE number = 1; DELETE FROM event WHERE id <= 4",
     ["seal 1: lines 1 to 4 were removed, and not by `linli audit prune`"]),
])  # fmt: skip
async def test_each_change_is_told_by_the_line_it_was_done_to(
    database: Database, sealer: Sealer, now: datetime, monkeypatch: pytest.MonkeyPatch, sql: str, told: list[str]
) -> None:
    monkeypatch.setattr(seals, "LONGEST", 4)
    await database.write(happen, now, 10)
    await sealer.step()
    for one in sql.split("; "):
        change(database, one)

    assert look(database) == told


async def test_a_line_slipped_in_where_none_was_is_told(database: Database, sealer: Sealer, now: datetime) -> None:
    await database.write(happen, now, 3)
    change(database, "UPDATE event SET id = 50 WHERE id = 3")
    await sealer.step()
    columns = "community_id, at, kind, subject, actor, data"
    change(database, f"INSERT INTO event (id, {columns}) SELECT 20, {columns} FROM event WHERE id = 1")

    assert look(database) == ["line 20: was slipped in after it was sealed that there is none"]


async def test_a_line_slipped_in_before_the_first_is_told(database: Database, sealer: Sealer, now: datetime) -> None:
    await database.write(happen, now, 3)
    await sealer.step()

    for number in (0, -7):
        change(
            database,
            "INSERT INTO event (id, community_id, at, kind, subject, actor, data) "
            f"SELECT {number}, community_id, at, kind, subject, 'staff:somebody', data FROM event WHERE id = 2",
        )

    assert look(database) == [
        "line -7: was slipped in before the first line",
        "line 0: was slipped in before the first line",
    ]


async def test_a_line_that_no_longer_reads_as_one_is_told_and_not_stumbled_over(
    sqlite: Database, community: Community, now: datetime, tmp_path: Path
) -> None:
    await sqlite.write(happen, now, 3)
    await Sealer(sqlite, KEY, lambda: now, tmp_path).step()
    change(sqlite, "UPDATE event SET at = 'gestern' WHERE id = 2")

    assert look(sqlite) == ["line 2: was altered"]


async def test_cutting_off_the_end_is_told_by_the_head_kept_elsewhere_and_the_head_is_not_lost(
    database: Database, sealer: Sealer, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "LONGEST", 4)
    await database.write(happen, now, 8)
    await sealer.step()
    head = (tmp_path / HEAD).read_text().strip()
    assert look(database, head) == []
    change(database, "DELETE FROM event WHERE id > 4")
    change(database, "DELETE FROM event_seal WHERE number > 1")
    assert look(database) == []

    await database.write(happen, now, 2)
    await sealer.step()  # goes on, and keeps the proof

    assert (tmp_path / HEAD).read_text().strip() == head
    [told] = look(database, head)
    assert "is not in the log" in told


async def test_who_lacks_the_key_cannot_seal(database: Database, sealer: Sealer, now: datetime, tmp_path: Path) -> None:
    await database.write(happen, now, 3)
    await Sealer(database, b"guessed" * 5, lambda: now, tmp_path).step()

    assert look(database)[0].startswith("seal 1: was altered")


async def test_of_two_sealers_one_wins_and_the_other_goes_on(
    database: Database, sealer: Sealer, now: datetime, tmp_path: Path
) -> None:
    other = Sealer(database, KEY, lambda: now, tmp_path)
    await database.write(happen, now, 3)
    mine = await database.read(sealer._next)
    assert mine is not None
    assert await other.step() == 3

    assert await database.write(seals.put, mine) is False
    await database.write(happen, now, 1)
    assert await sealer.step() == 1
    assert look(database) == []


@pytest.fixture
def end_slow_writer(database: Database, community: Community, now: datetime) -> Iterator[Callable[[], None]]:
    """A transaction that has its line's id and does not commit until this is called."""
    begun, let_go = threading.Event(), threading.Event()

    def run() -> None:
        with Session(database.engine) as session:
            session.info["community"] = community.key
            happen(session, now)
            session.flush()
            begun.set()
            let_go.wait(30)
            session.commit()

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(30)

    def end() -> None:
        let_go.set()
        thread.join()

    yield end
    end()


@pytest.mark.parametrize("database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_no_line_is_sealed_over_that_an_open_transaction_may_still_put_before_it(
    database: Database, sealer: Sealer, now: datetime, end_slow_writer: Callable[[], None]
) -> None:
    await database.write(happen, now, 2)  # ids 2 and 3; 1 is under way
    assert await sealer.step() == 0

    end_slow_writer()

    assert await sealer.step() == 3
    assert look(database) == []


async def test_old_stretches_are_pruned_as_such_and_the_log_stays_whole(
    database: Database, sealer: Sealer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "LONGEST", 4)
    long_ago = now - timedelta(days=4 * 366)
    await database.write(happen, long_ago, 4)
    await database.write(happen, now, 4)
    await sealer.step()
    day = now - timedelta(days=3 * 366)

    assert await database.write(seals.prune, KEY, day, now) == 4
    assert await database.write(seals.prune, KEY, day, now) is None

    assert look(database) == []
    assert len(await database.read(lambda session: session.exec(select(Event)).all())) == 4
    change(database, "UPDATE event_seal SET pruned_at = sealed_at, pruned = pruned, number = number WHERE number = 2")
    assert any("not by `linli audit prune`" in told for told in look(database))


async def test_a_stretch_that_is_not_whole_is_not_pruned_away(database: Database, sealer: Sealer, now: datetime) -> None:
    await database.write(happen, now - timedelta(days=4 * 366), 4)
    await sealer.step()
    change(database, "DELETE FROM event WHERE id = 2")

    assert await database.write(seals.prune, KEY, now - timedelta(days=3 * 366), now) is None
    assert look(database) == ["line 2: was removed"]


async def test_nothing_is_pruned_that_is_younger_than_three_years(database: Database, now: datetime) -> None:
    with pytest.raises(ValueError, match="kept for"):
        await database.write(seals.prune, KEY, now - timedelta(days=30), now)


async def test_the_last_stretches_are_looked_at_quickly(database: Database, sealer: Sealer, now: datetime) -> None:
    for _ in range(7):
        await database.write(happen, now, 2)
        await sealer.step()

    assert await database.read(seals.whole_lately, KEY, now)
    change(database, "DELETE FROM event WHERE id = 13")
    assert not await database.read(seals.whole_lately, KEY, now + seals.LATELY)
    assert len(await database.read(lambda session: session.exec(select(Seal)).all())) == 7


async def test_stretches_that_were_found_whole_are_not_read_again_for_a_while_and_new_ones_are(
    database: Database, sealer: Sealer, now: datetime
) -> None:
    asked: list[str] = []

    def look(session: Session) -> bool:
        event.listen(session.get_bind().engine, "before_cursor_execute", note)
        try:
            return seals.whole_lately(session, KEY, now)
        finally:
            event.remove(session.get_bind().engine, "before_cursor_execute", note)

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    for _ in range(3):
        await database.write(happen, now, 2)
        await sealer.step()
    assert await database.read(look)
    assert sum("FROM event \n" in one for one in asked) == 3
    asked.clear()

    assert await database.read(look)
    assert not any("FROM event \n" in one or "event_seal.lines" in one for one in asked)
    await database.write(happen, now, 2)
    await sealer.step()
    change(database, "UPDATE event SET actor = 'staff:wang' WHERE id = 8")
    assert not await database.read(look)
