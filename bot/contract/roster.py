"""The roster as a service may read it: who lives in a flat, who works here; `work.bind` and `work.unbind` say who is bound."""

from bot.store.people import (
    RESIDENT_ROLE_WORDS,
    also_known,
    binding_of,
    by_public_id,
    ever_bound,
    homes,
    lives_there,
    number,
    residence,
    residences_of,
    residences_of_all,
)
from bot.store.people import of_household as people_of
from bot.store.people import of_households as people_by_flat
from bot.store.staff import active, by_login

__all__ = [
    "RESIDENT_ROLE_WORDS", "active", "also_known", "binding_of", "by_login", "by_public_id", "ever_bound", "homes", "lives_there", "number", "people_by_flat",
    "people_of", "residence", "residences_of", "residences_of_all",
]  # fmt: skip
