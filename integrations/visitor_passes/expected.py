"""Who is expected at the gate today, found by whatever the guard is told: a flat, a name, a plate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import Desk, Household, Search, register
from integrations.visitor_passes.gate import mask
from integrations.visitor_passes.models import Pass, Passage, PassState
from integrations.visitor_passes.settings import Settings
from integrations.visitor_passes.stay import LONGEST

#: Passes of one day that are looked through; no gate expects more.
MOST = 1_000

#: Signs of a plate's end by which a car is found: people read out its last five.
END = 4

#: Rows of a list on the guard's phone.
SHOWN = 20

#: How long ago somebody came in who is still asked after.
LATELY = timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A pass that opens the gate at some time today, and where its visitor goes."""

    made: Pass
    flat: str
    fault: str  # "early" where the time has not come, "used" where all are in; empty where it opens now

    @property
    def window(self) -> tuple[datetime | str, datetime | str]:
        """From when to when; on one day the clock of its end is enough. Of who comes again and again, today's hours."""
        if hours := self.made.said_hours:
            return hours, self.made.ends_at
        starts, ends = self.made.starts_at, self.made.ends_at
        return starts, f"{ends:%H:%M}" if ends.date() == starts.date() else ends

    @property
    def visitor(self) -> str:
        """张*, as the guard reads it."""
        return mask(self.made.visitor_name)


def today(desk: Desk) -> Sequence[Expected]:
    """Return who may still come in today, the next one first."""
    return _of_today(desk, PassState.ACTIVE)


def find(desk: Desk, said: str) -> Sequence[Expected]:
    """Return who of today's is meant by a flat (3-2-501), who lives there, the visitor's name or work, or the plate of the car or its end.

    Who has come in by now is among them, behind those who may still.
    """
    flats = register.flats_called(desk.session, said)
    ids = set(flats if isinstance(flats, Sequence) else desk.session.execute(flats).scalars())
    plate, name = Search.PLATE.of(said), said.casefold()
    found = [
        one
        for one in _of_today(desk, PassState.ACTIVE, PassState.USED)
        if one.made.household_id in ids
        or name in one.made.visitor_name.casefold()
        or (len(plate) >= END and Search.PLATE.of(one.made.plate).endswith(plate))
    ]
    return sorted(found, key=lambda one: one.fault == PassState.USED)


def _of_today(desk: Desk, *states: PassState) -> Sequence[Expected]:
    grace = desk.settings(Settings).grace
    midnight = desk.now.replace(hour=0, minute=0, second=0, microsecond=0)
    tonight = desk.now.replace(hour=23, minute=59, second=59)
    rows = desk.session.exec(
        select(Pass, Household)
        .join(Household, col(Household.id) == col(Pass.household_id))
        .where(col(Pass.state).in_(states), col(Pass.starts_at) <= tonight, col(Pass.ends_at) > desk.now - grace)
        .order_by(col(Pass.starts_at), col(Pass.id))
        .limit(MOST)
    ).all()
    return [
        Expected(made=made, flat=flat.label, fault=made.fault_at(desk.now, grace))
        for made, flat in rows
        if made.opens_on(midnight, grace)
    ]


@dataclass(frozen=True, kw_only=True)
class Staying:
    """Who came in by a pass that is over and was not seen to leave: all who came by it together."""

    one: Expected
    passages: Sequence[Passage]  # the first first

    @property
    def people(self) -> int:
        """How many of them are in yet."""
        return sum(passage.people - passage.gone for passage in self.passages)


def staying(desk: Desk) -> Sequence[Staying]:
    """Return who came in by a pass that is over and was never seen to leave, the longest over first."""
    grace = desk.settings(Settings).grace
    rows = desk.session.exec(
        select(Passage, Pass, Household)
        .join(Pass, col(Pass.id) == col(Passage.pass_id))
        .join(Household, col(Household.id) == col(Pass.household_id))
        .where(
            col(Passage.at) > desk.now - LATELY - LONGEST, col(Passage.admitted), col(Passage.left_at).is_(None),
            col(Passage.undone_at).is_(None), col(Pass.ends_at) <= desk.now - grace, col(Pass.ends_at) > desk.now - LATELY,
        )
        .order_by(col(Pass.ends_at), col(Pass.id), col(Passage.id))
        .limit(MOST)
    ).all()  # fmt: skip
    came: dict[int, list[Passage]] = {}
    found: dict[int, Expected] = {}
    for passage, made, flat in rows:
        came.setdefault(made.id or 0, []).append(passage)
        found[made.id or 0] = Expected(made=made, flat=flat.label, fault="over")
    return [Staying(one=found[key], passages=passages) for key, passages in came.items()][:SHOWN]
