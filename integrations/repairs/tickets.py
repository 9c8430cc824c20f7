"""All tickets in a list, closed ones too: found, filtered, sorted, taken along; several given to somebody, called off or closed at once."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from bot.contract import (
    Act,
    Cell,
    Choice,
    Column,
    Days,
    Desk,
    Household,
    Listing,
    Question,
    Refusal,
    Resident,
    Staff,
    register,
    roster,
    tasks,
    tr,
)
from integrations.repairs import clock, phoned, steps
from integrations.repairs.models import (
    CATEGORY_WORDS,
    LEVELS,
    OPEN,
    PAUSED,
    REASONS,
    STATE_WORDS,
    WAITS,
    Ticket,
    TicketCost,
    TicketState,
    yuan,
)
from integrations.repairs.suggesting import candidates

K = TypeVar("K", Household, Resident, Staff)

#: What the list may be narrowed to beside one state.
STATES: Mapping[str, str] = {
    "open": tr("没修好的"),
    "late": tr("已超时"),
    "twice": tr("督办（拖了两倍时间）"),
    "paused": tr("期限停着的"),
    **{state.value: words for state, words in STATE_WORDS.items()},
}

#: Colours of the states.
TONES: Mapping[TicketState, str] = {
    TicketState.SUBMITTED: "yellow", TicketState.ACCEPTED: "blue", TicketState.WORKING: "blue",
    TicketState.PARTS: "orange", TicketState.OWNER: "orange", TicketState.DONE: "green",
}  # fmt: skip

#: States in which the clock runs.
_RUNNING = tuple(state for state in OPEN if state not in PAUSED)

#: The key of tickets that nobody has.
NOBODY = "none"

#: How much of the resident's words a list shows.
QUOTED = 40


@dataclass(frozen=True, kw_only=True)
class Row:
    """A ticket with what stands beside it in the list."""

    ticket: Ticket
    place: str
    who: str
    assignee: str
    cost: int  # fen
    joined: int = 0  # tickets that go with it, told by neighbours
    is_told: bool = True  # whether who has it knows


def waiting(desk: Desk) -> int:
    """Return how many tickets nobody has accepted yet."""
    return desk.session.exec(select(func.count(col(Ticket.id))).where(Ticket.state == TicketState.SUBMITTED)).one()


def pace(desk: Desk, ticket: Ticket) -> str:
    """Return how the clock stands: late, soon or calm."""
    if ticket.state not in _RUNNING:
        return "calm"
    if desk.now > ticket.due_at:
        return "late"
    return "soon" if clock.term_of(ticket).used(desk.now) > clock.RUNGS[1] else "calm"


def _stands(desk: Desk, state: str) -> ColumnElement[bool]:
    if state == "open":
        return col(Ticket.state).in_(OPEN)
    if state == "paused":
        return col(Ticket.state).in_(PAUSED)
    if state == "twice":
        return col(Ticket.state).in_(OPEN) & (col(Ticket.rung) >= len(clock.RUNGS))
    if state == "late":
        return col(Ticket.state).in_(_RUNNING) & (
            func.coalesce(col(Ticket.due_at), desk.now) < desk.now
        )  # else all that was ever due is walked
    return col(Ticket.state) == TicketState(state)


def _is_level(_desk: Desk, level: str) -> ColumnElement[bool]:
    urgent, priority, _ = LEVELS[level]
    return col(Ticket.urgent).is_(True) if urgent else col(Ticket.urgent).is_(False) & (col(Ticket.priority) == priority)


def _staff(desk: Desk) -> Mapping[str, str]:
    named = {str(one.id): one.name for one in desk.session.exec(select(Staff).order_by(Staff.name)).all()}
    return {"me": tr("我"), NOBODY: tr("还没派"), **named}


def _has(desk: Desk, who: str) -> ColumnElement[bool]:
    if who == NOBODY:
        return col(Ticket.assignee_id).is_(None)
    return col(Ticket.assignee_id) == (desk.staff.id if who == "me" else int(who))


def _buildings(desk: Desk) -> Mapping[str, str]:
    return {building: roster.label_of(building) for building, _, _ in register.buildings(desk.session)}


def _lies_in(_desk: Desk, building: str) -> ColumnElement[bool]:
    return col(Ticket.household_id).in_(select(Household.id).where(Household.building == building))


def _find(desk: Desk, word: str) -> list[ColumnElement[bool]]:
    """Return what a word may mean: a number, a flat or who lives there, the place or the fault, who has it."""
    flats = register.flats_called(desk.session, word, by_phone=desk.may("phone.view"))
    categories = [key for key, words in CATEGORY_WORDS.items() if word in words]
    staff = desk.session.exec(select(Staff.id).where(col(Staff.name).contains(word, autoescape=True))).all()
    return [
        col(Ticket.number) == word.upper(), col(Ticket.household_id).in_(flats), desk.holds(Ticket.location, word),
        col(Ticket.said_flat).contains(word, autoescape=True), *([col(Ticket.category).in_(categories)] if categories else ()),
        *([col(Ticket.assignee_id).in_(staff)] if staff else ()),
    ]  # fmt: skip


def load(desk: Desk, tickets: Sequence[Ticket]) -> list[Row]:
    """Return tickets with their flats, people and costs, read at once."""
    homes = by_id(desk, Household, {one.household_id for one in tickets})
    people = by_id(desk, Resident, {one.resident_id for one in tickets})
    staff = by_id(desk, Staff, {one.assignee_id for one in tickets})
    keys = [one.id for one in tickets]
    spent = select(TicketCost.ticket_id, func.sum(col(TicketCost.number) * col(TicketCost.fen))).where(
        col(TicketCost.ticket_id).in_(keys)
    )
    costs = dict(desk.session.exec(spent.group_by(col(TicketCost.ticket_id))).all())
    with_them = select(Ticket.merged_into_id, func.count(col(Ticket.id))).where(col(Ticket.merged_into_id).in_(keys))
    joined = dict(desk.session.exec(with_them.group_by(col(Ticket.merged_into_id))).all())
    return [
        Row(
            ticket=one, place=one.place_of(homes.get(one.household_id)), who=people[one.resident_id].name if one.resident_id in people else "",
            assignee=staff[one.assignee_id].name if one.assignee_id in staff else "", cost=costs.get(one.id or 0, 0),
            joined=joined.get(one.id, 0), is_told=phoned.is_told(one, staff.get(one.assignee_id)),
        )
        for one in tickets
    ]  # fmt: skip


def by_id(desk: Desk, kind: type[K], ids: Set[int | None]) -> dict[int | None, K]:
    """Return rows of several ids by these; nothing for None."""
    return {one.id: one for one in desk.session.exec(select(kind).where(col(kind.id).in_(ids - {None}))).all()}


def _place(_desk: Desk, row: Row) -> Cell | str:
    """Return the flat, and how many others told of the same."""
    return Cell(words=row.place, small=tr("另有 {joined} 家也报了", joined=row.joined)) if row.joined else row.place


def _what(desk: Desk, row: Row) -> Cell:
    quoted = " ".join(desk.veil(row.ticket.words).split())
    short = f"{quoted[:QUOTED]}…" if len(quoted) > QUOTED else quoted
    return Cell(words=desk.veil(row.ticket.what), small=f"“{short}”" if short else "")


def _level(_desk: Desk, row: Row) -> Cell | None:
    words, level = LEVELS[row.ticket.level][2], row.ticket.level
    return None if level == "normal" else Cell(words=words, tone={"urgent": "red", "high": "yellow"}.get(level, "secondary"))


def _state(_desk: Desk, row: Row) -> Cell:
    ticket = row.ticket
    waits_for = WAITS.get(ticket.state, {}).get(ticket.pause_reason, "")
    return Cell(words=STATE_WORDS[ticket.state], tone=TONES.get(ticket.state, "secondary"), small=waits_for)


def _due(desk: Desk, row: Row) -> Sequence[Cell | str]:
    if row.ticket.state not in OPEN:
        return ()
    if row.ticket.state in PAUSED:
        return [tr("停着")]
    late = [Cell(words=tr("已超时"), tone="red")] if pace(desk, row.ticket) == "late" else []
    return [desk.words("{t}", t=row.ticket.due_at), *late]


# ------------------------------------------------------------------ several at once


def _assign(desk: Desk, ticket: Ticket, answers: Mapping[str, str]) -> None:
    if ticket.assignee_id is not None and str(ticket.assignee_id) == answers["staff"]:
        raise Refusal(tr("已经派给这位同事了。"))
    steps.assign(desk, ticket, answers["staff"], "several")


def _prioritise(desk: Desk, ticket: Ticket, answers: Mapping[str, str]) -> None:
    steps.prioritise(desk, ticket, answers["level"])


def _accept(desk: Desk, ticket: Ticket, _answers: Mapping[str, str]) -> None:
    """Take a ticket on; one that nobody has is one's own from then on."""
    steps.move(desk, ticket, TicketState.ACCEPTED)


