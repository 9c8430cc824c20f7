"""A fault reported by somebody who has not shown where they live: it is gone and looked at, and opens nothing of the flat's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.contract import Refusal, Reply, Turn, leaving
from bot.store import claims, erasures, people, scope
from bot.store.erasures import Erasure
from bot.store.people import Household
from bot.store.staff import Role
from integrations.repairs import actions, console
from integrations.repairs.cards import tickets
from integrations.repairs.models import Ticket
from tests.integrations.conftest import CHEN

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

NEW = "oNew"
FAULT: dict[str, Any] = {"category": "water", "location": "厨房"}


def claims_501(town: Town) -> None:
    """Let the newcomer say that they live in 3栋2单元501."""

    def claim(session: Session) -> None:
        scope.enter(session, town.community.key)
        claims.claim(session, NEW, ("3", "2", "501"), session.get_one(Household, 1), town.now)

    town.database.submit(claim).result()


def test_the_fault_is_on_record_and_marked(town: Town) -> None:
    claims_501(town)

    reply = town.asks(NEW, actions.report, **FAULT)

    assert isinstance(reply, Reply)
    assert reply.values["unproven"] == "3栋2单元501"
    [ticket] = town.all(Ticket)
    assert (ticket.resident_id, ticket.household_id, ticket.openid) == (None, None, NEW)
    columns = town.opens(Role.STAFF, console.board).values["columns"]
    assert [row.place for *_, rows in columns for row, _ in rows] == ["3栋2单元501（未核实）"]


def test_nobody_else_sees_urges_or_cancels_what_an_unproven_account_reported(town: Town) -> None:
    claims_501(town)
    town.asks(NEW, actions.report, **FAULT)
    [ticket] = town.all(Ticket)

    for stranger in ("oStranger", CHEN):
        assert ticket.number not in str(town.asks(stranger, actions.status))
        for act in (actions.urge, actions.cancel, actions.rate):
            assert ticket.number not in str(town.asks(stranger, act))
    assert [(one.state, one.urged) for one in town.all(Ticket)] == [(ticket.state, 0)]


def test_the_page_of_the_ticket_says_that_nobody_has_proven_it_and_the_reporter_is_told(town: Town) -> None:
    claims_501(town)
    town.asks(NEW, actions.report, **FAULT)
    [ticket] = town.all(Ticket)

    shown = town.opens(Role.STAFF, console.show, params={"number": ticket.number}).values
    town.opens(Role.STAFF, console.move, params={"number": ticket.number}, state="accepted")

    assert (shown["place"], shown["reporter"]) == ("3栋2单元501（未核实）", None)
    assert "已受理" in town.told(NEW)[-1]


def test_neither_the_household_nor_its_card_shows_it(town: Town) -> None:
    claims_501(town)
    town.asks(NEW, actions.report, **FAULT)

    assert named(town.asks(CHEN, actions.status)) == "none"
    assert town.runs_card(tickets, "501") == []


def test_the_one_who_reported_it_may_ask_press_and_call_it_off(town: Town) -> None:
    claims_501(town)
    town.asks(NEW, actions.report, **FAULT)

    assert named(town.asks(NEW, actions.status)) == "done"
    assert named(town.asks(NEW, actions.urge)) == "done"
    assert named(town.asks(NEW, actions.cancel, sure="yes")) == "done"


def test_once_it_is_proven_the_report_is_the_residents_and_the_flats(town: Town) -> None:
    claims_501(town)
    town.asks(NEW, actions.report, **FAULT)

    def bind(session: Session) -> None:
        turn = Turn(session=session, now=town.now, context=town.context, openid=NEW)
        turn.bind(people.settle(session, session.get_one(Household, 1), name="陈小明"), NEW)

    town.database.submit(bind).result()

    [ticket] = town.all(Ticket)
    assert (ticket.household_id, ticket.openid, ticket.said_flat) == (1, None, "")
    assert ticket.resident_id is not None


@pytest.mark.parametrize(("openid", "most"), [(NEW, actions.MOST_UNPROVEN), (CHEN, actions.MOST)])
def test_so_many_reports_a_day_are_kindly_enough(town: Town, openid: str, most: int) -> None:
    claims_501(town)
    for _ in range(most):
        town.asks(openid, actions.report, **FAULT)

    with pytest.raises(Refusal, match="今天您已经报了好几件"):
        town.asks(openid, actions.report, **FAULT)
    assert len(town.all(Ticket)) == most


def test_urgent_calls_of_a_stranger_do_not_keep_those_on_duty_running(town: Town) -> None:
    claims_501(town)
    for _ in range(actions.MOST_URGENT_UNPROVEN):
        town.asks(NEW, actions.report, **FAULT, urgent=True)

    with pytest.raises(Refusal):
        town.asks(NEW, actions.report, **FAULT, urgent=True)


def named(reply: Any) -> str:
    return str(reply.name)


@pytest.mark.parametrize(("place", "state", "location"), [("厨房", "cancelled", ""), ("楼道", "submitted", "楼道")])
def test_who_leaves_takes_along_what_they_reported_and_what_is_everybodys_is_mended_all_the_same(
    town: Town, place: str, state: str, location: str
) -> None:
    claims_501(town)
    town.asks(NEW, actions.report, **FAULT | {"location": place, "phone": "13900000000", "urgent": True})

    def leave(session: Session) -> None:
        leaving.leave(Turn(session=session, now=town.now, context=town.context, openid=NEW), "deleted")
        erasures.carry_out(session, session.get_one(Erasure, NEW), town.now, "blank")

    town.database.submit(leave).result()

    [ticket] = town.all(Ticket)
    assert (str(ticket.state), ticket.location) == (state, location)
    assert (ticket.openid, ticket.said_flat, ticket.words, ticket.phone) == (None, "", "", "")
    assert [one.openid for one in town.tasks()] == [None]
    assert not [one.title for one in town.tasks() if "501" in one.title]


def test_what_was_reported_after_leaving_stays(town: Town) -> None:
    town.asks(NEW, actions.report, **FAULT)
    left_at, town.now = town.now, town.now + timedelta(minutes=1)
    town.asks(NEW, actions.report, **FAULT)

    def erase(session: Session) -> None:
        leaving.erase_account(Turn(session=session, now=town.now, context=town.context, openid=NEW), NEW, left_at)

    town.database.submit(erase).result()

    assert sorted((str(one.state), one.openid) for one in town.all(Ticket)) == [("cancelled", None), ("submitted", NEW)]


@pytest.mark.parametrize("reason", ["blocked", "objected"])
def test_what_an_account_reported_that_a_flat_does_not_know_is_a_strangers_again(town: Town, reason: str) -> None:
    def do(act: Any) -> Any:
        def run(session: Session) -> Any:
            scope.enter(session, town.community.key)
            return act(Turn(session=session, now=town.now, context=town.context, openid=NEW))

        return town.database.submit(run).result()

    claims_501(town)
    town.asks(NEW, actions.report, **FAULT)
    do(lambda work: work.bind(work.settle(work.session.get_one(Household, 1), name="新来的"), NEW))
    town.asks(NEW, actions.report, category="power", location="客厅")
    proven = [one.household_id for one in town.all(Ticket)]
    do(lambda work: work.object_to(NEW, work.session.get_one(Household, 1), reason))

    assert proven == [1, 1]
    assert [(one.resident_id, one.household_id, one.openid) for one in town.all(Ticket)] == [(None, None, NEW)] * 2
    columns = town.opens(Role.STAFF, console.board).values["columns"]
    assert {row.place for *_, rows in columns for row, _ in rows} == {"3栋2单元501（未核实）"}


def test_who_is_blocked_reports_a_fault_where_they_lived_as_a_stranger_may(town: Town) -> None:
    def block(session: Session) -> None:
        scope.enter(session, town.community.key)
        work = Turn(session=session, now=town.now, context=town.context, openid=CHEN)
        work.object_to(CHEN, session.get_one(Household, 1), "blocked")

    town.database.submit(block).result()
    reply = town.asks(CHEN, actions.report, **FAULT)

    assert isinstance(reply, Reply)
    assert reply.values["unproven"] == "3栋2单元501"
