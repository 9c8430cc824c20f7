"""Finds the times of a text and joins their parts: days, parts of the day, clock times, ranges, deadlines, stays. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.language.numbers import NUMBER, value_of
from bot.language.times import clocks, days, lengths, lunar
from bot.language.times.beginnings import MAYBE
from bot.language.times.clocks import Clock
from bot.language.times.days import LINK, Days
from bot.language.times.moments import Moments, Point
from bot.language.times.periods import Period, whole_day
from bot.language.times.spans import Span
from bot.language.times.spelling import spelled

#: Times in one text, and places that are looked at for one; nobody says so many in earnest.
_MOST, _MOST_PLACES = 30, 120

#: Whoever comes from this hour on may leave past midnight.
_NIGHT = 18

_HALF_A_DAY, _WHOLE_DAY = timedelta(hours=12), timedelta(days=1)

_REST_OF_NUMBER = re.compile("[零〇一二两三四五六七八九十廿百千万]+")
_NOW = re.compile("现在|马上|立刻|立马|这会儿|尽快|即刻")
#: A range may begin with these: 从现在到八点.
_FROM_NOW = re.compile("现在|这会儿")
_TO = re.compile(rf"(?:左右|多|来钟|钟)?(?:开始|起)?(?:{LINK})(?:一直到)?")
_BY = re.compile("(?:之前|以前|前(?![天台面门后一几两三四五六七八九十夕半任]|夜(?!里)|\\d))")
_STAY = re.compile(rf"(?:待|玩|停留?|住|呆|坐)(?:大概|大约|差不多|最多|顶多|个|上)?(?:{lengths.LENGTH})(?!后)")
#: 住两晚, 留宿一夜, 过夜: until the day so much later.
_NIGHTS = re.compile(rf"(?:(?:住|待|呆|睡|留宿|借宿|过)(?:上|个)?(?P<nights>{NUMBER})个?(?:晚上?|夜|宿)|过夜|留宿)")
#: 两个小时就走, 半天后走, behind when somebody comes: how long they stay.
_GOES_AFTER = re.compile(
    rf"(?!\d{{1,2}}日(?!之?以?后))(?:再过|过)?(?:{lengths.LENGTH})(?:左右|的样子)?(?:之?以?后|过后)?(?:就|再|才|后)*(?:走(?!到|过来|路)|离开|回去)"
)
#: 干四个小时, 洗一个半小时: how long what they come for takes.
_WORKS = re.compile(
    rf"(?:(?<=[干做洗忙弄修装搬扫借用量帮陪聊照顾教谈学练])|(?<=[^晚早马路身楼]上))(?:{lengths.LENGTH})(?!了|以?[前后内]|之)"
)
#: 一点半起两个半小时: how long it lasts.
_LASTING = re.compile("[起始共续](?:大概|大约|差不多|要|个)*$")
_LENGTH = re.compile(rf"(?:{lengths.LENGTH})(?!了|以?[前后内]|之)")
_LEAVE = re.compile(
    "(?:多|来钟|左右|的时候|以后|之后|再|大概|差不多|吃[完了过]?(?:[早午中晌晚夜]饭|饭)?|的(?:车|飞机|航班|高铁|动车|火车|票))*(?:就|要|才|得|可以|准|肯定|一定|必须)*(?:走(?!到|过来|路)|离开|结束|回[去家厂校乡城]|回(?:老家|单位|公司)|返[去家乡屋校工程]|开走|[回出](?=$|[\\s,，。])|散|撤|闪人|闪(?=$|[\\s,，。了啦])|动身|完事|收工|收摊|顶天)"
)
#: What lasts no longer than the time that is said next: 最晚十点.
_AT_MOST = re.compile("(?:最晚|最迟|最多|顶多|不超过)(?:到|待到|玩到|坐到)?$")
#: What lasts until the time that is said next: 弄到中午十二点.
_LASTS = re.compile(
    "(?:聚餐?|聚会|烧烤|唱歌|打牌|开会|上课|补课|办|摆|弄|整|待|呆|玩|耍|住|坐|做|搞|忙|吃|喝|打|聊|唠|逛|看|装|搬|修|用|干|留|盘点|值班|上班|加班|守|卖|排练|考|[跳练学上]|陪[我他她]?|多待会儿?|多坐会儿?)[ ]?到$"
)
#: One day or another: 周二或者周三.
_OR = re.compile("(?:[来到]?(?:吧|也行|都行|都可以)?[,，、]?)(?:或者?是?|要么|要不然?|还是)")
#: The day after the one that was said before.
_NEXT_DAY = re.compile("(?:第二天|次日|隔天|转天|翌日)")
_LUNAR_NUMBER = re.compile("初(?P<day>[一二三四五六七八九十])")
_LUNAR = re.compile("[正腊]月|大年|年三十|过年|春节|除夕|初[一二三四五六七八九十]")
_SAME_DAY = re.compile("(?:同一天|当天|那天)(?!花板)")
#: What tells a day from others in a way that needs to be asked about.
_QUALIFIED = re.compile(
    r"""
      第(?:[一二三四五六七八九十]|\d{1,2})个?(?:周|星期|礼拜)[一二三四五六日天]?
    | 三十(?=[早晚]|[上中下]午|除夕)
    | 再下个?(?:周|星期|礼拜|月)[一二三四五六日天末]?
    | (?<![之以最然明今])[前后]一(?:天|日|晚)(?!天|比|直|到)
    """,
    re.VERBOSE,
)
_EXCEPT = re.compile("除(?:了|开|去)?")
#: Between a day and its clock time.
_GLUE = re.compile("[ 的,，]*(?:大概|大约|差不多)?[ ]?")
_ON = re.compile(r"[\s,，]*(?:on\s+)?")


def find(text: str, now: datetime, base: datetime | None = None) -> list[Span]:
    """Return the times in `text`, in order.

    A clock time without a day takes that of the expression before it, or of `base`, which a correction corrects.
    """
    plain = spelled(text)
    found = _Scanner(plain.text, now, base).spans()
    return [replace(span, begin=plain.places[span.begin], stop=plain.places[span.stop - 1] + 1) for span in found]


class _Scanner:
    def __init__(self, text: str, now: datetime, base: datetime | None) -> None:
        self.text, self.now, self.base = text, now, base
        self.moments = Moments(now, base)
        self.nowhere = clocks.where_none(text)
        self.places_left = _MOST_PLACES

    def spans(self) -> Iterator[Span]:
        position, previous, is_coarse = 0, self.base, False
        for _ in range(_MOST):
            span = self._next(position, previous)
            if span is None:
                return
            if is_coarse and span.has_clock and not span.has_day and span.kind in {"clock", "range"}:
                span = self._unclear(span.begin, span.stop)  # 下周来，三点: on which day
            yield span
            position = span.stop
            if span.kind != "unclear":
                previous = span.start
                is_coarse = span.is_coarse or (is_coarse and not span.has_day)

    def _next(self, position: int, previous: datetime | None) -> Span | None:
        while self.places_left and (maybe := MAYBE.search(self.text, position)):
            self.places_left -= 1
            if span := self._span(maybe.start(), previous):
                return span
            rest = _REST_OF_NUMBER.match(self.text, maybe.start())  # 三十二号 is not 十二号
            position = rest.end() if rest else maybe.start() + 1
        return None

    def _span(self, begin: int, previous: datetime | None) -> Span | None:
        if qualified := self._qualified(begin):
            return self._unclear(begin, qualified)
        if previous and (stay := self._stay_said(begin, previous)):
            return stay
        point = self._point(begin, previous, self.now.date())
        if point is None:
            return None
        if point.is_unclear:
            return self._unclear(begin, point.stop)
        span = self.moments.span_of(point, begin, previous)
        if previous and span.has_day and span.start < previous and self._ends(span):
            point, span = self._counted_on(point, span, previous)
        link = _TO.match(self.text, span.stop)
        if link and (span.kind != "instant" or _FROM_NOW.match(self.text, begin)):
            ranged = self._range(span, point, link.end())
            if ranged is not None:
                return ranged
        return self._or_later(span) or self._until(span, point, previous)

    def _counted_on(self, point: Point, span: Span, previous: datetime) -> tuple[Point, Span]:
        """Return the day of leaving that comes after the day of coming: on a Sunday, 周五到，周日走 is a week ahead."""
        later = None if days.counts_from_today(self.text, span.begin) else self._point(span.begin, previous, previous.date())
        if later is None or later.is_unclear or later.period is None or later.period.last < previous.date():
            return point, span
        return later, self.moments.span_of(later, span.begin, previous)

    def _or_later(self, span: Span) -> Span | None:
        """Return the days from one to another that is as good: 周二或者周三."""
        link = _OR.match(self.text, span.stop) if span.kind == "day" and not span.is_coarse else None
        today = self.now.date() if link and days.counts_from_today(self.text, link.end()) else span.start.date()
        other = days.read(self.text, link.end(), today) if link else None
        if other is None or other.period is None or other.period.last <= span.start.date():
            return None
        return replace(span, kind="range", end=self.moments.at(other.period.last, clocks.DAY - 1), stop=other.stop)

    def _qualified(self, begin: int) -> int | None:
        """Return where words end that qualify a day in a way that is not read: 第一个周二, 除了周三."""
        if said := _QUALIFIED.match(self.text, begin):
            return said.end()
        if (said := _EXCEPT.match(self.text, begin)) and (point := self._point(said.end(), None, self.now.date())):
            return point.stop
        return None

    def _unclear(self, begin: int, stop: int) -> Span:
        return Span(kind="unclear", start=self.now, end=None, begin=begin, stop=stop, has_day=True)

    # -- the end of a time

    def _until(self, span: Span, point: Point, previous: datetime | None) -> Span:
        """Return the span as the end of something where the words beside it say so: 周五之前, 五点走."""
        by = _BY.match(self.text, span.stop)
        if by and span.kind in {"clock", "day", "part"}:
            end = span.end if span.kind == "day" else span.start
            if previous and span.kind == "clock" and not span.has_day and end and end <= previous:  # 今晚八点来，十二点前走
                end = self._later(end, previous, point)
            return replace(span, kind="deadline", end=end, stop=by.end())
        if previous and span.has_clock and self._ends(span) and (not span.has_day or span.start > previous):
            end = self._later(span.start, previous, point)
            if end > previous:
                return replace(span, kind="deadline", start=end, end=end)
        if span.kind in {"day", "part"}:
            return self._until_day(span, point, previous)
        return replace(span, is_of_leaving=span.has_clock and _LEAVE.match(self.text, span.stop) is not None)

    def _until_day(self, span: Span, point: Point, previous: datetime | None) -> Span:
        """Return a day or a part of one as the end of what began before it: 住到周一, 周日下午走."""
        if not self._ends(span):
            return span
        end = span.end if span.kind == "day" else self.moments.end_of_part(span.start, point.part)
        if previous and end and end > previous and (span.has_day or span.start >= previous):
            return replace(span, kind="deadline", start=end, end=end)
        return replace(span, end=end, is_of_leaving=True) if _LEAVE.match(self.text, span.stop) else span

    @staticmethod
    def _later(end: datetime, previous: datetime, point: Point) -> datetime:
        """Return when a visit is over that began before, where half a day was left to be understood: 晚上八点来，一点走; 十点来，八点走."""
        later = end + _HALF_A_DAY
        if end > previous or not (previous.hour >= _NIGHT or (not point.part and later.date() == previous.date())):
            return end
        return later

    def _ends(self, span: Span) -> bool:
        """Tell whether words beside a time say that a visit is over then: 五点多走, 弄到十二点."""
        return self._lasts(span) or _LEAVE.match(self.text, span.stop) is not None

    def _lasts(self, span: Span) -> bool:
        before = max(0, span.begin - 6)
        return any(words.search(self.text, before, span.begin) for words in (_LASTS, _AT_MOST))

    def _stay_said(self, begin: int, previous: datetime) -> Span | None:
        """Return how long somebody stays who comes at `previous`: 待两个小时, 一个半小时就走, 住两晚."""
        if nights := _NIGHTS.match(self.text, begin):
            day = whole_day(previous.date()).plus(value_of(nights["nights"] or "一"))
            end = self.moments.at(day.last, clocks.DAY - 1) if day else None
            return Span(kind="deadline", start=previous, end=end, begin=begin, stop=nights.end()) if end else None
        stay = _STAY.match(self.text, begin) or _GOES_AFTER.match(self.text, begin) or _WORKS.match(self.text, begin)
        if stay is None and _LASTING.search(self.text, max(0, begin - 6), begin):
            stay = _LENGTH.match(self.text, begin)
        return self._stay(stay, previous) if stay else None

    @staticmethod
    def _stay(match: re.Match[str], previous: datetime) -> Span | None:
        length = lengths.length_of(match)
        if length is None:
            return None
        return Span(kind="deadline", start=previous, end=length.until(previous), begin=match.start(), stop=match.end())

    def _range(self, first: Span, point: Point, begin: int) -> Span | None:
        # 周一到周五, 1号到3号 count on from the first; 后天到大后天 from today.
        today = self.now.date() if days.counts_from_today(self.text, begin) else first.start.date()
        second = self._bare_end(first, point, begin, today) or self._point(begin, first.start, today)
        if second is None:
            return None
        if second.is_unclear:
            return self._unclear(first.begin, second.stop)
        if second.instant is not None:  # 从早上八点到现在
            return replace(first, kind="range", start=min(first.start, second.instant), end=second.instant, stop=second.stop)
        if point.is_exact and not point.part and second.is_digital:  # 18:00-8:00
            second = replace(second, is_exact=True)
        if second.is_exact and not (point.is_exact or point.part) and point.minutes:  # 8:30到17:30
            point = replace(point, is_exact=point.minutes < (second.minutes or 0))
            first = self.moments.span_of(point, first.begin, None)
        end = self._end_of(first, point, second, begin)
        return replace(first, kind="range", end=end, stop=second.stop) if end > first.start else None

    def _bare_end(self, first: Span, point: Point, begin: int, today: date) -> Point | None:
        """Return the end of a range that leaves out its unit: 周一至五, 下午两点到四."""
        if first.kind == "day" and (day := days.read_bare(self.text, begin, today)) and self._is_weekday(first):
            return Point(stop=day.stop, period=day.period)
        said, further = _LUNAR_NUMBER.search(self.text, first.begin, first.stop), _LUNAR_NUMBER.match(self.text, begin)
        if said and further and point.period and said.end() == first.stop:  # 正月初三到初六
            days_on = value_of(further["day"]) - value_of(said["day"])
            return Point(stop=further.end(), period=point.period.plus(days_on) if days_on > 0 else None)
        if point.minutes is not None and (clock := clocks.read_bare(self.text, begin)):
            return Point(stop=clock.stop, minutes=clock.minutes)
        return None

    def _is_weekday(self, span: Span) -> bool:
        return re.search("[周期拜][一二三四五六日天]$", self.text[span.begin : span.stop]) is not None

    def _end_of(self, first: Span, point: Point, second: Point, begin: int) -> datetime:
        later = self.moments.span_of(second, begin, first.start)
        end = later.end if later.kind == "day" and later.end else later.start
        if second.period is not None:
            return end
        if second.minutes is not None and not second.part and not second.is_exact and point.part:
            day = (first.start - timedelta(minutes=point.minutes or 0)).date()
            alike = self.moments.at(day, clocks.moved(point.part, second.minutes))  # 早上五到六点
            end = alike if alike > first.start else end
        step = _HALF_A_DAY if not (second.part or second.is_exact or self._is_of_24_hours(point)) else _WHOLE_DAY
        while end <= first.start:
            end += step
        return end

    @staticmethod
    def _is_of_24_hours(point: Point) -> bool:
        return point.is_exact and not point.part

    # -- one point

    def _point(self, begin: int, previous: datetime | None, today: date) -> Point | None:
        if now := _NOW.match(self.text, begin):
            return Point(stop=now.end(), instant=self.now.replace(second=0, microsecond=0))
        said = self._days(begin, previous, today)
        if isinstance(said, Point):
            return said
        if said and said.period is None:
            return Point(stop=self._past_clock(said.stop))
        clock = self._clock(begin, said)
        if said is None:
            return self._of_clock(clock) if clock else None
        if clock is None:
            return Point(stop=said.stop, period=said.period, part=said.part)
        if clock.is_unclear:
            return Point(stop=clock.stop)
        point = Point(
            stop=clock.stop,
            period=said.period,
            minutes=clock.minutes,
            part=clock.part,
            is_exact=clock.is_exact,
            is_digital=clock.is_digital,
        )
        return Point(stop=clock.stop) if point.is_coarse else point

    def _days(self, begin: int, previous: datetime | None, today: date) -> Days | Point | None:
        """Return the days said at a place, or the minute: 半小时后."""
        if after := lengths.after(self.text, begin):
            length, stop = after
            if length is None:
                return Days(period=None, stop=stop)
            moment = self._after(length)
            if isinstance(moment, datetime):
                return Point(stop=stop, instant=moment)
            return days.after(length, self.text, stop, moment, self.now.date()) if moment else Days(period=None, stop=stop)
        if said := _NEXT_DAY.match(self.text, begin):
            if previous is None and not self._clock(said.end(), None):
                return None
            return Days(period=whole_day(previous.date()).plus(1) if previous else None, stop=said.end())
        if said := _SAME_DAY.match(self.text, begin):
            if previous or said[0] == "当天":
                return Days(period=whole_day((previous or self.now).date()), stop=said.end())
            return Days(period=None, stop=said.end()) if self._clock(said.end(), None) else None
        if previous and (said := _LUNAR_NUMBER.match(self.text, begin)) and _LUNAR.search(self.text, 0, begin):
            later = lunar.coming(value_of(said["day"]), previous.date() + _WHOLE_DAY)  # 大年初一来，初三走
            return Days(period=whole_day(later) if later else None, stop=said.end())
        return days.read(self.text, begin, today)

    def _after(self, length: lengths.Length) -> Period | datetime | None:
        try:
            return length.after(self.now)
        except (OverflowError, ValueError):
            return None

    def _clock(self, begin: int, said: Days | None) -> Clock | None:
        stop = said.stop if said else begin
        glue = _GLUE.match(self.text, stop)
        place = glue.end() if glue and said else stop
        clock = clocks.read(self.text, place, part=said.part if said else "", has_day=said is not None, nowhere=self.nowhere)
        return clock or clocks.read_part(self.text, place, has_day=said is not None)

    def _past_clock(self, stop: int) -> int:
        """Return where the clock time ends that stands behind a day which cannot be read."""
        clock = self._clock(stop, Days(period=None, stop=stop))
        return clock.stop if clock else stop

    def _of_clock(self, clock: Clock) -> Point:
        period, stop = None, clock.stop
        place = _ON.match(self.text, clock.stop)
        if clock.is_english and place and (day := days.read(self.text, place.end(), self.now.date())):  # 10am on Friday
            period, stop = day.period, day.stop
        return Point(
            stop=stop, period=period, minutes=clock.minutes, part=clock.part, is_exact=clock.is_exact, is_digital=clock.is_digital
        )
