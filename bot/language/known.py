"""What may answer a message, found among what the offices know. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Known:
    """An entry of a community's knowledge that may answer a message."""

    entry: str  # its public id
    community_id: int
    confidence: float
