"""What happened, numbered, for the pages that watch."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")

#: Entries kept for pages that were away; one that was away longer reads everything anew.
KEPT = 2000


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened; `id` says where to go on reading. What it is about is read when it is told."""

    id: str
    kind: str  # line, resident, menu, codes, clock, trouble, typing, reset
    line: int = 0
    openid: str = ""
    data: Mapping[str, object] = field(default_factory=dict)


class Journal:
    """Lives in memory. Ids name their run, so that a page never mistakes a new run for the old one."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)
        self._number = 0
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._changed = asyncio.Event()
        self._closed = False

    @property
    def last(self) -> str:
        """The id of the newest entry."""
        return f"{self._run}.{self._number}"

    def publish(self, kind: str, *, line: int = 0, openid: str = "", data: Mapping[str, object] | None = None) -> None:
        """Write an entry and wake whoever waits."""
        self._number += 1
        self._entries.append(Entry(id=self.last, kind=kind, line=line, openid=openid, data=data or {}))
        self._wake()

    def close(self) -> None:
        """Let all who follow come to their end."""
        self._closed = True
        self._wake()

    def since(self, last: str) -> list[Entry] | None:
        """Return the entries after id `last`; None when they are not known any more or never were."""
        run, _, number = last.partition(".")
        if run != self._run or not number.isdecimal():
            return None
        missed = self._number - int(number)
        if not 0 <= missed <= len(self._entries):
            return None
        return list(self._entries)[len(self._entries) - missed :]

    async def until(self, look: Callable[[], T | None]) -> T:
        """Return what `look` finds as soon as it is truthy; it looks again at each change."""
        while not (found := look()):
            await self._changed.wait()
        return found

    async def follow(self, last: str) -> AsyncGenerator[Entry]:
        """Yield all entries after id `last`, also those to come, until the journal is closed.

        To whom that id says nothing any more, a `reset` comes first: read everything anew.
        """
        while not self._closed:
            entries = self.since(last)
            if entries is None:
                entries = [Entry(id=self.last, kind="reset")]
            for entry in entries:
                yield entry
                last = entry.id
            if last == self.last:
                await self._changed.wait()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
