"""What check-ins are measured by; nothing of what anybody told is opened for it."""

from collections.abc import Iterator

from sqlalchemy import case
from sqlmodel import col, func, select

from bot.contract import Asked, Figure, Sample, Unit, Work, consents, figure, tr
from integrations.health.models import CareProof, CheckIn
from integrations.health.purposes import CHECK_IN


@figure(
    "health.checked_in", tr("健康打卡的参加比例"),
    tr("这段时间里至少打过一次卡的人 ÷ 这段时间结束时同意健康打卡的人。撤回同意的人和他们的打卡都删了，不在两边。只数人数，不看体温和症状。"),
    Unit.SHARE, by_building=True,
)  # fmt: skip
def checked_in(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many people checked in at least once, of those who consented."""
    period = asked.number_of_day(CheckIn.day)
    first, last = asked.periods[0].begins, asked.periods[-1].ends
    query = select(period, func.count(col(CheckIn.reporter_id).distinct())).where(
        col(CheckIn.day) >= first, col(CheckIn.day) < last, *asked.speaks(CheckIn.reporter_id)
    )
    came = {number: value for number, value in work.session.execute(query.group_by(period))}
    ends = [min(asked.end_of(number), work.now) for number in range(len(asked.periods))]
    for number, of in enumerate(consents.counted(work, CHECK_IN, ends, asked.speaks)):
        if of:
            yield Sample(number, min(came.get(number, 0), of), of)


@figure(
    "health.check_ins",
    tr("健康打卡多少次"),
    tr("居民打卡的次数，一天里更正的也各算一次，替家里人报的也算。"),
    Unit.COUNT,
    by_building=True,
)
def check_ins(work: Work, asked: Asked) -> Iterator[Sample]:
    """Count the check-ins."""
    period = asked.number_of_day(CheckIn.day)
    query = select(period, func.count()).where(
        col(CheckIn.day) >= asked.periods[0].begins, col(CheckIn.day) < asked.periods[-1].ends, *asked.speaks(CheckIn.reporter_id)
    )
    yield from (Sample(number, value) for number, value in work.session.execute(query.group_by(period)))


@figure(
    "care.false_visits",
    tr("白跑的上门"),
    tr("没有报平安而上门看过、人却平安的次数 ÷ 上门看过的次数。越低说明提前问到了本人、家人或邻居。"),
    Unit.SHARE,
)
def false_visits(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many visits found somebody well."""
    period = asked.number(CareProof.at)
    made = select(period, func.count(), func.sum(case((col(CareProof.was_well), 1), else_=0))).where(asked.within(CareProof.at))
    yield from (Sample(number, well, of) for number, of, well in work.session.execute(made.group_by(period)))


FIGURES: tuple[Figure, ...] = (checked_in, check_ins, false_visits)
