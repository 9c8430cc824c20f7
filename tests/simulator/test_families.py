"""The product's client, and all of wechatpy's families awaited through it, against the stand-in."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from bot import errors
from bot.simulator.cast import CAST
from bot.simulator.time_machine import TimeMachine
from bot.wechat.client import Allowance, Client, Probe

if TYPE_CHECKING:
    from tests.simulator.conftest import Bot, Town

CHEN, LI, WANG, ZHAO = (actor.openid for actor in CAST[:4])
PLAN = b"\x89PNG a plan"


# ------------------------------------------------------------------ messages


async def test_text_and_template_reach_the_phone(town: Town, client: Client) -> None:
    await town.does(CHEN, kind="text", text="你好")

    await client.send_text(CHEN, "您好")
    msgid = await client.send_template(CHEN, "demo", {"thing1": "停水"}, client_msg_id="d1")

    assert [line.text for line in town.chat() if line.author == "bot"] == ["您好", ""]
    assert msgid == str(town.chat()[-1].id)
    for _ in range(4):
        await client.send_text(CHEN, "还有")
    with pytest.raises(errors.WindowClosed):
        await client.send_text(CHEN, "太多")


async def test_picture_reaches_the_phone_as_it_was_given(town: Town, client: Client) -> None:
    await town.does(CHEN, kind="text", text="你好")

    await client.send_picture(CHEN, PLAN, "d7")

    line = town.chat()[-1]
    assert (line.kind, line.author) == ("photo", "bot")
    assert await client.download(line.media_id) == PLAN


async def test_resident_sees_that_an_answer_is_being_written(town: Town, client: Client) -> None:
    since = town.wechat.journal.last

    await client.typing(CHEN)
    await client.typing(CHEN, on=False)

    entries = town.wechat.journal.since(since) or []
    assert [entry.data["on"] for entry in entries if entry.kind == "typing"] == [True, False]


async def test_subscription_notice_needs_a_consent_and_uses_it_up(town: Town, bot: Bot, client: Client) -> None:
    notice = {"thing1": "明天停水", "time2": "2026-03-12 09:00"}
    with pytest.raises(errors.ConsentUsed):
        await client.send_subscription(CHEN, "notice", notice)
    await town.does(CHEN, kind="consent", template_id="notice")

    await client.send_subscription(CHEN, "notice", notice, page="https://example.org/n/1")

    card = next(line for line in town.chat() if line.kind == "template")
    assert (card.fields, card.url) == (tuple(notice.items()), "https://example.org/n/1")
    await bot.heard("subscribe_msg_sent_event")
    assert "<SubscribeStatusString><![CDATA[accept]]>" in bot.xmls[0]
    assert f"<MsgID>{card.id}</MsgID><ErrorCode>0</ErrorCode>" in bot.xmls[-1]
    with pytest.raises(errors.ConsentUsed):
        await client.send_subscription(CHEN, "notice", notice)


async def test_who_declines_a_notice_gets_none(town: Town, client: Client) -> None:
    await town.does(CHEN, kind="consent", template_id="notice", accept=False)

    with pytest.raises(errors.ConsentUsed):
        await client.send_subscription(CHEN, "notice", {"thing1": "停水"})


async def test_mass_text_goes_to_a_tag_to_openids_and_to_everybody(town: Town, client: Client) -> None:
    tag = await client.tag.create("3栋")
    await client.tag.tag_user(tag["id"], [CHEN])

    await client.send_mass_text("给三栋", clientmsgid="n1", tag_id=tag["id"])
    await client.send_mass_text("给两位", clientmsgid="n2", openids=[CHEN, LI])
    await client.send_mass_text("给大家", clientmsgid="n3", everybody=True)

    got = [[line.text for line in town.chat(openid)] for openid in (CHEN, LI, WANG)]
    assert got == [["给三栋", "给两位", "给大家"], ["给两位", "给大家"], ["给大家"]]


async def test_mass_text_sent_again_later_is_the_same_message(town: Town, client: Client, clock: TimeMachine) -> None:
    msg_id = await client.send_mass_text("停水", clientmsgid="n1", everybody=True)
    with pytest.raises(errors.Temporary) as refused:
        await client.send_mass_text("停水", clientmsgid="n1", everybody=True)
    clock.move(timedelta(minutes=1))

    assert refused.value.errcode == 45066
    assert await client.send_mass_text("停水", clientmsgid="n1", everybody=True) == msg_id
    assert len(town.chat()) == 1


async def test_wechatpys_message_family_is_awaited(town: Town, client: Client) -> None:
    await town.does(CHEN, kind="text", text="你好")
    media_id = (await client.media.upload("image", ("plan.png", PLAN)))["media_id"]

    await client.message.send_text(CHEN, "您好")
    await client.message.send_image(CHEN, media_id)
    await client.message.send_template(CHEN, "demo", {"thing1": {"value": "停水"}})
    sent = await client.message.send_mass_text([CHEN, LI], "停电", client_msg_id="n1")

    assert [line.kind for line in town.chat() if line.author == "bot"] == ["text", "photo", "template", "text"]
    assert (await client.message.get_mass(sent["msg_id"]))["msg_status"] == "SEND_SUCCESS"
    with pytest.raises(errors.ConsentUsed):
        await client.message.send_subscribe_message(CHEN, "demo", {"thing1": {"value": "停水"}})


async def test_wechatpys_template_family_is_awaited(client: Client) -> None:
    template_id = await client.template.add("OPENTM207109171")

    listed = await client.template.get_all_private_template()

    assert [row["template_id"] for row in listed["template_list"]] == ["demo", template_id]
    assert (await client.template.del_private_template(template_id))["errcode"] == 0


# ------------------------------------------------------------------ media and codes


@pytest.mark.parametrize("file", [("plan.png", PLAN), BytesIO(PLAN)])
async def test_wechatpys_media_family_is_awaited(client: Client, file: object) -> None:
    media_id = (await client.media.upload("image", file))["media_id"]

    assert await client.media.download(media_id) == await client.download(media_id) == PLAN


async def test_picture_for_an_article_can_be_seen_at_its_address(town: Town, client: Client) -> None:
    url = await client.media.upload_image(("plan.png", PLAN))

    async with town.http.get(url) as response:
        assert await response.read() == PLAN


async def test_material_is_kept_for_good_until_it_is_deleted(client: Client, clock: TimeMachine) -> None:
    media_id = (await client.material.add("image", ("plan.png", PLAN)))["media_id"]
    clock.move(timedelta(days=30))

    assert await client.material.get(media_id) == PLAN
    await client.material.delete(media_id)
    with pytest.raises(errors.WeChatRefused):
        await client.material.get(media_id)


async def test_code_is_made_by_wechatpy_and_fetched_as_a_picture(client: Client) -> None:
    scene = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "door-3"}}}

    ticket = (await client.qrcode.create(scene))["ticket"]

    assert (await client.qr_image(ticket)).startswith(b"\x89PNG")
    with pytest.raises(errors.WeChatRefused, match="404"):
        await client.qr_image("unknown")


# ------------------------------------------------------------------ followers


@pytest.mark.parametrize("page", [1, 2, 3, 10_000])
async def test_all_followers_are_found_however_many_pages_they_fill(town: Town, client: Client, page: int) -> None:
    town.wechat.caps.page = page

    assert [openid async for openid in client.followers()] == [actor.openid for actor in CAST]


@pytest.mark.parametrize("page", [1, 2, 10_000])
async def test_all_who_bear_a_tag_are_found(town: Town, client: Client, page: int) -> None:
    town.wechat.caps.page = page
    tag = await client.tag.create("独居老人")
    await client.tag.tag_user(tag["id"], [WANG, CHEN])

    assert [openid async for openid in client.tagged(tag["id"])] == [WANG, CHEN]
    assert [openid async for openid in client.tagged(2)] == []


async def test_wechatpys_user_family_is_awaited(client: Client) -> None:
    assert (await client.user.get(CHEN))["subscribe"] == 1
    assert [row["openid"] for row in await client.user.get_batch([CHEN, LI])] == [CHEN, LI]
    assert (await client.user.get_followers())["total"] == len(CAST)


async def test_wechatpys_tag_family_is_awaited(client: Client) -> None:
    tag = await client.tag.create("3栋")
    await client.tag.update(tag["id"], "3栋业主")
    await client.tag.tag_user(tag["id"], CHEN)

    assert await client.tag.get_user_tag(CHEN) == [tag["id"]]
    assert {"id": tag["id"], "name": "3栋业主", "count": 1} in await client.tag.get()
    await client.tag.untag_user(tag["id"], CHEN)
    assert (await client.tag.get_tag_users(tag["id"]))["count"] == 0
    await client.tag.delete(tag["id"])
    assert [row["id"] for row in await client.tag.get()] == [2]


# ------------------------------------------------------------------ the account


async def test_no_menu_is_no_fault(client: Client) -> None:
    menu = {"button": [{"type": "click", "name": "报修", "key": "repair.report"}]}
    assert await client.current_menu() is None

    await client.menu.create(menu)
    assert await client.current_menu() == menu
    await client.menu.delete()

    assert await client.current_menu() is None


async def test_ticket_for_pages_is_kept_and_renewed_by_wechat_at_its_end(client: Client, clock: TimeMachine) -> None:
    ticket = await client.jsapi_ticket()

    assert (await client.jsapi.get_ticket())["ticket"] == ticket == await client.jsapi_ticket()
    clock.move(timedelta(hours=2))
    assert (await client.jsapi.get_ticket())["ticket"] != ticket


async def test_wechatpys_customservice_family_is_awaited(client: Client) -> None:
    await client.customservice.add_account("night@linli", "夜班", "a password")
    assert [row["kf_account"] for row in await client.customservice.get_accounts()] == ["desk@linli", "night@linli"]
    assert len(await client.customservice.get_online_accounts()) == 2

    await client.customservice.create_session(CHEN, "night@linli")

    assert (await client.customservice.get_session(CHEN))["kf_account"] == "night@linli"
    assert [row["openid"] for row in await client.customservice.get_session_list("night@linli")] == [CHEN]
    assert (await client.customservice.get_wait_case())["count"] == 0
    await client.customservice.close_session(CHEN, "night@linli")
    await client.customservice.delete_account("night@linli")
    assert len(await client.customservice.get_accounts()) == 1


async def test_quota_of_a_call_is_told_and_can_be_cleared_ten_times_a_month(
    town: Town, client: Client, clock: TimeMachine
) -> None:
    await client.send_template(CHEN, "demo", {"thing1": "停水"})
    assert await client.quota("message/template/send") == Allowance(limit=100_000, used=1, left=99_999)

    await client.clear_quota()

    assert (await client.quota("message/template/send")).used == 0
    for _ in range(9):
        await client.clear_quota()
    with pytest.raises(errors.MonthSpent):
        await client.clear_quota()
    clock.move(timedelta(days=21))
    await client.clear_quota()


async def test_quota_of_an_unknown_call_is_refused(client: Client) -> None:
    with pytest.raises(errors.WeChatRefused, match="cgi_path not found"):
        await client.quota("message/fly")


async def test_wechat_tells_where_it_is_and_how_it_finds_the_webhook(client: Client) -> None:
    assert await client.api_addresses() == await client.callback_addresses() == ["127.0.0.1"]
    assert await client.misc.get_wechat_ips() == ["127.0.0.1"]
    assert await client.check_callback() == [Probe(address="127.0.0.1", operator="DEFAULT", lost=False, took="0.04ms")]
    assert await client.check_callback("dns") == []
    with pytest.raises(errors.WeChatRefused):
        await client.check_callback("guess")
