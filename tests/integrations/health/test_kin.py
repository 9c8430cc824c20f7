"""Nobody is waited for, and nobody knocks, on somebody else's word: parents and neighbours say yes by themselves, or to the office."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlmodel import Session, select

from bot.contract import SHANGHAI, Refusal, Turn, Work
from bot.store import people
from bot.store.consents import Consent
from bot.store.people import Household, Resident
from bot.store.staff import Role
from integrations.health import enrolment, kin, ladder, visits
from integrations.health.models import CareAbsence, CareDay, CareInvite, CareWish
from tests.integrations.conftest import LI, Town

CHILD, MOTHER = "oChild", "oMother"


@pytest.fixture
def home(town: Town) -> Town:
    """A daughter and her mother in 503, of whom nobody has consented to anything, and Li next door."""

    def run(session: Session) -> None:
        Work(session=session, now=town.now, context=town.context)
        flat = session.exec(select(Household).where(Household.room == "503")).one()
        wang = session.exec(select(Resident).where(Resident.name == "王强")).one()
        people.bind(session, wang, CHILD, town.now)
        mother = people.settle(session, flat, name="赵秀兰")
        people.bind(session, mother, MOTHER, town.now)

    town.database.submit(run).result()
    return town


def hears(town: Town, openid: str, words: str) -> str:
    def run(session: Session) -> str:
        return kin.hear(Turn(session=session, now=town.now, context=town.context, openid=openid, said=words), words)

    return town.database.submit(run).result()


def test_mother_is_waited_for_once_she_says_so_herself(home: Town) -> None:
    assert "我去问赵秀兰本人" in hears(home, CHILD, "给我妈开通报平安")
    assert "王强想给您开通每天报平安" in home.told(MOTHER)[0]
    assert home.all(CareWish) == []

    assert "开通了" in hears(home, MOTHER, "同意")
    [wish] = home.all(CareWish)
    assert wish.expects_from == home.now.date() + timedelta(days=1)
    assert "赵秀兰同意了" in home.told(CHILD)[0]


def test_mother_who_says_no_is_not_asked_again(home: Town) -> None:
    hears(home, CHILD, "给我妈开通报平安")
    assert "没有开通" in hears(home, MOTHER, "不用")

    assert (home.all(CareWish), "说不用" in home.told(CHILD)[0]) == ([], True)
    assert "不能替您再问" in hears(home, CHILD, "给我妈开通报平安")
    assert len(home.told(MOTHER)) == 1


def test_a_yes_after_a_week_opens_nothing(home: Town) -> None:
    hears(home, CHILD, "给我妈开通报平安")
    home.now += timedelta(days=8)

    assert hears(home, MOTHER, "同意") == ""
    assert home.all(CareWish) == []


def test_for_a_parent_without_wechat_the_office_calls(home: Town) -> None:
    def leave(session: Session) -> None:
        work = Work(session=session, now=home.now, context=home.context)
        mother = people.bound(session, MOTHER)
        assert mother is not None
        work.unbind(mother)

    home.database.submit(leave).result()
    assert "会打电话问" in hears(home, CHILD, "给我妈开通报平安")
    assert [(task.kind, "打电话问本人" in task.data["report"]) for task in home.tasks()] == [("health.care", True)]


def test_neighbour_knocks_only_after_a_yes(home: Town) -> None:
    hears(home, CHILD, "给我妈开通报平安")
    hears(home, MOTHER, "同意")
    assert "我去问这位邻居" in hears(home, MOTHER, "请502的李梅帮我敲门")
    assert [one.neighbour_id for one in home.all(CareWish)] == [None]
    assert "3栋2单元503的赵秀兰" in home.told(LI)[0]

    hears(home, LI, "同意")
    li = next(one for one in home.all(Resident) if one.openid == LI)
    assert [one.neighbour_id for one in home.all(CareWish)] == [li.key]
    assert [(one.kind, one.agreed) for one in home.all(CareInvite)] == [("parent", True), ("neighbour", True)]


@pytest.mark.parametrize("words", ["请909的李梅帮我敲门", "请502的张三帮我敲门"])
def test_neighbour_who_is_not_there_is_not_asked(home: Town, words: str) -> None:
    hears(home, CHILD, "给我妈开通报平安")
    hears(home, MOTHER, "同意")

    assert "没有找到这位邻居" in hears(home, MOTHER, words)
    assert home.told(LI) == []


def test_own_hour_and_greeting_are_changed_by_a_word(home: Town) -> None:
    hears(home, CHILD, "给我妈开通报平安")
    hears(home, MOTHER, "同意")
    assert "09:00" in hears(home, MOTHER, "报平安改到9点")
    assert "不再问候" in hears(home, MOTHER, "早上不用问候我")
    home.now = datetime.combine(home.now.date() + timedelta(days=1), time(0, 30), SHANGHAI)
    home.runs(ladder.climb.run)

    assert [one.due_at.astimezone(SHANGHAI).time() for one in home.all(CareDay)] == [time(9)]
    assert [one.greets for one in home.all(CareWish)] == [False]
    assert "没有改" in hears(home, MOTHER, "报平安改到23点")


def enrols(town: Town, **form: str) -> object:
    return town.opens(Role.MANAGER, enrolment.enrol, **{"flat": "3-2-503", "name": "赵秀兰", "how": "phone", **form})


def test_office_notes_consent_with_who_heard_it_and_when(home: Town) -> None:
    with pytest.raises(Refusal, match="念给本人听"):
        enrols(home)
    assert home.all(CareWish) == []
    enrols(home, agreed="1", hour="09:30")

    [wish] = home.all(CareWish)
    mother = next(one for one in home.all(Resident) if one.openid == MOTHER)
    given = next(one for one in home.all(Consent) if one.resident_id == mother.key)
    assert (given.purpose, given.given_at, wish.noted_how, wish.due_minutes) == ("care", home.now, "phone", 570)
    shown = home.opens(Role.MANAGER, visits.show, params={"key": mother.public_id}).values
    assert shown["noted"] == "manager同事电话里听本人答应的"


def test_absence_that_was_phoned_in_is_written_down_by_the_office(home: Town) -> None:
    enrols(home, agreed="1")
    mother = next(one for one in home.all(Resident) if one.openid == MOTHER)
    tomorrow = home.now.date() + timedelta(days=1)
    home.opens(
        Role.MANAGER, enrolment.away, params={"key": mother.public_id}, begins=tomorrow.isoformat(), ends=(tomorrow + timedelta(days=4)).isoformat(), hospital="1"
    )  # fmt: skip
    [absence] = home.all(CareAbsence)
    assert (absence.in_hospital, absence.staff_id is not None) == (True, True)
    home.now = datetime.combine(tomorrow, time(12), SHANGHAI)
    for _ in range(5):
        home.runs(ladder.climb.run)
    assert home.all(CareDay) == []
