"""Who leaves: one of a party or all, a wrong tap taken back; and the list of who came in and went out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.console import lists
from bot.contract import Refusal
from bot.store.events import Event
from bot.store.staff import Role
from integrations.visitor_passes import console, door_api
from integrations.visitor_passes.models import Pass, Passage
from integrations.visitor_passes.passages import LIST
from tests.integrations.visitor_passes.test_at_the_gate import asked, hears, invited, picked, waits
from tests.integrations.visitor_passes.test_doors import asked as asks
from tests.integrations.visitor_passes.test_doors import calls, put_up

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN, LI = "oChen", "oLi"


def leaves(town: Town, number: int | None, **form: str) -> str:
    return str(town.opens(Role.GUARD, console.left, params={"id": str(number)}, **form).to)


def comes_back(town: Town, number: int | None, **form: str) -> None:
    town.opens(Role.GUARD, console.come_back, params={"id": str(number)}, **form)


def all_in(town: Town, people: int) -> Passage:
    made = invited(town, people=people, ends_at=town.now + timedelta(hours=2))
    town.opens(Role.GUARD, console.admit, params={"id": made.public_id}, people=str(people))
    return town.all(Passage)[-1]


def counted(town: Town) -> list[tuple[int, bool]]:
    return [(one.gone, one.left_at is not None) for one in town.all(Passage) if one.direction == "in"]


# ------------------------------------------------------------------ a party


def test_party_of_twelve_is_counted_out_one_by_one(town: Town) -> None:
    came = all_in(town, 12)
    leaves(town, came.id, people="1")
    leaves(town, came.id, people="1")
    town.now += timedelta(hours=3)

    [row] = town.opens(Role.GUARD, console.stand).values["staying"]
    assert row.people == 10
    leaves(town, came.id)
    assert counted(town) == [(12, True)]
    assert town.opens(Role.GUARD, console.stand).values["staying"] == []


def test_turnstile_counts_each_of_a_party_out_whom_the_guard_let_in_together(town: Town) -> None:
    door, came = put_up(town), all_in(town, 3)
    code = town.all(Pass)[-1].code
    for number in range(2):
        asks(town, door, f"out-{number:05}", code=code, direction="out")
    assert counted(town) == [(2, False)]
    asks(town, door, "out-00009", code=code, direction="out")
    assert counted(town) == [(3, True)]
    assert came.id == town.all(Passage)[0].id


def test_walk_ups_are_counted_as_many_as_came(town: Town) -> None:
    one = asked(town, people="4")
    hears(town, CHEN, "同意进门")
    town.opens(Role.GUARD, console.decide, params={"id": one.public_id}, do="host")

    assert [passage.people for passage in town.all(Passage)] == [4]


# ------------------------------------------------------------------ a wrong tap


def test_wrong_tap_on_leaving_is_offered_back_and_taken_back(town: Town) -> None:
    number = picked(town, invited(town)).passage.id
    to = leaves(town, number)
    gone = town.opens(Role.GUARD, console.stand, query={"left": to.partition("=")[2]}).values["gone"]
    assert gone.visitor == "张*"

    comes_back(town, number)

    assert counted(town) == [(0, False)]
    [row] = town.opens(Role.GUARD, console.stand).values["latest"]
    assert (row["left_at"], row["may_undo"]) == (None, True)
    assert [event.kind for event in town.all(Event) if event.kind in ("gate.left", "gate.stayed")] == ["gate.left", "gate.stayed"]
    with pytest.raises(Refusal, match="已经撤回"):
        comes_back(town, number)


def test_one_of_a_party_who_was_said_to_have_left_comes_back_alone(town: Town) -> None:
    came = all_in(town, 3)
    leaves(town, came.id, people="1")
    leaves(town, came.id, people="1")
    comes_back(town, came.id, people="1")
    assert counted(town) == [(1, False)]


def test_all_who_left_by_one_tap_come_back_by_one_and_those_before_stay_away(town: Town) -> None:
    pass_ = invited(town, people=3)
    first, *rest = [picked(town, pass_).passage.id for _ in range(3)]
    leaves(town, first)
    town.now += timedelta(minutes=1)
    leaves(town, rest[0], who="all")

    comes_back(town, rest[0])

    assert counted(town) == [(1, True), (0, False), (0, False)]


def test_leaving_long_ago_stays(town: Town) -> None:
    number = picked(town, invited(town)).passage.id
    leaves(town, number)
    town.now += timedelta(minutes=10)

    assert town.opens(Role.GUARD, console.stand, query={"left": str(number)}).values["gone"] is None
    with pytest.raises(Refusal, match="10 分钟"):
        comes_back(town, number)


def test_who_ordered_reads_that_nothing_was_left_with_the_guard_after_all(town: Town) -> None:
    number = picked(town, invited(town, visitor_name="快递")).passage.id
    leaves(town, number, who="dropped")
    comes_back(town, number)
    assert town.told(CHEN)[-1] == "更正：刚才是门岗点错了，快递没有放在门岗。"

    leaves(town, number)
    before = len(town.told(CHEN))
    town.now += timedelta(minutes=1)
    comes_back(town, number)
    assert len(town.told(CHEN)) == before


def test_car_that_was_sent_away_by_a_wrong_tap_is_asked_about_again(town: Town) -> None:
    door = put_up(town)
    invited(town, plate="粤B12345")
    asks(town, door, plate="粤B12346")
    [passage] = town.all(Passage)
    to = town.opens(Role.GUARD, console.answer, params={"id": str(passage.id)}, do="away").to
    assert town.opens(Role.GUARD, console.stand, query={"check": to.partition("=")[2]}).values["verdict"].may_undo

    town.opens(Role.GUARD, console.undo, params={"id": str(passage.id)})
    assert calls(town, door, door_api.ask_again, request="request-1").decision == "ask_guard"
    town.opens(Role.GUARD, console.answer, params={"id": str(passage.id)}, do="in")
    assert calls(town, door, door_api.ask_again, request="request-1").decision == "open"


def test_car_that_waited_too_long_has_to_stop_once_more(town: Town) -> None:
    door = put_up(town)
    invited(town, plate="粤B12345")
    asks(town, door, plate="粤B12346")
    [passage] = town.all(Passage)
    town.opens(Role.GUARD, console.answer, params={"id": str(passage.id)}, do="away")
    town.now += timedelta(minutes=3)
    with pytest.raises(Refusal, match="再到道闸前停一下"):
        town.opens(Role.GUARD, console.undo, params={"id": str(passage.id)})


# ------------------------------------------------------------------ the list


def said(town: Town, **query: str) -> list[str]:
    shown = town.opens(Role.MANAGER, lists.pages_of(LIST)[0], query=query).values["list"]
    return [line.key for line in shown.lines]


def test_manager_reads_who_came_in_yesterday_and_who_is_in_yet(town: Town) -> None:
    door = put_up(town)
    first = picked(town, invited(town, plate="粤B12345")).passage
    asks(town, door, "request-1", code="XXXXXX")
    one = asked(town, flat="3-2-502", who="送水的")
    hears(town, LI, "同意进门")
    town.opens(Role.GUARD, console.decide, params={"id": one.public_id}, do="host")
    yesterday = f"{town.now:%Y-%m-%d}"
    town.now += timedelta(days=1)
    picked(town, invited(town, visitor_name="王芳"))
    of = {str(passage.id): passage for passage in town.all(Passage)}

    assert len(said(town)) == 4
    assert [of[key].reason for key in said(town, at_from=yesterday, at_to=yesterday)] == ["", "unknown", ""]
    assert said(town, state="in", at_from=yesterday, at_to=yesterday, q="502") == [str(len(of) - 1)]
    assert said(town, q="粤B12345") == [str(first.id)]
    assert len(said(town, state="inside")) == 3
    leaves(town, first.id)
    assert len(said(town, state="inside")) == 2
    assert [of[key].reason for key in said(town, state="refused")] == ["unknown"]
    assert said(town, gate=str(door.id)) == said(town, state="refused")
    assert not waits(town)


def test_days_of_the_list_begin_and_end_at_midnight_in_shanghai(town: Town) -> None:
    made = invited(town, people=3, ends_at=town.now + timedelta(days=3))
    midnight = (town.now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    for town.now in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(days=1) - timedelta(seconds=1)):
        picked(town, made)
    last, middle, first = said(town)
    days = [f"{midnight + timedelta(days=number):%Y-%m-%d}" for number in (-1, 0)]

    assert said(town, at_to=days[0]) == [first]
    assert said(town, at_from=days[1]) == [last, middle]
    assert said(town, at_from=days[1], at_to=days[1]) == [last, middle]
