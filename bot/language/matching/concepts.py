"""Words of one kind: whoever taught the matcher 水管漏水 need not teach it 龙头滴水 as well.

An admin keeps them under `concepts:` in _common.yaml. They are features beside a message's own characters, and weigh less.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Concepts:
    """A dictionary of words, looked up by their first character."""

    names: Mapping[str, str]  # word in normal form -> concept
    lengths: Mapping[str, tuple[int, ...]]  # first character -> lengths of its words, longest first

    @classmethod
    def of(cls, concepts: Mapping[str, Sequence[str]], normalise: Callable[[str], str]) -> "Concepts":
        """Index the words by the form in which messages are compared; the first concept that claims a word keeps it."""
        names: dict[str, str] = {}
        for name, words in concepts.items():
            for word in words:
                if plain := normalise(word):
                    names.setdefault(plain, name)
        lengths: dict[str, set[int]] = {}
        for word in names:
            lengths.setdefault(word[0], set()).add(len(word))
        return cls(names, {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()})

    def find(self, text: str) -> dict[str, str]:
        """Return the concepts that a normal form speaks of, each with the word that says so; the longest words win."""
        found: dict[str, str] = {}
        position = 0
        while position < len(text):
            for length in self.lengths.get(text[position], ()):
                word = text[position : position + length]
                name = self.names.get(word)
                if name is not None:
                    found.setdefault(name, word)
                    position += length
                    break
            else:
                position += 1
        return found
