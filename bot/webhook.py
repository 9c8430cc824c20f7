"""The URL that WeChat calls: walk one, from socket to reply.

Whatever is signed correctly gets a reply WeChat can read: XML or `success`, never an error page. Repeats of a message
share one answer. What is not ready within the deadline follows as a customer-service message.
Source: developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from aiohttp import web

from bot import metrics
from bot.dialogue.turn import Answer, House, take
from bot.dialogue.understanding import Understanding
from bot.errors import Forged, Malformed
from bot.logs import hashed
from bot.store import outbox
from bot.store.database import Database
from bot.wechat import crypto, messages

#: WeChat's pushes are a few hundred bytes; 1 MB of tags would cost half a second of CPU.
BODY_LIMIT = 64 * 1024

#: Seconds for a body to arrive; a stalled sender must not hold a connection.
READ_WITHIN = 3.0

#: WeChat hangs up after 5 seconds; the rest is for the way there and back.
REPLY_WITHIN = 4.2

#: Said when the turn failed: nothing was done, so asking again is right.
APOLOGY = "抱歉，刚才没有处理成功，请再发一次；急事请直接致电物业前台。"

#: Tells WeChat that the push was taken and nothing is to be shown.
SUCCESS = "success"

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Webhook:
    """One WeChat account's door."""

    account: crypto.Account
    database: Database
    understanding: Understanding
    house: Callable[[], House]
    clock: Callable[[], datetime]
    reply_within: float = REPLY_WITHIN
    _working: dict[str, "asyncio.Task[Answer]"] = field(default_factory=dict)
    _late: set["asyncio.Task[None]"] = field(default_factory=set)

    async def verify(self, request: web.Request) -> web.Response:
        """Answer the account console's check of this URL."""
        try:
            return web.Response(text=crypto.check_echo(self.account, _query(request), self.clock()))
        except Forged as error:
            return _refuse(error)

    async def receive(self, request: web.Request) -> web.Response:
        """Take one push and answer it within the deadline."""
        began = time.perf_counter()
        try:
            body = await _read(request)
            xml = crypto.open_envelope(self.account, _query(request), body, self.clock())
        except Forged as error:
            return _refuse(error)
        try:
            message = messages.parse(xml)
        except Malformed as error:
            log.warning("push cannot be read", fault=str(error))
            return self._success("unreadable")
        response = await self._reply(message)
        metrics.WEBHOOK_SECONDS.observe(time.perf_counter() - began)
        return response

    async def close(self) -> None:
        """Wait for the answers under way."""
        await asyncio.gather(*self._working.values(), *self._late, return_exceptions=True)

    async def _reply(self, message: messages.Message) -> web.Response:
        work = self._working.get(message.key) or self._begin(message)
        done, _ = await asyncio.wait({work}, timeout=self.reply_within)
        if not done:
            self._follow_up(message, work)
            return self._success("late")
        text = await self._text(message, work)
        if not text:
            return self._success("silent")
        first, *rest = messages.parts(text)
        for part in rest:
            await self.database.write(outbox.queue, message.openid, part, self.clock())
        reply = messages.render_text(message.openid, message.account, first, self.clock())
        metrics.PUSHES.labels("answered").inc()
        return web.Response(text=crypto.seal(self.account, reply, self.clock()), content_type="application/xml")

    def _begin(self, message: messages.Message) -> "asyncio.Task[Answer]":
        work = asyncio.create_task(self._take(message))
        self._working[message.key] = work
        work.add_done_callback(lambda _: self._working.pop(message.key, None))
        return work

    async def _take(self, message: messages.Message) -> Answer:
        now = self.clock()
        heard = self.understanding.hear(message, now)
        answer = await self.database.write(take, message, heard, now, self.house())
        metrics.ANSWERS.labels(answer.outcome.kind, answer.outcome.intent or "").inc()
        log.info("answered", kind=type(message).__name__, openid=hashed(message.openid),
                 outcome=answer.outcome.kind, intent=answer.outcome.intent)  # fmt: skip
        return answer

    async def _text(self, message: messages.Message, work: "asyncio.Task[Answer]") -> str:
        """Return what to say; a turn that failed is logged once and answered with an apology."""
        try:
            return "\n\n".join((await work).texts)
        except Exception:  # whatever failed, WeChat must get a reply it can read
            log.exception("turn failed", kind=type(message).__name__, openid=hashed(message.openid))
            return APOLOGY

    def _follow_up(self, message: messages.Message, work: "asyncio.Task[Answer]") -> None:
        """Send the answer later, once, however often WeChat repeats the push meanwhile."""
        name = f"late {message.key}"
        if any(task.get_name() == name for task in self._late):
            return

        async def deliver() -> None:
            text = await self._text(message, work)
            for part in messages.parts(text) if text else ():
                await self.database.write(outbox.queue, message.openid, part, self.clock())

        late = asyncio.create_task(deliver(), name=name)
        self._late.add(late)
        late.add_done_callback(self._late.discard)

    def _success(self, result: str) -> web.Response:
        metrics.PUSHES.labels(result).inc()
        return web.Response(text=SUCCESS)


async def _read(request: web.Request) -> bytes:
    """Return the body; raises HTTP 413 when it is too long and 408 when it does not come."""
    if (request.content_length or 0) > BODY_LIMIT:
        raise web.HTTPRequestEntityTooLarge(BODY_LIMIT, request.content_length or 0)
    body = bytearray()
    try:
        async with asyncio.timeout(READ_WITHIN):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > BODY_LIMIT:
                    raise web.HTTPRequestEntityTooLarge(BODY_LIMIT, len(body))
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="body too slow") from None
    return bytes(body)


def _query(request: web.Request) -> dict[str, str]:
    """Return the query; a parameter given twice is forged, for WeChat gives each once."""
    if len(request.query) != len(set(request.query)):
        raise Forged("query: a parameter stands twice")
    return dict(request.query)


def _refuse(error: Forged) -> web.Response:
    metrics.PUSHES.labels("forged").inc()
    log.warning("push refused", reason=str(error))
    return web.Response(status=403, text="forbidden")
