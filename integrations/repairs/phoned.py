"""Who mends and has no WeChat is told by phone, which somebody ticks: until then their tickets say that they do not know."""

from collections.abc import Iterable, Mapping

from sqlmodel import col, select

from bot.contract import Desk, Happening, Household, Page, Redirect, Refusal, Staff, Work, on, page, tr
from integrations.repairs import dispatching
from integrations.repairs.models import OPEN, Ticket, TicketState

#: The kind of task by which the office learns that somebody is to be told by phone that they need not come.
TELL_OFF = "repair.tell_off"

#: Where a tick comes from, and where it leads back to.
_FROM: Mapping[str, str] = {"dispatch": "/console/tickets/dispatch", "board": "/console/tickets/board"}


def is_told(ticket: Ticket, member: Staff | None) -> bool:
    """Tell whether who has a ticket knows: by WeChat, by phone since they got it and since its time was agreed, or because they have been there."""
    if member is None or member.openid or ticket.state not in (TicketState.SUBMITTED, TicketState.ACCEPTED):
        return True
    if ticket.phoned_id != member.id or ticket.phoned_at is None:
        return False
    return max(filter(None, (ticket.taken_at, ticket.agreed_at)), default=ticket.phoned_at) <= ticket.phoned_at


def by_whom(work: Work, tickets: Iterable[Ticket]) -> Mapping[int | None, str]:
    """Return the names of those who told somebody by phone, by their ids."""
    ids = {one.phoned_by_id for one in tickets} - {None}
    found = work.session.exec(select(Staff).where(col(Staff.id).in_(ids))).all() if ids else ()
    return {one.id: one.name for one in found}


@page("POST", "/tickets/{number}/phoned", need="ticket.edit")
def tick(desk: Desk) -> Redirect:
    """Write down that whoever has a ticket, or is to have it, was told by phone; who was only planned for it has it from then on."""
    ticket = desk.session.exec(select(Ticket).where(Ticket.number == desk.params["number"])).first()
    if ticket is None:
        raise LookupError(desk.params["number"])
    dispatching.lock(desk, ticket)
    member = desk.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    said = desk.form.get("staff", "")
    if ticket.state not in OPEN or member is None or str(member.id) != said:
        raise Refusal(tr("这一单已经不在他手上了，请刷新页面看最新状态。"))
    note(desk, ticket, member)
    back = _FROM.get(desk.form.get("from", ""), f"/console/tickets/{ticket.number}")
    return Redirect(back, tr("记下了：{number} 已电话通知{name}。", number=ticket.number, name=member.name))


def note(desk: Desk, ticket: Ticket, member: Staff) -> None:
    """Keep that somebody was told of their ticket by phone, by whom and when."""
    ticket.phoned_id, ticket.phoned_at, ticket.phoned_by_id = member.id, desk.now, desk.staff.id
    desk.session.add(ticket)
    desk.record("repair.phoned", ticket.subject, staff=member.login)


@on("repair.cancelled")
def tell_off(work: Work, happening: Happening) -> None:
    """Have somebody without WeChat called who would go to what is called off."""
    ticket = work.session.exec(select(Ticket).where(Ticket.number == happening.subject.partition(":")[2])).first()
    member = work.session.get(Staff, ticket.assignee_id) if ticket is not None and ticket.assignee_id else None
    if (
        ticket is None
        or member is None
        or member.openid
        or member.disabled_at is not None
        or happening.actor == f"staff:{member.login}"
    ):
        return
    flat = work.session.get(Household, ticket.household_id) if ticket.household_id else None
    place, phone = ticket.place_of(flat), member.phone
    title = tr("请打电话告诉{name}不用去了：{place} {what}（{number}）", name=f"{member.name} {phone}".strip(), place=place, what=ticket.what, number=ticket.number)  # fmt: skip
    work.assign(TELL_OFF, "ticket.view", title, subject=ticket.subject)


ROUTES: tuple[Page, ...] = (tick,)
REACTIONS = (tell_off,)
