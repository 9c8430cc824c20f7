"""Which rows of a service are a person's: what the person may read, what goes when they leave, what is forgotten with time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.contract.work import Work
from bot.store.people import Resident


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long rows of a kind live. `forget(work, now - lives)` deletes or empties what is older and returns how many."""

    what: str  # 体温和症状, for the page that tells residents
    lives: timedelta
    forget: Callable[[Work, Any], int]


@dataclass(frozen=True, kw_only=True)
class Personal:
    """What a service does with a person's rows.

    `export`: everything that is theirs, as JSON with names people read. `erase`: called when they have left; deletes it or takes
    the person out of it, and ends what they could still do (open passes). `retain`: how long rows live.
    """

    export: Callable[[Work, Resident], Mapping[str, Any]]
    erase: Callable[[Work, Resident], None]
    retain: Sequence[Retention] = ()
