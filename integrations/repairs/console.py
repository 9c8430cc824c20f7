"""The board of open tickets, and one ticket: what, where, who, what it costs, what happened, what may be done."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, func, select

from bot.contract import (
    Desk,
    Household,
    Page,
    Redirect,
    Refusal,
    Resident,
    Staff,
    View,
    asked_in,
    bulk,
    page,
    read_time,
    row_id,
    tr,
    tr_all,
    withheld,
)
from integrations.repairs import dispatching, joining, merging, phoned, questions, reopening, shots, steps, visits, windows
from integrations.repairs.costs import used_before
from integrations.repairs.models import (
    CATEGORY_WORDS,
    FOLLOWS,
    LEVELS,
    OPEN,
    OVERRIDES,
    PAUSED,
    PAYER_WORDS,
    REASONS,
    STATE_WORDS,
    WAITS,
    Payer,
    Ticket,
    TicketCost,
    TicketNote,
    TicketState,
    yuan,
)
from integrations.repairs.suggesting import candidates
from integrations.repairs.tickets import LIST, load, pace
from integrations.repairs.trace import explain

#: Columns of the board, and cards of each; of more their number is told, with the way to the list.
BOARD, CARDS = (
    (TicketState.SUBMITTED,), (TicketState.ACCEPTED,), (TicketState.WORKING,), PAUSED, (TicketState.DONE,),
), 12  # fmt: skip

#: What the buttons say that take a ticket there.
STEP_WORDS = {
    TicketState.ACCEPTED: tr("标为已受理"), TicketState.WORKING: tr("标为处理中"), TicketState.DONE: tr("标为已修好"), TicketState.CLOSED: tr("关闭工单"),
}  # fmt: skip

#: Most pieces of one line of costs, and most fen for one: a slip of the finger beyond.
MOST_PIECES, MOST_FEN = 999, 10_000_000


#: What a card's button does to a ticket in a state, and what else may be done by dragging it: the first is shown.
MOVES: Mapping[TicketState, Sequence[tuple[str, str]]] = {
    TicketState.SUBMITTED: (("accept", tr("我来办")), ("begin", tr("开始处理")), ("done", tr("标为已修好"))),
    TicketState.ACCEPTED: (("begin", tr("开始处理")), ("done", tr("标为已修好"))),
    TicketState.WORKING: (("done", tr("标为已修好")),),
    TicketState.PARTS: (("begin", tr("接着修")), ("done", tr("标为已修好"))),
    TicketState.OWNER: (("begin", tr("接着修")), ("done", tr("标为已修好"))),
}  # fmt: skip

#: The act that a column stands for: what is dropped there.
TAKES: Mapping[TicketState, str] = {
    TicketState.ACCEPTED: "accept", TicketState.WORKING: "begin", TicketState.DONE: "done",
}  # fmt: skip


@page("GET", "/tickets/board", need="ticket.view", title=tr("报修看板"))
def board(desk: Desk) -> View:
    """Show the open tickets by state, urgent ones and those soonest due first."""
    return _board(desk)


@page("POST", "/tickets/board", need="ticket.edit")
def move_card(desk: Desk) -> View | Redirect:
    """Move the ticket of a card on; it can be taken back like an act on several."""
    act = next((one for one in LIST.acts if one.name == desk.form.get("act")), None)
    try:
        if act is None or act.asks:
            raise Refusal(tr("请选择要做什么。"))
        bulk.run(desk, LIST, act, [desk.form.get("number", "")], {})
    except Refusal as refusal:
        desk.session.rollback()
        return _board(desk, str(refusal))
    return Redirect("/console/tickets/board", tr("{number}：{title}，已告诉住户。", number=desk.form["number"], title=act.title))


def _board(desk: Desk, refused: str = "") -> View:
    counted = select(Ticket.state, func.count(col(Ticket.id))).group_by(col(Ticket.state))
    counts = dict(desk.session.exec(counted.where(col(Ticket.state).in_([state for states in BOARD for state in states]))).all())
    columns = []
    for states in BOARD:
        wanted = select(Ticket).where(col(Ticket.state).in_(states))
        first = wanted.order_by(col(Ticket.urgent).desc(), col(Ticket.priority).desc(), col(Ticket.due_at)).limit(CARDS)
        rows = [(row, pace(desk, row.ticket)) for row in load(desk, desk.session.exec(first).all())]
        title, filtered = (tr("等配件、等业主"), "paused") if states is PAUSED else (STATE_WORDS[states[0]], states[0].value)
        columns.append((filtered, title, sum(counts.get(state, 0) for state in states), rows))
    values = {
        "columns": columns, "levels": LEVELS, "states": STATE_WORDS, "moves": MOVES if desk.may("ticket.edit") else {}, "takes": TAKES, "refused": refused,
        "undo": bulk.last(desk, LIST) if desk.may("ticket.edit") else "",
    }  # fmt: skip
    return View("repairs/board.html", values, 422 if refused else 200)


@page("GET", "/tickets/{number}", need="ticket.view", title=tr("工单"))
def show(desk: Desk) -> View:
    """Show one ticket."""
    return _shown(desk, find(desk))


def _shown(desk: Desk, ticket: Ticket, fault: Refusal | None = None) -> View:
    flat = desk.session.get(Household, ticket.household_id) if ticket.household_id else None
    reporter = desk.session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    if ticket.phone or (reporter is not None and reporter.phone):
        desk.read_phones(ticket.subject)
    costs = desk.session.exec(select(TicketCost).where(TicketCost.ticket_id == ticket.id).order_by(col(TicketCost.id))).all()
    hands = candidates(desk, ticket.category) if ticket.state in OPEN else []
    return View(
        "repairs/ticket.html",
        {
            "ticket": ticket, "place": ticket.place_of(flat), "flat": flat, "reporter": reporter,
            "shots": shots.all_of(desk, ticket), "timeline": _timeline(desk, ticket), "state": STATE_WORDS[ticket.state],
            "next": _next(desk, ticket), "may_follow": _may_follow(desk, ticket),
            "into": desk.session.get(Ticket, ticket.merged_into_id) if ticket.merged_into_id is not None else None,
            "merged": steps.merged_into(desk, ticket), "alike": merging.alike(desk, ticket) if ticket.state in OPEN else [], "pace": pace(desk, ticket),
            "hands": hands, "category": CATEGORY_WORDS.get(ticket.category, ticket.category), "is_open": ticket.state in OPEN,
            "assignee": _assignee(desk, ticket), "levels": LEVELS,
            "costs": costs, "yuan": yuan, "used": used_before(desk) if desk.may("ticket.edit") else (), "total": sum(one.total for one in costs), "payers": PAYER_WORDS,
            "theirs": sum(one.total for one in costs if one.payer is Payer.RESIDENT), "reasons": REASONS, "reason": desk.veil(steps.reason_of(ticket)),
            "form": desk.form, "fault": str(fault or ""), "refusal": fault, "trace": explain(desk, ticket), "is_paused": ticket.state in PAUSED,
            "is_told": phoned.is_told(ticket, _assignee(desk, ticket)), "callers": phoned.by_whom(desk, (ticket,)), "planned": desk.session.get(Staff, ticket.planned_id) if ticket.planned_id else None, "plan": dispatching.reason(ticket.plan), "overrides": OVERRIDES,
            "affected": joining.affected(desk, ticket), "wishes": _wishes(desk, ticket), "visit": visits.current(desk, ticket),
            "stay": round(visits.length_of(desk, ticket).total_seconds() / 60), "slots": [(one, visits.in_words(desk, one)) for one in visits.propose(desk, ticket)] if ticket.state in OPEN and desk.may("ticket.edit") else [],
            "beside": desk.context.services.beside(desk, ticket.subject),
            "waits": _waits(ticket), "waits_for": WAITS.get(ticket.state, {}).get(ticket.pause_reason, ""),
        },
        422 if fault else 200,
    )  # fmt: skip


def _assignee(desk: Desk, ticket: Ticket) -> Staff | None:
    return desk.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None


def _wishes(desk: Desk, ticket: Ticket) -> Sequence[str]:
    """Return when the resident would like somebody to come, in words."""
    named = windows.from_json(ticket.wishes, desk.now)
    return [desk.words(tr("{t}到{until}"), t=begins, until=f"{ends:%H:%M}") for begins, ends in named if ends > desk.now][:4]


def _next(desk: Desk, ticket: Ticket) -> Sequence[tuple[TicketState, str]]:
    """Return the states to which a button takes a ticket, with its words; from done the way back is to open it again."""
    is_over = ticket.state in (TicketState.DONE, TicketState.CLOSED)
    onward = tr("没修好，重新打开") if is_over else tr("接着修") if ticket.state in PAUSED else STEP_WORDS[TicketState.WORKING]
    words = {**STEP_WORDS, TicketState.WORKING: onward}
    may = [
        state
        for state in FOLLOWS[ticket.state]
        if state is not TicketState.WORKING or not is_over or reopening.is_fresh(desk, ticket)
    ]
    return [(state, words[state]) for state in may if state in words]


def _may_follow(desk: Desk, ticket: Ticket) -> bool:
    return ticket.state in (TicketState.DONE, TicketState.CLOSED) and not reopening.is_fresh(desk, ticket)


def _waits(ticket: Ticket) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """Return what a ticket may wait for now, by the state that this is: its words, and each reason as it is sent, with its words."""
    return [
        (STATE_WORDS[state], [(f"{state}:{reason}", words) for reason, words in WAITS[state].items()])
        for state in PAUSED
        if ticket.may_become(state)
    ]


@page("POST", "/tickets/{number}/state", need="ticket.edit")
def move(desk: Desk) -> Redirect:
    """Move a ticket on and tell the resident."""
    ticket, wanted = find(desk), desk.form.get("state", "")
    if wanted == TicketState.ACCEPTED and ticket.assignee_id not in (None, desk.staff.id):
        dispatching.take(desk, ticket, desk.staff)  # says who was first
    if wanted not in list(TicketState) or not ticket.may_become(TicketState(wanted)) or wanted == TicketState.CANCELLED:
        raise Refusal(tr("工单现在是“{STATE_WORDS}”，不能这样改。请刷新页面看最新状态。", STATE_WORDS=STATE_WORDS[ticket.state]))
    steps.move(desk, ticket, TicketState(wanted))
    told = tr("，已告诉住户") if ticket.state in steps.TOLD else ""
    return Redirect(
        f"/console/tickets/{ticket.number}", tr("已改为“{STATE_WORDS}”{told}。", STATE_WORDS=STATE_WORDS[ticket.state], told=told)
    )


@page("POST", "/tickets/{number}/wait", need="ticket.edit")
def wait(desk: Desk) -> View | Redirect:
    """Let it wait for a part or for the resident, saying for what: the clock stands still meanwhile."""
    ticket = find(desk)
    state, _, reason = desk.form.get("waits", "").partition(":")
    try:
        steps.wait(
            desk, ticket, TicketState(state) if state in PAUSED else ticket.state, reason, withheld(desk.form.get("remark", ""))
        )
    except Refusal as refusal:
        if desk.is_fragment:  # said beside the form, which keeps what was typed
            raise
        return _shown(desk, ticket, refusal)
    return Redirect(
        f"/console/tickets/{ticket.number}",
        tr("已改为“{STATE_WORDS}”，期限停着，已告诉住户。", STATE_WORDS=STATE_WORDS[ticket.state]),
    )


@page("POST", "/tickets/{number}/merge", need="ticket.edit")
def merge(desk: Desk) -> View | Redirect:
    """Let a double go with another ticket; both residents are told of what comes."""
    ticket = find(desk)
    try:
        into = merging.merge(desk, ticket, desk.form.get("number", "").strip() or desk.form.get("into", ""))
    except Refusal as refusal:
        if desk.is_fragment:  # said beside the form, which keeps what was typed
            raise
        return _shown(desk, ticket, refusal)
    return Redirect(f"/console/tickets/{ticket.number}", tr("已并入 {number}，住户以后跟着这一单收到进展。", number=into.number))


@page("POST", "/tickets/{number}/part", need="ticket.edit")
def part(desk: Desk) -> Redirect:
    """Take back that a ticket was merged into another."""
    ticket = find(desk)
    merging.part(desk, ticket)
    said = tr(
        "分出来了，工单 {number} 回到“{STATE_WORDS}”，已告诉住户。", number=ticket.number, STATE_WORDS=STATE_WORDS[ticket.state]
    )
    return Redirect(f"/console/tickets/{ticket.number}", said)


@page("POST", "/tickets/{number}/follow", need="ticket.edit")
def follow(desk: Desk) -> Redirect:
    """Open a new ticket that goes on from this one, which was done too long ago."""
    old = find(desk)
    ticket = steps.follow(desk, old)
    said = tr("新单开好了，工单号 {number}，写明接着 {old}，已告诉住户。", number=ticket.number, old=old.number)
    return Redirect(f"/console/tickets/{ticket.number}", said)


@page("POST", "/tickets/{number}/cancel", need="ticket.edit")
def cancel(desk: Desk) -> View | Redirect:
    """Call a ticket off, saying why."""
    ticket = find(desk)
    try:
        steps.cancel(desk, ticket, desk.form.get("reason", ""), withheld(desk.form.get("why", "")))
    except Refusal as refusal:
        if desk.is_fragment:  # said beside the form, which keeps what was typed
            raise
        return _shown(desk, ticket, refusal)
    return Redirect(f"/console/tickets/{ticket.number}", tr("已取消，原因已告诉住户。"))


@page("POST", "/tickets/{number}/assign", need="ticket.edit")
def assign(desk: Desk) -> Redirect:
    """Give a ticket to somebody."""
    ticket = find(desk)
    member = steps.assign(desk, ticket, desk.form.get("staff", ""), desk.form.get("why_other", ""))
    return Redirect(f"/console/tickets/{ticket.number}", tr("已派给{name}，已告诉住户。", name=member.name))


@page("POST", "/tickets/{number}/level", need="ticket.edit")
def prioritise(desk: Desk) -> Redirect:
    """Say how soon it is wanted."""
    ticket = find(desk)
    steps.prioritise(desk, ticket, desk.form.get("level", ""))
    called = tr("，已通知值班同事") if ticket.urgent else ""
    return Redirect(
        f"/console/tickets/{ticket.number}", tr("已改为“{LEVELS}”{called}。", LEVELS=LEVELS[ticket.level][2], called=called)
    )


@page("POST", "/tickets/{number}/slot", need="ticket.edit")
def agree(desk: Desk) -> View | Redirect:
    """Agree to an hour that was proposed, which is promised from then on."""
    ticket = find(desk)
    try:
        steps.agree(desk, ticket, desk.form.get("slot", ""))
    except Refusal as refusal:
        if desk.is_fragment:  # said beside the form
            raise
        desk.session.rollback()
        return _shown(desk, find(desk), refusal)
    return Redirect(f"/console/tickets/{ticket.number}", tr("约好了，已告诉住户。"))


@page("POST", "/tickets/{number}/time", need="ticket.edit")
def reschedule(desk: Desk) -> View | Redirect:
    """Put the visit at another time and tell the resident."""
    ticket = find(desk)
    try:
        with asked_in("at"):
            at = read_time(desk.form.get("at", ""))
        steps.reschedule(desk, ticket, at)
    except Refusal as refusal:
        if desk.is_fragment:  # said beside the form, which keeps what was typed
            raise
        return _shown(desk, ticket, refusal)
    return Redirect(f"/console/tickets/{ticket.number}", tr("上门时间改好了，已告诉住户。"))


@page("POST", "/tickets/{number}/note", need="ticket.edit")
def note(desk: Desk) -> Redirect:
    """Write into the timeline; with `tell` the resident reads it in the chat."""
    ticket = find(desk)
    text = withheld(desk.form.get("text", "").strip(), cards=False)  # an account of the office's own is told
    if not text:
        raise Refusal(tr("请写点什么再提交。"), field="text")
    told = "tell" in desk.form
    desk.session.add(TicketNote(ticket_id=ticket.id or 0, at=desk.now, staff_id=desk.staff.id, text=text[:500], told=told))
    desk.record("repair.noted", ticket.subject, told=told)
    if told:
        desk.tell(steps.reporter(desk, ticket), "repair.note", number=ticket.number, note=text[:500])
    return Redirect(f"/console/tickets/{ticket.number}", tr("已记下") + (tr("，已发给住户。") if told else "。"))


# ------------------------------------------------------------------ what it costs


@page("POST", "/tickets/{number}/costs", need="ticket.edit")
def add_cost(desk: Desk) -> View | Redirect:
    """Write down material or work, and who pays for it."""
    ticket = find(desk)
    try:
        cost = _cost(desk, ticket)
    except Refusal as refusal:
        if desk.is_fragment:  # said beside the form, which keeps what was typed
            raise
        return _shown(desk, ticket, refusal)
    desk.session.add(cost)
    desk.record("repair.cost_added", ticket.subject, fen=cost.total, payer=cost.payer)
    return Redirect(
        f"/console/tickets/{ticket.number}#costs",
        tr("记下了，{yuan}，{PAYER_WORDS}。", yuan=yuan(cost.total), PAYER_WORDS=PAYER_WORDS[cost.payer]),
    )


def _cost(desk: Desk, ticket: Ticket) -> TicketCost:
    what, payer = desk.form.get("what", "").strip()[:60], desk.form.get("payer", "")
    number = desk.form.get("pieces", "").strip()
    if not what:
        raise Refusal(tr("请写是什么，例如：水龙头、上门工时。"), field="what")
    if not (number.isascii() and number.isdigit() and 0 < int(number[:6]) <= MOST_PIECES):
        raise Refusal(tr("数量请写 1 到 {MOST_PIECES} 的整数。", MOST_PIECES=MOST_PIECES), field="pieces")
    if payer not in list(Payer):
        raise Refusal(tr("请选择由谁承担。"), field="payer")
    return TicketCost(
        ticket_id=ticket.id or 0, at=desk.now, staff_id=desk.staff.id, what=what, number=int(number), fen=fen_of(desk.form.get("price", "")),
        payer=Payer(payer),
    )  # fmt: skip


def fen_of(said: str) -> int:
    """Return an amount that was written in yuan as fen: 12.5 is 1250; raises Refusal for anything else."""
    whole, dot, part = said.strip().removesuffix("元").strip().partition(".")
    is_read = (
        (whole + part).isascii() and whole.isdigit() and (part.isdigit() if dot else True) and len(part) <= 2 and len(whole) <= 6
    )
    if not is_read or (fen := int(whole) * 100 + int(part.ljust(2, "0") or "0")) > MOST_FEN:
        raise Refusal(tr("“{said}”不是金额，请写元，例如 35 或 12.50。", said=said[:12]), field="price")
    return fen


@page("POST", "/tickets/{number}/costs/{repair_cost}/remove", need="ticket.edit")
def remove_cost(desk: Desk) -> Redirect:
    """Take a line of costs away."""
    ticket, key = find(desk), row_id(desk.params["repair_cost"])
    cost = desk.session.exec(select(TicketCost).where(TicketCost.id == (key or 0), TicketCost.ticket_id == ticket.id)).first()
    if cost is None:
        raise LookupError(desk.params["repair_cost"])
    desk.session.delete(cost)
    desk.record("repair.cost_removed", ticket.subject, fen=cost.total)
    return Redirect(
        f"/console/tickets/{ticket.number}#costs", tr("去掉了“{what}”，{yuan}。", what=cost.what, yuan=yuan(cost.total))
    )


def find(desk: Desk) -> Ticket:
    """Return the ticket of the address; raises LookupError where there is none."""
    ticket = desk.session.exec(select(Ticket).where(Ticket.number == desk.params["number"])).first()
    if ticket is None:
        raise LookupError(desk.params["number"])
    return ticket


def _timeline(desk: Desk, ticket: Ticket) -> Sequence[dict[str, Any]]:
    """Return events and notes together, oldest first."""
    kept = select(TicketNote).where(TicketNote.ticket_id == ticket.id, col(TicketNote.text) != "")
    notes = desk.session.exec(kept.order_by(col(TicketNote.id))).all()
    rows = [
        {"at": step.at, "words": step.words, "actor": step.actor}
        for step in desk.timeline(ticket.subject) if step.kind not in ("repair.noted", "repair.asked", "repair.answered")
    ]  # fmt: skip
    rows += [{"at": n.at, "words": n.text, "actor": _writer(desk, n)} for n in notes]
    for one in questions.of_ticket(desk, ticket):
        member = desk.session.get(Staff, one.staff_id)
        rows.append({"at": one.at, "words": tr("问住户：{text}", text=one.text), "actor": member.name if member else tr("物业")})
        if one.answered_at is not None:
            rows.append({"at": one.answered_at, "words": one.answer, "actor": tr("住户")})
    return sorted(rows, key=lambda row: row["at"])


def _writer(desk: Desk, note: TicketNote) -> str:
    member = desk.session.get(Staff, note.staff_id) if note.staff_id else None
    return tr_all(
        "",
        (
            member.name if member else tr("物业"),
            "，",
            tr("已告诉住户") if note.told else tr("内部备注"),
        ),
    )


ROUTES: tuple[Page, ...] = (
    board,
    move_card,
    show,
    move,
    wait,
    merge,
    part,
    follow,
    cancel,
    assign,
    prioritise,
    agree,
    reschedule,
    note,
    add_cost,
    remove_cost,
)
