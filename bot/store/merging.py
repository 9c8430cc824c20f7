"""Two rows that are one person become one: all that points to the one points to the other, and for a while it can be taken back.

Which columns those are is read from the tables, so that a service's table is covered the day it is made. Where a unique
constraint has room for one of two rows, the row stays with the one who goes, who is kept as a tombstone: nothing is deleted, and
whoever asks for them finds the one who stays. What was moved is written down row by row, which is what taking it back reads.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint, and_, func, select, update
from sqlmodel import Field, Session, SQLModel, col
from sqlmodel import select as model_select

from bot.errors import Refusal
from bot.model import json_column, maybe_moment, moment, public_id
from bot.store import people
from bot.store.people import Evidence, Residence, Resident, ResidentRole
from bot.store.scope import Scoped

#: How long two who were made one can be parted again.
PARTED = timedelta(days=30)

#: Tables whose rows of a person are united here, or are written anew by whoever keeps them.
_OWN = ("resident", "residence", "directory_word", "merger")


class Merger(Scoped, table=True):
    """That somebody was found to be somebody else, and what was moved for it."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    stays_id: int = Field(foreign_key="resident.id", index=True)
    goes_id: int = Field(foreign_key="resident.id", index=True)
    at: datetime = moment()
    undone_at: datetime | None = maybe_moment()
    moved: dict[str, Any] = json_column(dict)  # table.column -> keys of the rows that were moved
    before: dict[str, Any] = json_column(dict)  # what the one who stays was: tags, residences; and whose the account was

    @property
    def is_open(self) -> bool:
        """It holds."""
        return self.undone_at is None


def columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Return all columns of all tables that point to a person, in a fixed order, but for those that are united row by row."""
    for name, table in sorted(SQLModel.metadata.tables.items()):
        if name in _OWN:
            continue
        for column in table.columns:
            if any(key.column.table.name == "resident" for key in column.foreign_keys):
                yield table, column


def merge(session: Session, stays: Resident, goes: Resident, now: datetime) -> Merger:
    """Let `goes` be `stays` from now on; raises Refusal with what to do where that cannot be."""
    _refuse(stays, goes)
    session.flush()
    merger = Merger(stays_id=stays.key, goes_id=goes.key, at=now)
    merger.before = {
        "name": stays.name, "has_phone": bool(stays.phone), "tags": list(stays.tags), "household": stays.household_id,
        "asks_flat": stays.asks_flat, "goes_household": goes.household_id, "goes_asks_flat": goes.asks_flat, "residences": _unite_residences(session, stays, goes),
        "bound": goes.openid is not None,
    }  # fmt: skip
    merger.moved = {
        f"{table.name}.{column.name}": keys
        for table, column in columns() if (keys := _move(session, table, column, goes.key, stays.key))
    }  # fmt: skip
    stays.name, stays.phone = stays.name or goes.name, stays.phone or goes.phone
    stays.tags = list(dict.fromkeys([*stays.tags, *goes.tags]))
    openid, bound_at = goes.openid, goes.bound_at
    goes.openid, goes.bound_at, goes.merged_into_id = None, None, stays.key
    session.add(goes)
    session.flush()  # an openid belongs to one person: the one who goes lets go first
    if openid:
        stays.openid, stays.bound_at = openid, bound_at
    session.add_all([stays, merger])
    session.flush()
    people.speak_anew(session, stays)
    session.expire_all()
    return merger


def part(session: Session, merger: Merger, now: datetime) -> None:
    """Take a merger back: what was moved goes back; what was added since stays with the one who stayed."""
    if not merger.is_open or now - merger.at > PARTED:
        raise Refusal(f"只能在 {PARTED.days} 天内分开，而且只能分开一次。")
    stays, goes = session.get_one(Resident, merger.stays_id), session.get_one(Resident, merger.goes_id)
    if stays.merged_into_id is not None:
        raise Refusal("留下的人后来又并到了别人那里，请先把那一次分开。")
    tables, before = SQLModel.metadata.tables, merger.before
    for place, keys in merger.moved.items():
        name, column = place.split(".")
        if name in tables:  # a service that is loaded no more keeps what it has
            for key in keys:
                session.execute(update(tables[name]).where(_is(tables[name], key)).values({column: goes.key}))
    _part_residences(session, merger)
    if before["bound"] and stays.openid:
        openid, bound_at, stays.openid, stays.bound_at = stays.openid, stays.bound_at, None, None
        session.add(stays)
        session.flush()
        goes.openid, goes.bound_at = openid, bound_at
    stays.name = before["name"] if stays.name == goes.name else stays.name
    stays.phone = "" if not before["has_phone"] and stays.phone == goes.phone else stays.phone
    stays.tags = [tag for tag in stays.tags if tag in before["tags"] or tag not in goes.tags]
    goes.merged_into_id, goes.household_id, goes.asks_flat = None, before["goes_household"], before["goes_asks_flat"]
    stays.household_id, stays.asks_flat = before["household"], before["asks_flat"]
    merger.undone_at = now
    session.add_all([stays, goes, merger])
    session.flush()
    session.expire_all()


def of(session: Session, resident: Resident, now: datetime) -> Sequence[tuple[Merger, Resident]]:
    """Return who became this person and can still be parted from them, the latest first."""
    theirs = model_select(Merger, Resident).join(Resident, col(Resident.id) == col(Merger.goes_id))
    held = theirs.where(Merger.stays_id == resident.id, col(Merger.undone_at).is_(None), col(Merger.at) > now - PARTED)
    return session.exec(held.order_by(col(Merger.id).desc())).all()


def by_public_id(session: Session, key: str) -> Merger | None:
    """Return the merger of a public id."""
    return session.exec(model_select(Merger).where(Merger.public_id == key)).first()


def suggested(session: Session, limit: int = 30) -> list[tuple[Resident, Resident, str]]:
    """Return pairs who may be one person, each with the reason: same name or none at one flat, same phone. Found by index and join."""
    return [*_same_flat(session, limit), *_same_phone(session, limit)][:limit]


def _same_phone(session: Session, limit: int) -> Iterator[tuple[Resident, Resident, str]]:
    mine = (col(Resident.merged_into_id).is_(None), col(Resident.phone_digest) != "")
    several = model_select(Resident.phone_digest).where(*mine).group_by(col(Resident.phone_digest)).having(func.count() > 1)
    for hashed in session.exec(several.limit(limit)).all():
        first, *others = session.exec(
            model_select(Resident).where(*mine, Resident.phone_digest == hashed).order_by(col(Resident.id)).limit(3)
        ).all()
        yield from ((first, other, "电话相同") for other in others if not _are_two(first, other))


def _same_flat(session: Session, limit: int) -> Iterator[tuple[Resident, Resident, str]]:
    """Return pairs of one flat: of one name, of names of which one is part of the other, or one has none and was bound in the chat."""
    rows = session.execute(
        select(col(Residence.household_id))
        .where(people.lives_there())
        .group_by(col(Residence.household_id))
        .having(func.count() > 1)
        .order_by(col(Residence.household_id).desc())
    ).scalars()
    found = 0
    for living in people.of_households(session, list(rows)[:2000]).values():
        for number, one in enumerate(living):
            for other in living[number + 1 :]:
                if (why := _alike(one, other)) and not _are_two(one, other):
                    found += 1
                    yield (one, other, why)
                    if found >= limit:
                        return


def _alike(one: Resident, other: Resident) -> str:
    if one.name and one.name == other.name:
        return "同一户，姓名相同"
    if one.name and other.name:
        return "同一户，姓名相近" if one.name in other.name or other.name in one.name or _is_slip(one.name, other.name) else ""
    nameless = other if one.name else one
    return "同一户，一位在微信里绑定时没有姓名" if nameless.openid else ""


def _is_slip(one: str, other: str) -> bool:
    """Tell whether names of three signs and more differ in one: 陈建国, 陈健国."""
    return len(one) == len(other) > 2 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _are_two(one: Resident, other: Resident) -> bool:
    """Tell whether both have an account of their own, so that they are surely not asked about."""
    return one.openid is not None and other.openid is not None


def _refuse(stays: Resident, goes: Resident) -> None:
    if stays.id == goes.id:
        raise Refusal("这是同一个人，请选两个人。")
    if stays.merged_into_id is not None or goes.merged_into_id is not None:
        raise Refusal("其中一位已经并到别人那里了，请刷新页面。")
    if _are_two(stays, goes):
        raise Refusal("两个人都绑定了微信，不能合并。请先问清哪个微信是本人的，解除另一个的绑定，再来合并。")


def _move(session: Session, table: Table, column: Column[Any], goes: int, stays: int) -> list[Any]:
    """Let the rows of one column point to the one who stays; returns the keys of those that did. Where there is no room they stay."""
    keys, uniques = list(table.primary_key.columns), list(_uniques(table, column))
    rows = session.execute(select(*keys).where(column == goes)).all()
    moved = []
    for row in rows:
        key = list(row)
        if _has_room(session, table, column, uniques, key, stays):
            session.execute(update(table).where(_is(table, key)).values({column.name: stays}))
            moved.append(_kept([stays if one is column else value for one, value in zip(keys, key, strict=True)]))
    return moved


def _has_room(session: Session, table: Table, column: Column[Any], uniques: Sequence[Any], key: list[Any], stays: int) -> bool:
    """Tell whether no unique constraint stands against a row belonging to the one who stays."""
    for unique in uniques:
        row = session.execute(select(*unique).where(_is(table, key))).one()
        values = [stays if one is column else value for one, value in zip(unique, row, strict=True)]
        if any(value is None for value in values):
            continue
        taken = select(func.count()).select_from(table).where(*(one == value for one, value in zip(unique, values, strict=True)))
        if session.execute(taken).scalar_one():
            return False
    return True


def _uniques(table: Table, column: Column[Any]) -> Iterator[list[Column[Any]]]:
    """Return the columns of each constraint by which a row must be the only one, and to which `column` belongs."""
    parts = [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    parts += [[one for one in index.expressions if isinstance(one, Column)] for index in table.indexes if index.unique]
    yield from (one for one in [*parts, list(table.primary_key.columns)] if any(part is column for part in one))


def _is(table: Table, key: Sequence[Any]) -> Any:
    return and_(*(column == _read(column, value) for column, value in zip(table.primary_key.columns, key, strict=True)))


def _kept(key: Sequence[Any]) -> list[Any]:
    return [value.isoformat() if isinstance(value, date) else value for value in key]


def _read(column: Column[Any], value: Any) -> Any:
    """Return a part of a key as the column has it, from JSON."""
    if not isinstance(value, str) or not issubclass(column.type.python_type, date):
        return value
    return (datetime if issubclass(column.type.python_type, datetime) else date).fromisoformat(value)


def _unite_residences(session: Session, stays: Resident, goes: Resident) -> dict[str, Any]:
    """Let the one who stays live where either does, and the one who goes nowhere; returns what both had."""
    own = {flat.key: lives for lives, flat in people.residences_of(session, stays)}
    theirs = people.residences_of(session, goes)
    before = {"stays": [_told(lives) for lives in own.values()], "goes": [_told(lives) for lives, _ in theirs]}
    for lives, flat in theirs:
        mine = own.get(flat.key)
        if mine is None:
            lives.resident_id = stays.key
            session.add(lives)
            continue
        mine.moved_in = min(filter(None, (mine.moved_in, lives.moved_in)), default=None)
        mine.moved_out = None if mine.is_current or lives.is_current else max(filter(None, (mine.moved_out, lives.moved_out)))
        session.add(mine)
        session.delete(lives)
    session.flush()
    return before


def _part_residences(session: Session, merger: Merger) -> None:
    """Let both live where they did; a flat that was added meanwhile stays with the one who stayed."""
    kept = merger.before["residences"]
    was = {whose: {one["household_id"]: one for one in kept[whose]} for whose in ("stays", "goes")}
    for lives, flat in people.residences_of(session, session.get_one(Resident, merger.stays_id)):
        if flat.key in was["stays"]:
            lives.moved_in, lives.moved_out = (_day(was["stays"][flat.key][name]) for name in ("moved_in", "moved_out"))
            session.add(lives)
        elif flat.key in was["goes"]:
            session.delete(lives)
    session.flush()
    for one in kept["goes"]:
        lives = Residence(resident_id=merger.goes_id, household_id=one["household_id"])
        lives.role, lives.evidence = ResidentRole(one["role"]), Evidence(one["evidence"])
        lives.moved_in, lives.moved_out = _day(one["moved_in"]), _day(one["moved_out"])
        session.add(lives)
    session.flush()


def _told(lives: Residence) -> dict[str, Any]:
    days = {
        name: day.isoformat() if day else None for name, day in (("moved_in", lives.moved_in), ("moved_out", lives.moved_out))
    }
    return {"household_id": lives.household_id, "role": lives.role.value, "evidence": lives.evidence.value, **days}


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
