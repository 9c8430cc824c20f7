"""Talks with residents as staff see them: who waits, what was said, taking over, answering, giving back.

What of the store a service may use for it stands here by name; how a talk stands between two messages is the core's.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, or_, select

from bot.contract import telling
from bot.contract.jobs import job
from bot.contract.pages import Desk
from bot.contract.work import Work
from bot.errors import Refusal
from bot.language.addresses import SHOP, SHOP_WORDS
from bot.language.identifiers import withheld
from bot.store import conversations, followers, handoffs, outbox, people, sentpictures, tasks, writers
from bot.store.conversations import Conversation, Line, hand_back, lines, lines_among, take_over, waiting
from bot.store.followers import Follower
from bot.store.outbox import DeliveryState
from bot.store.people import Household, Residence, Resident, lives_there
from bot.store.staff import Staff
from bot.store.tasks import Task
from bot.translation import tr, tr_all
from bot.wechat import quota

__all__ = [
    "LAID_ASIDE",
    "LONGEST",
    "Allowance",
    "Conversation",
    "allowance",
    "call",
    "fates",
    "find",
    "found",
    "give_back",
    "hand_on",
    "lay_aside",
    "lines",
    "lines_among",
    "meant",
    "picture",
    "pictures",
    "reply",
    "return_left_alone",
    "speaker",
    "speakers",
    "take",
    "take_up",
    "waiting",
    "write",
]  # fmt: skip

#: A flat as staff type it in a hurry: 3-2-501.
_SHOP = re.compile(rf"{SHOP_WORDS}(?=$|\d)")
_FLAT = re.compile(r"(\d+)-(\d+)-(\d+)")

#: Longest answer: what WeChat takes in one customer-service message.
LONGEST = 600


#: For how long a talk may be laid aside, by what staff call it; the office opens when it next does.
LAID_ASIDE = {"hour": tr("1 小时"), "opening": tr("下次上班"), "days": tr("3 天")}

#: What a picture says where none can be shown.
PICTURE = "[图片]"


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What may still be sent to somebody before they speak again, and until when; `why_not` says why nothing may."""

    messages: int = 0
    hours: int = 0
    until: datetime | None = None
    left: str = ""  # until the window closes: 47 小时, 35 分钟
    why_not: str = ""


def find(work: Work, public_id: str) -> Conversation | None:
    """Return a talk by the id people see; openids stand in no address."""
    return work.session.exec(select(Conversation).where(Conversation.public_id == public_id)).first()


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
        query = query.where(or_(*meant(work, words, by_phone=by_phone)))
    order = col(Conversation.waiting_since) if waiting else col(Conversation.updated_at).desc()
    return work.session.exec(query.order_by(order).limit(limit)).all()


def meant(work: Work, words: str, *, by_phone: bool = False) -> Sequence[ColumnElement[bool]]:
    """Return what holds of the talks of whom staff look for so, any of it; see `found`."""
    openid = col(Conversation.openid)
    return [openid.in_(_living(work.session, words, by_phone=by_phone)), openid.in_(_numbered(words))]


