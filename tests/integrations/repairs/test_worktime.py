"""The three clocks against one that counts minute by minute and knows nothing of theirs, over a year of holidays and made-up weekends."""

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from bot.model import SHANGHAI
from integrations.repairs.worktime import Clock, Hours, Measure, Pause

OFFICE = Hours(opens=time(8, 30), closes=time(18))
MINUTE = timedelta(minutes=1)
NEW_YORK = ZoneInfo("America/New_York")


def counts(measure: Measure, at: datetime) -> bool:
    if measure is not Measure.WORK:
        return True
    return bool(chinese_calendar.is_workday(at.date())) and time(8, 30) <= at.time() < time(18)


def counted(measure: Measure, begins: datetime, minutes: int, pauses: list[Pause]) -> datetime:
    """Return when so many minutes have run: each is looked at by itself."""
    at = begins
    while minutes:
        if counts(measure, at) and not any(start <= at < end for start, end in pauses):
            minutes -= 1
        at += MINUTE
    return at


def some_day(dice: Random) -> datetime:
    return datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=dice.randrange(60 * 24 * 340))


def some_pauses(dice: Random, begins: datetime) -> list[Pause]:
    found = []
    for _ in range(dice.randrange(4)):
        start = begins + timedelta(minutes=dice.randrange(60 * 24 * 6))
        found.append((start, start + timedelta(minutes=dice.randrange(1, 60 * 24 * 3))))
    return found


@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("seed", range(40))
def test_clock_agrees_with_one_that_counts_every_minute(measure: Measure, seed: int) -> None:
    dice = Random(f"{measure} {seed}")
    begins, minutes = some_day(dice), dice.randrange(1, 60 * 40)
    pauses = some_pauses(dice, begins)
    clock = Clock(measure=measure, hours=OFFICE, pauses=pauses)

    due = clock.after(begins, minutes * MINUTE)

    assert due == counted(measure, begins, minutes, pauses)
    assert clock.ran(begins, due) == minutes * MINUTE


@pytest.mark.parametrize(("begins", "hours", "due"), [
    ("2026-02-13 17:00", 2, "2026-02-14 09:30"),   # Saturday is worked for the Spring Festival
    ("2026-02-14 17:00", 2, "2026-02-24 09:30"),   # and then nine days are off
    ("2026-09-30 12:00", 10, "2026-10-08 12:30"),  # National Day
    ("2026-10-09 18:00", 1, "2026-10-10 09:30"),   # Saturday is worked for it
    ("2026-03-14 23:59", 1, "2026-03-16 09:30"),   # an ordinary weekend, a minute before midnight
    ("2026-03-11 00:00", 1, "2026-03-11 09:30"),   # at midnight
    ("2026-03-11 08:30", 9.5, "2026-03-11 18:00"),  # a whole day ends when the office does, not when it opens next
])  # fmt: skip
def test_working_hours_keep_to_the_chinese_calendar(begins: str, hours: float, due: str) -> None:
    start = datetime.fromisoformat(begins).replace(tzinfo=SHANGHAI)

    ends = Clock(measure=Measure.WORK, hours=OFFICE).after(start, timedelta(hours=hours))

    assert f"{ends:%Y-%m-%d %H:%M}" == due


@pytest.mark.parametrize(("measure", "begins", "hours", "due"), [
    (Measure.ALWAYS, "2026-03-07 20:00", 24, "2026-03-08 21:00"),  # the clocks are put forward: a day has 23 hours
    (Measure.DAYS, "2026-03-07 20:00", 24, "2026-03-08 20:00"),    # a calendar day is one all the same
    (Measure.ALWAYS, "2026-10-31 20:00", 24, "2026-11-01 19:00"),  # and back: 25
    (Measure.DAYS, "2026-10-31 20:00", 24, "2026-11-01 20:00"),
    (Measure.DAYS, "2026-03-07 02:30", 24, "2026-03-08 03:30"),    # a time of day that does not exist is the one the clocks leap to
])  # fmt: skip
def test_where_clocks_are_put_forward_hours_are_hours_and_days_are_days(
    measure: Measure, begins: str, hours: int, due: str
) -> None:
    start = datetime.fromisoformat(begins).replace(tzinfo=NEW_YORK)

    ends = Clock(measure=measure, hours=OFFICE).after(start, timedelta(hours=hours))

    assert f"{ends:%Y-%m-%d %H:%M}" == due


def test_hours_before_1992_are_counted_through_the_summer_time_of_shanghai() -> None:
    start = datetime(1986, 5, 3, 23, tzinfo=SHANGHAI)

    ends = Clock(measure=Measure.ALWAYS, hours=OFFICE).after(start, timedelta(hours=24))

    assert ends.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=24)


def test_office_that_opens_at_weekends_alone_works_at_weekends() -> None:
    hours = Hours(opens=time(9), closes=time(12), days=frozenset({6, 7}))
    start = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)

    assert f"{Clock(measure=Measure.WORK, hours=hours).after(start, timedelta(hours=4)):%d %H:%M}" == "15 10:00"
