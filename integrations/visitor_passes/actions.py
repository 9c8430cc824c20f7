"""What residents can ask for: invite, list, cancel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import Ask, Reply, Turn, action
from integrations.visitor_passes.models import Pass, PassState
from integrations.visitor_passes.settings import Settings

#: Passes further ahead would outlive memory and links.
AHEAD = timedelta(days=30)

#: Longest stay one pass covers.
LONGEST = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who comes, and when."""

    visitor_name: str
    starts_at: datetime
    ends_at: datetime | None = None
    people: int | None = None
    plate: str | None = None
    phone: str | None = None


@action("visitor.invite", Visit, replies={"done": "code from_ until visitor_name url", "too_far": ""})
def invite(turn: Turn, slots: Visit) -> Reply:
    """Open a pass that ends with the day it begins unless a later end was said."""
    if slots.starts_at > turn.now + AHEAD:
        return Reply("too_far", ok=False)
    starts_at = max(slots.starts_at, turn.now.replace(second=0, microsecond=0))
    ends_at = min(_end(slots, starts_at), starts_at + LONGEST)
    leave = Pass(
        resident_id=turn.me.id or 0, household_id=turn.me.household_id, visitor_name=slots.visitor_name,
        phone=slots.phone or "", plate=slots.plate or "", people=slots.people or 1, starts_at=starts_at, ends_at=ends_at,
        entries_left=max(slots.people or 1, 1), created_at=turn.now,
    )  # fmt: skip
    turn.session.add(leave)
    turn.session.flush()
    turn.record("visitor.invited", f"pass:{leave.public_id}", people=leave.people)
    return Reply(
        "done", about=f"pass:{leave.public_id}", code=leave.code, from_=leave.starts_at, until=_last_minute(turn, leave),
        visitor_name=leave.visitor_name, url=turn.link(f"/passes/{leave.public_id}"),
    )  # fmt: skip


def _end(slots: Visit, starts_at: datetime) -> datetime:
    if slots.ends_at is not None and slots.ends_at > starts_at:
        return slots.ends_at
    return starts_at.replace(hour=23, minute=59)


def _last_minute(turn: Turn, leave: Pass) -> str:
    """Say the end with its clock, even 23:59, which phrases leave out."""
    return turn.words("{day}{clock}", day=leave.ends_at.replace(hour=0, minute=0), clock=f"{leave.ends_at:%H:%M}")


@action("visitor.list", replies={"done": "passes", "none": ""})
def show(turn: Turn, slots: object) -> Reply:
    """List the passes that are not over."""
    open_passes = _open_passes(turn)
    if not open_passes:
        return Reply("none", ok=False)
    listed = [
        turn.words(
            "· {name} {from_} 码 {code}\n  {url}",
            name=leave.visitor_name, from_=leave.starts_at, code=leave.code, url=turn.link(f"/passes/{leave.public_id}"),
        )
        for leave in open_passes
    ]  # fmt: skip
    return Reply("done", passes=listed)


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which of several passes: by the visitor's name, or as picked from the menu."""

    visitor_name: str | None = None
    pass_id: str | None = None


@action("visitor.cancel", Which, replies={"which": "", "none_meant": "", "done": "visitor", "none": ""})
def cancel(turn: Turn, slots: Which) -> Reply | Ask:
    """Cancel the pass meant; with several, ask which. The gate refuses it at once."""
    found = _open_passes(turn)
    if slots.pass_id:
        found = [leave for leave in found if leave.public_id == slots.pass_id]
    elif slots.visitor_name:
        named = [leave for leave in found if slots.visitor_name in leave.visitor_name]
        found = named or found
    if not found:
        return Reply("none", ok=False)
    if len(found) > 1:
        labels = {leave.public_id: turn.words("{n} {t}", n=leave.visitor_name, t=leave.starts_at) for leave in found[:8]}
        return Ask(slot="pass_id", name="which", options=labels, called_off="none_meant")
    [leave] = found
    leave.state = PassState.CANCELLED
    turn.session.add(leave)
    turn.record("visitor.cancelled", f"pass:{leave.public_id}")
    return Reply("done", visitor=leave.visitor_name)


def _open_passes(turn: Turn) -> Sequence[Pass]:
    return turn.session.exec(
        select(Pass)
        .where(
            Pass.resident_id == turn.me.id,
            Pass.state == PassState.ACTIVE,
            col(Pass.ends_at) > turn.now - turn.settings(Settings).grace,
        )
        .order_by(col(Pass.starts_at))
    ).all()


ALL = (invite, show, cancel)
