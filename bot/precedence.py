"""Who goes first in one event loop: while somebody stands at the gate, no ordinary message is begun."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: Seconds from the beginning of what goes first, after which messages are begun all the same: whoever writes has time, and yet is not
#: forgotten where the gate never rests, or a phone there takes long to say what it asks.
PATIENCE = 0.5


class Precedence:
    """What goes first, and what waits until it is over."""

    def __init__(self) -> None:
        self._under_way, self._since = 0, 0.0
        self._over = asyncio.Event()
        self._over.set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Go before all that waits for `calm`."""
        if not self._under_way:
            self._since = asyncio.get_running_loop().time()
            self._over.clear()
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._over.set()

    async def calm(self) -> None:
        """Wait until nothing goes first, or has done so for PATIENCE."""
        if self._under_way:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._since + PATIENCE):
                    await self._over.wait()
