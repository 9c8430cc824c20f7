"""The ticket board, and one ticket with its timeline."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from bot.contract import Desk, Household, Page, Redirect, Refusal, Resident, Role, Staff, View, page, row_id
from integrations.repairs.models import (
    CATEGORY_WORDS,
    FOLLOWS,
    OPEN,
    STATE_WORDS,
    Ticket,
    TicketNote,
    TicketState,
)

#: Columns of the board.
BOARD = (TicketState.SUBMITTED, TicketState.ACCEPTED, TicketState.WORKING, TicketState.DONE)

#: What the buttons say that take a ticket there.
STEP_WORDS = {
    TicketState.ACCEPTED: "标为已受理", TicketState.WORKING: "标为处理中", TicketState.DONE: "标为已修好", TicketState.CLOSED: "关闭工单",
    TicketState.CANCELLED: "取消工单",
}  # fmt: skip

#: What the resident is told when a ticket gets there.
TOLD = {
    TicketState.ACCEPTED: "repair.accepted", TicketState.WORKING: "repair.working", TicketState.DONE: "repair.done",
    TicketState.CANCELLED: "repair.cancelled",
}  # fmt: skip


@page("GET", "/tickets", need="ticket.view", title="报修", nav="服务")
def board(desk: Desk) -> View:
    """Show the open tickets by state, urgent and overdue first."""
    rows = desk.session.exec(
        select(Ticket, Household)
        .join(Household, col(Household.id) == col(Ticket.household_id), isouter=True)
        .where(col(Ticket.state).in_(BOARD))
        .order_by(col(Ticket.urgent).desc(), col(Ticket.due_at))
        .limit(400)
    ).all()
    columns = [
        (
            STATE_WORDS[state],
            [(ticket, ticket.place_of(flat), _pace(desk, ticket)) for ticket, flat in rows if ticket.state == state],
        )
        for state in BOARD
    ]
    return View("repairs/board.html", {"columns": columns})


@page("GET", "/tickets/{number}", need="ticket.view", title="工单")
def show(desk: Desk) -> View:
    """Show one ticket: what, where, photos, what happened, what may be done."""
    ticket = _find(desk)
    flat = desk.session.get(Household, ticket.household_id) if ticket.household_id else None
    reporter = desk.session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    if ticket.phone or (reporter is not None and reporter.phone):
        desk.read_phones(ticket.subject)
    return View(
        "repairs/ticket.html",
        {
            "ticket": ticket, "place": ticket.place_of(flat), "reporter": reporter,
            "photos": desk.photos_of(ticket.subject), "timeline": _timeline(desk, ticket), "state": STATE_WORDS[ticket.state],
            "next": [(state, STEP_WORDS[state]) for state in FOLLOWS[ticket.state]], "pace": _pace(desk, ticket),
            "staff": _repairers(desk), "category": CATEGORY_WORDS.get(ticket.category, ticket.category),
            "assignee": desk.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None,
        },
    )  # fmt: skip


@page("POST", "/tickets/{number}/state", need="ticket.edit")
def move(desk: Desk) -> Redirect:
    """Move a ticket on and tell the resident."""
    ticket = _find(desk)
    wanted = desk.form.get("state", "")
    if wanted not in list(TicketState) or not ticket.may_become(TicketState(wanted)):
        raise Refusal(f"工单现在是“{STATE_WORDS[ticket.state]}”，不能这样改。请刷新页面看最新状态。")
    ticket.state = TicketState(wanted)
    if ticket.state is TicketState.DONE:
        ticket.done_at = desk.now
    elif ticket.state is not TicketState.CLOSED:  # a closed one can still be found not fixed
        ticket.done_at = None
    if ticket.assignee_id is None and ticket.state in OPEN:
        ticket.assignee_id = desk.staff.id
    desk.session.add(ticket)
    desk.record(f"repair.{wanted}", ticket.subject)
    if ticket.state not in OPEN:
        desk.finish(ticket.subject, f"工单{STATE_WORDS[ticket.state]}")
    _tell(desk, ticket, TOLD.get(ticket.state))
    return Redirect(f"/console/tickets/{ticket.number}", f"已改为“{STATE_WORDS[ticket.state]}”，已告诉住户。")


@page("POST", "/tickets/{number}/assign", need="ticket.edit")
def assign(desk: Desk) -> Redirect:
    """Give a ticket to somebody; one that was only submitted counts as accepted from then on."""
    ticket = _find(desk)
    chosen = desk.form.get("staff", "")
    member = desk.session.get(Staff, number) if (number := row_id(chosen)) else None
    if member is None or member.disabled_at is not None:
        raise Refusal("请选择一位在岗的同事。")
    ticket.assignee_id = member.id
    if ticket.state is TicketState.SUBMITTED:
        ticket.state = TicketState.ACCEPTED
    desk.session.add(ticket)
    desk.record("repair.assigned", ticket.subject, staff=member.login)
    _tell(desk, ticket, "repair.assigned")
    return Redirect(f"/console/tickets/{ticket.number}", f"已派给{member.name}，已告诉住户。")


@page("POST", "/tickets/{number}/note", need="ticket.edit")
def note(desk: Desk) -> Redirect:
    """Write into the timeline; with `tell` the resident reads it in the chat."""
    ticket = _find(desk)
    text = desk.form.get("text", "").strip()
    if not text:
        raise Refusal("请写点什么再提交。")
    told = "tell" in desk.form
    desk.session.add(TicketNote(ticket_id=ticket.id or 0, at=desk.now, staff_id=desk.staff.id, text=text[:500], told=told))
    desk.record("repair.noted", ticket.subject, told=told)
    if told:
        desk.tell(_reporter(desk, ticket), "repair.note", number=ticket.number, note=text[:500])
    return Redirect(f"/console/tickets/{ticket.number}", "已记下" + ("，已发给住户。" if told else "。"))


def _find(desk: Desk) -> Ticket:
    ticket = desk.session.exec(select(Ticket).where(Ticket.number == desk.params["number"])).first()
    if ticket is None:
        raise LookupError(desk.params["number"])
    return ticket


def _tell(desk: Desk, ticket: Ticket, message: str | None) -> None:
    if message is None:
        return
    member = desk.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    desk.tell(
        _reporter(desk, ticket), message, number=ticket.number, who=member.name if member else "值班师傅",
        url=desk.link(f"/tickets/{ticket.number}"),
    )  # fmt: skip


def _reporter(desk: Desk, ticket: Ticket) -> Resident | str | None:
    """Return who is told of a ticket: the resident, or the account that reported it."""
    return desk.session.get(Resident, ticket.resident_id) if ticket.resident_id else ticket.openid


def _pace(desk: Desk, ticket: Ticket) -> str:
    """Return how the clock stands: late, soon or calm."""
    if ticket.state not in OPEN:
        return "calm"
    if desk.now > ticket.due_at:
        return "late"
    used = (desk.now - ticket.opened_at) / (ticket.due_at - ticket.opened_at)
    return "soon" if used > 0.8 else "calm"


def _repairers(desk: Desk) -> Sequence[Staff]:
    return desk.session.exec(
        select(Staff).where(col(Staff.disabled_at).is_(None), Staff.role != Role.GUARD).order_by(Staff.name)
    ).all()


def _timeline(desk: Desk, ticket: Ticket) -> list[dict[str, Any]]:
    """Return events and notes together, oldest first."""
    notes = desk.session.exec(select(TicketNote).where(TicketNote.ticket_id == ticket.id).order_by(col(TicketNote.id))).all()
    rows = [
        {"at": step.at, "words": step.words, "actor": step.actor}
        for step in desk.timeline(ticket.subject) if step.kind != "repair.noted"
    ]  # fmt: skip
    rows += [{"at": n.at, "words": n.text, "actor": _writer(desk, n)} for n in notes]
    return sorted(rows, key=lambda row: row["at"])


def _writer(desk: Desk, note: TicketNote) -> str:
    member = desk.session.get(Staff, note.staff_id) if note.staff_id else None
    return f"{member.name if member else '物业'}，{'已告诉住户' if note.told else '内部备注'}"


ROUTES: tuple[Page, ...] = (board, show, move, assign, note)
