"""Notices as a service may deal with them: written, counted, published, stopped, watched, read, answered.

To whom a notice goes is asked of all services each time (`Integration.audiences`): when it is counted, when it is published, and
whenever a recurring one falls due. What becomes of its deliveries is the core's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.contract.work import Work
from bot.store import notices as store
from bot.store import occurrences, reach
from bot.store.channels import WORDS as CHANNEL_WORDS
from bot.store.notices import (
    BODY,
    CORRECTION,
    LINE,
    PICTURES,
    TITLE,
    UNDO,
    Audience,
    Notice,
    NoticeState,
    add_picture,
    by_public_id,
    correct,
    correction_of,
    details,
    discard,
    draft,
    drop_picture,
    listed,
    picture,
    pictures,
    progress,
    recall,
    words,
)
from bot.store.occurrences import (
    GRACE,
    Became,
    Coming,
    Occurrence,
    Plan,
    change,
    coming,
    intend,
    lock,
    missed_at,
    past,
    pause,
    planned,
    recall_once,
    resume,
    schedule,
    skip,
    unskip,
)
from bot.store.outbox import DeliveryState
from bot.store.reach import Reach, Reached

__all__ = [
    "BODY", "CHANNEL_WORDS", "CORRECTION", "GRACE", "LINE", "PICTURES", "STATE_WORDS", "TITLE", "UNDO", "Audience", "Became", "Coming", "Notice",
    "NoticeState", "Occurrence", "Plan", "Reach", "Reached", "add_picture", "by_public_id", "change", "coming", "correct", "correction_of", "count", "details",
    "discard", "draft", "drop_picture", "intend", "listed", "lock", "missed_at", "past", "pause", "picture", "pictures", "planned", "progress", "publish",
    "publish_due", "recall", "recall_once", "resume", "schedule", "skip", "unskip", "words",
]  # fmt: skip

#: What people call the states of deliveries, in the order of the bar.
STATE_WORDS = {
    DeliveryState.DELIVERED: "已送达", DeliveryState.SENT: "已发出", DeliveryState.SENDING: "发送中", DeliveryState.QUEUED: "排队中",
    DeliveryState.ARMED: "等待发出", DeliveryState.FAILED: "失败", DeliveryState.UNREACHABLE: "通知不到",
    DeliveryState.UNKNOWN: "不确定", DeliveryState.CANCELLED: "已撤回",
}  # fmt: skip


def count(work: Work, audience: Audience) -> Reach:
    """Return who would be told by which channel, by the ways the community's account has, who would not and why."""
    return reach.count(work.session, audience, work.now, work.context.ways, offered=work.audience)


def publish(work: Work, notice: Notice, *, undo: timedelta = UNDO, occurrence: datetime | None = None) -> int:
    """Put one delivery per person into the outbox, armed until `undo` is over; returns how many people."""
    return store.publish(
        work.session, notice, work.now, undo=undo, occurrence=occurrence, actor=work.actor, offered=work.audience
    )


def publish_due(work: Work) -> Sequence[Notice]:
    """Publish what has fallen due."""
    return occurrences.publish_due(work.session, work.now, offered=work.audience)
