"""How people read the events of check-ins; what was said stands in none of them."""

from collections.abc import Collection, Mapping

from bot.contract import Log, Subject, Work, tr


def _days(_work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    return {key: Subject(tr("报平安"), f"/care/visits/{key}") for key in keys}


LOG = Log(
    events={"health.checked_in": tr("健康打卡{corrected?（更正）}"), "health.completed": tr("补充了症状"),
        "care.asked": tr("没有报平安，问了一遍"), "care.signed": tr("有了平安的消息"), "care.away": tr("记了不在家"), "care.back": tr("不在家的记录结束"),
        "care.changed": tr("改了报平安的约定"), "care.signal": tr("家里的设备来了信号"),
    },
    titles={"health.checked_in": tr("健康打卡"), "care.signed": tr("报平安")},
    figures={"health.checked_in": tr("健康打卡")},
    subjects={"care": _days},
)  # fmt: skip
