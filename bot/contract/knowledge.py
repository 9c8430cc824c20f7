"""What a community's office knows, as a service may deal with it, and how an entry is told to a resident.

Files that hold entries are read and written by sheets.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot import config
from bot.contract.sheets import read_csv
from bot.contract.work import Turn, Work
from bot.language.known import Known
from bot.language.questions import is_question
from bot.store import knowledge as store
from bot.store.knowledge import (
    TO_FILL,
    Audience,
    Draft,
    Entry,
    count_expired,
    day_of,
    find,
    listed,
    live_on,
    remove,
    restore,
    save,
)

__all__ = [
    "TO_FILL", "Audience", "Draft", "Entry", "Known", "Tried", "answering", "count_expired", "day_of", "find", "listed", "live_on",
    "plant", "remove", "restore", "save", "say", "shipped", "try_out",
]  # fmt: skip

#: What every community begins with, each still to be filled in.
TEMPLATES = "knowledge.csv"


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of trying a question: an entry, how sure that is, and whether a resident would be told it."""

    entry: Entry
    confidence: float
    is_told: bool


def say(work: Work, entry: Entry) -> str:
    """Return an entry as a resident reads it: the answer and the day it was written."""
    at = entry.updated_at
    day = f"{at.month}月{at.day}日" if at.year == work.now.year else f"{at.year}年{at.month}月{at.day}日"
    return work.words(work.context.messages["knowledge.answer"], answer=work.words(entry.answer), day=day)


def answering(turn: Turn, known: Sequence[Known]) -> Entry | None:
    """Return the likeliest entry that may be told to whoever speaks: of their community, live today, meant for them."""
    for one in known:
        entry = find(turn.session, one.entry) if one.community_id == turn.community.key else None
        if entry is not None and entry.is_live(day_of(turn.now)) and (entry.audience != Audience.BOUND or turn.is_bound):
            return entry
    return None


def try_out(work: Work, text: str) -> Sequence[Tried]:
    """Return what may answer a resident who writes `text`, the likeliest first; only that one is told."""
    found = work.context.search(text, work.now, (work.community.key,))
    entries = [(one, entry) for one in found if (entry := find(work.session, one.entry)) is not None]
    return [
        Tried(entry=entry, confidence=one.confidence, is_told=place == 0 and (one.is_sure or is_question(text)))
        for place, (one, entry) in enumerate(entries)
    ]


def plant(work: Work, name: str = TEMPLATES) -> int:
    """Give the community the entries of a file that ships, for each question it has not got; returns how many."""
    return store.plant(work.session, work.community.key, shipped(name), work.now)


def shipped(name: str = TEMPLATES) -> Sequence[Draft]:
    """Return the entries of a file that ships."""
    return read_csv((config.shipped("data") / name).read_text(encoding="utf-8")).drafts
