"""The load: bare connections that send requests encoded beforehand, so that it costs little beside what it measures."""

import asyncio
import re
import statistics
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from urllib.parse import urlencode

#: Requests in flight, one a connection.
CONNECTIONS = 50

#: Seconds after the end of a pass in which answers are waited for; a lost SYN of a full backlog can take minutes.
GRACE = 1.0

#: Seconds between the tries of a slow connection that is refused.
AGAIN = 0.05

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one pass showed: answers a second, the seconds that half and all but a hundredth took at most, calls left alone."""

    rate: float
    p50: float
    p99: float
    hung_up: float
    answers: float


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request, and the second at which it is sent."""

    at: float
    request: bytes


def encode(query: dict[str, str], body: str) -> bytes:
    """Return a whole request."""
    content = body.encode()
    head = f"POST /wechat?{urlencode(query)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


async def send(port: int, requests: Iterable[bytes], seconds: float, connections: int = CONNECTIONS) -> Result:
    """Send requests for some seconds, or until there are no more, and wait GRACE for the last answers."""
    load = _Pass(port, iter(requests), time.perf_counter() + seconds)
    callers = [_Caller(load) for _ in range(connections)]
    began = time.perf_counter()
    work = asyncio.gather(*(caller.run() for caller in callers))
    try:
        await asyncio.wait_for(work, seconds + GRACE)
    except TimeoutError:
        load.hung_up += sum(not caller.is_over for caller in callers)
    finally:
        for caller in callers:
            caller.close()
    took = load.last - began
    p50, p99 = statistics.median(load.waits), statistics.quantiles(load.waits, n=100)[98]
    return Result(rate=len(load.waits) / took, p50=p50, p99=p99, hung_up=load.hung_up, answers=len(load.waits))


async def pace(port: int, asked: Sequence["Asked"]) -> list[float]:
    """Send each request when it is due, whatever is still unanswered; returns the seconds each waited, from when it was due."""
    began, idle = time.perf_counter(), list["_Line"]()
    try:
        return await asyncio.gather(*(_ask(port, one.request, began + one.at, idle) for one in asked))
    finally:
        for line in idle:
            line.transport.abort()


def middle(results: Sequence[Result]) -> Result:
    """Return the medians over several passes."""
    return Result(**{item.name: statistics.median(getattr(one, item.name) for one in results) for item in fields(Result)})


class _Pass:
    """What the connections of one pass share."""

    def __init__(self, port: int, requests: Iterator[bytes], ends: float) -> None:
        self.port, self.ends, self._requests = port, ends, requests
        self.waits: list[float] = []
        self.hung_up, self.last = 0, ends

    def next(self) -> bytes | None:
        """Return the next request, None when the pass is over."""
        return next(self._requests, None) if time.perf_counter() < self.ends else None


class _Caller:
    """Asks again as soon as it is answered; where the server hangs up, on a new connection."""

    def __init__(self, load: _Pass) -> None:
        self._load = load
        self._line: _Line | None = None
        self._request: bytes | None = None
        self._began = 0.0
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def is_over(self) -> bool:
        """All it asked is answered."""
        return self._over.done()

    async def run(self) -> None:
        """Ask until the pass is over; raises RuntimeError for an answer that is none."""
        self.ask()
        await self._over

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.transport.abort()

    def ask(self) -> None:
        """Send the next request, if there is one."""
        self._request, self._began = self._load.next(), time.perf_counter()
        if self._request is not None:
            self._send(self._request)
        elif not self._over.done():
            self._over.set_result(None)

    def take(self, answer: bytes) -> None:
        """Count an answer and ask again."""
        if not _is_answer(answer):
            self.fail(_no_answer(self._load.port, answer))
            return
        self._load.last = time.perf_counter()
        self._load.waits.append(self._load.last - self._began)
        if not answer.startswith(b"HTTP/1.1"):
            self.close()
            self._line = None
        self.ask()

    def lose(self, line: "_Line") -> None:
        """Send the request under way once more, for the server hung up on it."""
        if line is self._line and self._request is not None:
            self._load.hung_up += 1
            self._line = None
            self._send(self._request)

    def fail(self, error: Exception) -> None:
        """Give up."""
        if not self._over.done():
            self._over.set_exception(error)

    def _send(self, request: bytes) -> None:
        if self._line is not None:
            self._line.transport.write(request)
        else:
            self._connecting = asyncio.ensure_future(self._connect(request))

    async def _connect(self, request: bytes) -> None:
        try:
            _, self._line = await asyncio.get_running_loop().create_connection(lambda: _Line(self), "127.0.0.1", self._load.port)
        except OSError as error:
            self.fail(error)
        else:
            self._line.transport.write(request)


