"""The gate page, and calling a pass off."""

from sqlmodel import select

from bot.contract import Desk, Page, Redirect, Refusal, View, page, row_id, tr
from integrations.visitor_passes import gate, listed
from integrations.visitor_passes.models import Pass


@page("GET", "/gate", need="gate.check", title=tr("门岗", context="place"), nav=tr("服务"))
def stand(desk: Desk) -> View:
    """One field, one camera, the last checks, and large what has just been decided: ?check= names the check."""
    number = row_id(desk.query.get("check", ""))
    verdict = gate.decided(desk, number) if number is not None else None
    return View("visitor_passes/gate.html", {"latest": gate.latest(desk), "verdict": verdict, "fault": "", "typed": ""})


@page("POST", "/gate", need="gate.check")
def check(desk: Desk) -> View | Redirect:
    """Check what was scanned or typed; what cannot be a code stays in the field.

    The verdict is a page of its own, so that reloading it checks nothing.
    """
    typed = desk.form.get("code", "")
    try:
        verdict = gate.check(desk, typed)
    except Refusal as refusal:
        shown = {"latest": gate.latest(desk), "verdict": None, "fault": str(refusal), "typed": typed}
        return View("visitor_passes/gate.html", shown, 422)
    return Redirect(f"/console/gate?check={verdict.passage.id}")


@page("POST", "/gate/{id}/left", need="gate.check")
def left(desk: Desk) -> Redirect:
    """Write down that somebody has left."""
    gate.leave_again(desk, row_id(desk.params["id"]) or 0)
    return Redirect("/console/gate", tr("已登记离开。"))


@page("POST", "/passes/{id}/cancel", need="pass.edit")
def cancel(desk: Desk) -> Redirect:
    """Call off a pass that must not open the gate any more, and tell who made it."""
    wanted = select(Pass).where(Pass.public_id == desk.params["id"]).with_for_update()
    pass_ = desk.session.exec(wanted.execution_options(populate_existing=True)).first()
    if pass_ is None:
        raise LookupError(desk.params["id"])
    told = listed.revoke(desk, pass_)
    return Redirect(
        "/console/passes", tr("已作废，{told}。", told=tr("已告诉住户") if told else tr("住户没有绑定微信，请电话告诉一声"))
    )


ROUTES: tuple[Page, ...] = (stand, check, left, cancel)
