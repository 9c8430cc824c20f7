"""Our cookies: by the strictest name that the browser takes here, and believed under no other.

`__Host-` binds a cookie to this host and to https, or this machine: no sibling domain and no plain http can plant one.
"""

from datetime import timedelta

from aiohttp import web

from bot.proxies import caller_of

#: The session, the device, the note for the next page, and the language.
SESSION, DEVICE, NOTE, LANGUAGE = "sid", "device", "note", "language"

#: Whether residents and staff reach the installation over https.
HTTPS = web.AppKey("https", bool)

_LOCAL = ("127.0.0.1", "localhost", "[::1]")


def is_safe(request: web.Request) -> bool:
    """Tell whether browsers take __Host- cookies from us: over https, and from this machine.

    An installation that is reached over https knows no others, whichever way somebody came.
    """
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    return request.app[HTTPS] or caller_of(request).is_secure or host in _LOCAL


def read(request: web.Request, name: str) -> str:
    """Return a cookie of ours, empty if there is none."""
    return request.cookies.get(full(request, name), "")


def write(request: web.Request, response: web.StreamResponse, name: str, value: str, lives: timedelta) -> None:
    """Set a cookie that no script reads and no other site sends along."""
    response.set_cookie(
        full(request, name), value, max_age=int(lives.total_seconds()), path="/", httponly=True, secure=is_safe(request), samesite="Lax"
    )  # fmt: skip


def drop(request: web.Request, response: web.StreamResponse, name: str) -> None:
    """Let the browser forget a cookie; it takes the word of a Secure one only for a __Host- name."""
    response.del_cookie(full(request, name), path="/", secure=is_safe(request), httponly=True, samesite="Lax")


def full(request: web.Request, name: str) -> str:
    """Return the name under which the browser keeps a cookie of ours."""
    return f"__Host-{name}" if is_safe(request) else name
