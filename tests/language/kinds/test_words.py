"""Choices, places, flags and free words are taken as they are meant."""

import pytest

from bot import config
from bot.language import files
from bot.language.kinds.kind import Slot
from bot.language.kinds.shipped import KINDS
from bot.language.reading import Reading
from tests.language.kinds.taking import NOW, asked, read

SYMPTOMS = {"none": ("没有不舒服", "正常"), "fever": ("发热", "发烧"), "cough": ("咳嗽", "咳")}


@pytest.mark.parametrize(("text", "expected"), [
    ("有点咳嗽", ["cough"]), ("发烧又咳嗽", ["fever", "cough"]), ("没有发烧，就是咳", ["cough"]), ("不咳嗽", ["none"]), ("一切正常", ["none"]),
    ("体温37.9", None),
])  # fmt: skip
def test_symptoms_are_read_and_denied_ones_left_out(text: str, expected: list[str] | None) -> None:
    assert read("choices", text, options=SYMPTOMS) == expected


def test_longest_word_decides_a_choice() -> None:
    options = {"door": ("门",), "lighting": ("灯", "灯泡"), "lift": ("电梯门",)}

    assert read("choice", "电梯门打不开", options=options) == "lift"


@pytest.mark.parametrize(("text", "expected"), [
    ("4楼的灯不亮", "4楼"), ("三楼楼道的灯", "三楼楼道"), ("3栋2单元4楼楼道灯坏了", "3栋2单元4楼楼道"), ("负一层漏水", "负一层"),
    ("1102门口的灯", "1102门口"), ("不对是1102", "1102"), ("换成4楼的", "4楼"), ("不是楼道是厨房", "厨房"), ("不是楼道，是厨房", "厨房"),
    ("是厨房不是楼道", "厨房"), ("楼上漏水", None), ("电梯一层二层来回跑", "电梯"), ("修了1102块钱", None),
])  # fmt: skip
def test_place_is_taken_with_floor_and_number_as_said(text: str, expected: str | None) -> None:
    slot = Slot(name="x", kind=KINDS["place"], options={"楼道": ("楼道",), "厨房": ("厨房",), "电梯": ("电梯",)})

    assert Reading.of(text, NOW).take([slot]).get("x") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("急", True), ("急！", True), ("急啊", True), ("应急灯坏了", None), ("不急", False), ("急 小孩在那儿玩", True)],
)
def test_word_of_one_sign_is_a_flag_only_alone(text: str, expected: bool | None) -> None:
    slot = Slot(name="x", kind=KINDS["flag"], options={"yes": ("急", "很急")})

    assert Reading.of(text, NOW).take([slot]).get("x") == expected


def test_urgency_is_said_or_not() -> None:
    options = {"yes": ("急", "喷水")}

    assert read("flag", "水在喷水", options=options) is True
    assert read("flag", "不着急，慢慢来", options=options) is False
    assert read("flag", "灯不亮", options=options) is None


@pytest.mark.parametrize("text", ["我一天到黑都在家里", "随时来，屋头有人", "冰箱都停了", "家里有老人"])
def test_being_at_home_says_nothing_new_of_where_it_is(text: str) -> None:
    place = Slot(name="x", kind=KINDS["place"], options={"卫生间": ("卫生间",), "家里": ("家里", "屋头", "冰箱")})

    assert "x" not in Reading.of(text, NOW).take([place], known={"x": "卫生间"})
    assert Reading.of(f"不对，{text}", NOW).take([place], known={"x": "卫生间"})["x"] == "家里"


def test_words_that_are_kept_as_they_are_lose_nothing() -> None:
    assert asked("text", "是楼上漏的水不是我家") == "是楼上漏的水不是我家"


@pytest.mark.parametrize(("text", "broken"), [
    ("电梯里的灯坏了", "lighting"), ("靠电梯那面瓷砖空鼓", "wall"), ("洗衣机后头那个龙头一开就喷", "water"), ("门口过道那个灯不灭", "lighting"),
    ("光猫红灯一直闪", "network"), ("厕所冲不下去，水都漫出来了", "drain"), ("一滴都没得", "water"), ("靠窗那面墙起皮", "wall"),
    ("电梯口的按钮失灵", "lift"), ("钥匙断在锁里了", "door"), ("热水器漏水", "appliance"), ("上门前打电话，水管漏", "water"),
    ("敲门没人应，我家没电了", "electric"), ("串门的时候看见墙裂了", "wall"), ("上门锁坏了", "door"),
])  # fmt: skip
def test_a_choice_is_what_is_broken_and_not_where_it_is(text: str, broken: str) -> None:
    folder = config.shipped("intents")
    texts = {path: (folder / path).read_text("utf-8") for path in ("_common.yaml", "repair/report.yaml")}
    repair = files.load(texts).intents["repair.report"]

    assert Reading.of(text, NOW).take(repair.slots)["category"] == broken


def test_words_that_only_say_when_are_no_place() -> None:
    place = Slot(name="where", kind=KINDS["place"])

    assert Reading.of("改成后天下午吧", NOW).take((place,), asked="where") == {}
    assert Reading.of("下午那间教室", NOW).take((place,), asked="where") == {"where": "下午那间教室"}


@pytest.mark.parametrize(("text", "thing"), [
    ("屋里冇得网了，猫上面那个灯一直闪红的", "network"), ("天花板一直在滴水 就在婴儿床边上", "water"), ("楼道黑咕隆咚的", "lighting"),
    ("墙上老是渗水", "water"),
])  # fmt: skip
def test_what_is_broken_is_told_apart_from_what_it_shows_on(text: str, thing: str) -> None:
    folder = config.shipped("intents")
    texts = {path: (folder / path).read_text("utf-8") for path in ("_common.yaml", "repair/report.yaml")}

    assert Reading.of(text, NOW).take(files.load(texts).intents["repair.report"].slots)["category"] == thing


@pytest.mark.parametrize("kind", ["name", "place", "text"])
@pytest.mark.parametrize(
    "text",
    [
        "等下",
        "等会儿",
        "我想想",
        "稍等",
        "几点能进来",
        "多少钱",
        "这个要钱吗",
        "还没定",
        "看情况",
        "点错了",
        "让我问问",
        "啥时候都行",
    ],
)
def test_hesitation_or_question_is_no_answer(kind: str, text: str) -> None:
    assert asked(kind, text) is None
