"""Binding an openid to a flat, checked against the roster."""

from datetime import datetime

from sqlmodel import Session, col, select

from bot.model import Household, Resident


def find_flat(session: Session, community_id: int, building: str, unit: str, room: str) -> Household | None:
    """Return the flat of the roster; a unit left out is taken when there is only one."""
    query = select(Household).where(
        Household.community_id == community_id, Household.building == building, Household.room == room
    )
    found = session.exec(query.where(Household.unit == unit) if unit else query).all()
    return found[0] if len(found) == 1 else None


def near_flats(session: Session, community_id: int, building: str, unit: str, room: str, limit: int = 3) -> list[Household]:
    """Return flats of the same building that look most like the one said."""
    in_building = session.exec(
        select(Household).where(Household.community_id == community_id, Household.building == building)
    ).all()

    def distance(flat: Household) -> tuple[bool, int, str]:
        differing = sum(a != b for a, b in zip(flat.room.zfill(4), room.zfill(4), strict=False))
        return (flat.unit != unit, differing, flat.room)

    near = [flat for flat in sorted(in_building, key=distance) if distance(flat)[1] <= 2]
    return near[:limit]


def bind(session: Session, openid: str, flat: Household, now: datetime) -> Resident:
    """Let an openid belong to a flat as somebody of the household."""
    resident = Resident(household_id=flat.id or 0, role="family", openid=openid, bound_at=now)
    session.add(resident)
    session.flush()
    return resident


def others_at_home(session: Session, resident: Resident) -> list[Resident]:
    """Return the bound residents of the same flat."""
    return list(
        session.exec(
            select(Resident).where(
                Resident.household_id == resident.household_id, Resident.id != resident.id, col(Resident.openid).is_not(None)
            )
        ).all()
    )
