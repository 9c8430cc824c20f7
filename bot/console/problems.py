"""What a browser shows when an address opens nothing: a page like all others, in Chinese, with a way on."""

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.console import again, security
from bot.console.parts import PARTS, around, shared_values, still_signed_in
from bot.console.views import respond
from bot.contract import View
from bot.translation import stored, tr

log = structlog.get_logger(__name__)

#: Status -> title, and what to do where the refusal says nothing itself.
WORDS = {
    400: (tr("没有完成"), tr("浏览器发来的内容读不出来，请回到页面重新提交。")),
    403: (tr("没有权限"), tr("这个页面不是给您的账号的。需要的话请联系管理员。")),
    404: (tr("没有找到"), tr("没有这个页面，链接可能写错了，或者它已被删除。")),
    405: (tr("打不开"), tr("这个地址不能直接打开，请从页面里的按钮操作。")),
    408: (tr("没有完成"), tr("内容传得太慢，没有收全。请换个网络好的地方再提交一次。")),
    413: (tr("没有完成"), tr("内容太长了，请删短一些再提交。")),
    415: (tr("没有完成"), tr("浏览器发来的内容是压缩过的，这里不收。请换一个浏览器再提交。")),
    429: (tr("太频繁了"), tr("请过一分钟再试。")),
    500: (tr("出错了"), tr("这是系统的毛病，已经记下来了。请过一会儿再试；还不行，请告诉管理员。")),
}

#: Where programs call, who get no page whatever they say that they accept: WeChat shows residents a fault instead.
PROGRAMS = ("/wechat", "/api/")


@web.middleware
async def explain(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Answer people with a page and programs with the plain text. A fault of ours is written down, and says that it is one."""
    try:
        response = await handler(request)
        if response.status == 404 and _is_read(request) and (led := await again.lead(request)):
            return _dressed(led)
        return response
    except web.HTTPException as error:
        if error.status not in WORDS or not _is_read(request):
            raise
        if error.status in (404, 405) and (led := await again.lead(request)):
            return _dressed(led)
        return await _page(request, error)
    except Exception:
        if not _is_read(request):  # aiohttp writes it down
            raise
        log.exception("page failed", path=_route_of(request))
        return await _page(request, web.HTTPInternalServerError())


def _is_read(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "") and not request.path.startswith(PROGRAMS)


def _route_of(request: web.Request) -> str:
    """Return the address as it is declared: the ids in it are of people."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else ""


async def _page(request: web.Request, error: web.HTTPException) -> web.Response:
    title, text = WORDS[error.status]
    own = error.text or ""
    values = {"title": title, "text": text if own.isascii() else stored(own)}  # aiohttp's own words are English
    parts = request.app[PARTS]
    if request.path.startswith("/p/"):
        response = respond(View("pages/problem.html", values, error.status), parts.templates, {})
    else:
        viewer = await still_signed_in(request)
        shared = shared_values(request, parts, viewer, None)
        if error.status != 500:  # what stands around it may be what failed
            shared |= await around(request, viewer)
        response = respond(View("console/problem.html", values, error.status), parts.templates, shared)
    _dressed(response)
    if allowed := error.headers.get("Allow"):
        response.headers["Allow"] = allowed
    return response


def _dressed(response: web.Response) -> web.Response:
    response.headers.update({**security.HEADERS, "Cache-Control": "no-store"})
    return response
