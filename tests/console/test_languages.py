"""The console speaks Chinese and English: whoever asks for which, and no word is forgotten."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, nodes
from sqlmodel import select

from bot import config, pofile
from bot.cli import gathering
from bot.console import languages, translating
from bot.console.languages import preferred
from bot.console.translating import READ, TranslatedEnvironment, is_residents, messages
from bot.console.views import Templates
from bot.contract import Integration
from bot.errors import Misconfigured
from bot.language.phrases import fill
from bot.language.phrases import placeholders as event_places
from bot.model import SHANGHAI
from bot.services import load_services
from bot.store.staff import Role, Staff
from bot.translation import Catalogue, Words, is_chinese, made_of, places, stored, tr, tr_all

if TYPE_CHECKING:
    from tests.console.conftest import Browser, Office

    Enter = Callable[..., Awaitable[Browser]]

ROOT = Path(__file__).parents[2]

ENGLISH = {"Accept-Language": "en-US,en;q=0.9"}

FRUIT = Catalogue(
    "en",
    {
        ("", "苹果"): ("apple", "apples"), ("", "共 {n} {unit}"): ("{n} {unit}",), ("", "{who}有 {n} 个"): ("{who} has {n}",),
        ("", "好了。"): ("Done.",), ("", "两个。"): ("Two.",), ("", "没有叫“{name}”的"): ("There is no “{name}”",), ("place", "门岗"): ("Gate",), ("", "门岗"): ("Guard",),
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def services() -> list[Integration]:
    return list(load_services(config.Local(_env_file=None)).integrations)


@pytest.fixture(scope="module")
def english(services: list[Integration]) -> Catalogue:
    return languages.catalogue("en", tuple(one.folder for one in services))


@pytest.fixture
async def enter(office: Office) -> AsyncIterator[Enter]:
    """Opens browsers, signed in as a role or not at all."""
    opened: list[Browser] = []

    async def open_one(role: Role | None = None) -> Browser:
        opened.append(await office.browser(role))
        return opened[-1]

    yield open_one
    for one in opened:
        await one.close()


# ------------------------------------------------------------------ words


def test_words_are_chinese_wherever_they_go_and_english_where_they_are_said() -> None:
    said = tr("共 {n} {unit}", n=3, unit=tr("苹果"))

    assert said == "共 3 苹果"
    assert f"{said}！" == "共 3 苹果！"
    assert FRUIT.say(said) == "3 apples"
    assert FRUIT.say(tr("共 {n} {unit}", n=1, unit=tr("苹果"))) == "1 apple"


def test_what_people_wrote_is_not_translated_though_it_reads_like_a_word_of_ours() -> None:
    assert FRUIT.say("苹果") == "苹果"
    assert FRUIT.say(tr("没有叫“{name}”的", name="苹果")) == "There is no “苹果”"


def test_words_that_are_joined_are_translated_each_and_parted_as_english_parts_them() -> None:
    assert FRUIT.say(tr_all("、", (tr("门岗"), "陈建国"))) == "Guard, 陈建国"
    assert FRUIT.say(tr("好了。") + tr("两个。")) == "Done. Two."
    assert tr("好了。") + tr("两个。") == "好了。两个。"


def test_a_refusal_and_a_part_of_words_can_still_be_translated() -> None:
    assert FRUIT.say(str(ValueError(tr("好了。")).args[0])) == "Done."
    assert FRUIT.say(made_of(tr("好了。"), lambda said, _: said[:3])) == "Don"


def test_words_that_chinese_writes_alike_are_told_apart_by_their_context() -> None:
    assert FRUIT.say(tr("门岗", context="place")) == "Gate"
    assert FRUIT.say(tr("门岗", context="elsewhere")) == "Guard"


def test_words_that_a_row_has_kept_are_known_again_with_their_values() -> None:
    assert FRUIT.say(stored("没有叫“苹果”的")) == "There is no “apples”"
    assert FRUIT.say(stored("没有这样的话")) == "没有这样的话"


def test_words_that_a_row_has_kept_are_known_again_where_their_values_hold_their_signs() -> None:
    three = Catalogue("en", {("", "有 {n} 条：新增 {new} 条，修改 {changed} 条。"): ("{n}, {new} new, {changed} changed",)})

    assert three.recognise("有 3 条：新增 1 条，修改 2 条。") == "3, 1 new, 2 changed"
    assert three.recognise("有  条：新增 a 条，修改 b 条，修改 c 条。") == ", a new, b 条，修改 c changed"
    assert three.recognise("有 3 条：新增 1 条。") == "有 3 条：新增 1 条。"
    assert three.recognise("有 3 条，修改 1 条：新增 2 条。") == "有 3 条，修改 1 条：新增 2 条。"


@pytest.mark.parametrize("said", ["水管漏水，厨房", " 条：新增 ", "，{name}却不一样。", "没有叫“", "不一样”的"])
def test_words_that_a_row_has_kept_take_no_longer_than_their_length(english: Catalogue, said: str) -> None:
    """A resident may write 2,000 signs into what staff read: all pages wait while they are looked at."""
    long = said * (4000 // len(said))

    began = time.thread_time()
    known = english.recognise(long), english.recognise(f"{long}{english.language}{long[::-1]}")

    assert time.thread_time() - began < 1.0
    assert known[0] == long


def test_words_that_stand_in_one_another_for_ever_end_as_they_are() -> None:
    assert FRUIT.recognise("没有叫“" * 2000 + "苹果" + "”的" * 2000).startswith("There is no “There is no “There is no “")


def test_words_survive_a_copy_into_another_process() -> None:
    import pickle

    assert FRUIT.say(pickle.loads(pickle.dumps(tr("共 {n} {unit}", n=3, unit=tr("苹果"))))) == "3 apples"


# ------------------------------------------------------------------ templates


def rendered(source: str, **values: object) -> str:
    environment = TranslatedEnvironment(autoescape=True)
    environment.speak(FRUIT)
    return environment.from_string(source).render(**values)


def test_text_between_tags_is_one_message_with_its_values() -> None:
    assert rendered("<p>{{ one.who }}有 {{ n }} 个</p>", one={"who": "<陈>"}, n=2) == "<p>&lt;陈&gt; has 2</p>"


def test_attributes_that_people_read_are_translated_and_what_goes_back_to_us_is_not() -> None:
    assert rendered('<b title="苹果">') == '<b title="apples">'
    assert rendered('<option value="{{ x }}">{{ x }}</option>', x=tr("苹果")) == '<option value="苹果">apples</option>'
    assert rendered('<input name="苹果" value="苹果">') == '<input name="苹果" value="苹果">'


def test_chinese_in_an_expression_is_translated_and_still_compares() -> None:
    assert rendered("{{ '苹果' if x == '门岗' else '' }}", x="门岗") == "apples"
    assert rendered("{{ x ~ '苹果' }}", x="3 ") == "3 apples"


def test_signs_between_values_are_those_of_the_language() -> None:
    assert rendered("{{ a }}：{{ b }}（{{ a }}）", a="x", b="y") == "x: y (x)"


# ------------------------------------------------------------------ the catalogues


def test_catalogues_are_what_gathering_anew_would_write(services: list[Integration]) -> None:
    for path, text in gathering.catalogues(services, "en").items():
        assert path.read_text(encoding="utf-8") == text, f"{path} is stale: run `linli words`"


def test_every_message_has_an_english_translation_with_the_same_places(services: list[Integration]) -> None:
    wrong = []
    for path, text in gathering.catalogues(services, "en").items():
        for entry in pofile.read(text, str(path)):
            if not entry.msgid:
                continue
            if not all(entry.forms):
                wrong.append(f"{path.parts[-5]}: {entry.msgid} is not translated")
            wrong += [f"{path.parts[-5]}: {entry.msgid} → {form}" for form in entry.forms if not fits(entry.msgid, form)]

    assert wrong == []


def fits(msgid: str, form: str) -> bool:
    """Tell whether a translation has the places of the message, and no other; an event's sentence has them in its own grammar."""
    if re.search(r"\{[\w.]+\?", msgid):
        return event_places(msgid) == event_places(form)
    return names_in(msgid) == names_in(form)


