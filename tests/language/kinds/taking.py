"""What a form with one slot takes from words."""

from datetime import datetime
from typing import Any

from bot.language.kinds.kind import Slot
from bot.language.kinds.shipped import KINDS
from bot.language.reading import Reading
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


def read(kind: str, text: str, **options: Any) -> object:
    """Return the value that a sentence gives."""
    return Reading.of(text, NOW).take([Slot(name="x", kind=KINDS[kind], **options)]).get("x")


def asked(kind: str, text: str, **options: Any) -> object:
    """Return the value of an answer."""
    return Reading.of(text, NOW).take([Slot(name="x", kind=KINDS[kind], **options)], asked="x").get("x")
