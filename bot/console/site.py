"""The console's addresses: the integrations' pages and our own, behind sign-in and permissions."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web
from sqlmodel import Session

from bot.console import (
    conversations,
    events,
    home,
    intents,
    live,
    notices,
    permissions,
    photos,
    problems,
    security,
    signin,
    staff,
    tasks,
    welcome,
)
from bot.console.parts import MENU, PARTS, Parts, shared_values, signed_in
from bot.console.views import respond
from bot.errors import Refusal
from bot.model import Staff
from bot.plugin import Desk, Download, Page, Redirect, View
from bot.posted import read_form
from bot.store.events import last_id

__all__ = ["Parts", "mount"]

#: The bot's own pages behind the first one, in the order of the menu; the integrations' follow.
OWN: tuple[Page, ...] = (
    *conversations.ROUTES, *tasks.ROUTES, *notices.ROUTES, *staff.ROUTES,
)  # fmt: skip


def mount(app: web.Application, parts: Parts) -> None:
    """Add the console to the application."""
    pages = [
        *home.pages(parts.integrations),
        *OWN,
        *events.pages(parts.integrations),
        *(page for integration in parts.integrations for page in integration.console),
    ]
    app[PARTS] = parts
    app[MENU] = [page for page in (*pages, intents.ENTRY) if page.nav]
    app.middlewares.extend((problems.explain, security.guard))
    app.on_response_prepare.append(security.dress)
    app.router.add_static("/static", Path(__file__).parent / "static", append_version=False)
    signin.mount(app)
    if parts.demo:
        welcome.mount(app)
    live.mount(app)
    photos.mount(app)
    intents.mount(app)
    for page in pages:
        if not page.need:
            raise ValueError(f"console page {page.path} names no permission")
        app.router.add_route(page.method, f"/console{page.path}".rstrip("/"), _handler(parts, page))


def _handler(parts: Parts, page: Page) -> Callable[[web.Request], Any]:
    async def handle(request: web.Request) -> web.StreamResponse:
        member = await signed_in(request)
        if member is None:
            raise web.HTTPFound(f"/console/in?to={quote(request.rel_url.raw_path)}" if request.method == "GET" else "/console/in")
        shared = shared_values(request, parts, member, page)
        if not permissions.may(member.role, page.need):
            holders = "、".join(permissions.holders(page.need))
            return _problem(parts, shared, 403, "没有权限", f"这个页面需要{holders}的账号。需要的话请联系管理员。")
        if request.method == "GET":  # taken before the page is read: its live stream misses nothing after
            shared["since"] = await parts.database.read(last_id)
        form = await read_form(request) if request.method == "POST" else {}
        run = parts.database.write if request.method == "POST" and not page.reads else parts.database.read
        try:
            result = await run(_serve, parts, page, member, request, form)
        except LookupError:
            return _problem(parts, shared, 404, "没有找到", "它可能已被删除，或者链接写错了。")
        except Refusal as refusal:
            return _problem(parts, shared, 422, "没有完成", str(refusal))
        return respond(result, parts.templates, shared)

    return handle


def _serve(session: Session, parts: Parts, page: Page, member: Staff, request: web.Request, form: Mapping[str, str]
           ) -> View | Redirect | Download:  # fmt: skip
    desk = Desk(
        session=session, now=parts.clock(), context=parts.house().context, staff=member, params=dict(request.match_info),
        query={name: value.replace("\0", "") for name, value in request.query.items()}, form=form, may=lambda need: permissions.may(member.role, need),
    )  # fmt: skip
    return page.run(desk)


def _problem(parts: Parts, shared: Mapping[str, Any], status: int, title: str, text: str) -> web.Response:
    return respond(View("console/problem.html", {"title": title, "text": text}, status), parts.templates, shared)
