"""Chinese and Arabic whole numbers."""

_DIGITS = dict(zip("零〇一二两三四五六七八九幺俩壹贰叁仨", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 1, 2, 3, 3), strict=True))
_UNITS = {"十": 10, "百": 100, "千": 1000}

#: A number as people write it, for use inside larger patterns.
NUMBER = "(?:[0-9]{1,4}|[零〇一二两三四五六七八九十百廿卅幺俩仨]{1,5})"


def value_of(text: str) -> int:
    """Return 501 for 501, 五零一, 五百零一; 23 for 二十三 and 廿三."""
    if text.isdigit() and text.isascii():
        return int(text)
    text = text.replace("廿", "二十").replace("卅", "三十")
    if not any(sign in text for sign in _UNITS):
        return int("".join(str(_DIGITS.get(sign, sign)) for sign in text))
    total = pending = 0
    for sign in text:
        if sign in _UNITS:
            total += (pending or 1) * _UNITS[sign]
            pending = 0
        else:
            pending = pending * 10 + int(_DIGITS.get(sign, sign))
    return total + pending


def spoken_digits(text: str) -> str:
    """Return 138 for 一三八: each digit on its own, as phone numbers are dictated."""
    return "".join(str(_DIGITS.get(sign, sign)) for sign in text)
