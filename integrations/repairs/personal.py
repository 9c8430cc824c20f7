"""Which rows of repairs are a person's. Tickets concern the building, too, and stay; the person goes out of them.

What staff wrote to a ticket is free text, told or not, and names people: it is shown and goes with the resident's own words. What
material and work cost is the office's account, and stays.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, or_, select

from bot.contract import Personal, Resident, Retention, Rows, Task, Work, tr
from integrations.repairs import merging, places, questions
from integrations.repairs.crewmodels import TicketQuestion
from integrations.repairs.models import (
    CATEGORY_WORDS,
    OPEN,
    OTHER_REASONS,
    PAYER_WORDS,
    REASONS,
    STATE_WORDS,
    Ticket,
    TicketCost,
    TicketNote,
    TicketState,
    yuan,
)
from integrations.repairs.settings import Settings


def export(work: Work, resident: Resident) -> Mapping[str, Any]:
    """Return everything about a resident's repairs, oldest first."""
    return {"报修": [_ticket(work, one) for one in _theirs(work, resident)]}


def export_account(work: Work, openid: str) -> Mapping[str, Any]:
    """Return what an account has reported that nobody has shown to be theirs, oldest first."""
    return {"还没核实住址时的报修": [{**_ticket(work, one), "说的住址": one.said_flat} for one in _reported(work, openid)]}


def _ticket(work: Work, ticket: Ticket) -> Mapping[str, Any]:
    notes = _notes(work, ticket)
    return {
        "工单号": ticket.number, "故障": CATEGORY_WORDS.get(ticket.category, ticket.category), "位置": ticket.location,
        "您说的": ticket.words, "联系电话": ticket.phone,
        "希望上门的时间": [f"{begins[:16]} 到 {ends[11:16]}".replace("T", " ") for begins, ends in ticket.wishes],
        "约好的上门时间": f"{ticket.appointment_at:%Y-%m-%d %H:%M}" if ticket.appointment_at and ticket.agreed_at else "",
        "状态": STATE_WORDS[ticket.state], "报修时间": f"{ticket.opened_at:%Y-%m-%d %H:%M}", "评分": ticket.rating,
        "取消原因": {**REASONS, **OTHER_REASONS}.get(ticket.ended, ""), "取消或关闭的说明": ticket.ended_note, "费用": _costs(work, ticket),
        "师傅问您的": [f"{one.text}：{one.answer}" for one in questions.of_ticket(work, ticket)],
        "物业的话": [note.text for note in notes if note.told], "物业的内部备注": [note.text for note in notes if not note.told],
    }  # fmt: skip


def _notes(work: Work, ticket: Ticket) -> Sequence[TicketNote]:
    notes = select(TicketNote).where(TicketNote.ticket_id == ticket.id, col(TicketNote.text) != "")
    return work.session.exec(notes.order_by(col(TicketNote.id))).all()


def _costs(work: Work, ticket: Ticket) -> list[str]:
    costs = work.session.exec(select(TicketCost).where(TicketCost.ticket_id == ticket.id).order_by(col(TicketCost.id))).all()
    return [f"{one.what} × {one.number}，{yuan(one.total)}，{PAYER_WORDS[one.payer]}" for one in costs]


def erase(work: Work, resident: Resident) -> None:
    """Cancel what is still open and take out what was written, by the resident or by staff; that something was repaired, and where, stays.

    What is broken where others walk is mended all the same.
    """
    for ticket in _theirs(work, resident):
        _empty(work, ticket)


def erase_account(work: Work, openid: str, until: datetime) -> None:
    """Do the same for what an account has reported; with it goes where it said it lives, which no roster has."""
    for ticket in _reported(work, openid):
        if ticket.opened_at > until:
            continue
        _empty(work, ticket)
        ticket.openid, ticket.said_flat = None, ""
        if not places.is_shared(ticket.location):
            ticket.location = ""
        for task in work.session.exec(select(Task).where(Task.subject == ticket.subject)).all():
            task.openid = openid  # so that the eraser finds what staff were told of it
            if task.is_open:
                task.title = f"报修 {ticket.number}：{ticket.what}（住户已离开）"
            work.session.add(task)


def _empty(work: Work, ticket: Ticket) -> None:
    if ticket.state in OPEN and not places.is_shared(ticket.location):
        ticket.state, ticket.ended = TicketState.CANCELLED, "left"
        work.record("repair.cancelled", ticket.subject, reason=ticket.ended)
        merging.part_all(work, ticket)
        work.finish(ticket.subject, "住户已离开")
    ticket.rating, ticket.words, ticket.phone, ticket.ended_note, ticket.wishes = None, "", "", "", []
    work.session.add(ticket)
    for question in questions.of_ticket(work, ticket):
        question.text = question.answer = ""
        work.session.add(question)
    for note in _notes(work, ticket):
        note.text = ""
        work.session.add(note)


def _reported(work: Work, openid: str) -> list[Ticket]:
    return list(work.session.exec(select(Ticket).where(Ticket.openid == openid).order_by(col(Ticket.id))).all())


def _theirs(work: Work, resident: Resident) -> list[Ticket]:
    return list(work.session.exec(select(Ticket).where(Ticket.resident_id == resident.id).order_by(col(Ticket.id))).all())


#: What was told of a repair, and is emptied after a while.
_TOLD = (Ticket.words, Ticket.phone, Ticket.location, Ticket.said_flat, Ticket.ended_note)

_OVER = (col(Ticket.state).in_((TicketState.CLOSED, TicketState.CANCELLED)),)

RETAIN = Retention(
    what=tr("报修里的话、电话和位置，物业的备注"), lives=lambda work: timedelta(days=work.settings(Settings).keep_days), setting="LINLI_REPAIRS_KEEP_DAYS",
    why=tr("保修期内要查得到；没修完的不删"),
    rows=(
        Rows(TicketNote, lambda before: (
            col(TicketNote.at) < before, col(TicketNote.text) != "", col(TicketNote.ticket_id).in_(select(col(Ticket.id)).where(*_OVER)),
        ), {"text": ""}),
        Rows(TicketQuestion, lambda before: (
            col(TicketQuestion.at) < before, col(TicketQuestion.text) != "", col(TicketQuestion.ticket_id).in_(select(col(Ticket.id)).where(*_OVER)),
        ), {"text": "", "answer": ""}),
        Rows(Ticket, lambda before: (
            col(Ticket.opened_at) < before, *_OVER, or_(*(col(column) != "" for column in _TOLD)),
        ), {"words": "", "phone": "", "location": "", "said_flat": "", "ended_note": ""}),
    ),
)  # fmt: skip

PERSONAL = Personal(export=export, erase=erase, retain=(RETAIN,), export_account=export_account, erase_account=erase_account)
