"""Who lives where: flats, people, the flats of each, and the WeChat accounts bound to people.

A person is one row, however many flats are theirs; `Residence` says which, as what, and since when. A WeChat account is bound
to a person, never to a flat: what it may do for a flat follows from where the person lives.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import bindparam, case, delete, event, exists, inspect, update
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Field, Index, Session, SQLModel, UniqueConstraint, col, select

from bot.language.addresses import SHOP, label_of
from bot.model import index_where_known, json_column, maybe_moment, moment, public_id, word
from bot.rosters.rows import RESIDENT_ROLE_WORDS as RESIDENT_ROLE_WORDS
from bot.rosters.rows import ResidentRole as ResidentRole
from bot.sealed import PHONE_END, Search, digest_of, keyring_of, sealed
from bot.store import directory, objections
from bot.store.directory import DirectoryWord
from bot.store.lookup import Lookup
from bot.store.objections import Objection
from bot.store.prepared import Prepared, Row
from bot.store.scope import Scoped
from bot.translation import tr


class Evidence(StrEnum):
    """What proved that somebody belongs to a flat."""

    ROSTER = "roster"  # the property office's own list says so
    PHONE = "phone"  # the last four digits of the number on the roster
    INVITATION = "invitation"  # of somebody who is bound there
    CODE = "code"  # the flat's own code on paper
    STAFF = "staff"  # somebody of the office looked at it


#: What people call them.
EVIDENCE_WORDS = {
    Evidence.ROSTER: tr("物业名册"), Evidence.PHONE: tr("登记手机后四位"), Evidence.INVITATION: tr("家里人同意"), Evidence.CODE: tr("住户码"),
    Evidence.STAFF: tr("物业核对"),
}  # fmt: skip


class Household(Scoped, table=True):
    """One flat: what notices are addressed to and people live in."""

    __table_args__ = (
        UniqueConstraint("community_id", "building", "unit", "room"),
        Index("household_place", "community_id", "place"),
    )

    id: int | None = Field(default=None, primary_key=True)
    building: str  # "3"
    unit: str = ""  # "2"; empty where buildings have no units
    room: str  # "501"
    place: str = Field(default="", sa_type=directory.PLAIN)  # what flats are sorted by; kept below

    @property
    def key(self) -> int:
        """The id of one that is on disk."""
        if self.id is None:
            raise ValueError(f"flat {self.label} is not stored yet")
        return self.id

    @property
    def parts(self) -> tuple[str, str, str]:
        """Building, unit and room."""
        return (self.building, self.unit, self.room)

    @property
    def label(self) -> str:
        """The flat as residents write it: 3栋2单元501."""
        return label_of(self.building, self.unit, self.room)


class Resident(Scoped, table=True):
    """A person of the community, from the roster or approved since. Bound means: `openid` is known."""

    __table_args__ = (index_where_known("resident", "merged_into_id"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    household_id: int = Field(foreign_key="household.id", index=True)  # the flat they speak for: one of theirs, or the last one
    asks_flat: bool = False  # they have several flats and have not said which one they mean
    name: str = ""
    phone: str = sealed("resident.phone")
    phone_digest: str = digest_of("phone", Search.PHONE)
    phone_end: str = digest_of("phone", Search.PHONE_END)  # of its last four digits
    tags: list[str] = json_column(list)  # such as 独居老人
    openid: str | None = Field(default=None, unique=True)
    bound_at: datetime | None = maybe_moment()
    merged_into_id: int | None = Field(default=None, foreign_key="resident.id")  # they are that person, who has all of theirs

    @property
    def key(self) -> int:
        """The id of one that is on disk."""
        if self.id is None:
            raise ValueError("this resident is not stored yet")
        return self.id

    @property
    def about(self) -> str:
        """What events call them."""
        return f"resident:{self.public_id}"


class Residence(Scoped, table=True):
    """That a person belongs to a flat, and as what; one row however often they came back."""

    __table_args__ = (
        UniqueConstraint("resident_id", "household_id"),
        Index("ix_residence_household", "household_id", "moved_out"),
    )

    id: int | None = Field(default=None, primary_key=True)
    resident_id: int = Field(foreign_key="resident.id")
    household_id: int = Field(foreign_key="household.id")
    role: ResidentRole = word(ResidentRole, ResidentRole.FAMILY)
    evidence: Evidence = word(Evidence, Evidence.ROSTER)
    moved_in: date | None = None  # where the office knows the day
    moved_out: date | None = None  # None while they live there
    let_go_at: datetime | None = (
        maybe_moment()
    )  # since when their account speaks for this flat no more, where they asked for that

    @property
    def is_current(self) -> bool:
        """They live there."""
        return self.moved_out is None


class Binding(Scoped, table=True):
    """An openid that is, or was, bound to somebody: what they said under it is theirs to the end."""

    id: int | None = Field(default=None, primary_key=True)
    openid: str = Field(index=True)
    resident_id: int = Field(foreign_key="resident.id", index=True)
    evidence: Evidence = word(Evidence, Evidence.STAFF)
    bound_at: datetime = moment()
    ended_at: datetime | None = maybe_moment()


_BOUND = Lookup(select(Resident).where(Resident.openid == bindparam("sought")))
_RESIDENCES: Lookup[tuple[Residence, Household]] = Lookup(
    select(Residence, Household)
    .join(Household, col(Household.id) == col(Residence.household_id))
    .where(col(Residence.resident_id) == bindparam("whose"))
    .order_by(col(Residence.id))
)
_RESIDENT, _LIVES, _AGAINST = (SQLModel.metadata.tables[name] for name in ("resident", "residence", "objection"))
_KNOWN_THERE = ~exists().where(_AGAINST.c.openid == _RESIDENT.c.openid, _AGAINST.c.household_id == _LIVES.c.household_id)
_HAS_HOME = exists().where(
    _LIVES.c.resident_id == _RESIDENT.c.id, _LIVES.c.moved_out.is_(None), _LIVES.c.let_go_at.is_(None), _KNOWN_THERE
)
_HOW_AT_HOME = Prepared(select(_RESIDENT.c.id, _RESIDENT.c.asks_flat).where(_RESIDENT.c.openid == bindparam("sought"), _HAS_HOME))


#: What the directory knows people and flats by.
_KNOWN_BY = {Household: ("building", "unit", "room"), Resident: ("name", "tags", "merged_into_id")}


@event.listens_for(AnySession, "before_flush")
def _place(session: AnySession, _context: object, _instances: object) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, Household):
            row.place = directory.place_of(row.building, row.unit, row.room)


@event.listens_for(AnySession, "after_flush")
def _keep_directory(session: AnySession, _context: object) -> None:
    """Keep the directory in step, whoever has written; in the same flush, so that nobody can forget it."""
    changed = [
        row for row in (*session.new, *session.dirty) if isinstance(row, Household | Resident) and _is_known_otherwise(row)
    ]
    if changed:
        _index(session, changed)


def _is_known_otherwise(row: Household | Resident) -> bool:
    state = inspect(row)
    return not state.persistent or any(state.attrs[name].history.has_changes() for name in _KNOWN_BY[type(row)])


def _index(session: AnySession, rows: Sequence[Household | Resident]) -> None:
    flats = {
        (one.community_id, one.key): directory.words_of_flat(one.building, one.unit, one.room)
        for one in rows if isinstance(one, Household)
    }  # fmt: skip
    persons = {
        (one.community_id, one.key): directory.words_of_person(one.public_id, one.name, one.tags)
        if one.merged_into_id is None else ()
        for one in rows if isinstance(one, Resident)
    }  # fmt: skip
    directory.renew(session.connection(), persons, flats)


def index_again(session: Session, people: Sequence[int], flats: Sequence[int]) -> None:
    """Give words anew to people and flats that were written without their objects; those that are gone have none."""
    for begin in range(0, len(flats), directory.AT_ONCE):
        some = select(Household).where(col(Household.id).in_(flats[begin : begin + directory.AT_ONCE]))
        _index(session, session.exec(some).all())
    for begin in range(0, len(people), directory.AT_ONCE):
        those = select(Resident).where(col(Resident.id).in_(people[begin : begin + directory.AT_ONCE]))
        _index(session, session.exec(those).all())


def forget_words(session: Session, people: Sequence[int]) -> None:
    """Take their words from people who are given them anew later, or are no more."""
    for begin in range(0, len(people), directory.AT_ONCE):
        theirs = col(DirectoryWord.resident_id).in_(people[begin : begin + directory.AT_ONCE])
        session.execute(delete(DirectoryWord).where(theirs))


def index_missing(session: Session, limit: int = 2000) -> int:
    """Give words to people and flats that have none, the newest first, as after an upgrade; returns how many got some."""
    words = SQLModel.metadata.tables["directory_word"]  # no entity: narrowed to a community, all its words would be read
    flat_known, person_known = (
        exists().where(words.c.household_id == col(Household.id)),
        exists().where(words.c.resident_id == col(Resident.id)),
    )
    flats = select(Household).where(~flat_known).order_by(col(Household.id).desc())
    persons = select(Resident).where(~person_known, col(Resident.merged_into_id).is_(None)).order_by(col(Resident.id).desc())
    rows: list[Household | Resident] = [*session.exec(flats.limit(limit)).all(), *session.exec(persons.limit(limit)).all()]
    _index(session, rows)
    return len(rows)


def bound(session: Session, openid: str) -> Resident | None:
    """Return who is bound to an openid, None if nobody is."""
    return _BOUND.first(session, sought=openid)


def bound_among(session: Session, openids: Collection[str]) -> dict[str, Resident]:
    """Return who is bound to each of several openids, of those to which somebody is."""
    found = session.exec(select(Resident).where(col(Resident.openid).in_(openids))).all() if openids else ()
    return {one.openid: one for one in found if one.openid}


def has_home(session: Session, openid: str) -> bool:
    """Tell whether an openid is bound to somebody who has a flat that knows it (`homes`), without fetching them."""
    return _how_at_home(session, openid) is not None


def asks_flat(session: Session, openid: str) -> bool | None:
    """Tell whether who is bound to an openid must be asked which of their flats they mean; None for who has none."""
    row = _how_at_home(session, openid)
    return None if row is None else bool(row[1])


#: Where a session remembers who is at home, which a turn asks up to eight times.
_REMEMBERED = "at home"


def _how_at_home(session: Session, openid: str) -> Row | None:
    known: dict[str, Row | None] = session.info.setdefault(_REMEMBERED, {})
    if openid not in known:
        known[openid] = _HOW_AT_HOME.first(session, sought=openid)
    return known[openid]


@event.listens_for(AnySession, "after_soft_rollback")
def _forget_taken_back(session: AnySession, _before: object) -> None:
    _forget_homes(session)


@event.listens_for(AnySession, "after_flush")
def _forget_changed(session: AnySession, _context: object) -> None:
    rows = (*session.new, *session.dirty, *session.deleted)
    if _REMEMBERED in session.info and any(isinstance(row, Resident | Residence | Objection) for row in rows):
        _forget_homes(session)


@event.listens_for(AnySession, "do_orm_execute")
def _forget_written(state: ORMExecuteState) -> None:
    if not state.is_select:
        _forget_homes(state.session)


def _forget_homes(session: AnySession) -> None:
    """Forget them in place: who goes back to another scope (`scope.within`) finds nothing that was true before it."""
    session.info.get(_REMEMBERED, {}).clear()


#: A phone number, or its end, as people write it.
_PHONE = re.compile(r"\+?[\d０-９][\d０-９ \-－]*")


def is_number(words: str) -> bool:
    """Tell whether words may be a phone number or its last four digits, which may be a room as well."""
    return _PHONE.fullmatch(words.strip()) is not None and len(Search.PHONE.of(words)) >= PHONE_END


def has_phone(session: Session, words: str) -> list[ColumnElement[bool]]:
    """Return the conditions for people whose phone number, or whose number's last four digits, the words are; none for others."""
    if not _PHONE.fullmatch(words.strip()):
        return []
    ring = keyring_of(session.get_bind().dialect)
    if len(Search.PHONE.of(words)) == PHONE_END:
        return [col(Resident.phone_end) == ring.digest(Search.PHONE_END.of(words), Search.PHONE_END)]
    return [col(Resident.phone_digest) == ring.digest(Search.PHONE.of(words), Search.PHONE)]


