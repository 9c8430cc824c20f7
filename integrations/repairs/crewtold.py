"""What whoever repairs is told in their own chat: that a ticket is theirs now. And an urgent call that somebody takes is a ticket taken."""

from collections.abc import Mapping

from sqlmodel import select

from bot.contract import Happening, Household, Resident, Staff, Task, Work, on, telling
from integrations.repairs import visits
from integrations.repairs.models import CALLED_OUT, OPEN, Ticket, TicketState

#: How a ticket is read back.
_TICKET = "number place what words"

#: What is said to whoever repairs, and to the resident whom they ask.
TELLS: Mapping[str, str] = {
    "repair.crew.line": f"{_TICKET} place_in_list state when urgent", "repair.crew.listed": "mine held waiting free more first place what take", "repair.crew.nothing": "",
    "repair.crew.none_open": "", "repair.crew.empty_handed": "", "repair.crew.which": "tickets title", "repair.crew.shown": f"{_TICKET} state when who",
    "repair.crew.taken": f"{_TICKET} when phone", "repair.crew.begun": f"{_TICKET} when", "repair.crew.passed": f"{_TICKET} who untold", "repair.crew.asked": f"{_TICKET} question",
    "repair.crew.waits": f"{_TICKET} state reason note", "repair.crew.noted": f"{_TICKET} note told", "repair.crew.paid": f"{_TICKET} item pieces sum payer unsaid",
    "repair.crew.wants_photo": _TICKET, "repair.crew.done": f"{_TICKET} left next_place next_what", "repair.crew.pictured": f"{_TICKET} stage photos other is_open",
    "repair.crew.stage": f"{_TICKET} stage", "repair.crew.undone": f"{_TICKET} state cost", "repair.crew.too_late": "number", "repair.crew.help": "",
    "repair.crew.today": "opened done open free working paused late", "repair.crew.late_line": "number place what due who twice", "repair.crew.late": "late tickets more",
    "repair.crew.none_late": "", "repair.for_you": f"{_TICKET} when phone pressing agreed wished", "repair.asked": "number who question url", "repair.passed_on": "number who answer",
    "repair.off": "number place what", "repair.pressed": "number place what", "repair.answer": "number place what answer question", "repair.supervised": "number place what who",
}  # fmt: skip


@on("repair.assigned", "staff")
def tell_of_assignment(work: Work, happening: Happening) -> None:
    """Tell somebody that a ticket was given to them, with the words by which they take it; whoever took it themselves knows."""
    login = str(happening.data["staff"])
    ticket = _ticket(work, happening.subject)
    member = work.session.exec(select(Staff).where(Staff.login == login)).first()
    if ticket is None or member is None or happening.actor == f"staff:{login}" or member.disabled_at is not None:
        return
    flat = work.session.get(Household, ticket.household_id) if ticket.household_id else None
    resident = work.session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    may_call = telling.access(work).may(member.role, "phone.view")
    work.tell(
        member.openid, "repair.for_you", urgent=ticket.urgent, number=ticket.number, place=ticket.place_of(flat), what=ticket.what, words=ticket.quoted,
        when=visits.in_words(work, visit) if (visit := visits.ahead(work, ticket)) else work.words("{t}", t=ticket.appointment_at or ticket.due_at), phone=(ticket.phone or (resident.phone if resident else "")) if may_call else "",
        pressing="1" if ticket.urgent else "", agreed="1" if ticket.agreed_at else "", wished="1" if ticket.appointment_at and not ticket.agreed_at else "",
    )  # fmt: skip


@on("repair.cancelled")
def tell_of_cancelling(work: Work, happening: Happening) -> None:
    """Tell whoever has a ticket that nobody need come any more."""
    _tell_holder(work, happening, "repair.off")


@on("repair.urged")
def tell_of_urging(work: Work, happening: Happening) -> None:
    """Tell whoever has a ticket that the resident presses for it."""
    _tell_holder(work, happening, "repair.pressed")


def _tell_holder(work: Work, happening: Happening, message: str) -> None:
    ticket = work.session.exec(select(Ticket).where(Ticket.number == happening.subject.partition(":")[2])).first()
    member = work.session.get(Staff, ticket.assignee_id) if ticket is not None and ticket.assignee_id else None
    if ticket is None or member is None or member.disabled_at is not None or happening.actor == f"staff:{member.login}":
        return
    flat = work.session.get(Household, ticket.household_id) if ticket.household_id else None
    work.tell(member.openid, message, number=ticket.number, place=ticket.place_of(flat), what=ticket.what)


@on("task.claimed", "task")
def take_what_was_called_out(work: Work, happening: Happening) -> None:
    """Let who goes to an urgent repair have its ticket, where nobody has: else it looks as if nobody had taken it."""
    if happening.data["task"] != CALLED_OUT:
        return
    task = work.session.exec(select(Task).where(Task.public_id == happening.subject.partition(":")[2])).first()
    ticket = _ticket(work, task.subject) if task is not None else None
    member = work.session.get(Staff, task.claimed_by) if task is not None and task.claimed_by else None
    if ticket is None or member is None or ticket.state is not TicketState.SUBMITTED or ticket.assignee_id is not None:
        return
    if not telling.access(work).may(member.role, "ticket.edit"):
        return
    ticket.state, ticket.assignee_id = TicketState.ACCEPTED, member.id
    work.session.add(ticket)
    work.record("repair.accepted", ticket.subject)


def _ticket(work: Work, subject: str) -> Ticket | None:
    found = work.session.exec(select(Ticket).where(Ticket.number == subject.partition(":")[2])).first()
    return found if found is not None and found.state in OPEN else None


ALL = (tell_of_assignment, tell_of_cancelling, tell_of_urging, take_what_was_called_out)
