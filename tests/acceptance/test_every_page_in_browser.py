"""Every page there is, on a phone and on a desk, light and dark: readable for everybody, no taller than three screens, quiet.

The pages are those that are declared, in a community with a past: a new one is looked at by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlmodel import Session, select

from bot import totp
from bot.cli.serving import demo_settings, seed
from bot.store import credentials, scope, sessions
from bot.store.staff import Role, Staff
from tests.acceptance.test_who_gets_in import NOW, House, opened_house
from tests.acceptance.walking import NO_PAGES, Found, console_pages, page_at, residents_pages
from tests.peers.conftest import HERE as PEERS
from tests.peers.conftest import require

pytestmark = [pytest.mark.browser, pytest.mark.peers]

AXE = PEERS / "node_modules/axe-core/axe.min.js"

#: The desk and the phone.
SCREENS = ((1280, 800), (390, 844))

#: Screens that a page may be tall.
TALLEST = 3

#: Bytes that a page may weigh with its scripts and styles, as they are sent; charts, the editor and what reads codes are apart.
HEAVIEST = 150_000
APART = ("/static/vendor/echarts", "/static/chart.js", "/static/editor.js", "/static/vendor/jsQR.js")

#: Who looks beside the admin, at pages that look otherwise to them.
OTHERS = (Role.MANAGER, Role.STAFF, Role.GUARD, Role.CITY)

#: Routes that give no page, and what they give.
ELSEWHERE = {
    "/console/tasks/bulk": "leads to the list", "/console/conversations/table/bulk": "leads to the list", "/console/passes/bulk": "leads to the list", "/console/tickets/bulk": "leads to the list", "/console/people/bulk": "leads to the list", "/console/staff/bulk": "leads to the list", "/console/knowledge/bulk": "leads to the list", "/console/effects/bulk": "leads to the list",
    "/console/duplicates/search": "a part of a page", "/console/flats/search": "a part of a page", "/console/households/{id}/known": "a part of a page", "/console/notices/{id}/progress": "a part of a page", "/console/alarms": "a part of a page",
    "/console/photos/{id}": "a picture", "/console/notices/{id}/pictures/{number}": "a picture", "/console/conversations/{key}/pictures/{sent_picture}": "a picture",
    "/p/notices/{delivery}/pictures/{number}": "a picture", "/p/notices/look/{id}/pictures/{number}": "a picture", "/p/passes/{id}/picture": "a picture", "/p/tickets/{number}/photos/{photo}": "a picture",
    "/console/gate/offline.js": "a program", "/console/gate/worker.js": "a program", "/console/gate/rules.js": "a program", "/console/gate/turnstile.js": "a program", "/console/gate/offline/data": "what the program reads", "/p/privacy/{id}/{key}": "a file",
}  # fmt: skip

#: Pages that stand alone, for they are kept where nothing else is.
ALONE = {"admin /console/gate/offline", "admin /console/gate/turnstile"}

PASSWORD = "four plain words together"

#: What axe finds wrong, by rule and place; of the dark scheme, which differs in colours alone, the contrast.
LOOK = """async (only) => (await axe.run(document, { resultTypes: ['violations'], ...(only ? { runOnly: only } : {}) })).violations
  .map((rule) => `${rule.id}: ${rule.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 120)} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''}`).join(' | ')}`)"""

#: What a page and each of its scripts and styles weigh as they are sent, in bytes.
WEIGH = """() => Object.fromEntries([...performance.getEntriesByType('navigation').map((one) => ['page', one.encodedBodySize]),
  ...performance.getEntriesByType('resource').filter((one) => ['script', 'link', 'css'].includes(one.initiatorType)).map((one) => [new URL(one.name).pathname, one.encodedBodySize])])"""

#: How tall a page is, whichever of its foldings is open, by how much it is too wide, and by how much its main button lies below the window.
MEASURE = """() => {
  const main = [...document.querySelectorAll('main .btn-primary, main .big, main .letter-confirm')].find((one) => one.checkVisibility());
  const below = main ? Math.max(0, Math.round(main.getBoundingClientRect().bottom - innerHeight)) : 0;
  const foldings = [...document.querySelectorAll('main details[name]')], root = document.documentElement, first = foldings.find((one) => one.open);
  const heights = [root.scrollHeight, ...foldings.map((one) => { one.open = true; const height = root.scrollHeight; one.open = false; return height; })];
  if (first) first.open = true;
  return { screens: Math.max(...heights) / innerHeight, beside: root.scrollWidth - innerWidth, below, button: main?.innerText ?? '' };
}"""


#: Words of a page in big letters that are smaller than an elder reads, by their size; what is pressed that is lower than a thumb; by how much it is too wide.
LARGE = """(least) => {
  const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT), small = {}, root = document.documentElement;
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const held = node.parentElement, size = parseFloat(getComputedStyle(held).fontSize);
    if (node.data.trim() && held.checkVisibility() && !held.closest('svg, canvas, option, script, style') && size < least) small[node.data.trim().slice(0, 20)] = size;
  }
  for (const field of document.querySelectorAll('main :is(input, select, textarea):not([type=hidden], [type=radio], [type=checkbox])'))
    if (field.checkVisibility() && parseFloat(getComputedStyle(field).fontSize) < least) small[field.name] = parseFloat(getComputedStyle(field).fontSize);
  const low = [...document.querySelectorAll('main button, main .button')].filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44).map((one) => one.innerText);
  const beside = [...document.querySelectorAll('main *')].filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 80));
  return { small, low, beside: root.scrollWidth > innerWidth ? beside : [], read: document.querySelector('html.large') !== null };
}"""

#: The size below which nothing stands on a page in big letters, in px.
LEAST = 18

#: Waits until all parts that a page asks for by itself are there.
SETTLED = "async () => { while (document.querySelector('.htmx-request')) await new Promise((then) => setTimeout(then, 20)); }"


@dataclass(kw_only=True)
class Look:
    """What was seen of a page by somebody."""

    who: str
    route: str
    address: str
    findings: dict[str, Sequence[str]] = field(default_factory=dict)
    complaints: Sequence[str] = ()
    sizes: dict[int, Mapping[str, float]] = field(default_factory=dict)
    weight: Mapping[str, int] = field(default_factory=dict)
    menu: str = ""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A community with its past, served from this process."""
    var = tmp_path_factory.mktemp("lived") / "var"
    seed(demo_settings(host="127.0.0.1", port=1, var=var), lives=True, now=NOW)
    with opened_house(var, demo=True) as house:
        house.linli.database.submit(join).result()
        yield house


def join(session: Session) -> None:
    """Let the first community's admin work in the other, too."""
    with scope.within(session, 1):
        admin = session.exec(select(Staff).where(Staff.login == "admin-of-1")).one()
    with scope.within(session, 2):
        session.add(Staff(login=admin.login, person=admin.person, name=admin.name, role=Role.ADMIN, created_at=NOW))


@pytest.fixture(scope="module")
def looks(house: House, chromium: Browser) -> Sequence[Look]:
    """Look at every page, each once in a window of both widths and both schemes."""
    require(AXE.exists(), "axe-core (tests/peers/node_modules)")
    found: list[Look] = []
    marks: dict[str, frozenset[tuple[str, str]]] = {}
    pages = list(console_pages(house, house.cookie(1, Role.ADMIN), ELSEWHERE))
    for role in (Role.ADMIN, *OTHERS):
        cookie = house.cookie(1, role)
        window = opened(chromium, house, cookie["Cookie"])
        for page in pages if role is Role.ADMIN else seen_by(house, pages, cookie):
            if not page.marks <= marks.get(page.route, frozenset()):
                found.append(look(window, house, page, role.value))
                marks[page.route] = marks.get(page.route, frozenset()) | page.marks
        window.context.close()
    stranger = opened(chromium, house)
    for page in (*residents_pages(house), *doors(house)):
        found.append(look(stranger, house, page, "resident"))
    stranger.goto(f"{base(house)}/console/in")
    stranger.get_by_label("登录名").fill("two-steps")
    stranger.get_by_label("密码").fill(PASSWORD)
    stranger.get_by_role("button", name="登录").click()
    stranger.wait_for_url("**/console/in/code")
    found.append(looked(stranger, Look(who="stranger", route="/console/in/code", address=stranger.url), []))
    stranger.context.close()
    return found


@pytest.fixture(scope="module")
def large(house: House, chromium: Browser) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """What is wrong with the residents' pages as whoever reads big letters opens them on a phone, by route."""
    require(AXE.exists(), "axe-core (tests/peers/node_modules)")
    window, found = opened(chromium, house), {}
    window.set_viewport_size({"width": SCREENS[1][0], "height": SCREENS[1][1]})
    for page in residents_pages(house):
        window.goto(f"{base(house)}{page.address}&s=big")
        window.evaluate(SETTLED)
        found[page.route] = {**window.evaluate(LARGE, LEAST), "contrast": window.evaluate(LOOK, ["color-contrast"])}
    window.context.close()
    return found


def seen_by(house: House, pages: Sequence[Found], cookie: Mapping[str, str]) -> Iterator[Found]:
    """Give the pages that somebody else may open, too, as they see them: one of each route."""
    for page in {page.route: page for page in reversed(pages)}.values():
        if html := page_at(house, page.address, cookie):
            yield Found(page.route, page.address, html)


def base(house: House) -> str:
    return f"http://127.0.0.1:{house.line.port}"


def opened(chromium: Browser, house: House, cookie: str = "") -> Page:
    """Open a window that moves nothing, so that colours are what they are; signed in by a cookie."""
    context: BrowserContext = chromium.new_context(
        locale="zh-CN", reduced_motion="reduce", viewport={"width": SCREENS[0][0], "height": SCREENS[0][1]}
    )
    if cookie:
        name, _, value = cookie.partition("=")
        context.add_cookies(
            [{"name": name, "value": value, "url": base(house).replace("http:", "https:"), "secure": True, "httpOnly": True}]
        )
    context.add_init_script(path=AXE)
    return context.new_page()


def doors(house: House) -> Sequence[Found]:
    """Return the pages before the doors: where people begin, sign in, and what they see of an address that is none."""
    keys = house.linli.keys

    def admit(session: Session) -> str:
        with scope.within(session, 1):
            member = Staff(login="two-steps", name="两步", role=Role.STAFF, created_at=NOW)
            session.add(member)
            session.flush()
            credentials.of(session, member.person).password = sessions.hash_password(PASSWORD, member.login)
            key = credentials.begin_app(session, member.person, keys)
            credentials.confirm_app(session, member.person, keys, totp.code_at(key, totp.counter_at(NOW)), NOW)
            return sessions.make_link(session, member, NOW, sessions.IDLE)

    token = house.linli.database.submit(admit).result()
    addresses = ("/", "/simulator/", "/console/in", "/console/nothing-here", "/p/nothing-here", f"/console/in/{token}")
    return [Found(address.replace(token, "{token}"), address, "") for address in addresses]


def look(window: Page, house: House, page: Found, who: str) -> Look:
    complaints: list[str] = []
    window.on("console", note := lambda said: complaints.append(said.text) if said.type == "error" else None)
    window.on("pageerror", fail := lambda error: complaints.append(str(error)))
    window.goto(f"{base(house)}{page.address}")
    seen = looked(window, Look(who=who, route=page.route, address=page.address), complaints)
    window.remove_listener("console", note)
    window.remove_listener("pageerror", fail)
    return seen


def looked(window: Page, seen: Look, complaints: list[str]) -> Look:
    window.evaluate(SETTLED)
    seen.weight = window.evaluate(WEIGH)
    for width, height in SCREENS:
        window.set_viewport_size({"width": width, "height": height})
        seen.sizes[width] = window.evaluate(MEASURE)
        for scheme, only in (("light", None), ("dark", ["color-contrast", "link-in-text-block"])):
            window.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if findings := window.evaluate(LOOK, only):
                seen.findings[f"{width} {scheme}"] = findings
        window.emulate_media(color_scheme="light")
    window.set_viewport_size({"width": SCREENS[0][0], "height": SCREENS[0][1]})
    menu = window.evaluate("document.querySelector('header.top')?.innerHTML ?? ''")
    seen.menu = re.sub(
        r' aria-current="page"|<input type="hidden" name="once" value="[^"]*">|<div class="alarm-bar.*', "", menu, flags=re.DOTALL
    )
    seen.complaints = complaints
    return seen


def test_every_page_that_is_declared_was_looked_at(house: House, looks: Sequence[Look]) -> None:
    declared = {
        route.path for route in house.routes
        if route.method == "GET" and route.path.startswith(("/console", "/p/")) and route.path not in NO_PAGES and not re.search(r"\.(csv|xlsx|md)$", route.path)
    }  # fmt: skip

    assert declared - {one.route for one in looks} - set(ELSEWHERE) == set()
    assert set(ELSEWHERE) <= declared
    assert {"/", "/simulator/"} <= {one.route for one in looks}


def test_no_page_has_what_keeps_anybody_from_reading_or_using_it(looks: Sequence[Look]) -> None:
    assert told({name: one.findings for name, one in named(looks) if one.findings}) == {}


def test_no_page_makes_the_browser_complain(looks: Sequence[Look]) -> None:
    expected = "the server responded with a status of 40"  # the pages of addresses that are none
    wrong = {
        name: [said for said in one.complaints if expected not in said or "nothing-here" not in one.address]
        for name, one in named(looks)
    }

    assert {name: said for name, said in wrong.items() if said} == {}


def test_no_page_weighs_more_than_a_slow_line_brings(looks: Sequence[Look]) -> None:
    weights = {
        name: sum(size for path, size in one.weight.items() if not path.startswith(APART))
        for name, one in named(looks) if one.route not in ("/", "/simulator/")
    }  # fmt: skip

    assert all(one.weight["page"] > 0 for _, one in named(looks))
    assert {name: size for name, size in weights.items() if size > HEAVIEST} == {}


def test_no_page_is_taller_than_three_screens_or_wider_than_one(looks: Sequence[Look]) -> None:
    sizes = {f"{name} {width}": size for name, one in named(looks) for width, size in one.sizes.items()}

    assert {name: round(size["screens"], 1) for name, size in sizes.items() if size["screens"] > TALLEST} == {}
    assert {name: size["beside"] for name, size in sizes.items() if size["beside"] > 0} == {}


def test_the_main_button_of_each_page_is_in_reach_without_scrolling(looks: Sequence[Look]) -> None:
    sizes = {f"{name} {width}": size for name, one in named(looks) for width, size in one.sizes.items()}

    assert {name: (size["button"], size["below"]) for name, size in sizes.items() if size["below"]} == {}


def test_residents_pages_in_big_letters_are_read_by_the_old(large: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
    assert len(large) > 10
    assert {route for route, seen in large.items() if not seen["read"]} == set()
    assert {route: seen["small"] for route, seen in large.items() if seen["small"]} == {}
    assert {route: seen["low"] for route, seen in large.items() if seen["low"]} == {}
    assert {route: seen["beside"][:2] for route, seen in large.items() if seen["beside"]} == {}
    assert {route: seen["contrast"] for route, seen in large.items() if seen["contrast"]} == {}


def test_the_menu_its_numbers_and_the_way_to_other_communities_are_the_same_everywhere(looks: Sequence[Look]) -> None:
    menus = {name: one.menu for name, one in named(looks) if one.who == Role.ADMIN.value}
    first = menus["admin /console"]

    assert "badge" in first
    assert "换小区" in first
    assert {name for name, menu in menus.items() if menu != first} == ALONE


def named(looks: Sequence[Look]) -> Iterator[tuple[str, Look]]:
    for one in looks:
        yield f"{one.who} {one.route}", one


def told(findings: Mapping[str, object]) -> Mapping[str, object]:
    """Keep all that was found for who mends it: an assertion shows the beginning alone."""
    folder = Path("artefacts")
    folder.mkdir(exist_ok=True)
    (folder / "axe.json").write_text(json.dumps(findings, ensure_ascii=False, indent=1))
    return findings
