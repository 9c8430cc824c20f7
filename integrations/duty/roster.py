"""The roster: who is on duty for what this week, who is on now and next, and where nobody is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import select

from bot.contract import ROLE_WORDS, SHANGHAI, Desk, Page, Redirect, Refusal, Role, View, Work, page, row_id, tr, tr_all
from bot.contract.duty import DAY, Shift, Watch, next_on, now_on, watches
from bot.contract.roster import active

VIEW, EDIT = "duty.view", "duty.edit"

WEEK = timedelta(days=7)

WEEKDAYS = (
    tr("一", context="weekday"), tr("二", context="weekday"), tr("三", context="weekday"), tr("四", context="weekday"),
    tr("五", context="weekday"), tr("六", context="weekday"), tr("日", context="weekday"),
)  # fmt: skip

#: Weeks that can be looked at, before and after this one.
FURTHEST = 52

#: What is written for a shift of all days.
EVERY_DAY = "all"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A time for which nobody is on duty; `covers` says for what, empty for anything."""

    begins_at: datetime
    ends_at: datetime
    covers: str


@page("GET", "/duty", need=VIEW, title=tr("值班表"), nav=tr("管理"))
def show(desk: Desk) -> View:
    """Show a week: each day's turns of duty, and the gaps."""
    week = _week(desk.query.get("week", ""))
    begins = _monday(desk.now) + week * WEEK
    found = watches(desk.session, begins, begins + WEEK)
    covers = covers_of(desk)
    days = [
        (begins.date() + timedelta(days=number), [watch for watch in found if _is_on(watch, begins.date() + timedelta(days=number))])
        for number in range(7)
    ]  # fmt: skip
    return View(
        "duty/roster.html",
        {
            "week": week, "days": days, "weekdays": WEEKDAYS, "gaps": gaps(found, covers, max(begins, desk.now), begins + WEEK),
            "is_empty": not desk.session.exec(select(Shift)).first(), "covers": covers, "clock": clock,
            "now_on": [(title, now_on(desk.session, desk.now, f"{kind}.")) for kind, title in covers.items()],
            "next": next_on(desk.session, desk.now), "warnings": _warnings(desk, found, covers), "today": desk.now.date(), **_form(desk),
        },
    )  # fmt: skip


@page("GET", "/duty/shifts/{id}", need=EDIT)
def edit(desk: Desk) -> View:
    """Show a shift to change it."""
    shift = _find(desk)
    return View(
        "duty/shift.html", {"shift": shift, "covers": covers_of(desk), "weekdays": WEEKDAYS, "clock": clock, **_form(desk)}
    )


@page("POST", "/duty", need=EDIT)
def add(desk: Desk) -> Redirect:
    """Add a shift; one of every day becomes seven."""
    for weekday, day in _days(desk.form):
        desk.session.add(_fill(desk, Shift(staff_id=0), weekday, day))
    desk.record("duty.shift_saved", f"staff:{desk.staff.login}")
    return Redirect("/console/duty", tr("已排好。"))


@page("POST", "/duty/shifts/{id}", need=EDIT)
def change(desk: Desk) -> Redirect:
    """Change a shift."""
    shift, chosen = _find(desk), _days(desk.form)
    if len(chosen) != 1:
        raise Refusal(tr("修改时请只选一天；每天都一样的话，删掉后重新添加。"), field="weekday")
    desk.session.add(_fill(desk, shift, *chosen[0]))
    desk.record("duty.shift_saved", f"staff:{desk.staff.login}")
    return Redirect("/console/duty", tr("已修改。"))


@page("POST", "/duty/shifts/{id}/remove", need=EDIT)
def remove(desk: Desk) -> Redirect:
    """Take a shift out of the roster."""
    desk.session.delete(_find(desk))
    desk.record("duty.shift_removed", f"staff:{desk.staff.login}")
    return Redirect("/console/duty", tr("已删除。"))


def covers_of(work: Work) -> Mapping[str, str]:
    """Return what one can be on duty for: the kinds of tasks with a ladder, by what they begin with."""
    kinds = [kind for one in work.context.services.integrations for kind in one.tasks if kind.ladder is not None]
    return {kind.kind.partition(".")[0]: kind.title for kind in kinds}


def gaps(found: Sequence[Watch], covers: Mapping[str, str], since: datetime, until: datetime) -> list[Gap]:
    """Return when nobody is on duty for something; what is missing for everything is told once."""
    by_kind = {kind: _holes([watch for watch in found if watch.shift.covers in ("", kind)], since, until) for kind in covers}
    shared = [hole for hole in next(iter(by_kind.values()), []) if all(hole in holes for holes in by_kind.values())]
    own = [
        Gap(begins_at=a, ends_at=b, covers=covers[kind])
        for kind, holes in by_kind.items()
        for a, b in holes
        if (a, b) not in shared
    ]
    everything = [Gap(begins_at=a, ends_at=b, covers="") for a, b in shared]
    return sorted([*everything, *own], key=lambda gap: gap.begins_at)


