"""Values that messages tell, beside those that are right. Pure but for reading.

Columns: class, text, now, slot, right value, source. Right is `a~b` for anything between, `a..b` for start..end (one without a
clock: any time of that day), `a/b` for either of two moments, `a;b` for either of two names or flats, `(none)` for no value, and
`not X` for an intent that must not be acted on. A time that is over is no value: no form takes it. The slot is looked at whatever
intent was taken. Rows that are answered by a question, or hold two lines (⏎), are left out.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.dialogue.understanding import Judgement
from bot.language.times import is_past
from bot.model import SHANGHAI

NOTHING = "(none)"
SPAN = "starts_at..ends_at"


class Verdict(StrEnum):
    """How a value was read."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSED = "missed"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A message and a value that it tells."""

    kind: str
    text: str
    now: datetime
    slot: str
    right: str


def read_rows(path: Path) -> list[Row]:
    """Return the rows that can be compared."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith(("#", "class\t")):
            kind, text, now, slot, right = line.split("\t")[:5]
            if "⏎" not in text and not right.startswith("ask"):
                moment = datetime.fromisoformat(now)
                found.append(Row(kind=kind.partition(".")[0], text=text, now=moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI),
                                 slot=slot, right=right))  # fmt: skip
    return found


def compare(judged: Judgement, row: Row) -> Verdict:
    """Return how the value of a row was read."""
    slot, right = row.slot, row.right
    slots = {
        name: None if isinstance(value, datetime) and is_past(value, row.now) else value for name, value in judged.slots.items()
    }
    if slot == "intent":
        is_acted = judged.decision == "accept" and judged.intent.startswith(right.removeprefix("not ").split()[0])
        return Verdict.WRONG if is_acted else Verdict.RIGHT
    if slot == SPAN:
        return _compare_span(slots, right)
    names = slot.split("/")
    got = [slots.get(name) for name in names]
    if right == NOTHING:
        return Verdict.RIGHT if all(value is None for value in got) else Verdict.WRONG
    if not any(value not in (None, "") for value in got):
        return Verdict.MISSED
    if len(names) > 1:  # building/unit/room
        is_right = any([_plain(value) for value in got] == [_plain(part) for part in one.split("/")] for one in right.split(";"))
    else:
        is_right = any(is_as(got[0], one) for one in right.partition("..")[0].split(";"))
    return Verdict.RIGHT if is_right else Verdict.WRONG


def _compare_span(slots: Mapping[str, object], right: str) -> Verdict:
    start, end = slots.get("starts_at"), slots.get("ends_at")
    if right == NOTHING:
        return Verdict.RIGHT if start is end is None else Verdict.WRONG
    low, _, high = right.partition("..")
    if start is None:
        return Verdict.MISSED
    if not is_as(start, low):
        return Verdict.WRONG
    if end is None:
        return Verdict.MISSED
    is_right = is_as(end, high) if ":" in high else _text(end)[:10] == high[:10]
    return Verdict.RIGHT if is_right else Verdict.WRONG


def is_as(got: object, right: str) -> bool:
    """Tell whether a value is as wanted."""
    if isinstance(got, datetime):
        return any(_is_moment(got, one) for one in right.split("/"))
    low, _, high = right.partition("~")
    with suppress(ValueError):
        return float(low) <= float(str(got)) <= float(high or low)
    return _plain(got) == _plain(right)


def _is_moment(got: datetime, right: str) -> bool:
    low, _, high = right.replace("T", " ").partition("~")
    return low[:16] <= _text(got)[: len(low)] and _text(got)[: len(high or low)] <= (high or low)[:16]


def _text(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _plain(value: object) -> str:
    """Return how a value is compared: 粤B·12345 is 粤b12345."""
    kept = "" if value is None else "".join(map(str, value)) if isinstance(value, list) else _text(value)
    return "".join(character for character in kept if character not in "·- ").upper()
