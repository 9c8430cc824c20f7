"""What staff see of who is waited for: today's list, one person, and a visit at the door that ends with words and a photo."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from bot.contract import (
    SHANGHAI,
    Cell,
    Choice,
    Column,
    Desk,
    Download,
    Household,
    Listing,
    Narrowed,
    Redirect,
    Refusal,
    Resident,
    Staff,
    Task,
    Upload,
    View,
    consents,
    page,
    pictures,
    register,
    roster,
    tr,
    tr_all,
    withheld,
)
from bot.contract.listpage import WORDS
from integrations.health import care, ladder
from integrations.health.ladder import NEED
from integrations.health.models import CareAbsence, CareDay, CareHour, CareProof, CareRung, CareWish, Rung, Sign

#: Days shown of one person.
DAYS = 14

#: Letters of what was found at the door.
LONGEST = 300

RUNG_WORDS: Mapping[str, str] = {
    Rung.GREETING: tr("已问候"), Rung.RESIDENT: tr("已问本人"), Rung.FAMILY: tr("已问家人"), Rung.NEIGHBOUR: tr("已问邻居"), Rung.VISIT: tr("请人上门"),
}  # fmt: skip

SIGN_WORDS: Mapping[str, str] = {
    Sign.SAID: tr("本人报平安"), Sign.HEARD: tr("本人有消息"), Sign.FAMILY: tr("家人报平安"), Sign.NEIGHBOUR: tr("邻居看过"), Sign.DEVICE: tr("设备有动静"),
    Sign.VISIT: tr("上门看过"), Sign.AWAY: tr("不在家"),
}  # fmt: skip

#: What the list may be narrowed to.
STATES: Mapping[str, str] = {"silent": tr("还没有消息的"), "well": tr("今天有消息的"), "away": tr("不在家的")}


@dataclass(frozen=True, kw_only=True)
class Row:
    """Somebody who is waited for, and how it stands today."""

    wish: CareWish
    resident: Resident
    flat: Household
    neighbour: str
    day: CareDay | None
    climbed: Sequence[CareRung]
    absence: CareAbsence | None

    @property
    def is_late(self) -> bool:
        """Tell whether somebody else than themselves was asked, and nobody knows yet."""
        return (
            self.day is not None
            and not self.day.sign
            and any(one.rung not in (Rung.GREETING, Rung.RESIDENT) for one in self.climbed)
        )


def _today(desk: Desk, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = select(CareDay.id).where(CareDay.wish_id == CareWish.id, CareDay.day == desk.now.date(), *conditions)
    return mine.correlate(CareWish).exists()


def _is_away(desk: Desk) -> ColumnElement[bool]:
    today = desk.now.date()
    theirs = select(CareAbsence.id).where(
        CareAbsence.resident_id == CareWish.resident_id, CareAbsence.begins <= today, CareAbsence.ends >= today, col(CareAbsence.ended_at).is_(None)
    )  # fmt: skip
    return theirs.correlate(CareWish).exists()


def _narrow(desk: Desk, said: str, chosen: Mapping[str, str]) -> Narrowed:
    fits: list[ColumnElement[bool]] = []
    match chosen["state"]:
        case "silent":
            fits.append(_today(desk, col(CareDay.sign) == ""))
        case "well":
            fits.append(_today(desk, col(CareDay.sign).not_in(("", Sign.AWAY))))
        case "away":
            fits.append(_is_away(desk))
    for word in said.split()[:WORDS]:
        flats = register.flats_called(desk.session, word, by_phone=desk.may("phone.view"))
        fits.append(col(CareWish.resident_id).in_(select(Resident.id).where(col(Resident.household_id).in_(flats))))
    return Narrowed(fits=fits)


def _load(desk: Desk, wishes: Sequence[CareWish]) -> list[Row]:
    session, today = desk.session, desk.now.date()
    ids = {one.resident_id for one in wishes} | {one.neighbour_id for one in wishes if one.neighbour_id}
    people = {one.key: one for one in session.exec(select(Resident).where(col(Resident.id).in_(ids))).all()}
    homes = {one.household_id for one in people.values()}
    flats = {one.key: one for one in session.exec(select(Household).where(col(Household.id).in_(homes))).all()}
    mine = select(CareDay).where(col(CareDay.wish_id).in_([one.id for one in wishes]), CareDay.day == today)
    days = {one.wish_id: one for one in session.exec(mine).all()}
    rungs: dict[int, list[CareRung]] = {}
    climbed = select(CareRung).where(col(CareRung.day_id).in_([one.id for one in days.values()])).order_by(col(CareRung.id))
    for rung in session.exec(climbed).all():
        rungs.setdefault(rung.day_id, []).append(rung)

    def row(wish: CareWish) -> Row:
        one, day = people[wish.resident_id], days.get(wish.id or 0)
        beside = people.get(wish.neighbour_id or 0)
        return Row(
            wish=wish, resident=one, flat=flats[one.household_id], neighbour=f"{flats[beside.household_id].label} {beside.name}" if beside else "",
            day=day, climbed=rungs.get(day.id or 0, []) if day else [], absence=ladder.absence(desk, one.key, today),
        )  # fmt: skip

    return [row(one) for one in wishes]


def _stands(_desk: Desk, row: Row) -> list[str | Cell]:
    """Return how somebody stands today, in words and a colour."""
    if row.day is not None and row.day.sign and row.day.sign != Sign.AWAY:
        at = (row.day.signed_at or row.day.due_at).astimezone(SHANGHAI)
        return [Cell(words=tr("平安"), tone="green"), tr("{how}，{at:%H:%M}", how=SIGN_WORDS[row.day.sign], at=at)]
    if row.absence is not None:
        words = tr("住院") if row.absence.in_hospital else tr("不在家")
        return [Cell(words=words, tone="blue"), tr("到 {ends:%m-%d}", ends=row.absence.ends)]
    if row.day is None:
        return [Cell(words=tr("今天不等"), tone="secondary")]
    due = row.day.due_at.astimezone(SHANGHAI)
    asked = tr_all("、", (RUNG_WORDS[one.rung] for one in row.climbed)) or tr("{due:%H:%M} 前都不急", due=due)
    return [Cell(words=tr("没有消息"), tone="red" if row.is_late else "yellow"), asked]


def _around(desk: Desk, _rows: Sequence[Row]) -> Mapping[str, object]:
    return {"hour": f"{ladder.hour(desk):%H:%M}", "asks": care.CARE.words(desk)}


LIST = Listing(
    name="care",
    title=tr("报平安"),
    path="/care",
    need=NEED,
    nav=tr("服务"),
    unit=tr("人"),
    table=CareWish,
    key=lambda row: str(row.wish.id),
    key_column=CareWish.id,
    order="flat",
    columns=(
        Column(name="flat", title=tr("住户"), says=lambda desk, row: row.flat.label, sort=(Household.place,)),
        Column(name="who", title=tr("谁"), says=lambda desk, row: row.resident.name or tr("家庭成员")),
        Column(name="today", title=tr("今天"), says=_stands),
        Column(name="neighbour", title=tr("邻居"), says=lambda desk, row: row.neighbour),
    ),
    filters=(Choice(name="state", title=tr("怎么样"), options=lambda desk: dict(STATES)),),
    base=lambda desk: (col(CareWish.expects_from).is_not(None),),
    beside=((Resident, col(Resident.id) == CareWish.resident_id), (Household, col(Household.id) == col(Resident.household_id))),
    narrow=_narrow,
    finds=tr("房号、姓名"),
    load=_load,
    reads=lambda desk, rows: desk.read(NEED, *(row.resident.about for row in rows)) if rows else None,
    to=lambda row: f"/care/people/{row.resident.public_id}",
    template="health/care.html",
    around=_around,
    empty=(tr("还没有人约好报平安"), tr("居民在微信里说“每天问我一声平安”，同意以后就会出现在这里。")),
    live="care",
)  # fmt: skip


# ------------------------------------------------------------------ one person


def person(desk: Desk) -> tuple[Resident, CareWish]:
    """Return whom a page is about, and what they wish; raises LookupError for who is not waited for."""
    resident = roster.by_public_id(desk.session, desk.params["key"])
    wish = ladder.wish_of(desk, resident) if resident is not None else None
    if resident is None or wish is None:
        raise LookupError("nobody who is waited for")
    return resident, wish


@page("GET", "/care/people/{key}", need=NEED, title=tr("报平安"))
def show(desk: Desk) -> View:
    """Show one person: the last days, who is asked, an absence."""
    resident, wish = person(desk)
    desk.read(NEED, resident.about)
    [row] = _load(desk, [wish])
    days = desk.session.exec(
        select(CareDay).where(CareDay.wish_id == wish.id).order_by(col(CareDay.day).desc()).limit(DAYS)
    ).all()
    climbed = desk.session.exec(
        select(CareRung).where(col(CareRung.day_id).in_([one.id for one in days])).order_by(col(CareRung.id))
    ).all()
    told = [
        (one, SIGN_WORDS.get(one.sign, ""), tr_all("、", (RUNG_WORDS[rung.rung] for rung in climbed if rung.day_id == one.id)))
        for one in days
    ]
    values = {
        "row": row, "days": told, "family": [one.name or tr("家庭成员") for one in ladder.family(desk, resident)], "stands": _stands(desk, row),
        "visit": _open_visit(desk, resident), "hour": f"{ladder.hour(desk, wish):%H:%M}", "own_hour": wish.due_minutes is not None, "today": desk.now.date(),
        "consent": consents.held(desk, resident, care.CARE), "noted": _noted(desk, wish), "kin": _kin(desk, wish),
    }  # fmt: skip
    return View("health/cared.html", values)


def _noted(desk: Desk, wish: CareWish) -> str:
    """Return who of the staff heard the consent, and how; empty where it was given in the chat."""
    staff = desk.session.get(Staff, wish.noted_by) if wish.noted_by else None
    if staff is None:
        return ""
    return (
        tr("{name}电话里听本人答应的", name=staff.name)
        if wish.noted_how == "phone"
        else tr("{name}当面听本人答应的", name=staff.name)
    )


def _kin(desk: Desk, wish: CareWish) -> str:
    kin = desk.session.get(Resident, wish.kin_id) if wish.kin_id else None
    return kin.name or tr("家庭成员") if kin is not None else ""


def _open_visit(desk: Desk, resident: Resident) -> str:
    """Return the day for which somebody is to go to the door; empty where nobody is."""
    open_ = {
        task.subject
        for task in desk.session.exec(select(Task).where(Task.kind == ladder.VISIT, col(Task.closed_at).is_(None))).all()
    }
    return next((one.public_id for one in ladder.waiting(desk, [resident.key]) if one.subject in open_), "")


@page("POST", "/care/people/{key}/neighbour", need=NEED)
def choose_neighbour(desk: Desk) -> Redirect:
    """Note who next door is asked to knock; nobody where the field is empty."""
    resident, wish = person(desk)
    said = desk.form.get("flat", "").strip()
    wish.neighbour_id = _neighbour(desk, resident, said).key if said else None
    desk.session.add(wish)
    desk.record("care.changed", resident.about)
    return Redirect(f"/console/care/people/{resident.public_id}", tr("邻居记下了。") if said else tr("以后不问邻居。"))


def _neighbour(desk: Desk, resident: Resident, said: str) -> Resident:
    found = select(Household).where(col(Household.id).in_(register.flats_called(desk.session, said, by_phone=False)))
    flats = desk.session.exec(found.limit(2)).all()
    if len(flats) != 1:
        raise Refusal(tr("没有找到这一户，或者不止一户。请写全房号，例如：3-2-502。"), field="flat")
    people = [one for one in roster.people_of(desk.session, flats[0]) if one.openid and one.key != resident.key]
    if not people:
        raise Refusal(tr("{flat}没有人绑定微信，没法在微信里请他们敲门。", flat=flats[0].label), field="flat")
    return people[0]


@page("POST", "/care/people/{key}/back", need=NEED)
def back(desk: Desk) -> Redirect:
    """End an absence: they are waited for from tomorrow on."""
    resident, _ = person(desk)
    absence = ladder.absence(desk, resident.key, desk.now.date())
    if absence is None:
        raise Refusal(tr("现在没有不在家的记录。"))
    absence.ended_at = desk.now
    desk.session.add(absence)
    desk.record("care.back", resident.about)
    return Redirect(f"/console/care/people/{resident.public_id}", tr("不在家的记录到今天为止，明天起照常等。"))


@page("POST", "/care/hour", need=NEED)
def change_hour(desk: Desk) -> Redirect:
    """Change by when a sign of life is waited for, from tomorrow on."""
    try:
        at = time.fromisoformat(desk.form.get("hour", ""))
    except ValueError:
        raise Refusal(tr("请写几点几分，例如 10:00。"), field="hour") from None
    if not ladder.EARLIEST <= at <= ladder.LATEST:
        raise Refusal(tr("请选 7:00 到 20:00 之间的时间：前两个小时就开始问，晚了上门就天黑了。"), field="hour")
    own = desk.session.exec(select(CareHour)).first() or CareHour(minutes=0)
    own.minutes = at.hour * 60 + at.minute
    desk.session.add(own)
    desk.record("care.changed", "")
    return Redirect("/console/care", tr("改好了：每天 {at:%H:%M} 前等一声平安，明天起。", at=at))


# ------------------------------------------------------------------ at the door


@page("GET", "/care/visits/{day}", need=NEED, title=tr("上门看看"))
def visit(desk: Desk) -> View:
    """Show whom to look after, what was tried, and what was found."""
    day = ladder.day_of(desk, desk.params["day"])
    resident = desk.session.get_one(Resident, day.resident_id)
    desk.read(NEED, resident.about)
    if resident.phone:
        desk.read_phones(resident.about)
    climbed = desk.session.exec(select(CareRung).where(CareRung.day_id == day.id).order_by(col(CareRung.id))).all()
    proof = desk.session.exec(select(CareProof).where(CareProof.day_id == day.id)).first()
    values = {
        "day": day, "resident": resident, "flat": desk.household(resident), "sign": SIGN_WORDS.get(day.sign, ""), "proof": proof,
        "climbed": [(RUNG_WORDS[one.rung], one.at, bool(one.asked) or one.rung == Rung.VISIT) for one in climbed],
        "by": desk.session.get_one(Staff, proof.staff_id).name if proof else "", "longest": LONGEST,
    }  # fmt: skip
    return View("health/visit.html", values)


def _picture(upload: Upload) -> bytes | Refusal:
    """Return the picture, or why it is none; read beside the database, where nobody can be told yet."""
    try:
        return pictures.read(upload) or Refusal(tr("请拍一张照片：人，或者门口。"), field="picture")
    except Refusal as refusal:
        return refusal


@page("POST", "/care/visits/{day}", need=NEED, takes=lambda upload, _form: _picture(upload))
def found(desk: Desk) -> Redirect:
    """Keep what was found at the door; that ends the wait."""
    day = ladder.day_of(desk, desk.params["day"])
    words, how = withheld(desk.form.get("words", "").strip())[:LONGEST], desk.form.get("found", "")
    if day.sign:
        raise Refusal(tr("已经有消息了，不用再填。"))
    if how not in ("well", "unwell"):
        raise Refusal(tr("请选见到的情况。"), field="how")
    if not words:
        raise Refusal(tr("请写几句见到了谁、人怎么样。"), field="words")
    if isinstance(desk.taken, Refusal):
        raise desk.taken
    if desk.taken is None:
        raise Refusal(tr("请拍一张照片：人，或者门口。"), field="picture")
    desk.session.add(
        CareProof(
            day_id=day.id or 0, consent_id=day.consent_id, staff_id=desk.staff.id or 0, at=desk.now, was_well=how == "well", words=words,
            picture=base64.b64encode(desk.taken).decode(),
        )
    )  # fmt: skip
    outcome = tr("上门看过，人平安") if how == "well" else tr("上门看过，人需要帮助")
    for one in ladder.waiting(desk, [day.resident_id]):
        ladder.sign(desk, one, Sign.VISIT)
        desk.finish(one.subject, str(outcome))
    return Redirect(f"/console/care/visits/{day.public_id}", tr("记下了，问过的人都告诉了。"))


@page("GET", "/care/visits/{day}/picture", need=NEED)
def picture(desk: Desk) -> Download:
    """Give the photo of a visit."""
    day = ladder.day_of(desk, desk.params["day"])
    proof = desk.session.exec(select(CareProof).where(CareProof.day_id == day.id)).first()
    if proof is None:
        raise LookupError("no proof")
    desk.read(NEED, desk.session.get_one(Resident, day.resident_id).about)
    return Download(body=base64.b64decode(proof.picture), content_type="image/jpeg")


ROUTES = (show, choose_neighbour, back, change_hour, visit, found, picture)
