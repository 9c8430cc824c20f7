"""Places at the health station: booked, waited for, held, given back, by two at once never more than there are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session as DatabaseSession
from sqlmodel import select

from bot.contract import Ask, Refusal, Reply, Turn, Wish, Work
from bot.contract.actions import HandOver
from bot.model import SHANGHAI
from bot.store import people
from bot.store.outbox import Delivery
from bot.store.people import Household, Resident
from bot.store.staff import Role
from integrations.clinic import actions, console, heard, jobs, personal
from integrations.clinic.models import Booking, Session, State
from tests.integrations.conftest import CHEN, LI

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

#: A Friday, while the tests' clock says Wednesday 10:00.
FRIDAY = datetime(2026, 3, 13, 8, 30, tzinfo=SHANGHAI)
ROOM = "2 栋 1 楼卫生站"


def opened(town: Town, starts_at: datetime = FRIDAY, *, number: int = 1, doctor: str = "王医生", offers: str = "全科") -> Session:
    session = Session(
        doctor=doctor, offers=offers, room=ROOM, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), places=number
    )
    town.database.submit(lambda rows: rows.add(Work(session=rows, now=town.now, context=town.context) and session)).result()
    return town.all(Session)[-1]


def booked(town: Town, session: Session, openid: str = CHEN, **slots: Any) -> Booking:
    town.asks(openid, actions.appointment, session=session.public_id, **slots)
    return town.all(Booking)[-1]


def states(town: Town) -> list[State]:
    return [one.state for one in town.all(Booking)]


def taken(town: Town) -> list[int]:
    return [one.taken for one in town.all(Session)]


def hears(town: Town, openid: str, text: str, **turn: Any) -> str | Wish:
    def run(session: DatabaseSession) -> str | Wish:
        return heard.hear(Turn(session=session, now=town.now, context=town.context, openid=openid, **turn), text)

    return town.database.submit(run).result()


def at(town: Town, moment: datetime) -> Town:
    town.now = moment
    return town


def more_flats(town: Town, count: int) -> list[str]:
    """Bind so many more people, each in a flat of their own."""

    def settle(session: DatabaseSession) -> list[str]:
        Work(session=session, now=town.now, context=town.context)
        names = []
        for number in range(count):
            home = Household(building="9", unit="1", room=f"{number + 1}01")
            session.add(home)
            session.flush()
            people.bind(session, people.settle(session, home, name=f"住户{number}"), f"oMore{number}", town.now)
            names.append(f"oMore{number}")
        return names

    return town.database.submit(settle).result()


def test_what_is_confirmed_is_what_stands_in_the_row(town: Town) -> None:
    session = opened(town)

    said = town.says(CHEN, actions.appointment, session=session.public_id)

    [made] = town.all(Booking)
    assert (made.state, made.patient, made.session_id) == (State.BOOKED, "陈建国", session.id)
    assert all(word in said for word in ("陈建国", "3月13日", "08:30–11:30", "王医生（全科）", ROOM, "120"))
    assert taken(town) == [1]


def test_nothing_is_booked_before_a_session_was_picked(town: Town) -> None:
    opened(town), opened(town, FRIDAY + timedelta(days=1), doctor="李护士", offers="量血压")

    asked = town.asks(CHEN, actions.appointment, when=FRIDAY.replace(hour=0, minute=0))

    assert isinstance(asked, Ask)
    assert (asked.name, len(asked.options)) == ("one", 1)
    assert asked.agreed in asked.options
    assert town.all(Booking) == []


def test_half_of_a_day_picks_among_its_sessions(town: Town) -> None:
    morning, afternoon = opened(town), opened(town, FRIDAY.replace(hour=14))

    asked = town.asks(CHEN, actions.appointment, when=FRIDAY.replace(hour=14, minute=0))

    assert isinstance(asked, Ask)
    assert list(asked.options) == [afternoon.public_id]
    assert morning.public_id not in asked.options


def test_day_without_a_session_is_told_with_the_others(town: Town) -> None:
    session = opened(town)

    asked = town.asks(CHEN, actions.appointment, when=FRIDAY + timedelta(days=3))

    assert isinstance(asked, Ask)
    assert (asked.name, list(asked.options)) == ("other_day", [session.public_id])


def test_station_without_sessions_is_for_a_person(town: Town) -> None:
    assert isinstance(town.asks(CHEN, actions.appointment), HandOver)


def test_two_at_once_never_get_more_places_than_there_are(town: Town) -> None:
    session, everyone = opened(town, number=3), [CHEN, LI, *more_flats(town, 8)]

    with ThreadPoolExecutor(len(everyone)) as pool:
        said = list(pool.map(lambda openid: town.asks(openid, actions.appointment, session=session.public_id), everyone))

    names = sorted(one.name for one in said if isinstance(one, Reply))
    assert names == ["done"] * 3 + ["queued"] * 7
    assert sorted(states(town)) == sorted([State.BOOKED] * 3 + [State.WAITING] * 7)
    assert taken(town) == [3]


def test_two_who_change_places_at_once_do_not_stop_each_other(town: Town) -> None:
    first, second = opened(town, number=2), opened(town, FRIDAY.replace(hour=14), number=2)
    mine, theirs = booked(town, first), booked(town, second, LI)

    def change(who: tuple[str, Booking, Session]) -> Reply | Ask:
        return town.asks(who[0], actions.move, booking=who[1].number, session=who[2].public_id)

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(change, [(CHEN, mine, second), (LI, theirs, first)]))

    assert [one.name for one in said if isinstance(one, Reply)] == ["changed", "changed"]
    assert taken(town) == [1, 1]


def test_place_given_back_is_held_for_who_waited_longest_and_then_for_the_next(town: Town) -> None:
    session, [third] = opened(town), more_flats(town, 1)
    mine = booked(town, session)
    booked(town, session, LI)
    at(town, town.now + timedelta(minutes=1))
    booked(town, session, third)

    town.asks(CHEN, actions.cancel, booking=mine.number, sure=True)

    assert states(town) == [State.CANCELLED, State.OFFERED, State.WAITING]
    assert "给您留到 12:01" in town.told(LI)[-1]
    town.runs(jobs.tend.run)
    assert town.told(third) == []
    at(town, town.now + timedelta(minutes=120)).runs(jobs.tend.run)
    assert states(town) == [State.CANCELLED, State.LAPSED, State.OFFERED]
    assert "没有收到您的回复" in town.told(LI)[-1]
    assert "有号了" in town.told(third)[-1]
    assert taken(town) == [1]


def test_who_comes_now_does_not_overtake_who_waits(town: Town) -> None:
    session, [third] = opened(town), more_flats(town, 1)
    mine = booked(town, session)
    booked(town, session, LI)
    at(town, town.now.replace(hour=23))
    town.asks(CHEN, actions.cancel, booking=mine.number, sure=True)

    late = town.asks(third, actions.appointment, session=session.public_id)

    assert isinstance(late, Reply)
    assert (late.name, late.values["place"]) == ("queued", 2)


def test_nobody_is_told_at_night_that_a_place_became_free(town: Town) -> None:
    session = opened(town)
    mine = booked(town, session)
    booked(town, session, LI)
    at(town, town.now.replace(hour=23)).asks(CHEN, actions.cancel, booking=mine.number, sure=True)
    town.runs(jobs.tend.run)
    assert town.told(LI) == []

    at(town, town.now + timedelta(hours=8)).runs(jobs.tend.run)

    assert "有号了" in town.told(LI)[-1]


@pytest.mark.parametrize(("answer", "state", "left"), [("要号", State.BOOKED, 1), ("好的", State.BOOKED, 1), ("不要号", State.CANCELLED, 0), ("算了", State.CANCELLED, 0)])  # fmt: skip
def test_held_place_is_answered_by_one_word(town: Town, answer: str, state: State, left: int) -> None:
    session = opened(town)
    mine = booked(town, session)
    booked(town, session, LI)
    town.asks(CHEN, actions.cancel, booking=mine.number, sure=True)

    said = hears(town, LI, answer)

    assert isinstance(said, str)
    assert "王医生" in said
    assert states(town)[-1] is state
    assert taken(town) == [left]


def test_mere_yes_to_another_question_takes_no_place(town: Town) -> None:
    session = opened(town)
    mine = booked(town, session)
    booked(town, session, LI)
    town.asks(CHEN, actions.cancel, booking=mine.number, sure=True)

    assert hears(town, LI, "好的", is_asked=True) == ""
    assert states(town)[-1] is State.OFFERED


def test_words_of_a_place_lead_to_it_only_for_who_has_one(town: Town) -> None:
    assert hears(town, CHEN, "取消预约") == ""
    booked(town, opened(town))

    assert hears(town, CHEN, "取消预约") == Wish(intent="medical.cancel")
    assert hears(town, CHEN, "我约的是几点") == Wish(intent="medical.mine")
    assert hears(town, CHEN, "排队到哪了") == Wish(intent="medical.mine")
    assert hears(town, CHEN, "取消预约", lately=["visitor.invite"]) == ""
    assert hears(town, LI, "取消预约") == ""


def test_reminder_comes_once_the_evening_before_and_never_at_night(town: Town) -> None:
    booked(town, opened(town))
    eve = FRIDAY - timedelta(days=1)

    for hour in (17, 22, 23):
        at(town, eve.replace(hour=hour, minute=0)).runs(jobs.remind.run)
    assert town.told(CHEN) == []
    at(town, eve.replace(hour=18, minute=0)).runs(jobs.remind.run)
    town.runs(jobs.remind.run)

    [told] = town.told(CHEN)
    assert all(word in told for word in ("陈建国", "08:30", "王医生", ROOM))


def test_who_books_after_that_is_not_reminded_of_what_they_just_read(town: Town) -> None:
    session = opened(town)
    at(town, (FRIDAY - timedelta(days=1)).replace(hour=19))
    booked(town, session)

    town.runs(jobs.remind.run)

    assert town.told(CHEN) == []


def test_flat_holds_no_more_than_it_may(town: Town) -> None:
    sessions = [opened(town, FRIDAY + timedelta(days=day)) for day in range(4)]
    said = [town.asks(CHEN, actions.appointment, session=one.public_id) for one in sessions]

    assert [one.name for one in said if isinstance(one, Reply)] == ["done", "done", "done", "limit"]
    assert taken(town) == [1, 1, 1, 0]


def test_same_person_is_not_booked_twice_but_another_of_the_flat_is(town: Town) -> None:
    session = opened(town, number=3)
    booked(town, session)

    again = town.asks(CHEN, actions.appointment, session=session.public_id)
    mother = town.asks(CHEN, actions.appointment, session=session.public_id, patient="妈妈")

    assert isinstance(again, Reply)
    assert isinstance(mother, Reply)
    assert (again.name, mother.name) == ("again", "done")
    assert [one.patient for one in town.all(Booking)] == ["陈建国", "妈妈"]


def test_shortly_before_it_begins_nobody_cancels_or_moves_by_themselves(town: Town) -> None:
    mine, other = booked(town, opened(town)), opened(town, FRIDAY + timedelta(days=1))
    at(town, FRIDAY - timedelta(minutes=119))

    cancels = town.asks(CHEN, actions.cancel, booking=mine.number, sure=True)
    moves = town.asks(CHEN, actions.move, booking=mine.number, session=other.public_id)

    assert isinstance(cancels, Reply)
    assert isinstance(moves, Reply)
    assert (cancels.name, moves.name) == ("late", "late")
    assert states(town) == [State.BOOKED]


def test_full_session_is_not_moved_to_and_the_place_before_stays(town: Town) -> None:
    first, second = opened(town), opened(town, FRIDAY + timedelta(days=1))
    mine = booked(town, first)
    booked(town, second, LI)

    said = town.asks(CHEN, actions.move, booking=mine.number, session=second.public_id)

    assert isinstance(said, Reply)
    assert said.name == "full"
    assert (taken(town), town.all(Booking)[0].session_id) == ([1, 1], first.id)


def test_neighbour_neither_sees_nor_cancels_what_is_not_theirs(town: Town) -> None:
    mine = booked(town, opened(town))

    said = town.asks(LI, actions.cancel, booking=mine.number, sure=True)
    shown = town.asks(LI, actions.show)

    assert isinstance(said, Reply)
    assert isinstance(shown, Reply)
    assert (said.name, shown.name) == ("none", "none")
    assert states(town) == [State.BOOKED]


def test_office_that_calls_a_session_off_tells_all_and_offers_another(town: Town) -> None:
    session, other = opened(town), opened(town, FRIDAY + timedelta(days=1), doctor="李护士")
    booked(town, session)
    booked(town, session, LI)

    town.opens(Role.STAFF, console.close, params={"id": session.public_id})

    assert states(town) == [State.CALLED_OFF, State.CALLED_OFF]
    for openid in (CHEN, LI):
        assert "取消了" in town.told(openid)[-1]
        assert other.doctor in town.told(openid)[-1]
    with pytest.raises(Refusal, match="已经开始或取消"):
        town.opens(Role.STAFF, console.close, params={"id": session.public_id})


FORM = {"doctor": "赵医生", "offers": "中医", "room": ROOM, "day": "2026-03-14", "begins": "09:00", "ends": "11:00", "places": "8", "weeks": "2"}  # fmt: skip


def test_office_adds_the_same_session_for_several_weeks(town: Town) -> None:
    town.opens(Role.STAFF, console.add, **FORM)

    assert [(f"{one.starts_at:%m-%d %H:%M}", one.places) for one in town.all(Session)] == [("03-14 09:00", 8), ("03-21 09:00", 8)]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"doctor": " "}, "请填医生"), ({"room": ""}, "请填地点"), ({"places": "0"}, "号数请填"), ({"places": "9" * 30}, "号数请填"), ({"weeks": "99"}, "连续几周"),
        ({"day": "昨天"}, "请填日期"), ({"day": "2026-03-10"}, "已经过了"), ({"ends": "08:00"}, "结束时间"),
    ],
)  # fmt: skip
def test_session_that_cannot_be_is_refused_with_its_words(town: Town, wrong: dict[str, str], why: str) -> None:
    view = town.opens(Role.STAFF, console.add, **{**FORM, **wrong})

    assert (view.status, town.all(Session)) == (422, [])
    assert why in view.values["fault"]


def test_who_booked_is_told_what_the_office_changed(town: Town) -> None:
    session = opened(town)
    booked(town, session)

    same = {"doctor": "王医生", "offers": "全科", "room": ROOM, "day": "2026-03-13", "begins": "08:30", "ends": "11:30"}
    town.opens(Role.STAFF, console.edit, params={"id": session.public_id}, **same, places="5")
    assert town.told(CHEN) == []
    town.opens(Role.STAFF, console.edit, params={"id": session.public_id}, **{**same, "begins": "09:30"}, places="5")

    assert "09:30" in town.told(CHEN)[-1]


def test_more_places_go_to_who_waits_and_fewer_than_taken_are_refused(town: Town) -> None:
    session = opened(town)
    booked(town, session)
    booked(town, session, LI)
    same = {"doctor": "王医生", "offers": "全科", "room": ROOM, "day": "2026-03-13", "begins": "08:30", "ends": "11:30"}

    town.opens(Role.STAFF, console.edit, params={"id": session.public_id}, **same, places="2")
    assert states(town) == [State.BOOKED, State.OFFERED]
    refused = town.opens(Role.STAFF, console.edit, params={"id": session.public_id}, **same, places="1")

    assert (refused.status, town.all(Session)[0].places) == (422, 2)


def test_staff_write_down_who_came_on_the_day_and_take_it_back(town: Town) -> None:
    mine = booked(town, opened(town))
    with pytest.raises(Refusal, match="还没到日子"):
        town.opens(Role.STAFF, console.mark, params={"number": mine.number}, do="came")

    at(town, FRIDAY)
    for do, state in (("came", State.CAME), ("undo", State.BOOKED), ("missed", State.MISSED)):
        town.opens(Role.STAFF, console.mark, params={"number": mine.number}, do=do)
        assert states(town) == [state]


def test_page_shows_who_comes_today_and_says_whose_it_showed(town: Town) -> None:
    booked(town, opened(town))
    at(town, FRIDAY.replace(hour=7))

    [(session, [row])] = town.opens(Role.STAFF, console.show).values["today"]

    assert (session.doctor, row["booking"].patient, row["flat"]) == ("王医生", "陈建国", "3栋2单元501")


def test_who_leaves_is_forgotten_and_their_place_goes_to_the_next(town: Town) -> None:
    session = opened(town)
    booked(town, session)
    booked(town, session, LI)

    def leave(rows: DatabaseSession) -> Any:
        work = Work(session=rows, now=town.now, context=town.context)
        chen = rows.exec(select(Resident).where(Resident.openid == CHEN)).one()
        exported = personal.export(work, chen)
        personal.erase(work, chen)
        return exported

    exported = town.database.submit(leave).result()

    assert exported["卫生站预约"][0]["给谁"] == "陈建国"
    assert states(town) == [State.OFFERED]
    assert taken(town) == [1]


def test_who_moves_out_gives_the_place_back(town: Town) -> None:
    session = opened(town)
    booked(town, session)

    def unbind(rows: DatabaseSession) -> None:
        work = Work(session=rows, now=town.now, context=town.context)
        work.unbind(rows.exec(select(Resident).where(Resident.openid == CHEN)).one())

    town.database.submit(unbind).result()

    assert (states(town), taken(town)) == ([State.CANCELLED], [0])


def test_waiting_in_vain_is_told_when_it_begins(town: Town) -> None:
    session = opened(town)
    booked(town, session)
    booked(town, session, LI)

    at(town, FRIDAY + timedelta(minutes=1)).runs(jobs.tend.run)

    assert states(town) == [State.BOOKED, State.LAPSED]
    assert "没有等到号" in town.told(LI)[-1]
    assert len(town.all(Delivery)) == 1
