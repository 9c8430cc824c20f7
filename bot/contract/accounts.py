"""What is known by a WeChat account, for whoever holds it: what was said, sent, allowed and counted."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlmodel import col, select

from bot.contract.work import Work
from bot.language import phrases
from bot.language.kinds.kind import Slot
from bot.store import claims, handoffs, limits, objections, staff
from bot.store.conversations import Conversation, Line
from bot.store.events import Event
from bot.store.followers import Allowance, Follower
from bot.store.limits import Tally
from bot.store.notices import Notice
from bot.store.objections import Objection
from bot.store.outbox import Delivery
from bot.store.people import Household, Resident
from bot.store.photos import Photo
from bot.store.receipts import NoticeReply
from bot.store.sentpictures import SentPicture
from bot.store.tasks import Task

#: Kinds of events that tell of reading.
EXPORTED = "data.exported"
READ = ("data.read", EXPORTED)

_SPEAKERS = {"resident": "居民", "bot": "机器人", "staff": "物业"}

#: What outlives a deletion, and why: what protects others from an account may not be undone by unfollowing.
KEPT = (
    "住户说不认识您的记录（一年，只留代号，为了保护那一户）；今天各种次数（留到第二天，只留代号，为了不让人反复试别人家的号码）"
)

#: Before everything that was ever said.
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


def say(moment: datetime | None) -> str:
    """Return a moment as exports write it; empty where there is none."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def talk(work: Work, openid: str, since: datetime, until: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return what was said, shown and asked for between two moments: the same account may have been somebody else's before."""
    session = work.session
    lines = select(Line).where(Line.openid == openid, Line.at >= since, Line.at <= until)
    tasks = select(Task).where(Task.openid == openid, col(Task.opened_at) >= since, col(Task.opened_at) <= until)
    photos = select(Photo).where(Photo.openid == openid, Photo.taken_at >= since, Photo.taken_at <= until)
    shown = select(SentPicture.at, SentPicture.public_id).where(
        SentPicture.openid == openid, SentPicture.at >= since, SentPicture.at <= until
    )
    answered = select(NoticeReply).where(NoticeReply.openid == openid, NoticeReply.at >= since, NoticeReply.at <= until)
    return {
        "回复通知的话": [
            {"时间": say(one.at), "内容": one.words} for one in session.exec(answered.order_by(col(NoticeReply.id)))
        ],
        "对话": [
            {"时间": say(line.at), "谁": _SPEAKERS.get(line.speaker, line.speaker), "内容": line.text}
            for line in session.exec(lines.order_by(col(Line.id)))
        ],
        "转给物业的事": [_task(one) for one in session.exec(tasks.order_by(col(Task.id)))],
        "照片": [{"时间": say(one.taken_at), "编号": one.public_id} for one in session.exec(photos.order_by(col(Photo.id)))],
        "物业发来的图片": [{"时间": say(at), "编号": key} for at, key in session.exec(shown.order_by(col(SentPicture.id)))],
    }


def _task(one: Task) -> Mapping[str, str]:
    said = handoffs.words(one) or str(one.data.get("report", ""))
    return {
        "编号": one.number or one.public_id,
        "时间": say(one.opened_at),
        "事情": one.title,
        "您说的话": said,
        "结果": one.outcome,
    }


def notices(work: Work, resident: Resident) -> Sequence[Mapping[str, str]]:
    """Return which notices were sent to somebody, oldest first."""
    sent = select(Notice.title, Delivery).join(Delivery, col(Delivery.notice_id) == col(Notice.id))
    mine = sent.where(Delivery.resident_id == resident.id).order_by(col(Delivery.id))
    return [
        {
            "标题": title, "时间": say(one.updated_at), "发出": say(one.sent_at), "打开": say(one.read_at), "确认收到": say(one.acknowledged_at),
        }
        for title, one in work.session.exec(mine)
    ]  # fmt: skip


