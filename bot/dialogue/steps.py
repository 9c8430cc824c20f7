"""What the bot does next, as values: `decide` chooses one, `carry_out` does it. Pure.

Every step says how the talk stands once it is done, as far as that is known before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.dialogue.forms import Form
from bot.dialogue.standing import Menu, Standing, Subject
from bot.language.danger.sorts import Danger
from bot.language.kinds.kind import Value
from bot.language.known import Known

#: What becomes of a message.
Kind = Literal[
    "asks", "confirms", "done", "cancelled", "clarifies", "handed_off", "unknown", "emergency", "silent", "failed", "answered"
]


@dataclass(frozen=True)
class Line:
    """A phrase by its name, with the values that come with it."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What all steps have: how the talk stands afterwards, and what is said before anything else."""

    standing: Standing
    before: tuple[Line, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ask(Step):
    """Put the question of the open form; `with_help` in the words for an answer that did not fit."""

    with_help: bool = False
    is_for_outer: bool = False  # it is asked on the way to what was just wished for, which waits behind it


@dataclass(frozen=True, kw_only=True)
class Confirm(Step):
    """Read the open form back; a yes does it."""


@dataclass(frozen=True, kw_only=True)
class Do(Step):
    """Do what a form asks for; then comes what waits behind it. `besides` was wished for in the same message and waits, too."""

    form: Form
    besides: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Amend(Step):
    """Change what was done before."""

    subject: Subject
    values: Mapping[str, Value]
    words: str


@dataclass(frozen=True, kw_only=True)
class ShowMenu(Step):
    """Show a numbered menu."""

    menu: Menu
    phrase: Line


@dataclass(frozen=True, kw_only=True)
class Say(Step):
    """Say a phrase."""

    phrase: Line
    kind: Kind = "done"
    intent: str | None = None
    is_miss: bool = False  # not understood: kept for whoever writes intents
    text: str = ""  # the words that were not understood


@dataclass(frozen=True, kw_only=True)
class Inform(Step):
    """Answer a question from what is known; else comes another step."""

    question: str
    known: Sequence[Known]
    otherwise: Step


@dataclass(frozen=True, kw_only=True)
class HandOver(Step):
    """Give a matter to a person, with its words."""

    intent: str
    topic: str
    words: str
    is_question: bool = False
    is_miss: bool = False  # the menu that led here held nothing that was meant
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Join(Step):
    """Let what was said belong to the matter that waits for a person; without words it is a photo.

    Words that surely are of a matter of their own do not: then comes the other step.
    """

    words: str
    matter: str = ""  # the intent that the words surely mean
    unless: Step | None = None  # what is done where another matter than that waits


@dataclass(frozen=True, kw_only=True)
class CallOff(Step):
    """Wait for a person no longer."""


@dataclass(frozen=True, kw_only=True)
class Sound(Step):
    """Raise an alarm."""

    intent: str
    danger: Danger
    words: str


@dataclass(frozen=True, kw_only=True)
class Advise(Step):
    """Say what to do in a danger that is only supposed, and that it is called for by its own words; without an intent a service warns of it."""

    words: str
    intent: str = ""
    danger: Danger = Danger.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class PassOn(Step):
    """Let what was said belong to the alarm; without words it is a photo."""

    words: str
    is_of_it: bool = True  # it may well be about the alarm: what comes next is taken for it, too
    presses: bool = False  # it says nothing of the danger, only that nobody has come


@dataclass(frozen=True, kw_only=True)
class Attach(Step):
    """Let the photos that belong to nothing belong to something done."""

    about: str


@dataclass(frozen=True, kw_only=True)
class Aside(Step):
    """Serve something in between, then put the open question again."""

    first: Step
    form: Form


@dataclass(frozen=True, kw_only=True)
class Quiet(Step):
    """Say nothing: a person of the staff has the word."""
