"""Notices as a service may deal with them: written, counted, published, stopped, watched, read, answered.

To whom a notice goes is asked of all services each time (`Integration.audiences`): when it is counted, when it is published, and
whenever a recurring one falls due. What becomes of its deliveries is the core's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.contract import wording
from bot.contract.work import Work
from bot.errors import Refusal
from bot.store import audiences, events, occurrences, outbox, policies, reach
from bot.store import notices as store
from bot.store.audience import (
    AND,
    EVERYBODY,
    INCLUDING,
    WITHOUT,
    Audience,
    Building,
    Choice,
    Everybody,
    Flat,
    Floors,
    Line,
    Listed,
    Lives,
    Picker,
    Saved,
    Tag,
    Unit,
    floors_of,
    read_choice,
)
from bot.store.audience import listed as listed_audience
from bot.store.audiences import SavedAudience, places, saved_by_key, tags
from bot.store.audiences import forget as forget_audience
from bot.store.audiences import save as save_audience
from bot.store.audiences import saved as saved_audiences
from bot.store.channels import WORDS as CHANNEL_WORDS
from bot.store.notices import (
    BODY,
    CORRECTION,
    KIND_WORDS,
    LINE,
    PICTURES,
    TITLE,
    UNDO,
    VERSION_WORDS,
    Notice,
    NoticeKind,
    NoticeState,
    NoticeVersion,
    add_picture,
    by_public_id,
    chain_of,
    copy,
    details,
    discard,
    disturb,
    draft,
    drop_picture,
    follow,
    give_back,
    is_being_laid_out,
    listed,
    picture,
    pictures,
    progress,
    recall,
    text_of,
    title_of,
    unlaid,
    version_of,
    versions_of,
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
from bot.store.outbox import waiting as why_waiting
from bot.store.policies import NoticePolicy, Quiet
from bot.store.policies import of as policy_of
from bot.store.policies import quiet as quiet_of
from bot.store.policies import settle as settle_policy
from bot.store.reach import Reach, Reached
from bot.store.staff import Staff
from bot.store.texts import VARIABLES, NoticeText, has_variables, require_filled
from bot.store.texts import by_key as text_by_key
from bot.store.texts import check as check_variables
from bot.store.texts import fill as fill_variables
from bot.store.texts import forget as forget_text
from bot.store.texts import keep as keep_text
from bot.store.texts import kept as kept_texts
from bot.store.texts import values as values_of_variables
from bot.translation import tr

__all__ = [
    "AND", "BODY", "CHANNEL_WORDS", "CORRECTION", "EVERYBODY", "GRACE", "INCLUDING", "KIND_WORDS", "LINE", "PICTURES", "STATE_WORDS", "TITLE", "UNDO",
    "VARIABLES", "VERSION_WORDS", "WITHOUT", "Audience", "Became", "Building", "Choice", "Coming", "Everybody", "Flat", "Floors", "Line", "Listed", "Lives",
    "Notice", "NoticeKind", "NoticePolicy", "NoticeState", "NoticeText", "NoticeVersion", "Occurrence", "Picker", "Plan", "Quiet", "Reach", "Reached",
    "Saved", "SavedAudience", "Step", "Tag", "Unit", "add_picture", "agree", "audience_of", "by_public_id", "chain_of", "change", "check_variables", "coming", "copy",
    "count", "details", "discard", "disturb", "draft", "drop_picture", "fill_variables", "floors_of", "follow", "forget_audience", "forget_text",
    "give_back", "has_variables", "how_many", "intend", "is_being_laid_out", "keep_text", "kept_texts", "lay_out", "listed", "listed_audience", "lock",
    "members", "missed_at", "past", "pause", "picture", "pictures", "places", "plan_of", "planned", "policy_of", "progress", "publish", "publish_due", "quiet_of",
    "read_choice", "recall", "recall_once", "resume", "sample", "save_audience", "saved_audiences", "saved_by_key", "schedule", "send", "settle_policy",
    "show_to", "skip", "tags", "text_by_key", "text_of", "title_of", "unknown_parts", "unlaid", "unskip", "values_of_variables", "version_of", "versions_of", "wants_second", "why_waiting", "words",
]  # fmt: skip

#: What people call the states of deliveries, in the order of the bar.
STATE_WORDS = {
    DeliveryState.DELIVERED: tr("已送达"), DeliveryState.SENT: tr("已发出"), DeliveryState.SENDING: tr("发送中"), DeliveryState.QUEUED: tr("排队中"),
    DeliveryState.ARMED: tr("等待发出"), DeliveryState.FAILED: tr("失败"), DeliveryState.UNREACHABLE: tr("通知不到"),
    DeliveryState.UNKNOWN: tr("不确定"), DeliveryState.CANCELLED: tr("已撤回"),
}  # fmt: skip


class Step(StrEnum):
    """What `send` has done."""

    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    WAITING = "waiting"  # for somebody else's yes


def audience_of(work: Work, text: str) -> Audience:
    """Return the audience that is written in words, where names of saved ones may stand; raises Refusal."""
    audience = Audience.parse(text)
    return audience.naming({one.name: one.picker for one in audiences.saved(work.session)}) if any(audience.tags()) else audience


def count(work: Work, audience: Audience) -> Reach:
    """Return who would be told by which channel, by the ways the community's account has, who would not and why."""
    return reach.count(work.session, audience, work.now, work.context.ways, offered=work.audience)


def how_many(work: Work, audience: Audience) -> int:
    """Return how many people belong to an audience; cheaper than `count`, which asks how each would be told."""
    return audiences.size_of(work.session, audience, work.audience)


