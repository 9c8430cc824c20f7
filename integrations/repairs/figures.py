"""What repairs are measured by: how many, how soon somebody answers and repairs against what was promised, how well."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import case, col, func, select

from bot.contract import Asked, Event, Figure, Sample, Unit, Work, figure, tr
from integrations.repairs.models import PAYER_WORDS, Payer, Ticket, TicketCost, TicketState
from integrations.repairs.settings import Settings

#: Events by which somebody of the staff first shows that they have it.
ANSWERS = ("repair.accepted", "repair.assigned", "repair.working", "repair.done", "repair.merged")


@figure(
    "repair.opened",
    tr("报修多少件"),
    tr("居民报修的件数，按报修的时间算；取消了的、并进别的单的也在内。"),
    Unit.COUNT,
    by_building=True,
)
def opened(work: Work, asked: Asked) -> Iterator[Sample]:
    """Count what was reported."""
    yield from (Sample(period, number) for period, number in _grouped(work, asked, func.count()))


@figure(
    "repair.first_answer", tr("报修按时受理的比例"),
    tr("报修后在承诺时间内有人受理、派单或动手的比例：急修 30 分钟，其他上班时间里 2 小时；下班后报的从下一次上班算起。并进别的单的，并的时候算受理；取消了的和还没到时间的不算。承诺改设置 LINLI_REPAIRS_…。"),
    Unit.SHARE, by_building=True,
)  # fmt: skip
def first_answer(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give whether each ticket was taken on in time."""
    settings, office = work.settings(Settings), work.context.office
    for at, urgent, state, answered in _answers(work, asked):
        if urgent:
            due = at + timedelta(minutes=settings.urgent_answer_minutes)
        else:
            due = (at if office.is_open(at) else office.opening(at)) + timedelta(minutes=settings.answer_minutes)
        if answered is None and (state == TicketState.CANCELLED or due > work.now):
            continue
        yield Sample(asked.place(at.date()), int(answered is not None and answered <= due))


@figure(
    "repair.first_wait", tr("报修等多久有人受理"), tr("从报修到有人受理、派单或动手，取中位数：一半比这快，一半比这慢。夜里也照样计时；还没人受理的不算。"),
    Unit.WAIT, by_building=True,
)  # fmt: skip
def first_wait(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many minutes each ticket waited until it was taken on."""
    for at, _, _, answered in _answers(work, asked):
        if answered is not None:
            yield Sample(asked.place(at.date()), max((answered - at).total_seconds(), 0) / 60)


def _answers(work: Work, asked: Asked) -> Sequence[tuple[datetime, bool, str, datetime | None]]:
    first = (
        select(func.min(col(Event.at)))
        .where(col(Event.subject) == "ticket:" + col(Ticket.number), col(Event.kind).in_(ANSWERS))
        .correlate(Ticket)
        .scalar_subquery()
    )
    query = select(Ticket.opened_at, Ticket.urgent, Ticket.state, first).where(*_meant(asked))
    return [(at, urgent, state, answered) for at, urgent, state, answered in work.session.exec(query)]


@figure(
    "repair.solved", tr("报修按时修好的比例"),
    tr("在报修时告诉居民的时间以前修好的比例；约了上门时间的按约的算。等配件、等业主时期限停着，停着的时间不算在内。取消了的、并进别的单的、还没到时间又没修好的不算；修好又重开的按最后一次修好算。"),
    Unit.SHARE, by_building=True,
)  # fmt: skip
def solved(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many tickets were done when it was promised, of those that were done or should be."""
    is_done = col(Ticket.done_at).is_not(None)
    stands_at = func.coalesce(col(Ticket.paused_at), work.now)  # while its clock stands still nothing falls due
    counts = col(Ticket.state).not_in((TicketState.CANCELLED, TicketState.MERGED)), is_done | (col(Ticket.due_at) < stands_at)
    in_time = func.sum(case((is_done & (col(Ticket.done_at) <= col(Ticket.due_at)), 1), else_=0))
    yield from (Sample(period, value, of) for period, value, of in _grouped(work, asked, in_time, func.count(), where=counts))


@figure(
    "repair.solving",
    tr("报修多久修好"),
    tr("从报修到修好，取中位数：一半比这快，一半比这慢。还没修好的和取消了的不算。"),
    Unit.WAIT,
    by_building=True,
)
def solving(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many minutes each ticket took."""
    query = select(Ticket.opened_at, Ticket.done_at).where(
        *_meant(asked), col(Ticket.done_at).is_not(None), col(Ticket.state) != TicketState.CANCELLED
    )
    for at, done in work.session.exec(query):
        yield Sample(asked.place(at.date()), (done - at).total_seconds() / 60 if done else 0)


@figure(
    "repair.reopened",
    tr("修好又重开的比例"),
    tr("修好过的报修里，居民说没修好、又重新打开的比例；一张单重开几次算一次。"),
    Unit.SHARE,
    by_building=True,
)
def reopened(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many tickets were opened again, of those that were done once."""
    again = func.sum(case((col(Ticket.reopened) > 0, 1), else_=0))
    once_done = (col(Ticket.done_at).is_not(None) | (col(Ticket.reopened) > 0),)
    yield from (Sample(period, value, of) for period, value, of in _grouped(work, asked, again, func.count(), where=once_done))


@figure(
    "repair.rating",
    tr("居民给维修打几分"),
    tr("居民对修好的报修打的分，1 到 5 分，取平均；没有打分的不算，所以要看有多少人打了分。"),
    Unit.SCORE,
    by_building=True,
)
def rating(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how tickets were rated."""
    rated = (col(Ticket.rating).is_not(None),)
    for period, value, of in _grouped(work, asked, func.sum(col(Ticket.rating)), func.count(), where=rated):
        yield Sample(period, value, of)


@figure(
    "repair.costs", tr("维修花了多少钱"), tr("工单里记的材料和工时，按记的时间算，分物业承担和住户承担；去掉了的一笔不算。没记费用的工单当然也不在里面。"),
    Unit.MONEY, by_building=True, parts=tuple(PAYER_WORDS.values()),
)  # fmt: skip
def costs(work: Work, asked: Asked) -> Iterator[Sample]:
    """Add up what was written down, by who pays."""
    period, fen = asked.number(TicketCost.at), func.sum(col(TicketCost.number) * col(TicketCost.fen))
    query = (
        select(period, TicketCost.payer, fen, func.count())
        .join(Ticket, col(Ticket.id) == col(TicketCost.ticket_id))
        .where(asked.within(TicketCost.at), *asked.lives(Ticket.household_id))
    )
    for number, payer, total, of in work.session.execute(query.group_by(period, col(TicketCost.payer))):
        yield Sample(number, total, of, PAYER_WORDS[Payer(payer)])


def _meant(asked: Asked) -> Sequence[Any]:
    return asked.within(Ticket.opened_at), *asked.lives(Ticket.household_id)


def _grouped(work: Work, asked: Asked, *counted: Any, where: Sequence[Any] = ()) -> Sequence[Any]:
    """Return what was counted of the tickets that were opened in each period."""
    period = asked.number(Ticket.opened_at)
    return work.session.execute(select(period, *counted).where(*_meant(asked), *where).group_by(period)).all()


FIGURES: tuple[Figure, ...] = (opened, first_answer, first_wait, solved, solving, reopened, rating, costs)
