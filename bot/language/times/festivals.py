"""Festivals, days of the farmers' calendar and solar terms, and when they come. Pure."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from bot.language.normalise import longest_first
from bot.language.numbers import value_of
from bot.language.times import lunar
from bot.language.times.periods import Period, month_of, nth_weekday, whole_day

_FIXED = {
    "元旦": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "植树节": (3, 12), "白色情人节": (3, 14), "消费者权益日": (3, 15), "愚人节": (4, 1),
    "劳动节": (5, 1), "青年节": (5, 4), "护士节": (5, 12), "儿童节": (6, 1), "建党节": (7, 1), "建军节": (8, 1), "教师节": (9, 10),
    "国庆": (10, 1), "万圣节": (10, 31), "双十一": (11, 11), "双十二": (12, 12), "平安夜": (12, 24), "圣诞": (12, 25), "跨年": (12, 31),
}  # fmt: skip
#: Month, which of its weekdays, weekday: the second Sunday of May.
_MOVING = {"母亲节": (5, 2, 6), "父亲节": (6, 3, 6), "感恩节": (11, 4, 3)}
_LUNAR = {
    "春节": (1, 1), "元宵": (1, 15), "龙抬头": (2, 2), "端午": (5, 5), "七夕": (7, 7), "中元": (7, 15), "中秋": (8, 15), "重阳": (9, 9),
    "寒衣节": (10, 1), "下元节": (10, 15), "腊八": (12, 8), "小年": (12, 23),
}  # fmt: skip
_SAID = {
    "国庆": "国庆节 十一国庆节 十一国庆 十一黄金周", "元旦": "元旦节 阳历年", "妇女节": "三八节 三八妇女节 女神节 女生节", "劳动节": "五一 五一节 五一劳动节",
    "青年节": "五四青年节 五四", "儿童节": "六一 六一节 六一儿童节", "建党节": "七一建党节 党的生日", "建军节": "八一 八一节 八一建军节",
    "万圣节": "万圣夜 万圣节前夜", "双十一": "双11 光棍节", "双十二": "双12", "圣诞": "圣诞节", "平安夜": "圣诞夜 圣诞前夜", "跨年": "跨年夜 元旦前夜",
    "情人节": "2.14情人节", "春节": "大年初一 年初一 过年 新年初一", "除夕": "除夕夜 大年三十 年三十 大年夜 年夜 大年三十夜 年卅",
    "元宵": "元宵节 上元节 正月半", "端午": "端午节 端阳 端阳节", "七夕": "七夕节", "中元": "中元节 七月半 鬼节", "中秋": "中秋节 八月半 八月十五中秋 八月十五中秋节",
    "重阳": "重阳节 老人节", "腊八": "腊八节", "小年": "北方小年", "清明": "清明节", "龙抬头": "二月二龙抬头", "寒衣节": "十月一寒衣节",
}  # fmt: skip
_ALIASES = {said: name for name, words in _SAID.items() for said in words.split()}
#: These are rain, snow, dew and names of people, too; only beside such words they are days.
_DOUBTFUL_TERMS = {"雨水", "大雪", "小雪", "白露", "谷雨", "小满", "大寒", "大暑", "寒露", "春分"}

NAMES = (*_FIXED, *_MOVING, *_LUNAR, *_ALIASES, "除夕", *lunar.TERMS)
_FEASTS = tuple(name for name in NAMES if name not in lunar.TERMS or name == "清明")
_SURE_NAMES = [name for name in NAMES if name not in _DOUBTFUL_TERMS]
_LUNAR_DAY = r"初[一二三四五六七八九十]|十[一二三四五六七八九]|[廿][一二三四五六七八九]?|二十[一二三四五六七八九]?|三十|十"
_LUNAR_MONTHS = {"正月": 1, "冬月": 11, "腊月": 12, "闰月": 0}

#: What of these is said, where it begins.
_FEAST = re.compile(
    rf"""
      (?:农历|阴历|旧历|夏历)的?(?:今年|明年)?(?P<farmers>[正冬腊]|[一二三四五六七八九十]{{1,2}}|\d{{1,2}})月(?P<farmers_day>{_LUNAR_DAY}|[一二三四五六七八九]|\d{{1,2}})[号日]?
    | (?P<month>[正冬腊一二三四五六七八九十]|十[一二])月(?P<month_day>初[一二三四五六七八九十]|廿[一二三四五六七八九]?)
    | (?P<named>[正冬腊])月(?:(?P<named_day>{_LUNAR_DAY}|\d{{1,2}})[号日]?|(?P<edge>底|末)|里|间)?
    | (?:大年|过年|新年|春节|(?<!去)年)初(?P<new_year>[一二三四五六七八九十])(?!中|高)
    | (?:大年|年)(?P<old_year>(?:廿|二十?)[一二三四五六七八九])
    | (?P<which_month>初[一二三四五六七八九十]|廿[一二三四五六七八九])(?=那天|[上下中]午|早上|晚上|[来到去](?![了过]))(?<![到升上读年]..)
    | (?<![到升上读念])(?<![孩儿孙]子)(?<![女孙]儿)(?<!闺女|孙女)(?P<bare>初[一二三四五六七八九十])(?![中高级步恋衷学赛期版夏秋冬春了的作题班生男数语英])
    | (?P<name>{longest_first(_SURE_NAMES)})(?!号|点|月|栋|单元|楼|路|轻|饭|级|大道|街|小区|[里]?弄|广场|[.\d])
    | (?P<october>十一)(?=假期|长假|期间|放假|小长假)
    | (?P<term>{"|".join(sorted(_DOUBTFUL_TERMS))})(?=那天|当天|这天|节气|前一天|后一天|前后)(?:节气)?
    """,
    re.VERBOSE,
)
#: The first signs of all of these.
BEGINNINGS = frozenset("农阴旧夏正冬腊一二三四五六七八九十初廿大过新春年雨小白谷寒") | {name[0] for name in NAMES}
_HOLIDAYS = re.compile("(?:(?P<count>[两三五七八3578])天(?!之?以?[前后]))?(?:小?长?假期?|放假|节日?|节气)*(?:期间|里)?")


def read(text: str, begin: int, year: int | None, today: date) -> tuple[Period | None, int] | None:
    """Return the day of a festival and where its words end; the next one, unless a year is said.

    The day is None where the words name none: 初八 of no month, 十三月初八.
    """
    said = _FEAST.match(text, begin)
    if said is None or (said["bare"] and not lunar.is_about_new_year(today)):
        return None
    if (number := said["bare"] or said["which_month"]) and lunar.is_about_new_year(today):
        coming = lunar.coming(value_of(number.lstrip("初廿")) + 20 * number.startswith("廿"), today)
        return (whole_day(coming) if coming else None), said.end()
    years = (year,) if year else (today.year, today.year + 1)
    days = (day for one in years for day in _in_year(said, one))
    holidays = None if said["farmers"] or said["month"] else _HOLIDAYS.match(text, said.end())
    stop = holidays.end() if holidays else said.end()
    found = next((day for day in days if year or day.last >= today), None)
    if found and holidays and holidays["count"]:  # 元旦三天
        found = Period(found.first, found.first + timedelta(days=value_of(holidays["count"]) - 1))
    return found, stop


def name_of(words: str) -> str:
    """Return by which name a festival or solar term is kept that is called so; empty for what is none."""
    return _ALIASES.get(words, words) if words in NAMES else ""


@lru_cache(maxsize=1024)
def day_in(year: int, name: str) -> date | None:
    """Return the day of a festival or solar term, by the name it is kept by, in a year of the common calendar; None if there is none."""
    return next(_named_in(name, year), None)


def is_feast(words: str) -> bool:
    """Tell whether words name a festival, whose name may stand for the days around it."""
    return words.startswith(_FEASTS)


def _in_year(said: re.Match[str], year: int) -> Iterator[Period]:
    """Yield when it is in a year of the common calendar; a lunar year ends in the next of these."""
    if said["october"]:
        yield whole_day(date(year, 10, 1))
    elif name := said["name"] or said["term"]:
        yield from map(whole_day, _named_in(_ALIASES.get(name, name), year))
    elif not said["which_month"]:
        for lunar_year in (year - 1, year):
            found = _farmers(said, lunar_year)
            if found and found.first.year == year:
                yield found


def _named_in(name: str, year: int) -> Iterator[date]:
    if name in _FIXED:
        yield date(year, *_FIXED[name])
    elif name in _MOVING:
        month, nth, weekday = _MOVING[name]
        period = month_of(year, month)
        if period and (found := nth_weekday(period, nth, weekday)):
            yield found.first
    elif name in lunar.TERMS:
        if term := lunar.term_in(year, name):
            yield term
    else:
        days = (lunar.eve_of(one) if name == "除夕" else lunar.day_of(one, *_LUNAR[name]) for one in (year - 1, year))
        yield from (day for day in days if day and day.year == year)


def _farmers(said: re.Match[str], year: int) -> Period | None:
    """Return a day of the lunar year; a whole month or its last days where no day is said."""
    if said["new_year"] or said["old_year"]:
        month, day = (1, value_of(said["new_year"])) if said["new_year"] else (12, _old(said["old_year"]))
        return _one(year, month, day)
    name = said["farmers"] or said["month"] or said["named"]
    month = _LUNAR_MONTHS.get(f"{name}月") or value_of(name)
    words = said["farmers_day"] or said["month_day"] or said["named_day"]
    if words:
        return _one(year, month, value_of(words.lstrip("初")))
    first, last = lunar.day_of(year, month, 1), lunar.last_of_month(year, month)
    if first is None or last is None:
        return None
    return Period(last - timedelta(days=4) if said["edge"] else first, last)


def _old(words: str) -> int:
    """Return 28 for 年廿八, 年二八."""
    return 20 + value_of(words[-1])


def _one(year: int, month: int, day: int) -> Period | None:
    found = lunar.day_of(year, month, day) if 1 <= month <= 12 else None
    if found is None and (month, day) == (12, 30):  # 腊月三十 is the last day, though the month may have 29
        found = lunar.eve_of(year)
    return whole_day(found) if found else None
