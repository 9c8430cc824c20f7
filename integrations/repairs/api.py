"""What other systems may read of repairs; no resident's name or phone is among it but what their own words say."""

from datetime import datetime

from pydantic import BaseModel, Field
from sqlmodel import col, select

from bot.contract import Endpoint, Household, Machine, Refusal, api, tr
from integrations.repairs.models import OPEN, Ticket, TicketState

#: Tickets in one answer.
MOST = 500


class TicketFacts(BaseModel):
    """One ticket."""

    number: str
    building: str
    category: str = Field(description="such as water, electric or lift")
    location: str
    words: str = Field(description="what the resident said, one message a line")
    urgent: bool
    state: TicketState
    opened_at: datetime
    due_at: datetime


class Tickets(BaseModel):
    """Tickets, the newest first."""

    tickets: list[TicketFacts]


@api(
    "GET",
    "/repairs/tickets",
    scope="repairs.read",
    title=tr("看报修工单"),
    gives=Tickets,
    query={"state": "one of the states; empty = all open ones"},
)
def tickets(machine: Machine) -> Tickets:
    """List up to 500 tickets of a state, or all that somebody still waits for."""
    wanted = machine.query.get("state", "")
    if wanted and wanted not in list(TicketState):
        raise Refusal(f"state {wanted[:40]!r} is unknown; one of {', '.join(TicketState)}")
    states = [TicketState(wanted)] if wanted else list(OPEN)
    rows = machine.session.exec(
        select(Ticket, Household)
        .join(Household, col(Household.id) == col(Ticket.household_id), isouter=True)
        .where(col(Ticket.state).in_(states))
        .order_by(col(Ticket.id).desc())
        .limit(MOST)
    ).all()
    return Tickets(
        tickets=[
            TicketFacts(
                number=ticket.number, building=flat.building if flat else "", category=ticket.category, location=ticket.location,
                words=ticket.words, urgent=ticket.urgent, state=ticket.state, opened_at=ticket.opened_at, due_at=ticket.due_at,
            )
            for ticket, flat in rows
        ]
    )  # fmt: skip


ROUTES: tuple[Endpoint, ...] = (tickets,)
