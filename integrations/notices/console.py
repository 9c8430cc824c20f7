"""Telling residents: compose, keep a draft, count, publish, undo, watch."""

from collections.abc import Mapping
from datetime import timedelta

from bot.contract import (
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
    tr,
    tr_all,
    whom,
)
from bot.contract.notices import KIND_WORDS, STATE_WORDS, VERSION_WORDS, Audience, NoticeKind, NoticeVersion, Step
from integrations.notices import after, approval, before, kinds, texts, times

NOTICE_WORDS = {
    NoticeState.DRAFT: tr("草稿"), NoticeState.WAITING: tr("等人同意"), NoticeState.SCHEDULED: tr("已定时"), NoticeState.PAUSED: tr("已暂停"), NoticeState.PUBLISHED: tr("已发布"),
    NoticeState.MISSED: tr("错过了"), NoticeState.RECALLED: tr("已撤回"),
}  # fmt: skip

#: How long before its time a notice's page is looked at each second; before that now and then.
SOON = timedelta(minutes=2)

#: What one of many people is called until each of them has a delivery.
PUBLISHING = tr("正在发布")

#: Versions that put an end to what was told, and so have none themselves.
_ENDINGS = (NoticeVersion.ALL_CLEAR, NoticeVersion.CANCELLATION)

#: Versions that say something new instead of the same better.
_NEW_WORDS = (NoticeVersion.UPDATE, NoticeVersion.ALL_CLEAR, NoticeVersion.CANCELLATION)


@page("GET", "/notices/new", need="notice.draft", title=tr("写通知"))
def compose(desk: Desk) -> View:
    """Write a notice, from nothing, from a text or for people who are saved under a name."""
    words = texts.of(desk, desk.query["text"]) if desk.query.get("text") else {}
    return form(desk, whom.with_saved(words, desk.query["to"]) if desk.query.get("to") else words)


@page("GET", "/notices/{id}/edit", need="notice.draft", title=tr("写通知"))
def edit(desk: Desk) -> View:
    """Go on with a draft, or change what waits to be sent."""
    notice = after.find(desk)
    require_changeable(desk, notice)
    wrong = desk.session.get(Notice, notice.corrects_id) if notice.corrects_id else None
    fields = {
        "draft": notice.public_id, **whom.fields_of(whom.shown(desk, Audience.from_json(notice.audience))), "title": notice.title, "body": notice.body,
        "is_planned": "yes" if times.is_changeable(notice) else "", **times.fields_of(notice), **_beside(notice), **kinds.fields_of(notice),
        "corrects": wrong.public_id if wrong else "", "correction": notice.correction,
    }  # fmt: skip
    return form(desk, fields)


@page("GET", "/notices/{id}/correct", need="notice.draft", title=tr("写通知"))
def correct(desk: Desk) -> View:
    """Write a version of a notice that was published, a correction unless `version` says another: for the same people, with the same words."""
    before_it = after.find(desk)
    if before_it.published_at is None:
        raise Refusal(tr("只能更正、取消已经发布的通知。草稿直接修改就行。"))
    version = kinds.version_of(desk.query)
    first = before_it.title
    for words in VERSION_WORDS.values():
        first = first.removeprefix(f"{words}：") if words else first
    title = f"{VERSION_WORDS[version]}：{first}"
    return form(
        desk,
        {
            "corrects": before_it.public_id, **whom.fields_of(whom.shown(desk, Audience.from_json(before_it.audience))),
            "title": title[: notices.TITLE], "body": "" if version in _NEW_WORDS else before_it.body, **_beside(before_it),
            **kinds.fields_of(before_it), "version": version.value, **({"until": ""} if version in _ENDINGS else {}),
        }
    )  # fmt: skip


