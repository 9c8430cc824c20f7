"""Every page: behind a permission, under the policy, with whatever residents wrote shown and never run."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import event
from sqlmodel import Session, select

from bot import app
from bot.console import home, live
from bot.console.own import CORE
from bot.contract import Access, Context, Desk, Integration, Log, Services
from bot.keys import Keys
from bot.store import channels, conversations, events, tasks, versions
from bot.store.communities import Community
from bot.store.conversations import Conversation, Line
from bot.store.database import Database
from bot.store.notices import Notice, NoticeState
from bot.store.people import Resident
from bot.store.staff import Role, Staff
from bot.store.tasks import Task

if TYPE_CHECKING:
    from tests.console.conftest import Office

NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"&"

#: Addresses that need no permission: signing in and out, choosing a language, and the one that only leads to another.
OPEN = {"/console/", "/console/language", "/console/in", "/console/in/{token}", "/console/out"}


async def test_every_address_of_the_console_refuses_who_is_not_signed_in(office: Office) -> None:
    async with await office.browser() as stranger:
        for resource in office.server.app.router.resources():  # type: ignore[union-attr]
            if not resource.canonical.startswith("/console") or resource.canonical in OPEN:
                continue
            for route in resource:
                path = re.sub(r"\{[^}]*\}", "x.yaml", resource.canonical)
                response = await stranger.request(route.method, path, allow_redirects=False)
                assert response.status in {302, 403}, (route.method, path)


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_opens_what_the_table_grants_and_nothing_else(office: Office, role: Role) -> None:
    needs = {
        "/console/conversations": "conversation.view", "/console/tasks": "task.view", "/console/notices": "notice.view",
        "/console/notices/new": "notice.draft", "/console/tickets": "ticket.view", "/console/passes": "pass.view", "/console/gate": "gate.check",
        "/console/health": "health.view", "/console/flats": "people.confirm", "/console/intents": "intents.view", "/console/staff": "users.edit",
        "/console/audit": "audit.view",
    }  # fmt: skip
    access = Access(permissions=office.linli.services.permissions)
    async with await office.browser(role) as browser:
        for path, need in needs.items():
            response = await browser.get(path)
            assert response.status == (200 if access.may(role, need) else 403), path


async def test_a_slash_at_the_end_of_the_address_does_no_harm(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        assert (await browser.get("/console/")).status == 200


async def test_staff_may_draft_but_not_send(office: Office) -> None:
    form = {"to": "全体", "title": "停水", "body": "明天", "when": "now"}
    async with await office.browser(Role.STAFF) as browser:
        assert (await browser.post("/console/notices", data=form)).status == 403

    assert await office.read(lambda session: session.exec(select(Notice)).all()) == []


async def test_pages_carry_policy_and_are_kept_by_nobody(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as browser:
        page = await browser.get("/console")
        style = await browser.get("/static/console.css")
        assert "{" in await style.text()
        await page.read()

    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert style.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_residents_write_is_shown_and_never_run(office: Office) -> None:
    def write(session: Session) -> str:
        openid = session.exec(select(Resident.openid).where(Resident.name == "陈建国")).one() or ""
        now = office.clock()
        conversation = conversations.open_with(session, openid, 1, now)
        conversations.ask_for_person(conversation, NASTY, now)
        session.add(Line(openid=openid, at=now, speaker="resident", text=NASTY))
        session.add(Task(kind="x", need="task.view", title=NASTY, data={"text": NASTY}, opened_at=now))
        session.add(Notice(title=NASTY, body=NASTY, audience={"everyone": True}, created_at=now))
        session.flush()
        return session.exec(select(Conversation.public_id)).one()

    key = await office.write(write)
    async with await office.browser(Role.ADMIN) as browser:
        for path in ("/console", "/console/conversations", f"/console/conversations/{key}", "/console/tasks", "/console/notices",
                     "/console/intents"):  # fmt: skip
            page = await (await browser.get(path)).text()
            assert "<script>alert" not in page, path
            assert "<img src=x" not in page, path


async def test_faulty_notice_keeps_what_was_typed_and_sends_nothing(office: Office) -> None:
    form = {"to": "99栋", "title": "停水通知", "body": "明天九点", "when": "now"}
    async with await office.browser(Role.MANAGER) as browser:
        response = await browser.post("/console/notices", data=form)
        page = await response.text()

    assert response.status == 422
    assert "没有人属于“99栋”" in page
    assert "停水通知" in page
    assert "明天九点" in page
    assert await office.read(lambda session: session.exec(select(Notice)).all()) == []


@pytest.mark.parametrize(("when", "fault"), [
    ({"when": "later", "at": ""}, "请选择发送时间"), ({"when": "later", "at": "2020-01-01T10:00"}, "现在之后"), ({"when": "words", "words": "0 9 * * 1"}, "不要用数字"),
])  # fmt: skip
async def test_faulty_time_says_what_to_do(office: Office, when: dict[str, str], fault: str) -> None:
    async with await office.browser(Role.MANAGER) as browser:
        page = await (await browser.post("/console/notices", data={"to": "3栋", "title": "停水", "body": "明天", **when})).text()

    assert fault in page


async def test_scheduled_notice_waits_for_its_time(office: Office) -> None:
    form = {"to": "3栋", "title": "停水", "body": "明天", "when": "later", "at": "2026-03-11T18:00"}
    async with await office.browser(Role.MANAGER) as browser:
        page = await (await browser.post("/console/notices", data=form)).text()

    [notice] = await office.read(lambda session: session.exec(select(Notice)).all())
    assert notice.state is NoticeState.SCHEDULED
    assert "18:00" in page


async def test_missing_things_are_told_politely(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as browser:
        for path in ("/console/tickets/R000000", "/console/notices/NOPE", "/console/conversations/NOPE"):
            response = await browser.get(path)
            assert response.status == 404
            assert "没有找到" in await response.text()


# ------------------------------------------------------------------ intent files


async def test_saved_intent_is_live_and_the_version_before_is_kept(office: Office) -> None:
    folder = office.linli.understanding.folder
    async with await office.browser(Role.ADMIN) as admin:
        page = await (await admin.get("/console/intents/file/faq/hours.yaml")).text()
        stamp = re.findall(r'name="stamp" value="(\w+)"', page)[0]
        text = (folder / "faq/hours.yaml").read_text(encoding="utf-8").replace("办公时间\n", "上班时间\n", 1)
        response = await admin.post("/console/intents/file/faq/hours.yaml", data={"stamp": stamp, "text": text})

    assert response.status == 200
    assert office.linli.understanding.catalogue.intents["faq.hours"].title == "上班时间"
    kept = await office.read(versions.listed, "faq/hours.yaml")
    assert [(one.became, "title: 办公时间" in one.text, one.actor) for one in kept] == [
        ("saved", False, "staff:admin"),
        ("found", True, ""),
    ]


async def test_menu_and_codes_are_files_that_admins_find(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        page = await (await admin.get("/console/intents")).text()

    for path in ("_menu.yaml", "_scenes.yaml", "_messages.yaml", "identity/_messages.yaml"):
        assert f'href="/console/intents/file/{path}"' in page


@pytest.mark.parametrize(("stamp", "text", "status", "said"), [
    ("right", "intent: [", 422, "没有保存：请先改正下面的错误"), ("wrong", "intent: a", 409, "被人改过，所以没有保存"),
])  # fmt: skip
async def test_broken_or_overtaken_file_is_not_saved(office: Office, stamp: str, text: str, status: int, said: str) -> None:
    path = office.linli.understanding.folder / "faq/hours.yaml"
    before = path.read_text(encoding="utf-8")
    async with await office.browser(Role.ADMIN) as admin:
        page = await (await admin.get("/console/intents/file/faq/hours.yaml")).text()
        right = re.findall(r'name="stamp" value="(\w+)"', page)[0]
        response = await admin.post(
            "/console/intents/file/faq/hours.yaml", data={"stamp": right if stamp == "right" else "0", "text": text}
        )
        shown = await response.text()

    assert response.status == status
    assert said in shown
    assert path.read_text(encoding="utf-8") == before


@pytest.mark.parametrize("path", ["../secret", "..%2F..%2Fsecret", "faq/../../var/secret", "faq/hours.yaml.1", "%2Fetc%2Fpasswd"])
async def test_no_file_outside_the_folder_is_shown(office: Office, path: str) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        response = await admin.get(f"/console/intents/file/{path}")

    assert response.status in {403, 404}


async def test_placeholder_that_nothing_fills_is_told_before_it_is_saved(office: Office) -> None:
    path = office.linli.understanding.folder / "repair/cancel.yaml"
    before = path.read_text(encoding="utf-8")
    async with await office.browser(Role.ADMIN) as admin:
        page = await (await admin.get("/console/intents/file/repair/cancel.yaml")).text()
        form = {"stamp": re.findall(r'name="stamp" value="(\w+)"', page)[0], "text": before.replace("{number}", "{numbre}")}
        response = await admin.post("/console/intents/file/repair/cancel.yaml", data=form)
        shown = await response.text()

    assert response.status == 422
    assert "用到不存在的 {numbre}。是否想写 “{number}”？" in shown
    assert path.read_text(encoding="utf-8") == before


async def test_manager_reads_intents_but_does_not_save(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        assert (await manager.get("/console/intents/file/faq/hours.yaml")).status == 200
        assert (await manager.post("/console/intents/file/faq/hours.yaml", data={"text": "x"})).status == 403


FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"

PART = b'--b\r\nContent-Disposition: form-data; name="login"\r\n\r\nx\r\n'

#: Kind of body, body and status; none of them is a form of ours.
BROKEN = [
    (f"{FORM}; charset=utf-7", b"login=+2AA-", 400), (f"{FORM}; charset=unicode_escape", b"login=\\ud800", 400),
    (f"{FORM}; charset=hex", b"login=00", 400), (f"{FORM}; charset=gbk", b"login=a", 400), (FORM, b"login=\xff", 400),
    (FORM, b"a=1&" * 201, 400), (FORM, b"&" * 4000, 400), (FORM, b"login=" + b"x" * 5000, 413),
    (PARTS, PART + b"--b--\r\n", 415), (PARTS, PART * 40, 415), ("text/plain", b"login=a", 415), ("application/json", b"{}", 415),
]  # fmt: skip


async def test_form_broken_in_any_way_is_no_fault_of_ours(office: Office) -> None:
    async with await office.browser() as browser:
        for kind, body, status in BROKEN:
            assert (await browser.post("/console/in", data=body, headers={"Content-Type": kind})).status == status, (kind, body)
        odd = await browser.post("/console/in", data=b"login=%00%ff", headers={"Content-Type": FORM})
        assert odd.status == 422


async def test_form_of_nothing_is_an_empty_form(office: Office) -> None:
    async with await office.browser() as browser:
        assert (await browser.post("/console/in", data=b"", headers={"Content-Type": PARTS})).status == 422


async def test_file_of_intents_may_be_longer_than_a_form(office: Office) -> None:
    path = "/console/intents/file/faq/hours.yaml"
    async with await office.browser(Role.ADMIN) as admin:
        long = {"text": "# " + "长" * 20_000}

        assert (await admin.post(path, data=long)).status == 409  # it was read whole; what lacks is its stamp
        assert (await admin.post(path, data=io.BytesIO(bytes(1024 * 1024 + 1)), headers={"Content-Type": FORM})).status == 413
        assert (await admin.post("/console/intents/try", data=long)).status == 413


async def test_address_that_nothing_can_have_is_not_found(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        for path in ("tickets/%00", "photos/%00", "intents/file/a%00.yaml", f"intents/file/{'a' * 5000}"):
            assert (await admin.get(f"/console/{path}")).status == 404, path


async def test_zero_bytes_are_left_out_of_what_is_kept(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        await manager.post("/console/notices", data={"to": "3栋\0", "title": "停\0水", "body": "明\0天", "when": "now"})

    [notice] = await office.read(lambda session: session.exec(select(Notice)).all())
    assert (notice.title, notice.body) == ("停水", "明天")


async def test_open_page_neither_keeps_a_session_alive_nor_outlives_it(office: Office) -> None:
    def happen(session: Session) -> None:
        events.record(session, office.clock(), "repair.opened")

    async with await office.browser(Role.STAFF) as browser, browser.get("/console/live") as stream:
        office.clock.move(timedelta(hours=7))
        await office.write(happen)
        assert b"data: repair" in await stream.content.readuntil(b"repair")

        office.clock.move(timedelta(hours=7))
        async with asyncio.timeout(10):
            await stream.content.read()
        assert (await browser.get("/console/live")).status == 403


async def test_what_happens_before_a_pages_stream_is_open_reaches_it(office: Office) -> None:
    def happen(session: Session) -> None:
        events.record(session, office.clock(), "photo.stored")

    async with await office.browser(Role.STAFF) as browser:
        shown = await (await browser.get("/console/tickets")).text()
        await office.write(happen)
        since = re.search(r'data-since="([\d-]+)"', shown)
        assert since
        async with browser.get(f"/console/live?since={since[1]}") as stream, asyncio.timeout(10):
            assert b"data: photo" in await stream.content.readuntil(b"photo")


async def test_streams_of_one_person_are_bounded(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        streams = [await browser.get("/console/live") for _ in range(live.MOST)]
        one_more = await browser.get("/console/live")
        for stream in streams:
            stream.close()

    assert one_more.status == 429


async def test_page_that_was_closed_makes_room_for_the_next_at_once(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        cookie = {"Cookie": browser.session.headers["Cookie"]}
    runner = web.AppRunner(app.build(office.linli))  # as in production; a TestServer ends what nobody listens to by itself
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here = f"http://127.0.0.1:{runner.addresses[0][1]}/console/live"
    async with aiohttp.ClientSession(headers=cookie) as session:
        streams = [await session.get(here) for _ in range(live.MOST)]
        streams[0].close()
        async with asyncio.timeout(8):  # a ping would tell after fifteen seconds
            while (next_one := await session.get(here)).status == 429:
                pass
        for stream in (*streams, next_one):
            stream.close()
    await runner.cleanup()

    assert next_one.status == 200


ODD = ["²", "99999999999999999999", "9" * 5000, "-1", "abc", "%00", "1e3"]


@pytest.mark.parametrize("odd", ODD)
async def test_odd_numbers_are_no_rows_and_no_faults(office: Office, odd: str) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        statuses = [
            (await admin.get(f"/console/audit?before={odd}")).status,
            (await admin.post(f"/console/gate/{odd}/left", allow_redirects=False)).status,
            (await admin.get(f"/console/intents/file/visitor{odd}/invite.yaml")).status,
        ]

    assert statuses[0] == 200
    assert all(status in (303, 404, 422) for status in statuses[1:]), statuses


@pytest.mark.parametrize("login", ["a/b", "..", "x y/z?", "x" * 50, "陈"])
async def test_login_that_no_address_can_hold_is_refused(office: Office, login: str) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        response = await admin.post("/console/staff", data={"login": login, "name": "陈", "role": "staff"})

        assert response.status == 422
        assert "登录名" in await response.text()


async def test_box_without_script_comes_back_with_its_page_and_its_words(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as browser:
        form = {"text": "厨房水管漏水了\r\n</textarea><script>alert(1)</script>"}
        page = await (await browser.post("/console/intents/try", data=form)).text()
        part = await (await browser.post("/console/intents/try", data=form, headers={"HX-Request": "true"})).text()

    assert page.count('class="tried"') == part.count('class="tried"') == 2
    assert "厨房水管漏水了" in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[0]
    assert "<script>alert" not in page
    assert "<html" not in part


async def test_twenty_long_lines_are_tried_at_once(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        response = await admin.post("/console/intents/try", data={"text": "\n".join(["厨房水管漏水了" * 40] * 20)})

        assert response.status == 200
        assert "repair.report" in await response.text()


async def test_first_page_says_what_was_sent_today_and_what_stands_still(office: Office) -> None:
    appid = office.linli.community.appid

    def send(session: Session) -> None:
        channels.count(session, appid, [channels.CHAT] * 12, office.clock())
        channels.stop(session, appid, channels.spent(channels.TEMPLATE, office.clock()), office.clock())

    await office.write(send)
    async with await office.browser(Role.MANAGER) as browser:
        page = await (await browser.get("/console")).text()

    assert "客服消息 12 条" in page
    assert "今天的模板消息额度用完，明天 0 点继续" in page


async def test_change_that_swallows_another_files_test_is_saved_only_when_insisted_on(office: Office) -> None:
    path = "/console/intents/file/faq/hours.yaml"
    kept = office.linli.settings.intents_folder / "faq/hours.yaml"
    text = kept.read_text("utf-8").replace("examples: |\n", "examples: |\n  - 厨房水管漏水了，明天上午能来修吗\n", 1)
    async with await office.browser(Role.ADMIN) as admin:
        stamp = re.findall(r'name="stamp" value="(\w+)"', await (await admin.get(path)).text())[0]
        refused = await admin.post(path, data={"text": text, "stamp": stamp})
        page = await refused.text()
        before = kept.read_text("utf-8")
        insisted = await admin.post(path, data={"text": text, "stamp": stamp, "force": "1"})

    assert refused.status == 422
    assert "repair/report.yaml" in page
    assert "还是要保存" in page
    assert before != text
    assert insisted.status == 200
    assert kept.read_text("utf-8") == text


async def test_first_page_counts_what_services_say_is_worth_it(office: Office) -> None:
    def happen(session: Session) -> None:
        for ago in (timedelta(hours=1), timedelta(hours=2), timedelta(days=1)):
            events.record(session, office.clock() - ago, "repair.opened", subject="ticket:K3")

    await office.write(happen)
    async with await office.browser(Role.MANAGER) as manager:
        page = await (await manager.get("/console")).text()

    linked = re.findall(r'<strong>(\d+)</strong><a href="/console/audit\?at_from=2026-03-11&amp;kind=[^"]*">(今天.*?)</a>', page)
    figures = {words: int(count) for count, words in linked}
    assert figures == {"今天访客": 0, "今天报修": 2, "今天健康打卡": 0, "今天卫生站预约": 0, "今天巡检到点": 0, "今天通知": 0}
    [live_kinds] = re.findall(r'id="today" data-live="([^"]*)"', page)
    assert {"conversation", "health", "notice", "repair", "task", "visitor"} <= set(live_kinds.split())


@pytest.mark.usefixtures("community")
def test_figures_are_those_of_the_services_that_are_loaded(sqlite: Database, now: datetime) -> None:
    ladders = Integration(
        name="ladders", title="借梯子", folder=Path(), emits={"ladder.lent": ""}, log=Log(figures={"ladder.lent": "借出"})
    )
    services = Services(integrations=(CORE, ladders))
    first, *_ = home.pages(services)
    community = Community(id=1, appid="wx1", name="和苑小区")
    context = Context(community=community, keys=Keys(b"k" * 32), base_url="", messages={}, services=services)

    def open_page(session: Session) -> Any:
        events.record(session, now, "ladder.lent", subject="ladder:7")
        return first.run(Desk(session=session, now=now, context=context, staff=Staff(login="a", name="周", created_at=now)))

    view = sqlite.submit(open_page).result()

    assert view.values["today"] == [("借出", 1, "")]
    assert "ladder" in view.values["live"]


@pytest.mark.parametrize("path", ["/console/people", "/console/households"])
async def test_what_is_found_while_one_types_comes_alone_and_asks_nothing_that_stands_around_it(
    office: Office, path: str
) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(office.linli.database.engine, "before_cursor_execute", note)
    async with await office.browser(Role.STAFF) as staff:
        whole = await (await staff.get(f"{path}?q=501")).text()
        around = {one for one in asked if "GROUP BY household" in one or "SELECT resident.tags" in one}
        asked.clear()
        part = await (await staff.get(f"{path}?q=501", headers={"HX-Request": "true"})).text()
        typed = set(asked)
        back = await (
            await staff.get(f"{path}?q=501", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
        ).text()

    assert ["主菜单" in page for page in (whole, part, back)] == [True, False, True]
    assert 'id="found"' in part
    assert "3栋2单元501" in part
    assert "<select" not in part
    assert len(around) == 2
    assert not around & typed


async def test_pages_open_no_task_but_those_they_show(office: Office) -> None:
    """Titles and words are sealed: opening those of everybody for each page takes longer the more wait."""

    def begin(session: Session) -> int:
        for number in range(30):
            tasks.open(session, office.clock(), kind="talk", need="task.view", title=f"别家的事 {number}", openid="oElsewhere")
        chen = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
        tasks.open(session, office.clock(), kind="talk", need="task.view", title="这一家的事", openid=chen.openid)
        return chen.household_id

    flat = await office.write(begin)
    loaded: list[str] = []

    def note(target: Task, _context: Any) -> None:
        loaded.append(target.title)

    event.listen(Task, "load", note)
    try:
        async with await office.browser(Role.STAFF) as staff:
            page = await (await staff.get(f"/console/households/{flat}")).text()
    finally:
        event.remove(Task, "load", note)

    assert "这一家的事" in page
    assert not [title for title in loaded if title.startswith("别家的事")]


async def test_the_first_page_says_who_waits_with_the_number_and_says_it_once(office: Office) -> None:
    def wait(session: Session) -> str:
        openid = session.exec(select(Resident.openid).where(Resident.name == "陈建国")).one() or ""
        conversations.open_with(session, openid, 1, office.clock())
        talk = session.get_one(Conversation, openid)
        talk.topic, talk.waiting_since = "门禁卡坏了", office.clock()
        session.add(talk)
        tasks.open(
            session,
            office.clock(),
            kind="handoff",
            need="conversation.view",
            title="门禁卡坏了",
            openid=openid,
            number="H234567",
            data={"intent": "", "topic": "", "text": "", "question": False},
        )
        return openid

    await office.write(wait)
    async with await office.browser(Role.STAFF) as staff:
        page = await (await staff.get("/console")).text()

    assert page.count("门禁卡坏了") == 1
    assert "3栋2单元501 陈建国" in page
    assert "H234567" in page


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("/console/duty", "/console/duty"), ("/console/duty/robots", "/console/duty/robots"), ("/console/households", "/console/households"),
        ("/console/households/1", "/console/households/1/number"),
    ],
)  # fmt: skip
async def test_form_that_is_refused_answers_where_it_stands(office: Office, page: str, form: str) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        shown = await (await admin.get(page)).text()
        refused = await admin.post(form, data={}, headers={"HX-Request": "true"})
        told = await refused.text()

    assert f'hx-post="{form}" hx-target="find .refused"' in shown
    assert (refused.status, "<html" in told) == (422, False)


async def test_building_that_the_roster_lacks_is_asked_about_within_the_form(office: Office) -> None:
    form = {"building": "77", "unit": "1", "room": "101"}
    async with await office.browser(Role.ADMIN) as admin:
        asked = await admin.post("/console/households/1/number", data=form, headers={"HX-Request": "true"})
        told = await asked.text()
        done = await admin.post("/console/households/1/number", data={**form, "sure": "1"}, headers={"HX-Request": "true"})

    assert (asked.status, "<form" in told, 'name="sure"' in told) == (422, False, True)
    assert (done.status, done.headers["HX-Redirect"]) == (204, "/console/households/1")


@pytest.mark.parametrize(
    ("site", "packed"), [("same-origin", True), ("none", True), ("", True), ("same-site", False), ("cross-site", False)]
)
async def test_a_page_that_another_site_opens_is_not_packed(office: Office, site: str, packed: bool) -> None:
    """Its length would tell whether what that site guessed stands in it: /console/residents?q=13800138."""
    headers = {"Accept-Encoding": "gzip", "Accept": "text/html", **({"Sec-Fetch-Site": site} if site else {})}
    async with await office.browser(Role.ADMIN) as browser:
        for path in ("/console/residents?q=138", "/console/nothing-here", "/console"):
            async with browser.get(path, headers=headers) as response:
                assert ("Content-Encoding" in response.headers) is packed, path


@pytest.mark.parametrize(
    ("method", "header", "status"),
    [("GET", "If-None-Match: {etag}", 304), ("GET", "If-Modified-Since: {date}", 304), ("HEAD", "X-None: none", 200), ("GET", "Range: bytes=0-9", 206)],
)  # fmt: skip
async def test_the_answer_after_an_empty_one_reaches_the_browser(office: Office, method: str, header: str, status: int) -> None:
    """A packed 304 once had twenty bytes of body: the browser lost whatever it asked for next on that line."""
    async with await office.browser(Role.ADMIN) as browser:
        async with browser.get("/static/live.js") as whole:
            etag, date, text = whole.headers["ETag"], whole.headers["Last-Modified"], await whole.read()
        begin = f"{method} /static/live.js HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n"
        reader, writer = await asyncio.open_connection(office.server.host, office.server.port)
        writer.write(f"{begin}{header.format(etag=etag, date=date)}\r\nConnection: close\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()

    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert (body, b"Content-Encoding" in head) == (text[:10] if status == 206 else b"", False)


async def test_a_phone_asks_for_each_file_of_a_version_once(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as browser:

        async def kept(path: str) -> str | None:
            async with browser.get(path) as response:
                return response.headers.get("Cache-Control")

        async with browser.get("/console") as page:
            named = re.findall(r'(?:src|href)="(/static/[^"]+)"', await page.text())
        found = {path: await kept(path) for path in named}
        bare = await kept("/static/live.js")

    assert len(found) > 2
    assert set(found.values()) == {"public, max-age=31536000, immutable"}
    assert bare is None
