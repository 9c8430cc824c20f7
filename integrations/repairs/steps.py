"""What staff do to one ticket: move it on, give it to somebody, call it off, put it at another time. Pages and acts on several use these."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.contract import (
    Caller,
    Desk,
    Household,
    Refusal,
    Resident,
    Staff,
    Task,
    Work,
    asked_in,
    is_past,
    read_time,
    row_id,
    tasks,
    tr,
)
from integrations.repairs import clock, dispatching, reopening, visits
from integrations.repairs.models import (
    CALLED_OUT,
    LEVELS,
    OPEN,
    OVERRIDES,
    PAUSED,
    REASONS,
    STATE_WORDS,
    WAITS,
    Ticket,
    TicketNote,
    TicketState,
)

#: Columns that these change, and that taking an act on several tickets back puts back.
KEEPS = (
    "state", "assignee_id", "done_at", "due_at", "urgent", "priority", "ended", "ended_note", "reminded_at", "clock", "rung", "rung_at",
    "promised_at", "paused_at", "pause_reason", "taken_at", "planned_id", "plan_until", "plan", "passed",
)  # fmt: skip

#: What the resident is told when a ticket gets there.
TOLD = {
    TicketState.ACCEPTED: "repair.accepted", TicketState.WORKING: "repair.working", TicketState.DONE: "repair.done",
    TicketState.CANCELLED: "repair.cancelled",
}  # fmt: skip

#: Longest remark on why a ticket was called off.
LONGEST = 100

#: Appointments further ahead are a slip of the finger.
AHEAD = timedelta(days=90)


def move(desk: Desk, ticket: Ticket, state: TicketState) -> None:
    """Move a ticket on and tell the resident; raises Refusal where that does not follow."""
    if ticket.state is TicketState.SUBMITTED and state in (TicketState.ACCEPTED, TicketState.WORKING, TicketState.DONE):
        dispatching.take(desk, ticket, desk.staff)  # of two who want it at once one has it
    _require_follows(ticket, state)
    if state in PAUSED:
        raise Refusal(tr("请写明在等什么：用“先等一等”。"), field="waits")
    if state is TicketState.WORKING and ticket.state in (TicketState.DONE, TicketState.CLOSED):
        if not reopening.is_fresh(desk, ticket):
            raise Refusal(tr("修好超过 15 天了，请开一张新单，新单会写明接着哪一单。"))
        reopening.reopen(desk, ticket)
        tell(desk, ticket, "repair.reopened")
        return
    if was_paused := ticket.state in PAUSED:
        clock.resume(desk, ticket)
    ticket.state = state
    if state is TicketState.DONE:
        ticket.done_at = desk.now
    elif state is not TicketState.CLOSED:  # a closed one can still be found not fixed
        ticket.done_at = None
    if ticket.assignee_id is None and state in OPEN:
        ticket.assignee_id, ticket.taken_at = desk.staff.id, desk.now
    if state not in OPEN:
        dispatching.leave_plan(ticket)
    desk.session.add(ticket)
    reason = {"reason": ticket.ended} if ticket.ended and state in (TicketState.CANCELLED, TicketState.CLOSED) else {}
    desk.record(f"repair.{state}", ticket.subject, **reason)
    if state not in OPEN:
        desk.finish(ticket.subject, tr("工单{STATE_WORDS}", STATE_WORDS=STATE_WORDS[state]))
    if was_paused and state is TicketState.WORKING:
        tell(desk, ticket, "repair.resumed", when=desk.words("{t}", t=ticket.promised_at or ticket.due_at))
    elif (message := TOLD.get(state)) is not None:
        tell(desk, ticket, message)


def wait(desk: Desk, ticket: Ticket, state: TicketState, reason: str, note: str) -> None:
    """Let a ticket wait for a part or for the resident: its clock stands still, and the resident is told for what."""
    if state not in PAUSED or reason not in WAITS[state]:
        raise Refusal(tr("请选择在等什么，住户会看到。"), field="waits")
    if ticket.state is TicketState.SUBMITTED:
        raise Refusal(tr("还没有人接的工单不能停，请先受理或派单。"))
    _require_follows(ticket, state)
    clock.pause(desk, ticket, state, reason)
    desk.session.add(ticket)
    desk.record(f"repair.{state}", ticket.subject, reason=reason)
    note = note.strip()[:LONGEST]
    if note:
        desk.session.add(TicketNote(ticket_id=ticket.id or 0, at=desk.now, staff_id=desk.staff.id, text=note))
        desk.record("repair.noted", ticket.subject, told=True)
    tell(desk, ticket, f"repair.{state}", reason=WAITS[state][reason], note=note)


def follow(desk: Desk, old: Ticket) -> Ticket:
    """Open a new ticket that goes on from one which was done too long ago to be opened again."""
    if old.state not in (TicketState.DONE, TicketState.CLOSED):
        raise Refusal(tr("没修好过的工单不用重新打开。"))
    if reopening.is_fresh(desk, old):
        raise Refusal(tr("还没过 15 天，请直接重新打开这一单。"))
    ticket = reopening.anew(desk, old, by_staff=True)
    url = desk.link(f"/tickets/{ticket.number}")
    desk.tell(reporter(desk, ticket), "repair.follows", number=ticket.number, old=old.number, what=ticket.what, url=url)
    return ticket


def cancel(desk: Desk, ticket: Ticket, reason: str, note: str) -> None:
    """Call a ticket off, saying why, which the resident reads."""
    if reason not in REASONS:
        raise Refusal(tr("请选择取消的原因，住户会看到。"), field="reason")
    if reason == "other" and not note.strip():
        raise Refusal(tr("选了“其他原因”，请写一句是什么原因，住户会看到。"), field="why")
    _require_follows(ticket, TicketState.CANCELLED)
    ticket.ended, ticket.ended_note = reason, note.strip()[:LONGEST]
    move(desk, ticket, TicketState.CANCELLED)


def assign(desk: Desk, ticket: Ticket, chosen: str, why: str = "") -> Staff:
    """Give a ticket to somebody; one that was only submitted counts as accepted from then on.

    Whoever gives it to somebody else than it was planned for, or who had it, says why.
    """
    member = desk.session.get(Staff, number) if (number := row_id(chosen)) else None
    if member is None or member.disabled_at is not None:
        raise Refusal(tr("请选择一位在岗的同事。"), field="staff")
    dispatching.lock(desk, ticket)
    if ticket.state not in OPEN:
        raise Refusal(tr("工单{STATE_WORDS}，不用再派了。", STATE_WORDS=STATE_WORDS[ticket.state]))
    is_override = overrides(ticket, member)
    if is_override and why not in OVERRIDES:
        raise Refusal(tr("换人请选一下为什么换，记在工单上。"), field="why_other")
    if ticket.assignee_id != member.id:
        ticket.assignee_id, ticket.taken_at = member.id, desk.now
    dispatching.leave_plan(ticket)
    if ticket.state is TicketState.SUBMITTED:
        ticket.state = TicketState.ACCEPTED
    desk.session.add(ticket)
    desk.record("repair.assigned", ticket.subject, staff=member.login, **({"why": why} if is_override else {}))
    for task in tasks.about(desk.session, ticket.subject):
        if task.kind == dispatching.NOBODY:
            desk.call_off(task, tr("派给了{name}", name=member.name))
    tell(desk, ticket, "repair.assigned")
    return member


def overrides(ticket: Ticket, member: Staff) -> bool:
    """Tell whether somebody else has the ticket, or it is planned for somebody else."""
    return (ticket.assignee_id or ticket.planned_id or member.id) != member.id


def prioritise(desk: Desk, ticket: Ticket, level: str) -> None:
    """Say how soon a ticket is wanted; one that becomes urgent is due in two hours, and those on duty are called once."""
    if level not in LEVELS:
        raise Refusal(tr("请选择急不急。"), field="level")
    if ticket.state not in OPEN:
        raise Refusal(tr("工单{STATE_WORDS}，急不急不用改了。", STATE_WORDS=STATE_WORDS[ticket.state]))
    was_urgent = ticket.urgent
    ticket.urgent, ticket.priority, _ = LEVELS[level]
    if ticket.urgent != was_urgent:
        clock.start(desk, ticket)
    desk.session.add(ticket)
    desk.record("repair.prioritised", ticket.subject, level=level)
    if ticket.urgent and not was_urgent:
        call_out(desk, ticket)


def call_out(work: Work, ticket: Ticket) -> Task:
    """Call those on duty to a ticket that cannot wait; a call that is open stays the only one."""
    known = next((task for task in tasks.about(work.session, ticket.subject) if task.kind == CALLED_OUT), None)
    if known is not None:
        return known
    flat = work.session.get(Household, ticket.household_id) if ticket.household_id else None
    title = tr("紧急报修：{place_of} {what}", place_of=ticket.place_of(flat), what=ticket.what)
    return work.assign(CALLED_OUT, "ticket.view", title, urgent=True, household=flat, subject=ticket.subject)


def caller(work: Work, task: Task) -> Caller:
    """Return who reported the ticket that a task is about, with the number they told for it."""
    ticket = work.session.exec(select(Ticket).where(Ticket.number == task.subject.partition(":")[2])).first()
    if ticket is None:
        return Caller()
    resident = work.session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    flat = work.session.get(Household, ticket.household_id) if ticket.household_id else None
    return Caller(resident=resident, flat=flat, phone=ticket.phone, place=ticket.place_of(flat))


def reschedule(desk: Desk, ticket: Ticket, at: datetime) -> None:
    """Put the visit at another time, and tell the resident."""
    if ticket.state not in OPEN:
        raise Refusal(tr("工单{STATE_WORDS}，不用再约时间了。", STATE_WORDS=STATE_WORDS[ticket.state]))
    if is_past(at, desk.now):
        raise Refusal(tr("这个时间已经过了，请选今后的时间。"), field="at")
    if at > desk.now + AHEAD:
        raise Refusal(tr("最远只能约 90 天以内，请看看日期对不对。"), field="at")
    if ticket.state is TicketState.OWNER:  # that was agreed upon with them
        clock.resume(desk, ticket)
        ticket.state = TicketState.ACCEPTED
    member = desk.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    when = desk.words("{t}", t=at)
    if member is not None:
        with asked_in("at"):
            when = visits.in_words(desk, visits.agree(desk, ticket, member, at))
    ticket.appointment_at, ticket.agreed_at = at, desk.now
    clock.start(desk, ticket)
    desk.session.add(ticket)
    desk.record("repair.rescheduled", ticket.subject, at=at.isoformat())
    tell(desk, ticket, "repair.rescheduled", when=when)


def agree(desk: Desk, ticket: Ticket, chosen: str) -> None:
    """Agree to an hour that was proposed, as the form names it, and tell the resident."""
    number, _, said = chosen.partition("@")
    member = desk.session.get(Staff, key) if (key := row_id(number)) else None
    if member is None or member.disabled_at is not None:
        raise Refusal(tr("请点一个上门时间。"), field="slot")
    visit = visits.agree(desk, ticket, member, read_time(said))
    tell(desk, ticket, "repair.agreed", when=visits.in_words(desk, visit))


def tell(work: Work, ticket: Ticket, message: str, **more: Any) -> None:
    """Tell whoever reported a ticket how it stands, and whoever reported one that was merged into it, each by their own number."""
    member = work.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    if message == "repair.cancelled":
        more["reason"] = reason_of(ticket)
    told: list[Resident | str | None] = []
    for one in (ticket, *merged_into(work, ticket)):
        if (person := reporter(work, one)) in told:  # who reported it twice is told once
            continue
        told.append(person)
        if one is not ticket:  # it is not theirs to rate
            message = {"repair.done": "repair.done_too"}.get(message, message)
        url = work.link(f"/tickets/{one.number}")
        who = member.name if member else tr("值班师傅")
        work.tell(person, message, number=one.number, who=who, url=url, **more)


def merged_into(work: Work, ticket: Ticket) -> Sequence[Ticket]:
    """Return the tickets that were merged into one."""
    if ticket.id is None:
        return ()
    return work.session.exec(select(Ticket).where(Ticket.merged_into_id == ticket.id).order_by(col(Ticket.id))).all()


def reason_of(ticket: Ticket) -> str:
    """Return why staff called a ticket off, in words for the resident; empty where they did not say."""
    words = REASONS.get(ticket.ended, "")
    return (
        ticket.ended_note
        if ticket.ended == "other"
        else f"{words}，{ticket.ended_note}"
        if words and ticket.ended_note
        else words
    )


def reporter(work: Work, ticket: Ticket) -> Resident | str | None:
    """Return who is told of a ticket: the resident, or the account that reported it."""
    return work.session.get(Resident, ticket.resident_id) if ticket.resident_id else ticket.openid


def put_back(desk: Desk, ticket: Ticket) -> None:
    """Say that a ticket is as it was before an act on several; the resident, who was told of that, is told of this."""
    put_back_unseen(desk, ticket)
    url = desk.link(f"/tickets/{ticket.number}")
    desk.tell(reporter(desk, ticket), "repair.put_back", number=ticket.number, state=STATE_WORDS[ticket.state], url=url)


def put_back_unseen(desk: Desk, ticket: Ticket) -> None:
    """Say so in the log alone: the resident was told of nothing."""
    desk.record("repair.put_back", ticket.subject, state=ticket.state.value)


def _require_follows(ticket: Ticket, state: TicketState) -> None:
    if ticket.state is state:
        raise Refusal(tr("工单已经是“{STATE_WORDS}”了。", STATE_WORDS=STATE_WORDS[state]))
    if not ticket.may_become(state):
        raise Refusal(
            tr(
                "工单现在是“{STATE_WORDS}”，不能改成“{STATE_WORDS2}”。",
                STATE_WORDS=STATE_WORDS[ticket.state],
                STATE_WORDS2=STATE_WORDS[state],
            )
        )
