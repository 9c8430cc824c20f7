"""WeChat's API, awaited: wechatpy's classes know the paths, this subclass does the talking.

`client.template`, `.message`, `.media`, `.user`, `.tag`, `.qrcode`, `.menu`, `.jsapi` and `.customservice` are wechatpy's
and can be awaited. What cannot be, or is missing there, are methods here: use `followers`, `tagged`, `current_menu`,
`jsapi_ticket` and `qr_image` in place of `user.iter_followers`, `tag.iter_tag_users`, `menu.get`, `jsapi.get_jsapi_ticket`
and `qrcode.show`.

One token is fetched at a time (stable_token, which gives all replicas the same one); a refused one is dropped only if it is
still the one that was used, and the call is made once more. Every fault leaves here as one of bot.errors.
Source: developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken.html
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import aiohttp
from wechatpy import WeChatClient

from bot.errors import AlreadySent, ContentRefused, Temporary, TokenRefused, Unanswered, WeChatRefused
from bot.wechat import fields
from bot.wechat.refusals import NO_MENU
from bot.wechat.wire import Ask, Pause, Wire

#: Where wechatpy's hard-coded addresses point.
OFFICIAL = "https://api.weixin.qq.com/"

#: Where WeChat itself shows QR codes, whatever its API's address.
CODES = "https://mp.weixin.qq.com/"

#: Seconds for one call with its token, all tries and waits: half of the outbox's lease.
BUDGET = 30.0

#: Seconds before its end at which a token or ticket is renewed; WeChat renews tokens five minutes early itself.
TOKEN_MARGIN = 60

#: WeChat takes 64 bytes; 32 are what template messages take, so one id serves both.
CLIENTMSGID_LENGTH = 32

#: Openids in one mass message.
#: Source: developers.weixin.qq.com/doc/service/api/notify/message/api_masssend.html
MASS_OPENIDS = range(2, 10_001)

#: POST calls that may be made twice: they set what is set already, or only read.
_REPEATABLE = frozenset({
    "stable_token", "menu/create", "media/upload", "message/custom/typing", "message/mass/get", "user/info/batchget",
    "user/tag/get", "tags/update", "tags/delete", "tags/getidlist", "tags/members/batchtagging",
    "tags/members/batchuntagging", "openapi/quota/get", "callback/check",
})  # fmt: skip

#: Calls that WeChat does once for the same id, and the id's name.
_DONE_ONCE: Mapping[str, str] = {
    "message/template/send": "client_msg_id",
    "message/mass/send": "clientmsgid",
    "message/mass/sendall": "clientmsgid",
}

_MASS = frozenset({"message/mass/send", "message/mass/sendall"})

Fetch = Callable[[], Awaitable[tuple[str, float]]]


class TokenShelf(Protocol):
    """Where replicas keep the tokens they share."""

    async def take(self, kind: str, stale: str, fetch: Fetch) -> tuple[str, float]:
        """Return a token of a kind that is not `stale` and the seconds it is still good.

        Calls `fetch` (token, expires_in) at most once among all who ask.
        """


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """How often a call may still be made today."""

    limit: int
    used: int
    left: int


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One address of the webhook as WeChat sees it; `took` is in WeChat's words, such as `23.079ms`."""

    address: str
    operator: str
    lost: bool
    took: str


