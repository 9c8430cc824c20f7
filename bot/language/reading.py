"""A message, read once: its plain text, the values in it, and what is left when they are masked or hidden. Pure.

Every room takes what it needs from the same reading; nothing else normalises words or looks for values in them. It is made when a message
comes in, goes with it, and is forgotten with it.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import accumulate

from bot.language import answers, corrections, identifiers
from bot.language.kinds import moment, phone, plate
from bot.language.kinds.kind import LOOKED_THROUGH, SKIPPED, Found, Grammar, Slot, Value, blanked
from bot.language.kinds.shipped import GRAMMARS
from bot.language.normalise import PAUSES, fold, unified

#: For messages of which only the form matters: where a time stands, not which.
ANY_TIME = datetime.fromisoformat("2026-03-11T10:00:00+08:00")

#: Masks that stand for no request when they stand alone: a time, a phone, a plate.
SAYS_NOTHING = f"{moment.GRAMMAR.mask}{phone.GRAMMAR.mask}{plate.GRAMMAR.mask} "

_MASKS = re.compile(f"[{''.join(grammar.mask for grammar in GRAMMARS)}]")

_NOTHING: Mapping[int, str] = {}


class _Scan:
    """The grammars let loose on the beginning of a text one after the other, as far as somebody asks."""

    def __init__(
        self, text: str, now: datetime, grammars: Sequence[Grammar], since: datetime | None, finds: dict[object, Sequence[Found]]
    ) -> None:
        self._rest, self._beyond = text[:LOOKED_THROUGH], text[LOOKED_THROUGH:]
        self._now, self._since, self._finds = now, since, finds
        self._waiting = list(grammars)
        self._found: dict[str, Sequence[Found]] = {}

    def found(self, grammar: Grammar) -> Sequence[Found]:
        """Return what a grammar finds in what those before it have left."""
        while self._waiting and grammar.name not in self._found:
            self._go_on()
        return self._found.get(grammar.name, ())

    @property
    def rest(self) -> str:
        """What all of them leave; □ stands for each sign of the rest."""
        while self._waiting:
            self._go_on()
        return self._rest + self._beyond

    def _go_on(self) -> None:
        grammar = self._waiting.pop(0)
        self._found[grammar.name] = found = self._whole(grammar)
        self._rest = blanked(self._rest, found)

    def _whole(self, grammar: Grammar) -> Sequence[Found]:
        """Return what a grammar finds, but nothing that may go on beyond the beginning; what another scan found is not looked for again."""
        key = (grammar.name, self._rest, self._since)
        if key not in self._finds:
            self._finds[key] = tuple(grammar.find(self._rest, self._now, self._since))
        return [one for one in self._finds[key] if one.stop < LOOKED_THROUGH]


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was looked for already in a message and in parts of it."""

    parts: dict[str, "Reading"] = field(default_factory=dict)
    scans: dict[object, _Scan] = field(default_factory=dict)
    finds: dict[object, Sequence[Found]] = field(default_factory=dict)  # by grammar and text


