"""How often the API may be called.

Sources: developers.weixin.qq.com/doc/service/api/apimanage/ api_getapiquota.html, api_clearquota.html
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from bot.model import SHANGHAI
from bot.simulator.refusal import Refused

#: Calls a day, where they are known.
DAILY: Mapping[str, int] = {
    "message/template/send": 100_000,
    "message/custom/send": 500_000,
    "message/mass/send": 100,
    "message/mass/sendall": 100,
    "message/mass/preview": 100,
    "menu/create": 1000,
    "media/upload": 5000,
    "media/get": 10_000,
    "qrcode/create": 100_000,
    "user/info": 5_000_000,
}

#: Calls a day of all others.
DAILY_OTHERS = 50_000

#: How often a month the counts may begin anew.
CLEARINGS = 10

#: Followers in one answer.
#: Source: developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_getfans.html
PAGE = 10_000


class Caps:
    """Counts from midnight to midnight in Beijing; `daily` and `page` may be set lower to see them reached."""

    def __init__(self) -> None:
        self.daily = dict(DAILY)
        self.page = PAGE
        self._day: date | None = None
        self._used: Counter[str] = Counter()
        self._cleared: Counter[str] = Counter()

    def spend(self, path: str, now: datetime) -> None:
        """Count a call; raises Refused (45009) when the day's are spent."""
        if self.left(path, now) <= 0:
            raise Refused(45009, "reach max api daily quota limit")
        self._used[path] += 1

    def limit(self, path: str) -> int:
        """Return how often a call may be made in a day."""
        return self.daily.get(path, DAILY_OTHERS)

    def left(self, path: str, now: datetime) -> int:
        """Return how often a call may still be made today."""
        today = now.astimezone(SHANGHAI).date()
        if today != self._day:
            self._day, self._used = today, Counter()
        return self.limit(path) - self._used[path]

    def clear(self, now: datetime) -> None:
        """Begin the day's counts anew; raises Refused (48006) when that was done too often this month."""
        month = month_of(now)
        if self._cleared[month] >= CLEARINGS:
            raise Refused(48006, "forbid to clear quota because of reaching the limit")
        self._cleared[month] += 1
        self._used.clear()


def month_of(now: datetime) -> str:
    """Return the calendar month in Beijing."""
    return f"{now.astimezone(SHANGHAI):%Y-%m}"
