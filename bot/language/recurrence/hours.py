"""At which hours of which weekdays somebody comes again and again, as people say it: 每周二四下午3点到5点, 每晚8点到早上6点, 住两个月. Pure.

Hours are those of Asia/Shanghai and half open; they may go on past midnight, and belong then to the day on which they began.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from bot.language import times
from bot.language.numbers import NUMBER, value_of
from bot.language.recurrence.rule import SHANGHAI, WEEKDAY_WORDS
from bot.translation import tr, tr_all

#: Minutes of a day.
DAY = 24 * 60

#: How long who comes at a clock time may take to come in, where no end was said.
_ABOUT = 120

#: Hours at which a part of a day is over: morning, noon and afternoon, evening.
_PARTS = (12, 18, 22)

_ALL, _WORKDAYS, _WEEKEND = tuple(range(7)), tuple(range(5)), (5, 6)
_SIGNS = "一二三四五六日天1234567"
#: 一 of 每周一三点 is a weekday, 三 is none; nor is the 5 of 每周一 5:30.
_SIGN = r"(?:[一二三四五六日天](?![点十])|[1-7](?![\d点:：号]))"
_WEEK = "(?:周|星期|礼拜)"
#: Each day, and not 今天 before another word: 今天天气.
EVERY_DAY = "(?<![今明后昨前当])天天"
_TO = "(?:到|至|-|~|—)"
_LIST = rf"{_SIGN}(?:(?:、|,|，|和|跟|与|{_TO})?{_WEEK}?{_SIGN}){{0,6}}"
#: Days that are said to come again.
_EACH = re.compile(
    rf"每个?{_WEEK}的?(?P<days>{_LIST})|(?P<work>每个?工作日)|(?P<end>每个?(?:周末|双休日))|(?P<all>每天|{EVERY_DAY}|每日|每一天|每(?=[晚早]))"
)
#: Days that are only meant so before hours of a day: 周一到周五早上8点到晚上6点; 下周一到周五 is one week.
_SEVERAL = re.compile(
    rf"(?<![下上这本个每])(?:(?P<work>工作日)|{_WEEK}(?P<days>{_SIGN}(?:(?:、|,|，|和|跟|与|{_TO})?{_WEEK}?{_SIGN}){{1,6}}))"
)
_PAIR = re.compile(rf"({_SIGN})(?:({_TO}){_WEEK}?({_SIGN}))?")
#: How long somebody stays or goes on coming, and what is meant to last.
_TERM = re.compile(
    rf"(?:(?:住|呆|待|来|干|做|带|照顾|护理|办|开|用|管|续)(?:上|够|满|个|张|到)?)(?:(?P<half>半年)|(?P<fortnight>半个?月)|(?P<count>{NUMBER}|几)个?(?P<unit>月|周|星期|礼拜|年|天))"
)
#: 接下来一周每天: how long what comes again goes on.
_FROM_NOW = re.compile(rf"(?:接下来|往后|未来|今后|连着|连续)的?(?P<count>{NUMBER}|几)个?(?P<unit>月|周|星期|礼拜|天)")
#: Who stays until a day lives here until then: 住到月底.
_LASTS = re.compile("长期|长住|常住|常年|一直住|住家(?:保姆|阿姨)|(?:暂|小|借)住|住[到至]")
#: What is told of a stay that is over.
_PAST = re.compile("上个?月|上个?(?:周|星期|礼拜)|上[次回]|那[次回]|去年|前阵子|登记过|[来住办]过")
#: Each week, with the weekday elsewhere: 周日上午十点，每周都来.
_WEEKLY = re.compile(
    rf"每个?{_WEEK}(?!的?{_SIGN})(?:都|要|会|也|固定|就|得|是)*(?:来|过来|上门|上课|到|有课|一次|这个(?:时间|点))"
)
_ON_DAY = re.compile(rf"(?<!每)(?<!每个){_WEEK}(?P<days>{_LIST})")
#: Each day from one on, for work that is done each day: 明天开始有个护工白天来照顾老人.
_DAILY = re.compile("(?:开始|起(?![床来])).{0,12}(?:白天|照顾|照看|护理|看护|陪护|带孩子|带娃|接送|做饭|打扫|上班|干活)")
#: Who comes for the first time on another day than the others.
_FIRST_TIME = re.compile("(?:头一?|第一|首)[回次趟天]")
#: By daylight: 白天来照顾老人.
_BY_DAY = (8 * 60, 18 * 60)
#: A length that is as short is a visit like others.
_VISIT = 8
_DAYS = {"月": 30, "周": 7, "星期": 7, "礼拜": 7, "年": 365, "天": 1}
#: One of them stands in whatever comes again or lasts.
_SIGNS_OF_IT = frozenset("每天工周星礼年月长常住起始")
#: Signs between the days and their hours, and characters of a message that are looked through.
_NEAR, _LOOKED_THROUGH = 6, 200


@dataclass(frozen=True, kw_only=True)
class Hours:
    """Weekdays, 0 for Monday, and from which to which minute of these days; `days` is how long it goes on, 0 where nobody said."""

    weekdays: tuple[int, ...] = _ALL
    opens: int = 0
    closes: int = DAY  # more than DAY: on the day after
    days: int = 0
    once: date | None = None  # a day beside them on which somebody comes for the first time: 每周六，明天头一回

    @classmethod
    def from_text(cls, kept: str) -> Self:
        """Read what `kept` wrote."""
        weekdays, opens, closes, days, *once = kept.split(" ")
        return cls(
            weekdays=tuple(map(int, weekdays)), opens=int(opens), closes=int(closes), days=int(days),
            once=date.fromisoformat(once[0]) if once else None,
        )  # fmt: skip

    @property
    def kept(self) -> str:
        """The same as text."""
        once = f" {self.once}" if self.once else ""
        return f"{''.join(map(str, self.weekdays))} {self.opens} {self.closes} {self.days}{once}"

    @property
    def is_always(self) -> bool:
        """Whether each moment is one of them: who lives here for a while."""
        return self.weekdays == _ALL and (self.opens, self.closes) == (0, DAY)

    @property
    def said(self) -> str:
        """The hours in words: 每周二、四 15:00到17:00."""
        if self.weekdays == _ALL:
            days = tr("每天")
        elif len(self.weekdays) > 2 and self.weekdays[-1] - self.weekdays[0] == len(self.weekdays) - 1:
            days = tr("每周{first}到周{last}", first=WEEKDAY_WORDS[self.weekdays[0]], last=WEEKDAY_WORDS[self.weekdays[-1]])
        else:
            days = tr("每周{weekdays}", weekdays=tr_all("、", (WEEKDAY_WORDS[day] for day in self.weekdays)))
        if self.once:
            days = tr("{once}和{days}", once=tr("{month}月{day}日", month=self.once.month, day=self.once.day), days=days)
        if (self.opens, self.closes) == (0, DAY):
            return tr("{days}全天", days=days)
        if self.closes > DAY:
            return tr("{days} {opens}到次日{closes}", days=days, opens=_clock(self.opens), closes=_clock(self.closes - DAY))
        return tr("{days} {opens}到{closes}", days=days, opens=_clock(self.opens), closes=_clock(self.closes))

    def windows(self, moment: datetime) -> list[tuple[datetime, datetime]]:
        """Return the hours that begin on the day before a moment, on its day and the day after, in order."""
        midnight = moment.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        days = [midnight + timedelta(days=number) for number in (-1, 0, 1)]
        return [
            (day + timedelta(minutes=self.opens), day + timedelta(minutes=self.closes))
            for day in days
            if day.weekday() in self.weekdays or day.date() == self.once
        ]

    def hold(self, moment: datetime, grace: timedelta = timedelta()) -> bool:
        """Tell whether a moment is one of them, by `grace` early or late."""
        return any(begins - grace <= moment < ends + grace for begins, ends in self.windows(moment))

    def next(self, after: datetime) -> datetime:
        """Return the moment itself while the hours hold, else when they begin the next time."""
        if self.hold(after):
            return after
        begin = after.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        openings = (begin + timedelta(days=number, minutes=self.opens) for number in range(9))
        return next(one for one in openings if one > after and one.weekday() in self.weekdays)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def read(text: str, now: datetime) -> Hours | None:
    """Return the hours that a message says; None where nothing in it comes again or lasts for long."""
    if _SIGNS_OF_IT.isdisjoint(text):
        return None
    text, now = (
        text[:_LOOKED_THROUGH],
        now.replace(hour=0, minute=0),
    )  # 每天上午 is one from its beginning, whatever time it is now
    days = _term(text)
    if each := _EACH.search(text):
        by_day = _BY_DAY if "白天" in text else (0, DAY)
        opens, closes = _clocks(text[each.end() :], now) or _clocks(text[: each.start()], now) or by_day
        weekdays, days = _weekdays(each), days or _counted(_FROM_NOW.search(text), 2)
        return Hours(weekdays=weekdays, opens=opens, closes=closes, days=days, once=_first(text, each, weekdays, now))
    if _WEEKLY.search(text) and (day := _ON_DAY.search(text)):
        opens, closes = _clocks(text[day.end() :], now, with_day=True) or (0, DAY)
        return Hours(weekdays=_weekdays(day), opens=opens, closes=closes, days=days)
    if (several := _SEVERAL.search(text)) and (said := _range(text[several.end() :], now)):
        return Hours(weekdays=_weekdays(several), opens=said[0], closes=said[1], days=days)
    if daily := _DAILY.search(text):
        opens, closes = _clocks(text[daily.start() :], now) or (_BY_DAY if "白天" in text else (0, DAY))
        return Hours(opens=opens, closes=closes, days=days)
    return Hours(days=days) if days or (_LASTS.search(text) and not _PAST.search(text)) else None


def days_in(text: str, now: datetime) -> range:
    """Return where a message says on which days somebody comes again, empty where it says none: their last one ends nothing."""
    text = text[:_LOOKED_THROUGH]
    said = _EACH.search(text)
    if said is None and (several := _SEVERAL.search(text)) and _range(text[several.end() :], now):
        said = several
    return range(*said.span()) if said else range(0)


def _first(text: str, each: re.Match[str], weekdays: tuple[int, ...], now: datetime) -> date | None:
    """Return the day on which somebody comes for the first time, where it is none of the others: 每周六，明天头一回."""
    if not _FIRST_TIME.search(text):
        return None
    days = (span.start.date() for span in times.find(text, now) if span.has_day and not each.start() <= span.begin < each.end())
    first = next(days, None)
    return None if first is None or first < now.date() or first.weekday() in weekdays else first


def _term(text: str) -> int:
    said = _TERM.search(text)
    if said is None:
        return 0
    if said["half"] or said["fortnight"]:
        return 182 if said["half"] else 15
    return _counted(said, _VISIT)


def _counted(said: re.Match[str] | None, least: int) -> int:
    if said is None:
        return 0
    days = (3 if said["count"] == "几" else value_of(said["count"])) * _DAYS[said["unit"]]
    return days if days >= least and not (said["count"] == "几" and said["unit"] == "天") else 0


def _weekdays(said: re.Match[str]) -> tuple[int, ...]:
    groups = said.groupdict()
    if groups.get("all"):
        return _ALL
    if groups.get("work"):
        return _WORKDAYS
    if groups.get("end"):
        return _WEEKEND
    days: set[int] = set()
    for first, is_range, last in _PAIR.findall(said["days"]):
        begin, end = _number(first), _number(last) if is_range else _number(first)
        days |= {(begin + step) % 7 for step in range((end - begin) % 7 + 1)}
    return tuple(sorted(days))


def _number(sign: str) -> int:
    return int(sign) - 1 if sign.isdigit() else "一二三四五六日".index(sign.replace("天", "日"))


def _range(text: str, now: datetime) -> tuple[int, int] | None:
    """Return from which to which minute of a day, where that stands at the beginning of a text."""
    for span in times.find(text, now):
        if span.begin > _NEAR:
            return None
        if span.kind == "range" and span.end and not span.has_day:
            return _minutes(span.start, span.end)
    return None


def _clocks(text: str, now: datetime, *, with_day: bool = False) -> tuple[int, int] | None:
    """Return the same of a range, of one clock time or of a part of the day, wherever it stands."""
    for span in times.find(text, now):
        if (span.has_day and not with_day) or span.kind not in ("range", "clock", "part"):
            continue
        if span.kind == "clock" or span.end is None:
            opens = span.start.hour * 60 + span.start.minute
            until = next((hour * 60 for hour in _PARTS if hour * 60 > opens), DAY) if span.kind == "part" else opens + _ABOUT
            return opens, until
        return _minutes(span.start, span.end)
    return None


def _minutes(start: datetime, end: datetime) -> tuple[int, int]:
    opens, closes = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    closes = DAY if closes == DAY - 1 else closes
    return opens, closes if closes > opens else closes + DAY
