"""Which of the latest notices answers a question, and with which of its sentences: 几点来水. Pure, and strict.

A question is answered where the notice speaks of the same thing (水, 电梯) and has what is asked for: a time for 几点, a day for 哪天.
Words that stand in all notices, or ask and say nothing of the matter, count for nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Older notices answer nothing: 停水停到几点 is not about last month's.
LIVES = timedelta(days=7)

#: Sentences that are told of one notice.
TOLD = 2

#: What people ask about -> the words of notices that speak of it, longest first. A question without any of them is not answered.
MATTERS: Mapping[str, tuple[str, ...]] = {
    "水": ("停水", "供水", "来水", "用水", "送水", "水压", "没水", "有水", "自来水"),
    "水箱": ("水箱", "水池"),
    "电": ("停电", "供电", "来电", "用电", "送电", "没电", "有电"),
    "气": ("停气", "供气", "来气", "通气", "燃气", "天然气", "煤气"),
    "暖": ("供暖", "暖气", "供热", "停暖", "来暖", "试暖"),
    "网": ("宽带", "网络", "断网", "光纤", "信号"),
    "电梯": ("电梯",),
    "门禁": ("门禁", "刷卡", "刷脸"),
    "消防": ("消防", "演习", "演练"),
    "消杀": ("消杀", "消毒", "灭鼠", "灭蚊", "蟑螂", "除四害", "打药"),
    "外墙": ("外墙",),
    "路": ("修路", "道路", "路面"),
    "车": ("停车", "车位", "车库", "充电桩", "充电"),
    "树": ("修剪", "树枝", "除草"),
    "活动": ("活动", "演出", "电影", "义诊", "体检", "讲座"),
    "核酸": ("核酸", "疫苗"),
    "垃圾": ("垃圾",),
    "快递": ("快递",),
    "投票": ("投票", "业主大会", "选举"),
    "收费": ("物业费", "缴费", "收费"),
    "放假": ("放假", "春节", "国庆", "元旦", "值班"),
    "清洗": ("清洗", "疏通", "管道"),
}

_WORDS = {word: matter for matter, words in MATTERS.items() for word in words}
_ANY = re.compile("|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True)))

_ASKS_WHEN = re.compile(r"几点|几时|什么时候|啥时候?|多会儿|好久|多久|多长时间|几号|哪天|哪一天|到什么|恢复|结束|完|解除")
_ASKS_END = re.compile(
    r"到几|到什么时候|到啥时候|停多久|多久|多长时间|恢复|结束|完|解除|(?:几点|什么时候|啥时候?|几时).{0,3}(?:来|有|通|送)[水电气暖]|来[水电气暖]"
)
_ASKS_PLACE = re.compile(r"哪里|哪儿|在哪|什么地方|啥地方|边度|哪栋|哪几栋|哪个")
_ASKS_WHY = re.compile(r"为什么|为啥|咋回事|怎么回事|什么原因|点解")
_ASKS = re.compile(
    rf"{_ASKS_WHEN.pattern}|{_ASKS_PLACE.pattern}|{_ASKS_WHY.pattern}|[吗么嘛呢?？没不]$|能不能|可不可以|有没有|是不是|会不会|要不要|停不停|怎么|什么|啥"
)
_BARE = re.compile(
    r"(?:请问|那么?|大概|预计|到底|一般|得|要|还要)*(?:几点钟?|几时|什么时候|啥时候?|多会儿|多久|多长时间|到几点|到什么时候|几号|哪天)(?:能|才|可以|会|就)*"
    r"(?:恢复|结束|开始|完|解除|能用|通)(?:了|啊|呀|呢|吗|的)*[?？!！。 ]*"
)
_TIME = re.compile(
    r"\d{1,2}\s*[:：]\s*\d{2}|(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[点时](?!候)|\d{1,2}\s*[日号]|[上下中]午|晚上|凌晨|全天|[今明后]天|周[一二三四五六日末]|小时"
)
_ENDS = re.compile(r"恢复|结束|解除|为止|至|到|[-~—–－]")
_PLACE = re.compile(r"栋|幢|单元|号楼|门口|广场|中心|大厅|室|区|层|楼")
_WHY = re.compile(r"因|由于|检修|维修|改造|抢修|清洗|更换|为了|原因")
_WHETHER = re.compile(r"([停来有供通修])[不没]\1")
_SENTENCE = re.compile(r"[^。！!；;\n]+[。！!；;]?")


@dataclass(frozen=True, kw_only=True)
class Said:
    """One notice."""

    title: str
    body: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Found:
    """The notice that answers, and the sentences that do."""

    notice: Said
    words: str


def find(question: str, notices: Sequence[Said]) -> Found | None:
    """Return what answers a question among notices, the newest first; None where none surely does."""
    asked = _matters(_whether(question))
    if not asked or not _ASKS.search(question):
        return None
    scored = [(score, -number, notice) for number, notice in enumerate(notices) if (score := _score(asked, notice)) > 0]
    if not scored:
        return None
    _, _, best = max(scored, key=lambda one: one[:2])
    words = _fitting(question, asked, best)
    return Found(notice=best, words=words) if words else None


def asks(text: str) -> bool:
    """Tell whether a message asks something that a notice may answer."""
    return is_bare(text) or bool(_ANY.search(_whether(text)) and _ASKS.search(text))


def is_bare(question: str) -> bool:
    """Tell whether a question names nothing: 几点恢复？ After a notice it is about that."""
    return _BARE.fullmatch(question.strip()) is not None


def is_about(question: str, title: str, body: str) -> bool:
    """Tell whether a notice speaks of all that is asked about."""
    asked = _matters(_whether(question))
    return bool(asked) and asked <= _matters(title) | _matters(body)


def fitting(question: str, notice: Said) -> str:
    """Return the sentences of one notice that answer a question; empty where none surely does."""
    return _fitting(question, _matters(_whether(question)), notice)


def untold(question: str, notices: Sequence[Said]) -> str:
    """Return the word for what is asked about and no notice speaks of: 停水; empty where nothing known is asked about, or one does."""
    said = _ANY.search(_whether(question))
    if said is None or any(_WORDS[said[0]] in _matters(notice.title + notice.body) for notice in notices):
        return ""
    return said[0]


def _whether(question: str) -> str:
    """Return 停水 for 停不停水, 会停水 for 会不会停水."""
    return _WHETHER.sub(r"\1", question)


def _matters(text: str) -> frozenset[str]:
    return frozenset(_WORDS[match[0]] for match in _ANY.finditer(text))


def _score(asked: frozenset[str], notice: Said) -> int:
    """Return how well a notice fits: all that is asked about must be spoken of, best in the title; of equal ones the newest counts."""
    titled, told = _matters(notice.title), _matters(notice.body)
    return 1 + 2 * len(asked & titled) if asked <= titled | told else 0


def _fitting(question: str, asked: frozenset[str], notice: Said) -> str:
    """Return the sentences that have what is asked for; empty where none has."""
    sentences = [sentence.strip() for sentence in _SENTENCE.findall(notice.body) if sentence.strip()]
    wanted = _wanted(question)
    fitting = [one for one in sentences if all(words.search(one) for words in wanted)]
    about = [one for one in fitting if _matters(one) & asked]
    if asked <= _matters(notice.title):  # what the whole notice is about need not be said in each sentence
        about = about or fitting
    if not wanted and not about and asked <= _matters(notice.title):
        about = sentences
    return "".join(about[:TOLD])


def _wanted(question: str) -> list[re.Pattern[str]]:
    if _ASKS_WHY.search(question):
        return [_WHY]
    if _ASKS_END.search(question):
        return [_TIME, _ENDS]
    if _ASKS_WHEN.search(question):
        return [_TIME]
    return [_PLACE] if _ASKS_PLACE.search(question) else []
