"""What all pages of the console share: who is signed in, and what every template may use."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment

from bot.console import permissions, sessions
from bot.console.views import environment, note_of, readable
from bot.dialogue.turn import House
from bot.dialogue.understanding import Understanding
from bot.model import Staff
from bot.plugin import Integration, Page
from bot.store.database import Database

#: Cookie of the session; __Host- binds it to this host and to https (or this machine).
COOKIE, PLAIN_COOKIE = "__Host-sid", "sid"

_LOCAL = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the pages are made of."""

    database: Database
    house: Callable[[], House]
    integrations: Sequence[Integration]
    clock: Callable[[], datetime]
    understanding: Understanding
    intents_folder: Path
    photos: Path
    demo: bool = False
    template: bool = False  # whether template messages may be used

    @cached_property
    def templates(self) -> Environment:
        """All templates."""
        return environment(self.integrations)


PARTS = web.AppKey("console", Parts)

#: The pages that stand in the menu.
MENU = web.AppKey("menu", list[Page])


async def signed_in(request: web.Request) -> Staff | None:
    """Return who is signed in and asks for something; at most once a minute that is written down."""
    parts, token, now = request.app[PARTS], _token(request), request.app[PARTS].clock()
    member = await still_signed_in(request)
    if member is not None and await parts.database.read(sessions.is_stale, token, now):
        await parts.database.write(sessions.touch, token, now)
    return member


async def still_signed_in(request: web.Request) -> Staff | None:
    """Return who is signed in, without a word that anybody is there."""
    parts, token = request.app[PARTS], _token(request)
    return await parts.database.read(sessions.find, token, parts.clock()) if token else None


def _token(request: web.Request) -> str:
    return request.cookies.get(COOKIE) or request.cookies.get(PLAIN_COOKIE) or ""


def browser_of(request: web.Request) -> str:
    """Return the browser's name for itself."""
    return readable(request.headers.get("User-Agent", ""))


def shared_values(request: web.Request, parts: Parts, member: Staff | None, page: Page | None) -> dict[str, Any]:
    """Return what every template of the console may use."""
    menu = [item for item in request.app[MENU] if member is not None and permissions.may(member.role, item.need)]
    return {
        "me": member, "role": permissions.ROLE_WORDS[member.role] if member else "", "menu": menu, "page": page,
        "path": request.path, "back": _came_from(request), "note": note_of(request), "demo": parts.demo, "community": parts.house().context.community,
        "desk": _Looker(member), "demo_roles": permissions.ROLE_WORDS if parts.demo else {},
    }  # fmt: skip


def _came_from(request: web.Request) -> str:
    """Return the page of the console that a form was on, for the way back; empty for none."""
    said = urlsplit(readable(request.headers.get("Referer", "")))
    return said.path if said.netloc == request.host and said.path.startswith("/console") else ""


@dataclass(frozen=True)
class _Looker:
    """What templates may ask about who is looking."""

    staff: Staff | None

    def may(self, need: str) -> bool:
        """Tell whether they hold a permission."""
        return self.staff is not None and permissions.may(self.staff.role, need)


def cookie_name(request: web.Request) -> tuple[str, bool]:
    """Return name and `secure` of the session's cookie: browsers take __Host- over https and from this machine."""
    host = request.host.rsplit(":", 1)[0]
    safe = request.secure or request.headers.get("X-Forwarded-Proto") == "https" or host in _LOCAL
    return (COOKIE, True) if safe else (PLAIN_COOKIE, False)
