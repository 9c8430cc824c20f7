"""Which kind of danger a message tells of, for the words of the answer: whoever smells gas must not touch a switch.

The kind is learned from the same lines as the odds (bench/make_odds.py, data/danger/kinds.txt). Of several dangers in one message the
one with the most urgent advice is answered. Who calls and says nothing more is UNKNOWN, never guessed. Pure.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import add


class Danger(StrEnum):
    """What is answered differently; most urgent advice first. The names are those of `replies:` in an emergency's file."""

    SELF_HARM = "self_harm"  # who writes is tired of life
    SELF_HARM_OTHER = "self_harm_other"  # somebody else is, or stands on a ledge
    FIRE = "fire"
    SMOKE = "smoke"  # and no flame seen
    GAS = "gas"
    ELECTRIC = "electric"
    WATER = "water"  # drowning, flood
    LIFT = "lift"
    COLLAPSE = "collapse"
    CRIME = "crime"
    CHILD = "child"  # a small child swallowed or choked on something, is burnt, or is left alone
    ANIMAL = "animal"  # bitten, stung, or about to be
    TRAPPED = "trapped"  # anywhere but in a lift: a child in a locked car, a hand in a door
    FALL = "fall"
    MISSING = "missing"  # a child or an old person, or nobody answers the door
    MEDICAL = "medical"
    UNKNOWN = "unknown"


#: Kinds that an intent's file may have words for.
ANSWERED = tuple(danger.value for danger in Danger if danger is not Danger.UNKNOWN)

_URGENCY = {danger: place for place, danger in enumerate(Danger)}

DESPAIR = frozenset({Danger.SELF_HARM, Danger.SELF_HARM_OTHER})

#: Whose life is spoken of: the last of these. 我女儿不想活了 is not about who writes.
_PERSON = re.compile(
    "我(?!们?小区|们?楼|们?栋|家楼|家对面|家隔壁)|有个?人|有个|人(?=要|想|站|坐|爬|跳|说|在)|他|她|女[的孩生人子]|男[的孩生人子]|姑娘|小伙|学生|孩子?|儿子|女儿|闺女|闺蜜|朋友|"
    "同学|同事|室友|邻居|(?<!我)说(?=[要想不她他活死])|老公|老婆|老伴|爸|妈|爷|奶|外婆|外公|弟|妹|哥|姐|阿姨|大爷|老人|租客"
)


@dataclass(frozen=True, kw_only=True)
class Sorts:
    """What each character, and each two in a row, speak for each kind of danger, in tenths of log odds."""

    biases: Mapping[Danger, int] = field(default_factory=dict)
    weights: Mapping[str, Sequence[tuple[Danger, int]]] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, text: str) -> "Sorts":
        """Read lines of kind, weight and all that weigh as much; `bias` is what a message of nothing weighs."""
        biases: dict[Danger, int] = {}
        weights: dict[str, list[tuple[Danger, int]]] = {}
        for kind, first, *grams in (line.split() for line in text.splitlines() if line and line[0] != "#"):
            if first == "bias":
                biases[Danger(kind)] = int(grams[0])
                continue
            for gram in grams:
                weights.setdefault(gram, []).append((Danger(kind), int(first)))
        return cls(biases=biases, weights=weights)

    def weigh(self, plain: str) -> Mapping[Danger, float]:
        """Return the log odds of each kind in a prepared text that tells of danger."""
        found = Counter(self.biases)
        for gram in {*plain, *map(add, plain, plain[1:])}:
            for danger, weight in self.weights.get(gram, ()):
                found[danger] += weight
        return {danger: weight / 10 for danger, weight in found.items()}

    def tell(self, pieces: Iterable[str], plain: str) -> Danger:
        """Return the most urgent kind that pieces of a message tell of, each of what it is likeliest."""
        told = (max(weighed, key=weighed.__getitem__, default=Danger.UNKNOWN) for weighed in map(self.weigh, pieces))
        danger = min(told, key=_URGENCY.__getitem__, default=Danger.UNKNOWN)
        return _whose(plain) if danger in DESPAIR else danger


def _whose(plain: str) -> Danger:
    """Tell who writes in despair from who writes of somebody else; the former where nobody is named."""
    named = _PERSON.findall(plain)
    return Danger.SELF_HARM if not named or named[-1] == "我" else Danger.SELF_HARM_OTHER
