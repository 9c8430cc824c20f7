"""Duty: who of the staff is on duty for what, how they are reached, and what they do about an alarm."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, tr
from integrations.duty import alarm, codes, events, heard, processing, reactions, robots, roster, summons
from integrations.duty.settings import Settings

integration = Integration(
    name="duty",
    title=tr("值班"),
    folder=Path(__file__).parent,
    console=(*codes.ROUTES, *roster.ROUTES, *robots.ROUTES),
    pages=alarm.ROUTES,
    effects=(codes.draw, robots.send),
    reactions=reactions.ALL,
    codes={codes.KIND: codes.scanned},
    hears=heard.hear,
    summons=summons.summon,
    settings=Settings,
    seed=roster.seed,
    emits=events.EMITS,
    log=events.LOG,
    tells=events.TELLS,
    processing=processing.PROCESSING,
    permissions=(
        Permission(name=roster.VIEW, title=tr("看值班表"), roles=(Role.GUARD, Role.STAFF, Role.MANAGER, Role.CITY)),
        Permission(name=roster.EDIT, title=tr("排值班、设群机器人"), roles=(Role.MANAGER,)),
    ),
)