class Client(WeChatClient):  # type: ignore[misc]  # wechatpy ships no types
    """One account's calls; give it an aiohttp session of your own to close.

    Without a `shelf` token and ticket are kept in this process. `pause` waits between tries; after `budget` seconds a call is given up.
    """

    def __init__(
        self,
        appid: str,
        secret: str,
        http: aiohttp.ClientSession,
        base: str = OFFICIAL,
        shelf: TokenShelf | None = None,
        pause: Pause = asyncio.sleep,
        *,
        budget: float = BUDGET,
    ) -> None:
        super().__init__(appid, secret)
        self._budget = budget
        self._base, self.API_BASE_URL = base, f"{base}cgi-bin/"
        self._wire = Wire(http, pause)
        self._kept_token = _Kept("access", self._fetch_token, shelf)
        self._kept_ticket = _Kept("jsapi", self._fetch_ticket, shelf)

    # -------------------------------------------------------------- tokens

    @property
    def access_token(self) -> str:
        """The token as known now. wechatpy touches it while it constructs, so it must never do I/O or raise."""
        return self._kept_token.value if hasattr(self, "_kept_token") else ""

    async def token(self, stale: str = "") -> str:
        """Return a usable token; `stale` is one that was just refused."""
        return await self._kept_token.get(stale)

    async def jsapi_ticket(self) -> str:
        """Return the ticket that signs pages, see bot.wechat.jsapi; fetched once in two hours for all who share the shelf."""
        return await self._kept_ticket.get()

    # -------------------------------------------------------------- messages

    async def send_text(self, openid: str, text: str, client_msg_id: str = "") -> None:
        """Send a customer-service text; raises WindowClosed when the follower's window is.

        WeChat drops no repeats here, and after Unanswered nobody knows whether it came: `client_msg_id` only travels
        along, for whoever reads the traffic.
        """
        body: dict[str, Any] = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        if client_msg_id:
            body["client_msg_id"] = client_msg_id
        await self._call("post", "message/custom/send", body)

    async def send_picture(self, openid: str, content: bytes, client_msg_id: str = "") -> None:
        """Upload a JPEG of at most 10 MB, which WeChat keeps for three days, and send it as a customer-service message.

        Sources: developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia.html, …/customer/message/api_sendcustommessage.html
        """
        answer = await self.media.upload("image", ("picture.jpg", content))
        try:
            media_id = str(answer["media_id"])
        except (KeyError, TypeError):
            raise Temporary(None, "media/upload answered without a media_id") from None
        body: dict[str, Any] = {"touser": openid, "msgtype": "image", "image": {"media_id": media_id}}
        if client_msg_id:
            body["client_msg_id"] = client_msg_id
        await self._call("post", "message/custom/send", body)

    async def typing(self, openid: str, on: bool = True) -> None:
        """Show, or hide, that an answer is being written.

        Source: developers.weixin.qq.com/doc/service/api/customer/message/api_typing.html
        """
        await self._call("post", "message/custom/typing", {"touser": openid, "command": "Typing" if on else "CancelTyping"})

    async def send_template(self, openid: str, template_id: str, data: Mapping[str, str], url: str = "",
                            client_msg_id: str = "") -> str:  # fmt: skip
        """Send a template message and return its msgid. Taken is not delivered: that comes as a Report."""
        fields.check(data)
        body: dict[str, Any] = {"touser": openid, "template_id": template_id, "url": url, "data": _values(data)}
        if client_msg_id:
            body["client_msg_id"] = client_msg_id
        return str((await self._call("post", "message/template/send", body)).get("msgid", ""))

    async def send_subscription(self, openid: str, template_id: str, data: Mapping[str, str], page: str = "") -> None:
        """Send a subscription notice; raises ConsentUsed when the resident has not agreed to one more.

        Source: developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg.html
        """
        fields.check(data)
        body = {"touser": openid, "template_id": template_id, "page": page, "data": _values(data)}
        await self._call("post", "message/subscribe/bizsend", {name: value for name, value in body.items() if value})

    async def send_mass_text(self, text: str, *, clientmsgid: str, tag_id: int | None = None, openids: Sequence[str] = (),
                             everybody: bool = False) -> str:  # fmt: skip
        """Send a text to a tag, to at least two openids, or to everybody, and return its msg_id; exactly one of these.

        A follower gets four a month; WeChat leaves out who had them, and tells the counts in MASSSENDJOBFINISH.
        A repeat within 24 hours returns the msg_id of the first; within a minute it is Temporary.
        Sources: developers.weixin.qq.com/doc/service/api/notify/message/ api_sendall.html, api_masssend.html
        """
        path, audience = _audience(tag_id, openids, everybody)
        try:
            answer = await self._call(
                "post", path, {**audience, "msgtype": "text", "text": {"content": text}, "clientmsgid": clientmsgid}
            )
        except AlreadySent as error:
            return error.msgid
        return str(answer.get("msg_id", ""))

    # -------------------------------------------------------------- followers

    async def followers(self) -> AsyncIterator[str]:
        """Yield the openid of every follower.

        Source: developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_getfans.html
        """
        async for openid in _all(lambda begin: self._call("get", "user/get", params={"next_openid": begin} if begin else {})):
            yield openid

    async def tagged(self, tag_id: int) -> AsyncIterator[str]:
        """Yield the openid of every follower who bears the tag.

        Source: developers.weixin.qq.com/doc/service/api/usermanage/tagging/api_gettagfans.html
        """
        async for openid in _all(lambda begin: self._call("post", "user/tag/get", {"tagid": tag_id, "next_openid": begin})):
            yield openid

    # -------------------------------------------------------------- media, codes, menu

    async def download(self, media_id: str) -> bytes:
        """Return the bytes of a medium a follower sent."""
        answer = await self._request("get", "media/get", params={"media_id": media_id})
        if isinstance(answer, bytes):
            return answer
        raise ContentRefused(None, "media/get answered without a file")

    async def qr_image(self, ticket: str) -> bytes:
        """Return the picture of a code that `qrcode.create` made.

        Source: developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html (通过ticket换取二维码)
        """
        url = f"{codes_beside(self._base)}cgi-bin/showqrcode"
        picture = await self._wire.ask(Ask(method="GET", url=url, params={"ticket": ticket}, repeatable=True))
        if isinstance(picture, bytes):
            return picture
        raise ContentRefused(None, "showqrcode answered without a picture")

    async def current_menu(self) -> Mapping[str, Any] | None:
        """Return the menu as `menu.create` takes it, or None if there is none."""
        try:
            answer = await self._call("get", "menu/get")
        except WeChatRefused as error:
            if error.errcode == NO_MENU:
                return None
            raise
        menu = answer.get("menu")
        return menu if isinstance(menu, dict) else None

    # -------------------------------------------------------------- the account

    async def quota(self, path: str) -> Allowance:
        """Return what is left today of a call, such as `message/template/send`.

        Source: developers.weixin.qq.com/doc/service/api/apimanage/api_getapiquota.html
        """
        answer = await self._call("post", "openapi/quota/get", {"cgi_path": f"/cgi-bin/{path}"})
        try:
            told = answer["quota"]
            return Allowance(limit=int(told["daily_limit"]), used=int(told["used"]), left=int(told["remain"]))
        except (KeyError, TypeError, ValueError):
            raise Temporary(None, "openapi/quota/get answered without a quota") from None

    async def clear_quota(self) -> None:
        """Begin the day's counts anew, ten times a month; raises MonthSpent after those.

        Source: developers.weixin.qq.com/doc/service/api/apimanage/api_clearquota.html
        """
        await self._call("post", "clear_quota", {"appid": self.appid})

    async def check_callback(self, action: str = "all", operator: str = "DEFAULT") -> list[Probe]:
        """Let WeChat look for the webhook it calls; returns one value for each address that it pinged.

        Source: developers.weixin.qq.com/doc/service/api/base/api_callbackcheck.html
        """
        answer = await self._call("post", "callback/check", {"action": action, "check_operator": operator})
        return [_probe(ping) for ping in _list(answer, "ping")]

    async def api_addresses(self) -> list[str]:
        """Return the addresses of WeChat's API, for a firewall.

        Source: developers.weixin.qq.com/doc/service/api/base/api_getapidomainip.html
        """
        return [str(address) for address in _list(await self._call("get", "get_api_domain_ip"), "ip_list")]

    async def callback_addresses(self) -> list[str]:
        """Return the addresses from which WeChat calls the webhook.

        Source: developers.weixin.qq.com/doc/service/api/base/api_getcallbackip.html
        """
        return [str(address) for address in _list(await self._call("get", "getcallbackip"), "ip_list")]

    # -------------------------------------------------------------- the talking

    async def _fetch_token(self) -> tuple[str, float]:
        body = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret, "force_refresh": False}
        url = f"{self.API_BASE_URL}stable_token"
        ask = Ask(method="POST", url=url, body=lambda: _encode(body), repeatable=True, secrets=(self.secret,))
        return _lasting(await self._wire.ask(ask), "access_token")

    async def _fetch_ticket(self) -> tuple[str, float]:
        return _lasting(await self._call("get", "ticket/getticket", params={"type": "jsapi"}), "ticket")

    async def _call(self, method: str, path: str, data: Mapping[str, Any] | None = None,
                    params: Mapping[str, str] | None = None) -> Mapping[str, Any]:  # fmt: skip
        answer = await self._request(method, path, data=data, params=params)
        if not isinstance(answer, dict):
            raise Temporary(None, f"{path} answered with something that is no JSON object")
        return answer

    async def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """What all of wechatpy's API classes end in; they hand the coroutine through to whoever awaits."""
        path, data = url_or_endpoint, kwargs.get("data")
        if path in _MASS:
            data = _mass(data)
        url = path if path.startswith("http") else kwargs.get("api_base_url", self.API_BASE_URL) + path
        files = {name: _read(name, file) for name, file in (kwargs.get("files") or {}).items()}
        ask = Ask(
            method=method.upper(),
            url=url.replace(OFFICIAL, self._base),  # hard-coded in wechatpy's customservice
            params=_params(kwargs.get("params")),
            body=lambda: _form(files, data or {}) if files else _encode(data),
            repeatable=_is_repeatable(method, path, data),
        )
        try:
            async with asyncio.timeout(self._budget):
                answer = await self._with_token(ask)
        except TimeoutError:
            raise Unanswered(None, f"WeChat did not answer within {self._budget:g} seconds") from None
        process = kwargs.get("result_processor")
        try:
            return process(answer) if process and isinstance(answer, dict) else answer
        except KeyError as error:
            raise Temporary(None, f"WeChat answered without {error}") from None

    async def _with_token(self, ask: Ask) -> Any:
        token = await self.token()
        try:
            return await self._wire.ask(_signed(ask, token))
        except TokenRefused:
            return await self._wire.ask(_signed(ask, await self.token(stale=token)))


