"""The desk: residents' conversations, and tasks of all services."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, tr
from integrations.desk import conversations, events, labels, matters, past, personal, phrases, processing, talktable, tasks

_DESK = (Role.STAFF, Role.MANAGER)

integration = Integration(
    name="desk",
    title=tr("前台"),
    folder=Path(__file__).parent,
    actions=(matters.show,),
    hears=matters.hear,
    lists=(tasks.LIST, talktable.LIST),
    console=(*conversations.ROUTES, *phrases.ROUTES, *labels.ROUTES, *tasks.ROUTES),
    log=events.LOG,
    emits=events.EMITS,
    personal=personal.PERSONAL,
    processing=processing.PROCESSING,
    seed=phrases.seed,
    past=past.tell,
    permissions=(
        Permission(name="conversation.view", title=tr("看居民的对话"), roles=_DESK, sensitive=tr("居民的对话")),
        Permission(name="conversation.reply", title=tr("回复居民"), roles=_DESK),
        Permission(name=labels.EDIT, title=tr("改快捷语和标签"), roles=_DESK),
    ),
)
