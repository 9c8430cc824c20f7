"""WeChat's XML as values, and values as XML.

Names of kinds and events are compared without case, for WeChat itself writes CLICK but subscribe. What is not known here
is an `Other`, never an error.
Sources: developers.weixin.qq.com/doc/service/guide/product/message/ Receiving_standard_messages.html,
Receiving_event_pushes.html and Passive_user_reply_message.html; …/guide/product/subscription_messages/push.html.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal
from xml.etree import ElementTree
from xml.parsers import expat
from zoneinfo import ZoneInfo

from bot.errors import Malformed
from bot.wechat import links

#: WeChat's have 28 characters, and 15 for accounts.
LONGEST_ID = 128

#: WeChat's own clock, and that of its users.
BEIJING = ZoneInfo("Asia/Shanghai")

#: What a text holds, in UTF-8 bytes, as a reply and as a customer-service message.
TEXT_BYTES = 2048

#: Characters that XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: Elements inside each other; the deepest push, of subscriptions, has four.
DEPTH = 8

#: A part ends at a line's end where one lies in its last third.
TIDY = 2 / 3


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
class Video(_Push):
    """A film, long or short; the bot does not look at it."""

    media_id: str


@dataclass(frozen=True, kw_only=True)
class Link(_Push):
    """A page that was passed on."""

    title: str
    url: str


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
class CodeRead(_Push):
    """A menu entry let the resident scan any code; `result` is what it says. `waits`: an answer is expected."""

    event_key: str
    result: str
    waits: bool


@dataclass(frozen=True, kw_only=True)
class Report(_Push):
    """What became of template or subscription messages: pairs of msgid and status.

    The status is `success`, `failed:user block`, `failed: system failed`, or for subscriptions WeChat's own words.
    """

    results: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class MassReport(_Push):
    """What became of a mass send: `send success`, `send fail` or `err(…)`, and how many followers."""

    msgid: str
    status: str
    total: int
    filtered: int
    sent: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class Consent(_Push):
    """What the resident allowed or took back: pairs of a subscription template's id and whether it may be sent."""

    choices: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, kw_only=True)
class StaffTalk(_Push):
    """WeChat's own customer-service desk has opened, closed or moved a talk; while open, nothing reaches the bot."""

    state: Literal["opened", "closed", "moved"]


@dataclass(frozen=True, kw_only=True)
class Other(_Push):
    """Anything else WeChat sends or will send."""

    kind: str


Message = (
    Text | Photo | Voice | Video | Link | Location | Scan | Follow | Unfollow | Click | CodeRead | Report | MassReport
    | Consent | StaffTalk | Other
)  # fmt: skip


def parse(xml: bytes) -> Message:
    """Return the push as a value; raises Malformed, naming the field, when a required one is missing or doubled."""
    fields = _Fields(xml)
    kind = fields["MsgType"].lower()
    event = fields.get("Event")
    pushed_at, created_at = fields["CreateTime"], fields.time("CreateTime")
    openid, account = fields["FromUserName"], fields["ToUserName"]
    if len(openid) > LONGEST_ID or len(account) > LONGEST_ID:
        raise Malformed("FromUserName or ToUserName: too long for an id")
    whole = sha256(xml).hexdigest()
    identity = f"{event}|{fields.get('EventKey')}|{whole}" if kind == "event" else fields.get("MsgId") or whole
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
        case "video" | "shortvideo":
            return Video(**common, media_id=fields.get("MediaId"))
        case "link":
            return Link(**common, title=fields.get("Title"), url=fields.get("Url"))
        case "location":
            latitude, longitude = fields.number("Location_X"), fields.number("Location_Y")
            return Location(**common, latitude=latitude, longitude=longitude, label=fields.get("Label"))
        case _:
            return Other(**common, kind=kind)


def _event(push: _Push, event: str, fields: "_Fields") -> Message:
    common = vars(push)
    match event.lower():
        case "subscribe":
            return Follow(**common, scene=fields.get("EventKey").removeprefix("qrscene_"))
        case "unsubscribe":
            return Unfollow(**common)
        case "scan":
            return Scan(**common, scene=fields.get("EventKey"))
        case "click":
            return Click(**common, event_key=fields.get("EventKey"))
        case "scancode_push" | "scancode_waitmsg" as kind:
            [code, *_] = fields.parts("ScanCodeInfo") or [{}]
            result, waits = code.get("ScanResult", ""), kind == "scancode_waitmsg"
            return CodeRead(**common, event_key=fields.get("EventKey"), result=result, waits=waits)
        case "templatesendjobfinish":
            msgid = fields.get("MsgID") or fields.get("MsgId")
            return Report(**common, results=((msgid, fields.get("Status")),))
        case "masssendjobfinish":
            return _mass_report(push, fields)
        case "subscribe_msg_popup_event" | "subscribe_msg_change_event" | "subscribe_msg_sent_event" as kind:
            return _subscription(push, kind, fields)
        case "kf_create_session" | "kf_close_session" | "kf_switch_session" as kind:
            return StaffTalk(**common, state=_TALKS[kind])
        case _:  # VIEW, LOCATION, pic_sysphoto, location_select …: nothing is to be answered
            return Other(**common, kind=f"event {event}")


