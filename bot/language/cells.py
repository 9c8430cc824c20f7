"""What the cells of an office's table say: flats, names, phones, tags, days, as people write them and Excel keeps them. Pure.

What a cell says half is not guessed: 1.39E+10 has lost its last figures, 3月2日 may have been 3-2. `Unreadable` names why.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.language.addresses import SHOP, SHOP_WORDS
from bot.language.kinds import flat
from bot.language.numbers import value_of

#: Longest cell; a longer one is no name, number or address.
LONGEST = 200

Flat = tuple[str, str, str]


class Why(StrEnum):
    """Why a cell cannot be read."""

    DATE = "date"
    ROUNDED = "rounded"
    FRACTION = "fraction"
    FORMULA = "formula"
    LONG = "long"
    NO_FLAT = "no flat"
    NO_PHONE = "no phone"
    NO_DAY = "no day"
    SEVERAL_NAMES = "several names"


#: What is wrong and the way out, for people of the office and for operators.
WORDS: dict[Why, tuple[str, str]] = {
    Why.DATE: (
        "是日期，不是号码：Excel 把 3-2 这样的号码当成了日期。请把这一列的格式设成“文本”，重新填写",
        "is a date, no number: Excel took something like 3-2 for one; format the column as text and fill it in again",
    ),
    Why.ROUNDED: (
        "是科学记数，后几位已经丢了。请把这一列的格式设成“文本”，填上完整的号码",
        "has been rounded and lost its last figures; format the column as text and fill in the whole number",
    ),
    Why.FRACTION: ("不是整数，请改成号码，例如 3", "is no whole number; write one such as 3"),
    Why.FORMULA: ("是公式的错误，不是内容。请把它改成要写的字", "is the error of a formula; write what it should be"),
    Why.LONG: (f"太长，请缩到 {LONGEST} 个字以内", f"is too long; shorten it to {LONGEST} characters at most"),
    Why.NO_FLAT: ("看不出是哪一户，请写成 3-2-501 或 3栋2单元501", "names no flat; write 3-2-501 or 3栋2单元501"),
    Why.NO_PHONE: ("不是电话号码。请写完整的号码；没有电话就空着", "is no phone number; write the whole number, or leave it empty"),
    Why.NO_DAY: ("不是日期，请写成 2026-03-01", "is no day; write it as 2026-03-01"),
    Why.SEVERAL_NAMES: ("里有好几个人，请一行只写一个人", "names several people; write one person a row"),
}  # fmt: skip


class Unreadable(ValueError):
    """A cell that does not say what its column holds; `why` tells what stands there instead."""

    def __init__(self, why: Why) -> None:
        super().__init__(WORDS[why][1])
        self.why = why


_ROUNDED = re.compile(r"\d+(?:\.\d+)?E[+-]\d+", re.IGNORECASE)
_WHOLE = re.compile(r"(-?\d+)\.0+")
_FRACTION = re.compile(r"\d+\.\d+")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    rf"\d{{1,2}}月\d{{1,2}}日?|(?:19|20)\d{{2}}\s*[-/.年]\s*\d{{1,2}}(?:\s*[-/.月]\s*\d{{1,2}}\s*日?)?月?(?:[\sT]+[\d:.]+)?"
    rf"|\d{{1,2}}-(?:{_MONTHS})[a-z]*(?:-\d+)?|(?:{_MONTHS})[a-z]*-\d+|\d{{1,2}}:\d{{2}}(?::\d{{2}})?",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)", re.IGNORECASE)
#: A cell that says: there is none.
_NONE = re.compile(r"无|没有|暂无|空|[-—–/]+|none|n/a|null", re.IGNORECASE)
#: Signs by which a spreadsheet takes a cell for a formula, also in the widths that Excel in Chinese takes for the same, and the sign
#: that keeps it from doing so. Some trim what nobody sees before they look.
_RUNS = re.compile(r"'*(?:[\t\r\n]|[\s\x00-\x1f\u200b-\u200f\u202a-\u202e\u2060\ufeff]*[=+\-@＝﹦＋﹢－﹣＠﹫])")

_HAN = "零〇一二两三四五六七八九十百"
_PHASE = r"第?[一二三四五六七八1-8]期|[东西南北中A-Z]区"
_HOUSE = re.compile(
    rf"(?P<phase>{_PHASE})?(?P<n>\d{{1,4}}[A-Z]?|[A-Z]\d{{0,3}}|[{_HAN}]{{1,4}}|[甲乙丙丁东西南北中])(?:号?[栋幢座]|号楼|号|\#楼?|楼)?"
)
_UNIT = re.compile(rf"第?(?P<n>\d{{1,3}}|[A-Z]\d?|[{_HAN}]{{1,3}}|[甲乙丙丁东西南北中])(?:单元|单|门洞?|梯|\#)?")
_ROOM = re.compile(rf"(?P<minus>负|-)?(?P<n>\d{{1,5}}[A-Z]?\d?|[A-Z]\d{{1,5}}|[{_HAN}]{{3,6}})(?:室|号?房|号|户)?")
_SHOP = re.compile(SHOP_WORDS)
_PARTED = re.compile(r"[-—–－_/#.]+")

_MOBILE = re.compile(r"(?<!\d)(?:\+?86[-\s]?)?(1[3-9]\d)[-\s]?(\d{4})[-\s]?(\d{4})(?!\d)")
_PHONE = re.compile(r"[+\d][\d\s()+-]*(?:(?:转|x|ext\.?)\s*\d{1,6})?", re.IGNORECASE)
_BETWEEN_PHONES = re.compile(r"[、/,;|\n]+|或|和")
_BRACKETS = re.compile(r"\([^()]*[^()\d\s-][^()]*\)")

_BETWEEN_TAGS = re.compile(r"[;；,，、/|\n]+|(?<=[\u2e80-\u9fff])\s+(?=[\u2e80-\u9fff])")
_BETWEEN_NAMES = re.compile(r"[、/,，;；&\n]")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[\sT]+[\d:.]+)?")
#: The day from which Excel counts, and what it counts for days of our time.
_EPOCH, _SERIALS = date(1899, 12, 30), range(18_000, 80_000)

#: Flats are read the same on every day.
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def text_of(value: object) -> str:
    """Return what stands in a cell: whole numbers without point, days as 2026-03-01, no signs that cannot be seen."""
    match value:
        case None:
            return ""
        case datetime() | date():
            return f"{value:%Y-%m-%d}"
        case time():
            return f"{value:%H:%M}"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
    said = str(value).strip()
    if not said.isprintable():
        said = re.sub(r"[\r\n]+", "\n", said).replace("\t", " ")
        said = "".join(sign for sign in said if sign == "\n" or not unicodedata.category(sign).startswith("C")).strip()
    if len(said) > LONGEST:
        raise Unreadable(Why.LONG)
    if said.startswith("#") and _FORMULA.fullmatch(said):
        raise Unreadable(Why.FORMULA)
    return unguarded(said)


def unguarded(said: str) -> str:
    """Return what stands in a cell without the sign by which `guarded` kept it from being run."""
    return said[1:] if said.startswith("'") and _RUNS.match(said) else said


def guarded(said: str) -> str:
    """Return what may stand in a cell without being run by a spreadsheet; `unguarded` reads it as it was."""
    return f"'{said}" if _RUNS.match(said) else said


def says_none(said: str) -> bool:
    """Tell whether a cell says that there is none: 无, 暂无, -."""
    return bool(_NONE.fullmatch(said))


def building(said: str) -> str:
    """Return the building of 3栋, 三号楼, 3.0, A1栋 or 二期3栋: 3, 3, 3, A1, 二期3. A shop, 底商, is 商铺; another name stays."""
    said = _number(said)
    if _SHOP.fullmatch(said):
        return SHOP
    found = _HOUSE.fullmatch(said)
    if found:
        return (found["phase"] or "").removeprefix("第") + _counted(found["n"])
    bare = re.sub("(?:栋|幢|座|号楼)+$", "", said)
    return building(bare) if bare and bare != said else _named(said)


def unit(said: str) -> str:
    """Return the unit of 2单元, 二单元 or 2.0: 2; 底商 is 商铺; empty where there is none."""
    said = _number(said)
    if says_none(said):
        return ""
    if _SHOP.fullmatch(said):
        return SHOP
    found = _UNIT.fullmatch(said)
    return _counted(found["n"]) if found else _named(said)


def room(said: str) -> str:
    """Return the room of 501室, 0501, 501.0, 501a or 负101: 501, 501, 501, 501A, -101. 501-1 is a room of its own."""
    said = _number(said)
    found = _ROOM.fullmatch(said)
    if found:
        return ("-" if found["minus"] else "") + _counted(found["n"])
    if not re.fullmatch(r"[\w()·.#-]+", said):
        raise Unreadable(Why.NO_FLAT)
    return said


def address(said: str) -> Flat:
    """Return building, unit and room of 3-2-501, 3#501, 3栋2单元501室 or 二期3栋501; raises Unreadable for less or more."""
    said = _number(said)
    parts = [part for part in _PARTED.split(said) if part]
    if 2 <= len(parts) <= 3 and all(re.fullmatch(rf"(?:{_PHASE})?[0-9A-Z]+(?:栋|幢|座|号楼|单元|室)?", part) for part in parts):
        return building(parts[0]), unit(parts[1]) if len(parts) == 3 else "", room(parts[-1])
    match flat.find(said, _ANY_DAY):
        case [found] if isinstance(found.value, flat.Flat) and found.value.building and found.value.room:
            before, behind = said[: found.begin], said[found.stop :].strip("室号房户")
            if not re.search(r"[0-9]", before) and not behind:  # before it may stand the name of the place
                return found.value.building, found.value.unit, found.value.room
    raise Unreadable(Why.NO_FLAT)


