"""Rosters that were taken over: what waits to be looked at, what was done, and how to take it back as one step.

An import keeps what it changed for thirty days, before and after. What has been changed since is not touched when it is undone: it is
named, and the rest is undone where that is wanted.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import defer
from sqlmodel import Field, Session, SQLModel, col
from sqlmodel import select as choose

from bot.errors import Refusal
from bot.model import SHANGHAI, json_column, maybe_moment, moment, public_id
from bot.rosters.rows import Entry, Flat
from bot.sealed import is_unreadable, keyring_of, maybe_sealed_map, sealed_list, with_hashes
from bot.store import directory, events, people, rosterdiff, scope
from bot.store.directory import DirectoryWord
from bot.store.people import Evidence, ResidentRole
from bot.store.rosterdiff import Kind, Person, Plan, label_of
from bot.store.scope import Scoped
from bot.translation import tr, tr_all

T = TypeVar("T")

#: How long an import can be undone, and how long a file that was read waits for its yes.
UNDOABLE, WAITS = timedelta(days=30), timedelta(hours=1)

#: Rows of one statement: far below what either database takes as parameters.
AT_ONCE = 1_000

#: People who are given the words they are found by in the same transaction; of more it is done behind it, in parts, while others write.
INDEXED_AT_ONCE = 500

_COMMUNITIES, _FLATS, _PEOPLE, _LIVES, _WORDS = (
    SQLModel.metadata.tables[name] for name in ("community", "household", "resident", "residence", "directory_word")
)


@dataclass(frozen=True)
class Outcome:
    """What a comparison came to, as a draft keeps it: a page of it is shown without comparing anew, or reading the roster."""

    kept: Mapping[str, Any]

    @classmethod
    def of(cls, plan: Plan) -> "Outcome":
        """Return what is shown of a plan."""
        rows: dict[str, list[Any]] = {kind.value: [step.pack() for step in plan.of(kind)] for kind in Kind}
        rows |= {
            "flats": [label_of(flat) for flat in plan.flats],
            "questions": [[one.line, one.text, one.other] for one in plan.questions],
        }
        return cls({
            "mark": plan.mark, "counts": plan.counts, "living": plan.living, "is_empty": plan.is_empty, "rows": rows,
            "faults": [[fault.place, fault.value, fault.text] for fault in plan.faults], "notes": [chinese for chinese, _ in plan.notes],
            "let_go": plan.let_go, "bound": sum(step.is_bound and not step.is_let_go for step in plan.of(Kind.LEFT)),
        })  # fmt: skip

    def rows(self, of: str) -> list[Any]:
        """Return all that happens in one way, as it was packed: of one of Kind, or flats, or questions."""
        found: list[Any] = self.kept["rows"][of]
        return found

    def __getitem__(self, name: str) -> Any:
        return self.kept[name]


class RosterDraft(Scoped, table=True):
    """A file that was read and waits to be looked at, by whoever sent it and for an hour. Of the file its rows are kept."""

    __tablename__ = "roster_draft"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    person: str = Field(index=True)  # of the staff
    made_at: datetime = moment(index=True)
    file_name: str
    whole: bool = False
    otherwise: list[int] = json_column(list)  # lines whose question is answered the other way
    notes: list[str] = json_column(list)
    personal_rows: list[Any] = sealed_list("roster_draft.personal_rows")  # names and phones: of rosterdiff.Entry.pack
    personal_outcome: dict[str, Any] | None = maybe_sealed_map(
        "roster_draft.personal_outcome"
    )  # of Outcome; None: not compared yet

    def has_expired(self, now: datetime) -> bool:
        """Tell whether it has waited too long to be done."""
        return now >= self.made_at + WAITS

    @property
    def entries(self) -> list[Entry]:
        """The rows of the file."""
        return [Entry.unpack(row) for row in self.personal_rows]


class RosterImport(Scoped, table=True):
    """A roster that was taken over: who did it, from which file, and what it changed."""

    __tablename__ = "roster_import"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    at: datetime = moment(index=True)
    actor: str  # as events name them
    file_name: str
    whole: bool = False
    counts: dict[str, int] = json_column(dict)
    awaits_index: bool = False  # not all of its people can be searched for yet
    personal_changes: dict[str, Any] | None = maybe_sealed_map(
        "roster_import.personal_changes"
    )  # names and phones, before and after; forgotten after UNDOABLE
    undone_at: datetime | None = maybe_moment()
    undone_by: str = ""
    kept: int = 0  # changes that were not undone, for they had been changed since

    @property
    def about(self) -> str:
        """What events call it."""
        return f"roster:{self.public_id}"

    def is_undoable(self, now: datetime) -> bool:
        """Tell whether it can still be taken back."""
        return self.undone_at is None and now < self.at + UNDOABLE


#: Reads no rows of a file before they are asked for: names and phones of thousands, each to be opened.
_WITHOUT_ROWS = defer(RosterDraft.personal_rows)  # type: ignore[arg-type]

# ------------------------------------------------------------------ what waits


def keep(
    session: Session, person: str, file_name: str, entries: Sequence[Entry], notes: Sequence[str], now: datetime, *, whole: bool
) -> RosterDraft:
    """Keep what a file says until it is looked at; what the same person sent before is forgotten."""
    session.execute(delete(RosterDraft).where(col(RosterDraft.person) == person))
    draft = RosterDraft(
        person=person, made_at=now, file_name=file_name[:200], whole=whole, notes=list(notes),
        personal_rows=[entry.pack() for entry in entries],
    )  # fmt: skip
    session.add(draft)
    session.flush()
    return draft


def draft_of(session: Session, key: str, person: str) -> RosterDraft | None:
    """Return what somebody sent, also where it `has_expired` and nobody has cleared it away yet; its rows are read when they are asked for."""
    mine = choose(RosterDraft).where(RosterDraft.public_id == key, RosterDraft.person == person)
    return session.exec(mine.options(_WITHOUT_ROWS)).first()


def outcome_of(session: Session, draft: RosterDraft, now: datetime) -> tuple[Outcome, bool]:
    """Return what a draft would change, and whether that is news: to be kept by `remember`."""
    kept = draft.personal_outcome
    if kept is not None and not is_unreadable(kept) and "let_go" in kept:  # earlier versions did not say who is let go
        return Outcome(kept), False
    plan = rosterdiff.compare(session, draft.entries, today(now), whole=draft.whole, otherwise=draft.otherwise)
    return Outcome.of(plan), True


def remember(session: Session, key: str, outcome: Outcome, *, whole: bool, otherwise: Sequence[int]) -> None:
    """Keep what a draft came to, unless it is gone or taken another way by now."""
    draft = session.exec(choose(RosterDraft).where(RosterDraft.public_id == key).options(_WITHOUT_ROWS)).first()
    if draft is not None and (draft.whole, draft.otherwise) == (whole, list(otherwise)):
        draft.personal_outcome = dict(outcome.kept)
        session.add(draft)


def waiting(session: Session, person: str, now: datetime) -> RosterDraft | None:
    """Return what somebody sent last and has not said yes to, without its rows."""
    mine = choose(RosterDraft).where(RosterDraft.person == person, col(RosterDraft.made_at) > now - WAITS)
    return session.exec(mine.options(_WITHOUT_ROWS, defer(RosterDraft.personal_outcome))).first()  # type: ignore[arg-type]


def drop(session: Session, draft: RosterDraft) -> None:
    """Forget what waits."""
    session.delete(draft)


# ------------------------------------------------------------------ doing


class Changed(Refusal):
    """More differs by now than was looked at."""


def take_over(
    session: Session, entries: Iterable[Entry], now: datetime, *, actor: str, file_name: str, whole: bool = False,
    otherwise: Collection[int] = (), seen: str = "",
) -> RosterImport:  # fmt: skip
    """Do what a file says; raises Refusal for one with faults or nothing new, and where more differs than was `seen`: a plan's mark.

    Of two at once the second waits; nobody else does, for rows may refer to a community whose row is locked without its key.
    """
    session.execute(select(_COMMUNITIES.c.id).where(_COMMUNITIES.c.id == scope.of(session)).with_for_update(key_share=True))
    plan = rosterdiff.compare(session, entries, today(now), whole=whole, otherwise=otherwise)
    if seen and plan.mark != seen:
        raise Changed(
            tr("您看过以后，名册又有了变化，什么都没有导入。请再看一遍不同的地方。"),
            english="the roster has changed since it was looked at, nothing was taken over; look again",
        )
    return carry_out(session, plan, now, actor=actor, file_name=file_name, whole=whole)


def carry_out(session: Session, plan: Plan, now: datetime, *, actor: str, file_name: str, whole: bool = False) -> RosterImport:
    """Do what a plan of this very transaction says; raises Refusal for one with faults or with nothing to do."""
    if plan.faults:
        raise Refusal(tr("文件里还有要改的地方，什么都没有导入。"), english="the roster has faults, nothing was taken over")
    if plan.is_empty:
        raise Refusal(tr("和名册没有不同，不用导入。"), english="the roster says nothing new, nothing was taken over")
    changes = write(session, plan)
    awaits_index = _index(session, [one for one, *_ in (*changes["people"], *changes["own"])], changes["flats"])
    done = RosterImport(
        at=now, actor=actor, file_name=file_name[:200], whole=whole, counts=plan.counts, awaits_index=awaits_index,
        personal_changes=changes,
    )  # fmt: skip
    session.add(done)
    session.flush()
    counts = {name: plan.counts[name] for name in ("flats", "new", "changed", "left")}
    events.record(session, now, "roster.imported", subject=done.about, actor=actor, **counts)
    return done


def write(session: Session, plan: Plan) -> dict[str, Any]:
    """Write what a plan says, but the words that people are found by; returns what was changed, as an import keeps it."""
    session.flush()
    changes: dict[str, Any] = {"flats": [], "people": [], "lives": [], "own": [], "living": []}
    homes = {**plan.homes, **_add_flats(session, plan.flats)}
    changes["flats"] = [homes[flat] for flat in plan.flats]
    _add_people(session, plan, homes, changes)
    _add_lives(session, plan, homes, changes)
    _change(session, plan, changes)
    moved = {after.id for before, after in plan.people if before and _lives_elsewhere(before, after) and after.id is not None}
    speak_again(session, moved)
    return changes


def _index(session: Session, those: Sequence[int], flats: Sequence[int]) -> bool:
    """Give people and flats the words they are found by; tells whether that is left to be done behind it, for there are many."""
    if len(those) + len(flats) > INDEXED_AT_ONCE:
        people.forget_words(session, those)
        return True
    people.index_again(session, those, flats)
    return False


def awaiting_index(session: Session) -> bool:
    """Tell whether anybody of an import cannot be searched for yet."""
    return session.exec(choose(RosterImport.id).where(col(RosterImport.awaits_index)).limit(1)).first() is not None


def index_more(session: Session) -> bool:
    """Give words to some of those who have none; False, and no import awaits it any more, where there is nobody."""
    if people.index_missing(session, INDEXED_AT_ONCE):
        return True
    session.execute(update(RosterImport).where(col(RosterImport.awaits_index)).values(awaits_index=False))
    return False


#: Residents and flats, by id: who belongs to which since, or no more.
Moves = Sequence[tuple[int, int]]


def moves(session: Session, done: RosterImport) -> tuple[Moves, Moves]:
    """Return who, known before, has left which flat by an import, and who has come to which; by their ids."""
    changes = done.personal_changes or {"people": [], "lives": [], "living": []}
    new = {id_ for id_, _ in changes["people"]}
    turned = {
        id_: became["moved_out"] for id_, was, became in changes["living"] if (not was["moved_out"]) != (not became["moved_out"])
    }
    left: list[tuple[int, int]] = []
    came = [(who, home) for who, home, said in changes["lives"] if who not in new and not said["moved_out"]]
    for some in _by_and_by(turned):
        rows = session.execute(select(_LIVES.c.id, _LIVES.c.resident_id, _LIVES.c.household_id).where(_LIVES.c.id.in_(some)))
        for id_, who, home in rows:
            (left if turned[id_] else came).append((who, home))
    return left, came


def _add_flats(session: Session, flats: Sequence[Flat]) -> dict[Flat, int]:
    here = scope.of(session)
    if not flats:
        return {}
    _insert(
        session,
        _FLATS,
        (
            {"community_id": here, "building": one, "unit": two, "room": three, "place": directory.place_of(one, two, three)}
            for one, two, three in flats
        ),
    )
    rows = session.execute(
        select(_FLATS.c.building, _FLATS.c.unit, _FLATS.c.room, _FLATS.c.id).where(_FLATS.c.community_id == here)
    )
    wanted = set(flats)
    return {(one, two, three): id_ for one, two, three, id_ in rows if (one, two, three) in wanted}


def _add_people(session: Session, plan: Plan, homes: Mapping[Flat, int], changes: dict[str, Any]) -> None:
    new = {public_id(): after for before, after in plan.people if before is None}
    here = scope.of(session)
    _insert(
        session, _PEOPLE,
        (
            {
                "community_id": here, "public_id": key, "household_id": homes[(one.current or list(one.lives))[0]],
                "asks_flat": len(one.current) > 1, "name": one.name, "phone": one.phone, "tags": list(one.tags), "openid": None,
                "bound_at": None, "merged_into_id": None,
            }
            for key, one in new.items()
        ),
    )  # fmt: skip
    for some in _by_and_by(new):
        for key, id_ in session.execute(select(_PEOPLE.c.public_id, _PEOPLE.c.id).where(_PEOPLE.c.public_id.in_(some))):
            new[key].id = id_
            changes["people"].append([id_, new[key].kept])


def _add_lives(session: Session, plan: Plan, homes: Mapping[Flat, int], changes: dict[str, Any]) -> None:
    new = [(one, flat, living) for _, one in plan.people for flat, living in one.lives.items() if living.id is None]
    here = scope.of(session)
    _insert(
        session, _LIVES,
        (
            {
                "community_id": here, "resident_id": one.id, "household_id": homes[flat], "role": living.role,
                "evidence": Evidence.ROSTER, "moved_in": living.moved_in, "moved_out": living.moved_out,
            }
            for one, flat, living in new
        ),
    )  # fmt: skip
    changes["lives"] = [[one.id, homes[flat], living.kept] for one, flat, living in new]


def _change(session: Session, plan: Plan, changes: dict[str, Any]) -> None:
    for before, after in plan.people:
        if before is None:
            continue
        if before.kept != after.kept:
            changes["own"].append([after.id, before.kept, after.kept])
        for flat, living in after.lives.items():
            was = before.lives.get(flat)
            if was is not None and was != living:
                changes["living"].append([living.id, was.kept, living.kept])
    _write_own(session, ((id_, after) for id_, _, after in changes["own"]))
    _write_living(session, ((id_, after) for id_, _, after in changes["living"]))


def _lives_elsewhere(before: Person, after: Person) -> bool:
    return set(before.current) != set(after.current)


def _write_own(session: Session, values: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    _update(session, _PEOPLE, ({"key": id_, **said} for id_, said in values), ("name", "phone", "tags"))


def _write_living(session: Session, values: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    _update(session, _LIVES, ({"key": id_, **_living(said)} for id_, said in values), ("role", "moved_in", "moved_out"))


def _living(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `Living.kept` gave, as the database takes it."""
    return {
        "role": ResidentRole(kept["role"]), "moved_in": kept["moved_in"] and date.fromisoformat(kept["moved_in"]),
        "moved_out": kept["moved_out"] and date.fromisoformat(kept["moved_out"]),
    }  # fmt: skip


