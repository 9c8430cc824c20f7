"""Telling one person on duty of a task, with a link by which they take it with one tap."""

from datetime import timedelta

from bot.contract import Delivery, Household, Staff, Task, Work, roster, tasks

#: How long the link of an alarm opens.
LIVES = timedelta(days=1)

#: Characters of a resident's words that a message has room for.
QUOTED = 120


def summon(work: Work, task: Task, member: Staff) -> Delivery | None:
    """Queue the message, before all that waits for others."""
    return work.tell(
        member.openid, "duty.alarm", url=link(work, task, member), heading=task.title, urgent=True, title=task.title,
        text=quote(task.data.get("text", "")), who=name_of(work, task), phone=phone_of(work, task),
    )  # fmt: skip


def link(work: Work, task: Task, member: Staff) -> str:
    """Return the address of the alarm's page for one person, which opens for LIVES."""
    return work.link(f"/duty/{task.public_id}/{member.login}", LIVES)


def quote(text: object) -> str:
    """Return a resident's words, cut to what a message has room for."""
    words = str(text or "")
    return words if len(words) <= QUOTED else f"{words[:QUOTED]}…"


def name_of(work: Work, task: Task) -> str:
    """Return the resident's name, where one is known."""
    resident = tasks.resident_of(work, task)
    return resident.name if resident else ""


def phone_of(work: Work, task: Task) -> str:
    """Return the resident's phone, or that of somebody else at home where they gave none."""
    resident = tasks.resident_of(work, task)
    if resident is not None and resident.phone:
        return resident.phone
    home = resident.household_id if resident else task.household_id
    at_home = roster.people_of(work.session, work.session.get_one(Household, home)) if home else []
    return next((one.phone for one in at_home if one.phone), "")


def place_of(work: Work, task: Task) -> str:
    """Return the flat, where one is known."""
    resident = tasks.resident_of(work, task)
    home = resident.household_id if resident else task.household_id
    return work.session.get_one(Household, home).label if home else ""
