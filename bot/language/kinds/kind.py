"""What a kind of value is: how it is found in a sentence, read from a bare answer and said, and what the talk may do with it.

The rule above all: what a reader cannot take whole is no value. A qualifier that is not understood makes the form ask.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from bot.language.phrases import say

#: What a slot may hold.
Value = str | int | float | bool | datetime | list[str]

#: Signs of a message in which values are looked for: whoever writes more has said by then what it is about.
LOOKED_THROUGH = 400

#: The value of an optional slot that was left out on purpose; it is not asked for again.
SKIPPED = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A value where it stands in a text; what it is of one piece with is inside: 晚上八点, +86 138…"""

    value: object
    begin: int
    stop: int


def blanked(text: str, found: Iterable[Found]) -> str:
    """Return a text with □ for each sign of what was found: what is left stays where it was."""
    for one in found:
        text = text[: one.begin] + "□" * (one.stop - one.begin) + text[one.stop :]
    return text


def blank(match: re.Match[str]) -> str:
    """Return □ for each sign of a match, to be put in its place."""
    return "□" * len(match[0])


class Find(Protocol):
    """Finds the values of one grammar in a sentence, in order."""

    def __call__(self, text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
        """Return what is found; `since` is a time said before, of whose day the text may go on."""


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """What finds values of a kind in a sentence; several kinds may share one, as building, unit and room do.

    What it has found is hidden from the grammars and kinds that read after it, so that 3栋2单元 never becomes a date.
    """

    name: str
    title: str  # stands for a value where people read the rest: 车牌 for [车牌]
    find: Find
    mask: str = ""  # one private character that stands for every value of it, where messages are compared
    stands_out: Callable[[Found], bool] = lambda found: True  # which of its values are masked: a mere building is not
    is_sure: bool = True  # its values are hidden from all else, even where nobody asks for them


class Aspect(Enum):
    """What a value is to the matter: who, when, where. The talk goes by this, whatever kind of value it is."""

    WHO = "who"  # what somebody is called, whom the matter is about
    BEGINS = "begins"  # when it begins, or somebody comes
    ENDS = "ends"
    WHEN = "when"  # some other time
    WHERE = "where"  # a place on the map and a scanned code say it, too
    HOW_MANY = "how many"
    WHETHER = "whether"  # yes or no
    WHICH = "which"  # one of several
    PICTURE = "picture"  # no words give it
    WHAT = "what"  # anything else


class Message(Protocol):
    """What a kind sees of a message when a slot is filled from it."""

    @property
    def whole(self) -> str:
        """All that was said, as it was."""

    @property
    def text(self) -> str:
        """The same without what it denies: 是R不是K."""

    @property
    def rest(self) -> str:
        """`text` with □ for each sign of what the grammars have taken."""

    @property
    def now(self) -> datetime:
        """When it was said."""

    @property
    def known(self) -> "Mapping[str, Value]":
        """The values so far, by slot: 改成四点 keeps their day."""

    @property
    def corrects(self) -> bool:
        """Whether it takes back something said before."""

    def found(self, grammar: Grammar) -> Sequence[Found]:
        """Return what a grammar finds in `text`, in order."""


_ENDS = re.compile(r"[\s,，。!！?？~～]+$")


def bare(text: str) -> str:
    """Return an answer without what stands behind its last word."""
    return _ENDS.sub("", text).strip()


def take_last(message: Message, slot: "Slot") -> Value | None:
    """Return the value that the kind's own grammar found last: who corrects says it behind."""
    found = message.found(slot.kind.grammar) if slot.kind.grammar else ()
    value = found[-1].value if found else None
    return value if isinstance(value, (str, int, float, bool, datetime, list)) else None


def read_nothing(message: Message, slot: "Slot") -> Value | None:
    """Return nothing: a bare answer of the kind is found as it is in a sentence."""
    return None


def _say_plainly(value: Value, slot: "Slot", now: datetime) -> str:
    return say(value, now)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """All that is to be known of one kind of value."""

    name: str  # the `type:` of intent files
    title: str  # what it is, for people: 车牌
    aspect: Aspect = Aspect.WHAT
    grammar: Grammar | None = None
    take: Callable[[Message, "Slot"], Value | None] = take_last  # the value that a message gives a slot
    read: Callable[[Message, "Slot"], Value | None] = read_nothing  # the value of a bare answer, when the slot was asked for
    say: Callable[[Value, "Slot", datetime], str] = _say_plainly  # as it is read back to the resident

    called: tuple[str, ...] = ()  # what residents call it beside the slot's title: 车牌号, 车
    is_free: bool = False  # any words will do for an answer, and all are kept
    is_worded: bool = False  # its values are words: 120 is none
    is_exact: bool = False  # not one sign may get lost on the way to a person: a plate, a phone
    is_meant: Callable[[str, Found], bool] = lambda text, found: True  # told as a value: no office's number is
    is_topic: bool = True  # says what a matter is about: a number to call does not
    is_secret: bool = False  # shows who somebody is: it goes no further than to whoever holds it against what is on record
    is_of_several: bool = False  # told of several people in one talk: the action sorts out whose it is
    is_single: bool = False  # a form takes one of it: of a second one in the same message somebody must be told
    has_options: bool = False  # one or several of the slot's `options:`
    holds_several: bool = False  # its value is a list
    fits_any_words: bool = False  # its value may stand by chance in words about something else
    tells: bool = False  # a value by itself says something new of what was done before: no remark, no reason
    belongs: bool = False  # a clause that gives one goes on with the request before it
    describes: bool = False  # says what the matter is or where: what a request is about is spoken of by it
    parts: bool = False  # another value means another request: a second place, fault, guest
    books: bool = False  # a time at which somebody is expected, which cannot be past
    counted: str = ""  # what is said behind a value that is a part of something, and no word by itself: 3栋, 2单元
    is_part: bool = False  # parts that are told one after the other are said as one: 3栋2单元501
    is_strict: bool = False  # a sentence template fits only where its words can be read
    refines: str = ""  # the kind that tells the same, read less widely: a first time is a time

    @property
    def sort(self) -> str:
        """What it tells, by the name of the plainest kind that tells it."""
        return self.refines or self.name


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One value that an intent wants. Without `ask` it is never asked for, only taken when given."""

    name: str
    kind: Kind
    title: str = ""
    ask: str = ""
    required: bool = False
    error: str = ""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # stored value -> words said
    skippable: bool = False
    default: str = ""
    suggest: tuple[str, ...] = ()
    unknown: str = ""  # what is kept when the resident does not know: 位置不清楚
    otherwise: str = ""  # the option kept when the resident tells something that fits none: their words say it

    @property
    def is_free(self) -> bool:
        """Tell whether any words will do for an answer, and all are kept."""
        return self.kind.is_free

    def label(self, value: str) -> str:
        """Return the word that stands for an option: the first of those that are said for it."""
        words = self.options.get(value)
        return words[0] if words else value

    def say(self, value: Value, now: datetime) -> str:
        """Return a value as it is read back to the resident."""
        return "" if value == SKIPPED else self.kind.say(value, self, now)
