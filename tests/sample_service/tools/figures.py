"""What lending is measured by."""

from collections.abc import Iterator

from sqlmodel import func, select

from bot.contract import Asked, Sample, Unit, Work, figure
from integrations.tools.models import Loan


@figure("tool.asked", "借了多少次工具", "居民登记借工具的次数，按登记的时间算；后来没来拿的也在内。", Unit.COUNT)
def asked_for(work: Work, asked: Asked) -> Iterator[Sample]:
    """Count what was asked for, period by period."""
    period = asked.number(Loan.asked_at)
    counted = select(period, func.count()).where(asked.within(Loan.asked_at)).group_by(period)
    yield from (Sample(number, value) for number, value in work.session.execute(counted))
