"""What residents and colleagues hear when an alarm moves on. A resident reads only what a row proves."""

from datetime import datetime, timedelta

from bot.contract import Happening, Staff, Task, Work, on, tasks, telling
from bot.contract.duty import everybody
from integrations.duty import robots, summons

#: What is said after an alarm reaches those on it this often; whoever opens the link reads all of it.
OFTEN = timedelta(minutes=1)

#: Dangers that are spoken of calmly: no numbers, no hurry.
CALM = ("self_harm", "self_harm_other")


@on("task.told", "rung")
def tell_groups(work: Work, happening: Happening) -> None:
    """Tell the group chats of a rung."""
    if task := _task(work, happening):
        robots.tell(work, task, int(happening.data["rung"]))


@on("task.reached")
def reached(work: Work, happening: Happening) -> None:
    """Tell the resident whom WeChat has brought the message to."""
    task = _alarm(work, happening)
    known = telling.reach(work, task) if task else None
    if task and known and known.first:
        name = "duty.reached" if known.first in known.on_duty else "duty.reached.colleague"
        work.tell(task.openid, name, urgent=True, who=known.first.name, phone=known.first.phone)


@on("task.unreached")
def unreached(work: Work, happening: Happening) -> None:
    """Tell the resident that no message came through."""
    if task := _alarm(work, happening):
        work.tell(task.openid, _fitting(task, "duty.unreached"), urgent=True)


@on("task.exhausted")
def exhausted(work: Work, happening: Happening) -> None:
    """Tell the resident that all were told and nobody has taken it."""
    if task := _alarm(work, happening):
        work.tell(task.openid, _fitting(task, "duty.exhausted"), urgent=True)


@on("task.claimed")
def claimed(work: Work, happening: Happening) -> None:
    """Tell the resident who comes, and those who were told that they need not."""
    task = _task(work, happening)
    member = work.session.get(Staff, task.claimed_by) if task and task.claimed_by else None
    if task is None or member is None:
        return
    if _is_followed(task):
        work.tell(task.openid, "duty.claimed", urgent=True, who=member.name, phone=member.phone)
    for other in everybody(work.session, task.id or 0):
        if other.id != member.id:
            work.tell(other.openid, "duty.taken", urgent=True, title=task.title, who=member.name)


@on("task.moved", "community")
def moved(work: Work, happening: Happening) -> None:
    """Tell those who were told, or have taken it, that it is another community's."""
    task = _task(work, happening)
    where = next((one.name for one in work.context.neighbours if one.key == happening.data["community"]), "")
    if task is None:
        return
    held = work.session.get(Staff, task.claimed_by) if task.claimed_by else None
    for openid in {one.openid for one in (*everybody(work.session, task.id or 0), *filter(None, (held,)))}:
        work.tell(openid, "duty.elsewhere", urgent=True, title=task.title, where=where)


@on("task.handed_on")
def handed_on(work: Work, happening: Happening) -> None:
    """Tell who has it now, and the resident of an alarm."""
    task = _task(work, happening)
    member = work.session.get(Staff, task.claimed_by) if task and task.claimed_by else None
    if task is None or member is None:
        return
    work.tell(
        member.openid, "duty.handed_to_you", url=summons.link(work, task, member), heading=task.title, urgent=True, title=task.title,
        by=work.who(happening.actor),
    )  # fmt: skip
    if _is_followed(task):
        work.tell(task.openid, "duty.handed_on", urgent=True, who=member.name, phone=member.phone)


@on("task.closed")
def closed(work: Work, happening: Happening) -> None:
    """Tell the resident what came of an alarm, without what staff wrote for themselves."""
    if task := _alarm(work, happening):
        work.tell(task.openid, "duty.closed", outcome=task.outcome.partition("：")[0])


@on("task.heard_more")
def heard_more(work: Work, happening: Happening) -> None:
    """Tell those on an alarm what the resident said since, at most once OFTEN; what comes in between is told at its end."""
    task = _alarm(work, happening)
    if task is None or not task.is_open:
        return
    kept = task.data.get("passed_on_at")
    last = datetime.fromisoformat(kept) if kept else None
    if last is not None and last > work.now:  # a message that is still to go says: look
        return
    at = max(work.now, last + OFTEN) if last else work.now
    task.data = {**task.data, "passed_on_at": at.isoformat()}
    work.session.add(task)
    words = str(task.data.get("text", "")).rpartition(" / ")[2]
    for member in _those_on(work, task):
        _pass_on(work, task, member, summons.quote(words), at)


def _pass_on(work: Work, task: Task, member: Staff, words: str, at: datetime) -> None:
    url = summons.link(work, task, member)
    if at <= work.now:
        work.tell(member.openid, "duty.more", url=url, heading=task.title, urgent=True, title=task.title, text=words)
        return
    delivery = work.tell(member.openid, "duty.more.later", url=url, heading=task.title, title=task.title)
    if delivery is not None:
        delivery.due_at = at
        work.session.add(delivery)


def _those_on(work: Work, task: Task) -> list[Staff]:
    """Return who has taken a task, else who was told of it."""
    member = work.session.get(Staff, task.claimed_by) if task.claimed_by else None
    return [member] if member else list(everybody(work.session, task.id or 0))


def _task(work: Work, happening: Happening) -> Task | None:
    return tasks.find(work.session, happening.subject.partition(":")[2])


def _alarm(work: Work, happening: Happening) -> Task | None:
    task = _task(work, happening)
    return task if task is not None and _is_followed(task) else None


def _is_followed(task: Task) -> bool:
    """Tell whether a resident hears how it goes on."""
    return task.is_alarm and bool(task.openid)


def _fitting(task: Task, message: str) -> str:
    return f"{message}.calm" if task.data.get("danger") in CALM else message


ALL = (tell_groups, reached, unreached, exhausted, claimed, moved, handed_on, closed, heard_more)
