"""Everybody and every flat in a list: searched while one types, filtered, tagged in bulk, taken along as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from bot.contract import (
    Desk,
    Download,
    Household,
    Page,
    Redirect,
    Refusal,
    Resident,
    ResidentRole,
    View,
    page,
    page_number,
    register,
    roster,
    sheets,
)
from bot.contract.listpage import KINDS
from bot.contract.register import Filter
from integrations.residents.phones import masked

#: Longest tag.
LONGEST_TAG = 20

#: Tags of one person at most.
TAGS = 20

_BOUND = {"yes": True, "no": False}


@page("GET", "/people", need="household.view", title="居民", nav="居民")
def people(desk: Desk) -> View:
    """List the people, in the order of their flats."""
    return _listed(desk, desk.query)


@page("GET", "/households", need="household.view", title="住户", nav="居民")
def households(desk: Desk) -> View:
    """List the flats, with who lives there."""
    wanted = _wanted(desk, desk.query)
    found = register.flats(desk.session, wanted, page_number(desk.query))
    living = roster.people_by_flat(desk.session, [flat.key for flat in found.rows])
    rows = [(flat, living[flat.key]) for flat in found.rows]
    return View("residents/households.html", _around(desk, "/households", wanted, found) | {"rows": rows})


@page("POST", "/people/tag", need="household.edit")
def tag(desk: Desk) -> View:
    """Give a tag to those who are chosen, or take it from them; the list is shown again with a button that takes it back.

    It leads nowhere else: names, phones and tags would stand in an address, which browsers and proxies write down.
    """
    adds = desk.form.get("do") != "remove"
    try:
        said, chosen = _tagging(desk, adds)
    except Refusal as refusal:  # said on the page itself: whom one has ticked stays ticked
        return replace(
            _listed(desk, _asked_for(desk), refused=str(refusal), ticked=_ticked(desk), written=desk.form.get("tag", "")),
            status=422,
        )
    changed = [one for one in chosen if (said in one.tags) is not adds]
    for one in changed:
        one.tags = [*one.tags, said] if adds else [kept for kept in one.tags if kept != said]
        desk.session.add(one)
        desk.record("resident.tagged" if adds else "resident.untagged", one.about)
    desk.session.flush()
    already = f"，{len(chosen) - len(changed)} 人本来就是这样" if len(changed) < len(chosen) else ""
    note = f"给 {len(changed)} 人{'加上' if adds else '去掉'}了“{said}”{already}。"
    back = {"do": "remove" if adds else "add", "tag": said, "who": [one.public_id for one in changed]}
    undo = back if changed and not desk.form.get("undoes") else None
    return _listed(desk, _asked_for(desk), note=note, undo=undo)


def _tagging(desk: Desk, adds: bool) -> tuple[str, list[Resident]]:
    """Return the tag that was written and who is ticked; raises Refusal for what is no tag, or nobody."""
    said = "".join(desk.form.get("tag", "").split())
    if not said or len(said) > LONGEST_TAG or set(said) & set(",，;；、"):
        raise Refusal(f"请写一个标签，最多 {LONGEST_TAG} 个字，不带逗号和分号，例如：独居老人。")
    _require_readable(desk, said)
    chosen = [one for key in _ticked(desk) if (one := roster.by_public_id(desk.session, key))]
    if not chosen:
        raise Refusal("还没有选人。请在名单里勾选要加标签的人。")
    if full := [one for one in chosen if adds and said not in one.tags and len(one.tags) >= TAGS]:
        raise Refusal(f"{full[0].name or '有一位居民'}已经有 {TAGS} 个标签了，请先去掉一个。")
    return said, chosen


def _ticked(desk: Desk) -> list[str]:
    return [name.removeprefix("who.") for name in desk.form if name.startswith("who.")]


def _asked_for(desk: Desk) -> Mapping[str, str]:
    """Return the list that a form was sent from, as an address says it."""
    return {**desk.form, "tag": desk.form.get("filtered", "")}


@page("GET", "/people/tag", need="household.view")
def tagged(_desk: Desk) -> Redirect:
    """Lead whoever opens the address of the form again to the list."""
    return Redirect("/console/people")


def _listed(desk: Desk, asked: Mapping[str, str], **around: Any) -> View:
    wanted = _wanted(desk, asked)
    found = register.people(desk.session, wanted, page_number(asked))
    flats = _flats_of(desk, found.rows)
    rows = [(one, flats[one.key], masked(one.phone)) for one in found.rows]
    return View(
        "residents/people.html",
        _around(desk, "/people", wanted, found)
        | {"rows": rows, "undo": None, "refused": "", "ticked": (), "written": ""}
        | around,
    )


@page("POST", "/people/export", need="people.export")
def export(desk: Desk) -> Download:
    """Give all who are listed as a table for Excel."""
    wanted = _wanted(desk, desk.form)
    found = register.all_people(desk.session, wanted)
    flats = _flats_of(desk, found)
    in_full = desk.may("phone.view")
    if any(one.phone for one in found):
        desk.read_phones()
    rows = [
        (
            flat, role, one.name, one.phone if in_full else masked(one.phone), "；".join(desk.veil(tag) for tag in one.tags),
            "是" if one.openid else "否",
        )
        for one in found for flat, role in flats[one.key] or [("", "")]
    ]  # fmt: skip
    desk.record("people.listed", "", people=len(found))
    name, head = f"{desk.community.name}居民名单 {desk.now:%Y-%m-%d}", ("住址", "身份", "姓名", "电话", "标签", "绑定微信")
    if desk.form.get("as") == "xlsx":
        return Download(body=sheets.workbook(head, rows), content_type=KINDS["xlsx"], filename=f"{name}.xlsx")
    return Download(body=sheets.table(head, rows).encode(), content_type=KINDS["csv"], filename=f"{name}.csv")


def hidden(desk: Desk) -> frozenset[str]:
    """Return the tags that this person may not read, as they are looked for: of somebody's health."""
    if desk.access.reads_health(desk.staff.role):
        return frozenset()
    return frozenset(tag for tag in register.tags_as_typed(desk.session) if desk.veil(tag) != tag)


