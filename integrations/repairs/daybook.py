"""How many repairs today has, and which are late: asked by who of the staff may see tickets, in their own chat."""

from datetime import datetime, time

from sqlmodel import col, func, select

from bot.contract import SHANGHAI, Desk, Household, Staff, tr
from integrations.repairs import clock
from integrations.repairs.models import OPEN, PAUSED, Ticket, TicketState

#: Tickets that are named; of more their number is told.
NAMED = 8


def tell(desk: Desk, act: str) -> str | None:
    """Return the answer to 今天多少单 or 哪些超时了; None for all else."""
    match act:
        case "today":
            return _today(desk)
        case "late":
            return _late(desk)
    return None


def _today(desk: Desk) -> str:
    midnight = datetime.combine(desk.now.astimezone(SHANGHAI).date(), time(), SHANGHAI)
    counted = select(Ticket.state, func.count(col(Ticket.id))).where(col(Ticket.state).in_(OPEN)).group_by(col(Ticket.state))
    states = dict(desk.session.exec(counted).all())
    opened = desk.session.exec(select(func.count(col(Ticket.id))).where(Ticket.opened_at >= midnight)).one()
    over = (TicketState.DONE, TicketState.CLOSED)
    done = select(func.count(col(Ticket.id))).where(col(Ticket.state).in_(over), col(Ticket.done_at) >= midnight)
    return desk.words(
        desk.context.messages["repair.crew.today"], opened=opened, done=desk.session.exec(done).one(), open=sum(states.values()),
        free=states.get(TicketState.SUBMITTED, 0), working=states.get(TicketState.ACCEPTED, 0) + states.get(TicketState.WORKING, 0),
        paused=sum(states.get(state, 0) for state in PAUSED), late=len(_those_late(desk)) or "",
    )  # fmt: skip


def _those_late(desk: Desk) -> list[Ticket]:
    running = [state for state in OPEN if state not in PAUSED]
    late = select(Ticket).where(col(Ticket.state).in_(running), Ticket.due_at < desk.now)
    return list(desk.session.exec(late.order_by(col(Ticket.due_at))).all())


def _late(desk: Desk) -> str:
    found = _those_late(desk)
    if not found:
        return desk.words(desk.context.messages["repair.crew.none_late"])
    lines = "\n".join(_line(desk, one) for one in found[:NAMED])
    more = len(found) - NAMED
    return desk.words(desk.context.messages["repair.crew.late"], late=len(found), tickets=lines, more=more if more > 0 else "")


def _line(desk: Desk, ticket: Ticket) -> str:
    flat = desk.session.get(Household, ticket.household_id) if ticket.household_id else None
    holder = desk.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    return desk.words(
        desk.context.messages["repair.crew.late_line"], number=ticket.number, place=ticket.place_of(flat), what=desk.veil(ticket.what), due=ticket.due_at,
        who=holder.name if holder else tr("还没人接"), twice="1" if ticket.rung >= len(clock.RUNGS) else "",
    )  # fmt: skip
