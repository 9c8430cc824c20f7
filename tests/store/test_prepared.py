"""Prepared statements: what goes in comes out, and faults are SQLAlchemy's own."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, SQLModel

from bot.store.database import Database
from bot.store.events import Event
from bot.store.prepared import Prepared, send

pytestmark = pytest.mark.usefixtures("community")

EVENT = SQLModel.metadata.tables["event"]
WRITE = Prepared(insert(EVENT), "community_id", "id", "at", "kind", "subject", "actor", "data")
FIND = Prepared(
    select(EVENT.c.at, EVENT.c.data, EVENT.c.kind).where(EVENT.c.id == bindparam("sought"), EVENT.c.actor == "system")
)
RENAME = Prepared(update(EVENT).where(EVENT.c.id == bindparam("sought")), "kind")


def write(session: Session, number: int, now: datetime, actor: str = "system") -> None:
    WRITE.run(session, community_id=1, id=number, at=now, kind="x.y", subject="", actor=actor, data={"词": [1, None]})


async def test_times_and_json_come_back_as_they_went_in(database: Database, now: datetime) -> None:
    await database.write(write, 1, now)

    assert await database.read(lambda session: FIND.first(session, sought=1)) == (now, {"词": [1, None]}, "x.y")


async def test_a_statement_keeps_the_values_written_in_it(database: Database, now: datetime) -> None:
    await database.write(write, 1, now, "staff:li")

    assert await database.read(lambda session: FIND.first(session, sought=1)) is None


async def test_a_change_tells_how_many_rows_it_met(database: Database, now: datetime) -> None:
    await database.write(write, 1, now)

    assert await database.write(lambda session: RENAME.run(session, sought=1, kind="a.b")) == 1
    assert await database.write(lambda session: RENAME.run(session, sought=2, kind="a.b")) == 0


async def test_many_changes_tell_how_many_rows_they_met_together(database: Database, now: datetime) -> None:
    for number in (1, 2):
        await database.write(write, number, now)

    def rename(session: Session) -> int:
        return RENAME.run_all(session, [{"sought": number, "kind": f"a.b{number}"} for number in (1, 2, 3)])

    assert await database.write(rename) == 2
    found = await database.read(lambda session: [FIND.first(session, sought=number) for number in (1, 2)])
    assert [row and row[2] for row in found] == ["a.b1", "a.b2"]
    assert await database.write(lambda session: RENAME.run_all(session, [])) == 0


async def test_a_value_that_many_rows_share_is_made_ready_once(sqlite: Database, now: datetime) -> None:
    made: list[object] = []

    class Counted(dict[str, int]):
        def items(self) -> Any:
            made.append(self)
            return super().items()

    shared = Counted(a=1)
    row = {"community_id": 1, "at": now, "kind": "x.y", "subject": "", "actor": "system", "data": shared}

    await sqlite.write(lambda session: WRITE.run_all(session, [{**row, "id": number} for number in range(1, 21)]))

    assert len(made) == 1
    found = await sqlite.read(lambda session: [FIND.first(session, sought=number) for number in (1, 20)])
    assert found == [(now, {"a": 1}, "x.y")] * 2


async def test_what_the_session_writes_sees_it(database: Database, now: datetime) -> None:
    def both(session: Session) -> int:
        write(session, 1, now)
        session.add(Event(id=2, at=now, kind="x.y"))
        session.flush()
        session.execute(delete(EVENT).where(EVENT.c.kind == "x.y"))
        return len(session.execute(select(EVENT)).all())

    assert await database.write(both) == 0


async def test_a_row_that_may_not_be_is_an_integrity_error_and_undoes_its_own_turn_only(
    database: Database, now: datetime
) -> None:
    first, second = database.write(write, 1, now), database.write(write, 1, now)

    await first
    with pytest.raises(IntegrityError) as told:
        await second

    assert "词" not in str(told.value)
    assert await database.read(lambda session: FIND.first(session, sought=1)) is not None


@pytest.mark.postgres
async def test_a_lost_connection_is_told_as_one_and_not_used_again(postgres_url: str) -> None:
    database = Database(postgres_url)
    try:

        def lose(session: Session) -> None:
            connection = session.connection()
            if not lost:
                lost.append(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
                with database.engine.connect() as other:
                    other.exec_driver_sql(f"SELECT pg_terminate_backend({lost[0]})")
            send(connection, "SELECT 1")

        lost: list[int] = []
        await database.write(lose)  # the second attempt, on a new connection

        assert lost
    finally:
        database.close()


async def test_a_statement_that_fails_for_good_says_what_it_was(database: Database) -> None:
    with pytest.raises(Exception, match="no_such_table") as told:
        await database.read(lambda session: send(session.connection(), "SELECT 1 FROM no_such_table"))

    assert told.type.__module__ == OperationalError.__module__
