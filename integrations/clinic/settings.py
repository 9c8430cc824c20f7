"""What an installation may set about the health station; each is LINLI_CLINIC_ and its name in capitals."""

from datetime import timedelta

from pydantic import BaseModel, Field


class Settings(BaseModel):
    """How late one may cancel, how many places a flat may hold, and how long a place waits for an answer."""

    cancel_hours: int = Field(
        2, ge=0, le=72, description="hours before a session up to which residents cancel or move themselves"
    )

    flat_holds: int = Field(3, ge=1, le=20, description="places that one flat may hold at once, waiting included")

    hold_minutes: int = Field(120, ge=10, le=1440, description="minutes for which a place that became free waits for who is next")

    keep_days: int = Field(180, ge=1, le=3650, description="days for which it is kept who had a place")

    @property
    def cancel_before(self) -> timedelta:
        """How long before a session residents may still cancel."""
        return timedelta(hours=self.cancel_hours)

    @property
    def holds(self) -> timedelta:
        """How long a place is held."""
        return timedelta(minutes=self.hold_minutes)
