"""One intent file: written, checked while one types, tried before it is saved, saved, deleted, brought back.

A file is saved only when it can be read and no test of any file is lost by it, unless whoever saves it insists.
"""

import asyncio
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from aiohttp import web
from sqlmodel import Session

from bot.console import shelf
from bot.console.parts import PARTS, Parts, Viewer
from bot.console.shelf import ORIGIN_WORDS, Change, File, Origin, Overtaken, Shelf
from bot.contract import Refusal, row_id
from bot.dialogue import rehearsal
from bot.dialogue.rehearsal import Comparison
from bot.dialogue.trial import slots_for_a_test
from bot.dialogue.understanding import Understanding, judge
from bot.language import additions
from bot.language.additions import Unfit
from bot.language.files import Catalogue
from bot.language.reader import Problem
from bot.model import SHANGHAI
from bot.posted import read_form
from bot.store import scope, unmatched, versions
from bot.store.staff import by_login
from bot.store.versions import Became, IntentVersion
from bot.translation import tr

#: Bytes of a file as it is sent, where a sign of Chinese is nine; the longest that ships has 22 kB as it is kept.
FILE_BYTES = 1024 * 1024

#: Lines around a change that are shown with it.
AROUND = 3

#: Messages that were not understood, tried on a change before it is saved; each takes hundredths of a second.
TRIED = 60

#: What a sentence that was not understood has instead of values -> a value of that kind, for it to be an example.
SAMPLES = {
    "车牌": "粤B12345",
    "电话": "13800138000",
    "体温": "36.5度",
    "住址": "3栋2单元501",
    "时间": "明天上午",
    "证件": "",
    "银行卡": "",
}

#: Held while tests are tried: several at once would take the time that residents wait for.
_COMPARING = Lock()

#: An intent's name, of which its file's follows.
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}(?:\.[a-z][a-z0-9_]{0,39}){1,3}")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a comparison: of the text before, of the text after, of both, or of neither where lines were left out."""

    sign: str  # "-", "+", " " or "…"
    number: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request about one file by somebody who may make it."""

    request: web.Request
    viewer: Viewer
    parts: Parts
    path: str

    @property
    def shelf(self) -> Shelf:
        """Where the files lie."""
        return Shelf.of(self.parts)

    async def file(self) -> File:
        """Return the file; raises HTTP 404."""
        found = await asyncio.to_thread(self.shelf.find, self.path)
        if found is None:
            raise web.HTTPNotFound(text=tr("没有这个文件。"))
        return found


def changed_lines(before: str, after: str) -> list[Row]:
    """Return what changed between two texts, with a few lines around it."""
    rows: list[Row] = []
    old, new = before.splitlines(), after.splitlines()
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        if rows:
            rows.append(Row(sign="…", number=0, text=""))
        for tag, first, last, begin, end in group:
            if tag == "equal":
                rows += [Row(sign=" ", number=begin + k + 1, text=line) for k, line in enumerate(new[begin:end])]
                continue
            rows += [Row(sign="-", number=first + k + 1, text=line) for k, line in enumerate(old[first:last])]
            rows += [Row(sign="+", number=begin + k + 1, text=line) for k, line in enumerate(new[begin:end])]
    return rows


def placed(problems: Sequence[Problem], text: str) -> list[tuple[Problem, str]]:
    """Return problems with the line that each is about, which tells where to look where no script marks it."""
    lines = text.split("\n")
    return [(one, lines[one.line - 1].strip() if 0 < one.line <= len(lines) else "") for one in problems]


#: What stands in a new intent's reply until somebody has written it.
UNWRITTEN = "【请改成要对居民说的话】"


def template(intent: str, title: str, asks_a_person: bool) -> str:
    """Return the text that a new intent begins with: every field that most intents have, each with a remark."""
    ends = (
        "# 没有 reply 也没有 action：这件事转给工作人员，topic 是他们看到的名称\ntopic: " + title
        if asks_a_person
        else f"# 机器人照这句话答；{{community.phone}} 会换成物业电话\nreply: {UNWRITTEN}有疑问请打 {{community.phone}}。"
    )
    return f"""# 意图的名字，别的文件用它来指这个意图，起好以后不要改
