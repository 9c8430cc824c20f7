"""What a roster file would change: its rows held against the people of one community, before anything is written.

A person is known by flat and name, else by phone and name in another flat (then they have two), else by flat and phone: renamed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from statistics import median
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from bot.language import addresses, cells
from bot.language.addresses import SHOP
from bot.language.kinds.phone import written
from bot.rosters.rows import RESIDENT_ROLE_WORDS, Entry, Fault, Flat, ResidentRole
from bot.store import scope
from bot.store.people import Evidence
from bot.translation import tr, tr_all

#: Whole tables are read and written here without an object a row: 20,000 of them would take most of the time.
_FLATS, _PEOPLE, _LIVES = (SQLModel.metadata.tables[name] for name in ("household", "resident", "residence"))

#: A new building is asked about that has fewer flats than FEW where others that have as much have MANY; and what numbers buildings.
FEW, MANY = 3, 6
_NUMBERED = re.compile(r"(?:\w{1,2}[期区])?(?:\d{1,4}[A-Z]?|[A-Z]\d{0,3}|[甲乙丙丁东西南北中])")

#: Floors that a building may have beyond the highest one known before a new flat is asked about, and letters that may be figures.
SPARE_FLOORS = 2
_LIKE_FIGURES = re.compile(r"(?<=\d)[OIL]|[OIL](?=\d)")

#: How somebody came to a flat whom a roster may let move out: who was let in since by a code or by staff is on no office's list.
_BY_ROSTER = (Evidence.ROSTER, Evidence.PHONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that may be as the file says, and should be looked at; `other`: what it can be taken for instead, on a button."""

    line: int
    text: str
    english: str
    other: str = ""


class Kind(StrEnum):
    """What happens to a person."""

    NEW = "new"
    CHANGED = "changed"
    LEFT = "left"


