"""The moment that is meant by what is said, where half of the day, the day or the month were left to be understood. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.language.times import clocks
from bot.language.times.periods import Period
from bot.language.times.spans import JUST_NOW, Span

#: Within the early hours a clock time that corrects another stays there.
_EARLY, _MORNING = 5, 9
#: Until this hour 夜里两点 may be today.
_STILL_NIGHT = 5

#: Who writes at night of a clock time that is so near means this night's.
_SOON = timedelta(minutes=90)

_WHOLE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """What one expression says, before the rest is filled in; nothing where it cannot be read."""

    stop: int
    period: Period | None = None
    minutes: int | None = None  # since midnight
    part: str = ""
    is_exact: bool = False
    is_digital: bool = False
    instant: datetime | None = None

    @property
    def is_unclear(self) -> bool:
        """Whether a time is said that cannot be read."""
        return self.period is None and self.minutes is None and not self.part and self.instant is None

    @property
    def is_coarse(self) -> bool:
        """Whether on which of several days is not said."""
        return self.period is not None and (self.period.last - self.period.first).days > 1


@dataclass(frozen=True, slots=True)
class Moments:
    """Tells moments as they are meant at `now`; `base` is a time said in an earlier message."""

    now: datetime
    base: datetime | None

    def span_of(self, point: Point, begin: int, previous: datetime | None) -> Span:
        """Return the span of what was said at `begin`; `previous` is the time before it."""
        if point.instant is not None:
            return Span(kind="instant", start=point.instant, end=None, begin=begin, stop=point.stop, has_day=True, has_clock=True)
        if point.minutes is not None:
            start = self._clock_time(point, point.minutes, previous)
            return Span(kind="clock", start=start, end=None, begin=begin, stop=point.stop,
                        has_day=point.period is not None, has_clock=True)  # fmt: skip
        if point.part or point.period is None:
            return self._part_time(point, begin, previous)
        start, end = self.at(point.period.first, 0), self.at(point.period.last, clocks.DAY - 1)
        return Span(kind="day", start=start, end=end, begin=begin, stop=point.stop, has_day=True)

    def _part_time(self, point: Point, begin: int, previous: datetime | None) -> Span:
        hour, ends = clocks.PARTS[point.part]
        day = point.period.first if point.period else previous.date() if previous else self.now.date()
        start, end = self.at(day, hour * 60), self.at(day, ends * 60)
        is_night_to_come = point.part in clocks.SMALL_HOURS - {"凌晨"} and day == self.now.date()
        if end <= self.now and ((point.period is None and previous is None) or is_night_to_come):
            start, end = start + _WHOLE_DAY, end + _WHOLE_DAY
        if start < self.now < end:
            start = self.now.replace(second=0, microsecond=0)
        return Span(kind="part", start=start, end=None, begin=begin, stop=point.stop, has_day=point.period is not None)

    def end_of_part(self, moment: datetime, part: str) -> datetime:
        """Return when the part of a day ends that a moment lies in."""
        begins, ends = clocks.PARTS[part]
        day = moment.date() if moment.hour >= begins or ends < 24 else moment.date() - _WHOLE_DAY
        return self.at(day, ends * 60)

    def _clock_time(self, point: Point, minutes: int, previous: datetime | None) -> datetime:
        day = point.period.first if point.period else None
        if point.part or point.is_exact:
            return self._in_part(point, minutes, day, previous)
        if day is None and previous is not None:
            return self._beside(minutes, previous)
        if day is not None:
            return self._by_day(day, minutes)
        by_day = _by_day(minutes)
        today = self.now.date()
        if self.now.hour < _STILL_NIGHT and self.now <= self.at(today, minutes) <= self.now + _SOON:
            return self.at(today, minutes)  # 一点十分到, said at 0:40
        for minute in (by_day, by_day + 12 * 60):
            if minute < clocks.DAY and self.at(today, minute) >= self.now:
                return self.at(today, minute)
        return self.at(today + _WHOLE_DAY, by_day)

    def _in_part(self, point: Point, minutes: int, day: date | None, previous: datetime | None) -> datetime:
        """Return a clock time whose half of the day was said."""
        today = self.now.date()
        start = self.at(day or (previous.date() if previous else today), minutes)
        is_of_today = day == today if day else previous is None
        if is_of_today and self.now.hour < _STILL_NIGHT and self.now <= start - _WHOLE_DAY:
            return start - _WHOLE_DAY  # 夜里两点, said at one
        if day is None and previous is not None:
            is_past_midnight = previous.hour >= 12 and point.part in clocks.SMALL_HOURS and start < previous
            return start + _WHOLE_DAY if is_past_midnight else start  # 今晚八点来，凌晨一点走
        is_night_to_come = day == today and (point.part in clocks.SMALL_HOURS - {"凌晨"} or not (point.part or minutes // 60))
        if start < self.now - JUST_NOW * is_night_to_come and (day is None or is_night_to_come):
            return start + _WHOLE_DAY
        return start

    def _beside(self, minutes: int, previous: datetime) -> datetime:
        """Return a clock time of the day that was said before, in the half of the day where that one was."""
        hour, by_day = minutes // 60, _by_day(minutes)
        if (previous.hour, previous.minute) > (0, 0) and previous.hour < _EARLY and previous.hour <= hour < _EARLY:
            by_day = minutes  # 凌晨两点落地，三点半到
        if _EARLY <= previous.hour < _MORNING and previous.hour <= hour <= previous.hour + 2:
            by_day = minutes  # 早上五点出发，六点半到
        if previous is self.base and _EARLY <= previous.hour < _MORNING:
            by_day = minutes if hour >= _EARLY else by_day  # 早上七点 … 改六点半
        if 7 <= hour < 12 <= previous.hour and (hour, previous.hour) != (11, 12):
            by_day = minutes + 12 * 60  # 晚上八点 … 改成九点; 中午 … 十一点半 is before noon
        return self._not_past(previous.date(), by_day)

    def _by_day(self, day: date, minutes: int) -> datetime:
        return self._not_past(day, _by_day(minutes))

    def _not_past(self, day: date, minutes: int) -> datetime:
        if day == self.now.date() and self.at(day, minutes) < self.now and minutes < 12 * 60:
            minutes += 12 * 60
        return self.at(day, minutes)

    def at(self, day: date, minutes: int) -> datetime:
        """Return so many minutes after a day began."""
        return datetime.combine(day, time(), self.now.tzinfo) + timedelta(minutes=minutes)


def _by_day(minutes: int) -> int:
    """Return minutes since midnight, one to six o'clock in the afternoon."""
    return minutes + 12 * 60 if 1 <= minutes // 60 <= 6 else minutes
