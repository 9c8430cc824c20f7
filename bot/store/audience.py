"""Whom a notice is for: flats, people, tags and what services know, put together with 包括, 并且, 不包括. Pure.

In normal form: any of the groups, each of whose choices must all hold, each of which is any of its pickers; without some. What is saved
under a name, or read from a file, is a picker, too, so that audiences may stand in audiences.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.errors import Refusal
from bot.language.addresses import SHOP, SHOP_WORDS, label_of
from bot.language.kinds import flat as flats
from bot.language.numbers import value_of
from bot.store.people import RESIDENT_ROLE_WORDS, ResidentRole
from bot.translation import tr

#: Parts of an audience; more are a slip, or want 全体.
PARTS = 100

#: Characters of one part; reading 栋 repeated takes the square of its length.
LONGEST_PART = 40

#: Rows of a list that was read from a file.
LISTED = 20_000

EVERYONE = ("全体", "所有人", "全小区", "全部")

#: What joins the lines of an audience, by the first word for it.
INCLUDING, AND, WITHOUT = tr("包括"), tr("并且"), tr("不包括")

_JOINTS = {"包括": INCLUDING, "加上": INCLUDING, "并且": AND, "而且": AND, "不包括": WITHOUT, "除了": WITHOUT, "不含": WITHOUT}
_JOINT = re.compile("(" + "|".join(sorted(_JOINTS, key=len, reverse=True)) + ")")
_BETWEEN = re.compile(r"[,，、;；\s]+")
_SHOP = re.compile(rf"(?:(\w+?)\s*(?:栋|幢|号楼|#)的?)?\s*{SHOP_WORDS}(?:第?\s*([A-Za-z]?-?\d{{1,4}}[A-Za-z]?)号?铺?)?")
_FLAT = re.compile(r"(\w+?)\s*(?:栋|幢|号楼|#)\s*(?:(\w+?)\s*单元)?\s*(\d{3,4})?(?:室)?")
_FLOORS = re.compile(
    r"""(?:(?P<building>\w+?)(?:栋|幢|号楼|\#))?
        (?:(?P<unit>\w+?)单元)?
        (?P<low>\w{1,3}?)(?:[层楼]?[-~到至—](?P<high>\w{1,3}?))?[层楼]""",
    re.VERBOSE,
)
_ROOM = re.compile(r"(\d{3,4}[A-Za-z]?)(?:室|号)?")
_DASHES = re.compile(r"[\u2010-\u2015\u2212~]")
_AND = re.compile("以及|还有|[和及与跟]")
_RANGE = re.compile(r"(\d{1,3})(?:栋|幢|号楼|\#)?[-到至](\d{1,3})(?:栋|幢|号楼|\#)")
_APART = re.compile(r"(栋|幢|号楼)\s+(?=[^\W栋幢]{1,3}单元|\d{3,4}(?![\w-]))|(单元)\s+(?=\d{3,4}(?![\w-]))")
_FLAT_WORDS = re.compile("[栋幢]|号楼|单元")
#: Flats are read the same at any time.
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_THEIRS = re.compile("的?(?:所有|全体|全部)?的?(?:住户|居民|人家|邻居|人|户|家)|的?(?:全体|所有人|全部)")
_SPACED = re.compile(r"(?<=\d)\s+(?=栋|幢|号楼|单元)")
_UNIT = re.compile(r"(\d{1,3}|[A-Za-z])-(\d{1,2})(?:单元)?")
_SMALL = re.compile(r"\d{1,2}")
_OF = re.compile(r"(.+?)[(（](.+)[)）]")
_LETTERS = re.compile(r"[A-Za-z]+$")


@dataclass(frozen=True)
class Everybody:
    """All who live in the community."""

    @property
    def label(self) -> str:
        """As staff write it."""
        return "全体"


@dataclass(frozen=True)
class Building:
    """Who lives in a building."""

    building: str

    @property
    def label(self) -> str:
        """As staff write it."""
        return label_of(self.building)


@dataclass(frozen=True)
class Unit:
    """Who lives in a unit of a building."""

    building: str
    unit: str

    @property
    def label(self) -> str:
        """As staff write it."""
        return label_of(self.building, self.unit)


@dataclass(frozen=True)
class Floors:
    """Who lives on these floors, the last one among them; without a building in all of them."""

    low: int
    high: int
    building: str = ""
    unit: str = ""

    @property
    def label(self) -> str:
        """As staff write it."""
        place = label_of(self.building, self.unit)
        return f"{place}{self.low}层" if self.low == self.high else f"{place}{self.low}-{self.high}层"


@dataclass(frozen=True)
class Flat:
    """Who lives in a flat; without a unit, in all flats of that number in the building."""

    building: str
    unit: str
    room: str

    @property
    def label(self) -> str:
        """As staff write it."""
        return label_of(self.building, self.unit, self.room)


@dataclass(frozen=True)
class Lives:
    """Who lives in a flat as owner, tenant …"""

    role: ResidentRole

    @property
    def label(self) -> str:
        """As staff write it."""
        return RESIDENT_ROLE_WORDS[self.role]


@dataclass(frozen=True)
class Tag:
    """Who wears a tag of the roster, or belongs to what a service offers by it; `of` is what the service asks for beside it."""

    name: str
    of: str = ""

    @property
    def label(self) -> str:
        """As staff write it."""
        return tr("{name}（{of}）", name=self.name, of=self.of) if self.of else self.name


@dataclass(frozen=True)
class Listed:
    """The flats and people of a file: people by public id."""

    name: str
    flats: tuple[tuple[str, str, str], ...] = ()
    people: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The list's name."""
        return tr("名单“{name}”", name=self.name)


@dataclass(frozen=True)
class Saved:
    """An audience that was saved under a name, as it was when it was picked."""

    key: str  # its public id
    name: str
    whom: "Audience"

    @property
    def label(self) -> str:
        """The name."""
        return self.name


Picker = Everybody | Building | Unit | Floors | Flat | Lives | Tag | Listed | Saved

#: Any of these.
Choice = tuple[Picker, ...]

#: What each picker is called in JSON.
_NAMES: Mapping[str, type[Any]] = {
    "building": Building, "unit": Unit, "floors": Floors, "flat": Flat, "lives": Lives, "tag": Tag, "listed": Listed, "saved": Saved,
}  # fmt: skip
_NAME_OF = {kind: name for name, kind in _NAMES.items()}


@dataclass(frozen=True)
class Line:
    """One line of an audience as staff build it: a joint and what it joins."""

    joint: str
    choice: Choice


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Whom a notice is for: any of the groups, in each of which all choices hold; without some."""

    groups: tuple[tuple[Choice, ...], ...] = ()
    without: Choice = ()

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "Audience":
        """Put lines together: each 包括 begins a group, 并且 narrows the one before it, 不包括 takes out of all. Raises Refusal."""
        groups: list[tuple[Choice, ...]] = []
        without: list[Picker] = []
        for line in lines:
            if line.joint == WITHOUT:
                without += line.choice
            elif line.joint == INCLUDING:
                groups.append((line.choice,))
            elif groups:
                groups[-1] = (*groups[-1], line.choice)
            else:
                raise Refusal(tr("第一行请选“包括”，后面才能“并且”。"), english="an audience cannot begin with 并且")
        if not groups:
            raise Refusal(
                tr("请写明发给谁，例如：全体、3栋、3栋2单元、3栋2单元501、独居老人。"),
                english="nobody is named; write 全体, 3栋, 3栋2单元, 3栋2单元501 or a tag",
            )
        found = cls(groups=tuple(groups), without=tuple(without))
        if (number := sum(1 for _ in found.pickers())) > PARTS:
            raise Refusal(
                tr(
                    "一次最多写 {PARTS} 个楼栋、单元、户或标签，现在有 {number} 个。请分几次发，或发给全体。",
                    PARTS=PARTS,
                    number=number,
                ),
                english=f"{number} parts are named, and a notice takes {PARTS}; send several, or one to 全体",
            )
        return found

    @classmethod
    def parse(cls, text: str) -> "Audience":
        """Read 全体, or parts such as 3栋, 3栋2单元501, 3栋1-6层, 业主, 独居老人, joined by commas, 并且 and 不包括."""
        first, *rest = _JOINT.split(text.strip())
        said = [(INCLUDING, first), *((_JOINTS[joint], words) for joint, words in zip(rest[::2], rest[1::2], strict=True))]
        return cls.of([Line(joint, choice) for joint, words in said if (choice := read_choice(words))])

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Audience":
        """Read what to_json wrote."""
        if kept.get("everyone"):
            return EVERYBODY
        groups = tuple(tuple(tuple(map(_unpack, choice)) for choice in group) for group in kept.get("groups", ()))
        return cls(groups=groups, without=tuple(map(_unpack, kept.get("without", ()))))

    def to_json(self) -> dict[str, Any]:
        """Return the audience as JSON."""
        if self == EVERYBODY:
            return {"everyone": True}
        groups = [[[_pack(one) for one in choice] for choice in group] for group in self.groups]
        return {"groups": groups, "without": [_pack(one) for one in self.without]}

    @property
    def is_everyone(self) -> bool:
        """It is for all who live in the community."""
        return self == EVERYBODY

    @property
    def lines(self) -> list[Line]:
        """The lines by which it is built."""
        found: list[Line] = []
        for group in self.groups:
            found += [Line(AND if number else INCLUDING, choice) for number, choice in enumerate(group)]
        return [*found, *([Line(WITHOUT, self.without)] if self.without else [])]

    @property
    def label(self) -> str:
        """The audience as staff write it."""
        said: list[str] = []
        for number, line in enumerate(self.lines):
            words = "、".join(one.label for one in line.choice)
            if not number:
                said.append(words)
            elif line.joint == INCLUDING and is_plain(self, number):
                said[-1] += f"、{words}"
            else:
                said += [line.joint, words]
        return " ".join(said)

    def pickers(self) -> Iterator[Picker]:
        """Yield what was picked, in order; what is saved under a name counts as one."""
        for line in self.lines:
            yield from line.choice

    def tags(self) -> Iterator[Tag]:
        """Yield all tags, those of saved audiences among them."""
        for one in self.pickers():
            if isinstance(one, Tag):
                yield one
            elif isinstance(one, Saved):
                yield from one.whom.tags()

    def naming(self, saved: Mapping[str, Saved]) -> "Audience":
        """Return the same with saved audiences in the places of their names."""

        def named(choice: Choice) -> Choice:
            return tuple(saved.get(one.name, one) if isinstance(one, Tag) and not one.of else one for one in choice)

        return replace(self, groups=tuple(tuple(map(named, group)) for group in self.groups), without=named(self.without))


def is_plain(audience: Audience, number: int) -> bool:
    """Tell whether a line and the one before it are groups of a single choice, so that a comma says the same."""
    lines = audience.lines
    follows = lines[number + 1].joint if number + 1 < len(lines) else INCLUDING
    return lines[number - 1].joint == INCLUDING and follows != AND


#: All who live there.
EVERYBODY = Audience(groups=(((Everybody(),),),))


def read_choice(words: str) -> Choice:
    """Read parts that commas or spaces separate: any of these. Raises Refusal for one that is too long."""
    parts = list(dict.fromkeys(part for part in _BETWEEN.split(_APART.sub(r"\1\2", _SPACED.sub("", words.strip()))) if part))
    if too_long := next((part for part in parts if len(part) > LONGEST_PART), ""):
        raise Refusal(
            tr(
                "“{too_long}…”太长了，一处最多 {LONGEST_PART} 个字。几处之间请用顿号隔开。",
                too_long=too_long[:LONGEST_PART],
                LONGEST_PART=LONGEST_PART,
            ),
            english=f"{too_long[:LONGEST_PART]!r}… has {len(too_long)} characters, and a part {LONGEST_PART}; put commas between parts",
        )
    if any(part in EVERYONE for part in parts):
        return (Everybody(),)
    found: list[Picker] = []
    for part in parts:
        found += _read_all(part, found[-1] if found else None)
    return tuple(_with_buildings(found))


def _read_all(part: str, before: Picker | None) -> Sequence[Picker]:
    """Read one part, which may be several: 3-2-501和502, 3-5栋; a room alone is next door to the flat before it."""
    if isinstance(before, Flat) and (room := _ROOM.fullmatch(part)):
        return (replace(before, room=room[1].upper()),)
    plain = _plain(part)
    if found := _RANGE.fullmatch(plain):
        low, high = int(found[1]), int(found[2])
        if low < high <= low + PARTS:
            return tuple(Building(str(number)) for number in range(low, high + 1))
    if len(pieces := _AND.split(plain)) > 1 and all(pieces):
        several: list[Picker] = []
        for piece in pieces:
            several += _read_all(piece, several[-1] if several else before)
        if not any(isinstance(one, Tag) for one in _with_buildings(several)):
            return _with_buildings(several)
    return (_read(part),)


def _with_buildings(found: Sequence[Picker]) -> Sequence[Picker]:
    """Read a number before a building as one, too: 3、5栋."""
    read: list[Picker] = []
    for one in reversed(found):
        is_building = isinstance(one, Tag) and _SMALL.fullmatch(one.name) and read and isinstance(read[-1], Building)
        read.append(Building(str(int(one.name))) if isinstance(one, Tag) and is_building else one)
    return read[::-1]


def _plain(part: str) -> str:
    """Return what was typed with the signs of a keyboard: ３－２－５０１ and 3—2—501 are 3-2-501."""
    return _DASHES.sub("-", unicodedata.normalize("NFKC", part))


def _place(part: str) -> Building | Unit | Flat | None:
    """Read a place as residents write it, too: 3-2-501, 三栋二单元五零一, 3栋住户; None for other words."""
    place = _plain(part)
    if theirs := _THEIRS.search(place):
        place = place[: theirs.start()] if theirs.end() == len(place) else place
    found = flats.find(place, _ANY_TIME)
    one = found[0] if len(found) == 1 else None
    if one is None or (one.begin, one.stop) != (0, len(place)) or not isinstance(one.value, flats.Flat):
        return None
    said = one.value
    if said.room:
        return Flat(said.building, said.unit, said.room) if said.building else None
    return Unit(said.building, said.unit) if said.building and said.unit else Building(said.building) if said.building else None


def _read(part: str) -> Picker:
    """Read one part: a place, a role, or else a tag."""
    if found := _SHOP.fullmatch(part):
        building, room = _number(found[1]), _number(found[2])
        where = (building, SHOP) if building else (SHOP, "")
        return Flat(*where, room) if room else Unit(*where) if building else Building(SHOP)
    found = _FLAT.fullmatch(part)
    if found and not _FLAT_WORDS.search(found[1]):
        building, unit, room = (_number(value) for value in found.groups())
        if room:
            return Flat(building, unit, room)
        return Unit(building, unit) if unit else Building(building)
    if floors := floors_of(part):
        return floors
    if place := _place(part):
        return place
    if short := _UNIT.fullmatch(_plain(part)):  # 3-2, as in 3-2-501
        return Unit(_number(short[1]), _number(short[2]))
    role = next((role for role, words in RESIDENT_ROLE_WORDS.items() if words == part), None)
    if role is not None:
        return Lives(role)
    of = _OF.fullmatch(part)
    return Tag(of[1], of[2].strip()) if of else Tag(part)


def floors_of(part: str) -> Floors | None:
    """Read 3栋1-6层, 2单元三楼; None for what names no floor."""
    found = _FLOORS.fullmatch(part)
    if found is None:
        return None
    low, high = _number(found["low"]), _number(found["high"] or found["low"])
    if not (low.isdigit() and high.isdigit() and int(low) <= int(high)):
        return None
    return Floors(int(low), int(high), _number(found["building"]), _number(found["unit"]))


def floor_of(room: str) -> int | None:
    """Return the floor that a room's number tells, 5 of 501A; None where it tells none."""
    digits = _LETTERS.sub("", room)
    return int(digits[:-2]) if len(digits) >= 3 and digits.isascii() and digits.isdigit() else None


def place_of(said: str) -> Building | Unit | Flat | None:
    """Return the building, unit or flat that a few words name; None for other words."""
    try:
        [found] = read_choice(said)
    except (Refusal, ValueError):
        return None
    return found if isinstance(found, Building | Unit | Flat) else None


def building_of(said: str) -> str:
    """Return the building that somebody names: 3 for 3栋, 三栋 and 3. Raises Refusal for other words."""
    found = place_of(said if said.endswith(("栋", "幢", "号楼", "#")) else f"{said}栋")
    if not isinstance(found, Building):
        raise Refusal(
            tr("“{said}”不是楼栋，请写成 3栋 这样。", said=said[:LONGEST_PART]),
            english=f"{said[:LONGEST_PART]!r} is no building; write 3栋",
        )
    return found.building


def _number(said: str | None) -> str:
    if not said:
        return ""
    try:
        return str(value_of(said))
    except ValueError:
        return said.upper()


def _pack(one: Picker) -> dict[str, Any]:
    match one:
        case Everybody():
            return {"everyone": True}
        case Listed():
            return {"listed": [one.name, [list(flat) for flat in one.flats], list(one.people)]}
        case Saved():
            return {"saved": [one.key, one.name, one.whom.to_json()]}
    return {_NAME_OF[type(one)]: list(vars(one).values())}


def _unpack(kept: Mapping[str, Any]) -> Picker:
    [(name, said)] = kept.items()
    match name:
        case "everyone":
            return Everybody()
        case "lives":
            return Lives(ResidentRole(said[0]))
        case "listed":
            return Listed(said[0], tuple((b, u, r) for b, u, r in said[1]), tuple(said[2]))
        case "saved":
            return Saved(said[0], said[1], Audience.from_json(said[2]))
    picker: Picker = _NAMES[name](*said)
    return picker


def listed(name: str, flats: Sequence[tuple[str, str, str]], people: Sequence[str]) -> Audience:
    """Return the audience of a file's flats and people; raises Refusal for too many."""
    if (rows := len(flats) + len(people)) > LISTED:
        raise Refusal(tr("名单有 {rows} 行，最多 {LISTED} 行。请分成几份。", rows=rows, LISTED=LISTED))
    return Audience(groups=(((Listed(name, tuple(flats), tuple(people)),),),))
