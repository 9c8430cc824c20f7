"""Health check-ins: temperature and symptoms; what is abnormal becomes a task for a person."""

from pathlib import Path

from bot.plugin import Integration
from integrations.health import actions, console, erasing, events

integration = Integration(
    name="health",
    title="健康打卡",
    folder=Path(__file__).parent,
    actions=actions.ALL,
    console=console.ROUTES,
    log=events.LOG,
    erase=erasing.erase,
)
