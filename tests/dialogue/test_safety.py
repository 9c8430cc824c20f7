"""Danger told in a talk: each kind is answered in its own words, however it was found to be one."""

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
    """A bound resident who talks to the shipped bot."""
    room = Room.open(demo_folder, now, SHIPPED)
    yield room
    room.database.close()


def told(room: Room, text: str) -> str:
    answer = room.hear(text)
    assert answer is not None
    return "\n".join(answer.texts)


def say(room: Room, text: str) -> str:
    answer = room.hear(text)
    assert answer is not None
    assert answer.outcome.kind == "emergency", answer
    return "\n".join(answer.texts)


@pytest.mark.parametrize(("text", "begins", "advice"), [
    ("仓库烧起来了，火好大", "马上打 119", "不要坐电梯"),
    ("楼梯间好重的煤气味", "马上到室外，再打 119", "不要开关灯"),
    ("我哥修灯触电了", "马上打 120", "先断电"),
    ("我和孩子困在电梯里了", "先按轿厢里的求救铃", "不要扒门"),
    ("孙女被反锁在车里了", "马上打 119", "砸远处的窗"),
    ("姥姥下楼摔倒了，起不来", "马上打 120", "不要扶起来"),
    ("我爱人突然昏迷了", "马上打 120", "不要搬动"),
    ("我家五岁的孩子走丢了", "马上打 110", "最后在哪里见到"),
    ("有个小孩掉进湖里了", "马上打 119", "不要下水"),
    ("有人撬我家的锁", "马上打 110", "锁好门"),
    ("车棚塌了，压着人", "马上打 119", "不要硬拉"),
    ("活着没意思，我不想活了", "谢谢您愿意说出来", "打 12356"),
    ("楼顶有个小伙要跳楼", "马上打 110", "轻声陪着"),
    ("救命啊", "有人受伤、生病打 120", "请告诉我您在哪里"),
])  # fmt: skip
def test_each_danger_is_answered_in_its_own_words(room: Room, text: str, begins: str, advice: str) -> None:
    said = say(room, text)

    assert said.startswith(begins)
    assert advice in said
    assert "现在用微信联系不上值班人员，请马上打物业电话 0571-8800 1200" in said
    assert "{" not in said


def test_the_words_fit_inside_an_open_form_too(room: Room) -> None:
    room.hear("我要邀请访客")

    assert say(room, "厨房煤气漏了").startswith("马上到室外")


@pytest.mark.parametrize(("before", "text"), [
    ("明天下午三点我表妹小雪来", "不用了，胸口像压了块石头，左胳膊麻"), ("厨房水管漏水了", "不用了，胸口像压了块石头，左胳膊麻"),
    ("明天下午三点我表妹小雪来", "不来了，孩子锁车里了"), ("厨房水管漏水了", "不来了，开水泼到娃身上了"),
    ("我要邀请访客", "我一岁的娃一个人在家门锁了"), ("明天下午三点我表妹小雪来", "我一岁的娃一个人在家门锁了"),
])  # fmt: skip
def test_danger_is_heard_beside_what_was_called_off_or_asked(room: Room, before: str, text: str) -> None:
    room.hear(before)

    say(room, text)


def test_where_it_is_and_whom_was_called_belong_to_the_alarm(room: Room) -> None:
    say(room, "电梯坏了，老人在里面关着！")

    for words in ("3栋2单元", "已经打119了", "有没有人啊！"):
        assert f"“{words}”已记在这次求助里" in told(room, words)
    assert "已记在这次求助里" not in told(room, "我要绑定住址")


def test_who_picks_a_danger_from_the_menu_gets_general_words(room: Room) -> None:
    room.hear("119")

    assert "有人受伤、生病打 120" in say(room, "1")


def test_a_kind_that_the_file_has_no_words_for_gets_the_general_ones(tmp_path: Path, now: datetime) -> None:
    own = tmp_path / "intents"
    own.mkdir()
    fire = "intent: emergency.fire\ntitle: 火警\nemergency: true\nexamples: |\n  - 着火了\nreplies:\n  gas: 快到室外！\nreply: 快跑！{duty}\n"
    (own / "fire.yaml").write_text(fire, encoding="utf-8")
    room = Room.open(tmp_path, now, Understanding.load(own, config.shipped("data")))

    assert say(room, "着火了") == "快跑！现在用微信联系不上值班人员，请马上打物业电话 0571-8800 1200。"
    assert say(room, "煤气漏了") == "快到室外！"
    room.database.close()
