"""Tags are kept as WeChat keeps them, and conversations with the desk leave the bot out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.simulator.cast import CAST
from bot.simulator.time_machine import TimeMachine

if TYPE_CHECKING:
    from tests.simulator.conftest import Bot, Town

CHEN, LI = CAST[0].openid, CAST[1].openid
DESK = {"kf_account": "desk@linli", "openid": CHEN}


async def _tag(town: Town, name: str = "3栋") -> int:
    return int((await town.call("tags/create", {"tag": {"name": name}}))["tag"]["id"])


@pytest.mark.parametrize(("path", "body", "errcode"), [
    ("tags/create", {"tag": {"name": ""}}, 45158),
    ("tags/create", {"tag": {"name": "长" * 31}}, 45158),
    ("tags/create", {"tag": {"name": "星标组"}}, 45157),
    ("tags/update", {"tag": {"id": 999, "name": "x"}}, 45159),
    ("tags/update", {"tag": {"id": 2, "name": "x"}}, 45058),
    ("tags/delete", {"tag": {"id": 2}}, 45058),
    ("tags/members/batchtagging", {"tagid": 2, "openid_list": ["oUnknown"]}, 40003),
    ("tags/members/batchtagging", {"tagid": 999, "openid_list": [CHEN]}, 45159),
    ("tags/members/batchtagging", {"tagid": 2, "openid_list": [CHEN] * 51}, 40032),
    ("user/tag/get", {"tagid": 999}, 45159),
    ("user/info/batchget", {"user_list": []}, 40032),
])  # fmt: skip
async def test_what_tags_cannot_do_is_refused(town: Town, path: str, body: object, errcode: int) -> None:
    assert (await town.call(path, body))["errcode"] == errcode


async def test_account_has_at_most_a_hundred_tags_and_a_follower_twenty(town: Town) -> None:
    ids = [await _tag(town, f"标签{number}") for number in range(99)]

    assert (await town.call("tags/create", {"tag": {"name": "再一个"}}))["errcode"] == 45056
    codes = [
        (await town.call("tags/members/batchtagging", {"tagid": number, "openid_list": [CHEN]}))["errcode"] for number in ids[:21]
    ]
    assert codes == [0] * 20 + [45059]


async def test_who_leaves_loses_their_tags(town: Town) -> None:
    number = await _tag(town)
    await town.call("tags/members/batchtagging", {"tagid": number, "openid_list": [CHEN, LI]})
    assert (await town.ask("user/info", openid=CHEN))["tagid_list"] == [number]

    await town.does(CHEN, kind="unfollow")

    assert (await town.call("user/tag/get", {"tagid": number}))["data"] == {"openid": [LI]}


# ------------------------------------------------------------------ the desk


async def test_bot_hears_nothing_while_a_person_talks_with_the_resident(town: Town, bot: Bot) -> None:
    await town.post(f"api/customservice/kfsession/create?access_token={(await town.token())['access_token']}", DESK)
    await bot.heard("kf_create_session")
    assert await town.does(CHEN, kind="text", text="师傅几点来？") is None
    await town.does(LI, kind="text", text="报修")
    await town.post(f"api/customservice/kfsession/close?access_token={(await town.token())['access_token']}", DESK)
    await bot.heard("kf_close_session")
    await town.does(CHEN, kind="text", text="谢谢")

    assert [push.text for push in bot.pushes if hasattr(push, "text")] == ["报修", "谢谢"]
    assert [line.text for line in town.chat()] == ["师傅几点来？", "谢谢"]


async def test_conversation_that_nobody_ends_ends_after_half_an_hour(town: Town, bot: Bot, clock: TimeMachine) -> None:
    await town.post(f"api/customservice/kfsession/create?access_token={(await town.token())['access_token']}", DESK)
    clock.move(timedelta(minutes=30))

    await town.does(CHEN, kind="text", text="还在吗")

    assert [push.text for push in bot.pushes if hasattr(push, "text")] == ["还在吗"]


@pytest.mark.parametrize(("path", "body", "errcode"), [
    ("kfsession/create", {**DESK, "kf_account": "nobody@linli"}, 65401),
    ("kfsession/create", {**DESK, "openid": "oUnknown"}, 40003),
    ("kfsession/close", DESK, 65413),
    ("kfaccount/add", {"kf_account": "no at sign"}, 65404),
])  # fmt: skip
async def test_what_the_desk_cannot_do_is_refused(town: Town, path: str, body: object, errcode: int) -> None:
    token = (await town.token())["access_token"]

    assert (await town.post(f"api/customservice/{path}?access_token={token}", body))["errcode"] == errcode
