"""Who belongs to an audience: one select that counts and sends; and audiences that are saved under a name."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Integer, Select, and_, case, cast, false, func, literal, not_, or_, select, true
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlmodel import Field, Session, UniqueConstraint, col

from bot.errors import Refusal
from bot.language.addresses import label_of
from bot.model import json_column, moment, public_id
from bot.store.audience import (
    Audience,
    Building,
    Choice,
    Everybody,
    Flat,
    Floors,
    Listed,
    Lives,
    Picker,
    Saved,
    Tag,
    Unit,
    floor_of,
)
from bot.store.people import Household, Residence, Resident, is_spoken_for, lives_there
from bot.store.scope import Scoped
from bot.translation import tr

#: Characters of a saved audience's name; it is written like a tag.
NAME = 20

#: Between the parts of a flat where three are one value.
_SLASH = "/"

#: Letters at the end of a room's number: 501A.
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class SavedAudience(Scoped, table=True):
    """An audience under a name: 网格一, or the list of a file."""

    __tablename__ = "saved_audience"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    name: str
    whom: dict[str, Any] = json_column(dict)  # see bot/store/audience.py
    created_at: datetime = moment()
    created_by: int | None = Field(default=None, foreign_key="staff.id")

    @property
    def picker(self) -> Saved:
        """What stands for it in another audience."""
        return Saved(self.public_id, self.name, Audience.from_json(self.whom))


#: Who belongs to a tag that a service offers, with what it asks for beside it, as ids of residents; None for a tag that none offers.
Offered = Callable[[str, str], Sequence[int] | None]


def nobody(tag: str, of: str) -> None:
    """Offer no tags: only those of the roster hold."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A person of an audience, and the flats by which they belong to it."""

    id: int
    openid: str | None
    name: str
    flats: tuple[tuple[int, str], ...]  # id and label

    @property
    def flat(self) -> str:
        """The flats, as one says them."""
        return "、".join(label for _, label in self.flats)


def people_of(
    session: Session, audience: Audience, offered: Offered = nobody, among: Sequence[int] | None = None
) -> list[Chosen]:
    """Return the people of an audience, each once, in the order of their ids; the same query counts and sends.

    `among`: only of these. What an audience says of flats it says of each flat somebody lives in: who has one in building 3 and one in building 5 still belongs
    to 全体 不包括 3栋, by the other. A flat that somebody's account has let go counts no more than one they
    have left.
    """
    return _by_person(session.execute(_among(session, chosen(session, audience, offered), among)))


def _by_person(rows: Iterable[Any]) -> list[Chosen]:
    found: dict[int, Chosen] = {}
    for row in rows:
        before = found.get(row.id)
        flats = (*(before.flats if before else ()), (row.flat, label_of(row.building, row.unit, row.room)))
        found[row.id] = Chosen(id=row.id, openid=row.openid, name=row.name, flats=flats)
    return list(found.values())


def sample_of(session: Session, audience: Audience, offered: Offered = nobody) -> Chosen | None:
    """Return the first person of an audience, None where nobody belongs to it."""
    first = ids_of(session, audience, offered).order_by(col(Resident.id)).limit(1)
    found = session.execute(first).scalar()
    return people_of(session, audience, offered, (found,))[0] if found is not None else None


def size_of(session: Session, audience: Audience, offered: Offered = nobody) -> int:
    """Return how many people an audience has."""
    return int(session.execute(select(func.count()).select_from(ids_of(session, audience, offered).subquery())).scalar_one())


def accounts_of(
    session: Session, audience: Audience, offered: Offered = nobody, among: Sequence[int] | None = None
) -> list[tuple[int, str | None]]:
    """Return the people of an audience by id, with their accounts, in the order of their ids; `among`: only of these."""
    accounts = ids_of(session, audience, offered).add_columns(col(Resident.openid)).order_by(col(Resident.id))
    return [(number, openid) for number, openid in session.execute(_among(session, accounts, among))]


def ids_of(session: Session, audience: Audience, offered: Offered = nobody) -> Any:
    """Return the select of the ids of an audience, each once: people are looked at one by one, so that few are asked for quickly."""
    of = _Compiler(is_sqlite=session.get_bind().dialect.name == "sqlite", offered=offered)
    lives = (
        select(literal(1))
        .select_from(Residence)
        .join(Household, col(Household.id) == col(Residence.household_id))
        .where(col(Residence.resident_id) == col(Resident.id), *of.lives(audience))
        .correlate(Resident)
    )
    return select(col(Resident.id)).where(lives.exists())


