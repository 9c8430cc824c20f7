"""Times as residents say, write and dictate them, on Sunday 2026-11-22 at 10:00 in Shanghai."""

from datetime import datetime

import pytest

from bot.language import times
from bot.language.kinds.kind import Slot, Value
from bot.language.kinds.shipped import KINDS
from bot.language.reading import Reading
from bot.model import SHANGHAI

NOW = datetime(2026, 11, 22, 10, tzinfo=SHANGHAI)


def read(text: str) -> str:
    """Return the first time as `start` or `start ~ end`, an hour only where one was said, or `?` where it is unclear."""
    spans = times.find(text, NOW)
    if not spans:
        return ""
    span = spans[0]
    if span.kind == "unclear":
        return "?"
    day = "%m-%d" if span.start.year == NOW.year else "%Y-%m-%d"
    if span.kind == "day" and span.end:
        last = "" if span.end.date() == span.start.date() else f" ~ {span.end:%m-%d}"
        return f"{span.start:{day}}{last}"
    return f"{span.start:{day} %H:%M}" + (f" ~ {span.end:%m-%d %H:%M}" if span.end else "")


def take(text: str) -> dict[str, Value]:
    """Return what a visit takes of a message: its start and end."""
    slots = [Slot(name=name, kind=KINDS[name], required=name == "start") for name in ("start", "end")]
    return Reading.of(text, NOW).take(slots)


@pytest.mark.parametrize(
    "text", ["2月30号下午三点来", "朋友明天25点来，住到28号", "下周来，三点左右", "周三来，除了周三都行", "明天除了中午都行"]
)
def test_form_takes_no_time_beside_one_that_is_unclear(text: str) -> None:
    assert take(text) == {}


def test_time_that_corrects_an_unclear_one_is_taken() -> None:
    assert take("2月30号，说错了，是明天下午三点") == {"start": datetime(2026, 11, 23, 15, tzinfo=SHANGHAI)}


@pytest.mark.parametrize("text", [
    "2月30号", "6月31日", "11月31日下午三点", "2026-02-30", "13月5号", "1月32日", "2027年2月29日", "25点", "明天25:00", "8点70分", "第一个周二", "第二个星期",
    "前一天晚上", "后一天", "下周的前两天", "元旦前几天", "除了周三都行", "周一三五", "下周二、四", "25或26号", "十几分钟后", "几天后",
    "11月25号周五", "25号（周一）", "明天周四", "下周下午三点", "下个月下午", "初八来", "第二天早上八点", "明天到2月30号", "十月首周", "再下周三", "那天下午", "三十晚上", "八月份的第六个周二",
])  # fmt: skip
def test_what_cannot_be_read_whole_is_no_value(text: str) -> None:
    assert read(text) in {"?", ""}


def test_hour_beside_a_week_does_not_choose_its_day() -> None:
    week, hour = times.find("下周来，三点左右", NOW)

    assert (week.kind, hour.kind) == ("day", "unclear")


