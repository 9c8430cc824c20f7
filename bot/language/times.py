"""Times as residents say them: 明天下午三点半, 下周二上午, 8点到10点, 月底前, 半小时后.

Conventions: weeks run from Monday to Sunday; 这周X that is over means the next to come; a bare weekday or day number is
the next such day; a clock time without part of day is by day (7-11 morning, 12 noon, 1-6 afternoon) unless that is past;
a date alone is the whole day, 00:00 to 23:59.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from string import ascii_uppercase
from typing import Literal

from bot.language.normalise import longest_first
from bot.language.numbers import NUMBER, value_of

Kind = Literal["clock", "part", "day", "range", "deadline", "instant"]

_RELATIVE = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "昨儿": -1, "今天": 0, "今日": 0, "今儿": 0, "今晚": 0,
    "今早": 0, "今夜": 0, "当天": 0, "今天晚上": 0, "今晚上": 0, "明晚上": 1, "昨晚上": -1, "后晚上": 2, "明朝": 1, "后朝": 2, "明天": 1, "明日": 1, "明儿": 1, "明晚": 1, "明早": 1, "明晨": 1, "听日": 1,
    "今朝": 0, "听朝": 1, "听晚": 1, "今晚黑": 0, "听晚黑": 1, "today": 0, "tonight": 0, "tomorrow": 1, "tmrw": 1, "tmr": 1, "day after tomorrow": 2,
    "后天": 2, "後天": 2, "后日": 2, "后儿": 2, "后晚": 2, "大后天": 3, "大后儿": 3,
}  # fmt: skip
_IMPLIED_PART = {
    "今晚": "晚上", "今天晚上": "晚上", "今晚上": "晚上", "明晚上": "晚上", "昨晚上": "晚上", "后晚上": "晚上", "明晚": "晚上", "昨晚": "晚上", "后晚": "晚上", "今早": "早上", "明早": "早上", "明晨": "清晨", "今夜": "夜里",
    "听朝": "早上", "听晚": "晚上", "今晚黑": "晚上", "听晚黑": "晚上", "tonight": "晚上",
}  # fmt: skip

#: English is read in small letters.
_SMALL = {ord(letter): letter.lower() for letter in ascii_uppercase}

#: Clock skew between "now" as the resident says it and our own.
JUST_NOW = timedelta(minutes=5)

#: Part of day -> the hour it stands for when no clock time is said, and the hour it ends.
_PARTS = {
    "凌晨": (0, 6), "大清早": (7, 9), "清早": (7, 9), "一大早": (7, 9), "一早": (7, 9), "清晨": (7, 8), "早上": (8, 10), "早晨": (8, 10),
    "朝早": (8, 10), "上午": (9, 12), "上半日": (9, 12), "下半日": (14, 18), "中午": (12, 14), "晌午": (12, 14), "正午": (12, 14), "午后": (14, 17), "午饭后": (13, 14), "下午": (14, 18), "傍晚": (18, 19),
    "晚饭后": (19, 21), "晚上": (19, 23), "夜晚": (19, 23), "夜里": (20, 24), "深夜": (22, 24), "半夜": (0, 5), "早": (8, 10), "晚": (19, 23),
    # dialects
    "早起": (8, 10), "头晌": (9, 12), "前晌": (9, 12), "前半晌": (9, 12), "上昼": (9, 12), "晏昼": (12, 14), "晌午头": (12, 14), "后晌": (14, 18), "后半晌": (14, 18),
    "下昼": (14, 18), "擦黑": (18, 19), "夜饭后": (19, 21), "晚黑": (19, 23), "夜头": (19, 23), "夜里厢": (20, 24), "夜里向": (20, 24),
    # English in between
    "morning": (8, 10), "noon": (12, 14), "afternoon": (14, 18), "evening": (19, 23), "night": (19, 23),
}  # fmt: skip
_EVENING = {
    "下午", "下半日", "午后", "傍晚", "晚上", "晚", "夜里", "夜晚", "深夜", "晚饭后", "后晌", "后半晌", "下昼", "擦黑", "夜饭后", "晚黑", "夜头", "夜里厢", "夜里向",
    "afternoon", "evening", "night",
}  # fmt: skip

_SMALL_HOURS = {"凌晨", "半夜"}

#: Whoever comes from this hour on may leave past midnight.
_NIGHT = 18

_HALF_DAYS = {"a": "morning", "p": "afternoon"}

#: Within the early hours a clock time that corrects another stays there.
_EARLY, _MORNING = 5, 9

_WEEKDAYS = dict(zip("一二三四五六日天末1234567", (0, 1, 2, 3, 4, 5, 6, 6, 5, 0, 1, 2, 3, 4, 5, 6), strict=True))
#: The first three letters tell the day: Friday, Fri, Thurs.
_ENGLISH = {name: day for day, name in enumerate("mon tue wed thu fri sat sun".split())}
_WEEKS = {"下下": 2, "下": 1, "上": -1, "本": 0, "这": 0}

_SOLAR = {
    "元旦": (1, 1), "三八节": (3, 8), "五一": (5, 1), "劳动节": (5, 1), "六一": (6, 1), "儿童节": (6, 1), "教师节": (9, 10),
    "国庆": (10, 1), "国庆节": (10, 1), "圣诞节": (12, 25), "圣诞": (12, 25), "双十一": (11, 11),
}  # fmt: skip

#: Lunar festivals by year, in the order of _LUNAR; 2026 and 2027 compared with the dates in docs/decisions.md.
_LUNAR_YEARS = {
    2025: ((1, 28), (1, 29), (2, 12), (4, 4), (5, 31), (8, 29), (10, 6), (10, 29)),
    2026: ((2, 16), (2, 17), (3, 3), (4, 5), (6, 19), (8, 19), (9, 25), (10, 18)),
    2027: ((2, 5), (2, 6), (2, 20), (4, 5), (6, 9), (8, 8), (9, 15), (10, 8)),
    2028: ((1, 25), (1, 26), (2, 9), (4, 4), (5, 28), (8, 26), (10, 3), (10, 26)),
    2029: ((2, 12), (2, 13), (2, 27), (4, 4), (6, 16), (8, 16), (9, 22), (10, 16)),
    2030: ((2, 2), (2, 3), (2, 17), (4, 5), (6, 5), (8, 5), (9, 12), (10, 5)),
}
_LUNAR = ("除夕", "春节", "元宵节", "清明", "端午", "七夕", "中秋", "重阳节")
_ALIASES = {
    "大年三十": "除夕", "年三十": "除夕", "大年初一": "春节", "过年": "春节", "元宵": "元宵节", "清明节": "清明", "端午节": "端午",
    "中秋节": "中秋", "重阳": "重阳节",
}  # fmt: skip
_FESTIVALS = longest_first([*_SOLAR, *_LUNAR, *_ALIASES])

_DAY = re.compile(
    "|".join(
        [
            rf"(?P<year>20\d\d|今|明)年的?(?P<ymonth>{NUMBER})月份?(?P<yday>{NUMBER})[号日]?",
            r"(?P<iso>20\d\d)[-/.](?P<isom>\d{1,2})[-/.](?P<isod>\d{1,2})",
            rf"(?P<month>{NUMBER})月(?P<mday>{NUMBER})[号日]?",
            rf"(?P<rmonth>下下个?|下个?|本|这个?)月(?:(?P<rday>{NUMBER})[号日]|(?P<rpart>底|末|初|中旬?))",
            r"(?P<edge>月底|月末|月初|年底)",
            r"(?P<week>下下个?|下个?|上个?|本|这个?|)(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末1-6])(?!\d|[年月])",
            r"(?P<weekend>周末)",
            r"(?<![a-z])(?P<next>next\s+)?(?P<english>(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|wed|thu(?:rs?)?|fri)(?![a-z])",
            rf"(?<![a-z])(?P<relative>{longest_first(_RELATIVE)})个?(?![a-z])",
            rf"(?P<after>{NUMBER}|半)个?(?P<half>半)?(?P<unit>小时|钟头|分钟|刻钟|天|星期|礼拜|周|月)(?P<half2>半)?(?:之?以?后|过后)",
            rf"过(?P<after2>{NUMBER}|半)个?(?P<unit2>小时|钟头|分钟|天|周|星期|月)",
            rf"(?P<festival>{_FESTIVALS})(?!号|点|月|栋|单元|楼|路)(?:节|假期|当天|那天)?",
            r"(?<![\d./:-])(?P<slashm>1[0-2]|0?[1-9])[/.](?P<slashd>3[01]|[12]\d|0?[1-9])(?![\d./%度℃元块号栋楼:-])",
            r"(?<![栋楼单元幢座线路位第A-Za-z\d.-])(?:(?<!车)|(?<=的车))(?P<number>[0-9]{1,2}|[一二三四五六七八九十廿]{1,3})[号日]"
            r"(?!楼|栋|线|门|车|电梯|单元|院|库|岗|机|码|桌|路|口|房)",
            r"(?P<now>现在|马上|立刻|立马|这会儿|尽快|即刻)",
        ]
    )
)
_ENGLISH_DAY = re.compile(rf"[\s,，]*(?:on\s+)?(?:{_DAY.pattern})")
_CLOCK = re.compile(
    rf"(?:(?P<englishh>1[0-2]|0?[1-9])(?:[:：.](?P<englishm>[0-5]\d))?\s?(?P<half_day>[ap])\.?m(?![a-z])\.?"
    rf"|(?P<part>(?<!最)(?:{longest_first(_PARTS)}))?[的 ]?(?P<short>差(?P<missing>{NUMBER}|一刻)分?)?"
    rf"(?:(?P<colonh>[01]?\d|2[0-4])[:：](?P<colonm>[0-5]\d)(?:[:：][0-5]\d)?"
    rf"|(?P<hour>{NUMBER})(?:点钟?|时(?!候|间)|點)(?:(?P<half>半)|(?P<quarter>[一三1-3])刻"
    rf"|过?(?P<minute>[零〇]?{NUMBER})分?(?!栋|单元|楼|号|个|位|人|元|块))?整?))"
)
_PART = re.compile(f"(?P<part>{longest_first(part for part in _PARTS if len(part) > 1)})")
#: 一点, 有点, 两点建议 … are no clock times.
_NO_CLOCK = re.compile(
    r"一点(?![钟半整过]|\d|[一二三四五]十|刻|到|才[到来能]|左右|来|前|之前|以后|去|回|走|$)|[有差快慢好多少早晚大小重轻高低近远]一?点|[一二两三四五]点(?:建议|意见|要求|问题|想法|原因|希望)"
)
#: 两三点 is two or three, not 23: the earlier one.
_EITHER = re.compile("^([一二两三四五六七八九])[二两三四五六七八九]$")
_FROM_TODAY = re.compile(longest_first(_RELATIVE))
_TO = re.compile("到|至|~|～|-|—")
_BY = re.compile("之前|以前|前(?!天|台|面|门|后)")
_STAY = re.compile(rf"(?:待|玩|停|住|呆|坐)(?:大概|大约|个)?(?P<count>{NUMBER}|半)个?(?P<unit>小时|钟头|天)(?P<half>半)?(?!后)")
_LEAVE = re.compile(
    "(?:多|来钟|左右|的时候|以后|之后|再|大概|差不多)*(?:就|要|才|得|可以|准|肯定|一定)*(?:走(?!到|过来|路)|离开|结束|回去|回家|散|撤|闪人?|动身|完事|收工|收摊|顶天)"
)
#: What lasts no longer than the time that is said next: 最晚十点.
_AT_MOST = re.compile("(?:最晚|最迟|最多|顶多|不超过)(?:到|待到|玩到|坐到)?$")
#: The day after the one that was said before.
_NEXT_DAY = re.compile("(?:第二天|次日|隔天|转天|翌日)[的,，]?")
#: What lasts until the time that is said next: 弄到中午十二点.
_LASTS = re.compile("(?:弄|整|待|呆|玩|耍|住|坐|做|搞|忙|吃|喝|打|聊|唠|逛|看|装|搬|修|用|干|留|多待会儿?|多坐会儿?)[ ]?到$")


@dataclass(frozen=True, kw_only=True)
class Span:
    """One expression: from `start` to `end` in time, from `begin` to `stop` in the text.

    `has_day` and `has_clock` tell what was said; the rest was filled in.
    """

    kind: Kind
    start: datetime
    end: datetime | None
    begin: int
    stop: int
    has_day: bool = False
    has_clock: bool = False


def is_past(moment: datetime, now: datetime) -> bool:
    """Tell whether nobody can come then any more; a day, which begins at 0:00 and ends at 23:59, lasts until it is over."""
    is_day = (moment.hour, moment.minute) in {(0, 0), (23, 59)}
    return moment.date() < now.date() if is_day else moment < now - JUST_NOW


def find(text: str, now: datetime, base: datetime | None = None) -> list[Span]:
    """Return the times in `text`, in order.

    A clock time without a day takes that of the expression before it, or of `base`, which a correction corrects.
    """
    return list(_Scanner(text.translate(_SMALL), now, base).spans())


@dataclass(frozen=True, kw_only=True)
class _Point:
    """What one expression says, before the rest is filled in."""

    stop: int
    first: date | None = None
    last: date | None = None
    minutes: int | None = None  # since midnight
    part: str = ""
    instant: datetime | None = None


def _is_later(clock: re.Match[str]) -> bool:
    """Tell whether 晚一点, 早一点 only mean later or earlier; 今晚一点 and 晚上一点 are times."""
    return clock[0] in {"晚一点", "早一点"}


class _Scanner:
    def __init__(
        self, text: str, now: datetime, base: datetime | None, no_clock: list[tuple[int, int]] | None = None
    ) -> None:  # fmt: skip
        self.text, self.now, self.base = text, now, base
        self.no_clock = [match.span() for match in _NO_CLOCK.finditer(text)] if no_clock is None else no_clock

    def spans(self) -> Iterator[Span]:
        position, previous = 0, self.base
        while position < len(self.text):
            span = self._span(position, previous)
            if span is None:
                position += 1
                continue
            yield span
            previous, position = span.start, span.stop

    def _span(self, begin: int, previous: datetime | None) -> Span | None:
        point = self._next_day(begin, previous) or self._point(begin)
        if point is None:
            stay = _STAY.match(self.text, begin)
            return self._stay(stay, previous) if stay and previous else None
        span = self._resolve(point, begin, previous)
        if span is None:
            return None
        link = _TO.match(self.text, span.stop)
        if link and span.kind != "instant":
            ranged = self._range(span, point, link.end())
            if ranged is not None:
                return ranged
        by = _BY.match(self.text, span.stop)
        if by and span.kind in {"clock", "day", "part"}:
            end = span.end if span.kind == "day" else span.start
            return replace(span, kind="deadline", end=end, stop=by.end())
        if previous and span.has_clock and self._ends(span) and (not span.has_day or span.start > previous):
            end = self._later(span.start, previous, point)
            if end > previous:
                return replace(span, kind="deadline", start=end, end=end)
        if previous and span.kind == "day" and span.end and span.end > previous and self._lasts(span):  # 住到周一
            return replace(span, kind="deadline", start=span.end)
        return span

    @staticmethod
    def _later(end: datetime, previous: datetime, point: _Point) -> datetime:
        """Return when a visit is over that began before, where half a day was left to be understood: 晚上八点来，一点走; 十点来，八点走."""
        later = end + timedelta(hours=12)
        if end > previous or not (previous.hour >= _NIGHT or (not point.part and later.date() == previous.date())):
            return end
        return later

    def _ends(self, span: Span) -> bool:
        """Tell whether words beside a time say that a visit is over then: 五点多走, 弄到十二点."""
        return self._lasts(span) or _LEAVE.match(self.text, span.stop) is not None

    def _lasts(self, span: Span) -> bool:
        before = max(0, span.begin - 6)
        return any(words.search(self.text, before, span.begin) for words in (_LASTS, _AT_MOST))

    def _stay(self, match: re.Match[str], previous: datetime) -> Span:
        count = 0.5 if match["count"] == "半" else float(value_of(match["count"]))
        count += 0.5 if match["half"] else 0
        length = timedelta(days=count) if match["unit"] == "天" else timedelta(hours=count)
        return Span(kind="deadline", start=previous, end=previous + length, begin=match.start(), stop=match.end())

    def _range(self, first: Span, point: _Point, begin: int) -> Span | None:
        # 周一到周五, 1号到3号 count on from the first; 后天到大后天 from today.
        reader = self if _FROM_TODAY.match(self.text, begin) else _Scanner(self.text, first.start, None, self.no_clock)
        second = reader._point(begin)
        if second is None:
            return None
        later = reader._resolve(second, begin, first.start)
        if later is None:
            return None
        end = later.end if later.kind == "day" and later.end else later.start
        if end <= first.start:
            end += timedelta(hours=12)
        if end <= first.start:
            return None
        return replace(first, kind="range", end=end, stop=second.stop)

    # -- one point

    def _next_day(self, begin: int, previous: datetime | None) -> _Point | None:
        """Return the day after the one said before, and the time said of it: 22号来，第二天早上八点走."""
        said = _NEXT_DAY.match(self.text, begin) if previous else None
        if said is None or previous is None:
            return None
        day = previous.date() + timedelta(days=1)
        point = self._point(said.end())
        if point is None or point.first is not None or point.instant is not None:
            return _Point(stop=said.end(), first=day, last=day)
        return replace(point, first=day, last=day)

    def _point(self, begin: int) -> _Point | None:
        match = _DAY.match(self.text, begin)
        days: tuple[date, date] | datetime | None = None
        stop, part = begin, ""
        if match:
            days = _days(match, self.now)
            if match["relative"] == "当天" and self.base:  # the day that was said before
                days = self.base.date(), self.base.date()
            if days is None:
                return None
            stop = match.end()
            if isinstance(days, datetime):
                return _Point(stop=stop, instant=days)
            part = _IMPLIED_PART.get(match["relative"] or "", "")
            while stop < len(self.text) and self.text[stop] in " 的,，":
                stop += 1
        first, last = days if isinstance(days, tuple) else (None, None)
        clock = _CLOCK.match(self.text, stop)
        if clock and (
            _is_later(clock) or (not clock["part"] and not clock["half_day"] and first is None and self._is_no_clock(clock))
        ):
            clock = None
        minutes = _minutes(clock) if clock else None
        if (
            clock and clock["half_day"] and first is None and (day := _ENGLISH_DAY.match(self.text, clock.end()))
        ):  # 10am on Friday
            later = _days(day, self.now)
            first, last = later if isinstance(later, tuple) else (None, None)
            return _Point(stop=day.end(), first=first, last=last, minutes=minutes, part=_HALF_DAYS[clock["half_day"]])
        if clock and minutes is not None:
            if (
                not clock["part"] and not clock["half_day"] and part in _EVENING and 60 <= minutes <= 12 * 60
            ):  # 今晚八点, 今晚十二点
                minutes += 12 * 60
            said = _HALF_DAYS[clock["half_day"]] if clock["half_day"] else clock["part"] or part
            return _Point(stop=clock.end(), first=first, last=last, minutes=minutes, part=said)
        named = _PART.match(self.text, stop)
        if named or part:
            stop = named.end() if named else match.end() if match else stop
            return _Point(stop=stop, first=first, last=last, part=named["part"] if named else part)
        if first is None or match is None:
            return None
        return _Point(stop=match.end(), first=first, last=last)

    def _is_no_clock(self, clock: re.Match[str]) -> bool:
        hour = clock.start("hour")
        return hour >= 0 and any(begin <= hour < stop for begin, stop in self.no_clock)

    def _resolve(self, point: _Point, begin: int, previous: datetime | None) -> Span | None:
        if point.instant is not None:
            return Span(kind="instant", start=point.instant, end=None, begin=begin, stop=point.stop, has_day=True, has_clock=True)
        if point.minutes is not None:
            start = self._clock_time(point, previous)
            return Span(kind="clock", start=start, end=None, begin=begin, stop=point.stop,
                        has_day=point.first is not None, has_clock=True)  # fmt: skip
        if point.part:
            return self._part_time(point, begin, previous)
        if point.first is None or point.last is None:
            return None
        start = self._at(point.first, 0)
        end = self._at(point.last, 23 * 60 + 59)
        return Span(kind="day", start=start, end=end, begin=begin, stop=point.stop, has_day=True)

    def _part_time(self, point: _Point, begin: int, previous: datetime | None) -> Span:
        hour, ends = _PARTS[point.part]
        day = point.first or (previous.date() if previous else self.now.date())
        start, end = self._at(day, hour * 60), self._at(day, ends * 60)
        if point.first is None and previous is None and end <= self.now:
            start, end = start + timedelta(days=1), end + timedelta(days=1)
        if start < self.now < end:
            start = self.now.replace(second=0, microsecond=0)
        return Span(kind="part", start=start, end=None, begin=begin, stop=point.stop, has_day=point.first is not None)

    def _clock_time(self, point: _Point, previous: datetime | None) -> datetime:
        minutes = point.minutes or 0
        day = point.first or (previous.date() if previous else None)
        if point.part:
            start = self._at(day or self.now.date(), minutes)
            if (
                point.first is None
                and previous is not None
                and previous.hour >= 12
                and point.part in _SMALL_HOURS
                and start < previous
            ):
                return start + timedelta(days=1)  # 今晚八点来，凌晨一点走
            return start + timedelta(days=1) if day is None and start < self.now else start
        hour = minutes // 60
        by_day = minutes + 12 * 60 if 1 <= hour <= 6 else minutes
        if day is not None:
            if point.first is None and previous is self.base and previous is not None and _EARLY <= previous.hour < _MORNING:
                by_day = minutes if hour >= _EARLY else by_day  # 早上七点 … 改六点半
            is_evening = previous is not None and 7 <= hour < 12 <= previous.hour and (hour, previous.hour) != (11, 12)
            if point.first is None and is_evening:
                by_day = minutes + 12 * 60  # 晚上八点 … 改成九点; 中午 … 十一点半 is before noon
            if day == self.now.date() and self._at(day, by_day) < self.now and by_day < 12 * 60:
                by_day += 12 * 60
            return self._at(day, by_day)
        today = self.now.date()
        for minute in (by_day, by_day + 12 * 60):
            if minute < 24 * 60 and self._at(today, minute) >= self.now:
                return self._at(today, minute)
        return self._at(today + timedelta(days=1), by_day)

    def _at(self, day: date, minutes: int) -> datetime:
        return datetime.combine(day, time(), self.now.tzinfo) + timedelta(minutes=minutes)


def _minutes(match: re.Match[str]) -> int | None:
    """Return minutes since midnight as said, moved into the part of day; None if there is no such time."""
    if match["half_day"]:
        hour = int(match["englishh"]) % 12 + (12 if match["half_day"] == "p" else 0)
        return 60 * hour + int(match["englishm"] or 0)
    part = match["part"] or ""
    hour = int(match["colonh"]) if match["colonh"] else value_of(_EITHER.sub(r"\1", match["hour"]))
    if match["colonm"]:
        minute = int(match["colonm"])
    elif match["half"]:
        minute = 30
    elif match["quarter"]:
        minute = 45 if match["quarter"] in "三3" else 15
    else:
        minute = value_of(match["minute"].lstrip("零〇") or "0") if match["minute"] else 0
    if not (0 <= hour <= 24 and 0 <= minute < 60):
        return None
    if part in _EVENING and 1 <= hour < 12:
        hour += 12
    elif part in {"晚上", "半夜", "夜里", "深夜"} and hour == 12:
        hour = 24
    elif _PARTS.get(part) == (12, 14) and hour in (1, 2):
        hour += 12
    minutes = hour * 60 + minute
    if match["short"]:
        minutes -= 15 if match["missing"] == "一刻" else value_of(match["missing"])
    return minutes


# ------------------------------------------------------------------ days


def _days(match: re.Match[str], now: datetime) -> tuple[date, date] | datetime | None:
    """Return the first and last day meant, or an instant; None if there is no such day."""
    said = match.groupdict()
    today = now.date()
    if said["now"]:
        return now.replace(second=0, microsecond=0)
    if said["year"]:
        year = {"今": today.year, "明": today.year + 1}.get(said["year"]) or int(said["year"])
        return _one(year, value_of(said["ymonth"]), value_of(said["yday"]))
    if said["iso"]:
        return _one(int(said["iso"]), int(said["isom"]), int(said["isod"]))
    if said["month"] or said["slashm"]:
        return _month_day(value_of(said["month"] or said["slashm"]), value_of(said["mday"] or said["slashd"]), today)
    if said["rmonth"]:
        return _relative_month(said, today)
    if said["edge"]:
        return _edge(said["edge"], today)
    if said["weekday"] or said["weekend"]:
        return _weekday(said["week"] or "", said["weekday"] or "末", today)
    if said["english"]:
        return _weekday("下" if said["next"] else "", str(_ENGLISH[said["english"][:3]] + 1), today)
    if said["relative"]:
        day = today + timedelta(days=_RELATIVE[said["relative"]])
        return day, day
    if said["after"] or said["after2"]:
        return _after(said, now)
    if said["festival"]:
        return _festival(said["festival"], today)
    return _day_number(value_of(said["number"]), today)


def _one(year: int, month: int, day: int) -> tuple[date, date] | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found, found


def _month_day(month: int, day: int, today: date) -> tuple[date, date] | None:
    """A day more than 60 days past is next year's."""
    found = _one(today.year, month, day)
    if found and (today - found[0]).days > 60:
        return _one(today.year + 1, month, day)
    return found


