"""The inbox: talks as lists, and one of them beside its list: read, taken, answered, handed on, laid aside, given back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlmodel import col, or_, select

from bot.contract import (
    Conversation,
    Desk,
    Download,
    Line,
    Page,
    Photo,
    Redirect,
    Refusal,
    Staff,
    Task,
    Upload,
    View,
    consents,
    handoffs,
    page,
    page_number,
    pictures,
    row_id,
    talklists,
    talks,
    tasks,
    telling,
    tr,
)
from bot.contract.talklists import Show
from integrations.desk import contact, labels, notes, phrases, talkrows
from integrations.desk.models import TalkNote

#: Longest question and answer that are carried to that page in an address.
CARRIED = 300

#: Lines of a talk that are shown at first, and each time older ones are asked for.
LINES = 100

#: Lists that tell how many they have; all talks are too many to be worth counting.
COUNTED = (Show.WAITING, Show.MINE, Show.NOBODY, Show.ASIDE)

#: What became of a message that did not come, for staff.
FATES: Mapping[str, str] = {
    "queued": tr("正在发"), "sending": tr("正在发"), "armed": tr("正在发"), "failed": tr("没有发出去"), "unreachable": tr("没有发出去"), "unknown": tr("不确定有没有收到"),
    "cancelled": tr("没有发，已取消"),
}  # fmt: skip

#: States of a message whose fate is open.
UNDER_WAY = ("queued", "sending", "armed")


def waits(desk: Desk) -> int:
    """Return how many residents wait and nobody has taken them over."""
    return talklists.count(desk, Show.NOBODY)


@page("GET", "/conversations", need="conversation.view", title=tr("对话"), nav=tr("居民"), badge=waits)
def inbox(desk: Desk) -> View:
    """List talks: who waits for a word, the longest waiting first; ?show= for other lists, ?label=, ?q= for who or what is looked for."""
    listed, _ = _inbox(desk)
    return View("desk/conversations.html", {"inbox": listed})


@page("GET", "/conversations/{key}", need="conversation.view", title=tr("对话"))
def show(desk: Desk) -> View:
    """Show one talk beside the list it was opened from; ?again= puts what was not sent back into the field."""
    talk = _find(desk)
    return _talk(desk, talk, _again(desk, talk))


@page("GET", "/conversations/{key}/pictures/{sent_picture}", need="photo.view", is_bare=True)
def picture(desk: Desk) -> Download:
    """Give a picture that staff sent."""
    talk = _find(desk)
    found = talks.picture(desk, talk, desk.params["sent_picture"])
    if found is None or not desk.may("conversation.view"):
        raise LookupError(desk.params["sent_picture"])
    desk.read("photo.view", f"conversation:{talk.public_id}")
    return Download(body=found, content_type="image/jpeg")


@page("POST", "/conversations/{key}/take", need="conversation.reply")
def take(desk: Desk) -> Redirect:
    """Take the talk over: the bot is silent from now on."""
    talk = _find(desk)
    talks.take(desk, talk)
    desk.record("conversation.taken", f"conversation:{talk.public_id}")
    minutes = desk.context.office.silence // timedelta(minutes=1)
    return _back(desk, talk, tr("已接手，机器人先不说话；{minutes} 分钟没有回复会自动交还，并告诉居民。", minutes=minutes))


def _picture(upload: Upload) -> bytes | Refusal | None:
    """Return the picture of a form, None where none was chosen, or why it is none: read beside the database, where nobody can be told yet."""
    try:
        return pictures.read(upload)
    except Refusal as refusal:
        return refusal


@page("POST", "/conversations/{key}/reply", need="conversation.reply", takes=lambda upload, _form: _picture(upload))
def reply(desk: Desk) -> View | Redirect:
    """Answer; what cannot be sent stays in the field, with why. A /short that means an answer kept ready is filled in first, not sent."""
    talk, text = _find(desk), desk.form.get("text", "").strip()
    if filled := phrases.typed(desk, talk, text):
        return _talk(desk, talk, filled, note=tr("填好了，看一下再发。"))
    try:
        if isinstance(desk.taken, Refusal):
            raise desk.taken
        talks.reply(desk, talk, text, picture=desk.taken, seen=row_id(desk.form.get("seen", "")))
    except Refusal as refusal:
        return _talk(desk, talk, text, fault=refusal, status=422)
    desk.record("conversation.replied", f"conversation:{talk.public_id}")
    return _back(desk, talk)


@page("POST", "/conversations/{key}/insert", need="conversation.reply", reads=True)
def insert(desk: Desk) -> View:
    """Put an answer kept ready into the field, behind what stands there."""
    talk, text = _find(desk), desk.form.get("text", "").strip()
    filled = phrases.fill(desk, talk, phrases.by_key(desk, desk.form.get("phrase", "")).text)
    return _talk(desk, talk, "\n".join(filter(None, (text, filled))), note=tr("填好了，看一下再发。"))


@page("POST", "/conversations/{key}/note", need="conversation.reply")
def note(desk: Desk) -> View | Redirect:
    """Note something for colleagues; it is sent to nobody."""
    talk, text = _find(desk), desk.form.get("note", "").strip()
    try:
        notes.add(desk, talk, text)
    except Refusal as refusal:
        return _talk(desk, talk, noted=text, fault=refusal, status=422)
    desk.record("conversation.noted", f"conversation:{talk.public_id}")
    return _back(desk, talk, tr("记好了，只有同事看得到。"))


@page("POST", "/conversations/{key}/writing", need="conversation.reply")
def writing(desk: Desk) -> Download:
    """Note that somebody writes on an answer, for colleagues who look at the same talk."""
    talks.write(desk, _find(desk))
    return Download(body=b"", content_type="text/plain")


@page("POST", "/conversations/{key}/call", need="conversation.reply")
def call(desk: Desk) -> Redirect:
    """Ask a resident outside the window for a word, by a template message."""
    talk = _find(desk)
    talks.call(desk, talk)
    desk.record("conversation.called", f"conversation:{talk.public_id}")
    return _back(desk, talk, tr("已请居民回一句话。回了以后就能在这里回复。"))


@page("POST", "/conversations/{key}/close", need="conversation.reply")
def close(desk: Desk) -> Redirect:
    """Close one thing that was handed over, and tell the resident what came of it."""
    talk = _find(desk)
    task = tasks.find(desk.session, desk.form.get("task", ""))
    if task is None or task.openid != talk.openid or task.kind != handoffs.KIND:
        raise LookupError(desk.form.get("task", ""))
    if not task.is_open:
        raise Refusal(tr("同事已经处理了：{outcome}。", outcome=task.outcome))
    tasks.close(desk, task, desk.staff, desk.form.get("outcome", "") or handoffs.OUTCOMES[0], desk.form.get("note", ""))
    return _back(desk, talk, tr("{number} 已办结，已告诉居民。", number=task.number))


@page("POST", "/conversations/{key}/back", need="conversation.reply")
def back(desk: Desk) -> Redirect:
    """Give the talk back to the bot, done with it."""
    talk = _find(desk)
    was_taken = talk.staff_id is not None
    talks.give_back(desk, talk)
    desk.record("conversation.returned", f"conversation:{talk.public_id}")
    return Redirect(
        f"/console/conversations{_kept(desk)}", tr("已交还给机器人。") if was_taken else tr("已移出列表，机器人照常回复。")
    )


@page("POST", "/conversations/{key}/hand-on", need="conversation.reply")
def hand_on(desk: Desk) -> Redirect:
    """Let a colleague see to the talk."""
    talk, number = _find(desk), row_id(desk.form.get("staff", ""))
    member = next((one for one in _colleagues(desk) if one.id == number), None)
    if member is None:
        raise Refusal(tr("请选择一位能回复居民的同事。"), field="staff")
    talks.hand_on(desk, talk, member)
    desk.record("conversation.handed_on", f"conversation:{talk.public_id}")
    return _back(desk, talk, tr("已交给{name}。", name=member.name))


@page("POST", "/conversations/{key}/aside", need="conversation.reply")
def aside(desk: Desk) -> Redirect:
    """Lay the talk aside for a while, or take it up again."""
    talk, how_long = _find(desk), desk.form.get("until", "")
    if how_long == "now":
        talks.take_up(desk, talk)
        desk.record("conversation.taken_up", f"conversation:{talk.public_id}")
        return _back(desk, talk, tr("放回列表了。"))
    until = talks.lay_aside(desk, talk, how_long)
    desk.record("conversation.laid_aside", f"conversation:{talk.public_id}")
    said = desk.words(tr("搁置到{t}；居民再说话会马上回到列表。"), t=until)
    return Redirect(f"/console/conversations{_kept(desk)}", said)


@page("POST", "/conversations/{key}/labels", need="conversation.reply")
def label(desk: Desk) -> Redirect:
    """Let the talk bear the labels that are ticked."""
    talk = _find(desk)
    labels.put(desk, talk, {name.removeprefix("label ") for name in desk.form if name.startswith("label ")})
    desk.record("conversation.labelled", f"conversation:{talk.public_id}")
    return _back(desk, talk)


def _find(desk: Desk) -> Conversation:
    found = talks.find(desk, desk.params["key"])
    if found is None:
        raise LookupError(desk.params["key"])
    return found


def _back(desk: Desk, talk: Conversation, said: str = "") -> Redirect:
    return Redirect(f"/console/conversations/{talk.public_id}{_kept(desk)}", said)


def _kept(desk: Desk) -> str:
    """Return the part of an address that keeps the list one works through."""
    show = desk.form.get("show", "")
    return f"?show={show}" if show in set(Show) else ""


def _colleagues(desk: Desk) -> Sequence[Staff]:
    return telling.may_see(desk, "conversation.reply")


# ------------------------------------------------------------------ the list


def _inbox(desk: Desk, *beside: Conversation) -> tuple[Mapping[str, Any], Sequence[dict[str, Any]]]:
    """Return the list at the side: its lists with their numbers, what is looked for, the rows, and the way to the next page; and the rows of
    the talks beside it.
    """
    words, asked = desk.query.get("q", "").strip()[:40], desk.query.get("show", "")
    chosen = labels.named(desk, desk.query.get("label", "")) if desk.query.get("label") else None
    show = Show(asked) if asked in set(Show) else Show.ALL if words or chosen else Show.WAITING
    number, hits, before, until = page_number(desk.query), [], None, None
    if words:
        found, more = talks.found(desk, words, by_phone=desk.may("phone.view"), limit=talklists.PAGE), False
        cut = len(found) == talklists.PAGE
        total = (
            talklists.count(desk, Show.ALL, or_(*talks.meant(desk, words, by_phone=desk.may("phone.view"))))
            if cut
            else len(found)
        )
        if len(words) >= 2 and not words.isdigit():
            said = talklists.said(desk, words, row_id(desk.query.get("before", "")))
            hits, before, until = _hits(desk, said), said.before, said.until
    else:
        among = [col(Conversation.openid).in_(labels.bearing(chosen))] if chosen else []
        found, more = talklists.listed(desk, show, number, *among)
        total = talklists.count(desk, show, *among) if more or number > 1 else len(found)
    all_rows = talkrows.of(desk, [*beside, *found])
    own, rows = all_rows[: len(beside)], all_rows[len(beside) :]
    if rows or hits:
        desk.read("conversation.view")
    return {
        "rows": rows, "q": words, "show": show, "lists": talklists.TITLES, "counts": talklists.counts(desk, COUNTED), "hits": hits,
        "before": before, "until": until, "why_not": desk.why_not_by_phone(words), "labels": labels.all_of(desk), "chosen": chosen,
        "page": number, "more": more, "total": total, "pages": -(-total // talklists.PAGE) or 1, "cut": bool(words) and total > len(rows), "office": desk.context.office.in_words(), "is_open": desk.context.office.is_open(desk.now),
        "expected": handoffs.expected(desk),
    }, own  # fmt: skip


def _hits(desk: Desk, said: talklists.Found) -> list[dict[str, Any]]:
    rows = talkrows.of(desk, [talk for talk, _, _ in said.hits])
    return [{**row, "said": text, "said_at": at} for row, (_, text, at) in zip(rows, said.hits, strict=True)]


# ------------------------------------------------------------------ one talk


def _talk(
    desk: Desk,
    talk: Conversation,
    text: str = "",
    *,
    noted: str = "",
    fault: Refusal | None = None,
    note: str = "",
    status: int = 200,
) -> View:
    """Return the page of a talk; `text` and `noted` stand in its fields."""
    about = f"conversation:{talk.public_id}"
    many = min(max(row_id(desk.query.get("lines", "")) or LINES, LINES), 16 * LINES)
    lines = talks.lines(desk.session, talk.openid, many + 1)
    is_all, lines = len(lines) <= many, lines[-many:]
    beside = notes.of(desk, talk, None if is_all else lines[0].at)
    photo_ids = [line.photo_id for line in lines if line.photo_id]
    photos = {photo.id: photo for photo in desk.session.exec(select(Photo).where(col(Photo.id).in_(photo_ids))).all()}
    said: list[Line | TalkNote] = sorted([*lines, *beside], key=lambda one: one.at)
    handed = [_handed(desk, task, lines) for task in handoffs.open_of(desk.session, talk.openid)]
    listed, [row] = _inbox(desk, talk)
    fill = phrases.filling(desk, talk)
    desk.read("conversation.view", about)
    if row["phone"] or any(one["phone"] for one in handed):
        desk.read_phones(about)
    fates = {key: (state.value, FATES.get(state.value, ""), why) for key, (state, why) in talks.fates(desk, lines).items()}
    shown = {
        "row": row, "alarm_of": _alarm_of(desk, talk, row["alarm"]), "inbox": listed, "said": said, "photos": photos, "is_all": is_all, "many": many,
        "sent_pictures": talks.pictures(desk, talk), "fates": fates, "is_under_way": any(state in UNDER_WAY for state, _, _ in fates.values()),
        "taken_by": desk.session.get(Staff, talk.staff_id) if talk.staff_id else None,
        "names": talkrows.names(desk, [one.staff_id for one in said]),
        "may_send": talks.allowance(desk, talk), "may_call": bool(desk.context.ways.template),
        "handoffs": handed, "outcomes": handoffs.OUTCOMES, "until": {**talks.LAID_ASIDE, "opening": tr("到{say_opening}", say_opening=desk.context.office.say_opening(desk.now))},
        "colleagues": [one for one in _colleagues(desk) if one.id != talk.assigned_id],
        "phrases": [(one, fill(one.text)) for one in phrases.all_of(desk)] if desk.may("conversation.reply") else (),
        "card": contact.of(desk, talk), "text": text, "noted": noted, "fault": str(fault or ""), "refusal": fault, "said_note": note, "longest": talks.LONGEST,
        "seen": lines[-1].id if lines else 0, "own_last": next((one.text for one in reversed(lines) if one.staff_id == desk.staff.id and one.speaker == "staff"), ""),
    }  # fmt: skip
    return View("desk/conversation.html", shown, status)


def _alarm_of(desk: Desk, talk: Conversation, alarm: Task | None) -> Callable[[Line | TalkNote], Task | None]:
    """Return what tells for which alarm a line is read whole: what somebody then took their consent back from, for none."""
    resident = talks.speaker(desk, talk)
    ended = consents.last_withdrawn(desk, resident) if resident is not None else None
    return lambda line: None if ended is not None and line.at < ended and not (alarm and tasks.holds(alarm, line.text)) else alarm


def _again(desk: Desk, talk: Conversation) -> str:
    """Return the text of a line of one's own that was not sent, to be sent again."""
    number = row_id(desk.query.get("again", ""))
    line = desk.session.get(Line, number) if number else None
    return line.text if line is not None and line.openid == talk.openid and line.staff_id == desk.staff.id else ""


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
    if not desk.answers_page or not (said or handoffs.is_question(task)):
        return ""
    question = handoffs.words(task).partition("\n")[0] or handoffs.say_topic(task)
    carried = {"question": question[:CARRIED], "answer": "\n".join(said)[:CARRIED]}
    return f"{desk.answers_page}?{urlencode({name: desk.veil(words) for name, words in carried.items()})}"


ROUTES: tuple[Page, ...] = (
    inbox, show, picture, take, reply, insert, note, writing, call, close, back, hand_on, aside, label,
)  # fmt: skip
