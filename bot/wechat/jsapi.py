"""The signature with which a page may use WeChat's JS-SDK, to scan codes or hide the share menu.

Source: developers.weixin.qq.com/doc/service/guide/h5/jssdk.html (附录1-JS-SDK使用权限签名算法)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One showing of a page: its full address, the moment in seconds, and a word that was never used before."""

    url: str
    timestamp: int
    nonce: str


def sign(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """Return the signature for the page at `url`, of which what follows the # is no part."""
    page = url.partition("#")[0]
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}"
    return sha1(text.encode()).hexdigest()  # noqa: S324  WeChat's choice


def config(appid: str, ticket: str, visit: Visit, apis: Sequence[str]) -> Mapping[str, object]:
    """Return what the page hands to `wx.config` to use `apis`. The ticket is not in it and must not reach the page."""
    return {
        "appId": appid,
        "timestamp": visit.timestamp,
        "nonceStr": visit.nonce,
        "signature": sign(ticket, visit.nonce, visit.timestamp, visit.url),
        "jsApiList": list(apis),
    }
