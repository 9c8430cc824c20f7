"""What repairs cost, line by line for whoever keeps the books: found, by payer and day, taken along; and what was used before, with its price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from bot.contract import Choice, Column, Days, Desk, Household, Listing, Staff, register, tr
from integrations.repairs.models import CATEGORY_WORDS, PAYER_WORDS, Ticket, TicketCost, yuan

#: Lines that are looked through for what was used before: names are sealed, and nothing older is worth offering.
LOOKED_AT = 300

#: Of what was used before so many are offered.
OFFERED = 40


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of costs with the ticket that it stands on."""

    cost: TicketCost
    ticket: Ticket
    place: str
    by: str


def used_before(desk: Desk) -> Sequence[tuple[str, str]]:
    """Return what was used lately, each with what one cost last, as it is typed: 水龙头, 68."""
    lines = desk.session.exec(select(TicketCost).order_by(col(TicketCost.id).desc()).limit(LOOKED_AT)).all()
    found: dict[str, str] = {}
    for one in lines:
        found.setdefault(one.what, f"{one.fen / 100:.2f}".removesuffix(".00"))
    return [*found.items()][:OFFERED]


def _find(desk: Desk, word: str) -> list[ColumnElement[bool]]:
    """Return what a word may mean: a ticket's number, a flat or who lives there, the fault."""
    flats = register.flats_called(desk.session, word, by_phone=desk.may("phone.view"))
    kinds = [key for key, words in CATEGORY_WORDS.items() if word in words]
    return [
        col(Ticket.number) == word.upper(),
        col(Ticket.household_id).in_(flats),
        *([col(Ticket.category).in_(kinds)] if kinds else ()),
    ]


def _load(desk: Desk, costs: Sequence[TicketCost]) -> list[Row]:
    numbers, members = {one.ticket_id for one in costs}, {one.staff_id for one in costs}
    tickets = {one.id: one for one in desk.session.exec(select(Ticket).where(col(Ticket.id).in_(numbers))).all()}
    homes = {one.household_id for one in tickets.values() if one.household_id}
    flats = {one.id: one for one in desk.session.exec(select(Household).where(col(Household.id).in_(homes))).all()}
    staff = {one.id: one.name for one in desk.session.exec(select(Staff).where(col(Staff.id).in_(members - {None}))).all()}
    return [
        Row(
            cost=one, ticket=tickets[one.ticket_id], place=tickets[one.ticket_id].place_of(flats.get(tickets[one.ticket_id].household_id)),
            by=staff.get(one.staff_id, ""),
        )
        for one in costs
    ]  # fmt: skip


def _around(_desk: Desk, rows: Sequence[Row]) -> Mapping[str, object]:
    return {"total": yuan(sum(row.cost.total for row in rows))}


LIST = Listing(
    name="costs",
    title=tr("维修费用"),
    path="/costs",
    need="ticket.view",
    unit=tr("笔"),
    table=TicketCost,
    key=lambda row: str(row.cost.id),
    key_column=TicketCost.id,
    order="-at",
    columns=(
        Column(name="at", title=tr("什么时候"), says=lambda desk, row: row.cost.at, sort=(TicketCost.at, TicketCost.id)),
        Column(name="what", title=tr("材料或工时"), says=lambda desk, row: row.cost.what),
        Column(name="pieces", title=tr("数量"), says=lambda desk, row: row.cost.number),
        Column(name="price", title=tr("单价"), says=lambda desk, row: yuan(row.cost.fen), filed=lambda desk, row: row.cost.fen / 100, sort=(TicketCost.fen,)),
        Column(name="total", title=tr("金额"), says=lambda desk, row: yuan(row.cost.total), filed=lambda desk, row: row.cost.total / 100, sort=(col(TicketCost.number) * col(TicketCost.fen),)),
        Column(name="payer", title=tr("谁承担"), says=lambda desk, row: PAYER_WORDS[row.cost.payer]),
        Column(name="number", title=tr("工单号"), says=lambda desk, row: row.ticket.number),
        Column(name="place", title=tr("哪一户"), says=lambda desk, row: row.place),
        Column(name="fault", title=tr("什么坏了"), says=lambda desk, row: desk.veil(row.ticket.what)),
        Column(name="by", title=tr("谁记的"), says=lambda desk, row: row.by),
    ),
    filters=(
        Choice(name="payer", title=tr("谁承担"), options=lambda desk: {one.value: words for one, words in PAYER_WORDS.items()}, fits=lambda desk, key: col(TicketCost.payer) == key),
        Choice(name="category", title=tr("种类"), options=lambda desk: CATEGORY_WORDS, fits=lambda desk, key: col(Ticket.category) == key),
        Days(name="at", title=tr("什么时候"), column=TicketCost.at),
    ),
    beside=((Ticket, col(Ticket.id) == col(TicketCost.ticket_id)),),
    find=_find,
    opens=("what",),
    finds=tr("材料、房号、姓名、工单号"),
    load=_load,
    to=lambda row: f"/tickets/{row.ticket.number}",
    template="repairs/costs.html",
    around=_around,
    live="repair.cost",
    empty=(tr("还没有记费用"), tr("在工单页面的“费用”里点“记一笔”，换了什么、花了多少、谁承担，都列在这里，也能导出。")),
    tabs=((tr("报修"), "/tickets"),),
)  # fmt: skip
