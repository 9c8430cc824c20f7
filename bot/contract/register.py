"""The register as a service may look through it and keep it: who and which flat is found, who moves, whom a flat does not want."""

from bot.store.claims import forgive, object_to, objected
from bot.store.invitations import paper, paper_of
from bot.store.people import move_in, move_out, residents_at, speak_for
from bot.store.register import PAGE, Filter, Found, all_people, buildings, flats, people, tags

__all__ = [
    "PAGE", "Filter", "Found", "all_people", "buildings", "flats", "forgive", "move_in", "move_out", "object_to", "objected", "paper", "paper_of",
    "people", "residents_at", "speak_for", "tags",
]  # fmt: skip
