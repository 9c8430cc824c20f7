"""Audiences under a name: saved from the form or by words, read from a file, changed, forgotten."""

import re
from collections.abc import Mapping
from pathlib import PurePath

from sqlmodel import select

from bot.contract import (
    Desk,
    Household,
    Page,
    Redirect,
    Refusal,
    Upload,
    View,
    asked_in,
    confined,
    notices,
    page,
    roster,
    rosterfile,
    tr,
    tr_all,
    whom,
)
from bot.contract.listpage import part
from bot.contract.notices import Audience, Listed
from integrations.notices import console

#: Saved audiences on one page.
SHOWN = 6

#: Rows of a file that are told as wrong.
TOLD = 5

_NAME = re.compile(r"[^\w]+")


@page("GET", "/notices/audiences", need="notice.draft", title=tr("存好的发送范围"))
def audiences(desk: Desk) -> View:
    """List the audiences that are saved under a name, take one in words, or a file; with `from` one of them is changed."""
    row = notices.saved_by_key(desk.session, desk.query["from"]) if desk.query.get("from") else None
    if row is None:
        return _listed(desk, {})
    return _listed(desk, {"key": row.public_id, "name": row.name, "to": whom.shown(desk, row.picker.whom).label})


@page("POST", "/notices/audiences", need="notice.draft", title=tr("存好的发送范围"))
def save(desk: Desk) -> Redirect | View:
    """Save whom words mean under a name, or change what was saved before."""
    form = desk.form
    try:
        with asked_in("to"):
            audience = whom.shown(desk, notices.audience_of(desk, form.get("to", "")))
        said = _save(desk, form.get("name", ""), audience, form.get("key", ""))
    except Refusal as refusal:
        desk.session.rollback()
        return _listed(desk, form, refusal)
    return Redirect("/console/notices/audiences", said)


@page(
    "POST", "/notices/audiences/file", need="notice.draft", title=tr("存好的发送范围"), takes=lambda upload, _form: _read(upload)
)
def take_file(desk: Desk) -> Redirect | View:
    """Make an audience of a file's flats and people; of one with faults nothing is kept."""
    try:
        row = _take(desk, desk.form.get("name", ""))
    except Refusal as refusal:
        desk.session.rollback()
        return _listed(desk, desk.form, refusal, of_file=True)
    return Redirect("/console/notices/audiences", _taken(desk, row))


@page("POST", "/notices/audiences/{id}/forget", need="notice.draft")
def forget(desk: Desk) -> Redirect:
    """Forget a saved audience."""
    row = notices.saved_by_key(desk.session, desk.params["id"])
    if row is None:
        raise LookupError(desk.params["id"])
    notices.forget_audience(desk.session, row)
    return Redirect("/console/notices/audiences", tr("“{name}”删掉了。用它写好的通知不受影响。", name=row.name))


# ------------------------------------------------------------------ beside the form of a notice


@page("POST", "/notices/whom/keep", need="notice.draft", form="/notices/new", title=tr("写通知"))
def keep_lines(desk: Desk) -> View:
    """Save the people that are picked in the form under a name, and go on with the form."""
    try:
        audience = whom.audience_of(desk, desk.form)
        said = _save(desk, desk.form.get("save_as", ""), audience, "", field="save_as")
    except Refusal as refusal:
        desk.session.rollback()
        return _lines(desk, desk.form, refusal)
    return _lines(desk, {**desk.form, "save_as": ""}, said=said)


@page(
    "POST", "/notices/whom/file", need="notice.draft", form="/notices/new", title=tr("写通知"), file="list",
    takes=lambda upload, _form: _read(upload),
)  # fmt: skip
def take_lines(desk: Desk) -> View:
    """Read a file, pick its people in the form, and go on with that."""
    try:
        row = _take(desk, "")
        with asked_in("list"):
            form = whom.with_saved(desk.form, row.public_id)
    except Refusal as refusal:
        desk.session.rollback()
        return _lines(desk, desk.form, refusal)
    return _lines(desk, form, said=_taken(desk, row))


def _lines(desk: Desk, form: Mapping[str, str], refusal: Refusal | None = None, said: str = "") -> View:
    """Return the lines of whom it is for: that part alone, or the whole form where no script runs."""
    status = 422 if refusal else 200
    more = {"whom_said": said, "is_told": refusal is not None and refusal.field in {"save_as", "list"}}
    if not desk.is_fragment:
        return console.form(desk, form, refusal, status, more=more)
    values = {**whom.form_of(desk, form), "refusal": refusal, **more}
    return View("console/whom.html", values, status)


