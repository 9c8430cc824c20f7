"""Notices: what staff tell residents, to whom and when, and what became of it."""

from pathlib import Path

from bot.contract import Integration, Permission, Role
from integrations.notices import actions, after, before, console, events, listed, pages, processing, replies

_DESK = (Role.STAFF, Role.MANAGER)

integration = Integration(
    name="notices",
    title="通知",
    folder=Path(__file__).parent,
    actions=actions.ALL,
    knows=actions.know,
    hears=replies.hear,
    tells={"notice.answer": "title day words", "notice.received": "title"},
    lists=(listed.LIST,),
    console=(*before.ROUTES, *console.ROUTES, *after.ROUTES),
    pages=pages.ROUTES,
    notice_page=pages.PATH,
    log=events.LOG,
    processing=processing.PROCESSING,
    emits=events.EMITS,
    permissions=(
        Permission(name="notice.view", title="看通知", roles=(*_DESK, Role.CITY)),
        Permission(name="notice.draft", title="写通知草稿", roles=_DESK),
        Permission(name="notice.send", title="发布和撤回通知", roles=(Role.MANAGER,)),
    ),
)
