"""What passes are measured by: how many are made and used, and how often the gate had to refuse."""

from collections.abc import Iterator

from sqlmodel import case, col, exists, func, select

from bot.contract import Asked, Figure, Sample, Unit, Work, figure, tr
from integrations.visitor_passes.models import Pass, Passage, PassState


@figure(
    "visitor.invited",
    tr("居民邀请了多少访客"),
    tr("居民发出的通行证张数，按邀请的时间算；一张可以带几个人。物业替打电话来的住户办的、取消和作废的也在内。"),
    Unit.COUNT,
    by_building=True,
)
def invited(work: Work, asked: Asked) -> Iterator[Sample]:
    """Count the passes that were made."""
    period = asked.number(Pass.created_at)
    query = select(period, func.count()).where(asked.within(Pass.created_at), *asked.lives(Pass.household_id))
    yield from (Sample(number, value) for number, value in work.session.execute(query.group_by(period)))


@figure(
    "visitor.used", tr("通行证用上的比例"), tr("到期了的通行证里，访客真的在门岗放行过的比例。门岗点错又撤回的不算放行；取消、作废的和还没到期的不算。"), Unit.SHARE, by_building=True,
)  # fmt: skip
def used(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many passes opened the gate, of those that are over."""
    period = asked.number(Pass.created_at)
    came = exists().where(col(Passage.pass_id) == col(Pass.id), col(Passage.admitted).is_(True), col(Passage.undone_at).is_(None))
    is_over = (col(Pass.ends_at) < work.now) | (col(Pass.state) == PassState.USED)
    query = select(period, func.sum(case((came, 1), else_=0)), func.count()).where(
        asked.within(Pass.created_at), *asked.lives(Pass.household_id), col(Pass.state) != PassState.CANCELLED, is_over
    )
    yield from (Sample(number, value, of) for number, value, of in work.session.execute(query.group_by(period)))


@figure(
    "gate.admitted",
    tr("门岗查验后放行的比例"),
    tr(
        "门岗查验通行证（扫码、输入通行码、在名单里点）的次数里，放行的比例；其余是没到时间、过期、用过、作废、认不出来的。点错又撤回的不算，没有通行证、现场问住户的也不算。"
    ),
    Unit.SHARE,
)
def admitted(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many checks ended with an open gate."""
    period = asked.number(Passage.at)
    query = select(period, func.sum(case((col(Passage.admitted).is_(True), 1), else_=0)), func.count()).where(
        asked.within(Passage.at), col(Passage.undone_at).is_(None), col(Passage.walk_up_id).is_(None)
    )
    yield from (Sample(number, value, of) for number, value, of in work.session.execute(query.group_by(period)))


FIGURES: tuple[Figure, ...] = (invited, used, admitted)
