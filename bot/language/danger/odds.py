"""How likely words tell of danger, by the characters they are written in.

What is said of danger has no end of words, but few that nothing else is said in. The weights are learned (bench/make_odds.py) from
lines known to be danger or none; nobody has to name their words. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise, repeat
from operator import add
from string import ascii_lowercase, digits

#: Messages up to WHOLE characters are read as one, as the lines are from which the weights were learned. Of longer ones than PIECE
#: each stretch is read by itself, STEP further, and so is each clause: hundreds of harmless words outweigh any danger.
WHOLE, PIECE, STEP = 40, 16, 6

#: A clause of fewer characters is no piece of its own: 三个人.
CLAUSE = 4

_BORDERS = "，。！？"

#: Figures and letters say nothing: what is dialled in need stands in lines.txt.
_UNREAD = frozenset(digits + ascii_lowercase)


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A part of a message and its log odds; 0 is even."""

    odds: float
    begin: int
    stop: int


@dataclass(frozen=True, kw_only=True)
class Odds:
    """What each character, and each two in a row, speak for danger (above 0) or against it, in tenths of log odds."""

    bias: int = -1000
    weights: Mapping[str, int] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, text: str) -> "Odds":
        """Read lines of a weight and all that weigh as much; what stands behind `bias` is what a message of nothing weighs."""
        bias = 0
        weights: dict[str, int] = {}
        for first, *grams in (line.split() for line in text.splitlines() if line and line[0] != "#"):
            if first == "bias":
                bias = int(grams[0])
            else:
                weights.update(dict.fromkeys(grams, int(first)))
        return cls(bias=bias, weights=weights)

    def weigh(self, plain: str) -> float:
        """Return the log odds of a prepared text read as one; what is said twice counts once."""
        return (self.bias + sum(map(self.weights.get, {*plain, *map(add, plain, plain[1:])}, repeat(0)))) / 10

    def pieces(self, plain: str) -> list[Piece]:
        """Return the message as one piece if it is short, its clauses, and its stretches if it is long."""
        found = [Piece(self.weigh(plain), 0, len(plain))] if len(plain) <= WHOLE else []
        ends = [place for place, sign in enumerate(plain) if sign in _BORDERS]
        if ends:
            clauses = [(begin, stop) for begin, stop in pairwise([0, *(end + 1 for end in ends), len(plain) + 1])]
            found += [Piece(self.weigh(plain[a : b - 1]), a, b - 1) for a, b in clauses if CLAUSE < b - a <= WHOLE]
        if len(plain) > PIECE:
            sums = [0, *accumulate(self._each(plain))]
            stops = (min(stop, len(plain)) for stop in range(PIECE, len(plain) + STEP, STEP))
            found += [Piece((self.bias + sums[stop] - sums[stop - PIECE]) / 10, stop - PIECE, stop) for stop in stops]
        return found

    def peak(self, plain: str, piece: Piece) -> tuple[int, int]:
        """Return begin and end of the words of one clause that speak most for danger in a piece."""
        text = plain[piece.begin : piece.stop]
        best, run, begin, found = 0, 0, 0, (piece.begin, piece.stop)
        for place, weight in enumerate(self._each(text)):
            if run <= 0 or text[place] in _BORDERS:
                run, begin = 0, place + (text[place] in _BORDERS)
            run += weight
            if run > best:
                best, found = run, (piece.begin + begin, piece.begin + _within(text, place + 2))
        return found

    def _each(self, text: str) -> Iterable[int]:
        """Return what each character weighs, with the next one."""
        singles = map(self.weights.get, text, repeat(0))
        return map(add, singles, map(self.weights.get, map(add, text, text[1:] + " "), repeat(0)))


def _within(text: str, stop: int) -> int:
    """Return an end that is no further than the clause goes."""
    return stop - 1 if stop > len(text) or text[stop - 1] in _BORDERS else stop


def grams(plain: str) -> frozenset[str]:
    """Return what is weighed of a prepared text: its characters and each two in a row, no figures, no letters, no signs alone."""
    found: Sequence[str] = [*plain, *map(add, plain, plain[1:])]
    return frozenset(gram for gram in found if gram not in _BORDERS and not any(map(_UNREAD.__contains__, gram)))
