"""The property office's roster: four CSV files that say who lives and works in one community."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from sqlmodel import Session, select

from bot.errors import Misconfigured
from bot.language import cells
from bot.language.cells import LONGEST, Unreadable, Why
from bot.rosters.rows import Entry
from bot.store import communities, imports, people, rosterdiff, scope, sessions
from bot.store.communities import Community
from bot.store.people import ResidentRole
from bot.store.staff import LOGIN, Role, Staff

#: The files of a roster and the columns each must have.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "community.csv": ("name", "phone", "address"),
    "households.csv": ("building", "unit", "room"),
    "residents.csv": ("building", "unit", "room", "name", "phone", "role", "tags"),
    "staff.csv": ("login", "name", "role", "phone"),
}

#: What stands between the skills of a cell of staff.csv, a column that may be left out.
_BETWEEN = re.compile(r"[、，,；;\s]+")

#: How the cells of a column are read; others are kept as they were written, their commas and brackets full-width.
_READ: Mapping[str, Callable[[str], str]] = {
    "building": cells.building, "unit": cells.unit, "room": cells.room, "phone": cells.number, "role": cells.number,
    "login": cells.number,
}  # fmt: skip

_RESIDENT_ROLES = tuple(ResidentRole)


@dataclass(frozen=True, kw_only=True)
class Imported:
    """The community, and how many rows of each kind are new in it."""

    community: str
    is_new: bool
    households: int
    residents: int
    staff: int


@dataclass(frozen=True, slots=True)
class _Row:
    place: str  # residents.csv:17
    cells: Mapping[str, str]
    faults: tuple[str, ...] = ()  # cells that cannot be read

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    @property
    def flat(self) -> tuple[str, str, str]:
        return (self["building"], self["unit"], self["room"])


def import_roster(session: Session, files: Mapping[str, str], appid: str, now: datetime, *, renames: str = "") -> Imported:
    """Take over the roster of `files` (name -> CSV text) for the community that community.csv names, a new one if need be.

    Known rows of this community are updated as by `imports`, none is removed, and no other community is touched. `renames`: the name that the
    community had until now. Raises Misconfigured that names every faulty line at once; then nothing is taken over.
    """
    tables = {name: _read(name, files) for name in COLUMNS}
    faults = [*_faults(tables)]
    if faults:
        raise Misconfigured("the roster has faults, nothing was taken over:\n" + "\n".join(faults))
    community, is_new = _community(session, tables["community.csv"], appid, renames)
    with scope.within(session, community.key):
        counts = _take_over(session, tables["households.csv"], tables["residents.csv"], now)
        return Imported(
            community=community.name, is_new=is_new, households=counts["flats"], residents=counts["new"],
            staff=_staff(session, tables["staff.csv"], now),
        )  # fmt: skip


def _read(name: str, files: Mapping[str, str]) -> list[_Row]:
    if name not in files:
        raise Misconfigured(f"the roster has no {name}; it needs {', '.join(COLUMNS)}")
    text = files[name].lstrip("\ufeff")  # Excel writes a byte order mark
    reader = csv.DictReader(StringIO(text))
    try:
        return _rows(name, reader)
    except csv.Error as error:  # in the row after the last one that was read
        raise Misconfigured(
            f"{name}:{reader.line_num + 1}: cannot be read as CSV: {error}; close its quotation marks, or save it anew as CSV (UTF-8)"
        ) from error


def _rows(name: str, reader: "csv.DictReader[str]") -> list[_Row]:
    missing = [column for column in COLUMNS[name] if column not in (reader.fieldnames or ())]
    if missing:
        raise Misconfigured(f"{name}:1: column {', '.join(missing)} is missing; needed: {', '.join(COLUMNS[name])}")
    return [_row(f"{name}:{reader.line_num}", row) for row in reader if any(_is_said(value) for value in row.values())]


def _is_said(value: str | list[str] | None) -> bool:
    """Tell whether a cell holds anything: a spreadsheet ends its files with rows of commas."""
    return any(one.strip() for one in (value if isinstance(value, list) else [value or ""]))


def _row(place: str, said: Mapping[str, str]) -> _Row:
    read, faults = {}, []
    for column, value in said.items():
        try:
            if column:
                read[column] = _cell(column, value)
        except Unreadable as error:
            read[column] = shown = (value or "").strip()
            if error.why is Why.LONG:
                fault = f"{shown[:20]!r}… has {len(shown)} characters; shorten it to {LONGEST} at most"
            else:
                fault = f"{shown!r} {error}"
            faults.append(f"{place}: {column} {fault}")
    return _Row(place, read, tuple(faults))


def _cell(column: str, value: str | None) -> str:
    """Return a cell as it is kept, without signs that cannot be seen; what is looked up is half-width, as the chat reads it."""
    said = cells.text_of(value)
    return _READ[column](said) if said and column in _READ else said


def _faults(tables: Mapping[str, Sequence[_Row]]) -> Iterator[str]:
    if len(tables["community.csv"]) != 1:
        yield f"community.csv: has {len(tables['community.csv'])} rows; it describes one community"
    for rows in tables.values():
        yield from (fault for row in rows for fault in row.faults)
    flats = set()
    for row in tables["households.csv"]:
        for column, example in (("building", "3"), ("room", "501")):
            if not row[column]:
                yield f"{row.place}: {column} is empty; every flat needs one, such as {example}"
        flats.add(row.flat)
    for row in tables["residents.csv"]:
        if row.flat not in flats and not row.faults:
            yield f"{row.place}: flat {'-'.join(filter(None, row.flat))} is not in households.csv; add it there, or correct building, unit and room"
        if row["role"] not in _RESIDENT_ROLES:
            yield f"{row.place}: role {row['role']!r} is unknown; one of {', '.join(_RESIDENT_ROLES)}"
    for row in tables["staff.csv"]:
        if row["role"] not in list(Role):
            yield f"{row.place}: role {row['role']!r} is unknown; one of {', '.join(Role)}"
        if not LOGIN.fullmatch(row["login"]) or set(row["login"]) <= {"."}:
            yield f"{row.place}: login {row['login'][:40]!r} must be 1 to 40 letters, digits, dots, dashes or underscores"


def _community(session: Session, rows: Sequence[_Row], appid: str, renames: str) -> tuple[Community, bool]:
    [row] = rows
    known = communities.by_name(session, appid, renames or row["name"])
    if renames and known is None:
        raise Misconfigured(f"--renames {renames!r}: the account has no community of that name")
    if known and known.name != row["name"] and communities.by_name(session, appid, row["name"]):
        raise Misconfigured(
            f"--renames {renames!r}: the account has a community named {row['name']!r} already; correct community.csv"
        )
    found = known or Community(appid=appid, name="")
    found.name, found.phone, found.address = row["name"], row["phone"], row["address"]
    session.add(found)
    session.flush()
    return found, known is None


def _take_over(session: Session, flats: Sequence[_Row], residents: Sequence[_Row], now: datetime) -> Mapping[str, int]:
    """Take over flats and people as any roster is; returns how many of what are new. It is where a community begins: nothing to take back.

    The words that people are found by are left to the caller: there may be thousands.
    """
    entries = [Entry(line=line, flat=row.flat) for line, row in enumerate(flats, 2)]
    entries += [
        Entry(
            line=line, flat=row.flat, name=row["name"], phone=row["phone"], role=ResidentRole(row["role"]),
            tags=tuple(cells.tags(row["tags"])),
        )
        for line, row in enumerate(residents, 2)
    ]  # fmt: skip
    plan = rosterdiff.compare(session, entries, imports.today(now))
    if plan.faults:
        said = (f"residents.csv:{one.line}: {one.english}" for one in plan.faults)
        raise Misconfigured("the roster has faults, nothing was taken over:\n" + "\n".join(said))
    changes = imports.write(session, plan)
    people.forget_words(session, [one for one, *_ in changes["own"]])
    return plan.counts


def _staff(session: Session, rows: Sequence[_Row], now: datetime) -> int:
    new = 0
    for row in rows:
        member = session.exec(select(Staff).where(Staff.login == row["login"])).first()
        if member is None:
            member = Staff(login=row["login"], name="", created_at=now)
            new += 1
        elif member.role != row["role"]:
            sessions.end_all(session, member)
        member.name, member.role, member.phone = row["name"], Role(row["role"]), row["phone"]
        if "skills" in row.cells:
            member.skills = [skill for skill in _BETWEEN.split(row["skills"]) if skill]
        session.add(member)
    session.flush()
    return new