def names_in(text: str) -> set[str]:
    try:
        return set(places(text))
    except ValueError:
        return set()


def test_no_message_is_translated_in_two_ways(services: list[Integration]) -> None:
    seen: dict[tuple[str, str], tuple[str, ...]] = {}
    for path, text in gathering.catalogues(services, "en").items():
        for entry in pofile.read(text, str(path)):
            if entry.msgid:
                assert seen.setdefault(entry.key, entry.forms) == entry.forms, (
                    f"{path}: {entry.msgid} is said otherwise elsewhere"
                )


def test_no_chinese_of_a_template_escapes_the_catalogue(services: list[Integration]) -> None:
    environment = Templates(services)["en"]
    for name in environment.list_templates(extensions=("html",)):
        if name.startswith("pages/"):
            continue
        assert environment.loader is not None
        source, *_ = environment.loader.get_source(environment, name)
        tree = environment.parse(source, name)
        if is_residents(tree):
            continue
        known = {one.msgid for one in messages(Environment(trim_blocks=True, lstrip_blocks=True), source, name)}
        environment._translate(tree, name)
        left = [
            part.data.strip()
            for part in tree.find_all(nodes.TemplateData)
            if is_chinese(part.data) and not part.data.startswith("/") and not is_said(environment, part.data)
        ]
        assert left == [], name
        assert all(environment.catalogue.find(msgid) is not None for msgid in known), name


