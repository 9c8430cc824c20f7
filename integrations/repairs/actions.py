"""What residents can ask for: report, status, urge, cancel, rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import Ask, Reply, Staff, Turn, action, telling
from integrations.repairs import clock
from integrations.repairs.models import OPEN, STATE_WORDS, Ticket, TicketState

#: Urging again within this time changes nothing.
URGE_AGAIN = timedelta(minutes=30)

#: How long a finished repair may be rated, and "still broken" reopens the same ticket.
REOPENS = timedelta(days=15)

#: Ratings from here down are followed up by a call.
LOW = 2

#: What stands in the menu.
SCORES = {"1": "1分 很不满意", "2": "2分 不满意", "3": "3分 一般", "4": "4分 满意", "5": "5分 很满意"}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is broken, and where."""

    category: str
    location: str
    urgent: bool | None = None
    appointment_at: datetime | None = None


@action("repair.report", Fault, replies={"done": "number promise url"})
def report(turn: Turn, slots: Fault) -> Reply:
    """Open a ticket for the resident's household, with the photos sent just before; photos sent after join it."""
    urgent = bool(slots.urgent)
    task = None
    ticket = Ticket(
        resident_id=turn.me.id or 0, household_id=turn.me.household_id, category=slots.category, location=slots.location,
        urgent=urgent, appointment_at=slots.appointment_at, opened_at=turn.now,
        due_at=clock.due_at(slots.category, urgent, slots.appointment_at, turn.now),
    )  # fmt: skip
    turn.attach(turn.photos(), ticket.subject)
    turn.session.add(ticket)
    turn.record("repair.opened", ticket.subject, category=ticket.category, urgent=urgent)
    if urgent:
        flat = turn.flat.label if turn.flat else ""
        task = turn.assign(
            "repair.urgent",
            "ticket.view",
            f"紧急报修：{flat} {ticket.what}",
            urgent=True,
            household=turn.flat,
            subject=ticket.subject,
        )
    promise = f"这是急修，{telling.sentence(turn, task)}" if task else turn.words("最晚{t}前处理。", t=ticket.due_at)
    return Reply("done", about=ticket.subject, number=ticket.number, promise=promise, url=turn.link(f"/tickets/{ticket.number}"))


