"""Somebody has left, and their tasks have no words any more: every page still opens, and a fault of ours is never called a missing page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from sqlmodel import Session, select

from bot import app
from bot.contract import Desk, Integration, Services, View, page
from bot.dialogue.answer import SILENT, pack
from bot.eraser import Eraser
from bot.store import erasures, tasks
from bot.store.staff import Role
from bot.store.tasks import Task
from tests.console.conftest import Office

GONE = "oGone"
SAID = {"building": "9", "unit": "9", "room": "909", "name": "赵新", "knows_number": False}

#: The stream of what happens, the page that wants to be told which two, and what stands in the demo alone.
ELSEWHERE = {"/console/live", "/console/duplicates/compare", "/console/gate/turnstile"}


def asked(session: Session, office: Office) -> None:
    """Let a stranger have an open task of every kind that leads to no thing of its own."""
    services = office.linli.services
    for kind in (one for service in services.integrations for one in service.tasks if "{" not in one.path):
        name = kind.kind.replace("*", "fire")
        task = tasks.open(
            session, office.clock(), kind=name, need=kind.need or "task.view", title="赵新的事", openid=GONE, data=SAID
        )
        task.subject = task.about


async def leave(office: Office) -> None:
    linli = office.linli
    await office.write(erasures.ask, GONE, office.clock())
    eraser = Eraser(linli.database, office.clock, linli.context_of, Path("/nowhere"), pack(SILENT))
    await eraser.step()


async def addresses(office: Office) -> list[str]:
    """Return every address of the console that opens by itself."""
    found = [
        route.resource.canonical
        for route in office.server.app.router.routes()  # type: ignore[union-attr]
        if route.method == "GET" and route.resource is not None and route.resource.canonical.startswith("/console")
    ]
    return sorted({one for one in found if "{" not in one} - ELSEWHERE)


async def test_every_page_and_what_it_leads_to_opens_after_somebody_has_left(office: Office) -> None:
    await office.write(asked, office)
    await leave(office)

    async with await office.browser(Role.ADMIN) as browser:
        led: set[str] = set()
        for path in await addresses(office):
            response = await browser.get(path, headers={"Accept": "text/html"})
            assert response.status == 200, path
            if "html" in response.content_type:
                led |= set(re.findall(r'href="(/console/[^"#]+)"', await response.text()))
        led = {one for one in led if not one.startswith("/console/intents/")}  # files, in which nothing is of anybody
        assert len(led) > 30
        for path in sorted(led):
            response = await browser.get(path.replace("&amp;", "&"), headers={"Accept": "text/html"})
            assert response.status == 200, path


async def test_nothing_is_left_to_confirm_of_somebody_who_has_left(office: Office) -> None:
    await office.write(asked, office)
    await leave(office)

    found = await office.read(lambda session: session.exec(select(Task).where(Task.kind == "identity.confirm")).all())
    assert [(one.is_open, one.outcome) for one in found if one.title == erasures.ERASED] == [(False, "居民已离开")]


async def test_a_request_that_lost_its_words_before_is_shown_and_can_be_refused(office: Office) -> None:
    def lose(session: Session) -> str:
        task = tasks.open(session, office.clock(), kind="identity.confirm", need="people.confirm", title="核对住址：9栋909")
        return task.public_id

    key = await office.write(lose)
    async with await office.browser(Role.STAFF) as browser:
        assert "核对住址：9栋909" in await (await browser.get("/console/flats")).text()
        added = await browser.post(f"/console/flats/{key}/confirm", data={"household": "new"})
        assert (added.status, "已删除" in await added.text()) == (422, True)
        assert (await browser.post(f"/console/flats/{key}/refuse")).status == 200
        assert "核对住址：9栋909" not in await (await browser.get("/console/flats")).text()


@page("GET", "/lamps", need="home.view")
def lamps(desk: Desk) -> View:
    return View("console/problem.html", {"title": desk.query["colour"]})


async def test_a_fault_of_ours_is_written_down_and_never_called_a_missing_page(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Integration(name="lamps", title="灯", folder=Path(__file__).parent, console=(lamps,))
    services = Services(integrations=(*office.linli.services.integrations, broken))
    async with (
        TestServer(app.build(replace(office.linli, services=services))) as server,
        await Office(office.linli, office.clock, server).browser(Role.ADMIN) as browser,
    ):
        response = await browser.get("/console/lamps", headers={"Accept": "text/html"})
        said = await response.text()

    assert (response.status, "已经记下来了" in said) == (500, True)
    assert "page failed" in capsys.readouterr().out
