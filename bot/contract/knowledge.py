"""What a community's office knows, as a service may deal with it, and how an entry is told to a resident.

Files that hold entries are read and written by sheets.py.
"""

from collections.abc import Sequence

from bot import config
from bot.contract.sheets import read_csv
from bot.contract.work import Turn, Work
from bot.store import knowledge as store
from bot.store.knowledge import (
    TO_FILL,
    Audience,
    Draft,
    Entry,
    Known,
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
    "OFFERED", "SURE", "TO_FILL", "Audience", "Draft", "Entry", "Known", "answering", "count_expired", "day_of", "find", "listed", "live_on",
    "plant", "remove", "restore", "save", "say", "shipped", "try_out",
]  # fmt: skip

#: What every community begins with, each still to be filled in.
TEMPLATES = "knowledge.csv"

#: From this confidence on an entry answers by itself; from the second on it may be offered.
SURE, OFFERED = 0.5, 0.3


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


def try_out(work: Work, text: str) -> Sequence[tuple[Entry, Known]]:
    """Return what a resident who writes `text` may be told, the likeliest first."""
    found = work.context.search(text, work.now, (work.community.key,))
    return [(entry, known) for known in found if (entry := find(work.session, known.entry)) is not None]


def plant(work: Work, name: str = TEMPLATES) -> int:
    """Give the community the entries of a file that ships, for each question it has not got; returns how many."""
    return store.plant(work.session, work.community.key, shipped(name), work.now)


def shipped(name: str = TEMPLATES) -> Sequence[Draft]:
    """Return the entries of a file that ships."""
    return read_csv((config.shipped("data") / name).read_text(encoding="utf-8")).drafts
