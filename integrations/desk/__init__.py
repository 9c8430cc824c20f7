"""The desk: residents' conversations, tasks of all services, and the page of a household."""

from pathlib import Path

from bot.contract import Integration, Permission, Role
from integrations.desk import conversations, events, households, matters, processing, tasks

_DESK = (Role.STAFF, Role.MANAGER)

integration = Integration(
    name="desk",
    title="前台",
    folder=Path(__file__).parent,
    actions=(matters.show,),
    hears=matters.hear,
    console=(*conversations.ROUTES, *tasks.ROUTES, *households.ROUTES),
    log=events.LOG,
    emits=events.EMITS,
    tells={"household.unbound": "flat"},
    processing=processing.PROCESSING,
    permissions=(
        Permission(name="conversation.view", title="看居民的对话", roles=_DESK, sensitive="居民的对话"),
        Permission(name="conversation.reply", title="回复居民", roles=_DESK),
        Permission(name="household.view", title="看一户的人和事", roles=_DESK),
        Permission(name="household.edit", title="解除居民的微信绑定", roles=_DESK),
        Permission(name="people.export", title="导出居民的个人信息", roles=(Role.MANAGER,)),
    ),
)
