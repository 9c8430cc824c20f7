"""Identity: who lives where, said in the chat and checked against the roster."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, TaskKind
from integrations.identity import actions, console, events, processing

integration = Integration(
    name="identity",
    title="住址",
    folder=Path(__file__).parent,
    actions=actions.ALL,
    amends=actions.AMENDS,
    console=console.ROUTES,
    log=events.LOG,
    emits=events.EMITS,
    tells={"identity.joined": "flat", "identity.mistaken": "flat", "identity.confirmed": "flat", "identity.refused": "said"},
    processing=processing.PROCESSING,
    permissions=(Permission(name=actions.CONFIRM_NEED, title="核对住址", roles=(Role.STAFF, Role.MANAGER)),),
    tasks=(TaskKind(kind="identity.confirm", title="核对住址", path="/flats", path_title="去核对"),),
)
