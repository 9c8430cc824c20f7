"""The console's live stream: one per browser, of the kinds of things that happen.

Where a stream stands is said by the ids of the newest event and the newest line of the talks, so that a browser that comes
back, or a server that was restarted, misses nothing. The stream carries no data of anybody, only kinds that this person
may know of: a page that is concerned fetches its part anew. Only who writes in which talk is said as it is. One watcher looks for all streams of a process together: at once
where this process wrote something, and else once in LOOK for what another one wrote.
"""

import asyncio
import contextlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from functools import lru_cache
from random import SystemRandom
from urllib.parse import quote

import structlog
from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response
from sqlmodel import Session

from bot.console.events import OWN
from bot.console.parts import PARTS, Viewer, signed_in, still_signed_in
from bot.contract import Integration
from bot.contract.pages import LARGEST_ID
from bot.contract.work import WATCH
from bot.store import events, news, writers
from bot.store.database import Database
from bot.store.news import Cursor, News
from bot.store.writers import Writes
from bot.translation import tr

#: Seconds between looks at the database, for all streams of this process together: at most, and at least where much is written.
LOOK, SOONEST = 1.0, 0.1

#: How often it is asked again whether the session still holds; a page that stands open does not keep it alive.
CHECK_EVERY = timedelta(seconds=30)

#: Streams of one person: one a browser, where it can share one among its pages.
MOST = 16

#: Events and lines that are looked through for a browser that comes back; whoever missed more asks for all anew.
FARTHEST = 2_000

#: Said to a browser whose place nobody knows any more: all its parts may be old.
ALL = "*"

#: Kinds of events of the bot's own -> the permissions any of which lets somebody know of them. An alarm may be for anybody.
OWN_NEEDS: Mapping[str, Collection[str]] = {
    "task": ("console.start",), "resident": ("home.view",), "photo": ("photo.view",), "staff": ("users.edit",),
    "intents": ("intents.view",), "unmatched": ("intents.view",), "key": ("keys.edit",), "permission": ("users.edit",), "effect": (WATCH,),
}  # fmt: skip

#: Kinds that are no service's -> the kind whose readers may know of them, too.
LIKE: Mapping[str, str] = {news.LINE: "conversation", "message": "conversation", "photo": "conversation", "mass": "notice"}

#: Whoever may read the log may know of everything.
LOG_NEED = "audit.view"

_chance = SystemRandom()

log = structlog.get_logger(__name__)


def mount(app: web.Application) -> None:
    """Add the stream."""
    app[STREAMS] = {}
    app[WATCHER] = Watcher(app[PARTS].database, app[PARTS].clock)
    app[NEEDS] = needs(app[PARTS].services.integrations)
    app.router.add_get("/console/live", stream)
    app.on_shutdown.append(_close)


def needs(integrations: Sequence[Integration]) -> Mapping[str, frozenset[str]]:
    """Return kind -> the permissions any of which lets somebody know of it.

    A service's kinds are known to whoever may open one of its pages, and what the first page counts to whoever may open that.
    """
    found: dict[str, set[str]] = {kind: set(own) for kind, own in OWN_NEEDS.items()}
    for integration in integrations:
        for kind in integration.log.events:
            found.setdefault(_first(kind), set()).update(page.need for page in integration.console)
    for said in (OWN, *(integration.log for integration in integrations)):
        for kind in said.figures:
            found.setdefault(_first(kind), set()).add("home.view")
    for kind, other in LIKE.items():
        found.setdefault(kind, set()).update(found.get(other, ()))
    return {kind: frozenset(any_of) for kind, any_of in found.items()}


def _first(kind: str) -> str:
    return kind.partition(".")[0]


class Watcher:
    """Looks at the database while anybody listens, soon after what this process wrote, and tells all who do."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._writing: Set[Writes] = frozenset()
        self._written = asyncio.Event()
        database.listen(self._wake)
        self._listeners: set[asyncio.Queue[News | Writes]] = set()
        self._watching: asyncio.Task[None] | None = None
        self._begun = asyncio.Event()

    @contextlib.contextmanager
    def listening(self) -> Iterator[asyncio.Queue[News | Writes]]:
        """Give a queue of what is new from now on; to be left when nobody listens at its other end."""
        queue: asyncio.Queue[News | Writes] = asyncio.Queue()
        self._listeners.add(queue)
        if self._watching is None:
            self._begun.clear()
            self._watching = asyncio.create_task(self._watch())
        try:
            yield queue
        finally:
            self._listeners.discard(queue)
            if not self._listeners and self._watching is not None:
                self._watching.cancel()
                self._watching = None

    async def begun(self) -> None:
        """Wait until nothing new can be missed any more."""
        await self._begun.wait()

    def _wake(self, announced: Set[str]) -> None:
        """Hear, in a writer's thread, of what was committed."""
        watching = self._watching
        if events.ANNOUNCED in announced and watching is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
                watching.get_loop().call_soon_threadsafe(self._written.set)

    async def _watch(self) -> None:
        seen: News | None = None
        while True:
            self._written.clear()  # before the look: what is written during it is looked for again
            try:
                seen = await self._look(seen)
                self._begun.set()
            except Exception:  # a database that is away for a while; whoever listens hears of all that was new meanwhile
                log.exception("live: look failed")
            await asyncio.sleep(SOONEST)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._written.wait(), LOOK - SOONEST)

    async def _look(self, seen: News | None) -> News:
        """Tell what was not seen before; returns all that was looked at."""
        newest = seen.until if seen else await self._database.read(news.newest)
        behind = Cursor(event=max(newest.event - news.BEHIND, 0), line=max(newest.line - news.BEHIND, 0))
        found, writing = await self._database.read(_new, behind, self._clock())
        if seen is not None:
            for one in writing - self._writing:
                for queue in self._listeners:
                    queue.put_nowait(one)
            new = News(
                until=found.until,
                events={key: kind for key, kind in found.events.items() if seen.events.get(key) != kind},
                lines={key: kind for key, kind in found.lines.items() if seen.lines.get(key) != kind},
            )
            if new.events or new.lines:
                for queue in self._listeners:
                    queue.put_nowait(new)
        self._writing = writing
        return found


