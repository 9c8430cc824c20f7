"""The phones: a page to write from, the JSON that feeds it, and what its buttons call."""

import json
from collections.abc import Mapping
from contextlib import aclosing, suppress
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web
from aiohttp_sse import EventSourceResponse

from bot import bodies
from bot.simulator import menu
from bot.simulator.gestures import Gesture, Gestures
from bot.simulator.journal import Entry
from bot.simulator.refusal import Refused
from bot.simulator.stage_set import stage_set
from bot.simulator.time_machine import TimeMachine
from bot.simulator.wechat import Line, Resident, WeChat
from bot.wechat import quota

#: The account's name as residents see it.
TITLE = "和苑物业 邻里"

#: Bytes of a photo; the page makes them smaller before, as WeChat does.
PHOTO_BYTES = 10 * 1024 * 1024

#: Bytes of anything else, and seconds within which it must have come.
BODY_BYTES, BODY_WITHIN = 64 * 1024, 10.0

#: Furthest single jump of the time machine.
JUMP = timedelta(days=31)

#: The page with its style and scripts.
STATIC = Path(__file__).parent / "static"

Json = Mapping[str, object]


class Phones:
    """All phones of one account; a page shows one or some of them."""

    def __init__(self, wechat: WeChat, gestures: Gestures) -> None:
        self._wechat, self._gestures = wechat, gestures

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the routes, relative to where the stand-in is mounted."""
        return [
            web.get("", self._to_page),
            web.get("/", self._page),
            web.get("/state", self._state),
            web.get("/events", self._events),
            web.get("/media/{media_id}", self._media),
            web.get("/ledger", self._ledger),
            web.post("/phone/{openid}/upload", self._upload),
            web.post("/phone/{openid}/send", self._send),
            web.post("/phone/{openid}/refuse", self._refuse),
            web.post("/residents", self._welcome),
            web.post("/trouble", self._trouble),
            web.post("/clock", self._move_clock),
            web.post("/reset", self._reset),
            web.static("/static", STATIC),
        ]

    # -------------------------------------------------------------- reading

    async def _to_page(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(f"{request.path}/")

    async def _page(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _state(self, _: web.Request) -> web.Response:
        """Everything there is, and the id from which `events` goes on."""
        wechat = self._wechat
        return _json({
            "last": wechat.journal.last,
            "title": TITLE,
            "suggestions": stage_set().suggestions,
            **self._time(),
            "residents": [self._resident(resident) for resident in wechat.residents.values()],
            "lines": [_line(line) for line in wechat.lines.values()],
            **self._menu(),
            **self._codes(),
            "trouble": vars(wechat.trouble),
        })  # fmt: skip

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Follow the journal from `Last-Event-ID`, or for the first connection from `?since=`."""
        last = request.headers.get("Last-Event-ID") or request.query.get("since", "")
        stream = EventSourceResponse()
        await stream.prepare(request)
        async with stream, aclosing(self._wechat.journal.follow(last)) as entries:
            with suppress(ConnectionResetError):  # the page was closed
                async for entry in entries:
                    news = json.dumps(self._news(entry), ensure_ascii=False)
                    await stream.send(news, id=entry.id, event=entry.kind)
        return stream

    def _news(self, entry: Entry) -> Json:
        """Return what a page must know after an entry: the thing as it is now."""
        match entry.kind:
            case "line":
                line = self._wechat.lines.get(entry.line)
                return _line(line) if line else {}
            case "resident":
                resident = self._wechat.residents.get(entry.openid)
                return self._resident(resident) if resident else {}
            case "menu":
                return self._menu()
            case "codes":
                return self._codes()
            case "clock":
                return self._time()
        return entry.data

    async def _media(self, request: web.Request) -> web.Response:
        try:
            medium = self._wechat.medium(request.match_info["media_id"])
        except Refused:
            raise web.HTTPNotFound from None
        return web.Response(body=medium.content, content_type=medium.content_type)

    async def _ledger(self, _: web.Request) -> web.Response:
        """All messages that were taken, and how each push was answered."""
        ledger = self._wechat.ledger
        answered = {str(msgid): vars(answer) for msgid, answer in ledger.answered().items()}
        return _json({"sent": [vars(row) for row in ledger.sent()], "answered": answered})

    # -------------------------------------------------------------- doing

    async def _send(self, request: web.Request) -> web.Response:
        """Make a gesture; answers with the line that the resident then sees from the bot, or null."""
        resident, values = self._who(request), await _body(request)
        media_url = f"{str(request.url).rsplit('/phone/', 1)[0]}/media/"
        try:
            reply = await self._gestures.make(Gesture(resident=resident, values=values, media_url=media_url))
        except Refused as error:
            return _json({"error": error.errmsg}, status=409)
        return _json({"reply": _line(reply) if reply else None})

    async def _upload(self, request: web.Request) -> web.Response:
        """Keep a photo, whose bytes are the body, and answer with its media_id."""
        self._who(request)
        if not request.content_type.startswith("image/"):
            raise web.HTTPUnsupportedMediaType
        content = await bodies.read(request, PHOTO_BYTES, BODY_WITHIN)
        return _json({"media_id": self._wechat.keep(content, request.content_type)})

    async def _refuse(self, request: web.Request) -> web.Response:
        resident, body = self._who(request), await _body(request)
        resident.refuses = body.get("refuses") is True
        self._wechat.changed(resident)
        return _json(self._resident(resident))

    async def _welcome(self, request: web.Request) -> web.Response:
        await _body(request)
        return _json(self._resident(self._wechat.welcome()))

    async def _trouble(self, request: web.Request) -> web.Response:
        """Switch on or off what is named; the rest stays as it is."""
        body, trouble = await _body(request), self._wechat.trouble
        try:
            trouble.switch(body)
        except Refused as error:
            return _json({"error": error.errmsg}, status=409)
        self._wechat.journal.publish("trouble", data=dict(vars(trouble)))
        return _json(vars(trouble))

    async def _move_clock(self, request: web.Request) -> web.Response:
        body, clock = await _body(request), self._wechat.clock
        seconds = body.get("ahead_seconds")
        if not isinstance(clock, TimeMachine):
            return _json({"error": "this clock cannot be moved"}, status=409)
        if not isinstance(seconds, int) or not 0 <= seconds <= JUMP.total_seconds():
            return _json({"error": f"ahead_seconds is no number from 0 to {JUMP.total_seconds():.0f}"}, status=409)
        clock.move(timedelta(seconds=seconds))
        self._wechat.journal.publish("clock")
        return _json(self._time())

    async def _reset(self, request: web.Request) -> web.Response:
        await _body(request)
        self._wechat.reset()
        return _json({})

    # -------------------------------------------------------------- as JSON

    def _who(self, request: web.Request) -> Resident:
        try:
            return self._wechat.resident(request.match_info["openid"])
        except Refused:
            raise web.HTTPNotFound from None

    def _resident(self, resident: Resident) -> Json:
        now, window = self._wechat.clock(), resident.window
        ends = [end for end in (window.until, window.tap_until) if end is not None and now < end]
        return {
            "openid": resident.openid,
            "name": resident.name,
            "community": resident.community,
            "follows": resident.follows,
            "refuses": resident.refuses,
            "left": quota.left(window, now),
            "until": _milliseconds(max(ends)) if ends else None,
        }

    def _time(self) -> Json:
        """The time as the bot sees it, and how far it was put forward: null if it cannot be."""
        clock = self._wechat.clock
        ahead = int(clock.ahead.total_seconds()) if isinstance(clock, TimeMachine) else None
        return {"now": _milliseconds(clock()), "ahead": ahead}

    def _menu(self) -> Json:
        return {"menu": menu.as_json(self._wechat.menu or stage_set().menu)}

    def _codes(self) -> Json:
        return {"codes": [{"ticket": code.ticket, "title": code.title} for code in self._wechat.codes.values()]}


def _line(line: Line) -> Json:
    # Ids as text: they are longer than a number may be in JavaScript.
    steps = [vars(step) for step in line.steps]
    return {**vars(line), "id": str(line.id), "at": _milliseconds(line.at), "steps": steps}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _json(answer: Json, status: int = 200) -> web.Response:
    text = json.dumps(answer, ensure_ascii=False)
    return web.Response(text=text, content_type="application/json", status=status)


async def _body(request: web.Request) -> Json:
    """Return the JSON object that was posted. Its content type keeps other sites' forms out."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        body = json.loads(await bodies.read(request, BODY_BYTES, BODY_WITHIN))
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest
    return body