# ------------------------------------------------------------------ saved


def _save(desk: Desk, name: str, audience: Audience, key: str, field: str = "name") -> str:
    """Save an audience, and return what is said of that; raises Refusal."""
    found = notices.count(desk, audience)
    if found.unknown:
        raise Refusal(tr("没有人属于“{unknown}”，请检查。", unknown=tr_all("、", found.unknown)), field="to")
    with asked_in(field):
        row = notices.save_audience(desk.session, name, audience, desk.now, desk.staff.id, key)
    desk.record("notice.audience_saved", people=found.people)
    return tr("存好了，写通知时选“{name}”，现在是 {people} 人。", name=row.name, people=found.people)


def _listed(desk: Desk, form: Mapping[str, str], refusal: Refusal | None = None, *, of_file: bool = False) -> View:
    rows = [(one, one.picker.whom) for one in notices.saved_audiences(desk.session)]
    shown = part([row for row in rows if not whom.is_veiled(desk, row[1])], desk.query, "/notices/audiences", SHOWN)
    seen = [
        (one, audience.label, notices.count(desk, audience).people, not any(isinstance(picker, Listed) for picker in audience.pickers()))
        for one, audience in shown.rows
    ]  # fmt: skip
    values = {"rows": seen, "part": shown, "fault": str(refusal or ""), "refusal": refusal, "form": form, "of_file": of_file}
    return View("notices/audiences.html", values, 422 if refusal else 200)


# ------------------------------------------------------------------ read from a file


def _read(upload: Upload) -> tuple[str, rosterfile.Sheet]:
    name = _NAME.sub("", PurePath(upload.filename.replace("\\", "/")).stem)[:16] or tr("名单")
    if wrong := rosterfile.misnamed(upload.filename, upload.body):
        return name, wrong
    return name, confined.read(upload.body) if upload.body else rosterfile.Sheet()


def _taken(desk: Desk, row: notices.SavedAudience) -> str:
    """Note that a file was read, and return what is said of it."""
    found = notices.count(desk, row.picker.whom)
    desk.record("notice.audience_saved", people=found.people)
    return tr(
        "名单读好了：{households} 户，{people} 人。写通知时选“{name}”。",
        households=found.households,
        people=found.people,
        name=row.name,
    )


def _take(desk: Desk, said: str) -> notices.SavedAudience:
    """Save the flats and people of a file; raises Refusal with the first lines that are wrong."""
    own, sheet = desk.taken
    with asked_in("list"):
        audience = _people_of(desk, own, sheet)
    with asked_in("name" if said.strip() else "list"):
        return notices.save_audience(desk.session, said.strip() or own, audience, desk.now, desk.staff.id)


def _people_of(desk: Desk, name: str, sheet: rosterfile.Sheet) -> Audience:
    if sheet.faults:
        raise Refusal(
            tr_all(
                "；",
                (
                    tr("第 {line} 行：{text}", line=one.line, text=one.text) if one.line else one.text
                    for one in sheet.faults[:TOLD]
                ),
            )
        )
    if not sheet.entries:
        raise Refusal(tr("请选一个文件（.csv 或 .xlsx），要有楼栋、单元、房号三列；只发给某个人，再加一列姓名。"))
    homes = {(one.building, one.unit, one.room): one for one in desk.session.exec(select(Household)).all()}
    wrong: list[str] = []
    flats: dict[tuple[str, str, str], None] = {}
    people: dict[str, None] = {}
    named = {entry.flat for entry in sheet.entries if entry.name} & set(homes)
    living = roster.people_by_flat(desk.session, [homes[flat].key for flat in named])
    for entry in sheet.entries:
        who = (
            [one for one in living.get(homes[entry.flat].key, ()) if one.name == entry.name]
            if entry.flat in homes and entry.name
            else []
        )
        if entry.flat not in homes:
            wrong.append(tr("第 {line} 行：名册里没有这一户", line=entry.line))
        elif entry.name and not who:
            wrong.append(tr("第 {line} 行：这一户没有叫这个名字的人", line=entry.line))
        elif entry.name:
            people |= {one.public_id: None for one in who}
        else:
            flats[entry.flat] = None
    if wrong:
        raise Refusal(
            tr("有 {wrong} 行对不上，没有存：{wrong2}。改好了再传一次。", wrong=len(wrong), wrong2=tr_all("；", wrong[:TOLD]))
        )
    return notices.listed_audience(name, list(flats), list(people))


ROUTES: tuple[Page, ...] = (audiences, save, take_file, forget, keep_lines, take_lines)
