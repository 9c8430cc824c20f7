"""The console's live stream: one per page, of the kinds of events that happen.

Ids are those of the event table, so that a browser that comes back, or a server that was restarted, misses nothing. The
stream carries no data of anybody: a page that is concerned fetches its part anew.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response
from sqlmodel import Session

from bot.console.parts import PARTS, signed_in, still_signed_in
from bot.contract import row_id
from bot.store import events, scope

#: Seconds between looks at the event table, for all streams of this process together.
LOOK = 1.0

#: How often it is asked again whether the session still holds; a page that stands open does not keep it alive.
CHECK_EVERY = timedelta(seconds=30)

#: Streams of one person; a browser holds six connections, and somebody may use two.
MOST = 16

#: The open streams, with whose they are and where they come from.
STREAMS: web.AppKey[dict[EventSourceResponse, tuple[int, web.Request]]] = web.AppKey("streams")


def mount(app: web.Application) -> None:
    """Add the stream."""
    app[STREAMS] = {}
    app.router.add_get("/console/live", stream)
    app.on_shutdown.append(_close)


async def stream(request: web.Request) -> web.StreamResponse:
    """Send the kinds of events after Last-Event-ID or ?since=, as they happen."""
    viewer = await signed_in(request)
    if viewer is None:
        raise web.HTTPForbidden(text="请先登录。")
    if sum(owner == viewer.staff.id and _is_open(other) for owner, other in request.app[STREAMS].values()) >= MOST:
        raise web.HTTPTooManyRequests(text="打开的页面太多了，请关掉几个。")
    database, clock = request.app[PARTS].database, request.app[PARTS].clock
    said = row_id(request.headers.get("Last-Event-ID") or request.query.get("since", ""))
    newest = await database.read(events.last_id)
    last = said if said is not None and said <= newest else newest
    async with sse_response(request) as response:
        request.app[STREAMS][response] = (viewer.staff.id or 0, request)
        checked = clock()
        try:
            while response.is_connected() and _is_open(request):
                if clock() - checked >= CHECK_EVERY:
                    checked = clock()
                    if await still_signed_in(request) is None:
                        break
                for event in await database.read(_since, viewer.community.key, last):
                    last = event.id or last
                    await response.send(event.kind.partition(".")[0], id=str(last))
                await asyncio.sleep(LOOK)
        except ConnectionResetError:
            pass
        finally:
            request.app[STREAMS].pop(response, None)
    return response


def _since(session: Session, community_id: int, last: int) -> Sequence[events.Event]:
    scope.enter(session, community_id)
    return events.since(session, last)


def _is_open(request: web.Request) -> bool:
    """Tell whether the browser still listens: pages come and go faster than pings tell."""
    return request.transport is not None and not request.transport.is_closing()


async def _close(app: web.Application) -> None:
    streams = app[STREAMS]
    for response in list(streams):
        with contextlib.suppress(ConnectionResetError):
            response.stop_streaming()
