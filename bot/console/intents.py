"""The intent files: what they hold, what is wrong with them, and the box to try a sentence in.

The box asks the same function as the webhook. A file is saved only when it can be read and no test of any file is lost by
it, unless the admin insists; the version before is kept.
"""

import asyncio
import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlmodel import Session

from bot.console.parts import PARTS, Parts, Viewer, shared_values, signed_in
from bot.console.views import respond
from bot.contract import Page, Redirect, View
from bot.dialogue import phrases
from bot.dialogue.rehearsal import Miss, regressions
from bot.dialogue.understanding import Judgement, Understanding, judge, read_folder
from bot.language import files, promises
from bot.language.reader import Problem
from bot.posted import read_form
from bot.store import events, scope

VIEW, EDIT = "intents.view", "intents.edit"

#: Stands in the menu; the handlers below need more than a page gets.
ENTRY = Page(method="GET", path="/intents", run=lambda desk: Redirect("/console/intents"), need=VIEW, title="意图", nav="管理")

#: What stands where an intent lies in no folder.
NO_GROUP = "其他"

#: Versions kept of each file, beside it as name.yaml.1, .2 …: the newest is .1.
VERSIONS = 5

#: Bytes of a file as it is sent, where a sign of Chinese is nine; the longest that ships has 22 kB as it is kept.
FILE_BYTES = 1024 * 1024


def mount(app: web.Application) -> None:
    """Add the pages."""
    app.router.add_get("/console/intents", listed)
    app.router.add_post("/console/intents/try", attempt)
    app.router.add_get("/console/intents/file/{path:.+}", show)
    app.router.add_post("/console/intents/file/{path:.+}", save)


async def listed(request: web.Request) -> web.Response:
    """List all intents, what is wrong with the files, and offer the box."""
    return _overview(request, await _require(request, VIEW))


def _overview(request: web.Request, viewer: Viewer, text: str = "", **tried: Any) -> web.Response:
    """Return the list; `tried` is what came of the text in the box, nothing before one has tried."""
    catalogue = request.app[PARTS].understanding.catalogue
    groups: dict[str, list[files.Intent]] = {}
    for intent in catalogue.intents.values():
        groups.setdefault(catalogue.groups.get(intent.group, intent.group) or NO_GROUP, []).append(intent)
    shared = [path for path in sorted(catalogue.sources) if _is_shared(path)]
    values = {"groups": groups, "problems": catalogue.problems, "shared": shared, "text": text, "judgements": None, **tried}
    return _page(request, viewer, "console/intents.html", **values)


def _is_shared(path: str) -> bool:
    """Tell whether a file of the folder holds no intent but words, menu or codes for all."""
    return path.rpartition("/")[2].startswith("_") and not path.startswith(files.SHIPPED)


async def attempt(request: web.Request) -> web.Response:
    """Explain how sentences are understood, one a line: by the function that the webhook asks.

    Without script the whole page comes back.
    """
    viewer = await _require(request, VIEW)
    parts, text = request.app[PARTS], (await read_form(request)).get("text", "")
    lines = [line.strip() for line in text.splitlines() if line.strip()][:20]
    now = parts.clock()
    judgements = [judge(parts.understanding, line[:300], now) for line in lines]
    intents = parts.understanding.catalogue.intents
    shown = [(judgement, _spoken(intents, judgement, now)) for judgement in judgements]
    titles = {name: known.title for name, known in intents.items()}
    if "HX-Request" not in request.headers:
        return _overview(request, viewer, text, judgements=shown, titles=titles)
    return _page(request, viewer, "console/try.html", judgements=shown, titles=titles)


def _spoken(intents: Mapping[str, files.Intent], judgement: Judgement, now: datetime) -> list[tuple[str, str, str]]:
    """Return what was understood beside the intent: title, id and value of each slot."""
    known = intents[judgement.intent].slots if judgement.intent in intents else ()
    return [
        (slot.title or slot.name, slot.name, slot.say(judgement.slots[slot.name], now))
        for slot in known if slot.name in judgement.slots
    ]  # fmt: skip


async def show(request: web.Request) -> web.Response:
    """Show one file for reading, or, to who may, for editing."""
    viewer = await _require(request, VIEW)
    path = _path(request)
    text = await asyncio.to_thread(path.read_text, encoding="utf-8")
    return _file(request, viewer, text, _stamp(text), [])


