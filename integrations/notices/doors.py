"""An important notice that somebody has not acknowledged: reminded once, then on a list of doors to knock at."""

from datetime import timedelta
from typing import Any

from bot.contract import (
    Delivery,
    Desk,
    Download,
    Notice,
    Page,
    Reading,
    Redirect,
    Refusal,
    View,
    Work,
    job,
    notices,
    page,
    page_number,
    receipts,
    row_id,
    sheets,
    tr,
    veiled_phone,
)
from bot.contract.access import PHONES
from bot.contract.receipts import Door
from integrations.notices import after
from integrations.notices.pages import PATH

#: People who are reminded in one transaction.
AT_ONCE = 500


@job(timedelta(minutes=1))
def chase(work: Work) -> None:
    """Remind once who has not acknowledged an important notice in time; not at night."""
    if notices.quiet_of(notices.policy_of(work.session)).until(work.now):
        return
    for notice in receipts.chasing(work.session, work.now):
        notices.lock(work.session, notice)
        silent = receipts.silent(work.session, notice, work.now - timedelta(minutes=notice.chase_after), AT_ONCE)
        for told in silent:
            _remind(work, notice, told)
        if silent:
            work.record("notice.chased", f"notice:{notice.public_id}", people=len(silent))


def _remind(work: Work, notice: Notice, told: Delivery) -> None:
    title = notices.fill_variables(notice.title, told.payload.get("told") or {})
    work.tell(
        told.openid,
        "notice.chased",
        url=work.link(PATH.format(delivery=told.id)),
        heading=tr("请确认：{title}", title=title),
        title=title,
    )
    told.chased_at = work.now
    work.session.add(told)


@page("GET", "/notices/{id}/doors", need="notice.draft", title=tr("上门告知名单"))
def listed(desk: Desk) -> View:
    """List who is to be told at the door, with flat, phone and reason, and who was, by whom and when."""
    notice = after.find(desk)
    after.require_readable(desk, notice)
    found = receipts.doors(desk.session, notice, desk.now, page_number(desk.query))
    desk.read_phones(*(f"resident:{one.public_id}" for one in found.rows if one.phone))
    return View("notices/doors.html", {"notice": notice, "found": found, **_counted(desk, notice), "is_paper": False})


@page("GET", "/notices/{id}/doors/paper", need="notice.draft", title=tr("上门告知名单"))
def paper(desk: Desk) -> View:
    """Give the whole list to be printed, with a box for each door."""
    notice = after.find(desk)
    after.require_readable(desk, notice)
    rows = receipts.all_doors(desk.session, notice, desk.now)
    desk.read_phones()
    values = notices.values_of_variables("", tr("您家"), notice.published_at or desk.now)
    words = {name: notices.fill_variables(said, values) for name, said in (("title", notice.title), ("body", notice.body))}
    return View("notices/doors_paper.html", {"notice": notice, "rows": rows, "words": words, **_counted(desk, notice)})


@page("GET", "/notices/{id}/doors.csv", need="notice.draft", title=tr("上门告知名单"))
def table(desk: Desk) -> Download:
    """Give the whole list as a table; phones are whole for who may see them so."""
    notice = after.find(desk)
    after.require_readable(desk, notice)
    is_whole = desk.may(PHONES)
    rows = [
        (one.flat, one.name, one.phone if is_whole else veiled_phone(one.phone) if one.phone else "", one.why, one.visitor, _at(one))
        for one in receipts.all_doors(desk.session, notice, desk.now)
    ]  # fmt: skip
    if is_whole:
        desk.read_by_now.append(Reading(what=tr("居民完整的电话号码"), is_export=True))
    desk.read_by_now.append(Reading(what=tr("上门告知名单"), is_export=True))
    body = sheets.table((tr("住址"), tr("姓名"), tr("电话"), tr("原因"), tr("谁上门告知了"), tr("什么时候")), rows).encode()
    return Download(body=body, content_type="text/csv", filename=tr("上门告知 {now:%Y-%m-%d}.csv", now=desk.now))


@page("POST", "/notices/{id}/doors", need="notice.draft")
def visit(desk: Desk) -> Redirect:
    """Note that somebody was told at the door, or take that back."""
    notice = after.find(desk)
    told = row_id(desk.form.get("told", "")) or 0
    is_back = desk.form.get("back") == "1"
    if not receipts.visit(desk.session, notice, told, None if is_back else desk.staff.id, desk.now):
        raise Refusal(tr("名单里没有这个人。请刷新页面再试。"))
    desk.record("notice.visited", f"notice:{notice.public_id}", back=is_back)
    at = page_number(desk.form)
    return Redirect(
        f"/console/notices/{notice.public_id}/doors{f'?page={at}' if at > 1 else ''}", tr("改回“还没告知”了。") if is_back else ""
    )


def _counted(desk: Desk, notice: Notice) -> dict[str, Any]:
    asked, done = receipts.visits(desk.session, notice, desk.now)
    return {
        "asked": asked, "done": done, "at": desk.now, "over": receipts.why_over(desk.session, notice, desk.now),
        "settled": receipts.settled(desk.session, notice, desk.now),
    }  # fmt: skip


def _at(one: Door) -> str:
    return f"{one.delivery.visited_at:%Y-%m-%d %H:%M}" if one.delivery.visited_at else ""


ROUTES: tuple[Page, ...] = (listed, paper, table, visit)
