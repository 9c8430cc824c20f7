"""The console's live stream: one per page, of the kinds of events that happen.

Ids are those of the event table, so that a browser that comes back, or a server that was restarted, misses nothing. The
stream carries no data of anybody: a page that is concerned fetches its part anew.
"""

import asyncio
import contextlib

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from bot.console.parts import PARTS, signed_in
from bot.store import events

#: Seconds between looks at the event table, for all streams of this process together.
LOOK = 1.0

STREAMS: web.AppKey[set[EventSourceResponse]] = web.AppKey("streams")


def mount(app: web.Application) -> None:
    """Add the stream."""
    app[STREAMS] = set()
    app.router.add_get("/console/live", stream)
    app.on_shutdown.append(_close)


async def stream(request: web.Request) -> web.StreamResponse:
    """Send the kinds of events after Last-Event-ID or ?since=, as they happen."""
    if await signed_in(request) is None:
        raise web.HTTPForbidden(text="请先登录。")
    database = request.app[PARTS].database
    said = request.headers.get("Last-Event-ID") or request.query.get("since", "")
    newest = await database.read(events.last_id)
    last = int(said) if said.isdigit() and int(said) <= newest else newest
    async with sse_response(request) as response:
        request.app[STREAMS].add(response)
        try:
            while response.is_connected():
                for event in await database.read(events.since, last):
                    last = event.id or last
                    await response.send(event.kind.partition(".")[0], id=str(last))
                await asyncio.sleep(LOOK)
        except ConnectionResetError:
            pass
        finally:
            request.app[STREAMS].discard(response)
    return response


async def _close(app: web.Application) -> None:
    open_streams: set[EventSourceResponse] = app[STREAMS]
    for response in list(open_streams):
        with contextlib.suppress(ConnectionResetError):
            response.stop_streaming()
