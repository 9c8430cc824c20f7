"""What all pages of the console share: who is signed in, and what every template may use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from sqlmodel import Session

from bot.console import cookies
from bot.console.languages import language_of
from bot.console.views import Templates, note_of, readable
from bot.contract import ROLE_WORDS, Access, Community, Context, Desk, Page, Role, Services, Staff
from bot.contract.pages import NAV
from bot.dialogue.understanding import Understanding
from bot.keys import Keys
from bot.proxies import caller_of
from bot.store import credentials, grants, news, scope, sessions
from bot.store.database import Database
from bot.store.staff import is_admin
from bot.store.staff import same_person as staff_of_person


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the pages are made of."""

    database: Database
    context: Callable[[int], Context]  # of a community
    communities: Callable[[], Mapping[int, Community]]
    services: Services
    clock: Callable[[], datetime]
    understanding: Understanding
    intents_folder: Path
    photos: Path
    keys: Keys
    base_url: str
    admin_totp: bool = True  # whether admins must sign in in two steps
    demo: bool = False
    template: bool = False  # whether template messages may be used

    @cached_property
    def templates(self) -> Templates:
        """All templates, by language."""
        return Templates(self.services.integrations)


PARTS = web.AppKey("console", Parts)

#: Where people look after their own password, devices and second step.
ACCOUNT = "/console/account"

#: The pages that stand in the menu.
MENU = web.AppKey("menu", list[Page])


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who is signed in, the community they look at, and what they may do there."""

    staff: Staff
    community: Community
    access: Access
    needs_totp: bool = False  # an admin, here or elsewhere, where admins sign in in two steps
    owes_totp: bool = False  # such an admin who has yet to set up the second step, and may do nothing else
    is_stale: bool = False  # that they are there was not written down for a minute

    def may(self, need: str) -> bool:
        """Tell whether they have a permission."""
        return self.access.may(self.staff.role, need)


async def signed_in(request: web.Request) -> Viewer | None:
    """Return who is signed in and asks for something; who owes the second step is led there, whatever they ask for."""
    viewer = await at_the_account(request)
    if viewer is not None and viewer.owes_totp:
        raise web.HTTPSeeOther(ACCOUNT)
    return viewer


async def at_the_account(request: web.Request) -> Viewer | None:
    """Return who is signed in, for what is about their own account; at most once a minute that is written down."""
    parts, token, now = request.app[PARTS], token_of(request), request.app[PARTS].clock()
    viewer = await still_signed_in(request)
    if viewer is not None and viewer.is_stale:
        await parts.database.write_first(sessions.touch, token, now, caller_of(request).address)
    return viewer


async def still_signed_in(request: web.Request) -> Viewer | None:
    """Return who is signed in, without a word that anybody is there."""
    parts, token = request.app[PARTS], token_of(request)
    return await parts.database.read(_viewer, parts, token) if token else None


def _viewer(session: Session, parts: Parts, token: str) -> Viewer | None:
    found = sessions.find(session, token, parts.clock())
    if found is None:
        return None
    member, community_id, is_stale = found
    scope.enter(session, community_id)
    access = Access(permissions=parts.services.permissions, changed=grants.changed(session))
    needs = parts.admin_totp and is_admin(session, member)
    owes = needs and not credentials.has_app(session, member.person)
    community = parts.context(community_id).community
    return Viewer(staff=member, community=community, access=access, needs_totp=needs, owes_totp=owes, is_stale=is_stale)


def token_of(request: web.Request) -> str:
    """Return the token of the session that a browser sends, empty if it sends none."""
    return cookies.read(request, cookies.SESSION)


def browser_of(request: web.Request) -> str:
    """Return the browser's name for itself."""
    return readable(request.headers.get("User-Agent", ""))


