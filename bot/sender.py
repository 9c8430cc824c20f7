"""Takes due deliveries from the outbox and hands them to WeChat: walk two."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot import metrics
from bot.contract import wording
from bot.errors import (
    AccountLimited,
    ChannelDisabled,
    ConsentUsed,
    ContentRefused,
    QuotaSpent,
    RecipientGone,
    Temporary,
    TokenRefused,
    TooFrequent,
    Unanswered,
    Unreached,
    WeChatRefused,
    WindowClosed,
)
from bot.store import channels, outbox, sentpictures
from bot.store.channels import CHAT, SUBSCRIPTION, WORDS
from bot.store.database import Database
from bot.store.outbox import Claim, DeliveryState, Result, Ways
from bot.translation import tr
from bot.wechat.client import Client
from bot.wechat.refusals import BUSY

#: Rows claimed at once, and most that are on their way together, which is as many as a crash can leave in doubt: all well within their lease.
#: A sender begins with BATCH and lets one more leave for each that came back: one that dies over and over leaves few in doubt each time.
BATCH, MOST = 20, 100

#: Most urgent rows that are sent where MOST are on their way and WeChat keeps them waiting.
BESIDE = 20

#: Seconds between looks at the outbox while nothing wakes the sender.
IDLE = 0.5

#: How often it is looked for what other senders lost.
LOST_EVERY = timedelta(seconds=1)

#: Seconds that a sender that is stopped waits for what is on its way: WeChat answers in well under one.
ENDS_WITHIN = 3.0

#: Times that results are tried to be written down; then their leases are over, and what is unsure is told as such.
TRIES = 24

#: Tries of a message while WeChat says that it is busy, each of them surely not taken: some hours in all.
PATIENCE = 30

#: Seconds to wait after the database or the loop itself failed.
PAUSE = 5.0

log = structlog.get_logger(__name__)


class Sender:
    """Sends until cancelled. Several may run, in one process or many: no row is claimed twice."""

    def __init__(self, database: Database, client: Client, clock: Callable[[], datetime], ways: Callable[[], Ways],
                 page: Callable[[Claim], str] = lambda _: "", *, ends_within: float = ENDS_WITHIN) -> None:  # fmt: skip
        """`page` gives the address where the reader of a notice finds all of it, empty where there is none."""
        self._database, self._client, self._clock, self._ways, self._page = database, client, clock, ways, page
        self._ends_within = ends_within
        self._woken = asyncio.Event()
        self._under_way: set[asyncio.Task[Result]] = set()
        self._came_back: list[Result] = []  # and is not written down yet
        self._most = BATCH  # on their way together, for now
        self._is_more_due = True  # nobody has looked yet
        self._lost_until: datetime | None = None  # leases that ended until then were looked for

    async def run(self) -> None:
        """Send whatever falls due."""
        failed = 0
        try:
            while True:
                try:
                    if not (self._has_room and self._is_more_due):
                        await self._rest(IDLE)
                    await self._turn_over(BATCH if self._has_room else self._beside)
                    failed = 0
                except Exception:  # the sender must outlive what it cannot foresee
                    log.exception("sender failed, going on in a moment")
                    failed += 1
                    if failed >= TRIES:
                        self._came_back = []
                    await asyncio.sleep(PAUSE)
        finally:
            await self._finish()

    def poke(self) -> None:
        """Look at the outbox now instead of soon."""
        self._woken.set()

    async def step(self) -> int:
        """Claim a batch, send it, and settle each row as soon as its fate is known; returns how many rows were sent."""
        try:
            claims = await self._turn_over(BATCH)
            while self._under_way or self._came_back:
                await self._rest(None)
                await self._turn_over(0)
        finally:
            await self._end()
        return len(claims)

    @property
    def _has_room(self) -> bool:
        return len(self._under_way) + BATCH <= self._most

    @property
    def _beside(self) -> int:
        """How many urgent rows may still leave."""
        return max(MOST + BESIDE - len(self._under_way), 0)

    async def _rest(self, most: float | None) -> None:
        """Wait until one of those on their way has come back or somebody pokes, `most` seconds where that is said."""
        if not self._came_back:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(most):
                    await self._woken.wait()

    async def _turn_over(self, limit: int) -> Sequence[Claim]:
        """Write results down, take what is due, and send it; what could not be written is kept for the next time.

        Both are one transaction, and new ones leave while others are still on their way: WeChat is never waited for in vain.
        """
        self._woken.clear()  # before the look: what falls due during it is looked for again
        results, now, urgent = tuple(self._came_back), self._clock(), not self._has_room
        since = self._looked_until(now)
        claims, more = await self._database.write(
            outbox.turn_over, results, now, limit, self._ways(), urgent=urgent, ended_since=since
        )
        self._lost_until = now if since else self._lost_until
        self._is_more_due = self._is_more_due if urgent or not limit else more
        del self._came_back[: len(results)]
        self._most = BATCH if any(result.stop for result in results) else min(self._most + len(results), MOST)
        self._count(results)
        for claim in claims:
            task = asyncio.create_task(self._send(claim))
            self._under_way.add(task)
            task.add_done_callback(self._take_back)
        return claims

    def _looked_until(self, now: datetime) -> datetime | None:
        """Return until when it was looked for what is lost; None where that was just now. A clock may have been set back."""
        last = self._lost_until
        if last is None or last > now:
            return now - outbox.REPEATABLE
        return last if now - last >= LOST_EVERY else None

    def _take_back(self, task: asyncio.Task[Result]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            self._came_back.append(task.result())
            self._woken.set()

    async def _finish(self) -> None:
        """Let what is on its way arrive and write it down, so that a restart leaves nothing in doubt; for a moment, then end it."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=self._ends_within)
        await self._end()
        try:
            if self._came_back:
                await self._turn_over(0)
        except Exception:  # their leases will end, and what is unsure is told as such
            log.exception("sender stopped, and could not write down what it had sent", messages=len(self._came_back))

    async def _end(self) -> None:
        """End what is still being sent: left alone it would keep the process for as long as WeChat is waited for."""
        ending = list(self._under_way)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    async def _send(self, claim: Claim) -> Result:
        try:
            msgid = await self._hand_over(claim)
        except WeChatRefused as error:
            return after(claim, error, self._clock())
        except Exception as error:  # one message that cannot be sent keeps no other from being sent and noted
            log.exception("delivery broke off", delivery=claim.id)
            return after(claim, Unanswered(None, type(error).__name__), self._clock())
        return Result(claim=claim, state=DeliveryState.SENT, msgid=None if msgid == outbox.NO_MSGID else msgid)

    async def _hand_over(self, claim: Claim) -> str | None:
        """Give one message to WeChat; returns its msgid where reports will come for it."""
        page = self._page(claim)
        url, said = str(claim.payload.get("url") or page), str(claim.payload["text"])
        if claim.channel == CHAT and claim.payload.get("picture"):
            picture = await self._database.read(sentpictures.of_delivery, claim.id)
            if picture is None:
                raise ContentRefused(None, "the picture was deleted before it was sent")
            await self._client.send_picture(claim.openid, picture, claim.client_msg_id)
            return None
        if claim.channel == CHAT:
            text = wording.with_page(said, page, asks=bool(claim.payload.get("asks"))) if page else said
            await self._client.send_text(claim.openid, text, claim.client_msg_id)
            return None
        data = wording.fields(str(claim.payload.get("title") or said), self._clock())
        if claim.channel == SUBSCRIPTION:
            await self._client.send_subscription(claim.openid, self._ways().subscription, data, url)
            return None
        return await self._client.send_template(claim.openid, self._ways().template, data, url, claim.client_msg_id)

    def _count(self, results: Sequence[Result]) -> None:
        for result in results:
            metrics.SENT.labels(result.claim.channel, result.state).inc()
            if result.reason:
                log.info("delivery not sent", delivery=result.claim.id, attempt=result.claim.attempts,
                         state=result.state, reason=result.reason)  # fmt: skip


