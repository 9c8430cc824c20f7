"""One call to WeChat's API: asked again where that is safe, and every fault translated.

A call may always be asked again when nothing reached WeChat or WeChat was busy. When it went out and no answer came, only
one that may be done twice is.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Any

import aiohttp

from bot.errors import Temporary, Unanswered, Unreached, WeChatRefused
from bot.wechat.refusals import BUSY, refusal

#: Seconds for one try; WeChat answers in well under one, and takes the connection at once.
TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=3)

#: How often one call is tried; who still gets no answer leaves it to the outbox, which waits longer.
TRIES = 3

#: Seconds before the second try; they double with each, and vary by half so that many callers do not come at once.
FIRST_WAIT = 0.2

Pause = Callable[[float], Awaitable[object]]

_chance = SystemRandom()


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A call; `body` makes its body anew for each try. `secrets` are kept out of what errors say."""

    method: str
    url: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Callable[[], Any] = lambda: None
    repeatable: bool = False
    secrets: tuple[str, ...] = ()


class Wire:
    """Asks through one session; `pause` waits between tries."""

    def __init__(self, http: aiohttp.ClientSession, pause: Pause = asyncio.sleep) -> None:
        self._http, self._pause = http, pause

    async def ask(self, ask: Ask) -> Any:
        """Return the answer: JSON, or bytes if it is none. Raises WeChatRefused and its kinds, nothing else."""
        for number in range(1, TRIES):
            try:
                return await self._try(ask)
            except Temporary as error:
                if not _may_repeat(ask, error):
                    raise
            await self._pause(FIRST_WAIT * 2 ** (number - 1) * _chance.uniform(1, 1.5))
        return await self._try(ask)

    async def _try(self, ask: Ask) -> Any:
        # The text of aiohttp's errors holds the address, and the address holds the token: hence `from None`.
        try:
            async with self._http.request(ask.method, ask.url, params=ask.params, data=ask.body(), timeout=TIMEOUT) as response:
                raw = await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unreached(None, f"WeChat did not answer: {type(error).__name__}") from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unanswered(None, f"WeChat did not answer: {type(error).__name__}") from None
        if response.status >= 400:
            raise _kind(response.status)(None, f"WeChat answered HTTP {response.status}")
        return _read(raw, ask.secrets)


def _may_repeat(ask: Ask, error: Temporary) -> bool:
    return isinstance(error, Unreached) or error.errcode == BUSY or (isinstance(error, Unanswered) and ask.repeatable)


def _kind(status: int) -> type[WeChatRefused]:
    """A gateway that fails may have passed the call on before."""
    return Unanswered if status >= 500 else WeChatRefused


def _read(raw: bytes, secrets: tuple[str, ...]) -> Any:
    try:
        answer = json.loads(raw.decode(), strict=False)
    except ValueError:
        return raw  # a file
    if isinstance(answer, dict) and (error := refusal(answer, secrets)):
        raise error
    return answer
