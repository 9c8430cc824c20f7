"""Words of ours that a page of the console may say in another language.

Chinese is what the code says and what everything keeps and sends: rows, messages, files. `tr` marks words for translation; they stay
a plain Chinese str wherever they go, so that no English slips into a resident's chat or a row, and know what they were made of. Only
who shows them to somebody asks a `Catalogue` for that person's language.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from gettext import c2py
from string import Formatter
from typing import Any, Self

#: The language of the msgids.
SOURCE = "zh"

#: What Chinese puts between two things, and what stands there in languages with spaces.
_BETWEEN = {"、": ", ", "，": ", ", "；": "; ", "：": ": ", "。": ". ", "（": " (", "）": ")"}

_HAN = re.compile(r"[\u3400-\u9fff]")
_PLACE = re.compile(r"\{(\w+)[^}]*\}")

#: Chinese signs around its values by which a message is known again.
KNOWN_BY = 4

#: How deep a message may stand in the values of another and still be known again.
DEEPEST = 4


def is_chinese(text: str) -> bool:
    """Tell whether there is something to translate."""
    return _HAN.search(text) is not None


class Words(str):
    """A str in Chinese that can be said in another language; what is cut out of it, or made of it by an f-string, cannot."""

    def said_in(self, catalogue: "Catalogue", number: int | None = None) -> str:
        """Return it in a language; `number` is how many of it there are."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self  # str(refusal) can be translated, too

    def __add__(self, other: str) -> str:
        return _Row((self, other), "")

    def __radd__(self, other: str) -> str:
        return _Row((other, self), "")

    def strip(self, chars: str | None = None, /) -> str:
        """Return itself where there is nothing to strip."""
        return self if len(bare := super().strip(chars)) == len(self) else bare


class _Phrase(Words):
    msgid: str
    values: Mapping[str, object]
    context: str

    @classmethod
    def of(cls, msgid: str, values: Mapping[str, object], context: str = "") -> Self:
        made = cls(msgid.format_map(values) if values else msgid)
        made.msgid, made.values, made.context = msgid, values, context
        return made

    def said_in(self, catalogue: "Catalogue", number: int | None = None) -> str:
        own = number_in(self.values.values())
        found = catalogue.find(self.msgid, own if own is not None else number, self.context)
        if found is None:
            return str.__str__(self)
        if not self.values:
            return found
        return found.format_map({name: catalogue.say(value, own) for name, value in self.values.items()})


class _Row(Words):
    parts: tuple[object, ...]
    between: str

    def __new__(cls, parts: Iterable[object], between: str = "") -> Self:
        kept = tuple(parts) if not isinstance(parts, str) else (parts,)
        made = super().__new__(cls, between.join(str(part) for part in kept))
        made.parts, made.between = kept, between
        return made

    def said_in(self, catalogue: "Catalogue", number: int | None = None) -> str:
        between = _BETWEEN.get(self.between, self.between)
        said = ""
        for part in (str(catalogue.say(part)) for part in self.parts):
            if said and part:
                said += between or (" " if said[-1] in ".!?;:,)" and part[0] not in " .!?;:,)" else "")
            said += part
        return said


#: How moments are written, by an example; their translation is a format of strftime. With time of day, the day alone, with its year.
WHEN, DAY, DAY_OF_YEAR = "3月12日（周四）15:00", "3月12日", "2026年3月12日"
MONTH = "2026年3月"


class Moment(Words):
    """A moment or day, as people of each language write it; `how` is one of the examples."""

    at: date
    how: str

    @classmethod
    def of(cls, chinese: str, at: date, how: str) -> Self:
        """Return a moment, in local time, with how it is written in Chinese."""
        made = cls(chinese)
        made.at, made.how = at, how
        return made

    def said_in(self, catalogue: "Catalogue", number: int | None = None) -> str:
        """Return it by the language's own format."""
        form = catalogue.find(self.how, None, "moment")
        return str.__str__(self) if form is None else self.at.strftime(form.replace("%-d", str(self.at.day)))


class _Made(Words):
    said: str
    make: Callable[[str, "Catalogue"], str]

    def said_in(self, catalogue: "Catalogue", number: int | None = None) -> str:
        return self.make(str(catalogue.say(self.said, number)), catalogue)


