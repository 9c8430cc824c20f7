"""Questions that are compiled once: they see what any other SELECT sees, and give the session's own objects; on both databases."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, event, exists, func
from sqlmodel import Session, col, select

from bot.store import scope, tasks
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.lookup import Lookup
from bot.store.people import Household, Residence, Resident, ResidentRole
from bot.store.tasks import Task

HERE, THERE = 1, 2
NOW = datetime.fromisoformat("2026-03-11T10:00:00+08:00")

BY_NAME = Lookup(select(Resident).where(Resident.name == bindparam("name")).order_by(col(Resident.id)))
NUMBER = Lookup(select(func.count()).select_from(Resident))
WITH_FLAT: Lookup[tuple[Resident, Household]] = Lookup(
    select(Resident, Household)
    .join(Household, col(Household.id) == col(Resident.household_id))
    .where(Household.building == bindparam("building"))
    .order_by(col(Resident.id))
)
AT_HOME = Lookup(
    select(Resident.name).where(exists().where(col(Residence.resident_id) == col(Resident.id))).order_by(col(Resident.name))
)


@pytest.fixture
def both(database: Database) -> Database:
    """Two communities, each with a flat and 李雷 in it, who has a phone."""

    def settle(session: Session) -> None:
        session.info.clear()
        for name in ("和苑小区", "和苑东区"):
            session.add(Community(appid="wx1", name=name))
        session.flush()
        for community in (HERE, THERE):
            with scope.within(session, community):
                flat = Household(building="3", unit="2", room="501")
                session.add(flat)
                session.flush()
                one = Resident(
                    household_id=flat.key, name="李雷", openid=f"o{community}", phone=f"1380000000{community}", tags=["独居"]
                )
                session.add(one)
                session.flush()
                session.add(Residence(resident_id=one.key, household_id=flat.key, role=ResidentRole.OWNER))

    database.submit(settle).result()
    return database


def here(database: Database, fn: Callable[[Session], Any]) -> Any:
    def run(session: Session) -> Any:
        session.info.clear()
        scope.enter(session, HERE)
        return fn(session)

    return database.submit(run).result()


def anywhere(database: Database, fn: Callable[[Session], Any]) -> Any:
    def run(session: Session) -> Any:
        session.info.clear()
        return fn(session)

    return database.submit(run).result()


def test_it_sees_the_rows_of_the_scope_alone(both: Database) -> None:
    assert here(both, lambda session: [one.openid for one in BY_NAME.all(session, name="李雷")]) == ["o1"]
    assert anywhere(both, lambda session: [one.openid for one in BY_NAME.all(session, name="李雷")]) == ["o1", "o2"]
    assert here(both, lambda session: NUMBER.first(session)) == 1
    assert anywhere(both, lambda session: NUMBER.first(session)) == 2


def test_tables_within_it_are_narrowed_like_those_of_any_other_select(both: Database) -> None:
    def move_there(session: Session) -> None:
        session.info.clear()
        for one in session.exec(select(Residence).where(Residence.community_id == HERE)).all():
            one.community_id = THERE

    both.submit(move_there).result()

    assert here(both, lambda session: AT_HOME.all(session)) == here(
        both,
        lambda session: session.exec(
            select(Resident.name).where(exists().where(col(Residence.resident_id) == col(Resident.id)))
        ).all(),
    )


def test_what_it_finds_is_the_sessions_own(both: Database) -> None:
    def change(session: Session) -> None:
        found = BY_NAME.first(session, name="李雷")
        assert found is not None
        assert found is session.exec(select(Resident).where(Resident.openid == "o1")).one()
        assert found is BY_NAME.first(session, name="李雷")
        assert (found.phone, found.tags) == ("13800000001", ["独居"])
        found.name, found.phone = "韩梅", "13900000009"
        session.add(found)

    here(both, change)

    found = here(both, lambda session: session.exec(select(Resident)).one().model_dump())
    assert (found["name"], found["phone"], found["tags"]) == ("韩梅", "13900000009", ["独居"])


def test_what_was_loaded_and_changed_before_stays_as_it_was_changed(both: Database) -> None:
    def change(session: Session) -> str:
        one = session.exec(select(Resident)).one()
        one.tags = ["独居", "高龄"]
        with session.no_autoflush:
            found = BY_NAME.first(session, name="李雷")
        return ",".join(found.tags if found else [])

    assert here(both, change) == "独居,高龄"


def test_what_is_yet_to_be_written_is_written_first(both: Database) -> None:
    def rename(session: Session) -> str | None:
        session.exec(select(Resident)).one().name = "韩梅"
        found = BY_NAME.first(session, name="韩梅")
        return found.openid if found else None

    assert here(both, rename) == "o1"


def test_several_tables_come_in_the_order_they_are_asked_for(both: Database) -> None:
    def ask(session: Session) -> Any:
        return [(one.name, flat.label) for one, flat in WITH_FLAT.all(session, building="3")]

    assert here(both, ask) == [("李雷", "3栋2单元501")]
    assert here(both, lambda session: WITH_FLAT.first(session, building="4")) is None


def test_a_row_that_was_deleted_is_found_no_more(both: Database) -> None:
    def delete(session: Session) -> Any:
        flat = session.exec(select(Household)).one()
        task = Task(kind="x", need="x", title="x", household_id=flat.key, opened_at=NOW, number="A1")
        session.add(task)
        session.flush()
        [found] = tasks.open_of_kinds(session, ["x"], flat.key)
        session.delete(found)
        return tasks.open_of_kinds(session, ["x"], flat.key)

    assert here(both, delete) == []


def test_a_refused_savepoint_leaves_the_rows_as_they_are_in_the_database(both: Database) -> None:
    def refuse(session: Session) -> Any:
        try:
            with session.begin_nested():
                found = BY_NAME.first(session, name="李雷")
                assert found is not None
                found.name = "韩梅"
                session.flush()
                raise KeyError
        except KeyError:
            pass
        return [one.name for one in BY_NAME.all(session, name="李雷")]

    assert here(both, refuse) == ["李雷"]


@pytest.fixture
def built() -> Iterator[list[object]]:
    """What SQLAlchemy itself executes while a test runs."""
    seen: list[object] = []

    def note(state: Any) -> None:
        seen.append(state.statement)

    event.listen(Session, "do_orm_execute", note)
    yield seen
    event.remove(Session, "do_orm_execute", note)


def test_it_takes_the_short_way(both: Database, built: list[object]) -> None:
    here(both, lambda session: BY_NAME.all(session, name="李雷"))

    assert built == []


def test_a_list_of_any_length_is_refused_with_the_way_out(both: Database) -> None:
    among = Lookup(select(Resident).where(col(Resident.name).in_(["李雷", "韩梅"])))

    with pytest.raises(TypeError, match="use an ordinary SELECT"):
        here(both, lambda session: among.all(session))