def members(work: Work, audience: Audience) -> Any:
    """Return the select of the ids of an audience, each once, as it is at this moment: who moves in belongs to it, who moves out no more."""
    return audiences.ids_of(work.session, audience, work.audience)


def unknown_parts(work: Work, audience: Audience) -> tuple[str, ...]:
    """Return the parts of an audience that nobody belongs to."""
    return audiences.unknown_parts(work.session, audience, work.audience)


def sample(work: Work, audience: Audience) -> dict[str, str]:
    """Return what the first of an audience would find in the places of the variables: a real person's, or nobody's."""
    found = audiences.sample_of(work.session, audience, work.audience)
    return values_of_variables(found.name if found else "", found.flat if found else "您家", work.now)


def send(work: Work, notice: Notice, plan: Plan | None, by: Staff | None) -> Step:
    """Publish a notice or plan it; where the community wants a second person's yes for so many people, let it wait for that.

    Raises Refusal for words with a blank left open. An emergency waits for nobody: whoever may send is asked to look at it afterwards.
    """
    require_filled(notice.title, notice.body)
    if plan is not None and plan.rule is not None and notice.kind is NoticeKind.EMERGENCY:
        raise Refusal(tr("紧急通知不能定成周期，请选现在或者一个时间。"), english="an emergency cannot recur")
    if plan is not None and notice.until is not None and plan.first(work.now) >= notice.until:
        raise Refusal(
            tr("发送时间在“到什么时候为止”以后，到时就不会发了。请改其中一个。"),
            english="it would go out after its end; change --at or --until",
        )
    people = how_many(work, Audience.from_json(notice.audience))
    is_above = _is_above(work, people)
    notice.asked_by = by.id if by else None
    if is_above and notice.kind is not NoticeKind.EMERGENCY:
        intend(notice, plan, work.now)
        store.ask(work.session, notice, work.now, notice.asked_by, work.actor, people)
        return Step.WAITING
    step = _go(work, notice, plan)
    if is_above:
        events.record(
            work.session, work.now, "notice.overrode", subject=f"notice:{notice.public_id}", actor=work.actor, people=people
        )
    return step


def wants_second(work: Work, notice: Notice) -> bool:
    """Tell whether the community wants a second person's yes for this notice before it goes out."""
    return notice.kind is not NoticeKind.EMERGENCY and _is_above(work, how_many(work, Audience.from_json(notice.audience)))


def _is_above(work: Work, people: int) -> bool:
    policy = policies.of(work.session)
    return policy.approve_above is not None and people > policy.approve_above


def show_to(work: Work, notice: Notice, openid: str, url: str) -> str:
    """Send a draft to somebody of the staff as its readers would get it; returns what people call the way. Raises Refusal where none is open."""
    channel, why = reach.way_to(work.session, openid, work.now, work.context.ways)
    if not channel:
        raise Refusal(tr("现在发不到您的微信：{why}。请先在微信里跟公众号说句话，再点一次。", why=why))
    told = sample(work, Audience.from_json(notice.audience))
    title, body = (fill_variables(text, told) for text in (notice.title, notice.body))
    text = wording.with_page(text_of(notice, title, body), url, asks=notice.asks)
    outbox.queue(work.session, openid, text, work.now, url=url, title=title_of(notice, title))
    notice.tested_at = work.now
    work.session.add(notice)
    return CHANNEL_WORDS[channel]


def agree(work: Work, notice: Notice, by: Staff) -> Step:
    """Let a notice go out that waits for a second person's yes; raises Refusal for who wanted it sent, and where its time is over."""
    store.agree(work.session, notice, work.now, by.id or 0, by.person, work.actor)
    plan = plan_of(notice)
    if plan is not None and plan.due_at is not None and plan.due_at <= work.now:
        raise Refusal(
            tr("原来定的发送时间已经过了。请退回去，改个时间再发。"), english="its time is over; give it back and name another"
        )
    return _go(work, notice, plan)


def plan_of(notice: Notice) -> Plan | None:
    """Return when a notice that was not sent yet is meant to go out; None for at once."""
    grace = timedelta(minutes=notice.grace)
    if notice.recurrence is not None:
        return Plan(rule=notice.recurrence, grace=grace)
    return Plan(due_at=notice.due_at, grace=grace) if notice.due_at else None


def _go(work: Work, notice: Notice, plan: Plan | None) -> Step:
    if plan is None:
        notice.rule, notice.due_at = None, None
        publish(work, notice, occurrence=work.now)
        return Step.PUBLISHED
    if notice.state in {NoticeState.DRAFT, NoticeState.WAITING}:
        schedule(work.session, notice, plan, work.now, actor=work.actor)
    else:
        change(work.session, notice, plan, work.now, actor=work.actor)
    return Step.SCHEDULED


def publish(work: Work, notice: Notice, *, undo: timedelta = UNDO, occurrence: datetime | None = None) -> int:
    """Put one delivery per person into the outbox, armed until `undo` is over; returns how many people. To many it is laid out in parts."""
    return store.publish(
        work.session, notice, work.now, undo=undo, occurrence=occurrence, actor=work.actor, offered=work.audience
    )


def lay_out(work: Work, part: int) -> bool:
    """Make deliveries of a part of a large notice; False where somebody else does, or has done."""
    return store.lay_out(work.session, part, work.now, offered=work.audience)


def publish_due(work: Work) -> Sequence[Notice]:
    """Publish what has fallen due."""
    return occurrences.publish_due(work.session, work.now, offered=work.audience)
