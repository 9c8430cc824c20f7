"""The intents: all of them with what is wrong, the box to try sentences in, and the addresses of their files.

The box asks the same functions as the webhook, down to the answer; nothing of it stays.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from weakref import WeakKeyDictionary

from aiohttp import web

from bot.console import editor, faults, shelf
from bot.console.languages import language_of
from bot.console.parts import PARTS, Parts, Viewer, around, shared_values, signed_in
from bot.console.shelf import ORIGIN_WORDS, Origin, Shelf
from bot.console.views import respond
from bot.contract import Page, Redirect, Refusal, View, page_number
from bot.dialogue import trial
from bot.dialogue.answer import House
from bot.dialogue.trial import Trial
from bot.language import files, lints
from bot.language.files import Catalogue, Intent
from bot.language.matching.matcher import Matcher
from bot.language.reader import Problem
from bot.posted import read_form
from bot.store import versions
from bot.translation import tr, tr_all

VIEW, EDIT = "intents.view", "intents.edit"

#: Does something to a file, and says what; what a page of a file shows.
Act = Callable[[editor.Asked], Awaitable[str]]
Show = Callable[[editor.Asked], Awaitable[Mapping[str, Any]]]

#: Stands in the menu; the handlers below need more than a page gets.
ENTRY = Page(
    method="GET", path="/intents", run=lambda desk: Redirect("/console/intents"), need=VIEW, title=tr("意图"), nav=tr("管理")
)

#: What stands where an intent lies in no folder.
NO_GROUP = tr("其他")

#: Intents on one page of the list.
SHOWN = 9

#: Sentences tried at once, and the signs of each that are read.
LINES, SIGNS = 20, 300

#: How an intent ends: what the filter asks for -> what people call it.
ENDS: Mapping[str, str] = {"action": tr("自动办理"), "reply": tr("固定回答"), "person": tr("转人工"), "emergency": tr("紧急情况")}


def mount(app: web.Application) -> None:
    """Add the pages."""
    router = app.router
    router.add_get("/console/intents", listed)
    router.add_post("/console/intents/try", attempt)
    router.add_get("/console/intents/report", report)
    router.add_get("/console/intents/new", compose)
    router.add_post("/console/intents/new", begin)
    router.add_post("/console/intents/add", add)
    router.add_post("/console/intents/check/{path:.+}", check)
    router.add_get("/console/intents/file/{path:.+}", show)
    router.add_post("/console/intents/file/{path:.+}", save)
    router.add_post("/console/intents/delete/{path:.+}", remove)
    router.add_get("/console/intents/history/{path:.+}", history)
    router.add_post("/console/intents/history/{path:.+}", restore)


# ------------------------------------------------------------------ the list


@dataclass(frozen=True, kw_only=True)
class Line:
    """One intent in the list."""

    intent: Intent
    group: str
    ends: str
    origin: Origin
    problems: Sequence[Problem]


async def listed(request: web.Request) -> web.Response:
    """List the intents that fit, what is wrong with the files, and offer the box."""
    return await _overview(request, await _require(request, VIEW))


async def _overview(request: web.Request, viewer: Viewer, text: str = "", trials: Sequence[Trial] | None = None) -> web.Response:
    """Return the list; `trials` is what came of the text in the box, None before one has tried."""
    parts, query = request.app[PARTS], request.query
    lines, problems = await asyncio.to_thread(_lines, parts)
    wanted = {name: query.get(name, "").strip()[:80] for name in ("q", "group", "ends", "origin")}
    fitting = [line for line in lines if _fits(line, wanted)]
    pages = max(1, -(-len(fitting) // SHOWN))
    page = min(page_number(query), pages)
    catalogue = parts.understanding.catalogue
    deleted = await parts.database.read(versions.deleted)
    values: dict[str, Any] = {
        "rows": fitting[(page - 1) * SHOWN : page * SHOWN], "total": len(fitting), "all": len(lines), "page_at": page, "pages": pages,
        "wanted": wanted, "address": urlencode({name: said for name, said in wanted.items() if said}),
        "groups": sorted({line.group for line in lines}), "ends": ENDS, "origins": ORIGIN_WORDS, "problems": problems,
        "broken": sorted({one.file for one in problems if one.severity == "error"}),
        "shared": [path for path in sorted(catalogue.sources) if _is_shared(path)], "text": text, "trials": _shown(parts, trials),
        "titles": _titles(parts), "closed": Shelf.of(parts).why_closed,
        "deleted": [one for one in deleted if one.path not in catalogue.sources][:20],
    }  # fmt: skip
    return await _page(request, viewer, "console/intents.html", **values)


def _lines(parts: Parts) -> tuple[list[Line], list[Problem]]:
    """Return all intents in force, by group, and all that is wrong with the files as they lie there."""
    catalogue, shelf_ = parts.understanding.catalogue, Shelf.of(parts)
    problems = [*catalogue.problems, *(one for one in _promised(parts) if one not in catalogue.problems)]
    found, named = [], [*problems, *_doubts(parts)]
    for intent in catalogue.intents.values():
        file = shelf_.find(intent.file)
        own = [one for one in named if one.file == intent.file]
        found.append(
            Line(
                intent=intent, group=catalogue.groups.get(intent.group, intent.group) or NO_GROUP, ends=_end(intent),
                origin=file.origin if file else Origin.OWN, problems=own,
            )
        )  # fmt: skip
    return sorted(found, key=lambda line: (line.group, line.intent.id)), problems


#: What was found wrong with catalogues that are still in force.
_PROMISED: WeakKeyDictionary[Catalogue, list[Problem]] = WeakKeyDictionary()


def _promised(parts: Parts) -> list[Problem]:
    catalogue = parts.understanding.catalogue
    if catalogue not in _PROMISED:
        _PROMISED[catalogue] = shelf.problems_of(parts, catalogue.sources)
    return _PROMISED[catalogue]


def _end(intent: Intent) -> str:
    if intent.emergency:
        return "emergency"
    return "action" if intent.action else "reply" if intent.reply else "person"


def _fits(line: Line, wanted: Mapping[str, str]) -> bool:
    """Tell whether an intent fits what is looked for; words may stand in its name, its sentences and its tests."""
    intent = line.intent
    said = "\n".join((intent.id, intent.title, *intent.examples, *intent.keywords, *(test.text for test in intent.tests))).lower()
    return (
        all(word in said for word in wanted["q"].lower().split()) and wanted["group"] in ("", line.group)
        and wanted["ends"] in ("", line.ends) and (wanted["origin"] in ("", line.origin) or (wanted["origin"] == "problem" and bool(line.problems)))
    )  # fmt: skip


def _is_shared(path: str) -> bool:
    """Tell whether a file of the folder holds no intent but words, menu or codes for all."""
    return path.rpartition("/")[2].startswith("_") and not path.startswith(files.SHIPPED)


def _titles(parts: Parts) -> Mapping[str, str]:
    return {name: known.title for name, known in parts.understanding.catalogue.intents.items()}


# ------------------------------------------------------------------ the box


async def attempt(request: web.Request) -> web.Response:
    """Explain how sentences are understood and what would be answered, one a line: by the functions that the webhook asks.

    Without script the whole page comes back.
    """
    viewer = await _require(request, VIEW)
    parts, text = request.app[PARTS], (await read_form(request)).get("text", "")
    lines = [line.strip()[:SIGNS] for line in text.splitlines() if line.strip()][:LINES]
    house = House(
        context=parts.context(viewer.community.key), understanding=parts.understanding, communities=parts.communities(),
    )  # fmt: skip
    trials = [await trial.attempt(parts.database, house, line, parts.clock()) for line in lines]
    if "HX-Request" not in request.headers:
        return await _overview(request, viewer, text, trials)
    return await _page(
        request,
        viewer,
        "console/try.html",
        trials=_shown(parts, trials),
        titles=_titles(parts),
        closed=Shelf.of(parts).why_closed,
    )


def _shown(parts: Parts, trials: Sequence[Trial] | None) -> list[dict[str, Any]] | None:
    """Return what the box shows of each sentence: what came of it, the file that won, and the values that were read."""
    intents, now = parts.understanding.catalogue.intents, parts.clock()
    if trials is None:
        return None
    return [
        {"trial": one, "judgement": one.judgement, "won": intents.get(one.judgement.intent), "place": _place(intents, one),
         "slots": _spoken(intents, one, now)}
        for one in trials
    ]  # fmt: skip


def _place(intents: Mapping[str, Intent], tried: Trial) -> int:
    """Return the line of the example that a sentence is like or equals, 0 where none is named."""
    best = next(iter(tried.judgement.candidates), None)
    if best is None or best.intent not in intents:
        return 0
    intent = intents[best.intent]
    near = next((said for said in intent.examples if said == tried.judgement.text or f"「{said}」" in best.why), "")
    return lints.line_of(intent, near) if near else 0


def _spoken(intents: Mapping[str, Intent], tried: Trial, now: datetime) -> list[tuple[str, str, str]]:
    """Return what was understood beside the intent: title, id and value of each slot."""
    judgement = tried.judgement
    known = intents[judgement.intent].slots if judgement.intent in intents else ()
    return [
        (slot.title or slot.name, slot.name, slot.say(judgement.slots[slot.name], now))
        for slot in known if slot.name in judgement.slots
    ]  # fmt: skip


async def add(request: web.Request) -> web.Response:
    """Show the change that adds a sentence to an intent's file, as an example or as a test, before it is made."""
    viewer = await _require(request, EDIT)
    form = await read_form(request)
    intents = request.app[PARTS].understanding.catalogue.intents
    said = form.get("intent", "").strip()
    intent = intents.get(said) or next((one for one in intents.values() if one.title == said), None)
    if intent is None:
        return await _refuse(
            request,
            viewer,
            tr(
                "{said}。请回到上一页，从列表里选一个。",
                said=tr("没有叫“{said}”的意图", said=said[:60]) if said else tr("还没有选意图"),
            ),
        )
    asked = editor.request_of(request, viewer, intent.file)
    template, status, values = await editor.propose(asked, form, intent.id)
    return await _page(request, viewer, f"console/{template}.html", status, editable=True, **values)


