"""Staff find people and flats by whatever they type first; on both databases."""

from datetime import date, datetime

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, select

from bot.store import directory, people, register, scope
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.directory import DirectoryWord
from bot.store.people import Household, Resident, ResidentRole
from bot.store.register import Filter

FLATS = (("3", "2", "501"), ("10", "1", "101"), ("3", "1", "1501"))


@pytest.fixture
def town(database: Database, now: datetime) -> Database:
    """Three flats and four people, one of whom has two flats; and a neighbour community with a namesake."""

    def found(session: Session) -> None:
        for name in ("和苑小区", "和苑东区"):
            session.add(Community(appid="wx1", name=name))
        session.flush()
        with scope.within(session, 2):
            other = Household(building="3", unit="2", room="501")
            session.add(other)
            session.flush()
            people.settle(session, other, name="陈建国", phone="13800008000")
        with scope.within(session, 1):
            first, second, third = flats = [Household(building=b, unit=u, room=r) for b, u, r in FLATS]
            session.add_all(flats)
            session.flush()
            chen = people.settle(session, first, name="陈建国", role=ResidentRole.OWNER, phone="13800008000", tags=["独居老人"])
            people.bind(session, chen, "oChen", now)
            people.settle(session, second, name="单小曾", role=ResidentRole.TENANT, phone="13912345678")
            li = people.settle(session, third, name="李梅", tags=["志愿者", "党员"])
            people.move_in(session, li, second, ResidentRole.FAMILY)
            people.settle(session, third)

    database.submit(found).result()
    return database


def names(town: Database, said: str = "", **chosen: object) -> list[str]:
    wanted = Filter(said=said, by_phone=True, **chosen)  # type: ignore[arg-type]
    return [one.name for one in town.submit(register.people, wanted).result()]


def flats(town: Database, said: str = "", **chosen: object) -> list[str]:
    wanted = Filter(said=said, by_phone=True, **chosen)  # type: ignore[arg-type]
    return [one.label for one in town.submit(register.flats, wanted).result()]


@pytest.mark.parametrize(
    "said",
    ["三栋二单元501", "三号楼二单元五零一室", "3-2-501", "3栋2单元501", "3栋2单元501室", "３－２－５０１", "3-501", "陈建国", "建国", "国", "chenjg", "cjg", "CJG", "chenjianguo", "jianguo", "13800008000", "8000", "独居老人", "老人",
     "501 陈", "3栋 cjg"],
)  # fmt: skip
def test_a_person_is_found_by_whatever_is_typed_of_them(town: Database, said: str) -> None:
    assert names(town, said) == ["陈建国"]


@pytest.mark.parametrize("said", ["danxz", "shanxz", "sxz", "dxc", "xiaozeng"])
def test_a_name_with_several_readings_is_found_by_each(town: Database, said: str) -> None:
    assert names(town, said) == ["单小曾"]


@pytest.mark.parametrize("said", ["王", "xyz", "9999", "501 李梅", "9-9-999", "c", "%", "_", "n:陈", "\\", "' OR 1=1"])
def test_what_nobody_is_called_finds_nobody(town: Database, said: str) -> None:
    assert names(town, said) == []


def test_an_id_is_found_once_enough_of_it_is_typed_and_two_letters_are_initials(town: Database) -> None:
    def id_of(session: Session) -> str:
        return session.exec(select(Resident.public_id).where(Resident.name == "陈建国")).one()

    key = town.submit(id_of).result()

    assert names(town, key[:6].lower()) == ["陈建国"]
    assert directory.read("ct")[0].people == ("n:ct", "t:ct", "p:ct")


def test_flats_stand_as_people_count_them_and_people_in_the_order_of_their_flats(town: Database) -> None:
    assert flats(town) == ["3栋1单元1501", "3栋2单元501", "10栋1单元101"]
    assert names(town) == ["李梅", "", "陈建国", "单小曾"]


def test_a_flat_is_found_by_its_number_and_by_who_lives_there(town: Database) -> None:
    assert flats(town, "3-2") == ["3栋2单元501"]
    assert flats(town, "limei") == ["3栋1单元1501", "10栋1单元101"]
    assert flats(town, "10栋") == ["10栋1单元101"]
    assert flats(town, role=ResidentRole.OWNER) == flats(town, tag="独居老人") == flats(town, is_bound=True) == ["3栋2单元501"]