def made_of(said: str, make: Callable[[str, "Catalogue"], str]) -> str:
    """Return what a function makes of words, in each language of that language's words: their beginning, or values put into them."""
    found = _Made(make(said, CHINESE))
    found.said, found.make = said, make
    return found


def stored(text: str) -> str:
    """Mark words of ours that a row has kept: by then they are plain Chinese, values and all."""
    return made_of(text, lambda said, catalogue: catalogue.recognise(said))


def tr(msgid: str, *, context: str = "", **values: object) -> str:
    """Mark words of ours for translation, with values for their {places}; `context` tells apart what Chinese writes alike."""
    return _Phrase.of(msgid, values, context)


def tr_all(between: str, parts: Iterable[object]) -> str:
    """Return what `between.join(parts)` gives, each part still to be translated."""
    return _Row(parts, between)


def number_in(values: Iterable[object]) -> int | None:
    """Return the first number among values, which decides between singular and plural."""
    for value in values:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and (bare := value.replace(",", "")).isascii() and bare.isdigit():
            return int(bare)
    return None


@dataclass(frozen=True)
class Catalogue:
    """What one language says for our words: (context, msgid) -> its forms by number."""

    language: str
    entries: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    plural: str = "n != 1"  # in C, as gettext has it
    in_scripts: Mapping[str, str] = field(default_factory=dict)  # what the scripts of the pages say

    @cached_property
    def _form(self) -> Callable[[int], int]:
        read: Callable[[int], int] = c2py(self.plural)
        return read

    def form(self, number: int | None) -> int:
        """Return which form of a message stands for so many; that for several where there is no number."""
        return self._form(2 if number is None else number)

    def find(self, msgid: str, number: int | None = None, context: str = "") -> str | None:
        """Return the translation for so many, the plural where there is no number; None where there is none."""
        forms = self.entries.get((context, msgid)) or self.entries.get(("", msgid))
        if forms is None:
            return None
        return forms[min(self.form(number), len(forms) - 1)]

    def recognise(self, text: str, deep: int = DEEPEST) -> str:
        """Return the translation of a text by which message it is, and with which values; as it is where it is none.

        Residents are quoted in it: it takes no longer than its length, and goes no deeper than `deep` into values.
        """
        found = self.find(text) if text else None
        if found is not None or not deep:
            return found if found is not None else text
        return next(filter(None, (self._read(text, deep - 1, *one) for one in self._patterns)), text)

    def _read(self, text: str, deep: int, pieces: Sequence[str], msgid: str) -> str | None:
        kept = _between(text, pieces[::2])
        if kept is None:
            return None
        values = {name: self.recognise(value, deep) for name, value in zip(pieces[1::2], kept, strict=True)}
        said = self.find(msgid, number_in(values.values())) or ""
        return _PLACE.sub(lambda place: values.get(place[1], place[0]), said)

    @cached_property
    def _patterns(self) -> Sequence[tuple[Sequence[str], str]]:
        """The messages that can be known again by what stands around their values, the longest first."""
        found = []
        for context, msgid in self.entries:
            pieces = _PLACE.split(msgid)
            around, names = "".join(pieces[::2]), pieces[1::2]
            if names and not context and len(set(names)) == len(names) and len(_HAN.findall(around)) >= KNOWN_BY:
                found.append((pieces, msgid))
        return sorted(found, key=lambda one: -len(one[1]))

    def say(self, value: Any, number: int | None = None) -> Any:
        """Return a value as one reads it in this language; what is not ours stays as it is."""
        return value.said_in(self, number) if isinstance(value, Words) and self.entries else value


#: The language of the source: nothing is translated.
CHINESE = Catalogue(SOURCE)


def _between(text: str, around: Sequence[str]) -> list[str] | None:
    """Return what stands between words that follow one another from the first to the last sign of a text; None where they do not.

    Each stands as far left as it can, which a pattern of `.*?` finds as well, but by trying everything where nothing fits.
    """
    first, *middle, last = around
    at, end = len(first), len(text) - len(last)
    if end < at or not text.startswith(first) or not text.endswith(last):
        return None
    kept = []
    for words in middle:
        found = text.find(words, at, end)
        if found < 0:
            return None
        kept.append(text[at:found])
        at = found + len(words)
    return [*kept, text[at:end]]


def places(text: str) -> list[str]:
    """Return the names of the {places} in a text, in their order."""
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]
