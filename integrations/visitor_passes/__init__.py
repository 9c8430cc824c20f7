"""Visitor passes: residents invite, the gate checks a signed QR code."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, tr
from integrations.visitor_passes import (
    actions,
    api,
    cards,
    console,
    events,
    figures,
    heard,
    lasting,
    listed,
    pages,
    past,
    personal,
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
        heard.hear(turn, text) or heard.deleted(turn, text) or lasting.renew(turn, text) or unwelcome.hear(turn, text)
    ),
    matters=cards.matters,
    lists=(listed.LIST,),
    console=console.ROUTES,
    pages=pages.ROUTES,
    api=api.ROUTES,
    reactions=reactions.ALL,
    jobs=lasting.JOBS,
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
        Permission(name="pass.edit", title=tr("作废访客通行证"), roles=(Role.STAFF, Role.MANAGER)),
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
        "visitor.revoked": "name at",
        "visitor.put_back": "name at",
        "visitor.cancelled": "who name at",
        "visitor.changed": "who name at until",
        "visitor.ending": "name hours until",
        "visitor.renewed": "name hours until code",
        "visitor.which_renewed": "names",
        "visitor.came_in": "name at flat",
        "visitor.not_in": "name",
        "visitor.walk_up": "who people plate flat url",
        "visitor.let_in": "who at",
        "visitor.answered": "who said yes no remark",
    },
    personal=personal.PERSONAL,
    settings=Settings,
)
