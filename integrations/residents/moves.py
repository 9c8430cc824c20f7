"""What staff change of a flat and its people: who comes, who goes, what was written wrong, which account is let in."""

from datetime import date
from typing import Any

from sqlmodel import select

from bot.contract import (
    Desk,
    Household,
    Page,
    Redirect,
    Refusal,
    ResidentRole,
    View,
    checked_phone,
    page,
    register,
    roster,
    rosterfile,
    tr,
    tr_all,
)
from bot.contract.register import Filter
from integrations.residents.flat import about, account_key, find, resident_of
from integrations.residents.lists import LONGEST_TAG, TAGS, hidden

#: Longest name, and part of a flat's number.
NAME, PART = 40, 10

#: People who are offered to move in.
OFFERED = 8


@page("POST", "/households", need="household.edit")
def add_flat(desk: Desk) -> Redirect | View:
    """Add a flat that the roster does not have; one in a building that it does not have either is asked about once."""
    building, unit, room = _number(desk)
    flat = Household(building=building, unit=unit, room=room)
    _refuse_known(desk, flat)
    if question := _asked_of_building(desk, flat):
        return question
    desk.session.add(flat)
    desk.session.flush()
    desk.record("household.added", about(flat))
    return Redirect(f"/console/households/{flat.id}", tr("加好了{label}，可以写上住在这里的人。", label=flat.label))


@page("POST", "/households/{id}/number", need="household.edit")
def renumber(desk: Desk) -> Redirect | View:
    """Correct the number of a flat; a building that the roster does not have is asked about once."""
    flat = find(desk)
    building, unit, room = _number(desk)
    wanted, before = Household(building=building, unit=unit, room=room), flat.label
    _refuse_known(desk, wanted, flat)
    if question := _asked_of_building(desk, wanted, flat):
        return question
    flat.building, flat.unit, flat.room = building, unit, room
    desk.session.add(flat)
    desk.record("household.corrected", about(flat), before=before, after=flat.label)
    return _back(flat, tr("门牌改好了，现在是{label}。", label=flat.label))


@page("POST", "/households/{id}/add", need="household.edit")
def add(desk: Desk) -> Redirect:
    """Put somebody new on the roster of a flat."""
    flat = find(desk)
    name = desk.form.get("name", "").strip()
    if not name:
        raise Refusal(tr("请写姓名。"), field="name")
    if any(one.name == name for one in roster.people_of(desk.session, flat)):
        raise Refusal(tr("{label}已经有{name}了。要改资料，请点那一行的“修改”。", label=flat.label, name=name), field="name")
    since = _moved_in(desk)
    resident = desk.settle(
        flat, name=_short(name, NAME, "姓名"), role=_role(desk), phone=checked_phone(desk.form.get("phone", ""))
    )
    resident.tags = _tags(desk)
    lives = roster.residence(desk.session, resident, flat)
    if lives is not None:
        lives.moved_in = since or lives.moved_in
        desk.session.add(lives)
    desk.session.add(resident)
    desk.record("resident.added", resident.about, household=flat.key)
    return _back(flat, tr("{name}加好了。", name=name))


@page("POST", "/households/{id}/correct", need="household.edit")
def correct(desk: Desk) -> Redirect:
    """Correct name, phone, role and tags of somebody who lives there; a phone left empty stays as it is."""
    flat = find(desk)
    resident = resident_of(desk, flat)
    lives = roster.residence(desk.session, resident, flat)
    before = (resident.name, resident.phone, lives and lives.role, resident.tags)
    resident.name = _short(desk.form.get("name", ""), NAME, tr("姓名"))
    if phone := desk.form.get("phone", "").strip():
        resident.phone = "" if phone in ("无", "-") else checked_phone(phone)
    unseen = [tag for tag in resident.tags if desk.veil(tag) != tag]  # who may not read them does not take them off, either
    resident.tags = list(dict.fromkeys([*_tags(desk), *unseen]))
    if lives is not None:
        lives.role = _role(desk)
        desk.session.add(lives)
    desk.session.add(resident)
    after = (resident.name, resident.phone, lives and lives.role, resident.tags)
    changed = [
        word for word, old, new in zip((tr("姓名"), tr("电话"), tr("身份"), tr("标签")), before, after, strict=True) if old != new
    ]
    if not changed:
        return _back(flat, tr("没有什么要改的。"))
    desk.record("resident.corrected", resident.about, what=tr_all("、", changed))
    return _back(flat, tr("{name}的{changed}改好了。", name=resident.name or "家庭成员", changed=tr_all("、", changed)))


