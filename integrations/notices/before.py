"""Before a notice is published: how it will look, who will get it by which channel, who will get nothing, and its pictures."""

import re
from collections.abc import Mapping
from typing import Any

from bot.contract import (
    Desk,
    Download,
    Notice,
    NoticeState,
    Page,
    Reading,
    Refusal,
    View,
    notices,
    page,
    page_number,
    sheets,
    tr,
    tr_all,
    whom,
    wording,
)
from bot.contract.notices import CHANNEL_WORDS, Audience, NoticeKind, NoticeVersion
from integrations.notices import kinds, letter, texts, times
from integrations.notices.pages import PATH

#: People on one page of a list.
PAGE = 50

_LINE = re.compile(r"(?:joint|pick|more)-\d")


@page("POST", "/notices/reach", need="notice.draft", reads=True)
def reach(desk: Desk) -> View:
    """Count, while one writes, who would be told: the fragment beside the form. A hundred flats are longer than an address."""
    try:
        audience = whom.audience_of(desk, desk.form)
    except Refusal as refusal:
        return View("notices/reach.html", {"reach": None, "fault": str(refusal), "is_alone": True})
    waits = desk.form.get("kind", NoticeKind.EVERYDAY) == NoticeKind.EVERYDAY
    values = {
        "reach": notices.count(desk, audience),
        "ways": desk.context.ways,
        "fault": "",
        "night": kinds.night(desk) if waits else "",
        "is_alone": True,
    }
    return View("notices/reach.html", values)