def within(said: str, house: str, part: str) -> tuple[str, str]:
    """Return unit and room of a cell beside the building's: 2-501 and 3-2-501 say again what stands in the other cells, or the unit."""
    parts = [one for one in _PARTED.split(_number(said)) if one]
    if len(parts) == 3 and building(parts[0]) == house and part in ("", unit(parts[1])):
        return unit(parts[1]), room(parts[2])
    if len(parts) == 2 and re.fullmatch(r"\d{3,}[A-Z]?", parts[1]):
        if part in ("", unit(parts[0])) and len(parts[0]) < 3:
            return unit(parts[0]), room(parts[1])
        if building(parts[0]) == house:
            return part, room(parts[1])
    return part, room(said)


def name(said: str) -> str:
    """Return a name as it is kept: 李　梅 is 李梅, Li Mei stays."""
    if _BETWEEN_NAMES.search(said):
        raise Unreadable(Why.SEVERAL_NAMES)
    return re.sub(r"(?<=[\u2e80-\u9fff])\s+(?=[\u2e80-\u9fff])", "", " ".join(said.split()))


def name_key(said: str) -> str:
    """Return what two ways to write the same name have in common."""
    return "".join(unicodedata.normalize("NFKC", said).casefold().split())


def phones(said: str) -> tuple[str, ...]:
    """Return the phone numbers of a cell, mobiles first, each once: 139 0000 0001（妻） is 13900000001."""
    said = number(said)
    mobiles = ["".join(found) for found in _MOBILE.findall(said)]
    rest = _BRACKETS.sub("", _MOBILE.sub("、", said))
    others = [one.strip() for one in _BETWEEN_PHONES.split(rest) if one.strip()]
    if any(not _PHONE.fullmatch(one) for one in others) and not mobiles:
        raise Unreadable(Why.NO_PHONE)
    return tuple(dict.fromkeys([*mobiles, *(one for one in others if _PHONE.fullmatch(one))]))