def _living(session: Session, words: str, *, by_phone: bool) -> Select[str | None]:
    """Return whose name or flat has these words, or whose phone they are: 陈建国, 13800000000, 0000, 3栋2单元501, 3-2-501."""
    flat = _SHOP.sub(SHOP, _FLAT.sub(r"\1栋\2单元\3", words))
    meant = (
        col(Resident.name).contains(words, autoescape=True), people.label_in_sql().contains(flat, autoescape=True),
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


def speakers(work: Work, openids: Collection[str]) -> Mapping[str, tuple[Resident, Household]]:
    """Return who is bound to each of several openids, with the flat they speak for, asked for at once."""
    residents = people.bound_among(work.session, openids)
    flats = people.flats_of(work.session, residents.values())
    return {openid: (one, flats[one.household_id]) for openid, one in residents.items()}


def allowance(work: Work, conversation: Conversation) -> Allowance:
    """Return what WeChat still lets us send: so many messages, for so long. What is on its way counts as sent."""
    follower = work.session.get(Follower, conversation.openid)
    if follower is None or follower.left_at is not None:
        return Allowance(why_not=tr("居民没有关注公众号，微信里发不了。"))
    window = followers.window(follower)
    messages = max(quota.left(window, work.now) - outbox.under_way(work.session, conversation.openid, work.now), 0)
    until = quota.closes(window, work.now)
    if until is None or not messages:
        spoke = window.until is not None and work.now < window.until
        return Allowance(
            why_not=tr("居民上次说话以后，已经回满 5 条。") if spoke else tr("居民 48 小时内没有说过话，微信不让主动发。")
        )
    minutes = int((until - work.now) / timedelta(minutes=1))
    left = (
        tr("{minutes} 小时", minutes=minutes // 60)
        if minutes >= 120
        else tr("{minutes} 分钟", minutes=minutes)
        if minutes
        else tr("不到 1 分钟")
    )
    return Allowance(messages=messages, hours=minutes // 60, until=until, left=left)


def take(desk: Desk, conversation: Conversation) -> None:
    """Let this member of the staff have the word, and what the resident waits for with it; the resident hears whose it is, once."""
    if conversation.staff_id != desk.staff.id:
        _tell(desk, conversation, "talk.taken", who=desk.staff.name)
    _take(desk, conversation)


def reply(desk: Desk, conversation: Conversation, text: str, *, picture: bytes | None = None, seen: int | None = None) -> None:
    """Answer with a text, a picture or both, which takes the talk over; signed, through the outbox like every other message.

    `seen` is the newest line that whoever answers has read: where a colleague has answered after it, they are told first. Raises
    Refusal before anything is written.
    """
    messages, who, text = (
        desk.context.messages,
        desk.staff.name,
        withheld(text, cards=False),
    )  # an account of the office's own is told
    begins = "" if conversation.staff_id == desk.staff.id else desk.words(messages["talk.taken"], who=who)
    _require_sendable(desk, conversation, text, bool(text or begins) + (picture is not None))
    if not text and picture is None:
        raise Refusal(tr("请先写点什么。"), field="text")
    other = None if seen is None else conversations.answered_since(desk.session, conversation.openid, seen, desk.staff.id or 0)
    if other is not None:
        raise Refusal(
            tr("{name}刚刚回复了，请先看一下上面；还要发的话，再点一次发送。", name=desk.session.get_one(Staff, other).name)
        )
    signed = desk.words(messages["talk.signed"], who=who, text=text) if text else ""
    _take(desk, conversation)
    if begins:
        conversations.say(desk.session, conversation.openid, "bot", begins, desk.now)
    if spoken := "\n".join(filter(None, (begins, signed))):
        sent = outbox.queue(desk.session, conversation.openid, spoken, desk.now)
        if text:
            _say(desk, conversation, text, sent.id)
    if picture is not None:
        sent = outbox.queue(desk.session, conversation.openid, PICTURE, desk.now, title="物业发来一张图片", picture=True)
        sentpictures.keep(desk.session, conversation.openid, sent.id or 0, picture, desk.now)
        _say(desk, conversation, PICTURE, sent.id)
    for task in handoffs.open_of(desk.session, conversation.openid):
        if handoffs.waits(task):
            handoffs.answered(desk.session, task, desk.staff.id or 0, desk.now, desk.actor)


def _require_sendable(desk: Desk, conversation: Conversation, text: str, needed: int) -> None:
    if len(text) > LONGEST:
        raise Refusal(
            tr("一条最多 {LONGEST} 个字，现在有 {text} 个。请分两条发。", LONGEST=LONGEST, text=len(text)), field="text"
        )
    allowed = allowance(desk, conversation)
    if not allowed.messages:
        raise Refusal(tr("没有发出去：{why_not}等居民再说一句就可以，或请打电话。", why_not=allowed.why_not))
    if allowed.messages < needed:
        raise Refusal(
            tr(
                "没有发出去：只还能发 {messages} 条，文字和图片要 {needed} 条。请只发其中一样。",
                messages=allowed.messages,
                needed=needed,
            )
        )


def _say(desk: Desk, conversation: Conversation, text: str, delivery_id: int | None) -> None:
    conversations.say(
        desk.session, conversation.openid, "staff", text, desk.now, staff_id=desk.staff.id, delivery_id=delivery_id
    )  # fmt: skip


def give_back(desk: Desk, conversation: Conversation) -> None:
    """Give the word back to the bot, done with the talk; a resident whom somebody had spoken with hears so."""
    who = desk.session.get(Staff, conversation.staff_id) if conversation.staff_id else None
    hand_back(conversation)
    conversation.snoozed_until = None
    desk.session.add(conversation)
    if who is not None:
        _tell(desk, conversation, "talk.returned", who=who.name)


def hand_on(desk: Desk, conversation: Conversation, member: Staff) -> None:
    """Let a colleague see to a talk and to what is handed over in it; who had the word gives it to them, and the resident hears so."""
    if conversation.assigned_id == member.id:
        raise Refusal(tr("这个对话已经在{name}那里了。", name=member.name))
    conversation.assigned_id, conversation.snoozed_until = member.id, None
    if conversation.staff_id is not None and conversation.staff_id != member.id:
        conversation.staff_id, conversation.updated_at = member.id, desk.now
        _tell(desk, conversation, "talk.taken", who=member.name)
    desk.session.add(conversation)
    for task in handoffs.open_of(desk.session, conversation.openid):
        if task.claimed_by != member.id and any(one.id == member.id for one in telling.may_see(desk, task.need)):
            tasks.hand_on(desk.session, task, member.id or 0, desk.now, desk.actor)


def lay_aside(desk: Desk, conversation: Conversation, how_long: str) -> datetime:
    """Take a talk out of the lists until then, or until the resident speaks; returns until when. Whoever does it sees to it then."""
    if how_long not in LAID_ASIDE:
        raise Refusal(tr("请选搁置多久：{values}。", values=tr_all("、", LAID_ASIDE.values())))
    until = {"hour": desk.now + timedelta(hours=1), "days": desk.now + timedelta(days=3)}.get(how_long)
    conversation.snoozed_until = until or desk.context.office.opening(desk.now)
    conversation.snoozed_after = conversations.newest(desk.session, conversation.openid)
    conversation.assigned_id = conversation.assigned_id or desk.staff.id
    desk.session.add(conversation)
    return conversation.snoozed_until


def take_up(desk: Desk, conversation: Conversation) -> None:
    """Put a talk that was laid aside back into the lists."""
    conversation.snoozed_until = None
    desk.session.add(conversation)


def call(desk: Desk, conversation: Conversation) -> None:
    """Ask a resident outside the window, by a template message, to say a word, so that they can be answered; once a day."""
    if allowance(desk, conversation).messages:
        raise Refusal(tr("现在可以直接回复。"))
    if not desk.context.ways.template:
        raise Refusal(tr("没有配置模板消息，发不了。请打电话。"))
    if not desk.take("talk.call", 1, conversation.openid):
        raise Refusal(tr("今天已经请过一次了，请打电话，或明天再试。"))
    sent = desk.tell(conversation.openid, "talk.call", heading="物业有话跟您说，请回复", who=desk.staff.name)
    if sent is not None:
        _say(desk, conversation, str(sent.payload["text"]), sent.id)


def write(desk: Desk, conversation: Conversation) -> None:
    """Let colleagues who have the talk open know that this member of the staff writes on an answer; that is forgotten within a minute."""
    writers.note(desk.session, conversation.public_id, desk.staff.id or 0, desk.now)


def fates(work: Work, said: Sequence[Line]) -> Mapping[int, tuple[DeliveryState, str]]:
    """Return what became of what staff said, by the id of what carries it: the state and why."""
    return outbox.fates(work.session, {line.delivery_id for line in said if line.delivery_id})


def pictures(work: Work, conversation: Conversation) -> Mapping[int, str]:
    """Return the pictures that staff sent, by the id of what carries each: its id in addresses."""
    return sentpictures.ids(work.session, conversation.openid)


def picture(work: Work, conversation: Conversation, public_id: str) -> bytes | None:
    """Return one of them, a JPEG."""
    return sentpictures.shown(work.session, conversation.openid, public_id)


@job(every=timedelta(seconds=20))
def return_left_alone(work: Work) -> None:
    """Take back the talks that staff have left alone for as long as the settings say, and tell both sides; their hand-offs stay."""
    for conversation in conversations.left_alone(work.session, work.now - work.context.office.silence):
        who = work.session.get_one(Staff, conversation.staff_id)
        task = next(iter(handoffs.open_of(work.session, conversation.openid)), None)
        held_by = conversation.assigned_id if task or conversation.snoozed_until else None  # what is not done stays theirs
        hand_back(conversation)
        conversation.assigned_id = held_by
        work.session.add(conversation)
        work.record("conversation.left_alone", f"conversation:{conversation.public_id}")
        _tell(work, conversation, "talk.left_alone", who=who.name, number=task.number or "" if task else "")


def _take(desk: Desk, conversation: Conversation) -> None:
    take_over(conversation, desk.staff.id or 0, desk.now)
    conversation.snoozed_until = None
    desk.session.add(conversation)
    for task in handoffs.open_of(desk.session, conversation.openid):
        if task.claimed_by is None:
            tasks.claim(desk.session, task, desk.staff.id or 0, desk.now, desk.actor)


def _tell(work: Work, conversation: Conversation, message: str, **values: str) -> None:
    """Say how the talk goes on; only within WeChat's window: a template message is for more than this."""
    if not allowance(work, conversation).messages:
        return
    work.tell(conversation.openid, message, url="", heading="", urgent=False, **values)
