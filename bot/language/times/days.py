"""Days, weeks, months and years of the calendar, as they are said: 大后天, 25号, 下周的周四, 十月第一个星期一, 元旦前一天. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.language.normalise import longest_first
from bot.language.numbers import value_of
from bot.language.times import festivals, lengths
from bot.language.times.periods import (
    Period,
    day_of,
    month_after,
    month_of,
    nth_week,
    nth_weekday,
    part_of_month,
    part_of_year,
    week_of,
    whole_day,
    year_of,
)

#: Days from today, and the part of day that the word holds.
RELATIVE: dict[str, tuple[int, str]] = {
    "前天": (-2, ""), "前日": (-2, ""), "昨天": (-1, ""), "昨日": (-1, ""), "昨晚": (-1, "晚上"), "昨晚上": (-1, "晚上"), "昨夜": (-1, "夜里"), "昨儿": (-1, ""),
    "今个儿": (0, ""), "明个儿": (1, ""), "后个儿": (2, ""), "明个": (1, ""), "后个": (2, ""), "今黑": (0, "晚上"), "明黑": (1, "晚上"),
    "琴日": (-1, ""), "寻日": (-1, ""), "今天": (0, ""), "今日": (0, ""), "今儿": (0, ""), "今晚": (0, "晚上"), "今晚上": (0, "晚上"),
    "今天晚上": (0, "晚上"), "今晚黑": (0, "晚上"), "今晚夜": (0, "晚上"), "今早": (0, "早上"), "今晨": (0, "清晨"), "今夜": (0, "夜里"), "今朝": (0, ""), "当晚": (0, "晚上"),
    "明天": (1, ""), "明日": (1, ""), "明儿": (1, ""), "明朝": (1, ""), "明晚": (1, "晚上"), "明晚上": (1, "晚上"), "明晚黑": (1, "晚上"), "明夜": (1, "夜里"), "明早": (1, "早上"),
    "明晨": (1, "清晨"), "听日": (1, ""), "听朝": (1, "早上"), "听晚": (1, "晚上"), "听晚黑": (1, "晚上"), "后天": (2, ""), "后日": (2, ""), "后儿": (2, ""), "后朝": (2, ""),
    "后晚": (2, "晚上"), "后晚上": (2, "晚上"),
    "today": (0, ""), "tonight": (0, "晚上"), "tomorrow": (1, ""), "tmrw": (1, ""), "tmr": (1, ""), "day after tomorrow": (2, ""),
}  # fmt: skip

_WEEKDAYS = dict(zip("一二三四五六日天末1234567", (0, 1, 2, 3, 4, 5, 6, 6, 5, 0, 1, 2, 3, 4, 5, 6), strict=True))
#: The first three letters tell the day: Friday, Fri, Thurs.
_ENGLISH = {name: day for day, name in enumerate("mon tue wed thu fri sat sun".split())}
_WHICH = {"下下下": 3, "下下": 2, "下": 1, "上": -1, "上上": -2}

#: Between the first and the last of a range.
LINK = "[ ]?(?:到|至|to(?![a-z])|[-~]{1,2})[ ]?"

_NUMBER = r"(?:\d{1,2}(?!\d)|[一二三四五六七八九十廿][一二三四五六七八九十]{0,2})"
_NTH = r"(?:第(?P<nth>[一二三四五1-5])个?|最后一?个?(?P<final>))"
#: What is counted, priced or lived at, and no day.
_NO_DAY = "登|楼|栋|幢|线|门|车|电梯|单元|院|库|岗|机|码|桌|路|口|房|厅|别墅|桩|位(?!来)|铺|弄|院|仓"
_NO_MONTH = "嫂|经|饼|亮|卡|票|供|租|薪|费|子|度|球|季|光"
_COUNTED = "个|块|元|毛|度|%|℃|米|斤|岁|人|位|栋|楼|号楼|层|室|单元|分|小时|折|倍|次|点|期|寸|升|公里|天|楼|万|千|百"
_BEHIND = rf"(?:[号日](?!{_NO_DAY}|\d{{3}})|(?={LINK}{_NUMBER}[号日](?!{_NO_DAY}))|(?![号日\d]|{_COUNTED}))"

_YEAR = re.compile(
    rf"(?:(?P<year>20\d\d|[二两][零〇][零〇一二三四五六七八九]{{2}}|(?<!\d)[2-9]\d(?=年{_NUMBER}月))年|(?P<which>今|明|后|去|前)年)的?(?![龄初限])"
)
_NUMERIC = re.compile(
    r"""
      (?<!\d)(?P<year>20\d\d)(?:[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)
                              |(?P<months>0[1-9]|1[0-2])(?P<days>0[1-9]|[12]\d|3[01])(?!\d))[号日]?
    | (?<![\d./:])(?<![^\d号日点分时午]-)(?P<slash>1[0-2]|0?[1-9])[/.·](?P<slash_day>3[01]|[12]\d|0?[1-9])
      (?:[号日]|(?![\d./%度℃元块万千米公号栋楼:·-]|[ ]?[ap]m)|(?=[-~至到](?:1[0-2]|0?[1-9])[/.·]\d))
    | (?<![\d./:])(?!24/7)(?P<day_first>3[01]|2\d|1[3-9])/(?P<month_behind>1[0-2]|0?[1-9])(?![\d./%度℃元块万千米公号栋楼:·-])
    | (?<![\d./:a-z-])(?P<clock_month>1[0-2]|0?[1-9])-(?P<clock_day>3[01]|[12]\d|0?[1-9])(?=[ ]?(?:[01]?\d|2[0-3]):[0-5]\d)
    | (?<![\d./:a-z-])(?P<dash>0[1-9]|1[0-2])-(?P<dash_day>0[1-9]|[12]\d|3[01])(?:[号日]|(?![\d./%度℃元块栋楼层室单元号点个人位天岁月小时分次米-]))
    """,
    re.VERBOSE,
)
_MONTH = re.compile(
    rf"""
      (?<![\d第.每])(?P<month>{_NUMBER}|元)月份?(?!{_NO_MONTH}|[一两]次)
    | (?P<which>下下个?|下个?|上个?|本|这个?|当)月份?(?!{_NO_MONTH})
    """,
    re.VERBOSE,
)
_IN_MONTH = re.compile(
    rf"""
      的?月?(?P<part>底|末|尾|初|头(?!一)|[上中下]旬|中(?![午国介])) (?:那几天|的时候)?
    | 的?{_NTH}(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])?末?
    | 的?(?P<last>最后)一[天日]
    | 的?第(?P<nth_day>[一二三四五六七八九十]{{1,2}}|\d{{1,2}})[天日]
    | 的?(?P<day>{_NUMBER}){_BEHIND}
    """,
    re.VERBOSE,
)
_IN_YEAR = re.compile("的?年?(?P<part>初|底|末|中(?![午国秋]))|的?(?P<last>最后)一[天日]")
_EDGE = re.compile(
    "(?<!每)(?<!每个)(?:(?P<month>月(?:底|末|初|中|头|尾)|[上中下]旬)|(?P<year>年(?:底|末|初(?![一二三四五六七八九十])|中)))(?!总结|奖)"
)
_WEEK = re.compile(
    r"""
    (?P<which>下下下?个?|下个?|上上?个?|本|这个?|当|)(?P<word>周|星期|礼拜)
    (?: (?:的?(?:周|星期|礼拜))?(?P<weekday>[一二三四五六日天]|[1-6](?!\d))(?![年月]|[个位名次趟](?!月))
        (?:(?P<next>[、,/和或跟]?[一二三四五六日天]+)(?![一二三四五六七八九十\d]|点|时(?!间)|[个号日月楼栋单刻位名人次天分早大整直起般块家下共]|[-~到至]))?
      | 的?(?P<alike>今[天日儿]|同一天|这一?天)
      | (?P<weekend>末|双休日?)
      | 的?(?P<edge>初|一开始|中(?![午间])|底)
      | (?P<whole>)(?![一二三四五六日天1-9七八九十几末岁刊边围年到转长密全])(?<!每周)
    )
    """,
    re.VERBOSE,
)
_RELATIVE = re.compile(
    rf"""
      (?!(?<=[a-z])[a-z])(?:(?P<far>大{{1,3}})(?P<before>后天|前天|后日|前日|后儿|前儿)|(?P<word>{longest_first(RELATIVE)}))个?(?!(?<=[a-z])[a-z])
    | (?<![\u4e00-\u9fffa-z])(?P<alone>[今明后])(?=[ ]?\d{{1,2}}[:点])
    | (?P<first>[今明后])(?P<second>[明后])(?:两?[天日]|两?晚)(?!的?之?后)
    """,
    re.VERBOSE,
)
_DAY_NUMBER = re.compile(
    rf"""
    (?<![栋楼单元幢座线路位墅铺第A-Za-z\d./:])(?<![^\d号日]-)(?:(?<!车)|(?<=的车))
    (?P<number>{_NUMBER})
    (?: [号日](?!{_NO_DAY}|\d{{3}}|后)
      | (?={LINK}{_NUMBER}[号日](?!{_NO_DAY}|后))
      | (?P<both>[、,/和跟或])(?P<second>{_NUMBER})[号日](?!{_NO_DAY})
    )
    """,
    re.VERBOSE,
)
_WEEKDAY_IN_ENGLISH = re.compile(
    r"(?<![a-z])(?P<next>next\s+)?(?P<day>(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|wed|thu(?:rs?)?|fri)(?![a-z])"
)

#: 周六周日 is one weekend.
_AND_SUNDAY = re.compile("[、,和跟]?(?:周|星期|礼拜)[日天]")
#: 周一至五: behind the link without its word for week.
_BARE_WEEKDAY = re.compile(r"[一二三四五六日天](?![一二三四五六七八九十\d点号月个年时])")

#: A day counted from the one before these words.
_BESIDE = re.compile(
    r"""
      的?(?:(?P<before>(?:前|头)一(?:[天日]|(?P<eve>[晚夜]))|前夕|(?P<eve2>前夜(?!里)))|(?P<after>(?:后一|第二|次|隔|转|翌)[天日]))
    | 的?(?:假期?|期间|长假)?第(?P<nth>[三四五六七八九])天
    """,
    re.VERBOSE,
)
_SAME = re.compile("(?:的)?(?:那|这|当)(?:天|日|个?晚上?(?P<evening>))|那几天|前后(?!天)|整天|全天")
#: The weekday beside a date: 11月25号周三, 28号（周六）.
_WEEKDAY_TOO = re.compile("[(（]?[ ]?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?![到至])[)）]?")
_LAST_DAY = re.compile("的?最后一[天日]")
#: 12月第一周的周三.
_OF_WEEK = re.compile("的?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])")
#: What changes the day before it in a way that is not understood: 下周的前两天, 元旦前几天.
_CHANGED = re.compile(
    r"""
      的?(?:之?前|之?后|头|最后|后面|前面)[几两三四五六七八九十\d]+个?(?:天|日|周|星期|晚|个)
    | 的?第(?:[二两三四五六七八九十]|\d{1,2})个?(?:天|日|晚|周|星期|礼拜)
    | 的?(?:倒数|上一|下一|某|任意|随便|[前后上下]半[周个月年段]|前一?周|后一?周|前段|后段|中间)
    | 的?最后|首[周个]
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """The days that words name, and where these end; no period where they name none that there is."""

    period: Period | None
    stop: int
    part: str = ""
    is_dated: bool = False  # by its number, to which the weekday may be added
    is_weekday: bool = False
    is_relative: bool = False  # 明天: 明天第一天上班 is tomorrow