def _is_answer(said: bytes) -> bool:
    """Tell whether a resident would read something."""
    return b" 200 " in said[:16] and b"<Encrypt>" in said


def _no_answer(port: int, said: bytes) -> RuntimeError:
    return RuntimeError(f"port {port}: {said[:300].decode(errors='replace')}")


class _Line(asyncio.Protocol):
    """One connection and the answer that is coming in."""

    transport: asyncio.Transport

    def __init__(self, caller: "_Caller | _Once") -> None:
        self.caller, self._answer = caller, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to the server."""
        self.transport = transport  # type: ignore[assignment]  # TCP's transports are both

    def data_received(self, data: bytes) -> None:
        """Hand over an answer that is whole."""
        self._answer += data
        end = self._answer.find(b"\r\n\r\n")
        length = _LENGTH.search(self._answer, 0, end) if end >= 0 else None
        if length is not None and len(self._answer) >= end + 4 + int(length[1]):
            answer, self._answer = self._answer, b""
            self.caller.take(answer)

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the caller."""
        self.caller.lose(self)


# ------------------------------------------------------------------ those who do not wait for each other


async def _ask(port: int, request: bytes, due: float, idle: "list[_Line]") -> float:
    await asyncio.sleep(due - time.perf_counter())
    one = _Once(port)
    line = idle.pop() if idle else await _connect(port, one)
    line.caller = one
    line.transport.write(request)
    answered = await one.answered
    idle.append(line)
    return answered - due


async def _connect(port: int, one: "_Once") -> "_Line":
    _, line = await asyncio.get_running_loop().create_connection(lambda: _Line(one), "127.0.0.1", port)
    return line


class _Once:
    """Asks once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.answered: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def take(self, answer: bytes) -> None:
        """Note when the answer came."""
        if _is_answer(answer):
            self.answered.set_result(time.perf_counter())
        else:
            self.answered.set_exception(_no_answer(self._port, answer))

    def lose(self, line: "_Line") -> None:
        """Give up: nobody hangs up on so few."""
        if not self.answered.done():
            self.answered.set_exception(RuntimeError(f"port {self._port}: hung up"))


# ------------------------------------------------------------------ those who never finish


@asynccontextmanager
async def slow(port: int, starts: Sequence[bytes]) -> AsyncIterator[None]:
    """Hold a connection open for each of `starts`, which it says and no more; one that is hung up on comes again."""
    holders = [asyncio.create_task(_hold(port, start)) for start in starts]
    await asyncio.sleep(1)
    try:
        yield
    finally:
        for holder in holders:
            holder.cancel()
        await asyncio.gather(*holders, return_exceptions=True)


async def _hold(port: int, start: bytes) -> None:
    loop = asyncio.get_running_loop()
    while True:
        ended = loop.create_future()
        try:
            transport, _ = await loop.create_connection(lambda ended=ended: _Slow(ended), "127.0.0.1", port)
        except OSError:
            await asyncio.sleep(AGAIN)
            continue
        try:
            transport.write(start)
            await ended
        finally:
            transport.abort()


class _Slow(asyncio.Protocol):
    """Listens until the server hangs up."""

    def __init__(self, ended: "asyncio.Future[None]") -> None:
        self._ended = ended

    def connection_lost(self, error: Exception | None) -> None:
        """Tell whoever holds it."""
        if not self._ended.done():
            self._ended.set_result(None)
