"""What an installation may set about check-ins; each is LINLI_HEALTH_ and its name in capitals."""

from datetime import timedelta

from pydantic import BaseModel, Field


class Settings(BaseModel):
    """How long check-ins live. What was consented to names the days: change them before anybody is asked."""

    keep_days: int = Field(90, ge=1, le=365, description="days for which temperatures and symptoms are kept")

    @property
    def lives(self) -> timedelta:
        """The same as a length of time."""
        return timedelta(days=self.keep_days)
