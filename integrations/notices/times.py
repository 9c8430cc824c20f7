"""When a notice goes out: the fields of the form, the dates they mean, and what is decided of a notice that waits."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.contract import SHANGHAI, Desk, Notice, NoticeState, Page, Redirect, Refusal, asked_in, notices, page, timing, tr, whom
from bot.contract.notices import Became, Plan
from bot.contract.timing import Shown
from integrations.notices import kinds

#: How much later than its time a notice may still go out, in minutes.
GRACES: Mapping[str, str] = {
    "0": tr("不补发"),
    "30": tr("30 分钟内补发"),
    "120": tr("2 小时内补发"),
    "720": tr("12 小时内补发"),
    "1440": tr("一天内补发"),
}

#: What became of a time, by what people call it.
BECAME = {Became.SENT: tr("发了"), Became.SKIPPED: tr("跳过了"), Became.MISSED: tr("错过了")}

#: What is late by less went out on time.
_ON_TIME = timedelta(minutes=1)


@page("POST", "/notices/{id}/pause", need="notice.send")
def pause(desk: Desk) -> Redirect:
    """Let nothing more go out until it is resumed."""
    notice = locked(desk)
    notices.pause(desk.session, notice, desk.now, actor=desk.actor)
    return _back(desk, notice, tr("暂停了，恢复以前不会发。"))


@page("POST", "/notices/{id}/resume", need="notice.send")
def resume(desk: Desk) -> Redirect:
    """Let a notice go on that was paused, or whose rule was stopped."""
    notice = locked(desk)
    notices.resume(desk.session, notice, desk.now, actor=desk.actor)
    return _back(
        desk,
        notice,
        tr("恢复了，下一次 {say} 发。", say=timing.say(notice.due_at, desk.now)) if notice.due_at else tr("恢复了。"),
    )


@page("POST", "/notices/{id}/skip", need="notice.send")
def skip(desk: Desk) -> Redirect:
    """Leave out one time; the rule goes on."""
    notice = locked(desk)
    at = _moment(desk.form.get("at", ""))
    notices.skip(desk.session, notice, at, desk.now, actor=desk.actor)
    return _back(desk, notice, tr("{say} 这一次跳过，以后照常发。", say=timing.say(at, desk.now)))


@page("POST", "/notices/{id}/unskip", need="notice.send")
def unskip(desk: Desk) -> Redirect:
    """Let a time come after all."""
    notice = locked(desk)
    at = _moment(desk.form.get("at", ""))
    notices.unskip(desk.session, notice, at, desk.now, actor=desk.actor)
    return _back(desk, notice, tr("{say} 这一次照常发。", say=timing.say(at, desk.now)))


def locked(desk: Desk) -> Notice:
    """Return the notice of the address, kept from others until this request is over."""
    notice = notices.by_public_id(desk.session, desk.params["id"])
    if notice is None:
        raise LookupError(desk.params["id"])
    notices.lock(desk.session, notice)
    return notice


def _back(desk: Desk, notice: Notice, said: str) -> Redirect:
    is_listed = desk.form.get("from") == "list"
    return Redirect("/console/notices" if is_listed else f"/console/notices/{notice.public_id}", said)


def _moment(said: str) -> datetime:
    try:
        found = datetime.fromisoformat(said) if len(said) <= 40 else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 2000 <= found.year < 2200:
        raise Refusal(tr("没有这个时间。请刷新页面，从列出的日期里选。"))
    return found.astimezone(SHANGHAI)


# ------------------------------------------------------------------ the form


def plan_of(form: Mapping[str, str], now: datetime, kept: Notice | None = None) -> Plan | None:
    """Return when the form wants it sent; nothing for at once. `kept` is the notice that is changed.

    A time beside "now" is asked back: sending cannot be taken back for long.
    """
    at, words, every = (form.get(name, "").strip() for name in ("at", "words", "every"))
    grace, choices = _grace(form), timing.Choices.of(form)
    match form.get("when", "now"):
        case "later":
            with asked_in("at"):
                return Plan(due_at=_picked(at), grace=grace)
        case "words":
            rule = kept.recurrence if kept else None
            with asked_in("words"):
                if rule is not None and words == rule.said:  # which keeps its week, and takes what is picked anew beside it
                    return Plan(rule=choices.on(rule, now), grace=grace)
                return timing.by_words(words, now, choices=choices, grace=grace)
        case "rule":
            return timing.by_fields(form, now, grace=grace)
        case "now":
            pass
        case _:  # a page from before an update, or a slip of a program: never at once
            raise Refusal(tr("请选什么时候发：现在、定时、用话写或周期。"))
    if at:
        raise Refusal(
            tr(
                "您填了发送时间 {replace}，但选的是“现在”。要定时发，请选“定时”；要现在发，请把时间清空。",
                replace=at.replace("T", " ")[:16],
            ),
            field="at",
        )
    if words or every:
        raise Refusal(
            tr("您写了什么时候发，但选的是“现在”。要那时发，请选“用话写”或“周期”；要现在发，请把它清空。"), field="words"
        )
    return None


def fields_of(notice: Notice) -> dict[str, str]:
    """Return the fields of the form that stand for when a notice is to go out."""
    rule, found = notice.recurrence, {"grace": str(notice.grace)}
    if rule is not None:
        picked = timing.fields(rule)
        beside = {
            "holidays": rule.holidays.value,
            "worked": "skip" if rule.skips_worked else "",
            "last-day": f"{rule.ends or ''}",
        }
        return {**found, "when": "rule", **picked} if picked else {**found, "when": "words", "words": rule.said, **beside}
    if notice.due_at is not None:
        return {**found, "when": "later", "at": f"{notice.due_at:%Y-%m-%dT%H:%M}"}
    return {**found, "when": "now"}


#: Monday to Sunday, as people pick them.
WEEKDAYS = (
    tr("一", context="weekday"), tr("二", context="weekday"), tr("三", context="weekday"), tr("四", context="weekday"),
    tr("五", context="weekday"), tr("六", context="weekday"), tr("日", context="weekday"),
)  # fmt: skip


def form_of(desk: Desk, form: Mapping[str, str]) -> dict[str, object]:
    """Return what the page of the form shows beside what is wrong with it."""
    return {
        "form": form, "fault": "", "repeats": timing.REPEATS, "holidays": timing.HOLIDAYS, "worked": timing.WORKED, "graces": _graces(form), "weekdays": WEEKDAYS, "last": timing.LAST,
        "title_limit": notices.TITLE, "body_limit": notices.BODY, "shown": None, "doubt": "", "waits": "", "said": "", "asks_again": 0,
        **kinds.form_of(desk, form), **whom.form_of(desk, form),
    }  # fmt: skip


def preview(desk: Desk, form: Mapping[str, str]) -> dict[str, object]:
    """Return the next dates that a form means, or what is to be written instead."""
    kept = notices.by_public_id(desk.session, form["draft"]) if form.get("draft") else None
    try:
        plan = plan_of(form, desk.now, kept)
        if plan is None:
            return {"shown": None, "doubt": "", "waits": ""}
        waits = kinds.wait(desk, form, plan.first(desk.now))
        return {"shown": timing.show(plan, desk.now), "doubt": "", "waits": waits}
    except Refusal as refusal:
        return {"shown": None, "doubt": str(refusal), "waits": ""}


def _graces(form: Mapping[str, str]) -> dict[str, str]:
    """Return what may be chosen, and what a notice has that was written elsewhere."""
    mine = form.get("grace") or "120"
    return {**GRACES, **({} if mine in GRACES else {mine: tr("{mine} 分钟内补发", mine=mine)})}


def _grace(form: Mapping[str, str]) -> timedelta:
    said = form.get("grace", "") or "120"
    if not (said.isascii() and said.isdigit() and len(said) <= 6):
        raise Refusal(tr("请选错过了时间以后，多久之内还补发。"))
    return timedelta(minutes=int(said))


def _picked(said: str) -> datetime:
    """Return what a browser's field for a local time says; no notice is due in another century."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise Refusal(tr("请选择发送时间。")) from None
    if found.tzinfo is not None or not 2000 <= found.year < 2100:
        raise Refusal(tr("请选择发送时间。"))
    return found.replace(tzinfo=SHANGHAI)


