"""Telling residents: compose, keep a draft, count, publish, undo, watch."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.contract import (
    SHANGHAI,
    DeliveryState,
    Desk,
    Notice,
    NoticeState,
    Page,
    Redirect,
    Refusal,
    Staff,
    View,
    notices,
    page,
    receipts,
)
from bot.contract.notices import STATE_WORDS, Audience
from integrations.notices import after, before

NOTICE_WORDS = {
    NoticeState.DRAFT: "草稿", NoticeState.SCHEDULED: "已定时", NoticeState.PUBLISHED: "已发布", NoticeState.RECALLED: "已撤回",
}  # fmt: skip


@page("GET", "/notices", need="notice.view", title="通知", nav="居民")
def listed(desk: Desk) -> View:
    """List the notices."""
    found = notices.listed(desk.session)
    rows = [
        (notice, Audience.from_json(notice.audience).label, "已停止" if _is_stopped_rule(notice) else NOTICE_WORDS[notice.state])
        for notice in found
    ]
    rows.sort(key=lambda row: row[0].state is not NoticeState.DRAFT)  # what waits to be sent comes first
    return View("notices/notices.html", {"rows": rows})


@page("GET", "/notices/new", need="notice.draft", title="写通知")
def compose(desk: Desk) -> View:
    """Write a notice."""
    return _form(desk, {})


@page("GET", "/notices/{id}/edit", need="notice.draft", title="写通知")
def edit(desk: Desk) -> View:
    """Go on with a draft."""
    notice = after.find(desk)
    _require_draft(notice)
    wrong = desk.session.get(Notice, notice.corrects_id) if notice.corrects_id else None
    return _form(
        desk,
        {
            "draft": notice.public_id, "to": Audience.from_json(notice.audience).label, "title": notice.title, "body": notice.body,
            "when": "cron" if notice.cron else "later" if notice.due_at else "now",
            "at": f"{notice.due_at:%Y-%m-%dT%H:%M}" if notice.due_at else "", **_repeats(notice.cron), **_beside(notice),
            "corrects": wrong.public_id if wrong else "", "correction": notice.correction,
        }
    )  # fmt: skip


@page("GET", "/notices/{id}/correct", need="notice.draft", title="更正通知")
def correct(desk: Desk) -> View:
    """Write what corrects a notice that was published: for the same people, with the same words to begin with."""
    wrong = after.find(desk)
    if wrong.published_at is None:
        raise Refusal("只能更正已经发布的通知。草稿直接修改就行。")
    return _form(
        desk,
        {
            "corrects": wrong.public_id, "to": Audience.from_json(wrong.audience).label, "title": wrong.title, "body": wrong.body,
            **_beside(wrong),
        }
    )  # fmt: skip


@page("POST", "/notices/preview", need="notice.draft", title="写通知", reads=True)
def preview(desk: Desk) -> View:
    """Show how it will look, while one writes; without a script the whole form comes back with it."""
    if desk.is_fragment:
        return View("notices/preview.html", before.look(desk, before.written(desk.form)))
    return _form(desk, desk.form)


@page("POST", "/notices", need="notice.send")
def publish(desk: Desk) -> Redirect | View:
    """Publish now, or schedule; what is wrong is told beside the form, and nothing typed is lost."""
    try:
        notice, (due_at, cron) = _written(desk), _when(desk.form)
        if due_at or cron:
            notices.schedule(desk.session, notice, due_at, cron, desk.now, actor=desk.actor)
        else:
            notices.publish(desk, notice)
    except Refusal as refusal:
        desk.session.rollback()
        return _form(desk, desk.form, str(refusal), 422)
    return Redirect(f"/console/notices/{notice.public_id}")


@page("POST", "/notices/draft", need="notice.draft")
def keep(desk: Desk) -> Redirect | View:
    """Keep a draft, with the time it is meant for; nobody gets it before somebody who may send publishes it."""
    try:
        notice = _written(desk)
        notice.due_at, notice.cron = _when(desk.form)
    except Refusal as refusal:
        desk.session.rollback()
        return _form(desk, desk.form, str(refusal), 422)
    desk.session.add(notice)
    desk.record("notice.drafted", f"notice:{notice.public_id}")
    return Redirect(
        f"/console/notices/{notice.public_id}",
        f"草稿存好了，还没有发。可以发布的是{'、'.join(desk.access.holders('notice.send'))}。",
    )


@page("POST", "/notices/{id}/discard", need="notice.draft")
def discard(desk: Desk) -> Redirect:
    """Throw a draft away."""
    notice = after.find(desk)
    _require_draft(notice)
    notices.discard(desk.session, notice)
    desk.record("notice.discarded", f"notice:{notice.public_id}")
    return Redirect("/console/notices", f"草稿“{notice.title}”删掉了。")


@page("GET", "/notices/{id}", need="notice.view", title="通知")
def show(desk: Desk) -> View:
    """Show a notice and what became of it."""
    notice = after.find(desk)
    author = desk.session.get(Staff, notice.created_by) if notice.created_by else None
    wrong = desk.session.get(Notice, notice.corrects_id) if notice.corrects_id else None
    shown = {
        "author": author.name if author else "", "wrong": wrong, "later": notices.correction_of(desk.session, notice),
        "pictures": notices.pictures(desk.session, notice), "most_pictures": notices.PICTURES, "replies": after.replies(desk, notice),
        "reach": notices.count(desk, Audience.from_json(notice.audience)) if notice.state is NoticeState.DRAFT else None,
        "to": Audience.from_json(notice.audience).label, "ways": desk.context.ways, "fault": "",
    }  # fmt: skip
    return View("notices/notice.html", _progress(desk, notice) | shown | before.look(desk, notice, before.images(desk, notice)))


@page("GET", "/notices/{id}/progress", need="notice.view")
def progress(desk: Desk) -> View:
    """Return the bar alone, for refreshing it."""
    return View("notices/progress.html", _progress(desk, after.find(desk)))


@page("POST", "/notices/{id}/recall", need="notice.send")
def recall(desk: Desk) -> Redirect:
    """Stop a notice; of a recurring one it must be said whether the rule stops, or what is next only."""
    notice = after.find(desk)
    back, what = f"/console/notices/{notice.public_id}", desk.form.get("what", "")
    if not _is_stoppable(desk, notice):
        raise Refusal("这条通知现在没有在发，也没有定时，不用停止。")
    if notice.cron and what not in {"once", "rule"}:
        return Redirect(f"{back}/stop")
    if what == "once" and notice.cron:
        stopped = notices.recall_once(desk.session, notice, desk.now, desk.actor)
        return Redirect(back, f"这一次停了，{stopped} 条没有发出；以后照常发。" if stopped else "跳过了这一次，以后照常发。")
    stopped = notices.recall(desk.session, notice, desk.now, desk.actor)
    return Redirect(back, "已停止，以后不再发；要发时点“恢复”。" if notice.cron else f"已撤回，{stopped} 条没有发出。")


@page("GET", "/notices/{id}/stop", need="notice.send", title="停止周期通知")
def ask_to_stop(desk: Desk) -> View | Redirect:
    """Ask how a recurring notice is to be stopped, and say what becomes of the times to come."""
    notice = after.find(desk)
    if not (notice.cron and _is_stoppable(desk, notice)):
        return Redirect(f"/console/notices/{notice.public_id}")
    then = notices.next_occurrence(notice.cron, notice.due_at) if notice.due_at else None
    return View("console/stop.html", {**_progress(desk, notice), "then": then})


@page("POST", "/notices/{id}/resume", need="notice.send")
def resume(desk: Desk) -> Redirect:
    """Start a recurring notice again that was stopped."""
    notice = after.find(desk)
    if not _is_stopped_rule(notice):
        raise Refusal("这条通知没有停止的周期，不能恢复。请刷新页面看最新状态。")
    notices.resume(desk.session, notice, desk.now, desk.actor)
    return Redirect(f"/console/notices/{notice.public_id}", "恢复了，到下一次的时间就发。")


def _is_stopped_rule(notice: Notice) -> bool:
    return notice.state is NoticeState.RECALLED and bool(notice.cron)


def _is_stoppable(desk: Desk, notice: Notice) -> bool:
    return bool(_progress(desk, notice)["stoppable"])


def _progress(desk: Desk, notice: Notice) -> dict[str, object]:
    counts = notices.progress(desk.session, notice)
    total = sum(counts.values())
    moving = sum(counts[state] for state in (DeliveryState.ARMED, DeliveryState.QUEUED, DeliveryState.SENDING))
    undo_until = notice.published_at + notices.UNDO if notice.published_at else None
    return {
        "notice": notice, "audience": Audience.from_json(notice.audience).label, "state": "已停止" if _is_stopped_rule(notice) else NOTICE_WORDS[notice.state],
        "recurrence": _recurrence(notice.cron), "is_stopped_rule": _is_stopped_rule(notice), "is_draft": notice.state is NoticeState.DRAFT,
        "counts": [
            (state, words, counts[state], round(100 * counts[state] / total) if total else 0, after.PART_OF[state]) for state, words in STATE_WORDS.items()
        ],
        "figures": receipts.figures(desk.session, notice), "means": after.MEANS, "answered": receipts.count_replies(desk.session, notice),
        "again": receipts.retryable(desk.session, notice, receipts.NOTHING_CAME), "doubtful": receipts.retryable(desk.session, notice, (DeliveryState.UNKNOWN,)),
        "total": total, "sending": moving, "moving": moving or notice.state is NoticeState.SCHEDULED,
        "undo": max(0, int((undo_until - desk.now) / timedelta(seconds=1))) if undo_until and counts[DeliveryState.ARMED] else 0,
        "stoppable": notice.state is NoticeState.SCHEDULED or bool(moving),
    }  # fmt: skip


def _form(desk: Desk, form: Mapping[str, str], fault: str = "", status: int = 200) -> View:
    return View(
        "notices/compose.html",
        {
            "form": form,
            "fault": fault,
            "reach": _reach(desk, form.get("to", "")),
            "ways": desk.context.ways,
            **before.look(desk, before.written(form)),
            "repeats": REPEATS,
            "title_limit": notices.TITLE,
            "line_limit": notices.LINE,
            "correction_limit": notices.CORRECTION,
            "body_limit": notices.BODY,
            "offered": list(desk.context.services.audiences),
        },
        status,
    )


def _written(desk: Desk) -> Notice:
    """Return the notice of the form: the draft it goes on with, or a new one."""
    form = desk.form
    audience = Audience.parse(form.get("to", ""))
    _refuse_unknown(desk, audience)
    title, body = form.get("title", ""), form.get("body", "")
    if not form.get("draft"):
        return _with_details(desk, notices.draft(desk.session, title, body, audience, desk.now, desk.staff.id))
    notice = notices.by_public_id(desk.session, form["draft"])
    if notice is None:
        raise Refusal("这份草稿已经被删掉了。要发的话，请从“写通知”再写一次。")
    desk.session.refresh(notice, with_for_update=True)  # of two who publish it at once the second is told
    _require_draft(notice)
    notice.title, notice.body = notices.words(title, body)
    notice.audience = audience.to_json()
    notice.due_at, notice.cron = None, ""
    return _with_details(desk, notice)


def _with_details(desk: Desk, notice: Notice) -> Notice:
    form = desk.form
    place, contact, signer = (form.get(name, "") for name in ("place", "contact", "signer"))
    notices.details(notice, place=place, contact=contact, signer=signer, asks=form.get("asks") == "1")
    if form.get("corrects"):
        wrong = notices.by_public_id(desk.session, form["corrects"])
        if wrong is None:
            raise Refusal("要更正的那条通知不在了。要发的话，请从“写通知”再写一次。")
        notices.correct(notice, wrong, form.get("correction", ""))
    desk.session.add(notice)
    return notice


def _beside(notice: Notice) -> dict[str, str]:
    """Return the fields of the form for what stands beside a notice's text."""
    return {"place": notice.place, "contact": notice.contact, "signer": notice.signer, "asks": "1" if notice.asks else ""}


