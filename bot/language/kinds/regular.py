"""When somebody comes again and again, or for how long they stay: hours.Hours as text."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.language.kinds.kind import Aspect, Found, Grammar, Kind, Message, Slot, Value
from bot.language.recurrence import hours

#: What is left of 每周二下午 where the time is hidden already, and what no time hides: no part of anybody's name.
_AGAIN = re.compile(f"每(?:个|到|逢)?(?=□)|每天|{hours.EVERY_DAY}|每日|每一天|每[晚早]|每个?(?:周|星期|礼拜)(?=都|要|会|来|固定)")


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    """Return the words that say that something comes again."""
    return [Found(said[0], said.start(), said.end()) for said in _AGAIN.finditer(text)]


def _take(message: Message, slot: Slot) -> Value | None:
    found = hours.read(message.text, message.now)
    return found.kept if found else None


def _say(value: Value, slot: Slot, now: datetime) -> str:
    return hours.Hours.from_text(str(value)).said


GRAMMAR = Grammar(name="regular", title="每次", find=find, mask="\ue8f5", stands_out=lambda found: False)

KIND = Kind(name="regular", title="哪些天几点", aspect=Aspect.WHEN, take=_take, say=_say, is_strict=True, tells=True)
