"""The list of passes: found, narrowed, several called off and put back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.console import lists
from bot.contract import Work
from bot.contract.listpage import Shown
from bot.store.people import Resident
from bot.store.staff import Role
from bot.store.undos import UndoStep
from integrations.visitor_passes import actions
from integrations.visitor_passes.listed import LIST
from integrations.visitor_passes.models import Pass, PassState

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN, LI = "oChen", "oLi"


def invited(town: Town, openid: str = CHEN, **slots: Any) -> Pass:
    town.asks(openid, actions.invite, **{"visitor_name": "张敏", "starts_at": town.now + timedelta(hours=2), **slots})
    return town.all(Pass)[-1]


def listed(town: Town, **query: str) -> Shown:
    return town.opens(Role.STAFF, lists.pages_of(LIST)[0], query=query).values["list"]


def keys(shown: Shown) -> list[str]:
    return [line.key for line in shown.lines]


def age(town: Town, made: Pass, by: timedelta) -> None:
    def write(session: Session) -> None:
        old = session.get_one(Pass, made.id)
        old.created_at, old.starts_at, old.ends_at = old.created_at - by, old.starts_at - by, old.ends_at - by

    town.database.submit(write).result()


def test_usual_list_is_of_these_days_and_old_ones_are_there_when_asked_for(town: Town) -> None:
    new, old = invited(town), invited(town, LI)
    age(town, old, timedelta(days=60))

    assert keys(listed(town)) == [new.public_id]
    assert keys(listed(town, state="all")) == [new.public_id, old.public_id]
    assert keys(listed(town, state="over")) == [old.public_id]


@pytest.mark.parametrize("said", ["501", "陈建国", "张敏", "粤B12345", "粤b·12345", "{code}"])
def test_pass_is_found_by_flat_resident_visitor_plate_and_code(town: Town, said: str) -> None:
    made = invited(town, plate="粤B12345")
    invited(town, LI, visitor_name="王芳")

    assert keys(listed(town, q=said.format(code=made.code.lower()))) == [made.public_id]


@pytest.mark.parametrize(
    ("said", "is_found"), [("欧", True), ("欧阳娜", True), ("赵", False), ("阳", False), ("阳娜", False), ("娜", False)]
)
def test_a_visitor_is_found_by_the_whole_name_and_by_what_the_list_shows_of_it(town: Town, said: str, is_found: bool) -> None:
    made = invited(town, visitor_name="欧阳娜、赵虎")

    assert (made.public_id in keys(listed(town, q=said))) is is_found
    assert keys(listed(town, q="赵虎")) == [made.public_id]


def test_visitors_name_is_masked_on_the_list_and_in_the_file(town: Town) -> None:
    invited(town)
    file = next(one for one in lists.pages_of(LIST) if one.path == "/passes/export.csv")

    told = town.opens(Role.MANAGER, file).body.decode()

    assert "张*" in told
    assert "张敏" not in told + str([line.cells for line in listed(town).lines])


def test_several_are_called_off_and_put_back_and_both_are_told(town: Town) -> None:
    made = [invited(town), invited(town, LI)]
    act, undo = lists.pages_of(LIST)[-1], lists.pages(town.services)[0]

    town.opens(Role.STAFF, act, act="revoke", **{"revoke.why": "mistake"}, **{f"row.{one.public_id}": "1" for one in made})
    off = {one.state for one in town.all(Pass)}
    town.opens(Role.STAFF, undo, params={"undo_step": town.all(UndoStep)[-1].public_id})

    assert off == {PassState.CANCELLED}
    assert {one.state for one in town.all(Pass)} == {PassState.ACTIVE}
    for openid in (CHEN, LI):
        assert ["作废了" in text for text in town.told(openid)] == [True, False]
        assert "没有作废，门岗照常放行" in town.told(openid)[-1]


@pytest.mark.parametrize("comes_back", [False, True])
def test_pass_of_who_was_let_go_meanwhile_is_not_put_back(town: Town, comes_back: bool) -> None:
    gone, stays = invited(town), invited(town, LI)
    act, undo = lists.pages_of(LIST)[-1], lists.pages(town.services)[0]
    town.opens(
        Role.STAFF, act, act="revoke", **{"revoke.why": "mistake"}, **{f"row.{one.public_id}": "1" for one in (gone, stays)}
    )

    def let_go(session: Session) -> None:
        work = Work(session=session, now=town.now + timedelta(minutes=1), context=town.context)
        resident = session.get_one(Resident, gone.resident_id)
        work.unbind(resident, "objected")
        if comes_back:
            work.bind(resident, CHEN)

    town.database.submit(let_go).result()
    done = town.opens(Role.STAFF, undo, params={"undo_step": town.all(UndoStep)[-1].public_id})

    assert {one.id: one.state for one in town.all(Pass)} == {gone.id: PassState.CANCELLED, stays.id: PassState.ACTIVE}
    assert "撤销了 1 张" in done.note


def test_pass_that_is_over_is_not_called_off(town: Town) -> None:
    made = invited(town)
    age(town, made, timedelta(days=3))

    view = town.opens(
        Role.STAFF, lists.pages_of(LIST)[-1], act="revoke", **{"revoke.why": "mistake"}, **{f"row.{made.public_id}": "1"}
    )

    assert (view.status, "已经过期了" in view.values["list"].refused) == (422, True)
