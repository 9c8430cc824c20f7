"""What patrols are measured by: how many of the points that were due somebody was at in time."""

from collections.abc import Iterator

from sqlmodel import col, func, select

from bot.contract import Asked, Figure, Sample, Unit, Work, figure, tr
from integrations.patrols.models import PatrolRound, RoundState


@figure(
    "patrol.kept",
    tr("巡检点按时走到了多少"),
    tr("该走的巡检点里，在规定时间内有人到的比例，按那一次巡检开始的时间算；系统停着的不算。"),
    Unit.SHARE,
)
def kept(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many points were kept, of those that were due."""
    period = asked.number(PatrolRound.starts_at)
    over = (RoundState.KEPT, RoundState.MISSED)
    query = select(period, func.sum(col(PatrolRound.in_time)), func.sum(col(PatrolRound.planned))).where(
        asked.within(PatrolRound.starts_at), col(PatrolRound.state).in_(over)
    )
    yield from (Sample(number, value, of) for number, value, of in work.session.execute(query.group_by(period)))


FIGURES: tuple[Figure, ...] = (kept,)
