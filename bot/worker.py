"""Carries out effects: what services want of the network, written down by them and done here after the commit.

Each kind has a worker of its own, so that a kind that hangs or always fails keeps no other waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
import structlog
from sqlmodel import Session

from bot import metrics
from bot.contract import Call, Context, GiveUp, Later, Performer, Work
from bot.contract.work import WATCH
from bot.errors import WeChatRefused
from bot.store import effects, tasks
from bot.store.database import Database
from bot.store.effects import Claim, EffectState
from bot.translation import tr
from bot.wechat.client import Client

#: Effects of one kind that are carried out at the same time.
SIDE_BY_SIDE = 8

#: Seconds between looks where nobody pokes: for what was queued by other processes, and for retries that fall due.
IDLE = 1.0

#: Seconds to wait after the database or the loop itself failed.
PAUSE = 5.0

#: The kind of task that tells admins of what was given up.
DIED = "effect.died"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What effects are carried out with, the same for all kinds."""

    database: Database
    clock: Callable[[], datetime]
    context: Callable[[int], Context]  # of a community
    http: aiohttp.ClientSession
    clients: Mapping[str, Client]  # by appid


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of one try."""

    state: EffectState
    result: Any = None  # what the effect returned, for its `then`
    reason: str = ""
    wait: timedelta | None = None
    counts: bool = True  # among the tries after which it is given up

    @property
    def word(self) -> str:
        """What the figures call it: done, again, later or dead."""
        return "again" if self.state is EffectState.QUEUED and self.counts else "later" if self.wait else str(self.state)


class Worker:
    """Carries out one kind of effect until cancelled. Several may run, in one process or many: no row is claimed twice."""

    def __init__(self, performer: Performer, tools: Tools) -> None:
        self._performer, self._tools = performer, tools
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Carry out whatever falls due, up to SIDE_BY_SIDE at once."""
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                under_way |= await self._begin(SIDE_BY_SIDE - len(under_way))
                await self._rest(under_way)
                under_way = {task for task in under_way if not task.done()}
        finally:
            for task in under_way:  # their rows come back when the lease is over
                task.cancel()

    def poke(self) -> None:
        """Look for work now instead of soon."""
        self._woken.set()

    async def step(self) -> int:
        """Carry out what is due now, up to SIDE_BY_SIDE, and wait for it; returns how many."""
        begun = await self._begin(SIDE_BY_SIDE)
        await asyncio.gather(*begun)
        return len(begun)

    async def _begin(self, limit: int) -> set[asyncio.Task[None]]:
        self._woken.clear()
        kind, now, database = self._performer.kind, self._tools.clock(), self._tools.database
        if limit == 0:
            return set()
        try:
            claims = (
                await database.write(effects.claim, kind, now, limit) if await database.read(effects.is_due, kind, now) else []
            )
        except Exception:  # the worker must outlive what it cannot foresee
            log.exception("effects not claimed, going on in a moment", kind=kind)
            await asyncio.sleep(PAUSE)
            return set()
        return {asyncio.create_task(self._carry_out(claim)) for claim in claims}

    async def _rest(self, under_way: Set[asyncio.Task[None]]) -> None:
        """Wait until one is finished, somebody pokes, or a while has passed."""
        poke = asyncio.create_task(self._woken.wait())
        try:
            await asyncio.wait({poke, *under_way}, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
        finally:
            poke.cancel()

    async def _carry_out(self, claim: Claim) -> None:
        """Try it once and settle it; when even that fails, the row comes back with the end of its lease."""
        fate = await self._try(claim)
        try:
            await self._settle(claim, fate)
        except Exception as error:
            if fate.state is not EffectState.DONE:
                log.exception("effect not settled", effect=claim.id, kind=claim.kind)
                return
            fate = self._failed(claim, tr("做了，但结果没能记下（{name__}）", name__=type(error).__name__), error)
            with suppress(Exception):  # the database is away: the lease brings it back
                await self._settle(claim, fate)
        metrics.EFFECTS.labels(claim.kind, fate.word).inc()

    async def _try(self, claim: Claim) -> Fate:
        timeout = self._performer.timeout.total_seconds()
        try:
            call = self._call(claim)
            with metrics.EFFECT_SECONDS.labels(claim.kind).time():
                async with asyncio.timeout(timeout):
                    return Fate(state=EffectState.DONE, result=await self._performer.run(call, **claim.payload))
        except GiveUp as error:
            return Fate(state=EffectState.DEAD, reason=str(error))
        except Later as error:
            return Fate(state=EffectState.QUEUED, reason=str(error), wait=error.after, counts=False)
        except Exception as error:
            return self._failed(claim, reason_of(error, timeout), error)

    def _call(self, claim: Claim) -> Call:
        context = self._tools.context(claim.community_id)
        return Call(
            key=claim.key, subject=claim.subject, attempt=claim.attempts, now=self._tools.clock(), context=context,
            http=self._tools.http, wechat=self._tools.clients[context.community.appid],
        )  # fmt: skip

    def _failed(self, claim: Claim, reason: str, error: Exception) -> Fate:
        """Return what follows from a failed try. The log holds no payload, and an error's text may quote it."""
        log.warning("effect failed", effect=claim.id, kind=claim.kind, attempt=claim.attempts,
                    error=type(error).__name__, place=_place_of(error))  # fmt: skip
        wait = self._performer.wait(claim.attempts)
        return Fate(state=EffectState.QUEUED if wait is not None else EffectState.DEAD, reason=reason, wait=wait)

    def _settle(self, claim: Claim, fate: Fate) -> Awaitable[None]:
        return self._tools.database.write(partial(_write_down, self._tools, self._performer, claim, fate))


def _write_down(tools: Tools, performer: Performer, claim: Claim, fate: Fate, session: Session) -> None:
    now = tools.clock()
    again_at = None if fate.wait is None else now + fate.wait
    if not effects.settle(session, claim, fate.state, now, reason=fate.reason, again_at=again_at, counts=fate.counts):
        return  # another worker has taken it over, and settles it
    work = Work(session=session, now=now, context=tools.context(claim.community_id))
    if fate.state is EffectState.DONE and performer.then is not None:
        performer.then(work, claim.subject, fate.result)
    elif fate.state is EffectState.DEAD:
        work.record("effect.died", claim.subject, effect=claim.kind)
        _tell_admins(work, claim.kind)


def _tell_admins(work: Work, kind: str) -> None:
    """Open a task for the admins, one for a kind as long as it lasts."""
    title = tr("有操作没有完成：{kind}，请看原因，再决定重试还是放弃", kind=kind)
    tasks.open_once(work.session, work.now, kind=DIED, need=WATCH, title=title, subject=effects.about(kind))


def reason_of(error: Exception, timeout: float) -> str:
    """Say for admins why a try failed, without what an error's text may quote: addresses hold keys, payloads people's words."""
    match error:
        case TimeoutError():
            return tr("等了 {timeout:g} 秒，对方没有回应", timeout=timeout)
        case aiohttp.ClientResponseError():
            return tr("对方回答了 HTTP {status}", status=error.status)
        case aiohttp.ClientConnectionError():
            return tr("连不上对方")
        case WeChatRefused():
            return tr("微信拒绝：{error}", error=error)
    return tr("程序出错：{name__}", name__=type(error).__name__)


def _place_of(error: Exception) -> str:
    """Return file and line of the last of our own steps to an error."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        place, trace = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}", trace.tb_next
    return place
