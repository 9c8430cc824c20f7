"""Talks that wait for a person: read, take over, answer, hand back."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import Desk, Page, Redirect, View, page
from bot.errors import Refusal
from bot.store import conversations, followers, outbox
from bot.store.conversations import Conversation
from bot.store.followers import Follower
from bot.store.people import Household, Resident
from bot.store.photos import Photo
from bot.store.staff import Staff
from bot.wechat import quota

#: Longest answer: what WeChat takes in one customer-service message.
LONGEST = 600


@page("GET", "/conversations", need="conversation.view", title="对话", nav="居民")
def waiting(desk: Desk) -> View:
    """List who waits for a person, the longest waiting first, then the latest talks."""
    rows = [_row(desk, conversation) for conversation in conversations.waiting(desk.session)]
    latest = desk.session.exec(
        select(Conversation)
        .where(col(Conversation.waiting_since).is_(None))
        .order_by(col(Conversation.updated_at).desc())
        .limit(20)
    ).all()
    return View("console/conversations.html", {"rows": rows, "latest": [_row(desk, item) for item in latest]})


@page("GET", "/conversations/{key}", need="conversation.view", title="对话")
def show(desk: Desk) -> View:
    """Show one talk."""
    conversation = _find(desk)
    lines = conversations.lines(desk.session, conversation.openid)
    photo_ids = [line.photo_id for line in lines if line.photo_id]
    photos = {photo.id: photo for photo in desk.session.exec(select(Photo).where(col(Photo.id).in_(photo_ids))).all()}
    follower = desk.session.get(Follower, conversation.openid)
    taken_by = desk.session.get(Staff, conversation.staff_id) if conversation.staff_id else None
    return View(
        "console/conversation.html",
        {
            "row": _row(desk, conversation), "lines": lines, "photos": photos, "taken_by": taken_by,
            "mine": conversation.staff_id == desk.staff.id, "left": _left(follower, desk.now), "hours": _hours(follower, desk.now),
        },
    )  # fmt: skip


@page("POST", "/conversations/{key}/take", need="conversation.reply")
def take(desk: Desk) -> Redirect:
    """Take the talk over: the bot is silent from now on."""
    conversation = _find(desk)
    conversations.take_over(conversation, desk.staff.id or 0, desk.now)
    desk.session.add(conversation)
    desk.record("conversation.taken", f"conversation:{desk.params['key']}")
    return Redirect(f"/console/conversations/{desk.params['key']}", "已接手，机器人先不说话；30 分钟没有回复会自动交还。")


@page("POST", "/conversations/{key}/reply", need="conversation.reply")
def reply(desk: Desk) -> Redirect:
    """Answer; the message goes through the outbox like every other."""
    conversation = _find(desk)
    text = desk.form.get("text", "").strip()
    if not text:
        raise Refusal("请先写点什么。")
    if len(text) > LONGEST:
        raise Refusal(f"一条最多 {LONGEST} 个字，现在有 {len(text)} 个。请分两条发。")
    if not _left(desk.session.get(Follower, conversation.openid), desk.now):
        raise Refusal("微信规定：居民 48 小时内没说话，或已回复满 5 条，就不能再主动发。等居民再说一句就可以，或请打电话。")
    conversations.take_over(conversation, desk.staff.id or 0, desk.now)
    desk.session.add(conversation)
    outbox.queue(desk.session, conversation.openid, text, desk.now)
    conversations.say(desk.session, conversation.openid, "staff", text, desk.now, staff_id=desk.staff.id)
    desk.record("conversation.replied", f"conversation:{desk.params['key']}")
    return Redirect(f"/console/conversations/{desk.params['key']}")


@page("POST", "/conversations/{key}/back", need="conversation.reply")
def back(desk: Desk) -> Redirect:
    """Give the talk back to the bot."""
    conversation = _find(desk)
    conversations.hand_back(conversation)
    desk.session.add(conversation)
    desk.record("conversation.returned", f"conversation:{desk.params['key']}")
    return Redirect("/console/conversations", "已交还给机器人。")


def _find(desk: Desk) -> Conversation:
    """Return the conversation by its public id; openids stand in no address."""
    found = desk.session.exec(select(Conversation).where(Conversation.public_id == desk.params["key"])).first()
    if found is None:
        raise LookupError(desk.params["key"])
    return found


def _row(desk: Desk, conversation: Conversation) -> dict[str, object]:
    resident = desk.session.exec(select(Resident).where(Resident.openid == conversation.openid)).first()
    flat = desk.session.get(Household, resident.household_id) if resident else None
    last = conversations.lines(desk.session, conversation.openid, 1)
    return {
        "phone": resident.phone if resident else "", "key": conversation.public_id, "flat": flat.label if flat else "未绑定住址", "name": resident.name if resident else "",
        "topic": conversation.topic, "waiting_since": conversation.waiting_since, "taken": conversation.staff_id is not None,
        "last": last[-1].text if last else "", "updated_at": conversation.updated_at,
    }  # fmt: skip


def _left(follower: Follower | None, now: datetime) -> int:
    if follower is None or follower.left_at is not None:
        return 0
    return quota.left(followers.window(follower), now)


def _hours(follower: Follower | None, now: datetime) -> int:
    if follower is None or follower.window_until is None:
        return 0
    return max(int((follower.window_until - now) / timedelta(hours=1)), 0)


ROUTES: tuple[Page, ...] = (waiting, show, take, reply, back)