@page("POST", "/notices/preview", need="notice.draft", title=tr("写通知"), reads=True, form="/notices/new")
def preview(desk: Desk) -> View:
    """Show how it will look, while one writes; without a script the whole form comes back with it."""
    if desk.is_fragment:
        return View("notices/preview.html", _previewed(desk))
    return form(desk, desk.form)


@page("POST", "/notices/times", need="notice.draft", reads=True, form="/notices/new", title=tr("写通知"))
def dates(desk: Desk) -> View:
    """Show the dates that the form means: beside it while one writes, and on a page anew where no script runs."""
    if desk.is_fragment:
        return View("notices/times.html", times.preview(desk, desk.form))
    return form(desk, desk.form)


@page("POST", "/notices/whom", need="notice.draft", reads=True, form="/notices/new", title=tr("写通知"))
def lines(desk: Desk) -> View:
    """Show the lines of whom it is for with one more: that part alone, or the whole form where no script runs."""
    if desk.is_fragment:
        return View("console/whom.html", whom.form_of(desk, desk.form))
    return form(desk, desk.form)


@page("POST", "/notices", need="notice.send", form="/notices/new", title=tr("写通知"))
def publish(desk: Desk) -> Redirect | View:
    """Publish now, plan it, or ask for a second person's yes; what is wrong is told beside the form, and nothing typed is lost."""
    try:
        notice = _written(desk)
        plan = times.plan_of(desk.form, desk.now, notice)
        if plan is not None:
            plan.first(desk.now)
        if people := _unseen_by_many(desk, notice):
            desk.session.rollback()
            return form(desk, desk.form, status=422, asks_again=people)
        was_paused = notice.state is NoticeState.PAUSED
        is_new = notice.state is NoticeState.DRAFT
        step = notices.send(desk, notice, plan, desk.staff)
    except Refusal as refusal:
        desk.session.rollback()
        return form(desk, desk.form, refusal, 422)
    said = approval.STEP_WORDS[step]
    if step is Step.SCHEDULED and not is_new:
        said = tr("改好了。现在还是暂停着，要发时点“恢复”。") if was_paused else tr("改好了，按新的发。")
    return Redirect(f"/console/notices/{notice.public_id}", said)


def _unseen_by_many(desk: Desk, notice: Notice) -> int:
    """Return how many people would get a notice that nobody has looked at in WeChat first, where that is asked about; else 0."""
    if notice.tested_at is not None or desk.form.get("untested") == "1" or notice.kind is NoticeKind.EMERGENCY:
        return 0
    people = notices.how_many(desk, Audience.from_json(notice.audience))
    return people if people > notices.policy_of(desk.session).big_above else 0


@page("POST", "/notices/draft", need="notice.draft", form="/notices/new")
def keep(desk: Desk) -> Redirect | View:
    """Keep a draft, with the time it is meant for; nobody gets it before somebody who may send publishes it."""
    try:
        notice = kept(desk)
    except Refusal as refusal:
        desk.session.rollback()
        return form(desk, desk.form, refusal, 422)
    return Redirect(
        f"/console/notices/{notice.public_id}",
        tr("草稿存好了，还没有发。可以发布的是{holders}。", holders=tr_all("、", desk.access.holders("notice.send"))),
    )


@page("POST", "/notices/test", need="notice.draft", form="/notices/new")
def test(desk: Desk) -> Redirect | View:
    """Keep the draft and send it to the own WeChat of who writes it."""
    try:
        notice = kept(desk)
        said = approval.show_me(desk, notice)
    except Refusal as refusal:
        desk.session.rollback()
        return form(desk, desk.form, refusal, 422)
    return Redirect(f"/console/notices/{notice.public_id}/edit", said)


def kept(desk: Desk) -> Notice:
    """Keep what the form says as a draft; raises Refusal."""
    notice = _written(desk)
    require_draft(notice)
    notices.intend(notice, times.plan_of(desk.form, desk.now, notice), desk.now)
    desk.session.add(notice)
    desk.record("notice.drafted", f"notice:{notice.public_id}")
    return notice


