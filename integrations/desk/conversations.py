"""Talks that wait for a person: read, take over, answer, hand back."""

from typing import Any

from sqlmodel import col, select

from bot.contract import Conversation, Desk, Page, Photo, Redirect, Staff, View, page, talks


def waits(desk: Desk) -> int:
    """Return how many residents wait and nobody has taken them over."""
    return sum(talk.staff_id is None for talk in talks.waiting(desk.session))


@page("GET", "/conversations", need="conversation.view", title="对话", nav="居民", badge=waits)
def waiting(desk: Desk) -> View:
    """List who waits for a person, the longest waiting first, then the latest talks."""
    rows = [_row(desk, talk) for talk in talks.waiting(desk.session)]
    return View("desk/conversations.html", {"rows": rows, "latest": [_row(desk, talk) for talk in talks.latest(desk)]})


@page("GET", "/conversations/{key}", need="conversation.view", title="对话")
def show(desk: Desk) -> View:
    """Show one talk."""
    talk = _find(desk)
    lines = talks.lines(desk.session, talk.openid)
    photo_ids = [line.photo_id for line in lines if line.photo_id]
    photos = {photo.id: photo for photo in desk.session.exec(select(Photo).where(col(Photo.id).in_(photo_ids))).all()}
    taken_by = desk.session.get(Staff, talk.staff_id) if talk.staff_id else None
    shown = {
        "row": _row(desk, talk),
        "lines": lines,
        "photos": photos,
        "taken_by": taken_by,
        "may_send": talks.allowance(desk, talk),
    }
    return View("desk/conversation.html", shown)


@page("POST", "/conversations/{key}/take", need="conversation.reply")
def take(desk: Desk) -> Redirect:
    """Take the talk over: the bot is silent from now on."""
    talk = _find(desk)
    talks.take(desk, talk)
    desk.record("conversation.taken", f"conversation:{talk.public_id}")
    return Redirect(f"/console/conversations/{talk.public_id}", "已接手，机器人先不说话；30 分钟没有回复会自动交还。")


@page("POST", "/conversations/{key}/reply", need="conversation.reply")
def reply(desk: Desk) -> Redirect:
    """Answer."""
    talk = _find(desk)
    talks.reply(desk, talk, desk.form.get("text", "").strip())
    desk.record("conversation.replied", f"conversation:{talk.public_id}")
    return Redirect(f"/console/conversations/{talk.public_id}")


@page("POST", "/conversations/{key}/back", need="conversation.reply")
def back(desk: Desk) -> Redirect:
    """Give the talk back to the bot."""
    talk = _find(desk)
    talks.give_back(desk, talk)
    desk.record("conversation.returned", f"conversation:{talk.public_id}")
    return Redirect("/console/conversations", "已交还给机器人。")


def _find(desk: Desk) -> Conversation:
    found = talks.find(desk, desk.params["key"])
    if found is None:
        raise LookupError(desk.params["key"])
    return found


def _row(desk: Desk, talk: Conversation) -> dict[str, Any]:
    resident = talks.speaker(desk, talk)
    flat = desk.household(resident) if resident else None
    last = talks.lines(desk.session, talk.openid, 1)
    return {
        "phone": resident.phone if resident else "", "key": talk.public_id, "flat": flat.label if flat else "未绑定住址",
        "household": flat.id if flat else None, "name": resident.name if resident else "",
        "topic": talk.topic, "waiting_since": talk.waiting_since, "taken": talk.staff_id is not None,
        "last": last[-1].text if last else "", "updated_at": talk.updated_at,
    }  # fmt: skip


ROUTES: tuple[Page, ...] = (waiting, show, take, reply, back)
