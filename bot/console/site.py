"""The console's addresses: the integrations' pages and our own, behind sign-in and permissions."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web
from sqlmodel import Session

from bot.console import (
    account,
    again,
    alarms,
    cookies,
    effects,
    events,
    faults,
    figures,
    home,
    intents,
    keeping,
    keys,
    lists,
    live,
    permissions,
    photos,
    problems,
    readings,
    review,
    security,
    signin,
    staff,
    welcome,
)
from bot.console.languages import language_of
from bot.console.own import CORE
from bot.console.parts import MENU, PARTS, Parts, Viewer, around, live_from, shared_values, signed_in, stands_around, token_of
from bot.console.views import Phone, rendered, respond
from bot.contract import Desk, Download, Page, Reading, Redirect, Role, View, Work, row_id
from bot.contract.access import PHONES, START
from bot.errors import Refusal, is_missing
from bot.language.identifiers import without_papers
from bot.posted import KEY, Sent, read_form, read_upload
from bot.store import sessions
from bot.translation import tr, tr_all

__all__ = ["Parts", "mount"]

#: Files that are sent compressed.
TEXTS = (".css", ".js")
NOT_SENT = Sent(mark="", now=datetime.max.replace(tzinfo=UTC))  # what is only looked at
PARTIAL = ("If-None-Match", "If-Modified-Since", "Range")  # who asks so may get less than the whole file


def mount(app: web.Application, parts: Parts) -> None:
    """Add the console to the application; raises ValueError for a page that names no declared permission."""
    integrations = parts.services.integrations
    pages = [
        *home.pages(parts.services),
        *staff.ROUTES,
        *permissions.ROUTES,
        *keys.ROUTES,
        *figures.pages(parts.services),
        *keeping.ROUTES,
        *effects.ROUTES,
        *alarms.ROUTES,
        *review.pages(parts.understanding),
        *lists.pages_of(events.LIST),
        *(page for one in integrations if one is not CORE for page in (*lists.pages_of(*one.lists), *one.console)),
        *lists.pages(parts.services),
    ]
    app[PARTS], app[cookies.HTTPS] = parts, parts.base_url.startswith("https://")
    app[MENU] = [page for page in (*pages, intents.ENTRY) if page.nav]
    app.middlewares.extend((shrink, problems.explain, security.guard))
    app.on_response_prepare.append(security.dress)
    app.router.add_static("/static", Path(__file__).parent / "static", append_version=False)
    signin.mount(app)
    account.mount(app)
    if parts.demo:
        welcome.mount(app)
    app[readings.READINGS] = readings.Readings()
    live.mount(app)
    photos.mount(app)
    intents.mount(app)
    app.router.add_post("/console/look/{community}", look)
    app.router.add_get("/console/", without_slash)
    declared: Mapping[tuple[str, str], Page] = {(page.method, f"/console{page.path}"): page for page in pages}
    app[again.PAGES] = declared
    for page in pages:
        if page.need not in parts.services.permissions:
            raise ValueError(f"console page {page.path} needs {page.need!r}, a permission that no service declares")
        app.router.add_route(page.method, f"/console{page.path}".rstrip("/"), _handler(parts, page))


@web.middleware
async def shrink(request: web.Request, handler: security.Handler) -> web.StreamResponse:
    """Compress pages and what they are made of, for browsers that can read it: a phone at the gate has a slow line.

    A page that another site had opened stays as long as it is: packed, its length tells whether what that site put into the address
    (?q=138) stands in the page once more (https://breachattack.com).

    Of files only the whole is packed. The end of what is packed is bytes, too, where nothing is to follow: after a 304 or an answer to
    HEAD, a browser takes them for the beginning of its next answer and loses that one; and a part of a file is counted unpacked.
    """
    response = await handler(request)
    is_whole = request.method == "GET" and not any(name in request.headers for name in PARTIAL)
    is_file = isinstance(response, web.FileResponse) and request.path.endswith(TEXTS) and is_whole
    is_page = isinstance(response, web.Response) and response.content_type == "text/html"
    if is_file or (is_page and not security.is_led_here(request.headers)):
        response.enable_compression()
        response.headers.setdefault("Vary", "Accept-Encoding")
    return response


async def without_slash(request: web.Request) -> web.StreamResponse:
    """Lead who typed the address with a slash at its end to the first page."""
    raise web.HTTPFound("/console")


async def look(request: web.Request) -> web.StreamResponse:
    """Look at another community from now on; only where one works, or for the city."""
    viewer, parts, chosen = await signed_in(request), request.app[PARTS], row_id(request.match_info["community"])
    if viewer is None:
        raise web.HTTPFound("/console/in")
    if (
        chosen is None
        or chosen not in parts.communities()
        or not await parts.database.write(sessions.look_at, token_of(request), viewer.staff, chosen)
    ):
        raise web.HTTPNotFound(text=tr("没有这个小区，或者您不在那里工作。"))
    raise web.HTTPSeeOther("/console/start")


def _handler(parts: Parts, page: Page) -> Callable[[web.Request], Any]:
    async def handle(request: web.Request) -> web.StreamResponse:
        if not page.comes_first:
            return await answer(request)
        with parts.database.precedence.taken():
            return await answer(request)

    async def answer(request: web.Request) -> web.StreamResponse:
        viewer = await signed_in(request)
        if viewer is None:
            raise web.HTTPFound(f"/console/in?to={quote(request.rel_url.raw_path)}" if request.method == "GET" else "/console/in")
        shared = {**shared_values(request, parts, viewer, page), "kept_at": again.kept_at(request, page)}

        async def problem(status: int, title: str, text: str, written: Sequence[str] = ()) -> web.Response:
            """Tell why nothing was done, and give back what somebody has written, so that it need not be thought up again."""
            shown = View("console/problem.html", {"title": title, "text": text, "written": written}, status)
            return respond(shown, parts.templates, {**shared, **await around(request, viewer, is_live=True)})

        if viewer.staff.role is Role.CITY and request.method == "POST" and not page.reads:
            return await problem(403, tr("没有权限"), tr("城市账号只看不改。要改的话，请联系这个小区的管理员。"))
        if not viewer.may(page.need):
            if page.method == "GET" and page.path == "/" and viewer.may(START):
                raise web.HTTPFound("/console/start")  # where this role works
            holders = tr_all("、", viewer.access.holders(page.need))
            return await problem(403, tr("没有权限"), tr("这个页面需要{holders}的账号。需要的话请联系管理员。", holders=holders))
        form, taken, digest = await _posted(request, page)
        writes = request.method == "POST" and not page.reads
        sent = Sent.of({**form, **digest} if writes else {}, viewer.staff.person, request.path, parts.clock())
        written = [words for name, words in form.items() if name != KEY and not words.isascii()]
        run = parts.database.write if writes else parts.database.read
        run = parts.database.write_first if writes and page.comes_first else run
        try:
            result, own, read, afterwards = await run(_serve, parts, page, viewer, request, form, sent, taken)
        except LookupError as error:
            if not is_missing(error):
                raise
            return await problem(404, tr("没有找到"), tr("它可能已被删除，或者链接写错了。"), written)
        except Refusal as refusal:
            if _wants_fragment(request):  # said where the form stands, which keeps all that was filled in
                return respond(
                    View("console/refused.html", {"text": str(refusal), "field": refusal.field}, 422), parts.templates, shared
                )
            form_again = (
                await _form_again(request, parts, viewer, page, form, written, refusal) if request.method == "POST" else None
            )
            return form_again or await problem(422, tr("没有完成"), str(refusal), written)
        if result is None:
            return await problem(200, tr("刚才已经提交过了"), tr("这一次没有再做一遍，前一次已经办好。"))
        await readings.write_down(request, viewer, read)
        if afterwards:
            await parts.database.write(_carry_on, parts, viewer, afterwards)
        response = respond(result, parts.templates, {**shared, **own})
        if isinstance(result, Redirect) and _wants_fragment(
            request
        ):  # a browser would follow it unseen and put the page into the form
            response.set_status(204)
            response.headers["HX-Redirect"] = response.headers.popone("Location")
        return response

    return handle


async def _form_again(
    request: web.Request,
    parts: Parts,
    viewer: Viewer,
    page: Page,
    form: Mapping[str, str],
    written: Sequence[str],
    refusal: Refusal,
) -> web.Response | None:
    """Return the page on which a refused form stands, with what was written in it and the refusal at its field; None where that can no longer be shown.

    Where the form is gone, the page that it was sent from says why, and keeps the words.
    """
    async for place in again.forms_of(request, page):
        if not viewer.may(place.page.need):
            continue
        try:
            result, own, read, _ = await parts.database.read(
                _serve, parts, place.page, viewer, request, {}, NOT_SENT, None, place
            )
        except (LookupError, Refusal):  # it can no longer be shown
            continue
        if isinstance(result, View):
            shared = {**shared_values(request, parts, viewer, place.page), "path": place.path, **own}
            shown = rendered(result, parts.templates, shared)
            spoken = parts.templates[language_of(request, viewer.staff)].catalogue
            text = faults.put_back(shown, request.path, form, refusal, spoken)
            if text is None and (place.is_from or place.path == f"/console{page.form}"):
                text = faults.put_above(shown, refusal, written, spoken)
            if text is not None:
                await readings.write_down(request, viewer, read)
                return web.Response(text=text, content_type="text/html", status=422)
    return None


async def _posted(request: web.Request, page: Page) -> tuple[dict[str, str], Any, dict[str, str]]:
    """Return a form's fields, what the page made of its file, and what tells that file from others."""
    if request.method != "POST":
        return {}, None, {}
    if page.takes is None:
        return _kept(await read_form(request)), None, {}
    form, upload = await read_upload(request, page.file)
    form = _kept(form)
    taken = await asyncio.to_thread(page.takes, upload, form)
    return form, taken, {"\0file": sha256(upload.body).hexdigest()}


def _kept(form: Mapping[str, str]) -> dict[str, str]:
    """Return the fields as they may be kept: here the words of staff enter."""
    return {name: value if name == KEY else without_papers(value) for name, value in form.items()}


def _serve(session: Session, parts: Parts, page: Page, viewer: Viewer, request: web.Request, form: Mapping[str, str], sent: Sent,
           taken: Any, place: again.Place | None = None) -> tuple[View | Redirect | Download | None, Mapping[str, Any], Sequence[Reading], Sequence[Callable[[Work], None]]]:  # fmt: skip
    """Run the page; returns what it gives, what stands around it (the numbers in the menu, the person's other communities), and what is read.

    A form that was sent before gives where it led then, or None where that was a page. `place` is another page than the one asked for.
    """
    live = live_from(session, request)
    desk = Desk(
        session=session, now=parts.clock(), context=parts.context(viewer.community.key), staff=viewer.staff, taken=taken,
        is_fragment=_wants_fragment(request), catalogue=parts.templates[language_of(request, viewer.staff)].catalogue,
        params=place.params if place else dict(request.match_info), access=viewer.access, form=form,
        query=place.query if place else {name: value.replace("\0", "") for name, value in request.query.items()},
    )  # fmt: skip
    result = sent.act(session, lambda _: page.run(desk))
    read = _read(desk, page, result)
    if not isinstance(result, View):
        return result, {}, read, desk.afterwards
    session.flush()
    own = {"is_fragment": desk.is_fragment, "veil": desk.veil, "phone": partial(Phone, is_whole=desk.may(PHONES))}
    beside = {} if desk.is_fragment else stands_around(desk, request, viewer)
    return result, {**live, **own, **beside}, read, desk.afterwards


def _carry_on(session: Session, parts: Parts, viewer: Viewer, afterwards: Sequence[Callable[[Work], None]]) -> None:
    """Write down what a page wanted written down behind it."""
    work = Work(session=session, now=parts.clock(), context=parts.context(viewer.community.key))
    for run in afterwards:
        run(work)


def _wants_fragment(request: web.Request) -> bool:
    """Tell whether htmx asks for a part of a page; going back in the browser it asks for a whole one."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def _read(desk: Desk, page: Page, result: View | Redirect | Download | None) -> Sequence[Reading]:
    """Return what the log is told that somebody reads: what the page says, else what its permission opens; a file that is given, too."""
    if isinstance(result, Download) and page.method == "GET" and not page.is_bare:
        desk.read_by_now.append(Reading(what=page.title or result.filename, is_export=True))
    elif isinstance(result, View) and not desk.read_by_now and not page.is_bare and (page.method == "GET" or page.reads):
        desk.read(page.need)
    return desk.read_by_now