def speak_again(session: Session, people: Iterable[int]) -> None:
    """Let people whose flats changed speak for one they have, and be asked where they have several, as when one moves in or out."""
    flats: dict[int, list[int]] = defaultdict(list)
    means: dict[int, int] = {}
    for some in _by_and_by(people):
        living = select(_LIVES.c.resident_id, _LIVES.c.household_id).where(
            _LIVES.c.resident_id.in_(some), _LIVES.c.moved_out.is_(None), _LIVES.c.let_go_at.is_(None)
        )
        for who, flat in session.execute(living.order_by(_LIVES.c.id)):
            flats[who].append(flat)
        means |= {
            id_: flat for id_, flat in session.execute(select(_PEOPLE.c.id, _PEOPLE.c.household_id).where(_PEOPLE.c.id.in_(some)))
        }
    _update(
        session, _PEOPLE,
        (
            {"key": who, "household_id": means[who] if means[who] in theirs else theirs[0], "asks_flat": len(theirs) > 1}
            for who in means if (theirs := flats[who])
        ),
        ("household_id", "asks_flat"),
    )  # fmt: skip
    _update(session, _PEOPLE, ({"key": who, "asks_flat": False} for who in means if not flats[who]), ("asks_flat",))


# ------------------------------------------------------------------ giving out


