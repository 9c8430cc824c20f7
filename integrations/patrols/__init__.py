"""Patrols: points with codes, routes with windows, who was where in time; what was missed climbs, what is broken becomes a repair."""

from datetime import timedelta
from pathlib import Path

from bot.contract import Integration, Ladder, Permission, Role, TaskKind, tr
from bot.contract.taskkinds import Who
from integrations.patrols import (
    cards,
    chat,
    console,
    drawing,
    events,
    figures,
    listed,
    pages,
    past,
    personal,
    processing,
    reactions,
    rounds,
)
from integrations.patrols.settings import Settings

_CREW = (Role.GUARD, Role.STAFF, Role.MANAGER)

#: Who is told of a point that was missed: those on duty at once, then colleagues, then the managers.
LADDER = Ladder(((timedelta(0), Who.ON_DUTY), (timedelta(minutes=15), Who.COLLEAGUES), (timedelta(minutes=30), Who.MANAGERS)))

integration = Integration(
    name="patrols",
    title=tr("巡检"),
    folder=Path(__file__).parent,
    orders=chat.order,
    sees=chat.see,
    codes={chat.KIND: chat.scanned},
    jobs=(rounds.turn,),
    effects=(drawing.draw,),
    lists=(listed.LIST,),
    console=console.ROUTES,
    pages=pages.ROUTES,
    reactions=reactions.ALL,
    today=(cards.missing,),
    figures=figures.FIGURES,
    log=events.LOG,
    emits=events.EMITS,
    processing=processing.PROCESSING,
    personal=personal.PERSONAL,
    permissions=(
        Permission(name=rounds.WALK, title=tr("走巡检、到点扫码"), roles=_CREW),
        Permission(name=rounds.VIEW, title=tr("看巡检记录"), roles=(*_CREW, Role.CITY)),
        Permission(name=rounds.EDIT, title=tr("加巡检点、排巡检路线"), roles=(Role.MANAGER,)),
    ),
    tasks=(
        TaskKind(kind=rounds.MISSED, title=tr("巡检漏点"), ladder=LADDER, path="/patrols", path_title=tr("看巡检")),
        TaskKind(kind="patrol.off", title=tr("巡检读数不正常"), path="/patrols/visits", path_title=tr("看记录")),
    ),
    tells={
        "patrol.begins": "route until count first", "patrol.hurry": "route until count left",
        "patrol.spoken.noted": "point route seen of kind again quick doubt planned question hint next done", "patrol.spoken.early": "point opens",
        "patrol.spoken.answered": "point question value off limits next hint", "patrol.spoken.reported": "point words number photos",
        "patrol.spoken.pictured": "point number unsaid", "patrol.spoken.nothing": "", "patrol.spoken.line": "route starts ends seen of left state",
        "patrol.spoken.rounds": "lines",
    },
    settings=Settings,
    seed=past.fill,
    past=past.tell,
)  # fmt: skip