def by_public_id(session: Session, key: str) -> Resident | None:
    """Return the person of a public id; of one who was merged into another, that other.

    A ring of people merged into each other, which two mergers at once could make before they waited for each other, ends at its last.
    """
    found = session.exec(select(Resident).where(Resident.public_id == key)).first()
    seen = set[int]()
    while found is not None and found.merged_into_id is not None and found.key not in seen:
        seen.add(found.key)
        found = session.get(Resident, found.merged_into_id)
    return found


def flats_of(session: Session, residents: Iterable[Resident]) -> dict[int, Household]:
    """Return the flats that people speak for, by their ids."""
    wanted = {one.household_id for one in residents}
    return {flat.key: flat for flat in session.exec(select(Household).where(col(Household.id).in_(wanted))).all()}


def by_public_ids(session: Session, keys: Collection[str]) -> dict[str, Resident]:
    """Return the people of several public ids; of those who were merged into another, that other."""
    found = {one.public_id: one for one in session.exec(select(Resident).where(col(Resident.public_id).in_(keys))).all()}
    merged = {key: stays for key, one in found.items() if one.merged_into_id and (stays := by_public_id(session, key))}
    return found | merged


def label_in_sql() -> ColumnElement[str]:
    """Return the label of a row of flats, as `label_of` writes it."""
    building = case((col(Household.building) == SHOP, SHOP), else_=col(Household.building) + "栋")
    unit = case((col(Household.unit).in_(("", SHOP)), col(Household.unit)), else_=col(Household.unit) + "单元")
    return building + unit + col(Household.room)


