"""Confirming flats that are not on the roster."""

from typing import Any

from sqlmodel import col, select

from bot.model import Household, Resident, Task
from bot.plugin import Desk, Page, Redirect, Refusal, View, page, row_id
from integrations.community import binding
from integrations.community.actions import CONFIRM_NEED


@page("GET", "/flats", need=CONFIRM_NEED, title="核对住址", nav=True)
def waiting(desk: Desk) -> View:
    """Show the flats that residents named and the roster does not know."""
    tasks = desk.session.exec(
        select(Task).where(Task.kind == "identity.confirm", col(Task.closed_at).is_(None)).order_by(col(Task.opened_at))
    ).all()
    return View("community/flats.html", {"tasks": [(task, _near(desk, task.data)) for task in tasks]})


@page("POST", "/flats/{id}/confirm", need=CONFIRM_NEED)
def confirm(desk: Desk) -> Redirect:
    """Bind the resident to the flat the staff chose; one that is new is added to the roster."""
    task = _open_task(desk)
    flat = _chosen_flat(desk, task)
    if task.openid is None:
        raise Refusal("这条核对没有对应的微信用户，请关闭它。")
    taken = desk.session.exec(select(Resident).where(Resident.openid == task.openid)).first()
    if taken is not None:
        raise Refusal(f"这位居民已经绑定在{desk.household(taken).label}，不用再核对，请选“拒绝”关闭。")
    resident = binding.bind(desk.session, task.openid, flat, desk.now)
    desk.record("identity.confirmed", f"resident:{resident.public_id}", household=flat.id)
    _close(desk, task, f"已绑定{flat.label}")
    desk.tell(resident, "identity.confirmed", flat=flat.label)
    return Redirect("/console/flats", f"已绑定{flat.label}，已告诉居民。")


@page("POST", "/flats/{id}/refuse", need=CONFIRM_NEED)
def refuse(desk: Desk) -> Redirect:
    """Tell the resident that the flat was not found."""
    task = _open_task(desk)
    _close(desk, task, "未通过")
    desk.tell(task.openid, "identity.refused", said=_label(task.data))
    return Redirect("/console/flats", "已拒绝，已告诉居民。")


def _open_task(desk: Desk) -> Task:
    task = desk.session.exec(select(Task).where(Task.public_id == desk.params["id"], Task.kind == "identity.confirm")).first()
    if task is None:
        raise LookupError(desk.params["id"])
    if task.closed_at is not None:
        raise Refusal(f"这条已由同事处理：{task.outcome}。")
    return task


def _chosen_flat(desk: Desk, task: Task) -> Household:
    chosen = desk.form.get("household", "")
    if chosen == "new":
        flat = Household(
            community_id=desk.community.id or 0, building=task.data["building"], unit=task.data["unit"], room=task.data["room"]
        )
        desk.session.add(flat)
        desk.session.flush()
        return flat
    flat_found = desk.session.get(Household, number) if (number := row_id(chosen)) else None
    if flat_found is None:
        raise Refusal("请选择一户，或选“加入名册”。")
    return flat_found


def _near(desk: Desk, data: dict[str, Any]) -> list[Household]:
    return binding.near_flats(desk.session, desk.community.id or 0, data["building"], data["unit"], data["room"], 5)


def _label(data: dict[str, Any]) -> str:
    unit = f"{data['unit']}单元" if data["unit"] else ""
    return f"{data['building']}栋{unit}{data['room']}"


def _close(desk: Desk, task: Task, outcome: str) -> None:
    task.closed_at, task.closed_by, task.outcome = desk.now, desk.staff.id, outcome
    desk.session.add(task)
    desk.record("task.closed", f"task:{task.public_id}", task=task.kind)


ROUTES: tuple[Page, ...] = (waiting, confirm, refuse)