def read(text: str, begin: int, today: date) -> Days | None:
    """Return the days said at a place; weekdays and numbers count on from `today`."""
    sign = text[begin : begin + 1]
    for signs, reader in _READERS:
        found = reader(text, begin, today) if sign in signs else None
        if found is not None:
            return _beside(found, text) if found.period else found
    return None


def read_bare(text: str, begin: int, today: date) -> Days | None:
    """Return the weekday behind 周一至, whose own word for week is left out."""
    said = _BARE_WEEKDAY.match(text, begin)
    return Days(period=_weekday("", said[0], today), stop=said.end(), is_weekday=True) if said else None


def counts_from_today(text: str, begin: int) -> bool:
    """Tell whether a day is said by its distance from today: 后天, 下周三, 下个月3号."""
    if _RELATIVE.match(text, begin):
        return True
    said = _WEEK.match(text, begin) or _MONTH.match(text, begin)
    return said is not None and bool(said["which"])


# ------------------------------------------------------------------ readers, each of one way to say a day


def _in_a_year(text: str, begin: int, today: date) -> Days | None:
    said = _YEAR.match(text, begin)
    if said is None:
        return None
    words = said["year"] or ""
    which = {"今": 0, "明": 1, "后": 2, "去": -1, "前": -2}
    year = today.year + which[said["which"]] if said["which"] else value_of(words) + (2000 if len(words) == 2 else 0)
    whole, stop = year_of(year), said.end()
    if feast := festivals.read(text, stop, year, today):
        return Days(period=feast[0], stop=feast[1])
    if month := _MONTH.match(text, stop):
        if month["which"]:
            return Days(period=None, stop=month.end())
        return _within([month_of(year, _number_of_month(month["month"]))], text, month.end(), today, any_time=True)
    if part := _IN_YEAR.match(text, stop):
        period = whole_day(whole.last) if part["last"] else part_of_year(whole, part["part"])
        return Days(period=period, stop=part.end())
    return Days(period=whole, stop=stop) if year > today.year else None


