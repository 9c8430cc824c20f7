"""What an installation may set about visitor passes; each is LINLI_VISITOR_PASSES_ and its name in capitals."""

from datetime import timedelta

from pydantic import BaseModel, Field


class Settings(BaseModel):
    """How strictly the gate reads the clock, and how long visits are remembered."""

    grace_minutes: int = Field(30, ge=0, le=720, description="minutes that visitors may come early and leave late")

    keep_days: int = Field(180, ge=1, le=3650, description="days for which names, phones, plates and words of a visit are kept")

    tell_arrivals: bool = Field(True, description="tell who invited when the first of their guests comes in that day")

    most_open: int = Field(20, ge=1, le=500, description="passes of one flat that may be open at once")

    most_a_day: int = Field(20, ge=1, le=500, description="passes that may be made for one flat in a day")

    delivery_minutes: int = Field(30, ge=15, le=60, description="minutes for which the pass of a delivery opens the gate")

    most_deliveries: int = Field(
        30, ge=1, le=500, description="passes of deliveries that may be made for one flat in a day, beside the others"
    )

    @property
    def delivery(self) -> timedelta:
        """How long what was ordered may be on its way through the gate."""
        return timedelta(minutes=self.delivery_minutes)

    silent_minutes: int = Field(
        5, ge=1, le=1440, description="minutes after which a door that sends nothing becomes a task for the staff"
    )

    @property
    def silence(self) -> timedelta:
        """How long a door may be silent."""
        return timedelta(minutes=self.silent_minutes)

    @property
    def grace(self) -> timedelta:
        """The same as a length of time."""
        return timedelta(minutes=self.grace_minutes)
