"""The events of loans: their fields, and how people read them."""

from sqlmodel import select

from bot.contract import Log, Subject, Work
from integrations.tools.models import Loan

#: Kind -> fields. Other services may react to them.
EMITS = {"tool.asked": "tool", "tool.lent": "tool", "tool.back": "tool", "tool.off": "tool", "tool.changed": "tool"}


def _loan(work: Work, number: str) -> Subject:
    loan = work.session.exec(select(Loan).where(Loan.number == number)).first()
    return Subject(f"借{loan.tool}" if loan else "借工具", "/tools")


LOG = Log(
    events={
        "tool.asked": "住户要借{tool}", "tool.lent": "借出{tool}", "tool.back": "收回{tool}", "tool.off": "不借{tool}了", "tool.changed": "改成借{tool}",
    },
    subjects={"loan": _loan},
    figures={"tool.lent": "借出工具"},
)  # fmt: skip
