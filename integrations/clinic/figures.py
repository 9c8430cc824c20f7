"""What the health station is measured by: how many places are booked, and how many people come."""

from collections.abc import Iterator

from sqlmodel import case, col, func, select

from bot.contract import Asked, Figure, Sample, Unit, Work, figure, tr
from integrations.clinic.models import Booking, Session, State


@figure(
    "clinic.booked", tr("居民约了多少次卫生站"), tr("居民在微信里约到号或排上队的次数，按约的时间算；后来取消的也在内。"), Unit.COUNT, by_building=True,
)  # fmt: skip
def booked(work: Work, asked: Asked) -> Iterator[Sample]:
    """Count what was booked or waited for."""
    period = asked.number(Booking.made_at)
    query = select(period, func.count()).where(asked.within(Booking.made_at), *asked.lives(Booking.household_id))
    yield from (Sample(number, value) for number, value in work.session.execute(query.group_by(period)))


@figure(
    "clinic.came",
    tr("约了卫生站的人来了没有"),
    tr("登记了到没到的预约里，人来了的比例，按看诊的时间算。没登记的不算。"),
    Unit.SHARE,
)
def came(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many came, of those of whom it was marked."""
    period = asked.number(Session.starts_at)
    query = (
        select(period, func.sum(case((col(Booking.state) == State.CAME, 1), else_=0)), func.count())
        .select_from(Booking)
        .join(Session, col(Session.id) == col(Booking.session_id))
        .where(asked.within(Session.starts_at), col(Booking.state).in_((State.CAME, State.MISSED)))
    )
    yield from (Sample(number, value, of) for number, value, of in work.session.execute(query.group_by(period)))


FIGURES: tuple[Figure, ...] = (booked, came)
