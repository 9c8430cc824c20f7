"""Which hosts are ours: pages are answered under no other, or another site could lead its name to this machine and read them.

The attack is called DNS rebinding. It needs a name: whoever asks for an address as such has nobody's page in between.
"""

import ipaddress
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import urlsplit

from aiohttp import web

#: Not held to a host: WeChat's pushes are signed, machines carry a key, and health is asked of addresses.
_ANYWHERE, _BELOW = ("/wechat", "/healthz", "/readyz"), ("/wechat/", "/api/")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_EVERY_NETWORK = ("0.0.0.0", "::", "")  # noqa: S104  compared with, not listened on

_HERE = ("localhost", "127.0.0.1", "::1")

_TEXT = (
    "这里不认识 {host} 这个网址。请打开 {url}\n"
    "如果 {host} 也是本系统的网址，请运维人员把它写进 LINLI_OTHER_HOSTS（居民用的网址是 LINLI_PUBLIC_URL），再重启。\n"
)


class Hosts:
    """The names and addresses under which pages are opened; ports do not matter, for no name is led to another port."""

    def __init__(self, base_url: str, listens: str, others: Iterable[str]) -> None:
        self._base_url = base_url
        self._names = {_name(host) for host in (urlsplit(base_url).netloc, listens, *others, *_HERE)} - {""}
        self._any_address = listens in _EVERY_NETWORK

    def knows(self, host: str) -> bool:
        """Tell whether a Host header is one of ours; listening on every network, any bare address is."""
        name = _name(host)
        return name in self._names or (self._any_address and _is_address(name))

    def refuse(self, host: str) -> web.Response:
        """Return the 421 for a host, with the setting that makes it ours."""
        said = "".join(sign for sign in host[:80] if sign.isascii() and sign.isprintable()) or "（空）"
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        return web.Response(status=421, text=_TEXT.format(host=said, url=self._base_url), headers=headers)


def only_ours(hosts: Hosts) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Return the middleware, to stand before all others: a page under a host that is not ours is a 421 with the way out."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in _ANYWHERE or request.path.startswith(_BELOW):
            return await handler(request)
        said = request.headers.getall("Host", [])
        if len(said) == 1 and hosts.knows(said[0]):
            return await handler(request)
        return hosts.refuse(said[0] if said else "")

    return answer


def _name(host: str) -> str:
    """Return a host without its port, brackets and final dot."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, _, port = host.rpartition(":")
    return (name if name.count(":") == 0 and port.isdigit() and name else host).rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
