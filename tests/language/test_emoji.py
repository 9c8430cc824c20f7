"""Emoji, WeChat's codes for them and stickers: no words, yet a thumb is an answer."""

import pytest

from bot.language import answers, emoji


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("确认[OK]", "确认"),
        ("好的👌", "好的"),
        ("好的[玫瑰]", "好的"),
        ("谢谢🙏🏻🙏🏻", "谢谢"),
        ("行/:rose/::)", "行"),
        ("厨房漏水了😭😭快来", "厨房漏水了 快来"),
    ],
)
def test_words_remain_when_emoji_go(text: str, words: str) -> None:
    assert emoji.without_emoji(text) == words
    assert not emoji.is_only_emoji(text)


@pytest.mark.parametrize("text", ["确认[OK]", "好的👌"])
def test_yes_with_an_emoji_is_a_yes(text: str) -> None:
    assert answers.is_yes(emoji.without_emoji(text))


@pytest.mark.parametrize(
    "text", ["[翻白眼][炸弹]", "[快哭了]", "[炸弹]", "👍", "😭😭😭", "❤️", "👨‍👩‍👧", "[Smile] /:bome", "👍🏽！"]
)
def test_nothing_but_emoji_has_no_words(text: str) -> None:
    assert emoji.is_only_emoji(text)


@pytest.mark.parametrize("text", ["", "！！", "好", "[图片]", "[位置] 南门", "[3栋]2单元", "1️⃣", "❶", "①", "🆘", "3/4"])
def test_words_numbers_and_cries_are_no_emoji(text: str) -> None:
    assert not emoji.is_only_emoji(text)


def test_number_in_a_box_is_the_number() -> None:
    assert emoji.without_emoji("2️⃣") == "2"


def test_message_without_emoji_stays_as_it_was_written() -> None:
    assert emoji.without_emoji("我住 3栋  2单元 [左边]") == "我住 3栋  2单元 [左边]"


@pytest.mark.parametrize("text", ["👍", "👌🏻", "[OK]", "[ok][玫瑰]", "/:ok", "✅"])
def test_thumb_up_agrees(text: str) -> None:
    assert emoji.agrees(text)
    assert not emoji.refuses(text)


@pytest.mark.parametrize(("text", "is_one"), [("😭", True), ("[流泪][流泪]", True), ("❤️", False), ("水管漏了😭", False)])
def test_weeping_is_seen_where_nothing_else_is_said(text: str, is_one: bool) -> None:
    assert emoji.weeps(text) is is_one


@pytest.mark.parametrize("text", ["👎", "[NO]", "[弱]", "❌"])
def test_thumb_down_refuses(text: str) -> None:
    assert emoji.refuses(text)
    assert not emoji.agrees(text)


@pytest.mark.parametrize("text", ["🙏", "[玫瑰]", "[动画表情]", "👍👎", "不👍", ""])
def test_other_emoji_neither_agree_nor_refuse(text: str) -> None:
    assert not emoji.agrees(text)
    assert not emoji.refuses(text)


@pytest.mark.parametrize(
    "text", ["[动画表情]", "[Sticker]", "【收到不支持的消息类型，暂无法显示】", "[Unsupported Message]", "[表情][表情]"]
)
def test_placeholder_of_a_sticker_is_known(text: str) -> None:
    assert emoji.is_sticker(text)
    assert emoji.is_only_emoji(text)
    assert emoji.without_emoji(text) == ""


@pytest.mark.parametrize("text", ["😭", "[微笑]", "水管漏了[动画表情]", "收到不支持的消息"])
def test_faces_and_words_are_no_sticker(text: str) -> None:
    assert not emoji.is_sticker(text)
