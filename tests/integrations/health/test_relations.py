"""我妈 is known once it was told, with consent; it is shown, put right, forgotten, and goes with either of the two."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select

from bot.contract import SHANGHAI, Turn, Work
from bot.store import consents as kept
from bot.store import people, scope
from bot.store.people import Household, Resident
from integrations.clinic.models import Booking
from integrations.clinic.models import Session as Sitting
from integrations.health import personal
from integrations.health.models import Called, CheckIn
from integrations.health.relations import KIN

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat

MOTHER = "沈月娥"


@pytest.fixture
def home(chat: Chat) -> Chat:
    """A flat in which the mother lives, on the roster and without an account; nobody has consented to relations."""

    def settle(session: Session) -> None:
        me = people.bound(session, chat.room.openid)
        assert me is not None
        with scope.within(session, chat.room.house.context.community.key):
            people.settle(session, session.get_one(Household, me.household_id), name=MOTHER)
            session.flush()
            for one in kept.holding(session, me, KIN.name):
                session.delete(one)

    chat.room.database.submit(settle).result()
    return chat


def knows(chat: Chat) -> list[str]:
    names = {one.id: one.name for one in chat.all(Resident)}
    return [f"{one.word} {names[one.person_id]}" for one in chat.all(Called)]


def test_told_once_with_consent_it_is_known_the_next_time(home: Chat) -> None:
    asked = home.say("我妈叫沈月娥")
    assert "同意" in asked
    assert knows(home) == []

    assert "记住了" in home.say("同意")
    assert knows(home) == ["妈妈 沈月娥"]

    home.say("我妈37.2，没有不舒服")
    [made] = home.all(CheckIn)
    assert made.resident_id == next(one.id for one in home.all(Resident) if one.name == MOTHER)
    assert MOTHER in home.say("我妈是谁")


@pytest.mark.parametrize("said", ["沈月娥是我妈", "记住我妈是沈月娥", "我妈妈名字叫沈月娥"])
def test_it_is_told_in_several_ways(home: Chat, said: str) -> None:
    home.say(said, "同意")

    assert knows(home) == ["妈妈 沈月娥"]


def test_a_no_keeps_nothing_and_is_asked_once(home: Chat) -> None:
    home.say("我妈叫沈月娥", "不同意")
    assert knows(home) == []

    assert "以前说过不要" in home.say("我妈叫沈月娥")


def test_it_is_put_right_and_forgotten_by_a_word(home: Chat) -> None:
    home.say("我妈叫沈月娥", "同意")
    home.say("我妈37.2，没有不舒服")

    assert "忘了" in home.say("我妈不是沈月娥")

    assert knows(home) == []
    assert [(one.person, one.resident_id) for one in home.all(CheckIn)] == [("妈妈", None)]


def test_who_lives_elsewhere_is_nobodys_mother_here(home: Chat) -> None:
    other = next(one.name for one in home.all(Resident) if one.name and one.name != MOTHER and not one.openid)

    home.say(f"我妈叫{other}", "同意")

    assert knows(home) == []


def test_the_station_books_for_her_by_name(home: Chat) -> None:
    def open_(session: Session) -> None:
        with scope.within(session, home.room.house.context.community.key):
            begins = datetime(2026, 3, 13, 14, tzinfo=SHANGHAI)
            session.add(
                Sitting(
                    doctor="李护士",
                    offers="量血压",
                    room="2 栋 1 楼",
                    starts_at=begins,
                    ends_at=begins + timedelta(hours=2),
                    places=2,
                )
            )

    home.room.database.submit(open_).result()
    home.say("我妈叫沈月娥", "同意")

    home.say("帮我妈约一下量血压")

    assert MOTHER in home.say("是")
    assert [one.patient for one in home.all(Booking)] == [MOTHER]


def acting(chat: Chat, run: Any) -> Any:
    def within(session: Session) -> Any:
        return run(Turn(session=session, now=chat.room.now, context=chat.room.house.context, openid=chat.room.openid))

    return chat.room.database.submit(within).result()


def test_it_stands_in_what_is_known_of_both_and_goes_with_either(home: Chat) -> None:
    home.say("我妈叫沈月娥", "同意")

    assert acting(home, lambda turn: personal.export(turn, turn.me)["家里人的称呼"]) == [
        {"称呼": "妈妈", "是谁": MOTHER, "谁说的": "本人"}
    ]

    def mother(work: Work) -> Resident:
        return work.session.exec(select(Resident).where(Resident.name == MOTHER)).one()

    assert acting(home, lambda turn: personal.export(turn, mother(turn))["家里人的称呼"])[0]["谁说的"] == "家里人"
    acting(home, lambda turn: personal.erase(turn, mother(turn)))
    assert knows(home) == []


def test_taking_the_consent_back_forgets_all_of_it(home: Chat) -> None:
    home.say("我妈叫沈月娥", "同意")

    home.say("撤回称呼同意")
    if knows(home):
        home.say("确认")

    assert knows(home) == []


def test_named_beside_the_relation_she_is_enrolled_and_it_is_said_how_to_be_known(home: Chat) -> None:
    answer = home.say("给我妈沈月娥开通报平安")
    assert "本人" in answer
    assert "我妈妈叫沈月娥" in answer or "我妈叫沈月娥" in answer
    assert knows(home) == []

    home.say("我妈叫沈月娥", "同意")
    assert "回复“我" not in home.say("给我妈沈月娥开通报平安")


def test_a_visitor_who_is_a_relation_stays_a_visitor(home: Chat) -> None:
    home.say("我妈明天下午三点来")

    home.say("我妈叫沈月娥")

    assert knows(home) == []
