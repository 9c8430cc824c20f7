"""What the health station knows that belongs on pages of others."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, func, select

from bot.contract import Desk, Matter, Turn, today, tr
from integrations.clinic import bookings, places
from integrations.clinic.models import HOLDS, Booking, Session


@today(tr("今天看诊的人"), need="clinic.view", path="/clinic")
def expected(desk: Desk) -> int:
    """Count who has a place today and was not marked yet."""
    midnight = desk.now.replace(hour=0, minute=0, second=0, microsecond=0)
    theirs = select(func.count()).select_from(Booking).join(Session, col(Session.id) == col(Booking.session_id))
    return desk.session.exec(
        theirs.where(
            col(Booking.state).in_(HOLDS),
            col(Session.starts_at) >= midnight,
            col(Session.starts_at) < midnight + timedelta(days=1),
        )
    ).one()


def matters(turn: Turn) -> Sequence[Matter]:
    """Return what a resident's flat has at the station."""
    if not turn.is_bound:
        return ()
    return [
        Matter(words=turn.words(tr("{patient}：{at}，{doctor}"), **{name: words for name, words in places.said(turn, one, of).items() if name != "room"}), at=one.made_at)
        for one, of in bookings.open_ones(turn)
    ]  # fmt: skip
