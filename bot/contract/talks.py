"""Talks with residents as staff see them: who waits, what was said, taking over, answering, giving back.

What of the store a service may use for it stands here by name; how a talk stands between two messages is the core's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, case
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, or_, select

from bot.contract.jobs import job
from bot.contract.pages import Desk
from bot.contract.work import Work
from bot.errors import Refusal
from bot.store import conversations, followers, handoffs, outbox, people, tasks
from bot.store.conversations import Conversation, hand_back, lines, take_over, waiting
from bot.store.followers import Follower
from bot.store.people import Household, Residence, Resident, lives_there
from bot.store.staff import Staff
from bot.store.tasks import Task
from bot.wechat import quota

__all__ = [
    "LONGEST", "Allowance", "Conversation", "allowance", "find", "found", "give_back", "latest", "lines", "reply", "return_left_alone", "speaker",
    "take", "waiting",
]  # fmt: skip

#: A flat as staff type it in a hurry: 3-2-501.
_FLAT = re.compile(r"(\d+)-(\d+)-(\d+)")

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


def found(
    work: Work, words: str, *, held_by: int | None = None, waiting: bool = False, by_phone: bool = False, limit: int = 50
) -> Sequence[Conversation]:
    """Return the talks of whom staff look for by a part of name or flat or by a hand-off's number; the latest first. `by_phone`: by a
    phone number or its last four digits, too, for who may see it: else one learns whose it is.

    Without words all are found: those that `held_by` has taken over, or those that wait for somebody, the longest waiting first.
    """
    query = select(Conversation)
    if held_by is not None:
        query = query.where(Conversation.staff_id == held_by)
    if waiting:
        query = query.where(col(Conversation.waiting_since).is_not(None), col(Conversation.staff_id).is_(None))
    if words:
        query = query.where(
            or_(
                col(Conversation.openid).in_(_living(work.session, words, by_phone=by_phone)),
                col(Conversation.openid).in_(_numbered(words)),
            )
        )
    order = col(Conversation.waiting_since) if waiting else col(Conversation.updated_at).desc()
    return work.session.exec(query.order_by(order).limit(limit)).all()


def _living(session: Session, words: str, *, by_phone: bool) -> Select[str | None]:
    """Return whose name or flat has these words, or whose phone they are: 陈建国, 13800000000, 0000, 3栋2单元501, 3-2-501."""
    unit = case((col(Household.unit) == "", ""), else_=col(Household.unit) + "单元")
    label = col(Household.building) + "栋" + unit + col(Household.room)
    flat = _FLAT.sub(r"\1栋\2单元\3", words)
    meant = (
        col(Resident.name).contains(words, autoescape=True), label.contains(flat, autoescape=True),
        *(people.has_phone(session, words) if by_phone else ()),
    )  # fmt: skip
    whose = (
        sql_select(col(Resident.openid))
        .join(Residence, col(Residence.resident_id) == col(Resident.id))
        .join(Household, col(Household.id) == col(Residence.household_id))
    )
    return whose.where(col(Resident.openid).is_not(None), lives_there(), or_(*meant))


def _numbered(words: str) -> Select[str | None]:
    return sql_select(col(Task.openid)).where(col(Task.number) == words.upper(), col(Task.openid).is_not(None))


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


def take(desk: Desk, conversation: Conversation) -> None:
    """Let this member of the staff have the word, and what the resident waits for with it; the resident hears whose it is, once."""
    if conversation.staff_id != desk.staff.id:
        _tell(desk, conversation, "talk.taken", who=desk.staff.name)
    _take(desk, conversation)


def reply(desk: Desk, conversation: Conversation, text: str) -> None:
    """Answer, which takes the talk over; signed, the message goes through the outbox like every other."""
    if not text:
        raise Refusal("请先写点什么。")
    if len(text) > LONGEST:
        raise Refusal(f"一条最多 {LONGEST} 个字，现在有 {len(text)} 个。请分两条发。")
    if not allowance(desk, conversation).messages:
        raise Refusal("微信规定：居民 48 小时内没说话，或已回复满 5 条，就不能再主动发。等居民再说一句就可以，或请打电话。")
    messages, who = desk.context.messages, desk.staff.name
    begins = "" if conversation.staff_id == desk.staff.id else desk.words(messages["talk.taken"], who=who)
    signed = desk.words(messages["talk.signed"], who=who, text=text)
    _take(desk, conversation)
    outbox.queue(desk.session, conversation.openid, "\n".join(filter(None, (begins, signed))), desk.now)
    conversations.say(desk.session, conversation.openid, "staff", text, desk.now, staff_id=desk.staff.id)
    for task in handoffs.open_of(desk.session, conversation.openid):
        if handoffs.waits(task):
            handoffs.answered(desk.session, task, desk.staff.id or 0, desk.now, desk.actor)


def give_back(desk: Desk, conversation: Conversation) -> None:
    """Give the word back to the bot; a resident whom somebody had spoken with hears so."""
    who = desk.session.get(Staff, conversation.staff_id) if conversation.staff_id else None
    hand_back(conversation)
    desk.session.add(conversation)
    if who is not None:
        _tell(desk, conversation, "talk.returned", who=who.name)


@job(every=timedelta(seconds=20))
def return_left_alone(work: Work) -> None:
    """Take back the talks that staff have left alone for as long as the settings say, and tell both sides; their hand-offs stay."""
    for conversation in conversations.left_alone(work.session, work.now - work.context.office.silence):
        who = work.session.get_one(Staff, conversation.staff_id)
        hand_back(conversation)
        work.session.add(conversation)
        work.record("conversation.left_alone", f"conversation:{conversation.public_id}")
        task = next(iter(handoffs.open_of(work.session, conversation.openid)), None)
        _tell(work, conversation, "talk.left_alone", who=who.name, number=task.number or "" if task else "")


def _take(desk: Desk, conversation: Conversation) -> None:
    take_over(conversation, desk.staff.id or 0, desk.now)
    desk.session.add(conversation)
    for task in handoffs.open_of(desk.session, conversation.openid):
        if task.claimed_by is None:
            tasks.claim(desk.session, task, desk.staff.id or 0, desk.now, desk.actor)


def _tell(work: Work, conversation: Conversation, message: str, **values: str) -> None:
    """Say how the talk goes on, and write it down; only within WeChat's window: a template message is for more than this."""
    if not allowance(work, conversation).messages:
        return
    delivery = work.tell(conversation.openid, message, url="", heading="", urgent=False, **values)
    if delivery is not None:
        conversations.say(work.session, conversation.openid, "bot", str(delivery.payload["text"]), work.now)
