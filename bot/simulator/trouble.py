"""What may be switched on to see how the bot bears it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args

from bot.simulator.refusal import Refused

#: The connection is dropped before a call was done, or after it.
Reset = Literal["", "before", "after"]

#: Longest that an answer may be held back, in seconds.
SLOWEST = 60


@dataclass(kw_only=True)
class Trouble:
    """All but `repeats` is for the API, and not for tokens.

    `calls` says how many calls more `slow`, `reset`, `stale` and `spent` last; 0 = until they are switched off.
    """

    repeats: bool = False  # each push comes three times, whatever was answered
    busy: bool | int = False  # -1 to everything, or to that many calls
    slow: float = 0  # seconds between a call's work and its answer
    reset: Reset = ""
    stale: bool = False  # every token is refused with 40001
    spent: bool = False  # all that sends is refused with 45009
    calls: int = 0

    def befall(self) -> "Trouble":
        """Return what befalls the next call, and count that call."""
        now = replace(self)
        if self.busy is not True and self.busy:
            self.busy -= 1
        if self.calls:
            self.calls -= 1
            if not self.calls:
                self.slow, self.reset, self.stale, self.spent = 0, "", False, False
        return now

    def switch(self, wanted: Mapping[str, object]) -> None:
        """Take over what is named; raises Refused, changing nothing, when a value is not of its kind."""
        for name, value in wanted.items():
            if name not in _FITS or not _FITS[name](value):
                raise Refused(40000, f"trouble cannot be {name}={value!r}")
        for name, value in wanted.items():
            setattr(self, name, value)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_FITS = {field.name: _is_switch for field in fields(Trouble)} | {
    "busy": lambda value: _is_switch(value) or _is_count(value),
    "slow": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= SLOWEST,
    "reset": lambda value: value in get_args(Reset),
    "calls": _is_count,
}
