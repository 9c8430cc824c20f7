"""The health station: residents book a place, wait for one, are reminded, cancel; staff keep the sessions."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, tr
from integrations.clinic import (
    actions,
    cards,
    console,
    events,
    figures,
    heard,
    jobs,
    listed,
    past,
    personal,
    processing,
    reactions,
)
from integrations.clinic.settings import Settings

_TOLD = "patient doctor at room"

integration = Integration(
    name="clinic",
    title=tr("卫生站"),
    folder=Path(__file__).parent,
    actions=actions.ALL,
    amends=actions.AMENDS,
    hears=heard.hear,
    matters=cards.matters,
    jobs=jobs.ALL,
    lists=(listed.LIST,),
    console=console.ROUTES,
    reactions=reactions.ALL,
    today=(cards.expected,),
    figures=figures.FIGURES,
    seed=past.fill,
    past=past.tell,
    log=events.LOG,
    emits=events.EMITS,
    processing=processing.PROCESSING,
    permissions=(
        Permission(
            name=console.SEE, title=tr("看谁约了卫生站"), roles=(Role.STAFF, Role.MANAGER), sensitive=tr("卫生站预约的人")
        ),
        Permission(name=console.EDIT, title=tr("排卫生站的场次"), roles=(Role.STAFF, Role.MANAGER)),
    ),
    tells={
        "clinic.full": "",
        "clinic.brings": "",
        "clinic.hours": "lead known asked not_then sessions none room unknown",
        "clinic.offered": f"{_TOLD} until",
        "clinic.too_late": _TOLD,
        "clinic.waived": _TOLD,
        "clinic.taken": _TOLD,
        "clinic.lapsed": _TOLD,
        "clinic.in_vain": _TOLD,
        "clinic.reminder": _TOLD,
        "clinic.edited": _TOLD,
        "clinic.closed": f"{_TOLD} others",
    },
    personal=personal.PERSONAL,
    settings=Settings,
)
