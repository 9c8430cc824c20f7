"""Everybody and every flat in a list: searched while one types, filtered, tagged in bulk, taken along as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col

from bot.contract import (
    Act,
    Cell,
    Choice,
    Column,
    Desk,
    Household,
    Listing,
    Narrowed,
    Question,
    Refusal,
    Resident,
    ResidentRole,
    register,
    roster,
    tr,
    tr_all,
)
from bot.contract.lists import Options
from bot.contract.register import Filter
from integrations.residents.phones import masked

#: Longest tag.
LONGEST_TAG = 20

#: Tags of one person at most.
TAGS = 20

_BOUND = {"yes": True, "no": False}

#: Who is listed, by whether they live here; the usual is who does.
LIVES: Mapping[str, str] = {"now": tr("住在这里的"), "gone": tr("已搬走的")}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with their flats and what they are there: those they have, else those they had."""

    one: Resident
    flats: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Home:
    """A flat with who lives there."""

    flat: Household
    people: Sequence[Resident]


# ------------------------------------------------------------------ what is asked for


def hidden(desk: Desk) -> frozenset[str]:
    """Return the tags that this person may not read, as they are looked for: of somebody's health."""
    if desk.access.reads_health(desk.staff.role):
        return frozenset()
    return frozenset(tag for tag in register.tags_as_typed(desk.session) if desk.veil(tag) != tag)


def _require_readable(desk: Desk, tag: str) -> None:
    """Refuse to say who has a tag that this person may not read."""
    if desk.veil(tag) != tag:
        raise Refusal(
            tr("这个标签说的是健康情况，您的账号不能看，也不能按它找人、加上或去掉。需要的话请联系能看健康信息的同事。")
        )


def _wanted(desk: Desk, said: str, chosen: Mapping[str, str]) -> Filter:
    tag = chosen["tag"][:LONGEST_TAG]
    _require_readable(desk, tag)
    building, _, unit = chosen["place"].partition("|")
    role, lives = chosen["role"], chosen.get("lives", "now")
    return Filter(
        said=said, building=building[:40], unit=unit[:40], tag=tag, role=ResidentRole(role) if role in list(ResidentRole) else None,
        is_bound=_BOUND.get(chosen["bound"]), is_gone={"now": False, "gone": True}.get(lives), by_phone=desk.may("phone.view"),
        hidden=hidden(desk),
    )  # fmt: skip


def _people(desk: Desk, said: str, chosen: Mapping[str, str]) -> Narrowed:
    fits, found = register.people_who(desk.session, _wanted(desk, said, chosen))
    return Narrowed(fits=fits, found=found)


def _homes(desk: Desk, said: str, chosen: Mapping[str, str]) -> Narrowed:
    fits, found = register.flats_that(desk.session, _wanted(desk, said, chosen))
    return Narrowed(fits=fits, found=found)


def _places(desk: Desk) -> Options:
    places: dict[str, str] = {}
    for building, unit, _ in register.buildings(desk.session):
        places[f"{building}|"] = roster.label_of(building)
        if unit:
            places[f"{building}|{unit}"] = roster.label_of(building, unit)
    return places


def _tags(desk: Desk) -> Options:
    """Return the tags to choose from; also one that an address asks for and that is none of the frequent."""
    known = readable_tags(desk)
    asked = desk.query.get("tag", "").strip()[:LONGEST_TAG]
    return {tag: tag for tag in ([*known, asked] if asked and asked not in known else known)}


def readable_tags(desk: Desk) -> list[str]:
    """Return the frequent tags of people here, without those that this person may not read."""
    return [tag for tag in register.tags(desk.session) if desk.veil(tag) == tag][: register.TAGS]


FILTERS = (
    Choice(name="place", title=tr("楼栋"), options=_places),
    Choice(name="role", title=tr("身份"), options=lambda desk: {role.value: words for role, words in roster.RESIDENT_ROLE_WORDS.items()}),
    Choice(name="tag", title=tr("标签"), options=_tags),
    Choice(name="bound", title=tr("微信"), options=lambda desk: {"yes": tr("已绑定微信"), "no": tr("没绑定微信")}),
)  # fmt: skip


