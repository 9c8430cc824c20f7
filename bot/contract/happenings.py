"""Reacting to what another service records, without knowing that service.

    @on("ticket.opened", "category urgent")
    def count(work: Work, happening: Happening) -> None: ...

The service that records the event declares its fields (`Integration.emits`); `linli check` holds both sides to them. A reaction runs
in the transaction of the event. One that raises undoes nothing but itself, and is told to the admins.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.store.events import Happening

if TYPE_CHECKING:
    from bot.contract.work import Work


__all__ = ["Happening", "Reaction", "on"]


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """What a service does when an event of `kind` is recorded; it reads the fields `reads` of it."""

    kind: str
    reads: frozenset[str]
    run: Callable[["Work", Happening], None]

    @property
    def name(self) -> str:
        """What admins are told when it fails."""
        return f"{self.run.__module__}.{self.run.__name__}"


def on(kind: str, reads: str = "") -> Callable[[Callable[["Work", Happening], None]], Reaction]:
    """Make a function a reaction to events of `kind`; `reads` names the fields it uses, one after the other."""
    return lambda run: Reaction(kind=kind, reads=frozenset(reads.split()), run=run)
