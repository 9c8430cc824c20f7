"""What a machine may do: a locker reads what is lent and says what came back."""

from datetime import date

from pydantic import BaseModel
from sqlmodel import col, select

from bot.contract import Machine
from bot.contract import api as route
from integrations.tools.board import bring_back as note_back
from integrations.tools.models import Loan, LoanState


class LoanOut(BaseModel):
    """One tool that is lent; nobody's name stands in it."""

    number: str
    tool: str
    due_on: date | None


class Loans(BaseModel):
    """All that is lent now."""

    loans: list[LoanOut]


class Back(BaseModel):
    """Which loan came back."""

    number: str


@route("GET", "/tools/loans", scope="tools.read", title="List the tools that are lent", gives=Loans)
def loans(machine: Machine) -> Loans:
    """Return what is lent, the oldest first."""
    lent = machine.session.exec(select(Loan).where(Loan.state == LoanState.LENT).order_by(col(Loan.id))).all()
    return Loans(loans=[LoanOut(number=one.number, tool=one.tool, due_on=one.due_on) for one in lent])


@route("POST", "/tools/returns", scope="tools.return", title="Note that a tool came back", takes=Back)
def bring_back(machine: Machine) -> None:
    """Take a tool back."""
    loan = machine.session.exec(select(Loan).where(Loan.number == machine.body.number)).first()
    if loan is None:
        raise LookupError(machine.body.number)
    note_back(machine, loan)