@dataclass(frozen=True)
class Reading:
    """What was said, and what it holds."""

    raw: str  # as it was written, in simplified characters
    text: str  # compatible forms made one, cut
    now: datetime
    is_whole: bool = True  # no part of a message
    _looked: _Looked = field(default_factory=_Looked, repr=False, compare=False)

    @classmethod
    def of(cls, raw: str, now: datetime, simplified: Mapping[int, str] = _NOTHING) -> "Reading":
        """Read words said at `now`. The time it takes is bounded whatever they are."""
        return cls(said := raw.translate(simplified), _plain(said).translate(simplified), now)

    def part(self, words: str) -> "Reading":
        """Return words of the message, or what stands for it, as a reading of their own; asked for again it is the same."""
        if words == self.raw:
            return self
        parts = self._looked.parts
        if words not in parts:
            parts[words] = Reading(words, _plain(words), self.now, False, self._looked)
        return parts[words]

    @cached_property
    def beginning(self) -> "Reading":
        """As much of it as is understood; the whole of a longer one is kept for people, and danger is looked for in all of it."""
        return self.part(_begin(self.raw))

    @cached_property
    def meant(self) -> str:
        """The text without what it denies: 是R不是K."""
        return corrections.without_denied(self.text)

    @cached_property
    def corrects(self) -> bool:
        """Whether it takes back something said before: 改成四点, 不对."""
        return corrections.corrects(self.text)

    @cached_property
    def clauses(self) -> tuple["Reading", ...]:
        """What stands between its pauses."""
        return tuple(self.part(words) for words in PAUSES.split(self.raw) if words)

    @cached_property
    def spans(self) -> tuple[tuple[Grammar, Found], ...]:
        """All values in `text` with the grammar that found them, in order."""
        scan = self._scan(self.text, GRAMMARS)
        found = ((grammar, one) for grammar in GRAMMARS for one in scan.found(grammar))
        return tuple(sorted(found, key=lambda pair: pair[1].begin))

    @cached_property
    def masked(self) -> str:
        """The text with one private character for each value, so that one plate is like another."""
        text = self.text
        for grammar, found in reversed(self.spans):
            if grammar.stands_out(found):
                text = text[: found.begin] + grammar.mask + text[found.stop :]
        return text

    @cached_property
    def hidden(self) -> str:
        """The text with what each value is, for keeping and showing: [电话], [车牌]; papers and bank cards are [证件], [银行卡]."""
        values = [(grammar, found) for grammar, found in self.spans if grammar.stands_out(found)]
        read = {place for _, found in values for place in range(found.begin, found.stop)}  # two phones side by side are no card
        known = [
            one
            for one in identifiers.find(self.text)
            if any(self.text[place].isalnum() for place in set(range(one.begin, one.stop)) - read)
        ]
        free = [(g, v) for g, v in values if not any(v.begin < one.stop and one.begin < v.stop for one in known)]
        hidden = [(one.begin, one.stop, f"[{one.what}]") for one in known]
        hidden += [(found.begin, found.stop, f"[{grammar.title}]") for grammar, found in free]
        text = self.text
        for begin, stop, shown in sorted(hidden, reverse=True):
            text = f"{text[:begin]}{shown}{text[stop:]}"
        return text

    @cached_property
    def unvalued(self) -> str:
        """The text without its values: what is said beside them."""
        return _MASKS.sub("", self.masked)

    @cached_property
    def folded(self) -> str:
        """The text as danger is looked for in it: one sign for each kind of pause, nothing spaced out."""
        return fold(self.text)

    def found(self, grammar: Grammar, since: datetime | None = None) -> Sequence[Found]:
        """Return what a grammar finds in `text`, in order; `since` is a time said before, of whose day it may go on."""
        return self._scan(self.text, _with((grammar,)), since).found(grammar)

    def take(self, slots: Iterable[Slot], known: Mapping[str, Value] | None = None, asked: str | None = None) -> dict[str, Value]:
        """Return the values that the message gives for `slots`.

        `asked` is the slot whose question is open: it is read leniently, so that a bare name or number will do, and
        SKIPPED when it may be left out and was. `known` holds the values so far; a correction such as 改成四点 keeps their
        day.
        """
        wanted = tuple(slots)
        message = Taking(self, known or {}, _grammars_for(wanted))
        found: dict[str, Value] = {}
        for slot in wanted:
            value = slot.kind.take(message, slot)
            if value is None and slot.name == asked:
                value = slot.kind.read(message, slot)
            if value is None and slot.name == asked and slot.skippable and answers.is_skip(self.text):
                value = SKIPPED
            if value is not None:
                found[slot.name] = value
        return found

    def message(self) -> "Taking":
        """Return the message as kinds see it, where nothing is known yet."""
        return Taking(self, {}, _grammars_for(()))

    def _scan(self, text: str, grammars: Sequence[Grammar], since: datetime | None = None) -> _Scan:
        key = (text, tuple(grammar.name for grammar in grammars), since)
        if key not in self._looked.scans:
            self._looked.scans[key] = _Scan(text, self.now, grammars, since, self._looked.finds)
        return self._looked.scans[key]


@dataclass(frozen=True)
class Taking:
    """A reading from which a form takes values: a `kind.Message`."""

    reading: Reading
    known: Mapping[str, Value]
    grammars: Sequence[Grammar]

    @property
    def whole(self) -> str:
        """All that was said."""
        return self.reading.text

    @property
    def text(self) -> str:
        """What of it is meant."""
        return self.reading.meant

    @property
    def rest(self) -> str:
        """`text` with □ for each sign of a value."""
        return self._scan.rest

    @property
    def now(self) -> datetime:
        """When it was said."""
        return self.reading.now

    @property
    def corrects(self) -> bool:
        """Whether it takes back something said before."""
        return self.reading.corrects

    def found(self, grammar: Grammar) -> Sequence[Found]:
        """Return what a grammar finds in `text`."""
        return self._scan.found(grammar)

    @cached_property
    def _scan(self) -> _Scan:
        return self.reading._scan(self.text, self.grammars, moment.first_known(self.known))


def _grammars_for(slots: Sequence[Slot]) -> tuple[Grammar, ...]:
    """Return the grammars that read for these slots, a service's own behind those that ship."""
    return _with(dict.fromkeys(slot.kind.grammar for slot in slots if slot.kind.grammar))


def _with(own: Collection[Grammar]) -> tuple[Grammar, ...]:
    return (
        *(grammar for grammar in GRAMMARS if grammar.is_sure or grammar in own),
        *(grammar for grammar in own if grammar not in GRAMMARS),
    )


def _plain(raw: str) -> str:
    return unified(raw).strip()


def _begin(raw: str) -> str:
    """Return as much of a text as is LOOKED_THROUGH signs when it is normalised."""
    begun = raw[:LOOKED_THROUGH]
    if len(unicodedata.normalize("NFKC", begun)) <= LOOKED_THROUGH:
        return begun
    lengths = accumulate(len(unicodedata.normalize("NFKC", sign)) for sign in begun)
    return begun[: sum(length <= LOOKED_THROUGH for length in lengths)]
