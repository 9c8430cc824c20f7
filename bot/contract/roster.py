"""The roster as a service may read it; `work.bind` and `work.unbind` say who is bound."""

from bot.store.people import of_household as people_of

__all__ = ["people_of"]
