"""What residents say of what was just done or asked, as rows: the lines, then what the last answer must say. The product as it ships."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot import config
from bot.cli.talk import Room
from bot.dialogue.understanding import Understanding

SHIPPED = Understanding.load(config.shipped("intents"), config.shipped("data"))


@pytest.fixture
def room(demo_folder: Path, now: datetime) -> Iterator[Room]:
    room = Room.open(demo_folder, now, SHIPPED)
    yield room
    room.database.close()


def said(room: Room, lines: str) -> str:
    """Say lines, parted by bars; returns the last answer."""
    *before, last = lines.split("|")
    for line in before:
        room.say(line)
    return "\n".join(room.say(last).texts)


@pytest.mark.parametrize(("lines", "answer"), [
    ("我住11栋2单元804|没有", "已请物业核对您住11栋2单元804"),
    ("我住11栋2单元804|我记不清了", "已请物业核对您住11栋2单元804"),
    ("我住11栋2单元804|单元错了，是1单元|没登记", "已请物业核对您住11栋1单元804"),
    ("我住11栋2单元804|楼栋写错了 是7栋|没有", "已请物业核对您住7栋2单元804"),
    ("我住11栋2单元804|没有|不对 是1栋2单元101", "改成1栋2单元101了"),
    ("我住11栋2单元804|没有|说错了，是1单元", "改成11栋1单元804了"),
])  # fmt: skip
def test_flat_that_is_not_on_the_roster_is_kept_as_far_as_it_was_right(room: Room, lines: str, answer: str) -> None:
    room.seat(bound=False)

    assert answer in said(room, lines)


@pytest.mark.parametrize(("lines", "answer"), [
    ("客厅灯坏了|卫生间马桶漏水|灯不急，马桶能不能今天下午来看？", "卫生间水管漏水，您希望今天（3月11日 周三）14:00上门"),
    ("客厅灯坏了|我表姐明天上午九点来|灯后天上午来修", "客厅灯不亮，您希望后天（3月13日 周五）09:00上门"),
    ("卧室天花板漏水|就是暖气片上面那块", "记在报修"),
    ("卧室天花板漏水|越滴越快了，咋个关嘛", "这是急修"),
    ("厨房水管漏水|师傅来了找我媳妇电话13588014420", "记在报修"),
    ("卫生间马桶堵了|上门前打我老婆电话13588014420", "记在报修"),
    ("楼道灯不亮，我差点绊一跤|人没事，没摔着", "记在报修"),
    ("厨房水管漏水|主卧窗户把手断了|窗户的那张撤了吧，我自己弄好了", "主卧门窗门锁"),
    ("厨房水管漏水|主卧窗户把手断了|水管那单不用来了", "厨房水管漏水"),
    ("等下有个人要来我这边坐一坐喝茶聊天的，车牌闽C8K216，给他开一下门", "记下了：车牌 闽C8K216"),
    ("厨房水管漏水|今晚太晚了 明天早上九点", "明天（3月12日 周四）09:00上门"),
    ("客厅灯坏了|我二姐今天中午十二点来吃饭|修东西下午两点以后来", "客厅灯不亮，您希望今天（3月11日 周三）14:00上门"),
    ("主卧窗户把手断了|还有客厅吸顶灯也灭了", "已登记，报修号"),
    ("我表哥明天上午九点来|再带上他媳妇", "共2人"),
    ("我表哥今天中午十二点来|他说堵车 一点才到", "13:00起可用"),
    ("厨房水管漏水|你们快点来|那就明天早上来吧", "明天（3月12日 周四）08:00上门"),
])  # fmt: skip
def test_what_is_said_next_goes_to_what_it_is_about(room: Room, lines: str, answer: str) -> None:
    assert answer in said(room, lines)


def test_place_sent_after_a_report_belongs_to_it(room: Room) -> None:
    room.say("单元门关不拢")

    assert "3栋2单元门口" in room.stand_at("3栋2单元门口").texts[0]
