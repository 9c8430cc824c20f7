"""What the shipped lines teach, learned ahead: how much each character, and each two in a row, speaks for each intent.

Made by `make train` (bench/train.py) from data/corpus and the shipped intents, and kept as data/model.npz. Margins of linear classifiers, one
for each intent against all others, become probabilities by a softmax whose two constants were fitted on writers held out one by one.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: What the lines that mean no intent stand under.
NONE = "none"


@dataclass(frozen=True)
class Model:
    """Weights by feature and intent; the lines of NONE are one of the intents."""

    intents: tuple[str, ...]
    features: Mapping[str, int] = field(repr=False)
    idf: Floats
    weights: NDArray[np.int8] = field(repr=False)  # feature, intent; in units of `scale`
    scale: Floats  # by intent
    bias: Floats
    slope: float  # of the softmax …
    lift: float  # … and what NONE gets beside its margin
    seen: frozenset[int] = field(repr=False)  # marks of the examples in the intent files it was made from
    digest: str  # of all lines it was made from

    @classmethod
    def parse(cls, content: bytes) -> "Model":
        """Read the bytes of model.npz."""
        with np.load(io.BytesIO(content)) as kept:
            return cls(
                intents=tuple(map(str, kept["intents"])),
                features={name: place for place, name in enumerate(str(kept["features"]).split("\n"))},
                idf=kept["idf"].astype(np.float32),
                weights=kept["weights"],
                scale=kept["scale"],
                bias=kept["bias"],
                slope=float(kept["slope"]),
                lift=float(kept["lift"]),
                seen=frozenset(map(int, kept["seen"])),
                digest=str(kept["digest"]),
            )

    def knows(self, intent: str, lines: Iterable[str]) -> bool:
        """Tell whether it was made from all these examples of an intent."""
        return intent in self.intents and all(mark(intent, line) in self.seen for line in lines)

    def judge(self, plain: str, barred: Sequence[int] = ()) -> Floats:
        """Return the probability of each intent for a normal form; what the `barred` ones would have got goes to the others."""
        places = self._places(plain)
        weights = self.idf[places]
        share = weights / max(float(np.sqrt(weights @ weights)), 1e-9)
        margins = (share @ self.weights[places]) * self.scale + self.bias
        powers = self.slope * margins
        powers[self._none] += self.lift
        powers[list(barred)] = -np.inf
        shares: Floats = np.exp(powers - powers.max()).astype(np.float32)
        shares /= shares.sum()
        return shares

    def likeness(self, one: str, other: str) -> float:
        """Return how much two normal forms have in common, from 0 to 1: the cosine of their features."""
        mine, theirs = set(grams(one)), set(grams(other))
        shared = sum(self._weight(name) for name in mine & theirs)
        return shared / max(float(np.sqrt(sum(map(self._weight, mine)) * sum(map(self._weight, theirs)))), 1e-9)

    def _weight(self, name: str) -> float:
        place = self.features.get(name)
        return float(self.idf.max() if place is None else self.idf[place]) ** 2

    def because(self, plain: str, intent: str) -> Sequence[str]:
        """Return the three features of a normal form that speak loudest for an intent."""
        column = self.intents.index(intent)
        loud = {
            name: self.idf[k] * int(self.weights[k, column])
            for name in grams(plain)
            if (k := self.features.get(name)) is not None
        }
        return [name for name in sorted(loud, key=lambda name: -loud[name])[:3] if loud[name] > 0]

    @cached_property
    def _none(self) -> int:
        return self.intents.index(NONE)

    def _places(self, plain: str) -> NDArray[np.intp]:
        return np.array([k for name in grams(plain) if (k := self.features.get(name)) is not None], np.intp)


def grams(plain: str) -> list[str]:
    """Return the characters and the pairs of a normal form, each once."""
    return list(dict.fromkeys([*plain, *(plain[i : i + 2] for i in range(len(plain) - 1))]))


def mark(intent: str, line: str) -> int:
    """Return what an example is known again by."""
    return crc32(f"{intent}\t{line}".encode())
