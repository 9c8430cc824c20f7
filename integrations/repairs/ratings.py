"""Which score words and signs alone stand for: 👍, 五星, 还行; data/ratings.yaml."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).parent / "data" / "ratings.yaml"

#: What changes nothing of what is said: blanks, stops, tones of skin and how a sign is drawn.
_ASIDE = re.compile("[\\s，,。.!！~～、…?？\ufe0f\U0001f3fb-\U0001f3ff]")

#: 2分, 打五分, 五颗星: a rating with nothing beside it. A bare number answers whatever was asked.
_SCORE = re.compile(r"(?:我?[给打评]个?)?([1-5一二两三四五])(?:分|颗?星)吧?")
_NUMBERS = {said: score for score, words in enumerate(("1一", "2二两", "3三", "4四", "5五"), 1) for said in words}


def scored(text: str) -> int | None:
    """Return the score that is named outright: 2分, 打五分."""
    found = _SCORE.fullmatch(_ASIDE.sub("", text))
    return _NUMBERS[found[1]] if found else None


def meant(text: str) -> int | None:
    """Return the score that words or signs alone stand for, be they said several times over: 👍👍👍; None for anything else."""
    said, words = _ASIDE.sub("", text), _words()
    if said in words:
        return words[said]
    first = next((word for word in words if said.startswith(word)), "") if said else ""
    return words[first] if first and said == first * (len(said) // len(first)) else None


@cache
def _words() -> Mapping[str, int]:
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    found = {_ASIDE.sub("", str(word)): int(score) for score, words in rows.items() for word in words}
    return dict(sorted(found.items(), key=lambda row: -len(row[0])))
