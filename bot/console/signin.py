"""Signing in and out."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from bot.console.parts import PARTS, browser_of, cookie_name, shared_values
from bot.console.views import respond
from bot.contract import Staff, View
from bot.errors import Refusal
from bot.posted import read_form
from bot.store import sessions

#: Where one may be sent after signing in: a page of ours, without anything a header or a browser could read otherwise.
_PAGE = re.compile(r"/console(?:/[\w.%-]+)*/?(?:\?[\w.%&=-]*)?", re.ASCII)

#: Bytes of a form that anybody may send.
FORM_BYTES = 4 * 1024

ATTEMPTS = web.AppKey("attempts", sessions.Attempts)


def mount(app: web.Application) -> None:
    """Add the sign-in pages; they are the only ones of the console that need no permission."""
    app[ATTEMPTS] = sessions.Attempts()
    app.router.add_get("/console/in", show)
    app.router.add_post("/console/in", enter)
    app.router.add_get("/console/in/{token}", show_link)
    app.router.add_post("/console/in/{token}", enter_by_link)
    app.router.add_post("/console/out", leave)
    if app[PARTS].demo:
        app.router.add_post("/console/in/as/{role}", enter_demo)


async def show(request: web.Request) -> web.Response:
    """Show the form."""
    return _page(request, "console/signin.html", login="", fault="", to=_safe(request.query.get("to", "")))


async def enter(request: web.Request) -> web.Response:
    """Sign in with login and password; wrong ones and unknown ones look the same and take the same time."""
    parts = request.app[PARTS]
    form = await read_form(request, FORM_BYTES)
    login, password = form.get("login", "").strip(), form.get("password", "")
    to = _safe(form.get("to", ""))
    now = parts.clock()
    if not request.app[ATTEMPTS].allow(login, request.remote or "", now):
        return _page(request, "console/signin.html", 429, login=login, fault="试得太频繁了，请一分钟后再试。", to=to)
    member = await _whose(await parts.database.read(sessions.by_login, login), password)
    if member is None:
        return _page(
            request, "console/signin.html", 422, login=login, fault="登录名或密码不对。忘了密码，请管理员发一个登录链接。", to=to
        )
    token = await parts.database.write(sessions.begin, member, browser_of(request), now)
    return _welcome(request, token, to or "/console/start")


async def _whose(members: Sequence[Staff], password: str) -> Staff | None:
    """Return the one whose password it is; takes as long when there is nobody."""
    for member in members:
        if await sessions.check_password(member.password, password):
            return member
    if not members:
        await sessions.check_password("", password)
    return None


async def show_link(request: web.Request) -> web.Response:
    """Show whom a link signs in; looking at it does not use it up, for previews of links look, too."""
    parts = request.app[PARTS]
    member = await parts.database.read(sessions.link_owner, request.match_info["token"], parts.clock())
    status = 200 if member else 410
    return _page(request, "console/link.html", status, member=member, token=request.match_info["token"])


async def enter_by_link(request: web.Request) -> web.Response:
    """Use the link up and sign in."""
    parts = request.app[PARTS]
    browser = browser_of(request)
    try:
        token = await parts.database.write(sessions.use_link, request.match_info["token"], browser, parts.clock())
    except Refusal as refusal:
        return _page(request, "console/problem.html", 410, title="链接失效", text=str(refusal))
    return _welcome(request, token, "/console/start")


async def enter_demo(request: web.Request) -> web.Response:
    """Sign in as the first of a role; only in the demo, where the people are made up and everybody may be anybody."""
    parts = request.app[PARTS]
    role, browser = request.match_info["role"], browser_of(request)
    member = await parts.database.read(sessions.first_of, role)
    if member is None:
        raise web.HTTPNotFound
    token = await parts.database.write(sessions.begin, member, browser, parts.clock())
    return _welcome(request, token, "/console/start")


async def leave(request: web.Request) -> web.Response:
    """Sign out."""
    name, _ = cookie_name(request)
    token = request.cookies.get(name)
    if token:
        await request.app[PARTS].database.write(sessions.end, token)
    response = web.Response(status=303, headers={"Location": "/console/in"})
    response.del_cookie(name, path="/")
    return response


def _welcome(request: web.Request, token: str, to: str) -> web.Response:
    name, secure = cookie_name(request)
    response = web.Response(status=303, headers={"Location": to})
    age = int(sessions.LIVES.total_seconds())
    response.set_cookie(name, token, max_age=age, path="/", httponly=True, secure=secure, samesite="Lax")
    return response


def _safe(to: str) -> str:
    """Return where to go after signing in: a page of ours, or nothing."""
    return to if _PAGE.fullmatch(to) and ".." not in unquote(to) else ""


def _page(request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:
    parts = request.app[PARTS]
    return respond(View(template, values, status), parts.templates, shared_values(request, parts, None, None))
