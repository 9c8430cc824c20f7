"""Visitor passes: residents invite, the gate checks a signed QR code."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, TaskKind, tr
from integrations.visitor_passes import (
    actions,
    api,
    cards,
    console,
    door_api,
    door_pages,
    doors,
    errands,
    events,
    figures,
    gates,
    heard,
    host,
    lasting,
    listed,
    offline,
    orders,
    outside,
    pages,
    passages,
    past,
    permits,
    personal,
    phoned,
    processing,
    reactions,
    unwelcome,
)
from integrations.visitor_passes.settings import Settings

integration = Integration(
    name="visitor_passes",
    title=tr("访客"),
    folder=Path(__file__).parent,
    actions=actions.ALL,
    amends=actions.AMENDS,
    hears=lambda turn, text: (
        heard.hear(turn, text)
        or heard.deleted(turn, text)
        or heard.let_in(turn, text)
        or heard.not_then(turn, text)
        or outside.hear(turn, text)
        or orders.hear(turn, text)
        or lasting.renew(turn, text)
        or host.hear(turn, text)
        or unwelcome.hear(turn, text)
    ),
    matters=cards.matters,
    errands=permits.under_way,
    beside=errands.beside,
    lists=(listed.LIST, passages.LIST),
    console=(*console.ROUTES, *phoned.ROUTES, *gates.ROUTES, *offline.ROUTES, *door_pages.ROUTES, *permits.ROUTES),
    pages=pages.ROUTES,
    api=(*api.ROUTES, *door_api.ROUTES),
    reactions=(*reactions.ALL, *doors.REACTIONS, *errands.REACTIONS),
    jobs=(*lasting.JOBS, *orders.JOBS, *doors.JOBS, *errands.JOBS),
    tasks=(
        TaskKind(kind=doors.SILENT, title=tr("门禁设备没有消息"), path="/doors", path_title=tr("看门禁设备")),
        TaskKind(kind=doors.FORCED, title=tr("大门被强行打开"), path="/gate", path_title=tr("看门岗")),
    ),
    cards=(cards.passes,),
    finds=(cards.by_plate,),
    today=(cards.expected,),
    figures=figures.FIGURES,
    past=past.tell,
    log=events.LOG,
    emits=events.EMITS,
    processing=processing.PROCESSING,
    permissions=(
        Permission(name="pass.view", title=tr("看访客通行证"), roles=(Role.STAFF, Role.MANAGER)),
        Permission(name="pass.edit", title=tr("代住户开访客通行证、作废"), roles=(Role.STAFF, Role.MANAGER)),
        Permission(name="gate.edit", title=tr("写大门的说明、管门禁设备的密钥"), roles=(Role.MANAGER,)),
        Permission(name=doors.MEND, title=tr("看门禁设备、处理没有消息的"), roles=(Role.STAFF, Role.MANAGER)),
        Permission(name="gate.check", title=tr("门岗放行"), roles=(Role.GUARD, Role.MANAGER)),
        Permission(
            name=console.CALL,
            title=tr("打电话问没有回答的住户"),
            roles=(Role.GUARD, Role.MANAGER),
            sensitive=tr("没有回答门岗的住户的电话"),
        ),
    ),
    tells={
        "visitor.unwelcome": "who home",
        "visitor.revoked": "name at why",
        "visitor.phoned": "name at flat code url",
        "visitor.named": "names hides host url",
        "visitor.no_pass_to_name": "",
        "visitor.put_back": "name at",
        "visitor.cancelled": "who name at",
        "visitor.changed": "who name at until",
        "visitor.ending": "name hours until",
        "visitor.goes_on": "name errand until code",
        "visitor.renewed": "name hours until code",
        "visitor.which_renewed": "names",
        "visitor.order_over": "name",
        "visitor.dropped": "name at",
        "visitor.not_dropped": "name",
        "visitor.came_in": "name at flat",
        "visitor.not_in": "name",
        "visitor.courier": "",
        "visitor.outside": "",
        "visitor.not_then": "what",
        "visitor.walk_up": "who people plate flat url",
        "visitor.let_in": "who at",
        "visitor.answered": "who said yes no remark",
    },
    personal=personal.PERSONAL,
    settings=Settings,
)
