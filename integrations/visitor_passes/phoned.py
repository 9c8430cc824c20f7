"""Passes that staff make for whoever phones: written down while they speak, and read out to them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import (
    Desk,
    Household,
    Page,
    Redirect,
    Refusal,
    Resident,
    View,
    asked_in,
    checked_phone,
    is_past,
    page,
    read_time,
    roster,
    row_id,
    tr,
    withheld,
)
from integrations.visitor_passes import errands, passes, stay, walkups
from integrations.visitor_passes.models import LONGEST, Pass, PassKind

#: Characters of a visitor's name and of a plate, and the most people who come together.
NAME, PLATE, PEOPLE = 40, 12, 50

#: What the form holds.
FIELDS = ("flat", "visitor", "starts", "ends", "people", "plate", "phone", "words", "tied")


@page("GET", "/passes/new", need="pass.edit", title=tr("代住户开通行证"))
def compose(desk: Desk) -> View:
    """Write a pass for somebody who phones; ?flat= names the flat, ?for= what a worker comes for. It begins now unless another time is chosen."""
    form = {"starts": f"{desk.now:%Y-%m-%dT%H:%M}", "people": "1"}
    if subject := desk.query.get("for", ""):
        errand = next(iter(desk.context.services.errands(desk, subject=subject)), None)
        if errand is None:
            return _form(desk, form, Refusal(_OVER))
        who = tr("装修工人") if errand.is_building else tr("维修师傅")
        return _form(desk, {**form, "flat": errand.household.label, "visitor": who, "tied": subject})
    flat = desk.session.exec(select(Household).where(col(Household.id) == (row_id(desk.query.get("flat", "")) or 0))).first()
    return _form(desk, {**form, "flat": flat.label if flat else ""}, of=flat)


@page("POST", "/passes/new", need="pass.edit")
def make(desk: Desk) -> View | Redirect:
    """Make the pass and tell the flat, whose name it was made in; what was wrong stays in the fields."""
    try:
        pass_, flat = _pass(desk)
    except Refusal as refusal:
        return _form(desk, desk.form, refusal)
    desk.session.add(pass_)
    desk.session.flush()
    desk.record("visitor.invited", pass_.subject, people=pass_.people)
    url = desk.link(f"/passes/{pass_.public_id}", passes.lives(desk, pass_))
    told = [
        desk.tell(
            member, "visitor.phoned", name=pass_.visitor_name, at=pass_.starts_at, flat=flat.label, code=pass_.code, url=url
        )
        for member in roster.bound_at(desk.session, flat)
    ]
    code = " ".join(pass_.code)
    how = tr("已发到住户微信。") if any(told) else tr("住户没有绑定微信，请在电话里把通行码念给他。")
    return Redirect(f"/console/passes?q={pass_.code}", tr("开好了，通行码 {code}。{how}", code=code, how=how))


def _pass(desk: Desk) -> tuple[Pass, Household]:
    """Return the pass that was written and its flat; raises Refusal that says what is missing."""
    form = {name: desk.form.get(name, "").strip() for name in FIELDS}
    with asked_in("flat"):
        flat = walkups.flat_of(desk, form["flat"][:NAME])
        maker = _maker(desk, flat)
    visitor = " ".join(form["visitor"].split())
    if not visitor:
        raise Refusal(tr("请写来的是谁，例如 王芳、修空调的师傅。"), field="visitor")
    if len(visitor) > NAME:
        raise Refusal(tr("最多 {NAME} 个字，现在有 {visitor} 个。", NAME=NAME, visitor=len(visitor)), field="visitor")
    to = _tie(desk, form, flat) if form["tied"] else None
    meant = to.stay if to else _stay(desk, form["starts"], form["ends"])
    people = row_id(form["people"] or "1")
    if people is None or people > PEOPLE:
        raise Refusal(tr("人数请写 1 到 {PEOPLE}。", PEOPLE=PEOPLE), field="people")
    with asked_in("phone"):
        phone = checked_phone(form["phone"]) if form["phone"] else ""
    with asked_in("flat"):
        passes.require_room(desk, flat)
    pass_ = Pass(
        resident_id=maker.key, household_id=flat.key, visitor_name=visitor, phone=phone, plate=form["plate"][:PLATE], people=people,
        entries_left=people, starts_at=meant.starts_at, ends_at=meant.ends_at, kind=PassKind.VISIT, staff_id=desk.staff.id, created_at=desk.now,
    )  # fmt: skip
    if to:
        errands.bind(pass_, to)
    pass_.add_words(withheld(form["words"])[:LONGEST])
    return pass_, flat


def _tie(desk: Desk, form: Mapping[str, str], flat: Household) -> errands.Tie:
    """Return what a worker's pass ends with; raises Refusal where that is over, or goes on in another flat."""
    found = desk.context.services.errands(desk, subject=form["tied"])
    if not found:
        raise Refusal(_OVER)
    if found[0].household.id != flat.id:
        raise Refusal(tr("{words} 是 {flat} 的，请核对房号。", words=found[0].words, flat=found[0].household.label), field="flat")
    with asked_in("starts"):
        begins = _begin(desk, form["starts"])
    with asked_in("ends"):
        until = read_time(form["ends"]) if form["ends"] else None
        if until is not None and until <= begins:
            raise Refusal(tr("离开的时间比到访还早，请核对。"))
    return errands.tie(desk, found, begins, until)


