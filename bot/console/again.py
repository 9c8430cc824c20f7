"""The page where a form stands: what an address opens that forms are only posted to, such as a preview that is loaded anew, and where what was refused goes back to.

What was written there the browser keeps for its tab (console.js), and shows it once more where a page shows a form without acting on it.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from bot.console.cookies import NOTE, full
from bot.console.parts import PARTS, around, came_from, shared_values, still_signed_in
from bot.console.views import respond
from bot.contract import Page, Redirect, View
from bot.translation import tr

#: The pages that are declared, by method and address.
PAGES: web.AppKey[Mapping[tuple[str, str], Page]] = web.AppKey("pages")

_PLACE = re.compile(r"\{[^}]*\}")


async def lead(request: web.Request) -> web.Response | None:
    """Return what an address opens that is only posted to; None for all others, and for who is not signed in."""
    if request.method != "GET" or not request.path.startswith("/console/") or "HX-Request" in request.headers:
        return None
    posted = await _declared(request, "POST", request.path)
    if not posted or _shape(posted) == _shape(await _declared(request, "GET", request.path)):
        return None
    viewer = await still_signed_in(request)
    if viewer is None or viewer.owes_totp:
        return None
    page = request.app[PAGES].get(("POST", posted))
    to = f"/console{page.form}" if page is not None and page.form else await _above(request)
    parts = request.app[PARTS]
    shared = shared_values(request, parts, viewer, None)
    if page is None or not (resent := _resent(request, page)):
        note = tr("这一步要点页面里的按钮，没有再做一遍。")
        return respond(Redirect(to, note), parts.templates, {**shared, "note_cookie": full(request, NOTE)})
    shown = View("console/again.html", {"to": to, "resent": resent, "title": page.title or tr("看一看")})
    return respond(shown, parts.templates, {**shared, **await around(request, viewer, is_live=True)})


def kept_at(request: web.Request, page: Page) -> str:
    """Return the address under which the tab keeps what was posted here, so that it opens it again; empty for none of its own.

    That is not always the one that was posted to: the list of all notices, which /console/notices opens, shows no form.
    """
    at = _resent(request, page) if request.method == "POST" else ""
    return at if at != request.path else ""


def _resent(request: web.Request, page: Page) -> str:
    """Return the address that shows what was posted, without acting on it: its own, or that which shows the same form; empty for none."""
    if not page.form or page.reads:
        return request.path if page.form else ""
    pages = request.app[PAGES]
    form = pages["GET", f"/console{page.form}"]
    shows = (path for (_, path), one in pages.items() if one.reads and one.form == page.form and one.title == form.title)
    return next(shows, "")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page that is declared, at one of its addresses."""

    page: Page
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    is_from: bool  # the browser says that the form was sent from it


async def forms_of(request: web.Request, page: Page) -> AsyncIterator[Place]:
    """Give the pages on which a form may stand that was sent: where the browser says that it was, where it is declared to be, its own, the one above."""
    for address in dict.fromkeys(
        (came_from(request), f"/console{page.form}" if page.form else "", request.path, await _above(request))
    ):
        said = urlsplit(address)
        found = await request.app.router.resolve(request.clone(method="GET", rel_url=said.path)) if said.path else None
        resource = found.route.resource if found is not None and found.http_exception is None else None
        shown = request.app[PAGES].get(("GET", resource.canonical)) if resource is not None else None
        if found is not None and shown is not None:
            query = {name: value.replace("\0", "") for name, value in parse_qsl(said.query, keep_blank_values=True)}
            yield Place(page=shown, path=said.path, params=dict(found), query=query, is_from=address == came_from(request))


async def _above(request: web.Request) -> str:
    """Return the nearest address above this one that opens a page."""
    for path in _parents(request.path):
        if await _declared(request, "GET", path) and not await _declared(request, "POST", path, own=True):
            return path
    return "/console/start"


def _parents(path: str) -> Iterator[str]:
    while (path := path.rpartition("/")[0]).startswith("/console/"):
        yield path


async def _declared(request: web.Request, method: str, path: str, *, own: bool = False) -> str:
    """Return the address as it is declared that a method opens; empty for none, and with `own` where the other method opens it, too."""
    found = await request.app.router.resolve(request.clone(method=method, rel_url=path))
    resource = found.route.resource
    if found.http_exception is not None or resource is None:
        return ""
    if own and _shape(resource.canonical) == _shape(await _declared(request, "GET", path)):
        return ""
    return resource.canonical


def _shape(declared: str) -> str:
    return _PLACE.sub("{}", declared)
