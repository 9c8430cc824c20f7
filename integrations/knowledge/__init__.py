"""The knowledge base: what the office answers to common questions, written once, told to every resident who asks."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, tr
from integrations.knowledge import console, events, files, seed
from integrations.knowledge.console import EDIT, VIEW

integration = Integration(
    name="knowledge",
    title=tr("知识库"),
    folder=Path(__file__).parent,
    lists=(console.LIST,),
    console=(*files.ROUTES, *console.ROUTES),
    answers_page=console.compose.path,
    seed=seed.fill,
    log=events.LOG,
    emits=events.EMITS,
    permissions=(
        Permission(name=VIEW, title=tr("看知识库"), roles=(Role.STAFF, Role.MANAGER, Role.CITY)),
        Permission(name=EDIT, title=tr("写知识库"), roles=(Role.STAFF, Role.MANAGER)),
    ),
)
