"""Places of a session: taken, given back, held for who waited. Whoever takes one does so by one conditional update, so two at once cannot."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, update
from sqlmodel import col, select

from bot.contract import Household, Resident, Work
from integrations.clinic.models import HOLDS, OPEN, Booking, Session, State
from integrations.clinic.settings import Settings

#: Hours of the day in which people are told that a place became free, or that theirs is gone.
TOLD_FROM, TOLD_UNTIL = 7, 21

#: From this hour of the evening before on people are reminded of a session; who could not be told by nine sleeps, and is told in the morning.
REMINDED_FROM = 18

#: Sessions that are offered at once in the chat.
OFFERED = 6

#: How far ahead one may book.
AHEAD = timedelta(days=30)


def ahead(work: Work, *, until: timedelta = AHEAD) -> Sequence[Session]:
    """Return the sessions that have not begun, the next first."""
    open_ones = select(Session).where(
        col(Session.cancelled_at).is_(None), col(Session.starts_at) > work.now, col(Session.starts_at) < work.now + until
    )
    return work.session.exec(open_ones.order_by(col(Session.starts_at), col(Session.id))).all()


def locked(work: Work, session_id: int) -> Session:
    """Return a session as it is now, locked until the commit: who waits for it stays as it is meanwhile."""
    wanted = select(Session).where(Session.id == session_id).with_for_update()
    return work.session.exec(wanted.execution_options(populate_existing=True)).one()


def lock_flat(work: Work, home: Household) -> None:
    """Let nobody else of a flat book until the commit: how many it holds is counted under this."""
    work.session.exec(select(Household.id).where(Household.id == home.id).with_for_update()).one()


def take(work: Work, session: Session) -> bool:
    """Take a place; False, and nothing taken, where none is left."""
    work.session.flush()
    done = work.session.execute(
        update(Session)
        .where(col(Session.id) == session.id, col(Session.taken) < col(Session.places), col(Session.cancelled_at).is_(None))
        .values(taken=Session.taken + 1)
        .execution_options(synchronize_session=False)
    )
    work.session.refresh(session)
    return bool(getattr(done, "rowcount", 0))


def give_back(work: Work, session_id: int) -> None:
    """Give a place back; it goes to who waited longest, by day at once and at night in the morning."""
    work.session.flush()
    session = locked(work, session_id)
    session.taken -= 1
    work.session.add(session)
    work.session.flush()
    offer(work, session_id)


def is_awaited(work: Work, session: Session) -> bool:
    """Tell whether anybody waits: then a free place is theirs first."""
    waiting = select(func.count()).select_from(Booking).where(Booking.session_id == session.id, Booking.state == State.WAITING)
    return work.session.exec(waiting).one() > 0


def is_free(work: Work, session: Session) -> bool:
    """Tell whether whoever comes now gets a place."""
    return session.taken < session.places and not is_awaited(work, session)


def position(work: Work, booking: Booking) -> int:
    """Return the how-many-th somebody is of those who wait, from 1."""
    before = select(func.count()).select_from(Booking).where(
        Booking.session_id == booking.session_id, Booking.state == State.WAITING,
        (col(Booking.queued_at) < booking.queued_at) | ((col(Booking.queued_at) == booking.queued_at) & (col(Booking.id) < booking.id)),
    )  # fmt: skip
    return work.session.exec(before).one() + 1


def held_by(work: Work, home: Household) -> int:
    """Return how many places, waited for or had, a flat has in sessions to come."""
    theirs = select(func.count()).select_from(Booking).join(Session, col(Session.id) == col(Booking.session_id))
    return work.session.exec(
        theirs.where(Booking.household_id == home.id, col(Booking.state).in_(OPEN), col(Session.starts_at) > work.now)
    ).one()


def end(work: Work, booking: Booking, state: State) -> None:
    """End a booking; the place it had goes to who waited longest."""
    had = booking.state in HOLDS
    booking.state, booking.held_until = state, None
    work.session.add(booking)
    if had:
        give_back(work, booking.session_id)


def is_waking(now: datetime) -> bool:
    """Tell whether people may be told something that can wait."""
    return TOLD_FROM <= now.hour < TOLD_UNTIL


def offer(work: Work, session_id: int) -> None:
    """Hold each free place of a session for the next who waits, and tell them until when; nobody at night."""
    session = locked(work, session_id)
    if not is_waking(work.now) or session.cancelled_at is not None or session.starts_at <= work.now:
        return
    free = session.places - session.taken
    waiting = (
        select(Booking)
        .where(Booking.session_id == session.id, Booking.state == State.WAITING)
        .order_by(col(Booking.queued_at), col(Booking.id))
        .limit(max(free, 0))
        .with_for_update()
    )
    for booking in work.session.exec(waiting).all():
        session.taken += 1
        booking.state, booking.held_until = State.OFFERED, _until(work, session)
        work.session.add_all([session, booking])
        work.record("clinic.offered", booking.subject)
        work.tell(booker(work, booking), "clinic.offered", **said(work, booking, session), until=f"{booking.held_until:%H:%M}")


def _until(work: Work, session: Session) -> datetime:
    """Return until when a place is held: as long as the settings say, but not into the night nor the session itself."""
    night = work.now.replace(hour=TOLD_UNTIL, minute=0, second=0, microsecond=0)
    return min(work.now + work.settings(Settings).holds, session.starts_at, night)


def booker(work: Work, booking: Booking) -> Resident:
    """Return who booked."""
    return work.session.get_one(Resident, booking.resident_id)


def said(work: Work, booking: Booking, session: Session) -> dict[str, Any]:
    """Return what is said of a booking: for whom, with which doctor, when and where."""
    return {"patient": booking.patient, **said_of(work, session)}


def said_of(work: Work, session: Session) -> dict[str, Any]:
    """Return what is said of a session: the doctor and what for, the day and the hours, the place."""
    return {
        "doctor": called(session),
        "at": f"{work.words('{t}', t=session.starts_at)}–{session.ends_at:%H:%M}",
        "room": session.room,
    }


def called(session: Session) -> str:
    """Return what a session is called: 王医生（全科）."""
    return f"{session.doctor}（{session.offers}）" if session.offers else session.doctor
