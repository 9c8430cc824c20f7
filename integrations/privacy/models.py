"""Links to what is known of somebody: each opens once."""

from datetime import datetime

from sqlmodel import Field

from bot.contract import Scoped, maybe_moment, moment, public_id


class Export(Scoped, table=True):
    """One link. It names the talk, not the account: when that is deleted it leads nowhere."""

    __tablename__ = "privacy_export"

    code: str = Field(default_factory=public_id, primary_key=True)
    talk: str  # the conversation's public id
    asked_at: datetime = moment()
    opened_at: datetime | None = maybe_moment()
    file_key: str = Field(default_factory=public_id)  # of the file, which whoever has opened the page may fetch
