"""What staff keep beside a talk, and what the community keeps ready for all of them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.contract import Scoped, moment, public_id, sealed


class TalkNote(Scoped, table=True):
    """What somebody of the staff noted for colleagues; no resident is sent it."""

    __tablename__ = "desk_note"
    __table_args__ = (Index("desk_note_openid", "openid", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    openid: str
    at: datetime = moment()
    staff_id: int = Field(foreign_key="staff.id")
    text: str = sealed("desk_note.text")


class TalkLabel(Scoped, table=True):
    """A word of the community's own for talks: 催物业费, 投诉."""

    __tablename__ = "desk_label"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    name: str


class TalkLabelled(Scoped, table=True):
    """That a talk bears a label."""

    __tablename__ = "desk_labelled"

    openid: str = Field(primary_key=True)
    label_id: int = Field(primary_key=True, foreign_key="desk_label.id", index=True)


class ReadyAnswer(Scoped, table=True):
    """An answer kept ready: typed as /short, with variables such as {称呼}."""

    __tablename__ = "desk_phrase"
    __table_args__ = (UniqueConstraint("community_id", "short"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    short: str
    text: str
