"""Notices: what staff tell residents, to whom and when, and what became of it."""

from pathlib import Path

from bot.contract import Integration, Permission, Role
from integrations.notices import actions, console, events

_DESK = (Role.STAFF, Role.MANAGER)

integration = Integration(
    name="notices",
    title="通知",
    folder=Path(__file__).parent,
    actions=actions.ALL,
    knows=actions.know,
    tells={"notice.answer": "title day words"},
    console=console.ROUTES,
    log=events.LOG,
    emits=events.EMITS,
    permissions=(
        Permission(name="notice.view", title="看通知", roles=(*_DESK, Role.CITY)),
        Permission(name="notice.draft", title="写通知草稿", roles=_DESK),
        Permission(name="notice.send", title="发布和撤回通知", roles=(Role.MANAGER,)),
    ),
)