def entries(session: Session) -> list[Entry]:
    """Return the roster as it stands, in the order of the flats: who lives there, and flats in which nobody does."""
    homes, everybody = rosterdiff.load(session)
    here: dict[Flat, list[Person]] = {flat: [] for flat in sorted(homes, key=_in_order)}
    for person in everybody:
        for flat in person.current:
            here[flat].append(person)
    named = {flat: [one for one in theirs if one.name] for flat, theirs in here.items()}
    rows: list[tuple[Flat, Person | None]] = [(flat, one) for flat, theirs in named.items() for one in (theirs or (None,))]
    return [_entry(line, flat, person) for line, (flat, person) in enumerate(rows, 2)]


def _entry(line: int, flat: Flat, person: Person | None) -> Entry:
    if person is None:
        return Entry(line=line, flat=flat)
    living = person.lives[flat]
    return Entry(
        line=line, flat=flat, name=person.name, phone=person.phone, role=living.role, tags=person.tags, moved_in=living.moved_in
    )  # fmt: skip


def _in_order(flat: Flat) -> list[list[tuple[bool, int, str]]]:
    """Let building 10 stand behind building 9."""
    pieces = [re.findall(r"([0-9]+)|([^0-9]+)", part) for part in flat]
    return [[(not digits, int(digits or 0), other) for digits, other in part] for part in pieces]


