"""What staff see of campaigns: made, watched while they run, paused, ended, copied; who is missing, door by door, and what they said."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from sqlmodel import col, func, select

from bot.contract import (
    Cell,
    Column,
    Desk,
    Download,
    Household,
    Listing,
    Narrowed,
    Page,
    Reading,
    Redirect,
    Refusal,
    Resident,
    Staff,
    View,
    asked_in,
    consents,
    notices,
    page,
    page_number,
    roster,
    sheets,
    telling,
    temperatures,
    tr,
    tr_all,
    veiled_phone,
    whom,
)
from bot.contract.access import PHONES
from bot.contract.listpage import KINDS
from bot.contract.lists import EXPORT
from integrations.health import campaigns, noted, tasks
from integrations.health.campaigns import STATE_WORDS, Absentee, Progress, State, Window
from integrations.health.models import (
    FEVER_TENTHS,
    RANGE_TENTHS,
    Campaign,
    CheckIn,
    Stand,
    Stated,
    Tombstone,
    TookPart,
    said,
)
from integrations.health.people import Person
from integrations.health.purposes import CHECK_IN
from integrations.health.settings import Settings

#: Make campaigns; and see who is missing, and write down what they say.
HOLD, ASK = "health.campaign", "health.ask"

#: People of one building on one page of those who are missing.
DOORS = 20

#: Days of a campaign that its page offers to look back at.
LOOKS_BACK = 14

#: Characters of a name, a question, an answer.
NAME, TITLE, OPTION = 20, 40, 12

#: When people are asked unless staff say otherwise: minutes since midnight.
USUAL = 7 * 60, 10 * 60

#: Words that a value may be written as.
_VALUE = re.compile(r"\s*(\d{2})(?:[.．。点](\d))?\s*(?:度|℃)?\s*|\s*(3[4-9]|4[0-3])(\d)\s*")

FORM = "/campaigns/new"


# ------------------------------------------------------------------ the list


def _load(desk: Desk, found: Sequence[Campaign]) -> list[tuple[Campaign, State]]:
    return [(one, campaigns.state_of(one, desk.now)) for one in found]


_TONES: Mapping[State, str] = {
    State.PLANNED: "blue", State.RUNNING: "green", State.PAUSED: "yellow", State.OVER: "secondary", State.ERASED: "secondary",
}  # fmt: skip


def _narrow(desk: Desk, words: str, chosen: Mapping[str, str]) -> Narrowed:
    return Narrowed(fits=[col(Campaign.name).contains(word, autoescape=True) for word in words.split()[:3]])


LIST = Listing(
    name="campaigns",
    title=tr("健康登记"),
    path="/campaigns",
    need=ASK,
    nav=tr("服务"),
    unit=tr("次"),
    table=Campaign,
    key=lambda row: str(row[0].public_id),
    key_column=Campaign.public_id,
    order="-begins",
    columns=(
        Column(name="name", title=tr("名称"), says=lambda desk, row: row[0].name, sort=(Campaign.name,)),
        Column(name="state", title=tr("怎么样"), says=lambda desk, row: Cell(words=STATE_WORDS[row[1]], tone=_TONES[row[1]])),
        Column(name="whom", title=tr("给谁"), says=lambda desk, row: whom.label(desk, campaigns.audience(row[0]))),
        Column(name="begins", title=tr("从"), says=lambda desk, row: row[0].begins, sort=(Campaign.begins,)),
        Column(name="ends", title=tr("到"), says=lambda desk, row: row[0].ends, sort=(Campaign.ends,)),
    ),
    filters=(),
    narrow=_narrow,
    finds=tr("名称"),
    load=_load,
    reads=lambda desk, rows: desk.read(ASK),
    to=lambda row: f"/campaigns/{row[0].public_id}",
    template="health/campaigns.html",
    around=lambda desk, rows: {"may_hold": desk.may(HOLD)},
    empty=(tr("还没有健康登记"), tr("要大家每天报体温时，点“新的登记”：选人、选时间，住户在微信里回一个数就算报了。")),
)  # fmt: skip


# ------------------------------------------------------------------ making one


@page("GET", FORM, need=HOLD, title=tr("新的健康登记"))
def blank(desk: Desk) -> View:
    """Show the form: empty, or as another one is."""
    key = desk.query.get("copy") or desk.query.get("edit")
    if not key:
        return _form(desk, _usual(desk))
    campaign = campaigns.find(desk, key)
    form = _fields(desk, campaign)
    if desk.query.get("edit"):
        _require_editable(desk, campaign)
        return _form(desk, {**form, "edit": campaign.public_id})
    today = desk.now.date()
    lasts = campaign.ends - campaign.begins
    return _form(desk, {**form, "begins": today.isoformat(), "ends": (today + lasts).isoformat()})


def _usual(desk: Desk) -> dict[str, str]:
    first = desk.now.date() + timedelta(days=campaigns.minutes_of(desk.now) >= USUAL[1])
    return {
        "begins": first.isoformat(), "ends": (first + timedelta(days=6)).isoformat(), "from-0": campaigns.clock(USUAL[0]), "to-0": campaigns.clock(USUAL[1]), "temperature": "on", "symptoms": "on",
        "keep": "14", "reminds": "09:00", "duty": str(desk.staff.id) if _may_read(desk, desk.staff) else "",
    }  # fmt: skip


def _may_read(desk: Desk, member: Staff) -> bool:
    return any(one.id == member.id for one in telling.may_see(desk, tasks.NEED))


def _fields(desk: Desk, campaign: Campaign) -> dict[str, str]:
    """Return the fields of a form that stand for a campaign."""
    audience = whom.shown(desk, campaigns.audience(campaign))
    form = {
        "name": campaign.name, **whom.fields_of(audience), "begins": campaign.begins.isoformat(), "ends": campaign.ends.isoformat(),
        "keep": str(campaign.keep_days), "duty": str(campaign.duty_id or ""), "reminds": "、".join(campaigns.clock(one) for one in campaign.reminds),
        "temperature": "on" if campaign.asks_temperature else "", "symptoms": "on" if campaign.asks_symptoms else "",
    }  # fmt: skip
    for number, (begins, ends) in enumerate(campaign.windows):
        form |= {f"from-{number}": campaigns.clock(begins), f"to-{number}": campaigns.clock(ends)}
    for number, asked in enumerate(campaign.questions):
        options = "" if asked.get("kind") == "flag" else "、".join(asked["options"])
        form |= {f"question-{number}": asked["title"], f"options-{number}": options}
    return form


def _form(desk: Desk, form: Mapping[str, str], refusal: Refusal | None = None, status: int = 200) -> View:
    values = {
        **whom.form_of(desk, form, "/console/campaigns", keeps=False), "form": form, "refusal": refusal, "fault": str(refusal) if refusal else "",
        "duties": telling.may_see(desk, tasks.NEED), "questions": range(campaigns.QUESTIONS), "most_days": desk.settings(Settings).keep_days,
        "name_limit": NAME, "title_limit": TITLE, **_counted(desk, form),
    }  # fmt: skip
    return View("health/campaign_form.html", values, status)


def _counted(desk: Desk, form: Mapping[str, str]) -> dict[str, Any]:
    """Return how many people the form means, and how many of them can be reached; nothing where that cannot be read yet."""
    try:
        audience = whom.audience_of(desk, form)
    except Refusal as refusal:
        return {"people": None, "whom_fault": str(refusal) if form.get("pick-0") or form.get("more-0") else ""}
    members = notices.members(desk, audience).subquery()
    bound = (
        select(func.count())
        .select_from(Resident)
        .where(col(Resident.id).in_(select(members.c[0])), col(Resident.openid).is_not(None))
    )
    return {
        "people": notices.how_many(desk, audience),
        "bound": desk.session.exec(bound).one(),
        "whom_fault": "",
        "unknown": notices.unknown_parts(desk, audience),
    }


@page("POST", "/campaigns/whom", need=HOLD, reads=True, form=FORM, title=tr("新的健康登记"))
def lines(desk: Desk) -> View:
    """Show the lines of whom it is for with one more: that part alone, or the whole form where no script runs."""
    if desk.is_fragment:
        return View("console/whom.html", whom.form_of(desk, desk.form, "/console/campaigns", keeps=False))
    return _form(desk, desk.form)


@page("POST", "/campaigns/reach", need=HOLD, reads=True, form=FORM, title=tr("新的健康登记"))
def reach(desk: Desk) -> View:
    """Count, while one picks, how many people would be asked."""
    return View("health/campaign_reach.html", _counted(desk, desk.form)) if desk.is_fragment else _form(desk, desk.form)


@page("POST", "/campaigns", need=HOLD, form=FORM, title=tr("新的健康登记"))
def make(desk: Desk) -> Redirect | View:
    """Make a campaign, or change one that has not begun; what is wrong is told at its field, and nothing typed is lost."""
    try:
        campaign = _written(desk)
    except Refusal as refusal:
        desk.session.rollback()
        return _form(desk, desk.form, refusal, 422)
    begun = campaigns.state_of(campaign, desk.now) is State.RUNNING
    words = tr("好了，今天就开始了。") if begun else tr("好了，{day} 自己开始。", day=campaign.begins)
    return Redirect(f"/console/campaigns/{campaign.public_id}", f"{words}{tr('住户在微信里直接回一句就算报了。')}")


def _written(desk: Desk) -> Campaign:
    form = desk.form
    campaign = Campaign(
        name="",
        begins=desk.now.date(),
        ends=desk.now.date(),
        keep_days=1,
        erases_on=desk.now.date(),
        made_at=desk.now,
        made_by=desk.staff.id,
    )
    if form.get("edit"):
        campaign = campaigns.locked(desk, campaigns.find(desk, form["edit"]))
        _require_editable(desk, campaign)
    campaign.name = form.get("name", "").strip()
    if not 0 < len(campaign.name) <= NAME:
        raise Refusal(tr("请起个名字，最多 {NAME} 个字，例如：流感登记。", NAME=NAME), field="name")
    audience = whom.audience_of(desk, form)
    campaign.whom = audience.to_json()
    campaign.begins, campaign.ends = _day(form, "begins"), _day(form, "ends")
    if campaign.begins < desk.now.date():
        raise Refusal(tr("开始的那天已经过去了。"), field="begins")
    if not campaign.begins <= campaign.ends <= campaign.begins + timedelta(days=campaigns.LONGEST - 1):
        raise Refusal(tr("结束要在开始那天或以后，最多 {LONGEST} 天。", LONGEST=campaigns.LONGEST), field="ends")
    campaign.windows = _windows(form)
    campaign.reminds = _reminds(form, campaign)
    if campaign.begins == desk.now.date() and campaigns.minutes_of(desk.now) >= campaign.windows[-1][1]:
        raise Refusal(
            tr("今天 {at} 已经过了，没有人来得及报。请从明天开始，或者改晚一点。", at=campaigns.clock(campaign.windows[-1][1])),
            field="begins",
        )
    campaign.asks_temperature, campaign.asks_symptoms = bool(form.get("temperature")), bool(form.get("symptoms"))
    if not campaign.asks_temperature and not campaign.asks_symptoms:
        raise Refusal(tr("体温和症状至少问一样。"), field="temperature")
    campaign.questions = _questions(form)
    campaign.keep_days = _keep(desk, form)
    campaign.erases_on = campaign.ends + timedelta(days=campaign.keep_days)
    campaign.duty_id = _duty(desk, form)
    if twice := campaigns.overlapping(desk, audience, campaign.begins, campaign.ends, campaign.id):
        other, number = twice
        raise Refusal(
            tr(
                "有 {number} 人这几天已经在“{name}”里，会被问两遍。请先结束那一次，或者换个时间、换些人。",
                number=number,
                name=other.name,
            ),
            field="pick-0",
        )
    is_new = campaign.id is None
    desk.session.add(campaign)
    desk.session.flush()
    if is_new:
        desk.record("health.campaign_made", campaign.subject)
    else:
        desk.record("health.campaign_changed", campaign.subject, change="edit")
    return campaign


def _require_editable(desk: Desk, campaign: Campaign) -> None:
    if campaigns.state_of(campaign, desk.now) is not State.PLANNED:
        raise Refusal(tr("已经开始了：问什么、存多久，住户答应的就是当时那样，不能再改。可以提前结束，再复制一次。"))


def _day(form: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(form.get(name, ""))
    except ValueError:
        raise Refusal(tr("请选好日期。"), field=name) from None


def _minutes(said: str, name: str) -> int:
    found = re.fullmatch(r"\s*([01]?\d|2[0-3])[:：]([0-5]\d)\s*", said)
    if found is None:
        raise Refusal(tr("请写几点几分，例如 09:00。"), field=name)
    return int(found[1]) * 60 + int(found[2])


def _windows(form: Mapping[str, str]) -> list[list[int]]:
    found: list[list[int]] = []
    for number in range(2):
        begins, ends = form.get(f"from-{number}", "").strip(), form.get(f"to-{number}", "").strip()
        if number and not begins and not ends:
            continue
        window = [_minutes(begins, f"from-{number}"), _minutes(ends, f"to-{number}")]
        if window[0] >= window[1] or (found and window[0] < found[-1][1]):
            raise Refusal(tr("每一段要先开始后结束，下午的在上午的以后。"), field=f"from-{number}")
        found.append(window)
    return found


def _reminds(form: Mapping[str, str], campaign: Campaign) -> list[int]:
    words = [one for one in re.split(r"[、,，;；\s]+", form.get("reminds", "").strip()) if one]
    found = sorted({_minutes(one, "reminds") for one in words})
    if len(found) > 4:
        raise Refusal(tr("一天最多提醒 4 次，多了会烦人。"), field="reminds")
    for one in found:
        if not campaigns.DAY_BEGINS <= one < campaigns.DAY_ENDS:
            raise Refusal(tr("晚上 9 点到早上 7 点不提醒。"), field="reminds")
        if one < campaign.windows[0][0]:
            raise Refusal(tr("{at} 提醒的时候还没开始报。", at=campaigns.clock(one)), field="reminds")
    return found


def _questions(form: Mapping[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number in range(campaigns.QUESTIONS):
        title = form.get(f"question-{number}", "").strip()
        options = [one for one in re.split(r"[、,，;；/\s]+", form.get(f"options-{number}", "").strip()) if one]
        if not title and not options:
            continue
        with asked_in(f"question-{number}"):
            if not 0 < len(title) <= TITLE:
                raise Refusal(tr("问题最多 {TITLE} 个字，例如：最近出过远门吗？", TITLE=TITLE))
        with asked_in(f"options-{number}"):
            if options and not 2 <= len(options) <= 6:
                raise Refusal(tr("答案写 2 到 6 个，用顿号隔开；空着就是“有、没有”。"))
            if any(len(one) > OPTION for one in options) or len(set(options)) < len(options):
                raise Refusal(tr("每个答案最多 {OPTION} 个字，不能一样。", OPTION=OPTION))
        found.append({"title": title, "options": options or ["有", "没有"], "kind": "choice" if options else "flag"})
    return found


def _keep(desk: Desk, form: Mapping[str, str]) -> int:
    said_, most = form.get("keep", "").strip(), desk.settings(Settings).keep_days
    if not (said_.isascii() and said_.isdigit() and 1 <= int(said_[:4]) <= most):
        raise Refusal(tr("结束以后存 1 到 {most} 天：住户同意的就是最多 {most} 天。", most=most), field="keep")
    return int(said_)


def _duty(desk: Desk, form: Mapping[str, str]) -> int | None:
    found = next((one for one in telling.may_see(desk, tasks.NEED) if str(one.id) == form.get("duty")), None)
    if found is None:
        raise Refusal(tr("请选谁值班：有人发热、喘不上气，马上告诉这个人。"), field="duty")
    return found.id


# ------------------------------------------------------------------ one campaign


def _window(desk: Desk, campaign: Campaign) -> Window:
    """Return the window that is asked for, else the one that counts now, or the last one where it is over."""
    last = _last_day(desk, campaign)
    asked, _, part = (desk.query.get("when") or desk.form.get("when", "")).partition("|")
    try:
        day = min(max(date.fromisoformat(asked), campaign.begins), last)
    except ValueError:
        return Window(
            campaign=campaign,
            day=last,
            part=campaigns.part_at(campaign, desk.now) if last == desk.now.date() else len(campaign.windows) - 1,
        )
    return Window(campaign=campaign, day=day, part=int(part) if part in ("0", "1") and int(part) < len(campaign.windows) else 0)


def _windows_of(campaign: Campaign, last: date) -> list[tuple[str, str]]:
    """Return the windows that may be looked at, the newest first: key -> words."""
    days = [day for back in range(LOOKS_BACK) if (day := last - timedelta(days=back)) >= campaign.begins]
    return [
        (f"{day.isoformat()}|{part}", tr("{month}月{day}日{part}", month=day.month, day=day.day, part=campaigns.part_words(campaign, part)))
        for day in days for part in reversed(range(len(campaign.windows)))
    ]  # fmt: skip


def _total(rows: Sequence[Progress]) -> Progress:
    def sum_of(name: str) -> int:
        return sum(getattr(one, name) for one in rows)

    return Progress(
        building="",
        people=sum_of("people"),
        told=sum_of("told"),
        absent=sum_of("absent"),
        unwilling=sum_of("unwilling"),
        unwell=sum_of("unwell"),
    )


@page("GET", "/campaigns/{key}", need=ASK, title=tr("健康登记"))
def show(desk: Desk) -> View:
    """Show how far it is, by building; it reads itself anew while people answer."""
    campaign = campaigns.find(desk, desk.params["key"])
    state, window = campaigns.state_of(campaign, desk.now), _window(desk, campaign)
    has_numbers = state not in (State.PLANNED, State.ERASED)
    rows = campaigns.progress(desk, window) if has_numbers else ()
    desk.read(ASK)
    stone = desk.session.exec(select(Tombstone).where(Tombstone.campaign_id == campaign.key)).first()
    duty = desk.session.get(Staff, campaign.duty_id) if campaign.duty_id else None
    values = {
        "campaign": campaign, "state": state, "state_words": STATE_WORDS[state], "tone": _TONES[state], "rows": rows, "total": _total(rows), "window": window,
        "windows": _windows_of(campaign, _last_day(desk, campaign)) if has_numbers else [], "when": f"{window.day.isoformat()}|{window.part}",
        "stone": stone, "duty": duty.name if duty else "", "label": whom.label(desk, campaigns.audience(campaign)), "may_hold": desk.may(HOLD), "reads": desk.may(tasks.NEED),
        "may_file": desk.may(EXPORT), "clock": campaigns.clock, "place": roster.label_of, "duties": telling.may_see(desk, tasks.NEED) if desk.may(HOLD) else [],
        "gone": sum(stone.counts.values()) if stone else 0, "stays": _stays(campaign, stone), "unwell": _unwell(desk, window) if desk.may(tasks.NEED) and has_numbers else 0,
    }  # fmt: skip
    return View("health/campaign.html", values)


def _last_day(desk: Desk, campaign: Campaign) -> date:
    last = min(max(desk.now.date(), campaign.begins), campaign.ends)
    return max(min(last, campaign.ended_at.date()), campaign.begins) if campaign.ended_at else last


def _stays(campaign: Campaign, stone: Tombstone | None) -> list[tuple[str, str, int, int]]:
    rows = stone.stays if stone else []
    return [(str(day), campaigns.part_words(campaign, int(part)), int(told), int(unwell)) for day, part, told, unwell in rows]


def _unwell(desk: Desk, window: Window) -> int:
    mine = select(func.count()).select_from(TookPart).where(*window.answers(), col(TookPart.is_unwell))
    return desk.session.exec(mine).one()


def _changed(desk: Desk, words: str) -> Redirect:
    return Redirect(f"/console/campaigns/{desk.params['key']}", words)


@page("POST", "/campaigns/{key}/pause", need=HOLD)
def pause(desk: Desk) -> Redirect:
    """Ask nobody until it is taken up again."""
    campaigns.pause(desk, campaigns.find(desk, desk.params["key"]))
    return _changed(desk, tr("暂停了：不提醒，住户报的也不算在里面。"))


@page("POST", "/campaigns/{key}/resume", need=HOLD)
def resume(desk: Desk) -> Redirect:
    """Take it up again."""
    campaigns.resume(desk, campaigns.find(desk, desk.params["key"]))
    return _changed(desk, tr("接着办了。"))


@page("POST", "/campaigns/{key}/end", need=HOLD)
def end(desk: Desk) -> Redirect:
    """End it before its last day."""
    campaign = campaigns.find(desk, desk.params["key"])
    campaigns.end(desk, campaign)
    return _changed(desk, tr("结束了。{day} 删除所有个人内容。", day=campaigns.find(desk, campaign.public_id).erases_on))


@page("POST", "/campaigns/{key}/duty", need=HOLD)
def change_duty(desk: Desk) -> Redirect:
    """Let somebody else be told first."""
    campaign = campaigns.locked(desk, campaigns.find(desk, desk.params["key"]))
    campaign.duty_id = _duty(desk, desk.form)
    desk.session.add(campaign)
    desk.record("health.campaign_changed", campaign.subject, change="duty")
    return _changed(desk, tr("换好了。"))


# ------------------------------------------------------------------ who is missing


@page("GET", "/campaigns/{key}/missing", need=ASK, title=tr("还没报的"))
def missing(desk: Desk) -> View:
    """Show who is still to be asked, building by building, each with a phone and a field for what they say."""
    campaign = campaigns.find(desk, desk.params["key"])
    return _missing(desk, campaign, _window(desk, campaign))


def _missing(
    desk: Desk, campaign: Campaign, window: Window, refusal: Refusal | None = None, at: str = "", status: int = 200
) -> View:
    asked = {**desk.query, **{name: desk.form[name] for name in ("building", "page", "again") if name in desk.form}}
    rows = campaigns.progress(desk, window) if campaign.erased_at is None else ()
    open_ones = [one for one in rows if one.missing]
    building = next(
        (one.building for one in rows if one.building == asked.get("building")), open_ones[0].building if open_ones else ""
    )
    here = next((one for one in rows if one.building == building), None)
    pages = max(-(-(here.missing if here else 0) // DOORS), 1)
    number = min(page_number(asked), pages)
    those = campaigns.missing_of(desk, window, building, (number - 1) * DOORS, DOORS) if here else []
    again = bool(asked.get("again"))
    if again:
        building, pages, number, those = "", 1, 1, campaigns.absent_of(desk, window, DOORS) if rows else []
    if refusal is not None and "resident" in desk.params:
        those = [*_refused(desk, those, at), *those]
    desk.read(ASK, *dict.fromkeys(one.resident.about for one in those))
    desk.read_phones(*(one.resident.about for one in those if one.resident.phone))
    values = {
        "campaign": campaign, "window": window, "when": f"{window.day.isoformat()}|{window.part}", "rows": rows, "total": _total(rows), "building": building, "again": again,
        "people": [_absentee(one) for one in those], "agreed": _agreed(desk, those), "page": number, "pages": pages, "may_file": desk.may(EXPORT), "is_now": _counts_now(desk, window),
        "fault": str(refusal) if refusal else "", "refusal": refusal, "at": at, "form": desk.form, "place": roster.label_of,
        "windows": _windows_of(campaign, _last_day(desk, campaign)), "hows": HOW_WORDS, "noted": noted.of_window(desk, window) if campaign.erased_at is None else [],
    }  # fmt: skip
    return View("health/missing.html", values, status)


def _refused(desk: Desk, those: Sequence[Absentee], at: str) -> Sequence[Absentee]:
    """Return whom a refused form was about, where the list has them no more: what was typed stands in their form."""
    if any(one.resident.public_id + one.person == at for one in those):
        return ()
    resident = roster.by_public_id(desk.session, desk.params["resident"])
    if resident is None:
        return ()
    return [Absentee(resident=resident, flat=desk.household(resident), person=desk.form.get("person", ""), answer=None)]


def _agreed(desk: Desk, those: Sequence[Absentee]) -> set[str]:
    """Return who of these has consented before, by public id: nobody reads the words to them again."""
    held = select(consents.Consent.resident_id).where(
        consents.Consent.purpose == CHECK_IN.name, col(consents.Consent.withdrawn_at).is_(None), col(consents.Consent.resident_id).in_([one.resident.key for one in those])
    )  # fmt: skip
    keys = set(desk.session.exec(held).all())
    return {one.resident.public_id for one in those if one.resident.key in keys}


def _absentee(one: Absentee) -> dict[str, Any]:
    stands = one.answer.stand if one.answer is not None else ""
    why = (
        (tr("没接电话") if one.answer is not None and one.answer.how == "phone" else tr("家里没人"))
        if stands == Stand.ABSENT
        else tr("说了没量")
        if stands == Stand.UNMEASURED
        else tr("还差问题没答")
        if one.answer is not None and one.answer.lacks
        else ""
    )
    return {
        "key": one.resident.public_id, "flat": one.flat.label, "name": one.person or one.resident.name or tr("家庭成员"), "phone": one.resident.phone,
        "of": (one.resident.name or tr("家庭成员")) if one.person else "", "person": one.person, "why": why, "bound": bool(one.resident.openid),
    }  # fmt: skip


def _counts_now(desk: Desk, window: Window) -> bool:
    campaign = window.campaign
    return (
        campaigns.state_of(campaign, desk.now) is State.RUNNING
        and window.day == desk.now.date()
        and window.part == campaigns.part_at(campaign, desk.now)
    )


@page("POST", "/campaigns/{key}/missing/{resident}", need=ASK, title=tr("还没报的"))
def asked(desk: Desk) -> Redirect | View:
    """Write down what somebody said on the phone or at the door, with their consent, or that nobody was there."""
    campaign = campaigns.find(desk, desk.params["key"])
    try:
        words = _asked(desk, campaign)
    except Refusal as refusal:
        desk.session.rollback()
        campaign = campaigns.find(desk, desk.params["key"])
        return _missing(
            desk, campaign, _window(desk, campaign), refusal, desk.params["resident"] + desk.form.get("person", ""), 422
        )
    form = desk.form
    back = "again=1" if form.get("again") else f"building={form.get('building', '')}&page={page_number(form)}"
    return Redirect(f"/console/campaigns/{campaign.public_id}/missing?{back}", words)


@page("POST", "/campaigns/{key}/noted/{answer}", need=ASK, title=tr("还没报的"))
def righted(desk: Desk) -> Redirect | View:
    """Give what was noted by a mix-up to whose it is, or take it back; those who are missing are asked again."""
    campaign = campaigns.find(desk, desk.params["key"])
    window = _window(desk, campaign)
    try:
        if not _counts_now(desk, window):
            raise Refusal(tr("只能改现在这一段填的，过去的不能改。"))
        note = noted.find(desk, window, desk.params["answer"])
        words = noted.put_right(desk, window, note, desk.form.get("to", ""), agreed=bool(desk.form.get("agreed")))
    except Refusal as refusal:
        desk.session.rollback()
        campaign = campaigns.find(desk, desk.params["key"])
        return _missing(desk, campaign, _window(desk, campaign), refusal, f"noted-{desk.params['answer']}", 422)
    return Redirect(
        f"/console/campaigns/{campaign.public_id}/missing?building={quote(desk.form.get('building', ''))}#noted", words
    )


def _asked(desk: Desk, campaign: Campaign) -> str:
    if campaigns.state_of(campaign, desk.now) is not State.RUNNING:
        raise Refusal(tr("现在不在进行，不能填。"))
    if not _counts_now(desk, _window(desk, campaign)):
        raise Refusal(tr("只能填现在这一段，过去的不能补。"))
    resident = roster.by_public_id(desk.session, desk.params["resident"])
    if resident is None or not campaigns.is_member(desk, campaign, resident):
        raise Refusal(tr("这个人不在这次登记里了。请刷新页面。"))
    how = desk.form.get("absent") or desk.form.get("how", "")
    if how not in ("phone", "door"):
        raise Refusal(tr("请选是打电话问的，还是上门问的。"))
    home, word = desk.household(resident), desk.form.get("person", "").strip()[:NAME]
    person = Person(resident=None, word=word) if word else Person(resident=resident, word="")
    if desk.form.get("absent"):
        campaigns.note(desk, resident, home, person, stand=Stand.ABSENT, staff=desk.staff, how=how, campaign=campaign)
        desk.record("health.asked_at_door", resident.about, how=how)
        return tr("记下了：{flat} 没人在或没接。", flat=home.label)
    tenths, felt = _value(desk.form.get("value", ""), desk.form.get("well"))
    if consents.missing(desk, resident, [CHECK_IN]):
        if consents.refused(desk, resident, [CHECK_IN]):
            raise Refusal(tr("本人说过不同意记体温，只能记“没人在或没接”。"), field="value")
        if not desk.form.get("agreed"):
            raise Refusal(tr("还没有同意过。请先把说明念给本人听，答应了，再勾“本人答应记下”。"), field="agreed")
        consents.give_for(desk, resident, CHECK_IN, consents.Given.SAID)
    made = CheckIn(
        reporter_id=resident.key, resident_id=None if word else resident.key, person=word, consent_id=consents.needed(desk, resident, CHECK_IN).key,
        day=desk.now.date(), at=desk.now, tenths=tenths, symptoms=felt,
    )  # fmt: skip
    desk.session.add(made)
    desk.session.flush()
    campaigns.note(desk, resident, home, person, made=made, unwell=made.is_abnormal, staff=desk.staff, how=how, campaign=campaign)
    _answer_for(desk, campaign, resident)
    desk.record("health.checked_in", resident.about, corrected=False)
    desk.record("health.asked_at_door", resident.about, how=how)
    if made.is_abnormal:
        task = tasks.tell_of(
            desk, resident, home, {word: f"{word}{said(tenths, felt)}"}, urgent="breathless" in felt, completes=False
        )
        campaigns.tell_duty(desk, resident, task)
        return tr("记下了：{flat}，体温偏高或喘，已告诉值班的人。", flat=home.label)
    return tr("记下了：{flat}。", flat=home.label)


def _answer_for(desk: Desk, campaign: Campaign, resident: Resident) -> None:
    """Take the answers to the campaign's questions that were picked beside."""
    for number, one in enumerate(campaign.questions):
        picked = desk.form.get(f"answer-{number}", "")
        if picked not in one["options"]:
            raise Refusal(tr("还有一问没选：{title}", title=one["title"]), field=f"answer-{number}")
        open_ = campaigns.open_question(desk, resident)
        if open_ is None:
            return
        campaigns.answer(desk, campaign, number, open_[2], picked, consents.needed(desk, resident, CHECK_IN).key)
        desk.session.flush()


