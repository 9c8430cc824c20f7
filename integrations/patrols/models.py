"""What is walked past again and again: points, routes over them with their windows, rounds of a route, and who was where when."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.contract import Scoped, json_column, maybe_moment, moment, public_id, sealed, tr, word


class PatrolPoint(Scoped, table=True):
    """A place with a code on the wall."""

    __tablename__ = "patrol_point"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(default_factory=public_id, unique=True)  # what the QR code on the wall says
    name: str
    place: str = ""  # how to find it
    questions: list[dict[str, Any]] = json_column(list)  # what is to be answered there (questions.Question)
    url: str = ""  # what the code of WeChat holds; empty until it was made
    made_at: datetime = moment()
    removed_at: datetime | None = maybe_moment()

    @property
    def subject(self) -> str:
        """What events call it."""
        return f"point:{self.code}"

    @property
    def where(self) -> str:
        """Its name with how to find it."""
        return f"{self.name}（{self.place}）" if self.place else self.name


class PatrolRoute(Scoped, table=True):
    """Points in an order, walked within a window on some weekdays."""

    __tablename__ = "patrol_route"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    name: str
    points: list[int] = json_column(list)  # ids of the points, in the order in which they are walked
    is_ordered: bool = False  # another order is told
    weekdays: str = "0123456"  # days on which a window begins, 0 for Monday
    opens: int = 0  # minutes of the day
    closes: int = 0  # minutes of the day; more than a day has: on the day after
    gap: int = 20  # fewest seconds from one point to the next: whoever is quicker was not there
    walker_id: int | None = Field(default=None, foreign_key="staff.id")  # who walks it; None: whoever may
    begun_to: datetime = moment()  # up to when its rounds were begun
    removed_at: datetime | None = maybe_moment()

    @property
    def subject(self) -> str:
        """What events call it."""
        return f"route:{self.public_id}"


class RoundState(StrEnum):
    """How a round stands."""

    OPEN = "open"
    KEPT = "kept"  # all points in time
    MISSED = "missed"
    VOID = "void"  # its window passed while nothing could be noted: it says nothing of anybody


STATE_WORDS = {
    RoundState.OPEN: tr("进行中"),
    RoundState.KEPT: tr("走完了"),
    RoundState.MISSED: tr("有漏"),
    RoundState.VOID: tr("系统停着，不算"),
}


class PatrolRound(Scoped, table=True):
    """One window of a route: what was to be walked then, as the route was when it began."""

    __tablename__ = "patrol_round"
    __table_args__ = (
        UniqueConstraint("community_id", "route_id", "starts_at", name="patrol_round_once"),
        Index("patrol_round_days", "community_id", "starts_at"),
        Index("patrol_round_open", "community_id", "state", "ends_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    route_id: int = Field(foreign_key="patrol_route.id")
    walker_id: int | None = Field(default=None, foreign_key="staff.id")
    points: list[int] = json_column(list)
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    state: RoundState = word(RoundState, RoundState.OPEN)
    planned: int = 0  # points that were to be walked
    in_time: int = 0  # of these, where somebody was within the window
    reminded_at: datetime | None = maybe_moment()

    @property
    def subject(self) -> str:
        """What events and the task of a round that nobody walked call it."""
        return f"round:{self.public_id}"

    def missing(self, point: PatrolPoint) -> str:
        """Return what the task of a point that was missed is about."""
        return f"round:{self.public_id}.{point.code}"


class VisitKind(StrEnum):
    """How a visit stands to the window that it belongs to."""

    KEPT = "kept"
    LATE = "late"  # made up for after the window
    EARLY = "early"  # before it: counts for nothing
    EXTRA = "extra"  # no window is near


KIND_WORDS = {
    VisitKind.KEPT: tr("按时"),
    VisitKind.LATE: tr("补走"),
    VisitKind.EARLY: tr("太早，不算"),
    VisitKind.EXTRA: tr("计划外"),
}


class Doubt(StrEnum):
    """Why it may be that nobody was there."""

    NONE = ""
    QUICK = "quick"  # no one walks from the last point in that time
    ORDER = "order"  # another point stands before it
    ELSE = "else"  # somebody else was to walk it


DOUBT_WORDS = {Doubt.QUICK: tr("太快，存疑"), Doubt.ORDER: tr("没按顺序"), Doubt.ELSE: tr("替别人走")}


class PatrolVisit(Scoped, table=True):
    """That somebody was at a point, and what they found there."""

    __tablename__ = "patrol_visit"
    __table_args__ = (
        UniqueConstraint("community_id", "round_id", "point_id", name="patrol_visit_once"),
        Index("patrol_visit_at", "community_id", "at", "id"),
        Index("patrol_visit_by", "staff_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    point_id: int = Field(foreign_key="patrol_point.id", index=True)
    round_id: int | None = Field(default=None, foreign_key="patrol_round.id")
    staff_id: int = Field(foreign_key="staff.id")
    at: datetime = moment()
    kind: VisitKind = word(VisitKind, VisitKind.KEPT)
    doubt: str = ""  # of Doubt
    answers: dict[str, Any] = json_column(dict)
    is_off: bool = False  # an answer lies beyond its limits
    fault: str = sealed("patrol_visit.fault")  # what they said is broken
    ticket: str = Field(default="", index=True)  # what events call the repair that came of it
    ticket_state: str = ""  # how that stands, by the last of its events

    @property
    def subject(self) -> str:
        """What events call it."""
        return f"visit:{self.public_id}"
