"""Privacy: what residents may demand of what is known of them, and how they take back what they consented to."""

from pathlib import Path

from bot.contract import Integration
from integrations.privacy import events, heard

integration = Integration(
    name="privacy",
    title="个人信息",
    folder=Path(__file__).parent,
    hears=heard.hear,
    tells=events.TELLS,
)