def _maker(desk: Desk, flat: Household) -> Resident:
    """Return in whose name the pass is made: somebody of the flat whose account is bound, else whoever stands first on the roster."""
    people = [*roster.bound_at(desk.session, flat), *roster.people_of(desk.session, flat)]
    if not people:
        raise Refusal(tr("{flat}的名册上没有人，通行证没有人可以负责。请先在名册里登记一位住户。", flat=flat.label))
    return people[0]


def _stay(desk: Desk, starts: str, ends: str) -> stay.Stay:
    """Return from when to when; without an end it lasts for the rest of the day."""
    with asked_in("starts"):
        begins = _begin(desk, starts)
    with asked_in("ends"):
        until: datetime | None = read_time(ends) if ends else None
        meant = stay.of(begins, until, desk.now)
        if meant.is_backwards:
            raise Refusal(tr("离开的时间比到访还早，请核对。"))
        if meant.is_cut:
            raise Refusal(
                tr("一张通行证最长管 {days} 天。请把离开的时间提前，多出来的日子到时再开一张。", days=stay.LONGEST.days)
            )
    return meant


def _begin(desk: Desk, starts: str) -> datetime:
    begins = read_time(starts)
    if is_past(begins, desk.now - timedelta(minutes=5)):  # what stood in the field while they spoke
        raise Refusal(tr("到访的时间已经过了，请选现在或者以后。"))
    if stay.is_too_far(begins, desk.now):
        raise Refusal(tr("只能预约 {days} 天以内的访客。", days=stay.AHEAD.days))
    return begins


#: Said where a worker's pass would end at once.
_OVER = tr("那件事已经办完或取消了，不用再给师傅开通行证。")


def _form(desk: Desk, form: Mapping[str, str], fault: Refusal | None = None, of: Household | None = None) -> View:
    services = desk.context.services
    errand = next(iter(services.errands(desk, subject=form["tied"])), None) if form.get("tied") else None
    return View(
        "visitor_passes/new.html",
        {"form": {name: form.get(name, "") for name in FIELDS}, "fault": str(fault or ""), "refusal": fault, "most": PEOPLE, "longest": NAME, "longest_plate": PLATE, "days": stay.LONGEST.days, "errand": errand, "errand_page": desk.page_of(errand.subject) if errand else "", "others": services.errands(desk, of) if of else ()},
        422 if fault else 200,
    )  # fmt: skip


ROUTES: tuple[Page, ...] = (compose, make)
