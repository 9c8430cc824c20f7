"""How long a repair of each kind may take, and by which clock: data/clocks.yaml, or a file of the community's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from bot.contract import tr
from integrations.repairs.models import CATEGORY_WORDS
from integrations.repairs.worktime import Hours, Measure

#: What ships.
SHIPPED = Path(__file__).parent / "data" / "clocks.yaml"

#: Minutes within which a ticket is to be accepted where a row says nothing, of what cannot wait, and at most.
ACCEPT, ACCEPT_URGENT, ACCEPT_MOST = 30, 5, 24 * 60

#: Minutes of one visit where no row says how many, and between which a row may say them.
VISIT, VISIT_LEAST, VISIT_MOST = 60, 15, 8 * 60

#: The row of what cannot wait, whatever is broken.
URGENT = "urgent"

#: How a length may be written: the clock it runs by, its unit where a unit is always as long, and the most of it.
_UNITS: Mapping[str, tuple[Measure, timedelta | None, int]] = {
    "minutes": (Measure.ALWAYS, timedelta(minutes=1), 60 * 24 * 60),
    "work_hours": (Measure.WORK, timedelta(hours=1), 400),
    "work_days": (Measure.WORK, None, 60),
    "days": (Measure.DAYS, timedelta(days=1), 90),
}


class Miswritten(ValueError):
    """A file of clocks cannot be used; says which row, what it holds and what it should."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One row: so and so many of a unit, and where that comes from."""

    number: int
    unit: str
    source: str
    accept: int = ACCEPT  # minutes within which whoever it is planned for is to accept it; then it is planned for somebody else
    visit: int = VISIT  # minutes that one visit takes

    @property
    def stay(self) -> timedelta:
        """How long one visit takes."""
        return timedelta(minutes=self.visit)

    @property
    def measure(self) -> Measure:
        """By which clock it runs."""
        return _UNITS[self.unit][0]

    def length(self, hours: Hours) -> timedelta:
        """Return how long it is; a day of work is as long as the office is open."""
        return self.number * (_UNITS[self.unit][1] or hours.a_day)

    @property
    def words(self) -> str:
        """How long that is, in words."""
        match self.unit:
            case "minutes":
                return tr("{number} 分钟，昼夜都算", number=self.number)
            case "work_hours":
                return tr("{number} 个工作小时", number=self.number)
            case "work_days":
                return tr("{number} 个工作日", number=self.number)
        return tr("{number} 天", number=self.number)


@lru_cache(maxsize=16)
def load(path: str = "") -> Mapping[str, Profile]:
    """Return the rows of a file, or those that ship; one's own may leave rows out, for which those that ship hold. Raises Miswritten."""
    shipped = read(SHIPPED.read_text(encoding="utf-8"), str(SHIPPED))
    if not path:
        return shipped
    try:
        return {**shipped, **read(Path(path).read_text(encoding="utf-8"), path, shipped)}
    except (OSError, UnicodeDecodeError) as error:
        raise Miswritten(f"{path}: cannot be read as UTF-8: {error}") from error


def of_visit(rows: Mapping[str, Profile], category: str) -> timedelta:
    """Return how long one visit to a kind of fault takes, be it urgent or not."""
    return rows[category if category in rows else "other"].stay


def read(text: str, name: str, shipped: Mapping[str, Profile] = MappingProxyType({})) -> Mapping[str, Profile]:
    """Return the rows of a file's text; one that does not say how long a visit takes has that of `shipped`. Raises Miswritten, which names the row."""
    try:
        rows = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Miswritten(f"{name}: {error}") from error
    if not isinstance(rows, dict):
        raise Miswritten(f"{name}: holds no rows such as 'water: {{minutes: 1440, source: …}}'")
    return {
        _key(key, name): _profile(
            row, f"{name}: {key}", ACCEPT_URGENT if key == URGENT else ACCEPT, shipped[key].visit if key in shipped else VISIT
        )
        for key, row in rows.items()
    }


def _key(key: object, name: str) -> str:
    if key not in (URGENT, *CATEGORY_WORDS):
        raise Miswritten(f"{name}: {key!r} is no kind of repair; known are {', '.join((URGENT, *CATEGORY_WORDS))}")
    return str(key)


def _profile(row: Any, where: str, accept: int, visit: int) -> Profile:
    units = [unit for unit in _UNITS if isinstance(row, dict) and unit in row]
    if len(units) != 1 or set(row) - {"accept", "visit"} != {units[0], "source"}:
        raise Miswritten(f"{where}: {row!r}; say one of {', '.join(_UNITS)}, and `source`")
    number, most = row[units[0]], _UNITS[units[0]][2]
    if type(number) is not int or not 0 < number <= most:
        raise Miswritten(f"{where}: {units[0]} is {number!r}; say a whole number from 1 to {most}")
    if not isinstance(row["source"], str) or not row["source"].strip():
        raise Miswritten(f"{where}: `source` is empty; say where the number comes from, or that it is your own")
    accept = row.get("accept", accept)
    if type(accept) is not int or not 0 < accept <= ACCEPT_MOST:
        raise Miswritten(f"{where}: accept is {accept!r}; say whole minutes from 1 to {ACCEPT_MOST}")
    visit = row.get("visit", visit)
    if type(visit) is not int or not VISIT_LEAST <= visit <= VISIT_MOST:
        raise Miswritten(f"{where}: visit is {visit!r}; say whole minutes from {VISIT_LEAST} to {VISIT_MOST}")
    return Profile(number=number, unit=units[0], source=row["source"].strip(), accept=accept, visit=visit)