@page("POST", "/notices/{id}/discard", need="notice.draft")
def discard(desk: Desk) -> Redirect:
    """Throw a draft away."""
    notice = after.find(desk)
    require_draft(notice)
    notices.discard(desk.session, notice)
    desk.record("notice.discarded", f"notice:{notice.public_id}")
    return Redirect("/console/notices", tr("草稿“{title}”删掉了。", title=notice.title))


@page("GET", "/notices/{id}", need="notice.view", title=tr("通知"))
def show(desk: Desk) -> View:
    """Show a notice and what became of it."""
    notice = after.find(desk)
    staff = {name: desk.session.get(Staff, key) if key else None for name, key in (
        ("author", notice.created_by), ("asker", notice.asked_by), ("approver", notice.approved_by),
    )}  # fmt: skip
    audience = Audience.from_json(notice.audience)
    is_veiled = whom.is_veiled(desk, audience)
    is_counted = notice.state in {NoticeState.DRAFT, NoticeState.WAITING} and not is_veiled
    wrong = desk.session.get(Notice, notice.corrects_id) if notice.corrects_id else None
    shown = {
        **{name: one.name if one else "" for name, one in staff.items()}, "is_own": desk.staff.id in (notice.asked_by or notice.created_by,),
        "wrong": wrong, "version_words": VERSION_WORDS[notice.version], "later": notices.version_of(desk.session, notice), "chain": notices.chain_of(desk.session, notice),
        "version_names": VERSION_WORDS, "kind_words": KIND_WORDS[notice.kind], "is_veiled": is_veiled, "is_chased": receipts.is_chased(desk.session, notice, desk.now), "chase_words": kinds.CHASES.get(str(notice.chase_after), tr("{chase_after} 分钟后", chase_after=notice.chase_after)),
        "night": kinds.night(desk) if notice.kind is NoticeKind.EVERYDAY and is_counted else "",
        "is_alone": False, **(after.replies(desk, notice, after.times_of(desk, notice)) if desk.may("receipt.view") else {"replies": (), "replied": None}),
        "reach": notices.count(desk, audience) if is_counted else None, "ways": desk.context.ways, "fault": "", **times.outlook(desk, notice),
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
        raise Refusal(tr("这条通知现在没有在发，也没有定时，不用停止。"))
    if notice.rule and what not in {"once", "rule"}:
        return Redirect(f"{back}/stop")
    if what == "once" and notice.rule:
        stopped = notices.recall_once(desk.session, notice, desk.now, actor=desk.actor)
        return Redirect(
            back,
            tr("这一次停了，{stopped} 条没有发出；以后照常发。", stopped=stopped)
            if stopped
            else tr("跳过了这一次，以后照常发。"),
        )
    stopped = notices.recall(desk.session, notice, desk.now, desk.actor)
    return Redirect(
        back, tr("已停止，以后不再发；要发时点“恢复”。") if notice.rule else tr("已撤回，{stopped} 条没有发出。", stopped=stopped)
    )


@page("GET", "/notices/{id}/stop", need="notice.send", title=tr("停止周期通知"))
def ask_to_stop(desk: Desk) -> View | Redirect:
    """Ask how a recurring notice is to be stopped, and say what becomes of the times to come."""
    notice = after.find(desk)
    if not (notice.rule and _is_stoppable(desk, notice)):
        return Redirect(f"/console/notices/{notice.public_id}")
    rest = [one.at for one in notices.coming(desk.session, notice, desk.now) if not one.is_skipped and one.at != notice.due_at]
    then = rest[0] if rest else None
    return View("console/stop.html", {**_progress(desk, notice), "then": then})


def state_words(desk: Desk, notice: Notice) -> str:
    """Return what people call the state of a notice; published is only what everybody has a delivery of."""
    is_new = notice.published_at is not None and notice.state in (NoticeState.PUBLISHED, NoticeState.SCHEDULED)
    return PUBLISHING if is_new and notices.is_being_laid_out(desk.session, notice) else NOTICE_WORDS[notice.state]


def _is_stopped_rule(notice: Notice) -> bool:
    return notice.state is NoticeState.RECALLED and notice.rule is not None


def _is_stoppable(desk: Desk, notice: Notice) -> bool:
    return bool(_progress(desk, notice)["stoppable"])


def _progress(desk: Desk, notice: Notice) -> dict[str, object]:
    every, times_ = notices.progress(desk.session, notice), after.times_of(desk, notice)
    counts = receipts.progress(desk.session, notice, times_.at) if times_.at else every
    total = sum(counts.values())
    moving = sum(every[state] for state in (DeliveryState.ARMED, DeliveryState.QUEUED, DeliveryState.SENDING))
    unlaid = notices.unlaid(desk.session, notice)
    undo_until = notice.published_at + notices.UNDO if notice.published_at else None
    return {
        "notice": notice, "audience": whom.label(desk, Audience.from_json(notice.audience)), "state": tr("已停止") if _is_stopped_rule(notice) else state_words(desk, notice),
        "laid": total - unlaid if unlaid else None,
        "recurrence": notice.recurrence.said if notice.recurrence else "", "is_stopped_rule": _is_stopped_rule(notice), "is_draft": notice.state is NoticeState.DRAFT,
        "waiting": notices.why_waiting(desk.session, notice.key), "doors": receipts.visits(desk.session, notice, desk.now), "over": receipts.why_over(desk.session, notice, desk.now),
        "reached": after.reached(receipts.Total.of(counts)),
        "counts": [
            (state, words, counts[state], round(100 * counts[state] / total) if total else 0, after.PART_OF[state]) for state, words in STATE_WORDS.items()
        ],
        "figures": receipts.figures(desk.session, notice, times_.at), "means": after.MEANS, "answered": receipts.count_replies(desk.session, notice, times_.at),
        "again": receipts.retryable(desk.session, notice, receipts.NOTHING_CAME), "refusing": receipts.refusing(desk.session, notice), "doubtful": receipts.retryable(desk.session, notice, (DeliveryState.UNKNOWN,)),
        "total": total, "sending": moving, "moving": moving or notice.state is NoticeState.SCHEDULED,
        "undo": max(0, int((undo_until - desk.now) / timedelta(seconds=1))) if undo_until and every[DeliveryState.ARMED] else 0,
        "soon": notice.due_at is not None and notice.due_at < desk.now + SOON, "is_newest": times_.is_newest, **after.picking(desk, times_), "will_be": _will_be(desk, notice) if not total else None,
        "stoppable": times.is_changeable(notice) or bool(moving),
    }  # fmt: skip


def _will_be(desk: Desk, notice: Notice) -> int | None:
    """Return to how many people a notice would go now that has not gone to anybody yet; None where that is not to be told."""
    audience = Audience.from_json(notice.audience)
    if not times.is_changeable(notice) or whom.is_veiled(desk, audience):
        return None
    return notices.how_many(desk, audience)


def form(
    desk: Desk, fields: Mapping[str, str], fault: Refusal | None = None, status: int = 200, *, asks_again: int = 0,
    more: Mapping[str, object] | None = None,
) -> View:  # fmt: skip
    """Return the page of the form as it was filled; `asks_again`: so many people would get what nobody looked at first."""
    shown = times.preview(desk, fields) if fields else {}
    around = {**times.form_of(desk, fields), **before.around(desk, fields), **shown, **(more or {})}
    return View("notices/compose.html", {**around, "fault": str(fault or ""), "refusal": fault, "asks_again": asks_again}, status)


def _previewed(desk: Desk) -> dict[str, object]:
    notice = before.written(desk.form)
    try:
        notice.audience = whom.audience_of(desk, desk.form).to_json()
    except Refusal:  # told beside the lines
        notice.audience = {}
    return before.look(desk, notice, before.images_of(desk, desk.form))


def _written(desk: Desk) -> Notice:
    """Return the notice of the form: the draft it goes on with, what it changes, or a new one."""
    fields = desk.form
    _refuse_unread(fields)
    audience = whom.audience_of(desk, fields)
    _refuse_unknown(desk, audience)
    title, body = fields.get("title", ""), fields.get("body", "")
    if not fields.get("draft"):
        return _with_details(desk, notices.draft(desk.session, title, body, audience, desk.now, desk.staff.id))
    notice = notices.by_public_id(desk.session, fields["draft"])
    if notice is None:
        raise Refusal(tr("这份草稿已经被删掉了。要发的话，请从“写通知”再写一次。"))
    notices.lock(desk.session, notice)  # of two who publish it at once the second is told
    require_changeable(desk, notice)
    title, body = notices.words(title, body)
    notices.check_variables(title, body)
    if (notice.title, notice.body) != (title, body):
        notice.tested_at = None  # nobody has looked at these words
    notice.title, notice.body = title, body
    notice.audience = audience.to_json()
    return _with_details(desk, notice)


def _with_details(desk: Desk, notice: Notice) -> Notice:
    place, contact, signer = (desk.form.get(name, "") for name in ("place", "contact", "signer"))
    notices.details(notice, place=place, contact=contact, signer=signer, asks=desk.form.get("asks") == "1")
    kinds.settle(desk, notice, desk.form)
    desk.session.add(notice)
    return notice


def _beside(notice: Notice) -> dict[str, str]:
    """Return the fields of the form for what stands beside a notice's text."""
    return {"place": notice.place, "contact": notice.contact, "signer": notice.signer, "asks": "1" if notice.asks else ""}


def require_draft(notice: Notice) -> None:
    """Raise Refusal for a notice that is no draft any more."""
    if notice.state is not NoticeState.DRAFT:
        raise Refusal(tr("这条通知{NOTICE_WORDS}，不能再改。", NOTICE_WORDS=NOTICE_WORDS[notice.state]))


def require_changeable(desk: Desk, notice: Notice) -> None:
    """Raise Refusal for a notice that was sent, is just being laid out, or is planned and not for this person to change."""
    if notices.is_being_laid_out(desk.session, notice):
        raise Refusal(tr("这条通知正在给每个人排队，过几秒钟再改。"))
    if times.is_changeable(notice):
        if not desk.may("notice.send"):
            raise Refusal(
                tr("这条通知已经定好要发，只有{holders}能改。", holders=tr_all("、", desk.access.holders("notice.send")))
            )
    else:
        require_draft(notice)


def _refuse_unread(fields: Mapping[str, str]) -> None:
    """Raise Refusal for a file that was picked and not read: nobody means to send without it."""
    if picked := fields.get("list"):
        raise Refusal(tr("选了名单文件“{picked}”，还没有读。请先点“读进来”，或者不选它。", picked=picked[:40]), field="list")
    if picked := fields.get("picture"):
        raise Refusal(tr("选了图片“{picked}”，还没有加上。请先点“加上图片”，或者不选它。", picked=picked[:40]), field="picture")


def _refuse_unknown(desk: Desk, audience: Audience) -> None:
    if unknown := notices.unknown_parts(desk, audience):
        rows = whom.rows_of(desk.form)
        field = next((f"more-{at}" for at, row in enumerate(rows) if any(one in row.more for one in unknown)), "more-0")
        raise Refusal(tr("没有人属于“{unknown}”，请检查发送范围。", unknown=tr_all("、", unknown)), field=field)


ROUTES: tuple[Page, ...] = (
    compose,
    correct,
    preview,
    dates,
    lines,
    publish,
    keep,
    test,
    show,
    edit,
    progress,
    recall,
    ask_to_stop,
    discard,
    *times.ROUTES,
)
