"""What a body may cost, wherever it is sent."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from bot import app, bodies
from bot.cli.serving import demo_settings
from bot.posted import read_form

#: Forty megabytes in forty kilobytes.
BOMB = gzip.compress(bytes(40_000_000))


@asynccontextmanager
async def served(application: web.Application) -> AsyncIterator[ClientSession]:
    """Serve an application as in production, and call it."""
    runner = app.runner_of(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        async with ClientSession(f"http://{host}:{port}") as session:
            yield session
    finally:
        await runner.cleanup()


@pytest.fixture
def everything(demo_var: Path) -> web.Application:
    """The demo with all its addresses, the stand-in's among them."""
    return app.build(app.Linli.assemble(demo_settings(host="127.0.0.1", port=1, var=demo_var)), demo=True)


async def test_body_is_handed_on_as_it_came_and_never_inflated() -> None:
    async def count(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    bare = web.Application()
    bare.router.add_post("/", count)
    async with served(bare) as session:
        answer = await session.post("/", data=BOMB, headers={"Content-Encoding": "gzip"})

        assert int(await answer.text()) == len(BOMB)


@pytest.mark.parametrize("read", [partial(bodies.read, most=1000), partial(read_form, most=1000)])
async def test_body_that_does_not_come_is_waited_for_no_longer_than_said(read: Callable[..., Awaitable[object]]) -> None:
    async def take(request: web.Request) -> web.Response:
        await read(request, within=0.05)
        return web.Response()

    async def drip() -> AsyncIterator[bytes]:
        yield b"a=1"
        await asyncio.Event().wait()

    bare = web.Application()
    bare.router.add_post("/", take)
    async with served(bare) as session:
        form = {"Content-Type": "application/x-www-form-urlencoded"}

        assert (await session.post("/", data=drip(), headers=form)).status == 408


async def test_body_of_unknown_length_is_read_no_further_than_said() -> None:
    async def take(request: web.Request) -> web.Response:
        await bodies.read(request, 1000, 5)
        return web.Response()

    async def pour() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 600

    bare = web.Application()
    bare.router.add_post("/", take)
    async with served(bare) as session:
        assert (await session.post("/", data=pour())).status == 413


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "identity, gzip", "made-up"])
async def test_compressed_body_is_refused_at_every_address(everything: web.Application, encoding: str) -> None:
    routes = [(route.method, route.resource.canonical) for route in everything.router.routes() if route.resource is not None]
    async with served(everything) as session:
        answers = {
            (method, path): (await session.request(
                method.replace("*", "POST"), path.translate({ord("{"): None, ord("}"): None}), data=b"x",
                headers={"Content-Encoding": encoding}, allow_redirects=False,
            )).status
            for method, path in routes
        }  # fmt: skip

    assert len(routes) > 60
    assert set(answers.values()) == {415}, {asked: status for asked, status in answers.items() if status != 415}


@pytest.mark.parametrize(("path", "kind"), [
    ("/wechat", "text/plain"), ("/api/v1/gate/check", "application/problem+json"), ("/console/in", "text/html"),
    ("/p/passes/ABC", "text/html"), ("/nowhere", "text/html"), ("/simulator/reset", "text/html"),
])  # fmt: skip
async def test_refusal_is_worded_for_whoever_calls(everything: web.Application, path: str, kind: str) -> None:
    async with served(everything) as session:
        response = await session.post(path, data=b"x", headers={"Content-Encoding": "br", "Accept": "text/html"})

        assert response.status == 415
        assert response.content_type == kind
