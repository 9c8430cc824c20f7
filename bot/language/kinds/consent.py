"""Whether somebody consents, once asked: a word in passing is none. Pure."""

import re

from bot.language import answers, questions
from bot.language.kinds.kind import Aspect, Kind, Message, Slot, Value, bare

#: The values: an option of the question, or read from a mere word.
YES, NO = "yes", "no"

_REFUSES = re.compile(
    r"(?:我|俺|那|还是|都|坚决|算了|不了|[\s,，])*(?:不同意|拒绝|不愿意?|不想|不记|别记|不(?:要|用|必)(?:记|存|保存)|不授权|唔同意|勿同意|不答应|不太?好|不太?行|不可以|唔好)(?:[吧了啊的呀啦哈]|谢谢)*"
)
#: What may be consented to in the same breath, and nothing that takes it back: 同意不了.
_TO = "(?:你们?|您|物业|社区|我|给|都|全部?|把|帮|收集|采集|保存|记录?|存|用|查?看|这个|以上|打卡|健康|体温|症状|信息|孩子|家里?人?|以?监护人?|身份|授权|了|的|吧|啊|呀)*"
_CONSENTS = re.compile(
    rf"(?:我|俺|都|全|完全|可以|那)*(?:同意{_TO}|愿意|授权|记[吧上下]?|存[吧着]?|可以[记存])(?:[吧了啊的啦]|保存|谢谢)*"
)
#: A yes as people give it, drawn out or grudging: 好吧同意, 行行行, 可以的呀. Each sign may be read in one way alone.
_AGREES = re.compile(
    r"(?:同意|愿意|答应|可以|行|好|中|成|嗯|哦|噢|没问题|没意见|没关系|冇问题|冇意见|要得|没毛病|吧|的|呀|啊|嘛|啦|了|哈|呗|噻|滴|嘞|咯|哒|那|就|我|俺|都|也|这样|办|[\s,，。.!！~～])+"
)
_CLAUSES = re.compile(r"[\s,，。.;；!！~～]+")
#: What takes a no back, or begins something else of which it is said.
_CHANGES_MIND = re.compile("(?<!不)(?<!没)(?<!唔)(?:同意|愿意|授权|答应)|可以|[打点按说写]错|不是|行吧|好吧|算了|[?？吗]")
_SAYS_SO = re.compile("同意|愿意|答应|可以|行|好|中|成|没问题|没意见|冇问题|冇意见|要得|没毛病")


def _take(message: Message, slot: Slot) -> Value | None:
    """Nothing: nobody consents in passing to what they have not read."""
    return None


def _read(message: Message, slot: Slot) -> Value | None:
    answer = bare(message.rest)
    if questions.is_question(message.text):
        return None
    if _REFUSES.fullmatch(answer) or answers.is_no(answer) or answers.is_skip(answer) or _refuses_first(message.text):
        return NO
    agrees = _AGREES.fullmatch(answer) is not None and _SAYS_SO.search(answer) is not None
    return YES if agrees or _CONSENTS.fullmatch(answer) or answers.is_yes(answer) else None


def _refuses_first(text: str) -> bool:
    """Tell whether a no stands first and the rest only says why: 不同意，不想给你们. 不同意，哦打错了，同意 is for who asks once more."""
    first, *why = [clause for clause in _CLAUSES.split(text) if clause] or [""]
    is_no = bool(_REFUSES.fullmatch(first)) or answers.is_no(first)
    return is_no and bool(why) and not any(_CHANGES_MIND.search(clause) for clause in why)


def _say(value: Value, slot: Slot, now: object) -> str:
    return "同意" if value == YES else "不同意"


KIND = Kind(
    name="consent", title="是否同意", aspect=Aspect.WHETHER, take=_take, read=_read, say=_say, is_worded=True, is_topic=False,
    fits_any_words=True,
)  # fmt: skip
