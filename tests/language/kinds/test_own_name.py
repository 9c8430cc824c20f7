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
    ],
)
def test_who_says_their_name_is_called_so(words: str, name: str) -> None:
    assert read(words, asked=False) == name


@pytest.mark.parametrize(
    "words", ["我妈叫许桂怡", "老婆叫刘芳", "我妹妹李梅明天来", "我是他朋友", "我是业主", "刘芳", "我是王强的老婆"]
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
    ],
)
def test_no_answer_is_made_of_what_is_none(words: str) -> None:
    assert read(words, asked=True) is None
