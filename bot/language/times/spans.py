"""What one expression of time says. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

#: `unclear`: a time stands here that cannot be read whole; nothing beside it may be believed.
Kind = Literal["clock", "part", "day", "range", "deadline", "instant", "unclear"]

#: Clock skew between "now" as the resident says it and our own.
JUST_NOW = timedelta(minutes=5)

#: More days than these are a week, a month: on which of them is not said. A weekend is two.
_FEW = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Span:
    """One expression: from `start` to `end` in time, from `begin` to `stop` in the text.

    `has_day` and `has_clock` tell what was said; the rest was filled in. The start of what is unclear means nothing.
    """

    kind: Kind
    start: datetime
    end: datetime | None
    begin: int
    stop: int
    has_day: bool = False
    has_clock: bool = False
    is_of_leaving: bool = False  # 九点走, where nothing said before it tells when somebody comes

    @property
    def is_coarse(self) -> bool:
        """Whether several days are meant, of which none is told apart: 下周, 月底."""
        return self.kind == "day" and self.end is not None and self.end - self.start > _FEW


def is_past(moment: datetime, now: datetime) -> bool:
    """Tell whether nobody can come then any more; a day, which begins at 0:00 and ends at 23:59, lasts until it is over."""
    is_day = (moment.hour, moment.minute) in {(0, 0), (23, 59)}
    return moment.date() < now.date() if is_day else moment < now - JUST_NOW
