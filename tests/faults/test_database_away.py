"""The database goes away, or freezes, under a running server: dangers are answered, nothing that was acknowledged is lost, nobody reads an apology."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlalchemy.engine import URL, make_url

from bot.wechat import crypto
from tests.faults.conftest import Town, account_of, free_port

pytestmark = pytest.mark.postgres

#: Seconds for which it is away: WeChat asks three times within fifteen.
AWAY = 8.0

#: Seconds within which an alarm is made up for.
MADE_UP_WITHIN = 10.0

SPEAKERS = 6

SAID = "厨房水管漏水了"

APOLOGY = "没有处理成功"


class Line:
    """A way to the database that can be cut, so that nobody gets through, or frozen, so that nothing comes back."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self.port = free_port()
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    def freeze(self) -> None:
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await self._reach()
        self._writers |= {writer, back}
        with suppress(ConnectionError):
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        for one in (writer, back):
            one.transport.abort()
        self._writers -= {writer, back}

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port = self._url.port or int(str(self._url.query.get("port", 5432)))
        folder = self._url.query.get("host")
        if folder:  # a server of the test run's own listens on a socket there
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{port}")
        return await asyncio.open_connection(self._url.host or "127.0.0.1", port)

    async def _pass(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while content := await source.read(65536):
            await self._flows.wait()
            to.write(content)
            await to.drain()
        to.close()


@pytest.fixture
async def line(found_town: Callable[[str], Any], new_postgres: Callable[[], str]) -> AsyncIterator[tuple[Town, Line]]:
    url = new_postgres()
    town: Town = await found_town(url)
    there = make_url(url)
    line = Line(there)
    await line.open()
    straight = town.settings
    town.settings = straight.model_copy(
        update={"database_url": there.set(host="127.0.0.1", port=line.port, query={}).render_as_string(hide_password=False)}
    )
    await town.replica()
    town.settings = straight  # who looks from beside is not cut off
    yield town, line
    line.thaw()
    await line.cut()


async def leave(town: Town, openid: str) -> str | None:
    """Let somebody unsubscribe: WeChat tells it once."""
    xml = (
        f"<xml><ToUserName>gh_faults</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>"
        f"{int(town.wechat.clock().timestamp())}</CreateTime><MsgType>event</MsgType><Event>unsubscribe</Event></xml>"
    )
    query, body = crypto.wrap_push(account_of(town.settings), xml, town.wechat.clock())
    async with town.http.post(f"{town.replicas[0].url}/wechat", params=query, data=body) as response:
        return await response.text()


def number(town: Town, query: str) -> int:
    return int(town.ask(lambda session: session.execute(sql(query)).scalar()))


@pytest.mark.parametrize("how", ["cut", "frozen"])
async def test_danger_is_answered_and_made_up_for_and_nothing_acknowledged_is_lost(line: tuple[Town, Line], how: str) -> None:
    town, way = line
    burning, leaving, *speakers = town.people[: SPEAKERS + 2]
    await (way.cut() if how == "cut" else asyncio.to_thread(way.freeze))

    loop = asyncio.get_running_loop()
    began = loop.time()
    talking = [asyncio.create_task(town.push(openid, SAID)) for openid in speakers]
    danger = await town.push(burning, "着火了 救命")
    assert danger.deliveries == 1
    assert "119" in (danger.answer or "")
    assert "您的话已经记下" in (danger.answer or "")
    assert "success" in str(await leave(town, leaving))

    await asyncio.sleep(max(0.0, AWAY - (loop.time() - began)))
    await way.open() if how == "cut" else way.thaw()

    alarms = "SELECT count(*) FROM task WHERE urgent AND kind LIKE 'emergency%'"
    await town.until(lambda: number(town, alarms) == 1, within=MADE_UP_WITHIN, what="the alarm is made up for")
    fates = await asyncio.gather(*talking)
    await town.until(town.is_drained, what="all is answered")

    assert number(town, alarms) == 1
    bound = f"SELECT count(*) FROM resident WHERE openid = '{leaving}'"
    await town.until(lambda: number(town, bound) == 0, what="who left is bound no more")
    acknowledged = [fate.openid for fate in fates if fate.is_acknowledged]
    assert set(acknowledged) <= set(town.tickets())
    assert max(town.tickets().values(), default=1) == 1
    assert acknowledged, "WeChat asked again after the database was back"
    assert not [fate for fate in (*fates, danger) if APOLOGY in (fate.answer or "")]
