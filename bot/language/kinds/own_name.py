"""What who writes is called themselves: 我叫吕勇, 业主何子伟, 孟晓燕. The name of somebody of theirs is none: 我妈叫许桂怡. Pure."""

import re

from bot.language.kinds import moment, name
from bot.language.kinds.called import is_described
from bot.language.kinds.kind import LOOKED_THROUGH, Aspect, Kind, Message, Slot, Value
from bot.language.kinds.proper import NAME, TRANSCRIBED
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
    r"^(?:你好|您好|好的?|嗯+|哦|那|就|可以|请)*(?:我|俺|本人)?(?:的)?(?:名字|姓名|大名)?(?:就)?(?:是|叫我?|姓名?|称呼我?|喊我)?[:：]?"
)
#: A name that is no other word: 呵呵哒 is none.
_NAMED = Late(rf"(?:{NAME}|{TRANSCRIBED})")
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
    found = [match["n"] for match in _TOLD.finditer(rest) if _is_own(match["n"])]
    return found[-1] if found else None


def _read(message: Message, slot: Slot) -> Value | None:
    """Return the name of an answer that is one; of who comes and when, and of what somebody else is called, nothing is taken."""
    rest = message.rest[:LOOKED_THROUGH]
    if message.found(moment.GRAMMAR) or _OTHERS.search(rest):
        return None
    if told := _take(message, slot):
        return told
    clauses = [words for clause in _CLAUSES.split(rest) if (words := clause.strip(" □\n"))]
    for words in (*clauses, *(part for clause in clauses for part in clause.split())):
        if _is_own(called := name.read_alone(_CALLED.sub("", words) or words)):
            return called
    return None


def told(text: str) -> str:
    """Return the name that a message is, and nothing else: 钟桐, 我叫马小明; empty where it says more, or agrees or points only."""
    said = text.strip(" ，,。.!！、\n")
    called = name.read_alone(_CALLED.sub("", said) or said) or ""
    return called if _is_own(called) and _NAMED.fullmatch(called) and not _POINTS.search(said) else ""


def _is_own(called: str) -> bool:
    """Tell whether words may be somebody's own name: one, by which others would call them, and no relation."""
    return (
        bool(called) and not any(sign in called for sign in "、码的") and not is_described(called) and not _SOMEBODY.match(called)
    )


KIND = Kind(
    name="own_name", title="自己的姓名", aspect=Aspect.WHO, take=_take, read=_read, called=("名字", "姓名", "称呼"),
    is_worded=True, belongs=True,
)  # fmt: skip
