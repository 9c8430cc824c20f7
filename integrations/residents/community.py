"""The community itself: what it is called, how the office is reached and when, and its buildings."""

import re
from datetime import time

from bot.contract import Community, Desk, Page, Redirect, Refusal, View, checked_phone, page, register, tr, tr_all

#: Longest name, phone number and address.
NAME, PHONE, ADDRESS = 40, 40, 100

#: Names of before that are still understood.
EARLIER = 20

DAYS = {"1": tr("周一"), "2": tr("周二"), "3": tr("周三"), "4": tr("周四"), "5": tr("周五"), "6": tr("周六"), "7": tr("周日")}


@page("GET", "/community", need="community.edit", title=tr("小区资料"), nav=tr("管理"))
def show(desk: Desk) -> View:
    """Show what residents are told of the community, and its buildings."""
    office = desk.context.office
    return View(
        "residents/community.html",
        {
            "own": _own(desk), "opens": f"{office.opens:%H:%M}", "closes": f"{office.closes:%H:%M}", "days": DAYS,
            "open_days": {str(day) for day in office.days}, "places": register.buildings(desk.session),
        },
    )  # fmt: skip


@page("POST", "/community", need="community.edit")
def change(desk: Desk) -> Redirect:
    """Change it. Commands and rosters that say the old name go on meaning this community."""
    own = _own(desk)
    name, phone, address = (" ".join(desk.form.get(field, "").split()) for field in ("name", "phone", "address"))
    for field, said, longest, what in (
        ("name", name, NAME, tr("名称")), ("phone", phone, PHONE, tr("电话")), ("address", address, ADDRESS, tr("地址")),
    ):  # fmt: skip
        if len(said) > longest:
            raise Refusal(
                tr("{what}最多 {longest} 个字，现在有 {said} 个。", what=what, longest=longest, said=len(said)), field=field
            )
    if not name:
        raise Refusal(tr("请写小区的名称，居民和同事都看它。"), field="name")
    phone = phone if phone == own.phone else checked_phone(phone)
    other = register.community_by_name(desk.session, own.appid, name)
    if other is not None and other.id != own.id:
        raise Refusal(tr("同一个公众号里已经有“{name}”了（或者它以前叫这个名字），请换一个。", name=name), field="name")
    hours, days = _hours(desk), "".join(day for day in DAYS if desk.form.get(f"day.{day}"))
    if not days:
        raise Refusal(tr("请至少选一天上班。"), field="day.1")
    office = desk.context.office
    before = {
        "名称": own.name, "电话": own.phone, "地址": own.address, "上班时间": f"{office.opens:%H:%M}-{office.closes:%H:%M}",
        "上班的日子": "".join(map(str, sorted(office.days))),
    }  # fmt: skip
    after = {"名称": name, "电话": phone, "地址": address, "上班时间": hours, "上班的日子": days}
    changed = [what for what in after if before[what] != after[what]]
    if not changed:
        return Redirect("/console/community", tr("没有什么要改的。"))
    if name != own.name:
        own.earlier_names = [one for one in dict.fromkeys([own.name, *own.earlier_names]) if one != name][:EARLIER]
    own.name, own.phone, own.address = name, phone, address
    if "上班时间" in changed:
        own.office_hours = hours
    if "上班的日子" in changed:
        own.office_days = days
    desk.session.add(own)
    desk.record("community.changed", "", what=tr_all("、", changed))
    return Redirect("/console/community", tr("{changed}改好了，马上对居民生效。", changed=tr_all("、", changed)))


def _own(desk: Desk) -> Community:
    return desk.session.get_one(Community, desk.community.key)


def _hours(desk: Desk) -> str:
    opens, closes = desk.form.get("opens", ""), desk.form.get("closes", "")
    if not all(re.fullmatch(r"\d\d:\d\d", said) for said in (opens, closes)):
        raise Refusal(tr("上班和下班的时间请写成 08:30 这样。"), field="opens")
    try:
        if time.fromisoformat(opens) < time.fromisoformat(closes):
            return f"{opens}-{closes}"
    except ValueError:
        raise Refusal(tr("上班和下班的时间请写成 08:30 这样。"), field="opens") from None
    raise Refusal(tr("下班要比上班晚。"), field="closes")


ROUTES: tuple[Page, ...] = (show, change)
