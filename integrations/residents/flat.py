"""The page of one flat: who lives and lived there, and everything that is under way."""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import segno
from sqlmodel import col, or_, select

from bot.contract import (
    Call,
    Conversation,
    Delivery,
    Desk,
    Download,
    Event,
    Household,
    Notice,
    Page,
    Redirect,
    Refusal,
    Resident,
    Task,
    View,
    Work,
    cards,
    effect,
    notices,
    page,
    personal,
    register,
    roster,
    row_id,
    tasks,
    tr,
    tr_all,
)
from bot.contract.listpage import part
from integrations.residents import corrections
from integrations.residents.phones import masked

#: Notices and events shown.
NOTICES, EVENTS = 10, 40

#: People on one page of a flat: a dormitory has more.
PEOPLE = 4


@page("GET", "/households/{id}", need="household.view", title=tr("住户"))
def show(desk: Desk) -> View:
    """Show a flat: its people, what is to be done for it, and the cards of all services that this person may see."""
    household = find(desk)
    at_home = register.residents_at(desk.session, household)
    people = [one for lives, one in at_home if lives.is_current]
    shown = part([row for row in at_home if row[0].is_current], desk.query, f"/households/{household.key}", PEOPLE)
    told = cards.shown(desk, household, people)
    waiting = _open(desk, household, people)
    for task in waiting:
        desk.read(task.need, task.about)
    live = sorted(
        {"resident", "task", "household", "account"}.union(
            *(one.stirs for one in desk.context.services.integrations if one.cards)
        )
    )
    return View(
        "residents/flat.html",
        {
            "household": household, "people": [_row(desk, lives, one, household) for lives, one in shown.rows], "part": shown,
            "gone": [(lives, one) for lives, one in at_home if not lives.is_current], "cards": told, "tasks": waiting,
            "live": live, "notices": _notices(desk, [one for _, one in at_home]), "events": _events(desk, household, [one for _, one in at_home]),
            "blocked": [(account_key(one.openid), one.at, _whose(desk, one.openid)) for one in register.objected(desk.session, household.key)],
            "roles": roster.RESIDENT_ROLE_WORDS, "today": f"{desk.now:%Y-%m-%d}", "code": register.paper(desk.session, household),
        },
    )  # fmt: skip


@page("POST", "/households/{id}/export", need="people.export")
def export(desk: Desk) -> Download:
    """Give all that is known of somebody, for a resident who asks to see what is kept about them.

    It is whole or it is none, so it takes whoever may read all of it: words of health and whole numbers, too.
    """
    if not (desk.access.reads_health(desk.staff.role) and desk.may("phone.view")):
        raise Refusal(tr("导出的是全部信息，要能看健康信息和完整电话的同事来导出。需要的话请联系管理员。"))
    resident = resident_of(desk, find(desk))
    everything = json.dumps(personal.export(desk, resident), ensure_ascii=False, indent=2)
    desk.record("people.exported", resident.about)
    name = tr("{name}的信息 {now:%Y-%m-%d}.json", name=resident.name or "家庭成员", now=desk.now)
    return Download(body=everything.encode(), content_type="application/json", filename=name)


@page("GET", "/households/{id}/code", need="household.edit", title=tr("住户码"))
def code(desk: Desk) -> View:
    """Show the flat's code as it is printed and handed over."""
    household = find(desk)
    found = register.paper(desk.session, household)
    picture = (
        segno.make_qr(found.url, error="m").svg_data_uri(light="white", dark="black", border=4, scale=8)
        if found and found.url
        else ""
    )
    return View("residents/code.html", {"household": household, "code": found, "picture": picture})


@page("POST", "/households/{id}/code", need="household.edit")
def make_code(desk: Desk) -> Redirect:
    """Make the flat's code, or a new one: the paper of before then opens nothing."""
    household = find(desk)
    is_new = register.paper(desk.session, household) is None
    paper = register.paper_of(desk.session, household, desk.now, renew=True)
    desk.perform(draw, key=hashlib.sha256(paper.code.encode()).hexdigest()[:16], subject=about(household), code=paper.code)
    desk.record("household.code_made" if is_new else "household.code_renewed", about(household))
    note = tr("住户码做好了，打印后交给这一户。") if is_new else tr("换了新的住户码，旧的已作废，请重新打印。")
    return Redirect(f"/console/households/{household.id}/code", note)


def _drawn(work: Work, subject: str, drawn: str) -> None:
    """Keep what the picture of a flat's code holds; of one that was renewed meanwhile nothing."""
    code, _, url = drawn.partition(" ")
    flat = work.session.get(Household, row_id(subject.partition(":")[2]))
    paper = register.paper(work.session, flat) if flat else None
    if paper is not None and paper.code == code:
        paper.url = url
        work.session.add(paper)
        work.record("household.code_drawn", subject)


