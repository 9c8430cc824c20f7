"""Today's check-ins, for those who may see health data."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select

from bot.contract import Desk, Household, Page, Refusal, Resident, View, page
from bot.contract.listpage import part
from bot.contract.lists import PAGE
from integrations.health.models import CheckIn


@dataclass(frozen=True, kw_only=True)
class Row:
    """One person's last check-in of a day; `told`: by whom, where it was not themselves."""

    made: CheckIn
    flat: Household
    who: str
    told: str
    about: str  # whose it is, for the log of readings


def _who(made: CheckIn, resident: Resident | None) -> str:
    return (resident.name or "家庭成员") if resident is not None else made.person


def _told(made: CheckIn, teller: Resident) -> str:
    return "" if made.reporter_id == made.resident_id else teller.name or "家庭成员"


@page("GET", "/health", need="health.view", title="健康打卡", nav="服务")
def today(desk: Desk) -> View:
    """Show one day: the abnormal ones first, then all, then who is missing."""
    day = _day(desk)
    teller = aliased(Resident)
    rows = desk.session.exec(
        select(CheckIn, Resident, Household, teller)
        .join(teller, col(teller.id) == col(CheckIn.reporter_id))
        .join(Household, col(Household.id) == col(teller.household_id))
        .outerjoin(Resident, col(Resident.id) == col(CheckIn.resident_id))
        .where(CheckIn.day == day)
        .order_by(col(CheckIn.id).desc())
    ).all()
    last: dict[tuple[int, str], Row] = {}
    for made, resident, flat, told in rows:
        last.setdefault(
            made.of, Row(made=made, flat=flat, who=_who(made, resident), told=_told(made, told), about=(resident or told).about)
        )
    shown = sorted(last.values(), key=lambda row: (not row.made.is_abnormal, -row.made.tenths))
    missing = desk.session.exec(
        select(Resident, Household)
        .join(Household, col(Household.id) == col(Resident.household_id))
        .where(col(Resident.openid).is_not(None), ~_was_told_of(day))
        .order_by(Household.building, Household.unit, Household.room)
    ).all()
    present, silent = part(shown, desk.query, "/health", PAGE), part(missing, desk.query, "/health", PAGE, "missing")
    if present.rows:
        desk.read("health.view", *dict.fromkeys(row.about for row in present.rows))
    return View(
        "health/today.html", {"day": day, "rows": present.rows, "missing": silent.rows, "present": present, "silent": silent}
    )


def _was_told_of(day: date) -> ColumnElement[bool]:
    """Return the condition that there is a check-in of a resident on a day, as `CheckIn.of` tells people apart."""
    themselves = and_(col(CheckIn.resident_id).is_(None), CheckIn.person == "", CheckIn.reporter_id == Resident.id)
    mine = select(CheckIn.id).where(CheckIn.day == day, or_(CheckIn.resident_id == Resident.id, themselves))
    return mine.correlate(Resident).exists()


def _day(desk: Desk) -> date:
    said = desk.query.get("day", "")
    if not said:
        return desk.now.date()
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Refusal(f"“{said[:20]}”不是日期，请写成 2026-03-11。") from None


ROUTES: tuple[Page, ...] = (today,)
