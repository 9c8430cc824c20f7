"""Numbers that nobody told, names that are another's: what no slot takes."""

from datetime import datetime

import pytest

from bot.language.kinds import count, name
from bot.language.kinds.kind import Slot
from bot.language.reading import Reading

NOW = datetime.fromisoformat("2026-03-11T10:00+08:00")
PEOPLE = Slot(name="people", kind=count.KIND)
WHO = Slot(name="who", kind=name.KIND, required=True)
ABSENT = Slot(name="who", kind=name.ABSENT)


@pytest.mark.parametrize(
    "words",
    [
        "我没说三个人", "什么时候说过两个人了", "还有一个也取消", "一个取消", "灯泡坏了 换一个", "去我爸妈那", "下午去我爸妈家", "租客 小王",
        "再加个 后天上午10点有个朋友来", "还有一位 后天来", "再来一个 我妹",
    ],
)  # fmt: skip
def test_nobody_said_how_many(words: str) -> None:
    assert Reading.of(words, NOW).take([PEOPLE]) == {}


@pytest.mark.parametrize(
    ("words", "people"),
    [
        ("不是三个人，是两个人", 2), ("两个人", 2), ("我爸妈后天来", 2), ("换两个人来", 2), ("朋友带了老婆孩子", 3), ("再加个人", 2), ("三个人来 有一个取消了", 3),
        ("我妈 我爸", 2), ("一共四个人，没说错", 4),
    ],
)  # fmt: skip
def test_how_many_are_told(words: str, people: int) -> None:
    assert Reading.of(words, NOW).take([PEOPLE], known={"people": 1} if words == "再加个人" else None) == {"people": people}


@pytest.mark.parametrize(
    "words",
    [
        "房东姓吴 他手机3096结尾",
        "老婆叫小红",
        "我老公叫李强",
        "老婆邓华不想收通知了",
        "我的联系人是女儿 陈晓",
        "我妹夫张伟开车送他",
        "舅舅带了老婆孩子",
    ],
)
def test_the_name_of_another_is_none_of_who_comes(words: str) -> None:
    assert Reading.of(words, NOW).take([WHO], known={"who": "舅舅"}) == {}


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("舅舅叫马小明", "马小明"),
        ("他叫马小明", "马小明"),
        ("叫马小明", "马小明"),
        ("不是舅舅，是我表哥张伟", "张伟"),
        ("名字是马小明", "马小明"),
    ],
)
def test_the_name_of_who_comes_is_taken(words: str, who: str) -> None:
    assert Reading.of(words, NOW).take([WHO], known={"who": "舅舅"}) == {"who": who}


def test_who_leads_those_who_come_for_work_names_them() -> None:
    assert Reading.of("领头的叫孙建国", NOW).take([WHO], known={"who": "量房的工人"}) == {"who": "孙建国"}


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("我妹不来了", "妹妹"), ("我弟也不来了", "弟弟"), ("张伟不来了", "张伟"), ("取消我妹的", "妹妹"), ("我朋友明天来不了了", "朋友"), ("老马那个取消", "老马"),
        ("把舅舅的码作废", "舅舅"),
    ],
)  # fmt: skip
def test_who_does_not_come(words: str, who: str) -> None:
    assert Reading.of(words, NOW).take([ABSENT]) == {"who": who}


@pytest.mark.parametrize("words", ["取消访客", "不来了", "都取消吧", "明天的不来了", "通行码不要了", "师傅怎么还不来"])
def test_nobody_is_named_who_does_not_come(words: str) -> None:
    assert Reading.of(words, NOW).take([ABSENT]).get("who") in (None, "师傅")


def test_what_is_taken_for_something_else_is_not_said() -> None:
    assert Reading.of("厕所的 别把厨房当厕所", NOW).meant.strip() == "厕所的"
    assert Reading.of("厕所的 别把厨房当厕所", NOW).corrects