def _begin(desk: Desk, ticket: Ticket, _answers: Mapping[str, str]) -> None:
    """Let work on a ticket begin or go on; one that is done is opened again on its own page, which says what that means."""
    if ticket.state not in OPEN:
        raise Refusal(tr("工单现在是“{STATE_WORDS}”，不能这样改。请刷新页面看最新状态。", STATE_WORDS=STATE_WORDS[ticket.state]))
    steps.move(desk, ticket, TicketState.WORKING)


def _finish(desk: Desk, ticket: Ticket, _answers: Mapping[str, str]) -> None:
    steps.move(desk, ticket, TicketState.DONE)


def _close(desk: Desk, ticket: Ticket, answers: Mapping[str, str]) -> None:
    """Close one that is done; the remark says why it was not waited for the rating."""
    if not answers["note"]:
        raise Refusal(tr("请写一句为什么关闭，例如：电话回访过，住户满意。"))
    if not ticket.may_become(TicketState.CLOSED):
        raise Refusal(tr("工单现在是“{STATE_WORDS}”，修好了的才能关闭。", STATE_WORDS=STATE_WORDS[ticket.state]))
    ticket.ended_note = answers["note"]
    steps.move(desk, ticket, TicketState.CLOSED)


def _cancel(desk: Desk, ticket: Ticket, answers: Mapping[str, str]) -> None:
    steps.cancel(desk, ticket, answers["reason"], answers["note"])


