"""Tasks as a service may list them; `work.assign`, `work.finish` and `desk.close` open and close one's own."""

from bot.store.tasks import Task, claim, closed, find, hand_on, listed

__all__ = ["Task", "claim", "closed", "find", "hand_on", "listed"]
