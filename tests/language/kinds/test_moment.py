"""Of the times in a message a slot gets the one that is meant for it."""

from datetime import datetime, timedelta

import pytest

from bot.language import leftovers
from bot.language.kinds.kind import Slot
from bot.language.kinds.shipped import KINDS
from bot.language.reading import Reading
from bot.model import SHANGHAI
from tests.language.kinds.taking import NOW, asked, read

VISIT = [
    Slot(name="visitor_name", kind=KINDS["name"]),
    Slot(name="starts_at", kind=KINDS["start"]),
    Slot(name="people", kind=KINDS["count"]),
]


@pytest.mark.parametrize(("text", "day", "hour"), [
    ("下昼五点呀 唔系朝早", 12, 17), ("改下周二吧 还是九点 明天要出差", 17, 9), ("Sorry 我 Thursday 有 class, Friday same time", 13, 10), ("周四有课 周五下午三点吧", 13, 15),
    ("后天上午十点，不是明天", 13, 10), ("明天有会 后天早上九点来", 13, 9),
])  # fmt: skip
def test_time_that_is_denied_or_taken_is_not_meant(text: str, day: int, hour: int) -> None:
    slot = Slot(name="starts_at", kind=KINDS["start"])
    known = {"starts_at": NOW + timedelta(days=1)}
    found = Reading.of(text, NOW).take([slot], known=known)["starts_at"]

    assert isinstance(found, datetime)
    assert (found.day, found.hour) == (day, hour)


@pytest.mark.parametrize(("text", "day", "hour"), [
    ("13号有人来看房，下午两点到四点", 13, 14), ("爸妈明天到，早上八点的火车", 12, 8), ("月底来人，29号吧", 29, 0), ("明天来，后天走", 12, 0), ("明天来，哦不，后天来", 13, 0),
    ("明儿个晌午来", 12, 12), ("明早保洁阿姨七点来", 12, 7), ("明朝上半日十一点钟到", 12, 11), ("听日朝早嚟", 12, 8),
    ("她坐高铁三点二十到站 估摸着四点能到小区", 11, 16), ("我妈后天坐早上的车来 估计下午到", 13, 14),
])  # fmt: skip
def test_what_is_said_further_on_of_the_same_day_counts(text: str, day: int, hour: int) -> None:
    start = read("start", text)

    assert isinstance(start, datetime)
    assert (start.day, start.hour) == (day, hour)


def test_correction_keeps_the_day_that_was_known() -> None:
    start = Slot(name="starts_at", kind=KINDS["start"])
    known = {"starts_at": datetime(2026, 3, 13, 15, tzinfo=SHANGHAI)}

    assert Reading.of("改成四点", NOW).take([start], known=known) == {"starts_at": datetime(2026, 3, 13, 16, tzinfo=SHANGHAI)}
    assert Reading.of("不对，是大后天", NOW).take([start], known=known) == {
        "starts_at": datetime(2026, 3, 14, 15, tzinfo=SHANGHAI)
    }


@pytest.mark.parametrize(("text", "start", "end"), [
    ("改周六", "03-14 14:00", None), ("改成后天", "03-13 14:00", None), ("下午三点到", "03-12 15:00", None),
    ("耍到下午五点", None, "03-12 17:00"), ("五点半撤", None, "03-12 17:30"), ("八点多回家", None, "03-12 20:00"),
    ("最晚十点", None, "03-12 22:00"), ("四点半顶天了", None, "03-12 16:30"), ("第二天早上八点走", None, "03-13 08:00"),
    ("住到周六", None, "03-14 23:59"), ("周六上午十点走", None, "03-14 10:00"), ("走到三点", "03-12 15:00", None),
])  # fmt: skip
def test_when_a_visit_ends_is_not_when_it_begins(text: str, start: str | None, end: str | None) -> None:
    wanted = [Slot(name="starts_at", kind=KINDS["start"]), Slot(name="ends_at", kind=KINDS["end"])]
    known = {"starts_at": datetime(2026, 3, 12, 14, tzinfo=SHANGHAI)}

    found = Reading.of(text, NOW).take(wanted, known=known)

    assert [f"{found[name]:%m-%d %H:%M}" if name in found else None for name in ("starts_at", "ends_at")] == [start, end]


