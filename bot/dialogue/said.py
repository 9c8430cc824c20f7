"""What a resident said, whichever way it came, as it was understood. Pure."""

from dataclasses import dataclass
from datetime import datetime

from bot.language import reading
from bot.language.files import Intent
from bot.language.kinds import flat
from bot.language.kinds.kind import Value
from bot.language.known import Known
from bot.language.matching.matcher import Match


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A message as it was understood, before any transaction. `text` is in simplified characters.

    `more` are further requests of the same message, to be served after this one.
    """

    text: str
    match: Match
    place: str = ""  # where the code hangs that was scanned
    more: tuple["Heard", ...] = ()
    since: datetime | None = None  # the time said before it, of whose day it goes on: 下午四点 after 明天上午十点
    known: tuple[Known, ...] = ()  # what the communities of the account know of it, the likeliest first

    @classmethod
    def nothing(cls) -> "Heard":
        """Return what it is to have said nothing."""
        return cls.unmatched("")

    @classmethod
    def unmatched(cls, text: str) -> "Heard":
        """Return words whose intent is known without matching them: those that a menu or an offer was shown for."""
        return cls(text=text, match=Match(text=text))


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


def lacks(intent: Intent, heard: Heard, now: datetime) -> bool:
    """Tell whether an intent would have to ask for what the words do not say: 明天上午来看就行 names no visitor."""
    given = read_slots(intent, heard, now)
    return any(slot.required and slot.name not in given for slot in intent.slots)


def read_slots(intent: Intent, heard: Heard, now: datetime) -> dict[str, Value]:
    """Return the values that an opening message gives for its intent; what a template points at is read leniently.

    A scanned code says where it hangs, and nothing of what the matter is there.
    """
    if heard.place:
        parts = [slot for slot in intent.slots if slot.kind.grammar is flat.GRAMMAR]
        return {
            **reading.of(heard.place, now).take(parts),
            **{slot.name: heard.place for slot in intent.slots if slot.type == "place"},
        }
    before = {"": heard.since} if heard.since else None
    found = reading.of(heard.text, now).take(intent.slots, known=before) if heard.text else {}
    for slot in intent.slots:
        words = heard.match.said.get(slot.name) if slot.name not in found else None
        if words:
            found |= reading.of(words, now).take((slot,), asked=slot.name)
    return found
