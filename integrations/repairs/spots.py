"""Where buildings stand, so that who is near may go: metres on a plan of the community, as the office writes them down."""

import re
from collections.abc import Mapping
from math import hypot

from sqlalchemy import Index
from sqlmodel import Field, select

from bot.contract import Scoped, Work

#: Metres between two buildings with numbers one apart, and between two of which nothing is known.
STEP, UNKNOWN = 60, 200

#: Metres somebody walks in a minute, with tools.
PACE = 60

#: Metres that a plan may reach.
FAR = 5_000


class Spot(Scoped, table=True):
    """Where a building stands: metres to the east and to the north of any one point."""

    __tablename__ = "repair_spot"
    __table_args__ = (Index("repair_spot_building", "community_id", "building", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    building: str
    east: int = 0
    north: int = 0


def load(work: Work) -> Mapping[str, tuple[int, int]]:
    """Return where the buildings stand that somebody has written down."""
    return {one.building: (one.east, one.north) for one in work.session.exec(select(Spot)).all()}


def metres(spots: Mapping[str, tuple[int, int]], one: str, other: str) -> int:
    """Return how far it is between two buildings: by the plan, else by their numbers; of nobody knows where, UNKNOWN."""
    if not one or not other:
        return UNKNOWN
    if one == other:
        return 0
    if one in spots and other in spots:
        return round(hypot(spots[one][0] - spots[other][0], spots[one][1] - spots[other][1]))
    numbers = [re.match(r"\d{1,3}", name) for name in (one, other)]
    if all(numbers):
        first, second = (int(number.group()) for number in numbers if number is not None)
        return STEP * max(abs(first - second), 1)
    return UNKNOWN
