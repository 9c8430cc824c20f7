"""How people read the events of notices."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from bot.contract import Log, Notice, Subject, Work, tr


def _notices(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(Notice).where(col(Notice.public_id).in_(keys))).all()
    known = {one.public_id: Subject(tr("通知“{title}”", title=one.title), f"/notices/{one.public_id}") for one in found}
    return {key: Subject(tr("通知")) for key in keys} | known


#: Kinds of events and their fields; what becomes of a notice that is sent the core records.
EMITS = {
    "notice.drafted": "", "notice.discarded": "", "notice.tested": "", "notice.chased": "people", "notice.visited": "back", "notice.audience_saved": "people", "notice.rules_changed": "",
}  # fmt: skip

LOG = Log(
    events={
        "notice.drafted": tr("存了通知草稿"), "notice.discarded": tr("删掉了通知草稿"), "notice.scheduled": tr("定时了通知"),
        "notice.published": tr("发布了通知，发给 {people} 人"), "notice.recalled": tr("撤回了通知{stopped?，{stopped} 条没有发出}"),
        "notice.stopped": tr("停止了周期通知{stopped?，{stopped} 条没有发出}"), "notice.skipped": tr("让周期通知跳过一次"),
        "notice.unskipped": tr("让跳过的一次照常发"), "notice.paused": tr("暂停了通知"), "notice.resumed": tr("恢复了通知"), "notice.changed": tr("改了定好的通知"),
        "notice.asked": tr("请同事同意通知，发给 {people} 人"), "notice.approved": tr("同意了通知"), "notice.returned": tr("把通知退回成草稿"),
        "notice.overrode": tr("没等同意就发了紧急通知，{people} 人"), "notice.tested": tr("把通知先发给自己看"), "notice.chased": tr("提醒没确认通知的人，{people} 人"),
        "notice.visited": tr("记下上门告知"), "notice.audience_saved": tr("存了发送范围，{people} 人"), "notice.rules_changed": tr("改了通知的规定"),
        "notice.missed": tr("通知错过了时间，没有发{times?，共 {times} 次}"), "notice.retried": tr("让通知再发一次，{people} 人"),
    },
    titles={"notice.published": tr("发布了通知"), "notice.recalled": tr("撤回了通知"), "notice.stopped": tr("停止了周期通知"), "notice.missed": tr("通知错过了时间"), "notice.retried": tr("让通知再发一次"),
        "notice.asked": tr("请同事同意通知"), "notice.chased": tr("提醒没确认通知的人"), "notice.overrode": tr("没等同意就发了紧急通知"), "notice.audience_saved": tr("存了发送范围"),
    },
    subjects={"notice": _notices},
    figures={"notice.published": tr("通知")},
)  # fmt: skip