@pytest.mark.parametrize(("text", "expected"), [
    ("今晚零点", "11-23 00:00"), ("今晚12点", "11-23 00:00"), ("今晚0点", "11-23 00:00"), ("今晚一点", "11-23 01:00"), ("今晚两点半", "11-23 02:30"),
    ("今晚十一点", "11-22 23:00"), ("今天深夜一点", "11-23 01:00"), ("今天夜里12点半", "11-23 00:30"), ("今天晚上凌晨1点", "11-23 01:00"), ("夜里两点", "11-23 02:00"),
    ("明天夜里一点", "11-24 01:00"), ("半夜三点", "11-23 03:00"), ("后天半夜十一点", "11-24 23:00"), ("明天午夜十二点", "11-24 00:00"), ("今天午夜", "11-23 00:00"), ("后天夜间九点", "11-24 21:00"),
    ("晚间八点", "11-22 20:00"), ("夜里十一点半", "11-22 23:30"), ("周三凌晨12点", "11-25 00:00"), ("周三凌晨0点", "11-25 00:00"), ("明天零点", "11-23 00:00"), ("零点", "11-23 00:00"),
    ("周六夜里十二点", "11-29 00:00"), ("今晚24点", "11-23 00:00"), ("后天晌午一点", "11-24 13:00"), ("周五晚上十二点半", "11-28 00:30"), ("孩子夜里两点", "11-23 02:00"),
])  # fmt: skip
def test_night_has_its_hours(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("25到27号", "11-25 00:00 ~ 11-27 23:59"), ("25-27号", "11-25 00:00 ~ 11-27 23:59"), ("11.25-11.27", "11-25 00:00 ~ 11-27 23:59"), ("25号－30号", "11-25 00:00 ~ 11-30 23:59"),
    ("12月25日至27日", "12-25 00:00 ~ 12-27 23:59"), ("九到十一点", "11-22 21:00 ~ 11-22 23:00"), ("上午九到十一点", "11-23 09:00 ~ 11-23 11:00"), ("下午2-4点", "11-22 14:00 ~ 11-22 16:00"),
    ("下午两点到四", "11-22 14:00 ~ 11-22 16:00"), ("早上五到六点", "11-23 05:00 ~ 11-23 06:00"), ("上午九点到下午三点", "11-23 09:00 ~ 11-23 15:00"), ("下午三点多到五点", "11-22 15:00 ~ 11-22 17:00"),
    ("周五晚上八点到第二天早上八点", "11-27 20:00 ~ 11-28 08:00"), ("13:20~次日05:40", "11-22 13:20 ~ 11-23 05:40"), ("22:00-06:00", "11-22 22:00 ~ 11-23 06:00"), ("18:00-8:00", "11-22 18:00 ~ 11-23 08:00"),
    ("晚上十点到两点", "11-22 22:00 ~ 11-23 02:00"), ("从现在到八点", "11-22 10:00 ~ 11-22 20:00"), ("17点55分23秒至18点33分02秒", "11-22 17:55 ~ 11-22 18:33"), ("明天8:30-17:30", "11-23 08:30 ~ 11-23 17:30"),
    ("14:00 - 16:00", "11-22 14:00 ~ 11-22 16:00"), ("周一至五", "11-23 00:00 ~ 11-27 23:59"), ("周五晚到周日", "11-27 19:00 ~ 11-29 23:59"), ("正月初三到初六", "2027-02-08 00:00 ~ 02-11 23:59"),
    ("从早上八点到现在", "11-22 10:00 ~ 11-22 10:00"),
])  # fmt: skip
def test_range_has_both_ends(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("七八点", "11-22 19:00"), ("明天三四点", "11-23 15:00"), ("十一二点", "11-22 11:00"), ("晚上8、9点", "11-22 20:00"), ("下午四五点钟", "11-22 16:00"), ("明天十来点", "11-23 10:00"),
    ("明后天", "11-23 ~ 11-24"), ("明后两天", "11-23 ~ 11-24"), ("今明两天", "11-22 ~ 11-23"), ("25、26号", "11-25 ~ 11-26"), ("周六日", "11-28 ~ 11-29"), ("周六周日", "11-28 ~ 11-29"), ("两三天后", "11-24"),
])  # fmt: skip
def test_of_one_or_the_other_the_earlier_counts(text: str, expected: str) -> None:
    assert read(text) == expected


def taken(text: str) -> str:
    """Return what a visit takes as `start ~ end`."""
    found = take(text)
    return " ~ ".join(f"{value:%m-%d %H:%M}" for name in ("start", "end") if isinstance(value := found.get(name), datetime))


