"""Telling residents: compose, count, publish, undo, watch."""

from datetime import datetime, timedelta

from bot.errors import Refusal
from bot.model import SHANGHAI, DeliveryState, Notice, NoticeState
from bot.plugin import Desk, Page, Redirect, View, page
from bot.store import notices
from bot.store.notices import Audience

#: What people call the states of deliveries, in the order of the bar.
STATE_WORDS = {
    DeliveryState.DELIVERED: "已送达", DeliveryState.SENT: "已发出", DeliveryState.SENDING: "发送中", DeliveryState.QUEUED: "排队中",
    DeliveryState.ARMED: "等待发出", DeliveryState.FAILED: "失败", DeliveryState.UNREACHABLE: "通知不到", DeliveryState.CANCELLED: "已撤回",
}  # fmt: skip

NOTICE_WORDS = {
    NoticeState.DRAFT: "草稿", NoticeState.SCHEDULED: "已定时", NoticeState.PUBLISHED: "已发布", NoticeState.RECALLED: "已撤回",
}  # fmt: skip


@page("GET", "/notices", need="notice.view", title="通知", nav=True)
def listed(desk: Desk) -> View:
    """List the notices."""
    found = notices.listed(desk.session, desk.community.id or 0)
    rows = [(notice, Audience.from_json(notice.audience).label, NOTICE_WORDS[notice.state]) for notice in found]
    return View("console/notices.html", {"rows": rows})


@page("GET", "/notices/new", need="notice.draft", title="写通知")
def compose(desk: Desk) -> View:
    """Write a notice."""
    return View("console/compose.html", {"form": {}, "reach": None, "fault": ""})


@page("GET", "/notices/reach", need="notice.draft")
def reach(desk: Desk) -> View:
    """Count, while one writes, who would be told: the fragment beside the form."""
    try:
        audience = Audience.parse(desk.query.get("to", ""))
    except Refusal as refusal:
        return View("console/reach.html", {"reach": None, "fault": str(refusal)})
    found = notices.count(desk.session, audience, desk.community.id or 0, desk.now, template=True)
    return View("console/reach.html", {"reach": found, "fault": ""})


@page("POST", "/notices", need="notice.send")
def publish(desk: Desk) -> Redirect | View:
    """Publish now, or schedule; what is wrong is told beside the form, and nothing typed is lost."""
    form = desk.form
    try:
        audience = Audience.parse(form.get("to", ""))
        _refuse_unknown(desk, audience)
        notice = notices.draft(
            desk.session, desk.community.id or 0, form.get("title", ""), form.get("body", ""), audience, desk.now, desk.staff.id
        )
        when = form.get("when", "now")
        if when == "later":
            notices.schedule(desk.session, notice, _moment(form.get("at", "")), "", desk.now)
        elif when == "cron":
            notices.schedule(desk.session, notice, None, form.get("cron", "").strip(), desk.now)
        else:
            notices.publish(desk.session, notice, desk.now, actor=desk.actor)
    except Refusal as refusal:
        desk.session.rollback()
        return View("console/compose.html", {"form": form, "reach": None, "fault": str(refusal)}, 422)
    return Redirect(f"/console/notices/{notice.public_id}")


@page("GET", "/notices/{id}", need="notice.view", title="通知")
def show(desk: Desk) -> View:
    """Show a notice and what became of it."""
    notice = _find(desk)
    return View("console/notice.html", _progress(desk, notice) | {"failures": notices.failures(desk.session, notice)})


@page("GET", "/notices/{id}/progress", need="notice.view")
def progress(desk: Desk) -> View:
    """Return the bar alone, for refreshing it."""
    return View("console/progress.html", _progress(desk, _find(desk)))


@page("POST", "/notices/{id}/recall", need="notice.send")
def recall(desk: Desk) -> Redirect:
    """Stop a notice."""
    notice = _find(desk)
    stopped = notices.recall(desk.session, notice, desk.now, desk.actor)
    return Redirect(f"/console/notices/{notice.public_id}", f"已撤回，{stopped} 条没有发出。")


def _find(desk: Desk) -> Notice:
    notice = notices.by_public_id(desk.session, desk.params["id"])
    if notice is None:
        raise LookupError(desk.params["id"])
    return notice


def _progress(desk: Desk, notice: Notice) -> dict[str, object]:
    counts = notices.progress(desk.session, notice)
    total = sum(counts.values())
    moving = sum(counts[state] for state in (DeliveryState.ARMED, DeliveryState.QUEUED, DeliveryState.SENDING))
    undo_until = notice.published_at + notices.UNDO if notice.published_at else None
    return {
        "notice": notice, "audience": Audience.from_json(notice.audience).label, "state": NOTICE_WORDS[notice.state],
        "counts": [(state, words, counts[state], round(100 * counts[state] / total) if total else 0) for state, words in STATE_WORDS.items()],
        "total": total, "moving": moving or notice.state is NoticeState.SCHEDULED,
        "undo": max(0, int((undo_until - desk.now) / timedelta(seconds=1))) if undo_until and counts[DeliveryState.ARMED] else 0,
        "stoppable": notice.state is NoticeState.SCHEDULED or bool(moving),
    }  # fmt: skip


def _refuse_unknown(desk: Desk, audience: Audience) -> None:
    found = notices.count(desk.session, audience, desk.community.id or 0, desk.now, template=True)
    if found.unknown:
        raise Refusal(f"没有人属于“{'、'.join(found.unknown)}”，请检查发送范围。")


def _moment(said: str) -> datetime:
    try:
        return datetime.fromisoformat(said).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Refusal("请选择发送时间。") from None


ROUTES: tuple[Page, ...] = (listed, compose, reach, publish, show, progress, recall)