# ------------------------------------------------------------------ taking back


def listed(session: Session, limit: int = 50) -> Sequence[RosterImport]:
    """Return what was taken over, the newest first, without what it changed."""
    newest = choose(RosterImport).order_by(col(RosterImport.id).desc()).limit(limit)
    return session.exec(newest.options(defer(RosterImport.personal_changes))).all()  # type: ignore[arg-type]


def names(session: Session, keys: Collection[str]) -> Mapping[str, str]:
    """Return the names of the files of imports, by their public ids, without what they changed."""
    asked = choose(RosterImport.public_id, RosterImport.file_name).where(col(RosterImport.public_id).in_(keys))
    return dict(session.exec(asked).all())


def find(session: Session, key: str) -> RosterImport | None:
    """Return an import by its public id."""
    return session.exec(choose(RosterImport).where(RosterImport.public_id == key)).first()


@dataclass(frozen=True, kw_only=True)
class Undoing:
    """What taking an import back would do; `since` names what was changed after it and would stay."""

    own: Sequence[tuple[int, Mapping[str, Any]]]  # values of before
    living: Sequence[tuple[int, Mapping[str, Any]]]
    lives: Sequence[int]  # to be deleted, as are these people and flats
    people: Sequence[int]
    flats: Sequence[int]
    moved: Sequence[int]  # people who stay, with other flats
    left: Moves  # of them, by this
    came: Moves
    since: Sequence[str] = ()