@pytest.mark.parametrize(("text", "expected"), [
    ("周五下午到，周日下午走", "11-27 14:00 ~ 11-29 18:00"), ("明天上午来下午走", "11-23 09:00 ~ 11-23 18:00"), ("周六来，晚上走", "11-28 00:00 ~ 11-28 23:00"),
    ("今天下午来，明早走", "11-22 14:00 ~ 11-23 10:00"), ("周六上午十点来，周一走", "11-28 10:00 ~ 11-30 23:59"), ("明天晚上9点半走，下午来", "11-23 14:00 ~ 11-23 21:30"),
    ("周六走，周五来", "11-27 00:00 ~ 11-28 23:59"), ("今晚八点来，十二点前走", "11-22 20:00 ~ 11-23 00:00"), ("周五晚上6点聚餐到9点", "11-27 18:00 ~ 11-27 21:00"),
])  # fmt: skip
def test_part_of_a_day_at_which_they_leave_is_the_end(text: str, expected: str) -> None:
    assert taken(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("周六来住一晚", "11-28 00:00 ~ 11-29 23:59"), ("周六下午到，住两晚", "11-28 14:00 ~ 11-30 23:59"), ("周六来过夜", "11-28 00:00 ~ 11-29 23:59"),
    ("周六下午三点来，一个半小时就走", "11-28 15:00 ~ 11-28 16:30"), ("周六下午三点来，两小时后走", "11-28 15:00 ~ 11-28 17:00"),
])  # fmt: skip
def test_how_long_they_stay_is_counted_from_when_they_come(text: str, expected: str) -> None:
    assert taken(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("下周二或者周三来", "11-24 00:00 ~ 11-25 23:59"), ("明天或后天来", "11-23 00:00 ~ 11-24 23:59"), ("周六还是周日来", "11-28 00:00 ~ 11-29 23:59"),
])  # fmt: skip
def test_one_day_or_another_lasts_from_the_first_to_the_second(text: str, expected: str) -> None:
    assert taken(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("下周", "11-23 ~ 11-29"), ("下下周", "11-30 ~ 12-06"), ("下周初", "11-23 ~ 11-24"), ("下下周末", "12-05 ~ 12-06"), ("下个月", "12-01 ~ 12-31"), ("下个月初", "12-01 ~ 12-05"), ("下月底", "12-27 ~ 12-31"),
    ("12月中旬", "12-11 ~ 12-20"), ("12月底", "12-27 ~ 12-31"), ("十二月月底", "12-27 ~ 12-31"), ("12月最后一天", "12-31"), ("年底", "12-25 ~ 12-31"), ("明年四月", "2027-04-01 ~ 04-30"), ("27年3月5号", "2027-03-05"),
    ("十月的第一周", "2027-10-04 ~ 10-10"), ("十月第一个星期一", "2027-10-04"), ("12月的第二个周六", "12-12"), ("下个月最后一个周五", "12-25"), ("12月第一周的周三", "12-09"),
    ("下周的周四", "11-26"), ("下周周六", "11-28"), ("下个星期天", "11-29"), ("大大后天", "11-26"), ("元月五号", "2027-01-05"), ("3月份", "2027-03-01 ~ 03-31"), ("25号（周三）", "11-25"), ("明天周一", "11-23"),
])  # fmt: skip
def test_coarse_date_begins_with_its_first_day(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("青年节", "2027-05-04"), ("妇女节", "2027-03-08"), ("双十二", "12-12"), ("平安夜", "12-24"), ("跨年夜", "12-31"), ("国庆长假第二天", "2027-10-02"), ("十一假期", "2027-10-01"), ("明年五一", "2027-05-01"),
    ("母亲节", "2027-05-09"), ("父亲节", "2027-06-20"), ("感恩节", "11-26"), ("元旦前一天", "12-31"), ("元旦第二天", "2027-01-02"), ("情人节晚上", "2027-02-14 19:00"),
    ("腊八", "2027-01-15"), ("小年", "2027-01-30"), ("腊月二十三", "2027-01-30"), ("腊月廿八", "2027-02-04"), ("年廿八", "2027-02-04"), ("除夕夜", "2027-02-05"), ("腊月三十", "2027-02-05"), ("大年初三", "2027-02-08"),
    ("正月初八上午十点", "2027-02-13 10:00"), ("元宵", "2027-02-20"), ("端午", "2027-06-09"), ("中元节", "2027-08-16"), ("农历八月十五", "2027-09-15"), ("八月十五", "2027-08-15"), ("重阳", "2027-10-08"),
    ("冬至", "12-22"), ("立春", "2027-02-04"), ("清明前一天", "2027-04-04"), ("大寒那天", "2027-01-20"), ("阴历十月初一", "2027-10-29"),
])  # fmt: skip
def test_festival_and_lunar_day_are_known(text: str, expected: str) -> None:
    assert read(text) == expected


