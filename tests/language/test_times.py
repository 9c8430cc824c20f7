"""Times as residents say them, on Wednesday 2026-03-11 at 10:00 in Shanghai."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import times
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


def read(text: str, now: datetime = NOW) -> str:
    """Return the first time as start, start~end for days and ranges, ~end for deadlines, or nothing."""
    spans = times.find(text, now)
    if not spans:
        return ""
    span = spans[0]
    start, end = f"{span.start:%m-%d %H:%M}", f"{span.end:%m-%d %H:%M}" if span.end else ""
    if span.kind == "deadline":
        return f"~{end}"
    return f"{start}~{end}" if end else start


@pytest.mark.parametrize(("text", "expected"), [
    ("明天下午三点半", "03-12 15:30"), ("后天早上八点", "03-13 08:00"), ("大后天晚上8点到10点", "03-14 20:00~03-14 22:00"),
    ("下周一", "03-16 00:00~03-16 23:59"), ("这周末", "03-14 00:00~03-15 23:59"), ("月底前", "~03-31 23:59"),
    ("国庆节", "10-01 00:00~10-01 23:59"), ("十五号", "03-15 00:00~03-15 23:59"), ("15号上午", "03-15 09:00"),
    ("今晚", "03-11 19:00"), ("今天晚上", "03-11 19:00"), ("今天晚上八点", "03-11 20:00"), ("今晚十二点", "03-12 00:00"), ("明早9点", "03-12 09:00"), ("周六下午两点", "03-14 14:00"), ("下周三晚上七点半", "03-18 19:30"),
    ("3月20号下午4点", "03-20 16:00"), ("三月二十号", "03-20 00:00~03-20 23:59"), ("2026年4月1日", "04-01 00:00~04-01 23:59"),
    ("4月5号上午10点半", "04-05 10:30"), ("下个月3号", "04-03 00:00~04-03 23:59"), ("半小时后", "03-11 10:30"),
    ("两个小时后", "03-11 12:00"), ("一个半小时后", "03-11 11:30"), ("三天后", "03-14 00:00~03-14 23:59"), ("下午5点", "03-11 17:00"),
    ("17:30", "03-11 17:30"), ("今天中午十二点", "03-11 12:00"), ("晚上九点一刻", "03-11 21:15"), ("礼拜天上午", "03-15 09:00"),
    ("本周五", "03-13 00:00~03-13 23:59"), ("明儿个下午", "03-12 14:00"), ("端午节", "06-19 00:00~06-19 23:59"),
    ("中秋节晚上", "09-25 19:00"), ("下下周二", "03-24 00:00~03-24 23:59"), ("周一到周五", "03-16 00:00~03-20 23:59"),
    ("3.15", "03-15 00:00~03-15 23:59"), ("3/18", "03-18 00:00~03-18 23:59"), ("12号到15号", "03-12 00:00~03-15 23:59"),
    ("明天9点到11点半", "03-12 09:00~03-12 11:30"), ("18:00-20:00", "03-11 18:00~03-11 20:00"), ("现在", "03-11 10:00"),
    ("今晚八点到十点", "03-11 20:00~03-11 22:00"), ("明天上午9点到下午3点", "03-12 09:00~03-12 15:00"),
    ("10月1号到3号", "10-01 00:00~10-03 23:59"), ("周五之前", "~03-13 23:59"),
])  # fmt: skip
def test_expression_is_read(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("一早", "07:00"), ("早上", "08:00"), ("上午", "09:00"), ("中午", "12:00"), ("下午", "14:00"), ("傍晚", "18:00"), ("晚上", "19:00"),
])  # fmt: skip
def test_part_of_day_has_its_hour(text: str, expected: str) -> None:
    assert read(f"明天{text}") == f"03-12 {expected}"


@pytest.mark.parametrize(("text", "expected"), [
    ("tomorrow morning 10点", "03-12 10:00"), ("Friday 3pm", "03-13 15:00"), ("Thursday 下午三点", "03-12 15:00"), ("next Monday morning", "03-16 08:00"),
    ("tonight 8点", "03-11 20:00"), ("8:30 pm", "03-11 20:30"), ("12am", "03-12 00:00"), ("3pm on Friday", "03-13 15:00"), ("10am tomorrow", "03-12 10:00"),
    ("明儿头晌十点", "03-12 10:00"), ("后晌三点", "03-11 15:00"), ("明儿后半晌三点", "03-12 15:00"), ("下昼五点", "03-11 17:00"), ("听日上昼十点", "03-12 10:00"), ("听朝九点", "03-12 09:00"),
    ("听晚八点", "03-12 20:00"), ("今朝下半日两点", "03-11 14:00"), ("晏昼一点", "03-11 13:00"), ("明天擦黑", "03-12 18:00"), ("礼拜六夜里厢八点", "03-14 20:00"), ("晚黑七点半", "03-11 19:30"),
    ("下午 3点", "03-11 15:00"),
])  # fmt: skip
def test_english_and_dialects_are_read(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("三点", "03-11 15:00"), ("八点", "03-11 20:00"), ("十一点", "03-11 11:00"), ("12点", "03-11 12:00"), ("明天三点", "03-12 15:00"),
    ("明天八点", "03-12 08:00"), ("凌晨两点", "03-12 02:00"), ("这周一", "03-16 00:00~03-16 23:59"), ("周三", "03-11 00:00~03-11 23:59"),
])  # fmt: skip
def test_what_is_left_open_is_the_next_time_by_day(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("text", [
    "12号楼漏水", "十一楼没水", "5-1-302", "有两个人要来", "一点都不热", "两点建议", "快一点", "3号线", "2号门禁坏了", "sunny", "monitor坏了", "am", "一个月停车多少钱",
])  # fmt: skip
def test_what_is_no_time_is_left_alone(text: str) -> None:
    assert read(text) == ""


def test_second_clock_time_takes_the_day_of_the_first() -> None:
    first, second = times.find("明天下午三点，不对，四点", NOW)

    assert (first.start.hour, second.start) == (15, datetime(2026, 3, 12, 16, tzinfo=SHANGHAI))


def test_stay_gives_an_end() -> None:
    _, stay = times.find("明天上午来待三个小时", NOW)

    assert stay.end == datetime(2026, 3, 12, 12, tzinfo=SHANGHAI)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_days_are_those_of_the_clock_passed_in(zone: str) -> None:
    late = datetime(2026, 3, 11, 0, 30, tzinfo=SHANGHAI)

    assert late.astimezone(ZoneInfo(zone)) == late
    assert read("明天", late) == "03-12 00:00~03-12 23:59"


@given(
    st.text(alphabet="明后今天下上周一二三四五六日月号点半刻到前之早晚午0123456789:.-/ 小时分钟过个", max_size=24),
    st.integers(0, 366 * 24),
)
def test_any_jumble_is_read_without_an_error(text: str, hours: int) -> None:
    now = NOW + timedelta(hours=hours)

    for span in times.find(text, now):
        assert 0 <= span.begin < span.stop <= len(text)
        assert span.start.tzinfo is not None


@pytest.mark.parametrize("text", ["会晚一点", "早一点来", "她晚一点到"])
def test_later_or_earlier_is_no_time(text: str) -> None:
    assert list(times.find(text, NOW)) == []
