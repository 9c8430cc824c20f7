"""Telling one person on duty of a task, with a link by which they take it with one tap."""

from datetime import timedelta

from bot.contract import Delivery, Staff, Task, Work, roster, tasks, tr

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
    """Return whom the phone belongs to: the resident who reported it, or whoever else at home has one, said to be so."""
    return _called(work, task)[0]


def phone_of(work: Work, task: Task) -> str:
    """Return the phone of the resident who reported it, or that of somebody else at home where they gave none."""
    return _called(work, task)[1]


def place_of(work: Work, task: Task) -> str:
    """Return where to go, where that is known."""
    by = tasks.caller(work, task)
    return by.place or (by.flat.label if by.flat else "")


def _called(work: Work, task: Task) -> tuple[str, str]:
    by = tasks.caller(work, task)
    name, phone = (by.resident.name, by.phone or by.resident.phone) if by.resident else ("", by.phone)
    if phone or by.flat is None:
        return name, phone
    other = next((one for one in roster.people_of(work.session, by.flat) if one.phone), None)
    if other is None:
        return name, ""
    housemate = tr("同住的{name}", name=other.name) if other.name else tr("同住的人")
    return (
        tr("{name}没留电话，这是{housemate}的", name=name or "报的人", housemate=housemate) if by.resident else other.name
    ), other.phone
