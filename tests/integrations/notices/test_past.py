"""What the demo says was told fits the days on which it says so."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from bot.model import SHANGHAI
from integrations.notices import past


@pytest.mark.parametrize(
    ("month", "season", "off"),
    [
        (1, "冬", "五一"),
        (3, "春", "五一"),
        (4, "春", "五一"),
        (6, "夏", "国庆"),
        (9, "秋", "国庆"),
        (10, "秋", "元旦"),
        (12, "冬", "元旦"),
    ],
)
def test_seasons_and_days_off_are_those_of_the_month(month: int, season: str, off: str) -> None:
    at = datetime(2026, month, 15, 10, tzinfo=SHANGHAI)

    assert past.SEASONS[at.month] == season
    assert past.next_days_off(at) == off


def test_no_word_of_a_season_stands_in_what_is_told_all_year() -> None:
    said = " ".join(f"{title}{body}" for _, _, _, title, body, _ in past.TOLD)

    assert not re.search("春|夏|秋|冬|元旦|五一|国庆|中秋|端午|清明|暖气|高温|台风", said)
