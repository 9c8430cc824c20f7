"""What an address opens that is loaded anew: one that forms are only posted to, and the first page of who works elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from bot.store import grants
from bot.store.notices import Notice
from bot.store.staff import Role

if TYPE_CHECKING:
    from sqlmodel import Session

    from tests.console.conftest import Office

HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("address", "form", "resent"),
    [
        ("/console/notices/preview", "/console/notices/new", "/console/notices/preview"),
        ("/console/notices/times", "/console/notices/new", "/console/notices/times"),
        ("/console/notices/draft", "/console/notices/new", "/console/notices/preview"),
        ("/console/notices/test", "/console/notices/new", "/console/notices/preview"),
        ("/console/notices/left-out", "/console/notices/new", "/console/notices/left-out"),
        ("/console/tickets/look", "/console/tickets/new", "/console/tickets/look"),
        ("/console/knowledge/import/look", "/console/knowledge/import", "/console/knowledge/import/look"),
    ],
)
async def test_page_that_was_posted_to_leads_to_its_form_and_shows_what_the_tab_kept(
    office: Office, address: str, form: str, resent: str
) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        async with manager.get(address, headers=HTML) as response:
            page = await response.text()

    assert response.status == 200
    assert f'href="{form}"' in page
    assert f'data-again-to="{resent}"' in page
    assert "没有找到" not in page


async def test_form_that_was_refused_goes_by_an_address_that_opens_it_again(office: Office) -> None:
    """/console/notices opens the list of all notices: whoever copies that address and opens it would find their words gone."""
    async with await office.browser(Role.MANAGER) as manager:
        refused = await manager.post("/console/notices", data={"to": "3栋", "title": "", "body": "明天九点停水。"}, headers=HTML)
        page = await refused.text()
        own = await manager.post(
            "/console/notices/draft", data={"to": "3栋", "title": "", "body": "明天九点停水。"}, headers=HTML
        )

    assert refused.status == 422
    assert 'data-posted="/console/notices/preview"' in page
    assert "data-keeps" in page
    assert 'data-posted="/console/notices/preview"' in await own.text()


@pytest.mark.parametrize(
    ("address", "to"),
    [
        ("/console/notices/reach", "/console/notices"),
        ("/console/knowledge/try", "/console/knowledge"),
        ("/console/intents/try", "/console/intents"),
        ("/console/roster/read", "/console/roster"),
        ("/console/gate/ask", "/console/gate"),
        ("/console/account/password", "/console/account"),
        ("/console/out", "/console/start"),
    ],
)
async def test_act_that_is_loaded_anew_is_not_done_and_leads_back(office: Office, address: str, to: str) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        async with admin.get(address, headers=HTML, allow_redirects=False) as response:
            pass
        still = await admin.get("/console/account", headers=HTML)

    assert (response.status, response.headers.get("Location")) == (303, to)
    assert still.status == 200


async def test_act_upon_something_leads_to_its_page(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        form = {"to": "3栋", "title": "停水", "body": "明天九点停水。"}
        await manager.post("/console/notices/draft", data=form)
        [notice] = await office.read(lambda session: session.exec(select(Notice)).all())
        async with manager.get(f"/console/notices/{notice.public_id}/discard", headers=HTML, allow_redirects=False) as response:
            pass

    assert (response.status, response.headers["Location"]) == (303, f"/console/notices/{notice.public_id}")
    assert len(await office.read(lambda session: session.exec(select(Notice)).all())) == 1


async def test_address_that_is_none_is_still_not_found(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager, await office.browser() as stranger:
        none = await manager.get("/console/notices/NOSUCH", headers=HTML)
        unknown = await manager.get("/console/nowhere/at/all", headers=HTML)
        outside = await stranger.get("/console/notices/preview", headers=HTML, allow_redirects=False)

    assert (none.status, unknown.status) == (404, 404)
    assert outside.status == 302


async def test_whoever_may_not_see_the_first_page_is_led_to_their_own(office: Office) -> None:
    async with await office.browser(Role.GUARD) as guard:
        shown = await guard.get("/console", headers=HTML)

    assert (shown.status, shown.url.path) == (200, "/console/gate")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_each_role_has_a_first_page(office: Office, role: Role) -> None:
    async with await office.browser(role) as browser:
        shown = await browser.get("/console", headers=HTML)

    assert shown.status == 200


async def test_role_without_a_page_of_its_work_is_led_to_what_everybody_has(office: Office) -> None:
    def take_all(session: Session) -> None:
        for need in office.linli.services.permissions:
            if need != "console.start":
                grants.change(session, Role.GUARD, need, allowed=False, default=True)

    await office.write(take_all)
    async with await office.browser(Role.GUARD) as guard:
        shown = await guard.get("/console", headers=HTML)

    assert (shown.status, shown.url.path) == (200, "/console/me/wechat")