def test_correction_of_an_early_hour_stays_early() -> None:
    start = Slot(name="starts_at", kind=KINDS["start"])
    known = {"starts_at": datetime(2026, 3, 12, 7, tzinfo=SHANGHAI)}

    assert Reading.of("改六点半", NOW).take([start], known=known) == {"starts_at": datetime(2026, 3, 12, 6, 30, tzinfo=SHANGHAI)}


@pytest.mark.parametrize(("text", "is_when"), [
    ("就现在", True), ("现在来", True), ("改成现在", True), ("现在能不能过来", True), ("现在约了谁", False), ("现在是咋定的", False), ("别周六也给我留着", False), ("不要明天，后天来", True),
])  # fmt: skip
def test_now_is_a_time_only_where_somebody_comes(text: str, is_when: bool) -> None:
    assert ("starts_at" in Reading.of(text, NOW).take(VISIT)) is is_when


@pytest.mark.parametrize("text", ["已经到了", "就现在", "马上到", "人在门口了", "已经在门口了"])
def test_being_here_is_now_when_the_time_was_asked_for(text: str) -> None:
    assert asked("start", text) == NOW


def test_time_to_come_counts_before_one_that_is_over() -> None:
    assert read("start", "昨晚开始漏水，明天上午来修") == datetime(2026, 3, 12, 9, tzinfo=SHANGHAI)


def test_two_hours_said_at_once_are_about_the_earlier_one() -> None:
    assert read("start", "后天来，大概两三点") == datetime(2026, 3, 13, 14, tzinfo=SHANGHAI)
    assert read("start", "明天下午两三点来") == datetime(2026, 3, 12, 14, tzinfo=SHANGHAI)
    assert read("start", "明晚七八点到") == datetime(2026, 3, 12, 19, tzinfo=SHANGHAI)


def test_since_when_something_is_broken_is_no_time_to_come() -> None:
    assert read("start", "从早上八点到现在没水") is None


@pytest.mark.parametrize("text", [
    "人已经到门岗了，麻烦放行", "我朋友在门口等着，帮他开个码", "姑爷的车到大门口了开下杆", "他在门口被保安拦住了，给放一下", "客人已经到了，给个码",
])  # fmt: skip
def test_who_stands_at_the_gate_comes_now(text: str) -> None:
    assert read("start", text, required=True) == NOW


@pytest.mark.parametrize("text", ["我朋友到了吗", "客人到了没", "门口的灯坏了", "我妹妹来"])
def test_nobody_at_the_gate_is_no_time(text: str) -> None:
    assert read("start", text, required=True) is None


def test_what_reached_the_gate_is_no_time_where_none_must_be_known() -> None:
    assert read("start", "水流到门口了") is None


@pytest.mark.parametrize(("text", "when"), [
    ("今天不行就明天晚上七点半", "2026-03-12 19:30"), ("宝宝一点到三点睡觉，明天下午三点半来", "2026-03-12 15:30"), ("一点到三点别来", None),
    ("滴了一晚上", None), ("明天上午不行吗", "2026-03-12 09:00"), ("后天中午，十一点半", "2026-03-13 11:30"),
])  # fmt: skip
def test_a_time_at_which_nobody_shall_come_is_no_appointment(text: str, when: str | None) -> None:
    start = Slot(name="when", kind=KINDS["start"])
    found = Reading.of(text, NOW).take((start,)).get("when")

    assert (f"{found:%Y-%m-%d %H:%M}" if isinstance(found, datetime) else None) == when
    assert not leftovers.unread(Reading.of(text, NOW), (start,), {"when": found} if found else {})


@pytest.mark.parametrize(("text", "starts", "ends"), [
    ("那走的时间也往后 四点", None, "2026-03-11 16:00"), ("后天吃了晚饭走大概七点", None, "2026-03-13 19:00"),
    ("离开大概晚上九点", None, "2026-03-11 21:00"), ("走路来 三点到", "2026-03-11 15:00", None), ("他一点才到", "2026-03-11 13:00", None),
])  # fmt: skip
def test_when_somebody_leaves_is_no_time_of_coming(text: str, starts: str | None, ends: str | None) -> None:
    found = Reading.of(text, NOW).take((Slot(name="starts", kind=KINDS["start"]), Slot(name="ends", kind=KINDS["end"])))

    assert {name: f"{value:%Y-%m-%d %H:%M}" for name, value in found.items()} == {
        name: value for name, value in (("starts", starts), ("ends", ends)) if value
    }
