"""What notices are measured by: whom they reach, who opens them, who says that they have them."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import case, col, func, or_, select

from bot.contract import Asked, Delivery, DeliveryState, Figure, Notice, Sample, Unit, Work, figure, tr

#: WeChat took it, or says that it arrived.
TAKEN = (DeliveryState.SENT, DeliveryState.DELIVERED)


def _sent(work: Work, asked: Asked, value: Any, of: Any, *where: Any) -> Iterator[Sample]:
    period = asked.number(Delivery.occurrence)
    meant = select(col(Notice.id)).where(*where)
    query = select(period, func.sum(value), func.sum(of)).where(
        col(Delivery.notice_id).in_(meant), asked.within(Delivery.occurrence), col(Delivery.state) != DeliveryState.CANCELLED,
        *asked.speaks(Delivery.resident_id),
    )  # fmt: skip
    for number, value, of in work.session.execute(query.group_by(period)):
        if of:
            yield Sample(number, value, of)


def _is(condition: Any) -> Any:
    return case((condition, 1), else_=0)


@figure(
    "notice.reached", tr("通知送到的比例"),
    tr("通知该发给的人里，微信收下了的比例。没送到的是没绑定微信、没关注公众号、微信拒收的，每条通知的页面上有原因；撤回的不算。"),
    Unit.SHARE, by_building=True,
)  # fmt: skip
def reached(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many people a notice reached, of all it was for."""
    return _sent(work, asked, _is(col(Delivery.state).in_(TAKEN)), _is(True))


@figure(
    "notice.opened",
    tr("通知被打开的比例"),
    tr("送到的通知里，居民点开全文页面、或者确认收到的比例；只在聊天里看了几行的不知道，不算打开。"),
    Unit.SHARE,
    by_building=True,
)
def opened(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many opened a notice, of those whom it reached."""
    taken = col(Delivery.state).in_(TAKEN)
    return _sent(
        work, asked, _is(taken & or_(col(Delivery.read_at).is_not(None), col(Delivery.acknowledged_at).is_not(None))), _is(taken)
    )


@figure(
    "notice.acknowledged",
    tr("通知确认收到的比例"),
    tr("要求确认的通知里，送到后点了“确认收到”或回复“收到”的比例。"),
    Unit.SHARE,
    by_building=True,
)
def acknowledged(work: Work, asked: Asked) -> Iterator[Sample]:
    """Give how many said that they have a notice that asks for it, of those whom it reached."""
    taken = col(Delivery.state).in_(TAKEN)
    return _sent(work, asked, _is(taken & col(Delivery.acknowledged_at).is_not(None)), _is(taken), col(Notice.asks).is_(True))


FIGURES: tuple[Figure, ...] = (reached, opened, acknowledged)
