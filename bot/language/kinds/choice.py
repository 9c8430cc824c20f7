"""One of the options of a slot, or several of them."""

import re
from collections import Counter
from datetime import datetime
from functools import lru_cache

from rapidfuzz import fuzz, process

from bot.language import answers
from bot.language.corrections import affirmed
from bot.language.kinds.kind import Aspect, Kind, Message, Slot, Value, bare, blank
from bot.language.normalise import longest_first

#: How far before a word the words stand that deny it: 没有发热.
LOOK_BACK = 12

#: The same where it denies several: 没有发烧、咳嗽、乏力.
LOOK_FAR = 40

#: Likeness, in percent, at which a bare answer is taken for the words of an option.
_NEAR = 75

_NEGATED = re.compile(r"(?:不|没有?|无|未|冇|唔|都没有?|也没有?|也不|并不|没怎么|不怎么)(?:什么|再|太|见|觉得|出现|任何)?$")
#: One word denies all that 、 joins: 没有发烧、咳嗽、胸口闷.
_ALL_NEGATED = re.compile(
    r"(?:没有?|无|未见?|冇|都没有?|也没有?|没怎么)(?:什么|再|太|觉得|出现|任何)?(?:(?!就是|但|只是|倒是|可是|不过|有|还)[^，,。；;！!、\s]{1,6}(?:、|或者?|和|及|以及))+$"
)
#: What stands here is where something is, not what is broken: 电梯里的灯, 洗衣机后头那个龙头, 靠窗那面墙.
_STANDS_BEFORE = re.compile(r"(?:靠近?|挨着|临|对着|紧邻)$")
_STANDS_AFTER = re.compile(
    r"(?:里[头面边]?|[上下前后旁外][面头边]|(?:对|侧)面|底下|旁边|隔壁|附近|门?口|间|厅|厢|顶上?|上(?=[的那这有渗漏滴冒])|的(?=水|灯|管|龙头|门|锁|开关|插座|阀|水管))"
)
#: What water comes through: 天花板一直在滴水.
_SURFACE = re.compile(
    "(?:天花板|屋顶|吊顶|墙面?|外墙|地板)(?:上面?|里|缝|角|那?[里边])*(?:一直|老是?|总是?|在|往下|又|还|都|也|开始|到处)*[滴漏渗冒淌流]"
)
#: What somebody does, though it sounds like a thing that may break: 上门前打电话, 敲门没人应.
_NO_THING = re.compile(r"(?:[上敲出进串登叫拍应])门(?!锁|窗|框|把|禁|铃|缝|打不开|关不|坏)|门(?:卫|岗|诊|面)|部门|专门|热门")


def _choice(message: Message, slot: Slot) -> Value | None:
    """The option of which most is said, then whose word is the longest; among equals the first in the file.

    Words for where something is count only where no others are said: the lamp is broken in 电梯里的灯.
    """
    said = _NO_THING.sub(blank, affirmed(message.text))
    found = [(word, value) for value, words in slot.options.items() for word in words if word in said]
    meant = [(word, value) for word, value in found if not _is_where(said, word)] or found
    if not meant:
        return None
    told = Counter(value for word, value in meant if not any(word != other and word in other for other, _ in meant))
    return max(meant, key=lambda one: (told[one[1]], len(one[0])))[1]


def _is_where(text: str, word: str) -> bool:
    """Tell whether a word says each time only where something is."""
    return all(
        _SURFACE.match(text, match.start())
        or _STANDS_BEFORE.search(text, 0, match.start())
        or _STANDS_AFTER.match(text, match.end())
        for match in re.finditer(re.escape(word), text)
    )


@lru_cache(maxsize=256)  # by the words of an option: it takes longer to write than to look through a message
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(longest_first(words))


def _choices(message: Message, slot: Slot) -> Value | None:
    chosen, denied = [], False
    for value, words in slot.options.items():
        if value == "none":
            continue
        for match in _any_of(tuple(words)).finditer(message.text):
            if _denies(message.text, match.start()):
                denied = True
            elif value not in chosen:
                chosen.append(value)
    if chosen:
        return chosen
    nothing = slot.options.get("none", ())
    return ["none"] if "none" in slot.options and (denied or any(word in message.text for word in nothing)) else None


def _denies(text: str, begin: int) -> bool:
    """Tell whether what stands before a word denies it, alone or as one of a list."""
    near, far = max(0, begin - LOOK_BACK), max(0, begin - LOOK_FAR)
    return _NEGATED.search(text, near, begin) is not None or _ALL_NEGATED.search(text, far, begin) is not None


def _read(message: Message, slot: Slot) -> Value | None:
    answer, values = bare(message.rest), list(slot.options)
    picked = answers.pick(answer, [slot.label(value) for value in values])
    return values[picked] if picked is not None else _nearest(answer, slot)


def _nearest(answer: str, slot: Slot) -> str | None:
    words = {word: value for value, said in slot.options.items() for word in said}
    near = process.extractOne(answer, list(words), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return words[near[0]] if near else None


def _read_several(message: Message, slot: Slot) -> Value | None:
    chosen = _read(message, slot)
    if chosen is None:
        return ["none"] if "none" in slot.options and answers.is_skip(bare(message.rest)) else None
    return [str(chosen)]


def _say(value: Value, slot: Slot, now: datetime) -> str:
    values = value if isinstance(value, list) else [str(value)]
    return "、".join(slot.label(item) for item in values)


KIND = Kind(
    name="choice", title="选一", aspect=Aspect.WHICH, take=_choice, read=_read, say=_say,
    has_options=True, is_worded=True, fits_any_words=True, describes=True, parts=True,
)  # fmt: skip
SEVERAL = Kind(
    name="choices", title="可多选", take=_choices, read=_read_several, say=_say,
    has_options=True, holds_several=True, is_worded=True, fits_any_words=True, belongs=True,
)  # fmt: skip