_TALKS: Mapping[str, Literal["opened", "closed", "moved"]] = {
    "kf_create_session": "opened", "kf_close_session": "closed", "kf_switch_session": "moved",
}  # fmt: skip


def _mass_report(push: _Push, fields: "_Fields") -> MassReport:
    msgid = fields.get("MsgID") or fields.get("MsgId")
    total, filtered, sent, failed = (fields.count(f"{name}Count") for name in ("Total", "Filter", "Sent", "Error"))
    return MassReport(
        **vars(push), msgid=msgid, status=fields.get("Status"), total=total, filtered=filtered, sent=sent, failed=failed
    )


def _subscription(push: _Push, kind: str, fields: "_Fields") -> Consent | Report:
    """Read one of the three subscription events; each lists one or several templates."""
    if kind == "subscribe_msg_sent_event":
        sent = fields.parts("SubscribeMsgSentEvent", "List")
        results = ((one.get("MsgID", ""), _sent_status(one)) for one in sent)
        return Report(**vars(push), results=tuple(results))
    parent = "SubscribeMsgPopupEvent" if kind == "subscribe_msg_popup_event" else "SubscribeMsgChangeEvent"
    listed = fields.parts(parent, "List")
    choices = ((one.get("TemplateId", ""), one.get("SubscribeStatusString", "").lower() == "accept") for one in listed)
    return Consent(**vars(push), choices=tuple(choices))


def _sent_status(sent: Mapping[str, str]) -> str:
    return "success" if sent.get("ErrorCode", "0") == "0" else sent.get("ErrorStatus") or f"failed:{sent['ErrorCode']}"


class _Fields:
    """The elements directly under <xml>, each once."""

    def __init__(self, xml: bytes) -> None:
        root = _tree(xml)
        if root.tag != "xml":
            raise Malformed("xml: the root is not <xml>")
        self._root = root
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

    def parts(self, *path: str) -> list[Mapping[str, str]]:
        """Return the elements at a path below <xml>, each as its own fields: one, several or none."""
        found = self._root.findall("/".join(path))
        return [{child.tag: (child.text or "").strip() for child in element} for element in found]

    def count(self, name: str) -> int:
        """Return a number that may be missing."""
        value = self.get(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0

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


def _tree(xml: bytes) -> ElementTree.Element:
    """Parse a push; raises Malformed for what is no XML, nests deeply or declares anything: no entity is ever expanded.

    It is UTF-8 whatever it says. What people can type and XML cannot hold is left out, for the rest is meant to be read.
    """
    builder, depth = ElementTree.TreeBuilder(), 0
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise Malformed(f"xml: more than {DEPTH} elements inside each other")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise Malformed("xml: has a DOCTYPE, which WeChat never sends")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.data, refuse
    try:
        parser.Parse(_UNFIT.sub("", xml.decode()).encode(), True)
    except (expat.ExpatError, ValueError) as error:
        raise Malformed(f"xml: {error}") from None
    return builder.close()


# ------------------------------------------------------------------ replies


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
    """Cut `text` into parts of at most `limit` UTF-8 bytes; [""] for nothing. Joined they are `text` again.

    Never inside a character or a link, and at the end of a line where one lies near.
    """
    found = []
    rest = text
    while len(rest.encode("utf-8", "replace")) > limit:
        cut = links.before(rest, _fitting(rest, limit))
        line_end = rest.rfind("\n", int(cut * TIDY), cut) + 1
        found.append(rest[: line_end or cut])
        rest = rest[line_end or cut :]
    return [*found, rest]


def _fitting(text: str, limit: int) -> int:
    """Return how many characters of `text` fit into `limit` UTF-8 bytes."""
    size = 0
    for position, character in enumerate(text):
        size += len(character.encode("utf-8", "replace"))
        if size > limit:
            return position
    return len(text)
