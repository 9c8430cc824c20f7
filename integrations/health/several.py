"""Temperatures of several people in one message: 老公36.5，我36.3，儿子37.8. Pure.

One resident checks in for themselves; of a message that tells of others, too, only what they say of themselves is theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.contract import Measured, temperatures_of_several


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one message says of several people: one's own temperature, None where it is missing, and those of others."""

    own: float | None
    others: Sequence[Measured]

    @property
    def hottest(self) -> float:
        """The highest of the others' temperatures."""
        return max(one.degrees for one in self.others)

    @property
    def words(self) -> str:
        """老公 36.5℃、儿子 37.8℃."""
        return "、".join(f"{one.who} {one.degrees:.1f}℃".strip() for one in self.others)


def told(said: str) -> Told | None:
    """Return what the words say of several people, the last message that does; None where they speak of one alone."""
    return next(filter(None, (_line(line) for line in reversed(said.splitlines()))), None)


def _line(line: str) -> Told | None:
    measured = temperatures_of_several(line)
    if not measured:
        return None
    named = [one for one in measured if one.who not in {"", "我"}]
    unnamed = [one for one in measured if not one.who]
    mine = [one for one in measured if one.who == "我"] or (unnamed if named and len(unnamed) == 1 else [])
    return Told(own=mine[-1].degrees if mine else None, others=[one for one in measured if one not in mine])