@effect("household.code", timeout=timedelta(seconds=10), retries=(timedelta(seconds=2), timedelta(seconds=10)), then=_drawn)
async def draw(call: Call, *, code: str) -> str:
    """Ask WeChat for a permanent code that says `code`; returns that and what the picture holds.

    Source: developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html
    """
    answer = await call.wechat.qrcode.create({"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": code}}})
    return f"{code} {answer['url']}"


def find(desk: Desk) -> Household:
    """Return the flat that the address names."""
    number = row_id(desk.params["id"])
    household = desk.session.get(Household, number) if number else None
    if household is None:
        raise LookupError(desk.params["id"])
    return household


def about(household: Household) -> str:
    """Return what events call a flat."""
    return f"household:{household.key}"


def resident_of(desk: Desk, household: Household) -> Resident:
    """Return whom a form on the flat's page means: somebody who lives there."""
    found = [one for one in roster.people_of(desk.session, household) if one.public_id == desk.form.get("resident", "")]
    if not found:
        raise Refusal(tr("名册里没有这个人了，请刷新页面。"))
    return found[0]


def account_key(openid: str) -> str:
    """Return what forms call a WeChat account: openids stand on no page."""
    return hashlib.sha256(openid.encode()).hexdigest()[:16]


def _row(desk: Desk, lives: Any, resident: Resident, household: Household) -> dict[str, Any]:
    talk = desk.session.get(Conversation, resident.openid) if resident.openid else None
    evidence = roster.binding_of(desk.session, resident)
    others = [flat for flat in roster.homes(desk.session, resident) if flat.id != household.id]
    return {
        "one": resident, "lives": lives, "role": roster.RESIDENT_ROLE_WORDS[lives.role], "phone": masked(resident.phone),
        "talk": talk.public_id if talk else "", "evidence": roster.EVIDENCE_WORDS[evidence.evidence] if evidence else "",
        "others": others, "is_last": not others, "mergers": register.mergers_of(desk.session, resident, desk.now), "asked": corrections.asked(desk, resident),
    }  # fmt: skip


def _open(desk: Desk, household: Household, people: Sequence[Resident]) -> list[Task]:
    openids = {one.openid for one in people if one.openid}
    return [task for task in tasks.open_of(desk.session, openids, household.id) if desk.may(task.need)]


def _notices(desk: Desk, people: Sequence[Resident]) -> list[tuple[Notice, str, str, Any]]:
    """Return the last notices that went to people of the flat: to whom, and what became of it."""
    names = {one.id: one.name or tr("家庭成员") for one in people}
    sent = (
        select(Delivery, Notice)
        .join(Notice, col(Notice.id) == col(Delivery.notice_id))
        .where(col(Delivery.resident_id).in_(names))
    )
    rows = desk.session.exec(sent.order_by(col(Delivery.id).desc()).limit(NOTICES)).all() if desk.may("notice.view") else ()
    return [(notice, names[one.resident_id], notices.STATE_WORDS[one.state], one.updated_at) for one, notice in rows]


def _events(desk: Desk, household: Household, people: Sequence[Resident]) -> list[tuple[Any, str, str]]:
    """Return what happened to the flat and to its people, the newest first, in words."""
    stayed = {one.id: one for one in people}
    names = {one.about: one.name or tr("家庭成员") for one in people}
    names |= {one.about: stayed[one.merged_into_id].name or tr("家庭成员") for one in roster.also_known(desk.session, people)}
    theirs = select(Event).where(*desk.seen_events(), or_(col(Event.subject) == about(household), col(Event.subject).in_(names)))
    found = desk.session.exec(theirs.order_by(col(Event.id).desc()).limit(EVENTS)).all()
    elsewhere = {key for event in found if (key := event.data.get("household")) not in (None, household.key)}
    flats = {
        one.key: tr("（{label}）", label=one.label)
        for one in desk.session.exec(select(Household).where(col(Household.id).in_(elsewhere)))
    }
    who = desk.names({event.actor for event in found})
    said = ((event, desk.context.services.say(event, desk.now)) for event in found)
    return [
        (
            event.at,
            tr_all("", ((tr("{name}：", name=names[event.subject]) if event.subject in names else ""), words, flats.get(event.data.get("household") or 0, ""))),
            who[event.actor],
        )
        for event, words in said if words
    ]  # fmt: skip


def _whose(desk: Desk, openid: str) -> str:
    """Return who an account was bound to."""
    found = roster.ever_bound(desk.session, openid)
    return found[-1].name or tr("家庭成员") if found else tr("没有绑定过的微信")


ROUTES: tuple[Page, ...] = (show, export, code, make_code)
