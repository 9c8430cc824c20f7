"""The health station in the chat, word for word: booked, asked about, moved, given up, waited for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.model import SHANGHAI
from bot.store import knowledge, scope
from integrations.clinic.models import Booking, Session, State

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat

#: The tests' clock says Wednesday, 2026-03-11, 10:00.
WEEK = (
    ("王医生", "全科", datetime(2026, 3, 12, 8, 30, tzinfo=SHANGHAI), 2),
    ("王医生", "全科", datetime(2026, 3, 18, 8, 30, tzinfo=SHANGHAI), 2),
    ("李护士", "量血压、打针", datetime(2026, 3, 13, 14, tzinfo=SHANGHAI), 2),
    ("赵医生", "中医", datetime(2026, 3, 14, 9, tzinfo=SHANGHAI), 0),
)


@pytest.fixture
def station(chat: Chat) -> Chat:
    """A community whose station has sessions; of one all places are taken."""

    def add(rows: object) -> None:
        with scope.within(rows, chat.room.house.context.community.key):  # type: ignore[arg-type]
            for doctor, offers, starts, left in WEEK:
                session = Session(
                    doctor=doctor, offers=offers, room="2 栋 1 楼卫生站", starts_at=starts, ends_at=starts + timedelta(hours=2), places=2, taken=2 - left
                )  # fmt: skip
                rows.add(session)  # type: ignore[attr-defined]

    chat.room.database.submit(add).result()
    return chat


def states(chat: Chat) -> list[State]:
    return [one.state for one in chat.all(Booking)]


def doctor(chat: Chat) -> str:
    [made] = chat.all(Booking)
    return next(one.doctor for one in chat.all(Session) if one.id == made.session_id)


def test_place_is_booked_by_day_and_one_yes(station: Chat) -> None:
    asked = station.say("我想约明天上午的医生")
    assert "王医生" in asked
    assert "120" in asked
    assert states(station) == []

    said = station.say("是")

    assert all(word in said for word in ("约好了", "明天", "08:30–10:30", "王医生", "2 栋 1 楼卫生站"))
    assert states(station) == [State.BOOKED]


def test_what_it_is_for_and_for_whom_are_understood(station: Chat) -> None:
    asked = station.say("帮我妈约一下量血压")
    assert "给妈妈约" in asked
    assert "李护士" in asked

    station.say("1")

    assert [(one.patient, one.state) for one in station.all(Booking)] == [("妈妈", State.BOOKED)]


def test_several_sessions_are_a_menu_and_nothing_is_booked_by_asking(station: Chat) -> None:
    asked = station.say("还有号吗")

    assert all(name in asked for name in ("王医生", "李护士", "赵医生", "满了"))
    assert states(station) == []
    assert "没有约" in station.say("取消")


@pytest.mark.parametrize("said", ["我约的是几点", "我约的医生是几点", "我的预约", "约的是几点来着"])
def test_when_it_is_can_be_asked(station: Chat, said: str) -> None:
    station.say("我想约明天上午的医生", "是")

    told = station.say(said)

    assert "08:30–10:30" in told
    assert "王医生" in told


@pytest.mark.parametrize("said", ["取消预约", "去不了了，取消吧", "退号", "把医生的号退了", "不去看医生了"])
def test_it_is_cancelled_once_that_was_read_back(station: Chat, said: str) -> None:
    station.say("我想约明天上午的医生", "是")

    asked = station.say(said)
    assert "取消" in asked
    assert states(station) == [State.BOOKED]

    assert "取消了" in station.say("1")
    assert states(station) == [State.CANCELLED]


@pytest.mark.parametrize("said", ["改到周五", "改到周五下午", "能改到周五吗", "换到周五"])
def test_it_is_moved_by_naming_another_day(station: Chat, said: str) -> None:
    station.say("我想约明天上午的医生", "是")

    told = station.say(said)
    if "回复数字" in told:
        told = station.say("1")

    assert "改好了" in told
    assert doctor(station) == "李护士"


def test_hours_later_it_is_moved_by_saying_what_is_meant(station: Chat) -> None:
    station.say("我想约明天上午的医生", "是")
    station.room.frozen = station.room.now + timedelta(hours=6)

    assert "改好了" in station.say("看医生改到周五")
    assert doctor(station) == "李护士"


def test_moved_another_day_it_is_picked_first(station: Chat) -> None:
    station.say("我想约下周三上午的医生", "是")
    station.room.frozen = station.room.now + timedelta(days=1, hours=6)

    asked = station.say("看医生改到明天")
    assert "李护士" in asked
    if "回复数字" in asked:
        asked = station.say("1")
    assert "改好了" in asked


def test_full_session_is_waited_for_with_one_tap(station: Chat) -> None:
    asked = station.say("约周六的中医")
    assert "满了，可以排队" in asked

    said = station.say("1")

    assert "第 1 位" in said
    assert states(station) == [State.WAITING]
    assert "排队第 1 位" in station.say("排队到哪了")


def test_danger_is_heard_before_a_place_is_booked(station: Chat) -> None:
    said = station.say("我爸胸口疼得喘不上气，帮我约个医生")

    assert "120" in said
    assert "王医生" not in said
    assert states(station) == []


def test_cancelling_a_visitor_is_not_taken_for_the_doctor(station: Chat) -> None:
    station.say("我想约明天上午的医生", "是")
    station.say("我妹妹明天下午三点来")

    station.say("取消访客")

    assert states(station) == [State.BOOKED]


def test_without_a_station_a_person_sees_to_it(chat: Chat) -> None:
    said = chat.say("帮我妈约个社区医生")

    assert "约医生" in said
    assert "H" in said
    assert chat.all(Booking) == []


def test_asked_when_the_station_is_open_the_hours_of_the_office_are_not_told(station: Chat) -> None:
    told = station.say("卫生站几点开门")

    assert "物业服务中心" not in told


def test_any_hour_picks_none_of_the_sessions_and_leaving_off_leaves(station: Chat) -> None:
    asked = station.say("约医生", "几点都行")
    assert ("回复前面的数字" in asked, "王医生" in asked) == (True, True)

    left = station.say("算了不挂了")

    assert "没有约" in left
    assert states(station) == []


def test_asked_whether_the_place_is_still_there_it_is_told(station: Chat) -> None:
    assert "王医生" in station.say("我想约明天上午的医生", "是", "我那个号还在吗")


@pytest.mark.parametrize(
    ("said", "told", "untold"),
    [
        ("卫生站几点开门", ["王医生", "李护士", "赵医生", "08:30–10:30"], ["活动室", "没有约"]),
        ("卫生站今天开不开门", ["那个时间没有坐诊", "王医生"], []),
        ("卫生站周末开吗", ["赵医生", "09:00–11:00"], ["王医生"]),
        ("卫生站下午有人吗", ["李护士", "14:00–16:00"], ["王医生"]),
        ("卫生站在哪", ["2 栋 1 楼卫生站"], []),
        ("王医生什么时候在", ["王医生", "3月18日"], ["李护士"]),
        ("量血压什么时候", ["李护士"], ["王医生", "打过卡"]),
        ("明天医生在不在", ["王医生", "08:30–10:30"], ["李护士", "小助手"]),
        ("卫生站星期几有中医", ["赵医生"], ["李护士"]),
    ],
)
def test_asked_when_it_is_open_the_sessions_are_told_and_nothing_is_booked(
    station: Chat, said: str, told: list[str], untold: list[str]
) -> None:
    answer = station.say(said)

    assert all(word in answer for word in (*told, "120")), answer
    assert not any(word in answer for word in untold), answer
    assert "、· " not in answer  # a session a line
    assert states(station) == []


def test_hours_that_nobody_has_written_down_are_not_made_up(chat: Chat) -> None:
    answer = chat.say("卫生站几点开门")

    assert "没有排坐诊" in answer
    assert "没有记" in answer
    assert "9:00" not in answer


def test_what_the_office_has_written_of_its_station_is_told_before_the_sessions(station: Chat) -> None:
    def write(session: object) -> None:
        with scope.within(session, station.room.house.context.community.key):  # type: ignore[arg-type]
            draft = knowledge.Draft(question="卫生站几点开门", answer="卫生站每天 8:00 到 17:30 开门，中午不休息。")
            knowledge.save(session, draft, station.room.now, "", None)  # type: ignore[arg-type]

    room, known = station.room, station.room.house.understanding.knowledge
    room.database.submit(write).result()
    known.learn(room.database.submit(known.look).result(), room.house.understanding.catalogue, room.now)

    answer = station.say("卫生站几点开门")

    assert "8:00 到 17:30" in answer
    assert "没有记" not in answer
    assert "王医生" in answer


@pytest.mark.parametrize("said", ["我明天几点去卫生站", "我几点去看医生", "我什么时候去看病来着", "我妈几点去量血压"])
def test_when_one_goes_there_is_ones_own_place(station: Chat, said: str) -> None:
    assert "没有约卫生站的号" in station.say(said)
    station.say("我想约明天上午的医生", "是")

    told = station.say(said)

    assert "您家在卫生站的预约" in told
    assert "08:30–10:30" in told


def test_it_is_asked_while_a_session_is_picked_and_the_pick_goes_on(station: Chat) -> None:
    station.say("还有号吗")

    assert "2 栋 1 楼卫生站" in station.say("卫生站在哪")
    station.say("就第一个吧")

    assert station.room.hear("1") is not None
    assert states(station) == [State.BOOKED]