intent: {intent}
# 机器人怎么称呼这件事：好，帮您<title>
title: {title}
# 居民会怎么说：每行一句，写 10 到 30 句，各种口气都要有
examples: |
  - {title}
# 出现这些词，多半就是它（可以删掉这一行）
keywords: []
# 出现这些词，一定不是它（可以删掉这一行）
exclude: []
{ends}
# 每次保存前都会试一遍：前面是该听懂的，not: 是不该当成它的
tests:
  - {{text: {title}}}
  - {{text: 转人工, not: {intent}}}
"""


# ------------------------------------------------------------------ what a change would do


async def problems_in(asked: Asked, text: str) -> list[Problem]:
    """Return what is wrong with a text, were it saved."""

    def look() -> list[Problem]:
        return shelf.problems_of(asked.parts, {**asked.shelf.texts(), asked.path: text}, asked.path)

    return await asyncio.to_thread(look)


async def comparison(asked: Asked, text: str, lines: Sequence[str] = ()) -> Comparison:
    """Return what becomes of the tests of all files, and of these lines, were a text saved; one at a time, for it takes seconds."""
    understanding = asked.parts.understanding

    def compare() -> Comparison:
        with _COMPARING:
            after = understanding.with_files({**asked.shelf.texts(), asked.path: text})
            return rehearsal.compare(understanding, after, lines, asked.path)

    return await asyncio.to_thread(compare)


def is_broken(problems: Sequence[Problem]) -> bool:
    """Tell whether a file cannot be read or lacks what it cannot do without."""
    return any(problem.severity == "error" for problem in problems)


def left_waiting(session: Session, asked: Asked) -> list[str]:
    """Return messages that were not understood, the most frequent first; none that tells of health to who may not read that."""
    with scope.within(session, asked.viewer.community.key):
        texts = [row.text for row in unmatched.listed(session)[:TRIED]]
    health = asked.parts.context(asked.viewer.community.key).health
    if health is None or asked.viewer.access.reads_health(asked.viewer.staff.role):
        return texts
    return [text for text in texts if health.veil(text, asked.parts.clock()) == text]


# ------------------------------------------------------------------ additions


def as_example(said: str) -> str:
    """Return a message that was kept as a sentence that somebody might write: with values where only their kinds were kept."""
    return re.sub(r"\[(\w+)\]", lambda kind: SAMPLES.get(kind[1], ""), said).strip()


def added(understanding: Understanding, text: str, form: Mapping[str, str], intent: str) -> str:
    """Return a file with the example or the test that a form names; raises Refusal."""
    said = form.get("said", "").strip()[:300]
    if not said:
        raise Refusal(tr("没有收到要加的那句话，请回到上一页再点一次。"))
    try:
        if form.get("as") == "example":
            return additions.with_example(text, as_example(said))
        if form.get("as") == "not":
            return additions.with_test(text, said, unwanted=intent)
        judgement = judge(understanding, said, rehearsal.NOW)
        slots = slots_for_a_test(judgement.slots) if judgement.intent == intent else {}
        return additions.with_test(text, said, slots)
    except Unfit as unfit:
        raise Refusal(str(unfit)) from unfit


# ------------------------------------------------------------------ history


@dataclass(frozen=True, kw_only=True)
class Past:
    """A version of a file, who made it, and whether it is what the file holds now."""

    version: IntentVersion
    by: str
    is_now: bool
    is_first: bool  # the file began with it
    lines: int  # changed against the version before


#: What each kind of version is called.
BECAME_WORDS = {
    Became.FOUND: tr("在文件夹里直接改的，或本来就有"), Became.SAVED: tr("保存"), Became.RESTORED: tr("恢复到以前"), Became.DELETED: tr("删除"),
}  # fmt: skip


def history(session: Session, viewer: Viewer, path: str, now: File | None) -> list[Past]:
    """Return the versions of a file that are kept, the latest first."""
    kept = versions.listed(session, path)
    with scope.within(session, viewer.community.key):
        return [
            Past(
                version=one, by=_who(session, one.actor), lines=_differ(kept[place + 1].text if place + 1 < len(kept) else "", one.text),
                is_first=place + 1 == len(kept) < versions.KEPT and one.became is not Became.FOUND,
                is_now=place == 0 and (now.text if now else "") == one.text,
            )
            for place, one in enumerate(kept)
        ]  # fmt: skip


def _who(session: Session, actor: str) -> str:
    login = actor.partition(":")[2]
    member = by_login(session, login) if login else None
    return member.name if member else login


def _differ(before: str, after: str) -> int:
    return sum(row.sign in "+-" for row in changed_lines(before, after))


# ------------------------------------------------------------------ pages

#: What `do` in a form says.
SAVE, PREVIEW, EDIT = "save", "preview", "edit"


async def show(asked: Asked) -> Mapping[str, Any]:
    """Return what the page of a file shows."""
    file = await asked.file()
    problems = await problems_in(asked, file.text)
    return _editing(asked, file, file.text, problems)


async def begin(asked: Asked, text: str) -> Mapping[str, Any]:
    """Return what the page of a new file shows: a text that nobody has saved yet."""
    return _editing(asked, None, text, await problems_in(asked, text))


async def past(asked: Asked) -> Mapping[str, Any]:
    """Return what the page of a file's history shows, and of the version that is asked for how it differs from now. Raises HTTP 404."""
    file = await asyncio.to_thread(asked.shelf.find, asked.path)
    kept = await asked.parts.database.read(history, asked.viewer, asked.path, file)
    if file is None and not kept:
        raise web.HTTPNotFound(text=tr("没有这个文件。"))
    wanted = asked.request.query.get("version", "")
    chosen = next((one for one in kept if str(one.version.id) == wanted), None)
    other = file.original if wanted == "original" and file else chosen.version.text if chosen else None
    return {
        "file": asked.path, "exists": file is not None, "stamp": file.stamp if file else "", "kept": kept, "became": BECAME_WORDS,
        "chosen": wanted if other is not None else "", "chosen_at": chosen.version.at if chosen else None, "rows": changed_lines(other or "", file.text if file else ""),
        "can_restore": bool(other) and other != (file.text if file else ""), "has_original": file is not None and file.origin is Origin.CHANGED,
        "closed": asked.shelf.why_closed, "most": versions.KEPT,
    }  # fmt: skip