def look_back(session: Session, done: RosterImport) -> Undoing:
    """Return what taking an import back would do now."""
    session.flush()
    changes = done.personal_changes or {"flats": [], "people": [], "lives": [], "own": [], "living": []}
    return _Review(session, changes).run()


def undo(session: Session, done: RosterImport, now: datetime, *, actor: str, rest: bool = False) -> Undoing:
    """Take an import back; raises Refusal where something was changed since, unless the `rest` is to be undone."""
    if done.undone_at is not None:
        raise Refusal(tr("这次导入已经撤销过了。"), english="this import has been undone already")
    if not done.is_undoable(now) or done.personal_changes is None:
        raise Refusal(
            tr("超过 {days} 天，不能再撤销。请把要改的导入一遍。", days=UNDOABLE.days),
            english=f"it is more than {UNDOABLE.days} days old; import what should be instead",
        )
    back = look_back(session, done)
    if back.since and not rest:
        raise Refusal(
            tr("有 {since} 处后来改过：{since2}。可以只撤销其余的。", since=len(back.since), since2=tr_all("；", back.since[:5])),
            english=f"{len(back.since)} things were changed since: {'; '.join(back.since[:5])}; undo the rest with --rest",
        )
    _write_own(session, back.own)
    _write_living(session, back.living)
    _delete(session, _LIVES, back.lives)
    speak_again(session, back.moved)
    done.awaits_index = _index(session, [one for one, _ in back.own], ())
    people.forget_words(session, back.people)
    for some in _by_and_by(back.flats):
        session.execute(delete(DirectoryWord).where(col(DirectoryWord.household_id).in_(some)))
    _delete(session, _PEOPLE, back.people)
    _delete(session, _FLATS, back.flats)
    session.expire_all()
    done.undone_at, done.undone_by, done.kept, done.personal_changes = now, actor, len(back.since), None
    session.add(done)
    session.flush()
    events.record(
        session, now, "roster.undone", subject=done.about, actor=actor, **({"kept": len(back.since)} if back.since else {})
    )
    return back


