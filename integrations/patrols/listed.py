"""Who was where when, in a list: found, narrowed to what is doubtful, late or off its limits, taken along as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from bot.contract import Cell, Choice, Column, Days, Desk, Listing, Staff, tr
from integrations.patrols import reactions, rounds, shots
from integrations.patrols.models import (
    DOUBT_WORDS,
    KIND_WORDS,
    Doubt,
    PatrolPoint,
    PatrolRound,
    PatrolRoute,
    PatrolVisit,
    VisitKind,
)

#: What visits may be narrowed to.
STANDS: Mapping[str, str] = {
    "quick": DOUBT_WORDS[Doubt.QUICK], "order": DOUBT_WORDS[Doubt.ORDER], "else": DOUBT_WORDS[Doubt.ELSE], "off": tr("读数不正常"), "fault": tr("发现问题"),
    **{one.value: words for one, words in KIND_WORDS.items()},
}  # fmt: skip

_TONES = {VisitKind.KEPT: "green", VisitKind.LATE: "yellow", VisitKind.EARLY: "secondary", VisitKind.EXTRA: "secondary"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A visit with its point, route and who it was."""

    visit: PatrolVisit
    point: PatrolPoint
    route: str
    who: str
    photos: Sequence[str] = ()  # their ids


def _stands(_desk: Desk, key: str) -> ColumnElement[bool]:
    if key == "off":
        return col(PatrolVisit.is_off).is_(True)
    if key == "fault":
        return col(PatrolVisit.ticket) != ""
    if key in DOUBT_WORDS:
        return col(PatrolVisit.doubt) == key
    return col(PatrolVisit.kind) == VisitKind(key)


def _routes(desk: Desk) -> Mapping[str, str]:
    return {str(one.id): one.name for one in desk.session.exec(select(PatrolRoute).order_by(col(PatrolRoute.id))).all()}


def _of_route(_desk: Desk, key: str) -> ColumnElement[bool]:
    return col(PatrolVisit.round_id).in_(select(PatrolRound.id).where(PatrolRound.route_id == int(key)))


def _points(desk: Desk) -> Mapping[str, str]:
    return {str(one.id): one.name for one in desk.session.exec(select(PatrolPoint).order_by(col(PatrolPoint.id))).all()}


def _walkers(desk: Desk) -> Mapping[str, str]:
    seen = select(PatrolVisit.staff_id).distinct()
    return {
        str(one.id): one.name
        for one in desk.session.exec(select(Staff).where(col(Staff.id).in_(seen)).order_by(Staff.name)).all()
    }


def _find(desk: Desk, word: str) -> list[ColumnElement[bool]]:
    points = desk.session.exec(select(PatrolPoint.id).where(col(PatrolPoint.name).contains(word, autoescape=True))).all()
    staff = desk.session.exec(select(Staff.id).where(col(Staff.name).contains(word, autoescape=True))).all()
    routes = select(PatrolRound.id).where(
        col(PatrolRound.route_id).in_(select(PatrolRoute.id).where(col(PatrolRoute.name).contains(word, autoescape=True)))
    )
    return [
        col(PatrolVisit.point_id).in_(points), col(PatrolVisit.staff_id).in_(staff), col(PatrolVisit.round_id).in_(routes),
        col(PatrolVisit.ticket) == f"ticket:{word.upper()}",
    ]  # fmt: skip


def _load(desk: Desk, found: Sequence[PatrolVisit]) -> list[Row]:
    points = {
        one.id: one
        for one in desk.session.exec(select(PatrolPoint).where(col(PatrolPoint.id).in_({one.point_id for one in found}))).all()
    }
    staff = {
        one.id: one.name
        for one in desk.session.exec(select(Staff).where(col(Staff.id).in_({one.staff_id for one in found}))).all()
    }
    walked = select(PatrolRound.id, PatrolRoute.name).where(
        PatrolRoute.id == PatrolRound.route_id, col(PatrolRound.id).in_({one.round_id for one in found} - {None})
    )
    routes = dict(desk.session.exec(walked).all())
    photos = shots.of_visits(desk, found)
    return [
        Row(
            visit=one, point=points[one.point_id], route=routes.get(one.round_id, ""), who=staff.get(one.staff_id, ""),
            photos=photos.get(one.subject, ()),
        )
        for one in found
    ]  # fmt: skip


