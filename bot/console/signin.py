"""Signing in and out."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote

from aiohttp import web
from sqlmodel import Session

from bot.console import cookies
from bot.console.attempts import Attempts, Device, Try
from bot.console.parts import ACCOUNT, PARTS, browser_of, shared_values, token_of
from bot.console.views import respond
from bot.contract import Staff, View
from bot.errors import Refusal
from bot.posted import read_form
from bot.proxies import caller_of
from bot.store import credentials, sessions
from bot.store.staff import ROLE_WORDS
from bot.translation import tr

#: Where one may be sent after signing in: a page of ours, without anything a header or a browser could read otherwise.
_PAGE = re.compile(r"/console(?:/[\w.%-]+)*/?(?:\?[\w.%&=-]*)?", re.ASCII)

#: What is said of a wrong password as of an unknown login.
WRONG = tr("登录名或密码不对。忘了密码，请管理员发一个登录链接。")

WRONG_CODE = tr("验证码不对，或者刚才已经用过。请等下一个验证码再试；手机不在身边，用一个备用码。")

#: How long a browser is known for who signed in there.
DEVICE_LIVES = timedelta(days=365)

#: Bytes of a form that anybody may send.
FORM_BYTES = 4 * 1024

ATTEMPTS = web.AppKey("attempts", Attempts)


def mount(app: web.Application) -> None:
    """Add the sign-in pages; they are the only ones of the console that need no permission."""
    app[ATTEMPTS] = Attempts(app[PARTS].database)
    app.router.add_get("/console/in", show)
    app.router.add_post("/console/in", enter)
    app.router.add_get("/console/in/code", show_code)
    app.router.add_post("/console/in/code", enter_code)
    app.router.add_get("/console/in/{token}", show_link)
    app.router.add_post("/console/in/{token}", enter_by_link)
    app.router.add_post("/console/out", leave)
    if app[PARTS].demo:
        app.router.add_post("/console/in/as/{role}", enter_demo)


async def show(request: web.Request) -> web.Response:
    """Show the form."""
    return await _form(request, login="", fault="", to=_safe(request.query.get("to", "")))


async def enter(request: web.Request) -> web.Response:
    """Sign in with login and password; wrong ones and unknown ones look the same and take the same time."""
    parts = request.app[PARTS]
    form = await read_form(request, FORM_BYTES)
    login, password = form.get("login", "").strip(), form.get("password", "")
    to = _safe(form.get("to", ""))
    now = parts.clock()
    waits, failed = [], False
    for people, attempt in _tries(request, login, await parts.database.read(_people, login)):
        if wait := await attempt.begin(now):
            waits.append(wait)
            continue
        failed = True
        if (found := await _whose(people, password)) is None:
            continue
        member, kept = found
        browser, address = browser_of(request), caller_of(request).address
        entered = await parts.database.write(sessions.use_password, member, kept, browser, now, address)
        if entered is not None:
            await attempt.succeed()
            return await _welcome(request, entered, to)
    if failed:
        return await _form(request, 422, login=login, fault=WRONG, refusal=Refusal(WRONG, field="password"), to=to)
    return await _form(request, 429, login=login, fault=too_often(min(waits)), to=to)


#: Somebody who may be meant by a login, and the hash of their password.
Known = tuple[Staff, str]


def _people(session: Session, login: str) -> list[Known]:
    """Return who may sign in as `login`: each person once, wherever they work."""
    members = {member.person: member for member in reversed(sessions.by_login(session, login))}
    kept = credentials.look(session, members)
    return [(member, kept[person].password if person in kept else "") for person, member in members.items()]


def _tries(request: web.Request, login: str, people: Sequence[Known]) -> list[tuple[Sequence[Known], Try]]:
    """Return who may be meant, with what a failure counts for: those whom this device knows, and the others."""
    parts, device, attempts = request.app[PARTS], device_of(request), request.app[ATTEMPTS]
    known = [one for one in people if device.knows(one[0].person, parts.keys)]
    others = [one for one in people if one not in known]
    tries: list[tuple[Sequence[Known], Try]] = []
    if known:
        tries.append((known, attempts.known(login, device.id)))
    if others or not known:
        tries.append((others, attempts.stranger(login, caller_of(request).network)))
    return tries


def too_often(wait: timedelta) -> str:
    """Return what somebody is told who failed too often, and what helps at once."""
    minutes = -(-int(wait.total_seconds()) // 60)
    return tr("试得太频繁了，请 {minutes} 分钟后再试。着急的话，请管理员发一个登录链接。", minutes=max(minutes, 1))


def device_of(request: web.Request) -> Device:
    """Return the browser, with whom it is known for."""
    return Device.read(cookies.read(request, cookies.DEVICE))


async def _whose(people: Sequence[Known], password: str) -> Known | None:
    """Return the one whose password it is; takes as long when there is nobody."""
    for one in people:
        if await sessions.check_password(one[1], password):
            return one
    if not people:
        await sessions.check_password("", password)
    return None


# ------------------------------------------------------------------ the second step


async def show_code(request: web.Request) -> web.Response:
    """Ask who has given their first proof for the code of their app."""
    parts = request.app[PARTS]
    if await parts.database.read(sessions.half_owner, token_of(request), parts.clock()) is None:
        raise web.HTTPFound("/console/in")
    return _page(request, "console/code.html", fault="", to=_safe(request.query.get("to", "")))


async def enter_code(request: web.Request) -> web.Response:
    """Sign in with the code of the app, or a recovery code, after the first proof."""
    parts, form = request.app[PARTS], await read_form(request)
    token, now, to = token_of(request), parts.clock(), _safe(form.get("to", ""))
    member = await parts.database.read(sessions.half_owner, token, now)
    if member is None:
        return await _form(request, 403, login="", fault=tr("等得太久了，请重新登录。"), to=to)
    device, attempts, whom = device_of(request), request.app[ATTEMPTS], f"code {member.person}"
    if device.knows(member.person, parts.keys):
        attempt = attempts.known(whom, device.id)
    else:
        attempt = attempts.stranger(whom, caller_of(request).network)
    if wait := await attempt.begin(now):
        return _page(request, "console/code.html", 429, fault=too_often(wait), to=to)
    try:
        entered = await parts.database.write(sessions.complete, token, parts.keys, form.get("code", ""), now)
    except Refusal as refusal:
        return _page(request, "console/code.html", 422, fault=str(refusal), refusal=refusal, to=to)
    if entered is None:
        return _page(request, "console/code.html", 422, fault=WRONG_CODE, refusal=Refusal(WRONG_CODE, field="code"), to=to)
    await attempt.succeed()
    return await _welcome(request, entered, to)


# ------------------------------------------------------------------ links


async def show_link(request: web.Request) -> web.Response:
    """Show whom a link signs in; looking at it does not use it up, for previews of links look, too."""
    parts = request.app[PARTS]
    member = await parts.database.read(sessions.link_owner, request.match_info["token"], parts.clock())
    status = 200 if member else 410
    return _page(request, "console/link.html", status, member=member, token=request.match_info["token"])


async def enter_by_link(request: web.Request) -> web.Response:
    """Use the link up and sign in."""
    parts = request.app[PARTS]
    where = (browser_of(request), parts.clock(), caller_of(request).address)
    try:
        entered = await parts.database.write(sessions.use_link, request.match_info["token"], *where)
    except Refusal as refusal:
        return _page(request, "console/problem.html", 410, title=tr("链接失效"), text=str(refusal))
    has_password = await parts.database.read(credentials.has_password, entered.member.person)
    return await _welcome(
        request, entered, "" if has_password or parts.demo else ACCOUNT
    )  # where one is set, while the link still counts


async def enter_demo(request: web.Request) -> web.Response:
    """Sign in as the first of a role; only in the demo, where the people are made up and everybody may be anybody."""
    parts = request.app[PARTS]
    member = await parts.database.read(sessions.first_of, request.match_info["role"])
    if member is None:
        raise web.HTTPNotFound
    where = (browser_of(request), parts.clock(), caller_of(request).address)
    token = await parts.database.write(sessions.begin, member, *where)
    return await _welcome(request, sessions.Entered(member=member, token=token), "")


async def leave(request: web.Request) -> web.Response:
    """Sign out."""
    await _end_session(request)
    response = web.Response(status=303, headers={"Location": "/console/in"})
    cookies.drop(request, response, cookies.SESSION)
    return response


async def _end_session(request: web.Request) -> None:
    if token := token_of(request):
        await request.app[PARTS].database.write(sessions.end, token)


async def _welcome(request: web.Request, entered: sessions.Entered, to: str) -> web.Response:
    """Hand the session over in place of the one before, and let the device be known from now on; half a one leads to the code."""
    await _end_session(request)
    if entered.is_half:
        response = web.Response(
            status=303, headers={"Location": f"/console/in/code?to={quote(to)}" if to else "/console/in/code"}
        )
        cookies.write(request, response, cookies.SESSION, entered.token, sessions.HALF_LIVES)
        return response
    response = web.Response(status=303, headers={"Location": to or "/console/start"})
    device = device_of(request).learn(entered.member.person, request.app[PARTS].keys)
    cookies.write(request, response, cookies.SESSION, entered.token, sessions.LIVES)
    cookies.write(request, response, cookies.DEVICE, str(device), DEVICE_LIVES)
    return response


def _safe(to: str) -> str:
    """Return where to go after signing in: a page of ours, or nothing."""
    return to if _PAGE.fullmatch(to) and ".." not in unquote(to) else ""


async def _form(request: web.Request, status: int = 200, *, to: str, **values: Any) -> web.Response:
    """Return the page to sign in on; in the demo with a door for each role that somebody has. Another language keeps where to go next."""
    parts = request.app[PARTS]
    there = await parts.database.read(sessions.roles) if parts.demo else ()
    return _page(
        request,
        "console/signin.html",
        status,
        demo_roles={role: word for role, word in ROLE_WORDS.items() if role in there},
        to=to,
        here=f"/console/in?to={quote(to, safe='')}" if to else "/console/in",
        **values,
    )


def _page(request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:
    parts = request.app[PARTS]
    return respond(View(template, values, status), parts.templates, shared_values(request, parts, None, None))
