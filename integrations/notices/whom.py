"""Whom a notice is for, as staff pick it: lines of the form, what each can be, audiences under a name, lists from a file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    stored,
    tr,
    tr_all,
)
from bot.contract.notices import (
    INCLUDING,
    Audience,
    Building,
    Choice,
    Everybody,
    Flat,
    Floors,
    Line,
    Lives,
    Picker,
    Saved,
    Tag,
    Unit,
)

#: Lines of one form.
LINES = 8

#: Rows of a file that are told as wrong.
TOLD = 5

#: What is picked where the words beside it say all.
WORDS = "words"

_ROOM = re.compile(r"[0-9A-Za-z]{2,6}")
_NAME = re.compile(r"[^\w]+")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the form."""

    joint: str = INCLUDING
    pick: str = ""
    more: str = ""


def audience_of(desk: Desk, form: Mapping[str, str]) -> Audience:
    """Return whom a form means: a notice's own people, the lines that were picked, or what is written as `to`. Raises Refusal."""
    if form.get("notice"):
        notice = notices.by_public_id(desk.session, form["notice"])
        if notice is None:
            raise LookupError(form["notice"])
        return shown(desk, Audience.from_json(notice.audience))
    rows = [row for row in rows_of(form) if row.pick or row.more]
    if not rows:
        with asked_in("pick-0"):
            return shown(desk, notices.audience_of(desk, form.get("to", "")))
    kept = _saved(desk, form)
    lines: list[Line] = []
    for number, row in enumerate(rows_of(form)):
        if row.pick or row.more:
            with asked_in(f"more-{number}" if row.more or row.pick == WORDS else f"pick-{number}"):
                lines.append(Line(row.joint, _choice(row, kept)))
    with asked_in("joint-0"):
        found = Audience.of(lines)
    return shown(desk, found.naming({one.name: one for one in kept.values()}))


def shown(desk: Desk, audience: Audience) -> Audience:
    """Return the audience; raises Refusal where its tags tell of somebody's health and this person may not read that."""
    if is_veiled(desk, audience):
        raise Refusal(tr("这个范围里有健康方面的标签，您的岗位不能按它选人，也不能看它有谁。请找能看健康信息的同事。"))
    return audience


def is_veiled(desk: Desk, audience: Audience) -> bool:
    """Tell whether an audience tells of somebody's health, and this person may not read that."""
    return any(desk.veil(tag.name) != tag.name for tag in audience.tags())


def label(desk: Desk, audience: Audience) -> str:
    """Return an audience as this person may read it."""
    return tr("按健康标签选的人") if is_veiled(desk, audience) else stored(audience.label)


def rows_of(form: Mapping[str, str]) -> list[Row]:
    """Return the lines of a form as they were sent, empty ones among them."""
    known = [number for number in range(LINES) if f"pick-{number}" in form or f"more-{number}" in form]
    return [
        Row(joint=form.get(f"joint-{number}", INCLUDING), pick=form.get(f"pick-{number}", ""), more=form.get(f"more-{number}", "").strip())
        for number in known
    ]  # fmt: skip


def fields_of(audience: Audience) -> dict[str, str]:
    """Return the fields of a form that stand for an audience."""
    rows: list[Row] = []
    for line in audience.lines:
        parts = [_row(line.joint, one) for one in line.choice]
        is_apart = line.joint != notices.AND and len(rows) + len(parts) <= LINES and not _is_narrowed(audience, line)
        rows += (
            parts
            if is_apart or len(parts) == 1
            else [Row(joint=line.joint, pick=WORDS, more=tr_all("、", (one.label for one in line.choice)))]
        )
    return {f"{name}-{number}": value for number, row in enumerate(rows[:LINES]) for name, value in vars(row).items()}


def _is_narrowed(audience: Audience, line: Line) -> bool:
    """Tell whether an 并且 narrows all of a line, which must then stay one."""
    lines = audience.lines
    at = next(number for number, one in enumerate(lines) if one is line or one == line)
    return at + 1 < len(lines) and lines[at + 1].joint == notices.AND


def form_of(desk: Desk, form: Mapping[str, str]) -> dict[str, object]:
    """Return what the lines of the form show: those that were filled, and one more where that is wanted."""
    rows = rows_of(form)
    if not rows and form.get("to"):
        rows = [Row(pick=WORDS, more=form["to"])]
    if form.get("add") or not rows:
        rows = [*rows, Row()]
    return {
        "rows": rows[:LINES],
        "options": _options(desk, rows),
        "joints": (INCLUDING, notices.AND, notices.WITHOUT),
        "most_rows": LINES,
    }