def _editing(asked: Asked, file: File | None, text: str, problems: Sequence[Problem], **more: Any) -> dict[str, Any]:
    catalogue: Catalogue = asked.parts.understanding.catalogue
    in_force = catalogue.sources.get(asked.path)
    return {
        "file": asked.path, "text": text, "stamp": file.stamp if file else "", "problems": placed(problems, text),
        "origin": file.origin if file else None, "origin_words": ORIGIN_WORDS, "is_new": file is None,
        "closed": asked.shelf.why_closed, "said": "", "refused": False, "lost": (), "misheard": (), "settles": "",
        "is_older_in_force": file is not None and text == file.text and is_broken(problems) and in_force != file.text,
        "can_reset": file is not None and file.origin is Origin.CHANGED, "line": row_id(asked.request.query.get("line", "")) or 0, **more,
    }  # fmt: skip


async def post(asked: Asked) -> tuple[str, int, Mapping[str, Any]]:
    """Save, preview or go on editing what a form holds; returns the page, its status and what it shows. Nothing typed is ever lost."""
    form = await read_form(asked.request, FILE_BYTES)
    text, file = form.get("text", "").replace("\r\n", "\n"), await asyncio.to_thread(asked.shelf.find, asked.path)
    if file is None and not re.fullmatch(shelf.NEW_NAMES, asked.path):
        raise web.HTTPNotFound(text=tr("没有这个文件。"))
    do, stamp = form.get("do", SAVE), form.get("stamp", "")
    problems = await problems_in(asked, text)
    more: dict[str, Any] = {"settles": form.get("settles", "")}
    if do == EDIT:
        return "file", 200, {**_editing(asked, file, text, problems, **more), "stamp": stamp}
    if do == SAVE and file is not None and text == file.text:  # such as by a second click
        return "file", 200, _editing(asked, file, text, problems, said=tr("已保存，马上生效。"))
    if stamp != (file.stamp if file else ""):
        return "file", 409, await _overtaken(asked, file, text, problems, more)
    if is_broken(problems):
        return "file", 422, _editing(asked, file, text, problems, said=tr("没有保存：请先改正下面的错误。"), refused=True, **more)
    if do == PREVIEW:
        return "preview", 200, await preview(asked, file, text, problems, form)
    if asked.shelf.why_closed:
        return "file", 422, _editing(asked, file, text, problems, said=asked.shelf.why_closed, refused=True, **more)
    if UNWRITTEN in text:
        said = tr("没有保存：回复里还是“{unwritten}”，居民会原样看到。请换成要对他们说的话。", unwritten=UNWRITTEN)
        return "file", 422, _editing(asked, file, text, problems, said=said, refused=True, **more)
    found = await comparison(asked, text)
    if not form.get("force"):
        if lost := [*found.lost, *found.unheld]:
            said = (
                tr("没有保存：有几句话这样改会听错。") if found.unheld else tr("没有保存：有几句话原来听得懂，这样改就听错了。")
            )
            return "file", 422, _editing(asked, file, text, problems, said=said, refused=True, lost=lost, **more)
    change = Change(path=asked.path, text=text, stamp=stamp, settles=_ids(form.get("settles", "")))
    try:
        await shelf.carry_out(asked.parts, change, asked.viewer)
    except Overtaken:
        return "file", 409, await _overtaken(asked, await asyncio.to_thread(asked.shelf.find, asked.path), text, problems, more)
    except Refusal as refusal:
        return "file", 422, _editing(asked, file, text, problems, said=str(refusal), refused=True, **more)
    if change.settles:
        raise web.HTTPSeeOther("/console/intents/unmatched?done=1")
    saved = await asked.file()
    problems = await problems_in(asked, text)  # as it is heard from now on
    said = tr("已保存，马上生效。上一版在“历史”里，随时可以恢复。")
    return "file", 200, _editing(asked, saved, text, problems, said=said, misheard=found.misheard)


