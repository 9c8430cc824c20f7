"""What an installation may set about repairs; each is LINLI_REPAIRS_ and its name in capitals."""

from pydantic import BaseModel, Field, field_validator

from integrations.repairs import profiles
from integrations.repairs.models import CATEGORY_WORDS


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

    photo_after: str = Field(
        "water,drain,wall,door",
        description="kinds of repairs that are finished in the chat with a photo of what was done, by their keys, a comma between; empty = none",
    )

    @property
    def wants_photo(self) -> frozenset[str]:
        """The kinds that want a photo of what was done."""
        return frozenset(filter(None, (one.strip() for one in self.photo_after.split(","))))

    @field_validator("photo_after")
    @classmethod
    def _known(cls, kinds: str) -> str:
        """Refuse a kind that there is not: it would ask for no photo, and nobody would know why."""
        unknown = [one.strip() for one in kinds.split(",") if one.strip() and one.strip() not in CATEGORY_WORDS]
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is no kind of repair; known are {', '.join(CATEGORY_WORDS)}")
        return kinds

    @field_validator("clocks")
    @classmethod
    def _readable(cls, path: str) -> str:
        """Refuse a file that nobody could count by before anything is promised by it."""
        profiles.load(path)
        return path