def _options(desk: Desk, rows: Sequence[Row]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what can be picked, in groups; what was picked before and is no more stays to be seen."""
    places = notices.places(desk.session)
    units = [(f"u|{building}|{unit}", Unit(building, unit).label) for building, unit in places if unit]
    tags = [tag for tag in notices.tags(desk.session) if desk.veil(tag) == tag]
    groups = [
        ("", [("all", tr("全体")), (WORDS, tr("自己写：楼层、房号、标签…"))]),
        (tr("楼栋"), [(f"b|{one}", Building(one).label) for one in dict.fromkeys(building for building, _ in places)]),
        (tr("单元"), units),
        (tr("身份"), [(f"r|{role}", words) for role, words in roster.RESIDENT_ROLE_WORDS.items()]),
        (tr("标签"), [(f"t|{tag}", tag) for tag in tags]),
        (tr("办事的人"), [(f"o|{one.tag}", tr("{tag}（可写{asks}）", tag=one.tag, asks=one.asks) if one.asks else one.tag) for one in desk.context.services.audiences.values()]),
        (tr("存好的"), [(f"s|{one.public_id}", one.name) for one in notices.saved_audiences(desk.session) if not is_veiled(desk, Audience.from_json(one.whom))]),
    ]  # fmt: skip
    known = {value for _, options in groups for value, _ in options}
    gone = [
        (row.pick, tr("{split}（现在没有）", split=row.pick.split("|")[-1])) for row in rows if row.pick and row.pick not in known
    ]
    return [*((title, options) for title, options in groups if options), *([("", gone)] if gone else [])]


def _choice(row: Row, kept: Mapping[str, Saved]) -> Choice:
    kind, *said = row.pick.split("|")
    match kind, said:
        case "" | "words", _:
            if not row.more:
                raise Refusal(tr("选了“自己写”，请在右边写明是谁，例如：3栋1-6层、501、独居老人。"))
            return notices.read_choice(row.more)
        case "b", [building]:
            return _within(Building(building), row.more)
        case "u", [building, unit]:
            return _within(Unit(building, unit), row.more)
        case "o", [tag]:
            return (Tag(tag, row.more),)
    found = _alone(kind, said, kept)
    if row.more:
        raise Refusal(tr("“{label}”右边不用再写“{more}”。要同时满足，请加一行“并且”。", label=found.label, more=row.more[:20]))
    return (found,)


def _alone(kind: str, said: Sequence[str], kept: Mapping[str, Saved]) -> Picker:
    match kind, said:
        case "all", []:
            return Everybody()
        case "r", [role] if role in set(roster.RESIDENT_ROLE_WORDS):
            return Lives(next(one for one in roster.RESIDENT_ROLE_WORDS if one == role))
        case "t", [tag]:
            return Tag(tag)
        case "s", [key] if key in kept:
            return kept[key]
    raise Refusal(tr("选的范围现在没有了。请刷新页面，重新选“发给谁”。"))


def _within(place: Building | Unit, more: str) -> Choice:
    """Return a place, or the floors or rooms of it that are written beside it: 1-6层, 501、502."""
    if not more:
        return (place,)
    unit = place.unit if isinstance(place, Unit) else ""
    if (
        floors := notices.floors_of(more if more.endswith(("层", "楼")) else tr("{more}层", more=more))
        if not more.isdigit() or len(more) < 3
        else None
    ):
        return (Floors(floors.low, floors.high, place.building, unit),)
    rooms = [part for part in re.split(r"[,，、;；\s]+", more.replace("室", "")) if part]
    if wrong := next((part for part in rooms if not _ROOM.fullmatch(part)), ""):
        raise Refusal(
            tr("“{wrong}”看不懂。{label}右边可以写楼层（1-6层），或者房号（501、502）。", wrong=wrong[:20], label=place.label)
        )
    return tuple(Flat(place.building, unit, room.upper()) for room in rooms)


def _row(joint: str, one: Picker) -> Row:
    match one:
        case Everybody():
            return Row(joint=joint, pick="all")
        case Building(building):
            return Row(joint=joint, pick=f"b|{building}")
        case Unit(building, unit):
            return Row(joint=joint, pick=f"u|{building}|{unit}")
        case Lives(role):
            return Row(joint=joint, pick=f"r|{role}")
        case Saved(key):
            return Row(joint=joint, pick=f"s|{key}")
    return Row(joint=joint, pick=WORDS, more=one.label)


def _saved(desk: Desk, form: Mapping[str, str]) -> dict[str, Saved]:
    """Return the saved audiences by key; what the draft was written with stays, though it was forgotten since."""
    draft = notices.by_public_id(desk.session, form["draft"]) if form.get("draft") else None
    mine = Audience.from_json(draft.audience).pickers() if draft else ()
    kept = {one.key: one for one in mine if isinstance(one, Saved)}
    return {**kept, **{one.public_id: one.picker for one in notices.saved_audiences(desk.session)}}


# ------------------------------------------------------------------ under a name


@page("GET", "/notices/audiences", need="notice.draft", title=tr("存好的发送范围"))
def audiences(desk: Desk) -> View:
    """List the audiences that are saved under a name, and take a file."""
    return _listed(desk)


@page("POST", "/notices/audiences", need="notice.draft")
def save(desk: Desk) -> Redirect:
    """Save whom words mean under a name."""
    audience = audience_of(desk, {"to": desk.form.get("to", "")})
    found = notices.count(desk, audience)
    if found.unknown:
        raise Refusal(tr("没有人属于“{unknown}”，请检查。", unknown=tr_all("、", found.unknown)))
    row = notices.save_audience(desk.session, desk.form.get("name", ""), audience, desk.now, desk.staff.id)
    desk.record("notice.audience_saved", people=found.people)
    return Redirect(
        "/console/notices/audiences", tr("存好了，写通知时选“{name}”，现在是 {people} 人。", name=row.name, people=found.people)
    )


@page(
    "POST", "/notices/audiences/file", need="notice.draft", title=tr("存好的发送范围"), takes=lambda upload, _form: _read(upload)
)
def take_file(desk: Desk) -> Redirect | View:
    """Make an audience of a file's flats and people; of one with faults nothing is kept."""
    name, sheet = desk.taken
    try:
        row = _take(desk, name, sheet)
    except Refusal as refusal:
        desk.session.rollback()
        return _listed(desk, str(refusal), 422)
    found = notices.count(desk, row.picker.whom)
    desk.record("notice.audience_saved", people=found.people)
    return Redirect(
        "/console/notices/audiences",
        tr(
            "名单读好了：{households} 户，{people} 人。写通知时选“{name}”。",
            households=found.households,
            people=found.people,
            name=row.name,
        ),
    )


@page("POST", "/notices/audiences/{id}/forget", need="notice.draft")
def forget(desk: Desk) -> Redirect:
    """Forget a saved audience."""
    row = notices.saved_by_key(desk.session, desk.params["id"])
    if row is None:
        raise LookupError(desk.params["id"])
    notices.forget_audience(desk.session, row)
    return Redirect("/console/notices/audiences", tr("“{name}”删掉了。用它写好的通知不受影响。", name=row.name))


def _listed(desk: Desk, fault: str = "", status: int = 200) -> View:
    rows = [(one, Audience.from_json(one.whom)) for one in notices.saved_audiences(desk.session)]
    seen = [(one, whom.label, notices.count(desk, whom).people) for one, whom in rows if not is_veiled(desk, whom)]
    return View("notices/audiences.html", {"rows": seen, "fault": fault, "form": desk.form}, status)


def _read(upload: Upload) -> tuple[str, rosterfile.Sheet]:
    name = _NAME.sub("", PurePath(upload.filename.replace("\\", "/")).stem)[:16] or tr("名单")
    if wrong := rosterfile.misnamed(upload.filename, upload.body):
        return name, wrong
    return name, confined.read(upload.body) if upload.body else rosterfile.Sheet()


def _take(desk: Desk, name: str, sheet: rosterfile.Sheet) -> notices.SavedAudience:
    """Save the flats and people of a file; raises Refusal with the first lines that are wrong."""
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
    audience = notices.listed_audience(name, list(flats), list(people))
    return notices.save_audience(desk.session, desk.form.get("name", "").strip() or name, audience, desk.now, desk.staff.id)


ROUTES: tuple[Page, ...] = (audiences, save, take_file, forget)
