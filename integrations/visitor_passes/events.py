"""How people read the events of passes; no visitor's name stands in them."""

from sqlmodel import select

from bot.contract import Household, Log, Subject, Work
from integrations.visitor_passes.gate import REASONS
from integrations.visitor_passes.models import Pass


def _pass(work: Work, key: str) -> Subject:
    pass_ = work.session.exec(select(Pass).where(Pass.public_id == key)).first()
    if pass_ is None:
        return Subject("通行证")
    return Subject(f"{work.session.get_one(Household, pass_.household_id).label}的访客", "/passes")


#: Kinds of events and their fields.
EMITS = {
    "visitor.invited": "people", "visitor.changed": "time? who? people? plate? phone? words?", "visitor.cancelled": "", "visitor.revoked": "", "visitor.put_back": "",
    "gate.admitted": "reason method", "gate.refused": "reason method", "gate.left": "",
}  # fmt: skip

LOG = Log(
    events={
        "visitor.invited": "邀请访客，{people} 人", "visitor.cancelled": "取消了访客", "visitor.revoked": "物业作废了通行证", "visitor.put_back": "物业撤销了作废，通行证照常有效",
        "visitor.changed": "改了访客的{words?说明}{time?时间 }{who?姓名 }{people?人数 }{plate?车牌 }{phone?电话}",
        "gate.admitted": "门岗放行（{method}）",
        "gate.refused": "门岗不放行：{reason}（{method}）", "gate.left": "登记访客离开",
    },
    titles={"visitor.invited": "邀请访客", "visitor.changed": "改了访客的通行证", "gate.admitted": "门岗放行", "gate.refused": "门岗不放行"},
    words={"reason": REASONS, "method": {"qr": "扫码", "code": "输入通行码"}},
    subjects={"pass": _pass},
    figures={"visitor.invited": "访客"},
)  # fmt: skip
