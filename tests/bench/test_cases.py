"""Messages are counted by what residents get, and so is what should be left alone."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.cases import (
    NONE,
    Case,
    Handling,
    Line,
    Outcome,
    auroc,
    fits,
    macro,
    parts,
    read_set,
    read_talk,
    reliability,
    share,
    split,
)
from bot.language.danger.sorts import Danger
from bot.language.matching.matcher import Candidate, Decision, Match


def match(decision: Decision, *intents: str, confidence: float = 0.9, emergency: bool = False) -> Match:
    candidates = tuple(Candidate(intent, confidence, "") for intent in intents)
    return Match(text="", candidates=candidates, decision=decision, emergency=emergency, danger=Danger.FIRE)


def case(meant: str, *matches: Match) -> Case:
    return Case(line=Line(meant=(meant,), text=""), matches=matches)


@pytest.mark.parametrize(
    ("meant", "matches", "outcome"),
    [
        ("repair.report", [match("accept", "repair.report")], Outcome.RIGHT),
        ("repair.urge|repair.report", [match("accept", "repair.report")], Outcome.RIGHT),
        ("repair.report", [match("clarify", "repair.urge", "repair.report")], Outcome.ASKED),
        ("repair.report", [match("clarify", "repair.urge")], Outcome.MISSED),
        ("repair.report", [match("reject", "repair.report")], Outcome.MISSED),
        ("repair.report", [match("accept", "repair.urge", "repair.report")], Outcome.WRONG),
        ("repair.report", [match("accept", "repair.report"), match("accept", "visitor.invite")], Outcome.WRONG),
        ("none|smalltalk.chat", [match("reject")], Outcome.RIGHT),
        ("none|smalltalk.chat", [match("accept", "smalltalk.chat")], Outcome.RIGHT),
    ],
)
def test_what_is_done_is_right_asked_wrong_or_missed(meant: str, matches: Sequence[Match], outcome: Outcome) -> None:
    assert case(meant, *matches).outcome is outcome


def test_what_means_no_intent_is_refused_asked_or_acted_on() -> None:
    decisions: tuple[Decision, ...] = ("reject", "clarify", "accept")
    assert [case(NONE, match(decision, "help")).handling for decision in decisions] == list(Handling)


def test_what_means_no_intent_is_counted_apart() -> None:
    inside, outside = case("help", match("accept", "help")), case(NONE, match("reject"))
    assert split([outside, inside]) == ([inside], [outside])


def test_a_danger_in_any_wish_is_heard_with_its_kind() -> None:
    heard = case("emergency.fire", match("accept", "help"), match("accept", "emergency.fire", emergency=True))
    assert heard.is_alarm
    assert heard.danger == "fire"
    assert not case(NONE, match("clarify", "emergency.fire")).is_alarm


def test_every_intent_counts_as_much_as_any_other() -> None:
    cases = [case("help", match("accept", "help"))] * 3 + [case("vote.list", match("accept", "help"))]
    assert macro(cases) == 0.5
    assert share(cases, lambda one: one.outcome is Outcome.RIGHT) == 0.75
    assert parts((one.outcome for one in cases), Outcome) == [0.75, 0, 0.25, 0]


def test_confidence_is_held_against_what_came_true() -> None:
    sure = [case("help", match("accept", "help", confidence=1.0)), case(NONE, match("accept", "help", confidence=1.0))]
    unsure = [case("help", match("reject", "vote.list", confidence=0.1))] * 2
    bins, off = reliability([*sure, *unsure])
    assert [(one.low, one.size, one.right) for one in bins] == [(0.1, 2, 0), (0.9, 2, 0.5)]
    assert off == pytest.approx(0.3)


def test_all_inside_above_all_outside_is_told_apart_wholly() -> None:
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1
    assert auroc([0.5], [0.5]) == 0.5


def test_wishes_are_right_in_any_order_and_number_for_number() -> None:
    meant = ("repair.report", "visitor.invite|visitor.list")
    assert fits(meant, ["visitor.list", "repair.report"])
    assert not fits(meant, ["repair.report", "repair.report"])
    assert not fits(meant, ["repair.report"])


def test_a_set_holds_meanings_messages_and_voices(tmp_path: Path) -> None:
    path = tmp_path / "messages.tsv"
    path.write_text("# an old man from Wuhan\nhelp\t这个怎么用\nrepair.report+vote.list\t灯坏了，投票在哪\t老人\n", "utf-8")
    assert read_set(path) == [
        Line(meant=("help",), text="这个怎么用"),
        Line(meant=("repair.report", "vote.list"), text="灯坏了，投票在哪", voice="老人"),
    ]
    path.write_text("# \n没有意思\n", "utf-8")
    with pytest.raises(ValueError, match=r"messages.tsv:2 '没有意思' is no meaning"):
        read_set(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("talk.txt", "打开微信\n\n放首歌\n"),
        ("talk.json", '[{"text": "打开微信", "domain": "app"}, {"text": "放首歌"}]'),
        ("talk.json", '{"0": {"query": "打开微信"}, "1": {"query": "放首歌"}}'),
    ],
)
def test_public_talk_means_nothing(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    assert [(line.text, line.meant) for line in read_talk(tmp_path / name)] == [("打开微信", (NONE,)), ("放首歌", (NONE,))]
