"""How people read the events of conversations and tasks."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from bot.contract import Conversation, Desk, Household, Log, Resident, Subject, Task, Work, stored, tr

#: Kinds of events and their fields; that somebody waits or a task is opened the core records.
EMITS = {
    "conversation.taken": "", "conversation.replied": "", "conversation.returned": "", "conversation.noted": "",
    "conversation.called": "", "conversation.handed_on": "", "conversation.laid_aside": "", "conversation.taken_up": "", "conversation.labelled": "",
}  # fmt: skip


def _conversations(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    whose = (
        select(Conversation.public_id, Resident, Household)
        .outerjoin(Resident, col(Resident.openid) == col(Conversation.openid))
        .outerjoin(Household, col(Household.id) == col(Resident.household_id))
    )
    found = work.session.exec(whose.where(col(Conversation.public_id).in_(keys))).all()
    known = {
        key: Subject(
            tr("{label} {name}的对话", label=flat.label, name=one.name or "家庭成员") if one else tr("对话"),
            f"/conversations/{key}",
        )
        for key, one, flat in found
    }
    return {key: Subject(tr("对话")) for key in keys} | known


def _tasks(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(Task).where(col(Task.public_id).in_(keys))).all()
    seen = [one for one in found if isinstance(work, Desk) and work.may(one.need)]
    known = {one.public_id: Subject(tr("待办“{title}”", title=stored(one.title)), f"/tasks#task-{one.public_id}") for one in seen}
    return {key: Subject(tr("待办")) for key in keys} | known


LOG = Log(
    events={
        "conversation.waiting": tr("居民找人工"), "conversation.called_off": tr("居民不找人工了"), "conversation.taken": tr("接手了对话"),
        "conversation.replied": tr("回复了居民"), "conversation.left_alone": tr("太久没有说话，对话自动交还机器人"), "task.answered": tr("第一次答复了居民"), "conversation.returned": tr("把对话交还机器人"),
        "conversation.noted": tr("在对话旁记了备注"), "conversation.called": tr("请居民回一句话"), "conversation.handed_on": tr("把对话交给了同事"),
        "conversation.laid_aside": tr("搁置了对话"), "conversation.taken_up": tr("把搁置的对话放回列表"), "conversation.labelled": tr("改了对话的标签"),
        "conversation.wechat_desk_opened": tr("微信客服接了对话"), "conversation.wechat_desk_closed": tr("微信客服结束了对话"),
        "conversation.wechat_desk_moved": tr("微信客服转了对话"), "task.opened": tr("有了待办{urgent?（紧急）}"), "task.claimed": tr("接手了待办"),
        "task.handed_on": tr("转交了待办"), "task.moved": tr("待办转到了别的小区"),
        "task.closed": tr("办结了待办"), "task.put_back": tr("撤销了对待办的操作"), "task.heard_more": tr("住户又说了情况"),
        "task.told": tr("通知了值班人员（第 {rung} 轮）"), "task.reached": tr("值班人员的微信收到了"), "task.unreached": tr("值班人员都没有收到"),
        "task.exhausted": tr("通知了所有人，没有人接手"),
    },
    titles={"task.opened": tr("有了待办"), "task.told": tr("通知了值班人员")},
    subjects={"conversation": _conversations, "task": _tasks},
)  # fmt: skip
