"""WeChat's API, awaited: wechatpy's classes know the paths, this subclass does the talking.

One token is fetched at a time (stable_token, shared by all replicas without a lock); a refused one is dropped only if it
is still the one that was used, and the call is tried once more. Every fault leaves here as one of bot.errors.
Source: developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken.html
"""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

import aiohttp
from wechatpy import WeChatClient

from bot.errors import (
    AccountLimited,
    ContentRefused,
    QuotaSpent,
    RecipientGone,
    Temporary,
    TokenRefused,
    WeChatRefused,
    WindowClosed,
)

#: Where wechatpy's hard-coded addresses point.
OFFICIAL = "https://api.weixin.qq.com/"

#: Seconds for one call; WeChat answers in well under one.
TIMEOUT = aiohttp.ClientTimeout(total=10)

#: Seconds before its end at which a token is renewed; WeChat renews five minutes early itself.
TOKEN_MARGIN = 60

#: WeChat's numbers and what they mean for whoever called.
_KIND_OF: Mapping[int, type[WeChatRefused]] = {
    -1: Temporary, 45011: Temporary, 45066: Temporary,
    40001: TokenRefused, 40014: TokenRefused, 42001: TokenRefused,
    40003: RecipientGone, 43004: RecipientGone, 43019: RecipientGone, 43101: RecipientGone, 48002: RecipientGone,
    45015: WindowClosed, 45047: WindowClosed,
    45009: QuotaSpent,
    40037: ContentRefused, 47003: ContentRefused, 45002: ContentRefused,
    40125: AccountLimited, 40013: AccountLimited, 40164: AccountLimited, 48001: AccountLimited, 48004: AccountLimited,
    50002: AccountLimited,
}  # fmt: skip


class Client(WeChatClient):  # type: ignore[misc]  # wechatpy ships no types
    """One account's calls; give it an aiohttp session of your own to close."""

    def __init__(self, appid: str, secret: str, http: aiohttp.ClientSession, base: str = OFFICIAL) -> None:
        super().__init__(appid, secret)
        self._base, self.API_BASE_URL = base, f"{base}cgi-bin/"
        self._http = http
        self._token, self._until = "", 0.0
        self._one_fetch = asyncio.Lock()

    @property
    def access_token(self) -> str:
        """The token as known now. wechatpy touches it while it constructs, so it must never do I/O or raise."""
        return str(getattr(self, "_token", ""))

    async def token(self, stale: str = "") -> str:
        """Return a usable token; `stale` is one that was just refused."""
        if not self._usable(stale):
            async with self._one_fetch:
                if not self._usable(stale):  # somebody else may have fetched it meanwhile
                    await self._fetch_token()
        return self._token

    async def send_text(self, openid: str, text: str, client_msg_id: str = "") -> None:
        """Send a customer-service text; raises WindowClosed when the follower's window is."""
        body: dict[str, Any] = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        if client_msg_id:
            body["client_msg_id"] = client_msg_id
        await self._request("post", "message/custom/send", data=body)

    async def send_template(self, openid: str, template_id: str, data: Mapping[str, str], url: str = "",
                            client_msg_id: str = "") -> str:  # fmt: skip
        """Send a template message and return its msgid. Taken is not delivered: that comes as a Report."""
        check_fields(data)
        body: dict[str, Any] = {
            "touser": openid, "template_id": template_id, "url": url,
            "data": {name: {"value": value} for name, value in data.items()},
        }  # fmt: skip
        if client_msg_id:
            body["client_msg_id"] = client_msg_id
        answer = await self._request("post", "message/template/send", data=body)
        return str(answer.get("msgid", ""))

    async def download(self, media_id: str) -> bytes:
        """Return the bytes of a medium a follower sent."""
        answer = await self._request("get", "media/get", params={"media_id": media_id})
        if isinstance(answer, bytes):
            return answer
        raise ContentRefused(None, "media/get answered without a file")

    def _usable(self, stale: str) -> bool:
        return bool(self._token) and self._token != stale and time.monotonic() < self._until

    async def _fetch_token(self) -> None:
        body = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret, "force_refresh": False}
        answer = await self._send("POST", f"{self.API_BASE_URL}stable_token", {}, _encode(body))
        if not isinstance(answer, dict) or "access_token" not in answer:
            raise Temporary(None, "stable_token answered without a token")
        self._token = str(answer["access_token"])
        self._until = time.monotonic() + float(answer["expires_in"]) - TOKEN_MARGIN

    async def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """What all of wechatpy's API classes end in; they hand the coroutine through to whoever awaits."""
        url = url_or_endpoint
        if not url.startswith("http"):
            url = kwargs.pop("api_base_url", self.API_BASE_URL) + url
        url = url.replace(OFFICIAL, self._base)  # hard-coded in wechatpy's customservice
        params = kwargs.get("params") or {}
        if isinstance(params, str):  # customservice.delete_account
            params = dict(pair.split("=", 1) for pair in params.split("&"))
        files = {name: _read(name, file) for name, file in (kwargs.get("files") or {}).items()}
        stale = ""
        while True:
            token = await self.token(stale)
            body = _form(files, kwargs.get("data") or {}) if files else _encode(kwargs.get("data"))
            try:
                answer = await self._send(method.upper(), url, {**params, "access_token": token}, body)
            except TokenRefused:
                if stale:
                    raise
                stale = token
                continue
            process = kwargs.get("result_processor")
            return process(answer) if process and isinstance(answer, dict) else answer

    async def _send(self, method: str, url: str, params: Mapping[str, Any], body: Any) -> Any:
        try:
            async with self._http.request(method, url, params=params, data=body, timeout=TIMEOUT) as response:
                raw = await response.read()
                response.raise_for_status()
        except (aiohttp.ClientError, TimeoutError) as error:
            # The library's own text holds the address, and the address holds the token.
            raise Temporary(None, f"WeChat did not answer: {type(error).__name__}") from None
        try:
            answer = json.loads(raw.decode("utf-8"), strict=False)
        except ValueError:
            return raw
        code = int(answer.get("errcode") or 0) if isinstance(answer, dict) else 0
        if code:
            raise _KIND_OF.get(code, WeChatRefused)(code, str(answer.get("errmsg", "")))
        return answer


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


# ------------------------------------------------------------------ template fields

#: Longest value by the type a field's name begins with.
#: Source: developers.weixin.qq.com/doc/service/guide/product/template_message (参数限制)
FIELD_LIMITS: Mapping[str, int] = {
    "thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32, "phone_number": 17,
    "car_number": 8, "name": 20, "phrase": 5, "const": 20,
}  # fmt: skip


def check_fields(data: Mapping[str, str]) -> None:
    """Raise ContentRefused, naming field and limit, for a value that WeChat would refuse with 47003 or drop."""
    for name, value in data.items():
        limit = FIELD_LIMITS.get(name.rstrip("0123456789"))
        if limit is not None and len(value) > limit:
            raise ContentRefused(47003, f"data.{name}.value has {len(value)} characters; at most {limit}")
        if "\n" in value or "\r" in value:
            raise ContentRefused(47003, f"data.{name}.value holds a line break")
        if not value:
            raise ContentRefused(47003, f"data.{name}.value is empty")
