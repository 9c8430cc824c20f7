"""Plates of cars: 沪A12345, 沪AD12345 …; said whole, or mended by some of their signs. GA 36-2018."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.language.kinds.kind import SKIPPED, Found, Grammar, Kind, Message, Slot, Value

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
#: Seven characters, eight for new-energy vehicles (the letter D or F first or last), no I and no O. GA 36-2018.
PLATE = re.compile(
    rf"(?<![A-Z0-9])[{PROVINCES}][A-HJ-NP-Z][\s·•.\-]?(?:(?:[DF][A-HJ-NP-Z0-9]\d{{4}}|\d{{5}}[DF])"
    rf"|[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳])(?![A-Z0-9挂学警])"
    rf"|WJ[{PROVINCES}]?\d{{4}}[A-Z0-9](?![A-Z0-9])|(?<!\d)[使领]\d{{6}}(?!\d)"
)
#: One sign of a plate for another.
_SIGN = re.compile(
    r"是(?P<right>[A-Z0-9])[,，、 ]*(?:而)?(?:不|勿|唔)[是系](?P<wrong>[A-Z0-9])(?![A-Z0-9])|(?:不|勿|唔)[是系](?P<wrong2>[A-Z0-9])[,，、 ]*(?:而)?[是系](?P<right2>[A-Z0-9])(?![A-Z0-9])"
)
_PLATE_GAPS = re.compile(rf"(?<=[A-Z0-9{PROVINCES}])[\s·•.\-]+(?=[A-Z0-9])")
_NO_CAR = re.compile(
    r"[不没未]开车|[都也]?没有?车(?!位)|冇车|[不没]有?开[过]?车|打车|打的[来过]|坐(?:地铁|公交|高铁|动车|出租|火车|捷运|大巴|巴士)|搭(?:地铁|捷运|公交|巴士)|走路|步行|走着|走(?:过)?来的?(?![^，。\s])"
    r"|骑.{0,4}(?:车|摩托)|共享单车|^(?:地铁|公交|高铁|打的|电瓶车|电动车|自行车|单车|摩托车?|捷运|动车|走路?)来?的?$"
)
#: The last signs of a plate, said without the others.
_PLATE_TAIL = re.compile(r"(?:(?<![A-Z0-9\u4e00-\u9fff])|(?<=是))(?=[A-Z]*[0-9])[A-Z0-9]{4,6}(?![A-Z0-9])")
#: What the last signs belong to: digits alone may be those of either, or a time.
_CAR = re.compile("车|牌")
_TELEPHONE = re.compile("电话|手机")


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    """Return the plates of a text, in order; gaps are looked over only where there is no plate without: 粤 B 12345; but 粤B7Q2M9 1人."""
    packed, places = text.upper(), list(range(len(text)))
    if PLATE.search(packed) is None:
        packed, places = _pack(packed)
    return [
        Found(re.sub(r"[\s·•.\-]", "", match[0]), places[match.start()], places[match.end() - 1] + 1)
        for match in PLATE.finditer(packed)
    ]


def _take(message: Message, slot: Slot) -> Value | None:
    if found := message.found(GRAMMAR):
        return str(found[-1].value)
    return _mended(message, slot) or (SKIPPED if slot.skippable and _NO_CAR.search(message.text) else None)


def _mended(message: Message, slot: Slot) -> str | None:
    """Return the known plate with one of its signs, which stands in it once, set right: 尾号是R不是K, 不是8是B."""
    known, said = message.known.get(slot.name), _SIGN.search(message.whole.upper())
    if not isinstance(known, str):
        return None
    if message.corrects and (tail := _tail(message.whole)):  # 车牌写错了，是8K261
        plate = known[: -len(tail)] + tail
        return plate if PLATE.fullmatch(plate) and plate != known else None
    if said is None:
        return None
    wrong, right = said["wrong"] or said["wrong2"], said["right"] or said["right2"]
    plate = known[:2] + known[2:].replace(wrong, right) if known[2:].count(wrong) == 1 else ""
    return plate if PLATE.fullmatch(plate) else None


def _tail(text: str) -> str:
    """Return the last signs of a plate that are said without the others; mere digits only beside the word for a car or a plate."""
    tail = _PLATE_TAIL.search(text.upper())
    return tail[0] if tail and (is_of_car(text) or not tail[0].isdigit()) else ""


def is_of_car(text: str) -> bool:
    """Tell whether words name a car or its plate, and no telephone."""
    return _CAR.search(text) is not None and _TELEPHONE.search(text) is None


def _pack(text: str) -> tuple[str, list[int]]:
    """Take gaps between letters and digits out; returns the text and where each character stood."""
    gaps = {position for match in _PLATE_GAPS.finditer(text) for position in range(*match.span())}
    kept = [position for position in range(len(text)) if position not in gaps]
    return "".join(text[position] for position in kept), kept


GRAMMAR = Grammar(name="plate", title="车牌", find=find, mask="\ue8f0")

KIND = Kind(
    name="plate", title="车牌", grammar=GRAMMAR, take=_take, called=("车牌", "车牌号", "车"),
    is_exact=True, is_strict=True, tells=True, belongs=True,
)  # fmt: skip
