"""What residents do, as the XML that WeChat pushes.

Sources: developers.weixin.qq.com/doc/service/guide/product/ message/Receiving_standard_messages.html,
message/Receiving_event_pushes.html, subscription_messages/push.html; developers.weixin.qq.com/doc/offiaccount/
Message_Management/Batch_Sends_and_Originality_Checks.html (事件推送群发结果)
"""

from dataclasses import dataclass
from datetime import datetime

from bot.simulator.masses import Counts
from bot.wechat.messages import cdata

#: The account's own id, which stands in ToUserName; it is not the AppID.
ACCOUNT_ID = "gh_8f2c4e61a0b7"

#: WeChat's own assistant, in whose name the end of a mass message is told.
ASSISTANT = "oR5Gjjl_eiZoUpGozMo7dbBJ362A"


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


def mass_report(sender: Sender, counts: Counts) -> str:
    """What became of a mass message; the sender's msgid is that message's."""
    numbers = {
        "TotalCount": counts.total, "FilterCount": counts.after_filter, "SentCount": counts.sent, "ErrorCount": counts.failed,
    }  # fmt: skip
    fields = {name: str(number) for name, number in numbers.items()}
    return _event(sender, "MASSSENDJOBFINISH", MsgID=str(sender.msgid), Status=cdata("send success"), **fields)


def consent(sender: Sender, template_id: str, accept: bool) -> str:
    """Somebody agreed to one subscription notice, or did not; the 1 says that they were asked on a page."""
    answer = cdata("accept" if accept else "reject")
    row = f"<TemplateId>{cdata(template_id)}</TemplateId><SubscribeStatusString>{answer}</SubscribeStatusString>"
    listed = f"<List>{row}<PopupScene>1</PopupScene></List>"
    return _event(sender, "subscribe_msg_popup_event", SubscribeMsgPopupEvent=listed)


def subscription_report(sender: Sender, template_id: str) -> str:
    """What became of a subscription notice; the sender's msgid is that notice's."""
    row = f"<TemplateId>{cdata(template_id)}</TemplateId><MsgID>{sender.msgid}</MsgID>"
    listed = f"<List>{row}<ErrorCode>0</ErrorCode><ErrorStatus>{cdata('success')}</ErrorStatus></List>"
    return _event(sender, "subscribe_msg_sent_event", SubscribeMsgSentEvent=listed)


def desk_opened(sender: Sender, account: str) -> str:
    """A person took over."""
    return _event(sender, "kf_create_session", KfAccount=cdata(account))


def desk_closed(sender: Sender, account: str) -> str:
    """The person is done."""
    return _event(sender, "kf_close_session", KfAccount=cdata(account))


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