def _reach(desk: Desk, to: str) -> notices.Reach | None:
    """Return who would be told, for the form as it is first shown; nothing while nobody, or nobody who can be read, is named."""
    try:
        return notices.count(desk, Audience.parse(to))
    except Refusal:
        return None


def _require_draft(notice: Notice) -> None:
    if notice.state is not NoticeState.DRAFT:
        raise Refusal(f"这条通知{NOTICE_WORDS[notice.state]}，不能再改。")


def _refuse_unknown(desk: Desk, audience: Audience) -> None:
    found = notices.count(desk, audience)
    if found.unknown:
        raise Refusal(f"没有人属于“{'、'.join(found.unknown)}”，请检查发送范围。")


# ------------------------------------------------------------------ when

#: What can be chosen as a recurrence -> day, month and weekday as cron writes them.
RULES: Mapping[str, str] = {
    "day": "* * *", **{f"week-{name}": f"* * {name}" for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    **{f"month-{day}": f"{day} * *" for day in (1, 5, 10, 15, 20, 25, 28)},
}  # fmt: skip

#: What people call them.
REPEATS: Mapping[str, str] = {
    "day": "每天",
    **{f"week-{name}": f"每周{word}" for name, word in zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "一二三四五六日", strict=True)},
    **{f"month-{day}": f"每月{day}号" for day in (1, 5, 10, 15, 20, 25, 28)},
}  # fmt: skip

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_SIMPLE = re.compile(r"(\d{1,2}) (\d{1,2}) (\S+ \S+ \S+)")


