"""Who came in and who went out, in a list: of yesterday, of a flat, at a gate, sent away, or not seen to leave; taken along as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from bot.contract import Cell, Choice, Column, Days, Desk, Household, Listing, Search, Staff, register, tr
from integrations.visitor_passes import doors, gate
from integrations.visitor_passes.models import Door, Gate, Pass, Passage, WalkUp

#: What checks may be narrowed to.
STANDS: Mapping[str, str] = {
    "in": tr("进门"), "out": tr("出门"), "refused": tr("没有放行"), "inside": tr("进来还没登记离开"), "undone": tr("撤回的"), "wrong": tr("断网时放行、其实不该放行"),
}  # fmt: skip

#: By what somebody was let in, or was not.
METHODS: Mapping[str, str] = {
    "qr": tr("扫码"), "code": tr("输入通行码"), "picked": tr("从名单里选"), "plate": tr("认车牌"), "host": tr("住户在微信里回答"), "phone": tr("电话里同意"),
    "offline": tr("没有网络时放行"), "door": tr("门禁设备报告"),
}  # fmt: skip

#: Who came in longer ago is not looked for among those who are in yet.
LATELY = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A check with whom it was about, where they went, and who decided."""

    passage: Passage
    visitor: str
    flat: str
    plate: str
    code: str  # of the pass; empty of who had none
    by: str


def _stands(desk: Desk, key: str) -> ColumnElement[bool]:
    is_in = col(Passage.admitted) & (col(Passage.direction) == "in") & col(Passage.undone_at).is_(None)
    match key:
        case "in":
            return is_in
        case "inside":
            return is_in & col(Passage.left_at).is_(None) & (col(Passage.at) > desk.now - LATELY)
        case "out":
            return col(Passage.direction) == "out"
        case "undone":
            return col(Passage.undone_at).is_not(None)
        case "wrong":
            return is_in & (col(Passage.reason) != "")
    return ~col(Passage.admitted)


def _gates(desk: Desk) -> Mapping[str, str]:
    named = desk.session.exec(
        select(Door.id, Gate.name, Door.name).join(Gate, col(Gate.id) == col(Door.gate_id)).order_by(col(Door.id))
    ).all()
    return {"hand": tr("门岗"), **{str(key): f"{at} {name}" for key, at, name in named}} if named else {}


def _at_gate(_desk: Desk, key: str) -> ColumnElement[bool]:
    return col(Passage.door_id).is_(None) if key == "hand" else col(Passage.door_id) == int(key)


def _find(desk: Desk, word: str) -> list[ColumnElement[bool]]:
    """Return what a word may mean: a flat or who lives there, the code of a pass, the whole plate."""
    flats = register.flats_called(desk.session, word, by_phone=desk.may("phone.view"))
    meant = [col(Pass.household_id).in_(flats), col(Pass.code) == word.upper()]
    if Search.PLATE.of(word):
        meant.append(col(Pass.plate_digest) == desk.digest(word, Search.PLATE))
    return [
        col(Passage.pass_id).in_(select(Pass.id).where(or_(*meant))),
        col(Passage.walk_up_id).in_(select(WalkUp.id).where(col(WalkUp.household_id).in_(flats))),
    ]


def _load(desk: Desk, found: Sequence[Passage]) -> list[Row]:
    session = desk.session
    passes = {
        one.id: one for one in session.exec(select(Pass).where(col(Pass.id).in_({row.pass_id for row in found} - {None}))).all()
    }
    uncalled = {
        one.id: one
        for one in session.exec(select(WalkUp).where(col(WalkUp.id).in_({row.walk_up_id for row in found} - {None}))).all()
    }
    homes = {one.household_id for one in passes.values()} | {one.household_id for one in uncalled.values()}
    flats = {one.id: one.label for one in session.exec(select(Household).where(col(Household.id).in_(homes))).all()}
    guards = {
        one.id: one.name
        for one in session.exec(select(Staff).where(col(Staff.id).in_({row.staff_id for row in found} - {None}))).all()
    }
    machines = {
        one.id: doors.named(session, one)
        for one in session.exec(select(Door).where(col(Door.id).in_({row.door_id for row in found} - {None}))).all()
    }
    rows = []
    for one in found:
        made, walk_up = passes.get(one.pass_id), uncalled.get(one.walk_up_id)
        of = made or walk_up
        rows.append(
            Row(
                passage=one, visitor=gate.mask(made.visitor_name) if made else desk.veil(walk_up.who) if walk_up else "", flat=flats.get(of.household_id, "") if of else "",
                plate=of.plate if of else "", code=made.code if made else "",
                by="、".join(filter(None, (machines.get(one.door_id), guards.get(one.staff_id)))),
            )
        )  # fmt: skip
    return rows


def _result(_desk: Desk, row: Row) -> Sequence[Cell | str]:
    one = row.passage
    if one.undone_at is not None:
        return [Cell(words=tr("撤回了"), tone="secondary")]
    if one.direction == "out":
        return [Cell(words=tr("出门"), tone="blue")]
    if not one.admitted:
        return [Cell(words=tr("不放行"), tone="red", small=gate.REASONS[one.reason])]
    return [Cell(words=tr("进门"), tone="green"), *([Cell(words=gate.REASONS[one.reason], tone="red")] if one.reason else ())]


def _left(_desk: Desk, row: Row) -> datetime | str | None:
    one = row.passage
    if one.left_at is not None:
        return one.left_at if one.direction == "in" else None
    return tr("走了 {gone} 人", gone=one.gone) if one.gone else None


def _visitor(desk: Desk, row: Row) -> Cell:
    to = f"/passes?state=all&q={row.code}" if row.code and desk.may("pass.view") else ""
    return Cell(words=row.visitor or tr("不认识的通行证"), to=to, small=row.plate)


LIST = Listing(
    name="passages",
    title=tr("出入记录"),
    path="/passages",
    need="pass.view",
    unit=tr("次"),
    table=Passage,
    key=lambda row: str(row.passage.id),
    key_column=Passage.id,
    order="-at",
    columns=(
        Column(name="at", title=tr("时间"), says=lambda desk, row: row.passage.at, sort=(Passage.at, Passage.id)),
        Column(name="result", title=tr("结果"), says=_result),
        Column(name="visitor", title=tr("访客"), says=_visitor),
        Column(name="people", title=tr("人数"), says=lambda desk, row: tr("{people} 人", people=row.passage.people), filed=lambda desk, row: row.passage.people),
        Column(name="flat", title=tr("住户"), says=lambda desk, row: row.flat),
        Column(name="method", title=tr("怎么核对的"), says=lambda desk, row: METHODS.get(row.passage.method, row.passage.method)),
        Column(name="by", title=tr("谁放行的"), says=lambda desk, row: row.by),
        Column(name="left", title=tr("离开"), says=_left),
    ),
    filters=(
        Choice(name="state", title=tr("结果"), options=lambda desk: STANDS, fits=_stands),
        Choice(name="gate", title=tr("在哪里"), options=_gates, fits=_at_gate),
        Days(name="at", title=tr("时间"), column=Passage.at),
    ),
    find=_find,
    finds=tr("房号、住户姓名、车牌、通行码"),
    load=_load,
    live="gate",
    tabs=((tr("通行证"), "/passes"),),
    empty=(tr("还没有出入记录"), tr("门岗或闸机核对过的访客，放行的和没放行的，都会出现在这里。")),
)  # fmt: skip
