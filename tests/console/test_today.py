"""The first page: what needs a hand now, in the order in which hands are needed, for who may see it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot.console import home
from bot.contract import Work
from bot.store import conversations, grants, tasks
from bot.store.conversations import Conversation
from bot.store.people import Resident
from bot.store.staff import Role, Staff

if TYPE_CHECKING:
    from tests.console.conftest import Browser, Office


def openid_of(session: Session, name: str) -> str:
    return session.exec(select(Resident.openid).where(Resident.name == name)).one() or ""


def wait(session: Session, office: Office, name: str, words: str, minutes: int) -> None:
    """Let a resident wait for a person since so many minutes."""
    openid, since = openid_of(session, name), office.clock() - timedelta(minutes=minutes)
    conversations.keep(session, conversations.open_with(session, openid, 1, since))
    talk = session.get_one(Conversation, openid)
    conversations.ask_for_person(talk, "", since)
    conversations.say(session, openid, "resident", words, since)
    session.add(talk)


def assign(session: Session, office: Office, title: str, minutes: int, **more: object) -> tasks.Task:
    now = office.clock() - timedelta(minutes=minutes)
    return Work(session=session, now=now, context=office.linli.context).assign("repair.urged", "task.view", title, **more)  # type: ignore[arg-type]


async def rows(browser: Browser, query: str = "") -> list[str]:
    page = await (await browser.get(f"/console{query}")).text()
    [found] = re.findall(r'<ul class="list-group list-group-flush hands">(.*?)</ul>', page, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found.split("</li>") if row.strip()]


async def test_urgent_things_come_first_then_the_longest_waiting_with_words_and_who_has_them(office: Office) -> None:
    def happen(session: Session) -> None:
        wait(session, office, "陈建国", "门禁卡坏了", 30)
        assign(session, office, "催修水管", 90)
        assign(session, office, "着火", 1, urgent=True)

    await office.write(happen)
    async with await office.browser(Role.STAFF) as staff:
        assert await rows(staff) == [
            "紧急 着火 等了 1 分钟 没人接", "催修水管 等了 90 分钟 没人接", "居民找人 3栋2单元501 陈建国 等了 30 分钟 没人接 “门禁卡坏了”",
        ]  # fmt: skip


async def test_flat_that_the_title_names_is_not_said_again_beside_it(office: Office) -> None:
    def happen(session: Session) -> None:
        home = session.exec(select(Resident).where(Resident.name == "陈建国")).one().household_id
        openid = openid_of(session, "陈建国")
        task = assign(session, office, "火警：3栋2单元501", 1, urgent=True)
        task.openid, task.household_id = openid, home

    await office.write(happen)
    async with await office.browser(Role.STAFF) as staff:
        assert [row.split(" 等了")[0] for row in await rows(staff)] == ["紧急 火警：3栋2单元501 陈建国"]


async def test_danger_to_life_goes_before_all_else_that_is_urgent_in_the_list_and_in_the_red_bar(office: Office) -> None:
    def happen(session: Session) -> None:
        for minutes, words in ((40, "厨房漏水"), (30, "新绑定的人不认识")):
            assign(session, office, words, minutes, urgent=True)
        for minutes, kind, words in ((20, "sos", "电梯困人"), (10, "fire", "燃气泄漏"), (5, "sos", "急病")):
            task = assign(session, office, words, minutes, urgent=True)
            task.kind = f"emergency.{kind}"

    await office.write(happen)
    async with await office.browser(Role.STAFF) as staff:
        first = ["电梯困人", "燃气泄漏", "急病", "厨房漏水", "新绑定的人不认识"]
        assert [row.split()[1] for row in await rows(staff)] == first
        listed = await (await staff.get("/console/tasks")).text()
        assert sorted(first, key=listed.rindex) == first
        bar = await (await staff.get("/console/alarms")).text()
        assert re.findall("<strong>(.*?)</strong>", bar) == first[:3], "danger to life is always shown"
        assert "还有 2 个没有人处理" in bar


async def test_list_is_narrowed_to_ones_own_and_to_what_nobody_has(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:

        def happen(session: Session) -> None:
            me = session.exec(select(Staff).where(Staff.role == Role.STAFF)).first()
            assert me is not None
            mine = assign(session, office, "我接的", 5)
            tasks.claim(session, mine, me.id or 0, office.clock(), "staff:x")
            assign(session, office, "没人接的事", 9)
            wait(session, office, "陈建国", "在吗", 3)
            talk = session.get_one(Conversation, openid_of(session, "陈建国"))
            talk.assigned_id = me.id

        await office.write(happen)
        assert await rows(staff, "?whose=mine") == [
            "我接的 等了 5 分钟 我在办",
            "居民找人 3栋2单元501 陈建国 等了 3 分钟 我在办 “在吗”",
        ]
        assert await rows(staff, "?whose=nobody") == ["没人接的事 等了 9 分钟 没人接"]
        page = await (await staff.get("/console")).text()
    assert re.findall(r">(大家的|我的|没人接的) (\d+)</a>", page) == [("大家的", "3"), ("我的", "2"), ("没人接的", "1")]


async def test_nothing_is_cut_without_a_word(office: Office) -> None:
    def happen(session: Session) -> None:
        for number in range(home.SHOWN + 3):
            assign(session, office, f"第{number}件", 100 - number)

    await office.write(happen)
    async with await office.browser(Role.STAFF) as staff:
        first = await rows(staff)
        page = await (await staff.get("/console")).text()
        [further] = re.findall(r'href="/console(\?[^"]*)">还有 3 件', page)
        second = await rows(staff, further.replace("&amp;", "&"))
        beyond = await rows(staff, "?page=999")

    assert [row.split()[0] for row in (*first, *second)] == [f"第{number}件" for number in range(home.SHOWN + 3)]
    assert beyond == second


async def test_talk_that_is_answered_needs_no_hand_until_the_resident_speaks_again(office: Office) -> None:
    await office.write(lambda session: wait(session, office, "陈建国", "门禁卡坏了", 30))

    def answer(session: Session) -> None:
        openid = openid_of(session, "陈建国")
        me = session.exec(select(Staff)).first()
        assert me is not None
        conversations.take_over(session.get_one(Conversation, openid), me.id or 0, office.clock())
        conversations.say(session, openid, "staff", "来修", office.clock(), staff_id=me.id)

    def ask(session: Session) -> None:
        conversations.say(session, openid_of(session, "陈建国"), "resident", "几点来", office.clock())

    async with await office.browser(Role.MANAGER) as manager:
        await office.write(answer)
        assert "门禁卡坏了" not in str(await rows(manager))
        await office.write(ask)
        assert "“几点来”" in str(await rows(manager))


@pytest.mark.parametrize("need", ["conversation.view", "task.view"])
async def test_who_may_not_see_talks_or_tasks_is_shown_none(office: Office, need: str) -> None:
    def happen(session: Session) -> None:
        wait(session, office, "陈建国", "门禁卡坏了", 30)
        assign(session, office, "催修水管", 90)
        grants.change(session, Role.STAFF, need, False, True)

    await office.write(happen)
    async with await office.browser(Role.STAFF) as staff:
        page = await (await staff.get("/console")).text()

    assert "/console/conversations/" not in page
    assert "门禁卡坏了" not in page
    assert ("催修水管" in page) is (need != "task.view")


async def test_figures_lead_to_what_is_behind_them(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager, await office.browser(Role.STAFF) as staff:
        pages = [await (await one.get("/console")).text() for one in (manager, staff)]
        linked = [re.findall(r'<strong>\d+</strong><a href="([^"]*)">', page) for page in pages]
        for path in {*linked[0], *linked[1]}:
            assert (await manager.get(path.replace("&amp;", "&"))).status == 200, path

    assert "/console/people?bound=yes" in linked[0]
    assert "/console/audit?at_from=2026-03-11&amp;kind=repair.opened" in linked[0]
    assert "/console/tickets" in linked[1], "who does not read the log gets the service's page"
    assert not any("audit" in path for path in linked[1])


async def test_team_is_shown_with_what_each_has_in_hand_and_leads_to_it(office: Office) -> None:
    def happen(session: Session) -> None:
        wait(session, office, "陈建国", "门禁卡坏了", 30)
        manager = session.exec(select(Staff).where(Staff.login == "wang")).one()
        talk = session.get_one(Conversation, openid_of(session, "陈建国"))
        talk.assigned_id = manager.id
        session.add(talk)
        for title in ("催修水管", "催修电梯"):
            task = assign(session, office, title, 90)
            tasks.claim(session, task, manager.id or 0, office.clock(), "staff:x")
        assign(session, office, "没人接的", 5)

    await office.write(happen)
    manager = await office.read(lambda session: session.exec(select(Staff).where(Staff.login == "wang")).one())
    async with await office.browser(Role.STAFF) as staff:
        page = await (await staff.get("/console")).text()
        theirs = await rows(staff, f"?whose={manager.id}")
        unknown = await rows(staff, "?whose=999")

    [team] = re.findall(r"谁手上有几件</h2></div>(.*?)</ul>", page, re.S)
    assert re.findall(r'whose=(\d+|mine)">([^<]*)</a> <span>(\d+)<', team) == [(str(manager.id), manager.name, "3")]
    assert len(theirs) == 3
    assert all(manager.name in row for row in theirs)
    assert len(unknown) == 4, "all, for nobody of that number has anything"
