"""Which days people of China have off, and which weekends they work instead. Pure.

Each autumn the State Council announces the next year's; chinesecalendar carries what it said. Of years that it does not know yet
only the days that the law itself names are off (全国年节及纪念日放假办法), and weekends are not worked: `is_known` tells which it is.
"""

from datetime import date
from functools import lru_cache

import chinese_calendar
from chinese_calendar.constants import holidays as _announced

from bot.language.times import lunar
from bot.translation import tr

#: The last year whose days off have been announced to us.
LAST_YEAR: int = max(_announced).year
_FIRST_YEAR: int = min(_announced).year

_SATURDAY = 5

#: Days of the common calendar that the law names.
_BY_LAW = {
    (1, 1): tr("元旦"),
    (5, 1): tr("劳动节"),
    (5, 2): tr("劳动节"),
    (10, 1): tr("国庆节"),
    (10, 2): tr("国庆节"),
    (10, 3): tr("国庆节"),
}

#: Days of the lunar calendar that the law names; 除夕 is the day before the first.
_LUNAR_BY_LAW = {(1, 1): tr("春节"), (1, 2): tr("春节"), (1, 3): tr("春节"), (5, 5): tr("端午"), (8, 15): tr("中秋")}


def is_known(day: date) -> bool:
    """Tell whether the days off of that year have been announced to us."""
    return _FIRST_YEAR <= day.year <= LAST_YEAR


@lru_cache(maxsize=4096)
def name_of(day: date) -> str:
    """Return the holiday for which a day is off, the days around it that are off with it included; empty for a plain weekend."""
    if not is_known(day):
        return _name_by_law(day)
    is_off, name = chinese_calendar.get_holiday_detail(day)
    return str(chinese_calendar.Holiday(name).chinese) if is_off and name else ""


def is_workday(day: date) -> bool:
    """Tell whether people work: Monday to Friday but for days off, and the weekends that are worked instead."""
    if is_known(day):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < _SATURDAY and not name_of(day)


def is_made_up(day: date) -> bool:
    """Tell whether a day of a weekend is worked instead of another."""
    return day.weekday() >= _SATURDAY and is_workday(day)


def _name_by_law(day: date) -> str:
    if name := _BY_LAW.get((day.month, day.day)):
        return name
    if lunar.term_in(day.year, tr("清明")) == day:
        return tr("清明")
    if lunar.eve_of(day.year - 1) == day:
        return tr("春节")
    return next((name for one, name in _LUNAR_BY_LAW.items() if lunar.day_of(day.year, *one) == day), "")
