"""Who lives alone and gives no sign of life is looked after: each rung once, whatever breaks, and all who were asked hear the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from bot.cli.talk import Room
from bot.contract import SHANGHAI, Refusal, Turn, Wish, Work, pictures
from bot.contract.pages import Upload
from bot.store import consents, conversations, people
from bot.store.people import Household, Resident
from bot.store.staff import Role
from integrations.health import absences, ladder, signs, visits
from integrations.health.models import CareAbsence, CareDay, CareProof, CareRung, CareWish, Rung, Sign
from tests.integrations.conftest import CHEN, LI, Chat, Town

if TYPE_CHECKING:
    from collections.abc import Iterator

ELDER = "oElder"
LEAK = Path("tests/acceptance/leak.jpg")


@dataclass
class Watch:
    """An elder of the flat 503 who is waited for, her daughter who lives with her, and a neighbour; and the days that pass."""

    town: Town
    day: date

    def at(self, hour: int, minute: int = 0) -> Watch:
        self.town.now = datetime.combine(self.day, time(hour, minute), SHANGHAI)
        return self

    def climbs(self, times: int = 1) -> Watch:
        for _ in range(times):
            self.town.runs(ladder.climb.run)
        return self

    def rungs(self) -> list[str]:
        return [one.rung for one in self.town.all(CareRung)]

    def told(self, openid: str) -> list[str]:
        return self.town.told(openid)

    def visits(self) -> list[str]:
        return [task.title for task in self.town.tasks() if task.kind == ladder.VISIT and task.is_open]

    def writes(self, openid: str, text: str) -> None:
        """Somebody writes something that means nothing to us."""
        now = self.town.now
        self.town.database.submit(lambda session: conversations.say(session, openid, "resident", text, now)).result()

    def says(self, openid: str, words: str) -> str:
        """Somebody says of somebody that they are well."""

        def run(session: Session) -> str:
            turn = Turn(session=session, now=self.town.now, context=self.town.context, openid=openid, said=words)
            return str(signs.report(turn, {}).name)

        return self.town.database.submit(run).result()


def enrol(town: Town, *, greets: bool = False, neighbour: bool = True) -> None:
    def run(session: Session) -> None:
        Work(session=session, now=town.now, context=town.context)
        home = session.exec(select(Household).where(Household.room == "503")).one()
        elder = people.settle(session, home, name="王奶奶")
        people.bind(session, elder, ELDER, town.now)
        daughter = people.settle(session, home, name="王芳")
        people.bind(session, daughter, "oDaughter", town.now)
        given = consents.give(session, elder, "care", 2, "", town.now)
        beside = people.bound(session, LI)
        assert beside is not None
        session.add(CareWish(
            resident_id=elder.key, consent_id=given.key, at=town.now, wants="每天问我", expects_from=town.now.date(), greets=greets,
            neighbour_id=beside.key if neighbour else None,
        ))  # fmt: skip

    town.database.submit(run).result()


@pytest.fixture
def watch(town: Town, now: datetime) -> Watch:
    enrol(town, greets=True)
    return Watch(town, now.date())


def test_the_ladder_asks_one_after_the_other_and_then_sends_the_staff(watch: Watch) -> None:
    watch.at(7).climbs()
    assert watch.rungs() == []
    watch.at(8).climbs(3)
    assert watch.rungs() == ["greeting"]
    watch.at(9).climbs(2)
    assert (watch.rungs()[-1], len(watch.told(ELDER)), watch.told("oDaughter")) == ("resident", 2, [])
    watch.at(10).climbs(2)
    assert "王奶奶今天 10:00 前还没有报平安" in watch.told("oDaughter")[0]
    assert (watch.told(LI), watch.visits()) == ([], [])
    watch.at(10, 30).climbs(2)
    assert "3栋2单元503的王奶奶今天没有报平安" in watch.told(LI)[0]
    assert watch.visits() == []
    watch.at(11).climbs(5)

    assert watch.rungs() == list(Rung)
    assert watch.visits() == ["没有报平安，请上门看看：3栋2单元503 王奶奶"]
    assert (len(watch.told(ELDER)), len(watch.told("oDaughter")), len(watch.told(LI))) == (2, 1, 1)


def test_whoever_reports_in_time_is_not_asked_after(watch: Watch) -> None:
    watch.at(8).climbs()
    assert watch.says(ELDER, "报平安") == "mine"
    watch.at(12).climbs(3)

    assert watch.rungs() == ["greeting"]
    assert [one.sign for one in watch.town.all(CareDay)] == [Sign.SAID]


def test_a_word_before_the_day_has_a_row_counts_for_it(watch: Watch) -> None:
    assert watch.at(5).says(ELDER, "我今天平安") == "mine"
    watch.at(11).climbs(5)

    assert (watch.rungs(), [one.sign for one in watch.town.all(CareDay)]) == ([], [Sign.SAID])


def test_anything_they_write_is_a_sign_of_life_but_not_what_they_wrote_at_night(watch: Watch) -> None:
    watch.at(2).writes(ELDER, "睡不着")
    watch.at(9).climbs()
    assert watch.rungs() == ["resident"]

    watch.at(9, 30).writes(ELDER, "电费多少")
    watch.at(10).climbs()
    assert (watch.rungs(), watch.town.all(CareDay)[0].sign) == (["resident"], Sign.HEARD)


@pytest.mark.parametrize(
    ("openid", "words", "sign"),
    [
        (ELDER, "报平安", Sign.SAID), ("oDaughter", "我妈平安", Sign.FAMILY), ("oDaughter", "王奶奶平安", Sign.FAMILY), (LI, "王奶奶平安", Sign.NEIGHBOUR),
        (LI, "她好着呢", Sign.NEIGHBOUR),
    ],
)  # fmt: skip
def test_the_all_clear_goes_to_all_who_were_asked_and_calls_off_the_visit(
    watch: Watch, openid: str, words: str, sign: Sign
) -> None:
    for hour, minute in ((9, 0), (10, 0), (10, 30), (11, 0)):
        watch.at(hour, minute).climbs()
    before = {one: len(watch.told(one)) for one in ("oDaughter", LI)}

    watch.at(11, 5).says(openid, words)
    watch.says(openid, words)

    assert (watch.town.all(CareDay)[0].sign, watch.visits()) == (sign, [])
    for one, number in before.items():
        assert len(watch.told(one)) == number + (one != openid)
    assert all("王奶奶有消息了" in watch.told(one)[-1] for one in before if one != openid)


@pytest.mark.parametrize("words", ["我妈没报平安", "我妈不太好", "联系不上我妈", "她不开门", "王奶奶摔了", "妈妈今天不舒服"])
def test_what_tells_of_no_peace_ends_no_wait(watch: Watch, words: str) -> None:
    watch.at(10).climbs(2)

    assert watch.says("oDaughter", words) == "doubt"
    assert watch.town.all(CareDay)[0].sign == ""


@pytest.mark.parametrize("words", ["我妈报平安了吗", "我妈今天报平安了没", "我妈平安吗？"])
def test_a_question_ends_no_wait(watch: Watch, words: str) -> None:
    watch.at(10).climbs(2)

    assert watch.says("oDaughter", words) == "status"
    assert watch.town.all(CareDay)[0].sign == ""


def test_who_is_neither_family_nor_asked_to_knock_ends_no_wait(watch: Watch) -> None:
    watch.at(10).climbs(2)

    assert watch.says(CHEN, "王奶奶平安") == "noted"
    assert watch.says(LI, "王奶奶平安") == "noted"  # nobody has asked her yet
    assert watch.town.all(CareDay)[0].sign == ""


def test_rungs_that_were_slept_through_are_made_up_for_with_time_to_answer(watch: Watch) -> None:
    watch.at(13).climbs(4)
    assert watch.rungs() == ["resident"]  # a greeting would come too late
    watch.at(13, 10).climbs(4)
    assert watch.rungs() == ["resident", "family"]
    watch.at(13, 20).climbs(4)
    watch.at(13, 30).climbs(4)

    assert (watch.rungs(), len(watch.visits())) == (["resident", "family", "neighbour", "visit"], 1)


def test_nobody_to_ask_keeps_the_next_one_not_waiting(town: Town, now: datetime) -> None:
    enrol(town, neighbour=False)
    watch = Watch(town, now.date())
    watch.at(9).climbs()
    watch.at(10).climbs()
    watch.at(10, 30).climbs()
    watch.at(11).climbs()

    assert [(one.rung, bool(one.asked)) for one in town.all(CareRung)][-2:] == [("neighbour", False), ("visit", False)]


def test_a_visit_without_proof_is_opened_again(watch: Watch) -> None:
    for hour, minute in ((9, 0), (10, 0), (10, 30), (11, 0)):
        watch.at(hour, minute).climbs()

    def close(session: Session) -> None:
        work = Work(session=session, now=watch.town.now, context=watch.town.context)
        [day] = session.exec(select(CareDay)).all()
        work.finish(day.subject, "去过了")

    watch.town.database.submit(close).result()
    assert watch.visits() == []
    watch.at(11, 1).climbs()

    assert len(watch.visits()) == 1


def test_a_visit_ends_with_words_and_a_photo(watch: Watch, town: Town) -> None:
    for hour, minute in ((9, 0), (10, 0), (10, 30), (11, 0)):
        watch.at(hour, minute).climbs()
    [day] = town.all(CareDay)
    params = {"day": day.public_id}
    with pytest.raises(Refusal, match="照片"):
        town.opens(Role.MANAGER, visits.found, params=params, found="well", words="人在家，手机没电")

    photo = pictures.read(Upload(filename="a.jpg", body=LEAK.read_bytes()))
    page = replace(visits.found, run=lambda desk: visits.found.run(_with(desk, photo)))
    town.opens(Role.MANAGER, page, params=params, found="well", words="人在家，手机没电")

    [proof] = town.all(CareProof)
    assert (proof.was_well, proof.words, town.all(CareDay)[0].sign, watch.visits()) == (True, "人在家，手机没电", Sign.VISIT, [])
    assert town.opens(Role.MANAGER, visits.picture, params=params).body == photo
    assert "工作人员上门看过了" in watch.told("oDaughter")[-1]
    watch.at(11, 30).climbs(3)
    assert watch.visits() == []


def _with(desk: object, taken: object) -> object:
    desk.taken = taken  # type: ignore[attr-defined]
    return desk


def test_who_is_away_is_not_waited_for_and_is_on_the_morning_after(watch: Watch, town: Town) -> None:
    def leave(session: Session) -> None:
        Work(session=session, now=town.now, context=town.context)
        [wish] = session.exec(select(CareWish)).all()
        session.add(CareAbsence(
            resident_id=wish.resident_id, consent_id=wish.consent_id, begins=watch.day, ends=watch.day + timedelta(days=2), told_by=wish.resident_id,
            at=town.now,
        ))  # fmt: skip

    town.database.submit(leave).result()
    for _ in range(3):
        watch.at(11).climbs(3)
        watch.day += timedelta(days=1)
    assert (watch.rungs(), town.all(CareDay)) == ([], [])

    watch.at(9).climbs()
    assert watch.rungs() == ["resident"]


def test_a_device_that_is_silent_is_its_own_alarm_and_no_sign_of_life(watch: Watch, town: Town) -> None:
    watch.at(8).climbs()

    def signal(sign: str) -> None:
        def run(session: Session) -> None:
            work = Work(session=session, now=town.now, context=town.context)
            elder = people.bound(session, ELDER)
            assert elder is not None
            work.record("care.signal", elder.about, sign=sign)

        town.database.submit(run).result()

    signal("silent")
    signal("silent")
    assert [task.title for task in town.tasks() if task.kind == signs.DEVICE] == ["关怀设备没有信号：3栋2单元503 王奶奶"]
    assert town.all(CareDay)[0].sign == ""

    signal("door")
    assert town.all(CareDay)[0].sign == Sign.DEVICE


def test_a_second_rung_of_the_same_kind_is_refused_by_the_database(watch: Watch, town: Town) -> None:
    watch.at(9).climbs()

    def again(session: Session) -> None:
        Work(session=session, now=town.now, context=town.context)
        [rung] = session.exec(select(CareRung)).all()
        session.add(CareRung(day_id=rung.day_id, rung=rung.rung, at=town.now, asked=[]))
        session.flush()

    with pytest.raises(IntegrityError):
        town.database.submit(again).result()


def test_the_link_says_nothing_before_its_button_is_touched(watch: Watch, town: Town) -> None:
    watch.at(8).climbs()
    [day] = town.all(CareDay)

    town.visits(signs.tap, day=day.public_id)
    assert town.all(CareDay)[0].sign == ""
    town.sends(signs.tapped, {"day": day.public_id})
    assert town.all(CareDay)[0].sign == Sign.SAID


def test_the_hour_is_the_communitys(watch: Watch, town: Town) -> None:
    watch.at(6)
    town.opens(Role.MANAGER, visits.change_hour, hour="12:00")
    watch.at(9).climbs()
    assert watch.rungs() == []
    watch.at(11).climbs()

    assert watch.rungs() == ["resident"]
    assert "12:00" in watch.told(ELDER)[-1]


def test_the_neighbour_is_found_by_the_flat(watch: Watch, town: Town) -> None:
    elder = next(one for one in town.all(Resident) if one.openid == ELDER)
    town.opens(Role.MANAGER, visits.choose_neighbour, params={"key": elder.public_id}, flat="3-2-501")

    chen = next(one for one in town.all(Resident) if one.openid == CHEN)
    assert town.all(CareWish)[0].neighbour_id == chen.id


@pytest.mark.parametrize("words", ["我妈住院了，下周五出院", "王奶奶去旅游了，20号回来", "奶奶不在家，3月20日回来"])
def test_the_family_tells_of_an_absence_of_who_is_waited_for_and_nobody_else_does(watch: Watch, town: Town, words: str) -> None:
    watch.at(10).climbs(2)
    elder = next(one for one in town.all(Resident) if one.openid == ELDER)

    def heard(openid: str) -> object:
        def run(session: Session) -> object:
            return absences.hear(Turn(session=session, now=town.now, context=town.context, openid=openid), words)

        return town.database.submit(run).result()

    wish = heard("oDaughter")
    assert isinstance(wish, Wish)
    assert (wish.values["who"], wish.values["until"]) == (elder.public_id, "2026-03-20")
    assert (heard(LI), heard(CHEN)) == ("", "")

    town.asks("oDaughter", absences.leave, **{**wish.values, "sure": True})
    assert [str(one.ends) for one in town.all(CareAbsence)] == ["2026-03-20"]
    assert town.all(CareDay)[0].sign == Sign.FAMILY
    watch.day += timedelta(days=1)
    watch.at(11).climbs(3)
    assert len(town.all(CareDay)) == 1


# ------------------------------------------------------------------ in the chat


@pytest.fixture
def asked(demo_folder: Path, now: datetime) -> Iterator[Chat]:
    room = Room.open(demo_folder, now)
    yield Chat(room)
    room.database.close()


def test_the_wish_is_waited_for_from_tomorrow_on(asked: Chat, now: datetime) -> None:
    answer = asked.say("每天早上问我一声平安", "同意")

    assert "从明天起，每天 10:00 前" in answer
    assert "早上 08:00 我先问候您一声" in answer
    [wish] = asked.all(CareWish)
    assert (wish.expects_from, wish.greets) == (now.date() + timedelta(days=1), True)


def test_a_wish_for_somebody_else_is_for_a_person_and_waits_for_nobody(asked: Chat) -> None:
    asked.say("麻烦每天早上给我妈打个电话", "同意")

    assert [one.expects_from for one in asked.all(CareWish)] == [None]


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("我去女儿家住三天", "2026-03-11", "2026-03-14"), ("这几天不在家，15号回来", "2026-03-11", "2026-03-15"),
        ("我住院了，下周五出院", "2026-03-11", "2026-03-20"), ("我明天去旅游五天", "2026-03-12", "2026-03-17"), ("我回老家一个星期", "2026-03-11", "2026-03-18"),
        ("我要出门，下周三回来", "2026-03-11", "2026-03-18"), ("去儿子家过几天，3月16日回来", "2026-03-11", "2026-03-16"),
        ("我住院半个月，3月26号出院", "2026-03-11", "2026-03-26"), ("不在家，到15号", "2026-03-11", "2026-03-15"),
    ],
)  # fmt: skip
def test_an_absence_is_read_back_with_its_end_and_kept_when_agreed_to(asked: Chat, words: str, first: str, last: str) -> None:
    asked.say("每天早上问我一声平安", "同意")
    answer = asked.say(words)
    day = date.fromisoformat(last)
    assert f"到{day.month}月{day.day}日为止" in answer
    assert asked.all(CareAbsence) == []

    assert "记下了" in asked.say("确认")

    [kept] = asked.all(CareAbsence)
    assert (str(kept.begins), str(kept.ends)) == (first, last)


def test_an_absence_without_an_end_is_asked_for_it(asked: Chat) -> None:
    asked.say("每天早上问我一声平安", "同意")

    assert "哪天回来" in asked.say("我住院了")
    assert "到3月20日为止" in asked.say("下周五")
    assert "没有记" in asked.say("取消")
    assert asked.all(CareAbsence) == []


def test_who_is_back_is_waited_for_again(asked: Chat, now: datetime) -> None:
    asked.say("每天早上问我一声平安", "同意", "我去女儿家住三天", "确认")

    assert "明天起照常" in asked.say("我回来了")
    assert [one.ended_at is not None for one in asked.all(CareAbsence)] == [True]


@pytest.mark.parametrize("words", ["我去女儿家住三天", "我住院了", "我回来了", "明天出门旅游"])
def test_who_is_not_waited_for_hears_nothing_of_it(asked: Chat, words: str) -> None:
    assert "报平安" not in asked.say(words)
    assert asked.all(CareAbsence) == []


def test_reporting_without_a_wish_promises_nothing(asked: Chat) -> None:
    assert "收到，平安就好" in asked.say("报平安")
    assert asked.all(CareDay) == []


def test_taking_the_consent_back_ends_the_wait_and_what_was_kept(asked: Chat) -> None:
    asked.say("每天早上问我一声平安", "同意", "我去女儿家住三天", "确认", "撤回关怀同意")

    assert (asked.all(CareWish), asked.all(CareAbsence), asked.all(CareDay)) == ([], [], [])
