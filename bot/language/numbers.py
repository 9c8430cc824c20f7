"""Chinese and Arabic whole numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_DIGITS = {
    **dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True)),  # as in a bank
    **dict(zip("幺洞拐勾", (1, 0, 7, 9), strict=True)),  # as over the radio
    **dict(zip("俩仨", (2, 3), strict=True)),
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000, "拾": 10, "佰": 100, "仟": 1000}
_TENS = str.maketrans({"廿": "二十", "卅": "三十", "卌": "四十"})

#: A number as people write it, for use inside larger patterns.
NUMBER = "(?:[0-9]{1,4}|[零〇一二两三四五六七八九十百廿卅幺俩仨]{1,5})"

#: 一百二, 两百五, 三千六: the last digit counts the next lower unit.
_BARE_END = re.compile("[百千万佰仟]([一二三四五六七八九])$")

_ORDINARY = "一二两三四五六七八九"
#: 两三, 五六十, 十二三, 三四百: one or the other.
_EITHER = re.compile(
    rf"(?P<head>[{_ORDINARY}]?[十百]|[廿卅])?(?P<low>[{_ORDINARY}])[、,，]?(?P<high>[{_ORDINARY}])(?P<unit>[十百千])?"
)


def value_of(text: str) -> int:
    """Return 501 for 501, 五零一, 五百零一; 23 for 二十三 and 廿三; 250 for 两百五."""
    if text.isdigit() and text.isascii():
        return int(text)
    text = text.translate(_TENS)
    if not any(sign in text for sign in _UNITS):
        return int(spoken_digits(text))
    total = pending = unit = 0
    for sign in text:
        if sign == "万":
            total, pending, unit = (total + pending) * 10000, 0, 10000
        elif sign in _UNITS:
            unit = _UNITS[sign]
            total += (pending or 1) * unit
            pending = 0
        else:
            pending = pending * 10 + int(_DIGITS.get(sign, sign))
    return total + pending * (unit // 10 if _BARE_END.search(text) else 1)


def either(text: str) -> tuple[int, int] | None:
    """Return (2, 3) for 两三, (50, 60) for 五六十, (12, 13) for 十二三; None where the signs name one number: 五零, 二三十二."""
    said = _EITHER.fullmatch(text)
    if said is None or (said["head"] and said["unit"]):
        return None
    low, high = _DIGITS[said["low"]], _DIGITS[said["high"]]
    if text == "三两":
        return 2, 3
    if not (high == low + 1 or (low, high) == (3, 5)):  # 三五个 is the one pair with a gap
        return None
    base, unit = value_of(said["head"] or "零"), _UNITS.get(said["unit"] or "", 1)
    return base + low * unit, base + high * unit


def spoken_digits(text: str) -> str:
    """Return 138 for 一三八: each digit on its own, as phone numbers are dictated."""
    return "".join(str(_DIGITS.get(sign, sign)) for sign in text)


_SPOKEN = str.maketrans({sign: str(digit) for sign, digit in _DIGITS.items() if sign not in "俩仨"})


def written_out(text: str) -> str:
    """Return the text with each spoken digit as a figure; positions stay: 粤B幺二三 for 粤B123."""
    return text.translate(_SPOKEN)


#: How a number is dictated: 四个零 and 双八 are signs said so many times; 然后 and 嗯 are pauses; 三个八岁 is no eights.
_DICTATED = re.compile(r"""(?x:
    (?:(?P<many>[1-6])[个连] | (?P<few>双|俩个?|仨))(?P<sign>[A-Z0-9])(?![个连]|\s?[岁月天点人号楼栋层年块元米平度座级])
  | [\s,，、。]{0,3}(?P<pause>然后|接着|接下来|再来?|[嗯呃]+)(?:就?是)?[\s,，、。.…]{0,3}
    )""")
_SIGNS = re.compile(f"{_DICTATED.pattern}|(?s:.)")


@dataclass(frozen=True, slots=True)
class Dictated:
    """A text as its numbers are meant to be written: 136，777，40298 for 136，三个七，然后40298."""

    text: str
    spans: Sequence[tuple[int, int]]  # of each sign: where what it was written for stands in what was said

    def span(self, begin: int, stop: int) -> tuple[int, int]:
        """Return where in what was said the signs from `begin` to `stop` stand."""
        return self.spans[begin][0], self.spans[stop - 1][1]


def dictated(text: str) -> Dictated | None:
    """Return a text with its repeated signs and its pauses written out; None where nothing is said so."""
    text = written_out(text)
    if _DICTATED.search(text) is None:
        return None
    signs = [(sign, said.span()) for said in _SIGNS.finditer(text) for sign in _as_written(said)]
    return Dictated("".join(sign for sign, _ in signs), [span for _, span in signs])


def _as_written(said: re.Match[str]) -> str:
    if said["pause"]:
        return ","
    return said["sign"] * (int(said["many"] or 0) or (3 if said["few"] == "仨" else 2)) if said["sign"] else said[0]
