"""What is sealed, as rows: sealing what was written before, sealing all anew under another key, counting, finding what is broken.

All of it works in batches that commit, each found by what is still to be done, so that it may be stopped at any moment and begun
again, and holds few rows at a time. A row that somebody else changes meanwhile is left to them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Engine, String, Table, func, inspect, select, text, type_coerce, update
from sqlmodel import Field, Session, SQLModel, col
from sqlmodel import select as model_select

from bot.errors import Unreadable
from bot.keyring import ID_LENGTH, VERSION, Keyring, key_of
from bot.model import maybe_moment, moment
from bot.sealed import Digest, Sealed, keyring_of

#: Rows of one batch: short enough that nobody who writes meanwhile waits noticeably.
BATCH = 500

#: Faults named one by one.
NAMED = 20

Progress = Callable[[str, int], None]


class SealingKey(SQLModel, table=True):
    """A key that values of this database are or were sealed under; the key itself lies elsewhere (bot/keyring.py)."""

    __tablename__ = "sealing_key"

    id: str = Field(primary_key=True)
    used_since: datetime = moment()
    retired_at: datetime | None = maybe_moment()


class SealedColumn(SQLModel, table=True):
    """A column of which all that was written in clear has been sealed."""

    __tablename__ = "sealed_column"

    place: str = Field(primary_key=True)


@dataclass(frozen=True, kw_only=True)
class Count:
    """Values of one column under one key; `key` is empty for values in clear."""

    place: str
    key: str
    values: int


@dataclass(frozen=True, slots=True)
class Place:
    """A sealed column, and those of its keyed hashes."""

    table: Table
    column: Column[Any]
    sealed: Sealed
    hashes: Mapping[str, Digest]

    @property
    def name(self) -> str:
        """What it is called in a sealed value: visitor_pass.phone."""
        return self.sealed.place

    @property
    def key(self) -> Column[Any]:
        """The column by which rows are told apart."""
        [key] = self.table.primary_key.columns
        return key

    @property
    def raw(self) -> Any:
        """The column as the database has it."""
        return type_coerce(self.column, String)


def columns() -> Iterator[tuple[Table, Column[Any], Sealed]]:
    """Return all sealed columns of the tables that are known, in a fixed order."""
    for _, table in sorted(SQLModel.metadata.tables.items()):
        for column in table.columns:
            if isinstance(column.type, Sealed):
                yield table, column, column.type


def places(engine: Engine) -> list[Place]:
    """Return the sealed columns that the database has: a service that is not loaded may have made no tables."""
    known = set(inspect(engine).get_table_names())
    return [
        Place(table, column, sealed, {c.name: c.type for c in table.c if isinstance(c.type, Digest) and c.type.of == column.name})
        for table, column, sealed in columns()
        if table.name in known
    ]  # fmt: skip


# ------------------------------------------------------------------ what was written in clear


def unsealed(engine: Engine) -> list[str]:
    """Return the columns that may still hold values in clear."""
    with engine.connect() as connection:
        done = set(connection.execute(select(col(SealedColumn.place))).scalars())
    wanted = {sealed.place for _, _, sealed in columns()} - done
    return sorted(one.name for one in places(engine) if one.name in wanted) if wanted else []


def seal_all(engine: Engine) -> int:
    """Seal what was written in clear before; returns how many values. What it was before is wiped from the file or the tables."""
    pending = set(unsealed(engine))
    waiting = [place for place in places(engine) if place.name in pending]
    found = {place.table.name: 0 for place in waiting}
    for place in waiting:
        found[place.table.name] += _seal_anew(engine, place, _Clear(keyring_of(engine.dialect)))
        with engine.begin() as connection:
            connection.execute(SQLModel.metadata.tables["sealed_column"].insert().values(place=place.name))
    if touched := [table for table, values in found.items() if values]:
        _wipe(engine, touched)
    return sum(found.values())


def _wipe(engine: Engine, tables: Sequence[str]) -> None:
    """Let the pages go that still hold what rows were before. Backups and PostgreSQL's archived WAL keep it, until they are deleted."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            driver: Any = (
                connection.connection.driver_connection
            )  # SQLAlchemy would begin a transaction, in which there is no VACUUM
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        quoted = engine.dialect.identifier_preparer.quote
        for table in tables:
            connection.execute(text(f"VACUUM (FULL) {quoted(table)}"))


# ------------------------------------------------------------------ one column, batch by batch


class _Anew:
    """Opens what is sealed under another key; values in clear are a fault."""

    def __init__(self, ring: Keyring) -> None:
        self.ring = ring

    def open(self, value: str, place: str) -> str:
        return self.ring.open(value, place)


class _Clear(_Anew):
    """Takes what is not sealed as it is. What somebody wrote may look like a seal: only what opens is one."""

    def open(self, value: str, place: str) -> str:
        try:
            return self.ring.open(value, place)
        except Unreadable:
            return value