class _Kept:
    """A value that WeChat gives for a while: fetched when it ends or is refused, by one at a time; taken from a shelf if there is one."""

    def __init__(self, kind: str, fetch: Fetch, shelf: TokenShelf | None) -> None:
        self._kind, self._fetch, self._shelf = kind, fetch, shelf
        self.value, self._until = "", 0.0
        self._one_at_a_time = asyncio.Lock()

    async def get(self, stale: str = "") -> str:
        """Return the value, another than `stale`."""
        if not self._usable(stale):
            async with self._one_at_a_time:
                if not self._usable(stale):  # somebody else may have fetched it meanwhile
                    shelf = self._shelf
                    value, seconds = await (shelf.take(self._kind, stale, self._fetch) if shelf else self._fetch())
                    self.value, self._until = value, time.monotonic() + seconds - TOKEN_MARGIN
        return self.value

    def _usable(self, stale: str) -> bool:
        return bool(self.value) and self.value != stale and time.monotonic() < self._until


# ------------------------------------------------------------------ what goes out


def _signed(ask: Ask, token: str) -> Ask:
    """Return the call with its token, in place of any that wechatpy put there."""
    return replace(ask, params={**ask.params, "access_token": token}, secrets=(token,))


def _params(params: Any) -> dict[str, Any]:
    if isinstance(params, str):  # customservice.delete_account
        return {name: unquote(value) for name, _, value in (pair.partition("=") for pair in params.split("&"))}
    return dict(params or {})


