"""A ticket that staff open for whoever phones: who it is for is searched, then what is broken and where."""

from collections.abc import Mapping
from datetime import datetime

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
    register,
    roster,
    row_id,
    tr,
    withheld,
)
from bot.contract.register import Filter
from integrations.repairs import clock, steps
from integrations.repairs.models import CATEGORY_WORDS, LEVELS, LONGEST, OPEN, PUBLIC, Ticket
from integrations.repairs.suggesting import candidates

#: Flats that a search shows at most.
FOUND = 6

#: What is chosen where something of everybody's is broken.
EVERYBODY = "public"


@page("GET", "/tickets/new", need="ticket.edit", title=tr("代住户报修"))
def compose(desk: Desk) -> View:
    """Write a ticket for somebody; ?flat= names the flat, as its page does."""
    return _form(desk, {"q": "", "who": f"{desk.query['flat']}:" if row_id(desk.query.get("flat", "")) else ""})


@page("POST", "/tickets/look", need="ticket.edit", title=tr("代住户报修"), reads=True, form="/tickets/new")
def look(desk: Desk) -> View:
    """Show whom the words that were typed mean; what else was written stays."""
    return _form(desk, desk.form)


@page("POST", "/tickets", need="ticket.edit")
def add(desk: Desk) -> View | Redirect:
    """Open the ticket, and tell the resident; those on duty are called where it is urgent."""
    try:
        ticket = _ticket(desk)
    except Refusal as refusal:
        if desk.is_fragment:  # said below the form, which keeps what was typed
            raise
        return _form(desk, desk.form, refusal)
    desk.session.add(ticket)
    desk.session.flush()
    desk.record("repair.opened", ticket.subject, category=ticket.category, urgent=ticket.urgent, by_staff=True)
    if ticket.urgent:
        steps.call_out(desk, ticket)
    url = desk.link(f"/tickets/{ticket.number}")
    told = desk.tell(steps.reporter(desk, ticket), "repair.opened", number=ticket.number, what=ticket.what, url=url)
    how = tr("工单号和进度已发到住户微信。") if told else tr("住户没有绑定微信，请在电话里把工单号告诉他。")
    return Redirect(f"/console/tickets/{ticket.number}", tr("登记好了，工单号 {number}。{how}", number=ticket.number, how=how))


def _ticket(desk: Desk) -> Ticket:
    """Return the ticket that was written; raises Refusal that says what is missing."""
    form = desk.form
    with asked_in("q"):
        flat, resident = _who(desk, form.get("who", ""))
    category, level, location = (
        form.get("category", ""),
        form.get("level", "normal"),
        " ".join(form.get("location", "").split())[:40],
    )
    if category not in CATEGORY_WORDS:
        raise Refusal(tr("请选择是什么坏了。"), field="category")
    if level not in LEVELS:
        raise Refusal(tr("请选择急不急。"), field="level")
    if not location:
        raise Refusal(tr("请写在什么位置，例如：厨房、3栋2单元楼道。"), field="location")
    with asked_in("at"):
        at = _appointment(desk, form.get("at", ""))
    with asked_in("phone"):
        phone = checked_phone(form["phone"]) if form.get("phone", "").strip() else ""
    urgent, priority, _ = LEVELS[level]
    ticket = Ticket(
        resident_id=resident.id if resident else None, household_id=flat.id if flat else None, said_flat="" if flat else PUBLIC,
        category=category, location=location, urgent=urgent, priority=priority, appointment_at=at, opened_at=desk.now,
        phone=phone,
    )  # fmt: skip
    clock.start(desk, ticket)
    ticket.add_words(withheld(form.get("words", ""))[:LONGEST])
    return ticket


def _who(desk: Desk, said: str) -> tuple[Household | None, Resident | None]:
    """Return the flat and the person that were chosen; neither where it is something of everybody's."""
    if said == EVERYBODY:
        return None, None
    flat_id, _, key = said.partition(":")
    flat = desk.session.exec(select(Household).where(Household.id == (row_id(flat_id) or 0))).first()
    if flat is None:
        raise Refusal(tr("请先找到是哪一户，点选报修的人；楼道、电梯这些选“公共区域”。"))
    resident = next((one for one in roster.people_of(desk.session, flat) if one.public_id == key), None) if key else None
    if key and resident is None:
        raise Refusal(tr("选的人已经不住在这一户了，请重新找一下。"))
    return flat, resident


def _appointment(desk: Desk, said: str) -> datetime | None:
    if not said:
        return None
    at = read_time(said)
    if is_past(at, desk.now):
        raise Refusal(tr("上门时间已经过了，请选今后的时间。"))
    return at


def _form(desk: Desk, form: Mapping[str, str], fault: Refusal | None = None) -> View:
    said, who = form.get("q", "").strip()[:80], form.get("who", "")
    wanted = Filter(said=said, by_phone=desk.may("phone.view"), hidden=frozenset(register.tags_as_typed(desk.session)))
    found = register.flats(desk.session, wanted, FOUND + 1) if said else ()
    flats = [*found[:FOUND]]
    chosen = row_id(who.partition(":")[0])
    if chosen and chosen not in {flat.id for flat in flats}:
        flats = [*desk.session.exec(select(Household).where(Household.id == chosen)).all(), *flats]
    living = roster.people_by_flat(desk.session, [flat.key for flat in flats])
    waiting = desk.session.exec(
        select(Ticket).where(col(Ticket.household_id).in_([flat.id for flat in flats]), col(Ticket.state).in_(OPEN))
    ).all()
    return View(
        "repairs/new.html",
        {
            "form": {"q": said, "who": who, **{name: form.get(name, "") for name in ("category", "location", "words", "phone", "at")}},
            "level": form.get("level", "normal"), "fault": str(fault or ""), "refusal": fault, "categories": CATEGORY_WORDS, "levels": LEVELS, "public": EVERYBODY,
            "flats": [(flat, living[flat.key], [one for one in waiting if one.household_id == flat.id]) for flat in flats],
            "more": len(found) > FOUND, "why_not": desk.why_not_by_phone(said),
            "hands": candidates(desk, form.get("category", ""))[:1],
        },
        422 if fault else 200,
    )  # fmt: skip


ROUTES: tuple[Page, ...] = (compose, look, add)