def _numeric(text: str, begin: int, today: date) -> Days | None:
    said = _NUMERIC.match(text, begin)
    if said is None:
        return None
    if said["year"]:
        period = day_of(int(said["year"]), int(said["month"] or said["months"]), int(said["day"] or said["days"]))
        if said["months"] and (period is None or period.last < today - _LONG_AGO):
            return None  # the number of something
    else:
        month = said["slash"] or said["dash"] or said["month_behind"] or said["clock_month"]
        day = said["slash_day"] or said["dash_day"] or said["day_first"] or said["clock_day"]
        period = _month_day(int(month), int(day), today)
    return Days(period=period, stop=said.end(), is_dated=True)


def _feast(text: str, begin: int, today: date) -> Days | None:
    found = festivals.read(text, begin, None, today)
    return Days(period=found[0], stop=found[1]) if found else None


def _month(text: str, begin: int, today: date) -> Days | None:
    said = _MONTH.match(text, begin)
    if said is None:
        return None
    if said["month"]:
        number = _number_of_month(said["month"])
        found = _within([month_of(year, number) for year in (today.year, today.year + 1)], text, said.end(), today)
        return None if number > 12 and found.stop == said.end() else found
    which = said["which"].replace("个", "")
    found = _within([month_of(*month_after(today, _WHICH.get(which, 0)))], text, said.end(), today, any_time=True)
    is_whole = found.stop == said.end()
    return None if is_whole and (which not in {"下", "下下"} or text.startswith(("几", "哪"), found.stop)) else found