class _Review:
    """One import held against what the roster has become."""

    def __init__(self, session: Session, changes: Mapping[str, Any]) -> None:
        self.session, self.changes = session, changes
        self.homes, everybody = rosterdiff.load(session)
        self.people = {one.id: one for one in everybody if one.id is not None}
        self.by_home = {id_: flat for flat, id_ in self.homes.items()}
        self.since: list[str] = []

    def run(self) -> Undoing:
        new = {id_: said for id_, said in self.changes["people"]}
        ours = {(who, home): said for who, home, said in self.changes["lives"]}
        gone = self._people_to_go(new, ours)
        own = [(id_, was) for id_, was, became in self.changes["own"] if self._is_own_as_left(id_, became)]
        living, left, came = self._living_back()
        lives: list[int] = []
        for (who, home), said in ours.items():
            if who in new and who not in gone:
                continue  # stays with them
            found = self._living_of(who, home)
            if found is None:
                continue
            if who not in gone and found[1].kept != said:
                self._tell(who, home, tr("住在这里的情况后来改过"))
                continue
            if found[1].id is not None:
                lives.append(found[1].id)
            if who not in gone and not said["moved_out"]:
                left.append((who, home))
        moved = {who for who, _ in (*left, *came)}
        flats = self._flats_to_go(set(lives), set(gone), moved)
        return Undoing(
            own=own, living=living, lives=lives, people=list(gone), flats=flats, moved=sorted(moved), left=left, came=came,
            since=tuple(self.since),
        )  # fmt: skip

    def _people_to_go(self, new: Mapping[int, Mapping[str, Any]], ours: Mapping[tuple[int, int], Mapping[str, Any]]) -> list[int]:
        used = _referring(self.session, _PEOPLE, list(new), but=(_LIVES, _WORDS))
        theirs: dict[int, int] = defaultdict(int)
        for who, _ in ours:
            theirs[who] += 1
        gone = []
        for id_, said in new.items():
            one = self.people.get(id_)
            if one is None:
                self._tell(id_, 0, tr("后来并入了别人，或删掉了"))
                continue
            places = {self.homes[flat]: living.kept for flat, living in one.lives.items()}
            if one.is_bound or id_ in used:
                self._tell(id_, 0, tr("后来绑定了微信，或有了记录"))
            elif (
                one.kept != said
                or len(places) != theirs[id_]
                or any(ours.get((id_, home)) != kept for home, kept in places.items())
            ):
                self._tell(id_, 0, tr("后来改过"))
            else:
                gone.append(id_)
        return gone

    def _is_own_as_left(self, id_: int, became: Mapping[str, Any]) -> bool:
        one = self.people.get(id_)
        if one is None or one.kept != became:
            self._tell(id_, 0, tr("姓名、电话或标签后来改过"))
            return False
        return True

    def _living_back(self) -> tuple[list[tuple[int, Mapping[str, Any]]], list[tuple[int, int]], list[tuple[int, int]]]:
        """Return what residences were before, who has left which flat by that, and who has come back to which."""
        known = {living.id: (who, flat, living) for who, one in self.people.items() for flat, living in one.lives.items()}
        back: list[tuple[int, Mapping[str, Any]]] = []
        left: list[tuple[int, int]] = []
        came: list[tuple[int, int]] = []
        for id_, was, became in self.changes["living"]:
            who, flat, living = known.get(id_, (0, None, None))
            if living is None or flat is None or living.kept != became:
                self._tell(who, self.homes[flat] if flat else 0, tr("身份或入住、迁出日期后来改过"))
            else:
                back.append((id_, was))
                if bool(was["moved_out"]) != bool(became["moved_out"]):
                    (left if was["moved_out"] else came).append((who, self.homes[flat]))
        return back, left, came

    def _living_of(self, who: int, home: int) -> tuple[Flat, rosterdiff.Living] | None:
        one, flat = self.people.get(who), self.by_home.get(home)
        found = one.lives.get(flat) if one and flat else None
        return (flat, found) if flat and found else None

    def _flats_to_go(self, lives: set[int], people: set[int], moved: set[int]) -> list[int]:
        """Return the new flats that nothing needs: neither somebody who stays nor anything that was done since."""
        flats = [id_ for id_ in self.changes["flats"] if id_ in self.by_home]
        used = _referring(self.session, _FLATS, flats, but=(_LIVES, _PEOPLE, _WORDS))
        for some in _by_and_by(flats):
            stay = select(_LIVES.c.id, _LIVES.c.household_id).where(_LIVES.c.household_id.in_(some))
            used |= {home for id_, home in self.session.execute(stay) if id_ not in lives}
            speak = select(_PEOPLE.c.id, _PEOPLE.c.household_id).where(_PEOPLE.c.household_id.in_(some))
            used |= {home for id_, home in self.session.execute(speak) if id_ not in people | moved}
        for id_ in flats:
            if id_ in used:
                self.since.append(tr("{label_of}：后来有人住或有了记录", label_of=rosterdiff.label_of(self.by_home[id_])))
        return [id_ for id_ in flats if id_ not in used]

    def _tell(self, who: int, home: int, what: str) -> None:
        one = self.people.get(who)
        flat = self.by_home.get(home) or (next(iter(one.lives), None) if one else None)
        whose = " ".join(filter(None, (rosterdiff.label_of(flat) if flat else "", one.name if one else tr("已经不在名册里的人"))))
        self.since.append(tr("{whose}：{what}", whose=whose, what=what))


