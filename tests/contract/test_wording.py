"""What a notice looks like in WeChat: it always fits, and what does not is behind the link."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.contract import notices, wording
from bot.model import SHANGHAI
from bot.store.notices import Notice, NoticeKind, NoticeVersion
from bot.wechat import fields, links

URL = "https://linli.example/p/notices/123456789?k=6f0a1b2c.1.abcdefghijklmnopqrstuv"
NOW = datetime(2026, 3, 11, 10, 5, tzinfo=SHANGHAI)


def text(title: str, body: str, **more: object) -> str:
    return notices.text_of(Notice(title=title, body=body, **more), title, body)


def test_emergency_says_so_and_a_version_what_is_different_unless_the_text_does() -> None:
    fixed = {"version": NoticeVersion.CORRECTION, "correction": "改为十四点"}

    assert text("漏气", "请撤离", kind=NoticeKind.EMERGENCY) == "【紧急】【漏气】\n请撤离"
    assert text("停水", "十四点停水。", **fixed) == "【停水】\n更正：改为十四点\n十四点停水。"
    assert text("停水", "停水改为十四点。", **fixed) == "【停水】\n停水改为十四点。"


@pytest.mark.parametrize(("title", "shown"), [
    ("明天停水", "明天停水"), ("停" * 20, "停" * 20), ("停" * 21, "停" * 19 + "…"), ("🚱停水\n通知", "停水 通知"), ("🚱", "-"), ("", "物业消息"),
])  # fmt: skip
def test_title_is_cut_to_what_the_field_takes_and_never_refused(title: str, shown: str) -> None:
    data = wording.fields(title, NOW)

    fields.check(data)
    assert data == {"thing1": shown, "time2": "2026-03-11 10:05"}


def test_short_notice_is_said_whole_with_its_link() -> None:
    said = wording.with_page(text("明天停水", "请提前储水。"), URL, asks=True)

    assert said == f'【明天停水】\n请提前储水。\n<a href="{URL}">点这里确认收到</a>'


@pytest.mark.parametrize("body", ["水" * 600, "水电😀" * 200, "abc" * 900])
@pytest.mark.parametrize("asks", [True, False])
def test_notice_that_would_not_fit_is_cut_between_characters_and_keeps_its_link_whole(body: str, asks: bool) -> None:
    said = wording.with_page(text("停" * 60, body), URL, asks=asks)

    assert len(said.encode()) <= wording.CHAT_BYTES
    shown, link = said.split("…")
    assert text("停" * 60, body).startswith(shown)
    assert [words for words, is_link in links.pieces("…" + link) if is_link][0].startswith("内容没有显示完")  # noqa: RUF015
    assert len(said.encode()) > wording.CHAT_BYTES - 8  # as much as fits
