"""The lists of check-ins, for those who may see health data: what was told on a day, and who has told nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select

from bot.contract import Cell, Choice, Column, Days, Desk, Household, Listing, Narrowed, Resident, Task, register, tr, tr_all
from bot.contract.listpage import WORDS, midnight
from integrations.health.models import CheckIn
from integrations.health.tasks import KIND, NEED

#: Who told it: their flat is where it belongs.
TELLER = aliased(Resident)

#: Days that one looks at most, by how many there are and how many ago the last of them is.
LATELY: Mapping[str, tuple[int, int]] = {"today": (1, 0), "yesterday": (1, 1), "week": (7, 0)}

#: Those whom somebody should look after that stand above the list at once; all of them have a task.
SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Row:
    """One person's last check-in of a day; `told`: by whom, where it was not themselves."""

    made: CheckIn
    flat: Household
    who: str
    told: str
    about: str  # whose it is, for the log of readings


# ------------------------------------------------------------------ what was told


def _is_last() -> ColumnElement[bool]:
    """Return the condition for the last check-in of a person on a day, as `CheckIn.of` tells people apart."""
    later = aliased(CheckIn)
    after = (later.day == CheckIn.day, col(later.id) > CheckIn.id)
    same = select(later.id).where(col(later.resident_id) == CheckIn.resident_id, *after)
    alike = (col(later.reporter_id) == CheckIn.reporter_id, later.person == CheckIn.person, col(later.resident_id).is_(None))
    called = select(later.id).where(*alike, *after)
    return ~same.correlate(CheckIn).exists() & ~(col(CheckIn.resident_id).is_(None) & called.correlate(CheckIn).exists())


def _narrow(desk: Desk, said: str, chosen: Mapping[str, str]) -> Narrowed:
    """Narrow by day and by whom: days that are written go before a word for some."""
    return Narrowed(fits=[*_on(desk, chosen), *(_is_of(desk, word) for word in said.split()[:WORDS])])


def _on(desk: Desk, chosen: Mapping[str, str]) -> Sequence[ColumnElement[bool]]:
    since, until = (midnight(said).date() if said else None for said in (chosen["on_from"], chosen["on_to"]))
    if since is None and until is None and chosen["day"] in LATELY:
        days, ago = LATELY[chosen["day"]]
        until = desk.now.date() - timedelta(days=ago)
        since = until - timedelta(days=days - 1)
    begun = [col(CheckIn.day) >= since] if since else []
    return [*begun, col(CheckIn.day) <= until] if until else begun


def _is_of(desk: Desk, word: str) -> ColumnElement[bool]:
    """Return what a word may mean: a flat or who lives there, or what whoever told it calls somebody."""
    flats = register.flats_called(desk.session, word, by_phone=desk.may("phone.view"))
    there = select(Resident.id).where(col(Resident.household_id).in_(flats))
    return or_(
        col(CheckIn.reporter_id).in_(there),
        col(CheckIn.resident_id).in_(there),
        col(CheckIn.person).contains(word, autoescape=True),
    )


def _load(desk: Desk, found: Sequence[CheckIn]) -> list[Row]:
    ids = {key for made in found for key in (made.reporter_id, made.resident_id) if key is not None}
    people = {one.id: one for one in desk.session.exec(select(Resident).where(col(Resident.id).in_(ids))).all()}
    homes = {people[made.reporter_id].household_id for made in found}
    flats = {one.id: one for one in desk.session.exec(select(Household).where(col(Household.id).in_(homes))).all()}
    return [_row(made, people[made.reporter_id], people.get(made.resident_id), flats) for made in found]


def _row(made: CheckIn, teller: Resident, resident: Resident | None, flats: Mapping[int | None, Household]) -> Row:
    return Row(
        made=made, flat=flats[teller.household_id], who=(resident.name or tr("家庭成员")) if resident is not None else made.person,
        told="" if made.reporter_id == made.resident_id else teller.name or tr("家庭成员"), about=(resident or teller).about,
    )  # fmt: skip


def _note_read(desk: Desk, rows: Sequence[Row]) -> None:
    if rows:
        desk.read(NEED, *dict.fromkeys(row.about for row in rows))


def _unwell(desk: Desk, _rows: Sequence[Row]) -> Mapping[str, Any]:
    """Return whom somebody should look after today, the warmest first: of households that staff have a task about, so that few are opened."""
    if desk.is_fragment:
        return {"unwell": [], "more": 0}
    today = midnight(desk.now.date().isoformat())
    homes = select(Task.household_id).where(Task.kind == KIND, Task.opened_at >= today)
    tellers = select(Resident.id).where(col(Resident.household_id).in_(homes))
    told = select(CheckIn).where(CheckIn.day == desk.now.date(), col(CheckIn.reporter_id).in_(tellers), _is_last())
    rows = [row for row in _load(desk, desk.session.exec(told).all()) if row.made.is_abnormal]
    rows.sort(key=lambda row: -row.made.tenths)
    _note_read(desk, rows[:SHOWN])
    return {"unwell": rows[:SHOWN], "more": max(len(rows) - SHOWN, 0)}


