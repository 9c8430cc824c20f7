"""The desk: residents' conversations, and tasks of all services."""

from pathlib import Path

from bot.contract import Integration, Permission, Role
from integrations.desk import conversations, events, matters, processing, tasks

_DESK = (Role.STAFF, Role.MANAGER)

integration = Integration(
    name="desk",
    title="前台",
    folder=Path(__file__).parent,
    actions=(matters.show,),
    hears=matters.hear,
    lists=(tasks.LIST,),
    console=(*conversations.ROUTES, *tasks.ROUTES),
    log=events.LOG,
    emits=events.EMITS,
    processing=processing.PROCESSING,
    permissions=(
        Permission(name="conversation.view", title="看居民的对话", roles=_DESK, sensitive="居民的对话"),
        Permission(name="conversation.reply", title="回复居民", roles=_DESK),
    ),
)
