"""What a person must look at, from all services: found, taken, handed on, closed; one by one, or several at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from bot.contract import (
    Act,
    Cell,
    Choice,
    Column,
    Conversation,
    Days,
    Desk,
    Household,
    Listing,
    Page,
    Question,
    Redirect,
    Refusal,
    Resident,
    Role,
    Staff,
    Task,
    TaskKind,
    handoffs,
    page,
    register,
    row_id,
    tasks,
    telling,
    tr,
)

#: What tasks may be narrowed to by how they stand.
STATES: Mapping[str, str] = {"open": tr("没办结"), "free": tr("没人接手"), "mine": tr("我在处理"), "closed": tr("已办结")}

#: Conditions of each of STATES.
_OPEN = col(Task.closed_at).is_(None)


def open_ones(desk: Desk) -> int:
    """Return how many open tasks this person may see."""
    return sum(count for need, count in tasks.count_by_need(desk.session).items() if desk.may(need))


@page("POST", "/tasks/{id}/claim", need="task.view")
def claim(desk: Desk) -> Redirect:
    """Take a task: colleagues see who sees to it, and nobody else is told any more."""
    task = _find(desk)
    tasks.claim(desk, task, desk.staff)
    return Redirect("/console/tasks", tr("已接手，同事会看到是您在处理。"))


@page("POST", "/tasks/{id}/hand-on", need="task.view")
def hand_on(desk: Desk) -> Redirect:
    """Give a task to a colleague who may see it."""
    task = _find(desk)
    member = _colleague(desk, task, desk.form.get("staff", ""))
    tasks.hand_on(desk, task, desk.staff, member)
    return Redirect("/console/tasks", tr("已交给{name}。", name=member.name))


@page("POST", "/tasks/{id}/close", need="task.view")
def close(desk: Desk) -> Redirect:
    """Close a task, saying how it ended."""
    task = _find(desk)
    if task.closed_at is not None:
        raise Refusal(tr("同事已经处理了：{outcome}。", outcome=task.outcome or tr("已关闭")))
    tasks.close(desk, task, desk.staff, desk.form.get("outcome", ""), desk.form.get("note", ""))
    return Redirect("/console/tasks", tr("已办结。"))


def _find(desk: Desk) -> Task:
    task = tasks.find(desk.session, desk.params["id"])
    if task is None or not desk.may(task.need):
        raise LookupError(desk.params["id"])
    return task


def _colleague(desk: Desk, task: Task, said: str) -> Staff:
    number = row_id(said)
    member = next((one for one in telling.may_see(desk, task.need) if one.id == number), None)
    if member is None:
        raise Refusal(tr("请选择一位能处理这件事的同事。"), field="staff")
    return member


# ------------------------------------------------------------------ the list


def _mine_to_see(desk: Desk) -> Sequence[ColumnElement[bool]]:
    """Return the condition for tasks that this person may see."""
    if desk.staff.role is Role.ADMIN:
        return ()
    return (col(Task.need).in_(sorted(need for need in desk.access.permissions if desk.may(need))),)


def _stands(desk: Desk, state: str) -> ColumnElement[bool]:
    match state:
        case "free":
            return _OPEN & col(Task.claimed_by).is_(None)
        case "mine":
            return _OPEN & (col(Task.claimed_by) == (desk.staff.id or 0))
        case "closed":
            return col(Task.closed_at).is_not(None)
    return _OPEN


def _kinds(desk: Desk) -> Mapping[str, str]:
    return {kind.kind: kind.title for kind in _all_kinds(desk)}


def _all_kinds(desk: Desk) -> list[TaskKind]:
    """Return the kinds of tasks, without those that say they are for others alone: their title tells something already."""
    return [kind for one in desk.context.services.integrations for kind in one.tasks if not kind.need or desk.may(kind.need)]


def _is_kind(_desk: Desk, kind: str) -> ColumnElement[bool]:
    return col(Task.kind).startswith(kind[:-1], autoescape=True) if kind.endswith("*") else col(Task.kind) == kind


def _find_by(desk: Desk, word: str) -> list[ColumnElement[bool]]:
    """Return what a word may mean: a number, a flat or who lives there, the kind of the matter, who sees to it."""
    flats = register.flats_called(desk.session, word, by_phone=desk.may("phone.view"))
    accounts = select(Resident.openid).where(col(Resident.household_id).in_(flats), col(Resident.openid).is_not(None))
    staff = select(Staff.id).where(col(Staff.name).contains(word, autoescape=True))
    found = [
        col(Task.household_id).in_(flats), col(Task.openid).in_(accounts), col(Task.claimed_by).in_(staff), col(Task.closed_by).in_(staff),
        *(_is_kind(desk, kind.kind) for kind in _all_kinds(desk) if word in kind.title),
    ]  # fmt: skip
    return [*found, col(Task.number) == word.upper(), col(Task.public_id) == word.upper()]


def _load(desk: Desk, rows: Sequence[Task]) -> list[dict[str, Any]]:
    """Return what is shown of each task, read for a whole page at once."""
    allowed = {need: telling.may_see(desk, need) for need in {task.need for task in rows if task.is_open}}
    openids = [task.openid for task in rows if task.openid]
    residents = {one.openid: one for one in desk.session.exec(select(Resident).where(col(Resident.openid).in_(openids))).all()}
    talks = {
        one.openid: one.public_id
        for one in desk.session.exec(select(Conversation).where(col(Conversation.openid).in_(openids))).all()
    }
    unbound = tasks.places_of_unbound(desk, openids)
    homes = {task.household_id for task in rows} | {one.household_id for one in residents.values()}
    flats = {one.id: one for one in desk.session.exec(select(Household).where(col(Household.id).in_(homes - {None}))).all()}
    staff = {one.id: one for one in desk.session.exec(select(Staff)).all()}
    return [
        _row(desk, task, allowed.get(task.need, ()), residents.get(one), flats, talks.get(one, ""), staff, unbound.get(one, ""))
        for task in rows
        for one in (task.openid or "",)
    ]


def _row(
    desk: Desk, task: Task, allowed: Sequence[Staff], resident: Resident | None, flats: Mapping[int | None, Household], talk: str,
    staff: Mapping[int | None, Staff], unbound: str,
) -> dict[str, Any]:  # fmt: skip
    kind = desk.context.services.kind_of(task.kind)
    home = task.household_id or (resident.household_id if resident else None)
    holder, closer = staff.get(task.claimed_by), staff.get(task.closed_by)
    flat = flats.get(home)
    who = f"{flat.label} {resident.name} {resident.phone}".strip() if resident and flat else flat.label if flat else unbound
    return {
        "task": task, "who": who, "talk": talk, "household": home, "kind": kind.title if kind else task.kind,
        "path": kind.address(task) if kind else "", "path_title": kind.path_title if kind else "",
        "outcomes": kind.outcomes if kind else (), "mine": task.claimed_by == desk.staff.id,
        "claimed_by": holder.name if holder else "", "closed_by": closer.name if closer else "",
        "colleagues": [one for one in allowed if one.id not in (desk.staff.id, task.claimed_by)],
    }  # fmt: skip


def _note_read(desk: Desk, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        desk.read(row["task"].need, row["task"].about)


# ------------------------------------------------------------------ several at once


def _claim_one(desk: Desk, task: Task, _answers: Mapping[str, str]) -> None:
    tasks.claim(desk, task, desk.staff)


def _hand_one_on(desk: Desk, task: Task, answers: Mapping[str, str]) -> None:
    tasks.hand_on(desk, task, desk.staff, _colleague(desk, task, answers["staff"]))


def _close_one(desk: Desk, task: Task, answers: Mapping[str, str]) -> None:
    """Close one of several; what is told to a resident or calls people out is closed for itself."""
    kind = desk.context.services.kind_of(task.kind)
    if task.closed_at is not None:
        raise Refusal(tr("已经办结了：{outcome}。", outcome=task.outcome or tr("已处理")))
    if task.kind == handoffs.KIND:
        raise Refusal(tr("居民在等答复，结果会发给居民，请单独办结。"))
    if kind is not None and (kind.ladder is not None or kind.outcomes):
        raise Refusal(tr("“{title}”要选是什么结果，请单独办结。", title=kind.title))
    if not answers["note"]:
        raise Refusal(tr("请写一句是怎么处理的。"))
    tasks.close(desk, task, desk.staff, "", answers["note"])


def _last_closed(desk: Desk, _rows: Sequence[dict[str, Any]]) -> Mapping[str, Any]:
    """Return what was closed last: whoever has a task open that a colleague closes reads there how it ended."""
    closed = [task for task in tasks.closed(desk.session) if desk.may(task.need)]
    for task in closed:
        desk.read(task.need, task.about)
    return {"closed": closed}


def _colleagues(desk: Desk) -> Mapping[str, str]:
    return {str(one.id): one.name for one in telling.may_see(desk, "task.view") if one.id != desk.staff.id}


ACTS = (
    Act(name="claim", title=tr("我来处理"), need="task.view", run=_claim_one, keeps=tasks.KEEPS, put_back=tasks.put_back),
    Act(
        name="hand-on", title=tr("转交"), need="task.view", run=_hand_one_on, keeps=tasks.KEEPS, put_back=tasks.put_back,
        asks=(Question(name="staff", title=tr("交给谁"), options=_colleagues),),
    ),
    Act(
        name="close", title=tr("办结"), need="task.view", run=_close_one, keeps=tasks.KEEPS, put_back=tasks.put_back,
        asks=(Question(name="note", title=tr("怎么处理的"), longest=tasks.LONGEST),),
    ),
)  # fmt: skip

LIST = Listing(
    name="tasks",
    title=tr("待办"),
    path="/tasks",
    need="task.view",
    nav=tr("居民"),
    badge=open_ones,
    unit=tr("件"),
    table=Task,
    key=lambda row: str(row["task"].public_id),
    key_column=Task.public_id,
    order="urgent",
    columns=(
        Column(name="what", title=tr("什么事"), says=lambda desk, row: Cell(words=desk.veil(row["task"].title, row["task"]))),
        Column(name="kind", title=tr("种类"), says=lambda desk, row: row["kind"], sort=(Task.kind,)),
        Column(name="who", title=tr("谁的"), says=lambda desk, row: desk.veil(row["who"])),
        Column(name="urgent", title=tr("急不急"), says=lambda desk, row: tr("紧急") if row["task"].urgent else "", sort=tasks.FIRST),
        Column(name="opened", title=tr("什么时候"), says=lambda desk, row: row["task"].opened_at, sort=(Task.opened_at,)),
        Column(name="holder", title=tr("谁在处理"), says=lambda desk, row: row["claimed_by"]),
        Column(name="closed", title=tr("办结"), says=lambda desk, row: row["task"].closed_at, sort=(Task.closed_at,)),
        Column(name="outcome", title=tr("结果"), says=lambda desk, row: desk.veil(row["task"].outcome, row["task"])),
    ),
    filters=(
        Choice(name="state", title=tr("状态"), options=lambda desk: STATES, fits=_stands, usual="open"),
        Choice(name="kind", title=tr("种类"), options=_kinds, fits=_is_kind),
        Choice(name="urgent", title=tr("急不急"), options=lambda desk: {"yes": tr("只看紧急")}, fits=lambda desk, _: col(Task.urgent).is_(True)),
        Days(name="opened", title=tr("什么时候"), column=Task.opened_at),
    ),
    base=_mine_to_see,
    find=_find_by,
    opens=("title", "outcome"),
    finds=tr("房号、姓名、编号、种类、同事"),
    load=_load,
    reads=_note_read,
    acts=ACTS,
    template="desk/tasks.html",
    around=_last_closed,
    live="task",
    size=12,
    empty=(tr("没有待办"), tr("要有人看一眼的事会出现在这里：居民找物业、紧急报修、核对住址、体温异常。")),
)  # fmt: skip

ROUTES: tuple[Page, ...] = (claim, hand_on, close)