def _value(value: str, well: str | None) -> tuple[int, list[str]]:
    """Return what was said: a temperature in tenths, or that they are well without one; raises Refusal for neither."""
    felt = ["breathless"] if "喘" in value or "气短" in value else ["none"]
    written = value.strip()
    if not written:
        if well:
            return 0, ["none"]
        raise Refusal(tr("请写体温，例如 36.5；没量就勾“没量，没有不舒服”。"), field="value")
    if found := _VALUE.fullmatch(written):
        tenths = int(found[1]) * 10 + int(found[2] or 0) if found[1] else int(found[3]) * 10 + int(found[4])
    elif felt == ["breathless"] and not re.search(r"\d", written):  # 喘得厉害，没量
        return 0, felt
    elif several := temperatures(written):
        tenths = round(max(one.degrees for one in several) * 10)
    else:
        raise Refusal(tr("“{said}”看不懂。请写体温，例如 36.5。", said=written[:10]), field="value")
    if not RANGE_TENTHS[0] <= tenths <= RANGE_TENTHS[1]:
        raise Refusal(tr("体温要在 34.0 到 43.0 之间，请再看一眼。"), field="value")
    return tenths, [] if tenths >= FEVER_TENTHS and felt == ["none"] else felt


# ------------------------------------------------------------------ files


