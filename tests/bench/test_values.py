"""A value is right, wrong or missed, however it is written down."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bench.values import NOTHING, SPAN, Row, Verdict, compare, read_rows
from bot.dialogue.understanding import Judgement
from bot.language.kinds.kind import Value
from bot.language.matching.matcher import Decision
from bot.model import SHANGHAI


def judged(slots: dict[str, Value], intent: str = "visitor.invite", decision: Decision = "accept") -> Judgement:
    return Judgement(text="", intent=intent, confidence=1.0, decision=decision, candidates=(), slots=slots)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


NOON, THREE, FIVE = at("2026-03-11T12:00"), at("2026-03-12T15:00"), at("2026-03-12T17:00")


@pytest.mark.parametrize(
    ("slot", "right", "slots", "verdict"),
    [
        ("plate", "粤B12345", {"plate": "粤B·12345"}, Verdict.RIGHT),
        ("plate", "粤B12345", {"plate": "粤B1234"}, Verdict.WRONG),
        ("plate", "粤B12345", {}, Verdict.MISSED),
        ("plate", NOTHING, {}, Verdict.RIGHT),
        ("plate", NOTHING, {"plate": "粤B12345"}, Verdict.WRONG),
        ("temperature", "37.2", {"temperature": 37.2}, Verdict.RIGHT),
        ("temperature", "38~39", {"temperature": 38.5}, Verdict.RIGHT),
        ("temperature", "38~39", {"temperature": 37.5}, Verdict.WRONG),
        ("people", "3", {"people": 3}, Verdict.RIGHT),
        ("building/unit/room", "3/2/501", {"building": "3", "unit": "2", "room": "501"}, Verdict.RIGHT),
        ("building/unit/room", "3//501", {"building": "3", "unit": "2", "room": "501"}, Verdict.WRONG),
        ("building/unit/room", "3/2/501", {}, Verdict.MISSED),
        ("starts_at", "2026-03-12 15:00", {"starts_at": THREE}, Verdict.RIGHT),
        ("starts_at", "2026-03-12T12:00~2026-03-12T18:00", {"starts_at": THREE}, Verdict.RIGHT),
        ("starts_at", "2026-03-11 15:00/2026-03-12 15:00", {"starts_at": THREE}, Verdict.RIGHT),
        ("starts_at", "2026-03-12 15:00..2026-03-12 17:00", {"starts_at": THREE}, Verdict.RIGHT),
        ("starts_at", "2026-03-12 15:00", {"starts_at": FIVE}, Verdict.WRONG),
        (SPAN, "2026-03-12 15:00..2026-03-12 17:00", {"starts_at": THREE, "ends_at": FIVE}, Verdict.RIGHT),
        (SPAN, "2026-03-12 15:00..2026-03-12", {"starts_at": THREE, "ends_at": FIVE}, Verdict.RIGHT),
        (SPAN, "2026-03-12 15:00..2026-03-12 17:00", {"starts_at": THREE}, Verdict.MISSED),
        (SPAN, "2026-03-12 15:00..2026-03-12 17:00", {"starts_at": FIVE}, Verdict.WRONG),
        (SPAN, "2026-03-12 15:00..2026-03-12 17:00", {}, Verdict.MISSED),
        (SPAN, "2026-03-12..2026-03-12", {"starts_at": THREE, "ends_at": FIVE}, Verdict.RIGHT),
        (SPAN, NOTHING, {}, Verdict.RIGHT),
        ("starts_at", NOTHING, {"starts_at": NOON - timedelta(days=1)}, Verdict.RIGHT),
        ("starts_at", NOTHING, {"starts_at": THREE}, Verdict.WRONG),
        ("visitor_name", "月嫂张姐;张姐", {"visitor_name": "张姐"}, Verdict.RIGHT),
    ],
)
def test_a_value_is_right_wrong_or_missed(slot: str, right: str, slots: dict[str, Value], verdict: Verdict) -> None:
    assert compare(judged(slots), row(slot, right)) is verdict


@pytest.mark.parametrize(
    ("intent", "decision", "verdict"),
    [
        ("emergency.fire", "accept", Verdict.WRONG),
        ("emergency.fire", "clarify", Verdict.RIGHT),
        ("repair.report", "accept", Verdict.RIGHT),
    ],
)
def test_an_intent_that_is_not_meant_may_be_asked_about_and_not_acted_on(
    intent: str, decision: Decision, verdict: Verdict
) -> None:
    assert compare(judged({}, intent, decision), row("intent", "not emergency")) is verdict


def row(slot: str, right: str) -> Row:
    return Row(kind="time", text="", now=NOON, slot=slot, right=right)


def test_rows_that_are_answered_by_a_question_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "values.tsv"
    path.write_text(
        "class\ttext\tnow\tslot\tright value\tsource\n"
        "time.lunar\t我朋友腊八来\t2026-01-10T09:00\tstarts_at\t2026-01-26 00:00\town\n"
        "time.day\t我朋友30号来\t2026-02-10T09:00\tstarts_at\task which month\town\n"
        "name\t我叫张三⏎改成李四\t2026-02-10T09:00\tvisitor_name\t李四\town\n",
        "utf-8",
    )
    assert read_rows(path) == [
        Row(kind="time", text="我朋友腊八来", now=at("2026-01-10T09:00"), slot="starts_at", right="2026-01-26 00:00")
    ]