def lives_there() -> ColumnElement[bool]:
    """Return the condition for residences of people who live there now."""
    return col(Residence.moved_out).is_(None)


def is_spoken_for() -> ColumnElement[bool]:
    """Return the condition for residences for which the account of their person speaks, where they have one."""
    return col(Residence.let_go_at).is_(None)


def of_household(session: Session, household: Household) -> list[Resident]:
    """Return who lives in a flat, in the order of the roster."""
    return of_households(session, [household.key])[household.key]


def of_households(session: Session, ids: Collection[int]) -> dict[int, list[Resident]]:
    """Return who lives in each of these flats, in the order of the roster."""
    found: dict[int, list[Resident]] = {one: [] for one in ids}
    rows = select(col(Residence.household_id), Resident).join(Resident, col(Resident.id) == col(Residence.resident_id))
    here = rows.where(col(Residence.household_id).in_(found), lives_there()).order_by(col(Residence.id))
    for household, resident in session.exec(here):
        found[household].append(resident)
    return found


def bound_at(session: Session, household: Household) -> list[Resident]:
    """Return who lives in a flat and has an account that speaks for it, in the order of the roster."""
    theirs = select(Resident).join(Residence, col(Residence.resident_id) == col(Resident.id))
    here = theirs.where(
        Residence.household_id == household.key, lives_there(), is_spoken_for(), col(Resident.openid).is_not(None)
    )
    return list(session.exec(here.order_by(col(Residence.id))).all())