def after(claim: Claim, error: WeChatRefused, now: datetime) -> Result:
    """Return what follows from WeChat's no: once more, tomorrow, or never."""
    match error:
        case QuotaSpent():
            stop = channels.spent(claim.channel, now)
            return Result(claim=claim, state=DeliveryState.QUEUED, reason=stop.reason, again_at=stop.until, stop=stop)
        case ChannelDisabled():  # another way may be open
            stop = channels.disabled(claim.channel, now, error.errcode)
            return Result(claim=claim, state=DeliveryState.QUEUED, reason=stop.reason, again_at=now, stop=stop)
        case AccountLimited():
            stop = channels.misconfigured(claim.channel, now, error.errcode)
            return Result(claim=claim, state=DeliveryState.QUEUED, reason=stop.reason, again_at=stop.until, stop=stop)
        case TooFrequent():
            return _wait(claim, channels.rushed(claim.channel, now))
        case Unreached():
            return _wait(claim, channels.unreached(claim.channel, now))
        case WindowClosed() | ConsentUsed():
            reason = tr("{WORDS}已不能发，改用别的方式", WORDS=WORDS[claim.channel])
            return Result(claim=claim, state=DeliveryState.QUEUED, reason=reason, again_at=now, is_closed=True)
        case RecipientGone():
            return Result(claim=claim, state=DeliveryState.FAILED, reason=tr("已取消关注或拒收"), gone=True)
        case ContentRefused():
            return Result(
                claim=claim, state=DeliveryState.FAILED, reason=tr("内容被微信拒绝：{errmsg}", errmsg=error.errmsg)[:200]
            )
        case Unanswered() if not claim.is_repeatable:
            return Result(claim=claim, state=DeliveryState.UNKNOWN, reason=outbox.LOST, is_unsure=True)
        case Temporary() | TokenRefused():
            return _retry(claim, error, now)
    return Result(claim=claim, state=DeliveryState.FAILED, reason=tr("微信拒绝：{error}", error=error)[:200])


