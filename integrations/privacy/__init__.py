"""Privacy: what residents may demand of what is known of them, and how they take back what they consented to."""

from pathlib import Path

from bot.contract import Integration, tr
from integrations.privacy import actions, asked, events, gone, heard, pages, personal, processing

integration = Integration(
    name="privacy",
    title=tr("个人信息"),
    folder=Path(__file__).parent,
    actions=(*actions.ALL, asked.why),
    pages=pages.ROUTES,
    hears=lambda turn, text: gone.hear(turn, text.strip()) or heard.hear(turn, text) or asked.hear(turn, text),
    emits=events.EMITS,
    log=events.LOG,
    tells=events.TELLS,
    personal=personal.PERSONAL,
    processing=processing.PROCESSING,
)
