"""One call, and what all endpoints work with."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import BodyPartReader, web

from bot import bodies
from bot.simulator.courier import Courier
from bot.simulator.refusal import Refused
from bot.simulator.tokens import Tokens
from bot.simulator.wechat import Step, WeChat

#: Bytes of an image that may be uploaded.
IMAGE_BYTES = 2 * 1024 * 1024

#: Bytes of any other body, and seconds within which it must have come.
BODY_BYTES, BODY_WITHIN = 1024 * 1024, 10.0

#: Parts that are looked at before the file.
PARTS = 10

Json = Mapping[str, object]
OK: Json = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True, kw_only=True)
class World:
    """All there is behind the API, and the calls that it knows."""

    wechat: WeChat
    courier: Courier
    tokens: Tokens
    paths: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call: its path below cgi-bin/, and its JSON body, empty for files and GET."""

    path: str
    request: web.Request
    body: Json
    now: datetime

    def text(self, name: str) -> str:
        """Return a value of the body, empty if it is missing or no text."""
        value = self.body.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """Return a number of the body, also one written as text; 0 if it is missing or none."""
        return as_number(self.body.get(name))

    def part(self, name: str) -> Json:
        """Return an object inside the body, empty if it is missing."""
        value = self.body.get(name)
        return value if isinstance(value, Mapping) else {}

    def texts(self, name: str) -> list[str]:
        """Return a list of texts of the body, empty if it is missing."""
        value = self.body.get(name)
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []

    def asked(self, name: str) -> str:
        """Return a value of the query, empty if it is missing."""
        return self.request.query.get(name, "")


Handler = Callable[[World, Call], Awaitable[Json | web.StreamResponse]]


def as_number(value: object) -> int:
    """Return a whole number that WeChat would read from `value`, 0 for what is none."""
    text = str(value)
    return int(text) if isinstance(value, (int, str)) and text.isascii() and text.isdigit() else 0


def step(call: Call) -> Step:
    """Show the call as the bot made it, without its token."""
    asked = json.dumps(call.body, ensure_ascii=False, indent=2)
    return Step(title="机器人调用接口", text=f"POST cgi-bin/{call.path}\n\n{asked}")


async def body_of(request: web.Request) -> Json:
    """Return the JSON body; empty for GET and for files. Raises Refused when it cannot be read."""
    if request.method == "GET" or request.content_type.startswith("multipart/"):
        return {}
    try:
        body = json.loads(await bodies.read(request, BODY_BYTES, BODY_WITHIN) or b"{}")
    except (ValueError, RecursionError):
        raise Refused(47001, "data format error") from None
    if not isinstance(body, dict):
        raise Refused(47001, "data format error")
    return body


async def file_of(request: web.Request) -> tuple[bytes, str]:
    """Return the uploaded file and its type, however the part is named."""
    if not request.content_type.startswith("multipart/"):
        raise Refused(41005, "media data missing")
    async with asyncio.timeout(BODY_WITHIN):
        parts = await request.multipart()
        for _ in range(PARTS):
            part = await parts.next()
            if not isinstance(part, BodyPartReader) or part.filename is None:
                continue
            content = bytearray()
            while chunk := await part.read_chunk():
                content += chunk
                if len(content) > IMAGE_BYTES:
                    raise Refused(40009, "invalid image size")
            return bytes(content), part.headers.get("Content-Type", "application/octet-stream")
    raise Refused(41005, "media data missing")