def _file(desk: Desk, name: str, kind: str, head: Sequence[str], rows: Iterator[Sequence[object]]) -> Download:
    if not desk.may(EXPORT):
        raise Refusal(tr("您的岗位不能导出名单。"))
    lines_ = [desk.said(row) for row in rows]
    desk.read_by_now.append(Reading(what=tr("健康登记"), is_export=True))
    heads = [desk.catalogue.say(one) for one in head]
    body = sheets.workbook(heads, lines_) if kind == "xlsx" else sheets.table(heads, lines_).encode()
    safe = re.sub(r'[\\/:*?"<>|]', "", f"{desk.catalogue.say(name)} {desk.now:%Y-%m-%d}")
    return Download(body=body, content_type=KINDS[kind], filename=f"{safe}.{kind}")


def _missing_file(desk: Desk, kind: str) -> Download:
    campaign = campaigns.find(desk, desk.params["key"])
    window, is_whole = _window(desk, campaign), desk.may(PHONES)
    desk.read(ASK)
    if is_whole:
        desk.read_by_now.append(Reading(what=tr("居民完整的电话号码"), is_export=True))
    rows = (
        (
            one.flat.building, one.flat.label, one.person or one.resident.name,
            (one.resident.phone if is_whole else veiled_phone(one.resident.phone)) if one.resident.phone else "", _absentee(one)["why"],
        )
        for one in campaigns.missing_of(desk, window)
    )  # fmt: skip
    head = (tr("楼栋"), tr("住户"), tr("谁"), tr("电话"), tr("说明"))
    return _file(desk, tr_all("", (campaign.name, tr("还没报的"))), kind, head, rows)


