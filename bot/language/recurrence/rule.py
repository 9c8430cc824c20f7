"""What recurs as one value: which days, at which times of the clock, and what holidays change. Pure; days are those of Asia/Shanghai."""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter

from bot.errors import Refusal
from bot.language.recurrence import holidays
from bot.language.times import festivals, lunar
from bot.language.times.periods import month_of, nth_weekday
from bot.translation import stored, tr, tr_all

SHANGHAI = ZoneInfo("Asia/Shanghai")

#: Times a day; what comes more often is a slip, such as the cron line * 9 * * *.
MOST = 4

#: How far ahead a time is sought: 2月29日 comes again after eight years at the latest.
HORIZON = 366 * 9

#: Longer than any stretch of days off: whatever was put off past it fell due before.
_STRETCH = timedelta(days=31)

WEEKDAYS = "一二三四五六日"
_MONTHS = tuple(range(1, 13))
_QUARTERS = {months: first for first in (1, 2, 3) if (months := tuple(range(first, 13, 3)))}
_ORDINALS = {1: tr("第一个"), 2: tr("第二个"), 3: tr("第三个"), 4: tr("第四个"), 5: tr("第五个"), -1: tr("最后一个")}

#: The same signs, where people read them: 每周一、三.
WEEKDAY_WORDS = (
    tr("一", context="weekday"), tr("二", context="weekday"), tr("三", context="weekday"), tr("四", context="weekday"),
    tr("五", context="weekday"), tr("六", context="weekday"), tr("日", context="weekday"),
)  # fmt: skip

_DAY = timedelta(days=1)


#: Days of the lunar calendar as people say them: 初一, 十五, 廿三.
LUNAR_DAYS = (*(f"初{sign}" for sign in "一二三四五六七八九十"), *(f"十{sign}" for sign in "一二三四五六七八九"), "二十", *(f"廿{sign}" for sign in "一二三四五六七八九"), "三十")  # fmt: skip

#: Furthest from a festival that a rule may name: 春节前三天.
AROUND = 30


class Holidays(StrEnum):
    """What becomes of a time that falls on a day off; a plain weekend is none."""

    SEND = "send"
    SKIP = "skip"
    POSTPONE = "postpone"  # to the next workday


@dataclass(frozen=True, kw_only=True)
class Daily:
    """Each day, or each `interval`th from `since` on."""

    kind: Literal["daily"] = "daily"
    interval: int = 1
    since: date | None = None

    def hits(self, day: date) -> bool:
        """Tell whether it is one of these days."""
        return self.since is None or (day >= self.since and (day - self.since).days % self.interval == 0)

    @property
    def said(self) -> str:
        """These days in words."""
        return tr("每天") if self.interval == 1 else tr("每{number}天", number=_said_interval(self.interval))


@dataclass(frozen=True, kw_only=True)
class Workdays:
    """Each day that people work, weekends that are worked instead of others included."""

    kind: Literal["workdays"] = "workdays"

    def hits(self, day: date) -> bool:
        """Tell whether it is one of these days."""
        return holidays.is_workday(day)

    @property
    def said(self) -> str:
        """These days in words."""
        return tr("工作日")


@dataclass(frozen=True, kw_only=True)
class Weekly:
    """These weekdays, 0 for Monday, of each week, or of each `interval`th from the week of `since` on."""

    kind: Literal["weekly"] = "weekly"
    weekdays: tuple[int, ...]
    interval: int = 1
    since: date | None = None

    def hits(self, day: date) -> bool:
        """Tell whether it is one of these days."""
        if day.weekday() not in self.weekdays or self.since is None:
            return day.weekday() in self.weekdays
        weeks = (_monday(day) - _monday(self.since)).days // 7
        return day >= self.since and weeks % self.interval == 0

    @property
    def said(self) -> str:
        """These days in words."""
        named = tr_all("、", (WEEKDAY_WORDS[day] for day in self.weekdays))
        if self.interval == 1:
            return tr("每周{weekdays}", weekdays=named)
        return tr("每{number}周周{weekdays}", number=_said_interval(self.interval), weekdays=named)


