"""The optional second opinion: asked only in doubt, told no personal data, and never missed when it fails."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot import config
from bot.dialogue import adviser
from bot.dialogue.adviser import Adviser
from bot.dialogue.said import Heard
from bot.dialogue.understanding import Understanding
from bot.language.disclosure import disclose
from bot.language.matcher import Candidate, Match

TOWN = Path(__file__).parent / "intents"
UNDERSTANDING = Understanding.load(TOWN, config.shipped("data"))
DOUBT = Heard(
    text="王芳说138 0013 8000灯和包裹，3栋2单元501，粤B12345",
    match=Match(
        text="", decision="clarify", candidates=(Candidate("lamp.report", 0.5, "像"), Candidate("parcel.send", 0.4, "像"))
    ),
)


class Stub:
    """An API that remembers what it was asked and answers as it is told to."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.answer: Callable[[], Awaitable[web.StreamResponse]] = lambda: say("2")
        self.url = ""

    async def complete(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization", ""))
        return await self.answer()


async def say(words: object) -> web.StreamResponse:
    return web.json_response({"choices": [{"message": {"content": words}}]})


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    found = Stub()
    application = web.Application()
    application.router.add_post("/v1/chat/completions", found.complete)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield found
    await runner.cleanup()


@pytest.fixture
async def asked(stub: Stub) -> AsyncIterator[Adviser]:
    found = Adviser(UNDERSTANDING, stub.url, "k", "m")
    yield found
    await found.close()


async def test_the_choice_comes_first_and_is_acted_on(asked: Adviser, stub: Stub, now: datetime) -> None:
    heard = await asked.advise(DOUBT, now)

    assert [candidate.intent for candidate in heard.match.candidates] == ["parcel.send", "lamp.report"]
    assert (heard.match.decision, heard.text) == ("accept", DOUBT.text)
    assert (stub.asked[0]["model"], stub.keys) == ("m", ["Bearer k"])


@pytest.mark.parametrize("words", ["0", "3", "9", "", "也许是灯", "12", "2 或 1", None, 2, {"x": 1}])
async def test_none_of_them_or_nonsense_leaves_the_doubt(asked: Adviser, stub: Stub, now: datetime, words: object) -> None:
    stub.answer = lambda: say(words)

    assert await asked.advise(DOUBT, now) == DOUBT


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"choices": []}', b"\xff\xfe", b"9" * 200_000])
async def test_garbage_leaves_the_doubt(asked: Adviser, stub: Stub, now: datetime, body: bytes) -> None:
    async def answer() -> web.StreamResponse:
        return web.Response(body=body, content_type="application/json")

    stub.answer = answer

    assert await asked.advise(DOUBT, now) == DOUBT


@pytest.mark.parametrize("status", [302, 401, 429, 500])
async def test_a_refusal_leaves_the_doubt(asked: Adviser, stub: Stub, now: datetime, status: int) -> None:
    async def answer() -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": "http://127.0.0.1:9/"})

    stub.answer = answer

    assert await asked.advise(DOUBT, now) == DOUBT


async def test_who_is_late_is_not_waited_for(asked: Adviser, stub: Stub, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer() -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    stub.answer = answer
    monkeypatch.setattr(adviser, "ANSWERS_WITHIN", 0.05)

    async with asyncio.timeout(2):
        assert await asked.advise(DOUBT, now) == DOUBT


async def test_an_address_where_nobody_answers_leaves_the_doubt(now: datetime) -> None:
    nobody = Adviser(UNDERSTANDING, "http://127.0.0.1:9/v1", "", "")

    assert await nobody.advise(DOUBT, now) == DOUBT
    await nobody.close()


@pytest.mark.parametrize("decision", ["accept", "reject"])
async def test_it_is_asked_only_in_doubt(asked: Adviser, stub: Stub, now: datetime, decision: Any) -> None:
    sure = Heard(text="路灯坏了", match=Match(text="", decision=decision, candidates=DOUBT.match.candidates))

    assert await asked.advise(sure, now) == sure
    assert stub.asked == []


def test_without_an_address_nothing_is_asked() -> None:
    settings = config.load(wechat_token="token", wechat_appid="wx0123456789abcdef", wechat_aes_key="a" * 43)

    assert Adviser.of(settings, UNDERSTANDING) is None


async def test_no_name_phone_flat_or_plate_leaves_the_house(asked: Adviser, stub: Stub, now: datetime) -> None:
    await asked.advise(DOUBT, now)

    sent = json.dumps(stub.asked, ensure_ascii=False)
    for secret in ("王芳", "138", "0013", "501", "3栋", "2单元", "B12345"):
        assert secret not in sent
    assert "灯和包裹" in sent


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("我叫张伟，电话13800138000", ["张伟", "13800138000"]),
        ("给李小龙和王小明办访客", ["李小龙", "王小明"]),
        ("三号楼二单元五零一室漏水", ["三号楼", "五零一"]),
        ("电话一三八零零一三八零零零", ["一三八零零"]),
        ("沪A12345 停在 B座1203 门口", ["A12345", "1203"]),
        ("加我微信 wxid_abc123 或者 a.b@example.com", ["wxid_abc123", "example"]),
        ("身份证 44030519900101123X", ["44030519900101"]),
        ("门禁密码4821", ["4821"]),
        ("王阿姨说小李明天来", ["王阿姨", "小李"]),
        ("021-58881234 打不通", ["58881234"]),
        ("在12栋住", ["12栋"]),
        ("我姓欧阳", ["欧阳"]),
    ],
)
def test_what_says_who_or_where_is_hidden(text: str, secrets: list[str], now: datetime) -> None:
    told = disclose(text, now)

    assert [secret for secret in secrets if secret in told] == []


def test_the_wish_itself_is_told(now: datetime) -> None:
    assert disclose("厨房水管漏水了，能不能派人来修", now) == "厨房水管漏水了,能不能派人来修"
    assert disclose("我家的马桶和车位", now, {"马桶", "车位"}) == "我家的马桶和车位"
