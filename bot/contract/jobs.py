"""What happens by itself, every so often."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.contract.work import Work


@dataclass(frozen=True, kw_only=True)
class Job:
    """Something to be done every so often for each community, in a transaction each. Replicas may run it side by side: be idempotent."""

    name: str  # with its module: two services may have a `remind`
    every: timedelta
    run: Callable[[Work], None]


def job(every: timedelta) -> Callable[[Callable[[Work], None]], Job]:
    """Make a function a job."""
    return lambda run: Job(name=f"{run.__module__}.{run.__name__}", every=every, run=run)
