"""What happens by itself: a reminder on the day a tool is due; and what an empty demo begins with."""

from datetime import timedelta

from sqlmodel import col, select

from bot.contract import Resident, Work, job
from integrations.tools.models import Loan, LoanState


@job(every=timedelta(minutes=10))
def remind(work: Work) -> None:
    """Remind, once, whoever has a tool that is due; safe to run on several replicas."""
    due = select(Loan).where(Loan.state == LoanState.LENT, col(Loan.due_on) <= work.now.date(), col(Loan.reminded_at).is_(None))
    for loan in work.session.exec(due.limit(100).with_for_update(skip_locked=True)).all():
        loan.reminded_at = work.now
        work.session.add(loan)
        work.tell(work.session.get_one(Resident, loan.resident_id), "tool.due", tool=loan.tool)


def seed(work: Work) -> None:
    """Let somebody of the demo have a ladder."""
    resident = work.session.exec(select(Resident).where(col(Resident.openid).is_not(None))).first()
    if resident is not None:
        due_on = (work.now + timedelta(days=1)).date()
        work.session.add(Loan(resident_id=resident.id or 0, tool="梯子", state=LoanState.LENT, asked_at=work.now, due_on=due_on))
