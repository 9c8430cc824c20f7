"""Telephone numbers of China: mobiles, landlines with their area code, 400, 800 and 95 numbers. Pure."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.language.kinds import plate
from bot.language.kinds.kind import Found, Grammar, Kind, Message, Slot, Value, bare
from bot.language.numbers import dictated, written_out

#: Words that announce a telephone number.
ANNOUNCED = "电话号码|手机号码|电话号|手机号|电话|手机|座机|固话|热线|客服|号码|联系方式|联系"

#: What stands between the groups of a number and is no digit of it.
_GAP = r"(?:\s?[-.·•—–_/,，、]\s?|\s{1,2})"
_GAPS = r"[\s\-.·—–/]{0,3}"

#: How mobile numbers are grouped; another way of grouping is another number beside a broken one.
_GROUPINGS = (
    "11",
    "3 4 4",
    "3 8",
    "4 3 4",
    "4 4 3",
    "7 4",
    "5 6",
    "3 3 5",
    "3 5 3",
    "3 2 3 3",
    "2 3 3 3",
    "5 3 3",
    "3 4 2 2",
    "3 2 2 4",
    "3 2 2 2 2",
    "1 " * 11,
)


def _grouped(sizes: str) -> str:
    first, *others = [f"\\d{{{size}}}" for size in sizes.split()]
    return _GAP.join([first, *others])


_MOBILE = rf"(?:(?:\+|00)?86{_GAPS})?(?P<mobile>(?=1{_GAP}?[3-9])(?:{'|'.join(_grouped(sizes) for sizes in _GROUPINGS)}))"
_EXTENSION = r"(?:\s?(?:转|分机号?|ext\.?|#)\s?|-(?=\d{3,5}(?!\d)))(?P<extension>\d{1,6})"
_LANDLINE = (
    # the area code with its zero, or behind that of the country without
    rf"(?:[(\[]?0(?P<area>10|2\d|[3-9]\d\d)[)\]]?|(?:\+|00)?86{_GAPS}\(?0?\)?(?P<area2>10|2\d|[3-9]\d\d)\)?){_GAPS}"
    # seven or eight digits, in one or two groups
    rf"(?P<local>\d{{4}}{_GAP}?\d{{4}}|\d{{3}}{_GAP}?\d{{4}})"
)
_HOT = rf"(?P<hot>[48]00{_GAPS}(?:\d{{3}}{_GAPS}\d{{4}}|\d{_GAPS}\d{{3}}{_GAPS}\d{{3}}))"
PHONE = re.compile(rf"(?<![\d.])(?:{_MOBILE}|(?:{_LANDLINE}|{_HOT})(?:{_EXTENSION})?)(?!\d)", re.IGNORECASE)

#: What a word must announce: 95588, and a landline without its area code.
_SHORT = re.compile(rf"""(?x:
    (?:{ANNOUNCED}|打|拨|拨打)(?:就?是|为|写|留|[:：])*\s*
    (?P<short>95\d{{3,4}}|[2-8]\d{{2,3}}[-\s]?\d{{4}})
    (?!\d|[-.]\d|\s?[元块度年月])  # a sum or a year
    )""")

#: The last digits of a phone number, said without the others.
_PHONE_TAIL = re.compile(r"(?:(?<=最后是)|(?<=尾号是)|(?<=后四位是)|(?<=末尾是)|(?<=最后四位是))\d{2,6}(?!\d)")


#: Before a landline that is an office's: 你们物业电话8888 6666.
_OF_OFFICE = re.compile(
    r"(?:你们|物业|客服|前台|门卫|门岗|保安|服务中心|供电局|供电公司|燃气公司|自来水公司|居委会|派出所)(?:的|值班|报修|服务)*(?:电话|热线|座机|号码)?(?:就?是|为|[:：])?\s*$"
)
#: Before a number that was called already or is not to be: 打了95598, 别打13800138000.
_NOT_TO_CALL = re.compile(r"(?:(?:打|拨)(?:了|过(?![来去])|的是)|(?:不要|别|不用|勿|莫)再?(?:打|拨|联系))[^，。,;；给让叫]{0,6}$")
_OF_MOBILE = 11  # digits
_NOT_ANSWERED = re.compile(r"[^，。,;；]{0,4}(?:没人接|无人接听|打不通(?!就|再|的话)|不接(?!陌生)|占线|忙音|空号|停机|打不进)")


#: Letters in the place of digits that look like them: 13O8274619S is none.
_MISTYPED = re.compile(r"(?<![A-Za-z0-9])(?=\d|[OoIl][OoIl\s\-.]*\d)[\dOoIl](?:[\s\-.]?[\dOoIl]){6,}(?![A-Za-z0-9])")
_FIGURES = str.maketrans("OoIl", "0011")


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    """Return the numbers in a sentence, in order: 13800138000, 0571-88001200, 0571-88001200转8012, 400-820-8820."""
    return _all(text)


def _all(text: str) -> list[Found]:
    found = [*_numbers(text)]
    if (spoken := _in_figures(text)) != text:
        found += _numbers(_without(spoken, found))
    if said := dictated(_without(spoken, found)):
        found += (Found(one.value, *said.span(one.begin, one.stop)) for one in _numbers(said.text))
    return sorted(found, key=lambda one: one.begin)


def _in_figures(text: str) -> str:
    """Return the text with figures for digits that are spoken or mistyped as letters: 一三八 and I38 are 138; positions stay."""
    return _MISTYPED.sub(lambda said: said[0].translate(_FIGURES), written_out(text))


def _without(text: str, found: Sequence[Found]) -> str:
    for one in found:
        text = text[: one.begin] + "□" * (one.stop - one.begin) + text[one.stop :]
    return text


def _numbers(text: str) -> Iterator[Found]:
    for match in PHONE.finditer(text):
        if (number := _written(match)) is not None:
            yield Found(number, match.start(), match.end())
    for match in _SHORT.finditer(text):
        if not PHONE.match(text, match.start("short")):
            yield Found(_digits(match["short"]), *match.span("short"))


def _written(match: re.Match[str]) -> str | None:
    """Return a number as it is written by the book; None where it is too short for the code of its area: 010-1234567."""
    if match["mobile"]:
        return _digits(match["mobile"])
    extension = f"转{match['extension']}" if match["extension"] else ""
    if hot := _digits(match["hot"] or ""):
        return f"{hot[:3]}-{hot[3:6]}-{hot[6:]}{extension}"
    area, local = match["area"] or match["area2"], _digits(match["local"])
    return None if len(area) == 2 and len(local) == 7 else f"0{area}-{local}{extension}"


def _digits(words: str) -> str:
    return re.sub(r"\D", "", words)


def _take(message: Message, slot: Slot) -> Value | None:
    if found := [one for one in message.found(GRAMMAR) if is_to_call(message.text, one)]:
        return str(found[-1].value)
    known = message.known.get(slot.name)
    tail = _PHONE_TAIL.search(message.text) if message.corrects and not plate.is_of_car(message.text) else None
    return known[: -len(tail[0])] + tail[0] if isinstance(known, str) and tail else None  # 电话错了，最后是6623


def is_to_call(text: str, found: Found) -> bool:
    """Tell whether a number is somebody's to call back: no office's, and none that was called in vain."""
    is_mobile = len(str(found.value)) == _OF_MOBILE and "-" not in str(found.value)
    is_of_office = not is_mobile and _OF_OFFICE.search(text, 0, found.begin)
    return not (is_of_office or _NOT_TO_CALL.search(text, 0, found.begin) or _NOT_ANSWERED.match(text, found.stop))


def _read(message: Message, slot: Slot) -> Value | None:
    """Return a number of seven or eight digits, which is of the same town."""
    found = _all(f"电话{bare(message.rest)}")
    return str(found[-1].value) if found else None


GRAMMAR = Grammar(name="phone", title="电话", find=find, mask="\ue8f1")

KIND = Kind(
    name="phone", title="电话", grammar=GRAMMAR, take=_take, read=_read, called=("电话", "手机", "手机号"),
    is_exact=True, is_meant=is_to_call, is_topic=False, is_single=True, is_strict=True, tells=True, belongs=True,
)  # fmt: skip
