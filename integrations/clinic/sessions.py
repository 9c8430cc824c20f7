"""Sessions as the office keeps them: added for one day or several weeks, changed, called off; who is told of that."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlmodel import col, select

from bot.contract import SHANGHAI, Desk, Refusal, row_id, tr
from integrations.clinic import bookings, places
from integrations.clinic.models import HOLDS, OPEN, Booking, Session, State

#: Longest words of a field.
LONGEST = 30

#: Most places of a session, and weeks that are entered at once.
MOST_PLACES, MOST_WEEKS = 200, 12

#: The fields of the form.
FIELDS = ("doctor", "offers", "room", "day", "begins", "ends", "places", "weeks")


def read(form: Mapping[str, str]) -> dict[str, str]:
    """Return what the form said, field by field."""
    return {name: form.get(name, "").strip()[:LONGEST] for name in FIELDS}


def add(desk: Desk, form: Mapping[str, str]) -> Sequence[Session]:
    """Add a session, and the same in the weeks after where more than one is wanted; raises Refusal for what does not fit."""
    said = read(form)
    starts_at, ends_at = _hours(said)
    if starts_at <= desk.now:
        raise Refusal(tr("这个时间已经过了，请填以后的时间。"), field="begins")
    weeks = row_id(said["weeks"] or "1") or 0
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refusal(tr("连续几周请填 1 到 {most}。", most=MOST_WEEKS), field="weeks")
    number, doctor, room = _number(said), *_words(said)
    made = [
        Session(
            doctor=doctor, offers=said["offers"], room=room, places=number, starts_at=starts_at + timedelta(weeks=week), ends_at=ends_at + timedelta(weeks=week)
        )
        for week in range(weeks)
    ]  # fmt: skip
    for one in made:
        desk.session.add(one)
        desk.record("clinic.opened", one.subject, places=number)
    return made


def edit(desk: Desk, session: Session, form: Mapping[str, str]) -> int:
    """Change a session and tell all who have a place or wait when they read another thing now; returns how many were told."""
    bookings.require_ahead(session, desk.now)
    said = read(form)
    starts_at, ends_at = _hours(said)
    if starts_at <= desk.now:
        raise Refusal(tr("这个时间已经过了，请填以后的时间。"), field="begins")
    number, doctor, room = _number(said), *_words(said)
    if number < session.taken:
        raise Refusal(tr("已经有 {taken} 个号约出去了，号数不能比这少。", taken=session.taken), field="places")
    before = (session.doctor, session.offers, session.room, session.starts_at, session.ends_at)
    session.doctor, session.offers, session.room, session.places = doctor, said["offers"], room, number
    session.starts_at, session.ends_at = starts_at, ends_at
    desk.session.add(session)
    desk.session.flush()
    desk.record("clinic.edited", session.subject)
    told = 0
    if before != (session.doctor, session.offers, session.room, session.starts_at, session.ends_at):
        for one in of_session(desk, session, OPEN):
            if before[3] != session.starts_at:
                one.reminded_at = desk.now if bookings.is_soon(session, desk.now) else None
                desk.session.add(one)
            told += desk.tell(places.booker(desk, one), "clinic.edited", **places.said(desk, one, session)) is not None
    places.offer(desk, session.id or 0)
    return told


def close(desk: Desk, session: Session) -> tuple[int, Sequence[Booking]]:
    """Call a session off, tell all who had a place or waited, and offer them others; returns how many were told, and who could not be."""
    bookings.require_ahead(session, desk.now)
    theirs = of_session(desk, session, OPEN)
    session.cancelled_at, session.taken = desk.now, 0
    desk.session.add(session)
    desk.session.flush()
    others = [one for one in places.ahead(desk) if places.is_free(desk, one)][:3]
    lines = [
        desk.words("· {at} {doctor}", **{k: v for k, v in places.said_of(desk, one).items() if k != "room"}) for one in others
    ]
    untold = []
    for one in theirs:
        one.state, one.held_until = State.CALLED_OFF, None
        desk.session.add(one)
        if desk.tell(places.booker(desk, one), "clinic.closed", **places.said(desk, one, session), others=lines) is None:
            untold.append(one)
    desk.record("clinic.closed", session.subject, told=len(theirs) - len(untold))
    return len(theirs) - len(untold), untold


def of_session(desk: Desk, session: Session, states: Sequence[State]) -> Sequence[Booking]:
    """Return the bookings of a session in some states, in the order in which they were made."""
    theirs = select(Booking).where(Booking.session_id == session.id, col(Booking.state).in_(states))
    return desk.session.exec(theirs.order_by(col(Booking.id))).all()


def mark(desk: Desk, booking: Booking, session: Session, said: str) -> None:
    """Write down that somebody came or did not, on the day of the session or after; or take that back."""
    if session.starts_at.date() > desk.now.date():
        raise Refusal(tr("这一场还没到日子，到了那天再登记。"))
    wanted = {"came": State.CAME, "missed": State.MISSED, "undo": State.BOOKED}.get(said)
    if wanted is None:
        raise Refusal(tr("没有“{other}”这个选择。", other=said))
    if booking.state not in (State.BOOKED, State.CAME, State.MISSED):
        raise Refusal(tr("这个预约已经取消了，不用登记。"))
    if booking.state is not wanted:
        booking.state = wanted
        desk.session.add(booking)
        desk.record({State.CAME: "clinic.came", State.MISSED: "clinic.missed"}.get(wanted, "clinic.unmarked"), booking.subject)


def of_day(desk: Desk, day: date) -> Sequence[Session]:
    """Return the sessions of a day that were not called off, in their order."""
    midnight = datetime.combine(day, time(), SHANGHAI)
    query = select(Session).where(
        col(Session.cancelled_at).is_(None), col(Session.starts_at) >= midnight, col(Session.starts_at) < midnight + timedelta(days=1)
    )  # fmt: skip
    return desk.session.exec(query.order_by(col(Session.starts_at), col(Session.id))).all()


def waiting(desk: Desk, found: Sequence[Session]) -> Mapping[int, int]:
    """Return how many wait for each of some sessions."""
    query = select(Booking.session_id).where(
        col(Booking.session_id).in_([one.id for one in found]), Booking.state == State.WAITING
    )
    return Counter(desk.session.exec(query).all())


#: Who is on the list of a day: has a place, or was there.
ON_LIST = (*HOLDS, State.CAME, State.MISSED)


def _words(said: Mapping[str, str]) -> tuple[str, str]:
    if not said["doctor"]:
        raise Refusal(tr("请填医生，例如 王医生。"), field="doctor")
    if not said["room"]:
        raise Refusal(tr("请填地点，例如 2 栋 1 楼卫生站。"), field="room")
    return said["doctor"], said["room"]


def _number(said: Mapping[str, str]) -> int:
    number = row_id(said["places"]) or 0
    if not 1 <= number <= MOST_PLACES:
        raise Refusal(tr("号数请填 1 到 {most}。", most=MOST_PLACES), field="places")
    return number


def _hours(said: Mapping[str, str]) -> tuple[datetime, datetime]:
    try:
        day, begins, ends = date.fromisoformat(said["day"]), time.fromisoformat(said["begins"]), time.fromisoformat(said["ends"])
    except ValueError as error:
        raise Refusal(tr("请填日期和几点到几点，例如 2026-03-12，8:30 到 11:30。"), field="day") from error
    if ends <= begins or begins.tzinfo or ends.tzinfo:
        raise Refusal(tr("结束时间要在开始以后，同一天里。"), field="ends")
    return datetime.combine(day, begins, SHANGHAI), datetime.combine(day, ends, SHANGHAI)
