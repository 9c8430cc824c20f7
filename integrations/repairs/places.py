"""Where something is broken, when only a part of it is said anew: 换成4楼的 of 3栋3楼楼道. Pure."""

import re

_PLACE = re.compile(
    r"(?P<flat>(?:\w{1,3}栋)?(?:\w{1,2}单元)?(?:\d{3,4})?)"
    r"(?P<floor>(?:负?[0-9]{1,2}|负?[零一二三四五六七八九十]{1,3})[楼层])?"
    r"(?P<spot>.*)"
)

_ROOM = re.compile(r"(?<![\dA-Za-z:：点.-])(?:\d{3,4})(?![\dA-Za-z块元号天年瓦度:：.])")
_BUILDING = re.compile(r"(?<![\dA-Za-z])(\d{1,3}|[A-Za-z])(?:栋|幢|座|号楼)(?:(\d{1,2})单元)?")

#: Places that belong to everybody: what is broken there is broken for others, too.
_SHARED = re.compile(
    r"楼道|走廊|过道|楼梯|走道|电梯|大堂|大厅|门厅|地下车库|地库|车棚|充电棚|单元门|外墙|楼顶|小区|路上|乐园|健身区|花园|绿化|门口岗|公共"
)


def is_shared(place: str) -> bool:
    """Tell whether a place is one that others use as well."""
    return _SHARED.search(place) is not None


def names(words: str, building: str, unit: str, room: str) -> bool:
    """Tell whether words name a flat: by its room, or by its building and no room beside it."""
    rooms = _ROOM.findall(words)
    return room in rooms if rooms else any(one == (building, unit) or one == (building, "") for one in _BUILDING.findall(words))


def moved(old: str, new: str) -> str:
    """Return the place with what is said anew; what is not spoken of stays: another floor is still the same building's corridor."""
    before, after = _PLACE.fullmatch(old), _PLACE.fullmatch(new)
    if before is None or after is None:
        return new
    flat = after["flat"] or before["flat"]
    floor = after["floor"] or ("" if after["flat"] else before["floor"] or "")
    return f"{flat}{floor}{after['spot'] or before['spot']}"
