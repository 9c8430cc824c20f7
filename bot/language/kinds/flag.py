"""Yes or no, or words that say as much: 急, 不着急."""

import re

from bot.language import answers, questions
from bot.language.kinds.kind import Aspect, Kind, Message, Slot, Value, bare
from bot.language.normalise import PAUSES

_AROUND = re.compile(r"[\s,，。.!！~～]+|[啊呀的了哦]+$")
_CALM = re.compile(r"不(?:是很|太|着|算)?急|不急|不着急|慢慢来|不用急|有空再|不(?:要|打)紧")

_BREATH = re.compile(r"[\s,，。.!！]+")


def _take(message: Message, slot: Slot) -> Value | None:
    """A word of one sign counts only where nothing else stands between two pauses: 急，小孩在那儿 does, 应急灯 does not."""
    if _CALM.search(message.text):
        return False
    words = [word for said in slot.options.values() for word in said]
    clauses = {_AROUND.sub("", clause) for clause in (message.text, *PAUSES.split(message.text))}
    return True if any(word in clauses or (len(word) > 1 and word in message.text) for word in words) else None


def _read(message: Message, slot: Slot) -> Value | None:
    answer = bare(message.rest)
    first = _BREATH.split(answer)[0]  # 是，取消老马的; 好的，那他几点到？ says no yes
    if answers.is_yes(answer) or (answers.is_yes(first) and not questions.is_question(message.text)):
        return True
    return False if answers.is_no(answer) or answers.is_skip(answer) else None


def _say(value: Value, slot: Slot, now: object) -> str:
    return "是" if value else "否"


KIND = Kind(
    name="flag", title="是否", aspect=Aspect.WHETHER, take=_take, read=_read, say=_say, is_worded=True, fits_any_words=True, tells=True,
)  # fmt: skip
