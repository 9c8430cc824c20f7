"""Whole programs of others against ours: a second server, a sender of messages, and a client of the API."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot import app
from bot.cli.serving import DEMO_APPID, demo_settings
from bot.model import SHANGHAI
from bot.simulator import server as simulator
from bot.simulator.cast import CAST
from bot.webhook import Webhook
from bot.wechat import crypto
from tests.peers.conftest import HERE, WITHIN

pytestmark = pytest.mark.peers

TOKEN, KEY = "pamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
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
async def serve(demo_var: Path) -> AsyncIterator[Callable[..., Any]]:
    """Serve our webhook as the settings say; returns its address and account."""
    opened: list[tuple[app.Linli, TestServer]] = []

    async def start(**settings: object) -> tuple[str, crypto.Account]:
        base = demo_settings(host="127.0.0.1", port=1, var=demo_var)
        shared = {"wechat_token": SecretStr(TOKEN), "wechat_aes_key": SecretStr(KEY)}
        linli = app.Linli.assemble(base.model_copy(update={**shared, **settings}))
        webhook = Webhook(
            account=linli.account, database=linli.database, understanding=linli.understanding,
            house=lambda: linli.house, clock=clock, spool=linli.spool,
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
    push("text", f"<Content>{'邻' * 600}</Content><MsgId>2</MsgId>"),
    push("image", "<PicUrl>http://127.0.0.1/p</PicUrl><MediaId>m</MediaId><MsgId>3</MsgId>"),
    push("voice", "<MediaId>m</MediaId><Recognition>几点上班</Recognition><MsgId>4</MsgId>"),
    push("video", "<MediaId>m</MediaId><MsgId>5</MsgId>"),
    push("link", "<Title>t</Title><Url>http://127.0.0.1/u</Url><MsgId>6</MsgId>"),
    push("location", "<Location_X>30.1</Location_X><Location_Y>120.1</Location_Y><Label>门口</Label><MsgId>7</MsgId>"),
]

#: Kinds of statuses: WeChat sees 200 or it does not.
TAKEN, REFUSED = {200}, {401, 403}


@pytest.fixture
def second(node: str, port_of: Callable[..., int]) -> Callable[[crypto.Mode], str]:
    """co-wechat's address; its servers outlive the test."""
    return lambda mode: (
        f"http://127.0.0.1:{port_of(node, 'server.cjs', TOKEN, DEMO_APPID, '' if mode is crypto.Mode.PLAIN else KEY)}/"
    )


async def answers(query: Mapping[str, str], body: str, *addresses: str) -> list[tuple[int, str]]:
    """Post the same push to all; returns status and body of each."""
    found = []
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(WITHIN)) as http:
        for address in addresses:
            async with http.post(address, params=query, data=body.encode(), headers={"Content-Type": "text/xml"}) as response:
                found.append((response.status, await response.text()))
    return found


@pytest.mark.parametrize("mode", [crypto.Mode.PLAIN, crypto.Mode.SAFE])
async def test_signed_pushes_get_the_same_kind_of_answer_from_both(
    mode: crypto.Mode, second: Callable[[crypto.Mode], str], serve: Callable[..., Any]
) -> None:
    url, account = await serve(wechat_mode=mode.value)

    for xml in PUSHES:
        query, body = crypto.wrap_push(account, xml, clock())
        statuses, bodies = zip(*await answers(query, body, url, second(mode)), strict=True)
        ours, theirs = (fields(crypto.open_reply(account, said)) for said in bodies)

        assert set(statuses) == TAKEN
        assert (ours["ToUserName"], ours["FromUserName"]) == (theirs["ToUserName"], theirs["FromUserName"]) == (CHEN, "gh_1")
        assert ours["MsgType"] == theirs["MsgType"] == "text"
        assert (len(ours["CreateTime"]), len(theirs["CreateTime"])) == (10, 13), "seconds; co-wechat's milliseconds are its fault"


@pytest.mark.parametrize("mode", [crypto.Mode.PLAIN, crypto.Mode.SAFE])
async def test_events_that_want_no_words_are_taken_by_both(
    mode: crypto.Mode, second: Callable[[crypto.Mode], str], serve: Callable[..., Any]
) -> None:
    url, account = await serve(wechat_mode=mode.value)

    for name in ("VIEW", "LOCATION", "unsubscribe", "aurora"):
        query, body = crypto.wrap_push(account, push("event", f"<Event>{name}</Event><EventKey>k</EventKey>"), clock())
        [(status, said), (their_status, _)] = await answers(query, body, url, second(mode))

        assert {status, their_status} == TAKEN
        assert said == "success"  # co-wechat sends an empty reply instead


