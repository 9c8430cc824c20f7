"""The part of api.weixin.qq.com that the bot calls, under `api/`.

Answers are JSON with WeChat's own numbers; what WeChat would refuse is refused.
Source: developers.weixin.qq.com/doc/service/api/
"""

import json
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiohttp import BodyPartReader, web

from bot.simulator import fields, menu
from bot.simulator.courier import Courier
from bot.simulator.refusal import Refused
from bot.simulator.tokens import Tokens
from bot.simulator.wechat import Line, Step, WeChat

#: Bytes of an image that may be uploaded.
IMAGE_BYTES = 2 * 1024 * 1024

#: A temporary code lives for this long when nothing is said, and at most that long.
CODE_LIVES, CODE_LIVES_AT_MOST = timedelta(seconds=30), timedelta(days=30)

#: Calls a day, as `openapi/quota/get` tells them.
DAILY_LIMIT: Mapping[str, int] = {
    "message/template/send": 100_000,
    "message/custom/send": 500_000,
    "menu/create": 1000,
}

#: Template messages bear the title of their template; the stand-in has one template under every id.
TEMPLATE_TITLE = "小区服务通知"

Json = Mapping[str, object]
OK: Json = {"errcode": 0, "errmsg": "ok"}


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

    def part(self, name: str) -> Json:
        """Return an object inside the body, empty if it is missing."""
        value = self.body.get(name)
        return value if isinstance(value, Mapping) else {}


