"""The residents' pages: opened from sealed links in the chat, without signing in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment
from sqlmodel import Session

from bot.contract import Context, Download, Page, Redirect, Services, View, Visit
from bot.errors import Forged, Refusal, is_missing
from bot.posted import Sent, read_form, with_keys
from bot.store.database import Database

EXPIRED = "这个链接已经过期，或者不完整。请在微信里再要一个。"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the pages are made of."""

    database: Database
    context: Callable[[int | None], Context]  # of a community; None = the first
    services: Services
    clock: Callable[[], datetime]
    templates: Environment


def mount(app: web.Application, parts: Parts) -> None:
    """Add the integrations' pages under /p."""
    for integration in parts.services.integrations:
        for page in integration.pages:
            app.router.add_route(page.method, f"/p{page.path}", _handler(parts, page))


def _handler(parts: Parts, page: Page) -> Callable[[web.Request], Any]:
    async def handle(request: web.Request) -> web.Response:
        now = parts.clock()
        try:
            keys = parts.context(None).keys
            context = parts.context(keys.check_link(request.path, request.query.get("k", ""), now))
        except (Forged, LookupError):
            return _show(parts, View("pages/problem.html", {"title": "链接打不开", "text": EXPIRED}, 403))
        form = await read_form(request) if request.method == "POST" else {}
        run = parts.database.write if request.method == "POST" else parts.database.read
        try:
            result = await run(Sent.of(form, "", request.path_qs, now).act, _serve, context, page, request.match_info, form, now)
        except LookupError as error:
            if not is_missing(error):
                raise
            return _show(parts, View("pages/problem.html", {"title": "没有找到", "text": EXPIRED}, 404))
        except Refusal as refusal:
            return _show(parts, View("pages/problem.html", {"title": "没有完成", "text": str(refusal)}, 422))
        if result is None:
            return _show(
                parts, View("pages/problem.html", {"title": "刚才已经提交过了", "text": "前一次已经办好，这一次没有再做一遍。"})
            )
        return _show(parts, result)

    return handle


def _serve(session: Session, context: Context, page: Page, params: Mapping[str, str], form: Mapping[str, str], now: datetime
           ) -> View | Redirect | Download:  # fmt: skip
    return page.run(Visit(session=session, now=now, context=context, params=dict(params), form=form))


def _show(parts: Parts, result: View | Redirect | Download) -> web.Response:
    if isinstance(result, Redirect):
        return web.Response(status=303, headers={"Location": result.to})
    if isinstance(result, Download):
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(result.filename)}"} if result.filename else {}
        return web.Response(body=result.body, content_type=result.content_type, headers=headers)
    text = with_keys(parts.templates.get_template(result.template).render(result.values))
    return web.Response(text=text, content_type="text/html", status=result.status)
