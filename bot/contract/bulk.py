"""Doing something with several rows of a list at once, and taking it back as one step.

Of each row is kept how it was and how the act left it. Taking back writes the former where the latter still stands, and leaves alone
what a colleague has changed meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlmodel import col, select

from bot.contract.lists import Act, Listing, Question
from bot.contract.pages import Desk
from bot.errors import Refusal
from bot.store import tasks, undos
from bot.store.tasks import Task
from bot.store.undos import UndoStep
from bot.translation import tr, tr_all

#: Rows of one act at most: as many as a page may have.
MOST = 100

#: Reasons, and keys of each, that are told one by one; of more their number.
TOLD = 3


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of an act: how many rows it changed, and what the others are called, with the reason."""

    changed: int
    refused: Sequence[tuple[str, str]]
    step: UndoStep | None = None
    same: int = 0  # were so before


def run(desk: Desk, listing: Listing, act: Act, keys: Sequence[str], form: Mapping[str, str]) -> Done:
    """Do something to each row that is ticked; raises Refusal where nothing is, or not one could be changed."""
    if not desk.may(act.need):
        raise LookupError(act.name)
    if not keys:
        raise Refusal(tr("还没有选。请先在列表里勾选。"))
    if len(keys) > MOST:
        raise Refusal(tr("一次最多 {MOST} {unit}，请分几次来。", MOST=MOST, unit=listing.unit))
    for ask in act.asks:
        if ask.options is not None and (said := form.get(field_of(act, ask), "")) and said not in ask.options(desk):
            raise Refusal(tr("请重新选择：{title}。", title=ask.title))
    answers = {ask.name: form.get(field_of(act, ask), "").strip()[: ask.longest] for ask in act.asks}
    changes, refused = list[dict[str, Any]](), list[tuple[str, str]]()
    rows = _rows(desk, listing, keys)
    for key, row in rows:
        try:
            with desk.session.begin_nested():
                if (change := _run_one(desk, act, row, answers)) is not None:
                    changes.append(change)
        except Refusal as refusal:
            refused.append((listing.called(row) if listing.called else key, str(refusal).rstrip("。")))
    if not changes:
        alike = {why for _, why in refused}
        raise Refusal(f"{alike.pop()}。" if len(alike) == 1 else told(refused) or tr("没有可以改的，它们本来就是这样。"))
    step = UndoStep(list=listing.name, act=act.name, staff_id=desk.staff.id or 0, at=desk.now, personal_changes={"rows": changes})
    desk.session.add(step)
    desk.session.flush()
    return Done(changed=len(changes), refused=refused, step=step, same=len(rows) - len(changes) - len(refused))


def field_of(act: Act, ask: Question) -> str:
    """Return the name of the field of a form in which an answer stands: several acts may ask the same."""
    return f"{act.name}.{ask.name}"


def _rows(desk: Desk, listing: Listing, keys: Sequence[str]) -> list[tuple[str, Any]]:
    """Return the rows of the list that have these keys, locked in the order of their ids, so that no two acts wait for each other."""
    wanted = select(listing.table).where(col(listing.key_column).in_(keys), *listing.base(desk)).order_by(listing.table.id)
    found = desk.session.exec(wanted.with_for_update().execution_options(populate_existing=True)).all()
    return [(str(getattr(row, listing.key_column.key)), row) for row in found]


def _run_one(desk: Desk, act: Act, row: Any, answers: Mapping[str, str]) -> dict[str, Any] | None:
    beside = list(act.tasks(desk, row))
    before, before_tasks = _state(row, act.keeps), [_state(task, tasks.KEEPS) for task in beside]
    act.run(desk, row, answers)
    desk.session.flush()
    after = _state(row, act.keeps)
    changed = [
        {"id": task.id, "before": was, "after": now} for task, was in zip(beside, before_tasks, strict=True)
        if (now := _state(task, tasks.KEEPS)) != was
    ]  # fmt: skip
    return {"id": row.id, "before": before, "after": after, "tasks": changed} if after != before or changed else None


def take_back(desk: Desk, listing: Listing, act: Act, step: UndoStep) -> tuple[int, int]:
    """Put back what an act changed; returns how many rows, and how many a colleague has changed since, which stay."""
    if not desk.may(act.need):
        raise LookupError(act.name)
    desk.session.refresh(step, with_for_update=True)
    if step.undone_at is not None:
        raise Refusal(tr("这一步已经撤销过了。"))
    back, kept = 0, 0
    for change in step.personal_changes["rows"]:
        row = _locked(desk, listing.table, change["id"])
        beside = [(task, one) for one in change["tasks"] if (task := _locked(desk, Task, one["id"])) is not None]
        is_same = row is not None and _state(row, act.keeps) == change["after"] and act.stands(desk, row)
        if not is_same or any(_state(task, tasks.KEEPS) != one["after"] for task, one in beside):
            kept += 1
            continue
        _write(row, change["before"])
        desk.session.add(row)
        for task, one in beside:
            _write(task, one["before"])
            tasks.put_back(desk.session, task, desk.now, desk.actor)
        act.put_back(desk, row)
        back += 1
    step.undone_at = desk.now
    desk.session.add(step)
    return back, kept


def _locked(desk: Desk, table: Any, key: int) -> Any:
    wanted = select(table).where(table.id == key).with_for_update()
    return desk.session.exec(wanted.execution_options(populate_existing=True)).first()


def _state(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: _as_json(getattr(row, name)) for name in names}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return value.value if isinstance(value, Enum) else value


def _write(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        kind = type(getattr(row, name))
        moment = datetime.fromisoformat(value["at"]) if isinstance(value, dict) and "at" in value else value
        setattr(row, name, kind(value) if issubclass(kind, Enum) else moment)


def last(desk: Desk, listing: Listing) -> str:
    """Return the address at which somebody takes back what they last did on a list; empty where there is nothing."""
    step = undos.latest(desk.session, listing.name, desk.staff.id or 0, desk.now) if listing.acts else None
    return f"/console/undo/{step.public_id}" if step else ""


def told(refused: Sequence[tuple[str, str]]) -> str:
    """Return why rows were not changed, those with the same reason together; of many reasons the first ones and how many more."""
    by_reason: dict[str, list[str]] = {}
    for key, why in refused:
        by_reason.setdefault(why, []).append(key)
    parts = [
        tr_all(
            "",
            (
                tr_all("、", keys[:TOLD]),
                tr(" 等 {keys} 件", keys=len(keys)) if len(keys) > TOLD else "",
                "：",
                why,
            ),
        )
        for why, keys in by_reason.items()
    ]
    more = tr("；还有 {parts} 种原因", parts=len(parts) - TOLD) if len(parts) > TOLD else ""
    return tr_all("；", parts[:TOLD]) + more + ("。" if parts else "")