def _answers_file(desk: Desk, kind: str) -> Download:
    campaign = campaigns.find(desk, desk.params["key"])
    head = (
        tr("日期"),
        tr("段"),
        tr("住户"),
        tr("谁"),
        tr("情况"),
        *(one["title"] for one in campaign.questions),
        tr("谁填的"),
        tr("时间"),
    )
    return _file(desk, tr_all("", (campaign.name, tr("报的内容"))), kind, head, _answers(desk, campaign))


STAND_WORDS: Mapping[str, str] = {Stand.TOLD: tr("报了"), Stand.UNMEASURED: tr("没量"), Stand.ABSENT: tr("没人在或没接")}
HOW_WORDS: Mapping[str, str] = {"phone": tr("打电话"), "door": tr("上门")}


def _answers(desk: Desk, campaign: Campaign) -> Iterator[Sequence[object]]:
    query = (
        select(TookPart, Household)
        .join(Household, col(Household.id) == col(TookPart.household_id))
        .where(TookPart.campaign_id == campaign.key)
        .order_by(col(TookPart.day), col(TookPart.part), col(Household.place), col(TookPart.id))
    )
    found = desk.session.exec(query).all()
    ids = {one.resident_id for one, _ in found} | {one.reporter_id for one, _ in found}
    people = {one.id: one for one in desk.session.exec(select(Resident).where(col(Resident.id).in_(ids))).all()}
    staff = {one.id: one for one in desk.session.exec(select(Staff)).all()}
    told = desk.session.exec(
        select(Stated)
        .join(TookPart, col(TookPart.id) == col(Stated.answer_id))
        .where(TookPart.campaign_id == campaign.key)
        .order_by(col(Stated.id))
    ).all()
    answered = {(one.answer_id, one.number): one.said for one in told}
    made = desk.session.exec(select(CheckIn).where(CheckIn.campaign_id == campaign.key).order_by(col(CheckIn.id))).all()
    last = {(one.day, campaigns.part_at(campaign, one.at), one.of): one for one in made}
    desk.read(tasks.NEED)
    for one, flat in found:
        of = (one.resident_id, "") if one.resident_id is not None else (one.reporter_id, one.person)
        how = last.get((one.day, one.part, of))
        who = people[one.resident_id].name or tr("家庭成员") if one.resident_id is not None else one.person
        by = (
            tr("{name}（{how}）", name=staff[one.staff_id].name, how=HOW_WORDS.get(one.how, ""))
            if one.staff_id
            else people[one.reporter_id].name
        )
        yield (
            one.day.isoformat(), campaigns.part_words(campaign, one.part), flat.label, who, how.words if how is not None and one.stand == Stand.TOLD else STAND_WORDS[one.stand],
            *(answered.get((one.id or 0, number), "") for number in range(len(campaign.questions))), by, f"{one.at:%Y-%m-%d %H:%M}",
        )  # fmt: skip


