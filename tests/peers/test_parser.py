"""WeRoBot's parser and ours read the same pushes the same way."""

from __future__ import annotations

import pytest

from bot.wechat import messages
from tests.peers.conftest import ask

HEAD = "<ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oA]]></FromUserName><CreateTime>1773194400</CreateTime>"


def push(kind: str, more: str) -> str:
    return f"<xml>{HEAD}<MsgType><![CDATA[{kind}]]></MsgType>{more}</xml>"


def event(name: str, more: str = "") -> str:
    return push("event", f"<Event><![CDATA[{name}]]></Event>{more}")


#: Push -> its kind for WeRoBot, our kind, and pairs of WeRoBot's attribute and ours.
SAMPLES = [
    (push("text", "<Content><![CDATA[厨房漏水 😀 ]]]]><![CDATA[> <b>]]></Content><MsgId>1</MsgId>"), "text", messages.Text, {"content": "text"}),
    (push("text", "<Content>plain &amp; simple</Content><MsgId>2</MsgId>"), "text", messages.Text, {"content": "text"}),
    (push("image", "<PicUrl><![CDATA[http://p/1]]></PicUrl><MediaId><![CDATA[m1]]></MediaId><MsgId>3</MsgId>"), "image", messages.Photo,
     {"img": "url"}),
    (push("voice", "<MediaId><![CDATA[m2]]></MediaId><Format>amr</Format><Recognition><![CDATA[我要报修]]></Recognition><MsgId>4</MsgId>"),
     "voice", messages.Voice, {"recognition": "text", "media_id": "media_id"}),
    (push("video", "<MediaId><![CDATA[m3]]></MediaId><ThumbMediaId>t</ThumbMediaId><MsgId>5</MsgId>"), "video", messages.Video,
     {"media_id": "media_id"}),
    (push("shortvideo", "<MediaId><![CDATA[m4]]></MediaId><ThumbMediaId>t</ThumbMediaId><MsgId>6</MsgId>"), "shortvideo", messages.Video,
     {"media_id": "media_id"}),
    (push("location", "<Location_X>30.27</Location_X><Location_Y>120.15</Location_Y><Scale>16</Scale><Label><![CDATA[和苑小区]]></Label>"
                      "<MsgId>7</MsgId>"), "location", messages.Location, {"label": "label"}),
    (push("link", "<Title><![CDATA[停水公告]]></Title><Description>d</Description><Url><![CDATA[http://u]]></Url><MsgId>8</MsgId>"), "link",
     messages.Link, {"title": "title", "url": "url"}),
    (event("subscribe"), "subscribe_event", messages.Follow, {}),
    (event("unsubscribe"), "unsubscribe_event", messages.Unfollow, {}),
    (event("SCAN", "<EventKey><![CDATA[door-3]]></EventKey><Ticket>t</Ticket>"), "scan_event", messages.Scan, {"key": "scene"}),
    (event("CLICK", "<EventKey><![CDATA[repair.report]]></EventKey>"), "click_event", messages.Click, {"key": "event_key"}),
    (event("VIEW", "<EventKey><![CDATA[http://u]]></EventKey>"), "view_event", messages.Other, {}),
    (event("LOCATION", "<Latitude>23.1</Latitude><Longitude>113.3</Longitude><Precision>119.3</Precision>"), "location_event",
     messages.Other, {}),
    (event("scancode_push", "<EventKey>k</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>LINLI-7</ScanResult></ScanCodeInfo>"),
     "scancode_push_event", messages.CodeRead, {"scan_result": "result", "key": "event_key"}),
    (event("scancode_waitmsg", "<EventKey>k</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>LINLI-8</ScanResult>"
                               "</ScanCodeInfo>"), "scancode_waitmsg_event", messages.CodeRead, {"scan_result": "result"}),
    (event("location_select", "<EventKey>k</EventKey><SendLocationInfo><Location_X>23</Location_X><Location_Y>113</Location_Y>"
                              "<Scale>15</Scale><Label>l</Label><Poiname></Poiname></SendLocationInfo>"), "location_select_event",
     messages.Other, {}),
    (event("TEMPLATESENDJOBFINISH", "<MsgID>200163836</MsgID><Status><![CDATA[success]]></Status>"), "templatesendjobfinish_event",
     messages.Report, {}),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(SAMPLES)))
def test_both_read_the_same(number: int, werobot: str) -> None:
    xml, kind, ours, fields = SAMPLES[number]
    [theirs] = ask([werobot, "werobot_peer.py"], [{"xml": xml}])
    message = messages.parse(xml.encode())

    assert theirs["kind"] == kind
    assert isinstance(message, ours)
    assert (theirs["source"], theirs["target"], theirs["time"]) == (
        message.openid,
        message.account,
        int(message.created_at.timestamp()),
    )
    assert {name: theirs[name] for name in fields} == {name: getattr(message, mine) for name, mine in fields.items()}