def is_said(environment: TranslatedEnvironment, text: str) -> bool:
    """Tell whether Chinese stands in an English template because the catalogue says so: an example of what to write."""
    said = "\n".join(form for forms in environment.catalogue.entries.values() for form in forms)
    return unescape(text).strip() in said or all(
        piece.strip() in said for piece in re.split(r"\{\w+\}|\s{2,}", unescape(text)) if is_chinese(piece)
    )


def test_no_chinese_of_a_script_escapes_the_catalogue() -> None:
    for path in (ROOT / "bot/console/static").glob("*.js"):
        code = re.sub(r"(?m)//.*$", "", path.read_text(encoding="utf-8"))
        code = re.sub(r"\btr\(\s*(\"[^\"]*\"|'[^']*')", "", code)
        units = {"分", "等待", "分钟", "次", "元"}  # what chart.js reads from the table beside it
        assert {text for text in re.findall(r"[\"'`]([^\"'`]*)[\"'`]", code) if is_chinese(text)} <= units, path.name


#: Arguments that stand on a page of the console.
SHOWN = {"title", "nav", "unit", "finds", "empty", "sensitive"}


def test_no_refusal_and_no_title_of_the_console_escapes_the_catalogue() -> None:
    wrong = []
    for path in [*(ROOT / "bot").rglob("*.py"), *(ROOT / "integrations").rglob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or path.stem in RESIDENTS:
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            said = call.args[:1] if name in ("Refusal", "Redirect") else []
            if name in ("page", "Page", "Column", "Choice", "Days", "Act", "Question", "Listing", "Permission"):
                said = [word.value for word in call.keywords if word.arg in SHOWN]
            wrong += [
                f"{path.name}:{one.lineno} {one.value}"
                for one in said
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and is_chinese(one.value)
            ]

    assert wrong == []


#: Files of services whose words are for residents alone.
RESIDENTS = frozenset(("pages", "heard", "household", "joining", "members", "proofs", "replies", "alarm"))


def test_the_readers_of_po_files_name_the_line_that_is_wrong() -> None:
    with pytest.raises(Misconfigured, match=r"x\.po, line 2"):
        pofile.read('msgid "a"\nmsgst "b"\n', "x.po")


def test_what_is_written_is_read_again() -> None:
    entries = [
        pofile.Entry(msgid='a "b"\n{n}', context="x", forms=("one", "many\t"), files=("y.py",)),
        pofile.Entry(msgid="c", forms=("d",)),
    ]

    assert pofile.read(pofile.write("en", entries), "x.po")[1:] == entries


def test_events_are_told_in_english_with_their_values(english: Catalogue) -> None:
    from datetime import datetime

    now = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)

    assert isinstance(fill("{t}", {"t": now}, now), Words)
    assert english.say(fill("{t}", {"t": now}, now)) == "Wed 11 Mar, 10:00"


# ------------------------------------------------------------------ whose language


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []), ("en-US,en;q=0.9", ["en", "en"]), ("zh-CN,zh;q=0.9,en;q=0.8", ["zh", "zh", "en"]), ("de, en;q=0.5, zh;q=0.7", ["de", "zh", "en"]),
        ("en;q=0", []), ("x;q=1.2.3, en", ["en"]),
    ],
)  # fmt: skip
def test_browsers_say_which_language_is_dearest(header: str, expected: list[str]) -> None:
    assert preferred(header) == expected


async def test_a_browser_without_a_wish_is_answered_in_chinese_and_an_english_one_in_english(enter: Enter) -> None:
    stranger = await enter()

    chinese = await (await stranger.get("/console/in")).text()
    english = await (await stranger.get("/console/in", headers=ENGLISH)).text()

    assert '<html lang="zh-CN">' in chinese
    assert "登录名" in chinese
    assert '<html lang="en">' in english
    assert "Login" in english
    assert "登录名" not in english