def _seal_anew(
    engine: Engine, place: Place, way: _Anew, tell: Progress | None = None, faults: list[Unreadable] | None = None
) -> int:
    """Seal a column's values that are not under the current key; returns how many."""
    done, last = 0, None
    while True:
        with writing(engine) as connection:
            rows = _batch(connection, place, way.ring.current, last)
            for key, value in rows:
                try:
                    clear = way.open(value, place.name)
                except Unreadable as error:
                    error.row = key
                    if faults is None:
                        raise
                    faults.append(error)
                    continue
                changed = {name: digest.made(clear, way.ring) for name, digest in place.hashes.items()}
                changed[place.column.name] = way.ring.seal(clear, place.name)
                same = (place.key == key, place.raw == value)
                values = {place.table.c[name]: type_coerce(one, String) for name, one in changed.items()}
                done += connection.execute(update(place.table).where(*same).values(values)).rowcount
        if tell is not None and rows:
            tell(place.name, done)
        if len(rows) < BATCH:
            return done
        last = rows[-1][0]


def _batch(connection: Connection, place: Place, current: str, last: Any) -> Sequence[Any]:
    others = select(place.key, place.raw.label("value")).where(
        place.raw.is_not(None), place.raw != "", place.raw.not_like(f"{VERSION}{current}.%")
    )
    if last is not None:
        others = others.where(place.key > last)
    return connection.execute(others.order_by(place.key).limit(BATCH)).all()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction that holds SQLite's write lock from the start: one that reads first may find that it has lost it."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.info["immediate"] = True
        with connection.begin():
            yield connection


# ------------------------------------------------------------------ the keys


def agree(engine: Engine, now: datetime) -> None:
    """Seal under the key that the database's values are under; a new database takes ours. Raises Misconfigured without that key."""
    ring = keyring_of(engine.dialect)
    with Session(engine) as session:
        current = current_key(session)
        if current:
            ring.use(current)
        else:
            use_key(session, ring.current, now)
            session.commit()


def known_key(engine: Engine) -> str:
    """Return the id of the key that values are under, whatever the database's shape; empty where there are none."""
    if not inspect(engine).has_table(SealingKey.__tablename__):
        return ""
    with Session(engine) as session:
        return current_key(session)


def current_key(session: Session) -> str:
    """Return the id of the key that values are sealed under now, empty in a new database."""
    newest = (
        model_select(SealingKey)
        .where(col(SealingKey.retired_at).is_(None))
        .order_by(col(SealingKey.used_since).desc(), SealingKey.id)
    )
    found = session.exec(newest.limit(1)).first()
    return found.id if found else ""


def keys(session: Session) -> Sequence[SealingKey]:
    """Return the keys that values are or were under, the first first."""
    return session.exec(model_select(SealingKey).order_by(col(SealingKey.used_since), SealingKey.id)).all()


def use_key(session: Session, key_id: str, now: datetime) -> None:
    """Have values sealed under this key from now on, by all who work with the database."""
    found = session.get(SealingKey, key_id)
    session.add(found or SealingKey(id=key_id, used_since=now))
    session.flush()


def follow(session: Session) -> None:
    """Go on under the key that another process has taken into use meanwhile; raises Misconfigured when it is not at hand."""
    ring, current = keyring_of(session.get_bind().dialect), current_key(session)
    if current and current != ring.current:
        ring.use(current)


def retire_others(session: Session, key_id: str, now: datetime) -> None:
    """Note that no value is under other keys any more."""
    others = (col(SealingKey.id) != key_id, col(SealingKey.retired_at).is_(None))
    session.execute(update(SealingKey).where(*others).values(retired_at=now))


def rotate(engine: Engine, tell: Progress) -> list[Unreadable]:
    """Seal under the current key all that is under others; returns what could not be opened, which stays as it is."""
    faults: list[Unreadable] = []
    for place in places(engine):
        _seal_anew(engine, place, _Anew(keyring_of(engine.dialect)), tell, faults)
    return faults


def counts(engine: Engine) -> list[Count]:
    """Return how many values each column has under each key."""
    return [count for place in places(engine) for count in _counts(engine, place)]


def _counts(engine: Engine, place: Place) -> Iterable[Count]:
    start = func.substr(place.raw, 1, len(VERSION) + ID_LENGTH + 1).label("start")
    query = select(start, func.count()).where(place.raw.is_not(None), place.raw != "").group_by(start).order_by(start)
    with engine.connect() as connection:
        found: dict[str, int] = {}
        for sign, values in connection.execute(query).all():
            found[key_of(sign)] = found.get(key_of(sign), 0) + values
    return [Count(place=place.name, key=key, values=values) for key, values in found.items()]


def faults(engine: Engine, *, sample: int | None = None) -> list[Unreadable]:
    """Return values that cannot be opened, NAMED at most: of all, or of the newest `sample` of each column."""
    found: list[Unreadable] = []
    ring = keyring_of(engine.dialect)
    for place in places(engine):
        query = select(place.key, place.raw.label("value")).where(place.raw.is_not(None), place.raw != "")
        with engine.connect() as connection:
            rows = connection.execution_options(yield_per=BATCH).execute(query.order_by(place.key.desc()).limit(sample))
            for key, value in rows:
                try:
                    ring.open(value, place.name)
                except Unreadable as error:
                    error.row = key
                    found.append(error)
                    if len(found) == NAMED:
                        return found
    return found


def digest(session: Session, words: str, purpose: str = "") -> str:
    """Return the keyed hash of words, under this database's keys: what an index of sealed words may hold in their place."""
    return keyring_of(session.get_bind().dialect).digest(words, purpose)
