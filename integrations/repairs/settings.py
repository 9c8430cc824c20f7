"""What an installation may set about repairs; each is LINLI_REPAIRS_ and its name in capitals."""

from pydantic import BaseModel, Field, field_validator

from integrations.repairs import profiles


class Settings(BaseModel):
    """How long the words of a repair are kept: as long as somebody may ask what was repaired, by whom and how well; how soon it is taken on."""

    keep_days: int = Field(730, ge=180, le=3650, description="days for which words, phone and place of a repair are kept")
    answer_minutes: int = Field(
        120, ge=5, le=2880, description="minutes of office time within which a repair is to be taken on, for the figures"
    )
    urgent_answer_minutes: int = Field(30, ge=5, le=240, description="the same for urgent ones, at any hour")
    clocks: str = Field(
        "",
        description="a file of your own that says how long which repair may take, as data/clocks.yaml of the service does; empty = that one",
    )

    @field_validator("clocks")
    @classmethod
    def _readable(cls, path: str) -> str:
        """Refuse a file that nobody could count by before anything is promised by it."""
        profiles.load(path)
        return path
