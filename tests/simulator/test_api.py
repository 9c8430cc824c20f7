"""The API refuses what WeChat refuses, with WeChat's numbers."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.simulator.cast import CAST
from bot.simulator.time_machine import TimeMachine
from bot.wechat import messages

if TYPE_CHECKING:
    from tests.simulator.conftest import Bot, Town

CHEN = CAST[0].openid


def _notice(**more: object) -> dict[str, object]:
    data = {"thing1": {"value": "明天停水"}, "time2": {"value": "2026-03-12 09:00"}}
    return {"touser": CHEN, "template_id": "demo", "data": data, **more}


def _words(text: str) -> dict[str, object]:
    return {"touser": CHEN, "msgtype": "text", "text": {"content": text}}


async def _codes(town: Town, count: int) -> list[int]:
    return [(await town.call("message/custom/send", _words(f"第 {n} 条")))["errcode"] for n in range(count)]


# ------------------------------------------------------------------ tokens


async def test_stable_token_is_the_same_for_all_who_ask(town: Town) -> None:
    assert await town.token() == await town.token()
    assert (await town.token())["expires_in"] == 7200


async def test_stable_token_is_renewed_early_and_the_old_one_stays_good_meanwhile(town: Town, clock: TimeMachine) -> None:
    old = (await town.token())["access_token"]
    clock.move(timedelta(minutes=115))

    new = (await town.token())["access_token"]

    assert new != old
    assert (await town.post(f"api/cgi-bin/menu/get?access_token={old}", {}))["errcode"] == 46003
    clock.move(timedelta(minutes=5))
    assert (await town.post(f"api/cgi-bin/menu/get?access_token={old}", {}))["errcode"] == 42001
    assert (await town.post(f"api/cgi-bin/menu/get?access_token={new}", {}))["errcode"] == 46003


async def test_forced_renewal_kills_the_old_token_at_once_but_not_twice_in_half_a_minute(town: Town) -> None:
    old = (await town.token())["access_token"]

    new = (await town.token(force_refresh=True))["access_token"]

    assert (await town.post(f"api/cgi-bin/menu/get?access_token={old}", {}))["errcode"] == 42001
    assert (await town.token(force_refresh=True))["access_token"] == new


@pytest.mark.parametrize(
    ("wrong", "errcode"),
    [({"appid": "wx0"}, 40013), ({"secret": "guess"}, 40125), ({"grant_type": "x"}, 40002)],
)
async def test_token_is_given_only_to_the_account(town: Town, wrong: dict[str, object], errcode: int) -> None:
    assert (await town.token(**wrong))["errcode"] == errcode


async def test_old_style_token_dies_a_little_after_the_next_one(town: Town, clock: TimeMachine) -> None:
    account = "appid=wx1234567890abcdef&secret=a secret of the account"
    path = f"api/cgi-bin/token?grant_type=client_credential&{account}"
    old = (await town.get(path))["access_token"]
    new = (await town.get(path))["access_token"]

    clock.move(timedelta(minutes=5))

    assert (await town.post(f"api/cgi-bin/menu/get?access_token={old}", {}))["errcode"] == 42001
    assert (await town.post(f"api/cgi-bin/menu/get?access_token={new}", {}))["errcode"] == 46003


async def test_calls_without_a_good_token_are_refused(town: Town) -> None:
    assert (await town.post("api/cgi-bin/message/template/send", _notice()))["errcode"] == 41001
    assert (await town.post("api/cgi-bin/message/template/send?access_token=x", _notice()))["errcode"] == 40001


# ------------------------------------------------------------------ customer-service messages


async def test_nothing_may_be_sent_to_somebody_who_never_wrote(town: Town) -> None:
    assert await _codes(town, 1) == [45015]


async def test_five_messages_may_follow_a_resident_s_message(town: Town) -> None:
    await town.does(CHEN, kind="text", text="你好")

    assert await _codes(town, 6) == [0, 0, 0, 0, 0, 45047]
    assert [line.text for line in town.chat() if line.author == "bot"] == [f"第 {n} 条" for n in range(5)]


async def test_window_closes_after_48_hours(town: Town, clock: TimeMachine) -> None:
    await town.does(CHEN, kind="text", text="你好")

    clock.move(timedelta(hours=48) - timedelta(seconds=1))
    assert await _codes(town, 1) == [0]
    clock.move(timedelta(seconds=1))
    assert await _codes(town, 1) == [45015]


@pytest.mark.parametrize("gesture", [{"kind": "click", "key": "help"}, {"kind": "scan", "scene": "door-3"}])
async def test_three_messages_may_follow_a_tap_within_a_minute(
    town: Town, clock: TimeMachine, gesture: dict[str, object]
) -> None:
    await town.does(CHEN, **gesture)
    assert await _codes(town, 4) == [0, 0, 0, 45047]

    await town.does(CHEN, **gesture)
    clock.move(timedelta(minutes=1))
    assert await _codes(town, 1) == [45015]


async def test_nothing_reaches_who_left(town: Town) -> None:
    await town.does(CHEN, kind="text", text="你好")
    await town.does(CHEN, kind="unfollow")

    assert await _codes(town, 1) == [43004]
    assert (await town.call("message/template/send", _notice()))["errcode"] == 43004
    assert (await town.ask("user/info", openid=CHEN))["subscribe"] == 0


async def test_text_of_more_than_2048_bytes_is_refused_and_costs_nothing(town: Town) -> None:
    await town.does(CHEN, kind="text", text="你好")

    assert (await town.call("message/custom/send", _words("长" * 683)))["errcode"] == 45002
    assert await _codes(town, 5) == [0] * 5


# ------------------------------------------------------------------ template messages


async def test_template_message_is_shown_and_its_end_is_reported(town: Town, bot: Bot) -> None:
    answer = await town.call("message/template/send", _notice(url="https://example.org/p/1"))

    [card] = town.chat()
    assert (card.kind, card.fields[0], card.url) == (
        "template",
        ("thing1", "明天停水"),
        "https://example.org/p/1",
    )
    await town.wechat.journal.until(lambda: len(town.chat()[0].steps) > 1)
    [report] = bot.pushes
    assert isinstance(report, messages.Report)
    assert report.results == ((str(answer["msgid"]), "success"),)


async def test_resident_who_switched_template_messages_off_sees_none_and_the_bot_is_told(town: Town, bot: Bot) -> None:
    await town.post(f"phone/{CHEN}/refuse", {"refuses": True})

    assert (await town.call("message/template/send", _notice()))["errcode"] == 0

    report = await bot.next_push()
    assert isinstance(report, messages.Report)
    assert [status for _, status in report.results] == ["failed:user block"]
    assert town.chat() == []


async def test_repeated_client_msg_id_is_sent_once_for_ten_minutes(town: Town, clock: TimeMachine) -> None:
    first = await town.call("message/template/send", _notice(client_msg_id="d17"))
    clock.move(timedelta(minutes=10) - timedelta(seconds=1))

    assert await town.call("message/template/send", _notice(client_msg_id="d17")) == first
    assert len(town.chat()) == 1
    clock.move(timedelta(seconds=1))
    assert await town.call("message/template/send", _notice(client_msg_id="d17")) != first
    assert len(town.chat()) == 2


async def test_same_client_msg_id_for_another_resident_is_another_message(town: Town) -> None:
    await town.call("message/template/send", _notice(client_msg_id="d17"))
    await town.call("message/template/send", _notice(client_msg_id="d17", touser=CAST[1].openid))

    assert len(town.chat(CAST[1].openid)) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("thing1", "一二三四五六七八九十一二三四五六七八九十一"),
        ("thing1", "两\n行"),
        ("thing1", ""),
        ("character_string2", "工单17"),
        ("phrase3", "已经派单给师傅"),
        ("number4", "三"),
        ("time5", "明天下午"),
        ("car_number6", "粤A8Z888挂号"),
        ("name7", "一二三四五六七八九十一"),
        ("phone_number8", "123456789012345678"),
    ],
)
async def test_value_that_its_field_cannot_hold_is_named(town: Town, name: str, value: str) -> None:
    answer = await town.call("message/template/send", _notice(data={name: {"value": value}}))

    assert answer["errcode"] == 47003
    assert f"data.{name}.value" in answer["errmsg"]
    assert town.chat() == []


async def test_usual_values_fit_their_fields(town: Town) -> None:
    values = {
        "thing1": "3栋2单元501 厨房漏水", "character_string2": "WX-20260311-017",
        "time3": "2026年3月12日 15:01", "date4": "2026-03-12", "phrase5": "已派单", "car_number6": "粤BD12345", "name7": "陈建国",
        "phone_number8": "0571-88880000", "amount9": "￥12.50元", "number10": "36.8", "const11": "报修",
    }  # fmt: skip

    answer = await town.call("message/template/send", _notice(data={k: {"value": v} for k, v in values.items()}))

    assert answer["errcode"] == 0
    assert dict(town.chat()[0].fields) == values


async def test_first_and_remark_are_dropped_and_keywords_cut(town: Town) -> None:
    data = {"first": {"value": "您好"}, "keyword1": {"value": "很" * 30}, "remark": {"value": "谢谢"}}

    await town.call("message/template/send", _notice(data=data))

    assert town.chat()[0].fields == (("keyword1", "很" * 20),)


# ------------------------------------------------------------------ media, codes, menu


async def test_uploaded_image_can_be_fetched_for_three_days(town: Town, clock: TimeMachine) -> None:
    token = (await town.token())["access_token"]
    form = aiohttp.FormData()
    form.add_field("media", b"\x89PNG a plan", filename="plan.png", content_type="image/png")
    url = f"{town.url}/api/cgi-bin/media/upload?access_token={token}&type=image"
    async with town.http.post(url, data=form) as response:
        media_id = (await response.json())["media_id"]

    there = {"access_token": token, "media_id": media_id}
    async with town.http.get(f"{town.url}/api/cgi-bin/media/get", params=there) as response:
        assert (response.content_type, await response.read()) == ("image/png", b"\x89PNG a plan")
    clock.move(timedelta(days=3))
    assert (await town.ask("media/get", media_id=media_id))["errcode"] == 40007


async def test_image_of_more_than_two_megabytes_is_refused(town: Town) -> None:
    token = (await town.token())["access_token"]
    form = aiohttp.FormData()
    form.add_field("media", BytesIO(bytes(2 * 1024 * 1024 + 1)), filename="big.jpg")
    url = f"{town.url}/api/cgi-bin/media/upload?access_token={token}&type=image"

    async with town.http.post(url, data=form) as response:
        assert (await response.json())["errcode"] == 40009


async def test_code_made_by_the_bot_can_be_scanned_until_it_ends(town: Town, bot: Bot, clock: TimeMachine) -> None:
    scene = {"scene": {"scene_str": "login-42"}}
    code = await town.call("qrcode/create", {"action_name": "QR_STR_SCENE", "action_info": scene})

    assert code["expire_seconds"] == 30
    await town.does(CHEN, kind="scan", ticket=code["ticket"])
    clock.move(timedelta(seconds=30))
    late = await town.post(f"phone/{CHEN}/send", {"kind": "scan", "ticket": code["ticket"]})

    assert [push.scene for push in bot.pushes if isinstance(push, messages.Scan)] == ["login-42"]
    assert late == {"error": "expired"}


async def test_menu_is_kept_as_the_bot_made_it(town: Town) -> None:
    page = {"type": "view", "name": "官网", "url": "https://example.org/"}
    report = {"type": "click", "name": "报修", "key": "repair.report"}
    menu = {"button": [report, {"name": "更多", "sub_button": [page]}]}

    assert (await town.call("menu/create", menu))["errcode"] == 0

    assert await town.ask("menu/get") == {"menu": menu}
    assert (await town.get("state"))["menu"] == menu["button"]
    await town.ask("menu/delete")
    assert (await town.ask("menu/get"))["errcode"] == 46003


@pytest.mark.parametrize(
    ("button", "errcode"),
    [
        ([], 40016),
        ([{"type": "click", "name": "一", "key": "1"}] * 4, 40016),
        ([{"type": "click", "name": "名字太长的菜单", "key": "1"}], 40018),
        ([{"type": "click", "name": "报修", "key": ""}], 40019),
        ([{"name": "更多", "sub_button": [{"type": "click", "name": "一", "key": "1"}] * 6}], 40023),
    ],
)
async def test_menu_that_does_not_fit_the_phone_is_refused(town: Town, button: object, errcode: int) -> None:
    assert (await town.call("menu/create", {"button": button}))["errcode"] == errcode


# ------------------------------------------------------------------ the rest


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
async def test_body_that_is_no_json_object_is_refused(town: Town, body: bytes) -> None:
    token = (await town.token())["access_token"]

    async with town.http.post(f"{town.url}/api/cgi-bin/menu/create?access_token={token}", data=body) as response:
        assert (await response.json())["errcode"] == 47001
