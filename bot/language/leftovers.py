"""Values in a message that a form could not take. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.language.files import Slot
from bot.language.slots import Value


def unread(text: str, slots: Sequence[Slot], found: Mapping[str, Value], now: datetime) -> tuple[str, ...]:
    """Return the words of values that were not taken."""
    return ()
