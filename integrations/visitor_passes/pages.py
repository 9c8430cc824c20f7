"""The pass as the visitor sees it: a QR code, when it is good, and where. And the question of the guard, as the host sees it."""

import segno
from sqlmodel import select

from bot.contract import Household, Page, Redirect, Refusal, Resident, View, Visit, page, roster, tr
from integrations.visitor_passes import tokens, walkups
from integrations.visitor_passes.models import HostAnswer, Pass, WalkUp
from integrations.visitor_passes.settings import Settings

#: Words for a pass that does not open the gate now.
STATES = {
    "": "有效", "early": "还没到时间", "hours": "有效，现在不在约好的时间", "over": "已过期", "used": "已使用", "cancelled": "已取消",
}  # fmt: skip


@page("GET", "/passes/{id}")
def show(visit: Visit) -> View:
    """Show the pass."""
    pass_ = visit.session.exec(select(Pass).where(Pass.public_id == visit.params["id"])).first()
    if pass_ is None:
        raise LookupError(visit.params["id"])
    flat = visit.session.get_one(Household, pass_.household_id)
    fault = pass_.fault_at(visit.now, visit.settings(Settings).grace)
    token = tokens.Token(public_id=pass_.public_id, starts_at=pass_.starts_at, ends_at=pass_.ends_at)
    # White stays white in dark mode, or no camera reads it; the quiet zone is part of the code (ISO/IEC 18004).
    picture = segno.make_qr(tokens.write(token, visit.context.keys), error="m").svg_data_uri(
        light="white", dark="black", border=4, scale=6
    )
    usable = fault in {"", "early", "hours"}
    return View(
        "visitor_passes/pass.html",
        {
            "pass_": pass_, "building": roster.label_of(flat.building), "state": STATES[fault], "fault": fault,
            "picture": picture if usable else "", "community": visit.community,
        },
    )  # fmt: skip


@page("GET", "/walk-ups/{id}/{member}")
def walk_up(visit: Visit) -> View:
    """Show who stands at the gate, with one button for each answer. Opening it answers nothing: previews open links, too."""
    one, flat, member = _asked(visit, locks=False)
    is_open = one.ended_at is None and visit.now - one.asked_at < walkups.STANDS and one.answered_by in (None, member.id)
    return View(
        "visitor_passes/walk_up.html",
        {"one": one, "flat": flat, "is_open": is_open, "answer": one.answer.value, "waiting": HostAnswer.WAITING.value, "community": visit.community},
    )  # fmt: skip


@page("POST", "/walk-ups/{id}/{member}")
def answer_walk_up(visit: Visit) -> Redirect:
    """Take the answer of somebody at home."""
    one, _, member = _asked(visit, locks=True)
    if (wish := visit.form.get("do")) not in ("yes", "no"):
        raise Refusal(tr("请点一个按钮：同意进门，或者不同意。"))
    walkups.answer(visit, one, member, agrees=wish == "yes")
    return Redirect(visit.link(f"/walk-ups/{one.public_id}/{member.public_id}", walkups.STANDS))


def _asked(visit: Visit, *, locks: bool) -> tuple[WalkUp, Household, Resident]:
    """Return who stands at the gate, where they want to go, and who was asked, while they live there and are bound; raises LookupError."""
    one = walkups.find(visit, visit.params["id"], locks=locks)
    flat = visit.session.get_one(Household, one.household_id)
    at_home = roster.bound_at(visit.session, flat)
    member = next((lives for lives in at_home if lives.public_id == visit.params["member"]), None)
    if member is None:
        raise LookupError(visit.params["member"])
    return one, flat, member


ROUTES: tuple[Page, ...] = (show, walk_up, answer_walk_up)
