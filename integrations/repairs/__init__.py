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
    tells={
        "repair.accepted": "number who url", "repair.assigned": "number who url", "repair.working": "number who url",
        "repair.done": "number who url", "repair.cancelled": "number who url", "repair.note": "number note",
    },
)  # fmt: skip
