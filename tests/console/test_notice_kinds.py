"""Writing notices over HTTP: picked line by line, looked at first, agreed to by a second person, cancelled, visited at the door."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import FormData
from aiohttp.test_utils import TestServer
from sqlmodel import select

from bot import app
from bot.cli.serving import demo_settings, seed
from bot.model import SHANGHAI
from bot.simulator.time_machine import TimeMachine
from bot.store import audiences, policies, receipts
from bot.store.audience import Audience
from bot.store.followers import Follower
from bot.store.notices import Notice, NoticeKind, NoticeState, NoticeVersion
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Resident
from bot.store.staff import Role, Staff
from bot.store.tasks import Task
from tests.console.conftest import Office

if TYPE_CHECKING:
    from tests.console.conftest import Browser

WATER = {"title": "停水", "body": "明天九点停水。"}
FLOORS = {"joint-0": "包括", "pick-0": "b|3", "more-0": "1-6", "joint-1": "并且", "pick-1": "r|owner", "more-1": ""}


async def text(browser: Browser, path: str, data: Any = None, status: int = 200, **headers: str) -> str:
    response = await (browser.get(path, headers=headers) if data is None else browser.post(path, data=data, headers=headers))
    assert response.status == status, (response.status, await response.text())
    return await response.text()


async def all_of(office: Office, kind: type[Any]) -> list[Any]:
    return list(await office.read(lambda session: session.exec(select(kind)).all()))


async def settle(office: Office, **more: str) -> None:
    said = {"quiet_from": "21:00", "quiet_until": "08:00", "approve_above": "", "big_above": "200", **more}
    await office.write(lambda session: policies.settle(session, **said))


async def publish(office: Office, browser: Browser, **form: str) -> Notice:
    await text(browser, "/console/notices", {"to": "3栋2单元501", **WATER, **form})
    return (await all_of(office, Notice))[-1]  # type: ignore[no-any-return]


# ------------------------------------------------------------------ to whom


async def test_lines_that_are_picked_are_counted_listed_sent_and_shown_again(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        counted = await text(manager, "/console/notices/reach", FLOORS, **{"HX-Request": "true"})
        listed = await text(manager, "/console/notices/left-out", FLOORS)
        told = await text(manager, "/console/notices/left-out", {**FLOORS, "who": "told"})
        await text(manager, "/console/notices/draft", {**WATER, **FLOORS})
        [notice] = await all_of(office, Notice)
        again = await text(manager, f"/console/notices/{notice.public_id}/edit")
        await text(manager, "/console/notices", {**WATER, **FLOORS, "draft": notice.public_id})

    [people] = re.findall(r"<strong>(\d+)</strong> 人，", counted)
    assert int(people) > 1
    assert f"共 {people} 人" in listed
    assert "未绑定微信" in listed
    assert re.findall(r"能收到的 (\d+)", told) == re.findall(r"<strong>(\d+)</strong> 人能收到", counted)
    assert Audience.from_json(notice.audience).label == "3栋1-6层 并且 业主"
    assert 'value="3栋1-6层"' in again
    assert re.search(r'<option value="r\|owner" selected>业主', again)
    assert len(await all_of(office, Delivery)) == int(people)


async def test_own_words_name_flats_and_what_is_unknown_among_them(office: Office) -> None:
    def own(words: str) -> dict[str, str]:
        return {"joint-0": "包括", "pick-0": "words", "more-0": words}

    async with await office.browser(Role.MANAGER) as manager:
        counted = await text(manager, "/console/notices/reach", own("3-2-501、3栋1单元302"), **{"HX-Request": "true"})
        unknown = await text(
            manager, "/console/notices/reach", own("3-2-501、3-2-999、九十九号楼、舞蹈队"), **{"HX-Request": "true"}
        )
        refused = await text(manager, "/console/notices", {**WATER, **own("3-2-501、3-2-999")}, 422)

    assert "<strong>2</strong> 户" in counted
    assert "没有人属于“3栋2单元999、99栋、舞蹈队”" in unknown
    assert "没有人属于“3栋2单元999”，请检查发送范围。" in refused
    assert "3-2-501、3-2-999" in refused


async def test_line_is_added_with_a_script_and_without(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        part = await text(staff, "/console/notices/whom", {**FLOORS, "add": "1"}, **{"HX-Request": "true"})
        page = await text(staff, "/console/notices/whom", {**FLOORS, **WATER, "add": "1"})

    assert "<html" not in part
    assert ('name="pick-2"' in part, 'name="pick-3"' in part) == (True, False)
    assert ('name="pick-2"' in page, 'value="停水"' in page) == (True, True)


async def test_odd_lines_are_told_beside_the_form_and_what_was_picked_stays(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        for filled, fault in (
            ({"pick-0": "b|3", "more-0": "很高"}, "可以写楼层（1-6层）"), ({"pick-0": "r|owner", "more-0": "3栋"}, "右边不用再写"),
            ({"pick-0": "words", "more-0": ""}, "请在右边写明是谁"), ({"pick-0": "b|99", "more-0": ""}, "没有人属于“99栋”"),
            ({"joint-0": "并且", "pick-0": "b|3", "more-0": ""}, "第一行请选“包括”"), ({"pick-0": "s|nothing", "more-0": ""}, "现在没有了"),
            ({"pick-0": "o|报修中的住户", "more-0": "很远"}, "没有“很远”这栋楼"),
        ):  # fmt: skip
            page = await text(manager, "/console/notices", {**WATER, **filled}, 422)
            assert fault in page
            assert 'value="停水"' in page

    assert await all_of(office, Notice) == []


async def test_audience_is_saved_by_words_or_from_a_file_and_picked_by_its_name(office: Office) -> None:
    def upload(body: str) -> FormData:
        form = FormData(quote_fields=False)  # as browsers do
        form.add_field("name", "")
        form.add_field("list", body.encode(), filename="独居 名单.csv", content_type="text/csv")
        return form

    who = (await all_of(office, Resident))[0]
    flat = await office.read(
        lambda session: session.get_one(__import__("bot.store.people").store.people.Household, who.household_id)
    )
    async with await office.browser(Role.STAFF) as staff:
        await text(staff, "/console/notices/audiences", {"name": "网格一", "to": "3栋 并且 业主"})
        wrong = await text(
            staff, "/console/notices/audiences/file", upload("楼栋,单元,房号,姓名\n99,1,101,\n3,1,302,不在的人\n"), 422
        )
        head = f"楼栋,单元,房号,姓名\n{flat.building},{flat.unit},{flat.room},{who.name}\n"
        await text(staff, "/console/notices/audiences/file", upload(head))
        page = await text(staff, "/console/notices/audiences")
        rows = await office.read(audiences.saved)
        listed = next(one for one in rows if one.name == "独居名单")
        counted = await text(
            staff, "/console/notices/reach", {"pick-0": f"s|{listed.public_id}", "more-0": ""}, **{"HX-Request": "true"}
        )
        await text(staff, f"/console/notices/audiences/{listed.public_id}/forget", {})

    assert "第 2 行：名册里没有这一户" in wrong
    assert "第 3 行：这一户没有叫这个名字的人" in wrong
    assert "网格一" in page
    assert "<strong>1</strong> 户，<strong>1</strong> 人" in counted
    assert [one.name for one in await office.read(audiences.saved)] == ["网格一"]


async def test_people_are_saved_and_read_from_a_file_where_the_notice_is_written(office: Office) -> None:
    script, words = {"HX-Request": "true"}, {"title": "停水", "body": "明天停水"}
    picked = {"joint-0": "包括", "pick-0": "b|3", "more-0": "", "joint-1": "并且", "pick-1": "r|owner", "more-1": ""}

    def upload(**beside: str) -> FormData:
        form = FormData(quote_fields=False)
        for name, value in beside.items():
            form.add_field(name, value)
        form.add_field("picture", b"", filename="", content_type="application/octet-stream")
        form.add_field("list", "楼栋,单元,房号\n3,2,501\n".encode(), filename="网格二.csv", content_type="text/csv")
        return form

    async with await office.browser(Role.STAFF) as staff:
        kept = await text(staff, "/console/notices/whom/keep", {**words, **picked, "save_as": "网格一"}, **script)
        whole = await text(staff, "/console/notices/whom/file", upload(**words, **picked))
        part = await text(staff, "/console/notices/whom/file", upload(**words, **picked), **script)
        [one, two] = await office.read(audiences.saved)
        changed = await text(staff, f"/console/notices/audiences?from={one.public_id}")
        again = {"key": one.public_id, "name": "网格三", "to": "5栋"}
        taken = await text(staff, "/console/notices/audiences", {**again, "name": "网格二"}, 422)
        await text(staff, "/console/notices/audiences", again)
        written = await text(staff, f"/console/notices/new?to={one.public_id}")

    assert (one.name, one.picker.whom.label) == ("网格一", "3栋 并且 业主")
    assert "存好了，写通知时选“网格一”" in kept
    assert "<form" not in kept
    for page in (whole, part):
        assert f'<option value="s|{two.public_id}" selected>网格二</option>' in page
        assert '<option value="b|3" selected>' in page
    assert 'value="停水"' in whole
    assert 'value="3栋 并且 业主"' in changed
    assert "已经有“网格二”了" in taken
    assert sorted((each.name, each.picker.whom.label) for each in await office.read(audiences.saved)) == [
        ("网格三", "5栋"), ("网格二", "名单“网格二”"),
    ]  # fmt: skip
    assert f'<option value="s|{one.public_id}" selected>网格三</option>' in written


async def test_who_gets_it_is_listed_by_each_channel(office: Office) -> None:
    def bind(session: Any) -> None:
        [first, second, *_] = session.exec(select(Resident).order_by(Resident.id)).all()
        now = office.clock()
        for who, until in ((first, now + timedelta(hours=40)), (second, now - timedelta(hours=1))):
            who.openid = f"oWho{who.id}"
            session.add(who)
            session.add(Follower(openid=who.openid, followed_at=now, window_until=until, window_left=5))

    await office.write(bind)
    async with await office.browser(Role.STAFF) as staff:
        reach = await text(staff, "/console/notices/reach", {"to": "全体"}, **{"HX-Request": "true"})
        chat = await text(staff, "/console/notices/left-out", {"to": "全体", "who": "chat"})

    [number] = re.findall(r"<li>(\d+) 人收到聊天消息", reach)
    assert int(number) >= 1
    assert 'name="who" value="chat"' in reach
    assert re.search(r'id="reach-line"[^>]*hx-swap-oob="true">.*人能收到.*人收不到', reach)
    assert chat.count('data-label="住户"') == int(number)
    assert set(re.findall(r'data-label="方式">([^<]*)<', chat)) == {"客服消息"}


async def test_audience_by_health_is_veiled_for_who_may_not_read_of_it(office: Office) -> None:
    def tag(session: Any) -> None:
        for who in session.exec(select(Resident).limit(2)).all():
            who.tags = ["高血压"]
            session.add(who)

    await office.write(tag)
    async with await office.browser(Role.ADMIN) as admin, await office.browser(Role.CITY) as city:
        await text(admin, "/console/notices", {**WATER, "to": "高血压"})
        [notice] = await all_of(office, Notice)
        page = await text(admin, "/console/notices")
        listed = await text(city, "/console/notices")
        shown = await text(city, f"/console/notices/{notice.public_id}")
        people = await city.get(f"/console/notices/{notice.public_id}/people")

    assert "高血压" in page
    assert "高血压" not in listed + shown
    assert "按健康标签选的人" in listed
    assert people.status == 403


# ------------------------------------------------------------------ looked at first


async def test_draft_is_sent_to_the_own_wechat_first_and_a_big_send_without_asks_once_more(office: Office) -> None:
    await settle(office, big_above="1")
    form = {"to": "3栋", **WATER, "body": "{称呼}，{房号}停水"}

    def bind(session: Any) -> None:
        member = session.exec(select(Staff).where(Staff.role == Role.MANAGER)).first()
        member.openid = "oManager"
        now = office.clock()
        session.add(member)
        session.add(Follower(openid="oManager", followed_at=now, window_until=now + timedelta(hours=40), window_left=5))

    async with await office.browser(Role.MANAGER) as manager:
        asked = await text(manager, "/console/notices", form, 422)
        unbound = await text(manager, "/console/notices/test", form, 422)
        assert await all_of(office, Notice) == []
        await office.write(bind)
        sent = await text(manager, "/console/notices/test", form)
        [draft] = await all_of(office, Notice)
        [mine] = await all_of(office, Delivery)
        link = re.search(r'href="[^"]*(/p/notices/look/[^"]+)"', mine.payload["text"])
        assert link is not None
        look = await text(manager, link[1])
        changed = await text(manager, "/console/notices", {**form, "draft": draft.public_id, "body": "改了"}, 422)
        await text(manager, "/console/notices", {**form, "draft": draft.public_id})

    assert "还没有先发给自己看过" in asked
    assert 'name="untested" value="1"' in asked
    assert "您的微信还没有绑定" in unbound
    assert "用客服消息发到您的微信了" in sent
    assert (draft.state, draft.tested_at) == (NoticeState.DRAFT, office.clock())
    assert (mine.openid, mine.notice_id) == ("oManager", None)
    assert "{称呼}" not in mine.payload["text"]
    assert "居民还没有收到" in look
    assert "还没有先发给自己看过" in changed
    assert (await all_of(office, Notice))[0].state is NoticeState.PUBLISHED


async def test_big_send_goes_when_it_is_said_that_nobody_wants_to_look(office: Office) -> None:
    await settle(office, big_above="1")

    async with await office.browser(Role.MANAGER) as manager:
        await text(manager, "/console/notices", {"to": "3栋", **WATER, "untested": "1"})

    assert (await all_of(office, Notice))[0].state is NoticeState.PUBLISHED


# ------------------------------------------------------------------ a second person


async def test_notice_above_the_number_waits_as_a_task_until_somebody_else_agrees(office: Office) -> None:
    await settle(office, approve_above="1")
    async with await office.browser(Role.MANAGER) as manager, await office.browser(Role.ADMIN) as admin:
        page = await text(manager, "/console/notices", {"to": "3栋", **WATER})
        [notice] = await all_of(office, Notice)
        [task] = [one for one in await all_of(office, Task) if one.kind == "notice.approve"]
        own = await manager.post(f"/console/notices/{notice.public_id}/agree")
        assert await all_of(office, Delivery) == []
        seen = await text(admin, f"/console/notices/{notice.public_id}")
        await text(admin, f"/console/notices/{notice.public_id}/agree", {})
        after = await text(admin, f"/console/notices/{notice.public_id}")

    assert "要另一位同事同意" in page
    assert "同意，发出去" not in page
    assert own.status == 422
    assert "同意，发出去" in seen
    assert (task.need, task.subject) == ("notice.send", f"notice:{notice.public_id}")
    assert "同意了" in after
    assert len(await all_of(office, Delivery)) > 1
    assert not [one for one in await all_of(office, Task) if one.kind == "notice.approve" and one.is_open]


async def test_notice_that_is_not_agreed_to_goes_back_with_a_word_and_is_changed(office: Office) -> None:
    await settle(office, approve_above="1")
    async with await office.browser(Role.MANAGER) as manager, await office.browser(Role.ADMIN) as admin:
        await text(manager, "/console/notices", {"to": "3栋", **WATER, "when": "later", "at": "2026-03-12T18:00"})
        [notice] = await all_of(office, Notice)
        silent = await admin.post(f"/console/notices/{notice.public_id}/return", data={"why": ""})
        await text(admin, f"/console/notices/{notice.public_id}/return", {"why": "时间写错了"})
        page = await text(manager, f"/console/notices/{notice.public_id}")
        form = {"to": "3栋", **WATER, "draft": notice.public_id, "when": "later", "at": "2026-03-12T19:00"}
        await text(manager, "/console/notices", form)
        await text(admin, f"/console/notices/{notice.public_id}/agree", {})

    [kept] = await all_of(office, Notice)
    assert silent.status == 422
    assert "被退回：时间写错了" in page
    assert (kept.state, f"{kept.due_at:%H:%M}") == (NoticeState.SCHEDULED, "19:00")


async def test_emergency_waits_for_nobody_and_is_looked_at_afterwards(office: Office) -> None:
    await settle(office, approve_above="1")
    async with await office.browser(Role.MANAGER) as manager:
        endless = await text(manager, "/console/notices", {"to": "3栋", **WATER, "kind": "emergency"}, 422)
        ended = {"to": "3栋", **WATER, "kind": "emergency", "until": "2026-03-11T20:00"}
        late = await text(manager, "/console/notices", {**ended, "when": "later", "at": "2026-03-11T21:00"}, 422)
        again = await text(manager, "/console/notices", {**ended, "when": "words", "words": "每天9点"}, 422)
        await text(manager, "/console/notices", ended)

    [notice] = await all_of(office, Notice)
    assert "到什么时候为止" in endless
    assert "到时就不会发了" in late
    assert "不能定成周期" in again
    assert (notice.state, notice.kind) == (NoticeState.PUBLISHED, NoticeKind.EMERGENCY)
    assert [one.kind for one in await all_of(office, Task) if one.kind.startswith("notice.")] == ["notice.review"]


async def test_what_the_community_settles_is_changed_on_a_page_and_faults_are_told(office: Office) -> None:
    said = {"quiet_from": "22:00", "quiet_until": "07:00", "approve_above": "300", "big_above": "50"}
    async with await office.browser(Role.MANAGER) as manager, await office.browser(Role.STAFF) as staff:
        wrong = await text(manager, "/console/notices/rules", {**said, "approve_above": "很多"}, 422)
        page = await text(manager, "/console/notices/rules", said)
        closed = await staff.get("/console/notices/rules")

    assert "请写数字" in wrong
    assert 'value="很多"' in wrong
    assert ('value="22:00"' in page, 'value="300"' in page) == (True, True)
    assert closed.status == 403


async def test_a_fresh_demo_keeps_quiet_at_night_and_the_form_tells_the_hours(tmp_path: Path) -> None:
    settings = demo_settings(host="127.0.0.1", port=1, var=tmp_path / "var")
    seed(settings, ("demo",))
    night = datetime(2026, 3, 11, 4, 7, tzinfo=SHANGHAI)
    clock = TimeMachine(lambda: night)
    linli = app.Linli.assemble(settings, clock=clock)
    async with TestServer(app.build(linli)) as server:
        office = Office(linli, clock, server)
        async with await office.browser(Role.MANAGER) as manager:
            page = await text(manager, "/console/notices/new")
            rules = await text(manager, "/console/notices/rules")

    assert "21:00–08:00 不发" in page
    assert "现在是安静时段（21:00–08:00）" in page
    assert ('value="21:00"' in rules, 'value="08:00"' in rules) == (True, True)


async def test_the_form_does_not_promise_a_quiet_night_where_none_is_settled(office: Office) -> None:
    await settle(office, quiet_from="00:00", quiet_until="00:00")
    async with await office.browser(Role.MANAGER) as manager:
        page = await text(manager, "/console/notices/new")

    assert "没有设安静时段，夜里也发" in page


# ------------------------------------------------------------------ kinds and versions


async def test_everyday_notice_at_night_is_said_to_wait(office: Office) -> None:
    await settle(office)
    late = {"when": "later", "at": "2026-03-11T22:00"}
    async with await office.browser(Role.MANAGER) as manager:
        planned = await text(manager, "/console/notices/times", late, **{"HX-Request": "true"})
        urgent = await text(manager, "/console/notices/times", {**late, "kind": "important"}, **{"HX-Request": "true"})
    assert ("日常通知会等到 3月12日（周四）08:00 才发" in planned, "会等到" in urgent) == (True, False)

    office.clock.move(timedelta(hours=12))
    async with await office.browser(Role.MANAGER) as manager:
        form = await text(manager, "/console/notices/new")
        notice = await publish(office, manager)
        page = await text(manager, f"/console/notices/{notice.public_id}")

    assert "日常通知等到 3月12日（周四）08:00 才发" in form
    assert "夜里不打扰，早上再发" in page


async def test_emergency_is_followed_by_an_update_and_an_all_clear_that_old_pages_lead_to(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        first = await publish(office, manager, kind="emergency", until="2026-03-11T20:00")
        at = f"/console/notices/{first.public_id}"
        form = await text(manager, f"{at}/correct?version=all_clear")
        silent = await text(
            manager,
            "/console/notices",
            {"to": "3栋2单元501", **WATER, "corrects": first.public_id, "version": "all_clear", "kind": "emergency"},
            422,
        )
        last = await publish(
            office, manager, corrects=first.public_id, version="all_clear", correction="燃气修好了", kind="emergency"
        )
        page = await text(manager, at)

    assert 'name="version" value="all_clear"' in form
    assert "解除了什么" in form
    assert "请写明解除了什么" in silent
    assert last.version is NoticeVersion.ALL_CLEAR
    assert f"/console/notices/{last.public_id}" in page
    assert "后来有解除" in page


async def test_version_of_a_version_is_told_on_the_first_page_too(office: Office) -> None:
    """The all-clear is often written on the page of the last update: who reads the alarm must find it."""
    until = f"{office.clock() + timedelta(hours=6):%Y-%m-%dT%H:%M}"
    gas = {"to": "3栋2单元501", "title": "燃气泄漏", "body": "请关阀门", "kind": "emergency", "until": until}

    async with await office.browser(Role.MANAGER) as manager:
        first = await publish(office, manager, **gas)
        update = await publish(office, manager, **gas, corrects=first.public_id, version="update", correction="抢修中")
        clear = await publish(
            office,
            manager,
            **{**gas, "title": "解除"},
            corrects=update.public_id,
            version="all_clear",
            correction="修好了，可以用了",
        )
        form = await text(manager, f"/console/notices/{update.public_id}/correct?version=all_clear")
        page, over = [await text(manager, f"/console/notices/{one.public_id}") for one in (first, clear)]
        [told] = [one for one in await all_of(office, Delivery) if one.notice_id == first.id]
        lasts = office.clock() + timedelta(days=1)
        path, community = f"/p/notices/{told.id}", office.linli.community.key
        read = await text(manager, f"{path}?k={office.linli.keys.seal_link(path, lasts, community)}")
        assert await office.read(lambda session: receipts.why_over(session, first, office.clock())) == "后来有了解除"
        await text(manager, f"/console/notices/{clear.public_id}/recall", {})
        back = await text(manager, f"/console/notices/{first.public_id}")

    assert "修好了，可以用了" in page
    assert "已经解除：修好了，可以用了" in read
    assert 'name="until" value=""' in form
    assert "紧急通知，到" not in over
    assert "抢修中" in back
    assert "修好了" not in back


async def test_old_notice_and_texts_are_written_from(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        old = await publish(office, manager, place="水泵房")
        copied = await text(manager, f"/console/notices/{old.public_id}/copy", {})
        wrong = await text(manager, "/console/notices/texts", {"name": "停水", "title": "停水", "body": "{姓名}您好"}, 422)
        await text(manager, "/console/notices/texts", {"name": "水箱", "title": "清洗水箱", "body": "{称呼}您好"})
        listed = await text(manager, "/console/notices/texts")
        [key] = re.findall(r"texts/([0-9A-Z]+)/forget", listed)
        begun = await text(manager, f"/console/notices/new?text={key}")
        shipped = await text(manager, "/console/notices/new?text=lift")
        missing = await manager.get("/console/notices/new?text=nothing")
        await text(manager, f"/console/notices/texts/{key}/forget", {})

    assert ('value="停水"' in copied, 'value="水泵房"' in copied) == (True, True)
    assert "“{姓名}”没有这个变量" in wrong
    assert 'value="清洗水箱"' in begun
    assert "电梯检修" in shipped
    assert missing.status == 404


async def test_a_text_with_a_blank_left_open_is_kept_as_a_draft_and_not_published(office: Office) -> None:
    form = {"to": "3栋", "title": "停水", "body": "因＿＿，明天九点停水。"}
    async with await office.browser(Role.MANAGER) as manager:
        page = await text(manager, "/console/notices", form, 422)
        later = await text(manager, "/console/notices", {**form, "when": "later", "at": "2026-03-12T09:00"}, 422)
        draft = await text(manager, "/console/notices/draft", form)

    assert "还有没填的空：“因＿＿，明天九点停”" in page
    assert "还有没填的空" in later
    assert "草稿存好了" in draft
    assert [one.state for one in await office.read(lambda session: session.exec(select(Notice)).all())] == [NoticeState.DRAFT]


# ------------------------------------------------------------------ doors


async def test_doors_are_listed_with_phones_ticked_off_printed_and_given_out(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager, await office.browser(Role.GUARD) as guard:
        notice = await publish(office, manager, kind="important", to="3栋")
        at = f"/console/notices/{notice.public_id}"

        def lost(session: Any) -> int:
            rows = session.exec(select(Delivery)).all()
            for row in rows:
                row.state, row.reason = DeliveryState.UNREACHABLE, "未绑定微信"
                session.add(row)
            return int(rows[0].id)

        told = await office.write(lost)
        page = await text(manager, f"{at}/doors")
        await text(manager, f"{at}/doors", {"told": str(told)})
        done = await text(manager, at)
        paper = await text(manager, f"{at}/doors/paper")
        table = await text(manager, f"{at}/doors.csv")
        strange = await manager.post(f"{at}/doors", data={"told": "999999"})
        await text(manager, f"{at}/doors", {"told": str(told), "back": "1"})
        closed = await guard.get(f"{at}/doors")

    row = await office.read(lambda session: session.get_one(Delivery, told))
    asked = int(re.findall(r"一共 <strong>(\d+)</strong> 户", page)[0])
    assert "上门告知了" in page
    assert "tel:" in page
    assert f"{asked} 户</a>，已告知 1 户" in done
    assert f"还有 {asked - 1} 户" in paper
    assert table.splitlines()[0] == "\ufeff住址,姓名,电话,原因,谁上门告知了,什么时候"
    assert (row.visited_at, strange.status, closed.status) == (None, 422, 403)


async def test_city_sees_how_many_doors_and_no_phone(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager, await office.browser(Role.CITY) as city:
        notice = await publish(office, manager, kind="important", to="3栋")
        page = await text(city, f"/console/notices/{notice.public_id}")
        closed = await city.get(f"/console/notices/{notice.public_id}/doors")

    assert "要上门告知" in page
    assert (f"{notice.public_id}/doors" in page, closed.status) == (False, 403)
