"""A past for the demo: what may have happened in a community for the last weeks, told by each service of its own.

`Integration.past` gives acts, each with its moment; whoever seeds the demo sorts those of all services by time and does them in one
transaction, so that the log reads as it would have been written. An act writes what the service's own functions write. What lies
ahead of now is left out, so that what was begun lately is still under way. The dice are loaded the same each time.
"""

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from bot.contract.work import Work
from bot.model import SHANGHAI
from bot.store import events, followers, outcomes, tasks
from bot.store.conversations import Conversation, Line
from bot.store.outcomes import Ended, Understood
from bot.store.people import Household, Resident
from bot.store.scope import Scoped
from bot.store.staff import Role, Staff
from bot.store.tasks import Task

__all__ = ["DAYS", "Ended", "Episode", "Past", "Then", "Understood"]

#: How far the past goes back.
DAYS = 60


@dataclass(kw_only=True)
class Then(Work):
    """Work at a moment that has gone by, in somebody's name.

    Rows that are added or changed are written by `flush`, or by what here needs them, and not before every question: that would take as
    long as all else. Nothing reacts to what is recorded.
    """

    acting: str = "system"
    talks: dict[str, Conversation] = field(default_factory=dict)
    rows: dict[type[Scoped], list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        events.listen(self.session, None)

    @property
    def actor(self) -> str:
        """Who does this, for the event log."""
        return self.acting

    def record_by(self, actor: str, kind: str, subject: str = "", **data: object) -> None:
        """Write an event in somebody's name: resident:…, staff:…."""
        self.acting = actor
        self.record(kind, subject, **data)
        self.acting = "system"

    def flush(self) -> None:
        """Write what was added or changed, for a question or an id that needs it."""
        self.session.flush()

    def later(self, table: type[Scoped], **values: Any) -> None:
        """Add a row that nothing here asks for: all of a table are written together, in this order, at the end."""
        self.rows.setdefault(table, []).append({**values, "community_id": self.community.key})

    def write_rows(self) -> None:
        """Write what was left for later."""
        for table, rows in self.rows.items():
            self.session.execute(insert(table), rows)
        self.rows.clear()

    def ask(self, task: Task) -> None:
        """Put a task before the staff as `assign` does; nobody is called for what has gone by."""
        self.session.add(task)
        self.flush()
        self.record("task.opened", task.about, task=task.kind, urgent=task.urgent)

    def answer(self, task: Task, member: Staff, outcome: str) -> None:
        """Let somebody of the staff see to a task and close it."""
        self.flush()
        tasks.claim(self.session, task, member.id or 0, self.now, f"staff:{member.login}")
        tasks.close(self.session, task, self.now, outcome, staff_id=member.id, actor=f"staff:{member.login}")

    def talk(
        self, who: Resident | str, lines: Sequence[str], intent: str, *, understood: Understood = Understood.AT_ONCE,
        ended: Ended = Ended.SERVED, took: timedelta = timedelta(),
    ) -> Conversation:  # fmt: skip
        """Write a talk down that ends now: the resident's lines and the bot's in turns, and what it came to, if anything.

        Who has no account yet has said nothing: of a talk with nobody there would be one in each community, and a second is refused.
        """
        openid = who if isinstance(who, str) else who.openid or ""
        if not openid:
            return Conversation(openid="", updated_at=self.now)
        for number, text in enumerate(lines):
            at = self.now - took + took * number / max(len(lines) - 1, 1)
            self.later(Line, openid=openid, at=at, speaker="bot" if number % 2 else "resident", text=text, staff_id=None)
        kept = self.talks.get(openid) or self.session.get(Conversation, openid)
        if kept is None:
            kept = Conversation(openid=openid, updated_at=self.now)
            self.session.add(kept)
        self.talks[openid] = kept
        kept.updated_at = self.now
        followers.heard(self.session, openid, self.community.key, self.now)
        if understood or ended:
            outcomes.note(self.session, self.now, intent, understood, ended, took)
        return kept


#: What happened, and when.
Episode = tuple[datetime, Callable[[Then], None]]


@dataclass(frozen=True, kw_only=True)
class Past:
    """What services make a past of. `residents` are those who are bound by now, in the order in which they were."""

    dice: Random
    now: datetime
    residents: Sequence[Resident]
    bound_at: Sequence[datetime]  # of each of these
    flats: Mapping[int, Household]
    strangers: Sequence[str]  # openids of some who follow and have not shown where they live
    staff: Sequence[Staff]

    @property
    def begins(self) -> datetime:
        """The first midnight of it."""
        return datetime.combine(self.now.date() - timedelta(days=DAYS), time(), SHANGHAI)

    def moments(self, a_day: float, hours: tuple[int, int] = (8, 21), days: int = DAYS) -> Iterator[datetime]:
        """Give moments of the last days, about so many a day, more each week and fewer at weekends, in the order of time."""
        for day in range(DAYS - days, DAYS + 1):
            midnight = self.begins + timedelta(days=day)
            growth = 0.7 + 0.3 * day / DAYS
            calm = 0.75 if midnight.weekday() >= 5 else 1.0
            wanted = a_day * growth * calm * self.dice.uniform(0.6, 1.4) * len(self.residents) / 1000
            number = int(wanted) + (self.dice.random() < wanted % 1)
            found = sorted(midnight + timedelta(hours=self.dice.uniform(*hours)) for _ in range(number))
            yield from (moment for moment in found if moment < self.now)

    def somebody(self, at: datetime) -> Resident | None:
        """Return one of those who were bound by then; None where nobody was."""
        number = bisect(self.bound_at, at)
        return self.residents[self.dice.randrange(number)] if number else None

    def flat_of(self, resident: Resident) -> Household:
        """Return the flat that somebody speaks for."""
        return self.flats[resident.household_id]

    def one_of(self, *roles: Role) -> Staff | None:
        """Return somebody of the staff with one of these roles; None where there is nobody."""
        chosen = [member for member in self.staff if member.role in roles]
        return self.dice.choice(chosen) if chosen else None

    def after(self, median: timedelta) -> timedelta:
        """Return a wait about as long as this: most a little shorter or longer, some much longer."""
        return median * self.dice.lognormvariate(0, 0.7)


#: What a service brings.
Telling = Callable[[Past], Iterable[Episode]]