# ------------------------------------------------------------------ the report


#: What was found doubtful of matchers that are still in use.
_DOUBTS: WeakKeyDictionary[Matcher, list[Problem]] = WeakKeyDictionary()

#: Sections of the report: title, what to do about it, the codes that stand in it.
SECTIONS: Sequence[tuple[str, str, Collection[str]]] = (
    (tr("两个意图里有一样的例句"), tr("一句话只能算一件事：留下一处，删掉另一处。"), ("W401",)),
    (tr("两个意图里有很像的例句"), tr("居民这样说时容易听错：换个说法，或删掉一处。"), ("W403",)),
    (tr("被别的意图抢走"), tr("这些例句更像另一个意图：看看该归谁，各补几句像它们的话。"), ("W404",)),
    (tr("自己的 exclude 挡住了自己的例句"), tr("换个说法就听不到了：缩小 exclude，或删掉例句。"), ("W405",)),
    (tr("没有用处的话"), tr("这些回复永远不会说出来：删掉，或改成用得上的名字。"), ("W407", "W408")),
    (tr("例句或测试太少"), tr("多写几句，听得更准；测试能防止以后改坏。"), ("W402", "W406")),
)


def _doubts(parts: Parts) -> list[Problem]:
    matcher = parts.understanding.matcher
    if matcher not in _DOUBTS:
        _DOUBTS[matcher] = lints.doubts(matcher, parts.clock())
    return _DOUBTS[matcher]