def shared_values(request: web.Request, parts: Parts, viewer: Viewer | None, page: Page | None) -> dict[str, Any]:
    """Return what every template of the console may use."""
    menu = [item for item in request.app[MENU] if viewer is not None and not viewer.owes_totp and viewer.may(item.need)]
    first = min(parts.communities())
    return {
        "me": viewer.staff if viewer else None, "role": ROLE_WORDS[viewer.staff.role] if viewer else "", "menu": grouped(menu),
        "language": language_of(request, viewer.staff if viewer else None),
        "here": _here(request), "page": page, "path": request.path, "is_posted": request.method == "POST", "back": _came_from(request), "note": note_of(cookies.read(request, cookies.NOTE)), "note_cookie": cookies.full(request, cookies.NOTE), "demo": parts.demo, "desk": viewer,
        "community": viewer.community if viewer else parts.context(first).community, "badges": {}, "elsewhere": (),
        "demo_roles": ROLE_WORDS if parts.demo else {},
    }  # fmt: skip


async def around(request: web.Request, viewer: Viewer | None, *, is_live: bool = False) -> dict[str, Any]:
    """Return what stands around a page beside those that services bring, see `stands_around`; nothing for a part of a page."""
    if viewer is None or viewer.owes_totp or "HX-Request" in request.headers:
        return {}
    return await request.app[PARTS].database.read(_around, request, viewer, is_live)


def _around(session: Session, request: web.Request, viewer: Viewer, is_live: bool) -> dict[str, Any]:
    parts, live = request.app[PARTS], live_from(session, request) if is_live else {}
    desk = Desk(
        session=session, now=parts.clock(), context=parts.context(viewer.community.key), staff=viewer.staff, access=viewer.access,
    )  # fmt: skip
    return {**live, **stands_around(desk, request, viewer)}


def live_from(session: Session, request: web.Request) -> dict[str, Any]:
    """Return from where a page's live stream goes on; asked for before the page is read, so that it misses nothing after."""
    return {"since": news.newest(session)} if request.method == "GET" else {}


def stands_around(desk: Desk, request: web.Request, viewer: Viewer) -> dict[str, Any]:
    """Return what stands around a page: the numbers in the menu, and the other communities that the person may look at.

    The session has no scope afterwards.
    """
    badges = {item.path: item.badge(desk) for item in request.app[MENU] if item.badge and viewer.may(item.need)}
    return {"badges": badges, "elsewhere": _elsewhere(desk.session, request.app[PARTS], viewer)}


def _elsewhere(session: Session, parts: Parts, viewer: Viewer) -> list[Community]:
    known = parts.communities()
    if len(known) == 1:
        return []
    session.info.clear()  # a person's rows lie in several communities
    own = {member.community_id for member in staff_of_person(session, viewer.staff)}
    return [one for key, one in known.items() if key != viewer.community.key and (key in own or viewer.staff.role is Role.CITY)]


def came_from(request: web.Request) -> str:
    """Return the address of the console that a form was on, with what it asks for; empty for none."""
    said = urlsplit(readable(request.headers.get("Referer", "")))
    if said.netloc != request.host or not said.path.startswith("/console"):
        return ""
    return f"{said.path}?{said.query}" if said.query else said.path


def _came_from(request: web.Request) -> str:
    """Return the page that a form was on, for the way back."""
    return came_from(request).partition("?")[0]


def _here(request: web.Request) -> str:
    """Return the page that somebody is on, for coming back to it: what was asked for, or the page that a form was on."""
    if request.method != "GET":
        return _came_from(request) or "/console/start"
    is_door = request.path.startswith("/console/in")  # what a link to it says of where to go next is not repeated unread
    return request.rel_url.raw_path if is_door else request.rel_url.raw_path_qs


def grouped(menu: Sequence[Page]) -> list[tuple[str, list[Page]]]:
    """Return the pages of the menu by group, in the order of the groups; the first page stands alone."""
    return [(group, items) for group in NAV if (items := [page for page in menu if page.nav == group])]
