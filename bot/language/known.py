"""What may answer a message, found among what the offices know. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

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


class Sought(Sequence[Known]):
    """What may answer a message, looked for when somebody first asks: for most messages nobody does, and it takes longer than all else."""

    def __init__(self, look: Callable[[], Sequence[Known]]) -> None:
        self._look = look

    @cached_property
    def _found(self) -> Sequence[Known]:
        return self._look()

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, place: int) -> Known: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Known]: ...
    def __getitem__(self, place: int | slice) -> Known | Sequence[Known]:
        return self._found[place]

    def __iter__(self) -> Iterator[Known]:
        return iter(self._found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self._found) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self._found))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._found!r})"
