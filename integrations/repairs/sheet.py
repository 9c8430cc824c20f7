"""The sheet of a day on paper: what somebody goes to, by the hour, with room for materials and signatures; whoever has no WeChat carries it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlmodel import col, select

from bot.contract import Desk, Household, Page, Resident, Staff, View, page, row_id, tr
from integrations.repairs import visits
from integrations.repairs.models import CATEGORY_WORDS, OPEN, PAUSED, Ticket, TicketState
from integrations.repairs.tickets import by_id
from integrations.repairs.visits import Visit

#: Repairs on the sheet of one person; of more their number is told.
ON_SHEET = 20


@dataclass(frozen=True, kw_only=True)
class Line:
    """A repair on the sheet: when, where, what in the resident's own words, whom to call."""

    ticket: Ticket
    begins_at: datetime | None
    ends_at: datetime | None
    place: str
    who: str
    phone: str

    @property
    def category(self) -> str:
        """What kind of fault it is."""
        return CATEGORY_WORDS.get(self.ticket.category, self.ticket.category)


@dataclass(kw_only=True)
class Sheet:
    """What somebody has on a day: first what is agreed by its hours, then what they have in hand without one, what is due first."""

    member: Staff
    lines: list[Line] = field(default_factory=list)
    more: int = 0


@page("GET", "/tickets/sheet", need="ticket.view", title=tr("派工单"))
def show(desk: Desk) -> View:
    """Show what one person has on a day, or everybody who has something, one page each, to be printed and signed."""
    day = _day(desk)
    wanted = row_id(desk.query.get("who", ""))
    sheets = sheets_of(desk, day, wanted)
    desk.read_phones(*(line.ticket.subject for one in sheets for line in one.lines if line.phone))
    chosen = desk.session.get(Staff, wanted) if wanted else None
    return View("repairs/sheet.html", {"sheets": sheets, "day": day, "today": desk.now.date(), "tomorrow": desk.now.date() + timedelta(days=1), "chosen": chosen, "said_day": desk.words("{t}", t=datetime.combine(day, time(), desk.now.tzinfo)), "printed": desk.now})  # fmt: skip


def _day(desk: Desk) -> date:
    try:
        return date.fromisoformat(desk.query.get("day", ""))
    except ValueError:
        return desk.now.date()


def sheets_of(desk: Desk, day: date, wanted: int | None = None) -> Sequence[Sheet]:
    """Return the sheets of a day, by name; what has no hour stands on today's."""
    midnight = datetime.combine(day, time(), desk.now.tzinfo)
    found: dict[int, Sheet] = {}
    agreed = visits.of_days(desk, midnight, midnight + timedelta(days=1))
    elsewhen = select(Visit.ticket_id).where(Visit.state == visits.VisitState.AGREED)
    rows: list[tuple[int, Ticket, Visit | None]] = [
        (key, ticket, visit) for key, theirs in agreed.items() for visit, ticket in theirs
    ]
    if day == desk.now.date():
        running = [state for state in OPEN if state not in PAUSED and state is not TicketState.SUBMITTED]
        held = select(Ticket).where(
            col(Ticket.state).in_(running), col(Ticket.assignee_id).is_not(None), col(Ticket.id).not_in(elsewhen)
        )
        rest = desk.session.exec(held.order_by(col(Ticket.urgent).desc(), col(Ticket.due_at))).all()
        rows += [(ticket.assignee_id or 0, ticket, None) for ticket in rest]
    rows = [row for row in rows if wanted in (None, row[0])]
    staff = by_id(desk, Staff, {key for key, _, _ in rows} | ({wanted} if wanted else set()))
    flats = by_id(desk, Household, {ticket.household_id for _, ticket, _ in rows})
    people = by_id(desk, Resident, {ticket.resident_id for _, ticket, _ in rows})
    for key, ticket, visit in rows:
        if key not in staff:
            continue
        sheet = found.setdefault(key, Sheet(member=staff[key]))
        if len(sheet.lines) == ON_SHEET:
            sheet.more += 1
            continue
        resident = people.get(ticket.resident_id)
        sheet.lines.append(Line(
            ticket=ticket, begins_at=visit.begins_at if visit else None, ends_at=visit.ends_at if visit else None, place=ticket.place_of(flats.get(ticket.household_id)),
            who=resident.name if resident else "", phone=ticket.phone or (resident.phone if resident else ""),
        ))  # fmt: skip
    return sorted(found.values(), key=lambda one: one.member.name)


ROUTES: tuple[Page, ...] = (show,)