def residents_at(session: Session, household: Household) -> Sequence[tuple[Residence, Resident]]:
    """Return who lives in a flat and who lived there: who lives there first, then who left last."""
    theirs = select(Residence, Resident).join(Resident, col(Resident.id) == col(Residence.resident_id))
    here = theirs.where(col(Residence.household_id) == household.id, col(Resident.merged_into_id).is_(None))
    rows = session.exec(here.order_by(col(Residence.id))).all()
    return sorted(rows, key=lambda row: row[0].moved_out or date.max, reverse=True)


def residences_of(session: Session, resident: Resident) -> Sequence[tuple[Residence, Household]]:
    """Return where somebody lives and lived: what holds first, then in the order of coming."""
    return sorted(_RESIDENCES.all(session, whose=resident.id), key=lambda row: not row[0].is_current)


def residences_of_all(session: Session, ids: Sequence[int]) -> Sequence[tuple[Residence, Household]]:
    """Return where each of these people lives and lived, in the order of coming."""
    found: list[tuple[Residence, Household]] = []
    for begin in range(0, len(ids), directory.AT_ONCE):
        theirs = select(Residence, Household).join(Household, col(Household.id) == col(Residence.household_id))
        part = theirs.where(col(Residence.resident_id).in_(ids[begin : begin + directory.AT_ONCE]))
        found += session.exec(part.order_by(col(Residence.id))).all()
    return found


