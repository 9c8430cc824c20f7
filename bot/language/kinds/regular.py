"""When somebody comes again and again, or for how long they stay: hours.Hours as text."""

from datetime import datetime

from bot.language.kinds.kind import Aspect, Kind, Message, Slot, Value
from bot.language.recurrence import hours


def _take(message: Message, slot: Slot) -> Value | None:
    found = hours.read(message.text, message.now)
    return found.kept if found else None


def _say(value: Value, slot: Slot, now: datetime) -> str:
    return hours.Hours.from_text(str(value)).said


KIND = Kind(name="regular", title="哪些天几点", aspect=Aspect.WHEN, take=_take, say=_say, is_strict=True, tells=True)