def prune(session: Session, now: datetime) -> None:
    """Forget files that nobody said yes to, and what imports changed that cannot be undone any more."""
    session.execute(delete(RosterDraft).where(col(RosterDraft.made_at) <= now - WAITS))
    old = (col(RosterImport.at) <= now - UNDOABLE, col(RosterImport.personal_changes).is_not(None))
    session.execute(update(RosterImport).where(*old).values(personal_changes=None))


# ------------------------------------------------------------------ many rows at once


def _by_and_by(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _insert(session: Session, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    ring = keyring_of(session.get_bind().dialect)
    for some in _by_and_by(rows):
        session.connection().execute(insert(table), [with_hashes(table, row, ring) for row in some])


def _update(session: Session, table: Table, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Write `columns` of the rows whose id is `key`; none of another community is among them, for all were read in the scope."""
    ring = keyring_of(session.get_bind().dialect)
    columns = tuple(with_hashes(table, dict.fromkeys(columns, ""), ring))
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
    statement = update(table).where(table.c.id == bindparam("key")).values(values)
    for some in _by_and_by(with_hashes(table, row, ring) for row in rows):
        session.connection().execute(
            statement, [{"key": row["key"], **{f"new_{name}": row[name] for name in columns}} for row in some]
        )
    session.expire_all()


def _delete(session: Session, table: Table, ids: Sequence[int]) -> None:
    for some in _by_and_by(ids):
        session.connection().execute(delete(table).where(table.c.id.in_(some)))


def _referring(session: Session, table: Table, ids: Sequence[int], but: Sequence[Table]) -> set[int]:
    """Return which of these rows any other table refers to, a service's own tables among them."""
    found: set[int] = set()
    for other in SQLModel.metadata.tables.values():
        for column in other.c:
            if other not in but and any(key.column is table.c.id for key in column.foreign_keys):
                for some in _by_and_by(ids):
                    found |= set(session.connection().execute(select(column).where(column.in_(some)).distinct()).scalars())
    return found


def today(now: datetime) -> date:
    """Return the day of a moment, where the community is."""
    return now.astimezone(SHANGHAI).date()
