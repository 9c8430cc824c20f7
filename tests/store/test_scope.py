"""Whose rows a session sees: within a community's scope nothing of another one is seen, changed or written; on both databases."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Integer, Table, UniqueConstraint
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, delete, func, select, update

from bot import config
from bot.services import load_services
from bot.store import claims, events, moving, scope
from bot.store.claims import Claim
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.events import Event
from bot.store.people import Household, Resident
from bot.store.scope import Unscoped

HERE, THERE = 1, 2


@pytest.fixture
def both(database: Database) -> Database:
    """Two communities with the same flat and a resident each, asked for without a scope."""

    def settle(session: Session) -> None:
        session.info.clear()
        for name in ("和苑小区", "和苑东区"):
            session.add(Community(appid="wx1", name=name))
        session.flush()
        for community in (HERE, THERE):
            with scope.within(session, community):
                home = Household(building="3", unit="2", room="501")
                session.add(home)
                session.flush()
                session.add(Resident(household_id=home.id or 0, name=f"居民{community}", openid=f"o{community}"))

    database.submit(settle).result()
    return database


def here(database: Database, fn: Callable[[Session], Any]) -> Any:
    """Run a function in the first community's scope."""
    return database.submit(fn).result()


def anywhere(database: Database, fn: Callable[[Session], Any]) -> Any:
    """Run a function without a scope, as the core does."""
    return Database.submit(database, fn).result()


def names(session: Session) -> list[str]:
    return list(session.exec(select(Resident.name).order_by(Resident.name)).all())


Other = aliased(Household)

#: Ways to look for residents, each of which would find two were it not for the scope.
LOOKS: dict[str, Callable[[Session], Any]] = {
    "rows": lambda session: [row.name for row in session.exec(select(Resident)).all()],
    "columns": lambda session: session.exec(select(Resident.name)).all(),
    "counting": lambda session: ["居民1"] * session.exec(select(func.count()).select_from(Resident)).one(),
    "a join": lambda session: session.exec(
        select(Resident.name).join(Household, col(Household.id) == col(Resident.household_id)).where(Household.room == "501")
    ).all(),
    "an outer join": lambda session: session.exec(
        select(Resident.name).select_from(Household).join(Resident, col(Resident.household_id) == col(Household.id), isouter=True)
    ).all(),
    "a join with an alias": lambda session: session.exec(
        select(Resident.name).join(Other, Other.id == col(Resident.household_id)).where(Other.room == "501")
    ).all(),
    "a join without a condition": lambda session: session.exec(select(Resident.name).join(Other, Other.room == "501")).all(),
    "a subquery": lambda session: session.exec(
        select(Resident.name).where(col(Resident.household_id).in_(select(Household.id).where(Household.room == "501")))
    ).all(),
    "a table made of a subquery": lambda session: session.execute(
        select(select(Resident.name).where(col(Resident.openid).is_not(None)).subquery())
    ).scalars().all(),
    "a union": lambda session: session.execute(
        select(Resident.name).where(Resident.openid == "o1").union(select(Resident.name).where(Resident.openid == "o2"))
    ).scalars().all(),
    "exists": lambda session: session.exec(
        select(Resident.name).where(select(Household.id).where(col(Household.id) == col(Resident.household_id)).exists())
    ).all(),
}  # fmt: skip


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_no_query_sees_another_communitys_rows(both: Database, look: Callable[[Session], Any]) -> None:
    assert list(here(both, look)) == ["居民1"]


def test_row_of_another_community_is_not_found_by_its_id(both: Database) -> None:
    ids = anywhere(both, lambda session: session.exec(select(Resident.id).order_by(Resident.id)).all())

    found = here(both, lambda session: [row.name if (row := session.get(Resident, key)) else None for key in ids])

    assert found == ["居民1", None]


def test_scope_that_is_entered_later_shows_none_of_what_was_loaded_before(both: Database) -> None:
    def turn_over(session: Session) -> list[str]:
        session.info.clear()
        session.exec(select(Resident)).all()
        scope.enter(session, THERE)
        return names(session)

    assert here(both, turn_over) == ["居民2"]


def test_changes_in_bulk_touch_no_other_community(both: Database, now: datetime) -> None:
    def change(session: Session) -> tuple[Any, Any]:
        changed = session.execute(update(Resident).values(name="新名"))
        gone = session.execute(delete(Event))
        return changed.rowcount, gone.rowcount  # type: ignore[attr-defined]

    def happen(session: Session) -> None:
        for community in (HERE, THERE):
            with scope.within(session, community):
                events.record(session, now, "x.y")

    anywhere(both, happen)

    assert here(both, change) == (1, 1)
    assert anywhere(both, names) == sorted(["新名", "居民2"])
    assert anywhere(both, lambda session: session.exec(select(Event.community_id)).all()) == [THERE]


def test_new_rows_belong_to_the_community_they_were_made_in(both: Database) -> None:
    def add(session: Session) -> None:
        session.add(Household(building="9", room="901"))
        with scope.within(session, THERE):
            session.add(Household(building="9", room="902"))
        session.add(Household(building="9", room="903"))

    here(both, add)

    made = anywhere(both, lambda session: session.exec(select(Household).where(Household.building == "9")).all())
    assert {flat.room: flat.community_id for flat in made} == {"901": HERE, "902": THERE, "903": HERE}


