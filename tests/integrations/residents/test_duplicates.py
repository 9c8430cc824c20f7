"""People who stand twice: shown side by side, made one, parted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.contract import View
from bot.errors import Refusal
from bot.store import people
from bot.store.events import Event
from bot.store.people import Household, Resident
from bot.store.staff import Role
from integrations.residents import duplicates, flat

if TYPE_CHECKING:
    from tests.integrations.conftest import Town


def twin(town: Town) -> tuple[Resident, Resident]:
    """Add 陈建国 to the roster once more, beside the one who is bound."""

    def run(session: Session) -> Resident:
        return people.settle(session, session.get_one(Household, 1), name="陈建国", phone="13900001111")

    other = town.database.submit(run).result()
    return next(one for one in town.all(Resident) if one.openid == "oChen"), other


def merges(town: Town, one: Resident, other: Resident, stays: Resident) -> Any:
    return town.opens(Role.STAFF, duplicates.merge, one=one.public_id, other=other.public_id, stays=stays.public_id)


def test_a_pair_is_suggested_merged_and_parted_from_the_page_of_the_flat(town: Town) -> None:
    bound, other = twin(town)
    listed = town.opens(Role.STAFF, duplicates.suggested)
    assert isinstance(listed, View)
    assert [why for _, _, why in listed.values["pairs"]] == ["同一户，姓名相同"]

    merges(town, bound, other, other)

    [row] = town.opens(Role.STAFF, flat.show, params={"id": "1"}).values["people"]
    assert (row["one"].public_id, row["one"].openid) == (other.public_id, "oChen")
    [(merger, _)] = row["mergers"]
    assert town.opens(Role.STAFF, duplicates.suggested).values["pairs"] == []
    town.opens(Role.STAFF, duplicates.part, params={"key": merger.public_id})
    assert len(town.opens(Role.STAFF, flat.show, params={"id": "1"}).values["people"]) == 2
    assert [(event.kind, event.subject) for event in town.all(Event)] == [
        ("resident.merged", other.about), ("resident.parted", other.about),
    ]  # fmt: skip


def test_nobody_is_merged_before_it_is_said_who_stays(town: Town) -> None:
    bound, other = twin(town)

    with pytest.raises(Refusal, match="留下哪一位"):
        town.opens(Role.STAFF, duplicates.merge, one=bound.public_id, other=other.public_id)
    with pytest.raises(Refusal, match="先选两个人"):
        town.opens(Role.STAFF, duplicates.compare, query={"one": bound.public_id})


def test_two_accounts_are_told_apart_before_the_button_is_pressed(town: Town) -> None:
    chen, li = (next(one for one in town.all(Resident) if one.openid == openid) for openid in ("oChen", "oLi"))

    shown = town.opens(Role.STAFF, duplicates.compare, query={"one": chen.public_id, "other": li.public_id})

    assert "解除另一个的绑定" in shown.values["refused"]
    with pytest.raises(Refusal, match="解除另一个的绑定"):
        merges(town, chen, li, chen)
