"""What the core itself brings, as a service does: its permissions, its events and how people read them, its kinds of tasks."""

from pathlib import Path

from bot.console import effects, events, staff
from bot.console.events import OWN
from bot.console.measures import FIGURES
from bot.console.processing import PROCESSING
from bot.contract import Integration, Permission, Role, handoffs, keeping, talks
from bot.contract.access import PHONES
from bot.contract.taskkinds import ALARM, TaskKind
from bot.contract.work import WATCH
from bot.translation import tr

_DESK = (Role.STAFF, Role.MANAGER)
_EVERYBODY = (Role.GUARD, Role.STAFF, Role.MANAGER, Role.CITY)

#: What may come of an alarm; closing one asks which.
OUTCOMES = (tr("已处理好"), tr("已转119/120/110"), tr("误报，现场没事"), tr("演练"), tr("联系不上，已上门"))

PERMISSIONS = (
    Permission(name="console.start", title=tr("进入控制台"), roles=_EVERYBODY),
    Permission(name="home.view", title=tr("看今天的情况"), roles=(*_DESK, Role.CITY)),
    Permission(name="task.view", title=tr("看和处理待办"), roles=_DESK),
    Permission(name="figures.view", title=tr("看数据"), roles=(Role.MANAGER, Role.CITY)),
    Permission(name="intents.view", title=tr("看意图文件"), roles=(Role.MANAGER,)),
    Permission(name="intents.edit", title=tr("改意图文件"), roles=()),
    Permission(name="audit.view", title=tr("看操作记录"), roles=(Role.MANAGER, Role.CITY)),
    Permission(name="users.edit", title=tr("管理员工账号和权限"), roles=()),
    Permission(name="keys.edit", title=tr("管理接口密钥"), roles=()),
    Permission(name="keeping.view", title=tr("看信息保存多久"), roles=()),
    Permission(name="account.manage", title=tr("处理公众号的问题"), roles=()),
    Permission(name="list.export", title=tr("把列表导出成文件"), roles=(Role.MANAGER,)),
    Permission(name=PHONES, title=tr("看居民完整的电话号码"), roles=_DESK, sensitive=tr("居民完整的电话号码")),
    Permission(name="photo.view", title=tr("看居民发来的照片"), roles=_DESK, sensitive=tr("居民的照片")),
    Permission(name=WATCH, title=tr("看服务的故障，重新执行失败的操作"), roles=()),
)

#: Kinds of the core's events and their fields.
EMITS = {
    "message.unmatched": "", "conversation.waiting": "", "conversation.called_off": "",
    "conversation.wechat_desk_opened": "", "conversation.wechat_desk_closed": "", "conversation.wechat_desk_moved": "",
    "consent.given": "purpose version", "consent.refused": "purpose version", "consent.withdrawn": "purpose version",
    "resident.bound": "household evidence reason?", "resident.unbound": "reason?",
    "resident.moved_in": "household evidence", "resident.moved_out": "household reason?", "resident.let_go": "household reason?", "privacy.erased": "photos", "privacy.forgotten": "rows", "photo.stored": "", "photo.lost": "reason", "mass.sent": "",
    "notice.scheduled": "due_at", "notice.published": "people", "notice.recalled": "stopped", "notice.retried": "people unsure",
    "notice.stopped": "stopped", "notice.skipped": "due_at", "notice.unskipped": "due_at", "notice.paused": "",
    "notice.resumed": "due_at", "notice.changed": "due_at", "notice.missed": "due_at times",
    "notice.asked": "people", "notice.approved": "", "notice.returned": "", "notice.overrode": "people",
    "task.opened": "task urgent", "task.claimed": "task urgent", "task.handed_on": "task", "task.moved": "community",
    "task.closed": "task urgent", "task.put_back": "task urgent",
    "task.heard_more": "", "task.answered": "task", "conversation.left_alone": "", "task.told": "rung", "task.reached": "", "task.unreached": "", "task.exhausted": "",
    "staff.signed_in": "", "staff.added": "role", "staff.role_changed": "before after",
    "staff.disabled": "", "staff.enabled": "", "staff.link_made": "", "staff.signed_out": "", "staff.password_set": "",
    "staff.changed": "fields", "staff.totp_on": "", "staff.totp_off": "", "staff.totp_reset": "", "staff.codes_renewed": "", "staff.recovery_used": "", "intents.saved": "", "intents.deleted": "", "intents.restored": "", "unmatched.ignored": "lines", "unmatched.shown": "lines",
    "scene.made": "scene label", "flat_code.drawn": "renewed?", "sealing_key.rotated": "", "sealing_key.rewrapped": "", "sealing_key.forgotten": "",
    "key.made": "", "key.revoked": "", "permission.changed": "permission role allowed",
    "audit.pruned": "lines before", "data.read": "what", "data.exported": "what",
    "roster.imported": "flats new changed left", "roster.undone": "kept?", "roster.exported": "rows",
    "effect.died": "effect", "effect.run_again": "effect", "effect.discarded": "effect", "effect.put_back": "effect",
}  # fmt: skip

#: Messages of the core's own and their values.
TELLS = {
    "handoff.closed": "topic number outcome note", "talk.signed": "who text", "talk.taken": "who", "talk.returned": "who", "talk.call": "who",
    "talk.left_alone": "who number", "knowledge.answer": "answer day",
    "photo.lost": "at", "photo.too_large": "at", "photo.unreadable": "at",
}  # fmt: skip

TASKS = (
    TaskKind(kind="emergency.*", title=tr("紧急情况"), ladder=ALARM, need="task.view", outcomes=OUTCOMES),
    TaskKind(kind=handoffs.KIND, title=tr("居民找物业"), need="task.view", outcomes=handoffs.OUTCOMES),
    TaskKind(kind="service.failed", title=tr("服务出错")),
    TaskKind(kind="effect.died", title=tr("操作没有完成"), path="/effects"),
    TaskKind(kind="wechat.channel", title=tr("公众号权限")),
    TaskKind(kind="backup.failed", title=tr("备份没有做成")),
    TaskKind(kind="disk.low", title=tr("磁盘快满了")),
)

CORE = Integration(
    name="core",
    title=tr("邻里"),
    folder=Path(__file__).parent,
    permissions=PERMISSIONS,
    emits=EMITS,
    tells=TELLS,
    tasks=TASKS,
    log=OWN,
    lists=(staff.LIST, effects.LIST, events.LIST),  # their pages stand in the menu where site.py puts them
    personal=keeping.PERSONAL,
    settings=keeping.Settings,
    processing=PROCESSING,
    figures=FIGURES,
    jobs=(talks.return_left_alone, handoffs.close_answered),
)
