"""The page on which staff see their doors, give keys out and take them back; and, in the demo, a turnstile to try it with."""

from collections.abc import Mapping

from sqlmodel import select

from bot.contract import PUBLIC_ALPHABET, Desk, Download, Page, Redirect, Refusal, View, page, tr
from bot.contract.listpage import part
from integrations.visitor_passes import doors, gates, offline
from integrations.visitor_passes.models import Door, Gate

#: Doors on one page.
SHOWN = 6

#: What the demo's turnstile is called, and the gate it stands at where none was described.
SIMULATED, SIMULATED_AT = tr("模拟闸机"), tr("南门")


@page("GET", "/doors", need=doors.MEND, title=tr("门禁设备"), nav=tr("管理"))
def show(desk: Desk) -> View:
    """Show each door: whether it is heard of, since when not, its firmware and its clock."""
    return _page(desk)


@page("POST", "/doors", need=doors.EDIT)
def make(desk: Desk) -> View:
    """Make the key of a door and show it, this once."""
    try:
        gate = _gate(desk, desk.form.get("gate", ""))
        door, secret = doors.give_key(desk, gate, desk.form.get("name", ""))
    except Refusal as refusal:
        return _page(desk, form=desk.form, fault=refusal)
    return _page(desk, secret=secret, for_what=f"{gate.name} {door.name}")


@page("POST", "/doors/{id}/end", need=doors.EDIT)
def end(desk: Desk) -> Redirect:
    """End the key of a door at once and for good."""
    door = desk.session.exec(select(Door).where(Door.public_id == desk.params["id"]).with_for_update()).first()
    if door is None:
        raise LookupError(desk.params["id"])
    name = doors.named(desk.session, door)
    doors.retire(desk, door)
    return Redirect("/console/doors", tr("{name}的密钥已停用，马上生效。", name=name))


def _gate(desk: Desk, key: str) -> Gate:
    found = desk.session.exec(select(Gate).where(Gate.public_id == key)).first()
    if found is None:
        raise Refusal(tr("请选是哪个大门的设备。"), field="gate")
    return found


def _page(
    desk: Desk, *, form: Mapping[str, str] | None = None, fault: Refusal | None = None, secret: str = "", for_what: str = ""
) -> View:
    shown = part(doors.standing(desk), desk.query, "/doors", SHOWN)
    rows = [(one, doors.since(desk, one.door.seen_at) if one.door.seen_at else "") for one in shown.rows]
    return View(
        "visitor_passes/doors.html",
        {
            "rows": rows, "part": shown, "gates": gates.listed(desk.session), "form": dict(form or {}), "fault": str(fault or ""), "refusal": fault, "secret": secret, "for_what": for_what,
            "longest": doors.LONGEST, "api": f"{desk.context.base_url}/api", "may_edit": desk.may(doors.EDIT), "is_demo": desk.context.is_demo,
        },
        422 if fault else 200,
    )  # fmt: skip


# ------------------------------------------------------------------ the demo's turnstile


@page("GET", "/gate/turnstile", need="gate.check", title=tr("模拟闸机"))
def turnstile(desk: Desk) -> View:
    """Show the turnstile of the demo, which calls the API as hardware does; nowhere else there is one."""
    _require_demo(desk)
    return _turnstile(desk)


@page("POST", "/gate/turnstile", need="gate.check")
def put_up(desk: Desk) -> View:
    """Put the turnstile up at a gate: it gets a key of its own, and one that stood there before has ended."""
    _require_demo(desk)
    listed = gates.listed(desk.session)
    gate = next((one for one in listed if one.public_id == desk.form.get("gate")), next(iter(listed), None))
    if gate is None:
        gate = Gate(name=SIMULATED_AT)
        desk.session.add(gate)
        desk.session.flush()
        desk.record("gate.described", f"gate:{gate.public_id}")
    for one in doors.in_force(desk.session):
        if one.is_simulated and one.gate_id == gate.id:
            doors.retire(desk, one)
    _, secret = doors.give_key(desk, gate, SIMULATED, is_simulated=True)
    return _turnstile(desk, secret=secret, at=gate.name)


def _require_demo(desk: Desk) -> None:
    if not desk.context.is_demo:
        raise LookupError("turnstile")


def _turnstile(desk: Desk, *, secret: str = "", at: str = "") -> View:
    return View(
        "visitor_passes/turnstile.html",
        {"gates": gates.listed(desk.session), "secret": secret, "at": at, "alphabet": PUBLIC_ALPHABET},
    )


@page("GET", "/gate/turnstile.js", need="gate.check", is_bare=True)
def program(desk: Desk) -> Download:
    """Return the program of the turnstile."""
    return offline.script("turnstile.js")


@page("GET", "/gate/rules.js", need="gate.check", is_bare=True)
def rules(desk: Desk) -> Download:
    """Return by what a page decides that has no network."""
    return offline.script("rules.js")


ROUTES: tuple[Page, ...] = (show, make, end, turnstile, put_up, program, rules)