@page("POST", "/households/{id}/leave", need="household.edit")
def leave(desk: Desk) -> Redirect:
    """Let somebody move out. With the last flat the binding ends, and whoever is let go is told."""
    flat = find(desk)
    resident = resident_of(desk, flat)
    day = _day(desk, "day") or desk.now.date()
    if day > desk.now.date():
        raise Refusal(tr("搬走的日期还没有到。到那天再登记，之前这个人仍算住在这里。"), field="day")
    ended = ""
    homes = roster.homes(desk.session, resident)
    if resident.openid and [home.id for home in homes] == [flat.id]:  # their account is let go with the last flat
        ended = tr("这是最后一套房，微信绑定也解除了，已告诉本人。")
    desk.move_out(resident, flat, on=day)
    return _back(
        flat, tr("{name}已登记搬走。{ended}搬错了，可以在下面点“搬回来”。", name=resident.name or "家庭成员", ended=ended)
    )


@page("POST", "/households/{id}/return", need="household.edit")
def come_back(desk: Desk) -> Redirect:
    """Take back that somebody moved out, or let them come back; an account that was let go binds itself again."""
    flat = find(desk)
    gone = [(lives, one) for lives, one in register.residents_at(desk.session, flat) if not lives.is_current]
    found = next(((lives, one) for lives, one in gone if one.public_id == desk.form.get("resident")), None)
    if found is None:
        raise Refusal(tr("这个人不在搬走的名单里了，请刷新页面。"))
    _, resident = found
    desk.come_back(resident, flat)
    return _back(flat, tr("{name}又住在{label}了。", name=resident.name or "家庭成员", label=flat.label))


@page("GET", "/households/{id}/known", need="household.edit")
def known(desk: Desk) -> View:
    """Find people of other flats while one types: the fragment below the field."""
    flat = find(desk)
    return View("residents/known.html", _found(desk, flat, desk.query.get("who", "")))


def _found(desk: Desk, flat: Household, who: str) -> dict[str, Any]:
    """Return people of other flats who fit what is said of them."""
    said = who.strip()[:40]
    here = {one.id for one in roster.people_of(desk.session, flat)}
    wanted = Filter(said=said, by_phone=desk.may("phone.view"), hidden=hidden(desk))
    found = [one for one in register.people(desk.session, wanted) if one.id not in here][:OFFERED] if said else []
    rows = [(one, tr_all("、", (home.label for home in roster.homes(desk.session, one)))) for one in found]
    return {"rows": rows, "asked": bool(said)}


@page("POST", "/households/{id}/move-in", need="household.edit")
def move_in(desk: Desk) -> Redirect | View:
    """Let somebody who has a flat have this one, too; without script they are picked on a page of its own."""
    flat = find(desk)
    resident = roster.by_public_id(desk.session, desk.form.get("resident", ""))
    if resident is None and desk.form.get("who") and not desk.is_fragment:
        found = _found(desk, flat, desk.form["who"])
        return View("residents/choose.html", {"household": flat, "form": desk.form, **found})
    if resident is None:
        raise Refusal(tr("请先在下面的名单里选一个人。要加新的人，用“添加住户”。"), field="who")
    lives = roster.residence(desk.session, resident, flat)
    if lives is not None and lives.is_current:
        raise Refusal(tr("{name}已经住在{label}了。", name=resident.name or "这个人", label=flat.label))
    desk.move_in(resident, flat, _role(desk), on=_moved_in(desk))
    return _back(flat, tr("{name}现在也住在{label}。", name=resident.name or "家庭成员", label=flat.label))


@page("POST", "/households/{id}/unbind", need="household.edit")
def unbind(desk: Desk) -> Redirect:
    """Let somebody's WeChat account go, and tell them."""
    flat = find(desk)
    resident = resident_of(desk, flat)
    if resident.openid is None:
        raise Refusal(tr("这位居民没有绑定微信。"))
    desk.tell(resident, "household.unbound", flat=flat.label)
    desk.unbind(resident)
    return _back(flat, tr("已解除{name}的微信绑定，已告诉本人。", name=resident.name or "家庭成员"))


@page("POST", "/households/{id}/block", need="household.edit")
def block(desk: Desk) -> Redirect:
    """Let somebody's account go and keep it from this flat until it is let in again."""
    flat = find(desk)
    resident = resident_of(desk, flat)
    if resident.openid is None:
        raise Refusal(tr("这位居民没有绑定微信，没有账号可以拦住。"))
    desk.record("account.blocked", about(flat))
    desk.tell(resident, "household.blocked", flat=flat.label)
    desk.object_to(resident.openid, flat, "blocked")
    left = tr_all("、", (home.label for home in roster.homes(desk.session, resident))) if resident.openid else ""
    ended = tr("它还绑定着{left}", left=left) if left else tr("绑定已解除")
    return _back(flat, tr("这个微信不能再绑定这一户，{ended}。弄错了，可以在下面“放行”。", ended=ended))


