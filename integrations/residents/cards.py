"""What the register knows that belongs on the first page."""

from sqlmodel import col, func, select

from bot.contract import Desk, Resident, today, tr


@today(tr("绑定了微信的居民"), need="household.view", path="/people?bound=yes")
def bound(desk: Desk) -> int:
    """Count who is bound."""
    return desk.session.exec(select(func.count()).select_from(Resident).where(col(Resident.openid).is_not(None))).one()
