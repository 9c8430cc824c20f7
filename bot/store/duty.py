"""Who is on duty: shifts by weekday or by date, with a stand-in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Field, Session, col, or_, select

from bot.model import SHANGHAI
from bot.store.scope import Scoped
from bot.store.staff import Staff

#: Minutes of a day; a shift that ends later goes on into the next one.
DAY = 24 * 60


class Shift(Scoped, table=True):
    """When somebody is on duty, every week on `weekday` (0 = Monday) or once on `day`; minutes count from midnight."""

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    stand_in_id: int | None = Field(default=None, foreign_key="staff.id")
    covers: str = ""  # kinds of tasks it answers for, such as emergency or repair; empty = all
    weekday: int | None = None
    day: date | None = None  # a day of its own takes the place of that weekday's shifts
    begins: int = 0
    ends: int = DAY  # above DAY: so far into the next day


@dataclass(frozen=True, kw_only=True)
class Watch:
    """One turn of duty: who, instead of whom nobody answers, from when until when."""

    shift: Shift
    staff: Staff
    stand_in: Staff | None
    begins_at: datetime
    ends_at: datetime


def watches(session: Session, since: datetime, until: datetime, covers: str = "") -> list[Watch]:
    """Return all turns of duty that touch [since, until), the earliest first; `covers` is a task's kind: emergency.fire."""
    days = [since.astimezone(SHANGHAI).date() - timedelta(days=1)]
    while days[-1] < until.astimezone(SHANGHAI).date():
        days.append(days[-1] + timedelta(days=1))
    shifts = session.exec(select(Shift).where(or_(col(Shift.day).is_(None), col(Shift.day).in_(days)))).all()
    people = {member.id: member for member in session.exec(select(Staff).where(col(Staff.disabled_at).is_(None))).all()}
    found = [
        watch for day in days for shift in _of_day(shifts, day) if (watch := _watch(shift, day, people)) is not None
        and watch.begins_at < until and since < watch.ends_at and _answers_for(shift, covers)
    ]  # fmt: skip
    return sorted(found, key=lambda watch: (watch.begins_at, watch.shift.id or 0))


def now_on(session: Session, now: datetime, covers: str = "") -> list[Watch]:
    """Return who is on duty now for a kind of task; those for just this kind come before those for all."""
    found = watches(session, now, now + timedelta(microseconds=1), covers)
    return sorted(found, key=lambda watch: watch.shift.covers == "")


def next_on(session: Session, now: datetime, covers: str = "") -> Watch | None:
    """Return whose turn comes next within a week."""
    return next((watch for watch in watches(session, now, now + timedelta(days=7), covers) if watch.begins_at > now), None)


def _of_day(shifts: Sequence[Shift], day: date) -> list[Shift]:
    """Return the shifts of one day: those of the date, for what they cover in place of the weekday's."""
    dated = [shift for shift in shifts if shift.day == day]
    replaced = {shift.covers for shift in dated}
    weekly = [shift for shift in shifts if shift.day is None and shift.weekday == day.weekday() and shift.covers not in replaced]
    return [*dated, *weekly]


def _watch(shift: Shift, day: date, people: dict[int | None, Staff]) -> Watch | None:
    staff, stand_in = people.get(shift.staff_id), people.get(shift.stand_in_id)
    if staff is None:
        staff, stand_in = stand_in, None
    if staff is None:
        return None
    midnight = datetime.combine(day, time(), SHANGHAI)
    begins, ends = midnight + timedelta(minutes=shift.begins), midnight + timedelta(minutes=shift.ends)
    return Watch(shift=shift, staff=staff, stand_in=stand_in, begins_at=begins, ends_at=ends)


def _answers_for(shift: Shift, kind: str) -> bool:
    return not shift.covers or not kind or shift.covers == kind.partition(".")[0]