def _open_tasks(desk: Desk, ticket: Ticket) -> Sequence[tasks.Task]:
    return tasks.about(desk.session, ticket.subject)


def _hands(desk: Desk) -> Mapping[str, str]:
    return {str(one.member.id): tr("{name}（{reason}）", name=one.member.name, reason=one.reason) for one in candidates(desk, "")}


_OPEN_LEVELS = {level: words for level, (urgent, _, words) in LEVELS.items() if not urgent}
_NOTE = Question(name="note", title=tr("说明（可不填）"), longest=steps.LONGEST)

ACTS = (
    Act(
        name="assign", title=tr("派给"), need="ticket.edit", run=_assign, keeps=steps.KEEPS, put_back=steps.put_back,
        asks=(Question(name="staff", title=tr("派给谁"), options=_hands),),
    ),
    Act(
        name="level", title=tr("改急不急"), need="ticket.edit", run=_prioritise, keeps=steps.KEEPS, put_back=steps.put_back_unseen,
        asks=(Question(name="level", title=tr("急不急"), options=lambda desk: _OPEN_LEVELS),),
    ),
    Act(name="accept", title=tr("受理"), need="ticket.edit", run=_accept, keeps=steps.KEEPS, put_back=steps.put_back, tasks=_open_tasks),
    Act(name="begin", title=tr("开始处理"), need="ticket.edit", run=_begin, keeps=steps.KEEPS, put_back=steps.put_back, tasks=_open_tasks),
    Act(name="done", title=tr("标为已修好"), need="ticket.edit", run=_finish, keeps=steps.KEEPS, put_back=steps.put_back, tasks=_open_tasks),
    Act(
        name="close", title=tr("关闭"), need="ticket.edit", run=_close, keeps=steps.KEEPS, put_back=steps.put_back_unseen, tasks=_open_tasks,
        asks=(Question(name="note", title=tr("为什么关闭"), longest=steps.LONGEST),),
    ),
    Act(
        name="cancel", title=tr("取消"), need="ticket.edit", run=_cancel, keeps=steps.KEEPS, put_back=steps.put_back, tasks=_open_tasks,
        asks=(Question(name="reason", title=tr("为什么取消"), options=lambda desk: REASONS), _NOTE), is_grave=True,
    ),
)  # fmt: skip

