"""Who wishes to be asked after is told to a person with consent of their own, and with nothing kept before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.cli.talk import Room
from bot.store import people
from bot.store.consents import Consent
from bot.store.tasks import Task
from integrations.health.models import CareWish
from tests.integrations.conftest import CHEN, Chat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from tests.integrations.conftest import Town

WISH = "每天早上问我一声平安"


@pytest.fixture
def asked(demo_folder: Path, now: datetime) -> Iterator[Chat]:
    """A bound resident whom nobody has asked yet."""
    room = Room.open(demo_folder, now)
    yield Chat(room)
    room.database.close()


def test_a_wish_without_a_consent_is_refused_by_the_database(town: Town, now: datetime) -> None:
    def keep(session: Session) -> None:
        me = people.bound(session, CHEN)
        assert me is not None
        session.add(CareWish(resident_id=me.key, consent_id=None, at=now, wants="每天"))  # type: ignore[arg-type]
        session.flush()

    with pytest.raises(IntegrityError):
        town.database.submit(keep).result()


@pytest.mark.parametrize(
    "words",
    [
        WISH, "能不能天天给我打个电话", "我一个人住 你们每天来看看我", "希望有人每天问候一声", "麻烦每天早上给我妈打个电话", "每天提醒我报个平安", "想要每天报个平安",
        "可不可以每天派人来看看我老伴",
    ],
)  # fmt: skip
def test_a_wish_to_be_asked_after_is_consented_to_before_anybody_is_told(asked: Chat, words: str) -> None:
    assert "管关怀的社区工作人员" in asked.say(words)
    assert (asked.all(CareWish), asked.all(Task), asked.all(Consent)) == ([], [], [])

    assert "已告诉管关怀的社区工作人员" in asked.say("同意")

    [made], [task], [consent] = asked.all(CareWish), asked.all(Task), asked.all(Consent)
    assert (made.wants, made.consent_id, consent.purpose) == (words, consent.id, "care")
    assert (task.kind, task.data["report"]) == ("health.care", words)


@pytest.mark.parametrize(
    "words",
    [
        "报平安", "我每天都挺好", "楼上每天晚上吵得我睡不着", "不要每天问我", "别天天打电话问我", "每天早上打卡", "每天给我发通知太多了", "快递每天打电话叫我", "天天有人敲门问我",
        "每天几点上班",
    ],
)  # fmt: skip
def test_what_only_sounds_alike_is_no_such_wish(asked: Chat, words: str) -> None:
    assert "管关怀的社区工作人员" not in asked.say(words)
    assert [task for task in asked.all(Task) if task.kind == "health.care"] == []


def test_a_no_tells_nobody_and_is_not_asked_again(asked: Chat) -> None:
    assert "没有告诉工作人员" in asked.say(WISH, "不同意")
    assert "没有同意关怀" in asked.say(WISH)
    assert (asked.all(CareWish), asked.all(Task)) == ([], [])

    assert "已记下您同意关怀" in asked.say("同意关怀")
    assert "已告诉" in asked.say(WISH)


@pytest.mark.parametrize("words", ["撤回关怀同意", "不想让你们再关心我了", "别再关心我了", "撤回所有同意", "撤回关怀的同意"])
def test_taking_it_back_deletes_the_wish_and_calls_off_the_task(asked: Chat, words: str) -> None:
    asked.say(WISH, "同意")
    assert "关怀，2026年3月11日" in asked.say("我同意了哪些")

    answer = asked.say(words)

    assert "已撤回：关怀" in answer
    assert asked.all(CareWish) == []
    [task] = asked.all(Task)
    assert (task.is_open, WISH in f"{task.data}{task.title}", "501" in task.title) == (False, False, False)
    assert "3栋2单元501" in asked.say("好的", "我绑的是哪户")


def test_taking_back_health_leaves_care(asked: Chat) -> None:
    asked.say(WISH, "同意", "健康打卡 36.5，没有不舒服", "同意", "撤回健康同意")

    assert len(asked.all(CareWish)) == 1


def test_deleting_everything_deletes_the_wish(asked: Chat) -> None:
    asked.say(WISH, "同意", "删除我的信息", "确认")

    assert asked.all(CareWish) == []
    assert [task.is_open for task in asked.all(Task)] == [False]


def test_who_is_not_known_is_asked_where_they_live_first(asked: Chat) -> None:
    asked.room.seat(bound=False)

    assert "住哪一户" in asked.say(WISH)
    assert asked.all(Task) == []
