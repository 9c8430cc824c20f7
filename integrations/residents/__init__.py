"""Residents and flats: found in two keystrokes, looked at, corrected."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, tr
from integrations.residents import (
    cards,
    community,
    corrections,
    duplicates,
    events,
    flat,
    letters,
    lists,
    moves,
    phones,
    processing,
    reactions,
)

_DESK = (Role.STAFF, Role.MANAGER)

integration = Integration(
    name="residents",
    title=tr("住户"),
    folder=Path(__file__).parent,
    actions=(corrections.record,),
    hears=lambda turn, text: letters.hear(turn, text) or corrections.hear(turn, text),
    tasks=(corrections.TASK, corrections.OTHERS),
    lists=lists.LISTS,
    console=(*moves.ROUTES, *flat.ROUTES, *phones.ROUTES, *duplicates.ROUTES, *community.ROUTES),
    today=(cards.bound,),
    log=events.LOG,
    effects=(flat.draw,),
    emits=events.EMITS,
    tells={
        "household.unbound": "flat",
        "household.blocked": "flat",
        "household.bound_again": "flat",
        "record.settled": "done outcome",
        "residents.large": "",
        "residents.small": "",
    },
    reactions=(*reactions.ALL, corrections.settle, corrections.tell),
    processing=processing.PROCESSING,
    permissions=(
        Permission(name="household.view", title=tr("看居民和住户"), roles=_DESK),
        Permission(name="household.edit", title=tr("改居民和住户的资料，解除微信绑定"), roles=_DESK),
        Permission(name="community.edit", title=tr("改小区的名称、电话和上班时间"), roles=(Role.MANAGER,)),
        Permission(name="people.export", title=tr("导出居民的个人信息"), roles=(Role.MANAGER,)),
    ),
)
