"""Several faults in one message, one fault in several places, and the same fault told by neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select

from bot.contract import Desk, Turn
from bot.store.people import Household, Resident
from bot.store.staff import Role, Staff
from integrations.repairs import actions, console, merging, tickets
from integrations.repairs.models import Ticket, TicketState

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

CHEN, LI = "oChen", "oLi"

_LAMP = {"category": "lighting", "location": "楼道"}


# ------------------------------------------------------------------ several in one message


@pytest.mark.parametrize(("said", "tickets"), [
    ("厨房水管漏水，还有楼道灯坏了", [("water", "厨房", "厨房水管漏水"), ("lighting", "楼道", "楼道灯坏了")]),
    ("水管漏水，还有楼道灯坏了|厨房|随便", [("water", "厨房", "水管漏水\n厨房\n随便"), ("lighting", "楼道", "楼道灯坏了")]),
    ("厨房漏水卫生间灯也不亮了", [("water", "厨房", "厨房漏水"), ("lighting", "卫生间", "卫生间灯也不亮了")]),
    ("厨房和卫生间的灯都坏了", [("lighting", "厨房、卫生间", "厨房和卫生间的灯都坏了")]),
    ("厨房还有卫生间的灯都坏了", [("lighting", "厨房、卫生间", "厨房还有卫生间的灯都坏了")]),
    ("厨房、客厅和主卧的插座都没电了", [("electric", "厨房、客厅、主卧", "厨房、客厅和主卧的插座都没电了")]),
])  # fmt: skip
def test_each_fault_is_a_ticket_with_its_own_words(chat: Chat, said: str, tickets: list[tuple[str, str, str]]) -> None:
    chat.say(*said.split("|"))

    assert [(one.category, one.location, one.words) for one in chat.all(Ticket)] == tickets


def test_both_are_read_back_and_a_correction_touches_one_alone(chat: Chat) -> None:
    said = chat.say("厨房水管漏水，楼道灯坏了")
    first, second = chat.all(Ticket)
    assert all(one.number in said for one in (first, second))

    chat.say("不是厨房是卫生间")

    assert [one.location for one in chat.all(Ticket)] == ["卫生间", "楼道"]
    assert chat.all(Ticket)[1].words == "楼道灯坏了"


@pytest.mark.parametrize("words", ["两个都取消", "都取消吧", "那两件都不用修了", "报修都取消"])
@pytest.mark.parametrize(("answer", "state"), [("1", TicketState.CANCELLED), ("先不取消", TicketState.SUBMITTED)])
def test_both_are_called_off_once_they_were_read_back_together(chat: Chat, words: str, answer: str, state: TicketState) -> None:
    chat.say("厨房水管漏水，楼道灯坏了")

    said = chat.say(words)
    assert all(one.number in said and one.quoted in said for one in chat.all(Ticket))
    assert {one.state for one in chat.all(Ticket)} == {TicketState.SUBMITTED}
    chat.say(answer)

    assert {one.state for one in chat.all(Ticket)} == {state}


def test_of_three_two_are_the_two_that_were_told_last(chat: Chat) -> None:
    chat.say("阳台窗户关不上", "厨房水管漏水，楼道灯坏了", "两个都取消", "1")

    assert [one.state for one in chat.all(Ticket)] == [TicketState.SUBMITTED, TicketState.CANCELLED, TicketState.CANCELLED]


# ------------------------------------------------------------------ the same again


@pytest.mark.parametrize(("first", "again", "is_asked"), [
    ("楼道灯坏了", "楼道的灯不亮了", True),
    ("3楼楼道灯坏了", "4楼楼道灯坏了", False),
    ("电梯坏了", "电梯按钮没反应", True),
    ("家里没水了", "屋里一滴水都没有", True),
    ("厨房水管漏水", "厨房水管漏水", False),
    ("楼道灯坏了", "厨房灯不亮", False),
    ("楼道灯坏了", "楼道窗户关不上", False),
])  # fmt: skip
def test_neighbour_is_told_that_it_was_told_where_it_may_be_the_same(chat: Chat, first: str, again: str, is_asked: bool) -> None:
    chat.say(first, "/new")

    assert ("已经有人报了" in chat.say(again)) == is_asked


@pytest.mark.parametrize(("answer", "state"), [
    ("1", TicketState.MERGED), ("同一个", TicketState.MERGED), ("是的", TicketState.MERGED), ("也是那个", TicketState.MERGED),
    ("2", TicketState.SUBMITTED), ("不是同一个", TicketState.SUBMITTED), ("不是，是另外一盏", TicketState.SUBMITTED),
])  # fmt: skip
def test_one_word_joins_or_keeps_apart_and_the_first_words_stand(chat: Chat, answer: str, state: TicketState) -> None:
    chat.say("楼道灯坏了", "/new", "楼道的灯不亮了，太黑了")

    said = chat.say(answer)

    ticket = chat.all(Ticket)[-1]
    assert (ticket.state, ticket.words.partition("\n")[0]) == (state, "楼道的灯不亮了，太黑了")
    assert ticket.number in said


def test_what_was_said_beside_it_is_a_ticket_all_the_same(chat: Chat) -> None:
    chat.say("楼道灯坏了", "/new", "楼道灯坏了，厨房水管漏水", "也是那个")

    assert [(one.location, one.state) for one in chat.all(Ticket)[1:]] == [
        ("楼道", TicketState.MERGED),
        ("厨房", TicketState.SUBMITTED),
    ]


def test_who_joined_by_mistake_has_a_ticket_of_their_own_by_a_word(chat: Chat) -> None:
    chat.say("楼道灯坏了", "/new", "楼道灯坏了", "1")

    said = chat.say("不是同一个")

    assert "分开记了" in said
    assert chat.all(Ticket)[-1].state is TicketState.SUBMITTED


def joined(town: Town) -> tuple[Ticket, Ticket]:
    town.asks(CHEN, actions.report, **_LAMP)
    town.asks(LI, actions.report, **_LAMP, same="yes")
    first, second = town.all(Ticket)
    return first, second


def hears(town: Town, openid: str, text: str) -> Any:
    def run(session: Session) -> Any:
        return actions.hear_score(Turn(session=session, now=town.now, context=town.context, openid=openid, said=text), text)

    return town.database.submit(run).result()


def test_neighbour_hears_each_step_and_rates_and_is_called_back(town: Town) -> None:
    first, second = joined(town)
    for state in ("accepted", "working", "done"):
        town.opens(Role.STAFF, console.move, params={"number": first.number}, state=state)

    assert [second.number in text for text in town.told(LI)] == [True] * 3
    assert "评价" in town.told(LI)[-1]
    assert "2分" in hears(town, LI, "2分")
    hears(town, CHEN, "5分")

    assert [(one.rating, one.state) for one in town.all(Ticket)] == [(5, TicketState.CLOSED), (2, TicketState.MERGED)]
    assert [task.kind for task in town.tasks() if task.is_open] == ["repair.callback"]


def test_it_is_rated_anew_once_it_was_opened_again(town: Town) -> None:
    first, _ = joined(town)
    town.opens(Role.STAFF, console.move, params={"number": first.number}, state="done")
    hears(town, LI, "5分")

    town.asks(LI, actions.urge, unfixed=True)

    assert [(one.rating, one.reopened) for one in town.all(Ticket)] == [(None, 1), (None, 0)]


def test_staff_see_how_many_flats_it_concerns_and_which(town: Town) -> None:
    first, _ = joined(town)

    shown = town.opens(Role.STAFF, console.show, params={"number": first.number}).values["affected"]

    assert [place for _, place in shown] == ["3栋2单元501", "3栋2单元502"]

    def listed(session: Session) -> list[int]:
        desk = Desk(session=session, now=town.now, context=town.context, staff=session.get_one(Staff, 1))
        return [row.joined for row in tickets.load(desk, [session.get_one(Ticket, first.id)])]

    assert town.database.submit(listed).result() == [1]


def test_what_is_urgent_to_one_neighbour_is_urgent_to_both(town: Town) -> None:
    town.asks(CHEN, actions.report, **_LAMP)

    town.asks(LI, actions.report, **_LAMP, urgent=True, same="yes")

    first, second = town.all(Ticket)
    assert (first.urgent, second.state) == (True, TicketState.MERGED)
    assert [task.subject for task in town.tasks() if task.kind == "repair.urgent"] == [first.subject]


def test_neighbour_takes_theirs_back_and_the_first_goes_on(town: Town) -> None:
    _, second = joined(town)

    town.asks(LI, actions.cancel, ticket=second.number, sure="yes")

    assert [(one.state, one.merged_into_id) for one in town.all(Ticket)] == [
        (TicketState.SUBMITTED, None),
        (TicketState.CANCELLED, None),
    ]


@pytest.mark.parametrize(("hours", "building", "is_asked"), [(71, "3", True), (73, "3", False), (1, "5", False)])
def test_it_is_the_same_within_three_days_and_one_building(town: Town, hours: int, building: str, is_asked: bool) -> None:
    town.asks(CHEN, actions.report, **_LAMP)

    def move(session: Session) -> None:
        home = session.exec(
            select(Household).join(Resident, Resident.household_id == Household.id).where(Resident.openid == LI)
        ).one()
        home.building = building

    town.database.submit(move).result()
    town.now += merging.NEAR * hours / 72

    reply = town.asks(LI, actions.report, **_LAMP)

    assert (reply.name == "same") == is_asked
