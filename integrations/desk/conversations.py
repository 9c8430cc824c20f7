"""Talks that wait for a person: found, read, taken over, answered, given back; what waits in them is closed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlmodel import col, select

from bot.contract import Conversation, Desk, Line, Page, Photo, Redirect, Refusal, Staff, Task, View, handoffs, page, talks, tasks

#: Which talks a list can be narrowed to.
SHOWN = {"waiting": "等回复", "mine": "我接手的", "all": "全部"}

#: The page that writes a new entry of what the community knows, where a service has one.
KNOWLEDGE = "/knowledge/new"

#: Longest question and answer that are carried to that page in an address.
CARRIED = 300


def waits(desk: Desk) -> int:
    """Return how many residents wait and nobody has taken them over."""
    return sum(talk.staff_id is None for talk in talks.waiting(desk.session))


@page("GET", "/conversations", need="conversation.view", title="对话", nav="居民", badge=waits)
def waiting(desk: Desk) -> View:
    """List who waits for a person, the longest waiting first, then the latest talks; ?q= and ?show= look for others."""
    words, show = desk.query.get("q", "").strip()[:40], desk.query.get("show", "")
    if not words and show not in SHOWN:
        rows, latest = _rows(desk, talks.waiting(desk.session, 50)), _rows(desk, talks.latest(desk))
        return View(
            "desk/conversations.html", {"rows": rows, "latest": latest, "q": "", "show": "", "shown": SHOWN, "why_not": ""}
        )
    held_by = desk.staff.id if show == "mine" else None
    found = talks.found(desk, words, held_by=held_by, waiting=show == "waiting", by_phone=desk.may("phone.view"))
    values = {"rows": _rows(desk, found), "latest": None, "q": words, "show": show if show in SHOWN else "all", "shown": SHOWN}
    values["why_not"] = desk.why_not_by_phone(words)
    return View("desk/conversations.html", values)


@page("GET", "/conversations/{key}", need="conversation.view", title="对话")
def show(desk: Desk) -> View:
    """Show one talk, and what is handed over in it."""
    talk = _find(desk)
    desk.read("conversation.view", f"conversation:{talk.public_id}")
    lines = talks.lines(desk.session, talk.openid)
    photo_ids = [line.photo_id for line in lines if line.photo_id]
    photos = {photo.id: photo for photo in desk.session.exec(select(Photo).where(col(Photo.id).in_(photo_ids))).all()}
    [row] = _rows(desk, [talk])
    handed = [_handed(desk, task, lines) for task in handoffs.open_of(desk.session, talk.openid)]
    if row["phone"] or any(one["phone"] for one in handed):
        desk.read_phones(f"conversation:{talk.public_id}")
    shown = {
        "row": row,
        "lines": lines,
        "photos": photos,
        "taken_by": desk.session.get(Staff, talk.staff_id) if talk.staff_id else None,
        "names": _names(desk, lines),
        "may_send": talks.allowance(desk, talk),
        "handoffs": handed,
        "outcomes": handoffs.OUTCOMES,
    }
    return View("desk/conversation.html", shown)


@page("POST", "/conversations/{key}/take", need="conversation.reply")
def take(desk: Desk) -> Redirect:
    """Take the talk over: the bot is silent from now on."""
    talk = _find(desk)
    talks.take(desk, talk)
    desk.record("conversation.taken", f"conversation:{talk.public_id}")
    minutes = desk.context.office.silence // timedelta(minutes=1)
    return Redirect(
        f"/console/conversations/{talk.public_id}", f"已接手，机器人先不说话；{minutes} 分钟没有回复会自动交还，并告诉居民。"
    )


@page("POST", "/conversations/{key}/reply", need="conversation.reply")
def reply(desk: Desk) -> Redirect:
    """Answer."""
    talk = _find(desk)
    talks.reply(desk, talk, desk.form.get("text", "").strip())
    desk.record("conversation.replied", f"conversation:{talk.public_id}")
    return Redirect(f"/console/conversations/{talk.public_id}")


@page("POST", "/conversations/{key}/close", need="conversation.reply")
def close(desk: Desk) -> Redirect:
    """Close one thing that was handed over, and tell the resident what came of it."""
    talk = _find(desk)
    task = tasks.find(desk.session, desk.form.get("task", ""))
    if task is None or task.openid != talk.openid or task.kind != handoffs.KIND:
        raise LookupError(desk.form.get("task", ""))
    if not task.is_open:
        raise Refusal(f"同事已经处理了：{task.outcome}。")
    tasks.close(desk, task, desk.staff, desk.form.get("outcome", "") or handoffs.OUTCOMES[0], desk.form.get("note", ""))
    return Redirect(f"/console/conversations/{talk.public_id}", f"{task.number} 已办结，已告诉居民。")


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


def _rows(desk: Desk, found: Sequence[Conversation]) -> list[dict[str, Any]]:
    numbers: dict[str | None, list[str]] = {}
    openids = [talk.openid for talk in found]
    for task in handoffs.open_among(desk.session, openids):
        numbers.setdefault(task.openid, []).append(task.number or "")
    alarms = {task.openid: task for task in tasks.open_of(desk.session, openids) if task.urgent and desk.may(task.need)}
    return [_row(desk, talk, numbers.get(talk.openid, []), alarms) for talk in found]


def _row(desk: Desk, talk: Conversation, numbers: Sequence[str], alarms: Mapping[str | None, Task]) -> dict[str, Any]:
    resident = talks.speaker(desk, talk)
    flat = desk.household(resident) if resident else None
    last = talks.lines(desk.session, talk.openid, 1)
    return {
        "phone": resident.phone if resident else "", "key": talk.public_id, "flat": flat.label if flat else "未绑定住址",
        "household": flat.id if flat else None, "name": resident.name if resident else "",
        "alarm": alarms.get(talk.openid), "topic": talk.topic, "waiting_since": talk.waiting_since, "taken": talk.staff_id is not None,
        "last": last[-1].text if last else "", "updated_at": talk.updated_at, "numbers": numbers,
    }  # fmt: skip


def _names(desk: Desk, lines: Sequence[Line]) -> Mapping[int | None, str]:
    """Return what those of the staff are called who spoke."""
    ids = {line.staff_id for line in lines if line.staff_id}
    return {one.id: one.name for one in desk.session.exec(select(Staff).where(col(Staff.id).in_(ids))).all()}


def _handed(desk: Desk, task: Task, lines: Sequence[Line]) -> dict[str, Any]:
    """Return what staff see of one thing that was handed over."""
    waited = handoffs.say_waited(desk.now - task.opened_at)
    return {
        "task": task, "topic": handoffs.say_topic(task), "words": handoffs.words(task).split("\n"),
        "photos": desk.photos_of(task.about), "waited": waited if handoffs.waits(task) else "",
        "expected": handoffs.expected(desk) if handoffs.waits(task) else "", "state": handoffs.say_state(desk, task),
        "phone": handoffs.phone(desk, task), "keep": _keep(desk, task, lines),
    }  # fmt: skip


def _keep(desk: Desk, task: Task, lines: Sequence[Line]) -> str:
    """Return the address that keeps question and answer as what the community knows; empty where there is nothing to keep."""
    said = [line.text for line in lines if line.speaker == "staff" and line.at >= task.opened_at]
    pages = (one for service in desk.context.services.integrations for one in service.console)
    page = next((one for one in pages if one.path == KNOWLEDGE and one.method == "GET"), None)
    if page is None or not desk.may(page.need) or not (said or handoffs.is_question(task)):
        return ""
    question = handoffs.words(task).partition("\n")[0] or handoffs.say_topic(task)
    carried = {"question": question[:CARRIED], "answer": "\n".join(said)[:CARRIED]}
    return f"/console{KNOWLEDGE}?{urlencode({name: desk.veil(words) for name, words in carried.items()})}"


ROUTES: tuple[Page, ...] = (waiting, show, take, reply, close, back)
