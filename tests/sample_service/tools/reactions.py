"""What tools do when something happens elsewhere."""

from sqlmodel import select

from bot.contract import Happening, Resident, Work, on
from integrations.tools.models import Loan, LoanState


@on("resident.unbound")
def call_off(work: Work, happening: Happening) -> None:
    """Who gives the flat up is handed no tool any more."""
    key = happening.subject.partition(":")[2]
    waiting = (
        select(Loan)
        .join(Resident)
        .where(Resident.public_id == key, Loan.state == LoanState.ASKED)
    )  # fmt: skip
    for loan in work.session.exec(waiting).all():
        loan.state = LoanState.OFF
        work.session.add(loan)
        work.record("tool.off", loan.subject, tool=loan.tool)
        work.finish(loan.subject, "住户已解除绑定")
