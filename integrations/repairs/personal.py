"""Which rows of repairs are a person's. Tickets concern the building, too, and stay; the person goes out of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import col, or_, select

from bot.contract import Personal, Resident, Retention, Rows, Work
from integrations.repairs.models import CATEGORY_WORDS, OPEN, STATE_WORDS, Ticket, TicketNote, TicketState
from integrations.repairs.settings import Settings


def export(work: Work, resident: Resident) -> Mapping[str, Any]:
    """Return everything about a resident's repairs, oldest first."""
    return {"报修": [_ticket(work, one) for one in _theirs(work, resident)]}


def _ticket(work: Work, ticket: Ticket) -> Mapping[str, Any]:
    told = (
        select(TicketNote).where(TicketNote.ticket_id == ticket.id, col(TicketNote.told).is_(True)).order_by(col(TicketNote.id))
    )
    return {
        "工单号": ticket.number, "故障": CATEGORY_WORDS.get(ticket.category, ticket.category), "位置": ticket.location,
        "您说的": ticket.words, "联系电话": ticket.phone,
        "状态": STATE_WORDS[ticket.state], "报修时间": f"{ticket.opened_at:%Y-%m-%d %H:%M}", "评分": ticket.rating,
        "物业的话": [note.text for note in work.session.exec(told).all()],
    }  # fmt: skip


def erase(work: Work, resident: Resident) -> None:
    """Cancel what is still open and take out what the resident wrote; that something was repaired, and where, stays."""
    for ticket in _theirs(work, resident):
        if ticket.state in OPEN:
            ticket.state = TicketState.CANCELLED
            work.record("repair.cancelled", ticket.subject)
            work.finish(ticket.subject, "住户已离开")
        ticket.rating, ticket.words, ticket.phone = None, "", ""
        work.session.add(ticket)


def _theirs(work: Work, resident: Resident) -> list[Ticket]:
    return list(work.session.exec(select(Ticket).where(Ticket.resident_id == resident.id).order_by(col(Ticket.id))).all())


_OVER = (col(Ticket.state).in_((TicketState.CLOSED, TicketState.CANCELLED)),)

RETAIN = Retention(
    what="报修里的话、电话和位置", lives=lambda work: timedelta(days=work.settings(Settings).keep_days), setting="LINLI_REPAIRS_KEEP_DAYS",
    why="保修期内要查得到；没修完的不删",
    rows=(
        Rows(TicketNote, lambda before: (
            col(TicketNote.at) < before, col(TicketNote.text) != "", col(TicketNote.ticket_id).in_(select(col(Ticket.id)).where(*_OVER)),
        ), {"text": ""}),
        Rows(Ticket, lambda before: (
            col(Ticket.opened_at) < before, *_OVER, or_(col(Ticket.words) != "", col(Ticket.phone) != "", col(Ticket.location) != ""),
        ), {"words": "", "phone": "", "location": ""}),
    ),
)  # fmt: skip

PERSONAL = Personal(export=export, erase=erase, retain=(RETAIN,))
