"""Community: who lives where, and the notices for them."""

from pathlib import Path

from bot.plugin import Integration
from integrations.community import actions, console, events

integration = Integration(
    name="community",
    title="社区",
    folder=Path(__file__).parent,
    actions=actions.ALL,
    console=console.ROUTES,
    log=events.LOG,
    tells={"identity.joined": "flat", "identity.confirmed": "flat", "identity.refused": "said"},
)
