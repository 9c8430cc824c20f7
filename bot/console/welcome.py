"""The demo's first page: what this is, what to try first, and the doors to it. Elsewhere `/` leads to the console.

Its words walk through the services that ship, so they lie with the demo's data.
"""

from aiohttp import web

from bot.console.parts import PARTS, shared_values
from bot.console.views import respond
from bot.contract import View


def mount(app: web.Application) -> None:
    """Add the page at the root."""
    app.router.add_get("/", show)


async def show(request: web.Request) -> web.Response:
    """Welcome who opens the demo."""
    parts = request.app[PARTS]
    return respond(View("demo/welcome.html"), parts.templates, shared_values(request, parts, None, None))
