"""What the law lets residents demand is answered while staff have the word in their talk; all else is for the staff."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot.store import conversations
from bot.store.conversations import Conversation, Line
from bot.store.erasures import Erasure
from bot.store.people import Binding
from bot.store.staff import Staff
from integrations.privacy.models import Export

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat


def take_over(chat: Chat) -> None:
    """Let somebody of the staff have the word, a minute later."""

    def take(session: Session) -> None:
        member = session.exec(select(Staff)).first()
        talk = session.get_one(Conversation, chat.room.openid)
        assert member is not None
        conversations.take_over(talk, member.id or 0, chat.room.now)
        session.add(talk)

    chat.room.frozen = chat.room.now + timedelta(minutes=1)
    chat.room.database.submit(take).result()


def lines(chat: Chat) -> list[str]:
    return [one.text for one in chat.all(Line) if one.openid == chat.room.openid]


@pytest.fixture
def taken(chat: Chat) -> Chat:
    """A resident whose talk staff have taken over."""
    chat.say("厨房水管漏水")
    take_over(chat)
    assert chat.say("师傅几点来") == ""
    return chat


def test_link_to_all_that_is_known_comes_at_once_and_staff_read_that_it_was_asked_for(taken: Chat) -> None:
    answer = taken.say("导出我的信息")

    assert f"/p/privacy/{taken.all(Export)[0].code}?k=" in answer
    assert lines(taken)[-2:] == ["导出我的信息", answer]
    assert taken.say("那师傅几点来") == ""


def test_deletion_is_read_back_and_done_after_a_yes(taken: Chat) -> None:
    assert "会删" in taken.say("删除我的信息")
    assert "已经解除绑定" in taken.say("确认")
    assert [one.openid for one in taken.all(Erasure)] == [taken.room.openid]


def test_unbinding_is_read_back_and_done_after_a_yes(taken: Chat) -> None:
    assert "确认解除" in taken.say("解除绑定")
    assert "已解除" in taken.say("确认")
    assert [one for one in taken.all(Binding) if one.openid == taken.room.openid and one.ended_at is None] == []


@pytest.mark.parametrize("text", ["请删除我的个人信息", "注销账号", "我要解绑", "取消绑定"])
def test_plain_words_for_it_are_read_back(taken: Chat, text: str) -> None:
    assert "回复“确认”或“取消”" in taken.say(text)


def test_consent_is_taken_back(taken: Chat) -> None:
    assert "撤回" in taken.say("撤回同意")


def test_what_is_said_between_is_for_the_staff_and_a_yes_after_it_deletes_nothing(taken: Chat) -> None:
    taken.say("删除我的信息")
    assert taken.say("师傅你明天来吗") == ""

    assert taken.say("好的") == ""
    assert taken.all(Erasure) == []


def test_yes_after_staff_have_answered_is_theirs_and_asking_again_is_read_back_again(taken: Chat) -> None:
    taken.say("删除我的信息")
    take_over(taken)

    assert taken.say("确认") == ""
    assert taken.all(Erasure) == []
    assert "会删" in taken.say("删除我的信息")
    assert "已经解除绑定" in taken.say("确认")


@pytest.mark.parametrize(
    "text", ["解除绑定以后还能收到通知吗", "我搬走了，押金怎么退", "我下个月就搬走了", "我要报修，灯不亮", "确认", "1", "取消"]
)
def test_all_else_gets_no_answer(taken: Chat, text: str) -> None:
    assert taken.say(text) == ""
