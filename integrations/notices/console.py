"""Telling residents: compose, keep a draft, count, publish, undo, watch."""

from collections.abc import Mapping
from datetime import timedelta

from bot.contract import DeliveryState, Desk, Notice, NoticeState, Page, Redirect, Refusal, Staff, View, notices, page, receipts
from bot.contract.notices import STATE_WORDS, Audience
from integrations.notices import after, before, times

NOTICE_WORDS = {
    NoticeState.DRAFT: "草稿", NoticeState.SCHEDULED: "已定时", NoticeState.PAUSED: "已暂停", NoticeState.PUBLISHED: "已发布",
    NoticeState.MISSED: "错过了", NoticeState.RECALLED: "已撤回",
}  # fmt: skip


@page("GET", "/notices/new", need="notice.draft", title="写通知")
def compose(desk: Desk) -> View:
    """Write a notice."""
    return _form(desk, {})


@page("GET", "/notices/{id}/edit", need="notice.draft", title="写通知")
def edit(desk: Desk) -> View:
    """Go on with a draft, or change what waits to be sent."""
    notice = after.find(desk)
    _require_changeable(desk, notice)
    wrong = desk.session.get(Notice, notice.corrects_id) if notice.corrects_id else None
    form = {
        "draft": notice.public_id, "to": Audience.from_json(notice.audience).label, "title": notice.title, "body": notice.body,
        "is_planned": "yes" if times.is_changeable(notice) else "", **times.fields_of(notice), **_beside(notice),
        "corrects": wrong.public_id if wrong else "", "correction": notice.correction,
    }  # fmt: skip
    return _form(desk, form)


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
    """Publish now, or plan it; what is wrong is told beside the form, and nothing typed is lost."""
    try:
        notice = _written(desk)
        plan = times.plan_of(desk.form, desk.now, notice)
        said = ""
        if plan is None:
            notice.rule, notice.due_at = None, None
            notices.publish(desk, notice, occurrence=desk.now)
        elif notice.state is NoticeState.DRAFT:
            notices.schedule(desk.session, notice, plan, desk.now, actor=desk.actor)
        else:
            notices.change(desk.session, notice, plan, desk.now, actor=desk.actor)
            said = "改好了。现在还是暂停着，要发时点“恢复”。" if notice.state is NoticeState.PAUSED else "改好了，按新的发。"
    except Refusal as refusal:
        desk.session.rollback()
        return _form(desk, desk.form, str(refusal), 422)
    return Redirect(f"/console/notices/{notice.public_id}", said)


@page("POST", "/notices/draft", need="notice.draft")
def keep(desk: Desk) -> Redirect | View:
    """Keep a draft, with the time it is meant for; nobody gets it before somebody who may send publishes it."""
    try:
        notice = _written(desk)
        _require_draft(notice)
        notices.intend(notice, times.plan_of(desk.form, desk.now, notice), desk.now)
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
        "to": Audience.from_json(notice.audience).label, "ways": desk.context.ways, "fault": "", **times.outlook(desk, notice),
    }  # fmt: skip
    return View("notices/notice.html", _progress(desk, notice) | shown | before.look(desk, notice, before.images(desk, notice)))


@page("GET", "/notices/{id}/progress", need="notice.view")
def progress(desk: Desk) -> View:
    """Return the bar alone, for refreshing it."""
    return View("notices/progress.html", _progress(desk, after.find(desk)))


@page("POST", "/notices/{id}/recall", need="notice.send")
def recall(desk: Desk) -> Redirect:
    """Stop a notice; of a recurring one it must be said whether the rule stops, or what is next only."""
    notice = times.locked(desk)
    back, what = f"/console/notices/{notice.public_id}", desk.form.get("what", "")
    if not _is_stoppable(desk, notice):
        raise Refusal("这条通知现在没有在发，也没有定时，不用停止。")
    if notice.rule and what not in {"once", "rule"}:
        return Redirect(f"{back}/stop")
    if what == "once" and notice.rule:
        stopped = notices.recall_once(desk.session, notice, desk.now, actor=desk.actor)
        return Redirect(back, f"这一次停了，{stopped} 条没有发出；以后照常发。" if stopped else "跳过了这一次，以后照常发。")
    stopped = notices.recall(desk.session, notice, desk.now, desk.actor)
    return Redirect(back, "已停止，以后不再发；要发时点“恢复”。" if notice.rule else f"已撤回，{stopped} 条没有发出。")


