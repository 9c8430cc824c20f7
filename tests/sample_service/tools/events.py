"""The events of loans: their fields, and how people read them."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from bot.contract import Log, Subject, Work
from integrations.tools.models import Loan

#: Kind -> fields. Other services may react to them.
EMITS = {"tool.asked": "tool", "tool.lent": "tool", "tool.back": "tool", "tool.off": "tool", "tool.changed": "tool"}


def _loans(work: Work, numbers: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(Loan).where(col(Loan.number).in_(numbers))).all()
    known = {one.number: Subject(f"借{one.tool}", "/tools") for one in found}
    return {number: Subject("借工具", "/tools") for number in numbers} | known


LOG = Log(
    events={
        "tool.asked": "住户要借{tool}", "tool.lent": "借出{tool}", "tool.back": "收回{tool}", "tool.off": "不借{tool}了", "tool.changed": "改成借{tool}",
    },
    subjects={"loan": _loans},
    figures={"tool.lent": "借出工具"},
)  # fmt: skip
