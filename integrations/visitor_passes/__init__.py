"""Visitor passes: residents invite, the gate checks a signed QR code."""

from pathlib import Path

from bot.plugin import Integration
from integrations.visitor_passes import actions, console, erasing, events, pages

integration = Integration(
    name="visitor_passes",
    title="访客",
    folder=Path(__file__).parent,
    actions=actions.ALL,
    console=console.ROUTES,
    pages=pages.ROUTES,
    log=events.LOG,
    erase=erasing.erase,
)