def homes(session: Session, resident: Resident) -> list[Household]:
    """Return the flats somebody has now, the one they speak for first; none that does not know their account, or that it has let go."""
    against = objections.flats_against(session, resident.openid) if resident.openid else ()
    own = [(one, flat) for one, flat in residences_of(session, resident) if one.is_current and flat.id not in against]
    now = [flat for one, flat in own if resident.openid is None or one.let_go_at is None]
    return sorted(now, key=lambda flat: flat.id != resident.household_id)


def residence(session: Session, resident: Resident, household: Household) -> Residence | None:
    """Return as what somebody lives or lived in a flat."""
    theirs = select(Residence).where(Residence.resident_id == resident.id, Residence.household_id == household.id)
    return session.exec(theirs).first()


def settle(
    session: Session, household: Household, *, name: str = "", role: ResidentRole = ResidentRole.FAMILY, phone: str = "",
    tags: Sequence[str] = (), evidence: Evidence = Evidence.ROSTER, on: date | None = None,
) -> Resident:  # fmt: skip
    """Put a new person on the roster of a flat."""
    resident = Resident(household_id=household.key, name=name, phone=phone, tags=list(tags))
    session.add(resident)
    session.flush()
    move_in(session, resident, household, role, evidence=evidence, on=on)
    return resident


def move_in(
    session: Session, resident: Resident, household: Household, role: ResidentRole, *,
    evidence: Evidence = Evidence.ROSTER, on: date | None = None,
) -> Residence:  # fmt: skip
    """Let somebody belong to a flat, anew if they did before. Whoever has several is asked which one they mean."""
    found = residence(session, resident, household) or Residence(resident_id=resident.key, household_id=household.key)
    is_new = found.id is None or not found.is_current
    found.role, found.moved_out, found.let_go_at = role, None, None
    if is_new:
        found.evidence, found.moved_in = evidence, on or found.moved_in
    session.add(found)
    session.flush()
    if is_new:
        _speak_for(session, resident)
    return found


def come_back(session: Session, resident: Resident, household: Household) -> Residence:
    """Let somebody belong to a flat as they did: as what, since when and by what evidence stay as they were."""
    found = residence(session, resident, household)
    if found is None:
        raise LookupError(f"{resident.public_id} never lived in {household.label}")
    found.moved_out = found.let_go_at = None
    session.add(found)
    session.flush()
    _speak_for(session, resident)
    return found


def let_go(session: Session, resident: Resident, household: Household, now: datetime) -> bool:
    """Let somebody's account speak for a flat no more, whose they stay; returns whether it speaks for none."""
    found = residence(session, resident, household)
    if found is not None and found.is_current:
        found.let_go_at = now
        session.add(found)
        session.flush()
    return not _speak_for(session, resident)


def move_out(session: Session, resident: Resident, household: Household, on: date) -> bool:
    """Let somebody belong to a flat no more; returns whether no flat is left to them."""
    found = residence(session, resident, household)
    if found is not None and found.is_current:
        found.moved_out = on
        session.add(found)
        session.flush()
    return not _speak_for(session, resident)


def _speak_for(session: Session, resident: Resident) -> list[Household]:
    """Let somebody speak for a flat they have, and be asked where they have several; returns their flats."""
    flats = homes(session, resident)
    if flats:
        resident.household_id = flats[0].key
    resident.asks_flat = len(flats) > 1
    session.add(resident)
    return flats


def speak_anew(session: Session, resident: Resident) -> None:
    """Let somebody speak for a flat they have, after their flats were changed elsewhere."""
    _speak_for(session, resident)
    session.flush()