def _wait(claim: Claim, stop: channels.Stop) -> Result:
    """Return that a message waits for its way, which takes nothing just now: that is no attempt of it."""
    return Result(
        claim=claim, state=DeliveryState.QUEUED, reason=stop.reason, again_at=stop.until, stop=stop, is_unsure=claim.is_unsure
    )


def _retry(claim: Claim, error: WeChatRefused, now: datetime) -> Result:
    """Return when a message is tried again, and that it is given up once its tries are over.

    Where WeChat is busy its way rests a moment, too: thousands that wait would all be tried in vain. The attempt counts all the same,
    for it may be this message alone.
    """
    is_unsure = claim.is_unsure or isinstance(error, Unanswered)
    is_busy = error.errcode == BUSY and not is_unsure
    if claim.attempts > (PATIENCE if is_busy else len(outbox.RETRIES)):
        if is_unsure:
            return Result(claim=claim, state=DeliveryState.UNKNOWN, reason=outbox.LOST, is_unsure=True)
        return Result(claim=claim, state=DeliveryState.FAILED, reason=tr("多次重试仍失败：{errmsg}", errmsg=error.errmsg)[:200])
    waits = outbox.WAITS if is_busy else outbox.RETRIES
    return Result(
        claim=claim, state=DeliveryState.QUEUED, reason=error.errmsg[:200], again_at=now + waits[min(claim.attempts, len(waits)) - 1],
        is_unsure=is_unsure, is_tried=is_busy, stop=channels.busy(claim.channel, now) if is_busy else None,
    )  # fmt: skip
