"""How likely a message tells of an emergency, by the characters it is written in.

What is said of danger has no end of words, but few that nothing else is said in. The weights are learned from lines known to be
an emergency or none (bench/make_odds.py); nobody has to name their words.
"""

from itertools import repeat
from operator import add

from bot.language.odds_table import BIAS, TABLE

#: As long as the lines are from which the weights were learned, in characters. Longer messages are read in pieces, for hundreds of
#: harmless words outweigh any danger; what is said at the seam stands whole in one of two.
PIECE, OVERLAP = 40, 12


def _read(table: str) -> dict[str, int]:
    weights: dict[str, int] = {}
    weight = 0
    for word in table.split():
        try:
            weight = int(word)
        except ValueError:
            weights[word] = weight
    return weights


_WEIGHTS = _read(TABLE)


def grams(text: str) -> frozenset[str]:
    """Return what is weighed of a prepared text: its characters and each two in a row, no figures and no signs alone."""
    found = {*text, *map(add, text, text[1:])}
    return frozenset(gram for gram in found if gram not in "，。！？" and not any(map(str.isdecimal, gram)))


def of(text: str) -> float:
    """Return the log odds that a prepared text of at most PIECE characters tells of an emergency; 0 is even."""
    return (BIAS + sum(map(_WEIGHTS.get, {*text, *map(add, text, text[1:])}, repeat(0)))) / 10