def _holes(found: Sequence[Watch], since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    holes, reached = [], since
    for watch in sorted(found, key=lambda watch: watch.begins_at):
        if watch.begins_at > reached:
            holes.append((reached, min(watch.begins_at, until)))
        reached = max(reached, watch.ends_at)
    if reached < until:
        holes.append((reached, until))
    return [(begins, ends) for begins, ends in holes if begins < ends]


def _warnings(desk: Desk, found: Sequence[Watch], covers: Mapping[str, str]) -> list[str]:
    """Return who is on duty and cannot be reached, or may not see what they are on duty for."""
    known = {member.id: member for watch in found for member in (watch.staff, watch.stand_in) if member is not None}
    unreachable = [
        tr("{name}没有绑定微信，警报发不到他的手机。", name=member.name) for member in known.values() if not member.openid
    ]
    kinds = [kind for one in desk.context.services.integrations for kind in one.tasks if kind.ladder is not None]
    blind = []
    for member in {watch.staff.id: watch.staff for watch in found if not watch.shift.covers}.values():
        hidden = [kind.title for kind in kinds if kind.need and not desk.access.may(member.role, kind.need)]
        if hidden:
            blind.append(
                tr(
                    "{name}（{ROLE_WORDS}）看不到：{hidden}；这些会通知别的同事。要他负责，请单独排一个班。",
                    name=member.name,
                    ROLE_WORDS=ROLE_WORDS[member.role],
                    hidden=tr_all("、", hidden),
                )
            )
    return [*unreachable, *blind]


def clock(minutes: int) -> str:
    """Return minutes after midnight as one writes them: 20:00, 次日08:00."""
    said = f"{minutes // 60 % 24:02}:{minutes % 60:02}"
    return "24:00" if minutes == DAY else tr("次日{said}", said=said) if minutes > DAY else said


def _form(desk: Desk) -> dict[str, object]:
    return {"staff": active(desk.session), "may_edit": desk.may(EDIT), "every_day": EVERY_DAY}


def _week(text: str) -> int:
    number = int(text) if text.lstrip("-").isdecimal() and len(text) <= 3 else 0
    return max(-FURTHEST, min(number, FURTHEST))


def _monday(now: datetime) -> datetime:
    local = now.astimezone(SHANGHAI).date()
    return datetime.combine(local - timedelta(days=local.weekday()), time(), SHANGHAI)


def _is_on(watch: Watch, day: date) -> bool:
    return watch.begins_at.astimezone(SHANGHAI).date() == day


def _days(form: Mapping[str, str]) -> list[tuple[int | None, date | None]]:
    """Return the days that a form is for: (weekday, None) or (None, date)."""
    said, day = form.get("weekday", ""), form.get("day", "").strip()
    if day:
        try:
            return [(None, date.fromisoformat(day))]
        except ValueError:
            raise Refusal(tr("日期写得不对，例如 2026-05-01。"), field="day") from None
    if said == EVERY_DAY:
        return [(number, None) for number in range(7)]
    if said.isdecimal() and said in "0123456":
        return [(int(said), None)]
    raise Refusal(tr("请选星期几，或填一个日期。"), field="weekday")


def _fill(desk: Desk, shift: Shift, weekday: int | None, day: date | None) -> Shift:
    known = {member.id for member in active(desk.session)}
    staff, stand_in = row_id(desk.form.get("staff", "")), row_id(desk.form.get("stand_in", ""))
    if staff not in known or (stand_in is not None and stand_in not in known):
        raise Refusal(tr("请选值班的人。"), field="staff")
    covers = desk.form.get("covers", "")
    if covers and covers not in covers_of(desk):
        raise Refusal(tr("请选负责什么。"), field="covers")
    begins, ends = _minutes(desk.form.get("begins", "")), _minutes(desk.form.get("ends", ""))
    shift.staff_id, shift.stand_in_id = staff or 0, stand_in if stand_in != staff else None
    shift.covers, shift.weekday, shift.day = covers, weekday, day
    shift.begins, shift.ends = begins, ends if ends > begins else ends + DAY
    return shift


def _minutes(text: str) -> int:
    hours, _, minutes = text.strip().partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and len(text) <= 5 and int(hours) < 24 and int(minutes) < 60):
        raise Refusal(tr("时间写得不对，例如 08:00。"), field="begins")
    return int(hours) * 60 + int(minutes)


def _find(desk: Desk) -> Shift:
    key = row_id(desk.params["id"])
    shift = desk.session.get(Shift, key) if key else None
    if shift is None:
        raise LookupError(desk.params["id"])
    return shift


def seed(work: Work) -> None:
    """Fill the demo's roster: by day one, by night another, health with a manager."""
    members = active(work.session)
    workers = [member for member in members if member.role is Role.STAFF]
    managers = [member for member in members if member.role is Role.MANAGER]
    if len(workers) < 2 or not managers:
        return
    day, night, boss = workers[0], workers[1], managers[0]
    for weekday in range(7):
        for staff, covers, begins, ends in ((day, "", 8 * 60, 20 * 60), (night, "", 20 * 60, 32 * 60), (boss, "health", 0, DAY)):
            stand_in = boss if staff is not boss else managers[-1] if len(managers) > 1 else None
            work.session.add(
                Shift(
                    staff_id=staff.id or 0, stand_in_id=stand_in.id if stand_in else None, covers=covers, weekday=weekday,
                    begins=begins, ends=ends,
                )
            )  # fmt: skip


ROUTES: tuple[Page, ...] = (show, edit, add, change, remove)
