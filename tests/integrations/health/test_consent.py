"""Nothing of anybody's health is kept before they consented, and all of it goes when they take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from bot.cli.talk import Room
from bot.contract import Ask, Turn, WithConsent
from bot.store import consents, people
from bot.store.consents import Consent, ConsentRefusal
from bot.store.conversations import Conversation
from bot.store.events import Event
from bot.store.tasks import Task
from integrations.health import actions
from integrations.health.models import CheckIn
from tests.integrations.conftest import CHEN, LI, Chat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from tests.integrations.conftest import Town


@pytest.fixture
def asked(demo_folder: Path, now: datetime) -> Iterator[Chat]:
    """A bound resident whom nobody has asked yet."""
    room = Room.open(demo_folder, now)
    yield Chat(room)
    room.database.close()


QUESTION = "打卡的体温和症状"


# ------------------------------------------------------------------ the database


def test_a_check_in_without_a_consent_is_refused_by_the_database(town: Town, now: datetime) -> None:
    def keep(session: Session, consent: int | None) -> None:
        me = people.bound(session, CHEN)
        assert me is not None
        session.add(CheckIn(reporter_id=me.key, resident_id=me.key, consent_id=consent, day=now.date(), at=now, tenths=365))  # type: ignore[arg-type]
        session.flush()

    for consent in (None, 99):
        with pytest.raises(IntegrityError):
            town.database.submit(keep, consent).result()
    assert town.all(CheckIn) == []


def test_a_table_with_the_mark_of_consent_points_at_one_and_cannot_do_without() -> None:
    column = CheckIn.__table__.c.consent_id  # type: ignore[attr-defined]

    assert issubclass(CheckIn, WithConsent)
    assert (column.nullable, [key.target_fullname for key in column.foreign_keys]) == (False, ["consent.id"])


def test_a_consent_that_was_taken_back_makes_room_for_another_and_two_never_hold_at_once(town: Town, now: datetime) -> None:
    def twice(session: Session) -> None:
        me = people.bound(session, CHEN)
        assert me is not None
        session.add(Consent(resident_id=me.key, purpose="health", version=2, given_at=now))
        session.flush()

    with pytest.raises(IntegrityError):
        town.database.submit(twice).result()


# ------------------------------------------------------------------ asking


def test_consent_is_asked_at_the_moment_of_need_and_nothing_is_kept_before(asked: Chat) -> None:
    assert QUESTION not in asked.say("你好", "几点上班")
    answer = asked.say("健康打卡 36.5，没有不舒服")

    assert QUESTION in answer
    assert "撤回健康同意" in answer
    assert asked.all(CheckIn) == []
    assert asked.all(Consent) == []


@pytest.mark.parametrize("yes", ["同意", "好的", "1", "可以记", "我同意", "同意健康打卡"])
def test_a_yes_keeps_the_check_in_with_the_words_that_were_shown(asked: Chat, yes: str) -> None:
    assert "打卡成功：36.5℃，没有不舒服" in asked.say("健康打卡 36.5，没有不舒服", yes)

    [made], [consent] = asked.all(CheckIn), asked.all(Consent)
    assert (made.consent_id, consent.purpose, consent.version, consent.as_guardian) == (consent.id, "health", 1, False)
    assert QUESTION in consent.words


@pytest.mark.parametrize("no", ["不同意", "不", "2", "拒绝", "不要", "不想"])
def test_a_no_keeps_nothing_and_the_same_words_are_not_asked_again(asked: Chat, no: str) -> None:
    assert "没有打卡" in asked.say("健康打卡 36.5，没有不舒服", no)

    again = asked.say("健康打卡 36.6，没有不舒服")
    assert QUESTION not in again
    assert "同意健康打卡" in again, "the way to give it is said"
    assert asked.all(CheckIn) == []
    assert asked.all(Consent) == []


def test_who_calls_the_question_off_has_not_said_no(asked: Chat) -> None:
    assert "没有打卡" in asked.say("健康打卡 36.5，没有不舒服", "算了")

    assert asked.all(ConsentRefusal) == []
    assert QUESTION in asked.say("健康打卡 36.5，没有不舒服")


def test_who_consented_is_not_asked_again(asked: Chat) -> None:
    asked.say("健康打卡 36.5，没有不舒服", "同意")

    assert "已改为" in asked.say("健康打卡 36.6，没有不舒服")


def test_new_words_are_asked_about_again(town: Town, now: datetime) -> None:
    def older(session: Session) -> None:
        for consent in session.exec(select(Consent)).all():
            consent.version = 7
            session.add(consent)

    town.database.submit(older).result()

    asked = town.asks(CHEN, actions.check_in, temperature=36.5, symptoms=["none"])
    assert isinstance(asked, Ask)
    assert asked.name == "consent"


def test_what_was_kept_before_anybody_was_asked_holds_until_it_is_taken_back(town: Town) -> None:
    def before(session: Session) -> None:
        for consent in session.exec(select(Consent)).all():
            consent.version = 0
            session.add(consent)

    town.database.submit(before).result()

    assert town.asks(CHEN, actions.check_in, temperature=36.5, symptoms=["none"]).name == "done"


# ------------------------------------------------------------------ what cannot wait


@pytest.mark.parametrize("said", ["有点气短，体温36.5", "儿子41.2，我36.5"])
def test_a_danger_is_told_to_a_person_before_anybody_is_asked(asked: Chat, said: str) -> None:
    answer = asked.say(said)

    assert "已通知社区工作人员" in answer
    assert "只告诉了这一件" in answer
    assert [(task.kind, task.urgent) for task in asked.all(Task)] == [("health.abnormal", True)]
    assert asked.all(CheckIn) == []


@pytest.mark.parametrize("said", ["健康打卡 39.2 咳嗽", "儿子38.9，我36.5", "我36.5，妈妈发烧了", "有点发烧"])
def test_nobody_is_told_who_has_a_fever_before_that_is_consented_to(asked: Chat, said: str) -> None:
    answer = asked.say(said)

    assert "已通知" not in answer
    assert asked.all(Task) == []


@pytest.mark.parametrize("said", ["健康打卡 39.2 咳嗽", "有点低烧，没量体温"])
def test_a_no_keeps_nothing_of_the_fever_and_says_whom_to_call(asked: Chat, said: str) -> None:
    answer = asked.say(said, *(["没量"] if "低烧" in said else []), "不同意")

    assert "没有告诉工作人员" in answer
    assert "120" in answer
    assert asked.all(Task) == []
    assert asked.all(CheckIn) == []


def test_a_yes_tells_of_the_fever_that_nobody_has_measured(asked: Chat) -> None:
    answer = asked.say("有点低烧 咳嗽", "没量", "同意")

    assert "社区工作人员会联系您" in answer
    assert len(asked.all(Task)) == 1


@pytest.mark.parametrize("said", ["有点发烧", "健康打卡 39", "儿子38.9"])
def test_who_has_said_no_is_not_asked_how_they_are(asked: Chat, said: str) -> None:
    asked.say("我36.5，儿子36.8", "不同意")
    answer = asked.say(said)

    assert "没有同意" in answer
    assert "多少度" not in answer
    assert asked.all(Task) == []


def test_a_yes_after_the_fever_opens_one_task(asked: Chat) -> None:
    asked.say("健康打卡 39.2 咳嗽", "同意")

    assert len(asked.all(Task)) == 1
    assert [made.words for made in asked.all(CheckIn)] == ["39.2℃，咳嗽"]


# ------------------------------------------------------------------ children


def test_a_childs_check_in_needs_the_guardian_who_is_asked_once(asked: Chat) -> None:
    answer = asked.say("我36.3，儿子36.8")
    assert "监护人" in answer
    asked.say("同意", "没有")

    assert {made.person: made.tenths for made in asked.all(CheckIn)} == {"": 363, "儿子": 368}
    consents_ = {one.purpose: one for one in asked.all(Consent)}
    assert {name: one.as_guardian for name, one in consents_.items()} == {"health": False, "minors": True}
    child = next(made for made in asked.all(CheckIn) if made.person)
    assert child.consent_id == consents_["minors"].id
    assert "监护人" not in asked.say("我36.4，女儿36.9")


def test_without_the_guardian_adults_are_kept_and_the_child_is_not(asked: Chat) -> None:
    asked.say("健康打卡 36.5，没有不舒服", "同意")
    assert "监护人" in asked.say("老公36.5，儿子36.8")
    assert "儿子没有同意，没有记" in asked.say("不同意")

    assert [made.person for made in asked.all(CheckIn)] == ["", "老公"]


def test_who_refused_for_themselves_is_not_kept_by_the_family_either(town: Town, now: datetime) -> None:
    def refuse(session: Session) -> None:
        me, li = people.bound(session, CHEN), people.bound(session, LI)
        assert me is not None
        assert li is not None
        home = session.get_one(people.Household, me.household_id)
        people.move_in(session, li, home, people.ResidentRole.FAMILY)
        for purpose in ("health", "minors"):
            found = consents.in_force(session, li, purpose)
            assert found is not None
            consents.end(session, found, now)

    town.database.submit(refuse).result()

    reply = asks_with_words(town, "李梅36.8，我36.5", temperature=36.5, symptoms=["none"])

    assert "李梅" in reply.values["unkept"]
    assert [made.person for made in town.all(CheckIn)] == [""]


def asks_with_words(town: Town, words: str, **slots: Any) -> Any:
    return town.database.submit(
        lambda session: actions.check_in(
            Turn(session=session, now=town.now, context=town.context, openid=CHEN, said=words), slots
        )
    ).result()


# ------------------------------------------------------------------ taking it back


@pytest.mark.parametrize(
    "words",
    [
        "撤回健康同意",
        "撤回健康打卡的同意",
        "撤回同意",
        "我要撤回我的同意",
        "健康打卡的同意撤回",
        "取消体温的授权",
        "收回健康同意。",
    ],
)
def test_taking_it_back_is_one_sentence_and_deletes_what_was_kept_for_it(asked: Chat, words: str) -> None:
    asked.say("健康打卡 36.5，没有不舒服", "同意")
    asked.say("我36.6，儿子36.8", "同意")
    answer = asked.say(words)

    assert "全部删了" in answer
    assert "体温和症状" in answer
    assert asked.all(CheckIn) == []
    assert all(consent.withdrawn_at is not None for consent in asked.all(Consent))
    assert "consent.withdrawn" in {event.kind for event in asked.all(Event)}


def test_taking_it_back_calls_off_who_was_to_be_called_and_empties_what_was_dealt_with(asked: Chat) -> None:
    asked.say("健康打卡 39.2 咳嗽", "同意")

    assert "请人联系您的待办" in asked.say("撤回健康同意")
    [task] = asked.all(Task)
    assert (task.is_open, "39.2" in f"{task.data}", "501" in task.title) == (False, False, False)


def test_taking_it_back_lets_down_nobody_who_is_short_of_breath(asked: Chat) -> None:
    asked.say("有点气短，体温36.5", "同意")
    asked.say("撤回健康同意")

    [task] = asked.all(Task)
    assert (task.is_open, "36.5" in f"{task.data}") == (True, False)


def test_taking_back_the_childrens_leaves_the_adults_task(asked: Chat) -> None:
    asked.say("我38.5 咳嗽，儿子38.9", "同意")
    asked.say("撤回孩子的同意")

    [task] = asked.all(Task)
    assert (task.is_open, "38.5" in f"{task.data}", "38.9" in f"{task.data}") == (True, True, False)


def test_what_waits_for_a_flat_is_not_kept_and_a_withdrawal_finds_it(asked: Chat) -> None:
    asked.room.seat(bound=False)
    assert "还没有存进记录" in asked.say("打卡 体温36.4 咳嗽")

    answer = asked.say("撤回健康同意")

    assert "去掉了" in answer
    assert "36.4" not in str([talk.standing for talk in asked.all(Conversation)])


def test_deleting_everything_leaves_no_task_of_how_somebody_was(asked: Chat) -> None:
    asked.say("健康打卡 39.2 咳嗽", "同意", "删除我的信息", "确认")

    [task] = asked.all(Task)
    assert (task.is_open, "39.2" in f"{task.data}", "501" in task.title) == (False, False, False)


def test_after_it_the_feature_says_why_and_how_to_give_it_again(asked: Chat) -> None:
    asked.say("健康打卡 36.5，没有不舒服", "同意", "撤回健康同意")

    assert "没有同意" in asked.say("打卡记录")
    answer = asked.say("健康打卡 36.5，没有不舒服")
    assert (QUESTION not in answer, "同意健康打卡" in answer) == (True, True)

    assert "已记下您同意健康打卡" in asked.say("同意健康打卡")
    assert "打卡成功" in asked.say("健康打卡 36.5，没有不舒服")
    assert [made.tenths for made in asked.all(CheckIn)] == [365]


def test_yes_that_was_taken_back_while_something_was_still_asked_does_not_come_back_by_itself(asked: Chat) -> None:
    asked.say("健康打卡 36.5", "同意", "撤回健康同意")
    answer = asked.say("没有", "健康打卡 36.6，没有不舒服")

    assert "同意健康打卡" in answer
    assert asked.all(CheckIn) == []
    assert all(one.withdrawn_at for one in asked.all(Consent))


def test_taking_back_the_childrens_leaves_ones_own(asked: Chat) -> None:
    asked.say("我36.3，儿子36.8", "同意", "没有")

    asked.say("撤回孩子的同意")

    assert [made.person for made in asked.all(CheckIn)] == [""]
    assert {one.purpose: one.withdrawn_at is None for one in asked.all(Consent)} == {"health": True, "minors": False}


def test_who_never_consented_is_told_that_there_is_nothing_to_take_back(asked: Chat) -> None:
    assert "不用撤回" in asked.say("撤回健康同意")


@pytest.mark.parametrize("words", ["撤回报修", "我不同意涨物业费", "同意装电梯", "撤回人脸的同意", "同意"])
def test_words_about_something_else_are_no_consent_and_take_none_back(asked: Chat, words: str) -> None:
    asked.say("健康打卡 36.5，没有不舒服", "同意")
    asked.say(words)

    assert [one.withdrawn_at for one in asked.all(Consent)] == [None]


def test_log_of_consents_names_the_purpose_and_no_words(asked: Chat) -> None:
    asked.say("健康打卡 36.5，没有不舒服", "同意")

    [event] = [event for event in asked.all(Event) if event.kind == "consent.given"]
    assert event.data == {"purpose": "health", "version": 1}


def test_what_is_said_of_one_child_while_consent_is_asked_is_read_back_and_kept(asked: Chat) -> None:
    asked.say("老大36度5 老二37度8")

    read = asked.say("老二有点咳嗽")
    assert "老大 36.5℃、老二 37.8℃咳嗽" in read
    assert "改成" not in asked.say("大人都好")
    asked.say("同意")

    kept = {one.tenths: list(one.symptoms) for one in asked.all(CheckIn)}
    assert kept == {365: [], 378: ["cough"]}
