"""What a resident said, whichever way it came. Pure."""

from dataclasses import dataclass

from bot.dialogue.understanding import Heard


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