@dataclass(frozen=True, kw_only=True)
class Monthly:
    """Days of a month, -1 for its last, -2 for the one before that, of all months or of some."""

    kind: Literal["monthly"] = "monthly"
    days: tuple[int, ...]
    months: tuple[int, ...] = _MONTHS

    def hits(self, day: date) -> bool:
        """Tell whether it is one of these days."""
        if day.month not in self.months:
            return False
        from_end = day.day - calendar.monthrange(day.year, day.month)[1] - 1
        return day.day in self.days or from_end in self.days

    @property
    def said(self) -> str:
        """These days in words."""
        if self.months in _QUARTERS:
            which = _QUARTERS[self.months]
            if (which, self.days) in {(1, (1,)), (3, (-1,))}:
                return tr("每季度第一天") if which == 1 else tr("每季度最后一天")
            return tr("每季度第{which}个月{days}", which=which, days=self._named("号"))
        if len(self.months) == 1:
            return tr("每年{months}月{days}", months=self.months[0], days=self._named("日"))
        if self.months == _MONTHS:
            return tr("每月{days}", days=self._named("号"))
        return tr("每年{months}月{days}", months=tr_all("、", map(str, self.months)), days=self._named("号"))

    def _named(self, sign: str) -> str:
        if self.days in _PARITIES:
            return _PARITIES[self.days]
        return tr_all("、", (_run(first, last, sign) for first, last in _runs(self.days)))


@dataclass(frozen=True, kw_only=True)
class NthWeekday:
    """The first, second … Monday, Tuesday … of a month, the last for -1."""

    kind: Literal["nth_weekday"] = "nth_weekday"
    nth: int
    weekday: int
    months: tuple[int, ...] = _MONTHS

    def hits(self, day: date) -> bool:
        """Tell whether it is one of these days."""
        month = month_of(day.year, day.month)
        found = nth_weekday(month, self.nth, self.weekday) if month and day.month in self.months else None
        return found is not None and found.first == day

    @property
    def said(self) -> str:
        """These days in words."""
        nth, weekday = _ORDINALS[self.nth], WEEKDAY_WORDS[self.weekday]
        if self.months == _MONTHS:
            return tr("每月{nth}周{weekday}", nth=nth, weekday=weekday)
        return tr("每年{months}月{nth}周{weekday}", months=tr_all("、", map(str, self.months)), nth=nth, weekday=weekday)


@dataclass(frozen=True, kw_only=True)
class NthWorkday:
    """The first, second … workday of a month, the last for -1."""

    kind: Literal["nth_workday"] = "nth_workday"
    nth: int
    months: tuple[int, ...] = _MONTHS

    def hits(self, day: date) -> bool:
        """Tell whether it is one of these days."""
        if day.month not in self.months or not holidays.is_workday(day):
            return False
        last = calendar.monthrange(day.year, day.month)[1]
        others = range(day.day + 1, last + 1) if self.nth < 0 else range(1, day.day)
        return sum(holidays.is_workday(day.replace(day=number)) for number in others) == abs(self.nth) - 1

    @property
    def said(self) -> str:
        """These days in words."""
        nth = _ORDINALS[self.nth]
        if self.months == _MONTHS:
            return tr("每月{nth}工作日", nth=nth)
        return tr("每年{months}月{nth}工作日", months=tr_all("、", map(str, self.months)), nth=nth)


@dataclass(frozen=True, kw_only=True)
class DaysOff:
    """Each day on which people do not work, or of these the holidays alone, with the bridges around them."""

    kind: Literal["days_off"] = "days_off"
    is_holiday: bool = False

    def hits(self, day: date) -> bool:
        """Tell whether it is one of these days."""
        return bool(holidays.name_of(day)) if self.is_holiday else not holidays.is_workday(day)

    @property
    def said(self) -> str:
        """These days in words."""
        return tr("节假日") if self.is_holiday else tr("休息日")


@dataclass(frozen=True, kw_only=True)
class Feast:
    """A festival or a solar term of each year, or so many days before or after it."""

    kind: Literal["feast"] = "feast"
    name: str
    days: int = 0  # after it, or before it where they are less than none

    def hits(self, day: date) -> bool:
        """Tell whether it is one of these days."""
        of = day - timedelta(days=self.days)
        return festivals.day_in(of.year, self.name) == of

    @property
    def said(self) -> str:
        """These days in words."""
        if not self.days:
            return tr("每年{name}", name=self.name)
        if self.days < 0:
            return tr("每年{name}前{number}天", name=self.name, number=-self.days)
        return tr("每年{name}后{number}天", name=self.name, number=self.days)


@dataclass(frozen=True, kw_only=True)
class Lunar:
    """Days of the lunar calendar, of each of its months or of one."""

    kind: Literal["lunar"] = "lunar"
    days: tuple[int, ...]
    month: int | None = None

    def hits(self, day: date) -> bool:
        """Tell whether it is one of these days."""
        found = lunar.of(day)
        return found is not None and found[1] in self.days and self.month in (None, found[0])

    @property
    def said(self) -> str:
        """These days in words."""
        named = tr_all("、", (LUNAR_DAYS[day - 1] for day in self.days))
        if self.month is None:
            return tr("农历每月{days}", days=named)
        return tr("每年农历{month}月{days}", month=self.month, days=named)