def _plus_months(day: date, count: int) -> tuple[int, int]:
    months = day.month - 1 + count
    return day.year + months // 12, months % 12 + 1


def _relative_month(said: dict[str, str | None], today: date) -> tuple[date, date] | None:
    year, month = _plus_months(today, {"下下": 2, "下": 1}.get((said["rmonth"] or "").replace("个", ""), 0))
    if said["rday"]:
        return _one(year, month, value_of(said["rday"]))
    return _part_of_month(year, month, said["rpart"] or "")


def _part_of_month(year: int, month: int, part: str) -> tuple[date, date]:
    last = calendar.monthrange(year, month)[1]
    if part in {"底", "末"}:
        return date(year, month, last - 4), date(year, month, last)
    if part == "初":
        return date(year, month, 1), date(year, month, 5)
    return date(year, month, 11), date(year, month, 20)


def _edge(words: str, today: date) -> tuple[date, date]:
    if words == "年底":
        return date(today.year, 12, 25), date(today.year, 12, 31)
    if words == "月初":
        return _part_of_month(*_plus_months(today, 1 if today.day > 5 else 0), "初")
    return _part_of_month(today.year, today.month, "底")


def _weekday(week: str, name: str, today: date) -> tuple[date, date]:
    week = week.replace("个", "")
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=7 * _WEEKS.get(week, 0) + _WEEKDAYS[name])
    last = day + timedelta(days=1) if name == "末" else day
    if last < today and week in {"", "这", "本"}:
        day, last = day + timedelta(days=7), last + timedelta(days=7)
    return max(day, today) if name == "末" and last >= today else day, last


