"""Where in a text a time may begin. Pure."""

import re
from collections.abc import Iterable

from bot.language.times import clocks, days, festivals

_NUMERAL = "零〇一二两三四五六七八九十廿半几俩仨"
_UNIT = r"年月日号点时个到至\-~、,/和跟或天周星礼小分刻秒钟多来"
_WORDS = (
    *days.RELATIVE, *clocks.PARTS, *festivals.NAMES, "次日", "隔天", "转天", "翌日", "那天", "当天", "同一天", "头一天", "前一天", "后一天",
    "除了", "除开", "除去", "现在", "马上", "立刻", "立马", "这会儿", "尽快", "即刻", "农历", "阴历", "旧历", "夏历", "正月", "元月", "冬月", "腊月", "闰月",
    "上旬", "中旬", "下旬", "三十", "双休", "过夜", "留宿", "借宿", "半天", "今年", "明年", "后年", "去年", "前年", "过年", "新年",
)  # fmt: skip


def _beginnings(words: Iterable[str]) -> str:
    """Return a pattern of the first two signs of words; those that begin alike stand together."""
    seconds: dict[str, set[str]] = {}
    for word in words:
        if len(word) > 1:
            seconds.setdefault(word[0], set()).add(word[1])
    return "|".join(f"{first}[{''.join(sorted(others))}]" for first, others in sorted(seconds.items()))


#: Where a time may begin: two signs tell most of what is none from what may be one.
MAYBE = re.compile(
    rf"""
      (?<!\d)\d{{1,4}}(?=[ ]?[{_UNIT}{_NUMERAL}:./·pa]) | (?<!\d)\d{{8}}(?!\d)
    | [{_NUMERAL}](?=[{_NUMERAL}]{{0,4}}[{_UNIT}]|初)
    | {_beginnings(word for word in _WORDS if word.isalpha() and not word.isascii())}
    | 大{{1,3}}[前后] | [今明后](?=[ ]?\d) | [今明后][明后天] | [上下本这当]个?[周星礼月下上] | [周星礼][一二三四五六日天末期拜1-6初中底]
    | [年月][底末初中头尾廿二] | [{_NUMERAL}]月 | 初[{_NUMERAL}] | 第[{_NUMERAL}\d]{{1,2}}个?[天周星礼]
    | [早晚夜](?=[差{_NUMERAL}\d]) | 差(?=[{_NUMERAL}\d]) | 过(?=[{_NUMERAL}好\d]) | 再[过下有] | 还[有要得] | 好几 | [待玩停住坐呆](?=[停留上大差最顶个{_NUMERAL}\d])
    | (?<![a-z])(?:{"|".join("mon tue wed thu fri sat sun tod ton tom tmr day next noon morn after even night".split())})
    """,
    re.VERBOSE,
)
