"""How often a key may call: a token bucket for each, in memory. With several processes each counts for itself."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil


@dataclass
class _Bucket:
    tokens: float
    at: datetime


class Pace:
    """Counts the calls of one process. A key that was silent for a minute may make a minute's calls at once."""

    def __init__(self) -> None:
        self._buckets: dict[int, _Bucket] = {}

    def wait(self, key_id: int, per_minute: int, now: datetime) -> int:
        """Count a call; returns 0, or the seconds after which the next one is taken."""
        bucket = self._buckets.setdefault(key_id, _Bucket(per_minute, now))
        passed = max((now - bucket.at).total_seconds(), 0)
        bucket.tokens, bucket.at = min(bucket.tokens + passed * per_minute / 60, per_minute), now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0
        return ceil((1 - bucket.tokens) * 60 / per_minute)
