"""A form that is sent twice acts once: double clicks, reloads, a browser that asks again."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from bot.posted import with_keys
from bot.store import conversations, once, tasks, versions
from bot.store.events import Event
from bot.store.once import Act
from bot.store.people import Resident
from bot.store.staff import Role, Staff
from bot.store.tasks import Task

if TYPE_CHECKING:
    from tests.console.conftest import Browser, Office


async def opened(office: Office, title: str = "看一看") -> str:
    def open_task(session: Session) -> str:
        return tasks.open(session, office.clock(), kind="x", need="task.view", title=title).public_id

    return await office.write(open_task)


async def key_on(browser: Browser, path: str) -> str:
    page = await (await browser.get(path)).text()
    return re.findall(r'name="once" value="([^"]+)"', page)[-1]


async def kinds(office: Office) -> list[str]:
    return list(await office.read(lambda session: session.exec(select(Event.kind)).all()))


async def test_every_form_that_posts_has_a_key_of_its_own(office: Office) -> None:
    await opened(office)
    async with await office.browser(Role.ADMIN) as admin:
        for path in (
            "",
            "/conversations",
            "/tasks",
            "/notices/new",
            "/gate",
            "/flats",
            "/intents",
            "/staff",
            "/intents/file/faq/hours.yaml",
        ):
            page = await (await admin.get(f"/console{path}")).text()
            forms = re.findall(r'<form\b[^>]*method="post"[^>]*>(.{0,60})', page)
            keys = re.findall(r'name="once" value="([^"]+)"', page)
            assert forms, path
            assert all('name="once"' in form for form in forms), path
            assert len(set(keys)) == len(forms), path


def test_form_that_only_asks_needs_no_key() -> None:
    assert (
        with_keys('<form method="get" action="/x"><p>&lt;form method="post"&gt;</p>')
        == '<form method="get" action="/x"><p>&lt;form method="post"&gt;</p>'
    )


async def test_second_click_gets_the_firsts_outcome_and_does_nothing(office: Office) -> None:
    task = await opened(office)
    async with await office.browser(Role.STAFF) as browser:
        form = {"outcome": "换了灯泡", "once": await key_on(browser, "/console/tasks")}
        first, second = await asyncio.gather(
            *(browser.post(f"/console/tasks/{task}/close", data=form, allow_redirects=False) for _ in range(2))
        )

    assert first.status == second.status == 303
    assert first.headers["Location"] == second.headers["Location"] == "/console/tasks"
    assert first.headers["Set-Cookie"] == second.headers["Set-Cookie"]
    assert (await kinds(office)).count("task.closed") == 1


async def test_old_page_without_a_key_still_works(office: Office) -> None:
    task = await opened(office)
    async with await office.browser(Role.STAFF) as browser:
        response = await browser.post(f"/console/tasks/{task}/close", allow_redirects=False)

    assert response.status == 303
    assert await office.read(lambda session: session.exec(select(Act)).all()) == []


async def test_what_was_refused_may_be_sent_again(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        form = {"login": "zhou", "name": "周", "role": "", "once": await key_on(admin, "/console/staff")}
        refused = await admin.post("/console/staff", data=form)
        faulty = {"to": "99栋", "title": "停水", "body": "明天", "when": "now", "once": "k" * 16}
        no = [(await admin.post("/console/notices", data=faulty)).status for _ in range(2)]
        added = await admin.post("/console/staff", data={**form, "role": "staff"})

    assert (refused.status, no, added.status) == (422, [422, 422], 200)


async def test_a_form_that_stays_on_its_page_is_told_why_it_is_refused_or_where_to_go(office: Office) -> None:
    asks = {"HX-Request": "true"}
    async with await office.browser(Role.ADMIN) as admin:
        form = {"name": "", "once": await key_on(admin, "/console/community")}
        refused = await admin.post("/console/community", data=form, headers=asks)
        said = await refused.text()
        form |= {"name": "和苑花园", "opens": "08:30", "closes": "18:00", "day.1": "1"}
        done = await admin.post("/console/community", data=form, headers=asks)
        page = await (await admin.get(done.headers["HX-Redirect"])).text()

    assert (refused.status, done.status) == (422, 204)
    assert "请写小区的名称" in said
    assert "<html" not in said
    assert "Location" not in done.headers
    assert "改好了，马上对居民生效" in page


async def test_same_key_with_other_words_is_something_new(office: Office) -> None:
    def begin(session: Session) -> str:
        openid = session.exec(select(Resident.openid).where(Resident.name == "陈建国")).one() or ""
        return conversations.open_with(session, openid, 1, office.clock()).public_id

    await office.write(begin)
    task, other = await opened(office), await opened(office)
    async with await office.browser(Role.STAFF) as browser:
        for key in (task, other):
            response = await browser.post(f"/console/tasks/{key}/close", data={"once": "k" * 16})
            assert response.status == 200

    assert (await kinds(office)).count("task.closed") == 2


async def test_second_click_on_what_answers_with_a_page_is_told_calmly(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        form = {"login": "zhou", "name": "周", "role": "staff", "once": await key_on(admin, "/console/staff")}
        first = await (await admin.post("/console/staff", data=form)).text()
        second = await admin.post("/console/staff", data=form, headers={"Referer": str(admin.make_url("/console/staff"))})
        page = await second.text()

    assert "登录链接发给周" in first
    assert second.status == 200
    assert "刚才已经提交过了" in page
    found = await office.read(lambda session: session.exec(select(Staff).where(Staff.login == "zhou")).all())
    assert len(found) == 1


async def test_words_that_came_too_late_are_given_back(office: Office) -> None:
    task = await opened(office)
    async with await office.browser(Role.STAFF) as browser:
        await browser.post(f"/console/tasks/{task}/close", data={"outcome": "已处理"})
        late = await browser.post(f"/console/tasks/{task}/close", data={"outcome": "电工已经约好了<b>"})
        page = await late.text()

    assert late.status == 422
    assert "同事已经处理了" in page
    assert "电工已经约好了&lt;b&gt;" in page


async def test_file_saved_twice_is_saved_and_no_colleagues_fault(office: Office) -> None:
    path = "/console/intents/file/faq/hours.yaml"
    folder = office.linli.settings.intents_folder
    async with await office.browser(Role.ADMIN) as admin:
        stamp = re.findall(r'name="stamp" value="(\w+)"', await (await admin.get(path)).text())[0]
        text = (folder / "faq/hours.yaml").read_text("utf-8").replace("办公时间\n", "上班时间\n", 1)
        statuses = [(await admin.post(path, data={"text": text, "stamp": stamp})).status for _ in range(2)]

    assert statuses == [200, 200]
    assert len(await office.read(versions.listed, "faq/hours.yaml")) == 2


async def test_keys_are_forgotten_after_a_day(office: Office) -> None:
    database, now = office.linli.database, office.clock()
    await database.write(once.begin, "old", now - timedelta(hours=25))
    await database.write(once.begin, "new", now)

    await database.write(once.prune, now)

    assert await database.read(lambda session: session.exec(select(Act.mark)).all()) == ["new"]
    assert await database.read(lambda session: session.exec(select(Task)).all()) == []
