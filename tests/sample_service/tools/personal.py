"""Which rows are a person's: their loans. Returned ones are forgotten after a year."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import col, delete, select

from bot.contract import Personal, Resident, Retention, Rows, Work
from integrations.tools.models import STATE_WORDS, Loan, LoanState


def export(work: Work, resident: Resident) -> Mapping[str, Any]:
    """Return a resident's loans, oldest first."""
    mine = work.session.exec(select(Loan).where(Loan.resident_id == resident.id).order_by(col(Loan.id))).all()
    return {"借工具": [{"工具": one.tool, "状态": STATE_WORDS[one.state], "时间": f"{one.asked_at:%Y-%m-%d}"} for one in mine]}


def erase(work: Work, resident: Resident) -> None:
    """Delete a resident's loans."""
    work.session.exec(delete(Loan).where(col(Loan.resident_id) == resident.id))


#: Returned loans are forgotten after a year.
RETURNED = Rows(Loan, lambda before: (col(Loan.state) == LoanState.BACK, col(Loan.asked_at) < before))

PERSONAL = Personal(
    export=export, erase=erase, retain=(Retention(what="归还的工具", lives=timedelta(days=365), rows=(RETURNED,)),)
)