@dataclass(frozen=True, kw_only=True)
class Both:
    """Days of a month that are also one of these weekdays, as cron lines that were kept before say it."""

    kind: Literal["both"] = "both"
    monthly: Monthly
    weekly: Weekly

    def hits(self, day: date) -> bool:
        """Tell whether it is one of these days."""
        return self.monthly.hits(day) and self.weekly.hits(day)

    @property
    def said(self) -> str:
        """These days in words."""
        return tr(
            "{monthly}而且是周{weekdays}",
            monthly=self.monthly.said,
            weekdays=tr_all("、", map(WEEKDAY_WORDS.__getitem__, self.weekly.weekdays)),
        )


Days = Annotated[
    Daily | Workdays | Weekly | Monthly | NthWeekday | NthWorkday | DaysOff | Feast | Lunar | Both, Field(discriminator="kind")
]


@dataclass(frozen=True, kw_only=True)
class Recurrence:
    """What recurs, on the days from `begins` to `ends` where these are said."""

    days: Days
    clocks: tuple[time, ...]  # in order
    holidays: Holidays = Holidays.SEND
    skips_worked: bool = False  # weekends that are worked instead of other days
    begins: date | None = None
    ends: date | None = None

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Recurrence":
        """Read what to_json wrote."""
        return _ADAPTER.validate_python(kept)

    def to_json(self) -> dict[str, Any]:
        """Return the rule as JSON."""
        kept: dict[str, Any] = _ADAPTER.dump_python(self, mode="json", exclude_defaults=False)
        return kept

    @property
    def said(self) -> str:
        """The rule in words: 每周一、四 08:00、18:00，节假日跳过，从2026年3月16日起."""
        clocks = tr_all("、", (f"{clock:%H:%M}" for clock in self.clocks))
        more = [_SUFFIX[self.holidays]] if self.holidays is not Holidays.SEND else []
        if self.skips_worked:
            more.append(tr("，调休上班的周末跳过"))
        if self.begins:
            more.append(tr("，从{day}起", day=_date(self.begins)))
        if self.ends:
            more.append(tr("，到{day}为止", day=_date(self.ends)))
        return tr("{days} {clocks}{more}", days=self.days.said, clocks=clocks, more=tr_all("", more))

    @property
    def needs_calendar(self) -> bool:
        """Tell whether its times hang on days off and weekends that are worked."""
        hangs = isinstance(self.days, Workdays | NthWorkday | DaysOff)
        return hangs or self.holidays is not Holidays.SEND or self.skips_worked

    def times(self, after: datetime) -> Iterator[datetime]:
        """Yield the times later than `after`, in order, as far as HORIZON."""
        after = after.astimezone(SHANGHAI)
        for day in self._days(after.date()):
            for clock in self.clocks:
                moment = datetime.combine(day, clock, SHANGHAI)
                if moment > after:
                    yield moment

    def next(self, after: datetime) -> datetime | None:
        """Return the first time later than `after`; None when none comes."""
        return next(self.times(after), None)

    def coming(self, after: datetime, count: int) -> Sequence[datetime]:
        """Return the next times."""
        return list(islice(self.times(after), count))

    def begun(self, after: datetime) -> Self:
        """Return the rule with its intervals counted from the first time later than `after`."""
        if not isinstance(self.days, Daily | Weekly) or self.days.interval == 1:
            return self
        first = replace(self, days=replace(self.days, since=None, interval=1), holidays=Holidays.SEND, skips_worked=False).next(
            after
        )
        return replace(self, days=replace(self.days, since=first.date() if first else None))

    def checked(self, after: datetime) -> Self:
        """Return the rule; raises Refusal for one that never comes, or comes too often."""
        if len(self.clocks) > MOST:
            raise too_often(str(len(self.clocks)))
        if self.ends is not None and self.ends < after.astimezone(SHANGHAI).date():
            raise Refusal(
                tr("“{said}”已经过了最后一天，不会再发。请把“到…为止”改晚，或者去掉。", said=self.said),
                english=f"{self.said} is over; name a later end, or none",
            )
        if self.ends is not None and self.next(after) is None:
            raise Refusal(
                tr("“{said}”在最后一天以前一次也不会发。请把最后一天改晚，或者改日期。", said=self.said),
                english=f"{self.said} does not come before its last day; name a later one, or other days",
            )
        if self.next(after) is None:
            raise Refusal(
                tr(
                    "“{said}”永远不会到，因为没有这样的日子，或者每次都碰上节假日。请改日期，例如：每月最后一天 9:00。",
                    said=self.said,
                ),
                english=f"{self.said} never comes: there is no such day, or it is a holiday each time; name another, such as 每月最后一天 9:00",
            )
        return self

    def remark(self, times: Sequence[datetime]) -> str:
        """Return what staff should know about these times before they trust them; empty for nothing."""
        said = []
        last = max((moment.year for moment in times), default=0)
        if self.needs_calendar and last > holidays.LAST_YEAR:
            said.append(
                tr(
                    "{last} 年的放假和调休安排，这里还没有（只到 {LAST_YEAR} 年）：先按法定节日和周一到周五算，调休没有算进去。国务院公布后请升级 Linli，再来看一眼日期。",
                    last=last,
                    LAST_YEAR=holidays.LAST_YEAR,
                )
            )
        days = self.days.days if isinstance(self.days, Monthly) else ()
        rare = [day for day in days if day > _shortest(self.days)] if days not in _PARITIES else []
        if rare and isinstance(self.days, Monthly):
            which = tr_all("、", map(str, rare))
            said.append(
                tr("没有{which}日的年份不发。每次都要发，请写“最后一天”。", which=which)
                if len(self.days.months) == 1
                else tr("没有{which}号的月份不发。每次都要发，请写“最后一天”。", which=which)
            )
        return tr_all("", said)

    def _days(self, first: date) -> Iterator[date]:
        first = max(first, self.begins or first)
        begin = first - _STRETCH if self.holidays is Holidays.POSTPONE else first
        previous = None
        for number in range(HORIZON):
            day = begin + number * _DAY
            if self.ends is not None and day > self.ends:
                return
            if self.begins is not None and day < self.begins:
                continue
            moved = self._moved(day) if self.days.hits(day) else None
            if moved is not None and moved != previous:  # what was put off onto another of its days comes once
                previous = moved
                yield moved

    def _moved(self, day: date) -> date | None:
        if self.skips_worked and holidays.is_made_up(day):
            return None
        if self.holidays is Holidays.SEND or not holidays.name_of(day):
            return day
        if self.holidays is Holidays.SKIP:
            return None
        while not holidays.is_workday(day):
            day += _DAY
        return day


