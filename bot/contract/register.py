"""The register as a service may look through it and keep it: who and which flat is found, who moves, whom a flat does not want."""

from bot.contract.merging import merge, part
from bot.store.communities import by_name as community_by_name
from bot.store.duplicates import dismiss, dismissal_by_public_id, dismissed, suggested, take_back, unlike
from bot.store.invitations import paper, paper_of
from bot.store.merging import by_public_id as merger_by_public_id
from bot.store.merging import of as mergers_of
from bot.store.objections import forgive, objected
from bot.store.people import residents_at
from bot.store.register import TAGS, Filter, buildings, flats, flats_called, flats_that, people, people_who, tags, tags_as_typed

__all__ = [
    "TAGS", "Filter", "buildings", "community_by_name", "dismiss", "dismissal_by_public_id", "dismissed", "flats", "flats_called", "flats_that", "forgive",
    "merge", "merger_by_public_id", "mergers_of", "objected", "paper", "paper_of", "part", "people", "people_who", "residents_at", "suggested", "tags", "tags_as_typed", "take_back", "unlike",
]  # fmt: skip
