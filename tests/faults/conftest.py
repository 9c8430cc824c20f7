"""Real processes that are killed, a stand-in for WeChat that counts, and pushes that come again as WeChat's do.

`linli serve` runs as it does in production, on SQLite or PostgreSQL; only WeChat's servers are played. Everything is on
loopback, bounded in number and time, and ends with the test.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from bot import app, config
from bot.cli.serving import demo_settings, seed
from bot.config import Settings
from bot.model import SHANGHAI
from bot.simulator import server as simulator
from bot.simulator.wechat import Resident as Phone
from bot.simulator.wechat import WeChat
from bot.store import scope
from bot.store.database import connect
from bot.store.followers import Follower
from bot.store.people import Resident
from bot.wechat import crypto, quota
from integrations.repairs.models import Ticket
from tests.conftest import wake

#: WeChat hangs up after this many seconds, and delivers a push so many times in all.
PATIENCE, DELIVERIES = 5.0, 3

#: Seconds until WeChat asks again where the connection failed at once: three deliveries take about 15 seconds.
AGAIN_AFTER = 4.0

#: Most seconds for a process to come up; it takes about one and a half on a machine that has nothing else to do.
COMES_UP_WITHIN = 300.0


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of a push: the reply's text, `success`, or None when WeChat gave it up."""

    openid: str
    msgid: int
    answer: str | None
    deliveries: int

    @property
    def is_acknowledged(self) -> bool:
        return self.answer is not None


class Replica:
    """One `linli serve`."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.settings, self.log = settings, log
        self.url = f"http://127.0.0.1:{settings.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def start(self) -> None:
        secrets = ("wechat_token", "wechat_secret", "wechat_aes_key", "secret")
        named = {name: getattr(self.settings, name).get_secret_value() for name in secrets}
        plain = (
            "wechat_appid",
            "wechat_mode",
            "wechat_api_base",
            "wechat_template",
            "database_url",
            "host",
            "port",
            "public_url",
            "var",
        )
        named |= {name: str(getattr(self.settings, name)) for name in plain}
        environment = {**os.environ, **{f"LINLI_{name.upper()}": value for name, value in named.items()}}
        with self.log.open("ab") as log:  # from nothing: of two forked at once neither had calm to get ready in
            self.process = subprocess.Popen([sys.executable, "-m", "bot", "serve"], env=environment, stdout=log, stderr=log)

    async def is_ready(self, http: aiohttp.ClientSession) -> None:
        """Wait until it serves; fails when the process ends before."""
        deadline = time.monotonic() + COMES_UP_WITHIN
        while True:
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            assert time.monotonic() < deadline, f"{self.url} did not come up: {self.log.read_text()[-3000:]}"
            try:
                async with http.get(f"{self.url}/readyz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is flushed."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self.kills += 1

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


@dataclass
class Town:
    """A community on a real database, WeChat's stand-in, and any number of replicas."""

    settings: Settings
    wechat: WeChat
    http: aiohttp.ClientSession
    folder: Path
    people: list[str]
    calls: Counter[str]  # of WeChat's API, by the last part of their paths
    replicas: list[Replica] = field(default_factory=list)
    msgid: int = 0

    async def replica(self) -> Replica:
        """Start one more and wait until it serves."""
        settings = self.settings.model_copy(update={"port": free_port()})
        replica = Replica(settings, self.folder / f"replica-{len(self.replicas)}.log")
        self.replicas.append(replica)
        replica.start()
        await replica.is_ready(self.http)
        return replica

    async def push(self, openid: str, words: str, urls: Sequence[str] = (), msgid: int = 0) -> Fate:
        """Deliver a text as WeChat does: up to three times, to any of the replicas, with the same MsgId."""
        self.msgid += not msgid
        number = msgid or self.msgid
        phone = self.wechat.residents[openid]
        phone.window = quota.after_message(phone.window, self.wechat.clock())
        xml = text_push(openid, words, number, self.wechat.clock())
        for delivery in range(1, DELIVERIES + 1):
            url = random.choice(urls or [replica.url for replica in self.replicas])
            began = time.monotonic()
            answer = await self.deliver(url, xml)
            if answer is not None:
                return Fate(openid=openid, msgid=number, answer=answer, deliveries=delivery)
            await asyncio.sleep(max(0.0, AGAIN_AFTER - (time.monotonic() - began)))
        return Fate(openid=openid, msgid=number, answer=None, deliveries=DELIVERIES)

    async def deliver(self, url: str, xml: str) -> str | None:
        """Deliver once; returns the text of the reply or `success`, None when WeChat would ask again."""
        account = account_of(self.settings)
        query, body = crypto.wrap_push(account, xml, self.wechat.clock())
        try:
            async with asyncio.timeout(PATIENCE), self.http.post(f"{url}/wechat", params=query, data=body) as response:
                answer = await response.text()
        except (aiohttp.ClientError, TimeoutError):
            return None
        assert response.status == 200, f"WeChat got {response.status}: {answer[:200]}"
        if answer in ("success", ""):
            return answer
        return crypto.open_reply(account, answer)

    def ask(self, fn: Callable[[Session], Any]) -> Any:
        """Look into the database, beside the replicas."""
        database = app.reach_database(self.settings)
        with Session(database.engine) as session:
            found = fn(session)
        database.close()
        return found

    def tickets(self) -> dict[str, int]:
        """Return how many tickets each openid has."""
        query = sql("SELECT r.openid, count(*) FROM repair_ticket t JOIN resident r ON r.id = t.resident_id GROUP BY r.openid")
        return {openid: number for openid, number in self.ask(lambda session: session.execute(query).all())}

    def words(self) -> list[tuple[str, str]]:
        """Return the words of each ticket, one message a line, with the openid whose ticket it is."""

        def read(session: Session) -> list[tuple[str, str]]:
            scope.enter(session, 1)
            found = session.execute(
                select(Ticket.words, Resident.openid).join(Resident, col(Resident.id) == col(Ticket.resident_id))
            )
            return [(str(openid), words) for words, openid in found.all()]

        return list(self.ask(read))

    def chats(self) -> dict[str, int]:
        """Return how many customer-service messages each openid got; a repeat counts."""
        found: dict[str, int] = {}
        for row in self.wechat.ledger.sent():
            if row.kind == "chat":
                found[row.openid] = found.get(row.openid, 0) + row.originals
        return found

    async def until(self, holds: Callable[[], bool], within: float = 40.0, what: str = "") -> None:
        """Wait until something holds; fails when it does not in time."""
        deadline = time.monotonic() + within
        while not await asyncio.to_thread(holds):
            assert time.monotonic() < deadline, f"not within {within:g} s: {what}"
            await asyncio.sleep(0.2)

    def is_drained(self) -> bool:
        """Tell whether nothing waits in inbox and outbox any more."""
        waiting = sql(
            "SELECT (SELECT count(*) FROM inbox WHERE answer IS NULL) + "
            "(SELECT count(*) FROM delivery WHERE state IN ('armed', 'queued', 'sending'))"
        )
        return bool(self.ask(lambda session: session.execute(waiting).scalar()) == 0)


