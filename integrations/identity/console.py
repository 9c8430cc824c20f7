"""Finding out who somebody is that named a flat and could not prove it: which flat, and which person of it."""

import re
from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from bot.contract import (
    Conversation,
    Desk,
    Evidence,
    Household,
    Line,
    Page,
    Redirect,
    Refusal,
    Resident,
    Task,
    View,
    is_unreadable,
    page,
    roster,
    row_id,
    tr,
    tr_all,
    veiled_phone,
)
from bot.contract.listpage import part
from integrations.identity import binding, requests
from integrations.identity.binding import Flat

#: Requests on one page.
SHOWN = 4

#: Longest name that is taken.
LONGEST = 40


@page("GET", "/flats", need=requests.NEED, title=tr("核对住址"), nav=tr("居民"))
def waiting(desk: Desk) -> View:
    """Show the flats that residents named and the roster does not know."""
    tasks = desk.session.exec(
        select(Task).where(Task.kind == "identity.confirm", col(Task.closed_at).is_(None)).order_by(col(Task.opened_at))
    ).all()
    found = part(tasks, desk.query, "/flats", SHOWN)
    if found.rows:
        desk.read(requests.NEED, *(task.about for task in found.rows))
    return View("identity/flats.html", {"found": found, "rows": [_row(desk, task) for task in found.rows]})


@page("GET", "/flats/search", need=requests.NEED)
def search(desk: Desk) -> View:
    """Find flats while one types: the fragment below the field."""
    flats = binding.search(desk.session, desk.query.get("flat", ""))
    return View("identity/found.html", {"choices": _choices(desk, flats), "asked": bool(desk.query.get("flat", "").strip())})


def _row(desk: Desk, task: Task) -> dict[str, Any]:
    """Return what helps to decide: who asks, what they said last, the flat they named and who lives there, or else flats that look alike."""
    said_flat = binding.said_in(task)
    named = binding.find_flat(desk.session, *said_flat.parts)
    talk = desk.session.get(Conversation, task.openid) if task.openid else None
    last = select(Line.text).where(Line.openid == task.openid, Line.speaker == "resident").order_by(col(Line.id).desc()).limit(3)
    said = desk.session.exec(last).all() if task.openid else []
    return {
        "task": task, "choices": _choices(desk, [named] if named else binding.near_flats(desk.session, *said_flat.parts)), "is_known": named is not None,
        "talk": talk.public_id if talk else "",
        "said": list(reversed(said)), "phones": _phones(said),
        "name": task.data.get("name", ""), "knows_number": bool(task.data.get("knows_number")),
    }  # fmt: skip


def _choices(desk: Desk, flats: Sequence[Household]) -> list[tuple[Household, list[tuple[Resident, str]]]]:
    """Return flats and who is on the roster there, with as much of their numbers as tells whether the caller knows them."""
    people = binding.people_of(desk.session, flats)
    return [(flat, [(one, _veiled(one.phone)) for one in people[flat.key]]) for flat in flats]


def _veiled(phone: str) -> str:
    return phone if is_unreadable(phone) or not phone else veiled_phone(phone)


@page("POST", "/flats/people/{key}/phone", need="phone.view", reads=True)
def phone(desk: Desk) -> View:
    """Show the whole number of somebody, so that a call can settle it: the fragment beside their name."""
    resident = roster.by_public_id(desk.session, desk.params["key"])
    if resident is None:
        raise LookupError(desk.params["key"])
    desk.read_phones(resident.about)
    return View("identity/phone.html", {"number": resident.phone})


def _phones(said: Sequence[str]) -> list[str]:
    """Return the mobile numbers that the resident wrote."""
    return list(dict.fromkeys(number for text in said for number in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)))