@action("repair.status", replies={"done": "tickets", "finished": "tickets", "over": "tickets", "none": ""})
def status(turn: Turn, slots: object) -> Reply:
    """Tell where the resident's tickets stand: the open ones, else the last one."""
    tickets = _mine(turn, OPEN) or _mine(turn, tuple(TicketState))[:1]
    if not tickets:
        return Reply("none", ok=False)
    state = tickets[0].state
    name = "done" if state in OPEN else "finished" if state is TicketState.DONE else "over"
    return Reply(name, tickets=[_line(turn, ticket) for ticket in tickets[:5]])


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which of several tickets, as picked from the menu."""

    ticket: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pressing(Which):
    """Which ticket, and whether it is said to be unfixed: 没修好."""

    unfixed: bool | None = None


@action(
    "repair.urge", Pressing,
    replies={"which": "", "done": "number what who", "reopened": "number what who", "again": "number", "none": ""},
)  # fmt: skip
def urge(turn: Turn, slots: Pressing) -> Reply | Ask:
    """Press for a ticket: staff get a task. A finished one that is not fixed is opened again."""
    waiting, finished = _mine(turn, OPEN), _unhappy(turn)
    ticket = _choose(turn, slots.ticket, [*finished, *waiting] if slots.unfixed else waiting or finished)
    if not isinstance(ticket, Ticket):
        return ticket
    if ticket.state in OPEN and ticket.urged_at and turn.now - ticket.urged_at < URGE_AGAIN:
        return Reply("again", number=ticket.number, ok=False)
    reopens = ticket.state not in OPEN
    if reopens:
        _reopen(turn, ticket)
    ticket.urged_at, ticket.urged = turn.now, ticket.urged + 1
    turn.session.add(ticket)
    flat = turn.flat.label if turn.flat else ""
    turn.assign(
        "repair.urged",
        "ticket.view",
        f"住户催办（第{ticket.urged}次）：{flat} {ticket.what}",
        urgent=ticket.urged > 1,
        subject=ticket.subject,
    )
    turn.record("repair.urged", ticket.subject, times=ticket.urged)
    return Reply("reopened" if reopens else "done", number=ticket.number, what=ticket.what, who=_assignee(turn, ticket))


@dataclass(frozen=True, kw_only=True)
class Cancelling(Which):
    """Which ticket, and the answer to its being read back: a pick of the menu, or yes or no in other words."""

    sure: bool | str | None = None


@action(
    "repair.cancel", Cancelling,
    replies={
        "which": "", "none_meant": "", "sure": "number what", "unsure": "number what", "kept": "number what", "done": "number what",
        "none": "",
    },
)  # fmt: skip
def cancel(turn: Turn, slots: Cancelling) -> Reply | Ask:
    """Cancel an open ticket once it was read back and agreed to."""
    ticket = _choose(turn, slots.ticket, _mine(turn, OPEN), called_off="none_meant")
    if not isinstance(ticket, Ticket):
        return ticket
    if slots.sure is None:  # a bare 取消 may mean either: nothing is cancelled, and the way to do so is told
        options, values = {"yes": "确认取消", "no": "先不取消"}, {"number": ticket.number, "what": ticket.what}
        return Ask(slot="sure", name="sure", options=options, values=values, called_off="unsure")
    if slots.sure in {False, "no"}:
        return Reply("kept", number=ticket.number, what=ticket.what, ok=False)
    ticket.state = TicketState.CANCELLED
    turn.session.add(ticket)
    turn.record("repair.cancelled", ticket.subject)
    turn.finish(ticket.subject, "住户取消了报修")
    return Reply("done", number=ticket.number, what=ticket.what)


@dataclass(frozen=True, kw_only=True)
class Rating:
    """One to five, five is best."""

    score: str | None = None
    ticket: str | None = None


@action("repair.rate", Rating, replies={"which": "", "score": "number what", "done": "number", "low": "number", "none": ""})
def rate(turn: Turn, slots: Rating) -> Reply | Ask:
    """Rate a finished repair; a low rating is followed up by a person."""
    ticket = _choose(turn, slots.ticket, _rateable(turn))
    if not isinstance(ticket, Ticket):
        return ticket
    if slots.score is None:
        return Ask(slot="score", name="score", options=SCORES, values={"number": ticket.number, "what": ticket.what})
    ticket.rating, ticket.state = int(slots.score), TicketState.CLOSED
    turn.session.add(ticket)
    turn.record("repair.rated", ticket.subject, rating=ticket.rating)
    if ticket.rating > LOW:
        return Reply("done", number=ticket.number)
    turn.assign(
        "repair.callback",
        "ticket.view",
        f"低分回访：{ticket.number} {ticket.what}（{ticket.rating}分）",
        openid=turn.openid,
        subject=ticket.subject,
    )
    return Reply("low", number=ticket.number)


def _mine(turn: Turn, states: Sequence[TicketState]) -> Sequence[Ticket]:
    return turn.session.exec(
        select(Ticket).where(Ticket.resident_id == turn.me.id, col(Ticket.state).in_(states)).order_by(col(Ticket.id).desc())
    ).all()


def _unhappy(turn: Turn) -> Sequence[Ticket]:
    """Return the last finished ticket: 还没修好 reopens the same one."""
    finished = _mine(turn, (TicketState.DONE, TicketState.CLOSED))
    return [ticket for ticket in finished[:1] if ticket.done_at and turn.now - ticket.done_at < REOPENS]


def _rateable(turn: Turn) -> Sequence[Ticket]:
    finished = _mine(turn, (TicketState.DONE, TicketState.CLOSED))
    return [ticket for ticket in finished if ticket.rating is None and ticket.done_at and turn.now - ticket.done_at < REOPENS]


def _choose(turn: Turn, number: str | None, tickets: Sequence[Ticket], called_off: str = "") -> Ticket | Reply | Ask:
    """Return the one ticket meant; with several, ask which."""
    if number:
        tickets = [ticket for ticket in tickets if ticket.number == number]
    if not tickets:
        return Reply("none", ok=False)
    if len(tickets) == 1:
        return tickets[0]
    labels = {ticket.number: turn.words("{what}（{t}）", what=ticket.what, t=ticket.opened_at) for ticket in tickets[:8]}
    return Ask(slot="ticket", name="which", options=labels, called_off=called_off)


def _reopen(turn: Turn, ticket: Ticket) -> None:
    ticket.state = TicketState.WORKING
    ticket.reopened += 1
    ticket.done_at, ticket.rating, ticket.reminded_at = None, None, None
    ticket.due_at = clock.due_at(ticket.category, ticket.urgent, None, turn.now)
    turn.record("repair.reopened", ticket.subject, times=ticket.reopened)


def _line(turn: Turn, ticket: Ticket) -> str:
    who = f"，{_assignee(turn, ticket)}" if ticket.assignee_id else ""
    return turn.words(
        "· {number} {what}：{state}{who}\n  {url}",
        number=ticket.number, what=ticket.what, state=STATE_WORDS[ticket.state], who=who,
        url=turn.link(f"/tickets/{ticket.number}"),
    )  # fmt: skip


def _assignee(turn: Turn, ticket: Ticket) -> str:
    member = turn.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    return member.name if member else "值班师傅"


ALL = (report, status, urge, cancel, rate)