def _require_readable(desk: Desk, tag: str) -> None:
    """Refuse to say who has a tag that this person may not read."""
    if desk.veil(tag) != tag:
        raise Refusal("这个标签说的是健康情况，您的账号不能看，也不能按它找人、加上或去掉。需要的话请联系能看健康信息的同事。")


def _wanted(desk: Desk, asked: Mapping[str, str]) -> Filter:
    tag = asked.get("tag", "").strip()[:LONGEST_TAG]
    _require_readable(desk, tag)
    building, _, unit = asked.get("place", "").partition("|")
    role = asked.get("role", "")
    return Filter(
        said=asked.get("q", "").strip()[:80], building=building[:40], unit=unit[:40], tag=tag,
        role=ResidentRole(role) if role in list(ResidentRole) else None, is_bound=_BOUND.get(asked.get("bound", "")),
        is_gone=asked.get("gone") == "1", by_phone=desk.may("phone.view"), hidden=hidden(desk),
    )  # fmt: skip


def _around(desk: Desk, path: str, wanted: Filter, found: Any) -> dict[str, Any]:
    """Return what stands around a list: the filters, the pages, what services find by the same words."""
    asked = {
        "q": wanted.said, "place": f"{wanted.building}|{wanted.unit}" if wanted.building else "", "tag": wanted.tag,
        "role": str(wanted.role or ""), "bound": {True: "yes", False: "no"}.get(wanted.is_bound, "") if wanted.is_bound is not None else "",
        "gone": "1" if wanted.is_gone else "",
    }  # fmt: skip
    kept = {name: value for name, value in asked.items() if value}

    def address(page: int) -> str:
        return f"/console{path}?{urlencode({**kept, 'page': page})}"

    theirs = desk.context.services.find(desk, wanted.said) if wanted.said else ()
    labels = {flat: home.label for _, flat, _ in theirs if (home := desk.session.get(Household, flat))}
    return {
        "why_not": desk.why_not_by_phone(wanted.said), "asked": asked, "found": found, "is_filtered": bool(kept), "path": path,
        "before": address(found.page - 1) if found.page > 1 else "", "after": address(found.page + 1) if found.page < found.pages else "",
        "places": () if desk.is_fragment else register.buildings(desk.session), "roles": roster.RESIDENT_ROLE_WORDS,
        "tags": () if desk.is_fragment else [tag for tag in register.tags(desk.session) if desk.veil(tag) == tag][: register.TAGS],
        "theirs": [(title, flat, labels[flat], words) for title, flat, words in theirs if flat in labels],
    }  # fmt: skip


def _flats_of(desk: Desk, rows: Sequence[Resident]) -> dict[int, list[tuple[str, str]]]:
    """Return the flats of each, with their role there: those they have, else those they had."""
    words = roster.RESIDENT_ROLE_WORDS
    found: dict[int, list[tuple[str, str]]] = {one.key: [] for one in rows}
    left: dict[int, list[tuple[str, str]]] = {}
    for lives, flat in roster.residences_of_all(desk.session, list(found)):
        if lives.is_current:
            found[lives.resident_id].append((flat.label, words[lives.role]))
        else:
            left.setdefault(lives.resident_id, []).append((flat.label, f"{words[lives.role]}，已搬走"))
    return {key: now or left.get(key, []) for key, now in found.items()}


ROUTES: tuple[Page, ...] = (people, households, tag, tagged, export)
