"""Tasks as a service may list them; `work.assign`, `work.finish` and `desk.close` open and close one's own."""

from bot.contract.work import Work
from bot.store import people
from bot.store.people import Household, Resident
from bot.store.tasks import Task, claim, closed, find, hand_on, listed, unanswered

__all__ = ["Task", "claim", "closed", "find", "hand_on", "listed", "resident_of", "unanswered", "whose"]


def resident_of(work: Work, task: Task) -> Resident | None:
    """Return who is bound to the openid that a task came from."""
    return people.bound(work.session, task.openid) if task.openid else None


def whose(work: Work, task: Task) -> str:
    """Return whose matter a task is: flat, name and phone; empty for nobody's in particular."""
    resident = resident_of(work, task)
    if resident is not None:
        return f"{work.household(resident).label} {resident.name} {resident.phone}".strip()
    if task.household_id is not None:
        return work.session.get_one(Household, task.household_id).label
    return "未绑定住址" if task.openid else ""
