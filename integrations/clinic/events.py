"""How people read the events of the health station; nobody's name stands in them."""

from collections.abc import Collection, Mapping

from bot.contract import Log, Subject, Work, tr


def _sessions(_work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    return {key: Subject(tr("卫生站的一场"), "/clinic") for key in keys}


def _bookings(_work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    return {key: Subject(tr("卫生站的预约"), "/clinic/bookings") for key in keys}


#: Kinds of events and their fields.
EMITS = {
    "clinic.booked": "", "clinic.queued": "", "clinic.offered": "", "clinic.lapsed": "", "clinic.cancelled": "why?", "clinic.moved": "", "clinic.renamed": "",
    "clinic.reminded": "", "clinic.came": "", "clinic.missed": "", "clinic.unmarked": "", "clinic.opened": "places", "clinic.edited": "", "clinic.closed": "told",
}  # fmt: skip

LOG = Log(
    events={
        "clinic.booked": tr("约了卫生站"), "clinic.queued": tr("排队等卫生站的号"), "clinic.offered": tr("有号了，给住户留着"), "clinic.lapsed": tr("没等到卫生站的号"),
        "clinic.cancelled": tr("取消了卫生站预约{why?（{why}）}"), "clinic.moved": tr("改了卫生站预约的时间"), "clinic.renamed": tr("改了卫生站预约给谁"), "clinic.reminded": tr("提醒了明天看医生"),
        "clinic.came": tr("看诊的人到了"), "clinic.missed": tr("看诊的人没来"), "clinic.unmarked": tr("撤回了到没到"), "clinic.opened": tr("加了一场看诊，{places} 个号"),
        "clinic.edited": tr("改了一场看诊"), "clinic.closed": tr("取消了一场看诊，告诉了 {told} 人"),
    },
    titles={"clinic.booked": tr("约了卫生站"), "clinic.cancelled": tr("取消了卫生站预约"), "clinic.queued": tr("排队等卫生站的号"), "clinic.opened": tr("加了一场看诊"), "clinic.closed": tr("取消了一场看诊")},
    words={"why": {"left": tr("约号的人不住这一户了")}},
    subjects={"clinic": _sessions, "appointment": _bookings},
    figures={"clinic.booked": tr("卫生站预约")},
)  # fmt: skip