@page("GET", "/campaigns/{key}/missing.csv", need=ASK, title=tr("还没报的名单（CSV）"))
def missing_csv(desk: Desk) -> Download:
    """Give who is missing as a table."""
    return _missing_file(desk, "csv")


@page("GET", "/campaigns/{key}/missing.xlsx", need=ASK, title=tr("还没报的名单（Excel）"))
def missing_xlsx(desk: Desk) -> Download:
    """Give who is missing as a workbook."""
    return _missing_file(desk, "xlsx")


@page("GET", "/campaigns/{key}/answers.csv", need=tasks.NEED, title=tr("健康登记报的内容（CSV）"))
def answers_csv(desk: Desk) -> Download:
    """Give what was said as a table."""
    return _answers_file(desk, "csv")


@page("GET", "/campaigns/{key}/answers.xlsx", need=tasks.NEED, title=tr("健康登记报的内容（Excel）"))
def answers_xlsx(desk: Desk) -> Download:
    """Give what was said as a workbook."""
    return _answers_file(desk, "xlsx")


ROUTES: tuple[Page, ...] = (
    blank, lines, reach, make, show, pause, resume, end, change_duty, missing, asked, righted, missing_csv, missing_xlsx, answers_csv, answers_xlsx,
)  # fmt: skip
