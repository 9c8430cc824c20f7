"""How time runs by three clocks: every minute, office hours on working days, calendar days. What stands still is left out. Pure.

Whole days are stepped over, no minute is counted; tests/integrations/repairs/test_worktime.py counts them one by one beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.contract.workdays import holiday_of, is_made_up, is_workday

#: Weekdays on which everybody's offices are open.
_MONDAY_TO_FRIDAY = frozenset(range(1, 6))

#: From when to when something stood still.
Pause = tuple[datetime, datetime]


class Measure(StrEnum):
    """By which clock time runs."""

    ALWAYS = "always"
    WORK = "work"
    DAYS = "days"


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When people work: from when to when, and on which weekdays (1 is Monday) that are no days off."""

    opens: time
    closes: time
    days: frozenset[int] = _MONDAY_TO_FRIDAY

    @property
    def a_day(self) -> timedelta:
        """How long a day of work is."""
        return _on(date.min, self.closes) - _on(date.min, self.opens)

    def work_on(self, day: date) -> bool:
        """Tell whether people work on a day; an office that opens at weekends alone works at those that are no holiday."""
        if self.days & _MONDAY_TO_FRIDAY:
            return is_workday(day) and (day.isoweekday() in self.days or is_made_up(day))
        return day.isoweekday() in self.days and not holiday_of(day)


def _on(day: date, at: time) -> datetime:
    return datetime.combine(day, at)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One of the three clocks, with what stood still."""

    measure: Measure
    hours: Hours
    pauses: Sequence[Pause] = ()

    def after(self, begins: datetime, length: timedelta) -> datetime:
        """Return when `length` of its time has run since `begins`."""
        for start, end in self._running(begins):
            if end is None or (ran := self._ran(start, end)) >= length:
                return self._after(start, length)
            length -= ran
        raise AssertionError("the last stretch has no end")

    def ran(self, begins: datetime, now: datetime) -> timedelta:
        """Return how much of its time has run from `begins` to `now`."""
        stretches = ((start, min(end or now, now)) for start, end in self._running(begins) if start < now)
        return sum((self._ran(start, end) for start, end in stretches), timedelta())

    def _running(self, begins: datetime) -> Iterator[tuple[datetime, datetime | None]]:
        """Yield the stretches in which it runs, the last of them without an end."""
        for start, end in sorted(self.pauses):
            if start > begins:
                yield begins, start
            begins = max(begins, end)
        yield begins, None

    def _after(self, begins: datetime, length: timedelta) -> datetime:
        match self.measure:
            case Measure.ALWAYS:
                return (begins.astimezone(UTC) + length).astimezone(begins.tzinfo)
            case Measure.DAYS:  # the same time of day, also where the clocks are put forward or back in between
                return _real(begins.replace(tzinfo=None) + length, begins)
            case Measure.WORK:
                return self._worked(begins, length)

    def _worked(self, begins: datetime, length: timedelta) -> datetime:
        for start, end in self._shifts(begins):
            if (lasts := _between(start, end)) >= length:
                return (start.astimezone(UTC) + length).astimezone(begins.tzinfo)
            length -= lasts
        raise AssertionError("days never end")

    def _shifts(self, begins: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield what is left of each day of work, from `begins` on."""
        day = begins.date()
        while True:
            if self.hours.work_on(day):
                start, end = (_real(_on(day, at), begins) for at in (self.hours.opens, self.hours.closes))
                if end > begins:
                    yield max(start, begins), end
            day += timedelta(days=1)

    def _ran(self, begins: datetime, ends: datetime) -> timedelta:
        match self.measure:
            case Measure.ALWAYS:
                return _between(begins, ends)
            case Measure.DAYS:
                return max(ends.replace(tzinfo=None) - begins.replace(tzinfo=None), timedelta())
            case Measure.WORK:
                ran = timedelta()
                for start, end in self._shifts(begins):
                    if start >= ends:
                        return ran
                    ran += _between(start, min(end, ends))
        raise AssertionError("days never end")


def _real(wall: datetime, like: datetime) -> datetime:
    """Return a time of day in a zone; one that the clocks leap over is the moment to which they leap."""
    return wall.replace(tzinfo=like.tzinfo).astimezone(UTC).astimezone(like.tzinfo)


def _between(start: datetime, end: datetime) -> timedelta:
    """Return how long it really takes from one moment to another, also where the clocks are put forward or back in between."""
    return end.astimezone(UTC) - start.astimezone(UTC)