@page("GET", "/notices/{id}/stop", need="notice.send", title="停止周期通知")
def ask_to_stop(desk: Desk) -> View | Redirect:
    """Ask how a recurring notice is to be stopped, and say what becomes of the times to come."""
    notice = after.find(desk)
    if not (notice.rule and _is_stoppable(desk, notice)):
        return Redirect(f"/console/notices/{notice.public_id}")
    rest = [one.at for one in notices.coming(desk.session, notice, desk.now) if not one.is_skipped and one.at != notice.due_at]
    then = rest[0] if rest else None
    return View("console/stop.html", {**_progress(desk, notice), "then": then})


def _is_stopped_rule(notice: Notice) -> bool:
    return notice.state is NoticeState.RECALLED and notice.rule is not None


def _is_stoppable(desk: Desk, notice: Notice) -> bool:
    return bool(_progress(desk, notice)["stoppable"])


def _progress(desk: Desk, notice: Notice) -> dict[str, object]:
    counts = notices.progress(desk.session, notice)
    total = sum(counts.values())
    moving = sum(counts[state] for state in (DeliveryState.ARMED, DeliveryState.QUEUED, DeliveryState.SENDING))
    undo_until = notice.published_at + notices.UNDO if notice.published_at else None
    return {
        "notice": notice, "audience": Audience.from_json(notice.audience).label, "state": "已停止" if _is_stopped_rule(notice) else NOTICE_WORDS[notice.state],
        "recurrence": notice.recurrence.said if notice.recurrence else "", "is_stopped_rule": _is_stopped_rule(notice), "is_draft": notice.state is NoticeState.DRAFT,
        "counts": [
            (state, words, counts[state], round(100 * counts[state] / total) if total else 0, after.PART_OF[state]) for state, words in STATE_WORDS.items()
        ],
        "figures": receipts.figures(desk.session, notice), "means": after.MEANS, "answered": receipts.count_replies(desk.session, notice),
        "again": receipts.retryable(desk.session, notice, receipts.NOTHING_CAME), "doubtful": receipts.retryable(desk.session, notice, (DeliveryState.UNKNOWN,)),
        "total": total, "sending": moving, "moving": moving or notice.state is NoticeState.SCHEDULED,
        "undo": max(0, int((undo_until - desk.now) / timedelta(seconds=1))) if undo_until and counts[DeliveryState.ARMED] else 0,
        "stoppable": times.is_changeable(notice) or bool(moving),
    }  # fmt: skip


def _form(desk: Desk, form: Mapping[str, str], fault: str = "", status: int = 200) -> View:
    shown = times.preview(desk, form) if form else {}
    return View(
        "notices/compose.html", {**times.form_of(desk, form), **before.around(desk, form), **shown, "fault": fault}, status
    )


def _written(desk: Desk) -> Notice:
    """Return the notice of the form: the draft it goes on with, what it changes, or a new one."""
    form = desk.form
    audience = Audience.parse(form.get("to", ""))
    _refuse_unknown(desk, audience)
    title, body = form.get("title", ""), form.get("body", "")
    if not form.get("draft"):
        return _with_details(desk, notices.draft(desk.session, title, body, audience, desk.now, desk.staff.id))
    notice = notices.by_public_id(desk.session, form["draft"])
    if notice is None:
        raise Refusal("这份草稿已经被删掉了。要发的话，请从“写通知”再写一次。")
    notices.lock(desk.session, notice)  # of two who publish it at once the second is told
    _require_changeable(desk, notice)
    notice.title, notice.body = notices.words(title, body)
    notice.audience = audience.to_json()
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


def _require_draft(notice: Notice) -> None:
    if notice.state is not NoticeState.DRAFT:
        raise Refusal(f"这条通知{NOTICE_WORDS[notice.state]}，不能再改。")


def _require_changeable(desk: Desk, notice: Notice) -> None:
    if times.is_changeable(notice):
        if not desk.may("notice.send"):
            raise Refusal(f"这条通知已经定好要发，只有{'、'.join(desk.access.holders('notice.send'))}能改。")
    else:
        _require_draft(notice)


def _refuse_unknown(desk: Desk, audience: Audience) -> None:
    found = notices.count(desk, audience)
    if found.unknown:
        raise Refusal(f"没有人属于“{'、'.join(found.unknown)}”，请检查发送范围。")


ROUTES: tuple[Page, ...] = (
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
    discard,
    *times.ROUTES,
)