def _number_of_month(words: str) -> int:
    return 1 if words == "元" else value_of(words)


def _edge(text: str, begin: int, today: date) -> Days | None:
    said = _EDGE.match(text, begin)
    if said is None:
        return None
    if said["year"]:
        periods = (part_of_year(year_of(today.year + count), said[0][1:]) for count in (0, 1))
    else:
        part = said[0][0] if said[0].endswith("旬") else _edge_of(said[0][1:])
        months = (month_of(*month_after(today, count)) for count in (0, 1))
        periods = (part_of_month(month, part) for month in months if month)
    return Days(period=_coming(periods, today), stop=said.end())


def _week(text: str, begin: int, today: date) -> Days | None:
    said = _WEEK.match(text, begin)
    if said is None:
        return None
    which, stop = said["which"].replace("个", ""), said.end()
    if said["weekend"]:
        return Days(period=_weekday(which, "末", today), stop=stop, is_weekday=True)
    if said["weekday"]:
        return _weekdays(which, said, today)
    if said["alike"]:  # 下个礼拜的今天
        return Days(period=whole_day(today + timedelta(days=7 * _WHICH.get(which, 0))), stop=stop)
    week = week_of(today + timedelta(days=7 * _WHICH.get(which, 0)))
    if edge := said["edge"]:
        first, last = {"初": (0, 1), "一开始": (0, 1), "底": (4, 6)}.get(edge, (2, 2))
        period = Period(week.first + timedelta(days=first), week.first + timedelta(days=last))
        return Days(period=period, stop=stop) if which or period.last >= today else None
    return Days(period=week, stop=stop) if _WHICH.get(which, 0) > 0 else None


