"""What every page is sent with, and which requests may change anything.

Fetch metadata instead of tokens: https://developer.mozilla.org/docs/Glossary/Fetch_metadata_request_header
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from aiohttp import web

from bot.proxies import caller_of
from bot.translation import tr

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin", "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}  # fmt: skip

#: Guarded paths; the webhook has a signature of its own, the simulator is not ours to guard.
GUARDED = ("/console", "/p/", "/static/")


def may_change_state(method: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a request may come from our own pages, or from no browser at all."""
    if method in {"GET", "HEAD", "OPTIONS"}:
        return True
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("Origin")
    if origin is None:
        return True  # not a browser
    return origin.partition("://")[2] == headers.get("Host")  # old web views send no Sec-Fetch-*


def is_led_here(headers: Mapping[str, str]) -> bool:
    """Tell whether another site made the browser ask; old web views do not say."""
    return headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests that other sites make a browser send, and addresses that nothing can have."""
    if request.path.startswith(GUARDED) and not may_change_state(request.method, request.headers):
        raise web.HTTPForbidden(text=tr("这个请求来自别的网站，已拒绝。请从本系统的页面操作。"))
    if "\0" in request.path:  # PostgreSQL cannot even look for it
        raise web.HTTPNotFound(text=tr("没有这个页面，链接可能写错了。"))
    return await handler(request)


async def dress(request: web.Request, response: web.StreamResponse) -> None:
    """Add the headers; pages are not kept by anybody; files of ours are, for good where the address names their version."""
    if request.path != "/" and not request.path.startswith(GUARDED):
        return
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    elif (
        "v" in request.query and response.status == HTTPStatus.OK
    ):  # another file has another address: a phone asks for each once
        response.headers.setdefault("Cache-Control", "public, max-age=31536000, immutable")
    if caller_of(request).is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
