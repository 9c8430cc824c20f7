"""Binding: a flat of the roster at once, one that is not on it by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot.contract import Ask, Refusal, Reply
from bot.store import conversations, notices
from bot.store.notices import Audience, Notice
from bot.store.people import Household, Resident
from bot.store.staff import Role
from integrations.identity import actions, binding, console
from integrations.notices import actions as notices_said

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

NEW = "oNew"


def test_flat_of_the_roster_is_bound_and_the_family_is_told(town: Town) -> None:
    reply = town.asks(NEW, actions.bind, building="3", unit="2", room="501")

    assert isinstance(reply, Reply)
    assert (reply.name, reply.values["flat"]) == ("done", "3栋2单元501")
    assert town.told("oChen") == ["有人用微信绑定了您家（3栋2单元501）。是家人就不用管；不认识请回复“转人工”。"]


def test_flat_nearly_right_is_asked_back(town: Town) -> None:
    ask = town.asks(NEW, actions.bind, building="3", unit="2", room="510")

    assert isinstance(ask, Ask)
    assert "3栋2单元501" in ask.options.values()
    assert town.asks(NEW, actions.bind, building="3", unit="2", room="501").name == "done"


def test_flat_that_waits_is_shown_and_asked_of_the_staff_once(town: Town) -> None:
    ask = town.asks(NEW, actions.bind, building="3", unit="2", room="510")
    assert isinstance(ask, Ask)
    assert town.asks(NEW, actions.bind, building="3", unit="2", room=ask.agreed).name == "pending"

    shown = town.asks(NEW, actions.show)

    assert isinstance(shown, Reply)
    assert (shown.name, shown.values["said"], [task.title for task in town.tasks()]) == (
        "waits",
        "3栋2单元510",
        ["核对住址：3栋2单元510"],
    )


def test_unknown_flat_waits_for_staff_who_add_it(town: Town) -> None:
    assert town.asks(NEW, actions.bind, building="99", unit="1", room="101").name == "pending"
    [task] = town.tasks()

    town.opens(Role.STAFF, console.confirm, params={"id": task.public_id}, household="new")

    resident = next(found for found in town.all(Resident) if found.openid == NEW)
    assert [flat.label for flat in town.all(Household) if flat.id == resident.household_id] == ["99栋1单元101"]
    assert town.told(NEW) == ["核对好了，您已绑定99栋1单元101。邀请访客、报修、健康打卡，直接说就行。"]


def test_second_colleague_is_told_that_it_is_done(town: Town) -> None:
    town.asks(NEW, actions.bind, building="99", unit="1", room="101")
    [task] = town.tasks()
    town.opens(Role.STAFF, console.refuse, params={"id": task.public_id})

    with pytest.raises(Refusal, match="已由同事处理"):
        town.opens(Role.STAFF, console.confirm, params={"id": task.public_id}, household="new")
    assert not any(resident.openid == NEW for resident in town.all(Resident))


@pytest.mark.parametrize(("said", "rooms"), [
    ("3栋2单元502", ["502"]), ("3-2-502", ["502"]), ("3栋502", ["502"]), ("502", ["502"]), ("50", []), ("3栋", ["501", "502", "503"]), ("谁", []),
])  # fmt: skip
def test_flats_are_found_by_the_numbers_said(town: Town, said: str, rooms: list[str]) -> None:
    found = town.database.submit(lambda session: [flat.room for flat in binding.search(session, said)]).result()

    assert found == rooms


def test_staff_bind_to_a_flat_they_looked_up_themselves(town: Town) -> None:
    town.asks(NEW, actions.bind, building="99", unit="1", room="101")
    [task] = town.tasks()

    town.opens(Role.STAFF, console.confirm, params={"id": task.public_id}, flat="3栋2单元503")

    resident = next(found for found in town.all(Resident) if found.openid == NEW)
    assert [flat.room for flat in town.all(Household) if flat.id == resident.household_id] == ["503"]


def test_flat_that_may_be_several_is_asked_back(town: Town) -> None:
    town.asks(NEW, actions.bind, building="99", unit="1", room="101")
    [task] = town.tasks()

    with pytest.raises(Refusal, match="有好几户：3栋2单元501、3栋2单元502"):
        town.opens(Role.STAFF, console.confirm, params={"id": task.public_id}, flat="3栋")


def test_page_shows_what_was_said_and_the_talk_but_no_openid(town: Town) -> None:
    town.asks(NEW, actions.bind, building="99", unit="1", room="101")

    def talk(session: Session) -> None:
        conversations.open_with(session, NEW, 1, town.now)
        conversations.say(session, NEW, "resident", "我住99栋1单元101，电话13800000002", town.now)

    town.database.submit(talk).result()

    [row] = town.opens(Role.STAFF, console.waiting).values["rows"]

    assert row["said"] == ["我住99栋1单元101，电话13800000002"]
    assert row["phones"] == ["13800000002"]
    assert row["talk"]


def test_who_is_bound_keeps_the_flat(town: Town) -> None:
    assert town.asks("oChen", actions.bind, building="3", unit="2", room="502").name == "already"


def test_unbinding_lets_go(town: Town) -> None:
    town.asks("oChen", actions.unbind)

    assert not any(resident.openid == "oChen" for resident in town.all(Resident))


def test_residents_see_the_notices_that_were_for_them(town: Town) -> None:
    def publish(session: object, to: str, title: str) -> Notice:
        notice = notices.draft(session, title, "内容", Audience.parse(to), town.now)  # type: ignore[arg-type]
        notices.publish(session, notice, town.now)  # type: ignore[arg-type]
        return notice

    town.database.submit(publish, "3栋2单元501", "只给501").result()
    town.database.submit(publish, "全体", "给大家").result()

    assert "只给501" in town.says("oChen", notices_said.latest)
    assert "只给501" not in town.says("oLi", notices_said.latest)
    assert "给大家" in town.says(NEW, notices_said.latest)
    assert len(town.database.submit(lambda session: session.exec(select(Notice)).all()).result()) == 2
