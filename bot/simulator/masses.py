"""Messages to many at once: who may still get one this month, and which are repeats.

Sources: developers.weixin.qq.com/doc/service/api/notify/message/ api_sendall.html, api_masssend.html
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.simulator.caps import month_of
from bot.simulator.refusal import Refused

#: What one follower gets in a calendar month.
A_MONTH = 4

#: The same clientmsgid names the same message for this long, and is not even looked up for the first minute.
SAME_FOR, TOO_SOON = timedelta(hours=24), timedelta(minutes=1)

#: Bytes of a clientmsgid.
ID_BYTES = 64


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What became of one message: `total` were meant, `after_filter` follow, the rest adds up to those."""

    total: int
    after_filter: int
    sent: int
    failed: int


class Masses:
    """What went out."""

    def __init__(self) -> None:
        self._got: Counter[tuple[str, str]] = Counter()
        self._known: dict[str, tuple[datetime, int]] = {}
        self.done: dict[int, Counts] = {}

    def begin(self, clientmsgid: str, msg_id: int, now: datetime) -> None:
        """Note a message under its clientmsgid; raises Refused for one that is known (45065, 45066) or too long (45067)."""
        if len(clientmsgid.encode()) > ID_BYTES:
            raise Refused(45067, "clientmsgid size out of limit")
        self._known = {name: known for name, known in self._known.items() if now - known[0] < SAME_FOR}
        if clientmsgid in self._known:
            at, before = self._known[clientmsgid]
            if now - at < TOO_SOON:
                raise Refused(45066, "same clientmsgid retry too fast")
            raise Refused(45065, "clientmsgid exist", msg_id=before)
        self._known[clientmsgid] = now, msg_id

    def deliver(self, openid: str, now: datetime) -> bool:
        """Count a message for one follower; False when they had all of this month."""
        month = (openid, month_of(now))
        if self._got[month] >= A_MONTH:
            return False
        self._got[month] += 1
        return True
