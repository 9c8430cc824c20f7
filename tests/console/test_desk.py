"""Talks, tasks and households as a browser shows them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from bot.contract import Turn, Work, handoffs
from bot.simulator.cast import CAST
from bot.store import conversations, followers, tasks
from bot.store.communities import Community
from bot.store.conversations import Conversation
from bot.store.people import Household, Resident
from bot.store.staff import Role
from bot.store.tasks import Task

if TYPE_CHECKING:
    from tests.console.conftest import Office

CHEN = CAST[0].openid


def alarm(office: Office) -> tuple[str, str, int, str]:
    """Let somebody ring; returns the ids of the task, the talk, the flat and the resident."""

    def run(session: Session) -> tuple[str, str, int, str]:
        work = Work(session=session, now=office.clock(), context=office.linli.context)
        resident = session.exec(select(Resident).where(Resident.openid == CHEN)).one()
        flat = work.household(resident)
        talk = conversations.open_with(session, CHEN, flat.community_id, office.clock())
        conversations.ask_for_person(talk, "想说句话", office.clock())
        conversations.keep(session, talk)
        task = work.assign("emergency.fire", "task.view", "着火", urgent=True, openid=CHEN, household=flat)
        return task.public_id, talk.public_id, flat.id or 0, resident.public_id

    return office.linli.database.submit(run).result()


async def test_task_is_taken_and_closed_with_an_outcome_that_is_asked_for(office: Office) -> None:
    task, talk, flat, _ = alarm(office)
    async with await office.browser(Role.STAFF) as browser:
        page = await (await browser.get("/console/tasks")).text()
        for link in (f"/console/conversations/{talk}", f"/console/households/{flat}", f"/console/tasks/{task}/claim"):
            assert link in page, link
        assert re.search(r'<select[^>]+name="outcome" required>', page)

        taken = await (await browser.post(f"/console/tasks/{task}/claim")).text()
        assert "您在处理" in taken
        asked = await browser.post(f"/console/tasks/{task}/close", data={"note": "看过了"})
        assert asked.status == 422
        closed = await (await browser.post(f"/console/tasks/{task}/close", data={"outcome": "演练"})).text()
        assert "着火：演练" in closed


async def test_transcript_shows_the_words_of_links_and_tags_of_residents_as_written(office: Office) -> None:
    _, key, _, _ = alarm(office)

    def speak(session: Session) -> None:
        said = (
            ("resident", '<a href="https://evil.example">点我</a><script>'),
            ("bot", '登记好了。<a href="https://linli.example/p/tickets/K3M9?k=x">看进度</a><b>'),
        )
        work = Work(session=session, now=office.clock(), context=office.linli.context)
        for speaker, text in said:
            conversations.say(work.session, CHEN, speaker, text, office.clock())

    office.linli.database.submit(speak).result()
    async with await office.browser(Role.STAFF) as browser:
        page = await (await browser.get(f"/console/conversations/{key}")).text()

    assert "登记好了。<u>看进度</u>&lt;b&gt;" in page
    assert "k=x" not in page
    assert "&lt;a href=&#34;https://evil.example&#34;&gt;点我&lt;/a&gt;&lt;script&gt;" in page


async def test_menu_counts_who_waits_and_what_is_to_be_done(office: Office) -> None:
    alarm(office)
    async with await office.browser(Role.STAFF) as browser:
        page = await (await browser.get("/console/notices")).text()

    for title in ("对话", "待办"):
        assert re.search(rf">{title} <span class=\"badge[^>]+>\d+</span>", page), title


async def test_talk_leads_to_the_household_and_its_cards(office: Office) -> None:
    _, talk, flat, _ = alarm(office)
    async with await office.browser(Role.MANAGER) as browser:
        page = await (await browser.get(f"/console/conversations/{talk}")).text()
        assert f"/console/households/{flat}" in page
        household = await (await browser.get(f"/console/households/{flat}")).text()
        missing = await browser.get("/console/households/999999")

    for words in ("陈建国", "报修", "访客", "健康打卡", "着火", "导出本人信息"):
        assert words in household, words
    assert missing.status == 404


async def test_only_who_may_takes_along_what_is_known_of_somebody(office: Office) -> None:
    _, _, flat, resident = alarm(office)
    async with await office.browser(Role.STAFF) as staff:
        assert "导出本人信息" not in await (await staff.get(f"/console/households/{flat}")).text()
        assert (await staff.post(f"/console/households/{flat}/export", data={"resident": resident})).status == 403
    async with await office.browser(Role.MANAGER) as manager:
        answer = await manager.post(f"/console/households/{flat}/export", data={"resident": resident})
        assert "attachment" in answer.headers["Content-Disposition"]
        assert json.loads(await answer.text())["姓名"] == "陈建国"


async def test_first_page_links_what_stands_open_and_what_waits(office: Office) -> None:
    task, talk, _, _ = alarm(office)
    async with await office.browser(Role.MANAGER) as browser:
        page = await (await browser.get("/console")).text()

    for link in ("/console/tickets", "/console/passes", f"/console/conversations/{talk}", f"/console/tasks#task-{task}"):
        assert f'href="{link}"' in page, link


async def test_flat_is_nobodys_household_in_another_community(office: Office) -> None:
    def east(session: Session) -> int:
        community = Community(appid=office.linli.community.appid, name="和苑东区")
        session.add(community)
        session.flush()
        home = Household(community_id=community.key, building="3", room="501")
        session.add(home)
        session.flush()
        return home.id or 0

    flat = office.linli.database.submit(east).result()
    async with await office.browser(Role.MANAGER) as browser:
        assert (await browser.get(f"/console/households/{flat}")).status == 404


async def test_talk_can_be_answered_where_wechat_allows_it(office: Office) -> None:
    _, talk, _, _ = alarm(office)
    async with await office.browser(Role.STAFF) as browser:
        refused = await browser.post(f"/console/conversations/{talk}/reply", data={"text": "您好"})
        assert refused.status == 422, "the resident has not spoken for 48 hours"
        await browser.post(f"/console/conversations/{talk}/take")

    taken = office.linli.database.submit(
        lambda s: s.exec(select(Conversation).where(Conversation.public_id == talk)).one()
    ).result()
    assert taken.staff_id is not None


def hand_over(office: Office) -> tuple[str, Task]:
    """Let somebody hand a question over; returns the id of the talk and the task."""

    def run(session: Session) -> tuple[str, Task]:
        turn = Turn(session=session, now=office.clock(), context=office.linli.context, openid=CHEN)
        followers.heard(session, CHEN, turn.community.key, office.clock())
        task = handoffs.open(turn, intent="fee.query", topic="问费用：<b>车位</b>", words="车位费多少", question=True)
        talk = conversations.open_with(session, CHEN, turn.community.key, office.clock())
        conversations.ask_for_person(talk, "问费用", office.clock())
        conversations.keep(session, talk)
        return talk.public_id, task

    return office.linli.database.submit(run).result()


async def test_talk_shows_what_is_handed_over_and_closes_it(office: Office) -> None:
    talk, task = hand_over(office)
    async with await office.browser(Role.STAFF) as browser:
        listed = await (await browser.get("/console/conversations", params={"q": task.number})).text()
        assert f"/console/conversations/{talk}" in listed
        assert task.number in await (await browser.get("/console/tasks")).text()

        page = await (await browser.get(f"/console/conversations/{talk}")).text()
        for shown in (task.number, "问费用：&lt;b&gt;车位&lt;/b&gt;", "“车位费多少”", "等了 0 分钟", "已告诉居民："):
            assert shown in page, shown

        answered = await browser.post(f"/console/conversations/{talk}/reply", data={"text": "每月 300 元"})
        assert answered.status == 200
        closed = await browser.post(f"/console/conversations/{talk}/close", data={"task": task.public_id, "note": "300 元"})
        assert f"{task.number} 已办结，已告诉居民。" in await closed.text()
        assert "等了" not in await (await browser.get(f"/console/conversations/{talk}")).text()
        assert (await browser.post(f"/console/conversations/{talk}/close", data={"task": "NOPE"})).status == 404


async def test_what_somebody_says_is_right_stands_filled_in_on_the_page_of_their_flat(office: Office) -> None:
    def ask(session: Session) -> int:
        chen = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
        says = {"name": "陈晓军", "phone": "13900001234"}
        tasks.open(
            session, office.clock(), kind="resident.correction", need="household.edit", title="登记更正", openid=chen.openid,
            household_id=chen.household_id, subject=chen.about, data={"says": says, "flat": chen.household_id},
        )  # fmt: skip
        return chen.household_id

    flat = await office.write(ask)
    async with await office.browser(Role.MANAGER) as manager:
        page = await (await manager.get(f"/console/households/{flat}")).text()
        tasks_page = await (await manager.get("/console/tasks")).text()

    assert 'value="陈晓军"' in page
    assert 'value="13900001234"' in page
    assert f"/console/households/{flat}#p-" in tasks_page
