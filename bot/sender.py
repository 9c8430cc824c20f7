"""Takes due deliveries from the outbox and hands them to WeChat: walk two."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

import structlog

from bot import metrics
from bot.errors import (
    AccountLimited,
    ContentRefused,
    QuotaSpent,
    RecipientGone,
    Temporary,
    TokenRefused,
    WeChatRefused,
    WindowClosed,
)
from bot.model import SHANGHAI, DeliveryState
from bot.store import outbox
from bot.store.database import Database
from bot.store.outbox import Claim, Result
from bot.wechat.client import Client
from bot.wechat.fields import fit_thing

#: Rows claimed at once; all of them are sent well within their lease.
BATCH = 50

#: Seconds between looks at an empty outbox.
IDLE = 0.5

#: Seconds to wait after the database or the loop itself failed.
PAUSE = 5.0

log = structlog.get_logger(__name__)


class Sender:
    """Sends until cancelled. Several may run, in one process or many: no row is claimed twice."""

    def __init__(self, database: Database, client: Client, clock: Callable[[], datetime], template_id: str) -> None:
        self._database, self._client, self._clock, self._template_id = database, client, clock, template_id
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Send whatever falls due."""
        while True:
            try:
                sent = await self.step()
            except Exception:  # the sender must outlive what it cannot foresee
                log.exception("sender failed, going on in a moment")
                await asyncio.sleep(PAUSE)
                continue
            if not sent:
                self._woken.clear()
                try:
                    async with asyncio.timeout(IDLE):
                        await self._woken.wait()
                except TimeoutError:
                    continue

    def poke(self) -> None:
        """Look at the outbox now instead of soon."""
        self._woken.set()

    async def step(self) -> int:
        """Claim a batch, send it, settle it; returns how many rows it had."""
        now = self._clock()
        claims = await self._database.write(outbox.claim, now, BATCH, bool(self._template_id))
        if not claims:
            return 0
        results = await asyncio.gather(*(self._send(claim) for claim in claims))
        await self._database.write(outbox.settle, list(results), self._clock())
        self._count(results)
        return len(claims)

    async def _send(self, claim: Claim) -> Result:
        try:
            if claim.channel == outbox.CHAT:
                await self._client.send_text(claim.openid, _text(claim), claim.client_msg_id)
                return Result(claim=claim, state=DeliveryState.SENT)
            data = template_fields(claim, self._clock())
            msgid = await self._client.send_template(
                claim.openid, self._template_id, data, str(claim.payload.get("url") or ""), claim.client_msg_id
            )
            return Result(claim=claim, state=DeliveryState.SENT, msgid=msgid)
        except WeChatRefused as error:
            return after(claim, error, self._clock())

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
            again = datetime.combine(now.astimezone(SHANGHAI).date() + timedelta(days=1), time(), SHANGHAI)
            return Result(
                claim=claim,
                state=DeliveryState.QUEUED,
                reason="今天的发送额度用完，明天 0 点继续",
                again_at=again,
                uncounted=True,
            )
        case RecipientGone():
            return Result(claim=claim, state=DeliveryState.FAILED, reason="已取消关注或拒收", gone=error.errcode == 43004)
        case WindowClosed():
            return Result(claim=claim, state=DeliveryState.UNREACHABLE, reason=outbox.WINDOW_CLOSED)
        case ContentRefused():
            return Result(claim=claim, state=DeliveryState.FAILED, reason=f"内容被微信拒绝：{error.errmsg}"[:200])
        case AccountLimited():
            return Result(
                claim=claim, state=DeliveryState.FAILED, reason=f"公众号没有权限（{error.errcode}），请运行 linli doctor"
            )
        case Temporary() | TokenRefused():
            return _retry(claim, error, now)
    return Result(claim=claim, state=DeliveryState.FAILED, reason=f"微信拒绝：{error}"[:200])


def _retry(claim: Claim, error: WeChatRefused, now: datetime) -> Result:
    if claim.attempts > len(outbox.RETRIES):
        return Result(claim=claim, state=DeliveryState.FAILED, reason=f"多次重试仍失败：{error.errmsg}"[:200])
    return Result(
        claim=claim, state=DeliveryState.QUEUED, reason=error.errmsg[:200], again_at=now + outbox.RETRIES[claim.attempts - 1]
    )


def template_fields(claim: Claim, now: datetime) -> dict[str, str]:
    """Return the values of the notice template: thing1 the title, time2 the time, cut to WeChat's limits."""
    title = str(claim.payload.get("title") or claim.payload.get("text") or "物业消息")
    return {"thing1": fit_thing(title), "time2": f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"}


def _text(claim: Claim) -> str:
    return str(claim.payload["text"])
