"""No pattern takes longer than the words it reads: whoever writes to a resident's chat chooses them, and all others wait meanwhile.

Each pattern of ours is tried on its own words, said over and over with an end that does not fit: where a sign can be read in two ways,
the time doubles with each.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

import bot
import integrations
from bot.language.late import Late

#: Signs of what is tried: of an exponential pattern forty take for ever, of a cubic one four hundred take seconds.
LONG = 400

#: Seconds of CPU for one trial; the slowest takes a hundredth of it.
MOST = 0.5

#: Words of a pattern that are tried at most.
WORDS = 150

#: What no pattern says of itself.
USUAL = ("1", "a", "一", " ", "，", "1,", "a.", "1 ", "我", "的", "\n", "-", "=", "好")


class TooLong(Exception):
    """A trial takes longer than MOST."""


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Give all patterns that stand in modules, alone or in a row, with where."""
    for package in (bot, integrations):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" in module.name or module.name.endswith("__main__"):
                continue
            for name, value in vars(importlib.import_module(module.name)).items():
                for one in held(value):
                    yield f"{module.name}.{name}", one


def held(value: Any, deep: int = 2) -> Iterator[re.Pattern[str]]:
    """Give the patterns that a value is or holds."""
    value = value.compiled if isinstance(value, Late) else value
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif deep and isinstance(value, dict):
        yield from (one for other in value.values() for one in held(other, deep - 1))
    elif deep and isinstance(value, (list, tuple, frozenset)):
        yield from (one for other in value for one in held(other, deep - 1))


def words_of(pattern: str) -> list[str]:
    """Return the words that stand in a pattern, with and without what may be left out of them."""
    bare = re.sub(r"\(\?[#:=!<>P]*(?:\w+>)?", "(", pattern)
    found = [
        word
        for said in (bare, re.sub(r"[\u4e00-\u9fff]\?", "", bare), bare.replace("?", ""))
        for word in re.findall(r"[\u4e00-\u9fff]{1,6}", said)
    ]
    signs = [sign for said in re.findall(r"\[([^\]]+)\]", pattern) for sign in said if sign.isalnum()]
    often = [
        word
        for said in re.findall(r"\(\?:([^()]*)\)[*+]", pattern)
        for word in said.replace("?", "").split("|")
        if word.isalnum()
    ]
    return list(dict.fromkeys([*often, *found, *signs][:WORDS])) + list(USUAL)


def took(pattern: re.Pattern[str], text: str) -> float:
    """Return the seconds of CPU that a pattern needs for a text, whichever way it is asked; raises TooLong."""
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST)
    began = time.thread_time()
    try:
        pattern.fullmatch(text)
        for place, _ in enumerate(pattern.finditer(text)):
            if place > LONG:
                break
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.thread_time() - began


@pytest.fixture
def alarm() -> Iterator[None]:
    """Let what takes too long be ended: the engine of patterns looks for signals."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, end)
    yield
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.usefixtures("alarm")
def test_no_pattern_takes_longer_than_what_it_reads() -> None:
    slow: dict[str, str] = {}
    seen = set[tuple[str, int]]()
    for where, pattern in patterns():
        if (pattern.pattern, pattern.flags) in seen:
            continue
        seen.add((pattern.pattern, pattern.flags))
        for word in words_of(pattern.pattern):
            try:
                took(pattern, (word * LONG)[:LONG] + "\x01")
            except TooLong:
                slow[where] = word
                break

    assert len(seen) > 700
    assert slow == {}


@pytest.mark.usefixtures("alarm")
def test_a_pattern_that_reads_a_sign_in_two_ways_is_found() -> None:
    twice = re.compile("(?:我|(?:我|要)*|查)*(?:哪些)")

    with pytest.raises(TooLong):
        took(twice, "我" * LONG + "\x01")
