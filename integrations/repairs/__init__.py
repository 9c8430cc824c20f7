"""Repairs: residents report what is broken, staff fix it, and a clock watches."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, TaskKind, tr
from bot.contract.taskkinds import ALARM
from integrations.repairs import (
    actions,
    api,
    cards,
    console,
    costs,
    deck,
    dispatching,
    events,
    figures,
    hazards,
    keeping,
    ladder,
    opening,
    pages,
    past,
    personal,
    processing,
    reactions,
    steps,
    tickets,
)
from integrations.repairs.settings import Settings

_DESK = (Role.STAFF, Role.MANAGER)
_PATH, _WORDS = "/tickets/{subject}", tr("看工单")

integration = Integration(
    name="repairs",
    title=tr("报修"),
    folder=Path(__file__).parent,
    actions=actions.ALL,
    amends=actions.AMENDS,
    hears=actions.hear,
    warns=hazards.warn,
    matters=actions.matters,
    reactions=(*reactions.ALL, *keeping.REACTIONS),
    jobs=(dispatching.dispatch, ladder.climb, ladder.close_silent, *keeping.JOBS),
    lists=(tickets.LIST, costs.LIST),
    console=(*opening.ROUTES, *deck.ROUTES, *console.ROUTES),
    pages=pages.ROUTES,
    api=api.ROUTES,
    figures=figures.FIGURES,
    past=past.tell,
    log=events.LOG,
    emits=events.EMITS,
    processing=processing.PROCESSING,
    permissions=(
        Permission(name="ticket.view", title=tr("看报修工单"), roles=(*_DESK, Role.CITY)),
        Permission(name="ticket.edit", title=tr("处理报修工单"), roles=_DESK),
    ),
    tasks=(
        TaskKind(kind="repair.urgent", title=tr("紧急报修"), ladder=ALARM, caller=steps.caller, need="ticket.view", path=_PATH, path_title=_WORDS),
        TaskKind(kind="repair.urged", caller=steps.caller, title=tr("催办"), path=_PATH, path_title=_WORDS),
        TaskKind(kind="repair.overdue", caller=steps.caller, title=tr("报修超时"), path=_PATH, path_title=_WORDS),
        TaskKind(kind="repair.halfway", caller=steps.caller, title=tr("报修时间过半"), path=_PATH, path_title=_WORDS),
        TaskKind(kind="repair.nearly", caller=steps.caller, title=tr("报修快超时"), path=_PATH, path_title=_WORDS),
        TaskKind(kind="repair.twice", caller=steps.caller, title=tr("报修督办"), path=_PATH, path_title=_WORDS),
        TaskKind(kind="repair.waiting", caller=steps.caller, title=tr("报修停了很久"), path=_PATH, path_title=_WORDS),
        TaskKind(kind="repair.nobody", caller=steps.caller, title=tr("没人接单"), path=_PATH, path_title=_WORDS),
        TaskKind(kind="repair.visit", caller=steps.caller, title=tr("重新约上门时间"), path=_PATH, path_title=_WORDS),
        TaskKind(kind="repair.missed", caller=steps.caller, title=tr("约好没上门"), path=_PATH, path_title=_WORDS),
        TaskKind(kind="repair.callback", caller=steps.caller, title=tr("低分回访"), outcomes=(tr("已回访，住户满意"), tr("已回访，重新安排维修"), tr("联系不上")), path=_PATH, path_title=_WORDS),
    ),
    cards=(cards.tickets,),
    today=(cards.unfinished,),
    audiences=(cards.waiting,),
    personal=personal.PERSONAL,
    settings=Settings,
    tells={
        "repair.live": "", "repair.unlit": "", "repair.for_another": "", "repair.own_again": "number what t url",
        "repair.accepted": "number who url", "repair.assigned": "number who url", "repair.working": "number who url",
        "repair.done": "number who url", "repair.cancelled": "number who url reason", "repair.note": "number note", "repair.rescheduled": "number who url when",
        "repair.done_too": "number who url", "repair.reopened": "number who url", "repair.follows": "number old what url", "repair.merged": "number url",
        "repair.parts": "number who url reason note", "repair.owner": "number who url reason note", "repair.resumed": "number who url when",
        "repair.late": "number who url due promise", "repair.very_late": "number who url", "repair.remind": "number place what when late",
        "repair.agreed": "number who url when", "repair.visit_soon": "number who url when", "repair.visit_missed": "number who url when",
        "repair.visit_yours": "number place what when", "repair.planned": "number place what why minutes", "repair.grab": "number place what minutes",
        "repair.declined": "number when", "repair.wished": "number when more", "repair.opened": "number what url", "repair.put_back": "number state url",
        "repair.rated": "number what score", "repair.rated_low": "number what score",
    },
)  # fmt: skip
