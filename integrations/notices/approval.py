"""A second person's yes, where so many people are told; what was settled about that; looking at a notice in one's own WeChat first."""

from bot.contract import (
    Desk,
    Download,
    Happening,
    Notice,
    Page,
    Reaction,
    Redirect,
    Refusal,
    View,
    Visit,
    Work,
    notices,
    on,
    page,
    row_id,
    telling,
    tr,
    tr_all,
)
from bot.contract.notices import NoticeKind, Step
from integrations.notices import kinds, letter

#: What `send` has done, for who pressed the button.
STEP_WORDS = {
    Step.PUBLISHED: "", Step.SCHEDULED: "", Step.WAITING: tr("人数超过了本小区定的数，要另一位同事同意才发。已经放进他们的待办。"),
}  # fmt: skip

#: The page on which staff look at a notice that residents have not got yet.
LOOK = "/notices/look/{id}"

#: One picture of it.
LOOK_AT_PICTURE = f"{LOOK}/pictures/{{number}}"


@page("POST", "/notices/{id}/agree", need="notice.send")
def agree(desk: Desk) -> Redirect:
    """Let a notice go out that a colleague wants sent."""
    notice = _locked(desk)
    step = notices.agree(desk, notice, desk.staff)
    return Redirect(
        f"/console/notices/{notice.public_id}", _agreed(desk, notice) if step is Step.PUBLISHED else tr("同意了，到时间就发。")
    )


def _agreed(desk: Desk, notice: Notice) -> str:
    """Return what whoever agreed is told: at night an everyday notice waits."""
    night = kinds.night(desk) if notice.kind is NoticeKind.EVERYDAY else ""
    return tr("同意了。{night}", night=night) if night else tr("同意了，正在发。")


@page("POST", "/notices/{id}/return", need="notice.draft")
def give_back(desk: Desk) -> Redirect:
    """Make a draft again of a notice that waits for a yes, with a word why; who asked may take it back, too."""
    notice = _locked(desk)
    if not desk.may("notice.send") and desk.staff.id not in (notice.asked_by, notice.created_by):
        raise Refusal(tr("只有{holders}能退回。", holders=tr_all("、", desk.access.holders("notice.send"))))
    why = desk.form.get("why", "").strip()
    if not why and desk.staff.id != notice.asked_by:
        raise Refusal(tr("请写一句为什么退回，写的人好改。"))
    notices.give_back(desk.session, notice, why, desk.now, desk.actor)
    return Redirect(f"/console/notices/{notice.public_id}", tr("退回成草稿了。"))


# ------------------------------------------------------------------ what the community settled


@page("GET", "/notices/rules", need="notice.rules", title=tr("通知的规定"))
def rules(desk: Desk) -> View:
    """Show what the community has settled about its notices."""
    policy = notices.policy_of(desk.session)
    above = "" if policy.approve_above is None else str(policy.approve_above)
    return _rules(desk, {
        "quiet_from": policy.quiet_from, "quiet_until": policy.quiet_until, "approve_above": above, "big_above": str(policy.big_above),
    })  # fmt: skip


@page("POST", "/notices/rules", need="notice.rules", title=tr("通知的规定"))
def settle(desk: Desk) -> Redirect | View:
    """Settle it anew."""
    names = ("quiet_from", "quiet_until", "approve_above", "big_above")
    said = {name: desk.form.get(name, "") for name in names}
    try:
        notices.settle_policy(desk.session, **said)
    except Refusal as refusal:
        desk.session.rollback()
        return _rules(desk, said, refusal, 422)
    desk.record("notice.rules_changed")
    return Redirect("/console/notices/rules", tr("存好了，从现在起算。"))


def _rules(desk: Desk, form: dict[str, str], fault: Refusal | None = None, status: int = 200) -> View:
    senders = [one.name for one in telling.may_see(desk, "notice.send")]
    return View("notices/rules.html", {"form": form, "fault": str(fault or ""), "refusal": fault, "senders": senders}, status)


# ------------------------------------------------------------------ looking first


