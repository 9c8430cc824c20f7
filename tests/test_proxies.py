"""Whom a request comes from: listed proxies are believed, nobody else, and no header can make anybody somebody else."""

import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict
from structlog.testing import capture_logs

from bot.proxies import Caller, Proxies

ROOT = Path(__file__).parents[1]

#: Two proxies of ours, one behind the other.
OURS = [ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


def handed_over(peer: str, *headers: tuple[str, str]) -> web.Request:
    """Return a request as `peer` hands it over."""

    class Line:
        def get_extra_info(self, name: str, default: object = None) -> object:
            return (peer, 40_000) if name == "peername" else default

    return make_mocked_request("GET", "/", headers=CIMultiDict(headers), transport=Line())


def caller(peer: str, *headers: tuple[str, str], trusted: list[str] | None = None) -> Caller:
    """Return whom a request comes from that `peer` hands over with these headers."""
    proxies = Proxies(networks=OURS if trusted is None else [ip_network(one) for one in trusted])

    return proxies.caller(handed_over(peer, *headers))


@pytest.mark.parametrize(("headers", "address"), [
    ([("X-Forwarded-For", "203.0.113.9")], "203.0.113.9"),
    ([("X-Forwarded-For", "6.6.6.6, 203.0.113.9")], "203.0.113.9"),
    ([("X-Forwarded-For", "6.6.6.6, 203.0.113.9, 10.1.2.3")], "203.0.113.9"),
    ([("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "203.0.113.9")], "203.0.113.9"),
    ([("X-Forwarded-For", "203.0.113.9:1234")], "203.0.113.9"),
    ([("X-Forwarded-For", "[2001:db8::1]:1234")], "2001:db8::1"),
    ([("X-Forwarded-For", "::ffff:203.0.113.9")], "203.0.113.9"),
    ([("X-Forwarded-For", "10.9.9.9, 10.1.2.3")], "10.9.9.9"),
    ([("Forwarded", "for=203.0.113.9;proto=https")], "203.0.113.9"),
    ([("Forwarded", 'for="[2001:db8::1]:4711", for=10.1.2.3')], "2001:db8::1"),
    ([("Forwarded", "For=6.6.6.6"), ("Forwarded", "for=203.0.113.9")], "203.0.113.9"),
    ([("Forwarded", "for=203.0.113.9"), ("X-Forwarded-For", "203.0.113.9")], "203.0.113.9"),
])  # fmt: skip
def test_caller_is_the_rightmost_address_that_is_no_proxy_of_ours(headers: list[tuple[str, str]], address: str) -> None:
    assert caller("127.0.0.1", *headers).address == address


@pytest.mark.parametrize("headers", [
    [("X-Forwarded-For", "unknown")], [("X-Forwarded-For", "")], [("X-Forwarded-For", "203.0.113.9, _hidden")],
    [("Forwarded", "for=_secret")], [("Forwarded", "by=203.0.113.9")], [("Forwarded", "for")],
    [("Forwarded", 'for=6.6.6.6;by=", for="[2001:db8::1]:80"')],  # a quotation mark left open in front of what the proxy adds
    [("Forwarded", 'for=6.6.6.6;by=", for=203.0.113.9')],
    [("Forwarded", "for=6.6.6.6"), ("X-Forwarded-For", "203.0.113.9")],  # written by the client, passed on by a proxy that writes the other
    [("X-Forwarded-For", "6.6.6.6"), ("Forwarded", "for=203.0.113.9")],
])  # fmt: skip
def test_of_a_way_that_cannot_be_read_for_sure_only_the_proxy_is_known(headers: list[tuple[str, str]]) -> None:
    assert caller("127.0.0.1", *headers).address == "127.0.0.1"


@pytest.mark.parametrize("peer", ["203.0.113.7", "127.0.0.1", "10.1.2.3", "::1"])
def test_nobody_is_believed_who_is_not_listed(peer: str) -> None:
    said = caller(
        peer, ("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-Proto", "https"), ("Forwarded", "for=6.6.6.6;proto=https"), trusted=[]
    )

    assert (said.address, said.is_secure, said.is_direct) == (peer, False, False)


@pytest.mark.parametrize(("headers", "is_secure"), [
    ([("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https")], True),
    ([("X-Forwarded-Proto", "https")], True),
    ([("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "http")], False),
    ([("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https, http")], False),
    ([("Forwarded", "for=203.0.113.9;proto=https")], True),
    ([("Forwarded", "for=6.6.6.6;proto=https, for=203.0.113.9;proto=http")], False),
    ([], False),
])  # fmt: skip
def test_scheme_is_that_which_our_proxy_saw(headers: list[tuple[str, str]], is_secure: bool) -> None:
    assert caller("127.0.0.1", *headers).is_secure == is_secure


@pytest.mark.parametrize(("peer", "headers", "is_local"), [
    ("127.0.0.1", {}, True), ("::1", {}, True), ("203.0.113.9", {}, False), ("10.1.2.3", {}, False),
    ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, False), ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, False),
    ("127.0.0.1", {"X-Forwarded-For": "6.6.6.6", "Forwarded": "for=127.0.0.1"}, False),
    ("127.0.0.1", {"X-Real-IP": "203.0.113.9"}, False), ("127.0.0.1", {"X-Forwarded-Proto": "https"}, False),
])  # fmt: skip
@pytest.mark.parametrize("trusted", [[], ["127.0.0.1"]])
def test_nobody_who_came_through_a_proxy_is_of_this_machine(
    peer: str, headers: Mapping[str, str], is_local: bool, trusted: list[str]
) -> None:
    assert caller(peer, *headers.items(), trusted=trusted).is_local == is_local


def test_who_has_one_address_of_ipv6_cannot_become_many() -> None:
    assert caller("2001:db8:0:1::1").network == caller("2001:db8:0:1:ffff::2").network != caller("2001:db8:0:2::1").network
    assert caller("203.0.113.9").network == "203.0.113.9"


def test_proxy_that_nobody_listed_is_told_of_once() -> None:
    proxies = Proxies()

    with capture_logs() as logs:
        for _ in range(3):
            proxies.caller(handed_over("127.0.0.1", ("X-Forwarded-For", "203.0.113.9")))

    assert [line["proxy"] for line in logs] == ["127.0.0.1"]
    assert "LINLI_TRUSTED_PROXIES" in logs[0]["event"]


def test_nothing_else_looks_at_peers_or_forwarding_headers() -> None:
    """Else some page would decide by an address that anybody can write."""
    looks = re.compile(r"request\.(?:remote|secure|scheme|forwarded|url\.scheme)\b|peername|X-Forwarded|X-Real-IP|[\"']Forwarded")
    found = [
        path.relative_to(ROOT).as_posix() for folder in ("bot", "integrations") for path in (ROOT / folder).rglob("*.py")
        if looks.search(path.read_text(encoding="utf-8"))
    ]  # fmt: skip

    assert set(found) <= {"bot/proxies.py", "bot/config.py"}
