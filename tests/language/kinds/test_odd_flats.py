"""Numbers that no building and no unit has, wherever it may be."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.language.kinds import flat
from bot.language.kinds.kind import Kind, Slot
from bot.language.reading import Reading
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


def read(words: str, kind: Kind) -> object:
    return Reading.of(words, NOW).take((Slot(name="it", kind=kind),), asked="it").get("it")


@pytest.mark.parametrize(("words", "kind"), [("4096", flat.UNIT), ("31单元", flat.UNIT), ("1959", flat.BUILDING), ("201栋", flat.BUILDING), ("5栋4096单元201", flat.UNIT)])  # fmt: skip
def test_a_number_too_high_for_a_building_or_a_unit_is_none(words: str, kind: Kind) -> None:
    assert read(words, kind) is None


@pytest.mark.parametrize(
    ("words", "kind", "number"),
    [("30单元", flat.UNIT, "30"), ("200栋", flat.BUILDING, "200"), ("4096", flat.ROOM, "4096"), ("A栋", flat.BUILDING, "A"), ("5栋4096单元201", flat.BUILDING, "5")],
)  # fmt: skip
def test_all_others_are_taken(words: str, kind: Kind, number: str) -> None:
    assert read(words, kind) == number
