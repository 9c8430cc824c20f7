"""What a person must look at, from all services: take it, hand it on, close it."""

from collections.abc import Sequence
from typing import Any

from bot.contract import Conversation, Desk, Page, Redirect, Refusal, Staff, Task, View, page, row_id, tasks, telling


def open_ones(desk: Desk) -> int:
    """Return how many open tasks this person may see."""
    return sum(count for need, count in tasks.count_by_need(desk.session).items() if desk.may(need))


@page("GET", "/tasks", need="task.view", title="待办", nav="居民", badge=open_ones)
def show(desk: Desk) -> View:
    """List the open tasks this person may see, urgent ones first, and the last closed ones."""
    found = [task for task in tasks.listed(desk.session) if desk.may(task.need)]
    allowed = {need: telling.may_see(desk, need) for need in {task.need for task in found}}
    rows = [_row(desk, task, allowed[task.need]) for task in found]
    closed = [task for task in tasks.closed(desk.session) if desk.may(task.need)]
    for task in (*found, *closed):
        desk.read(task.need, task.about)
    return View("desk/tasks.html", {"rows": rows, "closed": closed})


@page("POST", "/tasks/{id}/claim", need="task.view")
def claim(desk: Desk) -> Redirect:
    """Take a task: colleagues see who sees to it, and nobody else is told any more."""
    task = _find(desk)
    tasks.claim(desk, task, desk.staff)
    return Redirect("/console/tasks", "已接手，同事会看到是您在处理。")


@page("POST", "/tasks/{id}/hand-on", need="task.view")
def hand_on(desk: Desk) -> Redirect:
    """Give a task to a colleague who may see it."""
    task = _find(desk)
    number = row_id(desk.form.get("staff", ""))
    member = next((one for one in telling.may_see(desk, task.need) if one.id == number), None)
    if member is None:
        raise Refusal("请选择一位能处理这件事的同事。")
    tasks.hand_on(desk, task, desk.staff, member)
    return Redirect("/console/tasks", f"已交给{member.name}。")


@page("POST", "/tasks/{id}/close", need="task.view")
def close(desk: Desk) -> Redirect:
    """Close a task, saying how it ended."""
    task = _find(desk)
    if task.closed_at is not None:
        raise Refusal(f"同事已经处理了：{task.outcome or '已关闭'}。")
    tasks.close(desk, task, desk.staff, desk.form.get("outcome", ""), desk.form.get("note", ""))
    return Redirect("/console/tasks", "已办结。")


def _find(desk: Desk) -> Task:
    task = tasks.find(desk.session, desk.params["id"])
    if task is None or not desk.may(task.need):
        raise LookupError(desk.params["id"])
    return task


def _row(desk: Desk, task: Task, allowed: Sequence[Staff]) -> dict[str, Any]:
    kind = desk.context.services.kind_of(task.kind)
    resident = tasks.resident_of(desk, task)
    holder = desk.session.get(Staff, task.claimed_by) if task.claimed_by else None
    talk = desk.session.get(Conversation, task.openid) if task.openid else None
    return {
        "task": task, "who": tasks.whose(desk, task), "talk": talk.public_id if talk else "",
        "household": task.household_id or (resident.household_id if resident else None),
        "path": kind.address(task) if kind else "", "path_title": kind.path_title if kind else "",
        "outcomes": kind.outcomes if kind else (), "mine": task.claimed_by == desk.staff.id,
        "claimed_by": holder.name if holder else "",
        "colleagues": [one for one in allowed if one.id not in (desk.staff.id, task.claimed_by)],
    }  # fmt: skip


ROUTES: tuple[Page, ...] = (show, claim, hand_on, close)