def _is_repeatable(method: str, path: str, data: Any) -> bool:
    once = _DONE_ONCE.get(path, "")
    return method.lower() == "get" or path in _REPEATABLE or (isinstance(data, dict) and bool(data.get(once)))


def _mass(data: Any) -> dict[str, Any]:
    """Return a mass message as WeChat wants it, which wechatpy does not write; raises ContentRefused without an id."""
    message = dict(data)
    name = str(message.get("clientmsgid") or "")
    if not name or len(name) > CLIENTMSGID_LENGTH or not name.isascii():
        raise ContentRefused(None, f"a mass message needs a clientmsgid of 1 to {CLIENTMSGID_LENGTH} ASCII characters")
    audience = dict(message.get("filter") or {})
    if "group_id" in audience:  # wechatpy's name for what WeChat has called tag_id since 2016
        audience["tag_id"] = audience.pop("group_id")
        message["filter"] = audience
    return message


def _audience(tag_id: int | None, openids: Sequence[str], everybody: bool) -> tuple[str, dict[str, Any]]:
    if (tag_id is not None) + bool(openids) + everybody != 1:
        raise ContentRefused(None, "a mass message goes to a tag_id, to openids or to everybody: name exactly one")
    if not openids:
        audience = {"is_to_all": True} if everybody else {"is_to_all": False, "tag_id": tag_id}
        return "message/mass/sendall", {"filter": audience}
    if len(openids) not in MASS_OPENIDS:
        raise ContentRefused(None, f"{len(openids)} openids; a mass message takes {MASS_OPENIDS[0]} to {MASS_OPENIDS[-1]}")
    return "message/mass/send", {"touser": list(openids)}


