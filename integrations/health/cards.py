"""What check-ins know that belongs on pages of others, for those who may see health data."""

from collections.abc import Sequence

from sqlmodel import col, select

from bot.contract import Desk, Household, Resident, card, roster
from integrations.health.models import CheckIn

#: Check-ins shown on a household's card.
SHOWN = 3


@card("健康打卡", need="health.view")
def latest(desk: Desk, household: Household) -> Sequence[tuple[str, str]]:
    """Return the household's last check-ins, the newest first."""
    query = select(CheckIn, Resident).join(Resident, col(Resident.id) == col(CheckIn.resident_id))
    at_home = [one.id for one in roster.people_of(desk.session, household)]
    rows = desk.session.exec(query.where(col(Resident.id).in_(at_home)).order_by(col(CheckIn.id).desc()).limit(SHOWN)).all()
    return [
        (desk.words("{who} {t}：{what}", who=one.name or "家庭成员", t=made.at, what=made.words), f"/health?day={made.day}")
        for made, one in rows
    ]
