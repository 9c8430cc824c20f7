"""Every form of every page, sent as a browser without script sends it: it works, and what is refused comes back with its words.

The forms are those that stand on the pages that are declared: a new one is tried by itself.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import count
from pathlib import Path

import pytest

from bot import config
from bot.store.staff import Role
from tests.acceptance.forms import Button, Field, Form, forms_of, multipart, path_of
from tests.acceptance.test_who_gets_in import House, Route, opened_house
from tests.acceptance.walking import Found, console_pages, residents_pages

#: Forms that end the session they are sent in.
LEAVES = {"/console/out", "/console/account/out"}

#: How the addresses of forms end that put an end to something.
ENDINGS = (
    "/cancel", "/confirm", "/block", "/unbind", "/leave", "/merge", "/part", "/refuse", "/close", "/undo", "/drop", "/discard", "/remove", "/forget",
    "/pause", "/end", "/revoke", "/disable", "/out", "/recall", "/staff/bulk", "/knowledge/bulk",
)  # fmt: skip

#: What nobody means by any field, and can be told from all that pages say by themselves.
NONSENSE = "没有人这样写"


#: Files that forms take.
PICTURE, TABLE = Path("tests/acceptance/leak.jpg"), "楼栋,单元,房号,姓名\n3,2,501,陈建国\n"

#: What is asked for without a mark that the browser would mind, and what fits where words alone do not.
ASKED = {"phone", "q", "who", "text", "question", "answer", "save_as"}
FITTING = {
    "code": "123456", "price": "35", "pieces": "1", "phone": "13800001234", "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x", "who": "3-2-501",
    "hour": "10:00", "flat": "3-2-501", "building": "3", "unit": "2", "room": "909", "q": "陈", "from": "9", "until": "10",
    "from-0": "07:00", "to-0": "10:00", "from-1": "16:00", "to-1": "19:00",
}  # fmt: skip

#: Parts of a page that another button of it gives as well.
SAME = {
    "/console/notices/reach": "加一行 counts them, too",
    "/console/campaigns/reach": "加一行 counts them, too",
    "/console/intents/check/{path}": "saving tells the same",
}

#: Forms that need something to be done before, with the file where that is done.
MORE: Mapping[str, str] = {
    "/console/roster/draft/{id}/choose": "the draft is taken over before",
    "/console/roster/draft/{id}/drop": "the draft is taken over before",
    "/console/account/devices/{id}/out": "the password is changed before",
    "/console/staff/{login}/link": "who works elsewhere, too, gets none here",
    "/console/flats/{id}/refuse": "it is confirmed before",
    "/console/households/{id}/unbind": "the account is kept out before",
    "/console/conversations/{key}/reply": "all that WeChat allows was said before",
    "/console/intents/delete/{path}": "the file is saved before",
    "/p/requests/{task}/{member}": "the office looks into who lives there",
    "/console/notices/test": "who asks has no WeChat",
    "/console/notices": "so many are asked about once more",
    "/console/tickets/{number}/merge": "nothing else is broken",
    "/console/tickets/dispatch": "the ticket is given to somebody before, and whoever changes that says why",
    "/console/tickets/{number}/assign": "the ticket is given to somebody before, and whoever changes that says why",
    "/console/tickets/board": "the ticket is accepted before",
    "/console/tickets/bulk": "the ticket is given to that colleague before",
    "/console/passes/bulk": "the pass is over before",
    "/p/walk-ups/{id}/{member}": "the guard lets them in before",
    "/console/care/visits/{day}": "a photo is taken before",
    "/console/care/people": "two live there, and it is said who",
    "/console/doors": "the gate is deleted before",
    "/console/campaigns": "some are in another one on these days",
    "/console/campaigns/{key}/missing/{resident}": "it is paused before",
    "/p/duty/{task}/{login}": "a colleague takes it over before",
    "/p/tickets/{number}": "the office calls it off before",
}

#: Which file a button sends, of a form with several.
FILE_OF = {"/console/notices/pictures": "picture", "/console/notices/whom/file": "list"}

#: What gives a file.
FILES = {"/console/people/export", "/console/roster/export", "/console/households/{id}/export", "/console/notices/left-out.csv"}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A form that was sent, and what came back."""

    page: str
    route: str
    status: int
    body: str
    words: Sequence[str]


