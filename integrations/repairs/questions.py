"""What whoever repairs asks the resident through the chat, and how the answer comes back to the ticket and to them."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import bindparam
from sqlmodel import col, select

from bot.contract import Desk, Household, Line, Lookup, Refusal, Resident, Staff, Turn, Work, tr
from integrations.repairs import steps
from integrations.repairs.crewmodels import TicketQuestion
from integrations.repairs.models import OPEN, Ticket

#: How long a question waits to be answered by whatever is said next.
WAITS = timedelta(days=2)

#: Longest question, and longest answer that is kept.
LONGEST = 200

#: Words that are meant for whoever repairs, whatever was said before.
_FOR_THEM = re.compile(r"(?:回复|答复|告诉|转告|跟)(?:一下)?(?:维修)?师傅(?:说|讲)?[\s:：,，]*(?P<words>.+)", re.DOTALL)

#: Courtesies that answer nothing.
_NO_ANSWER = re.compile(r"(?:谢谢|感谢|辛苦)(?:了|师傅|你们|您)*[。！!~ ]*")


def ask(desk: Desk, ticket: Ticket, words: str) -> TicketQuestion:
    """Ask the resident something, who reads it in the chat at once; raises Refusal where they have no WeChat."""
    text = " ".join(words.split())[:LONGEST]
    question = TicketQuestion(ticket_id=ticket.id or 0, staff_id=desk.staff.id or 0, at=desk.now, text=text)
    told = desk.tell(
        steps.reporter(desk, ticket), "repair.asked", number=ticket.number, who=desk.staff.name, question=text,
        url=desk.link(f"/tickets/{ticket.number}"),
    )  # fmt: skip
    if told is None:
        phone = phone_of(desk, ticket)
        raise Refusal(
            tr("这一单的住户没有绑定微信，问不到。请打电话{phone}。", phone=f" {phone}" if phone else tr("（单上没有留号码）"))
        )
    desk.session.add(question)
    desk.record("repair.asked", ticket.subject)
    return question


def phone_of(desk: Desk, ticket: Ticket) -> str:
    """Return the number to call about a ticket, for who may see numbers."""
    if not desk.may("phone.view"):
        return ""
    resident = desk.session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    return ticket.phone or (resident.phone if resident else "")


def of_ticket(work: Work, ticket: Ticket) -> Sequence[TicketQuestion]:
    """Return what was asked about a ticket, oldest first; what was erased is left out."""
    asked = select(TicketQuestion).where(TicketQuestion.ticket_id == ticket.id, col(TicketQuestion.text) != "")
    return work.session.exec(asked.order_by(col(TicketQuestion.id))).all()


def hear(turn: Turn, text: str, theirs: Callable[[Turn], Sequence[Ticket]]) -> str:
    """Take what a resident says right after a question, or says to be for whoever repairs, for the answer; empty for all else.

    What plainly means something else, such as a guest who comes, is no answer; a danger never gets here. `theirs` gives the resident's open
    tickets: they are looked for only where anybody waits for an answer, and nobody does of most messages.
    """
    meant = _FOR_THEM.fullmatch(text.strip())
    if meant is None and not _is_any_open(turn):
        return ""
    mine = theirs(turn)
    waiting = _waiting(turn, mine)
    if waiting is None:
        return _pass_on(turn, mine, meant["words"]) if meant else ""
    question, ticket = waiting
    is_else = bool(turn.means) and not turn.means.startswith(("repair.", "smalltalk."))
    if meant is None and (turn.is_asked or is_else or _NO_ANSWER.fullmatch(text) or not _was_asked_last(turn, question)):
        return ""
    words = meant["words"] if meant else text
    return answer(turn, question, ticket, words)


def answer(work: Work, question: TicketQuestion, ticket: Ticket, words: str) -> str:
    """Keep the resident's answer and tell whoever asked; returns what the resident reads."""
    question.answer, question.answered_at = " ".join(words.split())[:LONGEST], work.now
    work.session.add(question)
    work.record("repair.answered", ticket.subject)
    return _told(work, ticket, work.session.get(Staff, question.staff_id), question.answer, question.text)


_ANY_OPEN: Lookup[int | None] = Lookup(
    select(TicketQuestion.id).where(TicketQuestion.at > bindparam("since"), col(TicketQuestion.answered_at).is_(None)).limit(1)
)


def _is_any_open(turn: Turn) -> bool:
    """Tell whether any question of the last days waits for an answer."""
    return _ANY_OPEN.first(turn.session, since=turn.now - WAITS) is not None


def _waiting(turn: Turn, mine: Sequence[Ticket]) -> tuple[TicketQuestion, Ticket] | None:
    """Return the question that was asked last and has no answer yet, with its ticket."""
    tickets = {one.id: one for one in mine if one.state in OPEN}
    asked = select(TicketQuestion).where(
        col(TicketQuestion.ticket_id).in_(tickets), col(TicketQuestion.answered_at).is_(None),
        TicketQuestion.at > turn.now - WAITS, col(TicketQuestion.text) != "",
    )  # fmt: skip
    found = turn.session.exec(asked.order_by(col(TicketQuestion.id).desc())).first() if tickets else None
    return (found, tickets[found.ticket_id]) if found is not None else None


def _was_asked_last(turn: Turn, question: TicketQuestion) -> bool:
    said = select(Line).where(Line.openid == turn.openid, Line.speaker == "bot").order_by(col(Line.id).desc()).limit(1)
    last = turn.session.exec(said).first()
    return last is not None and question.text in last.text


def _pass_on(turn: Turn, mine: Sequence[Ticket], words: str) -> str:
    """Pass on what is for whoever repairs though they asked nothing: to the one who has the resident's only open ticket."""
    having = [one for one in mine if one.state in OPEN and one.assignee_id]
    if len(having) != 1:
        return ""
    [ticket] = having
    ticket.add_words(words)
    turn.session.add(ticket)
    turn.record("repair.changed", ticket.subject, words=True)
    return _told(turn, ticket, turn.session.get(Staff, ticket.assignee_id), " ".join(words.split())[:LONGEST], "")


def _told(work: Work, ticket: Ticket, member: Staff | None, answer: str, question: str) -> str:
    """Tell whoever asked, and whoever has the ticket by now; returns what the resident reads."""
    flat = work.session.get(Household, ticket.household_id) if ticket.household_id else None
    holder = work.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    for openid in dict.fromkeys(one.openid for one in (member, holder) if one is not None and one.disabled_at is None):
        work.tell(
            openid, "repair.answer", number=ticket.number, place=ticket.place_of(flat), what=ticket.what, answer=answer, question=question
        )  # fmt: skip
    who = next((one.name for one in (holder, member) if one is not None), "")
    return work.words(work.context.messages["repair.passed_on"], who=who, answer=answer, number=ticket.number)
