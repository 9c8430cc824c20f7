"""What residents do, as the XML that WeChat pushes.

Sources: developers.weixin.qq.com/doc/service/guide/product/message/ Receiving_standard_messages.html and
Receiving_event_pushes.html
"""

from dataclasses import dataclass
from datetime import datetime

from bot.wechat.messages import cdata

#: The account's own id, which stands in ToUserName; it is not the AppID.
ACCOUNT_ID = "gh_8f2c4e61a0b7"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who does it, when, and WeChat's number for it."""

    openid: str
    at: datetime
    msgid: int


def text(sender: Sender, words: str) -> str:
    """Somebody wrote."""
    return _message(sender, "text", Content=cdata(words))


def photo(sender: Sender, media_id: str, url: str) -> str:
    """Somebody sent a picture."""
    return _message(sender, "image", PicUrl=cdata(url), MediaId=cdata(media_id))


def voice(sender: Sender, media_id: str, recognised: str) -> str:
    """Somebody spoke, and WeChat understood it as `recognised`."""
    return _message(sender, "voice", MediaId=cdata(media_id), Format=cdata("amr"), Recognition=cdata(recognised))


def location(sender: Sender, latitude: float, longitude: float, label: str) -> str:
    """Somebody sent a place."""
    x, y = f"{latitude:.6f}", f"{longitude:.6f}"
    return _message(sender, "location", Location_X=x, Location_Y=y, Scale="16", Label=cdata(label))


def click(sender: Sender, key: str) -> str:
    """Somebody touched a menu entry that asks the bot."""
    return _event(sender, "CLICK", EventKey=cdata(key))


def view(sender: Sender, url: str) -> str:
    """Somebody touched a menu entry that opens a page."""
    return _event(sender, "VIEW", EventKey=cdata(url))


def scan(sender: Sender, scene: str, ticket: str) -> str:
    """A follower scanned a code of the account."""
    return _event(sender, "SCAN", EventKey=cdata(scene), Ticket=cdata(ticket))


def follow(sender: Sender, scene: str = "", ticket: str = "") -> str:
    """Somebody follows now, perhaps by a code of the account."""
    if not scene:
        return _event(sender, "subscribe", EventKey=cdata(""))
    return _event(sender, "subscribe", EventKey=cdata(f"qrscene_{scene}"), Ticket=cdata(ticket))


def unfollow(sender: Sender) -> str:
    """Somebody left."""
    return _event(sender, "unsubscribe", EventKey=cdata(""))


def report(sender: Sender, status: str) -> str:
    """What became of a template message; the sender's msgid is that message's."""
    return _event(sender, "TEMPLATESENDJOBFINISH", MsgID=str(sender.msgid), Status=cdata(status))


def _message(sender: Sender, kind: str, **fields: str) -> str:
    return _xml(sender, kind, **fields, MsgId=str(sender.msgid))


def _event(sender: Sender, event: str, **fields: str) -> str:
    return _xml(sender, "event", Event=cdata(event), **fields)


def _xml(sender: Sender, kind: str, **fields: str) -> str:
    rows = {
        "ToUserName": cdata(ACCOUNT_ID),
        "FromUserName": cdata(sender.openid),
        "CreateTime": str(int(sender.at.timestamp())),
        "MsgType": cdata(kind),
        **fields,
    }
    return "<xml>\n" + "".join(f"<{name}>{value}</{name}>\n" for name, value in rows.items()) + "</xml>"