FIELDS: Mapping[str, str] = {
    "name": tr("姓名"), "phone": tr("电话"), "tags": tr("标签"), "role": tr("身份"), "moved_in": tr("入住日期"), "moved_out": tr("迁出日期"), "flat": tr("房屋"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of a person, or of their place in a flat, as it is and as it will be, in words."""

    field: str  # of FIELDS
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happens to one person in one flat."""

    kind: Kind
    line: int  # 0: of somebody who is not in the file
    flat: Flat
    name: str
    changes: tuple[Change, ...]
    is_bound: bool = False
    is_let_go: bool = False  # bound, and without a flat behind it: the account goes with the last one

    @property
    def label(self) -> str:
        """The flat as residents write it."""
        return label_of(self.flat)

    def pack(self) -> list[Any]:
        """Return it as JSON keeps it."""
        return [
            self.kind,
            self.line,
            self.flat,
            self.name,
            [[one.field, one.before, one.after] for one in self.changes],
            self.is_bound,
            self.is_let_go,
        ]

    @classmethod
    def unpack(cls, kept: Sequence[Any]) -> "Step":
        """Return what was packed."""
        kind, line, (building, unit, room), name, changes, is_bound, is_let_go = kept
        changed = tuple(Change(field=field, before=before, after=after) for field, before, after in changes)
        return cls(
            kind=Kind(kind), line=line, flat=(building, unit, room), name=name, changes=changed, is_bound=is_bound, is_let_go=is_let_go
        )  # fmt: skip


@dataclass(slots=True)
class Living:
    """As what somebody lives in a flat; `id` is None until it is written."""

    id: int | None = None
    role: ResidentRole = ResidentRole.FAMILY
    moved_in: date | None = None
    moved_out: date | None = None
    evidence: Evidence = Evidence.ROSTER

    @property
    def shown(self) -> dict[str, str]:
        """Its fields in words."""
        return {"role": RESIDENT_ROLE_WORDS[self.role], "moved_in": _day(self.moved_in), "moved_out": _day(self.moved_out)}

    @property
    def kept(self) -> dict[str, Any]:
        """Its fields as JSON keeps them."""
        return {"role": self.role.value, "moved_in": _day(self.moved_in) or None, "moved_out": _day(self.moved_out) or None}


@dataclass(slots=True, eq=False)
class Person:
    """Somebody as the roster has them, changed row by row into what the file says of them; `id` is None for somebody new."""

    id: int | None = None
    name: str = ""
    phone: str = ""
    tags: tuple[str, ...] = ()
    is_bound: bool = False
    lives: dict[Flat, Living] = field(default_factory=dict)

    @property
    def kept(self) -> dict[str, Any]:
        """Their own fields as JSON keeps them."""
        return {"name": self.name, "phone": self.phone, "tags": list(self.tags)}

    @property
    def current(self) -> list[Flat]:
        """The flats they have now."""
        return [flat for flat, living in self.lives.items() if living.moved_out is None]

    def copy(self) -> "Person":
        """Return them as they are now, whatever is changed later."""
        lives = {
            flat: Living(one.id, one.role, one.moved_in, one.moved_out, one.evidence) for flat, one in self.lives.items()
        }  # fmt: skip
        return Person(self.id, self.name, self.phone, self.tags, self.is_bound, lives)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that would change, in the order of the file."""

    flats: tuple[Flat, ...] = ()  # new ones
    steps: tuple[Step, ...] = ()
    questions: tuple[Question, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()  # in Chinese, in English
    unchanged: int = 0
    people: tuple[tuple[Person | None, Person], ...] = ()  # before and after; None before: somebody new
    homes: Mapping[Flat, int] = field(default_factory=dict)  # the ids of the flats there are
    living: int = 0  # people who live in the community before it
    let_go: int = 0  # accounts that end by it

    def of(self, kind: Kind) -> list[Step]:
        """Return what happens to people in one way."""
        return [step for step in self.steps if step.kind is kind]

    @property
    def counts(self) -> dict[str, int]:
        """How much of what."""
        kinds = {kind.value: len(self.of(kind)) for kind in Kind}
        return {"flats": len(self.flats), **kinds, "questions": len(self.questions), "unchanged": self.unchanged}

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing would change."""
        return not self.flats and not self.steps

    @property
    def mark(self) -> str:
        """A hash of all that was shown: what was looked at is what is done, or it is shown anew."""
        return sha256(repr((self.flats, self.steps, self.questions, self.faults)).encode()).hexdigest()[:32]


def label_of(flat: Flat) -> str:
    """Return a flat as residents write it."""
    return addresses.label_of(*flat)


def key_of(building: str, unit: str, room: str) -> Flat:
    """Return what all ways to write a flat have in common, also those from before cells were read as they are now."""
    try:
        return cells.building(building), cells.unit(unit) if unit else "", cells.room(room)
    except cells.Unreadable:
        return building.strip().upper(), unit.strip().upper(), room.strip().upper()


def compare(
    session: Session, entries: Iterable[Entry], today: date, *, whole: bool = False, otherwise: Collection[int] = ()
) -> Plan:
    """Return what `entries` would change. `whole`: who is not among them has moved out. `otherwise`: lines taken as `other` says."""
    comparison = _Comparison(*load(session), today=today, otherwise=frozenset(otherwise))
    return comparison.run(list(entries), whole=whole)


def load(session: Session, ids: Collection[int] | None = None) -> tuple[dict[Flat, int], list[Person]]:
    """Return the flats of the community by key and its people; only some where their ids are given."""
    here = scope.of(session)
    flats = session.execute(
        select(_FLATS.c.id, _FLATS.c.building, _FLATS.c.unit, _FLATS.c.room)
        .where(_FLATS.c.community_id == here).order_by(_FLATS.c.id)
    )  # fmt: skip
    by_id: dict[int, Flat] = {id_: key_of(building, unit, room) for id_, building, unit, room in flats}
    found = session.execute(
        select(_PEOPLE.c.id, _PEOPLE.c.name, _PEOPLE.c.phone, _PEOPLE.c.tags, _PEOPLE.c.openid)
        .where(_PEOPLE.c.community_id == here, _PEOPLE.c.merged_into_id.is_(None)).order_by(_PEOPLE.c.id)
    )  # fmt: skip
    people = {
        id_: Person(id_, name, phone, tuple(tags), openid is not None) for id_, name, phone, tags, openid in found
        if ids is None or id_ in ids
    }  # fmt: skip
    living = session.execute(
        select(
            _LIVES.c.resident_id, _LIVES.c.household_id, _LIVES.c.id, _LIVES.c.role, _LIVES.c.moved_in, _LIVES.c.moved_out,
            _LIVES.c.evidence,
        ).where(_LIVES.c.community_id == here).order_by(_LIVES.c.id)
    )  # fmt: skip
    for who, where, *said in living:
        if who in people and where in by_id:
            people[who].lives[by_id[where]] = Living(*said)
    homes: dict[Flat, int] = {}
    for id_, flat in by_id.items():
        homes.setdefault(flat, id_)
    return homes, list(people.values())


class _Comparison:
    """One file being held against one roster."""

    def __init__(self, homes: Mapping[Flat, int], people: list[Person], *, today: date, otherwise: frozenset[int]) -> None:
        self.homes, self.people, self.today, self.otherwise = homes, people, today, otherwise
        self.new_flats: dict[Flat, None] = {}
        self.before: dict[Person, Person | None] = {}  # those the file speaks of
        self.lines: dict[tuple[Person, Flat], int] = {}
        self.said: dict[Hashable, tuple[object, int]] = {}
        self.questions: list[Question] = []
        self.faults: list[Fault] = []
        self.late: list[int] = []
        self.gone: list[int] = []
        self.by_name: dict[tuple[Flat, str], dict[Person, None]] = defaultdict(dict)
        self.by_phone_and_name: dict[tuple[str, str], Person] = {}
        self.by_phone: dict[tuple[Flat, str], dict[Person, None]] = defaultdict(dict)
        self.named: set[tuple[Flat, str]] = set()
        for person in people:
            self._index(person)

    def run(self, entries: Sequence[Entry], *, whole: bool) -> Plan:
        living = sum(bool(person.current) for person in self.people)
        self.named = {(entry.flat, cells.name_key(entry.name)) for entry in entries}
        for entry in entries:
            if entry.flat not in self.homes:
                self.new_flats.setdefault(entry.flat)
            if entry.name:
                self._take(entry)
        spoken_of = list(self.before)
        untouched = len(spoken_of) - sum(self._differs(person) for person in spoken_of)
        missing, kept = self._missing() if whole else ([], 0)
        steps = [step for person in spoken_of for step in self._steps(person, self.before[person])]
        left = [self._leaves(person, flat) for person, flat in missing]
        self._ask_of_phones()
        self._ask_of_buildings(entries)
        self._ask_of_flats(entries)
        self.questions.sort(key=lambda question: question.line)
        return Plan(
            flats=tuple(self.new_flats), steps=(*steps, *left), questions=tuple(self.questions), faults=tuple(self.faults),
            notes=tuple(self._notes(kept)), unchanged=untouched, homes=self.homes, living=living,
            let_go=sum(self._is_let_go(person) for person in self.before),
            people=tuple((before, person) for person, before in self.before.items() if self._differs(person)),
        )  # fmt: skip

    # -- who a row means

    def _take(self, entry: Entry) -> None:
        person = self._who(entry)
        if person is None:
            return
        if person.id is None and not person.lives and entry.moved_out and entry.moved_out <= self.today:
            self.gone.append(entry.line)  # left before anybody knew them: nothing is kept of them
            return
        if person not in self.before:
            self.before[person] = None if person.id is None else person.copy()
        self.lines.setdefault((person, entry.flat), entry.line)
        self._write(person, entry)

    def _who(self, entry: Entry) -> Person | None:
        """Return the person of a row, a new one if need be; None where two could be meant, which is told."""
        name, phone = cells.name_key(entry.name), cells.phone_key(entry.phone or "")
        same = list(self.by_name[entry.flat, name])
        if len(same) > 1:
            same = [one for one in same if phone and cells.phone_key(one.phone) == phone]
            if len(same) != 1:
                self._fault(
                    entry, tr("{label_of}有两位{name}，看不出是哪一位。请写上电话，或者先在名册里改其中一位的名字", label_of=label_of(entry.flat), name=entry.name),
                    f"{label_of(entry.flat)} has two people named {entry.name}; add the phone of the one who is meant",
                )  # fmt: skip
                return None
        if same:
            return same[0]
        if phone and (elsewhere := self.by_phone_and_name.get((phone, name))):
            return elsewhere
        here = [one for one in self.by_phone[entry.flat, phone] if phone and self._could_be_renamed(one, entry.flat)]
        if len(here) == 1 and self._is_renamed(entry, here[0]):
            return here[0]
        self._ask_of_nameless(entry)
        return Person()

    def _could_be_renamed(self, person: Person, flat: Flat) -> bool:
        living = person.lives.get(flat)
        return living is not None and living.moved_out is None and (flat, cells.name_key(person.name)) not in self.named

    def _is_renamed(self, entry: Entry, person: Person) -> bool:
        """Ask whether a row renames somebody; tells whether it is taken so."""
        renames = entry.line not in self.otherwise
        where, same = label_of(entry.flat), tr("{name}在文件里叫{name2}，电话没有变", name=person.name, name2=entry.name)
        english = f"{person.name} is {entry.name} in the file, with the same phone"
        if person.name:
            self._ask(
                entry, tr("{where}的{same}：会当作同一个人改名", where=where, same=same) if renames else tr("{where}的{same}：会当作另一个人，加一位新住户", where=where, same=same),
                f"{where}: {english}: taken for a new name" if renames else f"{where}: {english}: taken for somebody else",
                other=tr("不是同一个人") if renames else tr("还是当作同一个人"),
            )  # fmt: skip
        return renames

    def _comes_back(self, entry: Entry, moved_out: date) -> bool:
        """Tell whether a row means that somebody who has left is here again; one without a day may be an old one, which is asked about."""
        if entry.moved_in is not None and entry.moved_in >= moved_out:
            return True
        comes, where, left = entry.line in self.otherwise, label_of(entry.flat), _day(moved_out)
        self._ask(
            entry, tr("{where}的{name} {left} 已经迁出，文件里还有：", where=where, name=entry.name, left=left) + (tr("会登记为又搬回来了") if comes else tr("还当作已经迁出")),
            f"{where}: {entry.name} left on {left} and is in the file: " + ("moves in again" if comes else "stays away"),
            other=tr("没有搬回来") if comes else tr("搬回来了"),
        )  # fmt: skip
        return comes

    def _ask(self, entry: Entry, text: str, english: str, *, other: str) -> None:
        self.questions.append(Question(line=entry.line, text=text, english=english, other=other))

    def _ask_of_nameless(self, entry: Entry) -> None:
        """Ask about somebody new where staff let in an account without asking for its name: it may be theirs."""
        if any(one.is_bound and not one.name for one in self.by_name[entry.flat, ""]):
            where = label_of(entry.flat)
            self.questions.append(
                Question(
                    line=entry.line,
                    text=tr(
                        "{where}有一位绑定了微信、没有姓名的人，可能就是{name}：先登记成两个人，确定是同一个人再合并",
                        where=where,
                        name=entry.name,
                    ),
                    english=f"{where} has somebody bound without a name who may be {entry.name}; they become two people for now",
                )
            )

    # -- what a row says

    def _write(self, person: Person, entry: Entry) -> None:
        known = person.lives.get(entry.flat)
        if cells.name_key(person.name) != cells.name_key(entry.name):
            person.name = entry.name
        if entry.phone is not None and self._agrees(entry, "phone", person, cells.phone_key(entry.phone), entry.phone):
            if entry.phone and written(entry.phone) is None:
                self._ask_of_half(person, entry)
            elif cells.phone_key(entry.phone) != cells.phone_key(person.phone) or not entry.phone:
                person.phone = entry.phone
        if entry.tags is not None:
            others = person.tags if (person, "tags") in self.said else ()
            self.said[person, "tags"] = (entry.tags, entry.line)
            said = tuple(dict.fromkeys((*others, *entry.tags)))
            if set(said) != set(cells.tags(";".join(person.tags))):
                person.tags = said
        living = known or Living()
        person.lives[entry.flat] = living
        self._write_living(living, person, entry)
        self._index(person, entry.flat)

    def _ask_of_half(self, person: Person, entry: Entry) -> None:
        """Tell of a number that is none, which is left out: its last four figures would let somebody bind, and a good one be lost."""
        if cells.phone_key(entry.phone or "") == cells.phone_key(person.phone):
            return
        stays = tr("原来的 {phone} 不动", phone=person.phone) if person.phone else tr("电话先空着")
        self.questions.append(
            Question(
                line=entry.line, text=tr("{name}的电话 {phone} 不是完整的号码（手机是 11 位），没有导入，{stays}；改好再导一次就行", name=entry.name, phone=entry.phone, stays=stays),
                english=f"the phone {entry.phone} of {entry.name} is left out: a mobile has 11 figures",
            )
        )  # fmt: skip

    def _write_living(self, living: Living, person: Person, entry: Entry) -> None:
        moved_out = entry.moved_out
        if moved_out and moved_out > self.today:
            self.late.append(entry.line)
            moved_out = None
        before = self.before[person]
        was = before.lives.get(entry.flat) if before else None
        if moved_out is None and was is not None and was.moved_out is not None and not self._comes_back(entry, was.moved_out):
            return
        if entry.role and self._agrees(entry, "role", (person, entry.flat), entry.role, RESIDENT_ROLE_WORDS[entry.role]):
            living.role = entry.role
        if entry.moved_in and self._agrees(entry, "moved_in", (person, entry.flat), entry.moved_in, str(entry.moved_in)):
            living.moved_in = entry.moved_in
        if self._agrees(entry, "moved_out", (person, entry.flat), moved_out, str(moved_out or "")):
            living.moved_out = moved_out

    def _agrees(self, entry: Entry, name: str, whose: Hashable, value: object, shown: str) -> bool:
        """Tell whether a row says the same of somebody as the rows before it; if not, that is told."""
        first, line = self.said.setdefault((whose, name), (value, entry.line))
        if first == value:
            return True
        self._fault(
            entry, tr("和第 {line} 行是同一个人（{label_of} {name}），{FIELDS}却不一样。请改成一样，或者删掉一行", line=line, label_of=label_of(entry.flat), name=entry.name, FIELDS=FIELDS[name]),
            f"is the same person as line {line} ({label_of(entry.flat)} {entry.name}) with another {name}; correct one of them",
            column=FIELDS[name], value=shown,
        )  # fmt: skip
        return False

    def _fault(self, entry: Entry, text: str, english: str, *, column: str = "", value: str = "") -> None:
        self.faults.append(Fault(line=entry.line, column=column, value=value, text=text, english=english))

    def _index(self, person: Person, flat: Flat | None = None) -> None:
        name, phone = cells.name_key(person.name), cells.phone_key(person.phone)
        for where in person.lives if flat is None else (flat,):
            if name or person.lives[where].moved_out is None:
                self.by_name[where, name][person] = None
            if phone:
                self.by_phone[where, phone][person] = None
        if name and phone:
            self.by_phone_and_name.setdefault((phone, name), person)

    # -- what comes of it

    def _differs(self, person: Person) -> bool:
        before = self.before[person]
        if before is None or before.kept != person.kept or before.lives.keys() != person.lives.keys():
            return True
        return any(before.lives[flat] != living for flat, living in person.lives.items())

    def _steps(self, person: Person, before: Person | None) -> Iterator[Step]:
        """Yield what happens to somebody, by flat; what is their own stands at the first."""
        own = _changes(_shown(before), _shown(person))
        for flat, living in person.lives.items():
            if (person, flat) not in self.lines:
                continue
            was = before.lives.get(flat) if before else None
            changes = [
                *own,
                *([] if was or (before is None and own) else [Change(field="flat", before="", after=label_of(flat))]),
            ]
            changes += _changes(was.shown if was else {}, living.shown)
            leaves = was is not None and was.moved_out is None and living.moved_out is not None
            kind = Kind.NEW if before is None and own else Kind.LEFT if leaves else Kind.CHANGED
            own = []
            if changes:
                yield Step(
                    kind=kind, line=self.lines[person, flat],
                    flat=flat, name=person.name, changes=tuple(changes), is_bound=person.is_bound,
                    is_let_go=leaves and self._is_let_go(person),
                )  # fmt: skip

    def _missing(self) -> tuple[list[tuple[Person, Flat]], int]:
        """Let move out who is not in the file; returns them, and how many stay because no roster brought them."""
        left, kept = [], 0
        for person in self.people:
            for flat in person.current:
                if (person, flat) in self.lines:
                    continue
                living = person.lives[flat]
                if living.evidence not in _BY_ROSTER:
                    kept += 1
                    continue
                self.before.setdefault(person, person.copy())
                living.moved_out = self.today
                left.append((person, flat))
        return left, kept

    def _leaves(self, person: Person, flat: Flat) -> Step:
        change = Change(field="moved_out", before="", after=_day(self.today))
        return Step(
            kind=Kind.LEFT, line=0, flat=flat, name=person.name, changes=(change,), is_bound=person.is_bound,
            is_let_go=self._is_let_go(person),
        )  # fmt: skip

    def _is_let_go(self, person: Person) -> bool:
        before = self.before[person]
        return before is not None and person.is_bound and bool(before.current) and not person.current

    def _ask_of_phones(self) -> None:
        """Ask about numbers that somebody gets and that somebody else has already."""
        holders: dict[str, list[Person]] = defaultdict(list)
        for person in {id(one): one for one in (*self.people, *self.before)}.values():
            if person.phone and person.lives:
                holders[cells.phone_key(person.phone)].append(person)
        for person, before in self.before.items():
            key = cells.phone_key(person.phone)
            if not key or (before and cells.phone_key(before.phone) == key):
                continue
            line = min(self.lines[person, flat] for flat in person.lives if (person, flat) in self.lines)
            other = next((one for one in holders[key] if one is not person), None)
            if other is not None:
                whose = f"{label_of(next(iter(other.lives)))} {other.name}".strip()
                self.questions.append(
                    Question(
                        line=line,
                        text=tr("{name}的电话 {phone} 也是{whose}的", name=person.name, phone=person.phone, whose=whose),
                        english=f"the phone {person.phone} of {person.name} is that of {whose}, too",
                    )
                )

    def _ask_of_buildings(self, entries: Sequence[Entry]) -> None:
        """Ask about buildings that nobody has heard of, with a name or with so few flats that a slip may have made them."""
        first, flats = dict[str, Entry](), Counter(building for building, _, _ in (*self.homes, *self.new_flats))
        for entry in entries:
            first.setdefault(entry.flat[0], entry)
        for building in first.keys() - {building for building, _, _ in self.homes}:
            entry, many = (
                first[building],
                median([count for one, count in flats.items() if one != building and count >= FEW] or [0]),
            )
            few = (
                tr("，只有 {flats} 户，别的楼栋多半有 {many:.0f} 户", flats=flats[building], many=many)
                if flats[building] < FEW and many >= MANY
                else ""
            )
            if building != SHOP and (few or not _NUMBERED.fullmatch(building)):
                self.questions.append(
                    Question(
                        line=entry.line,
                        text=tr(
                            "名册里还没有{label_of}{few}，会新建（{label_of2}）：请看看楼栋有没有写错",
                            label_of=addresses.label_of(building),
                            few=few,
                            label_of2=label_of(entry.flat),
                        ),
                        english=f"building {building} is new, with {flats[building]} of the flats; see whether it is a slip",
                    )
                )

    def _ask_of_flats(self, entries: Sequence[Entry]) -> None:
        """Ask about new flats of a building the roster has, in a unit or on a floor it has none of, or with a letter that may be a figure."""
        units, floors = defaultdict[str, set[str]](set), defaultdict[str, set[int]](set)
        for building, unit, room in self.homes:
            units[building].add(unit)
            floors[building] |= _floor(room)
        in_unit = Counter((building, unit) for building, unit, _ in self.new_flats)
        asked: set[Flat] = set()
        for entry in entries:
            building, unit, room = entry.flat
            if entry.flat in self.homes or entry.flat in asked or building not in units:
                continue
            asked.add(entry.flat)
            odd, english = "", ""
            if _LIKE_FIGURES.search(room):
                odd, english = tr("房号 {room} 里有像数字的字母", room=room), f"room {room} has a letter that looks like a figure"
            elif unit not in ("", SHOP) and unit not in units[building] and in_unit[building, unit] < FEW:
                odd, english = (
                    tr("{label_of}还没有{unit}单元", label_of=addresses.label_of(building), unit=unit),
                    f"building {building} has no unit {unit} yet",
                )
            elif floors[building] and max(_floor(room), default=0) > max(floors[building]) + SPARE_FLOORS:
                odd, english = (
                    tr("{label_of}最高到 {floors} 楼", label_of=addresses.label_of(building), floors=max(floors[building])),
                    f"the highest floor of building {building} is {max(floors[building])}",
                )
            if odd:
                self.questions.append(
                    Question(
                        line=entry.line,
                        text=tr("{odd}，会新建{label_of}：请看看有没有写错", odd=odd, label_of=label_of(entry.flat)),
                        english=f"{english}; {label_of(entry.flat)} will be new: see whether it is a slip",
                    )
                )

    def _notes(self, kept: int) -> Iterator[tuple[str, str]]:
        if self.late:
            yield (
                tr("{late} 行的迁出日期还没到，先不迁出：{lines}", late=len(self.late), lines=_lines(self.late)),
                f"{len(self.late)} rows have a day of moving out that is still to come and is not taken over: lines {_plain(self.late)}",
            )
        if self.gone:
            yield (
                tr("{gone} 行是已经迁出、名册里也没有的人，不登记：{lines}", gone=len(self.gone), lines=_lines(self.gone)),
                f"{len(self.gone)} rows name people who have left and were never on the roster; they are left out: lines {_plain(self.gone)}",
            )
        if kept:
            yield (
                tr("{kept} 人不在文件里，但不是按名册登记的（邻居邀请或物业核对过），不迁出", kept=kept),
                f"{kept} people are not in the file but came by invitation or were let in by staff; they stay",
            )


def _floor(room: str) -> set[int]:
    """Return the floor that a room's number tells, nothing where it tells none."""
    return {int(room[:-2])} if room.isdecimal() and len(room) > 2 else set()


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    return [
        Change(field=name, before=before.get(name, ""), after=value) for name, value in after.items()
        if before.get(name, "") != value
    ]  # fmt: skip


def _shown(person: Person | None) -> dict[str, str]:
    return {"name": person.name, "phone": person.phone, "tags": tr_all("；", person.tags)} if person else {}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _lines(lines: Sequence[int]) -> str:
    said = tr_all("、", map(str, lines[:10]))
    return tr("第 {lines} 行等", lines=said) if len(lines) > 10 else tr("第 {lines} 行", lines=said)


def _plain(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines[:10])) + (" …" if len(lines) > 10 else "")
