"""How people read what happened to a ticket: in the log, on the ticket and on the resident's page."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import col, select

from bot.contract import SHANGHAI, Log, Subject, Work, tr
from integrations.repairs.crewmodels import STAGE_WORDS
from integrations.repairs.models import (
    CATEGORY_WORDS,
    LEVELS,
    OTHER_REASONS,
    OVERRIDES,
    PAYER_WORDS,
    REASONS,
    STATE_WORDS,
    WAITS,
    Ticket,
    TicketState,
    yuan,
)


def _tickets(work: Work, numbers: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(Ticket).where(col(Ticket.number).in_(numbers))).all()
    known = {
        one.number: Subject(tr("工单 {number} {what}", number=one.number, what=one.what), f"/tickets/{one.number}")
        for one in found
    }
    return {number: Subject(tr("工单 {number}", number=number)) for number in numbers} | known


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said).astimezone(SHANGHAI)


#: Kinds of events and their fields.
EMITS = {
    "repair.opened": "category urgent by_staff?", "repair.accepted": "", "repair.assigned": "staff why?", "repair.phoned": "staff", "repair.working": "", "repair.done": "",
    "repair.closed": "reason?", "repair.cancelled": "reason?", "repair.urged": "times", "repair.rated": "rating", "repair.reopened": "times",
    "repair.noted": "told", "repair.changed": "category? location? urgent? time? phone? words? fault? level? at?",
    "repair.prioritised": "level", "repair.rescheduled": "at?", "repair.put_back": "state?", "repair.cost_added": "fen payer", "repair.cost_removed": "fen",
    "repair.parts": "reason", "repair.owner": "reason", "repair.climbed": "share",
    "repair.taken": "", "repair.asked": "", "repair.answered": "", "repair.pictured": "stage",
    "repair.merged": "into", "repair.joined": "other", "repair.parted": "", "repair.follows": "old",
    "repair.planned": "staff", "repair.passed_on": "staff", "repair.offered": "people", "repair.agreed": "staff at? until?", "repair.declined": "at?", "repair.missed": "staff? at?",
    "repair.modes_changed": "", "repair.spots_changed": "",
}  # fmt: skip

LOG = Log(
    events={
        "repair.opened": tr("{by_staff?物业代登记：}住户报修{urgent?（紧急）}"), "repair.accepted": tr("已受理"), "repair.assigned": tr("已派给{staff}{why?（换人：{why}）}"), "repair.working": tr("开始处理"), "repair.phoned": tr("电话通知了{staff}"),
        "repair.done": tr("已完成"), "repair.closed": tr("已关闭{reason?（{reason}）}"), "repair.cancelled": tr("已取消{reason?（{reason}）}"),
        "repair.urged": tr("住户催办（第 {times} 次）"), "repair.rated": tr("住户评价 {rating} 分"), "repair.reopened": tr("没修好，重新打开"),
        "repair.changed": tr("{words?住户补充了说明}{category?住户改了问题 }{fault?住户把问题改成{fault} }{location?住户改了位置 }{urgent?住户改了急不急 }{level?住户改成{level} }{time?住户改了上门时间}{at?住户希望{at}上门}{phone?住户改了联系电话}"),
        "repair.noted": tr("写了备注{told?，已告诉住户}"), "photo.stored": tr("收到照片"),
        "repair.prioritised": tr("急不急改为“{level}”"), "repair.rescheduled": tr("改了上门时间{at?：{at}}"), "repair.put_back": tr("撤销了刚才的改动{state?，回到“{state}”}"),
        "repair.parts": tr("待配件，期限停着：{reason}"), "repair.owner": tr("待业主，期限停着：{reason}"), "repair.merged": tr("并入 {into}"), "repair.joined": tr("住户的重复报修 {other} 并进来了"), "repair.parted": tr("从合并里分出来了"), "repair.follows": tr("接着 {old} 开的新单"),
        "repair.climbed": tr("用掉了期限的 {share}%"),
        "repair.planned": tr("打算派给{staff}，等他接单"), "repair.passed_on": tr("{staff}没有按时接单，换人"), "repair.offered": tr("发给 {people} 个人抢单"),
        "repair.agreed": tr("约好了上门时间{at?：{at}到{until}}"), "repair.declined": tr("住户说约的时间不行{at?：{at}}"), "repair.missed": tr("约好的时间没人上门{at?：{at}}"),
        "repair.modes_changed": tr("改了派单方式"), "repair.spots_changed": tr("改了楼栋位置"),
        "repair.taken": tr("师傅接单了"), "repair.asked": tr("师傅问了住户"), "repair.answered": tr("住户回答了师傅"), "repair.pictured": tr("师傅拍了{stage}照片"),
        "repair.cost_added": tr("记了一笔费用 {fen}（{payer}）"), "repair.cost_removed": tr("去掉了一笔费用 {fen}"),
    },
    titles={"repair.phoned": tr("电话通知了师傅"), "repair.pictured": tr("师傅拍了照片"), "repair.assigned": tr("已派单"), "repair.cost_removed": tr("去掉了一笔费用"), "repair.agreed": tr("约好了上门时间"), "repair.rescheduled": tr("改了上门时间"), "repair.put_back": tr("撤销了刚才的改动"), "repair.declined": tr("住户说约的时间不行"), "repair.missed": tr("约好的时间没人上门"), "repair.planned": tr("打算派给谁"), "repair.passed_on": tr("没有按时接单"), "repair.offered": tr("发出抢单"), "repair.parts": tr("等配件"), "repair.owner": tr("等业主"), "repair.climbed": tr("期限提醒"), "repair.merged": tr("并入另一张工单"), "repair.joined": tr("并进一张重复报修"), "repair.follows": tr("接着旧单开的新单"), "repair.opened": tr("住户报修"), "repair.cancelled": tr("工单取消了"), "repair.prioritised": tr("改了急不急"), "repair.cost_added": tr("记了一笔费用"), "repair.closed": tr("工单关闭了"), "repair.urged": tr("住户催办"), "repair.rated": tr("住户评价"), "repair.changed": tr("住户改了报修"), "repair.noted": tr("写了工单备注")},
    words={
        "reason": {**REASONS, **OTHER_REASONS, **WAITS[TicketState.PARTS], **WAITS[TicketState.OWNER]}, "level": {key: words for key, (_, _, words) in LEVELS.items()},
        "fault": CATEGORY_WORDS, "state": {state.value: words for state, words in STATE_WORDS.items()}, "stage": {stage.value: words for stage, words in STAGE_WORDS.items()},
        "why": OVERRIDES, "payer": {payer.value: words for payer, words in PAYER_WORDS.items()},
    },
    shown={"at": _moment, "fen": yuan},
    subjects={"ticket": _tickets},
    figures={"repair.opened": tr("报修")},
)  # fmt: skip