LIST = Listing(
    name="tickets",
    title=tr("报修"),
    path="/tickets",
    need="ticket.view",
    nav=tr("服务"),
    badge=waiting,
    unit=tr("件"),
    table=Ticket,
    key=lambda row: str(row.ticket.number),
    key_column=Ticket.number,
    order="level",
    columns=(
        Column(name="place", title=tr("哪一户"), says=_place),
        Column(name="what", title=tr("什么坏了"), says=_what, filed=lambda desk, row: desk.veil(row.ticket.what)),
        Column(name="number", title=tr("工单号"), says=lambda desk, row: row.ticket.number),
        Column(name="level", title=tr("急不急"), says=_level, sort=(col(Ticket.urgent).desc(), col(Ticket.priority).desc(), Ticket.due_at)),
        Column(name="state", title=tr("状态"), says=_state),
        Column(name="assignee", title=tr("负责人"), says=lambda desk, row: row.assignee or tr("未派"), sort=(Ticket.assignee_id,)),
        Column(name="opened", title=tr("报修时间"), says=lambda desk, row: row.ticket.opened_at, sort=(Ticket.opened_at,)),
        Column(name="due", title=tr("期限"), says=_due, sort=(Ticket.due_at,), filed=lambda desk, row: row.ticket.due_at.strftime("%Y-%m-%d %H:%M")),
        Column(name="category", title=tr("种类"), says=lambda desk, row: CATEGORY_WORDS.get(row.ticket.category, row.ticket.category), is_filed_only=True),
        Column(name="words", title=tr("原话"), says=lambda desk, row: desk.veil(row.ticket.words), is_filed_only=True),
        Column(name="appointment", title=tr("上门时间"), says=lambda desk, row: row.ticket.appointment_at, is_filed_only=True),
        Column(name="done", title=tr("修好时间"), says=lambda desk, row: row.ticket.done_at, is_filed_only=True),
        Column(name="rating", title=tr("评分"), says=lambda desk, row: row.ticket.rating, is_filed_only=True),
        Column(name="reason", title=tr("取消原因"), says=lambda desk, row: desk.veil(steps.reason_of(row.ticket)), is_filed_only=True),
        Column(name="cost", title=tr("费用（元）"), says=lambda desk, row: yuan(row.cost), is_filed_only=True, filed=lambda desk, row: row.cost / 100),
    ),
    filters=(
        Choice(name="state", title=tr("状态"), options=lambda desk: STATES, fits=_stands, usual="open"),
        Choice(name="who", title=tr("负责人"), options=_staff, fits=_has),
        Choice(name="category", title=tr("种类"), options=lambda desk: CATEGORY_WORDS, fits=lambda desk, key: col(Ticket.category) == key),
        Choice(name="level", title=tr("急不急"), options=lambda desk: {key: words for key, (_, _, words) in LEVELS.items()}, fits=_is_level),
        Choice(name="building", title=tr("楼栋"), options=_buildings, fits=_lies_in),
        Days(name="opened", title=tr("报修时间"), column=Ticket.opened_at),
    ),
    find=_find,
    opens=("words",),
    finds=tr("房号、姓名、工单号、位置、原话"),
    load=load,
    to=lambda row: f"/tickets/{row.ticket.number}",
    acts=ACTS,
    template="repairs/tickets.html",
    live="repair",
    size=16,
    empty=(tr("没有没修好的报修"), tr("居民在微信里说“厨房水管漏水了”，工单就会出现在这里。打电话来的，点“代住户报修”替他登记。")),
    tabs=((tr("看板"), "/tickets/board"), (tr("派单台"), "/tickets/dispatch"), (tr("费用"), "/costs")),
)  # fmt: skip