def _when(form: Mapping[str, str]) -> tuple[datetime | None, str]:
    """Return when the form wants it sent: a moment, a cron line, or neither for at once.

    A time beside "now" is asked back: sending cannot be taken back for long.
    """
    at, every, cron = (form.get(name, "").strip() for name in ("at", "every", "cron"))
    match form.get("when", "now"):
        case "later":
            return _moment(at), ""
        case "cron":
            return None, _cron(every, form.get("clock", ""), cron)
    if at:
        raise Refusal(
            f"您填了发送时间 {at.replace('T', ' ')[:16]}，但选的是“现在”。要定时发，请选“定时”；要现在发，请把时间清空。"
        )
    if every or cron:
        raise Refusal("您选了周期，但选的是“现在”。要按周期发，请选“周期”；要现在发，请把周期清空。")
    return None, ""


def _cron(every: str, clock: str, written: str) -> str:
    """Return the cron line of a chosen recurrence, or the one that was written."""
    if every in RULES:
        time = _CLOCK.fullmatch(clock.strip())
        if time is None:
            raise Refusal("请写周期的时间，例如 09:00。")
        return f"{int(time[2])} {int(time[1])} {RULES[every]}"
    if not written:
        raise Refusal("请写周期：选每天、每周几或每月几号，再写时间。")
    try:
        notices.read_cron(written)
    except Refusal as refusal:
        if refusal.__cause__ is None:
            raise
        raise Refusal(f"周期“{written[:40]}”写得不对。五段是 分 时 日 月 星期，例如 0 9 1 * * 是每月1号 9:00。") from None
    return written


def _repeats(cron: str) -> dict[str, str]:
    """Return the fields of the form that stand for a cron line."""
    simple = _SIMPLE.fullmatch(cron)
    every = next((name for name, rule in RULES.items() if simple and rule == simple[3]), "")
    if simple is None or not every:
        return {"every": "", "clock": "", "cron": cron}
    return {"every": every, "clock": f"{int(simple[2]):02}:{int(simple[1]):02}", "cron": ""}


def _recurrence(cron: str) -> str:
    """Return a cron line as people say it: 每周一 09:00."""
    fields = _repeats(cron)
    return f"{REPEATS[fields['every']]} {fields['clock']}" if fields["every"] else cron


def _moment(said: str) -> datetime:
    """Return what a browser's field for a local time says; no notice is due in another century."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise Refusal("请选择发送时间。") from None
    if found.tzinfo is not None or not 2000 <= found.year < 2100:
        raise Refusal("请选择发送时间。")
    return found.replace(tzinfo=SHANGHAI)


ROUTES: tuple[Page, ...] = (
    listed,
    compose,
    correct,
    preview,
    publish,
    keep,
    show,
    edit,
    progress,
    recall,
    ask_to_stop,
    resume,
    discard,
)
