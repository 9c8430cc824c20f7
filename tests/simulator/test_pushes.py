"""What residents do reaches the bot as WeChat would send it, and its answers come back."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.simulator.cast import CAST
from bot.simulator.courier import BANNER
from bot.wechat import messages

if TYPE_CHECKING:
    from tests.simulator.conftest import Bot, Town

CHEN = CAST[0].openid


async def test_bot_reads_what_a_resident_writes_and_its_answer_is_shown(town: Town, bot: Bot) -> None:
    bot.says = lambda message: f"你好，收到：{message.text}"

    reply = await town.does(CHEN, kind="text", text="<b>漏水</b>😀 ]]> &amp;")

    assert reply["text"] == "你好，收到：<b>漏水</b>😀 ]]> &amp;"
    assert [(line.author, line.kind) for line in town.chat()] == [("resident", "text"), ("bot", "text")]


async def test_silent_bot_leaves_only_what_the_resident_wrote(town: Town) -> None:
    assert await town.does(CHEN, kind="text", text="谢谢") is None
    assert [line.text for line in town.chat()] == ["谢谢"]


@pytest.mark.parametrize(
    ("gesture", "kind", "values"),
    [
        ({"kind": "voice", "text": "报修"}, messages.Voice, {"text": "报修"}),
        (
            {"kind": "location", "latitude": 30.2741, "longitude": 120.1551, "label": "3栋门口"},
            messages.Location,
            {"latitude": 30.2741, "longitude": 120.1551, "label": "3栋门口"},
        ),
        ({"kind": "click", "key": "repair.report"}, messages.Click, {"event_key": "repair.report"}),
        ({"kind": "scan", "scene": "door-3"}, messages.Scan, {"scene": "door-3"}),
        ({"kind": "unfollow"}, messages.Unfollow, {}),
    ],
)
async def test_each_gesture_arrives_as_its_own_kind(
    town: Town, bot: Bot, gesture: dict[str, object], kind: type, values: dict[str, object]
) -> None:
    await town.does(CHEN, **gesture)

    [push] = bot.pushes
    assert isinstance(push, kind)
    assert push.openid == CHEN
    assert {name: getattr(push, name) for name in values} == values


async def test_photo_arrives_with_an_address_where_it_can_be_seen(town: Town, bot: Bot) -> None:
    async with town.http.post(
        f"{town.url}/phone/{CHEN}/upload", data=b"\xff\xd8 a photo", headers={"Content-Type": "image/jpeg"}
    ) as response:
        media_id = (await response.json())["media_id"]

    await town.does(CHEN, kind="photo", media_id=media_id)

    [push] = bot.pushes
    assert isinstance(push, messages.Photo)
    assert push.media_id == media_id
    async with town.http.get(push.url) as response:
        assert await response.read() == b"\xff\xd8 a photo"


async def test_newcomer_follows_by_scanning_and_only_then_may_write(town: Town, bot: Bot) -> None:
    newcomer = (await town.post("residents", {}))["openid"]

    assert len(newcomer) == 28
    refused = await town.post(f"phone/{newcomer}/send", {"kind": "text", "text": "你好"})
    assert refused == {"error": "require subscribe"}
    await town.does(newcomer, kind="scan", scene="door-3")
    await town.does(newcomer, kind="text", text="你好")

    follow, text = bot.pushes
    assert isinstance(follow, messages.Follow)
    assert follow.scene == "door-3"
    assert isinstance(text, messages.Text)


@pytest.mark.parametrize(
    "fail",
    [
        lambda: web.Response(status=500),
        lambda: web.Response(status=403, text="forbidden"),
    ],
)
async def test_failed_push_comes_three_times_as_the_same_message_and_then_the_banner(
    town: Town, bot: Bot, fail: Callable[[], web.Response]
) -> None:
    bot.failures = repeat(fail)

    reply = await town.does(CHEN, kind="text", text="报修")

    assert (reply["kind"], reply["text"]) == ("banner", BANNER)
    assert len(bot.pushes) == 3
    assert len({push.key for push in bot.pushes}) == 1


async def test_answer_to_the_second_delivery_is_shown(town: Town, bot: Bot) -> None:
    bot.failures = iter([lambda: web.Response(status=502)])
    bot.says = lambda message: "已登记"

    reply = await town.does(CHEN, kind="text", text="报修")

    assert reply["text"] == "已登记"
    assert len(bot.pushes) == 2


async def test_bot_that_stays_silent_too_long_is_asked_three_times(town: Town, bot: Bot) -> None:
    bot.hangs = True

    reply = await town.does(CHEN, kind="text", text="报修")

    assert reply["kind"] == "banner"
    assert len(bot.pushes) == 3


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('{"ok": true}', "安全模式下的回复必须加密"),
        ("<xml><Content>明文</Content></xml>", "安全模式下的回复必须加密"),
        ("<xml><Encrypt><![CDATA[AAAA]]></Encrypt></xml>", "回复解不开"),
    ],
)
async def test_reply_that_wechat_could_not_read_is_a_banner_at_once(town: Town, bot: Bot, body: str, why: str) -> None:
    bot.failures = repeat(lambda: web.Response(text=body))

    reply = await town.does(CHEN, kind="text", text="报修")

    assert reply["kind"] == "banner"
    assert len(bot.pushes) == 1
    assert any(why in step.text for step in town.chat()[0].steps)


async def test_repeats_can_be_switched_on_to_see_that_the_bot_bears_them(town: Town, bot: Bot) -> None:
    await town.post("trouble", {"repeats": True})
    bot.says = lambda message: f"第 {len(bot.pushes)} 次"

    reply = await town.does(CHEN, kind="text", text="报修")

    assert reply["text"] == "第 3 次"
    assert len({push.key for push in bot.pushes}) == 1
    assert [line.text for line in town.chat()] == ["报修", "第 3 次"]


async def test_each_line_tells_how_it_travelled_but_no_secret(town: Town, bot: Bot) -> None:
    bot.says = lambda message: "好"

    await town.does(CHEN, kind="text", text="漏水")

    mine = town.chat()[0]
    assert mine.milliseconds is not None
    assert [step.title for step in mine.steps] == ["明文 XML", "推送", "第 1 次投递", "回包", "回包明文"]
    assert "漏水" in mine.steps[0].text
    assert "漏水" not in mine.steps[1].text
    state = str(await town.get("state"))
    assert not any(secret in state for secret in ("a secret of the account", "stand-in", "abcdefghijklmnop"))
