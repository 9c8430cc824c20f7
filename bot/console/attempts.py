"""Brakes on guessing: passwords and codes that failed, counted so that whoever guesses waits and nobody else does.

Known devices are counted apart from strangers, after OWASP's "Slow Down Online Guessing Attacks with Device Cookies":
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from bot.keys import Keys
from bot.store import attempts
from bot.store.attempts import Counted, Kind
from bot.store.database import Database

#: Failures that cost no wait: for one account, for one known device, and for one address, which a whole office may share.
FREE, FREE_FOR_ADDRESS = 5, 20


@dataclass(frozen=True)
class Try:
    """One try, and all that it counts for."""

    database: Database
    counted: Sequence[Counted]

    async def begin(self, now: datetime) -> timedelta:
        """Count a failure before it is known for one, or return how long to wait, for which nothing is written."""
        if wait := await self.database.read(attempts.wait, self.counted, now):
            return wait
        return await self.database.write(attempts.begin, self.counted, now)

    async def succeed(self) -> None:
        """It was no failure."""
        await self.database.write(attempts.take_back, self.counted)


@dataclass(frozen=True)
class Attempts:
    """The brakes, of all processes together."""

    database: Database

    def stranger(self, whom: str, network: str) -> Try:
        """Return a try on somebody's account by a browser that was never signed in as them."""
        account, address = Counted(Kind.ACCOUNT, whom, FREE), Counted(Kind.ADDRESS, network, FREE_FOR_ADDRESS)
        return Try(self.database, (account, address))

    def known(self, whom: str, device: str) -> Try:
        """Return a try by a browser in which they signed in before: it waits for its own failures only."""
        return Try(self.database, (Counted(Kind.DEVICE, f"{device} {whom}", FREE),))


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
