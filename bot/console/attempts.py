"""Brakes on guessing: passwords and codes that failed, counted so that whoever guesses waits and nobody else does.

Known devices are counted apart from strangers, after OWASP's "Slow Down Online Guessing Attacks with Device Cookies":
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from bot.keys import Keys

#: Failures that cost no wait: for one account, for one known device, and for one address, which a whole office may share.
FREE, FREE_FOR_ADDRESS = 5, 20

#: The wait after the last free failure; it doubles with each further one, up to the longest. Failures are forgotten in time.
FIRST_WAIT, LONGEST_WAIT, FORGOTTEN = timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1)

#: Keys that are counted of each kind.
ROOM = 10_000

NONE = timedelta(0)


@dataclass(slots=True)
class _Failed:
    times: int
    last: datetime


class Failures:
    """How often something failed, by key, in memory: where there is no room, the key that failed longest ago makes it."""

    def __init__(self, free: int, room: int = ROOM) -> None:
        self._free, self._room = free, room
        self._kept: OrderedDict[bytes, _Failed] = OrderedDict()  # by their last failure, the oldest first

    def __len__(self) -> int:
        return len(self._kept)

    def wait(self, key: str, now: datetime) -> timedelta:
        """Return how long to wait before the next try."""
        failed = self._kept.get(_mark(key))
        if failed is None or failed.times < self._free:
            return NONE
        doublings = min(failed.times - self._free, 10)
        return max(min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT) - (now - failed.last), NONE)

    def add(self, key: str, now: datetime) -> None:
        """Count a failure."""
        mark = _mark(key)
        before = self._kept.pop(mark, None)
        times = before.times if before is not None and now - before.last < FORGOTTEN else 0
        while len(self._kept) >= self._room:
            self._kept.popitem(last=False)
        self._kept[mark] = _Failed(times + 1, now)

    def take_back(self, key: str) -> None:
        """Let one failure not have been."""
        mark = _mark(key)
        failed = self._kept.get(mark)
        if failed is not None:
            failed.times -= 1
            if failed.times <= 0:
                del self._kept[mark]


def _mark(key: str) -> bytes:
    return sha256(key.encode(errors="surrogateescape")).digest()[:16]  # a login may be as long as a form


@dataclass(frozen=True)
class Try:
    """One try, and all that it counts for."""

    counted: Sequence[tuple[Failures, str]]

    def begin(self, now: datetime) -> timedelta:
        """Count a failure before it is known for one, or return how long to wait: of a thousand tries at once few are looked at."""
        wait = max(failures.wait(key, now) for failures, key in self.counted)
        if not wait:
            for failures, key in self.counted:
                failures.add(key, now)
        return wait

    def succeed(self) -> None:
        """It was no failure; earlier ones stay, or who has an account could clear their address between two guesses."""
        for failures, key in self.counted:
            failures.take_back(key)


class Attempts:
    """The brakes of one process."""

    def __init__(self) -> None:
        self._accounts, self._devices, self._addresses = Failures(FREE), Failures(FREE), Failures(FREE_FOR_ADDRESS)

    def stranger(self, whom: str, network: str) -> Try:
        """Return a try on somebody's account by a browser that was never signed in as them."""
        return Try(((self._accounts, whom), (self._addresses, network)))

    def known(self, whom: str, device: str) -> Try:
        """Return a try by a browser in which they signed in before: it waits for its own failures only."""
        return Try(((self._devices, f"{device} {whom}"),))


# ------------------------------------------------------------------ devices

#: People whom one browser is known for: the guards of one gate share theirs.
_PEOPLE = 8


@dataclass(frozen=True)
class Device:
    """A browser and proofs of who has signed in there, as its cookie holds them: `id.proof.proof`, the newest first."""

    id: str
    proofs: tuple[str, ...] = ()

    @classmethod
    def read(cls, cookie: str) -> "Device":
        """Return the device of a cookie, a new one for none."""
        own, *proofs = cookie.split(".")
        return cls(own[:40], tuple(proofs[:_PEOPLE])) if own and proofs else cls(secrets.token_urlsafe(12))

    def knows(self, person: str, keys: Keys) -> bool:
        """Tell whether somebody signed in there before."""
        proof = self._proof(person, keys).encode()
        return any(compare_digest(proof, one.encode(errors="surrogateescape")) for one in self.proofs)

    def learn(self, person: str, keys: Keys) -> "Device":
        """Return the same device, known for one more person."""
        proof = self._proof(person, keys)
        others = [one for one in self.proofs if one != proof]
        return Device(self.id, (proof, *others[: _PEOPLE - 1]))

    def __str__(self) -> str:
        return ".".join((self.id, *self.proofs))

    def _proof(self, person: str, keys: Keys) -> str:
        return keys.prove("device-1", f"{self.id} {person}")
