"""How people read what happened to a ticket: in the log, on the ticket and on the resident's page."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from bot.contract import Log, Subject, Work
from integrations.repairs.models import LEVELS, OTHER_REASONS, PAYER_WORDS, REASONS, Ticket


def _tickets(work: Work, numbers: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(Ticket).where(col(Ticket.number).in_(numbers))).all()
    known = {one.number: Subject(f"工单 {one.number} {one.what}", f"/tickets/{one.number}") for one in found}
    return {number: Subject(f"工单 {number}") for number in numbers} | known


#: Kinds of events and their fields.
EMITS = {
    "repair.opened": "category urgent by_staff?", "repair.accepted": "", "repair.assigned": "staff", "repair.working": "", "repair.done": "",
    "repair.closed": "reason?", "repair.cancelled": "reason?", "repair.urged": "times", "repair.rated": "rating", "repair.reopened": "times",
    "repair.noted": "told", "repair.changed": "category? location? urgent? time? phone? words?",
    "repair.prioritised": "level", "repair.rescheduled": "", "repair.put_back": "", "repair.cost_added": "fen payer", "repair.cost_removed": "fen",
}  # fmt: skip

LOG = Log(
    events={
        "repair.opened": "{by_staff?物业代登记：}住户报修{urgent?（紧急）}", "repair.accepted": "已受理", "repair.assigned": "已派单", "repair.working": "开始处理",
        "repair.done": "已完成", "repair.closed": "已关闭{reason?（{reason}）}", "repair.cancelled": "已取消{reason?（{reason}）}",
        "repair.urged": "住户催办（第 {times} 次）", "repair.rated": "住户评价 {rating} 分", "repair.reopened": "住户反映没修好，重新打开",
        "repair.changed": "{words?住户补充了说明}{category?住户改了问题 }{location?住户改了位置 }{urgent?住户改了急不急 }{time?住户改了上门时间}{phone?住户改了联系电话}",
        "repair.noted": "写了备注{told?，已告诉住户}", "photo.stored": "收到照片",
        "repair.prioritised": "急不急改为“{level}”", "repair.rescheduled": "改了上门时间", "repair.put_back": "撤销了刚才的改动",
        "repair.cost_added": "记了一笔费用（{payer}）", "repair.cost_removed": "去掉了一笔费用",
    },
    titles={"repair.opened": "住户报修", "repair.cancelled": "工单取消了", "repair.prioritised": "改了急不急", "repair.cost_added": "记了一笔费用", "repair.closed": "工单关闭了", "repair.urged": "住户催办", "repair.rated": "住户评价", "repair.changed": "住户改了报修", "repair.noted": "写了工单备注"},
    words={
        "reason": {**REASONS, **OTHER_REASONS}, "level": {key: words for key, (_, _, words) in LEVELS.items()},
        "payer": {payer.value: words for payer, words in PAYER_WORDS.items()},
    },
    subjects={"ticket": _tickets},
    figures={"repair.opened": "报修"},
)  # fmt: skip
