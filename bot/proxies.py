"""Whom a request comes from, by the word of those proxies alone that the settings name.

`Forwarded` is RFC 7239; `X-Forwarded-For` and `X-Forwarded-Proto` are what most proxies write. Anybody can write all three, and a
proxy that writes one passes the others on as they came: so they count from a listed peer only, and only where they agree.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import structlog
from aiohttp import web

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

FORWARDED, FOR, PROTO = "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto"

#: Headers that only a proxy writes; where one is, the peer is no caller of its own.
_PASSED_ON = (FORWARDED, FOR, PROTO, "X-Forwarded-Host", "X-Real-IP", "Via")

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PAIR = re.compile(rf'\s*({_WORD})=(?:({_WORD})|"((?:[^"\\]|\\.)*)")\s*(;|,|$)')

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whom a request comes from."""

    address: str  # as far as it is known for sure; empty where it is not
    is_secure: bool  # came over https, at least as far as the outermost proxy of ours
    is_direct: bool  # no proxy says that it passed this on

    @property
    def is_local(self) -> bool:
        """Tell whether a program of this machine asks by itself."""
        return self.is_direct and bool(self.address) and ipaddress.ip_address(self.address).is_loopback

    @property
    def network(self) -> str:
        """The address as one of its owner's: who has one address of IPv6 has 2**64 of them."""
        if ":" not in self.address:
            return self.address
        return str(ipaddress.ip_network((self.address.partition("%")[0], 64), strict=False))


@dataclass(kw_only=True)
class Proxies:
    """The proxies that are believed."""

    networks: Sequence[Network] = ()
    _told: set[str] = field(default_factory=set)

    def caller(self, request: web.BaseRequest) -> Caller:
        """Return whom a request comes from: the rightmost address of its way that is none of our proxies."""
        is_direct = not any(name in request.headers for name in _PASSED_ON)
        peer = _read(request.remote or "")
        if peer is None or is_direct or not self._trusts(peer):
            self._tell(peer, is_direct)
            return Caller(address=str(peer or ""), is_secure=request.secure, is_direct=is_direct)
        found, is_secure = peer, _scheme(request) == "https"
        for said, scheme in reversed(_way(request)):
            address = _read(said)
            if address is None:  # hidden, or no address: no more is known than who passed it on
                break
            found, is_secure = address, scheme == "https"
            if not self._trusts(address):
                break
        return Caller(address=str(found), is_secure=is_secure, is_direct=False)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self.networks)

    def _tell(self, peer: Address | None, is_direct: bool) -> None:
        """Say once that a proxy near by is not believed: then all who come through it share one address."""
        if not is_direct and peer is not None and peer.is_private and not self._told:
            self._told.add(str(peer))
            log.warning("requests come through a proxy that LINLI_TRUSTED_PROXIES does not name", proxy=str(peer))


PROXIES = web.AppKey("proxies", Proxies)


def caller_of(request: web.BaseRequest) -> Caller:
    """Return whom a request to this application comes from; the one place that looks at peers and forwarding headers."""
    known = request.config_dict.get(PROXIES) if isinstance(request, web.Request) else None
    return (known or Proxies()).caller(request)


def _way(request: web.BaseRequest) -> list[tuple[str, str]]:
    """Return the addresses and schemes of the way here, the farthest first; none where two headers tell different ways."""
    headers = request.headers
    passed, scheme = ",".join(headers.getall(FOR, [])), _scheme(request)
    by_list = [(said.strip(), scheme) for said in passed.split(",")] if passed else []
    by_standard = _standard(",".join(headers.getall(FORWARDED, [])))
    if FORWARDED not in headers:
        return by_list
    if by_list and [_read(said) for said, _ in by_list] != [_read(said) for said, _ in by_standard]:
        return []
    return by_standard


def _scheme(request: web.BaseRequest) -> str:
    """Return what the nearest proxy says of the scheme."""
    return request.headers.get(PROTO, "").rpartition(",")[2].strip().lower()


def _standard(text: str) -> list[tuple[str, str]]:
    """Return addresses and schemes of a Forwarded header; none at all where a bit of it cannot be read.

    A client that leaves a quotation mark open would else choose where what the proxy adds is cut.
    """
    hops: list[dict[str, str]] = [{}]
    place = 0
    while place < len(text):
        pair = _PAIR.match(text, place)
        if pair is None:
            return []
        hops[-1][pair[1].lower()] = pair[2] or re.sub(r"\\(.)", r"\1", pair[3] or "")
        if pair[4] == ",":
            hops.append({})
        place = pair.end()
    return [(hop.get("for", ""), hop.get("proto", "").lower()) for hop in hops]


def _read(text: str) -> Address | None:
    """Return an address as proxies write it, with or without its port; None for what is none."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
