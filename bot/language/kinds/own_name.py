"""What who writes is called themselves: 我叫吕勇, 业主何子伟, 孟晓燕. The name of somebody of theirs is none: 我妈叫许桂怡. Pure."""

import re

from bot.language.kinds import flat, moment, name, proper
from bot.language.kinds.called import is_described
from bot.language.kinds.kind import LOOKED_THROUGH, Aspect, Kind, Message, Slot, Value
from bot.language.kinds.proper import (
    AGED,
    COMPOUND,
    FAMILIAR,
    INTRODUCED,
    LATIN,
    NAME,
    PET_NAME,
    SHORT_NAME,
    SURNAMES,
    TITLES,
    TRANSCRIBED,
)
from bot.language.late import Late
from bot.language.people import OWN_RELATIVE, RELATIVE

#: Who is spoken of, and is not who writes.
_OTHERS = Late(
    rf"(?:{RELATIVE}|{OWN_RELATIVE}|[他她佢伊])(?:们)?(?:的)?(?:名字|姓名|大名)?(?:就)?(?:叫|是|姓|名)|给(?:我|俺)?(?:{RELATIVE}|{OWN_RELATIVE})"
)
#: What stands before a name that is one's own: 我叫, 本人, 业主.
_TOLD = Late(rf"""(?x:
    (?:(?<![\u4e00-\u9fff])|(?<=[□,，。\s的户元室号栋好]))(?:我|俺|吾|偶|本人|业主|户主|房东|租户|租客|住户|姓名|名字|全名)(?:的)?(?:名字|姓名|全名)?
    (?:是|叫做?|就是|就叫|[:：])*(?:□+的?)?(?:业主|户主|房东|租户|租客|住户)?\s*
    (?P<n>{NAME}|{TRANSCRIBED})(?=$|[\s,，。.!！、?？□啊呀吧]|的(?:$|[\s,，。])|电话|手机|尾号|号码)
  )""")
#: Words for others, before or instead of a name.
_SOMEBODY = Late(rf"(?:{RELATIVE}|{OWN_RELATIVE})(?=..)|[他她佢伊]|其他|其它|别人|另外|帮")
#: What may stand before a name that was asked for.
_CALLED = re.compile(
    r"^(?:你好|您好|好的?|嗯|哦|那|就|可以|请)*(?:我|俺|本人)?(?:的)?(?:名字|姓名|大名)?(?:就)?(?:是|叫我?|姓名?|称呼我?|喊我)?[:：]?"
)
#: A name that is no other word: 呵呵哒 is none.
_NAMED = Late(rf"(?:{NAME}|{TRANSCRIBED})")
#: What is said as a name, and may be one: 咳嗽 is none.
_AS_NAME = Late(
    rf"{NAME}|{TRANSCRIBED}|{LATIN}|{FAMILIAR}|{SHORT_NAME}|{PET_NAME}|(?:{COMPOUND}|[{SURNAMES}])(?:{TITLES}|{AGED})"
)
#: A name beside a flat and the digits that show whose it is: 12栋3单元801 汪磊 1016, 程晓敏 3栋1单元302 尾号0997.
_TAIL = r"(?:(?:登记|预留)?的?(?:手机|电话)?号?码?(?:尾号|尾数|[后末][四4]位)?(?:就?是|为|[:：])?)\s*\d{4}[\s。.]*"
_BEHIND_FLAT = Late(
    rf"[\s,，。;；、的]*(?:业主|户主|租户|租客|住户|我?是|我叫)?(?P<n>{NAME}|{TRANSCRIBED})[\s,，。;；、]*{_TAIL}"
)
_BEFORE_FLAT = Late(rf"(?:[你您]好)?[\s,，]*(?P<n>{NAME}|{TRANSCRIBED})[\s,，]+(?:[\u4e00-\u9fff]{{2,8}}[小社]?区)?[\s,，]*")
_DIGITS = re.compile(rf"[\s,，。;；、]*{_TAIL}")
#: Points at somebody of a list, or at oneself, and names nobody.
_POINTS = re.compile(
    "本人|自己|就是我|是我|那个|这个|前面|后面|上面|下面|第|确认|确定|没有|不是|都不|取消|人工|租|房东|业主|户主"
)
_CLAUSES = re.compile(r"[,，。;；!！?？~～]+")


def _take(message: Message, slot: Slot) -> Value | None:
    """Return the name by which a sentence says who writes; what is known already only a correction replaces."""
    rest = message.rest[:LOOKED_THROUGH]
    if _OTHERS.search(rest) or (slot.name in message.known and not message.corrects):
        return None
    said = (*INTRODUCED.finditer(rest), *_TOLD.finditer(rest))
    found = [match["n"] for match in said if _is_own(match["n"])]
    return found[-1] if found else _beside_flat(message)


def _beside_flat(message: Message) -> str | None:
    """Return the name that stands beside a whole flat and the digits of a number, where nothing else is said."""
    whole = [one for one in message.found(flat.GRAMMAR) if isinstance(one.value, flat.Flat) and one.value.room]
    if len(whole) != 1:
        return None
    before, behind = message.text[: whole[0].begin], message.text[whole[0].stop :]
    said = _BEHIND_FLAT.fullmatch(behind) or (_BEFORE_FLAT.fullmatch(before) if _DIGITS.fullmatch(behind) else None)
    return said["n"] if said is not None and _is_own(said["n"]) and name.read_alone(said["n"]) == said["n"] else None


def _read(message: Message, slot: Slot) -> Value | None:
    """Return the name of an answer that is one; of who comes and when, and of what somebody else is called, nothing is taken."""
    rest = message.rest[:LOOKED_THROUGH]
    if message.found(moment.GRAMMAR) or _OTHERS.search(rest):
        return None
    if told := _take(message, slot):
        return told
    clauses = [words for clause in _CLAUSES.split(rest) if (words := clause.strip(" □\n"))]
    for words in (*clauses, *(part for clause in clauses for part in clause.split())):
        if _is_own(called := name.read_alone(_CALLED.sub("", words) or words)) and _may_be(called):
            return called
    return None


def _may_be(called: str) -> bool:
    """Tell whether what was asked for as a name is said as one."""
    return _AS_NAME.fullmatch(called) is not None or proper.is_announced(called)


def told(text: str) -> str:
    """Return the name that a message is, and nothing else: 钟桐, 我叫马小明; empty where it says more, or agrees or points only."""
    said = text.strip(" ，,。.!！、\n")
    called = name.read_alone(_CALLED.sub("", said) or said) or ""
    return called if _is_own(called) and _NAMED.fullmatch(called) and not _POINTS.search(said) else ""


def _is_own(called: str) -> bool:
    """Tell whether words may be somebody's own name: one, by which others would call them, and no relation."""
    return (
        bool(called)
        and not any(sign in called for sign in "、码的")
        and not name.ILL.search(called)
        and not is_described(called)
        and not _SOMEBODY.match(called)
    )


KIND = Kind(
    name="own_name", title="自己的姓名", aspect=Aspect.WHO, take=_take, read=_read, called=("名字", "姓名", "称呼"),
    is_worded=True, belongs=True,
)  # fmt: skip
