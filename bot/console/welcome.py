"""The demo's first page: what this is, what to try first, and the doors to it. Elsewhere `/` leads to the console."""

from collections.abc import Mapping

from aiohttp import web

from bot.console.parts import PARTS, shared_values
from bot.console.views import respond
from bot.contract import Role, View

#: What each role is for, as the doors say it.
DOORS: Mapping[Role, str] = {
    Role.STAFF: "看报修、待办和对话，起草通知", Role.MANAGER: "再加上发通知、看健康打卡和记录", Role.GUARD: "在门口查访客通行证",
    Role.ADMIN: "全部，包括改机器人的说法和管账号",
}  # fmt: skip


def mount(app: web.Application) -> None:
    """Add the page at the root."""
    app.router.add_get("/", show)


async def show(request: web.Request) -> web.Response:
    """Welcome who opens the demo."""
    parts = request.app[PARTS]
    return respond(View("console/welcome.html", {"doors": DOORS}), parts.templates, shared_values(request, parts, None, None))
