"""What may answer a message, found among what the offices know. Pure."""

from dataclasses import dataclass

#: As sure as this, an entry answers what is no question, too, and before an intent that is less sure.
SURE = 0.5


@dataclass(frozen=True, kw_only=True)
class Known:
    """An entry of a community's knowledge that may answer a message."""

    entry: str  # its public id
    community_id: int
    confidence: float

    @property
    def is_sure(self) -> bool:
        """Tell whether the entry may answer what is no question."""
        return self.confidence >= SURE
