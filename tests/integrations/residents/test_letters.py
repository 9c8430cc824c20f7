"""字太小了: from then on few words, numbers to answer with, pages in big letters; until 小字."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.store.conversations import Conversation

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat


def is_large(chat: Chat) -> bool:
    return any(one.is_large for one in chat.all(Conversation))


@pytest.mark.parametrize(
    "words", ["字太小了", "看不清", "大字", "我眼睛花，看不清", "字太小了看不清", "能不能换大字版", "字大一点", "老人版"]
)
def test_big_letters_are_asked_for_in_many_words(chat: Chat, words: str) -> None:
    assert "“小字”" in chat.say(words)
    assert is_large(chat)


@pytest.mark.parametrize("words", ["监控看不清车牌", "字写错了", "楼道的字太小了换一个牌子", "小字条贴门上", "通知发大字报"])
def test_other_words_change_nothing(chat: Chat, words: str) -> None:
    chat.say(words)

    assert not is_large(chat)


def test_they_last_until_taken_back_and_stand_on_ones_record(chat: Chat) -> None:
    before = chat.say("健康打卡 36.5")
    chat.say("没有", "大字")
    chat.room.hear("/wait 30d")
    after = chat.say("健康打卡 36.6")

    assert ("1. 没有不舒服" in before, "回1：没有不舒服" in after, len(after) < len(before)) == (True, True, True)
    chat.say("没有")
    assert "大字、短句" in chat.say("我登记的电话是多少")
    chat.say("小字")
    chat.room.hear("/wait 1d")
    assert "1. 没有不舒服" in chat.say("健康打卡 36.7")


def test_what_stands_open_waits(chat: Chat) -> None:
    chat.say("健康打卡 36.5", "字太小了")

    assert "36.5" in chat.say("没有")


def test_links_of_replies_open_pages_in_big_letters(chat: Chat) -> None:
    chat.say("大字")

    assert "&s=big" in chat.say("我妹妹明天下午三点来")
