"""Texts to write notices from: those that ship, those that the office keeps, and old notices written once more."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.contract import Desk, Page, Redirect, Refusal, View, notices, page, tr
from bot.contract.listpage import part
from integrations.notices import after

#: Texts of the office's own on one page.
SHOWN = 6


@dataclass(frozen=True)
class Shipped:
    """A text that comes with Linli; ＿＿ is to be filled in."""

    name: str
    title: str
    body: str


#: By the key that stands in addresses.
SHIPPED: Mapping[str, Shipped] = {
    "water": Shipped(tr("停水"), "＿＿月＿＿日停水", "{称呼}您好：\n因＿＿，＿＿月＿＿日＿＿点到＿＿点{房号}所在楼栋停水。请提前储水，出门前关好水龙头。\n提前恢复会再通知。"),
    "power": Shipped("停电", "＿＿月＿＿日停电", "{称呼}您好：\n因＿＿，＿＿月＿＿日＿＿点到＿＿点停电，电梯也会停。请不要在那段时间乘电梯，冰箱里的东西请提前安排。"),
    "lift": Shipped("电梯检修", "＿＿栋电梯检修", "＿＿月＿＿日＿＿点到＿＿点，＿＿栋＿＿单元电梯检修，暂时不能乘坐。家里有老人、行动不便的，要帮忙请打物业电话。"),
    "drill": Shipped("消防演练", "＿＿月＿＿日消防演练", "＿＿月＿＿日＿＿点在＿＿举行消防演练，会响警铃、有烟，是演练，请不要惊慌，也不用报警。"),
    "fee": Shipped("缴费提醒", "物业费缴费提醒", "{称呼}您好：\n{房号}＿＿年＿＿季度的物业费请在＿＿月＿＿日前缴。已经缴过的请不用理会。"),
    "clean": Shipped("外墙清洗、消杀", "＿＿月＿＿日＿＿", "＿＿月＿＿日＿＿点到＿＿点＿＿。请关好门窗、收好晾晒的衣物，看好老人、孩子和宠物。"),
}  # fmt: skip


def of(desk: Desk, key: str) -> dict[str, str]:
    """Return the fields of the form for a text; raises LookupError."""
    kept = notices.text_by_key(desk.session, key)
    found = kept or SHIPPED.get(key)
    if found is None:
        raise LookupError(key)
    return {"title": found.title, "body": found.body}


def choices(desk: Desk) -> list[tuple[str, str]]:
    """Return the texts that one can begin with: key and name, the office's own first."""
    own = [(one.public_id, one.name) for one in notices.kept_texts(desk.session)]
    return [*own, *((key, one.name) for key, one in SHIPPED.items())]


@page("GET", "/notices/texts", need="notice.draft", title=tr("通知的模板"))
def listed(desk: Desk) -> View:
    """List the texts, and take a new one."""
    return _listed(desk)


@page("POST", "/notices/texts", need="notice.draft", title=tr("通知的模板"))
def keep(desk: Desk) -> Redirect | View:
    """Keep a text under a name."""
    form = desk.form
    try:
        title, body = notices.words(form.get("title", ""), form.get("body", ""))
        notices.check_variables(title, body)
        row = notices.keep_text(desk.session, form.get("name", ""), title, body, desk.now)
    except Refusal as refusal:
        desk.session.rollback()
        return _listed(desk, refusal)
    return Redirect("/console/notices/texts", tr("模板“{name}”存好了。", name=row.name))


@page("POST", "/notices/texts/{id}/forget", need="notice.draft")
def forget(desk: Desk) -> Redirect:
    """Forget a text of the office's own."""
    row = notices.text_by_key(desk.session, desk.params["id"])
    if row is None:
        raise LookupError(desk.params["id"])
    notices.forget_text(desk.session, row)
    return Redirect("/console/notices/texts", tr("模板“{name}”删掉了。", name=row.name))


@page("POST", "/notices/{id}/copy", need="notice.draft")
def copy(desk: Desk) -> Redirect:
    """Write an old notice once more, as a draft."""
    old = after.find(desk)
    new = notices.copy(desk.session, old, desk.now, desk.staff.id)
    desk.record("notice.drafted", f"notice:{new.public_id}")
    return Redirect(f"/console/notices/{new.public_id}/edit", tr("照《{title}》写了一份草稿，改好日期再发。", title=old.title))


def _listed(desk: Desk, refusal: Refusal | None = None) -> View:
    own = part(notices.kept_texts(desk.session), desk.query, "/notices/texts", SHOWN)
    shown = {"rows": own.rows, "part": own, "shipped": SHIPPED.items(), "variables": notices.VARIABLES}
    form = desk.form or (of(desk, desk.query["from"]) if desk.query.get("from") else {})
    return View(
        "notices/texts.html",
        {
            **shown,
            "form": form,
            "fault": str(refusal or ""),
            "refusal": refusal,
            "title_limit": notices.TITLE,
            "body_limit": notices.BODY,
        },
        422 if refusal else 200,
    )


ROUTES: tuple[Page, ...] = (listed, keep, forget, copy)
