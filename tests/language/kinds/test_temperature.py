"""Temperatures of bodies are read in every writing, each with whose it is; what is none of a body is left alone."""

from datetime import datetime

import pytest

from bot.language.kinds import temperature
from bot.language.kinds.kind import Slot
from bot.language.kinds.temperature import temperatures
from bot.language.reading import Reading
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("text", "expected"), [
    ("体温三六点五", 36.5), ("体温卅六度五", 36.5), ("体温36.55", 36.6), ("体温36·5", 36.5), ("体温37 8", 37.8), ("体温37·8", 37.8), ("三七度八", 37.8),
    ("额温三六八", 36.8), ("体温三十七", 37.0), ("打卡 36 5", 36.5), ("打卡365", 36.5), ("三十六点五度", 36.5), ("三十七度半", 37.5), ("三十六七", 36.7), ("四零点一", 40.1),
    ("37 8", 37.8), ("孩子37 8", 37.8), ("烧到三十九", 39.0), ("耳温: 36.8", 36.8), ("额温枪 36.4", 36.4), ("98.6华氏", 37.0), ("华氏100.4度", 38.0), ("98.6°F", 37.0), ("98.6F", 37.0),
    ("36.6，3个人", 36.6), ("打卡36 2个人", 36.0), ("39度2的高烧", 39.2), ("三十八度五", 38.5), ("38℃", 38.0), ("38.5摄氏度", 38.5), ("38摄氏度", 38.0), ("室内20度 体温36.8", 36.8), ("奶奶36.3", 36.3), ("体温：36,5", 36.5), ("测了一下366", 36.6), ("体温计显示37 2", 37.2), ("打卡36，2个人", 36.0),
])  # fmt: skip
def test_temperature_is_read_in_every_writing(text: str, expected: float) -> None:
    assert [found.value for found in temperature.find(text, NOW)] == [expected]


@pytest.mark.parametrize("text", [
    "空调26度", "空调36度", "水温40度", "水37度", "洗澡水才35度", "外面38度", "家里才34度", "空调开到34度", "用了38度电", "38度的白酒", "36.5元", "36.5平", "38.5公斤", "北纬36度", "下午三四点来",
    "不到37度", "超过38度", "38度多", "37度以下", "36-37度", "36.5.2", "打卡365天", "打卡40天了", "高烧39小时了", "打卡37人", "36号", "三十五个人", "四十一个", "我36 5个人",
    "12:36.5", "三五点来",
])  # fmt: skip
def test_what_is_no_temperature_of_a_body_is_none(text: str) -> None:
    assert temperature.find(text, NOW) == []


@pytest.mark.parametrize(("text", "expected"), [
    ("老公36.5，我36.3，儿子37.8", [("老公", 36.5), ("我", 36.3), ("儿子", 37.8)]), ("我36度5，老婆三十七度二", [("我", 36.5), ("老婆", 37.2)]),
    ("36.5我，37.8儿子", [("我", 36.5), ("儿子", 37.8)]), ("我家孩子38.2", [("孩子", 38.2)]), ("我妈36.8 我爸37.1", [("妈", 36.8), ("爸", 37.1)]),
    ("张三36.5，李四37.8", [("张三", 36.5), ("李四", 37.8)]), ("今天36.5", [("", 36.5)]), ("36.5，37.8", [("", 36.5), ("", 37.8)]), ("没量", []), ("我36.5，孩子38", [("我", 36.5), ("孩子", 38.0)]), ("老公37，我36.5", [("老公", 37.0), ("我", 36.5)]), ("孩子早上38.5，晚上37.2", [("孩子", 38.5), ("孩子", 37.2)]),
    ("宝宝额温37 9，我36 5", [("宝宝", 37.9), ("我", 36.5)]),
])  # fmt: skip
def test_each_temperature_has_its_person(text: str, expected: list[tuple[str, float]]) -> None:
    assert [(one.who, one.degrees) for one in temperature.temperatures(text)] == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("老公36.5，我36.3", True), ("36.5 37.8", True), ("36.5、36.3和37.8", True), ("早上36.5，晚上37.8", False), ("我36.5", False), ("36.5不对，是36.8", False),
])  # fmt: skip
def test_figures_side_by_side_are_those_of_several_people(text: str, expected: bool) -> None:
    assert (len(temperature.of_several(text)) > 1) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("孩子现在39.5了一直在抖", None), ("现在39.5了", 39.5), ("我39.5", 39.5), ("孩子39.5，我37", 37.0)]
)
def test_anothers_temperature_changes_none_that_is_known(text: str, expected: float | None) -> None:
    slot = Slot(name="temperature", kind=temperature.KIND)

    assert Reading.of(text, NOW).take((slot,), {"temperature": 36.5}).get("temperature") == expected


@pytest.mark.parametrize(
    ("words", "who", "degrees"),
    [("婆婆也烧38", "婆婆", 38.0), ("婆婆也烧 38", "婆婆", 38.0), ("我发热38", "我", 38.0), ("孩子烧得39", "孩子", 39.0)],
)
def test_a_fever_needs_no_word_for_degrees(words: str, who: str, degrees: float) -> None:
    assert [(one.who, one.degrees) for one in temperatures(words)] == [(who, degrees)]


@pytest.mark.parametrize("words", ["电费烧了38块", "烧38度电", "加热40分钟", "热水器烧到38度", "烧36个小时"])
def test_what_else_is_heated_or_burnt_is_no_temperature(words: str) -> None:
    assert temperatures(words) == []


@pytest.mark.parametrize("word", ["乐乐", "朵朵", "天宝"])
def test_a_pet_name_is_somebody(word: str) -> None:
    assert temperature.is_somebody(word)


@pytest.mark.parametrize("word", ["天天", "刚刚", "好好"])
def test_a_doubled_word_that_is_no_name_is_nobody(word: str) -> None:
    assert not temperature.is_somebody(word)