@page("POST", "/notices/left-out", need="notice.draft", title=tr("谁收不到"), reads=True, form="/notices/new")
def left_out(desk: Desk) -> View:
    """List who would get nothing, with name, flat and reason."""
    audience = whom.audience_of(desk, desk.form)
    found, why = notices.count(desk, audience), desk.form.get("why", "")
    who = desk.form.get("who", "")
    rows = found.by(who if who in CHANNEL_WORDS else "") if who else found.left_out(why)
    last = max(-(-len(rows) // PAGE), 1)
    at = min(page_number(desk.form), last)
    kept = {name: value for name, value in desk.form.items() if name in {"to", "notice", "draft"} or _LINE.fullmatch(name)}
    return View(
        "notices/left_out.html",
        {
            "kept": kept, "to": audience.label, "why": why, "who": who, "reach": found, "rows": rows[(at - 1) * PAGE : at * PAGE],
            "total": len(rows), "at": at, "last": last, "ways": CHANNEL_WORDS,
        },
    )  # fmt: skip


@page("POST", "/notices/left-out.csv", need="notice.draft", title=tr("收不到通知的名单"), reads=True, form="/notices/new")
def left_out_csv(desk: Desk) -> Download:
    """Give everybody the notice is for as a table, with the channel or the reason why there is none."""
    found = notices.count(desk, whom.audience_of(desk, desk.form))
    rows = [(one.flat, one.name, CHANNEL_WORDS.get(one.channel, ""), one.reason) for one in found.everyone]
    desk.read_by_now.append(Reading(what=tr("通知发送名单"), is_export=True))
    body = sheets.table((tr("住址"), tr("姓名"), tr("会用什么方式发"), tr("收不到的原因")), rows).encode()
    return Download(body=body, content_type="text/csv", filename=tr("通知发送名单 {now:%Y-%m-%d}.csv", now=desk.now))


def around(desk: Desk, form: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page of the form shows of it: the preview, and who would be told, where anybody who can be read is named."""
    try:
        audience = whom.audience_of(desk, form)
        reach = notices.count(desk, audience)
    except Refusal:
        audience, reach = None, None
    limits = {
        "line_limit": notices.LINE,
        "correction_limit": notices.CORRECTION,
        "variables": notices.VARIABLES,
        "texts": texts.choices(desk),
        "shown_of_title": wording.THING_LENGTH if _has_card(desk) else 0,
    }
    notice = written(form)
    notice.audience = audience.to_json() if audience else {}
    return {
        **look(desk, notice, images_of(desk, form)), **limits, **pictures_of(desk, form), "reach": reach, "ways": desk.context.ways, "is_alone": False,
    }  # fmt: skip


def draft_of(desk: Desk, form: Mapping[str, str]) -> Notice | None:
    """Return the notice that a form goes on with, where there is one."""
    return notices.by_public_id(desk.session, form["draft"]) if form.get("draft") else None


def images_of(desk: Desk, form: Mapping[str, str]) -> tuple[str, ...]:
    """Return the addresses of the pictures of a form's draft."""
    notice = draft_of(desk, form)
    return images(desk, notice) if notice else ()


def pictures_of(desk: Desk, form: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form shows of pictures."""
    notice = draft_of(desk, form)
    found = notices.pictures(desk.session, notice) if notice else ()
    can_add = len(found) < notices.PICTURES and (
        notice is None or notice.state is NoticeState.DRAFT or times.is_changeable(notice)
    )
    return {"pictures": found, "most_pictures": notices.PICTURES, "can_add": can_add, "picture_said": ""}


def _has_card(desk: Desk) -> bool:
    """Tell whether some get a message of fields, which shows the title alone."""
    return bool(desk.context.ways.template or desk.context.ways.subscription)


def look(desk: Desk, notice: Notice, images: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return both forms and the page of a notice as they will be, with what will be cut."""
    title, body = notice.title or tr("标题"), notice.body or tr("内容")
    doubt, values = "", dict[str, str]()
    if notices.has_variables(title, body):
        values = notices.sample(desk, Audience.from_json(notice.audience))
        title, body, doubt = *(notices.fill_variables(text, values) for text in (title, body)), _unknown(title, body)
    shown_title = notices.title_of(notice, title)
    shown = Notice(
        title=title, body=body, place=notice.place, contact=notice.contact, signer=notice.signer, asks=notice.asks, kind=notice.kind, until=notice.until,
        version=notice.version, correction=notice.correction, state=notice.state, rule=notice.rule,
    )  # fmt: skip
    url, fields = desk.link(PATH.format(delivery=10**9)), wording.fields(shown_title, desk.now)
    return {
        "letter": letter.of(shown, desk.community, notice.published_at or desk.now, images, now=desk.now), "unknown": doubt,
        "sample": tr_all("", (values['称呼'], "（", values['房号'], "）",)) if values else "",
        "chat": wording.with_page(notices.text_of(notice, title, body), url, asks=notice.asks),
        "fields": [(wording.FIELD_NAMES[name], value) for name, value in fields.items()], "cut": _cut(shown_title, fields["thing1"]),
        "has_template": bool(desk.context.ways.template), "community": desk.community,
        "card_words": tr_all("、", [words for words, way in ((tr("模板消息"), desk.context.ways.template), (tr("订阅通知"), desk.context.ways.subscription)) if way]),
    }  # fmt: skip


def _unknown(*said: str) -> str:
    """Return what staff are told of a variable that there is none of; empty where there are only known ones."""
    try:
        notices.check_variables(*said)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _cut(title: str, shown: str) -> str:
    """Return what staff are told of a title that does not fit a template's field; empty where it does."""
    if shown == title:
        return ""
    if len(title) > wording.THING_LENGTH:
        return tr(
            "标题 {title} 个字，模板消息里最多显示 {THING_LENGTH} 个，居民会看到“{shown}”。要紧的话请写在前面。",
            title=len(title),
            THING_LENGTH=wording.THING_LENGTH,
            shown=shown,
        )
    return tr("模板消息里不能有表情和换行，居民会看到“{shown}”。", shown=shown)


def images(desk: Desk, notice: Notice) -> tuple[str, ...]:
    """Return the addresses of a notice's pictures in the console."""
    return tuple(f"/console/notices/{notice.public_id}/pictures/{one}" for one in notices.pictures(desk.session, notice))


def written(form: Mapping[str, str]) -> Notice:
    """Return what the form says as a notice that is kept nowhere."""
    return Notice(
        title=form.get("title", "").strip()[: notices.TITLE], body=form.get("body", "").replace("\r\n", "\n").strip()[: notices.BODY],
        place=form.get("place", "").strip(), contact=form.get("contact", "").strip(), signer=form.get("signer", "").strip(),
        asks=form.get("asks") == "1" or form.get("kind") == NoticeKind.IMPORTANT, kind=_kind(form),
        version=kinds.version_of(form) if form.get("corrects") else NoticeVersion.FIRST,
        correction=form.get("correction", "").strip() if form.get("corrects") else "",
        state=NoticeState.DRAFT,
    )  # fmt: skip


def _kind(form: Mapping[str, str]) -> NoticeKind:
    try:
        return kinds.kind_of(form)
    except Refusal:  # told where it is sent
        return NoticeKind.EVERYDAY


ROUTES: tuple[Page, ...] = (reach, left_out, left_out_csv)