def phone_key(said: str) -> str:
    """Return the figures of a phone number, by which two ways to write it are the same."""
    return said if said.isascii() and said.isdigit() else re.sub(r"\D", "", unicodedata.normalize("NFKC", said))


def tags(said: str) -> tuple[str, ...]:
    """Return the tags of a cell, each once; blanks part Chinese words, not the words of VIP client."""
    return tuple(dict.fromkeys(filter(None, (" ".join(one.split()) for one in _BETWEEN_TAGS.split(said)))))


def day(said: str) -> date:
    """Return the day that is written as 2026-03-01, 2026/3/1, 2026.3.1 or 2026年3月1日, or that Excel counted."""
    said = unicodedata.normalize("NFKC", said)
    try:
        if said.isdigit() and int(said) in _SERIALS:
            return _EPOCH + timedelta(days=int(said))
        if found := _DAY.fullmatch(said):
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise Unreadable(Why.NO_DAY)


def number(said: str) -> str:
    """Return a cell in which figures are wanted, half-width, 3.0 as 3; raises Unreadable where Excel made something else of them."""
    said = unicodedata.normalize("NFKC", said)
    if _ROUNDED.fullmatch(said):
        raise Unreadable(Why.ROUNDED)
    if _DATE.fullmatch(said):
        raise Unreadable(Why.DATE)
    whole = _WHOLE.fullmatch(said)
    return whole[1] if whole else said


def _number(said: str) -> str:
    """Return a cell in which the number of a building, unit or room is wanted: upper case, without blanks."""
    said = "".join(number(said).upper().split())
    if _FRACTION.fullmatch(said):
        raise Unreadable(Why.FRACTION)
    return said


def _counted(said: str) -> str:
    """Return a number as rosters write it: 0501 is 501, 三 is 3."""
    if said.isascii():
        return (said.lstrip("0") or said) if said.isdigit() else said
    return said if re.fullmatch("[甲乙丙丁东西南北中]", said) else str(value_of(said))


def _named(said: str) -> str:
    """Return a name that stands in place of a number, such as 商铺; raises Unreadable for a heap of signs."""
    if not re.search(r"[A-Z\u2e80-\u9fff]", said) or re.search(r"[/,，;；、]", said):
        raise Unreadable(Why.NO_FLAT)
    return said
