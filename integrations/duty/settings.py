"""Settings of the service: LINLI_DUTY_…"""

from pydantic import BaseModel, Field


class Settings(BaseModel):
    """What can be set."""

    local_robots: bool = Field(False, description="for tests only: group robots may be reached on this machine, without TLS")