def also_known(session: Session, residents: Collection[Resident]) -> Sequence[Resident]:
    """Return those who were merged into one of these people, also by way of others: what happened to them happened to who stayed."""
    known, found = {one.key for one in residents}, list[Resident]()
    last = set(known)
    while last:
        rows = session.exec(select(Resident).where(col(Resident.merged_into_id).in_(last)).order_by(col(Resident.id))).all()
        found += [one for one in rows if one.key not in known]
        last = {one.key for one in rows} - known
        known |= last
    return found


def speak_for(session: Session, resident: Resident, household: Household) -> None:
    """Let somebody mean this one of their flats from now on."""
    resident.household_id, resident.asks_flat = household.key, False
    session.add(resident)


def bind(session: Session, resident: Resident, openid: str, now: datetime, evidence: Evidence = Evidence.STAFF) -> None:
    """Let an openid belong to a resident from now on."""
    resident.openid, resident.bound_at = openid, now
    session.add(resident)
    session.flush()
    _let_none_go(session, resident)
    session.add(Binding(openid=openid, resident_id=resident.key, bound_at=now, evidence=evidence))


def unbind(session: Session, resident: Resident, now: datetime) -> None:
    """Let a resident's openid go; that it was theirs stays known until it is erased."""
    mine = (col(Binding.resident_id) == resident.id, col(Binding.ended_at).is_(None))
    session.execute(update(Binding).where(*mine).values(ended_at=now))
    resident.openid, resident.bound_at = None, None
    session.add(resident)
    _let_none_go(session, resident)


def _let_none_go(session: Session, resident: Resident) -> None:
    """Let the next account of somebody speak for all flats that are theirs: it was the last one that let some of them go."""
    let_go = (col(Residence.resident_id) == resident.id, col(Residence.let_go_at).is_not(None))
    session.execute(update(Residence).where(*let_go).values(let_go_at=None))


def binding_of(session: Session, resident: Resident) -> Binding | None:
    """Return the binding of somebody that holds now; None where there is none."""
    mine = select(Binding).where(Binding.resident_id == resident.id, col(Binding.ended_at).is_(None))
    return session.exec(mine.order_by(col(Binding.id).desc())).first()


def lives_where_unknown(session: Session, resident: Resident, openid: str) -> bool:
    """Tell whether somebody lives in a flat that does not know this account: it is surely not theirs."""
    against = objections.flats_against(session, openid)
    return bool(against) and any(one.is_current and flat.id in against for one, flat in residences_of(session, resident))


def was_anothers(session: Session, resident: Resident, openid: str) -> bool:
    """Tell whether another account than this was ever bound to somebody: what it said and was told is theirs."""
    others = select(Binding.id).where(Binding.resident_id == resident.id, Binding.openid != openid)
    return session.exec(others).first() is not None


def binding_that_ended(session: Session, resident: Resident, at: datetime) -> Binding | None:
    """Return the binding of somebody that ended at this very moment, unless its account is bound by now; None where there is none."""
    theirs = select(Binding).where(Binding.resident_id == resident.id, Binding.ended_at == at).order_by(col(Binding.id).desc())
    found = session.exec(theirs).first()
    return None if found is None or bound(session, found.openid) is not None else found


def bindings_before(session: Session, openid: str) -> Sequence[Binding]:
    """Return the bindings of an account that ended, of people who have no account now: what it did meanwhile is nobody else's."""
    ended = select(Binding).join(Resident, col(Resident.id) == col(Binding.resident_id))
    theirs = (col(Binding.openid) == openid, col(Binding.ended_at).is_not(None), col(Resident.openid).is_(None))
    return session.exec(ended.where(*theirs).order_by(col(Binding.id))).all()


def ever_bound(session: Session, openid: str) -> list[Resident]:
    """Return everybody an openid is or was bound to, in the order of binding."""
    theirs = select(Binding.resident_id).where(Binding.openid == openid)
    return list(session.exec(select(Resident).where(col(Resident.id).in_(theirs)).order_by(col(Resident.id))).all())
