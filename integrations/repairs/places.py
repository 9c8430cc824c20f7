"""Where something is broken, when only a part of it is said anew: 换成4楼的 of 3栋3楼楼道. Pure."""

import re

_PLACE = re.compile(
    r"(?P<flat>(?:\w{1,3}栋)?(?:\w{1,2}单元)?(?:\d{3,4})?)"
    r"(?P<floor>(?:负?[0-9]{1,2}|负?[零一二三四五六七八九十]{1,3})[楼层])?"
    r"(?P<spot>.*)"
)


def moved(old: str, new: str) -> str:
    """Return the place with what is said anew; what is not spoken of stays: another floor is still the same building's corridor."""
    before, after = _PLACE.fullmatch(old), _PLACE.fullmatch(new)
    if before is None or after is None:
        return new
    flat = after["flat"] or before["flat"]
    floor = after["floor"] or ("" if after["flat"] else before["floor"] or "")
    return f"{flat}{floor}{after['spot'] or before['spot']}"