async def _overtaken(
    asked: Asked, file: File | None, text: str, problems: Sequence[Problem], more: Mapping[str, Any]
) -> dict[str, Any]:
    who = await asked.parts.database.read(_overtaker, asked, file)
    said = tr("{who}，所以没有保存。下面是您写的。点“看看改了什么”和现在的比一比；再点保存，就以您写的为准。", who=who)
    return _editing(asked, file, text, problems, said=said, refused=True, **more)


async def news(asked: Asked, form: Mapping[str, str], text: str) -> str:
    """Return what somebody else has done to a file since it was opened here, told before it is saved; empty for nothing."""
    file = await asyncio.to_thread(asked.shelf.find, asked.path)
    if "stamp" not in form or form["stamp"] == (file.stamp if file else "") or (file is not None and file.text == text):
        return ""
    who = await asked.parts.database.read(_overtaker, asked, file)
    return tr("{who}。您可以接着写，保存前会请您先比一比。", who=who)


def _overtaker(session: Session, asked: Asked, file: File | None) -> str:
    """Say who changed a file last, and when."""
    last = versions.newest(session, asked.path)
    if last is None or last.text != (file.text if file else "") or not last.actor:
        return tr("这个文件刚在文件夹里被人改过")
    with scope.within(session, asked.viewer.community.key):
        who = _who(session, last.actor)
    at = f"{last.at.astimezone(SHANGHAI):%H:%M}"
    if last.became is Became.DELETED:
        return tr("{who} {at} 把这个文件删掉了", who=who, at=at)
    return tr("{who} {at} 改过这个文件", who=who, at=at)


async def preview(
    asked: Asked, file: File | None, text: str, problems: Sequence[Problem], form: Mapping[str, str]
) -> dict[str, Any]:
    """Return what a page shows of a change before it is made: lines, tests, and what was not understood and would be."""
    lines = await asked.parts.database.read(left_waiting, asked)
    found = await comparison(asked, text, lines)
    names = {name: intent.title for name, intent in asked.parts.understanding.catalogue.intents.items()}
    return {
        "file": asked.path, "text": text, "stamp": form.get("stamp", file.stamp if file else ""), "rows": changed_lines(file.text if file else "", text),
        "problems": placed(problems, text), "found": found, "titles": names, "settles": form.get("settles", ""),
        "closed": asked.shelf.why_closed, "is_new": file is None, "origin": file.origin if file else None,
    }  # fmt: skip


