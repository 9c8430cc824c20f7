"""Words that would be scripts, written wherever anybody can write, stay words wherever anybody reads them.

They come in by every way there is: the chat, every field of every form of the console and of residents' pages, a roster, files by their
names, the API. Then every page is opened in a browser whose policy is off, so that escaping alone must hold; the policy is looked at
by itself.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import Session, select

from bot import config
from bot.simulator.cast import CAST
from bot.store import apikeys, scope
from bot.store.people import Resident
from bot.store.staff import Role
from bot.wechat import crypto
from tests.acceptance.forms import Field, forms_of, multipart, path_of
from tests.acceptance.test_who_gets_in import NOW, House, Route, opened_house
from tests.acceptance.walking import Found, console_pages, page_at, residents_pages

pytestmark = pytest.mark.browser

PAYLOADS = [line for line in Path("tests/acceptance/payloads.txt").read_text().splitlines() if line and not line.startswith("#")]

#: What may be written in one message or field at most, beside what a field says of itself.
LONGEST = 500

#: Sums that a page works out which takes words for a template.
WORKED_OUT = str(1337 * 7331)

#: Notes each script that runs, whichever of the usual calls shows it.
WATCH = "window.ran = []; for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) window[name] = (...said) => { window.ran.push(`${name} ${said}`); };"

#: What stands in a page that no template of ours has put there. `hx-` attributes with an address of others, too.
STRANGE = """() => [...document.querySelectorAll('*')].flatMap((one) => {
  const wrong = [...one.attributes].filter(({ name, value }) => name.startsWith('on') || name.startsWith('hx-on') || name.startsWith('data-hx')
    || (['href', 'src', 'action', 'formaction', 'data', 'xlink:href', 'srcdoc'].includes(name) && /^\\s*(javascript|vbscript|data:text)/i.test(value)) || /^(src|href|action|hx-)/.test(name) && value.includes('xss.example'));
  const odd = ['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'MARQUEE', 'IMAGE', 'MATH', 'STYLE', 'AUDIO', 'X'].includes(one.tagName.toUpperCase()) || one.tagName === 'SCRIPT' && !one.src || one.tagName === 'META' && one.httpEquiv;
  return wrong.length || odd ? [one.outerHTML.slice(0, 160)] : [];
})"""

#: Pages that show what somebody has written.
SHOWN = {
    "/console/tasks", "/console/tickets", "/console/tickets/board", "/console/tickets/{number}", "/console/conversations/{key}", "/console/staff", "/console/staff/{login}", "/console/keys", "/console/community",
    "/console/duty/robots", "/console/notices", "/console/notices/{id}", "/console/notices/texts", "/console/people", "/console/households/{id}", "/console/knowledge", "/console/phrases", "/console/intents",
    "/p/tickets/{number}", "/p/duty/{task}/{login}",
}  # fmt: skip

#: Fields that take no words of anybody's, and forms that would end what the others write into.
LEFT = {"once", "version"}
ENDS = ("/out", "/drop", "/discard", "/remove", "/forget", "/revoke", "/disable", "/undo", "/role", "/password", "/totp")


@pytest.fixture(scope="module")
def house(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("scripts")
    intents = shutil.copytree(config.shipped("intents"), home / "intents")
    titled = intents / "faq/hours.yaml"
    titled.write_text(re.sub(r"(?m)^( *title:).*$", r'\1 "<img src=x onerror=alert(72)>"', titled.read_text(), count=1))
    with opened_house(shutil.copytree(seeded, home / "var"), intents=intents) as house:
        write_everywhere(house)
        yield house


def write_everywhere(house: House) -> None:
    """Write the words by every way there is."""
    some = Words()
    for number, text in enumerate([*some.all_in(LONGEST), "我要报修", some(200), some(100), "转人工", some(200)]):
        speak(house, 100 + number, f"<MsgType>text</MsgType><Content>{cdata(text)}</Content>")
    speak(
        house,
        200,
        f"<MsgType>location</MsgType><Location_X>30.1</Location_X><Location_Y>120.1</Location_Y><Label>{cdata(some(80))}</Label>",
    )
    speak(house, 201, f"<MsgType>voice</MsgType><MediaId>m</MediaId><Recognition>{cdata(some(200))}</Recognition>")
    speak(
        house,
        202,
        f"<MsgType>link</MsgType><Title>{cdata(some(60))}</Title><Description>{cdata(some(60))}</Description><Url>{cdata('javascript:alert(70)')}</Url>",
    )
    seen: set[tuple[str, str]] = set()
    for _ in range(2):  # what was made by a form has a page, which has forms
        for page in [*console_pages(house, house.cookie(1, Role.ADMIN)), *residents_pages(house)]:
            fill(house, page, some, seen)
    key = key_of(house)
    for text in some.all_in(LONGEST):
        house.ask(
            Route("POST", ""), "/api/v1/gate/checks", {**key, "Content-Type": "application/json"}, raw=as_json({"code": text})
        )


def fill(house: House, page: Found, some: Words, seen: set[tuple[str, str]]) -> None:
    """Write into every field of a page that takes words; pages of their own are asked for by GET."""
    for form in forms_of(page.address, page.html):
        words = [one for one in form.fields if one.kind in ("text", "search", "textarea") and one.name not in LEFT]
        file = next((one for one in form.fields if one.kind == "file"), None)
        for button in form.buttons if words or file else ():
            action = path_of(button.action or form.action)
            if (page.route, f"{re.sub(r'[0-9A-Z]{6,}|[0-9]+', '{}', action)} {button.name}") in seen or action.partition("?")[
                0
            ].endswith(ENDS):
                continue
            seen.add((page.route, f"{re.sub(r'[0-9A-Z]{6,}|[0-9]+', '{}', action)} {button.name}"))
            said = form.sent(button, lambda one: some.into(one, page.route))
            cookie = house.cookie(1, Role.ADMIN) if action.startswith("/console") else {}
            if form.method == "get":
                page_at(house, f"{action.partition('?')[0]}?{urlencode(said)}", cookie)
            elif file is not None and (button.kind or form.kind) == "multipart/form-data":
                is_picture = "image" in file.attrs.get("accept", "")
                content = Path("tests/acceptance/leak.jpg").read_bytes() if is_picture else some.table(page.route).encode()
                said |= {one.name: "" for one in words}  # a file alone
                for name in some.all_in(120)[:4]:
                    headers, raw = multipart(said, file.name, f"{name}.{'jpg' if is_picture else 'csv'}", content)
                    house.ask(Route("POST", ""), action, {**cookie, **headers}, raw=raw)
            else:
                house.ask(Route("POST", ""), action, cookie, said)


class Words:
    """Gives out the payloads in turn, as many as fit."""

    def __init__(self) -> None:
        self._next = cycle(PAYLOADS)

    def __call__(self, longest: int) -> str:
        """Return payloads that fit, one at least."""
        text = next(one for one in self._next if len(one) <= longest) if longest >= 24 else "<b>x</b>"[:longest]
        for _ in range(len(PAYLOADS)):
            more = f"{text} {next(self._next)}"
            if len(more) > longest:
                break
            text = more
        return text

    def all_in(self, longest: int) -> Sequence[str]:
        """Return all payloads, in as few texts as may be."""
        texts = [""]
        for one in PAYLOADS:
            if len(texts[-1]) + len(one) > longest:
                texts.append("")
            texts[-1] += f"{one} "
        return texts

    def into(self, one: Field, route: str) -> str:
        """Return what is written into a field: what must be read as something else is left as it is."""
        if (
            route == "/console/notices/rules"
            or one.name.startswith("more-")
            or one.name in KEPT
            or (one.name == "title" and route == "/console/intents/new")
        ):
            return one.value
        if one.name in FITTING:
            return one.value or FITTING[one.name]
        return TIGHT.get(one.name) or self(
            min(one.longest, 50 if one.name in ("question", "others", "title", "outcome") else LONGEST)
        )

    def table(self, route: str) -> str:
        """Return the table that a page takes: of people, of a notice's people, or of questions and answers."""
        rows = [one.replace('"', '""') for one in PAYLOADS if len(one) <= 30]
        if "knowledge" in route:
            return "\n".join(["问题,答案", *(f'"{one}","{one}"' for one in rows)])
        return "\n".join(
            ["楼栋,单元,房号,姓名,标签", *(f'3,2,{600 + number},"{one}",{TIGHT["tags"]}' for number, one in enumerate(rows))]
        )


#: Fields whose words are read as something else, with what fits them; where little room is, words that fit.
KEPT = {"q", "who", "flat", "words"}
FITTING = {
    "building": "3", "unit": "2", "room": "909", "login": "new1", "price": "35", "pieces": "1", "intent": "new.thing", "code": "123456", "phone": "", "url": "",
}  # fmt: skip
TIGHT = {"tags": "<a/onclick=alert(2)>", "tag": "<a/onclick=alert(2)>", "short": "\"'onx=a", "skills": "<s/onx=a(1)>"}


def cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', '')}]]>"


def as_json(value: Mapping[str, str]) -> bytes:
    import json

    return json.dumps(value).encode()


def key_of(house: House) -> Mapping[str, str]:
    def make(session: Session) -> str:
        with scope.within(session, 1):
            return apikeys.make(session, "<img src=x onerror=alert(71)>", ["gate.check", "gate.read"], NOW, per_minute=1000)[1]

    return {"Authorization": f"Bearer {house.linli.database.submit(make).result()}"}


def speak(house: House, number: int, more: str) -> None:
    """Let a resident say something in WeChat."""
    actor = next(one for one in CAST if one.flat is not None and one.community == house.linli.community.name)
    xml = f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{actor.openid}</FromUserName><CreateTime>{int(NOW.timestamp())}</CreateTime>{more}<MsgId>{number}</MsgId></xml>"
    query, body = crypto.wrap_push(house.linli.account, xml, NOW)
    assert house.ask(Route("POST", ""), f"/wechat?{urlencode(query)}", raw=body.encode())[0] == 200


def home_of_written(session: Session) -> int:
    """Return the flat of somebody whose name is a payload."""
    with scope.within(session, 1):
        found = session.exec(select(Resident)).all()
        return next(one.household_id for one in found if "alert(" in one.name or "onx=a" in one.name)


@pytest.fixture(scope="module")
def pages(house: House) -> Sequence[Found]:
    cookie, titled = house.cookie(1, Role.ADMIN), "/console/intents?q=onerror"  # the intent whose title is one
    intents = Found("/console/intents", titled, page_at(house, titled, cookie))
    lived_in = (
        f"/console/households/{house.linli.database.submit(home_of_written).result()}"  # one of many, whose people were written
    )
    home = Found("/console/households/{id}", lived_in, page_at(house, lived_in, cookie))
    return [intents, home, *console_pages(house, cookie), *residents_pages(house)]


@pytest.fixture
def window(house: House, chromium: Browser) -> Iterator[Page]:
    """A window that runs what it is given, whatever the policy says."""
    context = chromium.new_context(bypass_csp=True, locale="zh-CN")
    context.add_init_script(WATCH)
    name, _, value = house.cookie(1, Role.ADMIN)["Cookie"].partition("=")
    context.add_cookies([{"name": name, "value": value, "url": f"https://127.0.0.1:{house.line.port}", "secure": True}])
    yield context.new_page()
    context.close()


def test_no_page_takes_words_for_anything_else(house: House, pages: Sequence[Found], window: Page) -> None:
    base, wrong = f"http://127.0.0.1:{house.line.port}", dict[str, object]()
    asked: list[str] = []
    window.on(
        "request",
        lambda request: asked.append(request.url) if not request.url.startswith((base, "data:", "http://127.0.0.1:1/")) else None,
    )
    window.on("dialog", lambda dialog: dialog.dismiss())
    shown: set[str] = set()
    for page in pages:
        window.goto(f"{base}{page.address}")
        shown |= {page.route} if re.search(r"alert\(|onx=a", page.html.partition("<main")[2]) else set()
        window.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        ran, strange = window.evaluate("window.ran"), window.evaluate(STRANGE)
        if ran or strange or asked or WORKED_OUT in page.html:
            wrong[page.address] = (ran, strange, list(asked))
            asked.clear()

    assert wrong == {}
    assert SHOWN - shown == set(), "they show nothing of what was written, so that they prove nothing"


def test_the_window_would_have_run_them(window: Page) -> None:
    """Else the test before proves nothing: the same words, unescaped, do run there."""
    window.set_content(
        "".join(one for one in PAYLOADS if "xss.example" not in one and not one.startswith(("<noscript", "</", "<iframe")))
    )

    window.wait_for_timeout(500)
    assert len(window.evaluate("window.ran")) > 5


def test_every_page_has_a_policy_that_lets_no_script_of_a_page_run(house: House, pages: Sequence[Found]) -> None:
    for page in pages:
        cookie = house.cookie(1, Role.ADMIN) if page.address.startswith("/console") else {}
        house.line.close()
        house.line.request("GET", page.address, headers=cookie)
        answer = house.line.getresponse()
        answer.read()
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))

        assert policy["script-src"] == policy["style-src"] == "'self'", page.address
        assert (policy["default-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'", "'none'", "'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_files_that_are_given_hold_no_formula_and_are_no_pages(house: House) -> None:
    """A table is opened by a spreadsheet; none is shown by the browser as a page."""
    cookie = house.cookie(1, Role.ADMIN)
    for route in house.routes:
        if (
            route.method == "GET"
            and route.path.startswith("/console")
            and route.path.endswith((".csv", ".md", ".xlsx"))
            and "{" not in route.path
        ):
            house.line.close()
            house.line.request("GET", route.path, headers=cookie)
            answer = house.line.getresponse()
            text = answer.read().decode(errors="replace")

            assert answer.status == 200, route.path
            assert "html" not in answer.headers["Content-Type"]
            assert answer.headers["Content-Disposition"].startswith("attachment")
            if route.path.endswith(".csv"):
                assert not re.search(r'(?m)(^|,)"?[=+@]', text), route.path
