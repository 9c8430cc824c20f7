"""What a resident said, whichever way it came, as it was understood. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.language import contacts
from bot.language.files import Intent
from bot.language.kinds import code, flat, phone, plate
from bot.language.kinds.kind import Aspect, Value
from bot.language.known import Known
from bot.language.matching.matcher import Match
from bot.language.reading import Reading


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A message as it was read and understood, before any transaction.

    `more` are further requests of the same message, to be served after this one.
    """

    reading: Reading
    match: Match
    place: str = ""  # where the code hangs that was scanned
    more: tuple["Heard", ...] = ()
    clauses: tuple["Clause", ...] = ()  # each by itself, where there are several
    since: datetime | None = None  # the time said before it, of whose day it goes on: 下午四点 after 明天上午十点
    known: Sequence[Known] = ()  # what the communities of the account know of it, the likeliest first

    @property
    def text(self) -> str:
        """The words, in simplified characters."""
        return self.reading.raw

    @classmethod
    def nothing(cls, now: datetime) -> "Heard":
        """Return what it is to have said nothing."""
        return cls.unmatched("", now)

    @classmethod
    def unmatched(cls, text: str, now: datetime) -> "Heard":
        """Return words whose intent is known without matching them: those that a menu or an offer was shown for."""
        return cls(reading=Reading.of(text, now), match=Match(text=text))

    def of(self, words: str) -> "Heard":
        """Return the same, as if nothing but these words of it had been said."""
        return replace(self, reading=self.reading.part(words))


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One of several clauses, understood by itself; `is_further`: a word such as 另外 stands before it."""

    heard: Heard
    is_further: bool = False


@dataclass(frozen=True, kw_only=True)
class Words:
    """Words, or what stands for them: a menu entry touched, a code scanned (then `heard.text` is empty)."""

    heard: Heard
    is_spoken: bool = False


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A photo; it lies in the store already and belongs to nothing yet."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place on the map, by its label."""

    label: str


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """What the bot cannot look at; `phrase` names the words that say so, and what to send instead."""

    phrase: str
    what: str  # as it stands in the transcript: [视频]


Said = Words | Picture | Place | Unseen


def lacks(intent: Intent, heard: Heard) -> bool:
    """Tell whether an intent would have to ask for what the words do not say: 明天上午来看就行 names no visitor."""
    given = read_slots(intent, heard)
    return any(slot.required and slot.name not in given for slot in intent.slots)


def read_slots(intent: Intent, heard: Heard) -> dict[str, Value]:
    """Return the values that an opening message gives for its intent; what a template points at is read leniently.

    A scanned code says where it hangs, and nothing of what the matter is there.
    """
    if heard.place:
        parts = [slot for slot in intent.slots if slot.kind.grammar is flat.GRAMMAR or slot.kind is code.KIND]
        return {
            **heard.reading.part(heard.place).take(parts),
            **{slot.name: heard.place for slot in intent.slots if slot.kind.aspect is Aspect.WHERE},
        }
    before = {"": heard.since} if heard.since else None
    found = heard.reading.take(intent.slots, known=before) if heard.text else {}
    for slot in intent.slots:
        words = heard.match.said.get(slot.name) if slot.name not in found else None
        if words:
            found |= heard.reading.part(words).take((slot,), asked=slot.name)
    return of_them(intent, found, heard.reading)


def of_them(intent: Intent, found: dict[str, Value], said: Reading, known: Mapping[str, Value] | None = None) -> dict[str, Value]:
    """Return values without a number or a car that is said to be another's than of whom an intent is about: 儿子电话…, of a visit of 舅舅."""
    who = intent.slot_for(Aspect.WHO)
    told = {slot.name: slot.kind for slot in intent.slots if slot.name in found and slot.kind in (phone.KIND, plate.KIND)}
    if who is None or not told:
        return found
    them = str(found.get(who.name) or (known or {}).get(who.name) or "")
    others = {phone.KIND.name: contacts.whose(said), plate.KIND.name: contacts.whose_car(said)}
    return {name: value for name, value in found.items() if name not in told or _is_of(others[told[name].name], them, said.text)}


def _is_of(whose: str, them: str, text: str) -> bool:
    """Tell whether something that is `whose` is theirs who come: nobody else is named, or they are by both: 我表哥张伟 电话…"""
    if not whose or whose in (contacts.OWN, contacts.IN_NEED):
        return not whose
    return whose == them or whose in them or (bool(them) and whose in text and them in text)