def _under_way(work: Work, standing: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a talk stands open, in the words that people know it by; how the bot keeps that is nobody's data."""
    forms: list[Mapping[str, Any]] = []
    for name in ("form", "shelved"):
        form = standing.get(name)
        while form:
            forms.append(form)
            form = form.get("outer")
    done = {str(one.get("intent")): one for one in standing.get("subjects") or ()}
    return {
        "没办完的": [_form(work, one) for one in forms],
        "刚办过的": [
            {"事情": _title(work, name), "您说的": _values(work, name, one.get("values") or {})} for name, one in done.items()
        ],
        "还没用上的话": [str(words) for _, words in standing.get("unused") or ()],
    }


def _form(work: Work, form: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(form.get("intent"))
    return {
        "事情": _title(work, name),
        "您的原话": list(form.get("words") or ()),
        "记下的": _values(work, name, form.get("values") or {}),
    }


def _title(work: Work, intent: str) -> str:
    known = work.context.intents.get(intent)
    return known.title if known is not None else ""


def _values(work: Work, intent: str, values: Mapping[str, Any]) -> Mapping[str, str]:
    """Return values by what their slot is called, as people say them; what is only the bot's own has no title."""
    known = work.context.intents.get(intent)
    slots = {slot.name: slot for slot in known.slots} if known is not None else {}
    found = {name: value for name, value in values.items() if name in slots and slots[name].title}
    return {slots[name].title: _value(work, slots[name], value) for name, value in found.items()}


def _value(work: Work, slot: Slot, value: Any) -> str:
    if isinstance(value, Mapping):
        return say(datetime.fromisoformat(str(value.get("at"))))
    if isinstance(value, list | tuple):
        return "、".join(slot.label(str(one)) for one in value)
    return slot.label(value) if isinstance(value, str) else phrases.say(value, work.now)


def _about(work: Work, openid: str, conversation: Conversation | None) -> list[str]:
    tasks = work.session.exec(select(Task).where(Task.openid == openid)).all()
    return [*([f"conversation:{conversation.public_id}"] if conversation else []), *(one.about for one in tasks)]


#: Reads that are told at most, the newest of them.
_READS = 1000


def readers(work: Work, subjects: Collection[str]) -> Sequence[Mapping[str, str]]:
    """Return who of the staff was shown what is sensitive of these subjects, and when: as the log has it, the newest first."""
    read = select(Event).where(col(Event.subject).in_(subjects), col(Event.kind).in_(READ))
    found = work.session.exec(read.order_by(col(Event.id).desc()).limit(_READS)).all()
    known = staff.by_logins(work.session, {one.actor.removeprefix("staff:") for one in found})
    return [
        {"时间": say(one.at), "谁": _reader(one.actor, known), "看了": str(one.data.get("what", "")), "怎么看": "存成文件" if one.kind == EXPORTED else "打开看"}
        for one in found
    ]  # fmt: skip


def _reader(actor: str, known: Mapping[str, staff.Staff]) -> str:
    member = known.get(actor.removeprefix("staff:"))
    return member.name or member.login if member is not None else "以前的工作人员"


def export(work: Work, openid: str) -> dict[str, Any]:
    """Return all that is kept by account, as JSON with names people read."""
    session = work.session
    follower, conversation = session.get(Follower, openid), session.get(Conversation, openid)
    claim = claims.of(session, openid)
    against = select(Objection, Household).join(Household, col(Household.id) == col(Objection.household_id))
    allowed = select(Allowance).where(Allowance.openid == openid)
    sent = select(Delivery).where(Delivery.openid == openid, col(Delivery.notice_id).is_(None)).order_by(col(Delivery.id))
    counted = select(Tally).where(Tally.key == limits.key_of(session, openid)).order_by(col(Tally.day))
    return {
        "关注时间": say(follower.followed_at) if follower else "",
        "允许的订阅消息": [{"模板": one.template_id, "还可以发": one.left} for one in session.exec(allowed)],
        "正在说的事": {"主题": conversation.topic, **_under_way(work, conversation.standing or {})} if conversation else {},
        "自己说的住址": claim.label if claim else "",
        "说不认识您的住户": [
            flat.label for _, flat in session.exec(against.where(col(Objection.openid).in_(objections.known_as(session, openid))))
        ],
        "发给您的消息": [{"时间": say(one.updated_at), "内容": str(one.payload.get("text", ""))} for one in session.exec(sent)],
        "次数": [{"日期": str(one.day), "什么": one.kind, "几次": one.count} for one in session.exec(counted)],
        "谁看过": readers(work, _about(work, openid, conversation)),
        "删除信息后还留着的": KEPT,
        **talk(work, openid, _EVER, work.now),
    }
