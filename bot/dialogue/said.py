"""What a resident said, whichever way it came, as it was understood. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.language.files import Intent
from bot.language.kinds import code, flat
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
    since: datetime | None = None  # the time said before it, of whose day it goes on: 下午四点 after 明天上午十点
    known: tuple[Known, ...] = ()  # what the communities of the account know of it, the likeliest first

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
    return found