async def propose(asked: Asked, form: Mapping[str, str], intent: str) -> tuple[str, int, Mapping[str, Any]]:
    """Show the change that adds one sentence to a file, before it is made."""
    file = await asked.file()
    try:
        text = added(asked.parts.understanding, file.text, form, intent)
    except Refusal as refusal:
        return "file", 422, _editing(asked, file, file.text, await problems_in(asked, file.text), said=str(refusal), refused=True)
    problems = await problems_in(asked, text)
    if is_broken(problems):
        said = tr("这个文件现在有错误，改好以后才能加。")
        return "file", 422, _editing(asked, file, text, problems, said=said, refused=True, settles=form.get("settles", ""))
    return "preview", 200, await preview(asked, file, text, problems, {**form, "stamp": file.stamp})


def _ids(said: str) -> list[int]:
    return list(_numbers(said))


def _numbers(said: str) -> Iterator[int]:
    for word in said.split(",")[: unmatched.LOOKED_AT]:
        if (number := row_id(word.strip())) is not None:
            yield number


async def remove(asked: Asked) -> str:
    """Delete a file; returns what to tell. Raises Refusal."""
    form, file = await read_form(asked.request), await asked.file()
    if file.origin is Origin.SERVICE:
        raise Refusal(tr("这个文件随服务来，删不掉。不想用它，可以改它的内容。"))
    rest = {path: text for path, text in (await asyncio.to_thread(asked.shelf.texts)).items() if path != asked.path}
    behind = await asyncio.to_thread(asked.shelf.behind, asked.path)
    before = await asyncio.to_thread(shelf.problems_of, asked.parts, {**rest, asked.path: file.text})
    after = await asyncio.to_thread(shelf.problems_of, asked.parts, rest if behind is None else {**rest, asked.path: behind})
    known = {(one.file, one.code, one.message) for one in before}
    broken = [one for one in after if one.severity == "error" and (one.file, one.code, one.message) not in known]
    if broken:
        raise Refusal(
            tr(
                "没有删除：别的文件还用着它。{file} 第 {line} 行：{message}",
                file=broken[0].file,
                line=broken[0].line,
                message=broken[0].message,
            )
        )
    change = Change(path=asked.path, text=None, stamp=form.get("stamp", ""), became=Became.DELETED)
    await _change(asked, change)
    return tr(
        "{path} {value}。要找回来，请到“历史”里恢复。",
        path=asked.path,
        value=tr("删掉了") if behind is None else tr("恢复成随服务来的样子了"),
    )


async def restore(asked: Asked) -> str:
    """Bring a file back to a version, or to what ships; returns what to tell. Raises Refusal."""
    form, file = await read_form(asked.request), await asyncio.to_thread(asked.shelf.find, asked.path)
    key = form.get("version", "")
    if key == "original":
        text = file.original if file else ""
    else:
        version = await asked.parts.database.read(versions.find, asked.path, row_id(key) or 0)
        text = version.text if version is not None else ""
    if not text:
        raise Refusal(tr("这一版没有内容，恢复不了。请选另一版。"))
    problems = await problems_in(asked, text)
    if is_broken(problems):
        raise Refusal(
            tr("没有恢复：那一版现在用不了。第 {line} 行：{message}", line=problems[0].line, message=problems[0].message)
        )
    await _change(asked, Change(path=asked.path, text=text, stamp=form.get("stamp", ""), became=Became.RESTORED))
    return tr("{path} 恢复好了，马上生效。", path=asked.path)


async def _change(asked: Asked, change: Change) -> None:
    try:
        await shelf.carry_out(asked.parts, change, asked.viewer)
    except Overtaken:
        raise Refusal(tr("这个文件刚被别人改过，所以什么也没有做。请刷新页面看看再说。")) from None


def request_of(request: web.Request, viewer: Viewer, path: str = "") -> Asked:
    """Return a request about the file that its address names, or about `path`."""
    return Asked(request=request, viewer=viewer, parts=request.app[PARTS], path=path or request.match_info["path"])