@pytest.fixture(scope="module")
def house(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("forms")
    intents = shutil.copytree(config.shipped("intents"), home / "intents")
    with opened_house(shutil.copytree(seeded, home / "var"), intents=intents) as house:
        yield house


@pytest.fixture(scope="module")
def pages(house: House) -> Sequence[Found]:
    return [*console_pages(house, house.cookie(1, Role.ADMIN)), *residents_pages(house)]


@pytest.fixture(scope="module")
def sent(house: House, pages: Sequence[Found]) -> Sequence[Sent]:
    """Send each form once with words that are none of its business, then, by each of its buttons, as somebody fills it in."""
    numbers = count(1)

    def fitting(one: Field) -> str:
        if one.value or not (one.is_required or one.name in ASKED):
            return one.value
        return FITTING.get(one.name) or {"login": f"new{next(numbers)}", "intent": f"new{next(numbers)}.thing"}.get(
            one.name, f"测试{next(numbers)}"
        )

    done: list[Sent] = []
    acts = [
        (page, form, button) for page in pages for form in forms_of(page.address, page.html) for button in form.buttons
        if form.method == "post"
    ]  # fmt: skip
    acts.sort(key=lambda act: ends(path_of(act[2].action or act[1].action)))
    for words in (fitting, lambda one: NONSENSE[: one.longest]):
        tried: set[tuple[str, str, str]] = set()
        for page, form, button in acts:
            action = path_of(button.action or form.action)
            route = route_of(house, "POST", action)
            if (page.route, route, button.name) not in tried and route not in LEAVES:
                tried.add((page.route, route, button.name))
                done.append(send(house, page, form, button, route, action, form.sent(button, words)))
    return done


def ends(action: str) -> int:
    """Return how late a form is sent: what puts an end to something comes last, and what changes a state comes first."""
    path = action.partition("?")[0]
    return next(
        (number for number, ending in enumerate(ENDINGS, 1) if path.endswith(ending)), 0 if path.endswith("/state") else 1
    )


def send(house: House, page: Found, form: Form, button: Button, route: str, action: str, said: dict[str, str]) -> Sent:
    cookie = house.cookie(1, Role.ADMIN) if action.startswith("/console") else {}
    asked = {
        **cookie,
        "Accept": "text/html",
        "Sec-Fetch-Site": "same-origin",
        "Referer": f"http://{house.line.host}:{house.line.port}{page.address}",
    }
    files = [one for one in form.fields if one.kind == "file"]
    file = next((one for one in files if one.name == FILE_OF.get(route)), files[0] if files else None)
    if file is not None and (button.kind or form.kind) == "multipart/form-data":
        name, content = (
            ("漏水.jpg", PICTURE.read_bytes()) if "image" in file.attrs.get("accept", "") else ("名册.csv", TABLE.encode())
        )
        headers, raw = multipart(said, file.name, name, content)
        status, _, body = house.ask(Route("POST", action), action, {**asked, **headers}, raw=raw)
    else:
        status, _, body = house.ask(Route("POST", action), action, asked, said)
    words = [value for value in said.values() if NONSENSE.startswith(value) and len(value) > 2]
    return Sent(page=page.route, route=route, status=status, body=body.decode(errors="replace"), words=words)


def route_of(house: House, method: str, path: str) -> str:
    """Return the route that an address belongs to; the address itself where there is none."""
    plain = path.partition("?")[0]
    fits = [
        route.path for route in house.routes
        if route.method == method and re.fullmatch(re.sub(r"\\{path\\}", "(.+)", re.sub(r"\\{(?!path)\w+\\}", "([^/]+)", re.escape(route.path))), plain)
    ]  # fmt: skip
    return min(fits, key=lambda name: name.count("{"), default=path)


def test_every_form_has_a_button_and_an_address_that_is_there(house: House, pages: Sequence[Found]) -> None:
    posts = {
        (page.route, form.action): form for page in pages for form in forms_of(page.address, page.html) if form.method == "post"
    }

    assert len(posts) > 60
    assert {
        where for where, form in posts.items() if any(one.kind != "hidden" for one in form.fields) and not form.buttons
    } == set()
    targets = {path_of(button.action or form.action) for form in posts.values() for button in form.buttons}
    assert {to for to in targets if Route("POST", route_of(house, "POST", to)) not in house.routes} == set()


def test_what_a_script_asks_for_can_be_had_by_a_button(house: House, pages: Sequence[Found]) -> None:
    """A part of a page that a script posts for is behind a form or a button of the same page, too."""
    missing = defaultdict(set)
    for page in pages:
        forms = list(forms_of(page.address, page.html))
        offered = {path_of(button.action or form.action) for form in forms for button in form.buttons}
        for asked in re.findall(r'hx-post="([^"]+)"', page.html):
            if asked not in offered and route_of(house, "POST", asked) not in SAME:
                missing[asked].add(page.route)

    assert dict(missing) == {}


def test_every_form_is_answered_by_a_page_or_leads_to_one(sent: Sequence[Sent]) -> None:
    odd = {
        f"{one.page} → {one.route}": (one.status, one.body[:120])
        for one in sent
        if one.status not in (200, 303, 404, 409, 422)
        or (one.status != 303 and "<html" not in one.body and one.route not in FILES)
    }

    assert odd == {}


def test_every_form_works_when_it_is_filled_in(sent: Sequence[Sent]) -> None:
    worked = {one.route for one in sent if one.status in (200, 303)}
    never = {one.route: (one.status, said(one.body)) for one in reversed(sent) if one.route not in worked}

    assert {route: why for route, why in never.items() if route not in MORE} == {}


def said(body: str) -> str:
    """Return what a page says in its main part."""
    told = (
        "".join(re.findall(r'role="alert"[^>]*>(?!\s*</).*?</', body.partition("<main")[2], re.DOTALL))
        or body.partition("<main")[2]
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", told))[:200]


def test_what_is_refused_says_why_and_comes_back_with_its_words(sent: Sequence[Sent]) -> None:
    refused = [one for one in sent if one.status == 422]
    lost = {one.route: one.words for one in refused if any(escape(word) not in one.body for word in one.words)}

    assert len(refused) > 15
    assert lost == {}
    assert {one.route for one in refused if 'role="alert"' not in one.body and "没有完成" not in one.body} == set()


#: Forms that are gone from the page by the time they are refused: somebody has done meanwhile what they ask for.
GONE = {
    "/console/tasks/bulk", "/console/conversations/{key}/close", "/console/flats/{id}/confirm", "/console/flats/{id}/refuse", "/console/households/{id}/correct", "/console/tasks/{id}/close",
    "/console/tickets/{number}/assign", "/console/tickets/{number}/cancel", "/console/tickets/{number}/merge", "/console/care/visits/{day}", "/console/intents/delete/{path}", "/console/notices/left-out", "/console/notices/left-out.csv",
}  # fmt: skip

#: What is refused for no field of the form, but for how things stand.
STANDS = {
    *GONE, "/console/campaigns/{key}/missing/{resident}", "/console/clinic/sessions/{id}", "/console/conversations/{key}/reply", "/console/intents/delete/{path}", "/console/knowledge/{id}", "/console/notices/audiences/file",
    "/console/tickets/bulk", "/console/notices/left-out", "/console/notices/left-out.csv",
    "/console/households", "/console/households/{id}/number",
}  # fmt: skip


def test_what_is_refused_stands_in_its_form_once_more(house: House, sent: Sequence[Sent]) -> None:
    """Not on a page of its own, from which one goes back to a form that is empty again."""
    refused = [one for one in sent if one.status == 422 and one.route.startswith("/console")]
    gone = {
        one.route: said(one.body) for one in refused
        if one.route not in {route_of(house, "POST", path_of(to)) for form in forms_of(one.page, one.body) for to in (form.action, *(button.action or "" for button in form.buttons))}
    }  # fmt: skip

    assert len(refused) > 15
    assert {route: why for route, why in gone.items() if route not in GONE} == {}
    assert {one.route for one in refused if one.route in gone and "回到首页" in one.body} == set()


def test_what_is_refused_of_one_field_is_said_at_that_field(sent: Sequence[Sent]) -> None:
    bare = {
        one.route: said(one.body) for one in sent
        if one.status == 422 and one.route.startswith("/console") and one.words and "aria-invalid" not in one.body
    }  # fmt: skip

    assert {route: why for route, why in bare.items() if route not in STANDS} == {}
