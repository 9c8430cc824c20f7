"""How likely a message tells of an emergency, by the characters it is written in.

What is said of danger has no end of words, but few that nothing else is said in. The weights are learned from lines known to be
an emergency or none (bench/make_odds.py); nobody has to name their words.
"""

from itertools import accumulate, repeat
from operator import add

from bot.language.danger.odds_table import BIAS, TABLE

#: Messages up to WHOLE characters are read as one, as the lines are from which the weights were learned. Longer ones than PIECE are
#: read in pieces, each STEP further, for hundreds of harmless words outweigh any danger.
WHOLE, PIECE, STEP = 40, 16, 6


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


def judge(text: str) -> list[tuple[float, int, int]]:
    """Return the log odds that a prepared text, or a piece of it, tells of an emergency, with begin and end; 0 is even."""
    judged = []
    if len(text) <= WHOLE:
        weight = sum(map(_WEIGHTS.get, {*text, *map(add, text, text[1:])}, repeat(0)))
        judged.append(((BIAS + weight) / 10, 0, len(text)))
    if len(text) > PIECE:
        weights = map(add, map(_WEIGHTS.get, text, repeat(0)), map(_WEIGHTS.get, map(add, text, text[1:] + " "), repeat(0)))
        sums = [0, *accumulate(weights)]
        for stop in range(PIECE, len(text) + STEP, STEP):
            end = min(stop, len(text))
            judged.append(((BIAS + sums[end] - sums[end - PIECE]) / 10, end - PIECE, end))
    return judged
