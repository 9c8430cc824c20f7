"""Filling the words of intent files with values.

`{name}` is replaced by the value; `{plate?，车牌 {plate}}` stands only when `plate` has one. Times are written as
residents say them: 明天（3月12日 周四）15:00.

Words may hold links, <a href="{url}">看进度</a>, as WeChat shows them; a value never makes one, nor breaks one.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from bot.translation import DAY, DAY_OF_YEAR, WHEN, Catalogue, Moment, Words, number_in

_OPTIONAL = re.compile(r"\{([\w.]+)\?((?:[^{}]|\{[\w.]+\})*)\}")
_PLAIN = re.compile(r"\{([\w.]+)\}")
_WEEKDAYS = "一二三四五六日"
#: What every phrase may say of the community.
FACTS = frozenset({"community.name", "community.phone", "community.address", "community.hours"})


class Worded(Words):
    """Words that came of `fill`: as a value of other words they stand as they are, links and all."""

    template: str = ""
    values: Mapping[str, object] = MappingProxyType({})
    now: datetime

    def said_in(self, catalogue: Catalogue, number: int | None = None) -> str:
        """Return the phrase in another language, where the catalogue has it."""
        if not self.template:
            return str.__str__(self)
        own = number_in(self.values.values())
        said = {
            name: catalogue.say(say(value, self.now) if isinstance(value, date) else value) for name, value in self.values.items()
        }
        return str.__str__(fill(catalogue.find(self.template, own) or self.template, said, self.now))


_NEAR = {-1: "昨天", 0: "今天", 1: "明天", 2: "后天"}


def fill(template: str, values: Mapping[str, object], now: datetime) -> Worded:
    """Return `template` with its placeholders filled; one without a value becomes nothing."""
    kept = _OPTIONAL.sub(lambda m: m[2] if _present(values.get(m[1])) else "", template)
    filled = Worded(_PLAIN.sub(lambda m: plain(say(values.get(m[1]), now)), kept).strip())
    filled.template, filled.values, filled.now = template, values, now
    return filled


def plain(said: str) -> str:
    """Return words in which no tag begins, unless they are Worded: a visitor called <a href=…> gets no link."""
    return said if isinstance(said, Worded) else said.replace("<", "＜")


def placeholders(template: str) -> set[str]:
    """Return the names of all values that `template` uses."""
    return {m[1] for m in _OPTIONAL.finditer(template)} | {m[1] for m in _PLAIN.finditer(template)}


def say(value: object, now: datetime) -> str:
    """Return a value as one says it to a resident; nothing for None. What is Worded stands line under line."""
    if value is None:
        return ""
    if isinstance(value, Worded):
        return value
    if isinstance(value, datetime):
        return say_time(value, now)
    if isinstance(value, (list, tuple)):
        lines = value and all(isinstance(item, Worded) for item in value)
        return Worded("\n".join(value)) if lines else "、".join(say(item, now) for item in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def say_time(moment: datetime, now: datetime) -> str:
    """Return 明天（3月12日 周四）15:00; the clock is left out at 00:00 and 23:59, which mean the whole day."""
    local = moment.astimezone(now.tzinfo)
    day = say_day(local.date(), now)
    if (local.hour, local.minute) in {(0, 0), (23, 59)}:
        return day
    return Moment.of(f"{day}{local:%H:%M}", local, WHEN)


def say_day(day: date, now: datetime) -> str:
    """Return 明天（3月12日 周四）, or 3月20日（周五） further away; with the year when it is another one."""
    near = _NEAR.get((day - now.date()).days)
    year = f"{day.year}年" if day.year != now.year else ""
    calendar = f"{year}{day.month}月{day.day}日"
    weekday = f"周{_WEEKDAYS[day.weekday()]}"
    said = f"{near}（{calendar} {weekday}）" if near else f"{calendar}（{weekday}）"
    return Moment.of(said, day, DAY_OF_YEAR if year else DAY)


def _present(value: object) -> bool:
    return value is not None and value != "" and value != []
