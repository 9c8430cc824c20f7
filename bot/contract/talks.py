"""Talks with residents as staff see them: who waits, what was said, taking over, answering, giving back.

What of the store a service may use for it stands here by name; how a talk stands between two messages is the core's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from bot.contract.pages import Desk
from bot.contract.work import Work
from bot.errors import Refusal
from bot.store import conversations, followers, outbox, people
from bot.store.conversations import Conversation, hand_back, lines, take_over, waiting
from bot.store.followers import Follower
from bot.store.people import Resident
from bot.wechat import quota

__all__ = ["LONGEST", "Allowance", "Conversation", "allowance", "find", "hand_back", "latest", "lines", "reply", "speaker", "take_over", "waiting"]  # fmt: skip

#: Longest answer: what WeChat takes in one customer-service message.
LONGEST = 600


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What may still be sent to somebody before they speak again."""

    messages: int
    hours: int


def find(work: Work, public_id: str) -> Conversation | None:
    """Return a talk by the id people see; openids stand in no address."""
    return work.session.exec(select(Conversation).where(Conversation.public_id == public_id)).first()


def latest(work: Work, limit: int = 20) -> Sequence[Conversation]:
    """Return the talks that wait for nobody, the latest first."""
    calm = select(Conversation).where(col(Conversation.waiting_since).is_(None))
    return work.session.exec(calm.order_by(col(Conversation.updated_at).desc()).limit(limit)).all()


def speaker(work: Work, conversation: Conversation) -> Resident | None:
    """Return who is bound to the talk's openid."""
    return people.bound(work.session, conversation.openid)


def allowance(work: Work, conversation: Conversation) -> Allowance:
    """Return what WeChat still lets us send: so many messages, for so many hours."""
    follower = work.session.get(Follower, conversation.openid)
    if follower is None or follower.left_at is not None:
        return Allowance(messages=0, hours=0)
    until = follower.window_until
    hours = max(int((until - work.now) / timedelta(hours=1)), 0) if until else 0
    return Allowance(messages=quota.left(followers.window(follower), work.now), hours=hours)


def reply(desk: Desk, conversation: Conversation, text: str) -> None:
    """Answer, which takes the talk over; the message goes through the outbox like every other."""
    if not text:
        raise Refusal("请先写点什么。")
    if len(text) > LONGEST:
        raise Refusal(f"一条最多 {LONGEST} 个字，现在有 {len(text)} 个。请分两条发。")
    if not allowance(desk, conversation).messages:
        raise Refusal("微信规定：居民 48 小时内没说话，或已回复满 5 条，就不能再主动发。等居民再说一句就可以，或请打电话。")
    take_over(conversation, desk.staff.id or 0, desk.now)
    desk.session.add(conversation)
    outbox.queue(desk.session, conversation.openid, text, desk.now)
    conversations.say(desk.session, conversation.openid, "staff", text, desk.now, staff_id=desk.staff.id)
