"""Duty as a service may deal with it: the roster of who is on duty when, and who was told of a task."""

from bot.store.alerts import Alert, everybody, held, newest
from bot.store.duty import DAY, Shift, Watch, next_on, now_on, watches
from bot.store.scope import within

__all__ = ["DAY", "Alert", "Shift", "Watch", "everybody", "held", "newest", "next_on", "now_on", "watches", "within"]