@page("POST", "/households/{id}/forgive", need="household.edit")
def forgive(desk: Desk) -> Redirect:
    """Let an account in again."""
    flat = find(desk)
    blocked = (one.openid for one in register.objected(desk.session, flat.key))
    openid = next((one for one in blocked if account_key(one) == desk.form.get("account")), None)
    if openid is None:
        raise Refusal(tr("这个微信已经放行了，请刷新页面。"))
    register.forgive(desk.session, openid, flat.key)
    desk.record("account.let_in", about(flat))
    return _back(flat, tr("已放行，这个微信可以再绑定这一户了。"))


def _back(flat: Household, note: str) -> Redirect:
    return Redirect(f"/console/households/{flat.id}", note)


def _number(desk: Desk) -> tuple[str, str, str]:
    """Return building, unit and room as a roster file that says the same would have them: 03 is 3, a is A, 2单元 is 2."""
    said = {name: desk.form.get(name, "").strip() for name in ("building", "unit", "room")}
    if not said["building"] or not said["room"]:
        raise Refusal(
            tr("楼栋和房号都要写，例如楼栋 3、单元 2、房号 501。没有单元的可以不写单元。"),
            field=("room" if said["building"] else "building"),
        )
    building, unit, room = rosterfile.flat_of(**said)
    if max(map(len, (building, unit, room))) > PART:
        raise Refusal(tr("楼栋、单元和房号都最多 {PART} 个字，只写号码，例如 3、2、501。", PART=PART), field="building")
    return building, unit, room


def _refuse_known(desk: Desk, wanted: Household, own: Household | None = None) -> None:
    same = select(Household).where(
        Household.building == wanted.building, Household.unit == wanted.unit, Household.room == wanted.room
    )
    found = desk.session.exec(same).first()
    if found is not None and (own is None or found.id != own.id):
        raise Refusal(tr("名册里已经有{label}了。", label=wanted.label), field="room")


def _asked_of_building(desk: Desk, wanted: Household, own: Household | None = None) -> View | None:
    """Return the page that asks whether a building is meant that the roster does not have; None for one it has, or that is meant."""
    known = {building for building, _, _ in register.buildings(desk.session)} - {""}
    if not known or wanted.building in {*known, roster.SHOP} or desk.form.get("sure"):
        return None
    here = f"/console/households/{own.id}" if own else "/console/households"
    values = {"wanted": wanted, "own": own, "back": here, "action": f"{here}/number" if own else here}
    return View("residents/building.html", values, 422)


def _role(desk: Desk) -> ResidentRole:
    said = desk.form.get("role", "")
    if said not in list(ResidentRole):
        raise Refusal(tr("请选身份：业主、租户、家属或同住人。"), field="role")
    return ResidentRole(said)


def _tags(desk: Desk) -> list[str]:
    said = desk.form.get("tags", "")
    for sign in "，,;、；":
        said = said.replace(sign, " ")
    tags = list(dict.fromkeys(said.split()))
    if len(tags) > TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise Refusal(
            tr("标签最多 {TAGS} 个，每个最多 {LONGEST_TAG} 个字，用空格隔开。", TAGS=TAGS, LONGEST_TAG=LONGEST_TAG), field="tags"
        )
    return tags


def _short(said: str, longest: int, what: str) -> str:
    said = " ".join(said.split())
    if len(said) > longest:
        raise Refusal(
            tr("{what}最多 {longest} 个字，现在有 {said} 个。", what=what, longest=longest, said=len(said)), field="name"
        )
    return said


def _moved_in(desk: Desk) -> date | None:
    day = _day(desk, "since")
    if day is not None and day > desk.now.date():
        raise Refusal(tr("搬入的日期还没有到。到那天再登记：登记了就算住在这里，能绑定微信、请访客。"), field="since")
    return day


def _day(desk: Desk, field: str) -> date | None:
    said = desk.form.get(field, "").strip()
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Refusal(tr("日期请写成 2026-03-11 这样。"), field=field) from None


ROUTES: tuple[Page, ...] = (add_flat, renumber, add, correct, leave, come_back, known, move_in, unbind, block, forgive)