async def report(request: web.Request) -> web.Response:
    """Show which intents get in each other's way, and all else that `linli check` finds."""
    viewer = await _require(request, VIEW)
    parts = request.app[PARTS]
    found = [*await asyncio.to_thread(_promised, parts), *await asyncio.to_thread(_doubts, parts)]
    problems = [
        *parts.understanding.catalogue.problems,
        *(one for one in found if one not in parts.understanding.catalogue.problems),
    ]
    named = {code for _, _, codes in SECTIONS for code in codes}
    errors = [one for one in problems if one.severity == "error"]
    sections = [(tr("错误"), tr("改好以前，机器人照这些文件上一次能用的样子工作。"), errors)] if errors else []
    sections += [(title, way, own) for title, way, codes in SECTIONS if (own := [one for one in problems if one.code in codes])]
    rest = [one for one in problems if one.severity == "warning" and one.code not in named]
    sections += [(tr("其他"), "", rest)] if rest else []
    return await _page(
        request, viewer, "console/doubts.html", sections=sections, count=len(parts.understanding.catalogue.intents)
    )


# ------------------------------------------------------------------ one file


async def compose(request: web.Request) -> web.Response:
    """Ask for what a new file begins with."""
    viewer = await _require(request, EDIT)
    return await _page(request, viewer, "console/intent.html", form={}, fault="", closed=Shelf.of(request.app[PARTS]).why_closed)


