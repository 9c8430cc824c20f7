"""How people read the events of passes; no visitor's name stands in them."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from bot.contract import Household, Log, Subject, Work, tr
from integrations.visitor_passes import doors
from integrations.visitor_passes.gate import REASONS
from integrations.visitor_passes.listed import WHY
from integrations.visitor_passes.models import Door, Gate, Pass, Permit, WalkUp
from integrations.visitor_passes.passages import METHODS


def _passes(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    whose = select(Pass.public_id, Household).join(Household, col(Household.id) == col(Pass.household_id))
    found = work.session.exec(whose.where(col(Pass.public_id).in_(keys))).all()
    return {key: Subject(tr("通行证")) for key in keys} | {
        key: Subject(tr("{label}的访客", label=flat.label), "/passes") for key, flat in found
    }


def _walk_ups(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    whose = select(WalkUp.public_id, Household).join(Household, col(Household.id) == col(WalkUp.household_id))
    found = work.session.exec(whose.where(col(WalkUp.public_id).in_(keys))).all()
    return {key: Subject(tr("没有通行证的来客")) for key in keys} | {
        key: Subject(tr("{label}门口的来客", label=flat.label), "/gate") for key, flat in found
    }


def _gates(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(Gate).where(col(Gate.public_id).in_(keys))).all()
    return {key: Subject(tr("删掉的大门")) for key in keys} | {one.public_id: Subject(one.name, "/gates") for one in found}


def _permits(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(Permit).where(col(Permit.public_id).in_(keys))).all()
    return {key: Subject(tr("装修登记")) for key in keys} | {
        one.public_id: Subject(tr("装修登记 {number}", number=one.number), f"/permits#permit-{one.public_id}") for one in found
    }


def _doors(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(Door).where(col(Door.public_id).in_(keys))).all()
    return {key: Subject(tr("门禁设备")) for key in keys} | {
        one.public_id: Subject(doors.named(work.session, one), "/doors") for one in found
    }


#: Kinds of events and their fields.
EMITS = {
    "visitor.invited": "people", "visitor.changed": "time? who? people? plate? phone? words? host?", "visitor.cancelled": "why?", "visitor.revoked": "why?", "visitor.put_back": "",
    "gate.admitted": "reason method", "gate.refused": "reason method", "gate.left": "", "gate.stayed": "", "gate.undone": "", "gate.synced": "number doubles",
    "gate.described": "", "gate.deleted": "", "gate.looked": "found", "gate.asked": "told", "gate.answered": "answer", "gate.remarked": "",
    "permit.made": "", "permit.ended": "", "gate.door_made": "", "gate.door_ended": "", "gate.silent": "", "gate.heard": "", "gate.forced": "", "gate.stuck": "", "gate.dropped": "",
}  # fmt: skip

LOG = Log(
    events={
        "visitor.invited": tr("邀请访客，{people} 人"), "visitor.cancelled": tr("取消了访客{why?（{why}）}"), "visitor.revoked": tr("物业作废了通行证{why?（{why}）}"), "visitor.put_back": tr("物业撤销了作废，通行证照常有效"),
        "visitor.changed": tr("改了访客的{words?说明}{time?时间 }{who?姓名 }{people?人数 }{plate?车牌 }{phone?电话 }{host?邀请人}"),
        "gate.admitted": tr("门岗放行（{method}）"),
        "gate.refused": tr("门岗不放行：{reason}（{method}）"), "gate.left": tr("登记访客离开"), "gate.stayed": tr("撤回了登记离开"), "gate.undone": tr("撤回了一次放行"),
        "gate.synced": tr("补记了没有网络时放行的 {number} 次{doubles?，其中 {doubles} 次不该放行}"), "gate.described": tr("写了大门的说明"), "gate.deleted": tr("删掉了一个大门"),
        "gate.looked": tr("门岗按房号、姓名或车牌查访客，找到 {found} 位"), "gate.asked": tr("门岗问住户要不要放行，发给 {told} 人"), "gate.answered": tr("住户回答门岗：{answer}"), "gate.remarked": tr("住户给门岗带了话"),
        "permit.made": tr("登记了装修"), "permit.ended": tr("装修完工，工人的通行证停用"), "gate.door_made": tr("给门禁设备做了密钥"), "gate.door_ended": tr("停用了门禁设备的密钥"), "gate.silent": tr("门禁设备没有消息了"), "gate.heard": tr("门禁设备又有消息了"),
        "gate.forced": tr("大门被强行打开"), "gate.stuck": tr("核对通过但门没有打开，这一次没有算"), "gate.dropped": tr("送来的东西放在门岗了"),
    },
    titles={"gate.stuck": tr("核对通过但门没有打开"), "gate.synced": tr("补记了没有网络时的放行"), "visitor.invited": tr("邀请访客"), "visitor.cancelled": tr("取消了访客"), "visitor.revoked": tr("物业作废了通行证"), "visitor.changed": tr("改了访客的通行证"), "gate.admitted": tr("门岗放行"), "gate.refused": tr("门岗不放行"), "gate.looked": tr("门岗查访客"), "gate.asked": tr("门岗问住户"), "gate.answered": tr("住户回答门岗")},
    words={"why": {"left": tr("约的人不住这一户了"), "errand": tr("工单或装修办完了"), **WHY}, "reason": REASONS, "method": METHODS, "answer": {"yes": tr("同意"), "no": tr("不同意")}},
    subjects={"pass": _passes, "walk_up": _walk_ups, "gate": _gates, "door": _doors, "permit": _permits, "door_opening": _doors},
    figures={"visitor.invited": tr("访客")},
)  # fmt: skip
