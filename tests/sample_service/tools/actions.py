"""What residents can ask for: a tool, and what they have."""

from dataclasses import dataclass

from sqlmodel import col, select

from bot.contract import Reply, Turn, action, amends
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
    home = turn.home
    turn.assign("tool.wanted", "tools.lend", f"借{loan.tool}：{home.label}", household=home, subject=loan.subject)
    return Reply("done", tool=loan.tool, number=loan.number, about=loan.subject, called=f"借{loan.tool}")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is said to be another one: 换成梯子; slots that nothing was said of are None."""

    tool: str | None = None


@amends("tool.borrow", Change, replies={"changed": "tool number", "late": "tool"})
def change(turn: Turn, about: str, slots: Change) -> Reply:
    """Put another tool aside while the first was not handed out."""
    mine = select(Loan).where(Loan.resident_id == turn.me.id, Loan.number == about.partition(":")[2])
    loan = turn.session.exec(mine).one()
    if loan.state is not LoanState.ASKED:
        return Reply("late", ok=False, tool=loan.tool)
    loan.tool = slots.tool or loan.tool
    turn.session.add(loan)
    turn.record("tool.changed", loan.subject, tool=loan.tool)
    return Reply("changed", tool=loan.tool, number=loan.number, called=f"借{loan.tool}")


@action("tool.mine", replies={"done": "loans", "none": ""}, shows=True)
def list_mine(turn: Turn, slots: object) -> Reply:
    """Tell what the resident asked for or has."""
    mine = select(Loan).where(Loan.resident_id == turn.me.id, col(Loan.state).in_([LoanState.ASKED, LoanState.LENT]))
    loans = turn.session.exec(mine.order_by(col(Loan.id))).all()
    if not loans:
        return Reply("none", ok=False)
    return Reply(
        "done", loans=[turn.words("· {tool}（{state}）", tool=loan.tool, state=STATE_WORDS[loan.state]) for loan in loans]
    )
