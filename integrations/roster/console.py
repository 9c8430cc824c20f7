"""The pages of the roster: sending a file, looking at what it would change, doing that, taking it back, giving the roster out."""

from collections.abc import Mapping
from typing import Any

from bot.contract import (
    Desk,
    Download,
    Page,
    Redirect,
    Refusal,
    Upload,
    View,
    confined,
    page,
    rosterfile,
    rosterimport,
    row_id,
    tr,
    tr_all,
)
from bot.contract.listpage import part
from bot.contract.rosterimport import Kind, RosterDraft, RosterImport, Step
from integrations.roster.counts import say

IMPORT, EXPORT = "roster.import", "roster.export"

#: What of people they open, for the log.
SHOWN = tr("名册里的姓名和电话")

#: Of the files that were taken over the first page shows so many; all of them are a list of their own.
NEWEST = 3

#: Faults shown at once, and lines of a table on one page.
FAULTS, ROWS = 50, 50

#: What the differences can be looked at by, by what people call it.
TABS: Mapping[str, str] = {
    "new": tr("新住户"), "changed": tr("有改动"), "left": tr("迁出"), "flats": tr("新房屋"), "questions": tr("请看一眼"),
}  # fmt: skip

#: Share of the people who live here above which letting them move out is warned of.
MANY = 0.2

_KINDS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}

_ENCODINGS = {"": tr("自动识别"), "utf-8": "UTF-8", "gbk": "GBK", "utf-16": "UTF-16"}


def read(upload: Upload, form: Mapping[str, str]) -> tuple[str, rosterfile.Sheet]:
    """Read a file that was sent: its name, and what it holds."""
    encoding = form.get("encoding", "")
    if wrong := rosterfile.misnamed(upload.filename, upload.body):
        return upload.filename, wrong
    return upload.filename, confined.read(upload.body, encoding if encoding in rosterfile.ENCODINGS else "")


@page("GET", "/roster", need=IMPORT, title=tr("名册"), nav=tr("管理"), is_bare=True)
def start(desk: Desk) -> View:
    """Ask for a file, and show what was taken over before."""
    return _start(desk)


@page("GET", "/roster/template.xlsx", need=IMPORT, is_bare=True)
def template(desk: Desk) -> Download:
    """Give an empty table to fill in."""
    return Download(body=rosterfile.template(), content_type=_KINDS["xlsx"], filename=tr("名册模板.xlsx"))


@page("POST", "/roster/export", need=EXPORT)
def export(desk: Desk) -> Download:
    """Give the roster as a table that can be taken over again: whole or not at all, for who may read all of it."""
    if not (desk.access.reads_health(desk.staff.role) and desk.may("phone.view")):
        raise Refusal(
            tr(
                "名册里有完整电话，标签里可能有健康信息，要都能看的同事来导出。需要的话请联系管理员；只要名单，可以在“居民”里导出。"
            )
        )
    kind = "csv" if desk.form.get("kind") == "csv" else "xlsx"
    desk.read(EXPORT)
    rows = rosterimport.give_out(desk)
    body = rosterfile.write_csv(rows) if kind == "csv" else rosterfile.write_workbook(rows)
    return Download(
        body=body,
        content_type=_KINDS[kind],
        filename=tr("{name}名册 {now:%Y-%m-%d}.{kind}", name=desk.community.name, now=desk.now, kind=kind),
    )


@page("POST", "/roster/read", need=IMPORT, title=tr("名册"), takes=read)
def send(desk: Desk) -> Redirect | View:
    """Keep what a file says until it is looked at; of one with faults nothing is kept."""
    name, sheet = desk.taken
    if not name:
        raise Refusal(tr("请先选一个文件（.xlsx 或 .csv）。"), field="file")
    if sheet.faults:
        return _start(desk, name=name, sheet=sheet, status=422)
    notes = [chinese for chinese, _ in sheet.notes]
    if sheet.unknown:
        notes.append(tr("这些列不认识，没有动：{unknown}", unknown=tr_all("、", sheet.unknown[:20])))
    whole = "whole" in desk.form
    draft = rosterimport.keep(desk.session, desk.staff.person, name, sheet.entries, notes, desk.now, whole=whole)
    return Redirect(f"/console/roster/draft/{draft.public_id}")


