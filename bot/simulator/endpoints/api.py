"""The gate of the API: tokens, daily caps and switched-on trouble come before each call.

Answers are JSON with WeChat's own numbers; what WeChat would refuse is refused.
Source: developers.weixin.qq.com/doc/service/api/
"""

import asyncio
import json
from collections.abc import Mapping

from aiohttp import web

from bot.simulator.courier import Courier
from bot.simulator.endpoints import account, desk, followers, masses, media, messages
from bot.simulator.endpoints.call import Call, Handler, Json, World, body_of
from bot.simulator.refusal import Refused
from bot.simulator.tokens import Tokens
from bot.simulator.trouble import Trouble
from bot.simulator.wechat import WeChat

#: Calls that need no token and know no trouble.
OPEN: Mapping[str, Handler] = {**account.OPEN, **media.OPEN}

CALLS: Mapping[str, Handler] = {
    **account.CALLS,
    **desk.CALLS,
    **followers.CALLS,
    **masses.CALLS,
    **media.CALLS,
    **messages.CALLS,
}

#: Calls that reach residents.
_SENDS = frozenset({
    "message/custom/send", "message/template/send", "message/subscribe/bizsend", "message/mass/send", "message/mass/sendall",
})  # fmt: skip


class Api:
    """All endpoints of one account."""

    def __init__(self, wechat: WeChat, courier: Courier, tokens: Tokens) -> None:
        self._world = World(wechat=wechat, courier=courier, tokens=tokens, paths=frozenset(CALLS))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer any call, or drop its connection where that is the trouble."""
        path = request.match_info["path"]
        if path in OPEN:
            return await self._respond(OPEN[path], path, request)
        trouble = self._world.wechat.trouble.befall()
        if trouble.reset == "before":
            return _drop(request)
        try:
            self._admit(path, request, trouble)
        except Refused as error:
            response: web.StreamResponse = _refusal(error)
        else:
            response = await self._respond(CALLS[path], path, request)
        await asyncio.sleep(trouble.slow)
        return _drop(request) if trouble.reset == "after" else response

    async def _respond(self, handler: Handler, path: str, request: web.Request) -> web.StreamResponse:
        """Do a call; errors are HTTP 200 with an errcode, as WeChat does it."""
        try:
            body, now = await body_of(request), self._world.wechat.clock()
            answer = await handler(self._world, Call(path=path, request=request, body=body, now=now))
        except Refused as error:
            return _refusal(error)
        return answer if isinstance(answer, web.StreamResponse) else _json(answer)

    def _admit(self, path: str, request: web.Request, trouble: Trouble) -> None:
        now = self._world.wechat.clock()
        if trouble.stale:
            raise Refused(40001, "invalid credential, access_token is invalid or not latest")
        self._world.tokens.check(request.query.get("access_token", ""), now)
        if trouble.busy:
            raise Refused(-1, "system error")
        if path not in CALLS:
            raise Refused(40066, "invalid url")
        if trouble.spent and path in _SENDS:
            raise Refused(45009, "reach max api daily quota limit")
        self._world.wechat.caps.spend(path, now)


def _drop(request: web.Request) -> web.Response:
    """Break the connection; what is returned never arrives."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _refusal(error: Refused) -> web.Response:
    return _json({"errcode": error.errcode, "errmsg": error.errmsg, **error.more})


def _json(answer: Json) -> web.Response:
    return web.Response(text=json.dumps(answer, ensure_ascii=False), content_type="application/json")