@page("POST", "/flats/{id}/confirm", need=requests.NEED)
def confirm(desk: Desk) -> Redirect:
    """Bind who asked to the person the staff chose, or to a new one of the flat they chose; a flat that is new is added."""
    task = requests.answerable(desk, desk.params["id"])
    flat, person = _chosen(desk, task)
    name = desk.form.get("name", "").strip()[:LONGEST]
    if person is None:
        _require_new(desk, flat, name or str(task.data.get("name", "")))
    elif person.openid is not None:  # they have another account now, and staff have made sure that it is them
        desk.tell(person, "identity.changed", flat=flat.label)
        desk.unbind(person, "changed")
    desk.close(task, tr("已绑定{label}", label=flat.label))
    resident = requests.approve(desk, task, flat, person, Evidence.STAFF, name=name)
    return Redirect(
        "/console/flats", tr("{name}已绑定{label}，已告诉本人和家里人。", name=resident.name or "这位居民", label=flat.label)
    )


@page("POST", "/flats/{id}/refuse", need=requests.NEED)
def refuse(desk: Desk) -> Redirect:
    """Tell the resident that the flat was not found."""
    task = requests.answerable(desk, desk.params["id"])
    requests.refuse(desk, task)
    desk.close(task, tr("未通过"))
    return Redirect("/console/flats", tr("已拒绝，已告诉居民。"))


def _chosen(desk: Desk, task: Task) -> tuple[Household, Resident | None]:
    """Return the flat that was chosen, and the person of it; None for somebody who is not on the roster yet."""
    kind, _, key = desk.form.get("household", "").partition(":")
    if kind == "new":
        return _added(desk, binding.said_in(task)), None
    if kind in ("person", "anew"):
        public_id, _, home = key.partition(":")
        person = roster.by_public_id(desk.session, public_id)
        homes = roster.homes(desk.session, person) if person else []
        flat = next((one for one in homes if str(one.id) == home), None)
        if person is None or flat is None:
            raise Refusal(tr("名册里没有这个人了，请刷新页面。"))
        if person.openid is not None and kind == "person":
            raise Refusal(
                tr(
                    "{name}已经绑定了另一个微信。是本人换了微信，请刷新页面后再选一次；是家里另一个人，选“家里的另一个人”。",
                    name=person.name or "这位居民",
                )
            )
        return flat, person
    number = row_id(key or kind)
    found = desk.session.get(Household, number) if number is not None else _typed(desk)
    if found is None:
        raise Refusal(
            tr(
                "请选一个人或一户；人不在名册里，选那一户下面的“家里的另一个人，名册里还没有”；上面没有那一户，在“别的一户”里按楼栋房号找。"
            ),
            field="flat",
        )
    return found, None


def _require_new(desk: Desk, flat: Household, name: str) -> None:
    """Raise Refusal for a second row of somebody whom the flat has: two of a name in a flat are told apart by no file and no search."""
    if name and any(one.name == name for one in roster.people_of(desk.session, flat)):
        raise Refusal(
            tr(
                "{label}的名册里已经有{name}了，请在上面选本人，换了微信的也选本人。真有两位同名的，把姓名写得不一样，例如：{name}（小）。",
                label=flat.label,
                name=name,
            ),
            field="name",
        )


def _added(desk: Desk, said: Flat) -> Household:
    if not said.room:
        raise Refusal(tr("居民已离开，说过的住址已删除，没有可以加入名册的。请点“拒绝”。"))
    known = binding.find_flat(desk.session, *said.parts)
    if known is not None:  # somebody has added it meanwhile
        return known
    flat = Household(building=said.building, unit=said.unit, room=said.room)
    desk.session.add(flat)
    desk.session.flush()
    return flat


def _typed(desk: Desk) -> Household | None:
    """Return the flat that was typed, for browsers without scripts; several of them are asked back."""
    typed = desk.form.get("flat", "").strip()
    found = binding.search(desk.session, typed)
    exact = [flat for flat in found if typed in (flat.label, f"{flat.building}-{flat.unit}-{flat.room}")]
    if len(exact or found) > 1:
        raise Refusal(
            tr(
                "“{typed}”有好几户：{label}。请写全，例如{label2}。",
                typed=typed[:20],
                label=tr_all("、", (flat.label for flat in found)),
                label2=found[0].label,
            ),
            field="flat",
        )
    return next(iter(exact or found), None)


ROUTES: tuple[Page, ...] = (waiting, search, phone, confirm, refuse)
