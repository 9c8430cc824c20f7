"""The API client against a small server that behaves as WeChat's does: tokens, refusals, silence."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import errors
from bot.wechat.client import Client, check_fields


class Api:
    """Gives tokens and takes messages; counts both."""

    def __init__(self) -> None:
        self.valid = ""
        self.fetches = 0
        self.calls: list[dict[str, Any]] = []
        self.refuses: dict[str, Any] | None = None
        self.status = 200

    async def token(self, request: web.Request) -> web.Response:
        self.fetches += 1
        await asyncio.sleep(0)  # let the others ask meanwhile
        self.valid = f"token-{self.fetches}"
        return web.json_response({"access_token": self.valid, "expires_in": 7200})

    async def send(self, request: web.Request) -> web.Response:
        if request.query["access_token"] != self.valid:
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
        body = await request.json()
        self.calls.append(body)
        if self.refuses:
            return web.json_response(self.refuses)
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": 17}, status=self.status)

    async def media(self, request: web.Request) -> web.Response:
        return web.Response(body=b"\xff\xd8\xff photo", content_type="image/jpeg")


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
async def client(api: Api) -> AsyncIterator[Client]:
    application = web.Application()
    application.router.add_post("/cgi-bin/stable_token", api.token)
    for path in ("/cgi-bin/message/custom/send", "/cgi-bin/message/template/send", "/cgi-bin/menu/create"):
        application.router.add_post(path, api.send)
    application.router.add_get("/cgi-bin/media/get", api.media)
    async with TestServer(application) as server, aiohttp.ClientSession() as http:
        yield Client("wx1", "a-secret", http, f"{server.make_url('/')}")


async def test_fifty_senders_fetch_one_token(api: Api, client: Client) -> None:
    await asyncio.gather(*(client.send_text(f"o{n}", "你好") for n in range(50)))

    assert (api.fetches, len(api.calls)) == (1, 50)


async def test_fifty_senders_at_the_tokens_end_fetch_one_more_and_all_get_through(api: Api, client: Client) -> None:
    await client.token()
    api.valid = "somebody else fetched another"

    await asyncio.gather(*(client.send_text(f"o{n}", "你好") for n in range(50)))

    assert (api.fetches, len(api.calls)) == (2, 50)


async def test_token_that_is_always_refused_is_tried_twice_and_no_more(api: Api, client: Client) -> None:
    api.refuses = {"errcode": 42001, "errmsg": "access_token expired"}

    with pytest.raises(errors.TokenRefused):
        await client.send_text("oA", "你好")

    assert (api.fetches, len(api.calls)) == (2, 2)


@pytest.mark.parametrize(("errcode", "kind"), [
    (-1, errors.Temporary), (43004, errors.RecipientGone), (45015, errors.WindowClosed), (45047, errors.WindowClosed),
    (45009, errors.QuotaSpent), (47003, errors.ContentRefused), (40164, errors.AccountLimited), (99999, errors.WeChatRefused),
])  # fmt: skip
async def test_each_number_becomes_the_error_it_means(
    api: Api, client: Client, errcode: int, kind: type[errors.WeChatRefused]
) -> None:
    api.refuses = {"errcode": errcode, "errmsg": "no"}

    with pytest.raises(kind) as refused:
        await client.send_text("oA", "你好")

    assert refused.value.errcode == errcode


async def test_no_token_and_no_secret_stands_in_an_error(api: Api, client: Client) -> None:
    api.status = 502

    with pytest.raises(errors.Temporary) as refused:
        await client.send_text("oA", "你好")

    assert "token" not in str(refused.value)
    assert "a-secret" not in str(refused.value)


async def test_server_that_is_gone_is_temporary() -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(errors.Temporary, match="did not answer"):
            await Client("wx1", "s", http, "http://127.0.0.1:9/").send_text("oA", "你好")


async def test_repeat_carries_the_same_id_and_template_gives_its_msgid(api: Api, client: Client) -> None:
    msgid = await client.send_template("oA", "t1", {"thing1": "停水"}, "https://x", "d17")

    assert msgid == "17"
    assert api.calls[0]["client_msg_id"] == "d17"
    assert api.calls[0]["data"] == {"thing1": {"value": "停水"}}


async def test_photo_is_downloaded_as_bytes(client: Client) -> None:
    assert (await client.download("m1")).startswith(b"\xff\xd8\xff")


async def test_wechatpys_own_classes_can_be_awaited(api: Api, client: Client) -> None:
    await client.token()

    assert (await client.menu.create({"button": []}))["errcode"] == 0


@pytest.mark.parametrize(("data", "culprit"), [
    ({"thing1": "长" * 21}, "data.thing1.value has 21 characters; at most 20"), ({"thing1": "a\nb"}, "line break"), ({"time2": ""}, "empty"),
    ({"phrase3": "六个字太长了"}, "at most 5"),
])  # fmt: skip
def test_field_wechat_would_refuse_is_named(data: dict[str, str], culprit: str) -> None:
    with pytest.raises(errors.ContentRefused, match=culprit):
        check_fields(data)
