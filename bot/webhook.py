"""The URL that WeChat calls: walk one, from socket to reply.

Whatever is signed correctly gets a reply WeChat can read: XML or `success`, never an error page. Repeats of a message
share one answer. What is not ready within the deadline is recorded, and follows as a customer-service message; what cannot
even be recorded gets no answer at all, so that WeChat asks again. What it never asks again, or what nobody may wait for, is
kept in the spool until the database is back: the words of an emergency come at once, whatever is away.
Source: developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from weakref import WeakValueDictionary

import structlog
from aiohttp import web
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from bot import bodies, metrics
from bot.dialogue.language_model import LanguageModel
from bot.dialogue.said import Heard
from bot.dialogue.turn import Answer, House, apology, look, postpone, take, unaided
from bot.dialogue.understanding import Understanding
from bot.errors import Forged, Malformed, StorageLost
from bot.logs import hashed
from bot.spool import Spool, Spooled
from bot.store import inbox
from bot.store.database import Database
from bot.wechat import crypto, messages

#: WeChat's pushes are a few hundred bytes; 1 MB of tags would cost half a second of CPU.
BODY_LIMIT = 64 * 1024

#: Seconds for a body to arrive; a stalled sender must not hold a connection.
READ_WITHIN = 3.0

#: WeChat hangs up after 5 seconds; the rest is for the way there and back.
REPLY_WITHIN = 4.2

#: Seconds to record what is late; together with the rest still less than 5.
RECORD_WITHIN = 0.5

#: Seconds between the tries of a turn whose database is away: a restart of two seconds is waited for, within REPLY_WITHIN.
PAUSES = (0.0, 0.2, 0.5, 1.0, 1.5)

#: Seconds that an emergency waits for the database; then what to do is said without it.
DANGER_WAITS = 1.5

#: What says that the database is away, and not that the turn is at fault.
AWAY = (OperationalError, InterfaceError, NoConnection, StorageLost)

#: What WeChat tells once and never again: who left, what became of a message, what somebody agreed to.
TOLD_ONCE = (messages.Unfollow, messages.Report, messages.MassReport, messages.Consent)

#: Ordinary messages that are with the writer at a time. The others wait before it: answers come in groups as large as this, and whatever
#: else is asked, such as at the gate, waits behind one.
AT_ONCE = 24

#: Signatures remembered, the last ones: a flood of replays is refused before it costs anything.
SEEN = 10_000

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
    spool: Spool
    model: LanguageModel | None = None
    is_lost: Callable[[], bool] = bool
    reply_within: float = REPLY_WITHIN
    _working: dict[str, "asyncio.Task[Answer]"] = field(default_factory=dict)
    _dangers: set[str] = field(default_factory=set)  # keys of those under way that are emergencies
    _waiting: Counter[str] = field(default_factory=Counter)  # pushes that wait for the answer to a message
    _missed: dict[str, "_Push"] = field(default_factory=dict)  # whose answer nobody has read yet, while it is under way
    _following: set["asyncio.Task[None]"] = field(default_factory=set)
    _seen: dict[str, str] = field(default_factory=dict)  # signatures that cover no body -> what they came with
    _keeping: set["asyncio.Task[bool]"] = field(default_factory=set)  # uses of signatures being written down
    _talking: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)  # by openid
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)  # one message after the other, each in a breath of its own

    async def verify(self, request: web.Request) -> web.Response:
        """Answer the account console's check of this URL."""
        try:
            query, now = _query(request), self.clock()
            echo = crypto.check_echo(self.account, query, now)
            await self._use(self._signed(query), "check", echo.encode(), now)
        except Forged as error:
            return _refuse(error)
        except (TimeoutError, SQLAlchemyError) as error:
            return _hang_up(request, error)
        return web.Response(text=echo)

    async def receive(self, request: web.Request) -> web.Response:
        """Take one push and answer it within the deadline."""
        began = time.perf_counter()
        try:
            query, now = _query(request), self.clock()
            crypto.check_query(self.account, query, now)  # before the body: strangers are refused at once
            push = _Push(xml=await self._open(request, query, now), signed=self._signed(query), at=now)
            response = await self._answer(push, began)
        except Forged as error:
            return _refuse(error)
        except (TimeoutError, SQLAlchemyError, StorageLost, OSError) as error:  # it could not be kept anywhere
            return _hang_up(request, error)
        metrics.WEBHOOK_SECONDS.observe(time.perf_counter() - began)
        return response

    async def close(self) -> None:
        """Wait for the answers under way."""
        await asyncio.gather(*self._working.values(), *self._keeping, return_exceptions=True)
        await asyncio.gather(*self._following, return_exceptions=True)

    async def _open(self, request: web.Request, query: Mapping[str, str], now: datetime) -> bytes:
        """Return the XML of a push. A body that can never be read uses its signature up; one that did not come whole is sent again."""
        body = b""
        try:
            body = await bodies.read(request, BODY_LIMIT, READ_WITHIN)
            return crypto.open_body(self.account, query, body)
        except (Forged, web.HTTPRequestEntityTooLarge):
            await self._use(self._signed(query), "unreadable", body, now)
            raise

    async def _use(self, signed: str | None, what: str, content: bytes, now: datetime) -> None:
        """Keep what a signature that covers no body came with when that is no message; raises Forged if it was used before."""
        if signed is None:
            return
        used_for = f"{what}:{sha256(content).hexdigest()[:40]}"
        if not self._is_first(signed, used_for):
            raise Forged("signature: came before with something else")
        if not await self._keep_use(signed, used_for, now):
            self._seen.pop(signed, None)  # what it was used for only the database knows
            raise Forged("signature: came before with something else")

    async def _keep_use(self, signed: str, used_for: str, now: datetime) -> bool:
        """Write it down; tells whether it was used for nothing else."""
        async with asyncio.timeout(RECORD_WITHIN):
            try:
                return await self.database.write_aside(inbox.use, signed, used_for, self.account.appid, now)
            except IntegrityError:  # another replica was quicker: now one sees what it was used for
                return await self.database.write_aside(inbox.use, signed, used_for, self.account.appid, now)

    def _keep_aside(self, signed: str, key: str, now: datetime) -> None:
        """Write down that a signature was used for a message, where nobody waits for that."""
        keeping = asyncio.create_task(self._keep_use(signed, key, now))
        self._keeping.add(keeping)
        keeping.add_done_callback(self._kept)

    def _kept(self, keeping: "asyncio.Task[bool]") -> None:
        self._keeping.discard(keeping)
        if (error := keeping.exception()) is not None:  # this process remembers it all the same
            log.warning("use of a signature not kept", fault=type(error).__name__)

    def _signed(self, query: Mapping[str, str]) -> str | None:
        """Return the hash of a signature that covers no body; in the other modes msg_signature covers it."""
        if self.account.mode is not crypto.Mode.PLAIN:
            return None
        return sha256(query["signature"].encode()).hexdigest()[:40]  # of itself: where time and nonce meet in it is not told

    async def _answer(self, push: "_Push", began: float) -> web.Response:
        try:
            message = messages.parse(push.xml)
        except Malformed as error:
            log.warning("push cannot be read", fault=str(error))
            await self._use(push.signed, "unreadable", push.xml, push.at)
            return self._success("unreadable")
        self._join(message, push)
        work = self._working.get(message.key) or self._begin(message, push)
        left = self.reply_within - (time.perf_counter() - began)  # the body may have taken its time
        if not await self._wait(message, work, left):
            return await self._postpone(message, push)
        try:
            answer = work.result()
        except Forged:
            self._seen.pop(push.signed or "", None)  # what it was used for only the database knows
            raise
        except AWAY:
            return await self._outlast(message, push)
        except Exception:  # logged where it failed; WeChat must get a reply it can read
            answer = apology(self.house(), push.at)
            if push.signed is not None:
                self._keep_aside(push.signed, message.key, push.at)
        if answer.late or not answer.parts:
            return self._success("late" if answer.late else "silent")
        return self._reply(message, answer, push.at)

    async def _wait(self, message: messages.Message, work: "asyncio.Task[Answer]", left: float) -> bool:
        """Wait for an answer until the deadline, an emergency a moment only; tells whether it is there."""
        self._waiting[message.key] += 1
        try:
            if left > 0:
                await asyncio.wait({work}, timeout=min(left, DANGER_WAITS))
            if left > DANGER_WAITS and not (work.done() or message.key in self._dangers):
                await asyncio.wait({work}, timeout=left - DANGER_WAITS)
            return work.done()
        finally:
            self._waiting[message.key] -= 1
            if not self._waiting[message.key]:
                del self._waiting[message.key]

    async def _outlast(self, message: messages.Message, push: "_Push") -> web.Response:
        """Answer without the database where that cannot wait or is never asked again; raises what hangs up on all else."""
        heard = self.understanding.hear(message, push.at, self.house().communities)
        if not (heard.match.emergency or isinstance(message, TOLD_ONCE)):
            raise TimeoutError("the database is away")
        xml = push.xml.decode("utf-8", "replace")
        try:
            await asyncio.to_thread(self.spool.put, Spooled(appid=self.account.appid, push=xml, at=push.at))
            metrics.PUSHES.labels("spooled").inc()
        except OSError as error:
            log.error("spool: nothing can be kept", fault=error.strerror, is_danger=heard.match.emergency)
            if not heard.match.emergency:
                raise
        if not heard.match.emergency:
            return self._success("silent")
        return self._reply(message, unaided(heard, push.at, self.house()), push.at)

    def _reply(self, message: messages.Message, answer: Answer, at: datetime) -> web.Response:
        reply = messages.render_text(message.openid, message.account, answer.parts[0], at)
        metrics.PUSHES.labels("answered").inc()
        return web.Response(text=crypto.seal(self.account, reply, at), content_type="application/xml")

    def _join(self, message: messages.Message, push: "_Push") -> None:
        """Use the signature of a push for its message; raises Forged. That of a repeat which finds the message in work is kept aside."""
        if push.signed is None:
            return
        is_new = push.signed not in self._seen
        if not self._is_first(push.signed, message.key):
            raise Forged("signature: came before with another body")
        if is_new and message.key in self._working:
            self._keep_aside(push.signed, message.key, push.at)

    def _is_first(self, signed: str, key: str) -> bool:
        """Tell whether a signature that covers no body has not come with another message; the database knows of older ones."""
        while len(self._seen) >= SEEN:
            del self._seen[next(iter(self._seen))]
        return self._seen.setdefault(signed, key) == key

    def _begin(self, message: messages.Message, push: "_Push") -> "asyncio.Task[Answer]":
        work = asyncio.create_task(self._take(message, push))
        self._working[message.key] = work
        work.add_done_callback(lambda done: self._end(message, done))
        return work

    def _end(self, message: messages.Message, work: "asyncio.Task[Answer]") -> None:
        del self._working[message.key]
        self._dangers.discard(message.key)
        missed, error = self._missed.pop(message.key, None), work.exception()
        if missed is not None and error is None and not self._waiting[message.key]:  # else whoever waits reads it now
            following = asyncio.create_task(self._follow(message, missed))
            self._following.add(following)
            following.add_done_callback(self._following.discard)
        if error is not None and not isinstance(error, Forged):
            log.error("turn failed", kind=type(message).__name__, openid=hashed(message.openid), exc_info=error)

    async def _take(self, message: messages.Message, push: "_Push") -> Answer:
        """Answer one message, after those that the same resident sent before; an emergency waits for nothing."""
        async with self._reading:
            await self.database.precedence.calm()
            heard = self.understanding.hear(message, push.at, self.house().communities)
            await asyncio.sleep(
                0
            )  # whatever else is asked meanwhile, such as at the gate, comes between two messages and not behind all
        if heard.match.emergency:
            self._dangers.add(message.key)
            return await self._take_turn(message, heard, push)
        talking = self._talking.setdefault(message.openid, asyncio.Lock())
        async with talking:
            heard = await self._consult(message, heard, push)
            async with self.at_once:
                await self.database.precedence.calm()
                return await self._take_turn(message, heard, push)

    async def _take_turn(self, message: messages.Message, heard: Heard, push: "_Push") -> Answer:
        pauses, is_overtaken = iter(PAUSES), False
        while True:
            try:
                if self.is_lost():
                    raise StorageLost("the file of the database is gone")
                if heard.match.emergency:
                    answer = await self.database.write_first(take, message, heard, push.at, self.house(), push.signed)
                else:
                    answer = await self.database.write_for(
                        message.openid, take, message, heard, push.at, self.house(), push.signed
                    )
                break
            except IntegrityError:  # another replica was quicker with the same message: now its answer is there
                if is_overtaken:
                    raise
                is_overtaken = True
            except AWAY:
                if (pause := next(pauses, None)) is None:
                    raise
                await asyncio.sleep(pause)
        metrics.ANSWERS.labels(answer.outcome.kind, answer.outcome.intent or "").inc()
        log.info("answered", kind=type(message).__name__, openid=hashed(message.openid),
                 outcome=answer.outcome.kind, intent=answer.outcome.intent)  # fmt: skip
        return answer

    async def _consult(self, message: messages.Message, heard: Heard, push: "_Push") -> Heard:
        """Return what was said, with what a language model makes of it where there is one and the matcher doubts."""
        if self.model is None or heard.match.decision == "accept" or not heard.text:
            return heard
        standing, facts = await self.database.read(look, message.openid, heard, push.at, self.house())
        return await self.model.consult(heard, standing, facts)

    async def _postpone(self, message: messages.Message, push: "_Push") -> web.Response:
        """Record what is late and say `success`; an emergency is told what to do instead. What cannot be recorded outlasts what is away."""
        if message.key not in self._dangers:
            try:
                async with asyncio.timeout(RECORD_WITHIN):
                    await self._record(message, push)
                return self._success("late")
            except (TimeoutError, *AWAY) as error:
                log.warning("push not recorded", fault=type(error).__name__)
        if message.key in self._working:
            self._missed[message.key] = push
        return await self._outlast(message, push)

    async def _follow(self, message: messages.Message, push: "_Push") -> None:
        """Send an answer that was ready only after its push was given up: what was done is told, also where nobody asks again."""
        try:
            await self._record(message, push)
        except Exception:  # the same message asked again finds the answer all the same
            log.exception("an answer that came too late was not queued", openid=hashed(message.openid))

    async def _record(self, message: messages.Message, push: "_Push") -> None:
        arguments = (message, push.xml.decode("utf-8", "replace"), push.at, self.house(), push.signed)
        try:
            await self.database.write_aside(postpone, *arguments)
        except IntegrityError:  # it was answered in this very moment
            await self.database.write_aside(postpone, *arguments)

    def _success(self, result: str) -> web.Response:
        metrics.PUSHES.labels(result).inc()
        return web.Response(text=SUCCESS)


@dataclass(frozen=True, kw_only=True)
class _Push:
    """One request whose signature fits. `signed`: hash of a signature that covers no body."""

    xml: bytes
    signed: str | None
    at: datetime


def _query(request: web.Request) -> dict[str, str]:
    """Return the query; a parameter given twice is forged, for WeChat gives each once."""
    if len(request.query) != len(set(request.query)):
        raise Forged("query: a parameter stands twice")
    return dict(request.query)


def _hang_up(request: web.Request, error: Exception) -> web.Response:
    """Give no answer at all where nothing could be kept, so that WeChat asks again."""
    log.warning("push not recorded, hanging up", fault=type(error).__name__)
    metrics.PUSHES.labels("dropped").inc()
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # nobody hears it


def _refuse(error: Forged) -> web.Response:
    metrics.PUSHES.labels("forged").inc()
    log.warning("push refused", reason=str(error))
    return web.Response(status=403, text="forbidden")
