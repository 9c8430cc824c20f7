"""A clock that can be put forward, to see windows close and deadlines pass."""

from collections.abc import Callable
from datetime import datetime, timedelta


class TimeMachine:
    """Wraps a clock and is one; only ever runs ahead of it, for time does not go back."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        """Return the time as everybody shall see it."""
        return self._clock() + self.ahead

    def move(self, by: timedelta) -> None:
        """Jump ahead; raises ValueError for a jump back."""
        if by < timedelta(0):
            raise ValueError(f"{by} is in the past; time only goes on")
        self.ahead += by