def test_lunar_days_are_known_after_2030() -> None:
    spring = times.find("春节", datetime(2035, 1, 1, 10, tzinfo=SHANGHAI))

    assert [span.start.date().isoformat() for span in spring] == ["2035-02-08"]


@pytest.mark.parametrize(("text", "expected"), [
    ("五日后", "11-27"), ("三日後", "11-25"), ("三个钟后", "11-22 13:00"), ("三個鐘後", "11-22 13:00"), ("1个小时30分后", "11-22 11:30"), ("1.5小时后", "11-22 11:30"), ("一点五小时后", "11-22 11:30"),
    ("40多分钟后", "11-22 10:40"), ("半个钟后", "11-22 10:30"), ("一刻钟后", "11-22 10:15"), ("三刻钟后", "11-22 10:45"), ("两天半后", "11-24 22:00"), ("两周后的周三", "12-02"), ("再过10分钟", "11-22 10:10"), ("一个钟头左右到", "11-22 11:00"), ("二十分钟就到", "11-22 10:20"), ("半年后", "2027-05-22"),
])  # fmt: skip
def test_length_of_time_is_counted_from_now(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("11 月 25 日下午 3 点", "11-25 15:00"), ("下午3.30", "11-22 15:30"), ("明天3.30", "11-23 15:30"), ("3.30", "2027-03-30"), ("明天3pm", "11-23 15:00"), ("11-25 15:00", "11-25 15:00"), ("09-01", "2027-09-01"),
    ("6·30", "2027-06-30"), ("12/3号", "12-03"), ("二零二七年三月三號", "2027-03-03"), ("2027.3.5", "2027-03-05"), ("20270305", "2027-03-05"), ("2026/11/25 下午 02:26", "11-25 14:26"),
    ("明天10一点", "11-23 11:00"), ("差五分三点", "11-22 14:55"), ("差三刻八点", "11-22 19:15"), ("三点零五", "11-22 15:05"), ("15时30分", "11-22 15:30"), ("週三下午", "11-25 14:00"), ("周三3点", "11-25 15:00"),
])  # fmt: skip
def test_time_is_read_as_it_is_written(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("名天下午三点", "11-23 15:00"), ("明天下午三店", "11-23 15:00"), ("星其五下午三点", "11-27 15:00"), ("明天下舞三店", "11-23 15:00"), ("今玩八点", "11-22 20:00"), ("下州三", "11-25"), ("后填上午", "11-24 09:00"),
])  # fmt: skip
def test_misheard_time_is_the_one_meant(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("text", [
    "三店都关门了", "今玩游戏", "下舞台", "小年轻", "年夜饭", "超过24小时", "三十六点五度", "三十二号", "2.4万", "1.8米", "16号501", "3号铺", "12-5", "三个月", "下雨天", "大雪", "小满", "同一天", "第一天", "下周几",
])  # fmt: skip
def test_what_sounds_like_a_time_and_is_none_is_left_alone(text: str) -> None:
    assert read(text) == ""


def test_blanks_left_out_do_not_move_the_place() -> None:
    text = "我朋友 11 月 25 日 下午 3 点 来"
    span = times.find(text, NOW)[0]

    assert text[span.begin : span.stop] == "11 月 25 日 下午 3 点"


def test_so_many_times_as_nobody_says_are_not_all_read() -> None:
    spans = times.find("明天下午三点" * 300, NOW)

    assert spans[0].start == datetime(2026, 11, 23, 15, tzinfo=SHANGHAI)
    assert len(spans) < 50
