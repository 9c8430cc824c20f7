"""Binding an openid to a flat, checked against the roster."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from bot.contract import Household, Resident, Task, roster

#: Rooms have at least so many digits; what is shorter is a building or a unit.
SHORTEST_ROOM = 3

#: Flats of one number that are looked through for a shop.
MOST_NUMBERED = 2000


def find_flat(session: Session, building: str, unit: str, room: str) -> Household | None:
    """Return the flat of the roster; a unit left out is taken when there is only one.

    A shop is found with its building or without, whichever of both the roster says, where there is only one such.
    """
    query = select(Household).where(Household.building == building, Household.room == room)
    found = session.exec(query.where(Household.unit == unit) if unit else query).all()
    if not found and roster.is_shop(building, unit):
        numbered = session.exec(select(Household).where(Household.room == room).limit(MOST_NUMBERED)).all()
        found = [one for one in numbered if is_meant(one, building, unit, room)]
    return found[0] if len(found) == 1 else None


def is_meant(flat: Household, building: str, unit: str, room: str) -> bool:
    """Tell whether a flat has all that was said of it; of a shop the building may be left out on either side."""
    if flat.room != room:
        return False
    if roster.is_shop(building, unit) and roster.is_shop(flat.building, flat.unit):
        return roster.SHOP in (building, flat.building) or flat.building == building
    return flat.building == building and unit in ("", flat.unit)


def counted_as(session: Session, said: "Flat", flat: Household | None) -> str:
    """Return by what tries at a flat are counted: the same however it is said, whether the roster has it or not.

    A building with one unit is counted with it, said or not.
    """
    if flat is not None:
        return flat.label
    units = session.exec(select(Household.unit).where(Household.building == said.building).distinct().limit(2)).all()
    return replace(said, unit=units[0]).label if not said.unit and len(units) == 1 else said.label


@dataclass(frozen=True, kw_only=True)
class Flat:
    """A flat as said: 3, 2, 501."""

    building: str = ""
    unit: str = ""
    room: str = ""

    @property
    def label(self) -> str:
        """3栋2单元501."""
        return roster.label_of(*self.parts)

    @property
    def parts(self) -> tuple[str, str, str]:
        """Building, unit and room."""
        return (self.building, self.unit, self.room)


def said_in(request: Task) -> Flat:
    """Return the flat that a request is about; without building and room where its words were erased."""
    return Flat(**{part: str(request.data.get(part, "")) for part in ("building", "unit", "room")})


def requests_of(session: Session, openid: str) -> Sequence[Task]:
    """Return the flats that somebody named and that wait to be confirmed, the one named last first."""
    theirs = select(Task).where(Task.kind == "identity.confirm", Task.openid == openid, col(Task.closed_at).is_(None))
    return session.exec(theirs.order_by(col(Task.opened_at).desc(), col(Task.id).desc())).all()


def request_of(session: Session, openid: str, flat: Flat) -> Task | None:
    """Return the request for a flat, as it was said, that waits to be confirmed."""
    return next((one for one in requests_of(session, openid) if said_in(one).parts == flat.parts), None)


def search(session: Session, said: str, limit: int = 10) -> list[Household]:
    """Return the flats that fit the numbers in `said`, 3栋2单元501, 3-2-501 or only 501, in the order of the roster."""
    numbers = re.findall(r"[0-9]+|[A-Za-z]", said.upper())
    if not numbers:
        return []
    query = select(Household)
    *house, last = numbers
    if house:
        query = query.where(Household.building == house[0])
    if len(house) > 1:
        query = query.where(Household.unit == house[1])
    is_room = len(house) > 1 or len(last) >= SHORTEST_ROOM
    fits = (
        col(Household.room).startswith(last) if is_room else (Household.unit == last) if house else (Household.building == last)
    )
    return list(session.exec(query.where(fits).order_by(Household.building, Household.unit, Household.room).limit(limit)).all())


def people_of(session: Session, flats: Sequence[Household]) -> dict[int, list[Resident]]:
    """Return who is on the roster for each flat."""
    return roster.people_by_flat(session, [flat.key for flat in flats])


def near_flats(session: Session, building: str, unit: str, room: str, limit: int = 3) -> list[Household]:
    """Return flats of the same building that look most like the one said: for staff, who may see who lives there."""
    in_building = session.exec(select(Household).where(Household.building == building)).all()

    def distance(flat: Household) -> tuple[bool, int, str]:
        differing = sum(a != b for a, b in zip(flat.room.zfill(4), room.zfill(4), strict=False))
        return (flat.unit != unit, differing, flat.room)

    near = [flat for flat in sorted(in_building, key=distance) if distance(flat)[1] <= 2]
    return near[:limit]
