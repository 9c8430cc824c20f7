"""What is on record at the end of a conversation, in the words of its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bot.model import SHANGHAI
from bot.store import handoffs
from bot.store.tasks import Task
from integrations.clinic.models import Booking
from integrations.clinic.models import Session as Sitting
from integrations.health.models import CheckIn
from integrations.repairs.models import Ticket
from integrations.visitor_passes.models import Pass
from tests.talks.script import Value

#: Fields in which a part is enough.
HELD = ("words", "topic")

Row = Mapping[str, object]


def all_of(session: Session) -> Mapping[str, Sequence[Row]]:
    """Return all rows by the kinds that files name."""
    return {kind: rows(session) for kind, rows in _KINDS.items()}


def unlike(wanted: Sequence[Mapping[str, Value]], found: Sequence[Row]) -> str:
    """Return what is wrong with a kind's rows: exactly the wanted ones, each with at least its values. Empty when nothing is."""
    if len(wanted) == len(found) and _pairs(list(wanted), list(found)):
        return ""
    return "；".join(_say(row) for row in found) or "nothing"


def is_like(wanted: Value, got: object, *, holds: bool = False) -> bool:
    """Tell whether a value is what a file says: 36.50 is 36.5, a list is the same values or, of one value, any of them."""
    if wanted is None:
        return got in (None, "", [], False)
    if isinstance(wanted, tuple):
        return (
            set(map(plain, got)) == set(wanted)
            if isinstance(got, list | tuple)
            else any(is_like(one, got, holds=holds) for one in wanted)
        )
    if isinstance(got, list | tuple):
        return [plain(one) for one in got] == [wanted]
    return wanted in plain(got) if holds else _same(wanted, plain(got))


def plain(value: object) -> str:
    """Return a value as files write it."""
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _same(wanted: str, got: str) -> bool:
    try:
        return wanted == got or float(wanted) == float(got)
    except ValueError:
        return False


def _pairs(wanted: list[Mapping[str, Value]], found: list[Row]) -> bool:
    """Tell whether each wanted row has a row of its own."""
    if not wanted:
        return True
    first, *others = wanted
    return any(_fits(first, row) and _pairs(others, found[:at] + found[at + 1 :]) for at, row in enumerate(found))


def _fits(wanted: Mapping[str, Value], row: Row) -> bool:
    return all(is_like(value, row[name], holds=name in HELD) for name, value in wanted.items() if name in row)


def _say(row: Row) -> str:
    return ", ".join(f"{name} {plain(value)}" for name, value in row.items() if value not in (None, "", []))


def _passes(session: Session) -> Sequence[Row]:
    names = ("visitor_name", "starts_at", "ends_at", "plate", "people", "phone", "state")
    return [{name: getattr(row, name) for name in names} for row in session.exec(select(Pass).order_by(col(Pass.id)))]


def _tickets(session: Session) -> Sequence[Row]:
    names = ("category", "location", "urgent", "appointment_at", "state", "words")
    found = session.exec(select(Ticket).order_by(col(Ticket.id)))
    return [{name: getattr(row, name) for name in names if hasattr(row, name)} for row in found]


def _checkins(session: Session) -> Sequence[Row]:
    """Return the last check-in of each day and person, for it is the one that counts."""
    last = {(row.of, row.day): row for row in session.exec(select(CheckIn).order_by(col(CheckIn.id)))}
    return [{"temperature": row.tenths / 10, "symptoms": row.symptoms, "person": row.person} for row in last.values()]


def _handoffs(session: Session) -> Sequence[Row]:
    found = session.exec(select(Task).where(Task.kind == handoffs.KIND).order_by(col(Task.id)))
    return [{"topic": task.title, "words": handoffs.words(task)} for task in found]


def _alarms(session: Session) -> Sequence[Row]:
    found = session.exec(select(Task).where(col(Task.kind).startswith("emergency.")).order_by(col(Task.id)))
    return [{"kind": task.kind} for task in found]


def _bookings(session: Session) -> Sequence[Row]:
    found = session.exec(
        select(Booking, Sitting).join(Sitting, col(Sitting.id) == col(Booking.session_id)).order_by(col(Booking.id))
    )
    return [{"patient": row.patient, "doctor": at.doctor, "starts_at": at.starts_at, "state": row.state} for row, at in found]


_KINDS: Mapping[str, Callable[[Session], Sequence[Row]]] = {
    "passes": _passes, "tickets": _tickets, "checkins": _checkins, "handoffs": _handoffs, "alarms": _alarms, "bookings": _bookings,
}  # fmt: skip