def test_filters_hold_of_one_flat_of_a_person(town: Database) -> None:
    assert names(town, building="10") == ["李梅", "单小曾"]
    assert names(town, building="3", role=ResidentRole.FAMILY) == ["李梅", ""]
    assert names(town, building="10", unit="1", role=ResidentRole.TENANT) == ["单小曾"]
    assert names(town, is_bound=True) == ["陈建国"]
    assert names(town, tag="党员") == ["李梅"]


def test_who_has_left_is_found_among_those_who_left_and_nowhere_else(town: Database) -> None:
    def leave(session: Session) -> None:
        chen = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
        people.move_out(session, chen, session.get_one(Household, chen.household_id), date(2026, 3, 11))

    town.submit(leave).result()

    assert names(town, "陈建国") == names(town, "501 陈") == []
    assert names(town, "陈建国", is_gone=True) == names(town, "3-2-501", is_gone=True) == ["陈建国"]
    assert names(town, is_gone=True) == ["陈建国"]


def test_the_directory_follows_every_change_whoever_writes_it(town: Database) -> None:
    def change(session: Session) -> None:
        mei = session.exec(select(Resident).where(Resident.name == "李梅")).one()
        mei.name, mei.phone, mei.tags = "李玫瑰", "13700001111", ["党员"]
        session.add(mei)
        flat = session.exec(select(Household).where(Household.room == "1501")).one()
        flat.building = "2"
        session.add(flat)

    town.submit(change).result()

    assert names(town, "李梅") == names(town, "志愿者") == []
    assert names(town, "limg") == names(town, "1111") == names(town, "党员") == ["李玫瑰"]
    assert flats(town)[0] == "2栋1单元1501"
    assert flats(town, "2-1") == ["2栋1单元1501"]


def test_no_phone_stands_in_the_directory(town: Database) -> None:
    words = town.submit(lambda session: session.exec(select(DirectoryWord.word)).all()).result()

    assert words
    assert not [word for word in words if "8000" in word and word[0] != "d"]
    assert not [word for word in words if "13800008000" in word or "5678" in word]


def test_people_of_before_the_directory_are_found_once_it_is_filled(town: Database) -> None:
    town.submit(lambda session: session.execute(text("DELETE FROM directory_word"))).result()
    assert names(town, "cjg") == []

    while town.submit(people.index_missing, 2).result():
        pass

    assert names(town, "cjg") == ["陈建国"]
    assert flats(town, "3-2-501") == ["3栋2单元501"]


def test_a_search_reads_the_index_of_words_and_no_whole_table(town: Database) -> None:
    asked: list[tuple[str, object]] = []

    def listen(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        asked.append((statement, values))

    def explain(session: Session) -> str:
        if not town.is_sqlite:  # a table of few rows is read whole otherwise
            session.execute(text("SET LOCAL enable_seqscan = off"))
            session.execute(text("SET LOCAL enable_bitmapscan = off"))
        event.listen(session.get_bind().engine, "before_cursor_execute", listen)
        for look in (register.people, register.flats):
            look(session, Filter(said="501 chen", by_phone=True))
        event.remove(session.get_bind().engine, "before_cursor_execute", listen)
        plan = "EXPLAIN QUERY PLAN " if town.is_sqlite else "EXPLAIN "
        return "\n".join(
            str(row) for statement, values in [*asked]
            for row in session.connection().exec_driver_sql(plan + statement, values).all()
        )  # fmt: skip

    plans = town.submit(explain).result()

    words = [line for line in plans.splitlines() if "directory_word" in line]
    assert words
    if town.is_sqlite:
        assert all("directory_word_begins (community_id=? AND word>? AND word<?)" in line for line in words), plans
        assert "SCAN resident" not in plans
        assert "SCAN household" not in plans
    else:
        assert "directory_word_begins" in plans
        assert "Seq Scan on directory_word" not in plans
        assert "Seq Scan on resident" not in plans


@pytest.mark.parametrize("said", ["13800008000", "8000"])
def test_number_tells_whose_it_is_only_to_who_may_see_it(town: Database, said: str) -> None:
    assert names(town, said) == ["陈建国"]
    for look in (register.people, register.flats):
        assert town.submit(look, Filter(said=said)).result() == []
