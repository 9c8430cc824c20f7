"""Weeks, months and years of the calendar, and what lies within them. Pure."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "week", "month", "year"]

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included; `unit` tells what further words may narrow it to."""

    first: date
    last: date
    unit: Unit = "day"

    def plus(self, days: int) -> "Period | None":
        """Return the day so many days behind the last one, or before the first one; None where the calendar ends."""
        try:
            return whole_day((self.last if days > 0 else self.first) + timedelta(days=days))
        except OverflowError:
            return None


def whole_day(day: date) -> Period:
    """Return a period of one day."""
    return Period(day, day)


def day_of(year: int, month: int, day: int) -> Period | None:
    """Return a day, or None if there is no such day."""
    try:
        return whole_day(date(year, month, day))
    except ValueError:
        return None


def month_of(year: int, month: int) -> Period | None:
    """Return a month, or None if there is no such month."""
    if not (1 <= month <= 12 and date.min.year <= year < date.max.year):
        return None
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month")


def year_of(year: int) -> Period:
    """Return a year."""
    return Period(date(year, 1, 1), date(year, 12, 31), "year")


def week_of(day: date) -> Period:
    """Return the week of a day, from Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6), "week")


def month_after(day: date, count: int) -> tuple[int, int]:
    """Return year and month so many months later."""
    months = day.month - 1 + count
    return day.year + months // 12, months % 12 + 1


def months_after(day: date, count: int) -> date:
    """Return the same day so many months later, or the last one of a shorter month."""
    year, month = month_after(day, count)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def part_of_month(month: Period, part: str) -> Period:
    """Return 初, 中 (旬), 上旬, 下旬 or 底 of a month."""
    first, last = month.first, month.last
    begin, end = {"初": (1, 5), "上": (1, 10), "中": (11, 20), "下": (21, last.day)}.get(part, (last.day - 4, last.day))
    return Period(first.replace(day=begin), first.replace(day=end))


def part_of_year(year: Period, part: str) -> Period:
    """Return 初, 中 or 底 of a year."""
    begins, ends = {"初": ((1, 1), (1, 10)), "中": ((6, 1), (6, 30))}.get(part, ((12, 25), (12, 31)))
    return Period(date(year.first.year, *begins), date(year.first.year, *ends))


def weekdays_in(month: Period, weekday: int) -> Iterator[date]:
    """Yield the Mondays, Tuesdays … of a month."""
    day = month.first + timedelta(days=(weekday - month.first.weekday()) % 7)
    while day <= month.last:
        yield day
        day += _WEEK


def nth_weekday(month: Period, nth: int, weekday: int) -> Period | None:
    """Return the first, second … Monday of a month, the last for -1; None if there is none."""
    days = list(weekdays_in(month, weekday))
    return whole_day(days[nth - 1 if nth > 0 else nth]) if nth and -1 <= nth <= len(days) else None


def nth_week(month: Period, nth: int) -> Period | None:
    """Return the week of a month's nth Monday, which its days may leave."""
    monday = nth_weekday(month, nth, 0)
    return Period(monday.first, monday.first + timedelta(days=6), "week") if monday else None
