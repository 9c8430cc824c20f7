"""Puts the stand-in together, to be mounted beside the bot or served alone."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime

from aiohttp import web

from bot.simulator.courier import Courier, wait
from bot.simulator.endpoints.api import Api
from bot.simulator.gestures import Gestures
from bot.simulator.phone import Phones
from bot.simulator.tokens import Tokens
from bot.simulator.wechat import WeChat
from bot.wechat.crypto import Account

#: The stand-in's memory, for tests that look into it.
WECHAT = web.AppKey("wechat", WeChat)

_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'; frame-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def create(
    account: Account,
    secret: str,
    webhook_url: str,
    clock: Callable[[], datetime],
    patience: Callable[[], asyncio.Timeout] = wait,
) -> web.Application:
    """Return the stand-in: its page at the root, WeChat's API below api/.

    `webhook_url` is where the bot answers; each wait for it is one of `patience`. With a TimeMachine as the clock,
    the page offers to put it forward.
    """
    wechat = WeChat(clock)
    courier = Courier(account, webhook_url, wechat, patience)
    phones = Phones(wechat, Gestures(wechat, courier))
    api = Api(wechat, courier, Tokens(account.appid, secret))
    app = web.Application()
    app[WECHAT] = wechat
    app.add_routes([
        *phones.routes(),
        web.route("*", "/api/cgi-bin/{path:.+}", api.answer),
        web.route("*", "/api/{path:customservice/.+}", api.answer),
    ])  # fmt: skip

    async def session(_: web.Application) -> AsyncIterator[None]:
        async with courier:
            yield

    async def end_streams(_: web.Application) -> None:
        wechat.journal.close()

    app.cleanup_ctx.append(session)
    app.on_shutdown.append(end_streams)
    app.on_response_prepare.append(_add_headers)
    return app


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
