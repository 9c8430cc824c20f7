"""A resident's passes: which of them still open the gate, and what one says of them."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func
from sqlmodel import col, select

from bot.contract import Desk, Household, Lookup, Refusal, Reply, Turn, Work, roster, tr
from integrations.visitor_passes.models import Pass, PassKind, PassState
from integrations.visitor_passes.settings import Settings

#: How long the link to a pass opens at least.
_LINK_LIVES = timedelta(days=30)

#: What a day is called beside its date: 明天（3月12日 周四）.
_CALENDAR = re.compile(r"（[^（）]*）")


def open_ones(turn: Turn) -> Sequence[Pass]:
    """Return the passes that are not over of the flats somebody has, whoever at home made them, the next visitor first."""
    return turn.session.exec(
        select(Pass)
        .where(
            _of_home(turn),
            Pass.state == PassState.ACTIVE,
            col(Pass.ends_at) > turn.now - turn.settings(Settings).grace,
        )
        .order_by(col(Pass.starts_at))
    ).all()


def mine(turn: Turn, about: str) -> Pass | None:
    """Return the pass of that subject, locked until the commit; None when it is nobody's or somebody else's."""
    kind, _, key = about.partition(":")
    if kind != "pass":
        return None
    wanted = select(Pass).where(Pass.public_id == key, _of_home(turn))
    return turn.session.exec(wanted.with_for_update().execution_options(populate_existing=True)).first()


_OF_FLAT = select(func.count()).select_from(Pass).where(Pass.household_id == bindparam("flat"))
_DELIVERIES = Lookup(_OF_FLAT.where(Pass.kind == PassKind.DELIVERY, col(Pass.created_at) >= bindparam("midnight")))
_OPEN_VISITS = Lookup(
    _OF_FLAT.where(Pass.kind != PassKind.DELIVERY, Pass.state == PassState.ACTIVE, col(Pass.ends_at) > bindparam("until"))
)
_MADE = Lookup(_OF_FLAT.where(Pass.kind != PassKind.DELIVERY, col(Pass.created_at) >= bindparam("midnight")))


def over_the_cap(work: Work, home: Household, kind: PassKind = PassKind.VISIT) -> Reply | None:
    """Return what is said where a flat has as many passes as it may; None where one more is fine.

    Deliveries are counted for themselves: who orders much has guests all the same.
    """
    settings, midnight = work.settings(Settings), work.now.replace(hour=0, minute=0, second=0, microsecond=0)
    if kind is PassKind.DELIVERY:
        made = _DELIVERIES.first(work.session, flat=home.key, midnight=midnight) or 0
        return Reply("enough", ok=False, made=made) if made >= settings.most_deliveries else None
    number = _OPEN_VISITS.first(work.session, flat=home.key, until=work.now - settings.grace) or 0
    if number >= settings.most_open:
        return Reply("full", ok=False, open=number)
    made = _MADE.first(work.session, flat=home.key, midnight=midnight) or 0
    return Reply("enough", ok=False, made=made) if made >= settings.most_a_day else None


def require_room(desk: Desk, home: Household) -> None:
    """Raise Refusal where a flat has as many passes as it may: the cap binds staff as it binds residents."""
    settings = desk.settings(Settings)
    match over_the_cap(desk, home):
        case Reply(name="full"):
            raise Refusal(
                tr(
                    "{flat}现在有 {most} 张还能用的通行证，已经是最多了。请先作废不用的。",
                    flat=home.label,
                    most=settings.most_open,
                )
            )
        case Reply(name="enough"):
            raise Refusal(
                tr(
                    "{flat}今天已经开了 {most} 张通行证，不能再开了。人到了门口，由门岗问住户。",
                    flat=home.label,
                    most=settings.most_a_day,
                )
            )


def _of_home(turn: Turn) -> ColumnElement[bool]:
    """Return the condition for passes made in the name of one of a resident's flats."""
    return col(Pass.household_id).in_([flat.key for flat in roster.homes(turn.session, turn.me)])


def called(turn: Turn, pass_: Pass) -> str:
    """Return what one calls a visit in a sentence: 王芳明天15:00的来访; who has several flats reads to which: 王芳明天15:00到4栋1单元902的来访."""
    when = pass_.said_hours or _CALENDAR.sub("", turn.words("{t}", t=pass_.starts_at))
    return turn.words(
        "{name}{when}{flat?到{flat}}的来访", name=pass_.visitor_name, when=when, flat=turn.which_flat(pass_.household_id)
    )


def told(turn: Turn, pass_: Pass) -> dict[str, Any]:
    """Return what is said of a pass: whose, when, its code and the link to its page; over several days how often it opens the gate."""
    return {
        "visitor_name": pass_.visitor_name, "flat": turn.which_flat(pass_.household_id), "code": pass_.code, "from_": pass_.starts_at, "until": _last_minute(turn, pass_),
        "url": link(turn, pass_), "entries": pass_.entries_left if pass_.ends_at.date() > pass_.starts_at.date() and not pass_.hours else "",
        "hours": pass_.said_hours,
    }  # fmt: skip


def link(turn: Turn, pass_: Pass) -> str:
    """Return a link to the page of a pass."""
    return turn.link(f"/passes/{pass_.public_id}", lives(turn, pass_))


def lives(work: Work, pass_: Pass) -> timedelta:
    """Return how long the link to a pass opens: past its end, so that it says that it is over."""
    return max(_LINK_LIVES, pass_.ends_at - work.now + timedelta(days=1))


def _last_minute(turn: Turn, pass_: Pass) -> str:
    """Say the end with its clock, even 23:59, which phrases leave out."""
    is_same_day = pass_.ends_at.date() == pass_.starts_at.date()
    day = tr("当天") if is_same_day else pass_.ends_at.replace(hour=0, minute=0)
    return turn.words("{day}{clock}", day=day, clock=f"{pass_.ends_at:%H:%M}")
