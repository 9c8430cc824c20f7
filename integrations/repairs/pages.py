"""A ticket as the resident sees it: how it stands, what happened, photos, and what they may do about it; every form works without script."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta

from sqlmodel import col, select

from bot.contract import Download, Page, Redirect, Refusal, Staff, View, Visit, page, tr
from integrations.repairs import own, questions, reopening, shots, visits, windows
from integrations.repairs.crewmodels import TicketQuestion
from integrations.repairs.models import (
    CATEGORY_WORDS,
    OPEN,
    STATE_WORDS,
    WAITS,
    Payer,
    Ticket,
    TicketCost,
    TicketNote,
    TicketState,
    yuan,
)
from integrations.repairs.steps import reason_of

#: What happened that is the staff's own: notes, of which those that were told stand there by their words, reminders, numbers of neighbours.
INNER = (
    "repair.noted", "repair.climbed", "repair.merged", "repair.joined", "repair.planned", "repair.passed_on", "repair.offered",
    "repair.asked", "repair.answered", "repair.phoned", "repair.cost_added", "repair.cost_removed", "data.read", "data.exported",
)  # fmt: skip

#: What stands on the buttons that rate, the best first.
SCORES: Mapping[str, str] = {"5": "很满意", "4": "满意", "3": "一般", "2": "不满意", "1": "很不满意"}

#: What is said at the top once a form was sent.
DONE: Mapping[str, str] = {
    "urged": "已经帮您催了，负责人马上看到。", "reopened": "知道了，重新打开了，师傅会接着修。", "cancelled": "已经取消了。", "rated": "谢谢您的评价！", "answered": "已经告诉师傅了。", "declined": "知道了，那个时间师傅不来了。物业会和您另约时间。", "wished": "知道了，那个时间师傅不来了。您方便的时间记下了，物业约好了告诉您。",
}  # fmt: skip


@page("GET", "/tickets/{number}")
def show(visit: Visit) -> View:
    """Show where the repair stands."""
    return _shown(visit, _find(visit))


def _shown(visit: Visit, ticket: Ticket, done: str = "") -> View:
    carrier = own.carrier_of(visit, ticket)
    member = visit.session.get(Staff, carrier.assignee_id) if carrier.assignee_id else None
    state = STATE_WORDS[carrier.state] if carrier is ticket else f"{STATE_WORDS[carrier.state]}（和同一处的报修一起修）"
    theirs = select(TicketCost).where(TicketCost.ticket_id == ticket.id, TicketCost.payer == Payer.RESIDENT)
    costs = visit.session.exec(theirs.order_by(col(TicketCost.id))).all()
    asked, was_urged = questions.of_ticket(visit, ticket), own.was_pressed_lately(visit, ticket)
    is_over = carrier.state in (TicketState.DONE, TicketState.CLOSED)
    return View(
        "repairs/progress.html",
        {
            "ticket": ticket, "carrier": carrier, "state": state, "category": CATEGORY_WORDS.get(ticket.category, ""),
            "is_open": carrier.state in OPEN, "steps": _steps(visit, ticket, asked), "member": member, "community": visit.community,
            "costs": costs, "total": yuan(sum(one.total for one in costs)), "yuan": yuan, "reason": reason_of(ticket),
            "waits_for": WAITS.get(carrier.state, {}).get(carrier.pause_reason, ""), "done": DONE.get(done, ""), "scores": SCORES,
            "photos": [(shot, _picture_url(visit, ticket, shot)) for shot in shots.all_of(visit, ticket)],
            "question": _open_one(asked) if carrier.state in OPEN else None, "may_urge": carrier.state in OPEN and not was_urged, "was_urged": was_urged,
            "may_cancel": ticket.state in OPEN, "may_rate": own.may_rate(visit, ticket), "may_reopen": is_over and reopening.is_fresh(visit, carrier),
            "agreed": visits.in_words(visit, ahead) if (ahead := visits.ahead(visit, ticket)) else "",
            "late": carrier.state in OPEN and not carrier.paused_at and carrier.due_at < visit.now, "now": visit.now,
        },
    )  # fmt: skip


def _steps(visit: Visit, ticket: Ticket, asked: Sequence[TicketQuestion]) -> list[tuple[datetime, str]]:
    kept = select(TicketNote).where(TicketNote.ticket_id == ticket.id, col(TicketNote.text) != "")
    told = visit.session.exec(kept.where(col(TicketNote.told).is_(True))).all()
    steps = [(step.at, step.words) for step in visit.timeline(ticket.subject) if step.kind not in INNER]
    steps += [(note.at, f"物业：{note.text}") for note in told]
    for one in asked:
        steps.append((one.at, f"师傅问：{one.text}"))
        if one.answered_at is not None:
            steps.append((one.answered_at, f"您答：{one.answer}"))
    return sorted(steps, key=lambda step: step[0])


def _open_one(asked: Sequence[TicketQuestion]) -> TicketQuestion | None:
    """Return the question that was asked last and not answered yet."""
    return next((one for one in reversed(asked) if one.answered_at is None), None)


def _picture_url(visit: Visit, ticket: Ticket, shot: shots.Shot) -> str:
    if not shot.is_here:
        return ""
    tomorrow = datetime.combine(
        visit.now.date() + timedelta(days=2), time(), visit.now.tzinfo
    )  # the same all day: it is fetched once
    address = visit.link(f"/tickets/{ticket.number}/photos/{shot.photo.public_id}", tomorrow - visit.now)
    return address.removeprefix(visit.context.base_url)


@page("GET", "/tickets/{number}/photos/{photo}")
def picture(visit: Visit) -> Download:
    """Give one photo of the ticket."""
    ticket = _find(visit)
    shot = next((one for one in shots.all_of(visit, ticket) if one.photo.public_id == visit.params["photo"]), None)
    if shot is None:
        raise LookupError(visit.params["photo"])
    return Download(body=visit.picture_of(shot.photo), content_type="image/jpeg")


@page("POST", "/tickets/{number}")
def act(visit: Visit) -> View | Redirect:
    """Do what the resident wants of their own ticket, as in the chat: press, call off, rate, say that it is not fixed, answer."""
    ticket = _find(visit)
    visit.session.refresh(ticket, with_for_update=True)
    run = _ACTS.get(visit.form.get("do", ""))
    if run is None:
        raise Refusal(tr("请点页面上的按钮。"))
    return _shown(visit, ticket, run(visit, ticket))


def _urge(visit: Visit, ticket: Ticket) -> str:
    if own.carrier_of(visit, ticket).state not in OPEN:
        raise Refusal(tr("这件报修已经不在修了，不用催。"))
    if not own.was_pressed_lately(visit, ticket):  # twice within minutes is one time
        own.press(visit, ticket)
    return "urged"


def _reopen(visit: Visit, ticket: Ticket) -> str:
    carrier = own.carrier_of(visit, ticket)
    if carrier.state not in (TicketState.DONE, TicketState.CLOSED) or not reopening.is_fresh(visit, carrier):
        raise Refusal(tr("这件报修现在不能重新打开。还没修好的话，请在微信里再说一次，或者打物业电话。"))
    own.press(visit, ticket)
    return "reopened"


def _cancel(visit: Visit, ticket: Ticket) -> str:
    if ticket.state not in OPEN:
        raise Refusal(tr("这件报修现在是“{state}”，不用取消了。", state=STATE_WORDS[ticket.state]))
    own.call_off(visit, ticket)
    return "cancelled"


def _rate(visit: Visit, ticket: Ticket) -> str:
    if not own.may_rate(visit, ticket):
        raise Refusal(tr("这件报修已经评过了，或者还没修好。"))
    if (score := visit.form.get("score", "")) not in SCORES:
        raise Refusal(tr("请点一个分数。"))
    own.rate(visit, ticket, int(score))
    return "rated"


def _answer(visit: Visit, ticket: Ticket) -> str:
    words = visit.form.get("text", "").strip()
    question = _open_one(questions.of_ticket(visit, ticket))
    if question is None:
        raise Refusal(tr("师傅的问题已经回答过了。"))
    if not words:
        raise Refusal(tr("请写上回答再发。"))
    questions.answer(visit, question, ticket, words)
    return "answered"


def _decline(visit: Visit, ticket: Ticket) -> str:
    agreed = visits.ahead(visit, ticket)
    if agreed is None:
        raise Refusal(tr("现在没有约好的上门时间。"))
    said = visit.form.get("text", "").strip()
    named = windows.wanted(said, visit.now) if said else ()
    if said and not named:
        raise Refusal(tr("没看懂“{said}”是什么时候。请写成：明天下午、周六上午、晚上7点以后。", said=said[:30]), field="text")
    visits.decline(visit, ticket, agreed, tr("约的时间不行"))
    if not named:
        return "declined"
    visits.wish(visit, ticket, named, said)
    return "wished"


def _find(visit: Visit) -> Ticket:
    ticket = visit.session.exec(select(Ticket).where(Ticket.number == visit.params["number"])).first()
    if ticket is None:
        raise LookupError(visit.params["number"])
    return ticket


_ACTS: Mapping[str, Callable[[Visit, Ticket], str]] = {
    "urge": _urge, "reopen": _reopen, "cancel": _cancel, "rate": _rate, "answer": _answer, "decline": _decline,
}  # fmt: skip

ROUTES: tuple[Page, ...] = (show, picture, act)
