"""Telephone numbers: mobiles, lines with their area code, 400; dictated and spaced ones, too."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.language.kinds import plate
from bot.language.kinds.kind import Found, Grammar, Kind, Message, Slot, Value
from bot.language.numbers import spoken_digits

PHONE = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?(?P<mobile>1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)"
    r"|(?<!\d)(?P<area>0\d{2,3})[- ]?(?P<local>\d{7,8})(?!\d)|(?<!\d)(?P<hot>400)[- ]?(?P<hot2>\d{3})[- ]?(?P<hot3>\d{4})(?!\d)"
)
_SPOKEN_PHONE = re.compile(r"[零〇一二三四五六七八九幺](?:[ ,，、]?[零〇一二三四五六七八九幺]){10}(?![零〇一二三四五六七八九幺])")
_SPACED_PHONE = re.compile(r"(?<!\d)1(?: ?\d){10}(?! ?\d)")
#: The last digits of a phone number, said without the others.
_PHONE_TAIL = re.compile(r"(?:(?<=最后是)|(?<=尾号是)|(?<=后四位是)|(?<=末尾是)|(?<=最后四位是))\d{2,6}(?!\d)")


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    """Return the telephone numbers of a text, in order; spaced ones only where there are no others."""
    found = [Found(_number(match), *match.span()) for match in PHONE.finditer(text)]
    for match in _SPOKEN_PHONE.finditer(text):
        digits = spoken_digits(re.sub(r"[ ,，、]", "", match[0]))
        if PHONE.fullmatch(digits):
            found.append(Found(digits, *match.span()))
    if not found and (spaced := _SPACED_PHONE.search(text)):
        found.append(Found(spaced[0].replace(" ", ""), *spaced.span()))
    return sorted(found, key=lambda one: one.begin)


def _number(match: re.Match[str]) -> str:
    return re.sub(r"[- ]", "", match["mobile"]) if match["mobile"] else "-".join(part for part in match.groups()[1:] if part)


def _take(message: Message, slot: Slot) -> Value | None:
    if found := message.found(GRAMMAR):
        return str(found[-1].value)
    known = message.known.get(slot.name)
    tail = _PHONE_TAIL.search(message.text) if message.corrects and not plate.is_of_car(message.text) else None
    return known[: -len(tail[0])] + tail[0] if isinstance(known, str) and tail else None  # 电话错了，最后是6623


GRAMMAR = Grammar(name="phone", title="电话", find=find, mask="\ue8f1")

KIND = Kind(
    name="phone", title="电话", grammar=GRAMMAR, take=_take, called=("电话", "手机", "手机号"),
    is_exact=True, is_strict=True, tells=True, belongs=True,
)  # fmt: skip
