"""What thirty residents say, each sentence with its right value: read from words alone, whatever the request is taken for.

In said.tsv `a~b` is any value between, `a..b` start and end, `a;b` either, `(none)` no value; a flat is building/unit/room.
"""

import csv
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from bot import config
from bot.dialogue.understanding import read_data
from bot.language import files
from bot.language.kinds.kind import Slot, Value
from bot.language.reading import Reading
from bot.model import SHANGHAI

_INTENTS = {
    "visitor_name": "visitor.invite",
    "starts_at": "visitor.invite",
    "people": "visitor.invite",
    "plate": "visitor.invite",
    "phone": "visitor.invite",
    "appointment_at": "repair.report",
    "building": "identity.bind",
    "temperature": "health.checkin",
}
_TEXT = Path(__file__).with_name("said.tsv").read_text("utf-8")
_ROWS = [*csv.DictReader(_TEXT.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)]


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row["text"])
def test_what_residents_say_is_read_rightly(row: dict[str, str]) -> None:
    assert is_right(row), given(row)


def given(row: dict[str, str]) -> list[str]:
    """Return what is read in a row, a slot each, "" for nothing."""
    names = row["slot"].replace("..", "/").split("/")
    now = datetime.fromisoformat(row["now"]).replace(tzinfo=SHANGHAI)
    found = Reading.of(row["text"], now, _simplified()).take(_slots(_INTENTS[names[0]]))
    return [_written(found.get(name)) for name in names]


@cache
def _simplified() -> dict[int, str]:
    return dict(read_data(config.shipped("data"))[0].simplified)


def is_right(row: dict[str, str]) -> bool:
    """Tell whether a row is read as one of its right values."""
    found = given(row)
    return any(_is(found, right) for right in row["right value"].split(";"))


def _is(found: list[str], right: str) -> bool:
    if right == "(none)":
        return not any(found)
    if len(found) > 2:
        return found == right.split("/")
    if ".." in right:
        return all(_is([one], part) for one, part in zip(found, right.split(".."), strict=True))
    least, _, most = right.partition("~")
    return _is_between(found[0], least, most or least)


def _is_between(value: str, least: str, most: str) -> bool:
    try:
        return float(least) <= float(value) <= float(most)
    except ValueError:
        return least <= value <= most


def _written(value: Value | None) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return "" if value is None else str(value)


@cache
def _slots(intent: str) -> tuple[Slot, ...]:
    folder = config.shipped("intents")
    path = intent.replace(".", "/") + ".yaml"
    texts = {name: (folder / name).read_text("utf-8") for name in ("_common.yaml", path)}
    return tuple(files.load(texts).intents[intent].slots)
