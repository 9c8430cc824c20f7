"""What is kept of those who repair and work from their own chat: where their talk stands, what they asked a resident, what they photographed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.contract import Scoped, json_column, maybe_moment, moment, sealed, sealed_map, tr, word


class CrewTalk(Scoped, table=True):
    """Where the talk of one of the staff about their tickets stands."""

    __tablename__ = "repair_crew_talk"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", unique=True)
    listed: list[str] = json_column(list)  # numbers of the tickets that were listed last, in the order shown
    listed_at: datetime | None = maybe_moment()
    asked: dict[str, Any] = sealed_map(
        "repair_crew_talk.asked"
    )  # what is to be done once they say to which ticket, or send a photo
    asked_at: datetime | None = maybe_moment()
    meant: str = ""  # the ticket that they spoke of last
    meant_at: datetime | None = maybe_moment()
    done: dict[str, Any] = json_column(dict)  # what they did last, as taking it back needs it
    done_at: datetime | None = maybe_moment()


class TicketQuestion(Scoped, table=True):
    """Something that whoever repairs asks the resident, and the answer."""

    __tablename__ = "repair_question"
    __table_args__ = (Index("repair_question_asked", "community_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="repair_ticket.id", index=True)
    staff_id: int = Field(foreign_key="staff.id")
    at: datetime = moment()
    text: str = sealed("repair_question.text")
    answered_at: datetime | None = maybe_moment()
    answer: str = sealed("repair_question.answer")


class Stage(StrEnum):
    """When whoever repairs took a photo."""

    BEFORE = "before"
    AFTER = "after"


#: What people call it.
STAGE_WORDS = {Stage.BEFORE: tr("修前"), Stage.AFTER: tr("修后")}


class TicketPicture(Scoped, table=True):
    """A photo that whoever repairs took of a ticket; those of the resident have none."""

    __tablename__ = "repair_picture"
    __table_args__ = (UniqueConstraint("community_id", "photo", name="repair_picture_once"),)

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="repair_ticket.id", index=True)
    photo: str  # its public id: what is erased with its sender leaves no row behind that holds it
    staff_id: int = Field(foreign_key="staff.id")
    at: datetime = moment()
    stage: Stage = word(Stage, Stage.BEFORE)
