"""The gate page: codes, who is expected, who comes without a pass; and calling a pass off."""

from typing import Any

from sqlmodel import select

from bot.contract import Desk, Page, Redirect, Refusal, View, asked_in, page, row_id, tr
from integrations.visitor_passes import asks, doors, expected, gate, listed, offline, walkups
from integrations.visitor_passes.models import HostAnswer, Pass

#: Permission to read the numbers of a flat that did not answer.
CALL = "gate.call"

#: Checks that stand open on the page; those before are one tap away.
CHECKS = 5

#: Signs of a flat, a name or a plate that are looked for.
LONGEST_ASKED = 40


@page("GET", "/gate", need="gate.check", title=tr("门岗", context="place"), nav=tr("服务"))
def stand(desk: Desk) -> View:
    """One field, one camera, who waits, who is expected, the last checks, and large what has just been decided: ?check= names the check."""
    number, gone = row_id(desk.query.get("check", "")), row_id(desk.query.get("left", ""))
    return _stand(
        desk,
        verdict=gate.decided(desk, number) if number else None,
        gone=gate.just_left(desk, gone) if gone else None,
        went=row_id(desk.query.get("people", "")) or "",
    )


def _stand(desk: Desk, status: int = 200, **more: Any) -> View:
    today = expected.today(desk)
    shown = {
        "latest": gate.latest(desk), "shown": CHECKS, "verdict": None, "gone": None, "went": "", "dropped": False, "fault": "", "typed": "", "found": None, "asked": {}, "today": today[: expected.SHOWN],
        "more": max(len(today) - expected.SHOWN, 0), "staying": expected.staying(desk), "wrong": offline.wrong(desk), "is_demo": desk.context.is_demo, **_waiting(desk), **more,
    }  # fmt: skip
    return View("visitor_passes/gate.html", shown, status)


def _waiting(desk: Desk) -> dict[str, Any]:
    """Return who stands at the gate without a pass; of a flat that did not answer in time the numbers, for who may phone it."""
    rows = []
    for one, flat in walkups.waiting(desk):
        is_due = one.answer is HostAnswer.WAITING and (not one.told or desk.now - one.asked_at >= walkups.WAITS)
        numbers = walkups.numbers(desk, flat) if is_due and desk.may(CALL) else ()
        if numbers:
            desk.read(CALL, one.subject)
        rows.append(
            {
                "one": one,
                "flat": flat,
                "is_due": is_due,
                "numbers": numbers,
                "asked": f"{one.asked_at:%H:%M}",
                "until": f"{one.asked_at + walkups.WAITS:%H:%M}",
            }
        )
    silent = [
        (one, doors.since(desk, one.door.seen_at)) for one in doors.standing(desk) if one.state == "silent" and one.door.seen_at
    ]
    return {"waiting": rows, "machines": asks.waiting(desk), "silent": silent}


@page("GET", "/gate/waiting", need="gate.check")
def waiting(desk: Desk) -> View:
    """Return who waits for an answer: the fragment that renews itself as long as somebody does."""
    return View("visitor_passes/waiting.html", _waiting(desk))


@page("POST", "/gate", need="gate.check", comes_first=True)
def check(desk: Desk) -> View | Redirect:
    """Check what was scanned or typed; for a flat, a name or a plate show who is expected. What finds nothing stays in the field.

    The verdict is a page of its own, so that reloading it checks nothing.
    """
    typed = desk.form.get("code", "")
    if typed.strip() and not gate.is_code(typed):
        found = expected.find(desk, typed.strip()[:LONGEST_ASKED])
        desk.record("gate.looked", found=len(found))
        if found or not gate.is_code_mistyped(typed):
            return _stand(desk, typed=typed.strip(), found=found)
    try:
        with asked_in("code"):
            verdict = gate.check(desk, typed)
    except Refusal as refusal:
        return _stand(desk, 422, fault=str(refusal), refusal=refusal, typed=typed)
    return Redirect(f"/console/gate?check={verdict.passage.id}")


@page("POST", "/gate/passes/{id}", need="gate.check", comes_first=True)
def admit(desk: Desk) -> Redirect:
    """Let somebody in who was picked from those expected, with as many as come with them."""
    pass_ = desk.session.exec(select(Pass).where(Pass.public_id == desk.params["id"])).first()
    if pass_ is None:
        raise LookupError(desk.params["id"])
    return Redirect(
        f"/console/gate?check={gate.admit(desk, pass_, 'picked', row_id(desk.form.get('people', '')) or 1).passage.id}"
    )


