"""A group's robot is away, slow or refuses: each is told apart, against a real server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.contract import GiveUp, Later
from integrations.duty import robots
from integrations.duty.settings import Settings

Answer = Callable[[web.Request], Awaitable[web.Response]]


class Group:
    """A group chat that answers as a test wants."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] | int = {"errcode": 0, "errmsg": "ok"}
        self.written: list[Any] = []
        self.hangs = asyncio.Event()
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        if self.hangs.is_set():
            await asyncio.Event().wait()
        self.written.append(await request.json())
        if isinstance(self.answer, int):
            return web.Response(status=self.answer, headers={"Location": "http://127.0.0.1/inside"})
        return web.json_response(self.answer)


@pytest.fixture
async def group() -> AsyncIterator[Group]:
    """A group's robot on this machine."""
    group = Group()
    app = web.Application()
    app.router.add_post("/send", group.take)
    async with TestServer(app) as server:
        group.url = str(server.make_url("/send"))
        yield group


def call(now: datetime, *, local: bool = True) -> Any:
    services = SimpleNamespace(settings_of=lambda kind: Settings(local_robots=local))
    return SimpleNamespace(key="k", subject="", attempt=1, now=now, context=SimpleNamespace(services=services))


async def test_a_robot_takes_markdown(group: Group, now: datetime) -> None:
    assert await robots.send.run(call(now), robot="r1", url=group.url, text="**火警**") == "r1"
    assert group.written == [{"msgtype": "markdown", "markdown": {"content": "**火警**"}}]


async def test_a_robot_that_fails_is_tried_again(group: Group, now: datetime) -> None:
    group.answer = 500

    with pytest.raises(Exception, match="500"):
        await robots.send.run(call(now), robot="r1", url=group.url, text="x")


async def test_a_robot_that_hangs_is_let_go_in_time(group: Group, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "PATIENCE", timedelta(milliseconds=50))
    group.hangs.set()

    with pytest.raises(TimeoutError):
        await robots.send.run(call(now), robot="r1", url=group.url, text="x")


@pytest.mark.parametrize(("answer", "error"), [
    ({"errcode": 93000}, GiveUp), (404, GiveUp), (302, GiveUp), ({"errcode": 45009}, Later), ({"errcode": -1}, OSError),
])  # fmt: skip
async def test_refusals_are_told_apart(group: Group, now: datetime, answer: Any, error: type[Exception]) -> None:
    group.answer = answer

    with pytest.raises(error):
        await robots.send.run(call(now), robot="r1", url=group.url, text="x")


async def test_without_the_setting_no_robot_lives_on_this_machine(group: Group, now: datetime) -> None:
    with pytest.raises(GiveUp):
        await robots.send.run(call(now, local=False), robot="r1", url=group.url, text="x")
    assert group.written == []


async def test_a_name_that_leads_into_the_house_is_not_followed(now: datetime) -> None:
    resolver = robots._PublicOnly()

    with pytest.raises(OSError, match="not a public address"):
        await resolver.resolve("localhost", 443)
    await resolver.close()


@pytest.mark.parametrize(
    "url",
    [
        "https://127。0.0.1/send", "https://①②⑦.0.0.1/send", "https://169.254.169。254/latest", "https://hooks.ⓛocalhost/", "https://db.ⓘnternal/",
        "https://127%2e0.0.1/", "https://10.0.0.1%2f.com/",
    ],
)  # fmt: skip
def test_a_host_that_is_read_otherwise_than_it_is_written_is_no_robots(url: str) -> None:
    assert robots.fault_of(url)


@pytest.mark.parametrize(
    "address", ["64:ff9b::7f00:1", "2002:7f00:1::", "fec0::1", "ff02::1", "224.0.0.1", "::7f00:1", "10.0.0.1", "::1"]
)
async def test_a_name_that_leads_into_the_house_is_not_called(address: str) -> None:
    class Leads:
        async def resolve(self, host: str, port: int, family: int) -> list[dict[str, str]]:
            return [{"host": address}]

    resolver = robots._PublicOnly()
    resolver._resolver = Leads()  # type: ignore[assignment]
    with pytest.raises(OSError, match="not a public address"):
        await resolver.resolve("robot.example.com")


def test_a_robots_usual_address_is_one() -> None:
    assert robots.fault_of("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1") == ""
