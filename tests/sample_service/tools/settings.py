"""What an operator sets: each field is LINLI_TOOLS_ and its name in capitals."""

from pydantic import BaseModel, Field


class Settings(BaseModel):
    """How long tools are lent, and who hears of it."""

    days: int = Field(3, ge=1, le=30, description="days until a tool is due back")
    webhook: str = Field("", description="address that hears of each tool that is lent; empty = none")
