"""Files of conversations are read strictly, and what goes another way is told so that one can mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.talks.record import unlike
from tests.talks.script import Conversation, Faulty, read, read_all
from tests.talks.stage import Cause, Stage

GREETING = """
- who: 甲
  turns:
    - {say: 你好, kind: [asks, done]}
    - {wait: 20m, say: 谢谢, must: [不客气]}
    - {by: 丈夫, say: 再见, never: [没听懂, "120"]}
  stored: {tickets: [], passes: []}
"""


def written(folder: Path, text: str) -> list[Conversation]:
    path = folder / "some.yaml"
    path.write_text(text.strip(), "utf-8")
    return read(path, "some.yaml")


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("kind: [", "knid: [", "some.yaml:3: 'knid' is not known; 'kind' is"),
        ("asks", "ask", "some.yaml:3: 'ask' is not known; 'asks' is"),
        ("tickets", "ticket", "some.yaml:6: 'ticket' is not known; 'tickets' is"),
        ("20m", "20 minutes", "some.yaml:4: '20 minutes' is no time to wait"),
        ("wait: 20m", "photo: true", "some.yaml:4: a turn is one of"),
        ("say: 你好, ", "", "some.yaml:3: nothing happens"),
        ("{say: 你好, kind: [asks, done]}", "你好", "some.yaml:3: `name: value` is wanted here"),
        ("turns:", "now: 明天\n  turns:", "some.yaml:2: '明天' is no moment"),
        ("kind: [asks, done]", "say: 你好", "some.yaml:3: say: stands here twice"),
        ("passes: []}", "passes: [{name: 甲}]}", "some.yaml:6: 'name' is not known"),
        ("passes: []}", "passes: [}", "some.yaml:6: "),
    ],
)
def test_slip_of_the_pen_is_told_with_its_line(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    with pytest.raises(Faulty) as error:
        written(tmp_path, GREETING.strip().replace(right, wrong, 1))

    assert str(error.value).startswith(told)


def test_two_conversations_of_one_name_are_refused(tmp_path: Path) -> None:
    written(tmp_path, GREETING + GREETING)

    with pytest.raises(Faulty, match=r"some.yaml:8: '甲' stands on line 1, too"):
        read_all(tmp_path)


def test_what_goes_another_way_is_told_with_its_turn(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    [good] = written(tmp_path, GREETING)
    [bad] = written(tmp_path, GREETING.replace("不客气", "恭喜").replace("passes: []", "passes: [{people: 2}]"))

    assert stage.play(good) == []
    said, stored = stage.play(bad)
    assert (said.turn, said.line, said.cause, said.wanted) == (2, 4, Cause.MUST, "恭喜")
    assert (stored.turn, stored.cause, stored.got) == (0, Cause.STORED, "nothing")


@pytest.mark.parametrize(
    ("wanted", "is_right"),
    [
        ([{"people": "2"}, {"people": "1"}], True),  # in any order
        ([{"people": "2"}], False),  # one too many on record
        ([{"people": "2"}, {"people": "2"}], False),
        ([{"words": "水管"}, {"words": ("灯", "电")}], True),  # a part of the words; any of several
        ([{"symptoms": ("cough", "fever")}, {}], True),
        ([{"symptoms": ("cough",)}, {}], False),
    ],
)
def test_record_holds_exactly_the_rows_wanted(wanted: list[dict[str, str]], is_right: bool) -> None:
    found = [{"people": 1, "words": "水管漏了", "symptoms": ["fever", "cough"]}, {"people": 2, "words": "灯坏了", "symptoms": []}]

    assert (unlike(wanted, found) == "") is is_right
