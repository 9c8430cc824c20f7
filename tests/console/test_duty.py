"""Duty over HTTP: pages of every role, and the alarm's page as a phone opens it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.contract import Work
from bot.store import scope
from bot.store.staff import Role, Staff
from integrations.duty import summons


async def page(office: Any, role: Role, path: str) -> tuple[int, str]:
    async with await office.browser(role) as browser, browser.get(f"/console{path}") as response:
        return response.status, await response.text()


@pytest.mark.parametrize("role", [Role.GUARD, Role.STAFF, Role.MANAGER, Role.ADMIN])
async def test_everybody_can_bind_their_own_wechat(office: Any, role: Role) -> None:
    async with await office.browser(role) as browser:
        async with browser.get("/console/me/wechat") as response:
            form = re.search(r'action="/console/me/wechat/code">(.*?)</form>', await response.text(), re.DOTALL)
            assert form
        once = re.search(r'name="(\w+)" value="([^"]+)"', form[1])
        async with browser.post("/console/me/wechat/code", data={once[1]: once[2]} if once else {}) as response:
            assert re.search("绑定员工 [0-9A-Z]{6}", await response.text())


async def test_the_demo_roster_names_who_is_on_duty_and_who_cannot_be_reached(office: Any) -> None:
    status, text = await page(office, Role.MANAGER, "/duty")

    assert status == 200
    assert "没有绑定微信，警报发不到他的手机" in text
    assert "添加值班" in text
    assert "添加值班" not in (await page(office, Role.GUARD, "/duty"))[1]
    assert (await page(office, Role.MANAGER, "/duty/robots"))[0] == 200
    assert (await page(office, Role.STAFF, "/duty/robots"))[0] == 403
    shift = re.search(r"/console(/duty/shifts/\d+)", text)
    assert shift
    assert (await page(office, Role.MANAGER, shift[1]))[0] == 200


async def test_the_alarm_is_taken_by_one_tap_without_signing_in(office: Any) -> None:
    def begin(session: Session) -> str:
        context = office.linli.context
        scope.enter(session, context.community.key)
        work = Work(session=session, now=office.clock(), context=context)
        task = work.assign("emergency.fire", "task.view", "火警：3栋2单元501", urgent=True, text="着火了")
        return summons.link(work, task, session.exec(select(Staff).where(Staff.login == "chen")).one())

    link = (await office.linli.database.write(begin)).removeprefix("http://127.0.0.1:1")
    async with await office.browser() as browser:
        async with browser.get(link) as response:
            assert "我来处理" in await response.text()
        async with browser.post(link, data={"do": "claim"}, allow_redirects=False) as response:
            assert response.status in (200, 303)
        async with browser.get(link) as response:
            text = await response.text()
        assert "由您处理" in text
        assert "转给同事" in text
        assert "误报，现场没事" in text
        async with browser.get(link.replace("/chen?", "/wang?")) as response:
            assert response.status == 403


async def test_admins_see_who_can_be_reached(office: Any) -> None:
    assert "没绑微信" in (await page(office, Role.ADMIN, "/staff"))[1]
