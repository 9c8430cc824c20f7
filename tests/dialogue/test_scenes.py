"""Codes on walls: scanning one begins what its kind is for, at the place where it hangs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from bot import config
from bot.dialogue.said import Heard, read_slots
from bot.dialogue.turn import Answer
from bot.dialogue.understanding import read_folder
from bot.language import files
from bot.language.matching.matcher import Match
from bot.language.reading import Reading
from bot.store import conversations
from bot.store.conversations import Conversation, Line
from bot.store.scenes import Scene
from bot.store.staff import Staff
from bot.store.tasks import Task
from bot.wechat import messages


@pytest.fixture
def scan(chat: Any) -> Callable[..., Answer]:
    """Hang a code up and scan it."""

    def scan(kind: str, label: str, how: Callable[..., Any] = messages.Scan) -> Answer:
        code = chat.ask(lambda session: _hang(session, kind, label, chat.now))
        return chat.push(how, scene=code)

    return scan


def _hang(session: Session, kind: str, label: str, now: Any) -> str:
    scene = Scene(kind=kind, label=label, url="http://weixin.qq.com/q/x", created_at=now)
    session.add(scene)
    session.flush()
    return scene.code


def test_code_at_a_door_asks_only_for_what_its_place_does_not_say(chat: Any, scan: Callable[..., Answer]) -> None:
    asked = scan("door", "3栋2单元")

    assert (asked.outcome.intent, asked.outcome.slot) == ("identity.bind", "room")
    assert asked.values == {"building": "3"}
    assert chat.say("501").texts == ("登记好了：3栋2单元501。",)


def test_new_follower_is_welcomed_first_and_then_asked(chat: Any, scan: Callable[..., Answer]) -> None:
    welcome, question = scan("door", "3栋", messages.Follow).texts

    assert "欢迎关注和苑小区" in welcome
    assert question == "房号是多少？"


def test_resident_at_their_own_door_is_welcomed_back(chat: Any, scan: Callable[..., Answer]) -> None:
    chat.bind()

    answer = scan("door", "3栋2单元")

    assert answer.outcome.kind == "done"
    assert answer.texts[0].startswith("您好，我是和苑小区")


def test_code_says_its_words_and_gives_its_place_whole(chat: Any, scan: Callable[..., Answer]) -> None:
    answer = scan("lamp", "地下车库B1")

    assert answer.texts == ("和苑小区地下车库B1的路灯。", "已记下地下车库B1的灯。")
    assert "[扫码] 地下车库B1" in chat.ask(lambda session: list(session.exec(select(Line.text)).all()))


def test_open_form_is_put_aside_for_what_a_code_begins(chat: Any, scan: Callable[..., Answer]) -> None:
    chat.bind()
    chat.say("我想寄个包裹给王芳")

    assert scan("meter", "水表间").outcome.intent == "meter.read"
    assert chat.say("3").texts[0] == "3栋2单元501登记了3个人。"
    assert chat.talk("明天下午三点", "大箱子").outcome.intent == "parcel.send"


def test_code_for_what_is_open_already_gives_its_place(chat: Any, scan: Callable[..., Answer]) -> None:
    chat.say("绑定住址")

    assert scan("door", "3栋").outcome.slot == "room"
    assert scan("door", "5栋").values == {"building": "5"}


def test_code_seen_twice_asks_the_same_again(chat: Any, scan: Callable[..., Answer]) -> None:
    first = scan("door", "3栋")

    assert scan("door", "3栋").texts == first.texts


def test_whoever_has_no_flat_is_asked_for_it_first(chat: Any, scan: Callable[..., Answer]) -> None:
    first = scan("meter", "水表间")
    again = scan("meter", "水表间")

    assert "先登记一下您住哪一户" in first.texts[0]
    assert (again.outcome.intent, again.outcome.slot) == ("identity.bind", "building")
    assert chat.talk("3栋", "501").texts == ("登记好了：3栋2单元501。", "接着办“登记人口”。\n家里几个人？")


@pytest.mark.parametrize("how", [messages.Scan, messages.Follow])
def test_code_that_is_not_ours_or_of_no_known_kind_is_a_welcome(chat: Any, scan: Callable[..., Answer], how: Any) -> None:
    assert "欢迎关注" in chat.push(how, scene="last_trade_no_4001").texts[0]
    assert scan("lift", "3栋电梯", how).texts == chat.push(how, scene="").texts


def test_codes_are_silent_while_a_person_has_the_word_but_alarms_are_not(chat: Any, scan: Callable[..., Answer]) -> None:
    def take_over(session: Session) -> None:
        member = Staff(community_id=chat.house.context.community.id, login="wu", name="吴", created_at=chat.now)
        session.add(member)
        session.flush()
        conversations.take_over(session.exec(select(Conversation)).one(), member.id or 0, chat.now)

    chat.say("转人工")
    chat.ask(take_over)

    assert scan("lamp", "车库").outcome.kind == "silent"
    assert scan("alarm", "3栋消防箱").outcome.kind == "emergency"
    [task] = chat.ask(lambda session: list(session.exec(select(Task).where(Task.kind == "emergency.fire")).all()))
    assert task.data["text"] == "3栋消防箱"


def test_code_for_a_person_tells_them_where(chat: Any, scan: Callable[..., Answer]) -> None:
    assert scan("person", "物业前台").outcome.kind == "handed_off"
    assert chat.ask(lambda session: session.exec(select(Conversation)).one()).topic == "物业前台"


def test_what_was_read_back_before_a_scan_is_read_back_again(chat: Any, scan: Callable[..., Answer]) -> None:
    chat.bind()
    chat.say("我想寄个包裹给王芳，明天下午三点，大箱子")
    scan("door", "3栋")

    assert chat.say("确认").outcome.kind == "confirms"
    assert chat.events("parcel.sent") == []


@pytest.mark.parametrize(("kind", "label", "values"), [
    ("door", "3栋", {"building": "3"}),
    ("door", "3栋2单元", {"building": "3", "unit": "2"}),
    ("repair", "地下车库B1", {"location": "地下车库B1"}),
    ("repair", "北门岗亭", {"location": "北门岗亭"}),
    ("desk", "物业前台", {}),
])  # fmt: skip
def test_shipped_codes_give_their_place_and_never_what_is_the_matter(kind: str, label: str, values: Any, now: datetime) -> None:
    catalogue = files.load(read_folder(config.shipped("intents")))
    intent = catalogue.intents[catalogue.scenes[kind].intent]

    assert read_slots(intent, Heard(reading=Reading.of("", now), match=Match(text=""), place=label)) == values
