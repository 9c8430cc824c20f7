"""Which backups stay: the newest of each of the last days, weeks and months."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bot.model import SHANGHAI

#: A backup's name says when it was made, in Asia/Shanghai.
_NAME = re.compile(r"linli-(\d{8}T\d{6})\.tar\.gz(?:\.age)?")


@dataclass(frozen=True, kw_only=True)
class Keep:
    """How many of the last days, weeks and months keep their newest backup."""

    days: int
    weeks: int
    months: int

    @classmethod
    def read(cls, said: str) -> "Keep":
        """Return the rule that is written as 7,4,12; raises ValueError."""
        days, weeks, months = (int(number) for number in said.split(","))
        if min(days, weeks, months) < 0 or days < 1:
            raise ValueError(said)
        return cls(days=days, weeks=weeks, months=months)


def name_of(now: datetime, *, is_sealed: bool) -> str:
    """Return what a backup made now is called."""
    return f"linli-{now.astimezone(SHANGHAI):%Y%m%dT%H%M%S}.tar.gz{'.age' if is_sealed else ''}"


def made_at(path: Path) -> datetime | None:
    """Return when a backup was made, None for a file that is none of ours."""
    found = _NAME.fullmatch(path.name)
    return None if found is None else datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=SHANGHAI)


def listed(folder: Path) -> Sequence[tuple[datetime, Path]]:
    """Return the backups of a folder, the newest first."""
    return sorted(((at, path) for path in folder.glob("linli-*") if (at := made_at(path)) is not None), reverse=True)


def outdated(backups: Iterable[tuple[datetime, Path]], keep: Keep) -> Sequence[Path]:
    """Return those that no day, week or month needs; the newest of all stays whatever the rule says."""
    newest_first = sorted(backups, reverse=True)
    kept = {path for _, path in newest_first[:1]}
    for number, period in ((keep.days, _day), (keep.weeks, _week), (keep.months, _month)):
        newest: dict[object, Path] = {}
        for at, path in newest_first:
            newest.setdefault(period(at.astimezone(SHANGHAI).date()), path)
        kept.update(list(newest.values())[:number])
    return [path for _, path in newest_first if path not in kept]


def _day(day: date) -> object:
    return day


def _week(day: date) -> object:
    return day.isocalendar()[:2]


def _month(day: date) -> object:
    return day.year, day.month
