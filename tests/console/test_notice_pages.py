"""A notice over HTTP, from the first look to the last receipt: previewed as it will be, counted truthfully, looked up by flat."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from aiohttp import FormData
from PIL import Image
from sqlmodel import select

from bot.contract import wording
from bot.store import policies, receipts
from bot.store.conversations import Conversation
from bot.store.events import Event
from bot.store.followers import Follower
from bot.store.notices import Notice, NoticePicture
from bot.store.outbox import Claim, Delivery, DeliveryState
from bot.store.people import Resident
from bot.store.staff import Role

if TYPE_CHECKING:
    from tests.console.conftest import Browser, Office

WATER = {"to": "3栋2单元501", "title": "停水", "body": "明天九点停水。\n\n下午恢复。"}
LONG = "关于3栋2单元因二次供水水箱清洗临时停水的通知"


async def text(browser: Browser, path: str, data: Any = None, **headers: str) -> str:
    response = await (browser.get(path, headers=headers) if data is None else browser.post(path, data=data, headers=headers))
    assert response.status == 200, (response.status, await response.text())
    return await response.text()


async def publish(office: Office, browser: Browser, **form: str) -> Notice:
    await browser.post("/console/notices", data={**WATER, **form})
    return list(await office.read(lambda session: session.exec(select(Notice)).all()))[-1]


async def settle(office: Office, state: DeliveryState = DeliveryState.SENT, reason: str = "", **more: Any) -> int:
    """All that waits is settled so; returns the id of one."""

    def run(session: Any) -> int:
        rows = session.exec(select(Delivery)).all()
        for row in rows:
            row.state, row.reason, row.channel, row.sent_at = state, reason, "chat", office.clock() if state == "sent" else None
            for name, value in more.items():
                setattr(row, name, value)
        return int(rows[0].id)

    return await office.write(run)


async def bind(office: Office, *, speaks: bool) -> None:
    """Everybody in 3栋2单元501 has an account that follows; `speaks`: within 48 hours."""

    def run(session: Any) -> None:
        for number, one in enumerate(session.exec(select(Resident)).all()):
            one.openid = one.openid or f"oBound{number}"
            follower = session.get(Follower, one.openid) or Follower(openid=one.openid)
            follower.followed_at, follower.left_at = office.clock(), None
            follower.window_until, follower.window_left = (office.clock() + timedelta(hours=40), 5) if speaks else (None, 0)
            session.add(follower)

    await office.write(run)


# ------------------------------------------------------------------ before


async def test_both_forms_and_the_page_are_previewed_in_both_schemes_as_they_will_be_sent(office: Office) -> None:
    form = {**WATER, "title": LONG, "place": "3栋", "contact": "王工 13800001111", "asks": "1"}

    async with await office.browser(Role.STAFF) as staff:
        part = await text(staff, "/console/notices/preview", form, **{"HX-Request": "true"})

    shown = wording.fields(LONG, office.clock())["thing1"]
    assert (len(shown), shown[-1]) == (20, "…")
    for scheme in ("light", "dark"):
        look = part.split(f"look-{scheme}")[1].split("</section>")[0]
        assert f"【{LONG}】" in look
        assert f"<dd>{shown}</dd>" in look
        assert "点这里确认收到" in look
        assert "下午恢复。" in look
        assert "王工 13800001111" in look
    assert f"标题 {len(LONG)} 个字" in part
    assert shown in part.split('<div class="looks">')[0]
    assert "<html" not in part


async def test_without_a_script_the_preview_comes_with_the_form_and_all_that_was_typed(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        page = await text(staff, "/console/notices/preview", {**WATER, "place": "水泵房", "asks": "1"})

    assert "look-dark" in page
    assert 'value="水泵房"' in page
    assert re.search(r'name="asks" value="1" checked', page)
    assert re.search(r"<strong>\d+</strong> 人能收到", page)


async def test_title_that_fits_brings_no_warning(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        part = await text(staff, "/console/notices/preview", WATER, **{"HX-Request": "true"})

    assert "模板消息里最多显示" not in part


async def test_staff_are_told_who_gets_nothing_with_name_flat_and_reason(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        type(office.linli), "ways", lambda _self, appid: __import__("bot.store.outbox").store.outbox.Ways(appid=appid)
    )
    await bind(office, speaks=False)

    async with await office.browser(Role.STAFF) as staff:
        counted = await text(staff, "/console/notices/reach", {"to": "全体"}, **{"HX-Request": "true"})
        listed = await text(staff, "/console/notices/left-out", {"to": "全体"})
        table = await text(staff, "/console/notices/left-out.csv", {"to": "全体"})

    people = await office.read(lambda session: session.exec(select(Resident)).all())
    assert f"<strong>{len(people)}</strong> 人" in counted
    assert "<strong>0</strong> 人能收到" in counted
    assert f"{len(people)} 人收不到" in counted
    assert "没有配置模板消息" in counted
    assert all(one.name in table for one in people)
    assert f"共 {len(people)} 人，第 1 / {-(-len(people) // 50)} 页" in listed
    first = people[0]
    assert first.name in listed
    assert "48小时内没有说过话，也没有配置模板消息" in listed
    assert table.startswith("\ufeff住址,姓名,")


async def test_given_list_is_written_down(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        await text(staff, "/console/notices/left-out.csv", {"to": "全体"})

    events = await office.read(lambda session: session.exec(select(Event)).all())
    assert [one.data["what"] for one in events if one.kind.startswith("data.") and "名单" in str(one.data)] == ["通知发送名单"]


def upload(content: bytes, beside: dict[str, str], field: str = "picture", filename: str = "水管.png") -> FormData:
    form = FormData(quote_fields=False)  # as browsers do
    for name, value in beside.items():
        form.add_field(name, value)
    form.add_field("other", b"nothing", filename="other.bin", content_type="application/octet-stream")
    form.add_field(field, content, filename=filename, content_type="application/octet-stream")
    return form


def drawn() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return out.getvalue()


async def test_pictures_are_put_into_drafts_alone_and_drawn_anew(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        refused = await manager.post("/console/notices/pictures", data=upload(b"<svg onload=alert(1)>", WATER))
        early = await manager.post("/console/notices/pictures", data=upload(drawn(), {**WATER, "body": ""}))
        said = await early.text()
        assert await office.read(lambda session: session.exec(select(Notice)).all()) == []
        added = await manager.post("/console/notices/pictures", data=upload(drawn(), WATER))
        form = await added.text()
        [draft] = await office.read(lambda session: session.exec(select(Notice)).all())
        [kept] = await office.read(lambda session: session.exec(select(NoticePicture)).all())
        at = f"/console/notices/{draft.public_id}"
        page, again = await text(manager, at), await text(manager, f"{at}/edit")
        preview = await text(manager, "/console/notices/preview", {**WATER, "draft": draft.public_id}, **{"HX-Request": "true"})
        given = await manager.get(f"{at}/pictures/{kept.id}")
        body = await given.read()
        unread = await manager.post("/console/notices", data={**WATER, "draft": draft.public_id, "picture": "b.png"})
        forgotten = await unread.text()
        await manager.post("/console/notices", data={**WATER, "draft": draft.public_id})
        late = await manager.post("/console/notices/pictures", data=upload(drawn(), {**WATER, "draft": draft.public_id}))
        gone = await manager.post("/console/notices/pictures/drop", data={"draft": draft.public_id, "drop": str(kept.id)})

    assert (refused.status, early.status, late.status, gone.status) == (422, 422, 422, 422)
    assert "放图片要先存草稿：标题和内容都要写。" in said
    assert f'name="draft" value="{draft.public_id}"' in form
    assert WATER["body"] in form
    for shown in (form, page, again, preview):
        assert f"{at}/pictures/{kept.id}" in shown
    assert "选了图片“b.png”，还没有加上" in forgotten
    assert len(await office.read(lambda session: session.exec(select(NoticePicture)).all())) == 1
    assert (given.content_type, body[:3]) == ("image/jpeg", b"\xff\xd8\xff")


async def test_pictures_of_a_planned_notice_change_and_it_stays_planned(office: Office) -> None:
    planned = {**WATER, "when": "later", "at": "2026-03-12T08:00"}
    async with await office.browser(Role.MANAGER) as manager:
        await manager.post("/console/notices", data=planned)
        [notice] = await office.read(lambda session: session.exec(select(Notice)).all())
        form = {**planned, "draft": notice.public_id, "is_planned": "yes"}
        added = await text(manager, "/console/notices/pictures", upload(drawn(), form))
        edited = await text(manager, f"/console/notices/{notice.public_id}/edit")
        [picture] = await office.read(lambda session: session.exec(select(NoticePicture.id)).all())
        async with await office.browser(Role.STAFF) as staff:
            other = await staff.post("/console/notices/pictures", data=upload(drawn(), form))
        await text(manager, "/console/notices/pictures/drop", {**form, "drop": str(picture)})
        again = await manager.post("/console/notices/pictures", data=upload(drawn(), form))
        await office.write(
            lambda session: policies.settle(session, quiet_from="00:00", quiet_until="00:00", approve_above="0", big_above="200")
        )
        second = await manager.post("/console/notices/pictures", data=upload(drawn(), form))
        said = await second.text()

    [now] = await office.read(lambda session: session.exec(select(Notice)).all())
    assert "图片放好了，到时按新的发。" in added
    assert f"/pictures/{picture}" in edited
    assert (other.status, again.status, second.status) == (422, 200, 422)
    assert "请点“复制”另写一条" in said
    assert len(await office.read(lambda session: session.exec(select(NoticePicture)).all())) == 1
    assert (now.state, now.due_at, now.title) == (notice.state, notice.due_at, notice.title)


async def test_picture_taken_out_of_the_form_may_be_put_in_again(office: Office) -> None:
    script = {"HX-Request": "true"}
    async with await office.browser(Role.MANAGER) as manager:
        for _ in range(2):
            [draft] = await office.read(lambda session: session.exec(select(Notice)).all()) or [None]
            more = {"draft": draft.public_id} if draft else {}
            added = await manager.post("/console/notices/pictures", data=upload(drawn(), {**WATER, **more}), headers=script)
            part = await added.text()
            [picture] = await office.read(lambda session: session.exec(select(NoticePicture.id)).all())
            [draft] = await office.read(lambda session: session.exec(select(Notice)).all())
            out = {**WATER, "draft": draft.public_id, "drop": str(picture)}
            left = await text(manager, "/console/notices/pictures/drop", out, **script)
            assert f"/pictures/{picture}" in part
            assert "<form" not in part
            assert f"/pictures/{picture}" not in left


async def test_draft_with_a_picture_can_be_thrown_away(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        await manager.post("/console/notices/draft", data=WATER)
        [draft] = await office.read(lambda session: session.exec(select(Notice)).all())
        await office.write(lambda session: session.add(NoticePicture(notice_id=draft.id, content=b"x")))
        response = await manager.post(f"/console/notices/{draft.public_id}/discard")

    assert response.status == 200
    assert await office.read(lambda session: session.exec(select(NoticePicture)).all()) == []


# ------------------------------------------------------------------ after


async def test_figures_lead_to_the_people_and_one_flat_is_found_with_time_and_channel(office: Office) -> None:
    await bind(office, speaks=True)
    async with await office.browser(Role.MANAGER) as manager:
        notice = await publish(office, manager, asks="1")
        await settle(office)
        at = f"/console/notices/{notice.public_id}"
        page = await text(manager, at)
        for part in ("sent", "read", "unread", "acknowledged", "unacknowledged"):
            number = int(re.findall(rf"people\?part={part}\">(\d+)</a>", page)[0])
            listed = await text(manager, f"{at}/people?part={part}")
            assert f"共 {number} 人" in listed
        found = await text(manager, f"{at}/people?q=501")
        none = await text(manager, f"{at}/people?q=999")
        flats = await text(manager, f"{at}/flats?q=501")

    assert "3栋2单元501" in found
    assert "客服消息" in found
    assert "已发出" in found
    assert re.search(r"发出\">3月\d+日", found)
    assert "没有发给他" in none
    assert "都发出了" in flats


async def test_failed_are_sent_once_more_and_those_in_doubt_only_when_wanted(office: Office) -> None:
    await bind(office, speaks=True)
    async with await office.browser(Role.MANAGER) as manager:
        notice = await publish(office, manager)
        at = f"/console/notices/{notice.public_id}"
        await settle(office, DeliveryState.UNKNOWN, "发送时断开了，不确定有没有收到")
        page = await text(manager, at)
        refused = await manager.post(f"{at}/retry")
        kept = {row.state for row in await office.read(lambda session: session.exec(select(Delivery)).all())}
        await manager.post(f"{at}/retry", data={"what": "unknown"})
        rows = await office.read(lambda session: session.exec(select(Delivery)).all())

    assert "人不确定" in page
    assert "可能收到两遍" in page
    assert (refused.status, kept) == (422, {"unknown"})
    assert {row.state for row in rows} == {"queued"}


async def test_who_takes_no_messages_is_told_of_and_not_written_to_again(office: Office) -> None:
    await bind(office, speaks=True)
    async with await office.browser(Role.MANAGER) as manager:
        notice = await publish(office, manager)
        await settle(office, DeliveryState.FAILED, "居民拒收")
        page = await text(manager, f"/console/notices/{notice.public_id}")

    assert "人拒收公众号的消息，不会再发给他们：请打电话或上门" in page
    assert "再试一次" not in page


async def test_the_list_says_how_many_have_a_notice_and_calls_none_published_that_waits(office: Office) -> None:
    await bind(office, speaks=True)
    async with await office.browser(Role.MANAGER) as manager:
        notice = await publish(office, manager)
        waits = await text(manager, "/console/notices")
        await settle(office, DeliveryState.SENT)
        sent = await text(manager, "/console/notices")
        await settle(office, DeliveryState.FAILED, "内容被微信拒绝")
        failed = await text(manager, "/console/notices")

    rows = [
        re.sub(r"<[^>]+>|\s+", " ", page[page.index(f'/notices/{notice.public_id}"') :].partition("</tr>")[0])
        for page in (waits, sent, failed)
    ]
    assert "还没发出，在等" in rows[0]
    assert "已发布" not in rows[0]
    assert "已发布" in rows[1]
    assert re.search(r"(\d+) / \1 人", rows[1])
    assert re.search(r"0 / (\d+) 人，\1 人没收到", rows[2])


async def test_recalled_notice_says_the_same_of_itself_on_the_list_and_on_its_page(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        notice = await publish(office, manager, to="全体", kind="important", untested="1")
        await text(manager, f"/console/notices/{notice.public_id}/recall", {})
        page = await text(manager, f"/console/notices/{notice.public_id}")
        listed = await text(manager, "/console/notices")
        doors = await text(manager, f"/console/notices/{notice.public_id}/doors")

    [people] = set(re.findall(r"0 / (\d+) 人，\1 人没收到", page))
    assert f"0 / {people} 人，{people} 人没收到" in listed
    assert f"共 <strong>{people}</strong> 人" in page
    assert "要上门告知" not in page
    assert "提醒，提醒后还没确认的" not in page
    assert "这条通知已经撤回了，不再提醒，也不用上门。" in page
    assert "这条通知已经撤回了，不用再上门。" in doors
    assert "上门告知了</button>" not in doors


async def test_whoever_may_not_send_sends_nothing_again(office: Office) -> None:
    await bind(office, speaks=True)
    async with await office.browser(Role.MANAGER) as manager, await office.browser(Role.STAFF) as staff:
        notice = await publish(office, manager)
        await settle(office, DeliveryState.FAILED, "内容被微信拒绝")
        page = await text(staff, f"/console/notices/{notice.public_id}")
        response = await staff.post(f"/console/notices/{notice.public_id}/retry")

    assert "再试一次" not in page
    assert response.status == 403


async def test_list_for_a_spreadsheet_keeps_the_states_apart_and_runs_no_formula(office: Office) -> None:
    await bind(office, speaks=True)

    def name(session: Any) -> None:
        for one in session.exec(select(Resident)).all():
            one.name = "=1+1"

    async with await office.browser(Role.MANAGER) as manager:
        notice = await publish(office, manager)
        await settle(office, read_at=office.clock())
        await office.write(name)
        table = await text(manager, f"/console/notices/{notice.public_id}/people.csv?part=read")

    head, *rows = table.strip().splitlines()
    assert head == "\ufeff住址,姓名,状态,原因,方式,哪一次,发出,送达,打开,确认收到"
    at = f"{office.clock():%Y-%m-%d %H:%M}"
    assert set(rows) == {f"3栋2单元501,'=1+1,已发出,,客服消息,,{at},,{at},"}


async def test_correction_leads_from_one_to_the_other_and_must_say_what_was_wrong(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        wrong = await publish(office, manager)
        form = await text(manager, f"/console/notices/{wrong.public_id}/correct")
        silent = await manager.post("/console/notices", data={**WATER, "corrects": wrong.public_id})
        right = await publish(office, manager, corrects=wrong.public_id, correction="改为十四点")
        old, new = [await text(manager, f"/console/notices/{one.public_id}") for one in (wrong, right)]

    assert f'name="corrects" value="{wrong.public_id}"' in form
    assert "3栋2单元501" in form
    assert silent.status == 422
    assert f"/console/notices/{right.public_id}" in old
    assert "改为十四点" in old
    assert f"/console/notices/{wrong.public_id}" in new


# ------------------------------------------------------------------ the residents' page


async def test_link_of_a_delivery_opens_its_page_acknowledges_and_is_noted(office: Office) -> None:
    await bind(office, speaks=True)
    async with await office.browser(Role.MANAGER) as manager, await office.browser() as resident:
        notice = await publish(office, manager, title=LONG, asks="1", contact="王工 13800001111")
        number = await settle(office)
        claim = Claim(
            id=number, attempts=1, openid="o", channel="chat", payload={}, first_try_at=office.clock(), notice_id=notice.id,
            community_id=office.linli.community.key,
        )  # fmt: skip
        link = urlsplit(office.linli.page_of(claim))
        at = f"{link.path}?{link.query}"
        page = await text(resident, at)
        opened = await office.read(lambda session: session.get_one(Delivery, number).read_at)
        posted = await resident.post(at, allow_redirects=False)
        again = urlsplit(posted.headers["Location"])
        done = await text(resident, f"{again.path}?{again.query}")
        kept = await office.read(lambda session: session.get_one(Delivery, number))

    assert LONG in page
    assert 'href="tel:13800001111"' in page
    assert "确认收到</button>" in page
    assert "<script" not in page
    assert opened == office.clock()
    assert "您已确认收到" in done
    assert "确认收到</button>" not in done
    assert (kept.acknowledged_at, kept.acknowledged_by) == (office.clock(), "button")


@pytest.mark.parametrize("how", ["another's", "no seal", "expired"])
async def test_strangers_and_expired_links_get_nothing_but_kind_words(office: Office, how: str) -> None:
    await bind(office, speaks=True)
    async with await office.browser(Role.MANAGER) as manager, await office.browser() as stranger:
        await publish(office, manager)
        number = await settle(office)
        until = office.clock() + timedelta(days=-1 if how == "expired" else 30)
        path = f"/p/notices/{number + 1 if how == 'another' + chr(39) + 's' else number}"
        seal = office.linli.keys.seal_link(f"/p/notices/{number}", until, office.linli.community.key)
        response = await stranger.get(path if how == "no seal" else f"{path}?k={seal}")
        page = await response.text()
        posted = await stranger.post(path if how == "no seal" else f"{path}?k={seal}")
        row = await office.read(lambda session: session.get_one(Delivery, number))

    assert (response.status, posted.status) == (403, 403)
    assert "请在微信里再要一个" in page
    assert WATER["title"] not in page
    assert (row.read_at, row.acknowledged_at) == (None, None)


async def test_whom_a_notice_reached_by_name_and_what_they_said_is_for_who_looks_after_them(office: Office) -> None:
    def answer(session: Any) -> None:
        told = session.exec(select(Delivery)).all()[0]
        told.openid = "oAnna"
        session.merge(Conversation(openid="oAnna", updated_at=office.clock()))
        receipts.reply(session, told, "停几个小时呀", office.clock())

    await bind(office, speaks=True)
    async with await office.browser(Role.MANAGER) as manager, await office.browser(Role.CITY) as city:
        notice = await publish(office, manager)
        await settle(office)
        await office.write(answer)
        at = f"/console/notices/{notice.public_id}"
        whole, short = await text(manager, at), await text(city, at)
        statuses = [(await city.get(f"{at}/{page}")).status for page in ("people", "flats")]

    assert statuses == [403, 403]
    assert all(words in whole for words in ("停几个小时呀", "看对话", f"{at}/people"))
    assert not any(words in short for words in ("停几个小时呀", "看对话", f"{at}/people", f"{at}/flats"))
    assert "已打开 0" in short
