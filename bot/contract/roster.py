"""The roster as a service may read it: who lives in a flat, who works here; `work.bind` and `work.unbind` say who is bound."""

from bot.store.people import RESIDENT_ROLE_WORDS, by_public_id, homes, lives_there, residence, residences_of
from bot.store.people import of_household as people_of
from bot.store.people import of_households as people_by_flat
from bot.store.staff import active, by_login

__all__ = [
    "RESIDENT_ROLE_WORDS", "active", "by_login", "by_public_id", "homes", "lives_there", "people_by_flat", "people_of", "residence",
    "residences_of",
]  # fmt: skip