def account_of(settings: Settings) -> crypto.Account:
    return crypto.Account(
        token=settings.wechat_token.get_secret_value(), appid=settings.wechat_appid, mode=crypto.Mode.SAFE,
        aes_key=settings.wechat_aes_key.get_secret_value(),
    )  # fmt: skip


def text_push(openid: str, words: str, msgid: int, at: datetime) -> str:
    return (
        f"<xml><ToUserName>gh_faults</ToUserName><FromUserName>{openid}</FromUserName>"
        f"<CreateTime>{int(at.timestamp())}</CreateTime><MsgType>text</MsgType>"
        f"<Content><![CDATA[{words}]]></Content><MsgId>{msgid}</MsgId></xml>"
    )


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bind_everybody(session: Session) -> None:
    """Give all residents of the first community an openid and let them follow."""
    scope.enter(session, 1)
    for number, resident in enumerate(session.exec(select(Resident).order_by(col(Resident.id)))):
        resident.openid = resident.openid or f"oFault{number:022}"
        resident.bound_at = app.clock()
        session.add(resident)
        if session.get(Follower, resident.openid) is None:
            session.add(Follower(openid=resident.openid, followed_at=app.clock(), is_placed=True))


def everybody(session: Session) -> list[str]:
    """Return the openids of all residents of the first community."""
    scope.enter(session, 1)
    return [resident.openid or "" for resident in session.exec(select(Resident).order_by(col(Resident.id)))]


@pytest.fixture(scope="session")
def bound(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a seeded demo all of whose residents have an openid, to be copied: binding them takes two seconds."""
    var = Path(shutil.copytree(seeded, tmp_path_factory.mktemp("bound") / "var"))
    database = app.reach_database(demo_settings(host="127.0.0.1", port=1, var=var))
    database.submit(bind_everybody).result()
    database.close()
    return var


@pytest.fixture
async def found_town(bound: Path, tmp_path: Path) -> AsyncIterator[Callable[[str], Any]]:
    """Found towns on a database of one's choice."""
    towns: list[Town] = []
    runners: list[web.AppRunner] = []

    async def found(database_url: str) -> Town:
        api_port = free_port()
        folder = tmp_path / uuid.uuid4().hex[:6]
        if not database_url:
            shutil.copytree(bound, folder / "var")
        settings = demo_settings(host="127.0.0.1", port=api_port, var=folder / "var", database_url=database_url)
        settings = settings.model_copy(update={"secret": SecretStr(config.read_secret(settings).decode())})
        if database_url:
            seed(settings)
            wake(settings)
        database = app.reach_database(settings)
        if database_url:
            database.submit(bind_everybody).result()
        people = database.submit(everybody).result()
        database.close()
        clock = lambda: datetime.now(SHANGHAI)  # noqa: E731
        stand_in = simulator.create(account_of(settings), settings.wechat_secret.get_secret_value(), "http://127.0.0.1:1/", clock)
        calls: Counter[str] = Counter()

        @web.middleware
        async def count(request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
            calls[request.path.rpartition("/")[2]] += 1
            return await handler(request)  # type: ignore[no-any-return]

        root = web.Application(middlewares=[count])
        root.add_subapp("/simulator", stand_in)
        runner = web.AppRunner(root)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", api_port).start()
        wechat = stand_in[simulator.WECHAT]
        for openid in people:
            wechat.residents.setdefault(openid, Phone(openid=openid, name="", follows_since=clock()))
        http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        town = Town(settings, wechat, http, folder, people, calls)
        towns.append(town)
        return town

    yield found
    for town in towns:
        for replica in town.replicas:
            replica.stop()
        await town.http.close()
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
def new_postgres(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Make an empty database on the test run's PostgreSQL and return its address."""

    def make() -> str:
        server = connect(request.getfixturevalue("postgres_url")).execution_options(isolation_level="AUTOCOMMIT")
        name = f"linli_fault_{uuid.uuid4().hex[:10]}"
        with server.connect() as connection:
            connection.execute(sql(f'CREATE DATABASE "{name}"'))
        url = str(server.url.set(database=name).render_as_string(hide_password=False))
        server.dispose()
        return url

    return make
