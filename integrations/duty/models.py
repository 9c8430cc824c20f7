"""Codes that bind a WeChat to a member of the staff, and robots of group chats."""

import secrets
from datetime import datetime

from sqlmodel import Field

from bot.contract import PUBLIC_ALPHABET, Scoped, maybe_moment, moment, public_id


def short_code() -> str:
    """Return six signs to type."""
    return "".join(secrets.choice(PUBLIC_ALPHABET) for _ in range(6))


class Code(Scoped, table=True):
    """A code with which one member of the staff says, once and soon: this WeChat is mine."""

    __tablename__ = "duty_code"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    scene: str = Field(default_factory=public_id, unique=True)  # what the QR code says
    typed: str = Field(default_factory=short_code, index=True)  # for whoever cannot scan
    url: str = ""  # what the picture holds; WeChat tells it
    expires_at: datetime = moment()
    used_at: datetime | None = maybe_moment()

    @property
    def about(self) -> str:
        """What events and effects call it."""
        return f"duty_code:{self.scene}"

    def is_good(self, now: datetime) -> bool:
        """Tell whether it may still be used."""
        return self.used_at is None and now < self.expires_at


class Robot(Scoped, table=True):
    """A robot of a group chat that is told of alarms. Whoever knows its address may write there."""

    __tablename__ = "duty_robot"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    name: str
    url: str
    added_at: datetime = moment()
    worked_at: datetime | None = maybe_moment()  # when it last took a message