# ------------------------------------------------------------------ what waits


def outlook(desk: Desk, notice: Notice) -> dict[str, object]:
    """Return when a notice comes next, what is left out, what became of the times before, and what staff should know of all that."""
    coming = notices.coming(desk.session, notice, desk.now)
    past = [
        {"at": timing.say(one.at, desk.now), "became": BECAME[one.became], "is_missed": one.became is Became.MISSED,
         "late": _late(one.noted_at - one.at) if one.became is Became.SENT else "",
         "sending": one.at.isoformat() if one.became is Became.SENT else ""}
        for one in notices.past(desk.session, notice, desk.now)
    ]  # fmt: skip
    is_waiting = notice.state in {NoticeState.SCHEDULED, NoticeState.PAUSED}
    return {
        "coming": [{"at": one.at.isoformat(), "said": timing.say(one.at, desk.now), "is_skipped": one.is_skipped} for one in coming] if is_waiting else [],
        "past": past, "remark": _shown(notice, desk.now).remark if is_waiting else "", "grace": GRACES.get(str(notice.grace), tr("{grace} 分钟内补发", grace=notice.grace)),
        "is_waiting": is_waiting, "is_changeable": is_changeable(notice),
        "missed_at": timing.say(notice.due_at, desk.now) if notice.state is NoticeState.MISSED and notice.due_at else "",
    }  # fmt: skip


def waiting(desk: Desk) -> list[dict[str, object]]:
    """Return the notices that are planned, the next one first."""
    found = []
    for notice in notices.planned(desk.session):
        coming = [one for one in notices.coming(desk.session, notice, desk.now) if not one.is_skipped]
        missed = notices.missed_at(desk.session, notice)
        found.append(
            {"notice": notice, "rule": _shown(notice, desk.now).said, "next": timing.say(coming[0].at, desk.now) if coming else "",
             "at": coming[0].at.isoformat() if coming else "", "missed": timing.say(missed, desk.now) if missed else "",
             "remark": _shown(notice, desk.now).remark}
        )  # fmt: skip
    return found


def is_changeable(notice: Notice) -> bool:
    """Tell whether a notice is still to go out, so that it may be changed."""
    return notice.state in {NoticeState.SCHEDULED, NoticeState.PAUSED, NoticeState.MISSED}


def _shown(notice: Notice, now: datetime) -> Shown:
    return timing.show(Plan(due_at=notice.due_at, rule=notice.recurrence), now)


def _late(by: timedelta) -> str:
    if by <= _ON_TIME:
        return ""
    minutes = by // _ON_TIME
    return (
        tr("晚了 {minutes} 小时 {minutes2} 分钟", minutes=minutes // 60, minutes2=minutes % 60)
        if minutes >= 60
        else tr("晚了 {minutes} 分钟", minutes=minutes)
    )


ROUTES: tuple[Page, ...] = (pause, resume, skip, unskip)