def test_row_for_another_community_is_refused(both: Database) -> None:
    with pytest.raises(Unscoped, match="Household belongs to another community"):
        here(both, lambda session: session.add(Household(community_id=THERE, building="9", room="901")))


def test_change_of_a_row_that_was_carried_over_from_another_community_is_refused(both: Database) -> None:
    def carry_over(session: Session) -> None:
        with scope.within(session, THERE):
            foreign = session.exec(select(Resident)).one()
        foreign.name = "改名"

    with pytest.raises(Unscoped, match="Resident belongs to another community"):
        here(both, carry_over)
    assert anywhere(both, names) == ["居民1", "居民2"]


def test_without_a_scope_a_row_must_say_whose_it_is(both: Database) -> None:
    with pytest.raises(Unscoped, match="Household belongs to no community"):
        anywhere(both, lambda session: session.add(Household(building="9", room="901")))

    anywhere(both, lambda session: session.add(Household(community_id=THERE, building="9", room="901")))


def test_without_a_scope_nothing_is_written_to_the_log(both: Database, now: datetime) -> None:
    with pytest.raises(Unscoped):
        anywhere(both, lambda session: events.record(session, now, "x.y"))


def test_what_fails_within_a_scope_leaves_the_one_before_in_force(both: Database) -> None:
    def fail_over_there(session: Session) -> list[str]:
        with pytest.raises(RuntimeError), scope.within(session, THERE):
            raise RuntimeError
        return names(session)

    assert here(both, fail_over_there) == ["居民1"]


async def test_works_that_share_a_commit_inherit_no_scope(both: Database) -> None:
    """The first takes long enough for the others to gather behind it, so that they share one commit."""
    gathered: list[Any] = []

    def first(session: Session) -> None:
        scope.enter(session, HERE)
        gathered.extend(Database.submit(both, fn) for _ in range(5) for fn in (_enter_there, _sees))

    await Database.write(both, first)

    assert [sees.result() for sees in gathered[1::2]] == [["居民1", "居民2"]] * 5


def _enter_there(session: Session) -> None:
    scope.enter(session, THERE)


def _sees(session: Session) -> list[str]:
    return names(session)


# ------------------------------------------------------------------ keys that leave the community out

#: Tables of which an account has one row, in whatever community, and why nobody is locked out by a row in another one.
ONE_EACH = {
    "claim": "goes when the talk moves, and when a flat is said in another community",
    "conversation": "moves with the talk",
    "follower": "moves with the talk",
    "erasure": "asked for and carried out across all communities",
    "resident": "who is bound moves nowhere: the account has to be let go first",
}

#: Names that are drawn at random, and hashes of such: no two communities have the same.
RANDOM = {"public_id", "journal_key", "key", "request", "hash", "token_hash", "scene", "code", "number", "clientmsgid"}


def _keys(table: Table) -> set[tuple[str, ...]]:
    """Return the sets of columns that no two rows of a table may share."""
    unique = [
        one.columns
        for one in (*table.constraints, *table.indexes)
        if isinstance(one, UniqueConstraint) or getattr(one, "unique", False)
    ]
    return {tuple(column.name for column in one) for one in (table.primary_key.columns, *unique)}


def _is_within_a_community(table: Table, key: tuple[str, ...]) -> bool:
    """Tell whether a key names the community, or a row that is of one, or is counted or drawn."""
    counted = len(key) == 1 and isinstance(table.c[key[0]].type, Integer)
    of_one = any("community_id" in foreign.column.table.c for name in key for foreign in table.c[name].foreign_keys)
    return "community_id" in key or counted or of_one or set(key) <= RANDOM


def test_every_key_that_leaves_the_community_out_has_a_reason_to() -> None:
    load_services(config.load_local())  # whose tables are ours, too
    mine = [table for table in SQLModel.metadata.tables.values() if "community_id" in table.c]

    assert {table.name for table in mine for key in _keys(table) if not _is_within_a_community(table, key)} == set(ONE_EACH)


def _claims(session: Session, community: int, now: datetime) -> None:
    with scope.within(session, community):
        claims.claim(session, "oNew", ("3", "2", "501"), session.exec(select(Household)).one(), now)


def test_what_somebody_said_of_their_flat_goes_when_their_talk_moves(both: Database, now: datetime) -> None:
    anywhere(both, lambda session: _claims(session, HERE, now))

    def move(session: Session) -> None:
        with scope.within(session, HERE):
            moving.move(session, "oNew", THERE)

    anywhere(both, move)
    assert anywhere(both, lambda session: session.exec(select(Claim)).all()) == []


def test_a_flat_that_was_said_in_another_community_keeps_nobody_from_saying_one_here(both: Database, now: datetime) -> None:
    for community in (HERE, THERE):
        anywhere(both, lambda session, community=community: _claims(session, community, now))

    assert anywhere(both, lambda session: [one.community_id for one in session.exec(select(Claim)).all()]) == [THERE]
