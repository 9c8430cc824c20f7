"""All pages that are declared, by an address each that opens: found by following links, then by what stands in the rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.acceptance.test_who_gets_in import AFTERWARDS, NOW, House, Route

#: Addresses of the console that show no page to whoever is signed in.
NO_PAGES = {"/console/live", "/console/", "/console/start", "/console/gate/waiting", "/console/care/visits/{day}/picture"}

#: Links of a kind that are looked at, at most: a list has a thousand that lead to the same kind of page.
OF_A_KIND = 2


@dataclass(frozen=True)
class Found:
    """A page, at an address where it was found, and what stands on it by name: for telling pages from each other."""

    route: str
    address: str
    html: str

    @property
    def marks(self) -> frozenset[tuple[str, str]]:
        """Return tags and classes of what stands in the page's main part."""
        return frozenset(_Marks.of(self.html))


class _Marks(HTMLParser):
    @classmethod
    def of(cls, html: str) -> set[tuple[str, str]]:
        reader = cls()
        reader.found = set()
        reader.feed(html.partition("<main")[2])
        return reader.found

    found: set[tuple[str, str]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, dict(attrs).get("class") or ""))


def console_pages(house: House, cookie: Mapping[str, str], but: Collection[str] = ()) -> Iterator[Found]:
    """Give every page of the console that somebody may open, but those of some routes."""
    routes = {
        route.path: re.compile("".join(f"(?:{re.escape(part)})" if not part.startswith("{") else "(.+)" if part == "{path}" else "([^/]+)" for part in re.split(r"({\w+})", route.path) if part))
        for route in house.routes
        if route.method == "GET" and route.path.startswith("/console") and route.path not in {*NO_PAGES, *but} and not re.match("/console/in(/|$)", route.path)
    }  # fmt: skip
    seen: dict[str, int] = {}
    answered: set[str] = set()
    waiting = ["/console", "/console/account"]
    tried = set(waiting)
    while waiting:
        address = waiting.pop(0)
        route = _route_of(routes, urlsplit(address).path)
        if route is None or seen.get(route, 0) >= (OF_A_KIND if "{" in route else 1):
            continue
        seen[route] = seen.get(route, 0) + 1
        answered.add(route)  # what a page links to is there: if it is no page, it is a file
        html = page_at(house, address, cookie)
        if not html:
            continue
        yield Found(route, address, html)
        for to in re.findall(r'href="(/console[^"#]*)', html):
            link = to.replace("&amp;", "&")
            if link not in tried:
                tried.add(link)
                waiting.append(link)
    for path in sorted(set(routes) - answered):
        for address in house.addresses(Route("GET", path)):
            if html := page_at(house, address, cookie):
                yield Found(path, address, html)
                break


def _route_of(routes: Mapping[str, re.Pattern[str]], path: str) -> str | None:
    """Return the route of a path, the one with the fewest names: /tickets/new is no ticket."""
    fits = [name for name, pattern in routes.items() if pattern.fullmatch(path)]
    return min(fits, key=lambda name: name.count("{"), default=None)


def page_at(house: House, address: str, headers: Mapping[str, str]) -> str:
    """Return a whole page, empty where an address gives something else."""
    status, _, body = house.ask(Route("GET", address), address, headers)
    text = body.decode(errors="replace") if status == 200 and b"<html" in body[:400] else ""
    return text


def residents_pages(house: House) -> Iterator[Found]:
    """Give every page that residents open, behind a seal of its own."""
    until = NOW + timedelta(hours=1)
    for route in house.below("/p/"):
        for path in house.addresses(route) if route.method == "GET" and route.path != AFTERWARDS else ():
            address = f"{path}?k={house.linli.keys.seal_link(path, until, 1)}"
            if html := page_at(house, address, {}):
                yield Found(route.path, address, html)
                break
