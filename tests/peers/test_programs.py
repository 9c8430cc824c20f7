"""Whole programs of others against ours: a second server, a sender of messages, and a client of the API."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import app
from bot.cli.serving import demo_settings, seed
from bot.config import Settings
from bot.model import SHANGHAI
from bot.simulator import server as simulator
from bot.simulator.cast import CAST
from bot.webhook import Webhook
from bot.wechat import crypto
from tests.peers.conftest import HERE, WITHIN

CHEN, LI = CAST[0].openid, CAST[1].openid


def clock() -> datetime:
    return datetime.now(SHANGHAI)


async def run(*command: str) -> str:
    """Run a program beside our server and return what it says."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=HERE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(WITHIN):
        said, _ = await process.communicate()
    return said.decode()


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Serve our webhook as the settings say; returns its address and account."""
    opened: list[tuple[app.Linli, TestServer]] = []

    async def start(**settings: object) -> tuple[str, crypto.Account]:
        base: Settings = demo_settings(host="127.0.0.1", port=1, var=tmp_path / "var")
        seed(base)
        linli = app.Linli.assemble(base.model_copy(update=settings))
        webhook = Webhook(
            account=linli.account, database=linli.database, understanding=linli.understanding,
            house=lambda: linli.house, clock=clock,
        )  # fmt: skip
        application = web.Application()
        application.router.add_get("/wechat", webhook.verify)
        application.router.add_post("/wechat", webhook.receive)
        server = TestServer(application)
        await server.start_server()
        opened.append((linli, server))
        return str(server.make_url("/wechat")), linli.account

    yield start
    for linli, server in opened:
        await server.close()
        linli.database.close()


# ------------------------------------------------------------------ co-wechat, a second server


def push(kind: str, more: str) -> str:
    head = f"<ToUserName>gh_1</ToUserName><FromUserName>{CHEN}</FromUserName><CreateTime>{int(clock().timestamp())}</CreateTime>"
    return f"<xml>{head}<MsgType><![CDATA[{kind}]]></MsgType>{more}</xml>"


#: No text with `]]>`: co-wechat echoes it unsplit, which no parser reads.
PUSHES = [
    push("text", "<Content><![CDATA[你好 😀]]></Content><MsgId>1</MsgId>"),
    push("image", "<PicUrl>http://127.0.0.1/p</PicUrl><MediaId>m</MediaId><MsgId>3</MsgId>"),
    push("voice", "<MediaId>m</MediaId><Recognition>几点上班</Recognition><MsgId>4</MsgId>"),
    push("video", "<MediaId>m</MediaId><MsgId>5</MsgId>"),
    push("link", "<Title>t</Title><Url>http://127.0.0.1/u</Url><MsgId>6</MsgId>"),
    push("location", "<Location_X>30.1</Location_X><Location_Y>120.1</Location_Y><Label>门口</Label><MsgId>7</MsgId>"),
]


@pytest.mark.parametrize("mode", ["plain", "safe"])
async def test_signed_pushes_get_the_same_kind_of_answer_from_both(
    mode: str, node: str, started: Callable[[Sequence[str]], int], serve: Callable[..., Any]
) -> None:
    url, account = await serve(wechat_mode=mode)
    theirs = f"http://127.0.0.1:{started([node, 'server.cjs', account.token, account.appid, '' if mode == 'plain' else account.aes_key])}/"

    async with aiohttp.ClientSession() as http:
        for xml in PUSHES:
            query, body = crypto.wrap_push(account, xml, clock())
            answers = []
            for address in (url, theirs):
                async with http.post(address, params=query, data=body.encode(), headers={"Content-Type": "text/xml"}) as response:
                    assert response.status == 200
                    answers.append(fields(crypto.open_reply(account, await response.text())))
            ours, peers = answers
            assert (ours["ToUserName"], ours["FromUserName"]) == (peers["ToUserName"], peers["FromUserName"]) == (CHEN, "gh_1")
            assert ours["MsgType"] == peers["MsgType"] == "text"
            assert len(ours["CreateTime"]) == 10, "seconds; co-wechat writes milliseconds"


@pytest.mark.parametrize("fault", ["signature", "timestamp", "nonce", "msg_signature"])
async def test_forged_pushes_are_refused_by_both(
    fault: str, node: str, started: Callable[[Sequence[str]], int], serve: Callable[..., Any]
) -> None:
    url, account = await serve()
    theirs = f"http://127.0.0.1:{started([node, 'server.cjs', account.token, account.appid, account.aes_key])}/"
    query, body = crypto.wrap_push(account, PUSHES[0], clock())
    query[fault] = "0" * len(query[fault])

    async with aiohttp.ClientSession() as http:
        statuses = []
        for address in (url, theirs):
            async with http.post(address, params=query, data=body.encode(), headers={"Content-Type": "text/xml"}) as response:
                statuses.append(response.status)

    # co-wechat checks msg_signature alone of an encrypted push; we check signature, too.
    assert statuses[0] == 403
    assert statuses[1] == (200 if fault == "signature" else 401)


async def test_url_check_is_answered_alike(node: str, started: Callable[[Sequence[str]], int], serve: Callable[..., Any]) -> None:
    url, account = await serve(wechat_mode="plain")
    theirs = f"http://127.0.0.1:{started([node, 'server.cjs', account.token, account.appid, ''])}/"
    query, _ = crypto.wrap_push(account, "<xml/>", clock())

    async with aiohttp.ClientSession() as http:
        for address in (url, theirs):
            async with http.get(address, params={**query, "echostr": "4242"}) as response:
                assert (response.status, await response.text()) == (200, "4242")
            async with http.get(address, params={**query, "nonce": "x", "echostr": "4242"}) as response:
                assert response.status in (401, 403)


def fields(xml: str) -> dict[str, str]:
    return {element.tag: element.text or "" for element in ElementTree.fromstring(xml)}


# ------------------------------------------------------------------ webot-cli, a sender


@pytest.mark.parametrize(("words", "answer"), [
    (["t", "几点上班"], "8:30"), (["t", "报修"], "报修"), (["loc", "20.12", "120.33", "小区"], "位置收到了"), (["i", "http://127.0.0.1/1.png"], "照片收到了"),
    (["e", "subscribe"], "欢迎关注"), (["e", "CLICK", "faq.hours"], "8:30"), (["scan", "42"], "欢迎关注"),
])  # fmt: skip
async def test_each_kind_that_webot_sends_is_answered(
    words: list[str], answer: str, node: str, serve: Callable[..., Any]
) -> None:
    # Its stamps are in milliseconds, and its MsgId is always the same.
    url, account = await serve(wechat_mode="plain", wechat_milliseconds=True)

    said = await run(node, "node_modules/.bin/webot", "send", *words, "--token", account.token, "--des", url, "--user", "oWebot")

    assert answer in said, said


async def test_stamp_in_milliseconds_is_refused_where_seconds_are_due(node: str, serve: Callable[..., Any]) -> None:
    url, account = await serve(wechat_mode="plain")

    said = await run(node, "node_modules/.bin/webot", "send", "t", "几点上班", "--token", account.token, "--des", url)

    assert "403" in said


# ------------------------------------------------------------------ wechat-api, a client of our stand-in


async def test_wechat_api_is_content_with_our_stand_in(node: str, tmp_path: Path) -> None:
    account = crypto.Account(token="t", appid="wx1", mode=crypto.Mode.PLAIN)
    stand_in = simulator.create(account, "a secret", "http://127.0.0.1:1/", clock)
    async with TestServer(stand_in) as server:
        wechat = stand_in[simulator.WECHAT]
        wechat.said(wechat.resident(CHEN))  # its chat window is open
        said = await run(node, "--no-deprecation", "client.cjs", f"{server.make_url('/api')}", "wx1", "a secret", CHEN, LI)
        chat = [line.text for line in wechat.chat(CHEN) if line.kind == "text"]
    results = json.loads(re.findall(r"^\{.*\}$", said, re.MULTILINE)[-1])

    assert {name: result for name, result in results.items() if result.get("errcode")} == {}
    assert results["getAccessToken"]["accessToken"]
    assert results["getMenu"]["menu"]["button"][0]["key"] == "repair.report"
    assert results["createTmpQRCode"]["ticket"] != results["createLimitQRCode"]["ticket"]
    assert results["sendTemplate"]["msgid"]
    assert results["getFollowers"]["total"] == len(CAST)
    assert "您好 😀 ]]>" in chat
