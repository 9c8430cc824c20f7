"""What repairs know that belongs on pages of others."""

from collections.abc import Sequence

from sqlmodel import col, func, select

from bot.contract import Desk, Household, Refusal, Work, audience, card, roster, today, tr
from integrations.repairs.models import OPEN, STATE_WORDS, Ticket

#: Tickets shown on a household's card.
SHOWN = 5


@card(tr("报修"), need="ticket.view")
def tickets(desk: Desk, household: Household) -> Sequence[tuple[str, str]]:
    """Return the household's last tickets, the newest first."""
    theirs = select(Ticket).where(Ticket.household_id == household.id).order_by(col(Ticket.id).desc()).limit(SHOWN)
    return [
        (
            desk.words(tr("{what}：{state}（{t}）"), what=desk.veil(one.what), state=STATE_WORDS[one.state], t=one.opened_at),
            f"/tickets/{one.number}",
        )
        for one in desk.session.exec(theirs).all()
    ]


@today(tr("没修好的报修"), need="ticket.view", path="/tickets")
def unfinished(desk: Desk) -> int:
    """Count the tickets that are not done yet."""
    return desk.session.exec(select(func.count()).select_from(Ticket).where(col(Ticket.state).in_(OPEN))).one()


@audience(tr("报修中的住户"), asks=tr("楼栋"))
def waiting(work: Work, building: str) -> Sequence[int]:
    """Return the residents whose repair is not done yet, of one building where it is named: 3栋."""
    theirs = select(Ticket.resident_id).where(col(Ticket.state).in_(OPEN)).distinct()
    if building:
        flats = select(Household.id).where(Household.building == roster.building_of(building))
        if work.session.exec(flats.limit(1)).first() is None:
            raise Refusal(tr("小区里没有“{building}”这栋楼，请写成 3栋 这样。", building=building[:20]))
        theirs = theirs.where(col(Ticket.household_id).in_(flats))
    return [one for one in work.session.exec(theirs).all() if one]
