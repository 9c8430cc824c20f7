"""XML to values and back; odd XML is told by the field at fault, never by a traceback."""

from datetime import datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Malformed
from bot.model import SHANGHAI
from bot.wechat import messages

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


def push(kind: str, *more: str, openid: str = "oA", at: int = 1773194400) -> bytes:
    head = f"<ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>{at}</CreateTime>"
    return f"<xml>{head}<MsgType><![CDATA[{kind}]]></MsgType>{''.join(more)}</xml>".encode()


def test_text_says_who_when_and_what() -> None:
    message = messages.parse(push("text", "<Content><![CDATA[厨房漏水 😀]]></Content><MsgId>7</MsgId>"))

    assert isinstance(message, messages.Text)
    assert (message.openid, message.account, message.text) == ("oA", "gh_1", "厨房漏水 😀")
    assert message.created_at == datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("kind", "more", "expected"), [
    ("image", "<PicUrl>http://p</PicUrl><MediaId>m</MediaId>", messages.Photo),
    ("voice", "<MediaId>m</MediaId><Recognition>我要报修</Recognition>", messages.Voice),
    ("location", "<Location_X>30.2</Location_X><Location_Y>120.1</Location_Y><Label>门口</Label>", messages.Location),
    ("event", "<Event>subscribe</Event><EventKey>qrscene_door-3</EventKey>", messages.Follow),
    ("event", "<Event>SCAN</Event><EventKey>door-3</EventKey>", messages.Scan),
    ("event", "<Event>unsubscribe</Event>", messages.Unfollow),
    ("event", "<Event>CLICK</Event><EventKey>repair.report</EventKey>", messages.Click),
    ("event", "<Event>click</Event><EventKey>repair.report</EventKey>", messages.Click),
    ("event", "<Event>TEMPLATESENDJOBFINISH</Event><MsgID>9</MsgID><Status>failed:user block</Status>", messages.Report),
    ("event", "<Event>VIEW</Event>", messages.Other),
    ("hologram", "", messages.Other),
])  # fmt: skip
def test_each_kind_is_read(kind: str, more: str, expected: type[messages.Message]) -> None:
    assert isinstance(messages.parse(push(kind, more)), expected)


def test_scene_of_a_follow_loses_its_prefix() -> None:
    message = messages.parse(push("event", "<Event>subscribe</Event><EventKey>qrscene_door-3</EventKey>"))

    assert isinstance(message, messages.Follow)
    assert message.scene == "door-3"


def test_repeat_has_the_same_key_and_everything_else_another() -> None:
    said = "<Content>a</Content><MsgId>7</MsgId>"
    first, repeat = messages.parse(push("text", said)), messages.parse(push("text", said))
    others = [
        messages.parse(push("text", said, openid="oB")),
        messages.parse(push("text", "<Content>a</Content><MsgId>8</MsgId>")),
        messages.parse(push("event", "<Event>CLICK</Event><EventKey>a</EventKey>")),
        messages.parse(push("event", "<Event>CLICK</Event><EventKey>b</EventKey>")),
    ]

    assert first.key == repeat.key
    assert len({first.key, *(other.key for other in others)}) == 5


@pytest.mark.parametrize(("xml", "culprit"), [
    (b"", "xml"), (b"hello", "xml"), (b"<xml>", "xml"), (b"<html></html>", "root"), ("<xml>\ud800</xml>".encode("utf-8", "replace"), "MsgType"),
    (push("text").replace(b"MsgType", b"Kind"), "MsgType"), (push("text", "<MsgType>text</MsgType>"), "MsgType: stands twice"),
    (push("text").replace(b"1773194400", b"soon"), "CreateTime"), (push("text").replace(b"1773194400", b"9" * 30), "CreateTime"),
    (push("location", "<Location_X>x</Location_X>"), "Location_X"), (b"\xff\xfe<xml/>", "xml"),
])  # fmt: skip
def test_odd_xml_names_the_culprit(xml: bytes, culprit: str) -> None:
    with pytest.raises(Malformed, match=culprit):
        messages.parse(xml)


@given(st.binary(max_size=300))
def test_random_bytes_are_malformed_and_nothing_else(xml: bytes) -> None:
    with pytest.raises(Malformed):
        messages.parse(xml)


@given(st.text(max_size=200))
def test_any_text_comes_back_from_a_reply_without_what_xml_cannot_hold(text: str) -> None:
    xml = messages.render_text("oA", "gh_1", text, NOW)

    content = ElementTree.fromstring(xml).findtext("Content") or ""
    kept = "".join(c for c in text if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"))
    assert content == kept.replace("\r\n", "\n").replace("\r", "\n")


def test_reply_cannot_be_turned_into_another_by_what_a_resident_wrote() -> None:
    xml = messages.render_text("oA", "gh_1", "]]></Content><MsgType><![CDATA[news]]></MsgType>", NOW)

    assert ElementTree.fromstring(xml).findtext("MsgType") == "text"


@given(st.text(min_size=1, max_size=3000), st.integers(4, 200))
def test_parts_hold_all_and_none_is_too_long(text: str, limit: int) -> None:
    parts = messages.parts(text, limit)

    assert "".join(parts) == text
    assert all(len(part.encode("utf-8", "replace")) <= limit for part in parts)


def test_no_character_is_cut_in_two() -> None:
    assert messages.parts("邻里邻里", 7) == ["邻里", "邻里"]
