"""What a person must look at, from all services."""

from sqlmodel import select

from bot.contract import Desk, Page, Redirect, View, page
from bot.errors import Refusal
from bot.store import tasks
from bot.store.conversations import Conversation
from bot.store.people import Household, Resident
from bot.store.tasks import Task


@page("GET", "/tasks", need="task.view", title="待办", nav="居民")
def show(desk: Desk) -> View:
    """List the open tasks this person may see, urgent ones first, and the last closed ones."""
    open_tasks, closed = tasks.listed(desk.session), tasks.closed(desk.session)
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
    outcome = desk.form.get("outcome", "").strip() or "已处理"
    tasks.close(desk.session, task, desk.now, outcome, staff_id=desk.staff.id, actor=desk.actor)
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
