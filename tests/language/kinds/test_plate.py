"""Plates are read however they are written, whole or not at all; what could not be read is noticed."""

from datetime import datetime

import pytest

from bot.language.kinds import plate
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("text", "expected"), [
    ("沪a12345", "沪A12345"), ("鄂A·88888", "鄂A88888"), ("苏E：A3K77", "苏EA3K77"), ("粤B,12345", "粤B12345"), ("苏E/A3K77", "苏EA3K77"), ("粤 B 123 45", "粤B12345"), ("沪-A-12-345", "沪A12345"),
    ("车牌粤B幺二三四五", "粤B12345"), ("粤B一2三4五", "粤B12345"), ("湘A洞拐八八八", "湘A07888"), ("上海A12345", "沪A12345"), ("沪牌A12345", "沪A12345"), ("浙江A的12345", "浙A12345"), ("粤A大写D12345", "粤AD12345"), ("粤b杠12345", "粤B12345"),
    ("苏e后面是三个8两个6", "苏E88866"), ("粤B 三个8 一个6 一个9", "粤B88869"), ("浙A打头 后面是D12345", "浙AD12345"), ("闽C的车，后面B8820", "闽CB8820"), ("京 A · F 0 2 3 6", "京AF0236"),
    ("沪牌，C·8H8H8", "沪C8H8H8"), ("鲁A，L，6，6，6，8", "鲁AL6668"), ("粤B，D，1，2，3，4，5", "粤BD12345"),
    ("我的车牌是沪A 尾号22175", "沪A22175"), ("沪A，后面是E2217", "沪AE2217"), ("粤B7Q2M9 1人", "粤B7Q2M9"), ("粤BD1234 5人", "粤BD1234"),
    ("粤B12345 13800138000", "粤B12345"), ("粤B12345三个人来", "粤B12345"), ("今天粤B12345要进来", "粤B12345"), ("Straße 粤B12345", "粤B12345"),
])  # fmt: skip
def test_plate_is_read_however_it_is_written(text: str, expected: str) -> None:
    assert [found.value for found in plate.find(text, NOW)] == [expected]


@pytest.mark.parametrize("sign", "DABCEFGHJK")
def test_new_energy_plate_has_its_letter_in_front_or_behind(sign: str) -> None:
    small, large = f"沪A{sign}22175", f"沪A22175{sign}"

    assert [found.value for found in plate.find(f"{small}，{large}", NOW)] == [small, large]


@pytest.mark.parametrize("text", [
    "224578使", "使224578", "领123456", "123456领", "沪A1234领", "京A1234超", "京A1234试", "京X1234应急", "川A1234挂", "京A1234学", "京A1234警",
    "粤Z1234港", "粤Z1234澳", "WJ京12345", "WJ12345", "WJ1234X", "军A12345", "沪A临12345",
])  # fmt: skip
def test_plate_of_every_kind_is_read(text: str) -> None:
    assert [found.value for found in plate.find(f"开车来，{text}", NOW)] == [text]


def test_army_plate_is_read_where_a_car_is_spoken_of() -> None:
    assert [found.value for found in plate.find("车牌VA12345", NOW)] == ["VA12345"]
    assert plate.find("订单VA12345", NOW) == []
    assert [found.value for found in plate.find("开车，粤BD12345", NOW)] == ["粤BD12345"]


def test_found_says_where_the_plate_stands() -> None:
    (found,) = plate.find("开粤 b·一二三四五来", NOW)

    assert (found.begin, found.stop) == (1, len("开粤 b·一二三四五"))


@pytest.mark.parametrize(("text", "words"), [
    ("浙A12", "浙A12"), ("沪A1234", "沪A1234"), ("粤BO1234", "粤BO1234"), ("川A12345挂", "川A12345挂"), ("开车，沪AE221755", "沪AE221755"), ("粤b1234的车", "粤b1234"),
    ("车牌A12345", "A12345"), ("车牌号是呼A12345", "呼A12345"), ("车牌一二三四五", "一二三四五"), ("粤B一二三四五六七", "粤B一二三四五六七"),
    ("车是桂12345", "桂12345"), ("粤B12345", ""), ("车牌录入", ""), ("我朋友开车来", ""), ("车牌粤B12345，两个人", ""), ("川菜馆", ""), ("新A座", ""), ("车3个人坐不下", ""),
])  # fmt: skip
def test_what_wants_to_be_a_plate_is_noticed(text: str, words: str) -> None:
    assert plate.broken(text) == words


@pytest.mark.parametrize("text", ["3栋2单元501", "13800138000", "三点到五点", "新A座12345", "京A", "粤B一二三四五三个"])
def test_what_is_not_whole_is_no_plate(text: str) -> None:
    assert plate.find(text, NOW) == []
