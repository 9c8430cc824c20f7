"""What who writes is called: never whoever of theirs they speak of."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.language.kinds import own_name
from bot.language.kinds.kind import Slot
from bot.language.reading import Reading
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
SLOT = Slot(name="name", kind=own_name.KIND)


def read(words: str, *, asked: bool) -> object:
    return Reading.of(words, NOW).take((SLOT,), asked=SLOT.name if asked else None).get(SLOT.name)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("我是4栋1单元902业主何子伟 尾号6165 和苑小区", "何子伟"),
        ("我是张勇，3871", "张勇"),
        ("我叫吕勇", "吕勇"),
        ("本人陈建国，住3栋", "陈建国"),
        ("我是3栋2单元501的李梅", "李梅"),
        ("你好我叫王小明的", "王小明"),
        ("姓名：王强", "王强"),
        ("和苑小区3栋商铺102 田秀兰 尾号3302", "田秀兰"),
        ("和苑小区12栋3单元801 汪磊 1016", "汪磊"),
        ("和苑小区3栋1单元302，程晓敏，尾号0997", "程晓敏"),
        ("程晓敏 3栋1单元302 尾号0997", "程晓敏"),
        ("我是租的，叫钱多多", "钱多多"),
        ("我住和苑小区8栋1单元301，租的，叫钱多多", "钱多多"),
    ],
)
def test_who_says_their_name_is_called_so(words: str, name: str) -> None:
    assert read(words, asked=False) == name


@pytest.mark.parametrize(
    "words",
    [
        "我妈叫许桂怡",
        "老婆叫刘芳",
        "我妹妹李梅明天来",
        "我是他朋友",
        "我是业主",
        "刘芳",
        "我是王强的老婆",
        "我朋友住6栋，叫张伟",
        "3栋2单元502 2160",
        "我朋友明天来，叫张伟",
    ],
)
def test_nobody_is_called_by_what_they_only_speak_of(words: str) -> None:
    assert read(words, asked=False) is None


@pytest.mark.parametrize(
    ("words", "name"),
    [("孟晓燕", "孟晓燕"), ("叫曾平，怎么登记", "曾平"), ("好的，张伟", "张伟"), ("叫我小李", "小李"), ("Tom Smith", "Tom Smith"), ("阿依古丽·买买提", "阿依古丽·买买提")],
)  # fmt: skip
def test_a_bare_name_answers_the_question(words: str, name: str) -> None:
    assert read(words, asked=True) == name


@pytest.mark.parametrize(
    "words",
    [
        "妈妈",
        "我妈叫许桂怡",
        "刘小雨 大后天中午头12点",
        "邀请码",
        "家人",
        "其他人",
        "帮助",
        "没有",
        "啥意思",
        "我老公王强",
        "我是王强的老婆",
        "儿子7岁，咳嗽",
        "咳嗽",
        "高烧",
        "头疼",
        "灯坏了",
    ],
)
def test_no_answer_is_made_of_what_is_none(words: str) -> None:
    assert read(words, asked=True) is None