async def test_who_is_signed_in_keeps_a_language_in_each_browser_and_comes_back_to_the_page(office: Office, enter: Enter) -> None:
    browser = await enter(Role.MANAGER)

    answer = await browser.post(
        "/console/language", data={"language": "en", "to": "/console/tickets?state=all&q=%E6%B0%B4"}, allow_redirects=False
    )
    elsewhere = await (await enter(Role.MANAGER)).get("/console/tickets")

    assert (answer.status, answer.headers["Location"]) == (303, "/console/tickets?state=all&q=%E6%B0%B4")
    assert "Repairs" in await elsewhere.text()
    assert (
        await office.read(lambda session: session.exec(select(Staff.language).where(Staff.role == Role.MANAGER)).first()) == "en"
    )


async def test_who_is_not_signed_in_may_choose_for_this_browser(enter: Enter) -> None:
    stranger = await enter()

    await stranger.post("/console/language", data={"language": "en", "to": "/console/in"})

    assert "Login" in await (await stranger.get("/console/in")).text()


async def test_choosing_on_the_page_to_sign_in_on_keeps_where_one_wanted_to_go(enter: Enter) -> None:
    stranger = await enter()
    page = await (await stranger.get("/console/in", params={"to": "/console/tickets?q=%E6%B0%B4"})).text()
    [here] = re.findall(r'<form method="post" action="/console/language".*?name="to" value="([^"]+)"', page)

    chosen = await stranger.post("/console/language", data={"language": "en", "to": here}, allow_redirects=False)
    again = await (await stranger.get(chosen.headers["Location"])).text()

    assert "Login" in again
    assert 'name="to" value="/console/tickets?q=%E6%B0%B4"' in again


@pytest.mark.parametrize("to", ["https://evil.example/console", "//evil.example", "/console\r\nX: y", "/elsewhere", ""])
async def test_switching_leads_to_no_other_site(enter: Enter, to: str) -> None:
    stranger = await enter()

    answer = await stranger.post("/console/language", data={"language": "en", "to": to}, allow_redirects=False)

    assert answer.headers["Location"] == "/console/start"


async def test_a_language_that_there_is_not_is_refused(enter: Enter) -> None:
    stranger = await enter()

    assert (await stranger.post("/console/language", data={"language": "fr", "to": "/console/in"})).status == 400


# ------------------------------------------------------------------ what is kept and sent stays Chinese


async def test_what_an_english_form_sends_back_is_understood_and_kept_in_chinese(enter: Enter) -> None:
    browser = await enter(Role.ADMIN)
    html = await (await browser.get("/console/notices/new", headers=ENGLISH)).text()

    joints = re.findall(r'<option value="([^"]+)"[^>]*>(including|and|without)</option>', html)

    assert ("包括", "including") in joints


async def test_a_file_has_heads_in_the_language_of_who_takes_it(enter: Enter) -> None:
    browser = await enter(Role.MANAGER)

    chinese = await (await browser.get("/console/tickets/export.csv")).text()
    english = await (await browser.get("/console/tickets/export.csv", headers=ENGLISH)).text()

    assert "工单号" in chinese
    assert "Ticket" in english.splitlines()[0]
    assert not is_chinese(english.splitlines()[0])


async def test_a_refusal_and_a_note_are_said_in_the_language_of_who_asked(enter: Enter) -> None:
    browser = await enter(Role.ADMIN)

    refused = await (await browser.post("/console/staff", data={"login": "x"}, headers={**ENGLISH, "Accept": "text/html"})).text()
    added = await browser.post("/console/staff", data={"login": "li", "name": "李师傅", "role": "staff"}, headers=ENGLISH)

    assert "Login, name and role are needed." in refused
    assert "李师傅" in await added.text()


async def test_a_page_that_is_not_there_says_so_in_english(enter: Enter) -> None:
    browser = await enter(Role.MANAGER)

    html = await (await browser.get("/console/nothing-here", headers={**ENGLISH, "Accept": "text/html"})).text()

    assert "Not found" in html


def test_attributes_that_go_back_to_us_are_not_read() -> None:
    assert not READ & {"value", "name", "href", "action", "data-fill", "data-live"}
    assert translating.READ >= {"title", "placeholder", "aria-label"}
