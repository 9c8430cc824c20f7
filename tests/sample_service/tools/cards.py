"""What tools know of a household, for its page in the console."""

from collections.abc import Sequence

from sqlmodel import col, select

from bot.contract import Desk, Household, Resident, card
from integrations.tools.models import STATE_WORDS, Loan, LoanState


@card("借工具", need="tools.lend")
def borrowed(desk: Desk, household: Household) -> Sequence[tuple[str, str]]:
    """Return what the household asked for or has, each with the page that settles it."""
    theirs = select(Loan).join(Resident).where(Resident.household_id == household.id)
    here = theirs.where(col(Loan.state).in_([LoanState.ASKED, LoanState.LENT])).order_by(col(Loan.id))
    return [(f"{loan.tool}（{STATE_WORDS[loan.state]}）", "/tools") for loan in desk.session.exec(here).all()]
