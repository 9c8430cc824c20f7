"""Acts that need the network: an HTTP call, a message to a group robot, a publish to a broker.

    @effect("robot.send", timeout=timedelta(seconds=5))
    async def send(call: Call, *, url: str, text: str) -> None: ...

    work.perform(send, key=f"robot {task.public_id} 1", url=…, text=…)

What is to be done becomes a row in the transaction at hand. After the commit a worker carries it out: with a lease, again after
growing pauses, and after the last try it lies with the admins, who can run it again. It may happen twice when a process dies
between the act and its note; `call.key` is the same then, for the other side to tell.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from bot.contract.work import Context, Work
from bot.wechat.client import Client

#: Waits before the second, third … try.
RETRIES = (
    timedelta(seconds=2), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20),
    timedelta(hours=1), timedelta(hours=3),
)  # fmt: skip

#: Longest any effect may take; its lease is longer (bot/store/effects.py).
LONGEST = timedelta(seconds=60)


class GiveUp(Exception):
    """Trying again is of no use; the text says why, for admins."""


class Later(Exception):
    """Not now: it is tried again after a while, and this try does not count."""

    def __init__(self, reason: str, after: timedelta) -> None:
        super().__init__(reason)
        self.after = after


@dataclass(frozen=True, kw_only=True)
class Call:
    """One try of an effect."""

    key: str  # the same for every try of the same act
    subject: str
    attempt: int
    now: datetime
    context: Context
    http: aiohttp.ClientSession
    wechat: Client  # the community's account


@dataclass(frozen=True, kw_only=True)
class Performer:
    """A kind of effect: the function that carries it out, and `then`, which writes down what came of it."""

    kind: str
    run: Callable[..., Awaitable[Any]]
    timeout: timedelta
    retries: tuple[timedelta, ...]
    then: Callable[[Work, str, Any], None] | None

    def wait(self, attempts: int) -> timedelta | None:
        """Return the pause after so many tries; None when it is given up."""
        return self.retries[attempts - 1] if attempts <= len(self.retries) else None


def effect(
    kind: str, *, timeout: timedelta = timedelta(seconds=10), retries: tuple[timedelta, ...] = RETRIES,
    then: Callable[[Work, str, Any], None] | None = None,
) -> Callable[[Callable[..., Awaitable[Any]]], Performer]:  # fmt: skip
    """Make an async function a kind of effect.

    It gets a `Call` and the payload by name; whatever it raises is a failed try, `GiveUp` the last one. `then(work, subject,
    result)` runs in the transaction that notes its success.
    """
    if timeout > LONGEST:
        raise ValueError(f"effect {kind!r} may take {timeout}; {LONGEST} at most")
    return lambda run: Performer(kind=kind, run=run, timeout=timeout, retries=retries, then=then)