#: What 后 belongs to where an evening follows.
_BEFORE_LATER = frozenset("班课饭餐完学会业场以然之过最")


def _relative(text: str, begin: int, today: date) -> Days | None:
    said = _RELATIVE.match(text, begin)
    if said is None or (said[0][:2] == "后晚" and text[begin - 1 : begin] in _BEFORE_LATER):  # 下班后晚上
        return None
    if said["first"]:
        first, last = ("今明后".index(said[name]) for name in ("first", "second"))
        period = Period(today + timedelta(days=first), today + timedelta(days=last))
        return Days(period=period if first < last else None, stop=said.end())
    if said["alone"]:  # 明 9:45
        return Days(period=whole_day(today + timedelta(days="今明后".index(said["alone"]))), stop=said.end())
    if said["far"]:
        days, part = 2 + len(said["far"]), ""
        days = days if said["before"].startswith("后") else -days
    else:
        days, part = RELATIVE[said["word"]]
    return Days(period=whole_day(today + timedelta(days=days)), stop=said.end(), part=part, is_dated=True, is_relative=True)


def _number(text: str, begin: int, today: date) -> Days | None:
    """The next such day: this month's, or next month's when it is over."""
    said = _DAY_NUMBER.match(text, begin)
    if said is None or not 1 <= value_of(said["number"]) <= 31:
        return None
    first = _day_number(value_of(said["number"]), today)
    if said["both"]:
        second = _day_number(value_of(said["second"]), first.last) if first else None
        is_pair = first and second and said["both"] != "或" and (second.last - first.first).days == 1
        return Days(period=Period(first.first, second.last) if is_pair and first and second else None, stop=said.end())
    return Days(period=first, stop=said.end(), is_dated=True)


def _english(text: str, begin: int, today: date) -> Days | None:
    said = _WEEKDAY_IN_ENGLISH.match(text, begin)
    if said is None:
        return None
    period = _weekday("下" if said["next"] else "", str(_ENGLISH[said["day"][:3]] + 1), today)
    return Days(period=period, stop=said.end())


#: What each reads, by the first sign: most places are looked at by two or three of them.
_DIGITS, _NUMERALS, _TURNS = "0123456789", "一二三四五六七八九十廿", "上下本这当"
_READERS: tuple[tuple[frozenset[str], Callable[[str, int, date], Days | None]], ...] = tuple(
    (frozenset(signs), reader)
    for signs, reader in (
        (_DIGITS + "二两今明后去前", _in_a_year), (_DIGITS, _numeric), (festivals.BEGINNINGS, _feast), (_DIGITS + _NUMERALS + _TURNS + "元", _month),
        ("年月上中下", _edge), (_TURNS + "周星礼", _week), ({word[0] for word in RELATIVE} | {"大"}, _relative),
        (_DIGITS + _NUMERALS, _number), ("mtwfsn", _english),
    )
)  # fmt: skip


def after(length: lengths.Length, text: str, stop: int, now_day: Period, today: date) -> Days:
    """Return the day so much later, or a day of that week: 两周后的周三."""
    said = _WEEK.match(text, stop + text.startswith("的", stop))
    if said and said["weekday"] and not said["which"] and (week := length.week_after(today)):
        return Days(period=_weekday("", said["weekday"], week.first), stop=said.end())
    return Days(period=now_day, stop=stop)


# ------------------------------------------------------------------ what lies within, what stands beside


def _within(months: Iterable[Period | None], text: str, stop: int, today: date, *, any_time: bool = False) -> Days:
    """Return what further words name of a month, of the first month where it is still to come."""
    said = _IN_MONTH.match(text, stop)
    end = said.end() if said else stop
    found = [period for month in months if month and (period := _part(said, month) if said else month)]
    if any_time:
        return Days(period=found[0] if found else None, stop=end, is_dated=_is_day(said))
    if _is_day(said):
        return Days(period=next((day for day in found if day.last >= today - _LONG_AGO), None), stop=end, is_dated=True)
    return Days(period=_coming(found, today), stop=end)


def _is_day(said: re.Match[str] | None) -> bool:
    return said is not None and said["day"] is not None


#: A day of a month that is further past is next year's.
_LONG_AGO = timedelta(days=60)


