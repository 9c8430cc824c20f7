"""A list of check-ins as a manager opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.console import lists
from bot.store.staff import Role

if TYPE_CHECKING:
    from bot.contract import Listing
    from tests.integrations.conftest import Town


def opened(town: Town, listing: Listing, **query: str) -> dict[str, Any]:
    """Open it; returns what its page shows."""
    return dict(town.opens(Role.MANAGER, lists.pages_of(listing)[0], query=query).values)
