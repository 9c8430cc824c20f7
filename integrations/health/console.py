"""Today's check-ins, for those who may see health data."""

from datetime import date

from sqlmodel import col, select

from bot.contract import Desk, Household, Page, Refusal, Resident, View, page
from integrations.health.models import CheckIn


@page("GET", "/health", need="health.view", title="健康打卡", nav="服务")
def today(desk: Desk) -> View:
    """Show one day: the abnormal ones first, then all, then who is missing."""
    day = _day(desk)
    rows = desk.session.exec(
        select(CheckIn, Resident, Household)
        .join(Resident, col(Resident.id) == col(CheckIn.resident_id))
        .join(Household, col(Household.id) == col(Resident.household_id))
        .where(CheckIn.day == day)
        .order_by(col(CheckIn.id).desc())
    ).all()
    last: dict[int, tuple[CheckIn, Resident, Household]] = {}
    for made, resident, flat in rows:
        last.setdefault(made.resident_id, (made, resident, flat))
    shown = sorted(last.values(), key=lambda row: (not row[0].is_abnormal, -row[0].tenths))
    if shown:
        desk.read("health.view", *(resident.about for _, resident, _ in shown))
    missing = desk.session.exec(
        select(Resident, Household)
        .join(Household, col(Household.id) == col(Resident.household_id))
        .where(col(Resident.openid).is_not(None), col(Resident.id).not_in(list(last)))
        .order_by(Household.building, Household.unit, Household.room)
        .limit(200)
    ).all()
    return View("health/today.html", {"day": day, "rows": shown, "missing": missing})


def _day(desk: Desk) -> date:
    said = desk.query.get("day", "")
    if not said:
        return desk.now.date()
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Refusal(f"“{said[:20]}”不是日期，请写成 2026-03-11。") from None


ROUTES: tuple[Page, ...] = (today,)
