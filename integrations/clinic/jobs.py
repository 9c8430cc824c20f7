"""What happens by itself: the evening before one is reminded, what is held too long goes to the next, who waited in vain is told."""

from datetime import timedelta

from sqlmodel import col, or_, select

from bot.contract import Work, job
from integrations.clinic import places
from integrations.clinic.models import Booking, Session, State

#: Rows of one run.
MOST = 200


@job(every=timedelta(minutes=5))
def remind(work: Work) -> None:
    """Remind everybody, once, of what they have tomorrow; never at night. Safe to run on several replicas."""
    if not places.is_waking(work.now):
        return
    midnight = work.now.replace(hour=0, minute=0, second=0, microsecond=0)
    last = midnight + timedelta(days=2 if work.now.hour >= places.REMINDED_FROM else 1)
    due = (
        select(Booking, Session)
        .join(Session, col(Session.id) == col(Booking.session_id))
        .where(
            Booking.state == State.BOOKED, col(Booking.reminded_at).is_(None),
            col(Session.cancelled_at).is_(None), col(Session.starts_at) > work.now, col(Session.starts_at) < last,
        )
        .order_by(col(Booking.id))
        .limit(MOST)
    )  # fmt: skip
    for booking, session in work.session.exec(due.with_for_update(skip_locked=True, of=Booking)).all():
        booking.reminded_at = work.now
        work.session.add(booking)
        work.record("clinic.reminded", booking.subject)
        work.tell(places.booker(work, booking), "clinic.reminder", **places.said(work, booking, session))


@job(every=timedelta(minutes=1))
def tend(work: Work) -> None:
    """Let places that nobody answered for go to the next, offer what became free at night, and end what nobody can wait for any more."""
    if not places.is_waking(work.now):
        return
    session = select(Session).join(Booking, col(Booking.session_id) == col(Session.id))
    waits = session.where(
        or_(Booking.state == State.WAITING, (col(Booking.state) == State.OFFERED) & (col(Booking.held_until) <= work.now)),
        or_(
            col(Session.starts_at) <= work.now,
            col(Session.taken) < col(Session.places),
            (col(Booking.state) == State.OFFERED) & (col(Booking.held_until) <= work.now),
        ),
    )
    for one in sorted({found.id or 0 for found in work.session.exec(waits.limit(MOST)).all()}):
        places.locked(work, one)
        _end_in_vain(work, one)
        places.offer(work, one)


def _end_in_vain(work: Work, session_id: int) -> None:
    """End the offers of a locked session that nobody answered, and the waiting for one that has begun."""
    session = work.session.get_one(Session, session_id)
    is_over = session.starts_at <= work.now
    theirs = select(Booking).where(Booking.session_id == session_id, col(Booking.state).in_((State.WAITING, State.OFFERED)))
    for booking in work.session.exec(theirs.order_by(col(Booking.id)).execution_options(populate_existing=True)).all():
        was_offered = booking.state is State.OFFERED
        if not is_over and not (was_offered and booking.held_until is not None and booking.held_until <= work.now):
            continue
        booking.state, booking.held_until = State.LAPSED, None
        session.taken -= was_offered
        work.session.add_all([booking, session])
        work.record("clinic.lapsed", booking.subject)
        message = "clinic.lapsed" if was_offered else "clinic.in_vain"
        work.tell(places.booker(work, booking), message, **places.said(work, booking, session))


ALL = (remind, tend)