def show_me(desk: Desk, notice: Notice) -> str:
    """Send a draft to the own WeChat of who looks at it, by the way residents would get it; returns what to say. Raises Refusal."""
    if not desk.staff.openid:
        raise Refusal(tr("您的微信还没有绑定，收不到。请先到“我的微信”绑定（右上角您的名字里），再点“先发给我看”。"))
    channel = notices.show_to(desk, notice, desk.staff.openid, desk.link(LOOK.format(id=notice.public_id)))
    desk.record("notice.tested", f"notice:{notice.public_id}")
    return tr("用{channel}发到您的微信了，居民看到的就是那样。看过没问题，再点“发布”。", channel=channel)


@page("GET", LOOK)
def look(visit: Visit) -> View:
    """Show a notice to the staff as residents will find it."""
    notice = notices.by_public_id(visit.session, visit.params["id"])
    if notice is None:
        raise LookupError(visit.params["id"])
    # By their paths alone, as on the residents' page.
    seen = [
        visit.link(LOOK_AT_PICTURE.format(id=notice.public_id, number=one)).removeprefix(visit.context.base_url)
        for one in notices.pictures(visit.session, notice)
    ]
    values = notices.sample(visit, notices.Audience.from_json(notice.audience))
    said = letter.of(notice, visit.community, visit.now, seen, values=values, now=visit.now)
    return View("notices/look.html", {"letter": said, "community": visit.community})


@page("GET", LOOK_AT_PICTURE)
def look_at_picture(visit: Visit) -> Download:
    """Give a picture of a notice to the staff who look at it first."""
    notice = notices.by_public_id(visit.session, visit.params["id"])
    found = notices.picture(visit.session, notice, row_id(visit.params["number"]) or 0) if notice else None
    if found is None:
        raise LookupError(visit.params["number"])
    return Download(body=found, content_type="image/jpeg")


# ------------------------------------------------------------------ what becomes a task


@on("notice.asked", "people")
def _open(work: Work, happening: Happening) -> None:
    notice = _meant(work, happening)
    if notice is not None:
        title = tr("通知等您同意：《{title}》，发给 {data} 人", title=notice.title, data=happening.data["people"])
        work.assign("notice.approve", "notice.send", title, subject=happening.subject)


@on("notice.overrode", "people")
def _look_back(work: Work, happening: Happening) -> None:
    notice = _meant(work, happening)
    if notice is not None:
        title = tr(
            "紧急通知已发出，请另一位同事看一眼：《{title}》，{data} 人", title=notice.title, data=happening.data["people"]
        )
        work.assign("notice.review", "notice.send", title, subject=happening.subject)


@on("notice.missed", "times")
def _tell_missed(work: Work, happening: Happening) -> None:
    """Let somebody know of what nobody got: it is shown red on a page that nobody may look at."""
    notice = _meant(work, happening)
    if notice is not None:
        times = int(str(happening.data["times"]))
        title = tr(
            "通知错过了时间，没有发：《{title}》{times}",
            title=notice.title,
            times=tr("，共 {times} 次", times=times) if times > 1 else "",
        )
        work.assign("notice.unsent", "notice.send", title, subject=happening.subject)


def _close(work: Work, happening: Happening) -> None:
    work.finish(happening.subject, tr("已经处理"))


def _meant(work: Work, happening: Happening) -> Notice | None:
    return notices.by_public_id(work.session, happening.subject.partition(":")[2])


def _locked(desk: Desk) -> Notice:
    notice = notices.by_public_id(desk.session, desk.params["id"])
    if notice is None:
        raise LookupError(desk.params["id"])
    notices.lock(desk.session, notice)
    return notice


ROUTES: tuple[Page, ...] = (agree, give_back, rules, settle)
PAGES: tuple[Page, ...] = (look, look_at_picture)
REACTIONS: tuple[Reaction, ...] = (
    _open, _look_back, _tell_missed,
    *(on(kind)(_close) for kind in ("notice.approved", "notice.returned", "notice.changed", "notice.recalled", "notice.stopped")),
)  # fmt: skip