def _new(session: Session, behind: Cursor, now: datetime) -> tuple[News, Set[Writes]]:
    return news.since(session, behind), frozenset(writers.lately(session, now))


#: The open streams, with whose they are and where they come from.
STREAMS: web.AppKey[dict[EventSourceResponse, tuple[int, web.Request]]] = web.AppKey("streams")

WATCHER = web.AppKey("watcher", Watcher)

NEEDS: web.AppKey[Mapping[str, frozenset[str]]] = web.AppKey("needs")


async def stream(request: web.Request) -> web.StreamResponse:
    """Send the kinds of what is new after Last-Event-ID or ?since=, as it happens."""
    viewer = await signed_in(request)
    if viewer is None:
        raise web.HTTPForbidden(text=tr("请先登录。"))
    if sum(owner == viewer.staff.id and _is_open(other) for owner, other in request.app[STREAMS].values()) >= MOST:
        raise web.HTTPTooManyRequests(text=tr("打开的页面太多了，请关掉几个。"))
    knows = _knowing(viewer, request.app[NEEDS])
    watcher = request.app[WATCHER]
    with watcher.listening() as queue:
        await watcher.begun()
        cursor, missed = await request.app[PARTS].database.read(_missed, _cursor_of(request), viewer.community.key)
        if not _is_open(request):
            return web.Response()  # left while we looked: there is nobody to stream to
        async with sse_response(request) as response:
            request.app[STREAMS][response] = (viewer.staff.id or 0, request)
            try:
                await _send(response, filter(knows, missed), cursor)
                await _pass_on(request, response, queue, viewer, knows)
            except ConnectionResetError:
                pass
            finally:
                request.app[STREAMS].pop(response, None)
    return response


async def _pass_on(
    request: web.Request, response: EventSourceResponse, queue: asyncio.Queue[News | Writes], viewer: Viewer, knows: Callable[[str], bool],
) -> None:  # fmt: skip
    """Send what the watcher finds in one community until the browser has gone, or looks at another, or nobody is signed in."""
    clock = request.app[PARTS].clock
    checked = clock() - CHECK_EVERY * _chance.random()  # not all pages that opened together ask together
    while response.is_connected() and _is_open(request):
        if clock() - checked >= CHECK_EVERY:
            checked = clock()
            now = await still_signed_in(request)
            if now is None or now.community.key != viewer.community.key:
                return
            knows = _knowing(now, request.app[NEEDS])  # what their role may see can be changed meanwhile
        try:
            async with asyncio.timeout(LOOK):  # wait_for would make a task of it, for each page each second
                found = await queue.get()
        except TimeoutError:
            continue
        if isinstance(found, Writes):
            if found.community == viewer.community.key and knows("conversation"):
                await response.write(
                    f"event: writing\r\ndata: {found.talk} {found.staff_id} {quote(found.name)}\r\n\r\n".encode()
                )
            continue
        await _send(response, filter(knows, found.kinds(viewer.community.key)), found.until)


async def _send(response: EventSourceResponse, kinds: Iterator[str], cursor: Cursor) -> None:
    """Send kinds as one message, so that none is lost where the connection breaks between two. Who does not read is ended by the ping."""
    if words := " ".join(sorted(kinds)):
        await response.write(_message(words, cursor))


@lru_cache(maxsize=256)
def _message(words: str, cursor: Cursor) -> bytes:
    """Return a message of the stream; a thousand pages get the same."""
    return f"id: {cursor}\r\ndata: {words}\r\n\r\n".encode()


def _missed(session: Session, cursor: Cursor | None, community_id: int) -> tuple[Cursor, frozenset[str]]:
    """Return how far one can read and what happened in a community since `cursor`; all may have where that is no place of this log, or far back."""
    newest = news.newest(session)
    if cursor is None or not cursor.is_within(newest) or cursor.is_behind(newest, FARTHEST):
        return newest, frozenset((ALL,))
    found = news.since(session, cursor)
    return found.until, found.kinds(community_id)


def _cursor_of(request: web.Request) -> Cursor | None:
    """Return where the browser stands, as the page or the stream told it."""
    said = request.headers.get("Last-Event-ID") or request.query.get("since", "")
    found = re.fullmatch(r"(\d{1,10})-(\d{1,10})", said, re.ASCII)
    event, line = (int(found[1]), int(found[2])) if found else (LARGEST_ID + 1, 0)
    return Cursor(event=event, line=line) if max(event, line) <= LARGEST_ID else None


def _knowing(viewer: Viewer, any_of: Mapping[str, frozenset[str]]) -> Callable[[str], bool]:
    """Return what tells whether this person may know of a kind."""

    def knows(kind: str) -> bool:
        asked = {LOG_NEED, *any_of.get(_first(kind), ())}
        return kind == ALL or any(viewer.may(need) for need in asked)

    return knows


def _is_open(request: web.Request) -> bool:
    """Tell whether the browser still listens: pages come and go faster than pings tell."""
    return request.transport is not None and not request.transport.is_closing()


async def _close(app: web.Application) -> None:
    streams = app[STREAMS]
    for response in list(streams):
        with contextlib.suppress(ConnectionResetError):
            response.stop_streaming()
