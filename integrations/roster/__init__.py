"""The roster: an office's table of flats and residents, looked at before it is taken over, taken back as one step, given out again."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, tr
from integrations.roster import console, events, processing, taken

integration = Integration(
    name="roster",
    title=tr("名册"),
    folder=Path(__file__).parent,
    console=console.ROUTES,
    lists=(taken.LIST,),
    log=events.LOG,
    processing=processing.PROCESSING,
    permissions=(
        Permission(name=console.IMPORT, title=tr("导入名册，撤销导入"), roles=(Role.MANAGER,), sensitive=console.SHOWN),
        Permission(name=console.EXPORT, title=tr("导出名册"), roles=(Role.MANAGER,), sensitive=console.SHOWN),
    ),
)
