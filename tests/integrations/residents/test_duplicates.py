"""People who stand twice: shown side by side, made one, parted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.contract import View, Work
from bot.errors import Refusal
from bot.store import people
from bot.store.events import Event
from bot.store.merging import Merger
from bot.store.people import Binding, Household, Resident, ResidentRole
from bot.store.staff import Role
from integrations.residents import duplicates, flat
from integrations.visitor_passes.models import Pass

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
        ("resident.merged", other.about), ("resident.moved_in", bound.about), ("resident.parted", other.about),
    ]  # fmt: skip


def test_services_hear_who_moves_by_a_merger_and_passes_of_a_flat_that_is_left_end(town: Town) -> None:
    bound, other = twin(town)

    def move(session: Session) -> None:
        """Let the one who is bound have a second flat, which the other comes to by the merger."""
        people.move_in(session, session.get_one(Resident, bound.id), session.get_one(Household, 3), ResidentRole.TENANT)

    town.database.submit(move).result()
    merges(town, bound, other, other)

    def invite(session: Session) -> None:
        for home in (1, 3):
            session.add(Pass(
                resident_id=other.key, household_id=home, visitor_name="张伟", starts_at=town.now, ends_at=town.now, created_at=town.now,
            ))  # fmt: skip

    town.database.submit(invite).result()
    town.opens(Role.STAFF, duplicates.part, params={"key": town.all(Merger)[0].public_id})

    assert {one.household_id: str(one.state) for one in town.all(Pass)} == {1: "active", 3: "cancelled"}
    moves = [(one.kind, one.subject, one.data["household"]) for one in town.all(Event) if one.kind.startswith("resident.moved")]
    assert moves == [
        ("resident.moved_in", other.about, 3), ("resident.moved_in", bound.about, 1), ("resident.moved_in", bound.about, 3),
        ("resident.moved_out", other.about, 3),
    ]  # fmt: skip


def test_who_is_left_without_a_flat_when_parted_loses_the_account(town: Town) -> None:
    bound, other = twin(town)

    def move(session: Session) -> None:
        one, second = session.get_one(Resident, other.id), session.get_one(Household, 3)
        people.move_in(session, one, second, ResidentRole.OWNER)
        people.move_out(session, one, session.get_one(Household, 1), town.now.date())

    town.database.submit(move).result()
    merges(town, bound, other, other)

    def leave(session: Session) -> None:
        people.move_out(session, session.get_one(Resident, other.id), session.get_one(Household, 1), town.now.date())

    town.database.submit(leave).result()
    town.opens(Role.STAFF, duplicates.part, params={"key": town.all(Merger)[0].public_id})

    assert [one.openid for one in town.all(Resident) if one.id in (bound.id, other.id)] == [None, None]
    assert [(one.subject, one.data) for one in town.all(Event) if one.kind == "resident.unbound"] == [
        (bound.about, {"reason": "moved_out"})
    ]
    assert [one.ended_at for one in town.all(Binding) if one.resident_id == bound.id] == [town.now]


def test_a_pair_that_is_told_apart_is_listed_below_and_suggested_again_when_that_is_undone(town: Town) -> None:
    bound, other = twin(town)
    noted = town.opens(Role.STAFF, duplicates.dismiss, one=other.public_id, other=bound.public_id)
    assert "重新提示" in noted.note

    shown = town.opens(Role.STAFF, duplicates.suggested).values
    [(said, one, two)] = shown["apart"]
    assert (shown["pairs"], shown["found"].total) == ([], 0)
    assert {row["one"].public_id for row in (one, two)} == {bound.public_id, other.public_id}

    town.opens(Role.STAFF, duplicates.suggest_again, params={"key": said.public_id})
    shown = town.opens(Role.STAFF, duplicates.suggested, query={"page": "7"}).values
    assert (len(shown["pairs"]), shown["apart"], shown["found"].before, shown["found"].after) == (1, [], "", "")
    with pytest.raises(LookupError):
        town.opens(Role.STAFF, duplicates.suggest_again, params={"key": said.public_id})
    with pytest.raises(Refusal, match="请选两个人"):
        town.opens(Role.STAFF, duplicates.dismiss, one=other.public_id, other=other.public_id)
    assert [event.kind for event in town.all(Event)] == ["resident.told_apart", "resident.not_told_apart"]


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


@pytest.mark.parametrize("stays", ["王强", "李梅"])
def test_an_account_that_a_flat_does_not_know_comes_into_it_by_no_merger(town: Town, stays: str) -> None:
    li, wang = (next(one for one in town.all(Resident) if one.name == name) for name in ("李梅", "王强"))

    def object_to(session: Session) -> None:
        """Let 503, where Wang lives, not know Li's account."""
        work = Work(session=session, now=town.now, context=town.context)
        work.object_to("oLi", work.household(session.get_one(Resident, wang.id)))

    town.database.submit(object_to).result()
    pair = {"one": li.public_id, "other": wang.public_id, "sure": "1"}

    with pytest.raises(Refusal, match="3栋2单元503说过不认识这个微信"):
        town.opens(Role.STAFF, duplicates.merge, **pair, stays=(wang if stays == "王强" else li).public_id)

    assert {one.name: one.openid for one in town.all(Resident)} == {"陈建国": "oChen", "李梅": "oLi", "王强": None}
    assert town.all(Merger) == []


def test_no_account_is_bound_to_a_row_that_became_somebody_elses_meanwhile(town: Town) -> None:
    li, wang = (next(one for one in town.all(Resident) if one.name == name) for name in ("李梅", "王强"))
    town.opens(Role.STAFF, duplicates.merge, one=li.public_id, other=wang.public_id, stays=li.public_id, sure="1")

    def bind(session: Session) -> None:
        """Go on with the row that was chosen before."""
        Work(session=session, now=town.now, context=town.context).bind(session.get_one(Resident, wang.id), "oNew")

    with pytest.raises(Refusal, match="刚刚合并了"):
        town.database.submit(bind).result()


def test_two_with_other_numbers_or_names_are_merged_only_by_who_says_that_they_are_one(town: Town) -> None:
    bound, other = twin(town)

    def differ(session: Session) -> None:
        one = session.get_one(Resident, bound.id)
        one.phone, one.name = "13900002222", "陈卫国民"
        session.add(one)

    town.database.submit(differ).result()
    pair = {"one": bound.public_id, "other": other.public_id}
    assert town.opens(Role.STAFF, duplicates.compare, query=pair).values["unlike"] == ["两个人的电话不一样", "两个人的姓名不一样"]
    with pytest.raises(Refusal, match=r"电话不一样.*打勾"):
        merges(town, bound, other, bound)

    town.opens(Role.STAFF, duplicates.merge, **pair, stays=bound.public_id, sure="1")

    assert len(town.all(Merger)) == 1


def test_a_slip_in_a_name_and_a_number_that_one_of_them_lacks_ask_nothing_of_who_merges(town: Town) -> None:
    bound, other = twin(town)

    def slip(session: Session) -> None:
        one = session.get_one(Resident, bound.id)
        one.name = "陈健国"
        session.add(one)

    town.database.submit(slip).result()

    assert (
        town.opens(Role.STAFF, duplicates.compare, query={"one": bound.public_id, "other": other.public_id}).values["unlike"]
        == []
    )
    merges(town, bound, other, bound)
    assert len(town.all(Merger)) == 1
