"""Two rows that are one person become one: all that points to the one points to the other, and for a while it can be taken back.

Which columns those are is read from the tables, so that a service's table is covered the day it is made. Where a unique
constraint has room for one of two rows, the row stays with the one who goes, who is kept as a tombstone: nothing is deleted, and
whoever asks for them finds the one who stays. What was moved is written down row by row, which is what taking it back reads; what
was changed since the merger stays as it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint, and_, func, select, true, update
from sqlmodel import Field, Session, SQLModel, col
from sqlmodel import select as model_select

from bot.errors import Refusal
from bot.model import maybe_moment, moment, public_id
from bot.sealed import is_unreadable, maybe_sealed_map
from bot.store import objections, people
from bot.store.people import Binding, Evidence, Household, Residence, Resident, ResidentRole
from bot.store.scope import Scoped
from bot.translation import tr

#: How long two who were made one can be parted again; what was before is forgotten then (bot/contract/keeping.py).
PARTED = timedelta(days=30)

#: Tables whose rows of a person are united here, or are written anew by whoever keeps them.
_OWN = ("resident", "residence", "directory_word", "merger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """As what somebody lived in a flat."""

    household_id: int
    role: ResidentRole
    evidence: Evidence
    moved_in: date | None
    moved_out: date | None
    let_go_at: datetime | None = None

    @classmethod
    def of(cls, lives: Residence) -> "Lived":
        """Return a residence as it is now."""
        return cls(
            household_id=lives.household_id, role=lives.role, evidence=lives.evidence, moved_in=lives.moved_in, moved_out=lives.moved_out,
            let_go_at=lives.let_go_at,
        )  # fmt: skip

    @property
    def is_current(self) -> bool:
        """They live there."""
        return self.moved_out is None

    def write(self, lives: Residence) -> Residence:
        """Let a residence be this one, whoever's it is."""
        lives.role, lives.evidence, lives.moved_in, lives.moved_out = self.role, self.evidence, self.moved_in, self.moved_out
        lives.let_go_at = self.let_go_at
        return lives

    def pack(self) -> list[Any]:
        """Return it as JSON keeps it."""
        days = [day.isoformat() if day else None for day in (self.moved_in, self.moved_out)]
        return [self.household_id, self.role.value, self.evidence.value, *days, self.let_go_at and self.let_go_at.isoformat()]

    @classmethod
    def unpack(cls, kept: Sequence[Any]) -> "Lived":
        """Return what `pack` gave."""
        household_id, role, evidence, moved_in, moved_out, *rest = kept
        return cls(
            household_id=household_id, role=ResidentRole(role), evidence=Evidence(evidence),
            moved_in=moved_in and date.fromisoformat(moved_in), moved_out=moved_out and date.fromisoformat(moved_out),
            let_go_at=datetime.fromisoformat(rest[0]) if rest and rest[0] else None,  # rest: empty of what was merged before it was kept
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Rows of one column that were moved, by their keys as JSON has them."""

    table: str
    column: str
    keys: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What two people were before they were made one, and what was moved for it: all that parting reads."""

    had_name: bool  # the one who stays, who else took that of the one who goes; as with these
    had_phone: bool
    tags: tuple[str, ...]
    household_id: int  # the flat they spoke for
    asked_flat: bool
    stays: tuple[Lived, ...]
    goes: tuple[Lived, ...]
    binding_id: int | None  # that came along with the account of the one who goes
    moved: tuple[Moved, ...] = ()

    def pack(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {
            "had_name": self.had_name, "had_phone": self.had_phone, "tags": list(self.tags), "household_id": self.household_id,
            "asked_flat": self.asked_flat, "stays": [one.pack() for one in self.stays], "goes": [one.pack() for one in self.goes],
            "binding_id": self.binding_id, "moved": [[one.table, one.column, [list(key) for key in one.keys]] for one in self.moved],
        }  # fmt: skip

    @classmethod
    def unpack(cls, kept: Mapping[str, Any]) -> "Before":
        """Return what `pack` gave."""
        return cls(
            had_name=kept["had_name"], had_phone=kept["had_phone"], tags=tuple(kept["tags"]), household_id=kept["household_id"],
            asked_flat=kept["asked_flat"], stays=tuple(map(Lived.unpack, kept["stays"])), goes=tuple(map(Lived.unpack, kept["goes"])),
            binding_id=kept["binding_id"],
            moved=tuple(Moved(table=table, column=column, keys=tuple(map(tuple, keys))) for table, column, keys in kept["moved"]),
        )  # fmt: skip


class Merger(Scoped, table=True):
    """That somebody was found to be somebody else, and what that changed."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    stays_id: int = Field(foreign_key="resident.id", index=True)
    goes_id: int = Field(foreign_key="resident.id", index=True)
    at: datetime = moment()
    undone_at: datetime | None = maybe_moment()
    personal_before: dict[str, Any] | None = maybe_sealed_map("merger.personal_before")  # of Before.pack; forgotten after PARTED

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


# ------------------------------------------------------------------ made one


def merge(session: Session, stays: Resident, goes: Resident, now: datetime) -> Merger:
    """Let `goes` be `stays` from now on; raises Refusal with what to do where that cannot be, as where a flat does not know the account."""
    _lock(session, stays.key, goes.key)
    _refuse(stays, goes)
    own, theirs = _lives(session, stays), _lives(session, goes)
    _refuse_unknown(session, stays.openid or goes.openid, (*own.values(), *theirs.values()))
    binding = people.binding_of(session, goes) if goes.openid else None
    before = Before(
        had_name=bool(stays.name), had_phone=bool(stays.phone), tags=tuple(stays.tags), household_id=stays.household_id,
        asked_flat=stays.asks_flat, stays=tuple(map(Lived.of, own.values())), goes=tuple(map(Lived.of, theirs.values())),
        binding_id=binding.id if binding else None,
    )  # fmt: skip
    _unite_residences(session, stays, own, theirs)
    moved = (
        Moved(table=table.name, column=column.name, keys=tuple(keys))
        for table, column in columns() if (keys := _move(session, table, column, goes.key, stays.key))
    )  # fmt: skip
    merger = Merger(stays_id=stays.key, goes_id=goes.key, at=now, personal_before=replace(before, moved=tuple(moved)).pack())
    stays.name, stays.phone = stays.name or goes.name, stays.phone or goes.phone
    stays.tags = list(dict.fromkeys([*stays.tags, *goes.tags]))
    goes.merged_into_id = stays.key
    session.add(merger)
    _hand_account(session, goes, stays)
    people.speak_anew(session, stays)
    session.expire_all()
    return merger


def _lock(session: Session, *keys: int) -> None:
    """Hold people until this transaction ends, those of two mergers at once in one order, and read them as they are by then."""
    session.flush()
    rows = model_select(Resident).where(col(Resident.id).in_(keys)).order_by(col(Resident.id)).with_for_update()
    session.exec(rows, execution_options={"populate_existing": True}).all()


def _refuse(stays: Resident, goes: Resident) -> None:
    if stays.id == goes.id:
        raise Refusal(tr("这是同一个人，请选两个人。"))
    if stays.merged_into_id is not None or goes.merged_into_id is not None:
        raise Refusal(tr("其中一位已经并到别人那里了，请刷新页面。"))
    if stays.openid is not None and goes.openid is not None:
        raise Refusal(tr("两个人都绑定了微信，不能合并。请先问清哪个微信是本人的，解除另一个的绑定，再来合并。"))


def _refuse_unknown(session: Session, openid: str | None, lives: Iterable[Residence]) -> None:
    """Raise Refusal where an account would speak for a flat that does not know it: a merger lets nobody in again unawares."""
    against = objections.flats_against(session, openid) if openid else set[int]()
    flat = next((one.household_id for one in lives if one.is_current and one.household_id in against), None)
    if flat is not None:
        raise Refusal(
            tr(
                "{label}说过不认识这个微信，合并会让它又进那一户。确认是同一个人，请先在那一户的页面把它从“拦住的微信”里去掉，再来合并。",
                label=session.get_one(Household, flat).label,
            )
        )


def _hand_account(session: Session, giver: Resident, taker: Resident) -> None:
    """Let the account of the one be the other's. An openid belongs to one person: the giver lets go first."""
    openid, bound_at = giver.openid, giver.bound_at
    giver.openid, giver.bound_at = None, None
    session.add_all([giver, taker])
    session.flush()
    if openid is not None:
        taker.openid, taker.bound_at = openid, bound_at
        session.add(taker)
        session.flush()


def _lives(session: Session, resident: Resident) -> dict[int, Residence]:
    return {flat.key: lives for lives, flat in people.residences_of(session, resident)}


def united(mine: Lived, theirs: Lived) -> Lived:
    """Return what two residences of one person in one flat are together: the one that holds; of two alike the first, and all the time."""
    if mine.is_current != theirs.is_current:
        return mine if mine.is_current else theirs
    return replace(
        mine, moved_in=min(filter(None, (mine.moved_in, theirs.moved_in)), default=None),
        moved_out=max(filter(None, (mine.moved_out, theirs.moved_out)), default=None), let_go_at=mine.let_go_at or theirs.let_go_at,
    )  # fmt: skip


def _unite_residences(session: Session, stays: Resident, own: Mapping[int, Residence], theirs: Mapping[int, Residence]) -> None:
    """Let the one who stays live where either does, and the one who goes nowhere."""
    for key, lives in theirs.items():
        if (mine := own.get(key)) is None:
            lives.resident_id = stays.key
            session.add(lives)
        else:
            session.add(united(Lived.of(mine), Lived.of(lives)).write(mine))
            session.delete(lives)
    session.flush()


def _move(session: Session, table: Table, column: Column[Any], giver: int, taker: int) -> list[tuple[Any, ...]]:
    """Let the rows of one column point to somebody else; returns the keys of those that did. Where there is no room they stay."""
    rows = session.execute(select(*table.primary_key.columns).where(column == giver)).all()
    return [kept for row in rows if (kept := _move_row(session, table, column, list(row), taker)) is not None]


def _move_row(session: Session, table: Table, column: Column[Any], key: Sequence[Any], taker: int) -> tuple[Any, ...] | None:
    """Let one row point to somebody else; returns its key, as JSON has it, None where there is no room."""
    if not _has_room(session, table, column, key, taker):
        return None
    session.execute(update(table).where(_is(table, key)).values({column.name: taker}))
    now = [taker if one is column else value for one, value in zip(table.primary_key.columns, key, strict=True)]
    return tuple(value.isoformat() if isinstance(value, date) else value for value in now)


def _has_room(session: Session, table: Table, column: Column[Any], key: Sequence[Any], taker: int) -> bool:
    """Tell whether no unique constraint stands against a row belonging to somebody else."""
    for unique, holds in _uniques(session, table, column):
        row = session.execute(select(*unique).where(_is(table, key), holds)).first()
        if row is None:  # a partial index that says nothing of this row
            continue
        values = [taker if one is column else value for one, value in zip(unique, row, strict=True)]
        if any(value is None for value in values):
            continue
        same = (one == value for one, value in zip(unique, values, strict=True))
        if session.execute(select(func.count()).select_from(table).where(*same, holds)).scalar_one():
            return False
    return True


def _uniques(session: Session, table: Table, column: Column[Any]) -> Iterator[tuple[list[Column[Any]], Any]]:
    """Return the columns of each constraint by which a row must be the only one, with the rows that it is for."""
    kind = session.get_bind().dialect.name
    parts: list[tuple[list[Column[Any]], Any]] = [(list(table.primary_key.columns), true())]
    parts += [(list(one.columns), true()) for one in table.constraints if isinstance(one, UniqueConstraint)]
    for index in (one for one in table.indexes if one.unique):
        where = index.dialect_options[kind].get("where")
        parts.append(([one for one in index.expressions if isinstance(one, Column)], true() if where is None else where))
    yield from (one for one in parts if any(part is column for part in one[0]))


def _is(table: Table, key: Sequence[Any]) -> Any:
    return and_(*(column == _read(column, value) for column, value in zip(table.primary_key.columns, key, strict=True)))


def _read(column: Column[Any], value: Any) -> Any:
    """Return a part of a key as the column has it, from JSON."""
    if not isinstance(value, str) or not issubclass(column.type.python_type, date):
        return value
    return (datetime if issubclass(column.type.python_type, datetime) else date).fromisoformat(value)


# ------------------------------------------------------------------ parted


def part(session: Session, merger: Merger, now: datetime) -> None:
    """Take a merger back: what was moved goes back; what was added or changed since stays with the one who stayed."""
    _lock(session, merger.stays_id, merger.goes_id)
    session.refresh(merger)
    stays, goes = session.get_one(Resident, merger.stays_id), session.get_one(Resident, merger.goes_id)
    before = _before(merger, now)
    if stays.merged_into_id is not None:
        raise Refusal(tr("留下的人后来又并到了别人那里，请先把那一次分开。"))
    for moved in before.moved:
        _give_back(session, moved, stays.key, goes.key)
    _part_residences(session, merger, before)
    binding = session.get(Binding, before.binding_id) if before.binding_id else None
    if binding is not None and binding.ended_at is None and binding.openid == stays.openid:
        _hand_account(session, stays, goes)
    stays.name = "" if not before.had_name and stays.name == goes.name else stays.name
    stays.phone = "" if not before.had_phone and stays.phone == goes.phone else stays.phone
    stays.tags = [tag for tag in stays.tags if tag in before.tags or tag not in goes.tags]
    goes.merged_into_id = None
    merger.undone_at, merger.personal_before = now, None
    session.add_all([stays, goes, merger])
    _speak(session, stays, before.household_id, asked=before.asked_flat)
    _speak(session, goes, goes.household_id, asked=goes.asks_flat)
    session.expire_all()


def _before(merger: Merger, now: datetime) -> Before:
    kept = merger.personal_before
    if not merger.is_open or now - merger.at > PARTED or kept is None:
        raise Refusal(tr("只能在 {days} 天内分开，而且只能分开一次。", days=PARTED.days))
    if is_unreadable(kept):
        raise Refusal(tr("合并以前的情况读不出来了，不能自动分开。请联系管理员检查密钥，或在这一户“添加住户”。"))
    return Before.unpack(kept)


def _give_back(session: Session, moved: Moved, giver: int, taker: int) -> None:
    """Let rows that were moved be whose they were; those that are gone, or somebody else's by now, are left alone."""
    table = SQLModel.metadata.tables.get(moved.table)
    if table is None:  # a service that is loaded no more keeps what it has
        return
    column = table.c[moved.column]
    for key in moved.keys:
        if session.execute(select(column).where(_is(table, key))).scalar_one_or_none() == giver:
            _move_row(session, table, column, key, taker)


def _part_residences(session: Session, merger: Merger, before: Before) -> None:
    """Let both live where they did. A flat that was changed since stays as it is with the one who stayed, and whoever moved out is out."""
    now = _lives(session, session.get_one(Resident, merger.stays_id))
    own = {one.household_id: one for one in before.stays}
    for was in before.goes:
        lives, mine = now.get(was.household_id), own.get(was.household_id)
        if mine is None:
            if lives is not None:  # theirs alone: the row goes back as it has become
                lives.resident_id = merger.goes_id
                session.add(lives)
            continue
        moved_out = was.moved_out or (lives.moved_out if lives is not None else None)
        session.add(replace(was, moved_out=moved_out).write(Residence(resident_id=merger.goes_id, household_id=was.household_id)))
        if lives is not None and Lived.of(lives) == united(mine, was):
            session.add(mine.write(lives))
    session.flush()


def _speak(session: Session, one: Resident, household_id: int, *, asked: bool) -> None:
    """Let somebody speak for a flat they have: the one they said last or before, and unasked where they had said so."""
    said = {one.household_id} if not one.asks_flat else set[int]()
    said |= set() if asked else {household_id}
    if one.household_id not in [flat.id for flat in people.homes(session, one)]:
        one.household_id = household_id
    people.speak_anew(session, one)
    if one.household_id in said:
        one.asks_flat = False
        session.add(one)
        session.flush()


# ------------------------------------------------------------------ found


def of(session: Session, resident: Resident, now: datetime) -> Sequence[tuple[Merger, Resident]]:
    """Return who became this person and can still be parted from them, the latest first."""
    theirs = model_select(Merger, Resident).join(Resident, col(Resident.id) == col(Merger.goes_id))
    held = theirs.where(Merger.stays_id == resident.id, col(Merger.undone_at).is_(None), col(Merger.at) > now - PARTED)
    return session.exec(held.order_by(col(Merger.id).desc())).all()


def by_public_id(session: Session, key: str) -> Merger | None:
    """Return the merger of a public id."""
    return session.exec(model_select(Merger).where(Merger.public_id == key)).first()
