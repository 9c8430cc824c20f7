"""Who is to take a ticket that nobody has: planned each minute for all that wait, passed on when nobody accepts, and said why in one line.

A plan is no promise and tells the resident nothing: the one whom it names is told, and has the ticket once they accept it. The office may
always choose otherwise. What is planned is written in one transaction with the waiting tickets locked, so that of several replicas one plans.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, or_, select

from bot.contract import Household, Refusal, Staff, Work, job, tasks, tr, tr_all
from integrations.repairs import assignment, hands, modes, profiles, spots
from integrations.repairs.hands import Hand
from integrations.repairs.models import Ticket, TicketState
from integrations.repairs.modes import Mode, Way
from integrations.repairs.profiles import Profile
from integrations.repairs.settings import Settings

#: Tickets shared out in one run, those with least time left first; the others have their turn a minute later.
BATCH = 20

#: New tickets that one run plans for one person.
AT_ONCE = 2

#: What each minute of lateness costs against one of walking.
LATE = 8

#: What it costs to leave a ticket waiting, the more the less time is left: more than any way to do it.
WAITS, PRESSES = 2_000_000, 100_000

#: Lateness beyond this many minutes makes no further difference.
LATEST = 60 * 24

#: The kind of task by which the office learns that nobody takes a ticket.
NOBODY = "repair.nobody"

#: Events by which a ticket leaves the plan.
LEAVES = ("repair.accepted", "repair.assigned", "repair.working", "repair.done", "repair.cancelled", "repair.merged")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A ticket that waits, with what counts for who takes it."""

    ticket: Ticket
    flat: Household | None
    slack: int  # minutes of its clock that are left
    mode: Mode
    takes: int = profiles.VISIT  # minutes that a visit to its kind of fault takes

    @property
    def building(self) -> str:
        """Where it is."""
        return self.flat.building if self.flat is not None else ""

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return self.ticket.place_of(self.flat)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Who is to take a ticket, and why."""

    hand: Hand
    skill: str
    metres: int
    slack: int
    takes: int = profiles.VISIT
    nth: int = 0  # of those that are new to them
    way: Way = Way.ASSIGN

    @property
    def minutes(self) -> int:
        """When they would get there: what they have in hand is done first; of what is new to them nobody knows yet which it will be."""
        return self.hand.minutes + self.nth * profiles.VISIT + self.metres // spots.PACE

    @property
    def cost(self) -> int:
        """What it costs that they go: the way, the load, and how late it would get."""
        late = min(max(self.minutes + self.takes - self.slack, 0), LATEST)
        return self.minutes + LATE * late

    def to_json(self) -> dict[str, Any]:
        """Return the plan's reasons as the ticket keeps them."""
        return {
            "skill": self.skill, "is_on": self.hand.is_on, "held": self.hand.held + self.nth, "metres": self.metres, "known": bool(self.hand.building), "slack": self.slack,
            "way": self.way.value, "today": self.hand.today,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Turned(Plan):
    """A plan by turns: the place in the queue of those whom it fits."""

    turn: int = 0


def reason(why: Mapping[str, Any]) -> str:
    """Return why somebody is planned, in one line: 会水电，在班，手上 2 件，离得 120 米，期限还剩 6 小时."""
    if not why:
        return ""
    slack = why["slack"]
    left = (
        tr("已经超时")
        if slack <= 0
        else tr("期限还剩 {hours} 小时", hours=slack // 60)
        if slack >= 60
        else tr("期限还剩 {minutes} 分钟", minutes=slack)
    )
    near = (
        tr("就在同一栋")
        if why["known"] and not why["metres"]
        else tr("离得约 {metres} 米", metres=why["metres"])
        if why["known"]
        else ""
    )
    parts = (
        tr("轮到他了（今天接过 {today} 件）", today=why["today"]) if why["way"] == Way.TURNS else "",
        tr("会{skill}", skill=why["skill"]) if why["skill"] else "", tr("在班") if why["is_on"] else tr("不在班"),
        tr("手上 {held} 件", held=why["held"]) if why["held"] else tr("手上没有活"), near, left,
    )  # fmt: skip
    return tr_all("，", filter(None, parts))


@job(every=timedelta(minutes=1))
def dispatch(work: Work) -> None:
    """Plan for what waits, and pass on what was planned and not accepted in time."""
    chosen = modes.load(work)
    rows = profiles.load(work.settings(Settings).clocks)
    by_hand = [category for category, one in chosen.items() if one.way is Way.HAND]
    due = _waiting(work, by_hand)
    if not due:
        return
    people = hands.load(work)
    _pass_on(work, due)
    _leave_behind(work, due, people)
    cases = sorted(
        (_case(work, ticket, flat, chosen, rows) for ticket, flat in due), key=lambda one: (not one.ticket.urgent, one.slack)
    )[:BATCH]
    grabs = [one for one in cases if one.mode.way is Way.GRAB and not one.ticket.passed and one.ticket.offered_at is None]
    for case in grabs:
        _offer(work, case, people)
    planned = _planned_now(work)
    for case, plan in share_out([one for one in cases if one not in grabs], people, spots.load(work), planned):
        if plan is None:
            _put_before_the_office(work, case.ticket, case.place, people)
        else:
            write(work, case, plan)


def _waiting(work: Work, by_hand: Sequence[str]) -> Sequence[tuple[Ticket, Household | None]]:
    wanted = (
        select(Ticket, Household)
        .join(Household, col(Household.id) == col(Ticket.household_id), isouter=True)
        .where(
            Ticket.state == TicketState.SUBMITTED, col(Ticket.assignee_id).is_(None), col(Ticket.category).not_in(by_hand),
            or_(col(Ticket.plan_until).is_(None), col(Ticket.plan_until) <= work.now),
        )
        .order_by(col(Ticket.id))
        .with_for_update(of=Ticket)
    )  # fmt: skip
    return work.session.exec(wanted).all()


def _pass_on(work: Work, due: Sequence[tuple[Ticket, Household | None]]) -> None:
    """Note who let the time go by in which to accept: they are asked last from then on."""
    for ticket, _ in due:
        if ticket.planned_id is not None:
            member = work.session.get(Staff, ticket.planned_id)
            ticket.passed = [*ticket.passed, ticket.planned_id]
            work.record("repair.passed_on", ticket.subject, staff=member.login if member else "")
        ticket.planned_id, ticket.plan_until, ticket.plan = None, None, {}
        work.session.add(ticket)


def _leave_behind(work: Work, due: Sequence[tuple[Ticket, Household | None]], people: Sequence[Hand]) -> None:
    """Begin a new round where all whom a ticket fits have let it go by, and put it before the office."""
    for ticket, flat in due:
        fits = {one.key for one in people if one.is_on and hands.can_mend(one, ticket.category)}
        if ticket.passed and fits and fits <= set(ticket.passed):
            ticket.passed = []
            _put_before_the_office(work, ticket, ticket.place_of(flat), people)


def _case(work: Work, ticket: Ticket, flat: Household | None, chosen: Mapping[str, Mode], rows: Mapping[str, Profile]) -> Case:
    takes = round(profiles.of_visit(rows, ticket.category).total_seconds() / 60)
    mode = chosen.get(ticket.category) or chosen["other"]
    return Case(ticket=ticket, flat=flat, slack=slack_of(ticket, work.now), mode=mode, takes=takes)


def slack_of(ticket: Ticket, now: datetime) -> int:
    """Return how many minutes are left until a ticket is due; less than none where it is overdue."""
    return round((ticket.due_at - now).total_seconds() / 60)


def share_out(
    cases: Sequence[Case], people: Sequence[Hand], where: Mapping[str, tuple[int, int]], planned: Mapping[int, int]
) -> list[tuple[Case, Plan | None]]:
    """Return who is to take each ticket: of all ways to share them out the one that costs least in walking, load and lateness.

    `planned` counts what is planned already for whom. Nobody gets one whom it does not fit, who has `most` in hand, or who had `fair`
    more today than whoever of those it fits had least.
    """
    seats = [(hand, nth + planned.get(hand.key, 0)) for hand in people if hand.is_on for nth in range(AT_ONCE)]
    if not seats:
        return [(case, None) for case in cases]
    plans = [_row(case, seats, people, where, planned) for case in cases]
    costs = [
        [assignment.NEVER if plan is None else cost(case, plan, people) for plan in row]
        for case, row in zip(cases, plans, strict=True)
    ]
    taken = assignment.share_out(costs, [waits(case) for case in cases])
    return [(case, None if seat is None else row[seat]) for case, row, seat in zip(cases, plans, taken, strict=True)]


def _row(
    case: Case,
    seats: Sequence[tuple[Hand, int]],
    people: Sequence[Hand],
    where: Mapping[str, tuple[int, int]],
    planned: Mapping[int, int],
) -> list[Plan | None]:
    """Return what it means that each of them takes a ticket; None where that cannot be."""
    fit = [hand for hand in people if hand.is_on and hands.can_mend(hand, case.ticket.category)]
    least = min((hand.today + planned.get(hand.key, 0) for hand in fit), default=0)
    turn = {hand.key: place for place, hand in enumerate(sorted(fit, key=_had_none_for_longest))}
    return [_plan(case, hand, nth, where, least, turn) for hand, nth in seats]


def plan_for(case: Case, hand: Hand, nth: int, people: Sequence[Hand]) -> Plan | None:
    """Return what it means that one of some people takes a ticket as the nth of this run, nothing being known of where buildings stand."""
    return _row(case, [(hand, nth)], people, {}, {})[0] if hand.is_on else None


def waits(case: Case) -> int:
    """Return what it costs to leave a ticket waiting: more than anybody's way, and the more the less time is left."""
    return WAITS + PRESSES * case.ticket.urgent + PRESSES // max(case.slack // 30, 1)


def cost(case: Case, plan: Plan, people: Sequence[Hand]) -> int:
    """Return what a plan costs: by turns only whose turn it is counts, and who let it go by before comes last."""
    place = 1_000 * plan.turn + 20 * plan.nth if isinstance(plan, Turned) else plan.cost
    return place + (len(people) + 1) * 20_000 * (plan.hand.key in case.ticket.passed)


def _plan(
    case: Case, hand: Hand, nth: int, where: Mapping[str, tuple[int, int]], least: int, turn: Mapping[int, int]
) -> Plan | None:
    skill = hands.can_mend(hand, case.ticket.category)
    if not skill or hand.held + nth >= case.mode.most or hand.today + nth - least >= case.mode.fair:
        return None
    way = case.mode.way
    facts: dict[str, Any] = {
        "hand": hand, "skill": skill, "metres": spots.metres(where, hand.building, case.building), "slack": case.slack, "takes": case.takes,
        "nth": nth, "way": way,
    }  # fmt: skip
    return Turned(**facts, turn=turn[hand.key] + nth * len(turn)) if way is Way.TURNS else Plan(**facts)


def _had_none_for_longest(hand: Hand) -> tuple[bool, float, int]:
    return hand.last_at is not None, hand.last_at.timestamp() if hand.last_at else 0.0, hand.key


def _planned_now(work: Work) -> Mapping[int, int]:
    """Return how many tickets are planned for whom and not accepted yet."""
    planned = work.session.exec(
        select(Ticket.planned_id).where(Ticket.state == TicketState.SUBMITTED, col(Ticket.planned_id).is_not(None), col(Ticket.plan_until) > work.now)
    ).all()  # fmt: skip
    return Counter(one for one in planned if one is not None)


def write(work: Work, case: Case, plan: Plan) -> None:
    """Plan a ticket for somebody, and tell them until when to accept."""
    ticket, member = case.ticket, plan.hand.member
    minutes = accept_within(work, ticket)
    ticket.planned_id, ticket.plan_until, ticket.plan = member.id, work.now + timedelta(minutes=minutes), plan.to_json()
    work.session.add(ticket)
    work.record("repair.planned", ticket.subject, staff=member.login)
    work.tell(
        member.openid, "repair.planned", number=ticket.number, place=case.place, what=ticket.what, why=reason(ticket.plan), minutes=minutes,
    )  # fmt: skip


def accept_within(work: Work, ticket: Ticket) -> int:
    """Return the minutes within which a ticket is to be accepted, by its profile."""
    rows = profiles.load(work.settings(Settings).clocks)
    row = profiles.URGENT if ticket.urgent else ticket.category if ticket.category in rows else "other"
    return rows[row].accept


def _offer(work: Work, case: Case, people: Sequence[Hand]) -> None:
    """Tell all whom a ticket fits that it is there for the first of them."""
    ticket = case.ticket
    fit = [one for one in people if one.is_on and hands.can_mend(one, ticket.category) and one.held < case.mode.most]
    if not fit:
        _put_before_the_office(work, ticket, case.place, people)
        return
    minutes = accept_within(work, ticket)
    ticket.offered_at, ticket.plan_until = work.now, work.now + timedelta(minutes=minutes)
    work.session.add(ticket)
    work.record("repair.offered", ticket.subject, people=len(fit))
    for hand in fit:
        work.tell(hand.member.openid, "repair.grab", number=ticket.number, place=case.place, what=ticket.what, minutes=minutes)


def _put_before_the_office(work: Work, ticket: Ticket, place: str, people: Sequence[Hand]) -> None:
    """Let the office know once that nobody takes a ticket, while there are people who mend at work; at night it waits for the morning."""
    if not any(one.is_on for one in people):
        return
    if any(task.kind == NOBODY for task in tasks.about(work.session, ticket.subject)):
        return
    title = tr("没有人接：{number} {place} {what}，请派人", number=ticket.number, place=place, what=ticket.what)
    work.assign(NOBODY, "ticket.view", title, urgent=ticket.urgent, subject=ticket.subject)


def lock(work: Work, ticket: Ticket) -> None:
    """Let nobody else move a ticket until this transaction ends; what another did just before is seen."""
    work.session.flush()
    work.session.refresh(ticket, with_for_update=True)


def take(work: Work, ticket: Ticket, member: Staff) -> None:
    """Let somebody have a ticket that nobody has; raises Refusal that says who was first."""
    lock(work, ticket)
    if ticket.state is not TicketState.SUBMITTED or (ticket.assignee_id is not None and ticket.assignee_id != member.id):
        other = work.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
        raise Refusal(tr("{name}先接了这一单。", name=other.name) if other else tr("这一单已经不用接了。"))
    ticket.assignee_id, ticket.taken_at = member.id, work.now
    leave_plan(ticket)
    work.session.add(ticket)


def leave_plan(ticket: Ticket) -> None:
    """Let a ticket be planned for nobody: somebody has it, or nobody need have it."""
    ticket.planned_id, ticket.plan_until, ticket.plan, ticket.passed = None, None, {}, []
