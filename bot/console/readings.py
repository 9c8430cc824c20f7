"""Reads that the log tells of: once for a person, a subject and a while, however often a page that stands open is fetched anew."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiohttp import web
from sqlmodel import Session

from bot.console.parts import PARTS, Viewer
from bot.contract import Desk, Reading

#: How long what somebody reads again is the same reading.
AGAIN = timedelta(minutes=10)

#: Readings remembered at most; of what is forgotten another event is written.
REMEMBERED = 20_000

_Key = tuple[int, Reading]


class Readings:
    """What staff of this process have read lately. Another replica, or this one started anew, writes one event more."""

    def __init__(self) -> None:
        self._at: dict[_Key, datetime] = {}

    def fresh(self, staff_id: int, read: Sequence[Reading], now: datetime) -> list[Reading]:
        """Return what is to be written down, each once. Every export is."""
        return [one for one in dict.fromkeys(read) if one.is_export or self._is_new(self._at.get((staff_id, one)), now)]

    def remember(self, staff_id: int, read: Sequence[Reading], now: datetime) -> None:
        """Take as written down what is."""
        if len(self._at) + len(read) > REMEMBERED:
            self._at = {key: at for key, at in self._at.items() if not self._is_new(at, now)}
        if len(self._at) + len(read) > REMEMBERED:
            self._at.clear()
        self._at.update(dict.fromkeys(((staff_id, one) for one in read), now))

    @staticmethod
    def _is_new(at: datetime | None, now: datetime) -> bool:
        return at is None or not at <= now < at + AGAIN  # the demo's clock may be turned back


READINGS = web.AppKey("readings", Readings)


async def write_down(request: web.Request, viewer: Viewer, read: Sequence[Reading]) -> None:
    """Write down what is about to be shown, before it is."""
    parts, seen, staff_id = request.app[PARTS], request.app[READINGS], viewer.staff.id or 0
    now = parts.clock()
    if fresh := seen.fresh(staff_id, read, now):

        def write(session: Session) -> None:
            desk = Desk(
                session=session, now=now, context=parts.context(viewer.community.key), staff=viewer.staff, access=viewer.access
            )
            for one in fresh:
                desk.record("data.exported" if one.is_export else "data.read", one.subject, what=one.what)

        await parts.database.write(write)
        seen.remember(staff_id, fresh, now)
