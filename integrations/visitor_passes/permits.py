"""Renovations that were registered with the office: their workers have passes that end with them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import col, select

from bot.contract import SHANGHAI, Desk, Errand, Hours, Household, Page, Redirect, Refusal, View, Work, asked_in, page, tr
from bot.contract.listpage import part
from integrations.visitor_passes import errands, gate, walkups
from integrations.visitor_passes.models import Pass, Permit

#: The fields of the form, and the most characters of those that are words.
FIELDS, LONGEST = ("number", "flat", "company", "starts", "ends", "opens", "closes"), 40

#: Renovations on one page.
SHOWN = 6

#: Days that one registration covers at most, and how long ago those were over that are listed yet.
MOST_DAYS, LISTED = 365, timedelta(days=30)


def under_way(work: Work, household: Household | None, subject: str) -> Sequence[Errand]:
    """Return the renovations of a flat that are under way or to come, or the one of a subject."""
    kind, _, key = subject.partition(":")
    if household is None and kind != "permit":
        return ()
    wanted = (Permit.household_id == household.id) if household else (Permit.public_id == key)
    rows = work.session.exec(
        select(Permit, Household)
        .join(Household, col(Household.id) == col(Permit.household_id))
        .where(wanted)
        .order_by(col(Permit.id).desc())
    ).all()
    today = work.now.astimezone(SHANGHAI).date()
    return [
        Errand(subject=one.subject, words=tr("装修登记 {number}", number=one.number), household=flat, is_building=True)
        for one, flat in rows
        if one.is_open(today)
    ]


@page("GET", "/permits", need="pass.edit", title=tr("装修登记"), nav=tr("服务"))
def show(desk: Desk) -> View:
    """Show the renovations, those under way first, each with its workers' passes."""
    return _page(desk, {"starts": f"{desk.now:%Y-%m-%d}", "opens": "08:00", "closes": "18:00"})


@page("POST", "/permits", need="pass.edit")
def make(desk: Desk) -> View | Redirect:
    """Register one; what was wrong stays in the fields."""
    try:
        permit = _permit(desk)
    except Refusal as refusal:
        return _page(desk, desk.form, refusal)
    desk.session.add(permit)
    desk.session.flush()
    desk.record("permit.made", permit.subject)
    return Redirect(f"/console/passes/new?for={permit.subject}", tr("登记好了。现在给工人开通行证，完工时一起停用。"))


@page("POST", "/permits/{id}/end", need="pass.edit")
def finish(desk: Desk) -> Redirect:
    """Say that one is over, or was taken back: its workers are let in no more."""
    permit = desk.session.exec(select(Permit).where(Permit.public_id == desk.params["id"]).with_for_update()).first()
    if permit is None:
        raise LookupError(desk.params["id"])
    if permit.ended_at is None:
        permit.ended_at = desk.now
        desk.session.add(permit)
        desk.record("permit.ended", permit.subject)
        errands.end(desk, permit.subject)
    return Redirect("/console/permits", tr("{number}已完工，工人的通行证停用了。", number=permit.number))


def _permit(desk: Desk) -> Permit:
    form = {name: " ".join(desk.form.get(name, "").split()) for name in FIELDS}
    for name in ("number", "company"):
        if len(form[name]) > LONGEST:
            raise Refusal(tr("最多 {longest} 个字，现在有 {said} 个。", longest=LONGEST, said=len(form[name])), field=name)
    if not form["number"]:
        raise Refusal(tr("请写装修许可证的编号。"), field="number")
    if desk.session.exec(select(Permit).where(Permit.number == form["number"])).first():
        raise Refusal(tr("{number} 已经登记过了，请核对。", number=form["number"]), field="number")
    with asked_in("flat"):
        flat = walkups.flat_of(desk, form["flat"][:LONGEST])
    starts, ends = _day(form["starts"], "starts"), _day(form["ends"], "ends")
    if ends < starts or ends < desk.now.astimezone(SHANGHAI).date():
        raise Refusal(tr("最后一天比开始还早，或者已经过了，请核对。"), field="ends")
    if (ends - starts).days >= MOST_DAYS:
        raise Refusal(tr("一次最长登记 {MOST_DAYS} 天。", MOST_DAYS=MOST_DAYS), field="ends")
    opens, closes = _clock(form["opens"], "opens"), _clock(form["closes"], "closes")
    if closes <= opens:
        raise Refusal(tr("收工的时间比开工还早，请核对。"), field="closes")
    return Permit(
        number=form["number"], household_id=flat.key, company=form["company"], starts_on=starts, ends_on=ends, opens=opens, closes=closes,
        staff_id=desk.staff.id or 0, created_at=desk.now,
    )  # fmt: skip


def _day(said: str, field: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Refusal(tr("请选日期。"), field=field) from None


def _clock(said: str, field: str) -> int:
    try:
        at = datetime.strptime(said, "%H:%M")  # noqa: DTZ007  a clock on a form has no zone
    except ValueError:
        raise Refusal(tr("请选几点。"), field=field) from None
    return at.hour * 60 + at.minute


def _page(desk: Desk, form: Mapping[str, str], fault: Refusal | None = None) -> View:
    today = desk.now.astimezone(SHANGHAI).date()
    found = desk.session.exec(
        select(Permit, Household)
        .join(Household, col(Household.id) == col(Permit.household_id))
        .where(col(Permit.ends_on) > today - LISTED)
        .order_by(col(Permit.ended_at).is_not(None), col(Permit.ends_on), col(Permit.id))
    ).all()
    shown = part(found, desk.query, "/permits", SHOWN)
    passes: dict[str, list[Pass]] = {}
    for one in desk.session.exec(
        select(Pass).where(col(Pass.tied) != "", col(Pass.tied).contains("permit:")).order_by(col(Pass.id))
    ).all():
        for subject in one.tied.split(" "):
            passes.setdefault(subject, []).append(one)
    rows = [
        {
            "permit": one, "flat": flat.label, "is_open": one.is_open(today), "hours": Hours(opens=one.opens, closes=one.closes).said,
            "passes": [(gate.mask(made.visitor_name), made.code, not made.fault_at(desk.now, timedelta()) or made.fault_at(desk.now, timedelta()) in ("early", "hours")) for made in passes.get(one.subject, ())],
        }
        for one, flat in shown.rows
    ]  # fmt: skip
    return View(
        "visitor_passes/permits.html",
        {
            "rows": rows,
            "part": shown,
            "form": {name: form.get(name, "") for name in FIELDS},
            "fault": str(fault or ""),
            "refusal": fault,
            "longest": LONGEST,
        },
        422 if fault else 200,
    )


ROUTES: tuple[Page, ...] = (show, make, finish)
