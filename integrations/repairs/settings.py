"""What an installation may set about repairs; each is LINLI_REPAIRS_ and its name in capitals."""

from pydantic import BaseModel, Field


class Settings(BaseModel):
    """How long the words of a repair are kept: as long as somebody may ask what was repaired, by whom and how well."""

    keep_days: int = Field(730, ge=180, le=3650, description="days for which words, phone and place of a repair are kept")