def _after(said: dict[str, str | None], now: datetime) -> tuple[date, date] | datetime | None:
    count_text, unit = said["after"] or said["after2"] or "", said["unit"] or said["unit2"] or ""
    count = 0.5 if count_text == "半" else float(value_of(count_text))
    count += 0.5 if said["half"] or said["half2"] else 0
    minutes = {"小时": 60, "钟头": 60, "刻钟": 15, "分钟": 1}.get(unit)
    if minutes:
        return (now + timedelta(minutes=minutes * count)).replace(second=0, microsecond=0)
    today = now.date()
    if unit == "月" and count >= 1:
        year, month = _plus_months(today, int(count))
        day = date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    else:
        day = today + timedelta(days=int(count * {"天": 1, "月": 30}.get(unit, 7)))
    return day, day


def _festival(name: str, today: date) -> tuple[date, date] | None:
    name = _ALIASES.get(name, name)
    for year in (today.year, today.year + 1):
        month_day = _SOLAR.get(name)
        if month_day is None and year in _LUNAR_YEARS:
            month_day = _LUNAR_YEARS[year][_LUNAR.index(name)]
        found = _one(year, *month_day) if month_day else None
        if found and found[0] >= today:
            return found
    return None


def _day_number(number: int, today: date) -> tuple[date, date] | None:
    """The next such day: this month's, or next month's when it is over."""
    for months in (0, 1, 2):
        found = _one(*_plus_months(today, months), number)
        if found and found[0] >= today:
            return found
    return None
