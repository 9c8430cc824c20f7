"""Commands as an operator runs them, on the demo's community and a stand-in for WeChat that can be told to refuse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlmodel import Session
from typer.testing import CliRunner

from bot import app, config
from bot.cli import app as linli
from bot.cli import in_english
from bot.cli.serving import demo_settings
from bot.errors import LinliError
from bot.simulator import server
from bot.simulator.wechat import WeChat
from bot.store import scope
from bot.wechat.crypto import Account, Mode

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Said:
    """What a command printed, and why it stopped."""

    text: str
    error: str
    code: int


def run(*words: str, keys: str = "") -> Said:
    """Run `linli …`; `keys` are typed. What ends it unforeseen is raised here."""
    result = CliRunner().invoke(linli, list(words), input=keys)
    if isinstance(result.exception, LinliError):
        return Said(result.output, in_english(result.exception), 1)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.output, "", result.exit_code)


#: The demo's first community, and the commands that work for one.
HOME = "和苑小区"
FOR_ONE = {
    ("notice", "send"),
    ("notice", "list"),
    ("notice", "recall"),
    ("notice", "pause"),
    ("notice", "resume"),
    ("notice", "skip"),
    ("qr", "make"),
    ("qr", "list"),
} | {("roster", verb) for verb in ("import", "export", "list", "undo")}


def _at_home(session: Session, fn: Callable[[Session], Any]) -> Any:
    scope.enter(session, 1)
    return fn(session)


@dataclass
class Desk:
    """An operator's terminal. `answers` replaces what WeChat says to a call, one answer for each time."""

    settings: config.Settings
    wechat: WeChat
    answers: dict[str, list[Any]] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)

    async def run(self, *words: str, keys: str = "") -> Said:
        """Run `linli …` for the demo's first community, which is named where a command works for one; `keys` are typed."""
        named = ("--community", HOME) if words[:2] in FOR_ONE else ()
        return await asyncio.to_thread(run, *words, *named, keys=keys)

    def ask(self, fn: Callable[[Session], Any]) -> Any:
        """Read or write the rows of the demo's first community."""
        database = app.reach_database(self.settings)
        try:
            return database.submit(_at_home, fn).result()
        finally:
            database.close()

    def made(self, path: str) -> list[Any]:
        """Return the bodies of the calls that came, by path below cgi-bin/."""
        return [body for called, body in self.calls if called == path]

    @web.middleware
    async def answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Note a call and answer it, as told or as the stand-in does."""
        path = request.path.partition("/cgi-bin/")[2]
        self.calls.append((path, await request.json() if request.can_read_body else None))
        if waiting := self.answers.get(path):
            told = waiting.pop(0)
            if told is not None:
                return web.json_response(told)
        return await handler(request)


@pytest.fixture
async def desk(demo_var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    settings = demo_settings(host="127.0.0.1", port=1, var=demo_var)
    secret = settings.wechat_secret.get_secret_value()
    aes_key = settings.wechat_aes_key.get_secret_value()
    account = Account(
        token=settings.wechat_token.get_secret_value(), appid=settings.wechat_appid, mode=Mode.SAFE, aes_key=aes_key
    )
    stand_in = server.create(account, secret, "http://127.0.0.1:1/wechat", app.clock)
    desk = Desk(settings, stand_in[server.WECHAT])
    here = web.Application(middlewares=[desk.answer])
    here.add_subapp("/simulator", stand_in)
    monkeypatch.chdir(tmp_path)
    async with TestServer(here) as listening:
        for name, value in {
            "WECHAT_TOKEN": account.token, "WECHAT_APPID": account.appid, "WECHAT_SECRET": secret,
            "WECHAT_AES_KEY": aes_key, "WECHAT_API_BASE": str(listening.make_url("/simulator/api/")),
            "VAR": str(settings.var),
        }.items():  # fmt: skip
            monkeypatch.setenv(f"LINLI_{name}", value)
        yield desk
