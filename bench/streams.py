"""How soon 1,000 open pages of the console hear of what residents write: python bench/streams.py

The product runs as a process of its own, as `linli serve` builds it. An arrival counts from when the push is answered, which
is after its commit, until the page has the line; pushes come at odd moments, so that none falls in step with the watcher.
"""

import asyncio
import random
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import load
import run
import servers
from sqlmodel import Session, select

from bot import app, config
from bot.console.live import MOST
from bot.store import scope, sessions
from bot.store.communities import Community
from bot.store.staff import Role, Staff

#: Pages that stand open, and messages that come meanwhile.
PAGES, MESSAGES = 1_000, 30

#: Seconds between two messages, at least and at most.
SOONEST, LATEST = 0.7, 1.6

_LINE = re.compile(rb"^data: .*line", re.MULTILINE)


class Page(asyncio.Protocol):
    """One browser that listens; `heard` are the moments at which lines came."""

    def __init__(self, token: str) -> None:
        self.heard: list[float] = []
        self.begun = asyncio.get_running_loop().create_future()
        self._token, self._first = token, b""

    def connection_made(self, transport: asyncio.WriteTransport) -> None:  # type: ignore[override]  # what TCP gives
        """Ask for the stream."""
        head = f"GET /console/live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: __Host-sid={self._token}\r\n\r\n"
        transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
        """Note when a line came; the first words are that all may be new."""
        if not self.begun.done():
            self._first += data
            if not self._first.startswith(b"HTTP/1.1 200"):
                self.begun.set_exception(RuntimeError(self._first[:200].decode(errors="replace")))
            elif b"data: *" in self._first:
                self.begun.set_result(None)
        elif b"data: *" in data or _LINE.search(data):
            self.heard.append(time.perf_counter())

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail whoever still waits."""
        if not self.begun.done():
            self.begun.set_exception(exc or ConnectionResetError("the stream ended before it began"))


def sign_in(session: Session) -> list[str]:
    """Return the tokens of PAGES signed-in browsers, MOST of a person."""
    community = session.exec(select(Community)).first()
    assert community is not None
    scope.enter(session, community.key)
    now, tokens = app.clock(), []
    for number in range(-(-PAGES // MOST)):
        member = Staff(login=f"bench{number}", name=f"同事{number}", role=Role.MANAGER, created_at=now)
        session.add(member)
        session.flush()
        tokens += [sessions.begin(session, member, "bench", now) for _ in range(MOST)]
    return tokens[:PAGES]


async def listen(port: int, tokens: list[str], pushes: list[bytes]) -> list[float]:
    """Return how many seconds each page waited for each message; raises RuntimeError for one that never heard of one."""
    loop, chance = asyncio.get_running_loop(), random.Random(1)
    pages = []
    for token in tokens:
        _, page = await loop.create_connection(lambda token=token: Page(token), "127.0.0.1", port)
        pages.append(page)
    await asyncio.wait_for(asyncio.gather(*(page.begun for page in pages)), 60)
    answered = []
    for push in pushes:
        await asyncio.sleep(chance.uniform(SOONEST, LATEST))
        await load.pace(port, [load.Asked(at=0, request=push)])
        answered.append(time.perf_counter())
    await asyncio.sleep(LATEST)
    waits = []
    for page in pages:
        for began, ends in zip(answered, [*answered[1:], float("inf")], strict=True):
            came = next((moment for moment in page.heard if began - SOONEST / 2 <= moment < ends), None)
            if came is None:
                raise RuntimeError("a page has not heard of a message")
            waits.append(max(came - began, 0.0))
    return waits


def measure() -> list[float]:
    """Serve, listen, and return the waits."""
    with tempfile.TemporaryDirectory() as folder:
        settings = servers.settings_of(Path(folder))
        linli = seeded(settings)
        tokens = linli.database.submit(sign_in).result()
        linli.database.close()
        pushes = run.Pushes(servers.account_of(settings)).reports[:MESSAGES]
        with run.serving(sys.executable, servers.__file__, "turns", "PORT", folder) as server:
            return run.run(listen(server.port, tokens, pushes))


def seeded(settings: config.Settings) -> app.Linli:
    """Return the product with its demo community, before it serves."""
    servers.serving.seed(settings)
    return app.Linli.assemble(settings)


def main() -> None:
    """Measure and print."""
    waits = measure()
    p50, p99 = statistics.median(waits), statistics.quantiles(waits, n=100)[98]
    print(
        f"{PAGES:,} pages, {MESSAGES} messages: p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms, longest {max(waits) * 1e3:.0f} ms"
    )


if __name__ == "__main__":
    main()
