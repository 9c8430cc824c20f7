"""WeChat's XML as values, and values as XML.

Sources: developers.weixin.qq.com/doc/service/guide/product/message/ Receiving_standard_messages.html,
Receiving_event_pushes.html and Passive_user_reply_message.html.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from bot.errors import Malformed

#: WeChat's own clock, and that of its users.
BEIJING = ZoneInfo("Asia/Shanghai")

#: A text reply holds 2,048 bytes; the rest is margin for WeChat's own counting.
TEXT_BYTES = 2000


@dataclass(frozen=True, kw_only=True)
class _Push:
    """What every push has. `key` is the same for repeats of one push and different for all else."""

    openid: str  # FromUserName
    account: str  # ToUserName
    created_at: datetime
    key: str


@dataclass(frozen=True, kw_only=True)
class Text(_Push):
    """Words, typed or dictated."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Photo(_Push):
    """A picture; WeChat keeps it for three days under `media_id`."""

    media_id: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Voice(_Push):
    """Speech; `text` is what WeChat recognised, empty when it did not."""

    media_id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Location(_Push):
    """A place the resident chose, in GCJ-02 degrees."""

    latitude: float
    longitude: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Scan(_Push):
    """A follower scanned one of the account's QR codes."""

    scene: str


@dataclass(frozen=True, kw_only=True)
class Follow(_Push):
    """Somebody follows now; `scene` when it was by a QR code."""

    scene: str


@dataclass(frozen=True, kw_only=True)
class Unfollow(_Push):
    """Somebody left. The operator must delete what is known of them."""


@dataclass(frozen=True, kw_only=True)
class Click(_Push):
    """A menu entry was touched."""

    event_key: str


@dataclass(frozen=True, kw_only=True)
class Report(_Push):
    """What became of a template message: `success`, `failed:user block` or `failed: system failed`."""

    msgid: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Other(_Push):
    """Anything else WeChat sends or will send."""

    kind: str


Message = Text | Photo | Voice | Location | Scan | Follow | Unfollow | Click | Report | Other


def parse(xml: bytes) -> Message:
    """Return the push as a value; raises Malformed, naming the field, when a required one is missing or doubled."""
    fields = _Fields(xml)
    kind = fields["MsgType"].lower()
    event = fields.get("Event")
    pushed_at, created_at = fields["CreateTime"], fields.time("CreateTime")
    openid, account = fields["FromUserName"], fields["ToUserName"]
    identity = fields.get("MsgId") if kind != "event" else f"{event}|{fields.get('EventKey')}|{sha256(xml).hexdigest()}"
    # MsgId alone was seen for different users, and two events of one user within one second.
    key = sha256("|".join((account, openid, pushed_at, kind, identity)).encode()).hexdigest()[:40]
    push = _Push(openid=openid, account=account, created_at=created_at, key=key)
    return _event(push, event, fields) if kind == "event" else _message(push, kind, fields)


def _message(push: _Push, kind: str, fields: "_Fields") -> Message:
    common = vars(push)
    match kind:
        case "text":
            return Text(**common, text=fields.get("Content"))
        case "image":
            return Photo(**common, media_id=fields.get("MediaId"), url=fields.get("PicUrl"))
        case "voice":
            return Voice(**common, media_id=fields.get("MediaId"), text=fields.get("Recognition"))
        case "location":
            latitude, longitude = fields.number("Location_X"), fields.number("Location_Y")
            return Location(**common, latitude=latitude, longitude=longitude, label=fields.get("Label"))
        case _:
            return Other(**common, kind=kind)


def _event(push: _Push, event: str, fields: "_Fields") -> Message:
    common = vars(push)
    match event.lower():  # WeChat itself writes CLICK but subscribe
        case "subscribe":
            return Follow(**common, scene=fields.get("EventKey").removeprefix("qrscene_"))
        case "unsubscribe":
            return Unfollow(**common)
        case "scan":
            return Scan(**common, scene=fields.get("EventKey"))
        case "click":
            return Click(**common, event_key=fields.get("EventKey"))
        case "templatesendjobfinish":
            return Report(**common, msgid=fields.get("MsgID") or fields.get("MsgId"), status=fields.get("Status"))
        case _:
            return Other(**common, kind=f"event {event}")


class _Fields:
    """The elements directly under <xml>, each once."""

    def __init__(self, xml: bytes) -> None:
        try:
            root = ElementTree.fromstring(xml)  # noqa: S314  no entities, see the import
        except (ElementTree.ParseError, ValueError, LookupError) as error:
            raise Malformed(f"xml: {error}") from None
        if root.tag != "xml":
            raise Malformed("xml: the root is not <xml>")
        self._values: dict[str, str] = {}
        for element in root:
            if element.tag in self._values:
                raise Malformed(f"{element.tag[:40]}: stands twice")
            self._values[element.tag] = (element.text or "").strip()

    def __getitem__(self, name: str) -> str:
        value = self._values.get(name)
        if not value:
            raise Malformed(f"{name}: missing")
        return value

    def get(self, name: str) -> str:
        return self._values.get(name, "")

    def number(self, name: str) -> float:
        try:
            return float(self[name])
        except ValueError:
            raise Malformed(f"{name}: not a number") from None

    def time(self, name: str) -> datetime:
        try:
            return datetime.fromtimestamp(int(self[name]), UTC).astimezone(BEIJING)
        except (ValueError, OverflowError, OSError):
            raise Malformed(f"{name}: not a time in seconds") from None


# ------------------------------------------------------------------ replies

#: Characters that XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def cdata(text: str) -> str:
    """Return a CDATA section that reads back as `text`, minus what XML cannot hold."""
    return "<![CDATA[" + _UNFIT.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def render_text(to: str, sender: str, text: str, now: datetime) -> str:
    """Return a text reply; CreateTime is in seconds."""
    return (
        f"<xml><ToUserName>{cdata(to)}</ToUserName><FromUserName>{cdata(sender)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{cdata(text)}</Content></xml>"
    )


def parts(text: str, limit: int = TEXT_BYTES) -> list[str]:
    """Cut `text` into parts of at most `limit` UTF-8 bytes, never inside a character; [""] for nothing."""
    found, begin, size = [], 0, 0
    for position, character in enumerate(text):
        width = len(character.encode("utf-8", "replace"))
        if size + width > limit:
            found.append(text[begin:position])
            begin, size = position, 0
        size += width
    return [*found, text[begin:]]
