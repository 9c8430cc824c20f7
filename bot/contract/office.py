"""When the property office is open, and how long its people may be silent in a talk they have taken over."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Self

from bot.language.recurrence.rule import WEEKDAY_WORDS
from bot.translation import tr, tr_all


@dataclass(frozen=True, kw_only=True)
class Office:
    """Opening hours in the community's own time; `days` are 1 for Monday to 7 for Sunday."""

    opens: time = time(8, 30)
    closes: time = time(18, 0)
    days: frozenset[int] = frozenset(range(1, 8))
    silence: timedelta = timedelta(minutes=30)  # a talk that was taken over goes back to the bot after this long

    @classmethod
    def read(cls, hours: str, days: str, silence: timedelta) -> Self:
        """Return the office as the settings write it: 08:30-18:00, 12345."""
        opens, closes = (time.fromisoformat(clock.zfill(5)) for clock in hours.split("-"))
        return cls(opens=opens, closes=closes, days=frozenset(map(int, days)), silence=silence)

    def in_community(self, hours: str, days: str) -> Self:
        """Return the same with the hours and days that a community has written for itself; what it left empty stays."""
        own = self.read(hours, days or "1234567", self.silence) if hours else self
        return replace(self, opens=own.opens, closes=own.closes, days=frozenset(map(int, days)) if days else self.days)

    def is_open(self, now: datetime) -> bool:
        """Tell whether somebody is there."""
        return now.isoweekday() in self.days and self.opens <= now.time() < self.closes

    def opening(self, now: datetime) -> datetime:
        """Return when it opens next."""
        ahead = (now + timedelta(days=days) for days in range(8))
        moments = (
            day.replace(hour=self.opens.hour, minute=self.opens.minute, second=0, microsecond=0)
            for day in ahead if day.isoweekday() in self.days
        )  # fmt: skip
        return next(moment for moment in moments if moment > now)

    def closing(self, now: datetime) -> datetime:
        """Return when the day ends on which somebody can see to what comes now: today's, while it is open, else that of the next opening."""
        day = now if self.is_open(now) else self.opening(now)
        return day.replace(hour=self.closes.hour, minute=self.closes.minute, second=0, microsecond=0)

    def in_words(self) -> str:
        """Return the hours as one says them: 每天 8:30 到 18:00, 周一到周五 9:15 到 16:45, 周一、周三 9:00 到 12:00."""
        days = sorted(self.days)
        if len(days) == len(WEEKDAY_WORDS):
            when = tr("每天")
        elif len(days) > 2 and days[-1] - days[0] == len(days) - 1:
            when = tr("周{weekday}到周{other}", weekday=WEEKDAY_WORDS[days[0] - 1], other=WEEKDAY_WORDS[days[-1] - 1])
        else:
            when = tr_all("、", (tr("周{weekday}", weekday=WEEKDAY_WORDS[day - 1]) for day in days))
        return tr(
            "{when} {say_clock} 到 {say_clock2}", when=when, say_clock=say_clock(self.opens), say_clock2=say_clock(self.closes)
        )

    def say_opening(self, now: datetime) -> str:
        """Return when it opens next as one says it: 8:30, 明天 8:30, 周一 8:30."""
        at = self.opening(now)
        days = (at.date() - now.date()).days
        day = ("", tr("明天 "))[days] if days < 2 else tr("周{weekday} ", weekday=WEEKDAY_WORDS[at.weekday()])
        return f"{day}{say_clock(at.time())}"


def say_clock(at: time) -> str:
    """Return 8:30."""
    return f"{at.hour}:{at.minute:02}"