def _state(_desk: Desk, row: Row) -> Sequence[Cell | str]:
    doubt = row.visit.doubt
    tone = "red" if doubt == Doubt.QUICK else "yellow"
    beside = [Cell(words=DOUBT_WORDS[Doubt(doubt)], tone=tone)] if doubt else []
    return [Cell(words=KIND_WORDS[row.visit.kind], tone=_TONES[row.visit.kind]), *beside]


def _answers(desk: Desk, row: Row) -> Sequence[Cell | str]:
    return [
        Cell(words=f"{title} {said}", tone="red") if is_off else f"{title} {said}"
        for title, (said, is_off) in rounds.answers_of(row.visit, row.point).items()
    ]


def _fault(desk: Desk, row: Row) -> Sequence[Cell | str]:
    """Return what was found; photos of a visit that no repair came of stand here, those of a repair on its page."""
    if not row.visit.ticket:
        may = desk.may("photo.view")
        return [
            Cell(words=tr("照片 {number}", number=number), to=f"/photos/{key}" if may else "")
            for number, key in enumerate(row.photos, 1)
        ]
    number = rounds.ticket_number(row.visit.ticket)
    to = f"/tickets/{number}" if desk.may("ticket.view") else ""
    return [
        Cell(
            words=desk.veil(row.visit.fault) or number,
            to=to,
            small=tr("{number} {state}", number=number, state=reactions.say(row.visit.ticket_state)),
        )
    ]


LIST = Listing(
    name="patrol_visits",
    title=tr("巡检记录"),
    path="/patrols/visits",
    need=rounds.VIEW,
    unit=tr("次"),
    table=PatrolVisit,
    key=lambda row: str(row.visit.public_id),
    key_column=PatrolVisit.public_id,
    order="-at",
    opens=("fault",),
    columns=(
        Column(name="at", title=tr("什么时候"), says=lambda desk, row: row.visit.at, sort=(PatrolVisit.at, PatrolVisit.id)),
        Column(name="point", title=tr("哪个点"), says=lambda desk, row: Cell(words=row.point.name, small=row.point.place), filed=lambda desk, row: row.point.name),
        Column(name="route", title=tr("路线"), says=lambda desk, row: row.route or "—", filed=lambda desk, row: row.route),
        Column(name="who", title=tr("谁走的"), says=lambda desk, row: row.who),
        Column(name="kind", title=tr("怎么样"), says=_state),
        Column(name="answers", title=tr("读数和检查"), says=_answers),
        Column(name="fault", title=tr("发现的问题"), says=_fault),
    ),
    filters=(
        Choice(name="stand", title=tr("怎么样"), options=lambda desk: STANDS, fits=_stands),
        Choice(name="route", title=tr("路线"), options=_routes, fits=_of_route),
        Choice(name="point", title=tr("哪个点"), options=_points, fits=lambda desk, key: col(PatrolVisit.point_id) == int(key)),
        Choice(name="who", title=tr("谁走的"), options=_walkers, fits=lambda desk, key: col(PatrolVisit.staff_id) == int(key)),
        Days(name="at", title=tr("什么时候"), column=PatrolVisit.at),
    ),
    find=_find,
    finds=tr("点、路线、姓名、工单号"),
    load=_load,
    live="patrol",
    size=16,
    tabs=((tr("今天"), "/patrols"), (tr("路线"), "/patrols/routes"), (tr("点和二维码"), "/patrols/points")),
    empty=(tr("还没有巡检记录"), tr("先加点、打印二维码贴上，再加路线。员工到点用微信扫码，或者登录后扫码，记录就出现在这里。")),
)  # fmt: skip