async def begin(request: web.Request) -> web.Response:
    """Show the text of a new file, filled in as far as it is known; nothing is saved yet."""
    viewer = await _require(request, EDIT)
    parts, form = request.app[PARTS], await read_form(request)
    name, title = form.get("intent", "").strip().lower(), " ".join(form.get("title", "").split())
    path = f"{name.replace('.', '/')}.yaml"
    values: dict[str, Any] = {"form": form, "closed": Shelf.of(parts).why_closed}
    fault, field = "", "intent"
    if not editor.NAME.fullmatch(name):
        fault = tr("名字用小写英文字母，中间一个点，例如 pool.hours（泳池.时间）。")
    elif not title or len(title) > 20 or any(sign in title for sign in ":#{}[]|>&*!%@`\"'"):
        fault, field = tr("称呼写一到二十个字，不要标点，例如 泳池开放时间。"), "title"
    elif name in parts.understanding.catalogue.intents or Shelf.of(parts).find(path) is not None:
        fault = tr("{name} 已经有了。请换个名字，或者去改那一个。", name=name)
    if fault:
        return await _page(
            request, viewer, "console/intent.html", 422, fault=fault, refusal=Refusal(fault, field=field), **values
        )
    asked = editor.request_of(request, viewer, path)
    text = editor.template(name, title, form.get("ends") == "person")
    return await _page(request, viewer, "console/file.html", **await editor.begin(asked, text), editable=True)


async def check(request: web.Request) -> web.Response:
    """Tell what is wrong with a text while it is being written."""
    viewer = await _require(request, EDIT)
    asked = editor.request_of(request, viewer)
    form = await read_form(request, editor.FILE_BYTES)
    text = form.get("text", "").replace("\r\n", "\n")
    problems, news = await editor.problems_in(asked, text), await editor.news(asked, form, text)
    return await _page(
        request, viewer, "console/faults.html", problems=editor.placed(problems, text), file=asked.path, checked=True, news=news
    )


async def show(request: web.Request) -> web.Response:
    """Show one file for reading, or, to who may, for editing."""
    viewer = await _require(request, VIEW)
    asked = editor.request_of(request, viewer)
    return await _page(request, viewer, "console/file.html", **await editor.show(asked), editable=viewer.may(EDIT))


async def save(request: web.Request) -> web.Response:
    """Save a file if it can be read and nobody else saved meanwhile, or show what saving would do; nothing typed is lost otherwise."""
    viewer = await _require(request, EDIT)
    template, status, values = await editor.post(editor.request_of(request, viewer))
    return await _page(request, viewer, f"console/{template}.html", status, editable=True, **values)


async def remove(request: web.Request) -> web.Response:
    """Delete a file; its history brings it back."""
    viewer = await _require(request, EDIT)
    return await _done(request, viewer, editor.remove, "file", editor.show)


async def history(request: web.Request) -> web.Response:
    """Show who changed a file, when and what; with ?version= what that version was, against the one now."""
    viewer = await _require(request, VIEW)
    asked = editor.request_of(request, viewer)
    values = await editor.past(asked)
    return await _page(request, viewer, "console/history.html", editable=viewer.may(EDIT), **values)


async def restore(request: web.Request) -> web.Response:
    """Bring a file back to what it was."""
    viewer = await _require(request, EDIT)
    return await _done(request, viewer, editor.restore, "history", editor.past)


async def _done(request: web.Request, viewer: Viewer, act: Act, template: str, shows: Show) -> web.Response:
    """Do something to a file, and lead to its history with what became of it; what is refused is said on the page where the form stands."""
    asked = editor.request_of(request, viewer)
    try:
        said = await act(asked)
    except Refusal as refusal:
        page = await _page(request, viewer, f"console/{template}.html", 422, editable=True, **await shows(asked))
        spoken = asked.parts.templates[language_of(request, viewer.staff)].catalogue
        page.text = faults.put_above(page.text or "", refusal, (), spoken)
        return page
    shared = shared_values(request, asked.parts, viewer, ENTRY)
    return respond(Redirect(f"/console/intents/history/{quote(asked.path)}", said), asked.parts.templates, shared)


async def _refuse(request: web.Request, viewer: Viewer, text: str) -> web.Response:
    return await _page(request, viewer, "console/problem.html", 422, title=tr("没有完成"), text=text, written=())


async def _require(request: web.Request, need: str) -> Viewer:
    viewer = await signed_in(request)
    if viewer is None:
        raise web.HTTPFound("/console/in?to=/console/intents")
    if not viewer.may(need):
        raise web.HTTPForbidden(text=tr("这里需要{holders}的账号。", holders=tr_all("、", viewer.access.holders(need))))
    return viewer


async def _page(request: web.Request, viewer: Viewer, template: str, status: int = 200, **values: Any) -> web.Response:
    parts = request.app[PARTS]
    shown = View(template, {"may_edit": viewer.may(EDIT), "answers": parts.services.answers_page(viewer.may), **values}, status)
    return respond(shown, parts.templates, {**shared_values(request, parts, viewer, ENTRY), **await around(request, viewer)})