@page("GET", "/roster/draft/{id}", need=IMPORT, title=tr("看看会改什么"))
def look(desk: Desk) -> View:
    """Show what a file would change."""
    draft = _draft(desk)
    desk.read(IMPORT, f"roster:{draft.public_id}")
    found, is_news = rosterimport.outcome_of(desk.session, draft, desk.now)
    if is_news:
        key, whole, otherwise = draft.public_id, draft.whole, list(draft.otherwise)
        desk.then(lambda work: rosterimport.remember(work.session, key, found, whole=whole, otherwise=otherwise))
    shown = desk.query.get("show", "")
    if shown not in TABS:
        shown = next((name for name in TABS if found.rows(name)), "new")
    rows = part(found.rows(shown), {"show": shown, "page": desk.query.get("page", "")}, f"/roster/draft/{draft.public_id}", ROWS)
    left = len(found.rows(Kind.LEFT))
    return View(
        "roster/look.html",
        {
            "draft": draft, "plan": found, "counts": found["counts"], "tabs": TABS, "shown": shown, "found": rows,
            "rows": [Step.unpack(row) for row in rows.rows] if shown in list(Kind) else rows.rows,
            "fields": rosterimport.FIELDS, "faults": found["faults"][:FAULTS], "notes": [*draft.notes, *found["notes"]], "bound": found["bound"], "let_go": found["let_go"],
            "many": left > found["living"] * MANY and left > 5, "minutes": int(rosterimport.WAITS.total_seconds() // 60),
        },
    )  # fmt: skip


@page("POST", "/roster/draft/{id}/choose", need=IMPORT)
def choose(desk: Desk) -> Redirect:
    """Take a file another way: as the whole roster or not, a line as somebody new or not."""
    draft = _draft(desk)
    if "line" in desk.form:
        line = row_id(desk.form["line"]) or 1
        draft.otherwise = sorted({*draft.otherwise} ^ {line})
        where = "?show=questions"
    else:
        draft.whole, where = "whole" in desk.form, ""
    draft.personal_outcome = None
    desk.session.add(draft)
    return Redirect(f"/console/roster/draft/{draft.public_id}{where}")


@page("POST", "/roster/draft/{id}/do", need=IMPORT)
def do(desk: Desk) -> Redirect:
    """Do what was shown."""
    draft = _draft(desk)
    try:
        done = rosterimport.take_over(
            desk,
            draft.entries,
            file_name=draft.file_name,
            whole=draft.whole,
            otherwise=draft.otherwise,
            seen=desk.form.get("seen", "-"),
        )
    except rosterimport.Changed as changed:  # nothing is written yet
        draft.personal_outcome = None
        desk.session.add(draft)
        return Redirect(f"/console/roster/draft/{draft.public_id}", str(changed))
    rosterimport.drop(desk.session, draft)
    return Redirect(f"/console/roster/imports/{done.public_id}", tr("导入好了：{counts}。", counts=say(done.counts)))


@page("POST", "/roster/draft/{id}/drop", need=IMPORT)
def drop(desk: Desk) -> Redirect:
    """Forget a file that was looked at."""
    rosterimport.drop(desk.session, _draft(desk))
    return Redirect("/console/roster", tr("没有导入，刚才的文件已经删掉。"))


@page("GET", "/roster/imports/{id}", need=IMPORT, title=tr("一次导入"))
def show(desk: Desk) -> View:
    """Show what was taken over, and what taking it back would do."""
    done = _import(desk)
    desk.read(IMPORT, done.about)
    back = rosterimport.look_back(desk.session, done) if done.is_undoable(desk.now) and done.personal_changes else None
    return View(
        "roster/import.html",
        {
            "done": done, "said": say(done.counts), "who": desk.who(done.actor), "back": back, "shown": FAULTS,
            "until": done.at + rosterimport.UNDOABLE, "undone_by": desk.who(done.undone_by) if done.undone_by else "",
        },
    )  # fmt: skip


@page("POST", "/roster/imports/{id}/undo", need=IMPORT)
def undo(desk: Desk) -> Redirect:
    """Take an import back, or what of it still stands."""
    done = _import(desk)
    rosterimport.undo(desk, done, rest="rest" in desk.form)
    kept = tr("，{kept} 处后来改过，没有动", kept=done.kept) if done.kept else ""
    return Redirect(f"/console/roster/imports/{done.public_id}", tr("撤销好了{kept}。", kept=kept))


def _start(desk: Desk, *, name: str = "", sheet: rosterfile.Sheet | None = None, status: int = 200) -> View:
    done = rosterimport.listed(desk.session, NEWEST)
    values: dict[str, Any] = {
        "name": name, "sheet": sheet, "shown": FAULTS, "encodings": _ENCODINGS, "may_export": desk.may(EXPORT), "head": rosterfile.HEAD,
        "waiting": rosterimport.waiting(desk.session, desk.staff.person, desk.now), "largest": rosterfile.LARGEST >> 20,
        "done": [(one, say(one.counts), desk.who(one.actor), one.is_undoable(desk.now)) for one in done],
        "days": rosterimport.UNDOABLE.days,
    }  # fmt: skip
    return View("roster/start.html", values, status)


def _draft(desk: Desk) -> RosterDraft:
    draft = rosterimport.draft_of(desk.session, desk.params["id"], desk.staff.person)
    if draft is None:
        raise LookupError(desk.params["id"])
    if draft.has_expired(desk.now):
        raise Refusal(tr("这个文件放得太久了，名册可能已经变了。请重新传一次。"))
    return draft


def _import(desk: Desk) -> RosterImport:
    done = rosterimport.find(desk.session, desk.params["id"])
    if done is None:
        raise LookupError(desk.params["id"])
    return done


ROUTES: tuple[Page, ...] = (start, template, export, send, look, choose, do, drop, show, undo)
