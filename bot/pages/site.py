"""The residents' pages: opened from sealed links in the chat, without signing in."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment
from sqlmodel import Session

from bot.contract import Context, Download, Page, Reading, Redirect, Services, View, Visit, Work
from bot.errors import Forged, Refusal, is_missing
from bot.language import large
from bot.language.identifiers import withheld
from bot.posted import KEY, Sent, read_form, read_upload, with_keys
from bot.store import events, scope
from bot.store.database import Database

#: How long what somebody reads again is the same reading, as in the console.
AGAIN = timedelta(minutes=10)

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
        now, is_large = parts.clock(), large.MARK in request.query_string.split("&")
        show = partial(_show, is_large=is_large, known=request.headers.get("If-None-Match", ""))
        try:
            keys = parts.context(None).keys
            context = parts.context(keys.check_link(request.path, request.query.get("k", ""), now))
        except (Forged, LookupError):
            return show(parts, View("pages/problem.html", {"title": "链接打不开", "text": EXPIRED}, 403))
        sent, taken, file = await _sent(request, page)
        form = {
            name: withheld(value) if name != KEY else value for name, value in sent.items()
        }  # words enter here as in the chat
        run, read = parts.database.write if request.method == "POST" else parts.database.read, list[Reading]()
        afterwards = list[Callable[[Work], None]]()
        try:
            result = await run(
                Sent.of({**form, **file}, "", request.path_qs, now).act, _serve, context, page, request.match_info, form, taken, now,
                read, afterwards,
            )  # fmt: skip
        except LookupError as error:
            if not is_missing(error):
                raise
            return show(parts, View("pages/problem.html", {"title": "没有找到", "text": EXPIRED}, 404))
        except Refusal as refusal:
            return show(parts, View("pages/problem.html", {"title": "没有完成", "text": str(refusal)}, 422))
        if read:
            await parts.database.write(_write_down, context.community.key, read, now)
        if afterwards:
            await parts.database.write(_carry_on, context, afterwards, now)
        if result is None:
            return show(
                parts, View("pages/problem.html", {"title": "刚才已经提交过了", "text": "前一次已经办好，这一次没有再做一遍。"})
            )
        return show(parts, result)

    return handle


async def _sent(request: web.Request, page: Page) -> tuple[dict[str, str], Any, dict[str, str]]:
    """Return a form's fields, what the page made of its file, and what tells that file from others."""
    if request.method != "POST":
        return {}, None, {}
    if page.takes is None:
        return await read_form(request), None, {}
    form, upload = await read_upload(request, page.file)
    return form, await asyncio.to_thread(page.takes, upload, form), {"\0file": sha256(upload.body).hexdigest()}


def _serve(session: Session, context: Context, page: Page, params: Mapping[str, str], form: Mapping[str, str], taken: Any, now: datetime,
           read: list[Reading], afterwards: list[Callable[[Work], None]]) -> View | Redirect | Download:  # fmt: skip
    visit = Visit(session=session, now=now, context=context, params=dict(params), form=form, taken=taken)
    result = page.run(visit)
    read[:], afterwards[:] = visit.read_by_now, visit.afterwards
    return result


def _carry_on(session: Session, context: Context, afterwards: Sequence[Callable[[Work], None]], now: datetime) -> None:
    """Write down what a page wanted written down behind it."""
    work = Work(session=session, now=now, context=context)
    for run in afterwards:
        run(work)


def _write_down(session: Session, community_id: int, read: Sequence[Reading], now: datetime) -> None:
    """Write down what is about to be shown, once in a while however often a page is fetched anew."""
    with scope.within(session, community_id):
        for one in dict.fromkeys(read):
            if not events.is_recent(session, "data.read", one.subject, one.actor, now - AGAIN):
                events.record(session, now, "data.read", subject=one.subject, actor=one.actor, what=one.what)


def _show(parts: Parts, result: View | Redirect | Download, *, is_large: bool = False, known: str = "") -> web.Response:
    """Answer with a page; whoever came in big letters stays in them, wherever its links lead.

    A page that renews itself asks by the mark of what it has (`known`), and is sent nothing while that is what there is.
    """
    if isinstance(result, Redirect):
        return web.Response(status=303, headers={"Location": large.with_big_pages(result.to) if is_large else result.to})
    if isinstance(result, Download):
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(result.filename)}"} if result.filename else {}
        return web.Response(body=result.body, content_type=result.content_type, headers=headers)
    text = parts.templates.get_template(result.template).render({**result.values, "is_large": is_large})
    mark = f'"{sha256(text.encode()).hexdigest()[:32]}"'
    if known == mark and result.status == HTTPStatus.OK:
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": mark})
    text = with_keys(text)
    text = large.with_big_pages(text) if is_large else text
    return web.Response(text=text, content_type="text/html", status=result.status, headers={"ETag": mark})
