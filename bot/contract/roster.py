"""The roster as a service may read it: who lives in a flat, who works here; `work.bind` and `work.unbind` say who is bound."""

from bot.store.people import of_household as people_of
from bot.store.staff import active, by_login

__all__ = ["active", "by_login", "people_of"]