_ADAPTER = TypeAdapter(Recurrence)

_SUFFIX = {Holidays.SKIP: tr("，节假日跳过"), Holidays.POSTPONE: tr("，节假日顺延到下一个工作日")}


def too_often(times: str) -> Refusal:
    """Return what is said to a rule that comes so many times a day."""
    return Refusal(
        tr(
            "这样一天要发 {times} 次，居民会嫌烦。一天最多 {MOST} 次，请少写几个钟点，例如：每天 8:00、18:00。",
            times=times,
            MOST=MOST,
        ),
        english=f"this comes {times} times a day, and a notice recurs at most {MOST} times; name fewer, such as 每天 8:00、18:00",
    )


def day_words(day: date) -> str:
    """Return the weekday, and the holiday or that it is worked instead: 周四 国庆节, 周六 调休上班."""
    named = stored(holidays.name_of(day)) or (tr("调休上班") if holidays.is_made_up(day) else "")
    weekday = tr("周{weekday}", weekday=WEEKDAY_WORDS[day.weekday()])
    return tr_all(" ", (weekday, named)) if named else weekday


def _shortest(days: Monthly | object) -> int:
    """Return the days of the shortest month among those meant, as they are in each year."""
    lengths = {month: calendar.monthrange(2025, month)[1] for month in _MONTHS}
    return min(lengths[month] for month in days.months) if isinstance(days, Monthly) else 31


def _date(day: date) -> str:
    return tr("{year}年{month}月{day}日", year=day.year, month=day.month, day=day.day)


def _runs(days: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return 1, 2, 3, 8 as from 1 to 3, from 8 to 8; two of a row are said one by one."""
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and day > 0 and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return [one for first, last in runs for one in ([(first, first), (last, last)] if last == first + 1 else [(first, last)])]


def _run(first: int, last: int, sign: str) -> str:
    if first == last:
        return tr("最后一天") if first == -1 else tr("倒数第{number}天", number=-first) if first < 0 else _day(first, sign)
    return tr("{first}到{last}", first=_day(first, sign), last=_day(last, sign))


#: Each second day of a month.
ODD, EVEN = tuple(range(1, 32, 2)), tuple(range(2, 31, 2))
_PARITIES = {ODD: tr("单号"), EVEN: tr("双号")}


def _day(day: int, sign: str) -> str:
    return tr("{day}日", day=day) if sign == "日" else tr("{day}号", day=day)


def _said_interval(number: int) -> str:
    return "两" if number == 2 else str(number)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