# ------------------------------------------------------------------ what is shown


def _with_flats(desk: Desk, rows: Sequence[Resident]) -> list[Person]:
    words = roster.RESIDENT_ROLE_WORDS
    found: dict[int, list[tuple[str, str]]] = {one.key: [] for one in rows}
    left: dict[int, list[tuple[str, str]]] = {}
    for lives, flat in roster.residences_of_all(desk.session, list(found)):
        if lives.is_current:
            found[lives.resident_id].append((flat.label, words[lives.role]))
        else:
            left.setdefault(lives.resident_id, []).append((flat.label, tr("{words}，已搬走", words=words[lives.role])))
    return [Person(one=one, flats=found[one.key] or left.get(one.key, [])) for one in rows]


def _with_people(desk: Desk, rows: Sequence[Household]) -> list[Home]:
    living = roster.people_by_flat(desk.session, [flat.key for flat in rows])
    return [Home(flat=flat, people=living[flat.key]) for flat in rows]


def _badges(desk: Desk, one: Resident) -> list[Cell]:
    return [Cell(words=desk.veil(tag), tone="blue") for tag in one.tags]


def _who(desk: Desk, home: Home) -> list[str | Cell]:
    said: list[str | Cell] = []
    for one in home.people:
        said += [one.name or tr("家庭成员"), *_badges(desk, one)]
    return said


def _phone_in_file(desk: Desk, row: Person) -> str:
    """Return a number for a file: whole for who may see it so, which is written down."""
    if row.one.phone:
        desk.read_phones()
    return row.one.phone if desk.may("phone.view") else masked(row.one.phone)


def _theirs(desk: Desk, _rows: Sequence[Any]) -> Mapping[str, Any]:
    """Return what services find by the same words, such as whose car it is; and the tags that are offered while one writes."""
    said = desk.query.get("q", "").strip()[:80]
    theirs = desk.context.services.find(desk, said) if said else ()
    labels = {flat: home.label for _, flat, _ in theirs if (home := desk.session.get(Household, flat))}
    return {
        "theirs": [(title, flat, labels[flat], words) for title, flat, words in theirs if flat in labels],
        "tags": () if desk.is_fragment else readable_tags(desk),
    }


# ------------------------------------------------------------------ tags of several at once


def _tag_of(desk: Desk, answers: Mapping[str, str]) -> str:
    """Return the tag that was written; raises Refusal for what is none, or may not be read."""
    said = "".join(answers["tag"].split())
    if not said or len(said) > LONGEST_TAG or set(said) & set(",，;；、"):
        raise Refusal(tr("请写一个标签，最多 {LONGEST_TAG} 个字，不带逗号和分号，例如：独居老人。", LONGEST_TAG=LONGEST_TAG))
    _require_readable(desk, said)
    return said


def _tag(desk: Desk, one: Resident, answers: Mapping[str, str]) -> None:
    said = _tag_of(desk, answers)
    if said in one.tags:
        return
    if len(one.tags) >= TAGS:
        raise Refusal(tr("已经有 {TAGS} 个标签了，请先去掉一个", TAGS=TAGS))
    one.tags = [*one.tags, said]
    desk.session.add(one)
    desk.record("resident.tagged", one.about)


def _untag(desk: Desk, one: Resident, answers: Mapping[str, str]) -> None:
    said = _tag_of(desk, answers)
    if said not in one.tags:
        return
    one.tags = [kept for kept in one.tags if kept != said]
    desk.session.add(one)
    desk.record("resident.untagged", one.about)


def _asks_tag(title: str) -> tuple[Question, ...]:
    return (Question(name="tag", title=title, longest=LONGEST_TAG * 2, offered="tags"),)


