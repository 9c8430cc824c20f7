"""How people read the events of notices."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from bot.contract import Log, Notice, Subject, Work


def _notices(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(Notice).where(col(Notice.public_id).in_(keys))).all()
    known = {one.public_id: Subject(f"通知“{one.title}”", f"/notices/{one.public_id}") for one in found}
    return {key: Subject("通知") for key in keys} | known


#: Kinds of events and their fields; what becomes of a notice that is sent the core records.
EMITS = {
    "notice.drafted": "", "notice.discarded": "", "notice.retried": "people unsure", "notice.tested": "", "notice.chased": "people", "notice.visited": "back", "notice.audience_saved": "people", "notice.rules_changed": "",
}  # fmt: skip

LOG = Log(
    events={
        "notice.drafted": "存了通知草稿", "notice.discarded": "删掉了通知草稿", "notice.scheduled": "定时了通知",
        "notice.published": "发布了通知，发给 {people} 人", "notice.recalled": "撤回了通知{stopped?，{stopped} 条没有发出}",
        "notice.stopped": "停止了周期通知{stopped?，{stopped} 条没有发出}", "notice.skipped": "让周期通知跳过一次",
        "notice.unskipped": "让跳过的一次照常发", "notice.paused": "暂停了通知", "notice.resumed": "恢复了通知", "notice.changed": "改了定好的通知",
        "notice.asked": "请同事同意通知，发给 {people} 人", "notice.approved": "同意了通知", "notice.returned": "把通知退回成草稿",
        "notice.overrode": "没等同意就发了紧急通知，{people} 人", "notice.tested": "把通知先发给自己看", "notice.chased": "提醒没确认通知的人，{people} 人",
        "notice.visited": "记下上门告知", "notice.audience_saved": "存了发送范围，{people} 人", "notice.rules_changed": "改了通知的规定",
        "notice.missed": "通知错过了时间，没有发{times?，共 {times} 次}", "notice.retried": "让通知再发一次，{people} 人",
    },
    titles={"notice.published": "发布了通知", "notice.recalled": "撤回了通知", "notice.stopped": "停止了周期通知", "notice.missed": "通知错过了时间", "notice.retried": "让通知再发一次",
        "notice.asked": "请同事同意通知", "notice.chased": "提醒没确认通知的人", "notice.overrode": "没等同意就发了紧急通知", "notice.audience_saved": "存了发送范围",
    },
    subjects={"notice": _notices},
    figures={"notice.published": "通知"},
)  # fmt: skip
