"""WeRoBot's parser and ours read the same pushes the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from bot.wechat import messages
from tests.peers.conftest import ask

pytestmark = pytest.mark.peers

HEAD = "<ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oA]]></FromUserName><CreateTime>1773194400</CreateTime>"


def push(kind: str, more: str) -> str:
    return f"<xml>{HEAD}<MsgType><![CDATA[{kind}]]></MsgType>{more}</xml>"


def event(name: str, more: str = "") -> str:
    return push("event", f"<Event><![CDATA[{name}]]></Event>{more}")


def menu(name: str, more: str = "") -> str:
    return event(name, f"<EventKey><![CDATA[k]]></EventKey>{more}")


CODE = "<ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType><ScanResult><![CDATA[LINLI-7]]></ScanResult></ScanCodeInfo>"
PICTURE = "<item><PicMd5Sum><![CDATA[5a75aaca956d97be686719218f275c6b]]></PicMd5Sum></item>"
PICTURES = f"<SendPicsInfo><Count>1</Count><PicList>{PICTURE}</PicList></SendPicsInfo>"
PLACE = (
    "<SendLocationInfo><Location_X><![CDATA[23]]></Location_X><Location_Y><![CDATA[113]]></Location_Y><Scale><![CDATA[15]]></Scale>"
    "<Label><![CDATA[ 和苑小区 ]]></Label><Poiname></Poiname></SendLocationInfo>"
)

Reading = Mapping[str, str | Callable[[Any], object]]

#: Name -> push, its kind for WeRoBot, our kind, and what of WeRoBot's attributes is which of ours.
SAMPLES: Mapping[str, tuple[str, str, type, Reading]] = {
    "text": (push("text", "<Content><![CDATA[厨房漏水 😀 <b>&amp;]]></Content><MsgId>1</MsgId>"), "text", messages.Text, {"content": "text"}),
    "text in two sections": (push("text", "<Content><![CDATA[a]]]]><![CDATA[>b]]></Content><MsgId>1</MsgId>"), "text", messages.Text,
                             {"content": "text"}),
    "text without a section": (push("text", "<Content>plain &amp; simple &lt;</Content><MsgId>2</MsgId>"), "text", messages.Text,
                               {"content": "text"}),
    "text over lines": (push("text", "<Content><![CDATA[一\n二]]></Content><MsgId>2</MsgId>"), "text", messages.Text, {"content": "text"}),
    "image": (push("image", "<PicUrl><![CDATA[http://p/1?a=1&b=2]]></PicUrl><MediaId><![CDATA[m1]]></MediaId><MsgId>3</MsgId>"), "image",
              messages.Photo, {"img": "url", "MediaId": "media_id"}),
    "voice": (push("voice", "<MediaId><![CDATA[m2]]></MediaId><Format><![CDATA[amr]]></Format><MsgId>4</MsgId>"), "voice", messages.Voice,
              {"media_id": "media_id"}),
    "voice with words": (push("voice", "<MediaId><![CDATA[m2]]></MediaId><Format>amr</Format><Recognition><![CDATA[我要报修]]></Recognition>"
                                       "<MsgId>4</MsgId>"), "voice", messages.Voice, {"recognition": "text", "media_id": "media_id"}),
    "video": (push("video", "<MediaId><![CDATA[m3]]></MediaId><ThumbMediaId>t</ThumbMediaId><MsgId>5</MsgId>"), "video", messages.Video,
              {"media_id": "media_id"}),
    "shortvideo": (push("shortvideo", "<MediaId><![CDATA[m4]]></MediaId><ThumbMediaId>t</ThumbMediaId><MsgId>6</MsgId>"), "shortvideo",
                   messages.Video, {"media_id": "media_id"}),
    "location": (push("location", "<Location_X>30.27</Location_X><Location_Y>120.15</Location_Y><Scale>16</Scale>"
                                  "<Label><![CDATA[和苑小区]]></Label><MsgId>7</MsgId>"), "location", messages.Location,
                 {"label": "label", "location_x": "latitude", "location_y": "longitude"}),
    "link": (push("link", "<Title><![CDATA[停水公告]]></Title><Description>d</Description><Url><![CDATA[http://u]]></Url><MsgId>8</MsgId>"),
             "link", messages.Link, {"title": "title", "url": "url"}),
    "unheard-of kind": (push("hologram", "<MsgId>9</MsgId>"), "hologram", messages.Other, {}),
    "subscribe": (event("subscribe"), "subscribe_event", messages.Follow, {}),
    "subscribe by a code": (event("subscribe", "<EventKey><![CDATA[qrscene_door-3]]></EventKey><Ticket><![CDATA[t]]></Ticket>"),
                            "subscribe_event", messages.Follow, {"key": lambda ours: f"qrscene_{ours.scene}"}),
    "unsubscribe": (event("unsubscribe", "<EventKey></EventKey>"), "unsubscribe_event", messages.Unfollow, {}),
    "SCAN": (event("SCAN", "<EventKey><![CDATA[door-3]]></EventKey><Ticket>t</Ticket>"), "scan_event", messages.Scan, {"key": "scene"}),
    "CLICK": (menu("CLICK"), "click_event", messages.Click, {"key": "event_key"}),
    "VIEW": (event("VIEW", "<EventKey><![CDATA[http://u]]></EventKey>"), "view_event", messages.Other, {}),
    "LOCATION": (event("LOCATION", "<Latitude>23.1</Latitude><Longitude>113.3</Longitude><Precision>119.3</Precision>"),
                 "location_event", messages.Other, {}),
    "scancode_push": (menu("scancode_push", CODE), "scancode_push_event", messages.CodeRead, {"scan_result": "result", "key": "event_key"}),
    "scancode_waitmsg": (menu("scancode_waitmsg", CODE), "scancode_waitmsg_event", messages.CodeRead,
                         {"scan_result": "result", "key": "event_key"}),
    "pic_sysphoto": (menu("pic_sysphoto", PICTURES), "pic_sysphoto_event", messages.Other, {}),
    "pic_photo_or_album": (menu("pic_photo_or_album", PICTURES), "pic_photo_or_album_event", messages.Other, {}),
    "pic_weixin": (menu("pic_weixin", PICTURES), "pic_weixin_event", messages.Other, {}),
    "location_select": (menu("location_select", PLACE), "location_select_event", messages.Other, {}),
    "template sent": (event("TEMPLATESENDJOBFINISH", "<MsgID>200163836</MsgID><Status><![CDATA[success]]></Status>"),
                      "templatesendjobfinish_event", messages.Report,
                      {"message_id": lambda ours: int(ours.results[0][0]), "status": lambda ours: ours.results[0][1]}),
    "template blocked": (event("TEMPLATESENDJOBFINISH", "<MsgID>200163840</MsgID><Status><![CDATA[failed: system failed]]></Status>"),
                         "templatesendjobfinish_event", messages.Report, {"status": lambda ours: ours.results[0][1]}),
    "mass sent": (event("MASSSENDJOBFINISH", "<MsgID>1988</MsgID><Status><![CDATA[send success]]></Status><TotalCount>100</TotalCount>"
                        "<FilterCount>80</FilterCount><SentCount>75</SentCount><ErrorCount>5</ErrorCount>"),
                  "masssendjobfinish_event", messages.MassReport, {"message_id": lambda ours: int(ours.msgid), "Status": "status"}),
    "desk opened": (event("kf_create_session", "<KfAccount><![CDATA[a@b]]></KfAccount>"), "kf_create_session_event", messages.StaffTalk, {}),
    "unheard-of event": (event("aurora"), "aurora_event", messages.Other, {}),
}  # fmt: skip


@pytest.fixture(scope="module")
def werobots(werobot: str) -> Mapping[str, dict[str, Any]]:
    """What WeRoBot reads in the samples, by name."""
    answers = ask([werobot, "werobot_peer.py"], [{"xml": xml} for xml, *_ in SAMPLES.values()])
    return dict(zip(SAMPLES, answers, strict=True))


def value(ours: messages.Message, reading: str | Callable[[Any], object]) -> object:
    return getattr(ours, reading) if isinstance(reading, str) else reading(ours)


@pytest.mark.parametrize("name", SAMPLES)
def test_both_read_the_same(name: str, werobots: Mapping[str, dict[str, Any]]) -> None:
    xml, kind, our_kind, fields = SAMPLES[name]
    theirs, ours = werobots[name], messages.parse(xml.encode())

    assert theirs["kind"] == kind
    assert type(ours) is our_kind
    seconds = int(ours.created_at.timestamp())
    assert (theirs["source"], theirs["target"], theirs["time"]) == (ours.openid, ours.account, seconds)
    assert {field: theirs[field] for field in fields} == {field: value(ours, reading) for field, reading in fields.items()}
