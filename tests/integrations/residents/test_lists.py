"""Lists of residents and flats: everybody is in them, and whoever is chosen is tagged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.contract import Download, View
from bot.errors import Refusal
from bot.language.disclosure import Health
from bot.store import grants, people, register
from bot.store.events import Event
from bot.store.people import Household, Resident
from bot.store.staff import Role
from integrations.residents import duplicates, lists, moves

if TYPE_CHECKING:
    from tests.integrations.conftest import Town


def listed(town: Town, page: Any = lists.people, /, **query: str) -> dict[str, Any]:
    view = town.opens(Role.STAFF, page, query=query)
    assert isinstance(view, View)
    return dict(view.values)


def names(town: Town, **query: str) -> list[str]:
    return [one.name for one, _, _ in listed(town, **query)["rows"]]


def person(town: Town, name: str) -> Resident:
    return next(one for one in town.all(Resident) if one.name == name)


def tags(town: Town, do: str, *who: str, tag: str = "志愿者", **more: str) -> Any:
    chosen = {f"who.{person(town, name).public_id}": "1" for name in who}
    return town.opens(Role.STAFF, lists.tag, tag=tag, do=do, **chosen, **more)


def test_people_stand_with_their_flat_and_a_masked_phone(town: Town) -> None:
    chen = person(town, "陈建国").id

    def call(session: Session) -> None:
        one = session.get_one(Resident, chen)
        one.phone = "13800008000"
        session.add(one)

    town.database.submit(call).result()

    assert names(town) == ["陈建国", "李梅", "王强"]
    assert listed(town, q="8000")["rows"][0][1:] == ([("3栋2单元501", "家属")], "138****8000")
    assert names(town, q="cjg") == names(town, q="3-2-501") == ["陈建国"]
    assert names(town, bound="no") == ["王强"]


def test_every_page_says_how_many_there_are_in_all_and_the_last_one_is_reached(town: Town) -> None:
    def move(session: Session) -> None:
        flat = session.get_one(Household, 1)
        for number in range(register.PAGE * 2):
            people.settle(session, flat, name=f"住{number}")

    town.database.submit(move).result()

    first, last = listed(town), listed(town, page="99")
    assert (first["found"].total, first["found"].pages, len(first["rows"])) == (2 * register.PAGE + 3, 3, register.PAGE)
    assert (last["found"].page, len(last["rows"]), last["after"]) == (3, 3, "")
    assert "page=2" in last["before"]


def test_a_tag_is_given_to_those_who_are_chosen_and_taken_back_from_those_who_got_it(town: Town) -> None:
    tags(town, "add", "李梅")

    answer = tags(town, "add", "陈建国", "李梅", q="3-2")

    assert isinstance(answer, View)
    assert answer.values["note"] == "给 1 人加上了“志愿者”，1 人本来就是这样。"
    undo = answer.values["undo"]
    assert undo["who"] == [person(town, "陈建国").public_id]
    town.opens(Role.STAFF, lists.tag, tag=undo["tag"], do=undo["do"], undoes="1", **{f"who.{one}": "1" for one in undo["who"]})
    assert [one.tags for one in town.all(Resident)] == [[], ["志愿者"], []]
    assert names(town, tag="志愿者") == ["李梅"]
    assert [event.kind for event in town.all(Event)] == ["resident.tagged", "resident.tagged", "resident.untagged"]


def test_who_was_tagged_stands_in_no_address(town: Town) -> None:
    answer = tags(town, "add", "陈建国", q="陈建国", filtered="")

    assert isinstance(answer, View)
    assert (answer.values["asked"]["q"], [one.name for one, _, _ in answer.values["rows"]]) == ("陈建国", ["陈建国"])
    again = town.opens(Role.STAFF, lists.tagged)
    assert (again.to, again.note) == ("/console/people", "")


@pytest.fixture
def ill(town: Town) -> Town:
    """A town where Li has an illness among her tags, and staff may not read words of health."""
    town.health = Health(words=re.compile("糖尿病"))
    town.opens(Role.MANAGER, lists.tag, tag="糖尿病", do="add", **{f"who.{person(town, '李梅').public_id}": "1"})
    tags(town, "add", "李梅", "王强", tag="志愿者")
    return town


def test_nobody_is_found_by_a_tag_that_whoever_looks_may_not_read(ill: Town) -> None:
    for said in ("糖尿病", "糖", "尿病", "病"):
        assert names(ill, q=said) == []
        assert listed(ill, lists.households, q=said)["rows"] == []
        known = ill.opens(Role.STAFF, moves.known, params={"id": "1"}, query={"who": said})
        found = ill.opens(Role.STAFF, duplicates.search, query={"q": said})
        assert (known.values["rows"], found.values["rows"]) == ([], [])
    assert (names(ill, tag="病"), names(ill, q="志愿")) == ([], ["李梅", "王强"])
    view = ill.opens(Role.MANAGER, lists.people, query={"q": "糖尿"})
    assert [one.name for one, _, _ in view.values["rows"]] == ["李梅"]


@pytest.mark.parametrize("page", [lists.people, lists.households])
def test_a_tag_that_may_not_be_read_is_offered_to_nobody_and_filters_nothing(ill: Town, page: Any) -> None:
    assert listed(ill, page)["tags"] == ["志愿者"]
    assert ill.opens(Role.MANAGER, page).values["tags"] == ["志愿者", "糖尿病"]
    with pytest.raises(Refusal, match="健康情况"):
        listed(ill, page, tag="糖尿病")


@pytest.mark.parametrize("do", ["add", "remove"])
def test_tagging_tells_nobody_who_has_a_tag_they_may_not_read(ill: Town, do: str) -> None:
    assert "健康情况" in tags(ill, do, "李梅", "王强", tag="糖尿病").values["refused"]
    assert person(ill, "李梅").tags == ["糖尿病", "志愿者"]


def test_the_file_veils_what_may_not_be_read(ill: Town) -> None:
    def grant(session: Session) -> None:
        grants.change(session, Role.STAFF, "people.export", True, default=False)

    ill.database.submit(grant).result()

    answer = ill.opens(Role.STAFF, lists.export, q="李梅")

    assert "〔健康〕；志愿者" in answer.body.decode("utf-8-sig")
    with pytest.raises(Refusal, match="健康情况"):
        ill.opens(Role.STAFF, lists.export, tag="糖尿病")


@pytest.mark.parametrize("tag", ["", "一、二", "很" * 21])
def test_a_tag_that_would_be_read_as_two_or_none_is_refused(town: Town, tag: str) -> None:
    answer = tags(town, "add", "李梅", tag=tag)

    assert "独居老人" in answer.values["refused"]
    assert person(town, "李梅").tags == []


def test_tagging_nobody_is_refused_with_what_to_do(town: Town) -> None:
    assert "勾选" in tags(town, "add").values["refused"]


def test_what_is_refused_is_said_on_the_list_itself_with_everybody_still_ticked(town: Town) -> None:
    answer = tags(town, "add", "李梅", "王强", tag="一、二", q="5")

    assert answer.status == 422
    assert set(answer.values["ticked"]) == {person(town, "李梅").public_id, person(town, "王强").public_id}
    assert (answer.values["written"], answer.values["asked"]["q"]) == ("一、二", "5")


def test_the_file_holds_who_is_listed_and_no_cell_that_excel_would_calculate(town: Town) -> None:
    wang = person(town, "王强").id

    def poison(session: Session) -> None:
        one = session.get_one(Resident, wang)
        one.name, one.phone = '=HYPERLINK("http://evil")', "+8613800008000"
        session.add(one)

    town.database.submit(poison).result()

    answer = town.opens(Role.MANAGER, lists.export, bound="no")

    assert isinstance(answer, Download)
    lines = answer.body.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith('3栋2单元503,家属,"\'=HYPERLINK(""http://evil"")",\'+8613800008000')
    [event] = town.all(Event)
    assert (event.kind, event.data) == ("people.listed", {"people": 1})


def test_flats_are_listed_and_one_that_is_missing_is_added_once(town: Town) -> None:
    town.opens(Role.STAFF, moves.add_flat, building="０10", unit="", room="b1", sure="1")

    assert [flat.label for flat, _ in listed(town, lists.households)["rows"]] == [
        "3栋2单元501", "3栋2单元502", "3栋2单元503", "10栋B1",
    ]  # fmt: skip
    assert [flat.label for flat, _ in listed(town, lists.households, q="李")["rows"]] == ["3栋2单元502"]
    with pytest.raises(Refusal, match="已经有10栋B1了"):
        town.opens(Role.STAFF, moves.add_flat, building="10", room="B1")
    assert [event.kind for event in town.all(Event)] == ["household.added"]
