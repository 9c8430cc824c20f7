"""The pass as the visitor sees it: a QR code, when it is good, and where."""

import segno
from sqlmodel import select

from bot.contract import Household, Page, View, Visit, page, roster
from integrations.visitor_passes import tokens
from integrations.visitor_passes.models import Pass
from integrations.visitor_passes.settings import Settings

#: Words for a pass that does not open the gate now.
STATES = {
    "": "有效", "early": "还没到时间", "over": "已过期", "used": "已使用", "cancelled": "已取消",
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
    usable = fault in {"", "early"}
    return View(
        "visitor_passes/pass.html",
        {
            "pass_": pass_, "building": roster.label_of(flat.building), "state": STATES[fault], "fault": fault,
            "picture": picture if usable else "", "community": visit.community,
        },
    )  # fmt: skip


ROUTES: tuple[Page, ...] = (show,)
