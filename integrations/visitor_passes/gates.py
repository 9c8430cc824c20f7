"""The gates that visitors are sent to: what their pass says of them, and the page on which staff describe them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from bot.contract import Desk, Page, Redirect, Refusal, View, page, tr
from integrations.visitor_passes import doors
from integrations.visitor_passes.models import Door, Gate

#: The fields of a gate, and the most characters of each.
LONGEST = {"name": 20, "way": 100, "map_url": 500}

#: Gates of one community: more nobody reads on a phone.
MOST = 6


def listed(session: Session) -> Sequence[Gate]:
    """Return the gates in the order they were added: the one visitors should take stands first."""
    return session.exec(select(Gate).order_by(col(Gate.id))).all()


@page("GET", "/gates", need="gate.edit", title=tr("大门"), nav=tr("管理"))
def show(desk: Desk) -> View:
    """Show the gates, each in a form of its own."""
    return _form(desk)


@page("POST", "/gates", need="gate.edit")
def add(desk: Desk) -> View | Redirect:
    """Add one; what was wrong stays in the fields."""
    gate = Gate(name="")
    try:
        if len(listed(desk.session)) >= MOST:
            raise Refusal(tr("最多写 {MOST} 个大门，请先删掉不用的。", MOST=MOST))
        _fill(desk, gate)
    except Refusal as refusal:
        return _form(desk, "", refusal)
    return Redirect("/console/gates", tr("{name}加好了，访客的通行证上马上看得到。", name=gate.name))


@page("POST", "/gates/{id}", need="gate.edit")
def change(desk: Desk) -> View | Redirect:
    """Change one."""
    gate = _find(desk)
    try:
        _fill(desk, gate)
    except Refusal as refusal:
        return _form(desk, gate.public_id, refusal)
    return Redirect("/console/gates", tr("{name}改好了。", name=gate.name))


@page("POST", "/gates/{id}/delete", need="gate.edit")
def delete(desk: Desk) -> Redirect:
    """Take one away; its name is all there is to write anew."""
    gate = _find(desk)
    for door in desk.session.exec(select(Door).where(Door.gate_id == gate.id)).all():
        doors.retire(desk, door)
        door.gate_id = None
        desk.session.add(door)
    desk.session.flush()
    desk.session.delete(gate)
    desk.record("gate.deleted", f"gate:{gate.public_id}")
    return Redirect("/console/gates", tr("{name}删掉了。", name=gate.name))


def _find(desk: Desk) -> Gate:
    gate = desk.session.exec(select(Gate).where(Gate.public_id == desk.params["id"]).with_for_update()).first()
    if gate is None:
        raise LookupError(desk.params["id"])
    return gate


def _fill(desk: Desk, gate: Gate) -> None:
    """Write a form into a gate; raises Refusal before anything is written."""
    name, way, map_url = (" ".join(desk.form.get(field, "").split()) for field in LONGEST)
    if not name:
        raise Refusal(tr("请写大门叫什么，例如 南门。"), field="name")
    for (field, longest), said in zip(LONGEST.items(), (name, way, map_url), strict=True):
        if len(said) > longest:
            raise Refusal(tr("最多 {longest} 个字，现在有 {said} 个。", longest=longest, said=len(said)), field=field)
    if map_url and not map_url.startswith("https://"):
        raise Refusal(tr("地图的链接要以 https:// 开头：在地图里找到大门，点“分享”，复制链接。"), field="map_url")
    if any(one.name == name for one in listed(desk.session) if one.public_id != gate.public_id):
        raise Refusal(tr("已经有“{name}”了，请换一个名称。", name=name), field="name")
    gate.name, gate.way, gate.map_url = name, way, map_url
    desk.session.add(gate)
    desk.record("gate.described", f"gate:{gate.public_id}")


def _form(desk: Desk, wrong: str | None = None, fault: Refusal | None = None) -> View:
    """Show all gates and one empty form; `wrong` names the one whose fields hold what was refused, empty for the new one: it comes first."""
    said = {name: desk.form.get(name, "") for name in LONGEST}
    forms = [(one.public_id, {name: getattr(one, name) for name in LONGEST}) for one in listed(desk.session)]
    if len(forms) < MOST or wrong == "":
        forms.append(("", dict.fromkeys(LONGEST, "")))
    if wrong is not None:  # what is marked is the first field of its name
        forms = [(wrong, said), *(one for one in forms if one[0] != wrong)]
    return View(
        "visitor_passes/gates.html",
        {"forms": forms, "fault": str(fault or ""), "refusal": fault, "longest": LONGEST},
        422 if fault else 200,
    )  # fmt: skip


ROUTES: tuple[Page, ...] = (show, add, change, delete)
