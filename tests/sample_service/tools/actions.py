"""What residents can ask for: a tool, and what they have."""

from dataclasses import dataclass

from sqlmodel import col, select

from bot.contract import Reply, Turn, action
from integrations.tools.models import STATE_WORDS, Loan, LoanState


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What to borrow; the field is a slot of the intent."""

    tool: str


@action("tool.borrow", Wish, replies={"done": "tool number", "again": "tool"})
def borrow(turn: Turn, slots: Wish) -> Reply:
    """Put a tool aside for the resident and ask staff to hand it out."""
    mine = select(Loan).where(Loan.resident_id == turn.me.id, Loan.tool == slots.tool)
    if turn.session.exec(mine.where(col(Loan.state).in_([LoanState.ASKED, LoanState.LENT]))).first():
        return Reply("again", tool=slots.tool, ok=False)
    loan = Loan(resident_id=turn.me.id or 0, tool=slots.tool, asked_at=turn.now)
    turn.session.add(loan)
    turn.record("tool.asked", loan.subject, tool=loan.tool)
    home = turn.household(turn.me)
    turn.assign("tool.wanted", "tools.lend", f"借{loan.tool}：{home.label}", household=home, subject=loan.subject)
    return Reply("done", tool=loan.tool, number=loan.number, about=loan.subject)


@action("tool.mine", replies={"done": "loans", "none": ""})
def list_mine(turn: Turn, slots: object) -> Reply:
    """Tell what the resident asked for or has."""
    mine = select(Loan).where(Loan.resident_id == turn.me.id, col(Loan.state).in_([LoanState.ASKED, LoanState.LENT]))
    loans = turn.session.exec(mine.order_by(col(Loan.id))).all()
    if not loans:
        return Reply("none", ok=False)
    return Reply("done", loans="\n".join(f"· {loan.tool}（{STATE_WORDS[loan.state]}）" for loan in loans))
