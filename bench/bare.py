"""The measure: the least that a hand-written aiohttp server does with an AES push. It knows nothing of the bot.

python bench/bare.py PORT TOKEN KEY APPID: checks both signatures, opens, reads three fields, seals an echo.
"""

import asyncio
import sys
from xml.etree import ElementTree

import uvloop
from aiohttp import web
from envelope import Envelope

PORT, *ACCOUNT = sys.argv[1:]
ENVELOPE = Envelope(*ACCOUNT)


async def echo(request: web.Request) -> web.Response:
    """Check, open, read, seal."""
    xml = ENVELOPE.open(request.query, await request.read())
    if xml is None:
        return web.Response(status=403)
    push = ElementTree.fromstring(xml)
    fields = (push.findtext(name) for name in ("FromUserName", "ToUserName", "Content"))
    return web.Response(text=ENVELOPE.seal(*fields), content_type="application/xml")


async def serve() -> None:
    """Serve until ended, and say when it can begin."""
    app = web.Application()
    app.router.add_post("/wechat", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(PORT), backlog=1024).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(serve())
