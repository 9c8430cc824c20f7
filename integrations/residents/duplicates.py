"""Two rows that are one person: suggested, said to be two, looked at side by side, made one, parted again."""

from typing import Any

from bot.contract import Desk, Page, Redirect, Refusal, Resident, View, page, page_number, register, roster, tr, tr_all
from bot.contract.listpage import Part
from bot.contract.register import Filter
from integrations.residents.lists import hidden
from integrations.residents.phones import masked

#: People who are offered for a comparison.
OFFERED = 8


@page("GET", "/duplicates", need="household.edit", title=tr("重复的人"), nav=tr("居民"))
def suggested(desk: Desk) -> View:
    """List pairs that may be one person, the surest first, each with the reason; and those of which it was said that they are two."""
    found = register.suggested(desk.session, page_number(desk.query))
    before, after = (
        f"/console/duplicates?page={page}" if 0 < page <= found.pages else "" for page in (found.page - 1, found.page + 1)
    )
    shown = Part(rows=found.rows, total=found.total, page=found.page, pages=found.pages, before=before, after=after)
    return View("residents/duplicates.html", {
        "pairs": [(_told(desk, one), _told(desk, other), why) for one, other, why in shown.rows], "found": shown,
        "apart": [(said, _told(desk, one), _told(desk, other)) for said, one, other in register.dismissed(desk.session)],
    })  # fmt: skip


@page("POST", "/duplicates/dismiss", need="household.edit")
def dismiss(desk: Desk) -> Redirect:
    """Say that two are two people: they are suggested no more."""
    one, other = _two(desk, desk.form)
    if one.id == other.id:
        raise Refusal(tr("这是同一个人，请选两个人。"))
    register.dismiss(desk.session, one, other, desk.now)
    desk.record("resident.told_apart", one.about, other=other.public_id)
    return Redirect("/console/duplicates", tr("记下了，这两位不再提示。点错了，可以在下面“重新提示”。"))


@page("POST", "/duplicates/dismissed/{key}/undo", need="household.edit")
def suggest_again(desk: Desk) -> Redirect:
    """Take back that two are two people."""
    said = register.dismissal_by_public_id(desk.session, desk.params["key"])
    if said is None:
        raise LookupError(desk.params["key"])
    one, other = (desk.session.get_one(Resident, key) for key in (said.one_id, said.other_id))
    register.take_back(desk.session, said)
    desk.record("resident.not_told_apart", one.about, other=other.public_id)
    return Redirect("/console/duplicates", tr("好的，这两位如果还像同一个人，会再出现在上面。"))


@page("GET", "/duplicates/search", need="household.edit")
def search(desk: Desk) -> View:
    """Find people while one types, to choose the two: the fragment below the field."""
    said = desk.query.get("q", "").strip()[:40]
    wanted = Filter(said=said, by_phone=desk.may("phone.view"), hidden=hidden(desk))
    found = register.people(desk.session, wanted, OFFERED) if said else ()
    return View(
        "residents/candidates.html",
        {
            "rows": [_told(desk, one) for one in found],
            "asked": bool(said),
            "name": "other" if desk.query.get("as") == "other" else "one",
        },
    )


@page("GET", "/duplicates/compare", need="household.edit", title=tr("合并两个人"))
def compare(desk: Desk) -> View:
    """Show two people side by side."""
    one, other = _two(desk, desk.query)
    values = {
        "both": [_told(desk, one), _told(desk, other)],
        "refused": _refused(one, other),
        "unlike": register.unlike(one, other),
    }
    return View("residents/compare.html", values)


@page("POST", "/duplicates/merge", need="household.edit")
def merge(desk: Desk) -> Redirect:
    """Make two people one; the one who goes stays findable by their old id, and can be parted again for a month."""
    one, other = _two(desk, desk.form)
    if desk.form.get("stays") not in (one.public_id, other.public_id):
        raise Refusal(tr("请选择留下哪一位。"), field="stays")
    if refused := _refused(one, other):
        raise Refusal(refused)
    if (unlike := register.unlike(one, other)) and not desk.form.get("sure"):
        raise Refusal(
            tr("{unlike}。确认是同一个人，请在页面上打勾再合并；不是的话，请点“不是同一个人”。", unlike=tr_all("，", unlike)),
            field="sure",
        )
    stays, goes = (one, other) if desk.form["stays"] == one.public_id else (other, one)
    gone, about, home = goes.public_id, stays.about, stays.household_id
    register.merge(desk, stays, goes)
    desk.record("resident.merged", about, goes=gone)
    return Redirect(f"/console/households/{home}", tr("合并好了，两个人的记录都在一起了。弄错了，30 天内可以在这里分开。"))


@page("POST", "/duplicates/{key}/part", need="household.edit")
def part(desk: Desk) -> Redirect:
    """Take a merger back."""
    merger = register.merger_by_public_id(desk.session, desk.params["key"])
    if merger is None:
        raise LookupError(desk.params["key"])
    register.part(desk, merger)
    stays = desk.session.get_one(Resident, merger.stays_id)
    desk.record("resident.parted", stays.about)
    return Redirect(f"/console/households/{stays.household_id}", tr("分开了，又是两个人了。"))


def _two(desk: Desk, said: Any) -> tuple[Resident, Resident]:
    found = [roster.by_public_id(desk.session, said.get(name, "")) for name in ("one", "other")]
    if found[0] is None or found[1] is None:
        raise Refusal(tr("请先选两个人。"))
    return found[0], found[1]


def _refused(one: Resident, other: Resident) -> str:
    """Return why they cannot be one; empty where they can."""
    if one.id == other.id:
        return tr("这是同一个人，请选两个人。")
    return (
        tr("两个人都绑定了微信，不能合并。请先问清哪个微信是本人的，解除另一个的绑定，再来合并。")
        if one.openid and other.openid
        else ""
    )


def _told(desk: Desk, one: Resident) -> dict[str, Any]:
    lives = [
        (flat, roster.RESIDENT_ROLE_WORDS[lives.role], lives.moved_out) for lives, flat in roster.residences_of(desk.session, one)
    ]  # fmt: skip
    return {"one": one, "phone": masked(one.phone), "lives": lives}


ROUTES: tuple[Page, ...] = (suggested, dismiss, suggest_again, search, compare, merge, part)
