"""What a person must look at, from all services."""

from sqlmodel import col, select

from bot.errors import Refusal
from bot.model import Conversation, Household, Resident, Task
from bot.plugin import Desk, Page, Redirect, View, page


@page("GET", "/tasks", need="task.view", title="待办", nav=True)
def show(desk: Desk) -> View:
    """List the open tasks this person may see, urgent ones first, and the last closed ones."""
    open_tasks = desk.session.exec(
        select(Task).where(col(Task.closed_at).is_(None)).order_by(col(Task.urgent).desc(), col(Task.opened_at))
    ).all()
    closed = desk.session.exec(
        select(Task).where(col(Task.closed_at).is_not(None)).order_by(col(Task.closed_at).desc()).limit(20)
    ).all()
    return View(
        "console/tasks.html",
        {
            "tasks": [(task, who(desk, task), _talk(desk, task)) for task in open_tasks if desk.may(task.need)],
            "closed": [task for task in closed if desk.may(task.need)],
        },
    )


@page("POST", "/tasks/{id}/close", need="task.view")
def close(desk: Desk) -> Redirect:
    """Close a task, saying how it ended."""
    task = desk.session.exec(select(Task).where(Task.public_id == desk.params["id"])).first()
    if task is None or not desk.may(task.need):
        raise LookupError(desk.params["id"])
    if task.closed_at is not None:
        raise Refusal(f"同事已经处理了：{task.outcome or '已关闭'}。")
    task.closed_at, task.closed_by = desk.now, desk.staff.id
    task.outcome = desk.form.get("outcome", "").strip()[:200] or "已处理"
    desk.session.add(task)
    desk.record("task.closed", f"task:{task.public_id}", task=task.kind)
    return Redirect("/console/tasks", "已办结。")


def who(desk: Desk, task: Task) -> str:
    """Return whose matter it is: flat, name and phone."""
    if not task.openid:
        return ""
    resident = desk.session.exec(select(Resident).where(Resident.openid == task.openid)).first()
    if resident is None:
        return "未绑定住址"
    return f"{desk.session.get_one(Household, resident.household_id).label} {resident.name} {resident.phone}".strip()


def _talk(desk: Desk, task: Task) -> str:
    """Return the public id of the talk the task came from."""
    conversation = desk.session.get(Conversation, task.openid) if task.openid else None
    return conversation.public_id if conversation else ""


ROUTES: tuple[Page, ...] = (show, close)
