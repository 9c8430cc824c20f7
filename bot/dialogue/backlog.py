"""Messages that were taken, recorded and not answered: their process died, or their turn failed. They are taken up again."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot import metrics
from bot.dialogue.answer import House
from bot.dialogue.turn import give_up, recover, take
from bot.dialogue.understanding import Understanding
from bot.logs import hashed
from bot.spool import Spool
from bot.store import inbox
from bot.store.database import Database
from bot.store.inbox import Unfinished
from bot.wechat import messages

log = structlog.get_logger(__name__)


class Backlog:
    """Answers what was left unfinished; several may work on one database."""

    def __init__(
        self, database: Database, understanding: Understanding, house: Callable[[str], House], clock: Callable[[], datetime],
        spool: Spool,
    ) -> None:  # fmt: skip
        self._database, self._understanding, self._house, self._clock = database, understanding, house, clock
        self._spool = spool

    async def step(self) -> int:
        """Take up what nobody is at any more, and before it what came while the database was away; returns how many.

        One that fails again does not stop the others.
        """
        await self._recover()
        left = await self._database.write(inbox.take_up, self._clock())
        for unfinished in left:
            message = messages.parse(unfinished.push.encode())
            try:
                await self._finish(message, unfinished)
            except Exception:  # its lease ends and it is taken up again, until it is given up
                log.exception("unfinished message failed", openid=hashed(message.openid), attempt=unfinished.attempts)
        return len(left)

    async def _recover(self) -> None:
        """Write down what was spooled; it is forgotten only when all of it is in the database, and what is there already counts once."""
        spooled = await asyncio.to_thread(self._spool.take)
        metrics.SPOOLED.set(len(spooled))
        for one in spooled:
            await self._database.write(recover, messages.parse(one.push.encode()), one.push, one.at, self._house(one.appid))
        if spooled:
            await asyncio.to_thread(self._spool.done)
            metrics.SPOOLED.set(0)
            log.warning("worked off what came while the database was away", messages=len(spooled))

    async def _finish(self, message: messages.Message, unfinished: Unfinished) -> None:
        """Answer as if it were still the moment it was said: 明天 means the day after that."""
        house, at = self._house(unfinished.appid), unfinished.received_at
        if unfinished.attempts > inbox.ATTEMPTS:
            await self._database.write(give_up, message, self._clock(), house)
            return
        heard = self._understanding.hear(message, at, house.communities)
        await self._database.write_for(message.openid, take, message, heard, at, house)
        log.info("answered late", openid=hashed(message.openid), attempt=unfinished.attempts)
