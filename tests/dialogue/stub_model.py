"""A small chat endpoint on loopback that answers as it is told to and remembers what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[dict[str, Any]], Awaitable[web.StreamResponse]]


def wishes(*intents: str, **slots: str) -> str:
    """Return an answer of the right form: these intents, with the words for their slots."""
    pointed = [{"name": name, "words": words} for name, words in slots.items()]
    return json.dumps({"intents": [{"intent": name, "words": "", "slots": pointed} for name in intents]}, ensure_ascii=False)


def says(content: object, sent: object = 1200, written: object = 40) -> Answer:
    """Answer with a chat completion."""

    async def answer(_: dict[str, Any]) -> web.StreamResponse:
        usage = {"prompt_tokens": sent, "completion_tokens": written}
        return web.json_response({"choices": [{"message": {"content": content}}], "usage": usage})

    return answer


def sends(body: bytes = b"", status: int = 200) -> Answer:
    """Answer with bytes, or with a refusal."""

    async def answer(_: dict[str, Any]) -> web.StreamResponse:
        return web.Response(
            body=body, status=status, content_type="application/json", headers={"Location": "http://127.0.0.1:9/"}
        )

    return answer


@dataclass
class Stub:
    """The endpoint. It never answers while `holds` is set."""

    answer: Answer = field(default_factory=lambda: says('{"intents": []}'))
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""
    holds: bool = False
    began: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """Take one question."""
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization", ""))
        self.began.set()
        if self.holds:
            await self.go_on.wait()
        return await self.answer(self.asked[-1])

    @property
    def told(self) -> list[str]:
        """What was told of residents, one question each."""
        return [asked["messages"][1]["content"] for asked in self.asked]


@asynccontextmanager
async def serving() -> AsyncIterator[Stub]:
    """Serve an endpoint on loopback."""
    stub = Stub()
    application = web.Application()
    application.router.add_post("/v1/chat/completions", stub.complete)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield stub
    finally:
        stub.go_on.set()
        await runner.cleanup()
