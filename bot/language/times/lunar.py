"""Days of the farmers' calendar and solar terms, from 1900 to 2100. Pure.

The tables are Borax's, which is loaded when the first such day is named.
"""

from datetime import date, timedelta
from functools import lru_cache

TERMS = "小寒 大寒 立春 雨水 惊蛰 春分 清明 谷雨 立夏 小满 芒种 夏至 小暑 大暑 立秋 处暑 白露 秋分 寒露 霜降 立冬 小雪 大雪 冬至".split()

_YEARS = range(1901, 2100)

_FIRST_HALF, _LAST_MONTH = timedelta(days=15), timedelta(days=30)


@lru_cache(maxsize=512)
def day_of(year: int, month: int, day: int) -> date | None:
    """Return the day on which a day of the lunar year falls, leap months left aside; None if there is no such day."""
    if year not in _YEARS:
        return None
    from borax.calendars.lunardate import LunarDate

    try:
        found: date = LunarDate(year, month, day).to_solar_date()
    except ValueError:
        return None
    return found


@lru_cache(maxsize=4096)
def of(day: date) -> tuple[int, int] | None:
    """Return the month and the day of the lunar calendar on which a day falls, leap months by the number of the one before; None beyond the tables."""
    if day.year not in _YEARS:
        return None
    from borax.calendars.lunardate import LunarDate

    found = LunarDate.from_solar(day)
    return found.month, found.day


def last_of_month(year: int, month: int) -> date | None:
    """Return the last day of a lunar month, its 29th or 30th."""
    return day_of(year, month, 30) or day_of(year, month, 29)


def coming(day: int, since: date) -> date | None:
    """Return the next day of that number in a lunar month, from a date on."""
    if since.year not in _YEARS:
        return None
    from borax.calendars.lunardate import LunarDate

    days = (since + timedelta(days=count) for count in range(31))
    return next((one for one in days if LunarDate.from_solar(one).day == day), None)


def is_about_new_year(today: date) -> bool:
    """Tell whether it is the last month of a lunar year or the first half of a new one, when 初三 needs no month."""
    first = next(
        (day for year in (today.year, today.year + 1) if (day := day_of(year, 1, 1)) and day >= today - _FIRST_HALF), None
    )
    return first is not None and first - _LAST_MONTH <= today


def eve_of(year: int) -> date | None:
    """Return the last day of a lunar year, 除夕, whether its last month has 29 days or 30."""
    first = day_of(year + 1, 1, 1)
    return first - timedelta(days=1) if first else None


@lru_cache(maxsize=128)
def term_in(year: int, name: str) -> date | None:
    """Return the day of a solar term in a year."""
    if year not in _YEARS:
        return None
    from borax.calendars.lunardate import TermUtils

    found = TermUtils.nth_term_day(year, TERMS.index(name))
    return date(found.year, found.month, found.day)