async def save(request: web.Request) -> web.Response:
    """Save a file if it can be read and nobody else saved meanwhile; nothing typed is lost otherwise."""
    viewer = await _require(request, EDIT)
    parts, path, form = request.app[PARTS], _path(request), await read_form(request, FILE_BYTES)
    text = form.get("text", "").replace("\r\n", "\n")
    kept = await asyncio.to_thread(path.read_text, encoding="utf-8")
    if text == kept:  # such as by a second click
        return _file(request, viewer, text, _stamp(kept), [], "已保存，马上生效。")
    if form.get("stamp") != _stamp(kept):
        return _file(request, viewer, text, _stamp(kept), [], "这个文件刚被别人改过。请先复制您的内容，刷新后再改。", 409)
    texts = {
        **await asyncio.to_thread(read_folder, parts.intents_folder, parts.understanding.services),
        request.match_info["path"]: text,
    }
    problems = _problems(parts, texts, request.match_info["path"])
    if any(problem.severity == "error" for problem in problems):
        return _file(request, viewer, text, _stamp(kept), problems, "没有保存：请先改正下面的错误。", 422)
    lost = [] if form.get("force") else await asyncio.to_thread(_lost, parts.understanding, texts)
    if lost:
        return _file(request, viewer, text, _stamp(kept), problems, "没有保存：有几句话原来听得懂，这样改就听错了。", 422, lost)
    await asyncio.to_thread(_write, path, text, kept)
    await asyncio.to_thread(parts.understanding.refresh)
    await parts.database.write(_note, viewer, request.match_info["path"], parts.clock())
    return _file(request, viewer, text, _stamp(text), problems, "已保存，马上生效。上一版留有备份。")


def _note(session: Session, viewer: Viewer, path: str, now: datetime) -> None:
    with scope.within(session, viewer.community.key):
        events.record(session, now, "intents.saved", subject=f"file:{path}", actor=f"staff:{viewer.staff.login}")


def _problems(parts: Parts, texts: Mapping[str, str], path: str) -> list[Problem]:
    """Return what is wrong with one of the files, also what a service needs of it."""
    catalogue = files.load(texts, kinds=parts.services.kinds)
    found = [*catalogue.problems, *promises.broken(catalogue, phrases.promises(parts.services))]
    return [problem for problem in found if problem.file == path]


def _lost(understanding: Understanding, texts: Mapping[str, str]) -> list[Miss]:
    """Return the tests of all files that hold now and would not any more."""
    return list(regressions(understanding, understanding.with_files(texts)))


def _write(path: Path, text: str, kept: str) -> None:
    """Keep the version before, then replace the file as a whole."""
    for number in range(VERSIONS, 1, -1):
        older = path.with_name(f"{path.name}.{number - 1}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number}"))
    path.with_name(f"{path.name}.1").write_text(kept, encoding="utf-8")
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    shutil.copymode(path, part)  # admins may share the folder; what is made here is else for one account alone
    part.replace(path)


def _path(request: web.Request) -> Path:
    """Return the file meant; only files of the folder that exist, whatever dots the address holds."""
    folder = request.app[PARTS].intents_folder.resolve()
    try:
        path = (folder / request.match_info["path"]).resolve()
        exists = path.is_file()
    except (ValueError, OSError):  # such as a zero byte, or a name that no system holds
        exists = False
    if not exists or not path.is_relative_to(folder) or path.suffix != ".yaml":
        raise web.HTTPNotFound(text="没有这个文件。")
    return path


def _stamp(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


async def _require(request: web.Request, need: str) -> Viewer:
    viewer = await signed_in(request)
    if viewer is None:
        raise web.HTTPFound("/console/in?to=/console/intents")
    if not viewer.may(need):
        raise web.HTTPForbidden(text=f"这里需要{'、'.join(viewer.access.holders(need))}的账号。")
    return viewer


def _file(request: web.Request, viewer: Viewer, text: str, stamp: str, problems: list[Problem], said: str = "",
          status: int = 200, lost: Sequence[Miss] = ()) -> web.Response:  # fmt: skip
    return _page(
        request,
        viewer,
        "console/file.html",
        status,
        file=request.match_info["path"],
        text=text,
        stamp=stamp,
        said=said,
        refused=status >= 400,
        problems=problems,
        lost=lost,
        editable=viewer.may(EDIT),
    )


def _page(request: web.Request, viewer: Viewer, template: str, status: int = 200, **values: Any) -> web.Response:
    parts = request.app[PARTS]
    return respond(View(template, values, status), parts.templates, shared_values(request, parts, viewer, ENTRY))
