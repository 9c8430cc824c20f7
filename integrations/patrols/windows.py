"""When a route is to be walked: windows on weekdays, half open, past midnight too. Pure; days and hours are those of Shanghai."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from bot.contract import SHANGHAI, tr, tr_all

#: Minutes of a day.
DAY = 24 * 60

WEEKDAYS = (tr("周一"), tr("周二"), tr("周三"), tr("周四"), tr("周五"), tr("周六"), tr("周日"))


def between(weekdays: str, opens: int, closes: int, after: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Give the windows that begin after one moment and not after another, the earliest first."""
    day = after.astimezone(SHANGHAI).date()
    while day <= until.astimezone(SHANGHAI).date():
        midnight = datetime.combine(day, time(), SHANGHAI)
        starts = midnight + timedelta(minutes=opens)
        if str(day.weekday()) in weekdays and after < starts <= until:
            yield starts, midnight + timedelta(minutes=closes)
        day += timedelta(days=1)


def read(opens: str, closes: str) -> tuple[int, int] | None:
    """Return the minutes of two clock times of a form; an end that is not after the beginning is on the day after. None for no times."""
    try:
        first, last = time.fromisoformat(opens), time.fromisoformat(closes)
    except ValueError:
        return None
    begins, ends = first.hour * 60 + first.minute, last.hour * 60 + last.minute
    return begins, ends if ends > begins else ends + DAY


def clock(minutes: int) -> str:
    """Return a minute of the day as a clock says it."""
    return f"{minutes % DAY // 60:02d}:{minutes % 60:02d}"


def say(weekdays: str, opens: int, closes: int) -> str:
    """Return a window in words: 每天 8:00–10:00, 周一、周四 22:00–次日 02:00."""
    days = tr("每天") if len(set(weekdays)) == len(WEEKDAYS) else tr_all("、", [WEEKDAYS[int(one)] for one in sorted(weekdays)])
    if closes > DAY:
        return tr("{days} {opens}–次日 {closes}", days=days, opens=clock(opens), closes=clock(closes))
    return tr("{days} {opens}–{closes}", days=days, opens=clock(opens), closes=clock(closes))
