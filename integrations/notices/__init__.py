"""Notices: what staff tell residents, to whom and when, and what became of it."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, TaskKind, tr
from integrations.notices import (
    actions,
    after,
    approval,
    before,
    console,
    doors,
    ends,
    events,
    figures,
    images,
    listed,
    pages,
    past,
    processing,
    replies,
    saved,
    seed,
    spoken,
    texts,
)

_DESK = (Role.STAFF, Role.MANAGER)

integration = Integration(
    name="notices",
    title=tr("通知"),
    folder=Path(__file__).parent,
    actions=actions.ALL,
    knows=actions.know,
    hears=replies.hear,
    orders=spoken.order,
    reactions=(*approval.REACTIONS, ends.close),
    jobs=(doors.chase, ends.ask),
    tells={
        "notice.answer": "title day words", "notice.received": "title", "notice.chased": "title url",
        "notice.spoken.how": "", "notice.spoken.shown": "title to people chat subscription card unreachable why text url wait ask may who",
        "notice.spoken.sent": "people seconds", "notice.spoken.kept": "title who",
        "notice.spoken.gone": "title", "notice.spoken.undone": "title stopped came", "notice.spoken.late": "title",
        "notice.spoken.unsent": "title", "notice.spoken.none": "", "notice.spoken.listed": "lines", "notice.spoken.which": "title titles",
        "notice.spoken.counted": "title to reached moving opened acknowledged", "notice.spoken.may_not": "who", "notice.spoken.recurs": "title",
        "notice.spoken.recalled": "title", "notice.spoken.over": "title came",
    },
    lists=(listed.LIST,),
    console=(*saved.ROUTES, *images.ROUTES, *texts.ROUTES, *approval.ROUTES, *before.ROUTES, *console.ROUTES, *after.ROUTES, *doors.ROUTES),
    pages=(*approval.PAGES, *pages.ROUTES),
    tasks=(
        TaskKind(kind="notice.approve", title=tr("通知等人同意"), path="/notices/{subject}", path_title=tr("看通知")),
        TaskKind(kind="notice.review", title=tr("紧急通知"), path="/notices/{subject}", path_title=tr("看通知")),
        TaskKind(kind=ends.KIND, title=tr("紧急通知到时间了"), path="/notices/{subject}", path_title=tr("看通知")),
        TaskKind(kind="notice.unsent", title=tr("通知没有发出去"), path="/notices/{subject}", path_title=tr("看通知")),
    ),
    notice_page=pages.PATH,
    figures=figures.FIGURES,
    past=past.tell,
    log=events.LOG,
    processing=processing.PROCESSING,
    emits=events.EMITS,
    seed=seed.fill,
    permissions=(
        Permission(name="notice.view", title=tr("看通知"), roles=(*_DESK, Role.CITY)),
        Permission(name="receipt.view", title=tr("看通知发给了谁、谁收到了，看居民的回复"), roles=_DESK),
        Permission(name="notice.draft", title=tr("写通知草稿"), roles=_DESK),
        Permission(name="notice.send", title=tr("发布和撤回通知"), roles=(Role.MANAGER,)),
        Permission(name="notice.rules", title=tr("定安静时段、多少人要两个人同意"), roles=(Role.MANAGER,)),
    ),
)  # fmt: skip