def _how(_desk: Desk, row: Row) -> list[str | Cell]:
    marks = [Cell(words=tr("异常"), tone="red")] if row.made.is_abnormal else []
    if row.made.righted_at is not None:  # it was written down for somebody else first
        marks.append(Cell(words=tr("改过人"), tone="secondary"))
    return [*marks, row.made.words]


LIST = Listing(
    name="health",
    title=tr("健康打卡"),
    path="/health",
    need=NEED,
    nav=tr("服务"),
    unit=tr("人次"),
    table=CheckIn,
    key=lambda row: str(row.made.id),
    key_column=CheckIn.id,
    order="-at",
    columns=(
        Column(name="flat", title=tr("住户"), says=lambda desk, row: row.flat.label, sort=(Household.place,)),
        Column(name="who", title=tr("谁"), says=lambda desk, row: Cell(words=row.who, small=tr("{told}说的", told=row.told) if row.told else "")),
        Column(name="how", title=tr("情况"), says=_how, filed=lambda desk, row: tr_all("", (tr("异常，") if row.made.is_abnormal else '', row.made.words,))),
        Column(name="at", title=tr("时间"), says=lambda desk, row: row.made.at, sort=(CheckIn.id,)),
    ),
    filters=(
        Choice(name="day", title=tr("哪天"), options=lambda desk: {"today": tr("今天"), "yesterday": tr("昨天"), "week": tr("近七天")}, usual="today"),
        Days(name="on", title=tr("或者")),
    ),
    base=lambda desk: (_is_last(),),
    beside=((TELLER, col(TELLER.id) == CheckIn.reporter_id), (Household, col(Household.id) == col(TELLER.household_id))),
    narrow=_narrow,
    finds=tr("房号、姓名、怎么称呼"),
    load=_load,
    reads=_note_read,
    template="health/list.html",
    around=_unwell,
    tabs=((tr("还没打卡的"), "/health/missing"),),
    empty=(tr("还没有人打卡"), tr("居民在微信里说“健康打卡 36.5”就会出现在这里。")),
)  # fmt: skip


# ------------------------------------------------------------------ who has told nothing


def _was_told_of(day: date) -> ColumnElement[bool]:
    """Return the condition that there is a check-in of a resident on a day, as `CheckIn.of` tells people apart."""
    themselves = and_(col(CheckIn.resident_id).is_(None), CheckIn.person == "", CheckIn.reporter_id == Resident.id)
    mine = select(CheckIn.id).where(CheckIn.day == day, or_(CheckIn.resident_id == Resident.id, themselves))
    return mine.correlate(Resident).exists()


def _silent(desk: Desk, said: str, chosen: Mapping[str, str]) -> Narrowed:
    _, ago = LATELY[chosen["day"]] if chosen["day"] in ("today", "yesterday") else LATELY["today"]
    fits = [~_was_told_of(desk.now.date() - timedelta(days=ago))]
    for word in said.split()[:WORDS]:
        fits.append(col(Resident.household_id).in_(register.flats_called(desk.session, word, by_phone=desk.may("phone.view"))))
    return Narrowed(fits=fits)


def _with_flats(desk: Desk, rows: Sequence[Resident]) -> list[tuple[Resident, str]]:
    wanted = select(Household).where(col(Household.id).in_({one.household_id for one in rows}))
    flats = {flat.id: flat.label for flat in desk.session.exec(wanted).all()}
    return [(one, flats[one.household_id]) for one in rows]


MISSING = Listing(
    name="health.missing",
    title=tr("还没打卡的"),
    path="/health/missing",
    need=NEED,
    unit=tr("人"),
    table=Resident,
    key=lambda row: str(row[0].public_id),
    key_column=Resident.public_id,
    order="flat",
    columns=(
        Column(name="flat", title=tr("住户"), says=lambda desk, row: row[1], sort=(Household.place,)),
        Column(name="who", title=tr("谁"), says=lambda desk, row: row[0].name or tr("家庭成员")),
    ),
    filters=(Choice(name="day", title=tr("哪天"), options=lambda desk: {"today": tr("今天"), "yesterday": tr("昨天")}, usual="today"),),
    base=lambda desk: (col(Resident.openid).is_not(None),),
    beside=((Household, col(Household.id) == col(Resident.household_id)),),
    narrow=_silent,
    finds=tr("房号、姓名"),
    load=_with_flats,
    reads=lambda desk, rows: desk.read(NEED),
    to=lambda row: f"/households/{row[0].household_id}",
    tabs=((tr("打过卡的"), "/health"),),
    empty=(tr("都打过卡了"), tr("已绑定微信的住户里，今天没有人漏掉。")),
)  # fmt: skip

LISTS = (LIST, MISSING)
