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
    ("video", "<MediaId>m</MediaId>", messages.Video),
    ("ShortVideo", "<MediaId>m</MediaId>", messages.Video),
    ("link", "<Title>t</Title><Url>http://p</Url>", messages.Link),
    ("event", "<Event>scancode_waitmsg</Event><EventKey>k</EventKey>", messages.CodeRead),
    ("event", "<Event>MASSSENDJOBFINISH</Event><MsgID>9</MsgID><Status>err(10001)</Status>", messages.MassReport),
    ("event", "<Event>subscribe_msg_popup_event</Event>", messages.Consent),
    ("event", "<Event>subscribe_msg_sent_event</Event>", messages.Report),
    ("event", "<Event>kf_create_session</Event><KfAccount>a@b</KfAccount>", messages.StaffTalk),
    *[("event", f"<Event>{event}</Event>", messages.Other) for event in (
        "VIEW", "view", "LOCATION", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select", "ENTER",
        "user_authorize_cancel", "")],
    ("hologram", "", messages.Other),
])  # fmt: skip
def test_each_kind_is_read(kind: str, more: str, expected: type[messages.Message]) -> None:
    assert isinstance(messages.parse(push(kind, more)), expected)


def test_subscriptions_come_one_or_several_in_a_list() -> None:
    one = "<List><TemplateId>T1</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List>"
    two = "<List><TemplateId>T2</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List>"

    def choices(listed: str) -> tuple[tuple[str, bool], ...]:
        event = "<Event>subscribe_msg_popup_event</Event>"
        message = messages.parse(push("event", f"{event}<SubscribeMsgPopupEvent>{listed}</SubscribeMsgPopupEvent>"))
        assert isinstance(message, messages.Consent)
        return message.choices

    assert choices(one) == (("T1", True),)
    assert choices(one + two) == (("T1", True), ("T2", False))


def test_sent_subscriptions_say_what_became_of_each() -> None:
    listed = (
        "<List><TemplateId>T1</TemplateId><MsgID>1</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List>"
        "<List><TemplateId>T1</TemplateId><MsgID>2</MsgID><ErrorCode>3</ErrorCode><ErrorStatus>user refused</ErrorStatus></List>"
    )
    event = f"<Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent>{listed}</SubscribeMsgSentEvent>"
    message = messages.parse(push("event", event))

    assert isinstance(message, messages.Report)
    assert message.results == (("1", "success"), ("2", "user refused"))


def test_mass_report_counts_followers() -> None:
    counts = "<TotalCount>100</TotalCount><FilterCount>80</FilterCount><SentCount>75</SentCount><ErrorCount>5</ErrorCount>"
    event = f"<Event>MASSSENDJOBFINISH</Event><MsgID>9</MsgID><Status>send success</Status>{counts}"
    message = messages.parse(push("event", event))

    assert isinstance(message, messages.MassReport)
    assert (message.total, message.filtered, message.sent, message.failed) == (100, 80, 75, 5)


def test_scanned_code_says_what_it_holds() -> None:
    info = "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult><![CDATA[LINLI-7]]></ScanResult></ScanCodeInfo>"
    message = messages.parse(push("event", f"<Event>scancode_waitmsg</Event><EventKey>k</EventKey>{info}"))

    assert isinstance(message, messages.CodeRead)
    assert (message.result, message.waits) == ("LINLI-7", True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("declaration", ["<!DOCTYPE a>", "<!DOCTYPE a [<!ENTITY b 'c'>]>"])
def test_declared_entities_are_never_read(declaration: str, encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}'.encode(encoding) + push("text")

    with pytest.raises(Malformed, match="xml"):
        messages.parse(xml)


@pytest.mark.parametrize("words", ["请看 <!DOCTYPE html> 这个", "<!ENTITY a 'b'>", "看 <Encrypt>AAAA</Encrypt>", "&lt;xml&gt;"])
def test_resident_may_write_what_looks_like_markup(words: str) -> None:
    message = messages.parse(push("text", f"<Content><![CDATA[{words}]]></Content>"))

    assert isinstance(message, messages.Text)
    assert message.text == words


def test_characters_that_xml_cannot_hold_are_left_out_and_the_rest_is_read() -> None:
    message = messages.parse(push("text", "<Content><![CDATA[厨房\x01漏\ufffe水\x0b]]></Content>"))

    assert isinstance(message, messages.Text)
    assert message.text == "厨房漏水"


def test_a_hundred_thousand_elements_inside_each_other_are_refused_early() -> None:
    with pytest.raises(Malformed, match="inside each other"):
        messages.parse(b"<xml>" + b"<a>" * 100_000)


def test_message_without_its_number_is_known_by_its_words() -> None:
    said = {messages.parse(push("text", f"<Content>{words}</Content>")).key for words in ("水管漏了", "灯坏了", "灯坏了")}

    assert len(said) == 2


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


def test_reply_is_cut_at_2048_bytes_and_rather_between_lines() -> None:
    assert [len(part.encode()) for part in messages.parts("邻" * 1000)] == [2046, 954]
    assert messages.parts("邻\n里里\n", 12) == ["邻\n里里\n"]
    assert messages.parts("邻里邻\n里", 12) == ["邻里邻\n", "里"]


def test_a_count_of_thousands_of_figures_is_none() -> None:
    counts = f"<MsgID>1</MsgID><Status>send success</Status><TotalCount>{'9' * 5000}</TotalCount>"
    report = messages.parse(push("event", "<Event>MASSSENDJOBFINISH</Event>", counts))

    assert isinstance(report, messages.MassReport)
    assert report.total == 0


def test_an_id_longer_than_any_of_wechats_is_malformed() -> None:
    with pytest.raises(Malformed, match="too long"):
        messages.parse(push("text", "<Content>x</Content><MsgId>7</MsgId>", openid="o" * 200))
