"""The pass as the visitor sees it: a QR code, when it is good, and where. And the question of the guard, as the host sees it."""

from sqlmodel import select

from bot.contract import Download, Household, Page, Redirect, Refusal, Resident, View, Visit, page, roster, tr
from integrations.visitor_passes import gates, passes, picture, tokens, walkups
from integrations.visitor_passes.models import HostAnswer, Pass, WalkUp
from integrations.visitor_passes.settings import Settings

#: Words for a pass that does not open the gate now.
STATES = {
    "": "有效", "early": "还没到时间", "hours": "有效，现在不在约好的时间", "over": "已过期", "used": "已使用", "cancelled": "已取消",
}  # fmt: skip


#: Of them those of a pass that still opens it, now or later.
OPENS = {"", "early", "hours"}

#: What a visitor does whose pass opens no gate; why it was called off is the resident's to tell.
ADVICE = {
    "over": "要再来，请联系邀请您的人再约一次；已经到门口了，请门岗问一下住户。", "used": "约好的人都已经进过了。要再进，请联系邀请您的人再约一次，或者请门岗问一下住户。",
    "cancelled": "这张通行证不能进门了。请联系邀请您的人；已经到门口了，请门岗问一下住户。",
}  # fmt: skip


@page("GET", "/passes/{id}")
def show(visit: Visit) -> View:
    """Show the pass."""
    pass_ = _find(visit)
    flat = visit.session.get_one(Household, pass_.household_id)
    fault = pass_.fault_at(visit.now, visit.settings(Settings).grace)
    drawn = visit.link(f"/passes/{pass_.public_id}/picture", passes.lives(visit, pass_)).removeprefix(visit.context.base_url)
    return View(
        "visitor_passes/pass.html",
        {
            "pass_": pass_, "building": roster.label_of(flat.building), "state": STATES[fault], "fault": fault, "advice": ADVICE.get(fault, ""),
            "picture": drawn if fault in OPENS else "", "size": picture.SIZE, "community": visit.community, "gates": gates.listed(visit.session),
            "until": f"{pass_.ends_at:%H:%M}" if pass_.ends_at.date() == pass_.starts_at.date() else "",
            "host": visit.session.get_one(Resident, pass_.resident_id).name if pass_.names_host else "",
        },
    )  # fmt: skip


@page("GET", "/passes/{id}/picture")
def draw(visit: Visit) -> Download:
    """Draw the pass as a picture to keep; none of one that opens no gate any more."""
    pass_ = _find(visit)
    if pass_.fault_at(visit.now, visit.settings(Settings).grace) not in OPENS:
        raise LookupError(pass_.public_id)
    token = tokens.Token(public_id=pass_.public_id, starts_at=pass_.starts_at, ends_at=pass_.ends_at)
    drawn = picture.draw(tokens.write(token, visit.context.keys), pass_.code, pass_.starts_at, pass_.ends_at)
    return Download(body=drawn, content_type="image/png")


def _find(visit: Visit) -> Pass:
    pass_ = visit.session.exec(select(Pass).where(Pass.public_id == visit.params["id"])).first()
    if pass_ is None:
        raise LookupError(visit.params["id"])
    return pass_


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


ROUTES: tuple[Page, ...] = (show, draw, walk_up, answer_walk_up)
