"""People are counted however they are counted in Chinese; ordinals, floors and things are no people."""

import pytest

from bot.language.kinds import count
from bot.language.kinds.kind import Slot
from bot.language.reading import Reading
from tests.language.kinds.taking import NOW, read


@pytest.mark.parametrize(("text", "expected"), [
    # numbers and measure words
    ("两个人", 2), ("3位客人", 3), ("12人", 12), ("5 个人", 5), ("有十二个朋友", 12), ("明天有一百二个客人来", 120), ("两百五个人", 250), ("贰拾个人", 20), ("四十号人", 40),
    ("我同学两个", 2), ("我同学两个周六来", 2), ("三个来", 3), ("来三名工人", 3),
    # one or the other, and about
    ("我有两三个朋友明天来", 3), ("五六个人明天下午三点来", 6), ("明天五六十个客人来", 60), ("十二三个人", 13), ("三五个朋友", 5), ("2到3个人", 3), ("2-3人", 3), ("3、4个人", 4),
    ("明天有十来个朋友来", 10), ("二十多个人", 25), ("十几个人", 15), ("百十来个人", 110),
    # who come in twos and threes
    ("我朋友俩明天来", 2), ("我有仨朋友明天来", 3), ("俩人", 2), ("姐妹仨", 3), ("明天有一对夫妻来做客", 2), ("两对情侣", 4), ("明天有半打朋友来", 6), ("一打人", 12),
    # families
    ("一家三口来", 3), ("我们一家三口", 3), ("一家子五口", 5), ("一共五口子", 5), ("一家四五口", 5), ("五口人", 5), ("一行五人", 5),
    # added up
    ("明天有3个大人2个孩子来", 5), ("两个大人一个小孩", 3), ("两个大人带一个小孩", 3), ("三大两小", 5), ("2大1小", 3), ("2个大人、1个老人和2个娃", 5), ("五个人，三大两小", 5),
    ("五个人，三个大人两个小孩", 5), ("明天有四个半大小子来玩", 4), ("两个外地朋友", 2), ("3个大人，2个小孩，1个老人", 6), ("大人三个，孩子两个", 5), ("两男一女", 3), ("一老一小", 2), ("一个大人带俩娃", 3),
    ("人数：8", 8), ("三个快递小哥", 3), ("三两个朋友", 3),
])  # fmt: skip
def test_people_are_counted(text: str, expected: int) -> None:
    assert count.counts(text) == [expected]


@pytest.mark.parametrize("text", [
    "第三个人", "第两位", "三楼", "三层楼", "两个小时", "三个月", "三个钟后来", "两个问题", "三个灯坏了", "3栋2单元", "两个快递", "十个包裹", "五个半小时", "3个月大的孩子",
    "每个人", "那个人", "几个人", "好几个朋友", "三点来", "两岁的孩子", "后面两个", "四人间", "三人座沙发", "二维码", "一下", "一家人", "三个人的房间", "5到3个人", "没有一个人", "三十一个月", "上百人", "不止三个人", "三八个人",
])  # fmt: skip
def test_what_counts_no_people_is_none(text: str) -> None:
    assert count.counts(text) == []


def test_counts_said_apart_stay_apart() -> None:
    assert count.counts("两个人来，不对，是三个人") == [2, 3]


@pytest.mark.parametrize(("text", "expected"), [
    ("来的是夫妻俩带个娃", 3), ("我弟弟弟媳带俩侄子来", 4), ("张工和两个徒弟明天来", 3), ("马丽明天带孩子来", 2), ("方便带孩子来吗", None), ("俩人 一大一小", 2), ("两个师傅加一个司机", 3), ("夫妻两个带一个小孩", 3), ("大人两个小孩两个", 4),
    ("4 个成年人 1 个婴儿", 5), ("三姐妹", 3), ("他们一家三口加上我婆婆", 4), ("我太太带孩子明天来", 2),
])  # fmt: skip
def test_those_who_are_brought_along_are_added(text: str, expected: int | None) -> None:
    assert read("count", text) == expected


@pytest.mark.parametrize(("text", "known", "expected"), [
    ("有一个来不了了", 4, 3), ("少来一个人", 4, 3), ("走了俩", 4, 2), ("再加两个人", 4, 6), ("还有一个朋友也来", 2, 3), ("又叫了两个工人", 4, 6), ("加两个朋友", 2, 4),
    ("有一个来不了，就三个", 5, 3), ("改成五个人", 2, 5), ("一共六个", 2, 6), ("差不多五个人", 3, 5), ("有一个来不了", 1, None), ("我妈也来", 2, None), ("晚到半小时", 3, None),
])  # fmt: skip
def test_more_and_fewer_change_how_many_are_known(text: str, known: int, expected: int | None) -> None:
    slot = Slot(name="people", kind=count.KIND)

    assert Reading.of(text, NOW).take((slot,), {"people": known}).get("people") == expected
