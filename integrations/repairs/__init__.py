"""Repairs: residents report what is broken, staff fix it, and a clock watches."""

from pathlib import Path

from bot.plugin import Integration
from integrations.repairs import actions, clock, console, events, pages

integration = Integration(
    name="repairs",
    title="报修",
    folder=Path(__file__).parent,
    actions=actions.ALL,
    jobs=(clock.remind, clock.close_silent),
    console=console.ROUTES,
    pages=pages.ROUTES,
    log=events.LOG,
)