def _among(session: Session, query: Any, among: Sequence[int] | None) -> Any:
    if among is None:
        return query
    if not among:
        return query.where(false())
    of = _Compiler(is_sqlite=session.get_bind().dialect.name == "sqlite", offered=nobody)
    return query.where(col(Resident.id).in_(of.ids(among)))


def let_go_of(session: Session, audience: Audience, offered: Offered, told: Collection[int]) -> list[Chosen]:
    """Return who would belong to an audience by a flat that their account has let go, and is none of those who are told by another."""
    rows = session.execute(chosen(session, audience, offered, let_go=True))
    return _by_person(row for row in rows if row.openid and row.id not in told)


def chosen(session: Session, audience: Audience, offered: Offered = nobody, *, let_go: bool = False) -> Any:
    """Return the select of an audience: a row for each person and flat of theirs that belongs to it, or would had it not been let go."""
    of = _Compiler(is_sqlite=session.get_bind().dialect.name == "sqlite", offered=offered)
    return (
        select(
            col(Resident.id), col(Resident.openid), col(Resident.name), col(Household.id).label("flat"), col(Household.building),
            col(Household.unit), col(Household.room),
        )
        .join(Residence, col(Residence.resident_id) == col(Resident.id))
        .join(Household, col(Household.id) == col(Residence.household_id))
        .where(*of.lives(audience, let_go=let_go))
        .order_by(col(Resident.id), col(Household.id))
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Compiler:
    """Makes conditions of pickers; a list is one parameter, for thousands are more than a statement takes."""

    is_sqlite: bool
    offered: Offered

    def lives(self, audience: Audience, *, let_go: bool = False) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions for residences by which people belong to an audience; `let_go`: for those whose account let them go."""
        return (lives_there(), not_(is_spoken_for()) if let_go else is_spoken_for(), self.audience(audience))

    def audience(self, audience: Audience) -> ColumnElement[bool]:
        """Return the condition for the rows of an audience."""
        groups = [and_(*map(self._any, group)) for group in audience.groups]
        meant = or_(*groups) if groups else false()
        return and_(meant, not_(self._any(audience.without))) if audience.without else meant

    def _any(self, choice: Choice) -> ColumnElement[bool]:
        return or_(*map(self._one, choice)) if choice else false()

    def _one(self, one: Picker) -> ColumnElement[bool]:
        building, unit, room = col(Household.building), col(Household.unit), col(Household.room)
        match one:
            case Everybody():
                return true()
            case Building():
                return building == one.building
            case Unit():
                return and_(building == one.building, unit == one.unit)
            case Flat():
                return and_(building == one.building, room == one.room, unit == one.unit if one.unit else true())
            case Floors():
                return and_(
                    building == one.building if one.building else true(), unit == one.unit if one.unit else true(), _floor_is(one)
                )
            case Lives():
                return col(Residence.role) == one.role
            case Tag():
                return self._tagged(one)
            case Listed():
                flats = [_SLASH.join(flat) for flat in one.flats]
                place = building.concat(_SLASH).concat(unit).concat(_SLASH).concat(room)
                return or_(place.in_(self._texts(flats)), col(Resident.public_id).in_(self._texts(one.people)))
            case Saved():
                return self.audience(one.whom)

    def _tagged(self, tag: Tag) -> ColumnElement[bool]:
        offered = self.offered(tag.name, tag.of)
        known = col(Resident.id).in_(self.ids(offered)) if offered else false()
        if tag.of:
            return known
        each = self.elements(col(Resident.tags))
        wears = select(literal(1)).select_from(each).where(each.c.value == tag.name).exists()
        return or_(wears, known)

    def _texts(self, values: Iterable[str]) -> Select[Any]:
        return self._each(list(values))

    def ids(self, values: Iterable[int]) -> Select[Any]:
        """Return these ids as a select."""
        found = self._each(sorted(set(values)))
        return found if self.is_sqlite else select(cast(found.subquery().c[0], Integer))

    def _each(self, values: Sequence[Any]) -> Select[Any]:
        kept = literal(json.dumps(values, ensure_ascii=False))
        return select(self.elements(kept if self.is_sqlite else cast(kept, JSON)).c.value)

    def elements(self, kept: Any) -> TableValuedAlias:
        """Return the elements of a list that is kept as JSON, as rows of `value`."""
        each = func.json_each if self.is_sqlite else func.json_array_elements_text
        return each(kept).table_valued("value")


def _floor_is(floors: Floors) -> ColumnElement[bool]:
    """Return the condition for rooms of these floors: all signs of the number but the last two, letters behind it aside."""
    room = func.rtrim(col(Household.room), _LETTERS)
    head = case((func.length(room) >= 3, func.substr(room, 1, func.length(room) - 2)), else_="")
    return head.in_([words for floor in range(floors.low, floors.high + 1) for words in {str(floor), f"{floor:02}"}])


def unknown_parts(session: Session, audience: Audience, offered: Offered) -> tuple[str, ...]:
    """Return the parts that nobody belongs to: most often a slip of the pen. Looks at each flat once.

    A tag that a service offers is none, even while nobody belongs to it; nor is what was saved under a name.
    """
    asked = [one for one in audience.pickers() if not isinstance(one, Everybody | Saved)]
    if not asked:
        return ()
    told = (col(Resident.tags),) if any(isinstance(one, Tag) for one in asked) else ()
    rows = session.execute(
        select(col(Household.building), col(Household.unit), col(Household.room), col(Residence.role), *told)
        .select_from(Household)
        .join(Residence, col(Residence.household_id) == col(Household.id))
        .join(Resident, col(Resident.id) == col(Residence.resident_id))
        .where(lives_there())
    ).all()
    known: set[Picker] = {Lives(row.role) for row in rows}
    floors: set[tuple[str, str, int]] = set()
    for building, unit, room in {(row.building, row.unit, row.room) for row in rows}:
        known |= {Building(building), Unit(building, unit), Flat(building, unit, room), Flat(building, "", room)}
        floors |= {(b, u, floor) for b in (building, "") for u in (unit, "") if (floor := floor_of(room)) is not None}
    known |= {Tag(tag) for tag in {tag for row in rows for tag in row.tags or ()}} if told else set()

    def is_known(one: Picker) -> bool:
        match one:
            case Floors():
                return any((one.building, one.unit, floor) in floors for floor in range(one.low, one.high + 1))
            case Tag():
                return one in known or offered(one.name, one.of) is not None
            case Listed():
                return True
        return one in known

    return tuple(dict.fromkeys(one.label for one in asked if not is_known(one)))


# ------------------------------------------------------------------ saved


def saved(session: Session) -> Sequence[SavedAudience]:
    """Return the saved audiences by name."""
    return session.execute(select(SavedAudience).order_by(col(SavedAudience.name))).scalars().all()


def saved_by_key(session: Session, key: str) -> SavedAudience | None:
    """Return a saved audience by its public id."""
    return session.execute(select(SavedAudience).where(col(SavedAudience.public_id) == key)).scalars().first()


def save(
    session: Session, name: str, audience: Audience, now: datetime, staff_id: int | None = None, key: str = ""
) -> SavedAudience:
    """Save an audience under a name, in the place of what had the name before, or of that with the key, which is called so from now on.

    Raises Refusal for a name that means something else, and where another one has it.
    """
    name = name.strip()
    if not name or len(name) > NAME or Audience.parse(name) != Audience(groups=(((Tag(name),),),)):
        raise Refusal(
            tr("请给这个范围起个名字，最多 {NAME} 个字，不要空格和标点，也不要像楼栋房号，例如：网格一。", NAME=NAME),
            english=f"give it a name of at most {NAME} characters without blanks that is no place, such as 网格一",
        )
    others, row = [one for one in saved(session) if one.name == name], saved_by_key(session, key) if key else None
    if row is not None and any(one.public_id != key for one in others):
        raise Refusal(tr("已经有“{name}”了，请换一个名字，或者改那一个。", name=name), english=f"there is a {name} already")
    row = row or next(iter(others), None) or SavedAudience(name=name, created_at=now, created_by=staff_id)
    row.name, row.whom = name, audience.to_json()
    session.add(row)
    session.flush()
    return row


def forget(session: Session, row: SavedAudience) -> None:
    """Forget a saved audience; notices that were written with it keep whom they are for."""
    session.delete(row)


# ------------------------------------------------------------------ what can be picked


def places(session: Session) -> list[tuple[str, str]]:
    """Return the buildings and units of the community, in the order of their flats."""
    rows = session.execute(select(col(Household.building), col(Household.unit)).order_by(col(Household.place))).all()
    return list(dict.fromkeys((row.building, row.unit) for row in rows))


def tags(session: Session) -> list[str]:
    """Return the tags that somebody wears, in the order of their signs."""
    of = _Compiler(is_sqlite=session.get_bind().dialect.name == "sqlite", offered=nobody)
    worn = of.elements(col(Resident.tags))
    return sorted(
        {str(one) for one in session.execute(select(worn.c.value).select_from(Resident).join(worn, true()).distinct()).scalars()}
    )
