"""Community: who lives where, and the notices for them."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, TaskKind
from integrations.community import actions, console, events

integration = Integration(
    name="community",
    title="社区",
    folder=Path(__file__).parent,
    actions=actions.ALL,
    console=console.ROUTES,
    log=events.LOG,
    emits={"identity.bound": "household", "identity.confirmed": "household"},
    tells={"identity.joined": "flat", "identity.confirmed": "flat", "identity.refused": "said"},
    permissions=(Permission(name=actions.CONFIRM_NEED, title="核对住址", roles=(Role.STAFF, Role.MANAGER)),),
    tasks=(TaskKind(kind="identity.confirm", title="核对住址", path="/flats", path_title="去核对"),),
)
