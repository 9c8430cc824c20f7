"""What an installation may set about patrols; each is LINLI_PATROLS_ and its name in capitals."""

from datetime import timedelta

from pydantic import BaseModel, Field


class Settings(BaseModel):
    """How long after its window a point is made up for, and how long it is kept who was where."""

    late_hours: int = Field(12, ge=1, le=48, description="hours after a window in which a point that was missed is made up for")
    keep_days: int = Field(730, ge=90, le=3650, description="days for which it is kept who was at which point when")

    @property
    def late(self) -> timedelta:
        """How long a point is made up for."""
        return timedelta(hours=self.late_hours)