@page("POST", "/gate/{id}/undo", need="gate.check")
def undo(desk: Desk) -> Redirect:
    """Take back a slip of the finger."""
    number = row_id(desk.params["id"]) or 0
    if not asks.think_again(desk, number):
        gate.undo(desk, number)
    return Redirect("/console/gate", tr("已撤回，当这一次没有点过。"))


@page("POST", "/gate/ask", need="gate.check")
def ask(desk: Desk) -> View | Redirect:
    """Ask a flat whether somebody without a pass may come in; what was wrong stays in the fields."""
    form = {name: desk.form.get(name, "").strip() for name in ("flat", "who", "people", "plate")}
    try:
        with asked_in("flat"):
            flat = walkups.flat_of(desk, form["flat"][:LONGEST_ASKED])
        if not form["who"]:
            raise Refusal(tr("请写来的是谁，例如 送水的、她表哥。"), field="who")
        one = walkups.ask(desk, flat, form["who"], row_id(form["people"]) or 1, form["plate"])
    except Refusal as refusal:
        return _stand(desk, 422, fault=str(refusal), refusal=refusal, asked=form)
    told = (
        tr("已问{flat}，等住户回答。", flat=flat.label) if one.told else tr("{flat}没有人绑定微信，请打电话。", flat=flat.label)
    )
    return Redirect("/console/gate", told)


@page("POST", "/gate/walk-ups/{id}", need="gate.check", comes_first=True)
def decide(desk: Desk) -> Redirect:
    """Let in, or send away, who came without a pass."""
    one = walkups.find(desk, desk.params["id"])
    match desk.form.get("do"):
        case walkups.BY_HOST | walkups.BY_PHONE as how:
            verdict = walkups.let_in(desk, one, how)
        case "away":
            verdict = walkups.send_away(desk, one)
        case other:
            raise Refusal(tr("没有“{other}”这个选择。", other=other or ""))
    return Redirect(f"/console/gate?check={verdict.passage.id}")


@page("POST", "/gate/machines/{id}", need="gate.check", comes_first=True)
def answer(desk: Desk) -> Redirect:
    """Answer a machine that asks whether a car is the one that is expected."""
    passage = asks.find(desk, row_id(desk.params["id"]) or 0)
    if (do := desk.form.get("do")) not in ("in", "away"):
        raise Refusal(tr("没有“{other}”这个选择。", other=do or ""))
    return Redirect(f"/console/gate?check={asks.answer(desk, passage, agrees=do == 'in').passage.id}")


@page("POST", "/gate/{id}/left", need="gate.check")
def left(desk: Desk) -> Redirect:
    """Write down that somebody has left, or all who came by the same pass; or that an order was left with the guard."""
    number = row_id(desk.params["id"]) or 0
    if desk.form.get("who") == "dropped":
        gate.drop(desk, number)
        return Redirect(f"/console/gate?left={number}&dropped=1")
    people = row_id(desk.form.get("people", "")) or 0
    gate.leave_again(desk, number, together=desk.form.get("who") == "all", people=people)
    return Redirect(f"/console/gate?left={number}{f'&people={people}' if people else ''}")


@page("POST", "/gate/{id}/back", need="gate.check")
def come_back(desk: Desk) -> Redirect:
    """Take back that somebody has left, or left something with the guard."""
    gate.come_back(desk, row_id(desk.params["id"]) or 0, row_id(desk.form.get("people", "")) or 0)
    return Redirect("/console/gate", tr("已撤回，人还在小区里。"))


@page("POST", "/passes/{id}/cancel", need="pass.edit")
def cancel(desk: Desk) -> Redirect:
    """Call off a pass that must not open the gate any more, and tell who made it."""
    wanted = select(Pass).where(Pass.public_id == desk.params["id"]).with_for_update()
    pass_ = desk.session.exec(wanted.execution_options(populate_existing=True)).first()
    if pass_ is None:
        raise LookupError(desk.params["id"])
    told = listed.revoke(desk, pass_, desk.form.get("why", ""))
    return Redirect(
        "/console/passes", tr("已作废，{told}。", told=tr("已告诉住户") if told else tr("住户没有绑定微信，请电话告诉一声"))
    )


ROUTES: tuple[Page, ...] = (stand, waiting, check, admit, undo, ask, decide, answer, left, come_back, cancel)
