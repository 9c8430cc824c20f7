"""Confirming flats that are not on the roster."""

import re
from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from bot.contract import Conversation, Desk, Household, Line, Page, Redirect, Refusal, Resident, Task, View, page, row_id
from integrations.identity import binding
from integrations.identity.actions import CONFIRM_NEED


@page("GET", "/flats", need=CONFIRM_NEED, title="核对住址", nav="居民")
def waiting(desk: Desk) -> View:
    """Show the flats that residents named and the roster does not know."""
    tasks = desk.session.exec(
        select(Task).where(Task.kind == "identity.confirm", col(Task.closed_at).is_(None)).order_by(col(Task.opened_at))
    ).all()
    if tasks:
        desk.read(CONFIRM_NEED, *(task.about for task in tasks))
    return View("identity/flats.html", {"rows": [_row(desk, task) for task in tasks]})


@page("GET", "/flats/search", need=CONFIRM_NEED)
def search(desk: Desk) -> View:
    """Find flats while one types: the fragment below the field."""
    flats = binding.search(desk.session, desk.query.get("flat", ""))
    return View("identity/found.html", {"choices": _choices(desk, flats), "asked": bool(desk.query.get("flat", "").strip())})


def _row(desk: Desk, task: Task) -> dict[str, Any]:
    """Return what helps to decide: who asks, what they said last, the flats that look alike and who lives there."""
    talk = desk.session.get(Conversation, task.openid) if task.openid else None
    last = select(Line.text).where(Line.openid == task.openid, Line.speaker == "resident").order_by(col(Line.id).desc()).limit(3)
    said = desk.session.exec(last).all() if task.openid else []
    return {
        "task": task, "choices": _choices(desk, _near(desk, task.data)), "talk": talk.public_id if talk else "",
        "said": list(reversed(said)), "phones": _phones(said),
    }  # fmt: skip


def _choices(desk: Desk, flats: Sequence[Household]) -> list[tuple[Household, str]]:
    """Return flats and who is on the roster there, so that a call can settle it."""
    people = binding.people_of(desk.session, flats)
    return [
        (flat, "、".join(f"{one.name or '家庭成员'} {one.phone}".strip() for one in people[flat.id or 0]) or "名册里没有人")
        for flat in flats
    ]


def _phones(said: Sequence[str]) -> list[str]:
    """Return the mobile numbers that the resident wrote."""
    return list(dict.fromkeys(number for text in said for number in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)))


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
    resident = Resident(household_id=flat.id or 0, role="family")
    desk.bind(resident, task.openid)
    desk.record("identity.confirmed", resident.about, household=flat.id)
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
        building, unit, room = task.data["building"], task.data["unit"], task.data["room"]
        known = binding.find_flat(desk.session, building, unit, room)
        if known is not None:  # somebody has added it meanwhile
            return known
        flat = Household(building=building, unit=unit, room=room)
        desk.session.add(flat)
        desk.session.flush()
        return flat
    number = row_id(chosen)
    flat_found = desk.session.get(Household, number) if number is not None else _typed(desk)
    if flat_found is None:
        raise Refusal("请选择一户；名册里没有的，选“名册漏了，加入名册”。")
    return flat_found


def _typed(desk: Desk) -> Household | None:
    """Return the flat that was typed, for browsers without scripts; several of them are asked back."""
    typed = desk.form.get("flat", "").strip()
    found = binding.search(desk.session, typed)
    exact = [flat for flat in found if typed in (flat.label, f"{flat.building}-{flat.unit}-{flat.room}")]
    if len(exact or found) > 1:
        raise Refusal(f"“{typed[:20]}”有好几户：{'、'.join(flat.label for flat in found)}。请写全，例如{found[0].label}。")
    return next(iter(exact or found), None)


def _near(desk: Desk, data: dict[str, Any]) -> list[Household]:
    return binding.near_flats(desk.session, data["building"], data["unit"], data["room"], 5)


def _label(data: dict[str, Any]) -> str:
    unit = f"{data['unit']}单元" if data["unit"] else ""
    return f"{data['building']}栋{unit}{data['room']}"


def _close(desk: Desk, task: Task, outcome: str) -> None:
    desk.close(task, outcome)


ROUTES: tuple[Page, ...] = (waiting, search, confirm, refuse)