@pytest.mark.parametrize(("mode", "fault", "theirs"), [
    (crypto.Mode.PLAIN, "signature", REFUSED), (crypto.Mode.PLAIN, "timestamp", REFUSED), (crypto.Mode.PLAIN, "nonce", REFUSED),
    (crypto.Mode.SAFE, "msg_signature", REFUSED), (crypto.Mode.SAFE, "timestamp", REFUSED), (crypto.Mode.SAFE, "nonce", REFUSED),
    (crypto.Mode.SAFE, "signature", TAKEN),  # of an encrypted push co-wechat checks msg_signature alone; we check both
])  # fmt: skip
async def test_forged_pushes_are_refused_by_both(
    mode: crypto.Mode, fault: str, theirs: set[int], second: Callable[[crypto.Mode], str], serve: Callable[..., Any]
) -> None:
    url, account = await serve(wechat_mode=mode.value)
    query, body = crypto.wrap_push(account, PUSHES[0], clock())
    forged = {**query, fault: "0" * len(query[fault])}

    [(status, _), (their_status, _)] = await answers(forged, body, url, second(mode))

    assert status in REFUSED
    assert their_status in theirs


async def test_plain_push_is_refused_in_safe_mode_though_co_wechat_falls_for_it(
    second: Callable[[crypto.Mode], str], serve: Callable[..., Any]
) -> None:
    url, account = await serve(wechat_mode="safe")
    query, body = crypto.wrap_push(replace(account, mode=crypto.Mode.PLAIN), PUSHES[0], clock())

    [(status, _), (their_status, _)] = await answers(query, body, url, second(crypto.Mode.SAFE))

    assert status in REFUSED
    assert their_status in TAKEN


async def test_numeric_nonce_and_milliseconds_are_read_where_test_peers_are_let_in(
    second: Callable[[crypto.Mode], str], serve: Callable[..., Any]
) -> None:
    url, account = await serve(wechat_mode="plain", wechat_milliseconds=True)
    stamp, nonce = str(int(clock().timestamp() * 1000)), "83542179"
    query = {"signature": crypto.sign(account.token, stamp, nonce), "timestamp": stamp, "nonce": nonce}

    statuses = {status for status, _ in await answers(query, PUSHES[0], url, second(crypto.Mode.PLAIN))}

    assert statuses == TAKEN


async def test_url_check_is_answered_alike(second: Callable[[crypto.Mode], str], serve: Callable[..., Any]) -> None:
    url, account = await serve(wechat_mode="plain")
    query, _ = crypto.wrap_push(account, "<xml/>", clock())

    async with aiohttp.ClientSession() as http:
        for address in (url, second(crypto.Mode.PLAIN)):
            async with http.get(address, params={**query, "echostr": "4242"}) as response:
                assert (response.status, await response.text()) == (200, "4242")
            async with http.get(address, params={**query, "nonce": "x", "echostr": "4242"}) as response:
                assert response.status in REFUSED


def fields(xml: str) -> dict[str, str]:
    return {element.tag: element.text or "" for element in ElementTree.fromstring(xml)}


# ------------------------------------------------------------------ webot-cli, a sender


#: What webot-cli sends and what its user reads, in this order.
SENT = [
    (["e", "subscribe"], "欢迎关注"), (["scan", "42"], "欢迎关注"), (["scan", "42", "yes"], "欢迎"), (["t", "几点上班"], "办公"),
    (["e", "CLICK", "faq.hours"], "办公"), (["loc", "20.12", "120.33", "小区"], "位置收到了"),
    (["i", "http://127.0.0.1/1.png"], "照片收到了"), (["reportloc", "20.12", "120.33"], "success"), (["t", "报修"], "师傅"),
    (["e", "unsubscribe"], "success"),
]  # fmt: skip


async def test_all_kinds_that_webot_sends_are_answered_though_its_msgid_is_always_the_same(
    node: str, serve: Callable[..., Any]
) -> None:
    url, account = await serve(wechat_mode="plain", wechat_milliseconds=True)

    for number, (words, answer) in enumerate(SENT):
        user = f"oWebot{number // 5}"  # two texts of one user in one second would be the same message
        said = await run(node, "node_modules/.bin/webot", "send", *words, "--token", account.token, "--des", url, "--user", user)
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
    assert results["massSendText"]["msg_id"]
    assert chat[-1] == "明天停水"