def _values(data: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"value": value} for name, value in data.items()}


def _encode(data: Any) -> Any:
    return json.dumps(data, ensure_ascii=False).encode() if isinstance(data, dict) else data


def _read(name: str, file: Any) -> tuple[str, bytes]:
    """Read a file up front, so that a second try sends it again."""
    filename, content = file if isinstance(file, tuple) else (getattr(file, "name", name), file)
    return filename, content if isinstance(content, bytes) else content.read()


def _form(files: Mapping[str, tuple[str, bytes]], data: Mapping[str, Any]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, (filename, content) in files.items():
        form.add_field(name, content, filename=filename)
    for name, value in data.items():
        form.add_field(name, value if isinstance(value, (str, bytes)) else json.dumps(value, ensure_ascii=False))
    return form


def codes_beside(base: str) -> str:
    """Return the address that shows codes: WeChat's own, or beside the API where that is a proxy or a stand-in."""
    return CODES if (urlsplit(base).hostname or "").endswith(".weixin.qq.com") else base


# ------------------------------------------------------------------ what comes back


def _lasting(answer: Any, name: str) -> tuple[str, float]:
    try:
        return str(answer[name]), float(answer["expires_in"])
    except (KeyError, TypeError, ValueError):
        raise Temporary(None, f"WeChat answered without {name}") from None


def _list(answer: Mapping[str, Any], name: str) -> list[Any]:
    found = answer.get(name)
    return found if isinstance(found, list) else []


def _probe(ping: Mapping[str, Any]) -> Probe:
    return Probe(
        address=str(ping.get("ip", "")),
        operator=str(ping.get("from_operator", "")),
        lost=ping.get("package_loss") != "0%",
        took=str(ping.get("time", "")),
    )


async def _all(ask: Callable[[str], Awaitable[Mapping[str, Any]]]) -> AsyncIterator[str]:
    """Yield the openids of all pages. The last page names a next one too, which then has no data."""
    begin = ""
    while openids := _list((page := await ask(begin)).get("data") or {}, "openid"):
        for openid in openids:
            yield str(openid)
        if not (begin := str(page.get("next_openid") or "")):
            return