ACTS = (
    Act(
        name="tag", title=tr("加上标签"), need="household.edit", run=_tag, keeps=("tags",), asks=_asks_tag(tr("标签，例如 独居老人")),
        put_back=lambda desk, one: desk.record("resident.untagged", one.about),
    ),
    Act(
        name="untag", title=tr("去掉标签"), need="household.edit", run=_untag, keeps=("tags",), asks=_asks_tag(tr("去掉哪个标签")),
        put_back=lambda desk, one: desk.record("resident.tagged", one.about),
    ),
)  # fmt: skip

_FINDS = tr("房号、姓名、拼音 cjg、电话后四位、车牌、标签")

PEOPLE = Listing(
    name="people",
    title=tr("居民"),
    path="/people",
    need="household.view",
    nav=tr("居民"),
    unit=tr("人"),
    table=Resident,
    key=lambda row: str(row.one.public_id),
    key_column=Resident.public_id,
    order="flat",
    columns=(
        Column(name="flat", title=tr("住址"), says=lambda desk, row: tr_all("、", (flat for flat, _ in row.flats)) or tr("没有住址"), sort=(Household.place,)),
        Column(name="name", title=tr("姓名"), says=lambda desk, row: row.one.name or tr("家庭成员"), filed=lambda desk, row: row.one.name),
        Column(name="role", title=tr("身份"), says=lambda desk, row: tr_all("、", (role for _, role in row.flats))),
        Column(name="phone", title=tr("电话"), says=lambda desk, row: masked(row.one.phone), filed=_phone_in_file),
        Column(
            name="tags", title=tr("标签"), says=lambda desk, row: _badges(desk, row.one),
            filed=lambda desk, row: tr_all("；", (desk.veil(tag) for tag in row.one.tags)),
        ),
        Column(
            name="bound", title=tr("微信"), says=lambda desk, row: tr("已绑定") if row.one.openid else tr("没绑定"),
            filed=lambda desk, row: tr("是") if row.one.openid else tr("否"),
        ),
    ),
    filters=(*FILTERS, Choice(name="lives", title=tr("住没住"), options=lambda desk: LIVES, usual="now")),
    base=lambda desk: (col(Resident.merged_into_id).is_(None),),
    beside=((Household, col(Household.id) == col(Resident.household_id)),),
    narrow=_people,
    finds=_FINDS,
    is_for_finding=True,
    load=_with_flats,
    to=lambda row: f"/households/{row.one.household_id}",
    called=lambda one: one.name or tr("一位没有姓名的家庭成员"),
    acts=ACTS,
    template="residents/people.html",
    around=_theirs,
    file_need="people.export",
    empty=(tr("还没有居民"), tr("名册导入后，居民会出现在这里。也可以先到“住户”里加一户，再写上住在那里的人。")),
)  # fmt: skip

HOUSEHOLDS = Listing(
    name="households",
    title=tr("住户"),
    path="/households",
    need="household.view",
    nav=tr("居民"),
    unit=tr("户"),
    table=Household,
    key=lambda row: str(row.flat.id),
    key_column=Household.id,
    order="flat",
    columns=(
        Column(name="flat", title=tr("住址"), says=lambda desk, row: row.flat.label, sort=(Household.place,)),
        Column(
            name="people", title=tr("住在这里的人"), says=lambda desk, row: _who(desk, row) or Cell(small=tr("没有人")),
            filed=lambda desk, row: tr_all("；", (one.name or tr("家庭成员") for one in row.people)),
        ),
        Column(name="bound", title=tr("已绑定微信"), says=lambda desk, row: f"{sum(bool(one.openid) for one in row.people)} / {len(row.people)}"),
    ),
    filters=FILTERS,
    narrow=_homes,
    finds=_FINDS,
    is_for_finding=True,
    load=_with_people,
    to=lambda row: f"/households/{row.flat.id}",
    template="residents/households.html",
    around=_theirs,
    file_need="people.export",
    empty=(tr("还没有住户"), tr("导入名册后，每一户会出现在这里；也可以在下面先加一户。")),
)  # fmt: skip

LISTS = (PEOPLE, HOUSEHOLDS)
