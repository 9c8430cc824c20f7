"""Questions asked often, of tables that only grow, read no row that is not meant; on both databases."""

import uuid
from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Column, Engine, Table, UniqueConstraint, text
from sqlmodel import Session, SQLModel

import bot.store.tables  # noqa: F401  every table is asked
from bot import config, services
from bot.store import scope
from bot.store.communities import Community
from bot.store.database import Database, connect, survey
from bot.store.people import Household

services.load_integrations(config.Settings.model_fields["integrations"].get_default())  # and every service's

QUESTIONS = {
    "delivery_openid": "UPDATE delivery SET openid = NULL WHERE openid = 'oLeft' AND state NOT IN ('queued', 'sending')",
    "ix_delivery_resident_id": "SELECT * FROM delivery WHERE resident_id = 1 AND state <> 'cancelled' ORDER BY occurrence DESC LIMIT 5",
    "event_staff": "SELECT * FROM event WHERE actor = 'staff:anna' AND actor LIKE 'staff:%' ORDER BY id DESC LIMIT 100",
    "outcome_day": "SELECT intent, count(*) FROM outcome WHERE community_id = 1 AND day >= '2026-03-02' AND day < '2026-03-16' GROUP BY intent",
    "task_kind": "SELECT opened_at, number FROM task WHERE community_id = 1 AND kind = 'handoff' AND opened_at >= '2026-03-02'",
    "conversation_waits": "SELECT * FROM conversation WHERE community_id = 1 AND waiting_since IS NOT NULL ORDER BY waiting_since LIMIT 31",
    "conversation_latest": "SELECT * FROM conversation WHERE community_id = 1 ORDER BY updated_at DESC LIMIT 31",
    "conversation_assigned": "SELECT * FROM conversation WHERE assigned_id = 7 AND assigned_id IS NOT NULL AND community_id = 1",
    "conversation_aside": "SELECT * FROM conversation WHERE snoozed_until > '2026-03-11' AND snoozed_until IS NOT NULL AND community_id = 1 ORDER BY snoozed_until LIMIT 31",
    "task_open": "SELECT * FROM task WHERE community_id = 1 AND closed_at IS NULL AND need IN ('task.view') ORDER BY urgent DESC, opened_at DESC LIMIT 13",
    "desk_note_openid": "SELECT * FROM desk_note WHERE openid = 'oChen' ORDER BY id DESC LIMIT 100",
    "ix_desk_labelled_label_id": "SELECT openid FROM desk_labelled WHERE label_id = 1",
    "ix_sent_picture_openid": "SELECT public_id FROM sent_picture WHERE openid = 'oChen'",
    "intent_version_path": "SELECT * FROM intent_version WHERE path = 'faq/hours.yaml' ORDER BY id DESC LIMIT 50",
    "effect_state": "SELECT * FROM effect WHERE state = 'dead' AND community_id = 1 ORDER BY id DESC LIMIT 200",
    "task_listed": "SELECT id FROM task WHERE community_id = 1 AND kind = 'repair.urged' ORDER BY urgent DESC, opened_at LIMIT 15",
    "task_closed": "SELECT id FROM task WHERE community_id = 1 AND closed_at IS NOT NULL AND need IN ('task.view') ORDER BY closed_at DESC LIMIT 15",
    "repair_ticket_state": "SELECT * FROM repair_ticket WHERE community_id = 1 AND state = 'closed' "
    "ORDER BY urgent DESC, priority DESC, due_at LIMIT 20",
    "repair_ticket_opened": "SELECT id FROM repair_ticket WHERE community_id = 1 AND opened_at >= '2026-03-01' ORDER BY opened_at DESC LIMIT 20",
    "repair_ticket_listed": "SELECT id FROM repair_ticket WHERE community_id = 1 AND location LIKE '%厨房%' "
                            "ORDER BY urgent DESC, priority DESC, due_at LIMIT 20",
    "visitor_pass_listed": "SELECT id FROM visitor_pass WHERE community_id = 1 AND state = 'active' AND ends_at <= '2026-03-11' "
                           "ORDER BY starts_at DESC, id DESC LIMIT 20 OFFSET 40000",
    "event_listed": "SELECT id FROM event WHERE community_id = 1 AND at >= '2026-03-01' ORDER BY at DESC, id DESC LIMIT 20 OFFSET 40000",
    "event_kind": "SELECT id FROM event WHERE community_id = 1 AND kind = 'repair.opened' AND at >= '2026-03-01' ORDER BY at DESC, id DESC LIMIT 20",
    "notice_listed": "SELECT count(id) FROM notice WHERE community_id = 1 AND state = 'published' AND kind = 'important'",
    "health_answer_of": "SELECT id FROM health_answer WHERE campaign_id = 1 AND day = '2026-03-11' AND part = 0 AND resident_id = 7 AND stand IN ('told', 'absent') AND lacks = 0",
    "saved_view_list": "SELECT * FROM saved_view WHERE community_id = 1 AND list = 'tickets'",
}  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def untouched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """All tables, in which no row has ever been: what other tests left of statistics would let PostgreSQL take any index."""
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path_factory.mktemp('untouched') / 'linli.db'}")
    else:
        name = f"linli_{uuid.uuid4().hex[:12]}"
        server = connect(request.getfixturevalue("postgres_url")).execution_options(isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        server.dispose()
        engine = connect(str(server.url.set(database=name).render_as_string(hide_password=False)))
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


#: Index of a list -> others that begin alike, and cost as little where a table has no rows.
RIVALS = {"event_listed": ("event_kind",)}

#: Indexes that hold all that a list may ask: of tables without rows they cost as little as the one that is meant.
WIDE = ("task_listed", "repair_ticket_listed", "visitor_pass_listed", "event_listed", "notice_listed")


def plan(engine: Engine, question: str, without: Sequence[str] = (), *, is_heaped: bool = True) -> str:
    """Return how the database would answer `without` some indexes, which PostgreSQL is let to choose among equals else."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return str(connection.execute(text(f"EXPLAIN QUERY PLAN {question}")).all())
        connection.execute(text("SET enable_seqscan = off"))  # a table without rows is read whole otherwise
        if not is_heaped:
            connection.execute(text("SET enable_bitmapscan = off"))
        for index in without:
            connection.execute(text(f"DROP INDEX {index}"))  # until the connection is given back
        return str(connection.execute(text(f"EXPLAIN {question}")).all())


@pytest.mark.parametrize(
    ("index", "question"),
    [
        ("visitor_pass_listed", "SELECT count(id) FROM visitor_pass WHERE community_id = 1"),
        ("visitor_pass_listed", "SELECT id FROM visitor_pass WHERE community_id = 1 ORDER BY starts_at, id LIMIT 20 OFFSET 40000"),
        ("event_listed", "SELECT count(id) FROM event WHERE community_id = 1 AND actor LIKE 'resident:%'"),
        ("notice_listed", "SELECT id FROM notice WHERE community_id = 1 ORDER BY CASE WHEN state = 'draft' THEN 1 ELSE 0 END, id LIMIT 20 OFFSET 40000"),
    ],
)  # fmt: skip
def test_a_list_is_counted_and_paged_to_its_middle_without_reading_a_row(untouched: Engine, index: str, question: str) -> None:
    told = plan(untouched, question, RIVALS.get(index, ()), is_heaped=False)

    assert (
        f"COVERING INDEX {index}" in told
        or f"Index Only Scan using {index}" in told
        or f"Index Only Scan Backward using {index}" in told
    )


@pytest.mark.parametrize("index", QUESTIONS)
def test_an_index_answers(untouched: Engine, index: str) -> None:
    assert index in plan(untouched, QUESTIONS[index], () if index in WIDE else WIDE)


def test_whoever_points_to_a_person_a_flat_or_a_photo_is_found_by_it() -> None:
    """Deleting one asks every table that points to it; without an index each is read whole, for every row that goes."""
    lacking = {
        f"{table.name}.{key.parent.name}"
        for table in SQLModel.metadata.tables.values() for key in table.foreign_keys
        if key.column.table.name in ("resident", "household", "photo") and key.parent not in set(leading(table))
    }  # fmt: skip

    assert lacking == set()


def leading(table: Table) -> Iterator[object]:
    """Return the columns that an index of a table leads with, and that find every row which has them."""
    yield next(iter(table.primary_key.columns), None)
    yield from (next(iter(one.columns)) for one in table.constraints if isinstance(one, UniqueConstraint))
    for index in table.indexes:
        first = index.expressions[0]
        partial = {str(index.dialect_options[kind].get("where")) for kind in ("sqlite", "postgresql")}
        if isinstance(first, Column) and partial <= {"None", f"{first.name} IS NOT NULL"}:
            yield first


@pytest.mark.parametrize(
    "question",
    [
        "SELECT 1 FROM delivery WHERE resident_id = 1", "SELECT 1 FROM resident WHERE merged_into_id = 1",
        "SELECT 1 FROM line WHERE photo_id = 1", "SELECT * FROM task WHERE household_id = 1", "SELECT 1 FROM claim WHERE household_id = 1",
        "SELECT 1 FROM invitation WHERE inviter_id = 1",
    ],
)  # fmt: skip
def test_an_index_of_the_rows_that_point_somewhere_answers_who_points_to_one(untouched: Engine, question: str) -> None:
    _, _, _, table, _, column, *_ = question.split()

    assert f"ix_{table}_{column}" in plan(untouched, question)


def test_rows_that_are_named_are_not_looked_for_among_all_of_the_community_once_sqlite_has_been_told_how_they_are_spread(
    sqlite: Database,
) -> None:
    """A page fetches its twenty rows by their ids; SQLite took the index of the community for shorter than twenty look-ups."""

    def fill(session: Session) -> None:
        session.add(Community(appid="wx", name="和苑小区"))
        session.flush()
        scope.enter(session, 1)
        for number in range(200):
            session.add(Household(building="1", room=str(number)))

    def explain(session: Session) -> str:
        ids = ", ".join(map(str, range(1, 31)))
        question = f"EXPLAIN QUERY PLAN SELECT * FROM household WHERE id IN ({ids}) AND community_id = 1"
        return str(session.connection().exec_driver_sql(question).all())

    sqlite.submit(fill).result()
    before = sqlite.submit(explain).result()
    sqlite.submit(survey).result()

    assert "INTEGER PRIMARY KEY" not in before
    assert "INTEGER PRIMARY KEY" in sqlite.submit(explain).result()
