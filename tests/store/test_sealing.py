"""The database's file tells nobody a phone, a plate or how somebody feels; what was there before is sealed, and keys can be changed."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, event, select, text, type_coerce, update
from sqlalchemy.types import String
from sqlmodel import Session, SQLModel, col
from structlog.testing import capture_logs

from bot.errors import Misconfigured, Unreadable
from bot.keyring import Key, KeyFile, Keyring, key_of
from bot.sealed import UNREADABLE, Digest, Sealed, is_unreadable, keyring_of
from bot.store import people, revisions, schema, scope, sealing, tasks
from bot.store.database import Database, connect
from bot.store.people import Household, Resident
from bot.store.staff import Staff
from tests.store.test_migrations import FOLDERS, Rows

#: Where each line of revisions stood before anything was sealed.
BEFORE = ("bot_14", "duty_1", "health_2", "repairs_4", "visitor_passes_4")

PHONE, PLATE = "13977665544", "皖A7K261"

#: More than two batches.
MANY = 2 * sealing.BATCH + 200


def settle(session: Session, phone: str = PHONE, room: str = "501") -> Resident:
    home = Household(building="3", unit="2", room=room)
    session.add(home)
    session.flush()
    return people.settle(session, home, name="陈建国", phone=phone)


def raw(connection: Any, table: str, column: str) -> list[str]:
    found = SQLModel.metadata.tables[table].c[column]
    return list(connection.execute(select(type_coerce(found, String))).scalars())


def found_by(session: Session, words: str) -> list[str]:
    conditions = people.has_phone(session, words)
    return [one.phone for one in session.execute(select(Resident).where(*conditions)).scalars()] if conditions else []


# ------------------------------------------------------------------ columns


def test_every_sealed_column_is_sealed_for_its_own_place() -> None:
    for table, column, sealed in sealing.columns():
        assert sealed.place == f"{table.name}.{column.name}"


def test_every_hash_is_of_a_sealed_column_in_its_row() -> None:
    hashes = [(t, c.type.of) for t in SQLModel.metadata.tables.values() for c in t.columns if isinstance(c.type, Digest)]

    assert hashes
    for table, name in hashes:
        assert isinstance(table.c[name].type, Sealed)


@pytest.mark.usefixtures("community")
async def test_a_phone_is_found_by_its_number_or_its_end_and_stands_nowhere_in_clear(database: Database) -> None:
    await database.write(settle)
    await database.write(settle, "057186001234", "502")

    for words in (PHONE, "139-7766-5544", "+86 13977665544", "5544"):
        assert await database.read(found_by, words) == [PHONE], words
    for words in ("1397766", "77665544", "陈建国", "3-2-501", ""):
        assert await database.read(found_by, words) == [], words
    kept = await database.read(lambda session: raw(session, "resident", "phone"))
    assert all(key_of(value) for value in kept)


@pytest.mark.usefixtures("community")
async def test_a_changed_phone_is_found_by_the_new_number_alone(database: Database) -> None:
    def change(session: Session, phone: str) -> None:
        [resident] = session.execute(select(Resident)).scalars()
        resident.phone = phone
        session.add(resident)

    await database.write(settle)
    await database.write(change, "13800001111")
    assert await database.read(found_by, PHONE) == []
    assert await database.read(found_by, "13800001111") == ["13800001111"]

    await database.write(change, "")
    assert await database.read(found_by, "1111") == []


def test_nobody_compares_or_sorts_what_is_sealed() -> None:
    for ask in (
        lambda: col(Resident.phone) == PHONE, lambda: col(Resident.phone).contains("5544"), lambda: col(Resident.phone).desc(),
        lambda: col(Resident.phone).in_([PHONE]),
    ):  # fmt: skip
        with pytest.raises(TypeError, match="is sealed"):
            ask()


@pytest.mark.usefixtures("community")
async def test_without_keys_nothing_personal_is_written(sqlite: Database) -> None:
    stranger = Database(str(sqlite.engine.url))

    with pytest.raises(Exception, match="opened without keys"):
        await stranger.write(lambda session: scope.enter(session, 1) or settle(session))
    stranger.close()


# ------------------------------------------------------------------ what cannot be opened


def spoil(session: Session) -> None:
    """Put one person's sealed phone into the staff's table, where it was not sealed for."""
    [taken] = raw(session, "resident", "phone")
    session.execute(update(Staff).values({type_coerce(Staff.phone, String): taken}))


@pytest.mark.usefixtures("community")
async def test_a_value_that_cannot_be_opened_says_so_on_the_page_and_where_it_lies_in_the_log(
    database: Database, now: datetime
) -> None:
    def work(session: Session) -> None:
        session.add(Staff(login="wang", name="王工", phone="1", created_at=now))
        settle(session)
        session.flush()
        spoil(session)

    await database.write(work)
    with capture_logs() as said:
        [member] = await database.read(lambda session: list(session.execute(select(Staff)).scalars()))

    assert f"电话：{member.phone}" == f"电话：{UNREADABLE}"
    assert is_unreadable(member.phone)
    told = {"table": "staff", "column": "phone", "row": member.id, "key": keyring_of(database.engine.dialect).current}
    assert said == [{"event": "a sealed value cannot be opened", "log_level": "error", **told}]
    [fault] = sealing.faults(database.engine)
    assert (fault.place, fault.row) == ("staff.phone", member.id)


@pytest.mark.usefixtures("community")
async def test_what_could_not_be_opened_is_never_written_over(database: Database, now: datetime) -> None:
    def work(session: Session) -> None:
        session.add(Staff(login="wang", name="王工", phone="1", created_at=now))
        settle(session)
        session.flush()
        spoil(session)

    def copy(session: Session) -> None:
        [member] = session.execute(select(Staff)).scalars()
        session.add(Staff(login="li", name="李工", phone=member.phone, created_at=now))

    await database.write(work)
    with pytest.raises(Exception, match=r"staff\.phone, row 1: sealed under key"):
        await database.write(copy)


# ------------------------------------------------------------------ what was written in clear before


@pytest.fixture
def old(blank: Engine) -> Iterator[Engine]:
    """A database of before anything was sealed, with many people in it."""
    with blank.begin() as connection:
        for revision in BEFORE:
            command.upgrade(revisions._config(connection, FOLDERS), revision)
        rows = Rows(connection)
        home = rows.add("community", appid="wx1", name="和苑小区")
        flat = rows.add("household", community_id=home, building="3", unit="2", room="501")
        for number in range(MANY):
            phone = PHONE if number == MANY - 1 else f"138{number:08}"
            chen = rows.add(
                "resident", community_id=home, public_id=f"R{number}", household_id=flat, phone=phone, merged_into_id=None
            )
        rows.add("task", community_id=home, kind="health.abnormal", title="健康异常：3栋2单元501", data={"report": "37.9℃，咳嗽"})
        rows.add("conversation", community_id=home, openid="oChen", public_id="C", standing={"said": PHONE})
        rows.add(
            "line",
            community_id=home,
            openid="oChen",
            speaker="resident",
            text=f"访客王芳，车牌{PLATE}，电话{PHONE}",
            photo_id=None,
        )
        rows.add(
            "visitor_pass",
            community_id=home,
            resident_id=chen,
            household_id=flat,
            state="active",
            visitor_name="王芳",
            phone=PHONE,
            plate=PLATE,
        )
        rows.add("health_checkin", community_id=home, resident_id=chen, tenths=379, symptoms=["cough"])
    return blank


def look(engine: Engine, ask: Callable[[Session], Any]) -> Any:
    with Session(engine) as session:
        scope.enter(session, 1)
        return ask(session)


def test_what_was_there_before_is_found_and_read_after_it_is_sealed(old: Engine) -> None:
    from integrations.health.models import CheckIn
    from integrations.visitor_passes.models import Pass

    schema.upgrade(old, FOLDERS)

    assert revisions.differences(old) == []
    assert schema.pending(old, FOLDERS) == []
    assert look(old, lambda session: found_by(session, PHONE)) == [PHONE]
    assert look(old, lambda session: found_by(session, "5544")) == [PHONE]
    assert look(old, lambda session: session.execute(select(Pass)).scalar_one().plate) == PLATE
    [task] = look(old, lambda session: tasks.listed(session) or tasks.closed(session))
    assert (task.title, task.data) == ("健康异常：3栋2单元501", {"report": "37.9℃，咳嗽"})
    checkin = look(old, lambda session: session.execute(select(CheckIn)).scalar_one())
    assert (checkin.tenths, checkin.symptoms) == (379, ["cough"])
    hashed = keyring_of(old.dialect).digest(PLATE, "plate")
    assert look(old, lambda session: session.execute(select(Pass.plate_digest)).scalar_one()) == hashed
    assert {count.key for count in sealing.counts(old)} == {keyring_of(old.dialect).current}


def test_sealing_that_was_cut_short_goes_on_where_it_was(old: Engine) -> None:
    seen = 0

    def die(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal seen
        seen += statement.startswith("UPDATE resident")
        if seen == MANY - 100:
            raise KeyboardInterrupt

    event.listen(old, "before_cursor_execute", die)
    with pytest.raises(KeyboardInterrupt):
        schema.upgrade(old, FOLDERS)
    event.remove(old, "before_cursor_execute", die)

    sealed = sum(1 for value in look(old, lambda session: raw(session, "resident", "phone")) if key_of(value))
    assert sealed == 2 * sealing.BATCH
    assert "the sealing of resident.phone" in schema.pending(old, FOLDERS)

    schema.upgrade(old, FOLDERS)

    phones = look(old, lambda session: [one.phone for one in session.execute(select(Resident)).scalars()])
    assert sorted(phones) == sorted([PHONE, *(f"138{number:08}" for number in range(MANY - 1))])
    assert schema.pending(old, FOLDERS) == []


def test_words_that_look_like_a_seal_are_sealed_as_they_are(old: Engine) -> None:
    with old.begin() as connection:
        connection.execute(text("UPDATE line SET text = 's1.12345678.abc'"))

    schema.upgrade(old, FOLDERS)

    with old.connect() as connection:
        assert connection.execute(select(SQLModel.metadata.tables["line"].c.text)).scalar_one() == "s1.12345678.abc"


def test_no_page_of_the_file_holds_what_was_sealed(tmp_path: Path, ring: Keyring) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'old.db'}", ring)
    with engine.begin() as connection:
        for revision in BEFORE:
            command.upgrade(revisions._config(connection, FOLDERS), revision)
        rows = Rows(connection)
        home = rows.add("community", appid="wx1", name="和苑小区")
        flat = rows.add("household", community_id=home)
        for number in range(50):
            chen = rows.add(
                "resident", community_id=home, public_id=f"R{number}", household_id=flat, phone=PHONE, merged_into_id=None
            )
            rows.add(
                "visitor_pass",
                community_id=home,
                public_id=f"P{number}",
                resident_id=chen,
                household_id=flat,
                state="active",
                plate=PLATE,
            )
    engine.dispose()
    assert PHONE.encode() in (tmp_path / "old.db").read_bytes()

    schema.upgrade(engine, FOLDERS)
    engine.dispose()

    for file in tmp_path.iterdir():
        for secret in (PHONE, PLATE, PLATE.removeprefix("皖")):
            assert secret.encode() not in file.read_bytes(), file.name


# ------------------------------------------------------------------ another key


@pytest.fixture
def two_keys(database: Database) -> Database:
    """A database whose values are under a key that another one is to follow."""
    file = KeyFile(keys=(Key.make("2026-03-11"), Key.make("2026-03-12")), index=b"i" * 32)
    ring = Keyring(file)
    ring.use(file.keys[0].id)
    database.engine.dispose()
    database.engine.dialect.keyring = ring  # type: ignore[attr-defined]
    return database


@pytest.mark.usefixtures("community")
async def test_all_is_sealed_under_the_new_key_and_found_as_before(two_keys: Database) -> None:
    ring, told = keyring_of(two_keys.engine.dialect), list[tuple[str, int]]()
    first, second = ring._ciphers
    for settled in [two_keys.submit(settle, PHONE, str(number)) for number in range(sealing.BATCH // 2)]:
        settled.result()
    await two_keys.write(settle, "", "none")
    ring.use(second)

    assert sealing.rotate(two_keys.engine, lambda place, done: told.append((place, done))) == []

    assert {count.key for count in sealing.counts(two_keys.engine)} == {second}
    assert ("resident.phone", sealing.BATCH // 2) in told
    assert await two_keys.read(found_by, "5544") == [PHONE] * (sealing.BATCH // 2)
    assert first not in {key_of(value) for value in await two_keys.read(lambda session: raw(session, "resident", "phone"))}


@pytest.mark.usefixtures("community")
async def test_what_does_not_open_is_named_and_left_and_the_rest_is_sealed_anew(two_keys: Database, now: datetime) -> None:
    ring = keyring_of(two_keys.engine.dialect)
    _, second = ring._ciphers

    def work(session: Session) -> None:
        session.add(Staff(login="wang", name="王工", phone="1", created_at=now))
        settle(session)
        session.flush()
        spoil(session)

    await two_keys.write(work)
    ring.use(second)
    [fault] = sealing.rotate(two_keys.engine, lambda *_: None)

    assert (fault.place, fault.row) == ("staff.phone", 1)
    assert await two_keys.read(found_by, PHONE) == [PHONE]


@pytest.mark.usefixtures("community")
async def test_a_database_is_not_gone_on_with_under_keys_that_are_not_its_own(database: Database, now: datetime) -> None:
    sealing.agree(database.engine, now)
    database.engine.dialect.keyring = Keyring.make()  # type: ignore[attr-defined]

    with pytest.raises(Misconfigured, match="which the key file does not hold"):
        sealing.agree(database.engine, now)


def test_an_unreadable_fault_is_told_with_its_row() -> None:
    fault = Unreadable("resident.phone", "12345678", "it was changed")
    fault.row = 17

    assert str(fault) == "resident.phone, row 17: sealed under key 12345678: it was changed"


@pytest.mark.usefixtures("community")
async def test_an_index_may_hold_hashes_of_words_that_stay_the_same_when_keys_change(two_keys: Database) -> None:
    before = await two_keys.read(sealing.digest, "漏水")
    ring = keyring_of(two_keys.engine.dialect)
    ring.use([*ring._ciphers][1])

    assert await two_keys.read(sealing.digest, "漏水") == before
    assert await two_keys.read(sealing.digest, "停水") != before