class Api:
    """All endpoints of one account."""

    def __init__(self, wechat: WeChat, courier: Courier, tokens: Tokens) -> None:
        self._wechat, self._courier, self._tokens = wechat, courier, tokens
        self._used: Counter[str] = Counter()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer any call; errors are HTTP 200 with an errcode, as WeChat does it."""
        path = request.match_info["path"]
        now = self._wechat.clock()
        try:
            if path in _OPEN:
                return _json(await _OPEN[path](self, Call(path=path, request=request, body=await _body(request), now=now)))
            self._tokens.check(request.query.get("access_token", ""), now)
            self._used[path] += 1
            if self._wechat.trouble.busy:
                raise Refused(-1, "system error")
            if path not in _CALLS:
                raise Refused(40066, "invalid url")
            call = Call(path=path, request=request, body=await _body(request), now=now)
            answer = await _CALLS[path](self, call)
            return answer if isinstance(answer, web.StreamResponse) else _json(answer)
        except Refused as error:
            return _json({"errcode": error.errcode, "errmsg": error.errmsg})

    # -------------------------------------------------------------- tokens

    async def _stable_token(self, call: Call) -> Json:
        if call.text("grant_type") != "client_credential":
            raise Refused(40002, "invalid grant_type")
        force = call.body.get("force_refresh") is True
        token, seconds = self._tokens.stable(call.text("appid"), call.text("secret"), force, call.now)
        return {"access_token": token, "expires_in": seconds}

    async def _token(self, call: Call) -> Json:
        query = call.request.query
        if query.get("grant_type") != "client_credential":
            raise Refused(40002, "invalid grant_type")
        token, seconds = self._tokens.plain(query.get("appid", ""), query.get("secret", ""), call.now)
        return {"access_token": token, "expires_in": seconds}

    async def _ticket(self, _: Call) -> Json:
        return {**OK, "ticket": secrets.token_urlsafe(64), "expires_in": 7200}

    # -------------------------------------------------------------- messages

    async def _template_send(self, call: Call) -> Json:
        resident = self._wechat.follower(call.text("touser"))
        if not call.text("template_id"):
            raise Refused(40037, "invalid template_id")
        line = Line(
            openid=resident.openid, author="bot", kind="template", at=call.now, title=TEMPLATE_TITLE,
            fields=tuple(fields.read(call.body.get("data")).items()), url=call.text("url"),
            steps=(_step(call),),
        )  # fmt: skip
        msgid, new = self._wechat.template_message(line, call.text("client_msg_id"))
        if new:
            status = "failed:user block" if resident.refuses else "success"
            self._courier.report_later(resident.openid, msgid, status)
        return {**OK, "msgid": msgid}

    async def _custom_send(self, call: Call) -> Json:
        line = Line(openid=call.text("touser"), author="bot", kind="text", at=call.now, steps=(_step(call),))
        self._wechat.service_message(self._show(call, line))
        return OK

    def _show(self, call: Call, line: Line) -> Line:
        """Return the line with what a customer-service message says."""
        kind = call.text("msgtype")
        part = call.part(kind)
        match kind:
            case "text" if part.get("content"):
                return replace(line, text=str(part["content"]))
            case "image":
                media_id = str(part.get("media_id", ""))
                self._wechat.medium(media_id)
                return replace(line, kind="photo", media_id=media_id)
            case "msgmenu":
                listed = part.get("list")
                choices = tuple(str(one.get("content", "")) for one in listed) if isinstance(listed, list) else ()
                text = f"{part.get('head_content', '')}\n{part.get('tail_content', '')}".strip()
                return replace(line, text=text, choices=choices)
        raise Refused(40008, "invalid message type")

    async def _typing(self, call: Call) -> Json:
        resident = self._wechat.follower(call.text("touser"))
        on = call.text("command") != "CancelTyping"
        self._wechat.journal.publish("typing", openid=resident.openid, data={"openid": resident.openid, "on": on})
        return OK

    # -------------------------------------------------------------- media

    async def _upload(self, call: Call) -> Json:
        kind = call.request.query.get("type", "")
        if kind not in ("image", "thumb", "voice", "video"):
            raise Refused(40004, "invalid media type")
        content, content_type = await _file(call.request)
        media_id = self._wechat.keep(content, content_type)
        return {"type": kind, "media_id": media_id, "created_at": int(call.now.timestamp())}

    async def _download(self, call: Call) -> web.Response:
        medium = self._wechat.medium(call.request.query.get("media_id", ""))
        headers = {"Content-Disposition": 'attachment; filename="media"'}
        return web.Response(body=medium.content, content_type=medium.content_type, headers=headers)

    # -------------------------------------------------------------- followers

    async def _user_info(self, call: Call) -> Json:
        resident = self._wechat.resident(call.request.query.get("openid", ""))
        if resident.follows_since is None:
            return {"subscribe": 0, "openid": resident.openid}
        since = int(resident.follows_since.timestamp())
        return {
            "subscribe": 1, "openid": resident.openid, "language": "zh_CN", "subscribe_time": since,
            "remark": "", "groupid": 0, "tagid_list": [], "subscribe_scene": "ADD_SCENE_QR_CODE",
        }  # fmt: skip

    async def _user_get(self, call: Call) -> Json:
        followers = [resident.openid for resident in self._wechat.residents.values() if resident.follows]
        begin = call.request.query.get("next_openid", "")
        page = followers[followers.index(begin) + 1 :] if begin in followers else followers
        answer: dict[str, object] = {
            "total": len(followers),
            "count": len(page),
            "next_openid": page[-1] if page else "",
        }
        return {**answer, "data": {"openid": page}} if page else answer

    async def _qrcode(self, call: Call) -> Json:
        scene = _scene(call)
        if call.text("action_name") in ("QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"):
            code = self._wechat.make_code(scene, None)
            return {"ticket": code.ticket, "url": f"http://weixin.qq.com/q/{code.ticket[:20]}"}
        seconds = call.body.get("expire_seconds")
        lives = timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else CODE_LIVES
        lives = min(lives, CODE_LIVES_AT_MOST)
        code = self._wechat.make_code(scene, lives)
        url = f"http://weixin.qq.com/q/{code.ticket[:20]}"
        return {"ticket": code.ticket, "expire_seconds": int(lives.total_seconds()), "url": url}

    # -------------------------------------------------------------- menu

    async def _menu_create(self, call: Call) -> Json:
        self._wechat.set_menu(menu.read(call.body))
        return OK

    async def _menu_get(self, _: Call) -> Json:
        if self._wechat.menu is None:
            raise Refused(46003, "menu no exist")
        return {"menu": {"button": menu.as_json(self._wechat.menu)}}

    async def _menu_delete(self, _: Call) -> Json:
        self._wechat.set_menu(None)
        return OK

    # -------------------------------------------------------------- the account

    async def _quota(self, call: Call) -> Json:
        path = call.text("cgi_path").removeprefix("/").removeprefix("cgi-bin/")
        if path not in _CALLS:
            raise Refused(76021, "cgi_path not found, please check")
        limit, used = DAILY_LIMIT.get(path, 50_000), self._used[path]
        return {**OK, "quota": {"daily_limit": limit, "used": used, "remain": limit - used}}

    async def _clear_quota(self, _: Call) -> Json:
        self._used.clear()
        return OK

    async def _addresses(self, _: Call) -> Json:
        return {"ip_list": ["127.0.0.1"]}


Handler = Callable[[Api, Call], Awaitable[Json]]

#: Calls that need no token.
_OPEN: Mapping[str, Handler] = {"stable_token": Api._stable_token, "token": Api._token}

_CALLS: Mapping[str, Callable[[Api, Call], Awaitable[Json | web.StreamResponse]]] = {
    "ticket/getticket": Api._ticket,
    "message/template/send": Api._template_send,
    "message/custom/send": Api._custom_send,
    "message/custom/typing": Api._typing,
    "media/upload": Api._upload,
    "media/get": Api._download,
    "user/info": Api._user_info,
    "user/get": Api._user_get,
    "qrcode/create": Api._qrcode,
    "menu/create": Api._menu_create,
    "menu/get": Api._menu_get,
    "menu/delete": Api._menu_delete,
    "openapi/quota/get": Api._quota,
    "clear_quota": Api._clear_quota,
    "getcallbackip": Api._addresses,
    "get_api_domain_ip": Api._addresses,
}


def _json(answer: Json) -> web.Response:
    return web.Response(text=json.dumps(answer, ensure_ascii=False), content_type="application/json")


async def _body(request: web.Request) -> Json:
    """Return the JSON body; empty for GET and for files. Raises Refused when it cannot be read."""
    if request.method == "GET" or request.content_type.startswith("multipart/"):
        return {}
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise Refused(47001, "data format error") from None
    if not isinstance(body, dict):
        raise Refused(47001, "data format error")
    return body


async def _file(request: web.Request) -> tuple[bytes, str]:
    """Return the uploaded file and its type, however the part is named."""
    if not request.content_type.startswith("multipart/"):
        raise Refused(41005, "media data missing")
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.filename is None:
            continue
        content = bytearray()
        while chunk := await part.read_chunk():
            content += chunk
            if len(content) > IMAGE_BYTES:
                raise Refused(40009, "invalid image size")
        return bytes(content), part.headers.get("Content-Type", "application/octet-stream")
    raise Refused(41005, "media data missing")


def _scene(call: Call) -> str:
    """Return the scene of `qrcode/create`, which is a number or up to 64 characters."""
    scene = call.part("action_info").get("scene")
    named = scene if isinstance(scene, Mapping) else {}
    value = named.get("scene_str") or named.get("scene_id")
    if not isinstance(value, (str, int)) or not 1 <= len(str(value)) <= 64:
        raise Refused(40053, "invalid action info")
    return str(value)


def _step(call: Call) -> Step:
    """Show the call as the bot made it, without its token."""
    asked = json.dumps(call.body, ensure_ascii=False, indent=2)
    return Step(title="机器人调用接口", text=f"POST cgi-bin/{call.path}\n\n{asked}")
