"""The page: its stream misses nothing, nobody else can use its requests, its clock can be put forward."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.simulator.cast import CAST

if TYPE_CHECKING:
    from tests.simulator.conftest import Bot, Town

CHEN = CAST[0].openid


class Stream:
    """The server-sent events of one connection."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def next(self) -> dict[str, str]:
        """Return the fields of the next event."""
        event: dict[str, str] = {}
        while line := (await self._response.content.readline()).decode().strip():
            name, _, value = line.partition(": ")
            event[name] = value
        return event

    async def next_of(self, kind: str) -> dict[str, str]:
        while (event := await self.next())["event"] != kind:
            pass
        return event


@asynccontextmanager
async def _stream(town: Town, since: str, **headers: str) -> AsyncIterator[Stream]:
    async with town.http.get(f"{town.url}/events", params={"since": since}, headers=headers) as response:
        yield Stream(response)


async def test_line_is_shown_while_the_bot_still_thinks_and_again_with_its_travel(town: Town) -> None:
    since = (await town.get("state"))["last"]

    async with _stream(town, since) as stream:
        await town.does(CHEN, kind="text", text="漏水了")
        first, second = await stream.next_of("line"), await stream.next_of("line")

    assert json.loads(first["data"])["text"] == "漏水了"
    assert json.loads(first["data"])["id"] == json.loads(second["data"])["id"]
    assert json.loads(second["data"])["steps"][0]["title"] == "明文 XML"


async def test_page_that_was_away_gets_what_it_missed(town: Town) -> None:
    since = (await town.get("state"))["last"]
    async with _stream(town, since) as stream:
        await town.does(CHEN, kind="text", text="一")
        seen = (await stream.next_of("line"))["id"]
    await town.does(CHEN, kind="text", text="二")

    async with _stream(town, since, **{"Last-Event-ID": seen}) as stream:
        texts = {json.loads((await stream.next_of("line"))["data"])["text"] for _ in range(2)}

    assert texts == {"一", "二"}


@pytest.mark.parametrize("since", ["", "0123abcd.7", "nonsense"])
async def test_page_of_an_earlier_run_is_told_to_read_everything_anew(town: Town, since: str) -> None:
    async with _stream(town, since) as stream:
        assert (await stream.next())["event"] == "reset"


async def test_quota_is_told_as_it_shrinks(town: Town) -> None:
    await town.does(CHEN, kind="text", text="你好")
    await town.call("message/custom/send", {"touser": CHEN, "msgtype": "text", "text": {"content": "您好"}})

    chen = (await town.get("state"))["residents"][0]

    assert chen["left"] == 4


@pytest.mark.parametrize("path", [f"phone/{CHEN}/send", "residents", "trouble", "reset", "clock"])
async def test_form_of_another_site_does_nothing(town: Town, path: str) -> None:
    async with town.http.post(f"{town.url}/{path}", data=b'{"kind": "text", "text": "x"}') as response:
        assert response.status == 415
    assert town.chat() == []


async def test_nobody_can_act_for_a_stranger(town: Town) -> None:
    async with town.http.post(f"{town.url}/phone/oUnknown/send", json={"kind": "follow"}) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    "gesture",
    [
        {"kind": "text", "text": " "},
        {"kind": "photo", "media_id": "unknown"},
        {"kind": "location", "latitude": "north", "longitude": 1, "label": "x"},
        {"kind": "scan"},
        {"kind": "follow"},
        {"kind": "fly"},
        {},
    ],
)
async def test_gesture_that_no_phone_offers_is_refused_and_pushes_nothing(
    town: Town, bot: Bot, gesture: dict[str, object]
) -> None:
    assert "error" in await town.post(f"phone/{CHEN}/send", gesture)
    assert bot.pushes == []


async def test_time_only_goes_on(town: Town) -> None:
    before = (await town.get("state"))["now"]

    moved = await town.post("clock", {"ahead_seconds": 3600})
    refused = await town.post("clock", {"ahead_seconds": -1})

    assert moved == {"now": before + 3_600_000, "ahead": 3600}
    assert "error" in refused


async def test_reset_brings_back_the_first_residents_and_an_empty_chat(town: Town) -> None:
    await town.does(CHEN, kind="unfollow")
    await town.post("residents", {})

    await town.post("reset", {})

    state = await town.get("state")
    assert [(one["name"], one["follows"]) for one in state["residents"]] == [(actor.name, True) for actor in CAST]
    assert state["lines"] == []


@pytest.mark.parametrize("path", ["/", "/state", "/static/desk.js", "/static/phone.css"])
async def test_everything_is_served_under_a_strict_policy(town: Town, path: str) -> None:
    async with town.http.get(town.url + path) as response:
        assert response.status == 200
        policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy


async def test_address_without_its_slash_leads_to_the_page(town: Town) -> None:
    async with town.http.get(town.url) as response:
        assert response.url.path == "/simulator/"
        assert "text/html" in response.headers["Content-Type"]
