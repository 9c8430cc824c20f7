"""The digits by which somebody shows that a number on record is known to them: its last four, or all of it. Pure."""

import re
from collections.abc import Sequence

from bot.language import answers
from bot.language.kinds import flat, phone
from bot.language.kinds.kind import Found, Kind, Message, Slot, Value, bare
from bot.language.numbers import written_out

#: Digits that stand for a whole number.
DIGITS = 4

_ANNOUNCED = re.compile(
    rf"(?:尾号|尾数|[后末][四4]位|最[后末][四4]位|(?<!的)(?:手机|电话)号?码?)(?:数字?|号码)?(?:就?是|为|[:：])*\s*(?P<digits>\d{{{DIGITS}}})(?![\d\-栋号楼室年月点元块万])"
)
#: Said instead of digits by whoever knows of none.
NONE = "none"

_NONE = re.compile(
    "没(?:有)?(?:登记|登过|留|填|存|印象)|记不[清得住]|忘(?:记|了|掉)|不(?:知道|晓得|清楚|记得)|唔(?:知|记得)|换(?:过|了)?(?:号|手机)|(?:请|让|由|给)?物业核对"
)

#: Says so, where no digits stand beside it: 没有，手机换了; 让物业帮我绑.
_NONE_NOW = re.compile(
    r"^(?:我|俺)?(?:没有?|冇|无)[,，。\s]|(?:手机|号码?|电话)(?:号码?)?(?:早就?|已经?|都|也|刚)*(?:换|停|注销|销|丢|不用|没用)"
    "|(?:请|让|由|给|叫|找|麻烦|等)(?:你们)?物业(?:的?人)?(?:来|帮|给|去|直接)*(?:我|俺)?(?:们)?(?:忙|一下)?(?:来)?(?:核|查|绑|登记|弄|办|搞|处理|确认|看)"
)

_BARE = re.compile(
    rf"(?:登记|预留|留)?(?:的)?(?:手机|电话)?(?:号码?)?(?:[后末][四4]位|尾号)?(?:就?是|为|[:：]|嗯|哦|[,，\s])*(?P<digits>\d(?:[\s\-.]?\d){{{DIGITS - 1}}})(?:吧|呀|啊|哦|的)?"
)


#: Digits behind a flat, perhaps with the name whose they are: 3-3-102 9424, 3栋2单元502 谢梅凤6812. 2019 behind words may be a year.
_BEHIND_FLAT = re.compile(
    rf"(?:(?<=\s)|[\s,，。;；、□])[\s,，]*(?:(?P<who>[\u4e00-\u9fff]{{2,4}})[\s,，]*)?(?P<digits>\d{{{DIGITS}}})[\s。.]*"
)
_FOUR = re.compile(r"\d{4}|[零〇一二三四五六七八九幺两]{4}")
_YEAR = re.compile("(?:19|20)")
_NO_NAME = re.compile("[住搬买入建修房租号楼栋层路年月日到从]")


def _take(message: Message, slot: Slot) -> Value | None:
    """Return what a sentence plainly tells: 尾号8001, 后四位是8001, and beside a whole flat 8001 or all of a number."""
    if said := _ANNOUNCED.search(written_out(message.text)):
        return said["digits"]
    flats = [one for one in message.found(flat.GRAMMAR) if isinstance(one.value, flat.Flat)]
    whole = [one for one in flats if isinstance(one.value, flat.Flat) and one.value.building and one.value.room]
    numbers = message.found(phone.GRAMMAR) if whole else ()
    return re.sub(r"\D", "", str(numbers[0].value)) if len(numbers) == 1 else _behind_flat(message.text, whole)


def _behind_flat(text: str, whole: Sequence[Found]) -> str | None:
    said = _BEHIND_FLAT.fullmatch(text, whole[-1].stop) if whole else None
    if said is None or (said["who"] and (_YEAR.match(said["digits"]) or _NO_NAME.search(said["who"]))):
        return None
    return said["digits"]


def _read(message: Message, slot: Slot) -> Value | None:
    """Return a bare answer's four digits, or a whole number; NONE for whoever knows of none."""
    if answers.is_skip(bare(message.text)) or _NONE.search(message.text):
        return NONE
    if _NONE_NOW.search(message.text) and not _FOUR.search(message.text):
        return NONE
    whole = message.found(phone.GRAMMAR)
    if whole:
        return re.sub(r"\D", "", str(whole[-1].value))
    return _bare(message.rest) or _take(message, slot)


def _bare(text: str) -> str | None:
    """Return the digits that a message, or one clause of it, is: 2160; 我是张勇，3871."""
    for words in (text, *re.split(r"[\s,，。;；、]+", text)):
        if said := _BARE.fullmatch(written_out(bare(words))):
            return re.sub(r"\D", "", said["digits"])
    return None


def told(text: str) -> str:
    """Return the digits of a message that is nothing else: 2160, 尾号二一六零; nothing where it says more."""
    alone = _BARE.fullmatch(written_out(bare(text))) or _ANNOUNCED.fullmatch(written_out(bare(text)))
    return re.sub(r"\D", "", alone["digits"]) if alone else ""


KIND = Kind(
    name="tail", title="手机后四位", take=_take, read=_read, called=("后四位", "尾号"), is_exact=True, is_topic=False, is_secret=True,
    is_single=True, is_strict=True,
)  # fmt: skip
