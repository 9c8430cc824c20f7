"""Lists of residents and flats: everybody is in them, and whoever is chosen is tagged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select

from bot.console import lists
from bot.contract import Page
from bot.contract.listpage import Line, Shown
from bot.contract.lists import PAGE
from bot.errors import Refusal
from bot.language.disclosure import Health
from bot.store import grants, people, undos
from bot.store.events import Event
from bot.store.people import Household, Resident
from bot.store.staff import Role
from bot.store.undos import UndoStep
from integrations.residents import duplicates, moves
from integrations.residents.lists import LISTS, TAGS

if TYPE_CHECKING:
    from tests.integrations.conftest import Town


PAGES = {listing.name: lists.pages_of(listing) for listing in LISTS}


def page_of(name: str, path: str = "", method: str = "GET") -> Page:
    listing = {one.name: one for one in LISTS}[name]
    return next(one for one in PAGES[name] if (one.method, one.path) == (method, f"{listing.path}{path}"))


def listed(town: Town, name: str = "people", /, role: Role = Role.STAFF, **query: str) -> Shown:
    shown = town.opens(role, page_of(name), query=query).values["list"]
    assert isinstance(shown, Shown)
    return shown


def names(town: Town, role: Role = Role.STAFF, **query: str) -> list[str]:
    return [line.row.one.name for line in listed(town, role=role, **query).lines]


def homes(town: Town, **query: str) -> list[str]:
    return [line.row.flat.label for line in listed(town, "households", **query).lines]


def words(line: Line) -> list[str]:
    return [" ".join(cell.words for cell in cells) for _, cells in line.cells]


def options(shown: Shown, name: str) -> list[str]:
    return list(next(one for one in shown.narrowings if one.name == name).options)


def person(town: Town, name: str) -> Resident:
    return next(one for one in town.all(Resident) if one.name == name)


def tags(town: Town, act: str, *who: str, tag: str = "志愿者", role: Role = Role.STAFF, query: str = "", **more: str) -> Any:
    chosen = {f"row.{person(town, name).public_id}": "1" for name in who}
    return town.opens(role, page_of("people", "/bulk", "POST"), act=act, **{f"{act}.tag": tag, "from": query, **chosen, **more})


def file(town: Town, role: Role, kind: str = "csv", **query: str) -> str:
    return str(town.opens(role, page_of("people", f"/export.{kind}"), query=query).body.decode("utf-8-sig"))


def test_people_stand_with_their_flat_and_a_masked_phone(town: Town) -> None:
    chen = person(town, "陈建国").id

    def call(session: Session) -> None:
        one = session.get_one(Resident, chen)
        one.phone = "13800008000"
        session.add(one)

    town.database.submit(call).result()

    assert names(town) == ["陈建国", "李梅", "王强"]
    assert words(listed(town, q="8000").lines[0])[:4] == ["3栋2单元501", "陈建国", "家属", "138****8000"]
    assert names(town, q="cjg") == names(town, q="3-2-501") == ["陈建国"]
    assert names(town, bound="no") == ["王强"]


def test_every_page_says_how_many_there_are_in_all_and_the_last_one_is_reached(town: Town) -> None:
    def move(session: Session) -> None:
        flat = session.get_one(Household, 1)
        for number in range(PAGE * 2):
            people.settle(session, flat, name=f"住{number}")

    town.database.submit(move).result()

    first, last = listed(town), listed(town, page="99")
    assert (first.found.total, first.found.pages, len(first.lines)) == (2 * PAGE + 3, 3, PAGE)
    assert (last.found.page, len(last.lines), last.after) == (3, 3, "")
    assert last.before.endswith("page=2")


def test_people_stand_in_the_order_of_their_flats_or_the_other_way_round(town: Town) -> None:
    assert names(town, sort="-flat") == [*reversed(names(town))]
    assert homes(town, sort="-flat", q="3-2") == [*reversed(homes(town, q="3-2"))]


def test_whoever_lives_here_is_listed_unless_those_who_left_are_asked_for(town: Town) -> None:
    def leave(session: Session) -> None:
        li = session.exec(select(Resident).where(Resident.name == "李梅")).one()
        people.move_out(session, li, session.get_one(Household, li.household_id), town.now.date())

    town.database.submit(leave).result()

    assert [names(town), names(town, lives="gone"), names(town, lives="all")] == [
        ["陈建国", "王强"], ["李梅"], ["陈建国", "李梅", "王强"],
    ]  # fmt: skip
    assert names(town, lives="gone", place="3|2", q="502") == ["李梅"]


def test_a_tag_is_given_to_those_who_are_chosen_and_taken_back_from_those_who_got_it(town: Town) -> None:
    tags(town, "tag", "李梅")

    answer = tags(town, "tag", "陈建国", "李梅", query="q=3-2")
    step = town.all(UndoStep)[-1]
    town.opens(Role.STAFF, lists.pages(town.services)[0], params={"undo_step": step.public_id})

    assert answer.note == "加上标签：1 人，完成。另有 1 人本来就是这样。"
    assert [one.tags for one in town.all(Resident)] == [[], ["志愿者"], []]
    assert names(town, tag="志愿者") == ["李梅"]
    assert [event.kind for event in town.all(Event)] == ["resident.tagged", "resident.tagged", "resident.untagged"]


def test_a_tag_that_was_taken_away_comes_back_by_the_same_way(town: Town) -> None:
    tags(town, "tag", "李梅", "王强")
    tags(town, "untag", "李梅", "王强")
    assert names(town, tag="志愿者") == []

    town.opens(Role.STAFF, lists.pages(town.services)[0], params={"undo_step": town.all(UndoStep)[-1].public_id})

    assert names(town, tag="志愿者") == names(town, q="志愿") == ["李梅", "王强"]


def test_who_was_tagged_with_what_stands_in_no_address(town: Town) -> None:
    answer = tags(town, "tag", "陈建国", query="place=3%7C2")

    assert answer.to == "/console/people?place=3%7C2"


def test_what_was_done_to_several_is_offered_back_wherever_the_list_is_opened_again(town: Town) -> None:
    nothing = listed(town).undo
    tags(town, "tag", "李梅", "王强")
    step = town.all(UndoStep)[-1].public_id

    assert nothing == ""
    assert listed(town).undo == listed(town, q="李").undo == f"/console/undo/{step}"
    assert listed(town, role=Role.MANAGER).undo == "", "a colleague takes back their own"
    town.opens(Role.STAFF, lists.pages(town.services)[0], params={"undo_step": step})
    assert listed(town).undo == ""

    tags(town, "tag", "李梅")
    town.now += undos.OPEN
    assert listed(town).undo == ""


def test_all_that_is_found_is_taken_on_every_page_and_no_more_than_an_act_may(town: Town) -> None:
    def move(session: Session) -> None:
        flat = session.get_one(Household, 1)
        for number in range(PAGE + 5):
            people.settle(session, flat, name=f"住{number}")

    town.database.submit(move).result()
    offered = listed(town, q="住").may_take_all
    tags(town, "tag", query="q=住", every="1")

    assert offered
    assert len([one for one in town.all(Resident) if one.tags == ["志愿者"]]) == PAGE + 5
    assert not listed(town, q="陈建国").may_take_all


def test_who_has_too_many_tags_is_told_by_name_and_the_others_get_theirs(town: Town) -> None:
    key = person(town, "李梅").id

    def fill(session: Session) -> None:
        session.get_one(Resident, key).tags = [f"标签{number}" for number in range(TAGS)]

    town.database.submit(fill).result()

    answer = tags(town, "tag", "李梅", "王强")

    assert answer.note == "加上标签：1 人，完成。没有改的：李梅：已经有 20 个标签了，请先去掉一个。"
    assert person(town, "王强").tags == ["志愿者"]


@pytest.fixture
def ill(town: Town) -> Town:
    """A town where Li has an illness among her tags, and staff may not read words of health."""
    town.health = Health(words=re.compile("糖尿病"))
    tags(town, "tag", "李梅", tag="糖尿病", role=Role.MANAGER)
    tags(town, "tag", "李梅", "王强")
    return town


def test_nobody_is_found_by_a_tag_that_whoever_looks_may_not_read(ill: Town) -> None:
    for said in ("糖尿病", "糖", "尿病", "病"):
        assert names(ill, q=said) == []
        assert homes(ill, q=said) == []
        known = ill.opens(Role.STAFF, moves.known, params={"id": "1"}, query={"who": said})
        found = ill.opens(Role.STAFF, duplicates.search, query={"q": said})
        assert (known.values["rows"], found.values["rows"]) == ([], [])
    assert (names(ill, tag="病"), names(ill, q="志愿")) == ([], ["李梅", "王强"])
    assert names(ill, role=Role.MANAGER, q="糖尿") == ["李梅"]


@pytest.mark.parametrize("name", ["people", "households"])
def test_a_tag_that_may_not_be_read_is_offered_to_nobody_and_filters_nothing(ill: Town, name: str) -> None:
    assert options(listed(ill, name), "tag") == ["志愿者"]
    assert options(listed(ill, name, role=Role.MANAGER), "tag") == ["志愿者", "糖尿病"]
    with pytest.raises(Refusal, match="健康情况"):
        listed(ill, name, tag="糖尿病")


@pytest.mark.parametrize("act", ["tag", "untag"])
def test_tagging_tells_nobody_who_has_a_tag_they_may_not_read(ill: Town, act: str) -> None:
    assert "健康情况" in tags(ill, act, "李梅", "王强", tag="糖尿病").values["list"].refused
    assert person(ill, "李梅").tags == ["糖尿病", "志愿者"]


def test_the_file_veils_what_may_not_be_read(ill: Town) -> None:
    ill.database.submit(lambda session: grants.change(session, Role.STAFF, "people.export", True, default=False)).result()

    assert "〔健康〕；志愿者" in file(ill, Role.STAFF, q="李梅")
    with pytest.raises(Refusal, match="健康情况"):
        file(ill, Role.STAFF, tag="糖尿病")


@pytest.mark.parametrize("tag", ["", "一、二", "很" * 21])
def test_a_tag_that_would_be_read_as_two_or_none_is_refused(town: Town, tag: str) -> None:
    answer = tags(town, "tag", "李梅", tag=tag)

    assert "独居老人" in answer.values["list"].refused
    assert person(town, "李梅").tags == []


def test_tagging_nobody_is_refused_with_what_to_do(town: Town) -> None:
    assert "勾选" in tags(town, "tag").values["list"].refused


def test_what_is_refused_is_said_on_the_list_itself_with_everybody_still_ticked(town: Town) -> None:
    answer = tags(town, "tag", "李梅", "王强", tag="一、二", query="q=5")

    shown = answer.values["list"]
    assert answer.status == 422
    assert shown.ticked == {person(town, "李梅").public_id, person(town, "王强").public_id}
    assert (shown.written["tag.tag"], shown.asked.q) == ("一、二", "5")


def test_the_file_holds_who_is_listed_and_no_cell_that_excel_would_calculate(town: Town) -> None:
    wang = person(town, "王强").id

    def poison(session: Session) -> None:
        one = session.get_one(Resident, wang)
        one.name, one.phone = '=HYPERLINK("http://evil")', "+8613800008000"
        session.add(one)

    town.database.submit(poison).result()

    [head, row] = file(town, Role.MANAGER, bound="no").splitlines()
    assert head == "住址,姓名,身份,电话,标签,微信"
    assert row.startswith('3栋2单元503,"\'=HYPERLINK(""http://evil"")",家属,\'+8613800008000')


def test_the_file_needs_a_permission_of_its_own(town: Town) -> None:
    town.database.submit(lambda session: grants.change(session, Role.STAFF, "list.export", True, default=False)).result()

    assert not listed(town).may_file
    with pytest.raises(Refusal, match="导出列表需要"):
        file(town, Role.STAFF)


def test_flats_are_listed_and_one_that_is_missing_is_added_once(town: Town) -> None:
    town.opens(Role.STAFF, moves.add_flat, building="０10", unit="", room="b1", sure="1")

    assert homes(town) == ["3栋2单元501", "3栋2单元502", "3栋2单元503", "10栋B1"]
    assert homes(town, q="李") == ["3栋2单元502"]
    with pytest.raises(Refusal, match="已经有10栋B1了"):
        town.opens(Role.STAFF, moves.add_flat, building="10", room="B1")
    assert [event.kind for event in town.all(Event)] == ["household.added"]
