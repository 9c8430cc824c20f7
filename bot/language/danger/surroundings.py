"""What stands around a danger and makes it none: a figure of speech, a denial, a worry, the past, a film, a drill, a question of what to
do if, a command to a lamp. The words are data (data/danger/surroundings.yaml), in groups that say where they must stand. Pure.

A doubt (是不是着火了) is no denial, and most groups say nothing where something is told to be happening now.
No group looks further than a few dozen characters, so that time grows with the length of a message and no faster.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

#: How far around a danger its surroundings reach, in characters; what is straight before it is at most NEAR away.
BEFORE, AFTER, NEAR = 28, 22, 4

_CLAUSE, _SENTENCE = "，。！？", "。！？"


class Where(StrEnum):
    """Where the words of a group must stand."""

    STRAIGHT = "straight"  # right before the danger, in its clause
    BEFORE = "before"  # in its clause before its end
    SENTENCE = "sentence"  # in its sentence before its end
    AROUND = "around"  # in its sentence
    AFTER = "after"  # behind its beginning in its sentence
    WITHIN = "within"  # the danger is nothing but a part of the word: 火 of 火车


@dataclass(frozen=True)
class Group:
    """Words that make a danger none; `stands` where they do so though something happens now."""

    name: str
    where: Where
    words: tuple[str, ...]
    exceptions: tuple[str, ...] = ()
    stands: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The words as a group; an exception is met first and is none."""
        return re.compile("|".join([*map(spell_out, self.exceptions), f"({'|'.join(map(spell_out, self.words))})"]))

    def ends(self, text: str) -> Iterable[tuple[int, int]]:
        """Yield begin and end of each word in a text."""
        return (found.span() for found in self.pattern.finditer(text) if found[1])


@dataclass(frozen=True)
class Surroundings:
    """All groups, and the words that say something is happening now."""

    groups: tuple[Group, ...] = ()
    now: tuple[str, ...] = ()

    @classmethod
    def of(cls, read: Mapping[str, object]) -> "Surroundings":
        """Take what a YAML file held."""
        groups = [_group(name, fields) for name, fields in read.items() if isinstance(fields, dict)]
        return cls(groups=tuple(groups), now=_words(read.get("now")))

    @cached_property
    def _now(self) -> re.Pattern[str]:
        return re.compile("|".join(map(spell_out, self.now)) or "(?!)")

    def clears(self, plain: str, begin: int, stop: int) -> str:
        """Return the name of the first group that makes the danger between `begin` and `stop` none; empty if none does."""
        around = _Around.of(plain, begin, stop)
        is_now = self._now.search(around.clause + around.words + around.rest) is not None
        return next((group.name for group in self.groups if (group.stands or not is_now) and around.holds(group)), "")


@dataclass(frozen=True)
class _Around:
    """A danger and what stands around it."""

    sentence: str  # before it in its sentence
    clause: str  # before it in its clause
    words: str
    rest: str  # behind it in its clause
    after: str  # behind it in its sentence

    @classmethod
    def of(cls, plain: str, begin: int, stop: int) -> "_Around":
        before, after = plain[max(0, begin - BEFORE) : begin], plain[stop : stop + AFTER]
        return cls(
            sentence=before[_last(before, _SENTENCE) + 1 :],
            clause=before[_last(before, _CLAUSE) + 1 :],
            words=plain[begin:stop],
            rest=after[: _first(after, _CLAUSE)],
            after=after[: _first(after, _SENTENCE)],
        )

    def holds(self, group: Group) -> bool:
        """Tell whether words of a group stand where they must."""
        match group.where:
            case Where.STRAIGHT:
                return self._is_straight(group)
            case Where.BEFORE:
                text = self.clause + self.words
            case Where.SENTENCE:
                text = self.sentence + self.words
            case Where.AROUND:
                text = self.sentence + self.words + self.after
            case Where.AFTER:
                text = self.words + self.after
            case Where.WITHIN:
                return self._is_within(group)
        return any(True for _ in group.ends(text))

    def _is_straight(self, group: Group) -> bool:
        """Tell whether a word ends right before the danger or begins it: 没砸到人."""
        low = len(self.clause)
        return any(end >= low - NEAR and begin <= low for begin, end in group.ends(self.clause + self.words))

    def _is_within(self, group: Group) -> bool:
        low, high = len(self.clause), len(self.clause + self.words.rstrip("了啦咯啊"))
        text = self.clause + self.words + self.rest
        return any(begin <= low and high <= end for begin, end in group.ends(text))


def _group(name: str, fields: Mapping[str, object]) -> Group:
    return Group(
        name=name, where=Where(str(fields["where"])), words=_words(fields["words"]), exceptions=_words(fields.get("except")),
        stands=fields.get("stands") is True,
    )  # fmt: skip


def _words(listed: object) -> tuple[str, ...]:
    """Return the words of a list, longer ones first: 没有人 before 没."""
    return tuple(sorted(map(str, listed), key=len, reverse=True)) if isinstance(listed, list) else ()


def spell_out(word: str) -> str:
    """Return the regular expression of a word of a data file: (甲|乙)? as it stands, … a few characters of a clause."""
    return re.sub(r"[^()|?…]+", lambda found: re.escape(found[0]), word).replace("(", "(?:").replace("…", "[^，。！？]{0,8}")


def _last(text: str, signs: str) -> int:
    return max(text.rfind(sign) for sign in signs)


def _first(text: str, signs: str) -> int:
    return min((place for sign in signs if (place := text.find(sign)) >= 0), default=len(text))
