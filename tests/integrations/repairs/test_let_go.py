"""Repairs of a flat whose account was let go: they go on, and whoever reported them still sees where they stand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, select

from bot.contract import Ask, Evidence, Reply, ResidentRole, Task, Turn, Work
from bot.store import people
from bot.store.people import Household, Resident
from integrations.identity import actions as identity
from integrations.repairs import actions
from integrations.repairs.models import Ticket
from tests.integrations.conftest import CHEN, LI

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

FAULT: dict[str, Any] = {"category": "water", "location": "厨房"}
LAMP: dict[str, Any] = {"category": "power", "location": "卧室"}
SECOND = "oSecond"


def lets_go(town: Town) -> Reply | Ask:
    town.now += timedelta(hours=1)
    return town.asks(CHEN, identity.unbind, sure="yes")


def test_unbinding_names_what_goes_on_there_and_asks_first(town: Town) -> None:
    town.asks(CHEN, actions.report, **FAULT)
    town.asks(CHEN, actions.report, **LAMP)

    asked = town.asks(CHEN, identity.unbind)

    assert isinstance(asked, Ask)
    assert asked.name == "sure"
    assert asked.values["open"].startswith("2件（卧室")
    done = lets_go(town)
    assert isinstance(done, Reply)
    assert (done.name, done.values["open"]) == ("done", asked.values["open"])


def test_unbinding_with_nothing_open_says_nothing_of_it(town: Town) -> None:
    done = lets_go(town)

    assert isinstance(done, Reply)
    assert (done.name, done.values["open"]) == ("done", "")


def test_whoever_let_go_of_the_flat_still_finds_what_they_reported_with_its_flat(town: Town) -> None:
    town.asks(CHEN, actions.report, **FAULT)
    lets_go(town)

    [ticket] = town.all(Ticket)
    told = town.says(CHEN, actions.status)
    assert f"{ticket.number} 3栋2单元501 厨房" in told
    assert town.asks(CHEN, actions.urge).name == "done"
    assert [one.title for one in town.tasks() if one.kind == "repair.urged"] == [f"住户催办（第1次）：3栋2单元501 {ticket.what}"]


def test_what_others_report_of_the_flat_later_is_not_theirs(town: Town) -> None:
    lets_go(town)
    town.now += timedelta(hours=1)

    def binds_anew(session: Session) -> None:
        chen = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
        Work(session=session, now=town.now, context=town.context).bind(chen, SECOND)

    town.database.submit(binds_anew).result()
    town.asks(SECOND, actions.report, **FAULT)

    assert town.asks(CHEN, actions.status).name == "none"
    assert town.asks(LI, actions.status).name == "none"


def test_whoever_has_another_account_since_is_asked_there_alone(town: Town) -> None:
    town.asks(CHEN, actions.report, **FAULT)
    lets_go(town)

    def binds_anew(session: Session) -> None:
        chen = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
        Work(session=session, now=town.now, context=town.context).bind(chen, SECOND)

    town.database.submit(binds_anew).result()

    assert town.asks(SECOND, actions.status).name == "done"
    assert town.asks(CHEN, actions.status).name == "none"


def test_whom_the_flat_does_not_know_sees_nothing_of_it_but_their_own_words(town: Town) -> None:
    town.asks(CHEN, actions.report, **FAULT)

    def finished_and_put_out(session: Session) -> None:
        turn = Turn(session=session, now=town.now + timedelta(hours=1), context=town.context, openid=CHEN)
        ticket = session.exec(select(Ticket)).one()
        ticket.state = actions.TicketState.CLOSED
        session.add(ticket)
        turn.object_to(CHEN, session.get_one(Household, 1))

    town.database.submit(finished_and_put_out).result()

    assert town.asks(CHEN, actions.status).name == "none"


def test_pressing_for_a_repair_of_another_flat_names_that_flat(town: Town) -> None:
    town.asks(CHEN, actions.report, **FAULT)

    def second_flat(session: Session) -> None:
        work = Work(session=session, now=town.now, context=town.context)
        flat = Household(building="3", unit="2", room="601")
        session.add(flat)
        session.flush()
        chen = people.bound(session, CHEN)
        assert chen is not None
        work.move_in(chen, flat, ResidentRole.OWNER, Evidence.ROSTER)
        people.speak_for(session, chen, flat)

    town.database.submit(second_flat).result()
    town.asks(CHEN, actions.urge)

    [task] = [one for one in town.all(Task) if one.kind == "repair.urged"]
    assert "3栋2单元501" in task.title
