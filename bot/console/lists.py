"""The pages of the lists that services declare: a list, a file of it, acts on ticked rows and their taking back, kept views."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import parse_qsl

from bot.contract import Desk, Download, Page, Redirect, Services, View, page
from bot.contract.access import START
from bot.contract.bulk import MOST, run, take_back, told
from bot.contract.listpage import KINDS, Asked, file, view
from bot.contract.listpage import keys as every_key
from bot.contract.lists import Listing
from bot.errors import Refusal
from bot.store import undos, views
from bot.translation import tr, tr_all

#: Name of the field that says which list a form was sent from, as its address does.
FROM = "from"

#: Before the key of a row, in the name of the field that ticks it.
TICK = "row."

#: Name of the field that ticks all rows on all pages.
EVERY = "every"


def pages(services: Services) -> tuple[Page, ...]:
    """Return the pages that all lists share."""
    return (
        page("POST", "/undo/{undo_step}", need=START)(partial(_undo, services)),
        page("POST", "/views/{saved_view}/forget", need=START)(partial(_forget, services)),
    )


def pages_of(*listings: Listing) -> tuple[Page, ...]:
    """Return the pages of some lists: each itself first, its acts last."""
    return tuple(one for listing in listings for one in _pages_of(listing))


def _pages_of(listing: Listing) -> Iterator[Page]:
    yield page("GET", listing.path, need=listing.need, title=listing.title, nav=listing.nav, badge=listing.badge)(
        partial(_show, listing)
    )
    yield page("POST", f"{listing.path}/views", need=listing.need)(partial(_keep, listing))
    for kind in KINDS:
        title = tr("{title}（{kind}）", title=listing.title, kind=kind.upper())
        yield page("GET", f"{listing.path}/export.{kind}", need=listing.need, title=title)(partial(_file, listing, kind))
    if listing.acts:
        yield page("GET", f"{listing.path}/bulk", need=listing.need)(partial(_lead_back, listing))
        yield page("POST", f"{listing.path}/bulk", need=listing.need)(partial(_act, listing))


def _show(listing: Listing, desk: Desk) -> View:
    return view(desk, listing, desk.query)


def _file(listing: Listing, kind: str, desk: Desk) -> Download:
    if not desk.may(listing.file_need):
        raise Refusal(
            tr(
                "导出列表需要{holders}的账号。需要的话请联系管理员。",
                holders=tr_all("、", desk.access.holders(listing.file_need)),
            )
        )
    return file(desk, listing, desk.query, kind)


def _act(listing: Listing, desk: Desk) -> View | Redirect:
    """Do something with the ticked rows; what is refused is said on the list, where they stay ticked."""
    keys = [name.removeprefix(TICK) for name in desk.form if name.startswith(TICK)]
    query = dict(parse_qsl(desk.form.get(FROM, "")))
    act = next((one for one in listing.acts if one.name == desk.form.get("act")), None)
    try:
        if act is None:
            raise Refusal(tr("请选择要做什么。"))
        if desk.form.get(EVERY):
            keys = every_key(desk, Asked.of(listing, query), MOST)
        done = run(desk, listing, act, keys, desk.form)
    except Refusal as refusal:
        if desk.is_fragment:  # said beside the acts, and all that is ticked stays
            raise
        desk.session.rollback()
        return view(desk, listing, query, 422, refused=str(refusal), ticked=frozenset(keys), written=desk.form)
    same = tr("另有 {same} {unit}本来就是这样。", same=done.same, unit=listing.unit) if done.same else ""
    left = tr("没有改的：{told}", told=told(done.refused)) if done.refused else ""
    asked = Asked.of(listing, query)
    address = asked.address(page=asked.page)
    return Redirect(
        address,
        tr(
            "{title}：{changed} {unit}，完成。{same}{left}",
            title=act.title,
            changed=done.changed,
            unit=listing.unit,
            same=same,
            left=left,
        )[:180],
    )


def _lead_back(listing: Listing, _desk: Desk) -> Redirect:
    """Lead whoever opens the address of the form again to the list."""
    return Redirect(f"/console{listing.path}")


def _undo(services: Services, desk: Desk) -> Redirect:
    """Take back one's own last act."""
    step = undos.find(desk.session, desk.params["undo_step"], desk.staff.id or 0, desk.now)
    listing = services.lists.get(step.list) if step else None
    act = next((one for one in listing.acts if step and one.name == step.act), None) if listing else None
    if step is None or listing is None or act is None or not desk.may(listing.need):
        raise LookupError(desk.params["undo_step"])
    back, kept = take_back(desk, listing, act, step)
    said = tr("撤销了 {back} {unit}。", back=back, unit=listing.unit) if back else tr("没有可以撤销的。")
    changed = tr("有 {kept} {unit}同事后来改过，保持现在的样子。", kept=kept, unit=listing.unit) if kept else ""
    return Redirect(_back(desk, listing), said + changed)


def _keep(listing: Listing, desk: Desk) -> Redirect:
    """Keep a list as it is filtered and sorted, under a name."""
    name = "".join(desk.form.get("name", "").split())
    if not name or len(name) > views.LONGEST:
        raise Refusal(tr("请给视图起个名字，最多 {LONGEST} 个字，例如：本周超时。", LONGEST=views.LONGEST), field="name")
    asked = Asked.of(listing, dict(parse_qsl(desk.form.get(FROM, ""))))
    is_shared = "shared" in desk.form
    views.keep(desk.session, listing.name, desk.staff.id or 0, name, asked.query, desk.now, is_shared=is_shared)
    return Redirect(
        asked.address(),
        tr(
            "存好了“{name}”，在列表上面点它就能回到这里{is_shared}。",
            name=name,
            is_shared=tr("，同事也看得到") if is_shared else "",
        ),
    )


def _forget(services: Services, desk: Desk) -> Redirect:
    """Take a view of one's own away."""
    view = views.find(desk.session, desk.params["saved_view"], desk.staff.id or 0)
    listing = services.lists.get(view.list) if view else None
    if view is None or listing is None or view.staff_id != desk.staff.id or not desk.may(listing.need):
        raise LookupError(desk.params["saved_view"])
    desk.session.delete(view)
    return Redirect(f"/console{listing.path}", tr("视图“{name}”删掉了，列表里的内容都在。", name=view.name))


def _back(desk: Desk, listing: Listing) -> str:
    """Return where somebody was: the list as they had it, or another view of it."""
    if desk.form.get(FROM, "") in (to for _, to in listing.tabs):
        return f"/console{desk.form[FROM]}"
    return Asked.of(listing, dict(parse_qsl(desk.form.get(FROM, "")))).address()
