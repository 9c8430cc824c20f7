"""When a ticket is due: a length by one of three clocks (profiles.py), without the time in which it waited for a part or the resident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Self

from bot.contract import Office, Work
from integrations.repairs import profiles
from integrations.repairs.models import PAUSED, Ticket, TicketState
from integrations.repairs.profiles import URGENT as URGENT_ROW
from integrations.repairs.profiles import Profile
from integrations.repairs.settings import Settings
from integrations.repairs.worktime import Clock, Hours, Measure

#: How long after an appointment it should be done, where its visit takes no longer; what is urgent may take as long.
URGENT = timedelta(hours=2)

#: Hours of the day between which non-urgent repairs fall due.
OPENS, CLOSES = 9, 21


#: Shares of its time at which a ticket climbs, and the rung at which it is overdue.
RUNGS, BREACH = (0.5, 0.8, 1, 2), 2

#: A ticket that has waited for so long is put before somebody: a clock that stands still for ever tells nobody anything.
REVIEW = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Wait:
    """When a ticket waited, and for what: its clock stood still."""

    begins: datetime
    ends: datetime
    state: TicketState


@dataclass(frozen=True, kw_only=True)
class Term:
    """How long a ticket may take, by which clock and from when: all that says when it is due, kept with it as it was then."""

    row: str  # of the profiles
    profile: Profile | None  # None: of before it was kept how a ticket came to be due
    hours: Hours
    begins: datetime
    length: timedelta
    measure: Measure
    rounds: bool = True  # to a full hour of the day
    appointment_at: datetime | None = None  # it reaches to two hours after this
    waits: Sequence[Wait] = ()

    @property
    def clock(self) -> Clock:
        """What runs, and stood still."""
        return Clock(measure=self.measure, hours=self.hours, pauses=[(wait.begins, wait.ends) for wait in self.waits])

    def at(self, share: float = 1) -> datetime:
        """Return when a share of it has run; from the whole of it on, in full hours of the day where it is not urgent."""
        moment = self.clock.after(self.begins, self.length * share)
        return _by_day(moment) if self.rounds and share >= 1 else moment

    def used(self, now: datetime) -> float:
        """Return which share of it has run."""
        return self.clock.ran(self.begins, now) / self.length

    def to_json(self) -> dict[str, Any]:
        """Return it as the ticket keeps it."""
        profile = (
            {"number": self.profile.number, "unit": self.profile.unit, "source": self.profile.source} if self.profile else {}
        )
        return {
            "row": self.row, **profile, "measure": self.measure.value, "seconds": round(self.length.total_seconds()), "from": self.begins.isoformat(),
            "opens": f"{self.hours.opens:%H:%M}", "closes": f"{self.hours.closes:%H:%M}", "days": sorted(self.hours.days), "rounds": self.rounds,
            "appointment": self.appointment_at.isoformat() if self.appointment_at else "",
            "waits": [[wait.begins.isoformat(), wait.ends.isoformat(), wait.state.value] for wait in self.waits],
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], like: datetime) -> Self:
        """Return what a ticket keeps; moments are in the zone of `like`."""

        def moment(said: str) -> datetime:
            return datetime.fromisoformat(said).astimezone(like.tzinfo)

        return cls(
            row=kept["row"], profile=Profile(number=kept["number"], unit=kept["unit"], source=kept["source"]) if "unit" in kept else None,
            hours=Hours(opens=time.fromisoformat(kept["opens"]), closes=time.fromisoformat(kept["closes"]), days=frozenset(kept["days"])),
            begins=moment(kept["from"]), length=timedelta(seconds=kept["seconds"]), measure=Measure(kept["measure"]), rounds=kept["rounds"],
            appointment_at=moment(kept["appointment"]) if kept["appointment"] else None,
            waits=[Wait(begins=moment(start), ends=moment(end), state=TicketState(state)) for start, end, state in kept["waits"]],
        )  # fmt: skip


def term(
    rows: Mapping[str, Profile], office: Office, category: str, urgent: bool, appointment_at: datetime | None, begins: datetime,
    waits: Sequence[Wait] = (),
) -> Term:  # fmt: skip
    """Return how long a ticket may take from `begins`; an appointment stretches it, for nobody comes before that."""
    row = URGENT_ROW if urgent else category if category in rows else "other"
    hours = Hours(opens=office.opens, closes=office.closes, days=office.days)
    profile = rows[row]
    found = Term(
        row=row,
        profile=profile,
        hours=hours,
        begins=begins,
        length=profile.length(hours),
        measure=profile.measure,
        rounds=not urgent,
        waits=waits,
    )
    stay = max(URGENT, profiles.of_visit(rows, category))
    if appointment_at is not None and (appointment_at.hour, appointment_at.minute) == (0, 0):  # a day: until its evening
        appointment_at = appointment_at.replace(hour=CLOSES) - stay
    if appointment_at is None or appointment_at + stay <= found.at():
        return found
    until = Clock(measure=Measure.ALWAYS, hours=hours, pauses=found.clock.pauses).ran(begins, appointment_at + stay)
    return replace(found, length=until, measure=Measure.ALWAYS, appointment_at=appointment_at)


def due_at(category: str, urgent: bool, appointment_at: datetime | None, now: datetime, office: Office | None = None) -> datetime:
    """Return until when what is reported now should be done by the profiles that ship."""
    return term(profiles.load(), office or Office(), category, urgent, appointment_at, now).at()


def start(work: Work, ticket: Ticket, since: datetime | None = None) -> None:
    """Let the clock of a ticket run anew, from now or from before: writes when it is due, and begins the ladder.

    What it waited in that time does not count. Reminders whose time is over are left out: whoever changed the ticket has it in mind.
    """
    begins = since or work.now
    waits = [wait for wait in term_of(ticket).waits if wait.ends > begins] if ticket.clock else []
    rows = profiles.load(work.settings(Settings).clocks)
    found = term(rows, work.context.office, ticket.category, ticket.urgent, ticket.appointment_at, begins, waits)
    ticket.clock, ticket.due_at = found.to_json(), max(found.at(), work.now)
    ticket.reminded_at, ticket.promised_at, ticket.rung = None, None, 0
    while ticket.rung < BREACH and found.at(RUNGS[ticket.rung]) <= work.now:
        ticket.rung += 1
    ticket.rung_at = rung_at(found, ticket) if ticket.paused_at is None else work.now + REVIEW
    work.session.add(ticket)


def rung_at(found: Term, ticket: Ticket) -> datetime | None:
    """Return when a ticket climbs its next rung; None after the last one."""
    if ticket.rung >= len(RUNGS):
        return None
    return ticket.due_at if ticket.rung == BREACH else found.at(RUNGS[ticket.rung])


def term_of(ticket: Ticket) -> Term:
    """Return how a ticket came to be due; of one of before that was kept: as long as it was from its opening."""
    if ticket.clock:
        return Term.from_json(ticket.clock, ticket.opened_at)
    length = max(ticket.due_at - ticket.opened_at, timedelta(minutes=1))
    hours = Hours(opens=time(OPENS), closes=time(CLOSES))
    return Term(
        row=ticket.category,
        profile=None,
        hours=hours,
        begins=ticket.opened_at,
        length=length,
        measure=Measure.ALWAYS,
        rounds=False,
    )


def pause(work: Work, ticket: Ticket, state: TicketState, reason: str) -> None:
    """Let the clock stand still from now on; one that stands still already goes on doing so for another reason."""
    if ticket.paused_at is not None and ticket.state in PAUSED:
        _keep_wait(work, ticket)
    ticket.state, ticket.paused_at, ticket.pause_reason = state, work.now, reason
    ticket.rung_at = work.now + REVIEW
    work.session.add(ticket)


def resume(work: Work, ticket: Ticket) -> None:
    """Let the clock run again: when it is due moves by what it waited, and the ladder goes on where it was."""
    if ticket.paused_at is None:
        return
    was_late = ticket.rung > BREACH
    found = _keep_wait(work, ticket)
    if not was_late:
        ticket.due_at = max(found.at(), work.now)
    ticket.paused_at, ticket.pause_reason = None, ""
    if was_late and ticket.promised_at is not None:
        ticket.promised_at = found.at(RUNGS[-1])
    ticket.rung_at = rung_at(found, ticket)
    work.session.add(ticket)


def _keep_wait(work: Work, ticket: Ticket) -> Term:
    kept = term_of(ticket)
    if ticket.paused_at is not None and ticket.paused_at < work.now:
        kept = replace(kept, waits=[*kept.waits, Wait(begins=ticket.paused_at, ends=work.now, state=ticket.state)])
        ticket.clock = kept.to_json()
    return kept


def _by_day(moment: datetime) -> datetime:
    """Return the next full hour at which somebody works: nobody is promised 06:04."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    hour += timedelta(hours=hour < moment)
    if hour.hour < OPENS:
        return hour.replace(hour=OPENS)
    return (hour + timedelta(days=1)).replace(hour=OPENS) if hour.hour > CLOSES else hour
