"""What the demo's station has ahead, and who was there in the weeks before: came, did not come, cancelled."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial

from bot.contract import SHANGHAI, Episode, Past, Resident, Role, Staff, Then, Work
from integrations.clinic.models import Booking, Session, State

#: Weekday, doctor, what for, from, until, places.
WEEK = (
    (2, "王医生", "全科", time(8, 30), time(11, 30), 12),
    (4, "李护士", "量血压、打针", time(14), time(16, 30), 20),
    (5, "赵医生", "中医", time(9), time(11), 8),
)

ROOM = "2 栋 1 楼卫生站"

#: Weeks ahead for which the demo has sessions.
AHEAD = 3

#: How long before it begins a session can be booked.
OPENED = timedelta(days=6)

#: Of whom people of a flat book beside themselves.
KIN = ("妈妈", "爸爸", "孩子", "老伴")


def fill(work: Work) -> None:
    """Give the demo sessions for the weeks to come."""
    for begins, ends, doctor, offers, places in _between(work.now, work.now + timedelta(weeks=AHEAD)):
        work.session.add(
            Session(doctor=doctor, offers=offers, room=ROOM, starts_at=begins, ends_at=ends, places=places)
        )  # fmt: skip


def _between(first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime, str, str, int]]:
    day = first.date()
    while day <= last.date():
        for weekday, doctor, offers, begins, ends, places in WEEK:
            starts = datetime.combine(day, begins, SHANGHAI)
            if day.weekday() == weekday and first < starts <= last:
                yield starts, datetime.combine(day, ends, SHANGHAI), doctor, offers, places
        day += timedelta(days=1)


def tell(past: Past) -> Iterator[Episode]:
    """Give the sessions of the last weeks and what became of each place."""
    dice = past.dice
    for begins, ends, doctor, offers, places in _between(past.begins + OPENED, past.now):
        session = Session(doctor=doctor, offers=offers, room=ROOM, starts_at=begins, ends_at=ends, places=places)
        opened = begins - OPENED
        yield opened, partial(_open, session=session)
        for _ in range(min(places, int(len(past.residents) / 150 * dice.uniform(0.5, 1.5)) + 1)):
            at = opened + timedelta(hours=dice.uniform(3, 120))
            resident = past.somebody(at)
            if resident is None:
                continue
            kin = dice.choice(KIN) if dice.random() < 0.3 else ""
            booking = Booking(
                session_id=0, resident_id=resident.key, household_id=resident.household_id, patient=kin or resident.name or "您本人", made_at=at, reminded_at=at,
            )  # fmt: skip
            yield at, partial(_book, session=session, booking=booking, resident=resident)
            staff = past.one_of(Role.STAFF)
            if dice.random() < 0.08:
                yield at + past.after(timedelta(hours=2)), partial(_cancel, session=session, booking=booking, resident=resident)
            elif staff is not None:
                state = State.MISSED if dice.random() < 0.1 else State.CAME
                yield begins + timedelta(minutes=dice.uniform(0, 120)), partial(_mark, booking=booking, state=state, staff=staff)


def _open(work: Then, *, session: Session) -> None:
    work.session.add(session)
    work.flush()
    work.record("clinic.opened", session.subject, places=session.places)


def _book(work: Then, *, session: Session, booking: Booking, resident: Resident) -> None:
    booking.session_id = session.id or 0
    session.taken += 1
    work.session.add_all([session, booking])
    when = work.words("{t}", t=session.starts_at)
    work.talk(
        resident, [f"约{session.doctor}", f"给{booking.patient}约哪一场？", "1", f"约好了：{booking.patient}，{when}，{session.doctor}。"], "medical.appointment",
        took=timedelta(seconds=25),
    )  # fmt: skip
    work.record_by(resident.about, "clinic.booked", booking.subject)


def _cancel(work: Then, *, session: Session, booking: Booking, resident: Resident) -> None:
    if session.starts_at <= work.now or booking.state is not State.BOOKED:
        return
    booking.state = State.CANCELLED
    session.taken -= 1
    work.session.add_all([session, booking])
    work.talk(resident, ["医生的预约取消", "好的，取消了。"], "medical.cancel")
    work.record_by(resident.about, "clinic.cancelled", booking.subject)


def _mark(work: Then, *, booking: Booking, state: State, staff: Staff) -> None:
    if booking.state is not State.BOOKED:
        return
    booking.state = state
    work.session.add(booking)
    work.record_by(f"staff:{staff.login}", f"clinic.{state}", booking.subject)
