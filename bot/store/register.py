"""The register as staff look through it: people and flats by what is typed and by what is chosen, sorted by flat."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select, union

from bot.store import directory, scope
from bot.store.directory import DirectoryWord, Typed
from bot.store.people import Household, Residence, Resident, ResidentRole, has_phone, lives_there

T = TypeVar("T")

#: Rows on one page.
PAGE = 20

#: Of people and flats, the first that are offered.
FIRST = 20

#: Ids of flats that are handed to another query as they are; more are asked for by it.
FEW = 1_000

#: Tags of a community that are offered to choose from.
TAGS = 200


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What is looked for; empty fields ask for nothing."""

    said: str = ""  # as it was typed: 3-2-501, 陈建国, cjg, 8000
    building: str = ""
    unit: str = ""
    tag: str = ""
    role: ResidentRole | None = None
    is_bound: bool | None = None
    by_phone: bool = False  # also by a phone number or its end: for who may see it, else one learns whose it is
    is_gone: bool | None = False  # who lived here and does no more, instead of who does; None: both
    hidden: frozenset[str] = frozenset()  # tags that whoever looks may not read: nobody is found by them, or by a part of them


@dataclass(frozen=True, kw_only=True)
class Found(Generic[T]):
    """One page of what was found, and how much there is on all pages."""

    rows: Sequence[T]
    total: int
    page: int
    size: int = PAGE  # rows of a page

    @property
    def pages(self) -> int:
        """How many pages there are; one where nothing was found."""
        return max(-(-self.total // self.size), 1)


def people_who(session: Session, wanted: Filter) -> tuple[list[ColumnElement[bool]], Any]:
    """Return what holds of the people who fit, and a table of the ids to begin with; None in its place where nothing was typed."""
    return _people(session, wanted), _found(session, wanted, _persons)


def flats_that(session: Session, wanted: Filter) -> tuple[list[ColumnElement[bool]], Any]:
    """Return the same of flats that fit, or in which somebody lives who does."""
    fits = _flat_fits(wanted)
    if wanted.tag or wanted.role or wanted.is_bound is not None:
        living: Select[Any] = sql_select(col(Residence.household_id)).join(
            Resident, col(Resident.id) == col(Residence.resident_id)
        )
        fits.append(col(Household.id).in_(living.where(lives_there(), *_is(session, wanted))))
    return fits, _found(session, wanted, _homes)


def people(session: Session, wanted: Filter, limit: int = FIRST) -> Sequence[Resident]:
    """Return the first of the people who fit, each once, in the order of the flats they speak for."""
    found: Sequence[Resident] = session.exec(_sorted(Resident, *people_who(session, wanted)).limit(limit)).all()
    return found


def flats(session: Session, wanted: Filter, limit: int = FIRST) -> Sequence[Household]:
    """Return the first of the flats that fit, in the order in which people count them."""
    found: Sequence[Household] = session.exec(_sorted(Household, *flats_that(session, wanted)).limit(limit)).all()
    return found


def flats_called(session: Session, said: str, *, by_phone: bool = False) -> Sequence[int] | Select[Any]:
    """Return the ids of flats that a word means: as they are called, or by name, spelling or number of who lives there, never by a tag.

    For lists of what belongs to flats, whose column `in_` takes it: ids, or the query of them where they are many. Raises ValueError
    where nothing is said.
    """
    [typed, *_] = directory.read(said)
    plain = replace(typed, people=tuple(word for word in typed.people if not word.startswith("t:")))
    meant = sql_select(union(*_homes(session, plain, Filter(by_phone=by_phone))).subquery().c.id)
    ids = session.execute(meant.limit(FEW + 1)).scalars().all()
    return ids if len(ids) <= FEW else meant


def buildings(session: Session) -> Sequence[tuple[str, str, int]]:
    """Return building, unit and number of flats of each staircase, in the order in which people count them."""
    counted = sql_select(col(Household.building), col(Household.unit), func.count(), func.min(col(Household.place)))
    rows = session.execute(counted.group_by(col(Household.building), col(Household.unit))).all()
    return [(building, unit, count) for building, unit, count, _ in sorted(rows, key=lambda row: row[3])]


def tags(session: Session) -> Sequence[str]:
    """Return all tags that people of the community have, the frequent ones first."""
    counted: dict[str, int] = {}
    for (own,) in session.execute(sql_select(col(Resident.tags)).where(col(Resident.id).in_(_tagged()))):
        for tag in own:
            counted[tag] = counted.get(tag, 0) + 1
    return sorted(counted, key=lambda tag: (-counted[tag], tag))


def tags_as_typed(session: Session) -> Sequence[str]:
    """Return all tags, and what they end with, as they are looked for: read from the index of words, while somebody types."""
    words = sql_select(col(DirectoryWord.word)).where(*_own(session), *directory.begins("t:")).distinct()
    return [word.removeprefix("t:") for word in session.execute(words).scalars()]


def _sorted(kind: Any, fits: Sequence[ColumnElement[bool]], found: Any) -> Any:
    """Return the query of all that fit. Few that were found are sorted; without a search the index has the order already."""
    query = select(kind).where(*fits)
    if kind is not Household:
        query = query.join(Household, col(Household.id) == col(Resident.household_id))
    if found is None:
        return query.order_by(col(Household.place), kind.id)
    return query.join(found, found.c.id == kind.id).order_by(col(Household.place) + "", kind.id)


def _found(session: Session, wanted: Filter, which: Callable[[Session, Typed, Filter], Any]) -> Any:
    """Return the ids that were found by what is typed, as a table to begin with; None where nothing was typed."""
    typed = directory.read(wanted.said)
    if not typed:
        return None
    first, *others = ([*which(session, one, wanted)] for one in typed)
    begun = union(*first).subquery()
    ids = sql_select(begun.c.id).where(*(begun.c.id.in_(union(*other)) for other in others))
    return ids.subquery("found")


def _people(session: Session, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return the conditions for people: those on a flat must hold of one and the same residence."""
    fits = [col(Resident.merged_into_id).is_(None), *_is(session, wanted, role=False)]
    now = exists().where(col(Residence.resident_id) == col(Resident.id), lives_there())
    if wanted.is_gone is not None:
        fits.append(~now if wanted.is_gone else now)
    if wanted.building or wanted.unit or wanted.role:
        there = (
            sql_select(col(Residence.resident_id))
            .join(Household, col(Household.id) == col(Residence.household_id))
            .where(*_flat_fits(wanted))
        )
        if wanted.role:
            there = there.where(col(Residence.role) == wanted.role)
        fits.append(col(Resident.id).in_(there.where(lives_there()) if wanted.is_gone is False else there))
    return fits


def _is(session: Session, wanted: Filter, *, role: bool = True) -> list[ColumnElement[bool]]:
    """Return the conditions on a person, wherever they live; with `role` also on the residence beside."""
    fits: list[ColumnElement[bool]] = []
    if wanted.tag:
        known = directory.is_tag(wanted.tag)
        mine = sql_select(col(DirectoryWord.resident_id)).where(*_own(session), known, *_read_by(wanted))
        fits.append(col(Resident.id).in_(mine))
    if wanted.is_bound is not None:
        fits.append(col(Resident.openid).is_not(None) if wanted.is_bound else col(Resident.openid).is_(None))
    if role and wanted.role:
        fits.append(col(Residence.role) == wanted.role)
    return fits


def _flat_fits(wanted: Filter) -> list[ColumnElement[bool]]:
    asked = ((Household.building, wanted.building), (Household.unit, wanted.unit))
    return [col(column) == value for column, value in asked if value]


def _own(session: Session) -> tuple[ColumnElement[bool], ...]:
    """Return the condition for words of the community; said here, too, so that the index begins with it."""
    return (col(DirectoryWord.community_id) == scope.of(session),)


def _read_by(wanted: Filter) -> tuple[ColumnElement[bool], ...]:
    """Return the condition for words that whoever looks may read."""
    return (col(DirectoryWord.word).not_in(sorted(directory.words_of_tags(wanted.hidden))),) if wanted.hidden else ()


def _persons(session: Session, typed: Typed, wanted: Filter) -> Iterator[Any]:
    """Return the queries of people's ids: of those who are called so, and of those who live there."""
    own: Select[Any] = sql_select(col(DirectoryWord.resident_id).label("id")).where(*_own(session))
    living: Select[Any] = (
        sql_select(col(Residence.resident_id).label("id"))
        .join(DirectoryWord, col(DirectoryWord.household_id) == col(Residence.household_id))
        .where(*_own(session), *((lives_there(),) if wanted.is_gone is False else ()))
    )
    yield from (own.where(*directory.begins(one), *_read_by(wanted)) for one in typed.people)
    if wanted.by_phone:
        yield from (sql_select(col(Resident.id).label("id")).where(one) for one in has_phone(session, typed.said))
    yield from (living.where(*directory.begins(one)) for one in typed.flats)


def _homes(session: Session, typed: Typed, wanted: Filter) -> Iterator[Any]:
    """Return the queries of flats' ids: of those that are called so, and of those where such people live."""
    own: Select[Any] = sql_select(col(DirectoryWord.household_id).label("id")).where(*_own(session))
    living: Select[Any] = (
        sql_select(col(Residence.household_id).label("id"))
        .join(DirectoryWord, col(DirectoryWord.resident_id) == col(Residence.resident_id))
        .where(*_own(session), *((lives_there(),) if wanted.is_gone is False else ()), *_read_by(wanted))
    )
    called: Select[Any] = sql_select(col(Residence.household_id).label("id")).join(
        Resident, col(Resident.id) == col(Residence.resident_id)
    )
    yield from (own.where(*directory.begins(one)) for one in typed.flats)
    yield from (living.where(*directory.begins(one)) for one in typed.people)
    if wanted.by_phone:
        yield from (called.where(lives_there(), one) for one in has_phone(session, typed.said))


def _tagged() -> Select[Any]:
    return sql_select(col(DirectoryWord.resident_id)).where(
        col(DirectoryWord.word) >= "t:", col(DirectoryWord.word) < "t;", col(DirectoryWord.resident_id).is_not(None)
    )
