"""Temperatures of bodies, in °C: 36度8, 三十七度半, 华氏98.6; those of rooms and water are none."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.language.kinds.kind import Found, Grammar, Kind, Message, Slot, Value, bare
from bot.language.numbers import value_of

#: How far before a value the words stand that change it: 空调36度.
LOOK_BACK = 12

_TENTHS = "[零一二三四五六七八九0-9]"
_TEMPERATURES: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?<![\d.])(?P<w>3[4-9]|4[0-3])\s*(?:度|点|\.|。|,|℃|°C?)\s*(?P<t>{_TENTHS}|半)(?![\d])\s*(?:度|℃|°C?)?"),
    re.compile(r"(?<![\d.])(?P<w>3[4-9]|4[0-3])\s*(?P<t>)(?:度|℃|°C)"),
    re.compile(rf"(?P<w>三十[四五六七八九]|四十[一二三]?)(?:度|点)?(?P<t>{_TENTHS}|半)(?:度)?"),
    re.compile(r"(?P<w>三十[四五六七八九]|四十[一二三]?)(?P<t>)度"),
    # 打卡 40: without 度 only beside such a word
    re.compile(
        r"(?:打卡|体温|量的?了?|测的?了?|烧到|发烧|高烧)[是为有到:： ]{0,3}(?P<w>3[4-9]|4[0-3])(?P<t>)"
        r"(?!\d|[.。,点/:：]\s*\d|\s*[天次个栋号楼单月年岁元块米分小人位多%]|\s*[-~到至]\s*\d)"
    ),
)
#: 98.6华氏, 华氏98.6度: of a body, not of the weather.
_FAHRENHEIT = re.compile(
    r"华氏(?:度)?\s*(?P<behind>(?:9[3-9]|10\d)(?:\.\d)?)度?|(?<![\d.])(?P<before>(?:9[3-9]|10\d)(?:\.\d)?)\s*(?:度?华氏度?|℉|°F)"
)
#: What else has a temperature.
NOT_BODY = re.compile(r"(?:空调|水温|室温|气温|外面|天气|房间|暖气|地暖|冰箱|车位|洗澡水)[^，。,]{0,6}$")
#: Whose temperature follows: 老公36.5，我36.3.
_SPEAKER = re.compile(r"(?:^|[，,。、；;\s])我(?:自己|本人|今天|早上|体温|的|是|量了?)*\s*$")


_BARE = re.compile(r"(?:体温|温度)?(3[4-9]|4[0-3])(?:[\s.。,，点度]*(\d))?(?:度|℃)?")


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    """Return the temperatures of a text, in order, all written in the same manner."""
    if fahrenheit := _FAHRENHEIT.search(text):
        degrees = float(fahrenheit["before"] or fahrenheit["behind"])
        return [Found(round((degrees - 32) / 1.8, 1), *fahrenheit.span())]
    return next(filter(None, (_written(pattern, text) for pattern in _TEMPERATURES)), [])


def _written(pattern: re.Pattern[str], text: str) -> list[Found]:
    found = []
    for match in pattern.finditer(text):
        if not NOT_BODY.search(text, max(0, match.start("w") - LOOK_BACK), match.start("w")):
            tenths = 5 if match["t"] == "半" else value_of(match["t"]) if match["t"] else 0
            found.append(Found(round(value_of(match["w"]) + tenths / 10, 1), match.start("w"), match.end()))
    return found


def _take(message: Message, slot: Slot) -> Value | None:
    """Return the temperature said last, of several people's that of 我."""
    found = message.found(GRAMMAR)
    own = [one for one in found if _SPEAKER.search(message.text, 0, one.begin)]
    value = (own or found)[-1].value if found else None
    return value if isinstance(value, float) else None


def _read(message: Message, slot: Slot) -> Value | None:
    digits = _BARE.fullmatch(bare(message.rest))
    return round(int(digits[1]) + int(digits[2] or 0) / 10, 1) if digits else None


GRAMMAR = Grammar(name="temperature", title="体温", find=find, mask="\ue8f3", is_sure=False)

KIND = Kind(
    name="temperature", title="体温", grammar=GRAMMAR, take=_take, read=_read, is_strict=True, tells=True, belongs=True,
)  # fmt: skip
