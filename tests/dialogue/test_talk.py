"""`linli try` and `linli chat`: the shipped intents and services at a prompt."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.talk import Room
from bot.dialogue.turn import Answer
from bot.errors import Misconfigured

NOW = "2026-03-11T10:00"


@pytest.fixture
def room(demo_folder: Path, now: datetime) -> Iterator[Room]:
    room = Room.open(demo_folder, now)
    room.consent()
    yield room
    room.database.close()


def say(room: Room, *lines: str) -> Answer:
    """Say several lines; returns the last answer."""
    answers = [room.hear(line) for line in lines]
    assert answers[-1] is not None
    return answers[-1]


def test_a_visitor_is_invited_with_two_corrections(room: Room) -> None:
    made = say(room, "预约访客", "张三", "不是张三是李四", "明天下午三点")
    assert (made.outcome.kind, made.outcome.intent) == ("done", "visitor.invite")
    assert "/p/passes/" in made.texts[0]

    changed = say(room, "时间改成四点")
    assert (changed.outcome.kind, changed.outcome.intent) == ("done", "visitor.invite")
    assert changed.values == {"visitor_name": "李四", "starts_at": "2026-03-12 16:00"}
    assert "李四" in say(room, "我的访客有哪些").texts[0]


def test_a_bare_name_is_an_answer_whatever_it_resembles(room: Room) -> None:
    asked = say(room, "预约访客", "张伟")

    assert (asked.outcome.intent, asked.outcome.slot) == ("visitor.invite", "starts_at")
    assert say(room, "访客不来了").outcome.kind == "cancelled"


def test_a_bound_resident_who_names_a_flat_means_the_place(room: Room) -> None:
    say(room, "我要报修", "电梯有异响")

    assert say(room, "3栋2单元").values["location"] == "3栋2单元电梯"


def test_a_repair_is_reported_in_one_message_and_its_photo_follows(room: Room) -> None:
    done = say(room, "3栋2单元501厨房水管漏水了，明天上午能来修吗")

    assert (done.outcome.kind, done.outcome.intent) == ("done", "repair.report")
    assert (done.values["category"], done.values["appointment_at"]) == ("water", "2026-03-12 09:00")
    assert say(room, "[图片]").texts == ("照片已附上，师傅能看到。",)


def test_a_fever_is_checked_in(room: Room) -> None:
    done = say(room, "体温37.9，有点咳嗽")

    assert (done.outcome.kind, done.outcome.intent) == ("done", "health.checkin")
    assert done.values == {"temperature": 37.9, "symptoms": ["cough"]}


def test_a_new_resident_has_nothing_on_record(room: Room) -> None:
    say(room, "厨房水管漏水了，随便什么时候来")
    before = room.openid

    assert room.hear("/new") is None
    assert room.openid != before
    assert say(room, "报修进度").texts[0].startswith("您现在没有")


def test_an_unbound_resident_is_bound_to_a_flat_first(room: Room) -> None:
    room.hear("/new unbound")
    asked = say(room, "厨房水管漏水了")

    assert (asked.outcome.intent, asked.outcome.slot) == ("repair.report", "building")
    assert say(room, "3栋2单元501").outcome.intent == "repair.report"


def test_the_clock_can_be_set(room: Room) -> None:
    room.hear("/at 2026-03-11T20:00")

    answer = say(room, "预约访客，王强，今天下午三点")
    assert (answer.outcome.kind, answer.outcome.slot) == ("asks", "starts_at")
    assert room.now.hour == 20


@pytest.mark.parametrize("line", ["/at tomorrow", "/at 2026-13-41", "/nonsense", "/newer"])
def test_a_command_that_is_none_is_told_and_changes_nothing(room: Room, line: str) -> None:
    before = (room.now, room.openid)

    with pytest.raises(Misconfigured):
        room.hear(line)
    assert (room.now, room.openid) == before


def run(*arguments: str, said: str | bytes = "") -> list[dict[str, Any]]:
    """Run the command; returns the JSON objects it printed."""
    result = CliRunner().invoke(app, [*arguments, "--json", "--now", NOW], input=said)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_chat_prints_one_object_for_each_message() -> None:
    asked, error, consent, done, silent = run("chat", said="健康打卡\n/nonsense\n36.5，没有不舒服\n同意\n\n[位置]\n")

    assert asked == {
        "reply": ["今天体温多少度？例如：36.5。"],
        "outcome": {"kind": "asks", "intent": "health.checkin", "slot": "temperature", "options": []},
        "values": {},
    }
    assert list(error) == ["error"]
    assert (consent["outcome"]["kind"], consent["outcome"]["slot"]) == ("confirms", "agreed")
    assert done["outcome"]["kind"] == "done"
    assert done["values"] == {"temperature": 36.5, "symptoms": ["none"], "agreed": "yes"}
    assert (silent["outcome"]["kind"], silent["outcome"]["options"]) == ("clarifies", [])


def test_chat_goes_on_after_bytes_that_are_no_text() -> None:
    broken, understood = run("chat", said=b"\xff\xfe\n" + "谢谢\n".encode())

    assert broken["outcome"]["kind"] == "unknown"
    assert understood["outcome"]["intent"] == "smalltalk.thanks"


def test_try_prints_how_each_line_is_judged() -> None:
    invite, fire, nothing = run("try", said="王强明天上午十点到我家，开车，粤BD12345\n我家厨房着火了\n今天股票涨了多少\n")

    assert list(invite) == ["text", "intent", "confidence", "decision", "candidates", "slots"]
    assert (invite["intent"], invite["decision"]) == ("visitor.invite", "accept")
    assert invite["slots"] == {"visitor_name": "王强", "starts_at": "2026-03-12 10:00", "plate": "粤BD12345"}
    assert set(invite["candidates"][0]) == {"intent", "confidence", "why"}
    assert (fire["intent"], fire["decision"]) == ("emergency.fire", "accept")
    assert (nothing["intent"], nothing["decision"], nothing["slots"]) == ("none", "reject", {})


def test_try_and_the_turn_judge_alike(room: Room) -> None:
    [judged] = run("try", "我家厨房着火了")

    assert say(room, "我家厨房着火了").outcome.intent == judged["intent"]
