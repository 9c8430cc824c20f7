"""How people read the events of check-ins; what was said stands in none of them."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from bot.contract import Log, Subject, Work, tr
from integrations.health.models import Campaign


def _days(_work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    return {key: Subject(tr("报平安"), f"/care/visits/{key}") for key in keys}


def _campaigns(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(Campaign).where(col(Campaign.public_id).in_(keys))).all()
    names = {one.public_id: one.name for one in found}
    return {key: Subject(names.get(key, tr("健康登记")), f"/campaigns/{key}") for key in keys}


LOG = Log(
    events={"health.checked_in": tr("健康打卡{corrected?（更正）}"), "health.completed": tr("补充了症状"), "health.righted": tr("健康打卡改到了该记的人"), "health.taken_back": tr("记错人的健康打卡撤回了"),
        "care.asked": tr("没有报平安，问了一遍"), "care.signed": tr("有了平安的消息"), "care.away": tr("记了不在家"), "care.back": tr("不在家的记录结束"),
        "care.changed": tr("改了报平安的约定"), "care.signal": tr("家里的设备来了信号"),
        "care.enrolled": tr("开通了报平安"), "care.asked_along": tr("问了{whom}"), "care.answered_along": tr("{whom}回了话"),
        "health.took_part": tr("在健康登记里报了"), "health.campaign_made": tr("新办健康登记"), "health.campaign_changed": tr("健康登记{change}"),
        "health.asked_at_door": tr("工作人员替住户填了（{how}）"), "health.erased": tr("健康登记到期，删除了 {rows} 条个人内容"),
    },
    titles={
        "health.checked_in": tr("健康打卡"), "care.signed": tr("报平安"), "health.campaign_changed": tr("改了健康登记"), "health.asked_at_door": tr("工作人员替住户填了"),
        "health.erased": tr("健康登记到期删除"), "care.asked_along": tr("问本人或邻居愿不愿意"), "care.answered_along": tr("本人或邻居回了话"),
    },
    words={
        "change": {"pause": tr("暂停了"), "resume": tr("接着办了"), "end": tr("提前结束了"), "edit": tr("改过了"), "duty": tr("换了值班的人")},
        "whom": {"parent": tr("本人同不同意报平安"), "neighbour": tr("邻居愿不愿意敲门")},
        "how": {"phone": tr("打电话问的"), "door": tr("上门问的")},
    },
    figures={"health.checked_in": tr("健康打卡")},
    subjects={"care": _days, "campaign": _campaigns},
)  # fmt: skip
