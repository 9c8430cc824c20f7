"""Hours at which somebody comes again and again: as they are said, and when they hold."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.language.recurrence import hours
from bot.language.recurrence.hours import Hours
from bot.model import SHANGHAI

NOON = datetime(2026, 3, 11, 12, tzinfo=SHANGHAI)  # a Wednesday


@pytest.mark.parametrize(
    ("said", "meant", "days"),
    [
        ("每周二四下午3点到5点来打扫", "每周二、四 15:00到17:00", 0),
        ("下午3点到5点 每周二和周四 打扫卫生", "每周二、四 15:00到17:00", 0),
        ("保姆周一到周五早上8点到晚上6点", "每周一到周五 08:00到18:00", 0),
        ("工作日早8点到晚6点，保姆", "每周一到周五 08:00到18:00", 0),
        ("护工每晚8点到早上6点来", "每天 20:00到次日06:00", 0),
        ("每天接孩子的阿姨", "每天全天", 0),
        ("家教每周六上午9点来", "每周六 09:00到11:00", 0),
        ("钟点工每周末上午来", "每周六、日 09:00到12:00", 0),
        ("每周一三点来", "每周一 15:00到17:00", 0),
        ("我妈来住两个月", "每天全天", 60),
        ("给我家保姆办个长期通行证", "每天全天", 0),
    ],
)
def test_hours_are_read_as_they_are_said(said: str, meant: str, days: int) -> None:
    found = hours.read(said, NOON)

    assert found is not None
    assert (found.said, found.days) == (meant, days)
    assert Hours.from_text(found.kept) == found


@pytest.mark.parametrize(
    "said",
    [
        "王芳周一到周五来住",
        "下周一到周五早上8点到晚上6点",
        "周三五点来",
        "我妈后天过来住几天",
        "来住三天",
        "明天下午3点到5点",
        "周六有两个朋友来",
    ],
)
def test_what_happens_once_has_no_hours(said: str) -> None:
    assert hours.read(said, NOON) is None


def test_hours_past_midnight_belong_to_the_day_on_which_they_began() -> None:
    friday_night = Hours(weekdays=(4,), opens=20 * 60, closes=30 * 60)
    saturday = datetime(2026, 3, 14, tzinfo=SHANGHAI)

    held = [friday_night.hold(saturday + timedelta(hours=one)) for one in (-4.01, -4, 0, 5.99, 6, 20)]

    assert held == [False, True, True, True, False, False]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
def test_hours_are_those_of_shanghai_whatever_clock_the_server_has(zone: str) -> None:
    daily = Hours(opens=0, closes=60)
    for day in (datetime(2026, 3, 8), datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2026, 11, 1)):  # noqa: DTZ001  given its zone below
        midnight = day.replace(tzinfo=SHANGHAI).astimezone(ZoneInfo(zone))

        later = (midnight.astimezone(ZoneInfo("UTC")) + timedelta(minutes=one) for one in (-1, 0, 59, 60))

        assert [daily.hold(one.astimezone(ZoneInfo(zone))) for one in later] == [False, True, True, False]


def test_next_time_is_now_or_when_they_begin_again() -> None:
    tuesdays = Hours(weekdays=(1,), opens=15 * 60, closes=17 * 60)

    assert tuesdays.next(NOON) == datetime(2026, 3, 17, 15, tzinfo=SHANGHAI)
    assert tuesdays.next(datetime(2026, 3, 17, 16, tzinfo=SHANGHAI)) == datetime(2026, 3, 17, 16, tzinfo=SHANGHAI)
