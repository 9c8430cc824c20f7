"""The people who mend: what they can do, whether they work now, what they have in hand, where they are, what they had today."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import case, col, func, or_, select

from bot.contract import Household, Role, Staff, Work, duty
from integrations.repairs import profiles
from integrations.repairs.models import OPEN, PAUSED, Ticket, TicketState
from integrations.repairs.settings import Settings
from integrations.repairs.suggesting import SKILLS, fitting

#: How far back it is looked who took the last ticket when.
LATELY = timedelta(days=30)

#: The kind of task by which duty rosters name who mends.
COVERS = "repair"


@dataclass(frozen=True, kw_only=True)
class Hand:
    """Somebody who mends. `minutes`: how long what they have in hand takes; `building`: where they are, by what they work on; `today`: tickets they took today."""

    member: Staff
    is_on: bool
    held: int
    minutes: int = 0
    building: str = ""
    today: int = 0
    last_at: datetime | None = None
    turns: Sequence[tuple[datetime, datetime]] = field(default=())  # when they are on duty; empty: while the office is open

    @property
    def key(self) -> int:
        """The id of their row."""
        return self.member.id or 0


def load(work: Work, until: datetime | None = None) -> list[Hand]:
    """Return who of the staff may mend: those with a skill, in the order of their rows; their turns of duty reach to `until`."""
    members = [one for one in work.session.exec(
        select(Staff).where(col(Staff.disabled_at).is_(None), col(Staff.role).not_in((Role.GUARD, Role.CITY))).order_by(col(Staff.id))
    ).all() if one.skills]  # fmt: skip
    if not members:
        return []
    on_roster = rostered(work)
    turns = _turns(work, until or work.now + timedelta(minutes=1)) if on_roster else {}
    held, minutes, places = _in_hand(work)
    today, last = _taken(work)
    is_open = work.context.office.is_open(work.now)
    return [
        Hand(
            member=one, held=held[one.id], minutes=minutes[one.id], building=places.get(one.id, ""), today=today.get(one.id, 0), last_at=last.get(one.id), turns=turns.get(one.id, ()),
            is_on=any(begins <= work.now < ends for begins, ends in turns.get(one.id, ())) if one.id in on_roster else is_open,
        )
        for one in members
    ]  # fmt: skip


def can_mend(hand: Hand, category: str) -> str:
    """Return the skill by which somebody can; of what has no trade of its own anybody's first one."""
    return fitting(hand.member.skills, category) if category in SKILLS else next(iter(hand.member.skills), "")


def rostered(work: Work) -> Collection[int]:
    """Return who stands on a roster for repairs: they work by it, all others while the office is open."""
    shifts = work.session.exec(
        select(duty.Shift).where(or_(col(duty.Shift.covers) == "", col(duty.Shift.covers) == COVERS), or_(col(duty.Shift.day).is_(None), col(duty.Shift.day) >= work.now.date()))
    ).all()  # fmt: skip
    return {one.staff_id for one in shifts}


def _turns(work: Work, until: datetime) -> Mapping[int | None, list[tuple[datetime, datetime]]]:
    found: dict[int | None, list[tuple[datetime, datetime]]] = {}
    for watch in duty.watches(work.session, work.now, until, f"{COVERS}.any"):
        found.setdefault(watch.staff.id, []).append((watch.begins_at, watch.ends_at))
    return found


def _in_hand(work: Work) -> tuple[Counter[int | None], Counter[int | None], dict[int | None, str]]:
    """Return how many each has in hand, how many minutes these take, and the building of the one they work on, else of the one they took last."""
    rows = work.session.exec(
        select(Ticket.assignee_id, Ticket.state, Household.building, Ticket.category)
        .join(Household, col(Household.id) == col(Ticket.household_id), isouter=True)
        .where(col(Ticket.state).in_(OPEN), col(Ticket.assignee_id).is_not(None))
        .order_by(col(Ticket.taken_at))
    ).all()
    lengths, minutes = profiles.load(work.settings(Settings).clocks), Counter[int | None]()
    for assignee, state, _, category in rows:
        if state not in PAUSED:
            minutes[assignee] += round(profiles.of_visit(lengths, category).total_seconds() / 60)
    held = Counter(assignee for assignee, state, _, _ in rows if state not in PAUSED)
    places = {assignee: building for assignee, _, building, _ in rows if building}
    places |= {assignee: building for assignee, state, building, _ in rows if building and state is TicketState.WORKING}
    return held, minutes, places


def _taken(work: Work) -> tuple[Mapping[int | None, int], Mapping[int | None, datetime]]:
    """Return how many each took today, and when each took the last one."""
    midnight = work.now.replace(hour=0, minute=0, second=0, microsecond=0)
    taken = col(Ticket.taken_at)
    rows = work.session.exec(
        select(Ticket.assignee_id, func.max(taken), func.sum(case((taken >= midnight, 1), else_=0)))
        .where(taken >= midnight - LATELY, col(Ticket.assignee_id).is_not(None))
        .group_by(col(Ticket.assignee_id))
    ).all()
    return {assignee: number for assignee, _, number in rows}, {assignee: last for assignee, last, _ in rows if last is not None}
