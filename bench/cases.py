"""Messages, what they mean to those who wrote them, and what was made of them; counted, never judged by a single one. Pure but for reading.

A set is a file: its first line is `# ` and a word on its writer, every other one the meaning, a tab, the message and, where a set has
voices, a tab and the voice. `none` means no intent, `a|b` either of two, `a+b` two wishes in their order.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations
from pathlib import Path

import numpy as np

from bot.language.matching.matcher import Match
from bot.language.matching.model import NONE


class Outcome(StrEnum):
    """What a resident gets who means an intent."""

    RIGHT = "right"  # at once
    ASKED = "asked"  # with the right one offered
    WRONG = "wrong"  # acted on
    MISSED = "missed"  # refused, or asked without the right one


class Handling(StrEnum):
    """What a message that means no intent gets."""

    REFUSED = "refused"
    ASKED = "asked"
    ACTED = "acted"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A message as it was written down."""

    meant: tuple[str, ...]  # one for each wish
    text: str
    voice: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A message, what it means and what was made of it: a match for each of its wishes."""

    line: Line
    matches: Sequence[Match]

    @property
    def meant(self) -> tuple[str, ...]:
        """Any of these is right; the first is what it is counted under."""
        return tuple(intent for wish in self.line.meant for intent in wish.split("|"))

    @property
    def best(self) -> str:
        """The likeliest intent, whatever was done about it."""
        candidates = self.matches[0].candidates
        return candidates[0].intent if candidates else NONE

    @property
    def confidence(self) -> float:
        """That of the likeliest intent."""
        candidates = self.matches[0].candidates
        return candidates[0].confidence if candidates else 0.0

    @property
    def offered(self) -> tuple[str, ...]:
        """The likeliest intents."""
        return tuple(candidate.intent for candidate in self.matches[0].candidates)

    @property
    def acted(self) -> tuple[str, ...]:
        """The intents that were acted on."""
        return tuple(match.candidates[0].intent for match in self.matches if match.decision == "accept")

    @property
    def is_asked(self) -> bool:
        """Whether nothing was done but to ask."""
        return not self.acted and self.matches[0].decision == "clarify"

    @property
    def is_offered(self) -> bool:
        """Whether one of the three likeliest intents is meant."""
        return any(intent in self.meant for intent in self.offered)

    @property
    def is_alarm(self) -> bool:
        """Whether a danger was heard."""
        return any(match.emergency for match in self.matches)

    @property
    def danger(self) -> str:
        """The kind of the danger that was heard."""
        return next((match.danger.value for match in self.matches if match.emergency), NONE)

    @property
    def outcome(self) -> Outcome:
        """What was done; more wishes than were meant are acted on wrongly."""
        if any(intent not in self.meant for intent in self.acted):
            return Outcome.WRONG
        if self.acted or (NONE in self.meant and not self.is_asked):
            return Outcome.RIGHT
        return Outcome.ASKED if self.is_asked and (self.is_offered or NONE in self.meant) else Outcome.MISSED

    @property
    def handling(self) -> Handling:
        """What was done about what should be left alone."""
        return Handling.ACTED if self.acted else Handling.ASKED if self.is_asked else Handling.REFUSED


Cases = Sequence[Case]


def read_set(path: Path) -> list[Line]:
    """Return the messages of a set; raises ValueError naming a line that has no meaning or no words."""
    found = []
    for number, row in enumerate(path.read_text("utf-8").splitlines(), 1):
        if row.strip() and not row.startswith("# "):
            meant, text, voice = [*row.split("\t"), "", ""][:3]
            if not meant or not text.strip():
                raise ValueError(f"{path.name}:{number} {row!r} is no meaning, tab, message")
            found.append(Line(meant=tuple(meant.split("+")), text=text, voice=voice))
    return found


def read_talk(path: Path) -> list[Line]:
    """Return public talk that is nobody's business: a JSON file of records with a `text` or `query`, or a message a line."""
    content = path.read_text("utf-8")
    if path.suffix != ".json":
        return [Line(meant=(NONE,), text=text) for text in content.splitlines() if text.strip()]
    records = json.loads(content)
    said = [record.get("text") or record["query"] for record in (records.values() if isinstance(records, dict) else records)]
    return [Line(meant=(NONE,), text=text) for text in said]


# ------------------------------------------------------------------ counting


def split(cases: Iterable[Case]) -> tuple[Cases, Cases]:
    """Return the messages that mean an intent, and those that mean none."""
    cases = tuple(cases)
    return [case for case in cases if case.meant != (NONE,)], [case for case in cases if case.meant == (NONE,)]


def share(cases: Cases, is_so: Callable[[Case], bool]) -> float:
    """Return the part of messages of which something is true; NaN of none."""
    return sum(map(is_so, cases)) / len(cases) if cases else float("nan")


def parts(found: Iterable[str], every: Iterable[str]) -> list[float]:
    """Return the part that each of all kinds has of those found; NaN of none."""
    counts = Counter(found)
    return [counts[one] / counts.total() if counts else float("nan") for one in every]


def group(cases: Iterable[Case], key: Callable[[Case], str]) -> Mapping[str, Cases]:
    """Return messages by what is said of them, in the order of the alphabet."""
    found: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        found[key(case)].append(case)
    return dict(sorted(found.items()))


def macro(cases: Cases) -> float:
    """Return how often the likeliest intent is meant, each intent counting as much as any other."""
    by_intent = group(cases, lambda case: case.meant[0])
    return (
        float(np.mean([share(one, lambda case: case.best in case.meant) for one in by_intent.values()]))
        if cases
        else float("nan")
    )


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """Return the chance that one inside is more confident than one outside."""
    _, places, counts = np.unique([*inside, *outside], return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return float((ranks[: len(inside)].sum() - len(inside) * (len(inside) + 1) / 2) / (len(inside) * len(outside)))


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Messages of which about the same was promised, and what came true."""

    low: float
    size: int
    promised: float
    right: float


def reliability(cases: Cases) -> tuple[Sequence[Bin], float]:
    """Return what was promised beside what came true, in tenths, and by how much it is off; what means no intent counts as wrong."""
    bins, off = [], 0.0
    for tenth in range(10):
        within = [case for case in cases if min(int(case.confidence * 10), 9) == tenth]
        if within:
            promised = sum(case.confidence for case in within) / len(within)
            right = share(within, lambda case: case.best in case.meant)
            bins.append(Bin(low=tenth / 10, size=len(within), promised=promised, right=right))
            off += abs(promised - right) * len(within) / len(cases)
    return bins, off


def fits(meant: Collection[str], heard: Collection[str]) -> bool:
    """Tell whether the wishes heard are those that were meant, in any order: the urgent one comes first."""
    if len(meant) != len(heard):
        return False
    return any(all(one in wish.split("|") for one, wish in zip(order, meant, strict=True)) for order in permutations(heard))