def _part(said: re.Match[str], month: Period) -> Period | None:
    if said["part"]:
        return part_of_month(month, _edge_of(said["part"]))
    if said["last"]:
        return whole_day(month.last)
    if said["nth"] or said["final"] is not None:
        nth = value_of(said["nth"]) if said["nth"] else -1
        return nth_weekday(month, nth, _WEEKDAYS[said["weekday"]]) if said["weekday"] else nth_week(month, nth)
    return day_of(month.first.year, month.first.month, value_of(said["nth_day"] or said["day"]))


def _edge_of(words: str) -> str:
    return {"头": "初", "尾": "底", "末": "底"}.get(words, words[0])


def _beside(found: Days, text: str) -> Days:
    """Return the day that is meant by words behind it: 元旦前一天, 28号（周六）; none where they are not understood."""
    period, stop = found.period, found.stop
    if period and found.is_dated and (too := _WEEKDAY_TOO.match(text, stop)):
        fits = period.first.weekday() == _WEEKDAYS[too["weekday"]]
        return replace(found, period=period if fits else None, stop=too.end())
    if found.is_relative:
        return found
    if period and (beside := _BESIDE.match(text, stop)):
        part = "晚上" if beside["eve"] or beside["eve2"] else found.part
        days = int(value_of(beside["nth"])) - 1 if beside["nth"] else -1 if beside["before"] else 1
        is_known = not beside["nth"] or not (found.is_dated or found.is_weekday)
        moved = whole_day(period.first).plus(days) if days > 0 else period.plus(days)
        return Days(period=moved if is_known else None, stop=beside.end(), part=part)
    if period and period.first < period.last and (last := _LAST_DAY.match(text, stop)):
        return replace(found, period=whole_day(period.last), stop=last.end())
    if period and period.unit == "week" and (weekday := _OF_WEEK.match(text, stop)):
        return Days(period=_weekday("", weekday["weekday"], period.first), stop=weekday.end(), is_weekday=True)
    if changed := _CHANGED.match(text, stop):
        return replace(found, period=None, stop=changed.end())
    if same := _SAME.match(text, stop):
        return replace(found, stop=same.end(), part="晚上" if same["evening"] is not None else found.part)
    return found


# ------------------------------------------------------------------ the next of its kind


def _coming(periods: Iterable[Period], today: date) -> Period | None:
    """Return the first that is not over; of one that has begun what is left."""
    found = next((period for period in periods if period.last >= today), None)
    return replace(found, first=max(found.first, today)) if found else None


def _month_day(month: int, day: int, today: date) -> Period | None:
    found = day_of(today.year, month, day)
    if found and today - found.last > _LONG_AGO:
        return day_of(today.year + 1, month, day)
    return found


def _weekdays(which: str, said: re.Match[str], today: date) -> Days:
    """Return one weekday, or two in a row: 周六日; others in one breath are not one time: 周一三五."""
    first = _weekday(which, said["weekday"], today)
    if not said["next"]:
        sunday = _AND_SUNDAY.match(said.string, said.end()) if said["weekday"] == "六" else None
        both = first.plus(1) if sunday else None
        period, stop = (Period(first.first, both.last), sunday.end()) if both and sunday else (first, said.end())
        return Days(period=period, stop=stop, is_weekday=True)
    others = said["next"].lstrip("、,/和或跟")
    second = first.plus(1) if len(others) == 1 and not said["next"].startswith("或") else None
    is_pair = second is not None and second.first.weekday() == _WEEKDAYS[others]
    return Days(period=Period(first.first, second.last) if is_pair and second else None, stop=said.end(), is_weekday=True)


def _weekday(which: str, name: str, today: date) -> Period:
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=7 * _WHICH.get(which, 0) + _WEEKDAYS[name])
    last = day + timedelta(days=1) if name == "末" else day
    if last < today and which in {"", "这", "本", "当"}:
        day, last = day + timedelta(days=7), last + timedelta(days=7)
    return Period(max(day, today) if name == "末" and last >= today else day, last)


def _day_number(number: int, today: date) -> Period | None:
    candidates: Iterator[Period | None] = (day_of(*month_after(today, months), number) for months in (0, 1, 2))
    return next((day for day in candidates if day and day.last >= today), None)
