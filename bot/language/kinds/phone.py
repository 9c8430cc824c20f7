"""Telephone numbers of China: mobiles, landlines with their area code, 400, 800 and 95 numbers. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.errors import Refusal
from bot.language.kinds.kind import Found, Grammar, Kind, Message, Slot, Value, bare, blanked
from bot.language.numbers import dictated, written_out
from bot.translation import tr

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
    rf"(?:[(\[（【〔]?\s?0(?P<area>10|2\d|[3-9]\d\d)\s?[)\]）】〕]?|(?:\+|00)?86{_GAPS}[(（]?0?[)）]?(?P<area2>10|2\d|[3-9]\d\d)[)）]?){_GAPS}"
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

#: What a field that asks for nothing but a number may hold beside: a landline of the same town, 95588 and 96345, one from abroad.
_OF_THE_TOWN = re.compile(rf"(?P<local>[2-8](?:\d{{2}}|\d{{3}}){_GAP}?\d{{4}})(?:{_EXTENSION})?", re.IGNORECASE)
_SERVICE = re.compile(r"9[56]\d{3,4}")
_FOREIGN = re.compile(r"\+(?!86)[1-9](?:[ -]?\d){6,14}")

#: Some digits of a number, said without the others: 末四位是4172, 前三位错了，是136.
_SOME_DIGITS = re.compile(r"""(?x:
    (?:(?P<last>最后|末尾|结尾|尾号|尾数|后面(?=[1-8][个位])|[后末尾](?=[1-8][个位]))|(?P<first>开头|打头|[前头](?=[1-8][个位]))|(?P<middle>中间))
    (?:的?(?P<many>[1-8])[个位]数?(?:数字)?)?(?:[说写打记讲]?错了?)?[\s,，]*(?:应该|才|改)?(?:就?是|为|成|[:：])*\s*
    (?P<digits>\d{1,8})(?![\d月日号点栋楼:：])
    )""")
#: What else may have an end that is set right: 房号错了，最后是502.
_ELSE = re.compile("[□车牌房栋楼室证卡单]|时间|日期|名字")


#: Before a landline that is an office's: 你们物业电话8888 6666.
_OF_OFFICE = re.compile(
    r"(?:你们|物业|客服|前台|门卫|门岗|保安|服务中心|供电局|供电公司|燃气公司|自来水公司|居委会|派出所)(?:的|值班|报修|服务)*(?:电话|热线|座机|号码)?(?:就?是|为|[:：])?\s*$"
)
#: Before a number that was called already or is not to be: 打了95598, 别打13800138000, 旧号13800138000.
_NOT_TO_CALL = re.compile(r"""(?x:
    (?:
        (?:(?:打|拨)(?:了|过(?![来去])|的是)|(?:不要|别|甭|不用|勿|莫|唔好|唔使)再?(?:打|拨|联系))[^，。,;；给让叫]{0,6}
      | (?<![还是就打用系])(?<![还是就打用系][我他她])(?:旧|老|原来|原先|以前|之前)(?:的|那个|这个|填|留|写)*(?:电话|手机|号码?)+(?:是|[:：])?\s*
      | (?:骚扰|诈骗|推销|骗子|骗人)的?(?:电话|号码?|短信)*(?:是|[:：])?\s* | 小广告[^，。,;；]{0,6} | (?:举报|拉黑|屏蔽|[接收]到)(?:了|过|一个|个)*\s*
    )$)""")
#: Behind a number that nobody answers: …没人接.
_NOT_ANSWERED = re.compile(r"[^，。,;；]{0,4}(?:没人接|无人接听|打不通(?!就|再|的话)|不接(?!陌生)|占线|忙音|空号|停机|打不进)")
#: Behind one that is given up: …是我旧号, …那个别打了.
_GIVEN_UP = re.compile(r"""(?x:
    (?:[\s,，]*[这那原](?:个|是|来)?)?(?:的?(?:电话|手机|号码?))?(?:已经?|早|就|现在|我|她|他|都|也|以后|是|的|以前|之前|原来)*
    (?:不用了|(?:别|甭|不要|不用|勿)再?(?:打|拨|用|联系)(?=[了啊哈哦]|$|[\s,，。!！;；])|作废|注销|停用|欠费|换掉|[旧老]号)
    )""")
#: Behind one from which people are plagued: …天天打来, …是骗子.
_PLAGUING = re.compile(r"""(?x:
    [^，。,;；]{0,6}?(?:天天|老是?|总是?|一直|不停|每天|经常|半夜|连[着续]|三天两头|动不动|整天|频繁|反复)
    [^，。,;；]{0,6}?(?:骚扰|推销|打(?:电话)?[过进]?来|打给|打电话|打了?我|发[^，。,;；]{0,4}(?:短信|信息|广告))
  | (?:[这那]个)?(?:电话|手机|号码?)?(?:就?是)?个?(?:骚扰|推销|诈骗|骗子|骗人|冒充|假冒)(?!.{0,6}师傅)
  | 的?小广告
    )""")
#: A stranger, of whom is told that they plague people: 有个自称物业的13066127840打来要收钱.
_STRANGER = re.compile(r"(?:(?<!还)有(?:一?个|人)|[那这一]个|陌生)[^，。,;；]{0,8}$")
_PLAGUES = re.compile("[^，。,;；]{0,15}?(?:骚扰|推销|诈骗|骗|冒充|假冒|要收钱|保健品|贷款|打电话卖)")
_OF_MOBILE, _OF_TOWN = 11, 7  # digits; within a town at least

#: Letters in the place of digits that look like them: 13O8274619S is none.
_MISTYPED = re.compile(r"(?<![A-Za-z0-9])(?=\d|[OoIl][OoIl\s\-.]*\d)[\dOoIl](?:[\s\-.]?[\dOoIl]){6,}(?![A-Za-z0-9])")
_FIGURES = str.maketrans("OoIl", "0011")


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    """Return the numbers in a sentence, in order: 13800138000, 0571-88001200, 0571-88001200转8012, 400-820-8820."""
    return _all(text)


def _all(text: str) -> list[Found]:
    found = [*_numbers(text)]
    if (spoken := _in_figures(text)) != text:
        found += _numbers(blanked(spoken, found))
    if said := dictated(blanked(spoken, found)):
        found += (Found(one.value, *said.span(one.begin, one.stop)) for one in _numbers(said.text))
    return sorted(found, key=lambda one: one.begin)


def _in_figures(text: str) -> str:
    """Return the text with figures for digits that are spoken or mistyped as letters: 一三八 and I38 are 138; positions stay."""
    return _MISTYPED.sub(lambda said: said[0].translate(_FIGURES), written_out(text))


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


def written(said: str) -> str | None:
    """Return a number that was typed into a field as it is kept: 13800138000, 0571-88001200转8012, 88001200, 95588; None for what is none."""
    said = unicodedata.normalize("NFKC", said).strip()
    if match := PHONE.fullmatch(said):
        return _written(match)
    if match := _OF_THE_TOWN.fullmatch(said):
        return _digits(match["local"]) + (f"转{match['extension']}" if match["extension"] else "")
    return said if _SERVICE.fullmatch(said) or _FOREIGN.fullmatch(said) else None


def checked(said: str) -> str:
    """Return a number that somebody of the staff typed as it is kept, nothing for nothing; raises Refusal for what is none."""
    if not said.strip():
        return ""
    if (number := written(said)) is None:
        raise Refusal(
            tr(
                "“{strip}”不是完整的电话号码。请写手机 13800138000，座机 0571-88001200 或 88001200，分机 0571-88001200转8012，或者 400-820-8820。",
                strip=said.strip()[:20],
            ),
            field="phone",
        )
    return number


def veiled(number: str) -> str:
    """Return a number by which nobody can be called, and which who knows it knows again: 138****1234, 0571-****1234; nothing of a short one."""
    number = number.partition("转")[0]
    begin = 3 if _OF_MOBILE == len(number) and number.isdigit() else max(number.find("-") + 1, 0)
    return f"{number[:begin]}****{number[-4:]}" if len(number) >= begin + _OF_TOWN else "****"


def veil(text: str, now: datetime) -> str:
    """Return a text with each number in it veiled."""
    for one in sorted(find(text, now), key=lambda one: -one.begin):
        text = text[: one.begin] + veiled(str(one.value)) + text[one.stop :]
    return text


def _digits(words: str) -> str:
    return re.sub(r"\D", "", words)


def _take(message: Message, slot: Slot) -> Value | None:
    found = [one for one in message.found(GRAMMAR) if is_to_call(message.text, one)]
    known = found[-1].value if found else message.known.get(slot.name)
    mended = _mended(message, known, found[-1].stop if found else 0) if isinstance(known, str) else None
    return mended or (str(found[-1].value) if found else None)


def _mended(message: Message, number: str, begin: int) -> str | None:
    """Return a number with the digits that words from `begin` on set right: 写错了，末四位是4172."""
    said = _SOME_DIGITS.search(written_out(message.text), begin) if message.corrects else None
    if (
        said is None
        or _is_of_else(message, begin, said.start())
        or len(said["digits"]) != int(said["many"] or max(2, len(said["digits"])))
    ):
        return None
    digits = said["digits"]
    begin = 0 if said["first"] else 3 if said["middle"] else len(number) - len(digits)
    mended = number[:begin] + digits + number[begin + len(digits) :]
    return mended if PHONE.fullmatch(mended) and len(mended) == len(number) else None


def _is_of_else(message: Message, begin: int, stop: int) -> bool:
    """Tell whether the last thing that words name is no telephone."""
    words = message.rest[begin:stop]
    *_, last = ("", *re.finditer(f"{ANNOUNCED}|{_ELSE.pattern}", words))
    return isinstance(last, re.Match) and _ELSE.match(last[0]) is not None


def is_to_call(text: str, found: Found) -> bool:
    """Tell whether a number is somebody's to call back: no office's, no stranger's, and none that is given up or was called in vain."""
    is_mobile = len(str(found.value)) == _OF_MOBILE and "-" not in str(found.value)
    is_of_office = not is_mobile and _OF_OFFICE.search(text, 0, found.begin)
    is_strangers = _PLAGUING.match(text, found.stop) or (
        _STRANGER.search(text, 0, found.begin) and _PLAGUES.match(text, found.stop)
    )
    is_no_use = _NOT_ANSWERED.match(text, found.stop) or _GIVEN_UP.match(text, found.stop)
    return not (is_of_office or is_strangers or is_no_use or _NOT_TO_CALL.search(text, 0, found.begin))


def _read(message: Message, slot: Slot) -> Value | None:
    """Return a number of seven or eight digits, which is of the same town."""
    found = _all(f"电话{bare(message.rest)}")
    return str(found[-1].value) if found else None


GRAMMAR = Grammar(name="phone", title="电话", find=find, mask="\ue8f1")

KIND = Kind(
    name="phone", title="电话", grammar=GRAMMAR, take=_take, read=_read, called=("电话", "手机", "手机号"),
    is_exact=True, is_meant=is_to_call, is_topic=False, is_single=True, is_strict=True, tells=True, belongs=True,
)  # fmt: skip
