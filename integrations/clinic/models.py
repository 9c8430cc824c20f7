"""When the community's health station sees people, and who has a place in it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from bot.contract import Scoped, maybe_moment, moment, public_id, sealed, word


class Session(Scoped, table=True):
    """One consultation: a doctor, some hours of a day, so many places. What is taken never exceeds the places: the database refuses it."""

    __tablename__ = "clinic_session"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= places", name="clinic_session_places"),
        Index("clinic_session_ahead", "community_id", "starts_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    doctor: str
    offers: str  # what it is for: 全科, 量血压
    room: str
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    places: int
    taken: int = 0  # booked, and held for who waited
    cancelled_at: datetime | None = maybe_moment()

    @property
    def subject(self) -> str:
        """What events call it."""
        return f"clinic:{self.public_id}"


class State(StrEnum):
    """How somebody stands to a session."""

    BOOKED = "booked"  # has a place
    WAITING = "waiting"  # has none, and wants one
    OFFERED = "offered"  # a place is held until `held_until`, should they want it
    CANCELLED = "cancelled"  # by themselves
    LAPSED = "lapsed"  # was offered a place and did not answer, or none became free
    CALLED_OFF = "called_off"  # by the station
    CAME = "came"
    MISSED = "missed"


#: Who has a place, or one is held for them.
HOLDS = (State.BOOKED, State.OFFERED)

#: What may still come to something.
OPEN = (State.BOOKED, State.OFFERED, State.WAITING)


class Booking(Scoped, table=True):
    """One place for one person of a flat, or the wish for one. Why they come is neither asked nor kept."""

    __tablename__ = "clinic_booking"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(default_factory=public_id, unique=True)
    session_id: int = Field(foreign_key="clinic_session.id", index=True)
    resident_id: int = Field(foreign_key="resident.id", index=True)  # who booked it
    household_id: int = Field(foreign_key="household.id", index=True)
    patient: str = sealed("clinic_booking.patient")  # whom it is for: a name, or 妈妈
    state: State = word(State, State.BOOKED)
    made_at: datetime = moment(index=True)
    queued_at: datetime | None = maybe_moment()  # since when they wait: the first is offered a place first
    held_until: datetime | None = maybe_moment()
    reminded_at: datetime | None = maybe_moment()

    @property
    def subject(self) -> str:
        """What events call it, and what is said next belongs to."""
        return f"appointment:{self.number}"
