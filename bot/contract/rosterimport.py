"""Taking a roster over: what waits to be looked at, what it would change, what was done, and taking that back."""

from bot.store.imports import (
    UNDOABLE,
    WAITS,
    RosterDraft,
    RosterImport,
    draft_of,
    drop,
    entries,
    find,
    keep,
    listed,
    look_back,
    take_over,
    today,
    undo,
    waiting,
)
from bot.store.rosterdiff import FIELDS, Fault, Kind, Plan, Question, Step, compare, label_of

__all__ = [
    "FIELDS", "UNDOABLE", "WAITS", "Fault", "Kind", "Plan", "Question", "RosterDraft", "RosterImport", "Step", "compare", "draft_of", "drop", "entries",
    "find", "keep", "label_of", "listed", "look_back", "take_over", "today", "undo", "waiting",
]  # fmt: skip
