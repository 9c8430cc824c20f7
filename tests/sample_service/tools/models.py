"""Loans: who has which tool until when."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field

from bot.contract import Scoped, maybe_moment, moment, public_id, word


class LoanState(StrEnum):
    """A loan's life: asked → lent → back, or asked → off."""

    ASKED = "asked"
    LENT = "lent"
    BACK = "back"
    OFF = "off"


#: What people call them.
STATE_WORDS: Mapping[LoanState, str] = {
    LoanState.ASKED: "等待领取", LoanState.LENT: "借出中", LoanState.BACK: "已归还", LoanState.OFF: "已取消",
}  # fmt: skip


class Loan(Scoped, table=True):
    """One tool for one resident."""

    __tablename__ = "tool_loan"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(default_factory=public_id, unique=True)
    resident_id: int = Field(foreign_key="resident.id", index=True)
    tool: str
    state: LoanState = word(LoanState, LoanState.ASKED)
    asked_at: datetime = moment()
    due_on: date | None = None  # in Asia/Shanghai; set when it is lent
    reminded_at: datetime | None = maybe_moment()

    @property
    def subject(self) -> str:
        """What events, tasks and photos call the loan."""
        return f"loan:{self.number}"
