"""Whom a notice or anything else is for, as staff pick it: lines of the form (console/whom.html), and what each can be."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.contract import notices, roster
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
from bot.contract.pages import Desk
from bot.errors import Refusal, asked_in
from bot.translation import stored, tr, tr_all

#: Lines of one form.
LINES = 8

#: What is picked where the words beside it say all.
WORDS = "words"

_ROOM = re.compile(r"[0-9A-Za-z]{2,6}")


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


def form_of(desk: Desk, form: Mapping[str, str], at: str = "/console/notices", *, keeps: bool = True) -> dict[str, object]:
    """Return what the lines of the form show: those that were filled, and one more where that is wanted.

    `at`: the address whose /whom gives the lines anew and whose /reach counts; `keeps`: lists are read and saved there, too.
    """
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
        "form": form,
        "turn": turn(desk),
        "whom_said": "",
        "is_told": False,
        "whom_at": at,
        "keeps": keeps,
    }


def turn(desk: Desk) -> str:
    """Return what tells a form from the same one filled in alike before: a picture taken out may be put in again."""
    return f"{desk.now:%H%M%S%f}"


def with_saved(form: Mapping[str, str], key: str) -> dict[str, str]:
    """Return the form with a saved audience picked in its first empty line, else in one more; raises Refusal where there is no room."""
    rows = rows_of(form)
    at = next((number for number, row in enumerate(rows) if not row.pick and not row.more), len(rows))
    if at >= LINES:
        raise Refusal(tr("最多写 {LINES} 行，已经满了。请先去掉一行。", LINES=LINES))
    return {**form, f"joint-{at}": form.get(f"joint-{at}", INCLUDING), f"pick-{at}": f"s|{key}", f"more-{at}": ""}


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
