from datetime import datetime

import pytest

from bot.language import contacts
from bot.language.reading import Reading

NOW = datetime.fromisoformat("2026-03-11T10:00+08:00")


@pytest.mark.parametrize(
    ("words", "whose"),
    [
        ("儿子电话13900001111", "儿子"), ("我老婆手机 13900001111", "老婆"), ("我妈13900001111", "妈妈"), ("房东电话13900001111", "房东"),
        ("我的紧急联系人是女儿 陈晓 13911112222", contacts.IN_NEED), ("紧急联系人13911112222", contacts.IN_NEED),
        ("有事打 0571-88001234", contacts.OWN), ("有事打我电话13900001111", contacts.OWN), ("我电话13900001111", contacts.OWN), ("我电话换了 13900001111", contacts.OWN), ("搬家师傅电话13900002222", ""), ("联系我13900001111", contacts.OWN),
        ("13900001111", ""), ("电话13900001111", ""), ("马小明 13800138000", ""), ("他电话13900001111", ""), ("没有电话", ""),
    ],
)  # fmt: skip
def test_whose_number_it_is(words: str, whose: str) -> None:
    assert contacts.whose(Reading.of(words, NOW)) == whose


@pytest.mark.parametrize(
    ("words", "whose"),
    [
        ("我儿子的车浙A33333", "儿子"), ("我的车牌浙A22222", contacts.OWN), ("我家的车 浙A22222", contacts.OWN), ("我老公去接 车牌浙D1P09W", ""), ("开他媳妇的车 吉C1H073", ""),
        ("车牌浙A22222", ""), ("他的车浙A22222", ""), ("换了车 浙A22222", ""),
    ],
)  # fmt: skip
def test_whose_car_it_is(words: str, whose: str) -> None:
    assert contacts.whose_car(Reading.of(words, NOW)) == whose


@pytest.mark.parametrize(
    "words",
    [
        "金文 13912345678",
        "马小明 13800138000",
        "儿子电话13900001111",
        "我的紧急联系人是女儿 陈晓 13911112222",
        "有事打我电话13900001111",
    ],
)
def test_whose_number_and_nothing_else(words: str) -> None:
    assert contacts.is_told(Reading.of(words, NOW))


@pytest.mark.parametrize(
    "words",
    [
        "13800138000",
        "电话13800138000",
        "张伟明天下午来 13800138000",
        "儿子电话",
        "厨房漏水 13800138000",
        "给马小明开个通行证 13800138000",
    ],
)
def test_a_mere_number_or_a_wish_is_more_or_less_than_that(words: str) -> None:
    assert not contacts.is_told(Reading.of(words, NOW))
