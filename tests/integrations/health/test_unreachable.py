"""Who cannot reach their mother is not told to rephrase: staff go and look; and nobody congratulates on a stay in hospital."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.store.tasks import Task
from integrations.health import unreachable
from tests.integrations.health.test_relations import home

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat

__all__ = ["home"]


def sent(chat: Chat) -> list[tuple[str, bool]]:
    return [(one.title, one.urgent) for one in chat.all(Task) if one.kind == unreachable.KIND]


@pytest.mark.parametrize("said", ["我妈联系不上", "我妈三天没消息了", "我妈从早上没接电话", "妈妈电话没人接，急死我了"])
def test_of_who_is_known_to_live_here_staff_go_and_look_once(home: Chat, said: str) -> None:
    home.say("我妈叫沈月娥", "同意")

    answer = home.say(said)
    home.say(said)

    assert "已经请工作人员上门" in answer
    assert "120" in answer
    [(title, urgent)] = sent(home)
    assert ("妈妈" in title, urgent) == (True, True)


def test_of_who_may_live_anywhere_it_is_asked_first(chat: Chat) -> None:
    assert "请上门看看我妈妈" in chat.say("我妈三天没消息了")
    assert sent(chat) == []

    assert "已经请工作人员上门" in chat.say("请上门看看我妈妈")
    assert len(sent(chat)) == 1


@pytest.mark.parametrize(
    "said",
    ["物业电话没人接", "师傅电话打不通", "我老婆电话打不通怎么进小区", "快递说联系不上我妈", "我妈联系上了", "请上门看看水管"],
)
def test_nobody_is_sent_for_what_is_something_else(chat: Chat, said: str) -> None:
    chat.say(said)

    assert sent(chat) == []


@pytest.mark.parametrize("said", ["我妈住院了，下周三出院", "我爸送医院了", "老公做手术"])
def test_a_stay_in_hospital_is_answered_kindly(chat: Chat, said: str) -> None:
    answer = chat.say(said)

    assert "早日康复" in answer
    assert "恭喜" not in answer
