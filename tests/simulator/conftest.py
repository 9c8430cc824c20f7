"""A stand-in for WeChat, and a small bot for it to talk to: both real servers, with a clock moved by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.simulator import server
from bot.simulator.cast import CAST
from bot.simulator.time_machine import TimeMachine
from bot.simulator.wechat import Line, WeChat
from bot.wechat import crypto, messages
from bot.wechat.client import Client

ACCOUNT = crypto.Account(
    token="stand-in",
    appid="wx1234567890abcdef",
    mode=crypto.Mode.SAFE,
    aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
)
SECRET = "a secret of the account"
CHEN = CAST[0].openid


class Bot:
    """Checks each push as the real webhook does, notes it, and says what it was told to."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.pushes: list[messages.Message] = []
        self.xmls: list[str] = []
        self.failures: Iterator[Callable[[], web.Response]] = iter(())
        self.hangs = False
        self._came = asyncio.Event()
        self.says: Callable[[messages.Message], str] = lambda message: ""

    async def receive(self, request: web.Request) -> web.Response:
        xml = crypto.open_envelope(ACCOUNT, request.query, await request.read(), self.clock())
        message = messages.parse(xml)
        self.pushes.append(message)
        self.xmls.append(xml.decode())
        self._came.set()
        if self.hangs:
            self._wait.reschedule(0)
            await asyncio.Event().wait()
        if fail := next(self.failures, None):
            return fail()
        if not (text := self.says(message)):
            return web.Response(text="success")
        reply = messages.render_text(message.openid, message.account, text, self.clock())
        return web.Response(text=crypto.seal(ACCOUNT, reply, self.clock()), content_type="application/xml")

    def patience(self) -> asyncio.Timeout:
        """Return a wait for an answer that is over when the bot hangs, and never before: no machine is too slow."""
        self._wait = asyncio.timeout(None)
        return self._wait

    async def heard(self, words: str) -> str:
        """Return the XML of the first push that holds `words`, waiting for it."""
        while not (found := next((xml for xml in self.xmls if words in xml), "")):
            self._came.clear()
            await self._came.wait()
        return found

    async def next_push(self) -> messages.Message:
        """Return the newest push, waiting for the first."""
        await self._came.wait()
        return self.pushes[-1]


class Town:
    """The stand-in as seen from outside: what residents do, and what the bot calls."""

    def __init__(self, http: aiohttp.ClientSession, url: str, wechat: WeChat) -> None:
        self.http, self.url, self.wechat = http, url, wechat

    async def does(self, openid: str, **gesture: object) -> Any:
        """A resident does something; returns what they then see from the bot, or None."""
        answer = await self.post(f"phone/{openid}/send", gesture)
        assert "error" not in answer, answer
        return answer["reply"]

    async def post(self, path: str, body: object) -> Any:
        async with self.http.post(f"{self.url}/{path}", json=body) as response:
            return await response.json()

    async def get(self, path: str) -> Any:
        async with self.http.get(f"{self.url}/{path}") as response:
            return await response.json()

    async def token(self, path: str = "stable_token", **more: object) -> Any:
        body = {"grant_type": "client_credential", "appid": ACCOUNT.appid, "secret": SECRET, **more}
        return await self.post(f"api/cgi-bin/{path}", body)

    async def call(self, path: str, body: object) -> Any:
        token = (await self.token())["access_token"]
        return await self.post(f"api/cgi-bin/{path}?access_token={token}", body)

    async def ask(self, path: str, **query: str) -> Any:
        """The same for calls that are GET."""
        query["access_token"] = (await self.token())["access_token"]
        async with self.http.get(f"{self.url}/api/cgi-bin/{path}", params=query) as response:
            return await response.json()

    def chat(self, openid: str = CHEN) -> list[Line]:
        return self.wechat.chat(openid)


@pytest.fixture
def clock(now: datetime) -> TimeMachine:
    return TimeMachine(lambda: now)


@pytest.fixture
def bot(clock: TimeMachine) -> Bot:
    return Bot(clock)


@pytest.fixture
async def town(bot: Bot, clock: TimeMachine) -> AsyncIterator[Town]:
    webhook = web.Application()
    webhook.router.add_post("/wechat", bot.receive)
    async with TestServer(webhook) as there:
        stand_in = server.create(ACCOUNT, SECRET, str(there.make_url("/wechat")), clock, patience=bot.patience)
        app = web.Application()
        app.add_subapp("/simulator", stand_in)
        async with TestServer(app) as here, aiohttp.ClientSession() as http:
            yield Town(http, str(here.make_url("/simulator")), stand_in[server.WECHAT])


@pytest.fixture
def client(town: Town) -> Client:
    """The product's own client, which does not wait between tries."""

    async def pause(_: float) -> None:
        return None

    return Client(ACCOUNT.appid, SECRET, town.http, f"{town.url}/api/", pause=pause)
