"""What everybody of the staff sees to by themselves: their password, their devices, the second step of signing in.

It belongs to the person: it is the same in all communities where they work, needs no permission, and the city may change it, too.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from aiohttp import web
from sqlmodel import Session

from bot import totp
from bot.console import cookies
from bot.console.attempts import Try
from bot.console.languages import LANGUAGES, LIVES
from bot.console.parts import ACCOUNT, PARTS, Viewer, around, at_the_account, shared_values, still_signed_in, token_of
from bot.console.signin import ATTEMPTS, FORM_BYTES, WRONG_CODE, too_often
from bot.console.views import respond
from bot.contract import Redirect, View
from bot.errors import Refusal, asked_in
from bot.keys import Keys
from bot.posted import read_form
from bot.store import credentials, passwords, scope, sessions
from bot.store.staff import speak
from bot.translation import tr, tr_all

#: What browsers call themselves -> what people call them; the first that fits, for each pretends to be the ones before it.
_BROWSERS = (
    ("MicroMessenger", tr("微信")), ("wxwork", tr("企业微信")), ("Edg", "Edge"), ("HuaweiBrowser", tr("华为浏览器")), ("MiuiBrowser", tr("小米浏览器")),
    ("QQBrowser", tr("QQ浏览器")), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("HarmonyOS", tr("鸿蒙")), ("OpenHarmony", tr("鸿蒙")), ("Android", tr("安卓")), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


#: A page of ours, as a browser wrote its address.
_HERE = re.compile(r"/(?:console(?:[/?][!-~]*)?)?", re.ASCII)


def mount(app: web.Application) -> None:
    """Add the page and what is done on it."""
    app.router.add_get(ACCOUNT, show)
    app.router.add_post(f"{ACCOUNT}/password", change_password)
    app.router.add_post(f"{ACCOUNT}/totp", begin_app)
    app.router.add_post(f"{ACCOUNT}/totp/confirm", confirm_app)
    app.router.add_post(f"{ACCOUNT}/totp/codes", renew_codes)
    app.router.add_post(f"{ACCOUNT}/totp/off", forget_app)
    app.router.add_post(f"{ACCOUNT}/devices/{{id}}/out", end_one)
    app.router.add_post(f"{ACCOUNT}/out", end_others)
    app.router.add_post("/console/language", switch_language)


async def show(request: web.Request) -> web.Response:
    """Show the page."""
    return await _page(request, await _require(request))


async def switch_language(request: web.Request) -> web.Response:
    """Speak another language from now on, on the page where somebody is; whoever is not signed in yet may choose, too."""
    form, viewer = await read_form(request, FORM_BYTES), await still_signed_in(request)
    language, to = form.get("language", ""), form.get("to", "")
    if language not in LANGUAGES:
        raise web.HTTPBadRequest(text=tr("没有这种语言。"))
    if viewer is not None:
        await request.app[PARTS].database.write(_speak, viewer, language)
    response = web.Response(status=303, headers={"Location": to if _HERE.fullmatch(to) else "/console/start"})
    cookies.write(request, response, cookies.LANGUAGE, language, LIVES)
    return response


def _speak(session: Session, viewer: Viewer, language: str) -> None:
    with scope.everywhere(session):
        speak(session, viewer.staff, language)


async def change_password(request: web.Request) -> web.Response:
    """Set a password; whoever is signed in elsewhere is out."""
    viewer, form = await _require(request), await read_form(request)
    parts = request.app[PARTS]
    try:
        with asked_in("present"):
            await _prove_present(request, viewer, form.get("present", ""))
        if form.get("password", "") != form.get("again", ""):
            raise Refusal(tr("两次输入的新密码不一样，请再输一次。"), field="again")
        with asked_in("password"):
            kept = await asyncio.to_thread(sessions.hash_password, form.get("password", ""), viewer.staff.login)
    except Refusal as refusal:
        return await _page(request, viewer, 422, fault=str(refusal), refusal=refusal)
    await parts.database.write(_set_password, viewer, kept, token_of(request), parts.clock())
    return _back(request, viewer, tr("密码改好了。其他设备已退出登录。"))


def _set_password(session: Session, viewer: Viewer, kept: str, token: str, now: datetime) -> None:
    sessions.set_password(session, viewer.staff, kept, but=token)
    sessions.note(session, viewer.staff, "staff.password_set", now)


# ------------------------------------------------------------------ the second step


async def begin_app(request: web.Request) -> web.Response:
    """Show a new key as a code to scan; it counts once the app has given a code of it."""
    viewer, form = await _require(request), await read_form(request)
    parts = request.app[PARTS]
    try:
        with asked_in("present"):
            await _prove_present(request, viewer, form.get("present", ""))
        key = await parts.database.write(_begin_app, viewer, parts.keys)
    except Refusal as refusal:
        return await _page(request, viewer, 422, fault=str(refusal), refusal=refusal)
    return await _page(request, viewer, **_shown(viewer, key))


def _begin_app(session: Session, viewer: Viewer, keys: Keys) -> bytes:
    if credentials.has_app(session, viewer.staff.person):
        raise Refusal(tr("两步验证已经开着。要换手机，请先关闭再设置。"))
    return credentials.begin_app(session, viewer.staff.person, keys)


def _shown(viewer: Viewer, key: bytes) -> dict[str, Any]:
    address = totp.address(key, viewer.staff.login, tr("邻里 {name}", name=viewer.community.name))
    picture = segno.make_qr(address, error="m").svg_data_uri(light="white", dark="black", border=4, scale=5)
    written = totp.written(key)
    return {"picture": picture, "secret": " ".join(written[start : start + 4] for start in range(0, len(written), 4))}


async def confirm_app(request: web.Request) -> web.Response:
    """Switch the second step on with a first code, and show the recovery codes this once."""
    viewer, form = await _require(request), await read_form(request)
    parts, now = request.app[PARTS], request.app[PARTS].clock()
    try:
        brake = _brake(request, viewer)
        await brake.require(now)
        codes = await parts.database.write(_confirm_app, viewer, parts.keys, form.get("code", ""), token_of(request), now)
        if codes is None:
            key = await parts.database.read(credentials.pending_app, viewer.staff.person, parts.keys)
            fault = tr("数字不对。请看手机时间准不准，再填 App 现在显示的 6 位数字。")
            return await _page(
                request, viewer, 422, fault=fault, refusal=Refusal(fault, field="code"), **_shown(viewer, key or b"")
            )
    except Refusal as refusal:
        return await _page(request, viewer, 422, fault=str(refusal), refusal=refusal)
    await brake.attempt.succeed()
    return await _page(request, await _require(request), codes=codes, done=tr("两步验证已开启。其他设备已退出登录。"))


def _confirm_app(session: Session, viewer: Viewer, keys: Keys, code: str, token: str, now: datetime) -> list[str] | None:
    codes = credentials.confirm_app(session, viewer.staff.person, keys, code, now)
    if codes is not None:
        sessions.end_all(session, viewer.staff, but=token)
        sessions.note(session, viewer.staff, "staff.totp_on", now)
    return codes


async def renew_codes(request: web.Request) -> web.Response:
    """Show new recovery codes, this once; the old ones are good no more."""
    viewer, parts = await _require(request), request.app[PARTS]
    try:
        await _prove_code(request, viewer)
    except Refusal as refusal:
        return await _page(request, viewer, 422, fault=str(refusal), refusal=refusal)
    codes = await parts.database.write(_renew_codes, viewer, parts.keys, parts.clock())
    return await _page(request, viewer, codes=codes)


def _renew_codes(session: Session, viewer: Viewer, keys: Keys, now: datetime) -> list[str]:
    sessions.note(session, viewer.staff, "staff.codes_renewed", now)
    return credentials.renew_codes(session, viewer.staff.person, keys)


async def forget_app(request: web.Request) -> web.Response:
    """Switch the second step off, for whom it is not asked of."""
    viewer, parts = await _require(request), request.app[PARTS]
    try:
        if viewer.needs_totp:
            raise Refusal(tr("管理员登录一定要两步验证，不能关闭。"))
        await _prove_code(request, viewer)
    except Refusal as refusal:
        return await _page(request, viewer, 422, fault=str(refusal), refusal=refusal)
    await parts.database.write(_forget_app, viewer, parts.clock())
    return _back(request, viewer, tr("两步验证已关闭。"))


def _forget_app(session: Session, viewer: Viewer, now: datetime) -> None:
    credentials.forget_app(session, viewer.staff.person)
    sessions.note(session, viewer.staff, "staff.totp_off", now)


# ------------------------------------------------------------------ devices


async def end_one(request: web.Request) -> web.Response:
    """Sign oneself out on another device."""
    viewer, parts = await _require(request), request.app[PARTS]
    if not await parts.database.write(_end_one, viewer, request.match_info["id"], parts.clock()):
        raise web.HTTPNotFound(text=tr("这台设备已经退出了。"))
    return _back(request, viewer, tr("那台设备已退出登录。"))


def _end_one(session: Session, viewer: Viewer, key: str, now: datetime) -> bool:
    ended = sessions.end_one(session, viewer.staff, key)
    if ended:
        sessions.note(session, viewer.staff, "staff.signed_out", now)
    return ended


async def end_others(request: web.Request) -> web.Response:
    """Sign oneself out on all other devices, and let no open link sign anybody in."""
    viewer, parts = await _require(request), request.app[PARTS]
    await parts.database.write(_end_others, viewer, token_of(request), parts.clock())
    return _back(request, viewer, tr("其他设备都已退出登录，没用过的登录链接也作废了。"))


def _end_others(session: Session, viewer: Viewer, token: str, now: datetime) -> None:
    sessions.end_all(session, viewer.staff, but=token)
    sessions.note(session, viewer.staff, "staff.signed_out", now)


# ------------------------------------------------------------------ who asks


async def _require(request: web.Request) -> Viewer:
    viewer = await at_the_account(request)
    if viewer is None:
        raise web.HTTPFound(f"/console/in?to={ACCOUNT}" if request.method == "GET" else "/console/in")
    return viewer


@dataclass(frozen=True)
class _Brake:
    """A try that raises Refusal where it has to wait."""

    attempt: Try

    async def require(self, now: datetime) -> None:
        if wait := await self.attempt.begin(now):
            raise Refusal(too_often(wait))


def _brake(request: web.Request, viewer: Viewer) -> _Brake:
    """Return the brake on guessing within a session: whoever has taken one over makes nobody else wait."""
    return _Brake(request.app[ATTEMPTS].known(f"account {viewer.staff.person}", sessions.key_of(token_of(request))))


async def _prove_present(request: web.Request, viewer: Viewer, present: str) -> None:
    """Raise Refusal unless this is the person themselves: they signed in just now, or know the present password."""
    parts, now = request.app[PARTS], request.app[PARTS].clock()
    if await parts.database.read(sessions.is_fresh, token_of(request), now):
        return
    kept = (await parts.database.read(credentials.look, [viewer.staff.person])).get(viewer.staff.person)
    if kept is None or not kept.password:
        raise Refusal(tr("请退出后用登录链接重新登录，10 分钟内再来改。"))
    brake = _brake(request, viewer)
    await brake.require(now)
    if not await sessions.check_password(kept.password, present):
        raise Refusal(tr("现在的密码不对。忘了的话，请退出后用登录链接重新登录，10 分钟内再来改。"))
    await brake.attempt.succeed()


async def _prove_code(request: web.Request, viewer: Viewer) -> None:
    """Raise Refusal unless a code of the app, or a recovery code, was given."""
    parts, now, form = request.app[PARTS], request.app[PARTS].clock(), await read_form(request)
    brake = _brake(request, viewer)
    await brake.require(now)
    if await parts.database.write(credentials.prove, viewer.staff.person, parts.keys, form.get("code", ""), now) is None:
        raise Refusal(WRONG_CODE, field="code")
    await brake.attempt.succeed()


# ------------------------------------------------------------------ the page


@dataclass(frozen=True, kw_only=True)
class _Device:
    key: str
    words: str
    address: str
    seen_at: datetime
    created_at: datetime
    is_this: bool


def browser_words(name: str) -> str:
    """Return what people call a browser and its machine, by what it calls itself."""
    browser = next((words for sign, words in _BROWSERS if sign in name), "")
    system = next((words for sign, words in _SYSTEMS if sign in name), "")
    return tr_all(" · ", filter(None, (browser, system))) or tr("不认识的浏览器")


def _state(session: Session, viewer: Viewer, token: str, now: datetime) -> dict[str, Any]:
    person = viewer.staff.person
    kept = credentials.look(session, [person]).get(person)
    own = sessions.key_of(token)
    devices = [
        _Device(
            key=(key := row.token_hash[: sessions.KEY_LETTERS]), words=browser_words(row.browser), address=row.address,
            seen_at=row.seen_at, created_at=row.created_at, is_this=key == own,
        )
        for row in sessions.of_person(session, viewer.staff, now)
    ]  # fmt: skip
    return {
        "has_password": kept is not None and bool(kept.password), "has_app": kept is not None and bool(kept.totp),
        "left": credentials.codes_left(session, person), "fresh": sessions.is_fresh(session, token, now), "devices": devices,
    }  # fmt: skip


async def _page(request: web.Request, viewer: Viewer, status: int = 200, **values: Any) -> web.Response:
    parts = request.app[PARTS]
    state = await parts.database.read(_state, viewer, token_of(request), parts.clock())
    nothing = {"fault": "", "done": "", "picture": "", "secret": "", "codes": []}
    own = {**nothing, **state, **values, "shortest": passwords.SHORTEST, "required": viewer.needs_totp}
    shared = {**shared_values(request, parts, viewer, None), **await around(request, viewer)}
    return respond(View("console/account.html", own, status), parts.templates, shared)


def _back(request: web.Request, viewer: Viewer, note: str) -> web.Response:
    parts = request.app[PARTS]
    return respond(Redirect(ACCOUNT, note), parts.templates, shared_values(request, parts, viewer, None))
